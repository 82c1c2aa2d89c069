"""Which desks run on this database, and which keys each of them holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from bot.store.desk_tables import Replica
from bot.store.work import Work

ALIVE = timedelta(minutes=2)
"""So long after its last word a desk counts as running."""


async def seen(work: Work, name: str, now: datetime) -> None:
    """A desk says that it runs, and with which keys."""
    row = await work.session.get(Replica, name) or Replica(name=name, seen_at=now)
    row.seen_at, row.keys = now, work.keys.fingerprints
    work.session.add(row)


async def gone(work: Work, name: str) -> None:
    await work.session.exec(delete(Replica).where(col(Replica.name) == name))


async def running(work: Work, now: datetime) -> Sequence[Replica]:
    query = select(Replica).where(col(Replica.seen_at) > now - ALIVE).order_by(col(Replica.name))
    return (await work.session.exec(query)).all()
