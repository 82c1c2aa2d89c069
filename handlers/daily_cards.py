"""Cards that count the days are brought up to date each working morning: they change without an event."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.adapters.cards import COUNTED
from bot.domain.vocabulary import Status
from bot.store import outbox
from bot.store.tables import TicketRow
from handlers.desk import Desk

_EACH = timedelta(seconds=2)  # apart, so that what happens this morning is posted in between


async def refresh(desk: Desk, today: date) -> None:
    """Queues the cards of what is due soon or overdue, what is due first at first."""
    soon = select(TicketRow.id, TicketRow.reference).where(
        TicketRow.status != Status.CLOSED,
        col(TicketRow.card_ts).is_not(None),
        col(TicketRow.due_at) <= today + COUNTED,
    )
    async with desk.store.reading() as work:
        found = (await work.session.exec(soon.order_by(col(TicketRow.due_at), col(TicketRow.id)))).all()
    for place, (number, reference) in enumerate(found):
        async with desk.store.transaction() as work:
            key, at = f"card:{reference}:{today}", desk.now() + place * _EACH
            await outbox.put(work, lane=outbox.SLACK, kind="card", key=key, now=at, ticket_id=number)
