"""The whole journal, ticket by ticket, in pages: what reports are made of. No other table is read."""

from collections.abc import AsyncIterator
from datetime import UTC

from sqlmodel import col, select, tuple_

from bot.domain.reporting.histories import Line
from bot.store.tables import JournalRow
from bot.store.work import Work

_PAGE = 2000


async def by_ticket(work: Work) -> AsyncIterator[list[Line]]:
    """The entries of each ticket, in their order. No more than a page and a ticket is in memory."""
    waiting: list[Line] = []
    async for line in _lines(work):
        if waiting and waiting[0].ticket != line.ticket:
            yield waiting
            waiting = []
        waiting.append(line)
    if waiting:
        yield waiting


async def _lines(work: Work) -> AsyncIterator[Line]:
    last = (0, 0)
    place = (col(JournalRow.ticket_id), col(JournalRow.seq))
    while True:
        query = select(JournalRow).where(tuple_(*place) > last).order_by(*place).limit(_PAGE)
        page = (await work.session.exec(query)).all()
        for row in page:
            yield Line(row.ticket_id, row.at.astimezone(UTC), row.event, row.detail)
            last = (row.ticket_id, row.seq)
        if len(page) < _PAGE:
            return
