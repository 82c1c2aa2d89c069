"""Probes at rest: how far one has come, and whether the clock strikes."""

from datetime import datetime

from sqlmodel import col, select

from bot.store.desk_tables import Lease
from bot.store.tables import InboxItem
from bot.store.work import Work

STATE = "probe"
_LATEST = 50


def passed(work: Work, item: InboxItem, message_id: str) -> None:
    """It has come all the way; its mail is to be deleted from the mailbox."""
    item.state, item.leased_until, item.removal = STATE, None, "due"
    item.hits = [STATE, message_id]
    work.session.add(item)


async def has_passed(work: Work, message_id: str) -> bool:
    query = select(InboxItem.hits).where(InboxItem.state == STATE).order_by(col(InboxItem.id).desc())
    return any(message_id in hits for hits in (await work.session.exec(query.limit(_LATEST))).all())


async def is_taken_in(work: Work, content: str) -> bool:
    """``content``: its keyed fingerprint."""
    query = select(InboxItem.id).where(InboxItem.content == content)
    return (await work.session.exec(query)).first() is not None


async def clock_strikes(work: Work, now: datetime) -> bool:
    """Whether any desk's clock has struck within its lease."""
    query = select(Lease.until).where(Lease.name == "clock")
    until = (await work.session.exec(query)).first()
    return until is not None and until > now
