"""The store and its unit of work: everything that belongs together is one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import literal, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.engine import reading_engine, writing_engine
from bot.store.keys import KeyStore
from bot.store.sealing import MasterKeys
from bot.store.tables import InboxItem, TicketRow
from bot.telemetry import Counted, count, outside

_FRESH = {"populate_existing": True}


@dataclass(slots=True)
class Work:
    """One transaction, and whom to wake once it is committed."""

    session: AsyncSession
    keys: KeyStore
    lanes: set[str] = field(default_factory=set)
    counted: list[tuple[Counted, tuple[str, ...]]] = field(default_factory=list)

    def count(self, what: Counted, *labels: str) -> None:
        """Counts it once the transaction is committed."""
        self.counted.append((what, labels))


class Store:
    """The database and the key store beside it."""

    def __init__(self, url: str, master: MasterKeys) -> None:
        self.keys = KeyStore(url, master)
        self._writer = writing_engine(url)
        self._reader = reading_engine(url)
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def open(self) -> None:
        """Expects the current schema. Raises StoreFault where SECRET_KEYS do not fit."""
        async with self.reading() as work:
            fresh = not await _any_sealed(work.session)
        await self.keys.prepare(fresh=fresh)

    async def close(self) -> None:
        """It may be opened again."""
        self._news.clear()
        await self.keys.close()
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Work]:
        """Commits at the end of the block, rolls back where it raises, then wakes the lanes that got something.

        A row that was read before it was locked is read anew with the lock, as whoever held it left it.
        """
        async with AsyncSession(self._writer, expire_on_commit=False, execution_options=_FRESH) as session:
            work = Work(session, self.keys)
            yield work
            with outside("database", "commit"):
                await session.commit()
        for lane in work.lanes:
            self._news[lane].set()
        for what, labels in work.counted:
            count(what, *labels)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield Work(session, self.keys)

    async def news(self, lane: str, seconds: float) -> None:
        """Returns when a lane has got something, or after so many seconds: other processes write, too.

        `asyncio.wait_for` would, before Python 3.12, forget a cancellation that comes together with the news.
        """
        event = self._news[lane]
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        event.clear()


async def _any_sealed(session: AsyncSession) -> bool:
    for table in (TicketRow, InboxItem):
        if await session.scalar(select(literal(1)).select_from(table).limit(1)):
            return True
    return False
