"""What is said in Slack: items of the inbox that belong together, and the tickets of one user."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.store import cases, inbox
from bot.store.cases import Case
from bot.store.tables import InboxItem, MessageRow, TicketRow
from bot.store.work import Work

_SOURCE = "slack"
_CLEARED = 500  # items cleared away at once
_MOST = 50  # items of one conversation that are read together


async def wait_for_more(work: Work, conversation: str, now: datetime, until: datetime, since: datetime) -> None:
    """Somebody goes on typing: what they have said since ``since`` is not looked at before ``until``."""
    await work.session.exec(
        update(InboxItem)
        .where(
            col(InboxItem.conversation) == conversation,
            col(InboxItem.state) == "new",
            col(InboxItem.attempts) == 0,
            col(InboxItem.stored_at) > since,
            col(InboxItem.leased_until) > now,
        )
        .values(leased_until=until)
    )


async def keep(work: Work, origin: str, raw: bytes, received_at: datetime, now: datetime) -> InboxItem:
    """What was said at this place, with nothing left to do for the reader of the inbox; once, whoever keeps it."""
    if item := await inbox.at(work, origin):
        return item
    try:
        async with work.session.begin_nested():
            item = await inbox.put(work, source=_SOURCE, origin=origin, raw=raw, received_at=received_at, now=now)
            inbox.finish(work, item)
    except IntegrityError:  # somebody else was faster
        item = await inbox.at(work, origin)
    assert item is not None, "it is kept, by whomever"
    return item


async def together(work: Work, item: InboxItem) -> list[InboxItem]:
    """All that is waiting of the conversation that an item belongs to, in the order in which it was said."""
    query = select(InboxItem).where(InboxItem.conversation == item.conversation, InboxItem.state == "new")
    query = query.order_by(col(InboxItem.received_at), col(InboxItem.id)).limit(_MOST).with_for_update()
    return list((await work.session.exec(query)).all())


async def before(work: Work, item: InboxItem, since: datetime) -> list[InboxItem]:
    """What was said in the same conversation a moment ago and came to nothing by itself."""
    query = select(InboxItem).where(
        InboxItem.conversation == item.conversation,
        InboxItem.state == "done",
        col(InboxItem.ticket_id).is_(None),
        InboxItem.received_at > since,
    )
    query = query.order_by(col(InboxItem.received_at), col(InboxItem.id)).limit(_MOST)
    return list((await work.session.exec(query)).all())


async def of_user(
    work: Work, user: str, *, closed: bool = False, for_update: bool = False, most: int = 20
) -> list[Case]:
    """The tickets that this user is answered about in Slack, newest first; without ``closed`` the open ones."""
    query = select(TicketRow.id).where(TicketRow.slack_user == user)
    if not closed:
        query = query.where(TicketRow.status != "closed")
    ids = (await work.session.exec(query.order_by(col(TicketRow.id).desc()).limit(most))).all()
    return await _cases(work, ids, for_update=for_update)


def language(mine: Sequence[Case]) -> str:
    """The language that somebody wrote in last, by their tickets, newest first; English before they ever did."""
    return next((each.row.language for each in mine), "en")


def typist(work: Work, user: str, address: str) -> str:
    """Whose code it is that was mailed to this address: this user's, typed in Slack, and nobody else's.

    Whoever holds the mailbox cannot prove with it, by mail or by a link, what a stranger asks for in Slack.
    """
    return work.keys.address_index(f"slack:{user}:{address}")


async def unconfirmed(work: Work, since: datetime) -> list[Case]:
    """Tickets whose writers were asked before ``since`` whether it is a request, and have not said."""
    query = select(TicketRow.id).where(col(TicketRow.unconfirmed_since) <= since).limit(_MOST)
    return await _cases(work, (await work.session.exec(query)).all(), for_update=True)


async def forget(work: Work, received_before: datetime) -> None:
    """Clears away what was overheard and came to nothing, and clicks that have had their effect: keys and rows."""
    of_tickets = select(MessageRow.key_id).union(select(TicketRow.key_id))
    query = select(InboxItem.id, InboxItem.key_id, col(InboxItem.key_id).in_(of_tickets)).where(
        InboxItem.source == _SOURCE,
        InboxItem.state == "done",
        col(InboxItem.ticket_id).is_(None),
        InboxItem.stored_at < received_before,
    )
    rows = (await work.session.exec(query.limit(_CLEARED))).all()
    if keys := [key for _, key, needed in rows if not needed]:
        await work.keys.destroy(*keys)
    await work.session.exec(delete(InboxItem).where(col(InboxItem.id).in_([number for number, *_ in rows])))


async def _cases(work: Work, ids: Sequence[int | None], *, for_update: bool) -> list[Case]:
    found = [await cases.by_id(work, each or 0, for_update=for_update) for each in ids]
    return [each for each in found if each]
