"""The time that replicas agree on: the database's. A machine's own may be wrong, and it may have been asleep."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import func
from sqlmodel import select

from bot.store.work import Store, Work

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds between two looks
_WORTH_A_WORD = timedelta(seconds=5)


async def shared(work: Work, now: datetime) -> datetime:
    """By which leases are counted: the database's clock, or ``now`` on SQLite, where a desk is alone."""
    if work.session.get_bind().dialect.name == "sqlite":
        return now
    at: datetime = (await work.session.exec(select(func.clock_timestamp()))).one()
    return at


class DatabaseClock:
    """The database's time, counted on between two looks at it by a clock that nobody can set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen, self._since = datetime.now(UTC), monotonic()

    def __call__(self) -> datetime:
        return self._seen + timedelta(seconds=monotonic() - self._since)

    async def look(self) -> None:
        async with self._store.reading() as work:
            self._seen, self._since = await shared(work, datetime.now(UTC)), monotonic()
        if abs(wrong := datetime.now(UTC) - self._seen) > _WORTH_A_WORD:
            log.warning("this machine's clock is %.0f seconds off the database's", wrong.total_seconds())

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY)
