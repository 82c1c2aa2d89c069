"""Is the staff's channel still theirs alone? What is in a ticket is posted nowhere else."""

import asyncio
import time
from typing import Any

from bot.adapters.slack import SlackGateway
from handlers.alerts import tell_staff
from handlers.desk import Desk

EVERY = 60.0  # seconds: a channel that was made public is found out within a minute, Slack tells of no such event
_EVENTS = ("channel_shared", "channel_unshared")


class Channels:
    """Answers from Slack, remembered for a minute; where Slack tells of a change, it is asked at once."""

    def __init__(self, desk: Desk, slack: SlackGateway) -> None:
        self._desk, self._slack = desk, slack
        self._known: dict[str, tuple[float, str]] = {}
        self._changed = asyncio.Event()

    async def exposed(self, channel: str) -> str:
        """Why nothing of a ticket may be posted there; empty where it may. Raises what the SDK raises."""
        until, why = self._known.get(channel, (0.0, ""))
        if time.monotonic() >= until:
            why = await self._slack.exposed(channel)
            self._known[channel] = (time.monotonic() + EVERY, why)
        return why

    async def run(self) -> None:
        while True:
            await self.watch()
            self._changed.clear()
            try:
                async with asyncio.timeout(EVERY):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def watch(self) -> None:
        """Looks at the staff's channel; where others can read it, staff are told, once a day."""
        channel = self._desk.staff_channel or ""
        if why := await self.exposed(channel):
            what = (
                f"The staff channel {channel} {why}. Nothing of a ticket is posted there until that is mended; "
                "nothing is lost meanwhile. See docs/runbook.md#the-staff-channel-is-open-to-others."
            )
            async with self._desk.store.transaction() as work:
                await tell_staff(self._desk, work, f"exposed:{channel}:{why}:{self._desk.now():%Y-%m-%d}", what)

    async def heard(self, event: dict[str, Any]) -> None:
        """Slack tells of something: where a channel was shared, or is no longer, what is remembered is void."""
        if event.get("type") in _EVENTS:
            self._known.clear()
            self._changed.set()
