"""The inbox: what came in, committed first, worked on afterwards, and never lost in between."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import literal_column, update
from sqlmodel import col, func, select

from bot.store.clock import shared
from bot.store.sealing import DataKey
from bot.store.tables import InboxItem
from bot.store.work import Work

LANE = "inbox"
TRIES = 3
_BATCH = 20
_RAW = "inbox.raw"
# Spelt out as in the partial indexes: with a bound value the database would read all that ever came in.
NEW = literal_column("inbox.state") == literal_column("'new'")
QUARANTINED = literal_column("inbox.state") == literal_column("'quarantined'")


async def known(work: Work, origins: Sequence[str], contents: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these places and contents are in the inbox already."""
    query = select(InboxItem.origin, InboxItem.content).where(
        col(InboxItem.origin).in_(origins) | col(InboxItem.content).in_(contents)
    )
    rows = (await work.session.exec(query)).all()
    return {origin for origin, _ in rows}, {content for _, content in rows if content}


async def put(
    work: Work,
    *,
    source: str,
    origin: str,
    raw: bytes,
    received_at: datetime,
    now: datetime,
    content: str | None = None,
    due_at: date | None = None,
    automatic: bool = True,
    lost: bool = False,
    complete: bool = True,
    size: int | None = None,
    conversation: str | None = None,
    leased_until: datetime | None = None,
    attempts: int = 0,
) -> InboxItem:
    """Takes something in, sealed under a key of its own; nobody else works on it before ``leased_until``."""
    key = await work.keys.new()
    item = InboxItem(
        source=source,
        origin=origin,
        content=content,
        received_at=min(received_at, now),
        stored_at=now,
        due_at=due_at,
        automatic=automatic,
        lost=lost,
        complete=complete,
        size=len(raw) if size is None else size,
        key_id=key.id,
        raw=key.seal(raw, _RAW),
        conversation=conversation,
        leased_until=leased_until,
        attempts=attempts,
    )
    work.session.add(item)
    work.lanes.add(LANE)
    return item


async def claim(work: Work, source: str, now: datetime, lease: timedelta) -> list[InboxItem]:
    """Items to work on. What was tried before comes alone: a poison item does not spoil the others' tries."""
    now = await shared(work, now)
    query = (
        select(InboxItem)
        .where(
            InboxItem.source == source,
            NEW,
            col(InboxItem.leased_until).is_(None) | (col(InboxItem.leased_until) <= now),
        )
        .order_by(col(InboxItem.attempts), col(InboxItem.id))
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    items = list((await work.session.exec(query)).all())
    items = [each for each in items if not each.attempts] or items[:1]
    for item in items:
        item.attempts += 1
        item.leased_until = now + lease
        work.session.add(item)
    return items


async def renew(work: Work, ids: Sequence[int | None], now: datetime, lease: timedelta) -> bool:
    """Whether any of these is still being worked on; those are, for another lease."""
    now = await shared(work, now)
    held = (
        update(InboxItem)
        .where(col(InboxItem.id).in_(ids), col(InboxItem.state) == "new", col(InboxItem.leased_until) > now)
        .values(leased_until=now + lease)
    )
    return bool((await work.session.exec(held)).rowcount)


async def release_leases(work: Work, source: str) -> None:
    """At the start of a desk that is alone: nobody else can be working on anything."""
    await work.session.exec(
        update(InboxItem).where(NEW, col(InboxItem.source) == source).values(leased_until=None)
    )


async def raw_of(work: Work, item: InboxItem) -> tuple[bytes, DataKey]:
    """What came in, and the key that it rests under."""
    key = await work.keys.get(item.key_id)
    return key.open(item.raw or b"", _RAW), key


async def load(work: Work, item_id: int, *, for_update: bool = False) -> InboxItem | None:
    query = select(InboxItem).where(InboxItem.id == item_id)
    return (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()


async def at(work: Work, origin: str, *, for_update: bool = False) -> InboxItem | None:
    """What came in from this place."""
    query = select(InboxItem).where(InboxItem.origin == origin)
    return (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()


def finish(
    work: Work, item: InboxItem, *, ticket_id: int | None = None, reason: str = "", hits: Sequence[str] = ()
) -> None:
    item.state, item.ticket_id, item.leased_until = "done", ticket_id, None
    item.reason, item.hits = reason, list(hits)
    work.session.add(item)


def quarantine(work: Work, item: InboxItem, reason: str, hits: Sequence[str] = ()) -> None:
    item.state, item.leased_until = "quarantined", None
    item.reason, item.hits = reason, list(hits)
    work.session.add(item)


async def put_back(work: Work, item: InboxItem, now: datetime, pause: timedelta) -> None:
    """After a failed try: it comes again later."""
    item.leased_until = await shared(work, now) + pause
    work.session.add(item)


def replay(work: Work, item: InboxItem) -> None:
    """Out of quarantine, with its tries given back."""
    item.state, item.attempts, item.leased_until, item.reason = "new", 0, None, ""
    work.session.add(item)
    work.lanes.add(LANE)


def drop(work: Work, item: InboxItem, reason: str) -> None:
    """Nothing becomes of it, and the reason says why."""
    item.state, item.leased_until, item.reason = "dropped", None, reason
    work.session.add(item)


async def quarantined(work: Work) -> list[InboxItem]:
    query = select(InboxItem).where(QUARANTINED).order_by(col(InboxItem.id))
    return list((await work.session.exec(query)).all())


async def waiting(work: Work) -> int:
    query = select(func.count()).select_from(InboxItem).where(NEW)
    return (await work.session.exec(query)).one()
