"""Leases: what only one replica at a time may do, until it stops saying that it still does.

They run on the database's clock; ``now`` is that of the desk, which counts on SQLite alone.
"""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bot.store.clock import shared
from bot.store.desk_tables import Lease
from bot.store.work import Work


async def hold(work: Work, name: str, owner: str, now: datetime, span: timedelta) -> bool:
    """Takes or renews a lease; False while somebody else holds it."""
    lease = (await work.session.exec(select(Lease).where(Lease.name == name).with_for_update())).one_or_none()
    now = await shared(work, now)
    if lease is None:
        return await _take_first(work, Lease(name=name, owner=owner, until=now + span))
    if lease.owner != owner and lease.until > now:
        return False
    if lease.owner != owner:
        lease.fence += 1
    lease.owner, lease.until = owner, now + span
    work.session.add(lease)
    return True


async def _take_first(work: Work, lease: Lease) -> bool:
    """Takes a lease that never was, unless somebody else was faster."""
    try:
        async with work.session.begin_nested():
            work.session.add(lease)
    except IntegrityError:
        return False
    return True


async def give_back(work: Work, name: str, owner: str, now: datetime) -> None:
    lease = (await work.session.exec(select(Lease).where(Lease.name == name).with_for_update())).one_or_none()
    if lease and lease.owner == owner:
        lease.until = await shared(work, now)
        work.session.add(lease)
