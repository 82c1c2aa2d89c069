"""Slack, listened to: sockets or signed requests, what was taken in and not finished, and what was missed."""

import asyncio

import aiohttp.web
from slack_sdk.errors import SlackApiError

from bot.adapters.slack import SlackGateway
from bot.adapters.socket import SlackSocket
from bot.history import History
from bot.intake import InboxWorker
from bot.settings import Settings
from bot.store.tables import InboxItem
from handlers import alerts, watching
from handlers.channels import Channels
from handlers.desk import Desk
from handlers.slack import Reception
from handlers.staff import Staff


class Listening:
    """One life of it is ended by whatever breaks it, and begun anew by whoever supervises it."""

    def __init__(
        self, desk: Desk, slack: SlackGateway, channels: Channels, settings: Settings, *, alone: bool
    ) -> None:
        self._desk, self._slack, self._channels = desk, slack, channels
        self._settings, self._alone = settings, alone
        self._socket: SlackSocket[InboxItem] | None = None

    @property
    def connected(self) -> bool:
        return self._socket is not None and self._socket.connected

    async def receive(self, request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        """A request of Slack's, where it is to come by HTTP."""
        if self._socket is None or self._settings.slack_app_token:
            raise aiohttp.web.HTTPNotFound
        return await self._socket.receive(request)

    async def run(self) -> None:
        """Where Slack does not let the desk in, an operator learns of it by mail: in Slack nobody would."""
        try:
            await self._live()
        except* SlackApiError as faults:
            await alerts.slack_refuses(self._desk, _error_of(faults))
            raise
        except* (ConnectionError, TimeoutError):
            await alerts.slack_refuses(self._desk, "no connection stays open")
            raise

    async def _live(self) -> None:
        await self._slack.identify()
        reception = Reception(self._desk, self._slack, Staff(self._slack, self._settings.slack_staff))
        self._socket = SlackSocket(
            self._slack,
            reception,
            app_token=self._settings.slack_app_token,
            signing_secret=self._settings.slack_signing_secret,
            heard=self._channels.heard,
            refused=lambda: watching.unsigned(self._desk),
        )
        try:
            await self._socket.start()
            await self._listen(self._socket, reception)
        finally:
            await self._socket.stop()

    async def _listen(self, socket: SlackSocket[InboxItem], reception: Reception) -> None:
        worker = InboxWorker(self._desk, "slack", reception.replay, alone=self._alone)
        history = History(self._desk, self._slack, reception, lambda: socket.connected)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(), name="what is said in Slack")
            group.create_task(history.run(), name="what was missed in Slack")
            group.create_task(socket.watch(), name="whether Slack is silent")


def _error_of(faults: BaseExceptionGroup[SlackApiError]) -> str:
    """The error word of the first of them."""
    first = faults.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _error_of(first)
    return str(first.response.get("error") or first.response.status_code)
