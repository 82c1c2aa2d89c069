"""The policy over time: a change is noticed, told to staff with what it touches, and every version can be read."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlmodel import col, select

from bot.adapters import webpages
from bot.domain.policy import Policy, misquotations
from bot.domain.policy_changes import Change, changes, counted, edition, fingerprint, is_silent, quotes_changed
from bot.domain.vocabulary import Status
from bot.store import cases, drafts, policies
from bot.store.cases import Case
from bot.store.desk_tables import PolicyVersion
from bot.store.keys import KeyDestroyed
from bot.store.tables import MessageRow, TicketRow
from bot.store.work import Work
from handlers import correspondence
from handlers.alerts import tell_staff
from handlers.desk import Desk

_QUOTES = re.compile(r"(?m)^> ")
_LISTED = 15  # changes, or tickets, in one message
_SHOWN = 20  # versions of which the published page says what changed


@dataclass(frozen=True, slots=True)
class Turn:
    """From one version to the next: what changed, and the open tickets whose letters quote it."""

    before: Policy
    after: Policy
    found: tuple[Change, ...]
    tickets: tuple[str, ...] = ()

    @property
    def former(self) -> str:
        """By what the version before is found again."""
        return fingerprint(self.before)[:16]

    @property
    def said(self) -> str:
        """In words for staff; nothing in it names anybody."""
        turn = f"from {dated(self.before)} to {dated(self.after)}"
        lines = [f"The privacy policy has changed {turn}: {counted(self.found)}."]
        lines += _cut(f"{each.kind}: {each.anchor}" for each in self.found)
        if is_silent(self.before, self.after):
            lines.append(UNDATED)
        if self.tickets:
            lines.append(f"Letters of open tickets quote what has changed: {', '.join(_cut(self.tickets))}.")
        return "\n".join([*lines, "`python -m bot policy diff` shows it word by word."])


UNDATED = (
    "Its text is another one and its date is not: set the day of publication in policy.toml, so that readers see "
    "that it changed."
)


def dated(policy: Policy) -> str:
    return f"version {policy.version}" + (f" of {policy.date}" if policy.date else "")


async def notice(desk: Desk) -> Turn | None:
    """Keeps the policy as it was loaded now; staff are told once where it was another before."""
    async with desk.store.transaction() as work:
        before = await policies.current(work)
        if before and before.hash == fingerprint(desk.policy):
            return None
        if not await policies.keep(work, desk.policy, desk.now()) or before is None:
            return None
        turn = await turned(work, before, desk.policy)
        key = f"policy:{before.hash[:16]}:{fingerprint(desk.policy)[:16]}:{desk.now():%Y-%m-%d}"
        await tell_staff(desk, work, key, turn.said)
        for draft in await drafts.open_ones(work):
            if draft.policy_version != desk.policy.version:
                await correspondence.show_draft(desk, work, draft, about=desk.policy.version)
        return turn


async def turned(work: Work, before: PolicyVersion, policy: Policy) -> Turn:
    """What a change to this policy means; it changes nothing by itself."""
    old = policies.as_policy(before)
    found = changes(old, policy)
    return Turn(old, policy, found, await _touched(work, found))


async def _touched(work: Work, found: Sequence[Change]) -> tuple[str, ...]:
    """The open tickets whose letters quote what is worded otherwise by now."""
    if not found:
        return ()
    query = (
        select(MessageRow, TicketRow.reference)
        .where(
            MessageRow.ticket_id == TicketRow.id,
            col(TicketRow.status) != Status.CLOSED,
            MessageRow.direction == "out",
        )
        .order_by(col(MessageRow.id))
    )
    touched: dict[str, None] = {}
    for row, reference in (await work.session.exec(query)).all():
        if reference not in touched and quotes_changed(await _text(work, row), found):
            touched[reference] = None
    return tuple(touched)


async def _text(work: Work, row: MessageRow) -> str:
    try:
        return (await cases.open_message(work, row)).text
    except KeyDestroyed:
        return ""


async def editions(work: Work, policy: Policy) -> list[Policy]:
    """The published one, and every other that was ever loaded, the latest first."""
    current = fingerprint(policy)
    return [policy, *(policies.as_policy(each) for each in await policies.known(work) if each.hash != current)]


async def edition_named(work: Work, policy: Policy, name: str) -> Policy | None:
    """A version by what a letter cites, or by its hash."""
    if name in ("", policy.version) or (len(name) >= 8 and fingerprint(policy).startswith(name)):
        return policy
    row = policies.named(await policies.known(work), name)
    return policies.as_policy(row) if row else None


async def misquoted(work: Work, case: Case, policy: Policy) -> tuple[int, list[str]]:
    """How many letters of a ticket quote the policy, and what in them is not in the version that they cite."""
    known, wrong, quoting = await editions(work, policy), [], 0
    for row, message in await cases.messages(work, case):
        if row.direction != "out" or not _QUOTES.search(message.text):
            continue
        quoting += 1
        cited = next((each for each in known if each.version in message.text), None)
        lines = misquotations(message.text, cited) if cited else ("it cites no version that is on record",)
        wrong += [f"{row.at:%Y-%m-%d %H:%M}: {line}" for line in lines]
    return quoting, wrong


async def page(desk: Desk, name: str, language: str = "") -> str | None:
    """The policy as a page: this version, or the published one where none is named; None for an unknown one.

    ``language`` is that of what stands around it.
    """
    async with desk.store.reading() as work:
        shown = await edition_named(work, desk.policy, name)
        rows = await editions(work, desk.policy)
    if shown is None:
        return None
    turns = [Turn(old, new, _between(old.text, new.text)) for new, old in pairwise(rows[: _SHOWN + 1])]
    earlier = fingerprint(shown) != fingerprint(desk.policy)
    values = {"policy": shown, "current": desk.policy, "earlier": earlier, "turns": turns}
    return webpages.drawn(desk.letters, "policy", language, **values)


@lru_cache(maxsize=64)
def _between(old: str, new: str) -> tuple[Change, ...]:
    """Of two texts. Anybody may ask for the page, so that it is not worked out each time."""
    return changes(edition(old, "", None), edition(new, "", None))


def _cut(lines: Iterable[str]) -> list[str]:
    given = list(lines)
    more = len(given) - _LISTED
    return [*given[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
