"""What a desk does on the clock for itself: says that it runs, and clears away what has had its time."""

import asyncio
from datetime import timedelta

from bot.store import address_changes, challenges, chats, exports, reminders, replicas, sightings
from handlers import confirming
from handlers.desk import Desk

EVERY = 30.0  # seconds
KEPT = timedelta(days=7)  # a challenge, after it has expired: until then it counts against new ones
REMINDERS = timedelta(days=800)  # longer than any clock, extended and appealed
OVERHEARD = timedelta(days=1)  # what came to nothing in Slack: until then the same event is known again
PATTERNS = timedelta(days=30)  # a sighting: longer than any pattern that is looked for
CHANGES = timedelta(
    days=120
)  # a change of an address: it cools off from when it is made, which a law lets take long


class Housekeeping:
    """One for each replica; what it clears away may be cleared away twice."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self._name = desk, name

    async def run(self) -> None:
        while True:
            await self.tidy()
            await asyncio.sleep(EVERY)

    async def leave(self) -> None:
        """Last words of a desk that stops."""
        async with self._desk.store.transaction() as work:
            await replicas.gone(work, self._name)

    async def tidy(self) -> None:
        now = self._desk.now()
        async with self._desk.store.transaction() as work:
            await replicas.seen(work, self._name, now)
            await challenges.forget(work, now - KEPT)
            await sightings.forget(work, now - PATTERNS)
            await address_changes.forget(work, now - CHANGES)
            await reminders.forget(work, now - REMINDERS)
            await chats.forget(work, now - OVERHEARD)
            await exports.forget(work, now)
        await confirming.pass_on(self._desk)
