"""What staff have to do, in pages: lists by due date, how long each is, and how the week has gone.

Nothing here reads more rows than are shown. A status that is compared to a literal is one of the partial indexes,
which the database does not use where it is given a parameter instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, exists, literal, literal_column, not_, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col, func, select

from bot.store import inbox
from bot.store.tables import DraftRow, InboxItem, JournalRow, MessageRow, RequestRow, TicketRow
from bot.store.work import Work

MOST = 1000
"""Beyond this a list is called longer, and nobody counts on."""


class Queue(StrEnum):
    """A list of open tickets."""

    OVERDUE = "overdue"
    WEEK = "week"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    VERIFYING = "verifying"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a queue is looked at, and when: `soon` is the last day of what is due this week."""

    user: str
    today: date
    soon: date


@dataclass(frozen=True, slots=True)
class Entry:
    """A ticket of a queue: facts that name nobody."""

    row: TicketRow
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """What counts as well, and is no ticket of the queue: in quarantine, or waiting for its writer's word."""

    quarantined: int
    quarantine_due: date | None
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in and was closed on each of some days, and how much of the latter was late."""

    received: tuple[int, ...]
    closed: tuple[int, ...]
    late: int


_OPEN = literal_column("ticket.status") != literal_column("'closed'")
_THEIRS = and_(_OPEN, col(TicketRow.unconfirmed_since).is_(None))
"""Open and with staff: what was overheard and is not confirmed comes to them within a day."""


async def page(work: Work, queue: Queue, asked: Asked, *, start: int, most: int) -> list[Entry]:
    """The tickets of a queue from place ``start`` on, by due date, those without one last."""
    order = (col(TicketRow.due_at).asc().nulls_last(), col(TicketRow.id))
    query = select(TicketRow).where(_in(queue, asked)).order_by(*order).offset(start).limit(most)
    rows = (await work.session.exec(query)).all()
    types = await _types(work, [each.id or 0 for each in rows])
    return [Entry(each, tuple(types.get(each.id or 0, ()))) for each in rows]


async def one(work: Work, reference: str) -> Entry | None:
    """A single ticket, open or closed; None where there is none that staff see."""
    query = select(TicketRow).where(TicketRow.reference == reference, col(TicketRow.unconfirmed_since).is_(None))
    row = (await work.session.exec(query)).one_or_none()
    return Entry(row, tuple((await _types(work, [row.id or 0])).get(row.id or 0, ()))) if row else None


async def length(work: Work, queue: Queue, asked: Asked) -> int:
    """How many tickets; never more than `MOST`, which then means as many or more."""
    some = select(literal(1)).select_from(TicketRow).where(_in(queue, asked)).limit(MOST).subquery()
    return (await work.session.exec(select(func.count()).select_from(some))).one()


async def aside(work: Work) -> Aside:
    """What has a due date and is not in any queue of tickets."""
    waiting = (
        select(func.count()).select_from(TicketRow).where(_OPEN, col(TicketRow.unconfirmed_since).is_not(None))
    )
    held = select(func.count(), func.min(InboxItem.due_at)).where(inbox.QUARANTINED)
    quarantined, first = (await work.session.exec(held)).one()
    return Aside(quarantined, first, (await work.session.exec(waiting)).one())


async def flow(work: Work, days: Sequence[datetime]) -> Flow:
    """``days`` are the moments at which days begin in the controller's zone; the last one ends the last day."""
    received, closed, due = col(TicketRow.received_at), col(TicketRow.closed_at), col(TicketRow.due_at)
    late = [and_(each, due < begins.date()) for each, begins in zip(_within(closed, days), days, strict=False)]
    came = await _counted(work, received, days, _within(received, days))
    went = await _counted(work, closed, days, [*_within(closed, days), *late])
    count = len(days) - 1
    return Flow(came, went[:count], sum(went[count:]))


def _in(queue: Queue, asked: Asked) -> ColumnElement[bool]:
    due, mine = col(TicketRow.due_at), col(TicketRow.assignee) == asked.user
    drafted = exists().where(col(DraftRow.ticket_id) == TicketRow.id, col(DraftRow.state) == "open")
    theirs: dict[Queue, ColumnElement[bool]] = {
        Queue.OVERDUE: due < asked.today,
        Queue.WEEK: and_(due >= asked.today, due <= asked.soon),
        Queue.MINE: and_(mine, or_(col(TicketRow.status).in_(("triage", "open")), drafted)),
        Queue.UNASSIGNED: and_(col(TicketRow.assignee).is_(None), not_(_ordinary())),
        Queue.VERIFYING: col(TicketRow.status) == "verifying",
        Queue.ALL: literal(1) == 1,
    }
    return and_(_THEIRS, theirs[queue])


def _ordinary() -> ColumnElement[bool]:
    """Surely no matter of privacy: it stands in the daily list, for nobody to take."""
    other = exists().where(col(RequestRow.ticket_id) == TicketRow.id, col(RequestRow.type) != "not_privacy")
    told = exists().where(col(MessageRow.ticket_id) == TicketRow.id, col(MessageRow.direction) == "out")
    return and_(col(TicketRow.untriaged).is_(True), col(TicketRow.reopened_at).is_(None), not_(other), not_(told))


def _dismissed() -> ColumnElement[bool]:
    """Overheard, and never a request, as who said it has told."""
    taken_up = exists().where(
        col(JournalRow.ticket_id) == TicketRow.id,
        col(JournalRow.event).in_(("confirmed", "unconfirmed", "typed")),
    )
    return and_(
        col(TicketRow.heard_in).is_not(None), func.coalesce(TicketRow.outcome, "") == "withdrawn", not_(taken_up)
    )


def _within(at: Mapped[Any], days: Sequence[datetime]) -> list[ColumnElement[bool]]:
    moments = [each.astimezone(UTC) for each in days]
    return [and_(at >= begins, at < ends) for begins, ends in pairwise(moments)]


async def _counted(
    work: Work, at: Mapped[Any], days: Sequence[datetime], kinds: Sequence[ColumnElement[bool]]
) -> tuple[int, ...]:
    """Of the tickets within these days, how many are of each kind."""
    whole = and_(at >= days[0].astimezone(UTC), at < days[-1].astimezone(UTC), not_(_dismissed()))
    query = sqlalchemy.select(*[func.count().filter(each) for each in kinds]).select_from(TicketRow).where(whole)
    return tuple((await (await work.session.connection()).execute(query)).one())


async def _types(work: Work, ids: Sequence[int]) -> dict[int, list[str]]:
    """Of each ticket, in the order in which they were asked for."""
    query = select(RequestRow.ticket_id, RequestRow.type, RequestRow.appeal)
    query = query.where(col(RequestRow.ticket_id).in_(ids)).order_by(col(RequestRow.id))
    found: dict[int, list[str]] = {}
    for ticket_id, kind, appeal in (await work.session.exec(query)).all():
        word = "appeal" if appeal else kind
        if word not in found.setdefault(ticket_id, []):
            found[ticket_id].append(word)
    return found
