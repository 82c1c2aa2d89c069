"""What the desk does because time passes: it counts open dates anew when it starts, and then says what is due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.claims import SPAN
from bot.store import leases, reminders
from handlers import deadlines, policies, recounting
from handlers.desk import Desk

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds


class Clock:
    """One replica at a time speaks; who follows says nothing again that was said."""

    def __init__(self, desk: Desk, owner: str, daily: Callable[[], Awaitable[object]] | None = None) -> None:
        self._desk, self._owner, self._daily = desk, owner, daily

    async def run(self) -> None:
        await policies.notice(self._desk)
        changed = await recounting.recount(self._desk)
        if changed:
            log.warning("the dates of %s open matters are other ones under the laws as they are now", changed)
        while True:
            await self.strike()
            await asyncio.sleep(EVERY)

    async def strike(self) -> int:
        """Says what is due, where it is this desk's turn; how much that was."""
        async with self._desk.store.transaction() as work:
            if not await leases.hold(work, "clock", self._owner, self._desk.now(), SPAN):
                return 0
        told = await deadlines.tick(self._desk)
        if self._daily and await self._is_new_day():
            await self._daily()
        return told

    async def _is_new_day(self) -> bool:
        """True once a day, for one replica."""
        now = self._desk.now()
        async with self._desk.store.transaction() as work:
            return await reminders.record(work, f"retention:{self._desk.day(now)}", "desk", now)
