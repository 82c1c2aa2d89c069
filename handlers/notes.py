"""What staff write in a ticket's thread: a note. It stays inside; the journal has who wrote when, not what."""

from sqlmodel import select

from bot.adapters.interactions import Said
from bot.store import cases, inbox
from bot.store.cases import Case
from bot.store.tables import InboxItem, TicketRow
from bot.store.work import Work
from handlers.desk import Desk

_EVENTS = {"said": "noted", "edited": "note_edited", "deleted": "note_deleted"}


async def thread_of(work: Work, said: Said, *, for_update: bool = False) -> Case | None:
    """The ticket in whose thread it is said."""
    query = select(TicketRow.id).where(TicketRow.card_ts == said.thread, TicketRow.card_channel == said.channel)
    number = (await work.session.exec(query)).first() if said.thread else None
    return await cases.by_id(work, number, for_update=for_update) if number else None


async def keep(desk: Desk, item: InboxItem, said: Said) -> None:
    """Puts it on record beside its ticket; the note itself rests sealed, as it came in."""
    async with desk.store.transaction() as work:
        current = await inbox.load(work, item.id or 0, for_update=True)
        case = await thread_of(work, said, for_update=True)
        if current is None or current.state != "new" or case is None:
            return
        event = _EVENTS[said.change]
        await cases.note(work, case, at=desk.now(), actor=said.user, event=event, item=current.id)
        inbox.finish(work, current, ticket_id=case.id)
