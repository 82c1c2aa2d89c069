"""The journal, ticket by ticket, in pages: what reports are made of. Nothing else comes into a figure."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, literal_column, or_
from sqlmodel import col, func, select, tuple_

from bot.domain.reporting.histories import Line
from bot.store.tables import JournalRow, TicketRow
from bot.store.work import Work

_PAGE = 2000


async def by_ticket(work: Work, since: datetime | None = None) -> AsyncIterator[list[Line]]:
    """The entries of each ticket, in their order. No more than a page and a ticket is in memory.

    ``since``: without the tickets that were closed for good before, which come into no figure of a later time.
    """
    waiting: list[Line] = []
    async for line in _lines(work, since):
        if waiting and waiting[0].ticket != line.ticket:
            yield waiting
            waiting = []
        waiting.append(line)
    if waiting:
        yield waiting


async def told_of(work: Work, since: datetime) -> int:
    """How many tickets are told of from this moment on."""
    return (await work.session.exec(select(func.count()).select_from(TicketRow).where(_alive(since)))).one()


async def noted(work: Work, ticket_id: int, actor: str, event: str, since: datetime) -> bool:
    """Whether a ticket's journal has such an entry of this actor since then."""
    query = select(JournalRow.id).where(
        JournalRow.ticket_id == ticket_id,
        JournalRow.actor == actor,
        JournalRow.event == event,
        JournalRow.at > since,
    )
    return (await work.session.exec(query.limit(1))).first() is not None


def _alive(since: datetime) -> ColumnElement[bool]:
    return or_(literal_column("ticket.status") != literal_column("'closed'"), col(TicketRow.closed_at) >= since)


async def _lines(work: Work, since: datetime | None) -> AsyncIterator[Line]:
    last = (0, 0)
    place = (col(JournalRow.ticket_id), col(JournalRow.seq))
    while True:
        query = select(JournalRow).where(tuple_(*place) > last).order_by(*place).limit(_PAGE)
        if since:
            query = query.where(col(JournalRow.ticket_id).in_(select(TicketRow.id).where(_alive(since))))
        page = (await work.session.exec(query)).all()
        for row in page:
            yield Line(row.ticket_id, row.at.astimezone(UTC), row.event, row.detail)
            last = (row.ticket_id, row.seq)
        if len(page) < _PAGE:
            return
