"""The calendar of due dates: behind a link that only this desk can make, and that says no more than references."""

import hmac

from sqlmodel import col, select

from bot.domain.feed import Entry, calendar_feed
from bot.domain.vocabulary import Status
from bot.store import inbox
from bot.store.tables import TicketRow
from bot.store.work import Work
from handlers.desk import Desk

_PURPOSE = "calendar of due dates"


def token(work: Work) -> str:
    """What stands in the feed's address: a keyed digest, the same for as long as the database lives."""
    return work.keys.index(_PURPOSE)


async def feed(desk: Desk, given: str) -> str | None:
    """The calendar; None where the token is another one."""
    async with desk.store.reading() as work:
        if not hmac.compare_digest(given.encode(), token(work).encode()):
            return None
        query = select(TicketRow).where(
            TicketRow.status != Status.CLOSED,
            col(TicketRow.unconfirmed_since).is_(None),  # its writer is asked first whether it is a request
        )
        query = query.order_by(col(TicketRow.due_at), col(TicketRow.id))
        rows = (await work.session.exec(query)).all()
        aside = await inbox.quarantined(work)
    entries = [Entry(each.reference, each.due_at, each.act_by) for each in rows]
    entries += [Entry(f"Quarantined item {each.id}", each.due_at) for each in aside]
    return calendar_feed(entries, desk.now(), name=desk.organisation, domain=desk.domain)
