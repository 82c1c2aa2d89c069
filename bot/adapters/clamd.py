"""The operator's virus scanner: a file goes to ClamAV's daemon piece by piece, and an answer comes back.

The INSTREAM command of clamd(8), over its local socket: each piece with its length before it (four bytes, network
order), an empty one at the end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 60.0  # for each step
_LONGEST = 1000  # bytes of an answer


class ScannerFault(Exception):
    """The scanner gave no answer; nothing was found out about the file."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One file that is being looked at."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def feed(self, chunk: bytes) -> None:
        """What breaks the connection here is told by `finding`: the daemon says why before it closes."""
        with suppress(ConnectionError):
            self.writer.write(len(chunk).to_bytes(4, "big") + chunk)
            async with asyncio.timeout(_SECONDS):
                await self.writer.drain()

    async def finding(self) -> str:
        """What was found, by its name; empty for a clean file. Raises ScannerFault."""
        await self.feed(b"")
        answer = await _answer(self.reader)
        if answer == "stream: OK":
            return ""
        name, found, rest = answer.removeprefix("stream: ").rpartition(" FOUND")
        if found and not rest:
            return name
        raise ScannerFault(f"the virus scanner did not look at the whole file ({answer or 'no answer'})")


class Clamd:
    """The daemon behind its socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    @asynccontextmanager
    async def scanning(self) -> AsyncIterator[Scan]:
        """Raises ScannerFault where the daemon is not there, or falls silent."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
        except OSError as fault:
            raise ScannerFault(f"the virus scanner does not answer ({fault.strerror or fault})") from None
        try:
            writer.write(b"zINSTREAM\0")
            yield Scan(reader, writer)
        except TimeoutError:
            raise ScannerFault("the virus scanner does not answer in time") from None
        finally:
            writer.close()

    async def ping(self) -> None:
        """Raises ScannerFault where the daemon does not work."""
        async with self.scanning() as scan:
            if await scan.finding():
                raise ScannerFault("the virus scanner finds a virus in nothing at all")


async def _answer(reader: asyncio.StreamReader) -> str:
    """What the daemon says, on one line and without what steers a terminal."""
    said = b""
    with suppress(ConnectionError):
        async with asyncio.timeout(_SECONDS):
            while not said.endswith(b"\0") and len(said) < _LONGEST and (more := await reader.read(_LONGEST)):
                said += more
    text = said.rstrip(b"\0\n").decode("utf-8", "replace")[:_LONGEST]
    return "".join(each if each.isprintable() else " " for each in text).strip()
