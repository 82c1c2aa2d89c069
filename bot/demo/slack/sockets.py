"""Socket Mode: the app opens a socket, things come in envelopes, each is acknowledged by its id.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import random
import secrets
from asyncio import Transport

from aiohttp import WSMsgType, web

from bot.demo.slack.courier import Envelope
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import APP, Workspace

MOST_SOCKETS = 10


class Sockets:
    """The open sockets; each envelope goes to one of them at random, as with Slack.

    `silent` keeps them open and lets nothing through either way, not even pongs.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.silent = False
        self._workspace = workspace
        self._open: dict[web.WebSocketResponse, web.Request] = {}
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def ticket(self) -> str:
        """Leave to open one socket."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket, from hello until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False, timeout=1)
        await socket.prepare(request)
        if len(self) >= MOST_SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            return socket
        await socket.send_json(self._hello())
        self._open[socket] = request
        self._workspace.ring()
        try:
            await self._listen(socket)
        finally:
            self._open.pop(socket, None)
            self._workspace.ring()
        return socket

    async def send(self, envelope: Envelope) -> Json:
        """Sends on any socket, waiting for one if none is open, and returns the payload of the ack."""
        await self._workspace.wait_until(lambda: self._open and not self.silent, timeout=3600)
        told: Json = {"envelope_id": envelope.id, "type": envelope.kind, "payload": envelope.payload}
        told["accepts_response_payload"] = envelope.kind != "events_api"
        if envelope.kind == "events_api":
            told |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
        self._waiting[envelope.id] = asyncio.get_running_loop().create_future()
        try:
            await random.choice(list(self._open)).send_json(told)  # noqa: S311 - no secret
            return await self._waiting[envelope.id]
        finally:
            del self._waiting[envelope.id]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Asks the app to open a new socket in place of each old one, as Slack does every few hours."""
        for socket in list(self._open):
            del self._open[socket]
            await socket.send_json({"type": "disconnect", "reason": reason})

    def drop(self) -> None:
        """Breaks every connection without a word."""
        for request in self._open.values():
            if isinstance(request.transport, Transport):
                request.transport.abort()

    async def close(self) -> None:
        """Closes every socket politely."""
        for socket in list(self._open):
            await socket.close()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if self.silent:
                continue
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                answer: Json = message.json()
                waiting = self._waiting.get(answer.get("envelope_id", ""))
                if waiting and not waiting.done():
                    waiting.set_result(answer.get("payload") or {})

    def _hello(self) -> Json:
        debug = {"host": "stand-in", "approximate_connection_time": 18_060}
        told: Json = {"type": "hello", "num_connections": len(self) + 1, "debug_info": debug}
        return told | {"connection_info": {"app_id": APP}}
