"""What the tests of the mailbox share: letters, connections and a line that fails when told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage

from bot.adapters.mailbox import FetchedMail, ImapServer, Mailbox
from tests.servers.dovecot import PASSWORD, Dovecot

LIMIT = 100_000


def letter(text: str = "Please send me a copy of my data.", subject: str = "My data") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.net>", "privacy@example.org", subject
    mail.set_content(text)
    return mail.as_bytes()


def server(dovecot: Dovecot, user: str, **changes: object) -> ImapServer:
    whole = ImapServer("localhost", dovecot.imaps_port, user, PASSWORD, tls="implicit", ca=dovecot.certificates.ca)
    return replace(whole, **changes)


@asynccontextmanager
async def opened(where: ImapServer, *, round_seconds: float = 30) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox(where, max_bytes=LIMIT, round_seconds=round_seconds)
    try:
        await mailbox.open()
        yield mailbox
    finally:
        await mailbox.close()


async def all_mails(
    mailbox: Mailbox, folder: str = "INBOX", *, after: int = 0, **choice: object
) -> list[FetchedMail]:
    return [mail async for batch in mailbox.fetch(folder, after=after, **choice) for mail in batch]


class Proxy:
    """Passes IMAP without TLS on, what each side says changed by a function; None cuts the line."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.from_client: Callable[[bytes], bytes | None] = bytes
        self.from_server: Callable[[bytes], bytes | None] = bytes
        self.silent = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        yield listener.sockets[0].getsockname()[1]
        listener.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(
            self._pass(reader, far_writer, lambda data: self.from_client(data)),
            self._pass(far_reader, writer, lambda data: self.from_server(data)),
        )

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        change: Callable[[bytes], bytes | None],
    ) -> None:
        while (data := await reader.read(65536)) and (changed := change(data)) is not None:
            if not self.silent:
                writer.write(changed)
        writer.close()


@asynccontextmanager
async def proxied(dovecot: Dovecot, user: str) -> AsyncIterator[tuple[Proxy, ImapServer]]:
    proxy = Proxy(dovecot.imap_port)
    async with proxy.running() as port:
        yield proxy, server(dovecot, user, host="127.0.0.1", port=port, tls="none")
