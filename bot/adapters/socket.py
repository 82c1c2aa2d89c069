"""Slack's payloads, over Socket Mode or HTTP: committed, then acknowledged, then acted on."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.adapters.slack import SlackGateway

log = logging.getLogger(__name__)

Item = TypeVar("Item")
_ANY = re.compile(".*", re.DOTALL)
_STAMP = re.compile(r"[0-9]{1,12}")
SOCKETS = 2  # while one is exchanged for a new one, as Slack asks every few hours, the other listens
_CONNECTING = 30.0  # seconds
_PATIENCE = (
    60.0  # seconds without any socket; the SDK, too, connects anew, but with an address that may be used up
)


class Takes(Protocol[Item]):
    """Who takes payloads: ``take`` commits, ``act`` does what is asked."""

    async def take(self, payload: dict[str, Any]) -> Item | None: ...

    async def act(self, item: Item, payload: dict[str, Any]) -> Mapping[str, Any] | None: ...


class SlackSocket(Generic[Item]):
    """One Bolt app whose listeners are all the same: the reception knows what a payload means."""

    def __init__(
        self,
        gateway: SlackGateway,
        reception: Takes[Item],
        *,
        app_token: str = "",
        signing_secret: str = "",
        heard: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        refused: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """With an app token by Socket Mode, else by HTTP requests that are signed with the secret.

        ``heard`` is told of events, ``refused`` of each request that Slack did not sign just now.
        """
        self._reception, self._heard, self._refused = reception, heard, refused
        self.app = AsyncApp(client=gateway.client, signing_secret=signing_secret or None)
        self._handlers = [AsyncSocketModeHandler(self.app, app_token) for _ in range(SOCKETS if app_token else 0)]
        self.app.middleware(self._commit)
        for listen in (self.app.action, self.app.shortcut, self.app.options):
            listen(_ANY)(self._pressed)
        self.app.view(_ANY)(self._submitted)
        self.app.command(_ANY)(self._submitted)
        self.app.view_closed(_ANY)(self._pressed)
        self.app.event(_ANY)(self._happened)

    @property
    def connected(self) -> bool:
        """By HTTP it is Slack that connects."""
        return not self._handlers or any(_lives(each.client) for each in self._handlers)

    async def start(self) -> None:
        """Raises SlackApiError where Slack does not let the app in, TimeoutError where no socket opens."""
        for handler in self._handlers:
            async with asyncio.timeout(_CONNECTING):
                await handler.client.connect_to_new_endpoint(force=True)

    async def watch(self, patience: float = _PATIENCE) -> None:
        """Ends with ConnectionError after so many seconds without any socket: whoever started it begins anew."""
        lived = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(patience / 10)
            now = asyncio.get_running_loop().time()
            lived = now if self.connected else lived
            if now - lived > patience:
                raise ConnectionError("no socket to Slack stays open")

    async def stop(self) -> None:
        for handler in self._handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def receive(self, request: web.Request) -> web.Response:
        """A signed HTTP request of Slack's; an unsigned, altered or old one gets 401."""
        answer = web.Response(status=401)
        if _STAMP.fullmatch(request.headers.get("X-Slack-Request-Timestamp", "")):  # Bolt would break over others
            answer = await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))
        if answer.status == 401 and self._refused:
            await self._refused()
        return answer

    async def _commit(
        self,
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[Any]],  # noqa: A002 (Bolt's name)
    ) -> None:
        """A fault here leaves the payload unacknowledged, so that Slack sends it again."""
        context["item"] = await self._reception.take(body)
        await next()

    async def _pressed(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        if item := context.get("item"):
            await self._reception.act(item, body)

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """A modal waits for its answer: it closes, or says what is wrong. A command is answered in its place."""
        item = context.get("item")
        answer = await self._reception.act(item, body) if item else None
        await ack(**answer) if answer else await ack()

    async def _happened(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Bolt has acknowledged the event by now."""
        event = body.get("event") or {}
        log.debug("event %s", event.get("type"))
        if self._heard:
            await self._heard(event)
        if item := context.get("item"):
            await self._reception.act(item, body)


def _lives(client: SocketModeClient) -> bool:
    session = client.current_session
    return session is not None and not session.closed and not client.stale
