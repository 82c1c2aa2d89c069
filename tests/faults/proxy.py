"""A way to a server on which things go wrong on request: cut, swallowed, slowed down, an answer lost."""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: the close is a reset
_SLICE, _PAUSE = 256, 0.02  # bytes, seconds: 12 kB a second each way


class Fault(StrEnum):
    """What happens to what passes."""

    NONE = "none"
    RESET = "reset"  # open connections are reset, new ones at once
    SWALLOW = "swallow"  # a black hole: connections stay open, and nothing comes through
    SLOW = "slow"
    LOST_ANSWER = "lost answer"  # once: what the server says after a final dot never arrives, and all breaks


class Proxy:
    """Listens on a loopback port from `async with` on, and passes on to `port` what `fault` lets through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: set[StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault = Fault.NONE
        self._dots = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def before(self, url: str) -> str:
        """The same URL by way of this proxy."""
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{self.port}")))

    def set(self, fault: Fault, *, dot: int = 1) -> None:
        """From now on; of a lost answer, at the so-manieth final dot.

        What a black hole has swallowed is gone, so that its connections end with it.
        """
        self._dots = dot
        if fault is Fault.RESET or self._fault is Fault.SWALLOW:
            self._cut()
        self._fault = fault

    def _cut(self) -> None:
        for writer in self._open:
            if raw := writer.get_extra_info("socket"):
                with suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        self._open.clear()

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        if self._fault is Fault.RESET:
            self._cut()
            return
        try:
            beyond = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open.add(beyond[1])
        for start, end, asks in ((reader, beyond[1], True), (beyond[0], writer, False)):
            task = asyncio.create_task(self._pump(start, end, asks=asks))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader: StreamReader, writer: StreamWriter, *, asks: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(_SLICE if self._fault is Fault.SLOW else 65536):
                await self._pass(data, writer, asks=asks)
        writer.close()

    async def _pass(self, data: bytes, writer: StreamWriter, *, asks: bool) -> None:
        if self._fault is Fault.SWALLOW:
            return
        if self._fault is Fault.SLOW:
            await asyncio.sleep(_PAUSE)
        writer.write(data)
        await writer.drain()
        if self._fault is Fault.LOST_ANSWER and asks and (data == b".\r\n" or data.endswith(b"\r\n.\r\n")):
            self._dots -= 1
            if not self._dots:
                await self._lose()

    async def _lose(self) -> None:
        """Time for the server to take the letter on; its answer is heard by nobody."""
        self._fault = Fault.SWALLOW
        await asyncio.sleep(0.5)
        self.set(Fault.NONE)
