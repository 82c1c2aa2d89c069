"""Dates counted anew where laws, holidays or settings have changed: never silently."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from bot.domain.vocabulary import RequestType, Status
from bot.store import cases, inbox
from bot.store.cases import Case
from bot.store.tables import InboxItem, TicketRow
from bot.store.work import Work
from handlers.alerts import tell_staff
from handlers.casework import show, standing
from handlers.dating import set_dates
from handlers.desk import Desk

_NAMES = ("acknowledge_by", "due_at", "act_by")
_WORDS = {"acknowledge_by": "to be acknowledged", "due_at": "due", "act_by": "to act on"}
_LISTED = 20  # of the differences that an alert names


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a ticket as its row has them, and those of its requests."""

    ticket: tuple[date | None, ...]
    requests: tuple[tuple[date | None, ...], ...]
    rule: str


async def recount(desk: Desk) -> int:
    """Brings the dates of all that is open to what laws and settings say now; how many have changed.

    Each change stands in the ticket's journal, and staff are told which days are others.
    """
    async with desk.store.reading() as work:
        query = select(TicketRow.id).where(TicketRow.status != Status.CLOSED).order_by(col(TicketRow.id))
        ids = (await work.session.exec(query)).all()
        loaded = [case for each in ids if (case := await cases.by_id(work, each or 0))]
        known = [each for each in loaded if {each.row.law, *each.row.laws} <= set(desk.laws.codes())]
        differing = [each.id for each in known if _differs(desk, each)]
    changes = [_lost(each) for each in loaded if each not in known]
    async with desk.store.transaction() as work:
        changes += [line for each in differing for line in await _correct(desk, work, each)]
        changes += [line for each in await inbox.quarantined(work) for line in _corrected(desk, work, each)]
        if changes:
            await _tell(desk, work, changes)
    return len(changes)


def _lost(case: Case) -> str:
    """A law that was taken out of the pack leaves its tickets' dates as they are, until staff say what applies."""
    return f"{case.reference}: the law {case.row.law} is not in the pack any more; say which applies: `ticket law`"


def _differs(desk: Desk, case: Case) -> bool:
    before = _dates(case)
    set_dates(desk, case)
    return _dates(case) != before


async def _correct(desk: Desk, work: Work, ticket_id: int) -> list[str]:
    case = await cases.by_id(work, ticket_id, for_update=True)
    if case is None or case.row.status == Status.CLOSED:
        return []
    before = _dates(case)
    set_dates(desk, case)
    after = _dates(case)
    if before == after:
        return []
    changed = dict(_changed(before.ticket, after.ticket))
    facts = {name: [_iso(old), _iso(new)] for name, (old, new) in changed.items()}
    told = {**standing(case), **facts, "laws": desk.laws.checksum}
    await cases.note(work, case, at=desk.now(), actor="desk", event="recounted", **told)
    if case.row.card_ts:
        await show(desk, work, case)
    if not changed:
        return [f"{case.reference}: another date within the ticket"] if before.requests != after.requests else []
    said = "; ".join(f"{_WORDS[name]} {_iso(old)} → {_iso(new)}" for name, (old, new) in changed.items())
    return [f"{case.reference}: {said}"]


def _corrected(desk: Desk, work: Work, item: InboxItem) -> Iterator[str]:
    """The date of an item in quarantine, which is due as an access request would be."""
    due_at = desk.deadlines(desk.default_law, RequestType.ACCESS, item.received_at).respond_by
    if item.due_at != due_at:
        yield f"quarantined item {item.id}: due {_iso(item.due_at)} → {_iso(due_at)}"
        item.due_at = due_at
        work.session.add(item)


async def _tell(desk: Desk, work: Work, changes: list[str]) -> None:
    head = "The laws, holidays or settings are others than before, and so are these dates:"
    more = (
        [f"And {len(changes) - _LISTED} more; each is in its ticket's journal."] if len(changes) > _LISTED else []
    )
    digest = hashlib.sha256("\n".join(changes).encode()).hexdigest()[:16]
    key = f"recounted:{desk.laws.checksum}:{digest}:{desk.day(desk.now())}"
    await tell_staff(desk, work, key, "\n".join([head, *changes[:_LISTED], *more]))


def _dates(case: Case) -> Dates:
    return Dates(
        tuple(getattr(case.row, name) for name in _NAMES),
        tuple(tuple(getattr(each, name) for name in _NAMES) for each in case.requests),
        case.row.due_rule,
    )


def _changed(
    before: tuple[date | None, ...], after: tuple[date | None, ...]
) -> Iterator[tuple[str, tuple[date | None, date | None]]]:
    return ((name, (old, new)) for name, old, new in zip(_NAMES, before, after, strict=True) if old != new)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
