"""How long the desk keeps what it has: a rule for each class, and what of a closed ticket is past its time.

Nothing is kept for less than a law asks for, nor for longer than the operator wants: where the two disagree, the
law has it. Days are the controller's, and the last day on which something is kept still counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.calendars import months_after
from bot.domain.laws import LawPack

AFTER_DELETION = 3
"""Months after closing. The texts of somebody whose deletion was granted go as soon as the law lets them: GDPR
Art. 17(3)(e) lets them stay while a claim may have to be answered, and these months are for a complaint about the
deletion itself. A law that wants a record for longer (11 CCR 7101(a)) has its time."""

NO_TICKET = 3
"""Months. Mail of which nothing became: long enough for a bounce or a mistake to be looked into, and no longer."""


class Kind(StrEnum):
    """A class of what the desk holds."""

    RAW_MAIL = "raw_mail"
    BODIES = "bodies"
    ATTACHMENTS = "attachments"
    EXPORTS = "exports"
    NO_TICKET = "no_ticket"
    QUARANTINE = "quarantine"
    CHALLENGES = "challenges"
    OUTBOX = "outbox"
    PROOF = "proof"
    RECORD = "record"
    JOURNAL = "journal"
    LOGS = "logs"


class Until(StrEnum):
    """From when on a class is gone."""

    TICKET = "the operator's months after closing, never less than the law's record"
    NO_TICKET = f"{NO_TICKET} months after it came, or the operator's months where these are fewer"
    OPERATOR = "the operator's months after it came"
    WEEK = "a week after it expired"
    SENT = "at once when it was sent"
    STAYS = "stays: it names nobody"
    ELSEWHERE = "as long as whoever runs the desk keeps them: they hold no personal data"


@dataclass(frozen=True, slots=True)
class Rule:
    """When a class goes, and how."""

    until: Until
    how: str


_WITH_THE_KEY = "the ticket's key is destroyed"
RULES: Mapping[Kind, Rule] = {
    Kind.RAW_MAIL: Rule(Until.TICKET, f"{_WITH_THE_KEY}, and the mail is deleted from the mailbox"),
    Kind.BODIES: Rule(Until.TICKET, f"{_WITH_THE_KEY}, and the desk's posts in Slack are deleted"),
    Kind.ATTACHMENTS: Rule(Until.TICKET, _WITH_THE_KEY),
    Kind.EXPORTS: Rule(Until.TICKET, _WITH_THE_KEY),
    Kind.NO_TICKET: Rule(Until.NO_TICKET, "the item's key is destroyed, and the mail is deleted from the mailbox"),
    Kind.QUARANTINE: Rule(Until.OPERATOR, "the item's key is destroyed, and the mail is deleted from the mailbox"),
    Kind.CHALLENGES: Rule(Until.WEEK, "the row is deleted; only a keyed digest was kept"),
    Kind.OUTBOX: Rule(Until.SENT, "what it held is erased; of what belongs to no ticket the row, after 90 days"),
    Kind.PROOF: Rule(Until.STAYS, "by what and when, in the record and the journal; addresses go with the texts"),
    Kind.RECORD: Rule(Until.STAYS, "types, dates, outcome, law and who decided"),
    Kind.JOURNAL: Rule(Until.STAYS, "facts in a chain of digests"),
    Kind.LOGS: Rule(Until.ELSEWHERE, "by the operator's own rotation"),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """A closed ticket, as far as its time is concerned."""

    closed: date
    record_months: int  # what its law asks for; of several laws the longest
    erased: bool = False  # its requester asked for deletion, proved who they are, and had it
    on_hold: bool = False

    def kept_until(self, operator_months: int) -> date:
        """The last day on which its texts are kept, a legal hold apart."""
        longest = max(self.record_months, operator_months)
        early = max(self.record_months, AFTER_DELETION)
        return months_after(self.closed, min(longest, early) if self.erased else longest)

    def is_past(self, today: date, operator_months: int) -> bool:
        return not self.on_hold and today > self.kept_until(operator_months)


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a ticket goes on which day; None: it stays, or a legal hold keeps it."""

    goes: Mapping[Kind, date | None]

    def past(self, today: date) -> tuple[Kind, ...]:
        return tuple(kind for kind, day in self.goes.items() if day and day <= today)


def planned(matter: Matter, operator_months: int) -> Plan:
    """The classes that hang on a ticket, each with the first day on which it is past its time."""
    day = None if matter.on_hold else matter.kept_until(operator_months) + timedelta(days=1)
    of_tickets = {kind: rule.until for kind, rule in RULES.items() if rule.until in (Until.TICKET, Until.STAYS)}
    return Plan({kind: day if until is Until.TICKET else None for kind, until in of_tickets.items()})


def record_months(laws: LawPack, codes: Sequence[str]) -> int:
    """How long these laws want a record kept; one that is not in the pack any more counts as the longest of it."""
    known = [laws[each].record_months for each in codes if each in laws]
    if len(known) < len(codes):
        known = [laws[each].record_months for each in laws.codes()]
    return max(known, default=0)


def item_kept_until(stored: date, operator_months: int, *, quarantined: bool) -> date:
    """The last day on which mail is kept of which no ticket became."""
    return months_after(stored, operator_months if quarantined else min(NO_TICKET, operator_months))
