"""The mail server of the demo: IMAP for the desk and SMTP for everybody, in this process, on loopback ports.

The desk reads its INBOX by IMAP (pymap, in memory). Whatever arrives by SMTP, from the desk or from any mail
program, goes to that INBOX where it is addressed to the desk, and to its recipient's mailbox otherwise.
"""

import asyncio
import logging
import re
import ssl
from argparse import Namespace
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32, default
from email.utils import parseaddr
from typing import Any, Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.mailbox import MailboxData
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

USER, PASSWORD = "desk", "secret"
MAX_MAIL = 50 * 1024 * 1024  # octets


@dataclass(frozen=True, slots=True)
class Passed:
    """A mail that a person has written to the desk or received, in the order in which that was."""

    person: str
    raw: bytes = field(repr=False)
    received: bool


class DemoMailServer:
    """One desk and any number of people; `async with` starts and stops it.

    People write to the desk with `send`, or from a mail program to `smtp_url`; what the desk has sent to
    them stands in their `inbox`.
    """

    imap_url: str
    smtp_url: str

    def __init__(self, desk_address: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._desk, self._now = mailbox_of(desk_address), now
        self.passed: list[Passed] = []
        self._people: dict[str, list[bytes]] = {}
        self._arrived = asyncio.Condition()
        self._inbox: MailboxData
        self._listeners: list[asyncio.Server] = []
        self._readers: dict[asyncio.Task[None], StreamWriter] = {}
        self._senders: WeakSet[SMTP] = WeakSet()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens on two free ports, which `imap_url` and `smtp_url` name."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd logs addresses and commands
        config = _Config()
        login = Login(config)
        await login.demo_user_identity.set(UserMetadata(config, USER, password=PASSWORD))
        async with login.demo_user_identity.new_session() as session:
            self._inbox = await session.mailbox_set.get_mailbox("INBOX")
        self._imap = IMAPServer(login, config)
        imap = await asyncio.start_server(self._read, "127.0.0.1", 0)
        smtp = await asyncio.get_running_loop().create_server(self._converse, "127.0.0.1", 0)
        self._listeners = [imap, smtp]
        self.imap_url = f"imap://{USER}:{PASSWORD}@127.0.0.1:{_port(imap)}/INBOX?tls=none"
        self.smtp_url = f"smtp://{USER}:{PASSWORD}@127.0.0.1:{_port(smtp)}?tls=none"

    async def stop(self) -> None:
        """Ends every connection, and returns when the last has gone."""
        for listener in self._listeners:
            listener.close()
        for conversation in list(self._senders):
            if conversation.transport:
                conversation.transport.close()
        for writer in self._readers.values():
            writer.transport.abort()
        await asyncio.gather(*self._readers, return_exceptions=True)
        for listener in self._listeners:
            await listener.wait_closed()

    async def send(self, raw: bytes) -> None:
        """Somebody writes to the desk: the mail lies in its INBOX, as its From says who sent it."""
        header = BytesHeaderParser(policy=compat32).parsebytes(raw)
        sender = parseaddr(str(header.get("From", "")))[1]
        self.passed.append(Passed(mailbox_of(sender), raw, received=False))
        await self._deliver(raw, sender, recipient=self._desk)

    def restore(self, passed: Iterable[Passed]) -> None:
        """What people have written and received before; the desk has read its own already."""
        self.passed = list(passed)
        for each in self.passed:
            if each.received:
                self._people.setdefault(each.person, []).append(each.raw)

    def inbox(self, address: str) -> list[EmailMessage]:
        """What that person has received, oldest first."""
        return [message_from_bytes(raw, policy=default) for raw in self._people.get(mailbox_of(address), [])]

    async def wait_for_mail(self, address: str, count: int = 1, timeout: float = 30) -> EmailMessage:
        """The newest mail of that person, once there are `count`; TimeoutError after as many seconds."""
        person = mailbox_of(address)
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self._people.get(person, [])) >= count)
        return self.inbox(address)[-1]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for each mail that is sent."""
        sender = (envelope.mail_from or "").strip("<>")
        try:
            for recipient in dict.fromkeys(map(mailbox_of, envelope.rcpt_tos)):
                await self._deliver(envelope.original_content or b"", sender, recipient)
        except RecursionError:  # pymap takes a mail apart as it arrives
            return "554 5.6.0 Parts within parts, too many to keep"
        return "250 2.0.0 Delivered"

    async def _deliver(self, raw: bytes, sender: str, recipient: str) -> None:
        lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
        delivered = f"Return-Path: <{sender}>\r\n".encode(errors="replace") + lines
        async with self._arrived:
            if recipient == self._desk:
                await self._inbox.append(AppendMessage(delivered, self._now(), frozenset()))
            else:
                self._people.setdefault(recipient, []).append(delivered)
                self.passed.append(Passed(recipient, delivered, received=True))
            self._arrived.notify_all()

    async def _read(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._readers[task] = writer
        try:
            with suppress(ConnectionError):
                await self._imap(reader, writer, SocketInfoLocal(writer))
        finally:
            del self._readers[task]

    def _converse(self) -> SMTP:
        conversation = SMTP(
            self,
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            hostname="demo.invalid",
            auth_require_tls=False,
            authenticator=_authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._senders.add(conversation)
        return conversation


class _Config(Config):
    """Of pymap: one user, nothing of the environment, no threads, and no look-up of this machine's name."""

    greeting = b"The mail server of the demo"

    def __init__(self) -> None:
        super().__init__(
            Namespace(proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user=USER,
            demo_password=PASSWORD,
            ssl_context=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            max_append_len=MAX_MAIL,
        )


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


def mailbox_of(address: str) -> str:
    """Case and what follows a plus sign do not make another mailbox."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _port(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port
