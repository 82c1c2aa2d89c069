"""After a gap: what was said in Slack while nobody listened is read from its history, once.

Slack tells of an event again for five minutes and then gives up. A message is named by its place, so that what is
in the inbox already is not taken in twice.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.interactions import Payload
from bot.adapters.slack import SlackGateway
from bot.store.desk_tables import Bookmark
from handlers.desk import Desk
from handlers.slack import Reception

log = logging.getLogger(__name__)

EVERY = 20.0  # seconds: how closely it is known until when somebody listened
_MARGIN = timedelta(minutes=1)
_PLACE = ("slack", "listening")


class History:
    """Notes while the desk listens that it does; where there was a gap, reads what was said meanwhile."""

    def __init__(
        self, desk: Desk, slack: SlackGateway, reception: Reception, listening: Callable[[], bool]
    ) -> None:
        self._desk, self._slack, self._reception, self._listening = desk, slack, reception, listening
        self._gap = True

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as fault:
                log.warning("the history of Slack cannot be read now: %s", type(fault).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """One round. Raises what the SDK raises where Slack does not answer; the next round tries again."""
        if not self._listening():
            self._gap = True
            return
        now = self._desk.now()
        if self._gap and (since := await self._listened_until()):
            await self._catch_up(since - _MARGIN)
        self._gap = False
        await self._listened(now)

    async def _catch_up(self, since: datetime) -> None:
        direct = dict.fromkeys(await self._slack.direct_channels(), "im")
        for channel, kind in {**dict.fromkeys(sorted(self._desk.support_channels), "channel"), **direct}.items():
            try:
                missed = await self._slack.said_since(channel, since.timestamp())
            except SlackApiError as fault:
                log.warning("the history of a channel cannot be read: %s", fault.response.get("error"))
                continue
            for message in missed:
                await self._reception.take(_as_event(channel, kind, message))

    async def _listened_until(self) -> datetime | None:
        async with self._desk.store.reading() as work:
            bookmark = await work.session.get(Bookmark, _PLACE)
        return datetime.fromtimestamp(bookmark.last_uid, self._desk.now().tzinfo) if bookmark else None

    async def _listened(self, now: datetime) -> None:
        async with self._desk.store.transaction() as work:
            bookmark = await work.session.get(Bookmark, _PLACE) or Bookmark(
                mailbox=_PLACE[0], folder=_PLACE[1], uidvalidity=0, last_uid=0, started_at=now
            )
            bookmark.last_uid = int(now.timestamp())
            work.session.add(bookmark)


def _as_event(channel: str, kind: str, message: Payload) -> Payload:
    """As the event would have told of it."""
    event = {**message, "type": "message", "channel": channel, "channel_type": kind}
    return {"type": "event_callback", "event_id": f"history:{channel}:{message.get('ts')}", "event": event}
