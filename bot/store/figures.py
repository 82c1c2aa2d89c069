"""The figures of `/metrics`: a few queries that an index answers, however many tickets there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal_column
from sqlalchemy import select as sql_select
from sqlmodel import col, select

from bot.domain.watching import CROSSED
from bot.store import inbox
from bot.store.desk_tables import Sighting
from bot.store.tables import InboxItem, OutboxRow, RequestRow, TicketRow
from bot.store.work import Work

_OPEN = literal_column("ticket.status") != literal_column("'closed'")  # as the partial indexes have it
_WAITS = ("ready", "sending")
_UNSENT = (*_WAITS, "unsure", "dead")
LANES = ("mail", "slack", "webhook")


@dataclass(frozen=True, slots=True)
class Figures:
    """How the desk stands. ``due`` has a number for each span of days, and in the end that of all with a date."""

    tickets: Mapping[str, int]
    overdue: int
    due: tuple[int, ...]
    inbox: Mapping[str, int]
    inbox_since: datetime | None
    outbox: Mapping[tuple[str, str], int]
    outbox_since: Mapping[str, datetime]
    crossings: Mapping[str, int]


async def read(work: Work, today: date, within: Sequence[int]) -> Figures:
    """``within``: days from today, ascending."""
    waiting = select(func.count(), func.min(InboxItem.stored_at)).where(inbox.NEW)
    aside = select(func.count()).select_from(InboxItem).where(inbox.QUARANTINED)
    left = select(OutboxRow.lane, OutboxRow.state, func.count()).where(*_among(LANES, _UNSENT))
    crossed = select(Sighting.subject, func.count()).where(Sighting.kind == CROSSED).group_by(Sighting.subject)
    tickets = select(TicketRow.status, func.count()).group_by(TicketRow.status)
    left = left.group_by(OutboxRow.lane, OutboxRow.state)
    outbox = {(lane, state): count for lane, state, count in (await work.session.exec(left)).all()}
    new, since = (await work.session.exec(waiting)).one()
    overdue, *due = await _due(work, today, within)
    return Figures(
        tickets=dict((await work.session.exec(tickets)).all()),
        overdue=overdue,
        due=tuple(due),
        inbox={"new": new, "quarantined": (await work.session.exec(aside)).one()},
        inbox_since=since,
        outbox=outbox,
        outbox_since=await _oldest(work),
        crossings=dict((await work.session.exec(crossed)).all()),
    )


async def requests(work: Work) -> dict[tuple[str, ...], float]:
    """How many rights were asked for, by type, channel and outcome."""
    names = (col(RequestRow.type), col(TicketRow.channel), func.coalesce(RequestRow.outcome, "open"))
    query = sql_select(*names, func.count()).join(TicketRow, col(TicketRow.id) == RequestRow.ticket_id)
    rows = await (await work.session.connection()).execute(query.group_by(*names))
    return {(kind, channel, outcome): count for kind, channel, outcome, count in rows}


def _among(lanes: Collection[str], states: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """The lanes are named because the index begins with them."""
    return col(OutboxRow.lane).in_(lanes), col(OutboxRow.state).in_(states)


async def _oldest(work: Work) -> dict[str, datetime]:
    """Since when something waits to leave."""
    query = select(OutboxRow.lane, func.min(OutboxRow.created_at)).where(*_among(LANES, _WAITS))
    query = query.group_by(OutboxRow.lane)
    return dict((await work.session.exec(query)).all())


async def _due(work: Work, today: date, within: Sequence[int]) -> list[int]:
    due = col(TicketRow.due_at)
    spans = [due < today, *(and_(due >= today, due <= today + timedelta(days=each)) for each in within)]
    sums = [func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in spans]
    row = (
        await (await work.session.connection()).execute(
            sql_select(*sums, func.count(due)).where(_OPEN, due.is_not(None))
        )
    ).one()
    return [int(each) for each in row]
