"""What is harmless once and suspicious in number: a table of patterns, and what staff are told to do about each.

Subjects and objects of a pattern are keyed digests, references or ids of staff, never addresses. The numbers are
high enough that a clumsy requester or a busy colleague does not ring the bell.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CROSSED = "crossed"
"""The kind of sighting that says that a pattern has reached its number: the sum of them only grows."""
ALERTS = 5
"""Alerts of one kind within its window; whoever makes more victims than that must not flood staff as well."""

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


class Kind(StrEnum):
    """What is looked for."""

    CODES_FROM_ADDRESS = "codes_from_address"
    CODES_AT_TICKET = "codes_at_ticket"
    ADDRESSES_AT_ACCOUNT = "addresses_at_account"
    ACCOUNTS_BY_ADDRESS = "accounts_by_address"
    TICKETS_OPENED = "tickets_opened"
    FORGED_RESULTS = "forged_results"
    DMARC_FAILURES = "dmarc_failures"
    FLOOD = "flood"
    LOOP = "loop"
    UNSIGNED = "unsigned"
    NOT_STAFF = "not_staff"


@dataclass(frozen=True, slots=True)
class Pattern:
    """So many different objects with one subject within a window; ``anchor`` is the part of the runbook."""

    window: timedelta
    count: int
    says: str
    do: str
    anchor: str

    def name(self, kind: Kind, subject: str, now: datetime) -> str:
        """Of one crossing: windows are counted from 1970 on, so that each has one alert."""
        return f"{kind}:{subject}:{int(now.timestamp() // self.window.total_seconds())}"

    def alert(self, subject: str, about: str) -> str:
        """What staff are told: what was seen, where last, and what to do."""
        where = f" Seen last at {about}." if about else ""
        said = self.says.format(count=self.count, subject=subject)
        return f"{said}{where} {self.do} See docs/runbook.md#{self.anchor}."


PATTERNS = {
    Kind.CODES_FROM_ADDRESS: Pattern(
        _HOUR,
        10,
        "{count} wrong codes came from one address within an hour.",
        "Each code dies after five tries. Do not verify this requester by hand without asking back.",
        "codes-are-being-guessed",
    ),
    Kind.CODES_AT_TICKET: Pattern(
        _DAY,
        10,
        "{count} wrong codes were tried for one ticket within a day.",
        "Ask the requester on another way whether it is they; until then verify nothing by hand.",
        "codes-are-being-guessed",
    ),
    Kind.ADDRESSES_AT_ACCOUNT: Pattern(
        _WEEK,
        3,
        "{count} addresses asked about one account within a week.",
        "Hold every answer about this account until its owner has confirmed from the address on file.",
        "somebody-asks-about-accounts-of-others",
    ),
    Kind.ACCOUNTS_BY_ADDRESS: Pattern(
        _WEEK,
        3,
        "One address asked about {count} accounts within a week.",
        "Find out whether it is an agent with authority; if not, treat all its tickets as one attempt.",
        "somebody-asks-about-accounts-of-others",
    ),
    Kind.TICKETS_OPENED: Pattern(
        timedelta(minutes=5),
        40,
        "{subject} opened {count} tickets of others within five minutes.",
        "Ask them why. Without a good reason take them out of SLACK_STAFF and restart.",
        "a-member-of-staff-opens-many-tickets",
    ),
    Kind.FORGED_RESULTS: Pattern(
        _DAY,
        5,
        "{count} mails within a day bore results in our mail server's name that it did not give.",
        "They were not believed. Have the mail server remove such headers, and look at who was named as sender.",
        "forged-authentication-results",
    ),
    Kind.DMARC_FAILURES: Pattern(
        _HOUR,
        20,
        "{count} mails within an hour failed DMARC for one sender's domain.",
        "None was answered. Somebody forges that domain: look at what they ask for before you act on any.",
        "forged-senders",
    ),
    Kind.FLOOD: Pattern(
        _HOUR,
        300,
        "{count} mails came from one domain within an hour.",
        "Nothing is lost and clocks run. Sort the tickets of the last hour by requester, and find the real ones.",
        "flood",
    ),
    Kind.LOOP: Pattern(
        _DAY,
        1,
        "One address has had so many automatic answers within a day that a machine must be reading them.",
        "What it writes is kept, quietly. Say what it is, or release the ticket, once you know who is there.",
        "loop",
    ),
    Kind.UNSIGNED: Pattern(
        _HOUR,
        5,
        "{count} requests within an hour came in Slack's name that Slack did not sign just now.",
        "They were refused and did nothing. Compare SLACK_SIGNING_SECRET and the clock, and look who calls.",
        "requests-that-slack-did-not-sign",
    ),
    Kind.NOT_STAFF: Pattern(
        _HOUR,
        5,
        "{subject}, who is not on the staff, tried {count} things within an hour that only staff may do.",
        "They were refused and saw nothing. Find out how they came by a card, and who else is in its channel.",
        "somebody-who-is-not-staff-tries-to-act",
    ),
}
