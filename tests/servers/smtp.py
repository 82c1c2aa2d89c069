"""A real SMTP server for tests: STARTTLS, login, and faults at any moment of a transaction on request.

In a test: `async with SmtpSink() as sink`. As a process that outlives what is tested:
`python -m tests.servers.smtp --port P --store DIR`, which prints its SMTP_URL on a line of its own.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import ssl
import tempfile
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import make_certificates

Stage = Literal["connect", "rset", "mail", "rcpt", "data", "body", "dot"]
USER, PASSWORD = "user", "secret"
TOKEN = "fresh-token"  # that XOAUTH2 takes


@dataclass
class Fault:
    """What goes wrong at a stage; what is dropped or stalled at `dot` has been accepted and stored first."""

    at: Stage
    act: Literal["refuse", "drop", "stall"] = "refuse"
    code: int = 451
    text: str = "4.3.0 Not now"
    times: int = 1
    recipient: str | None = None  # from `rcpt` on: only mail to this address

    @property
    def reply(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True)
class Accepted:
    """A mail that the server has taken on."""

    sender: str
    recipients: tuple[str, ...]
    options: tuple[str, ...]
    raw: bytes
    at: datetime

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


class SmtpSink:
    """Listens on a loopback port from `async with` on, keeps what it accepts, does what `faults` say."""

    def __init__(
        self,
        *,
        port: int = 0,
        store: Path | None = None,
        tls: Literal["implicit", "starttls", "none"] = "starttls",
        hidden: Iterable[str] = (),
    ) -> None:
        """`hidden` are extensions that EHLO shall not offer, such as SMTPUTF8; `store` keeps mails as files."""
        self.port = port
        self.tls = tls
        self.hidden = frozenset(hidden)
        self.messages: list[Accepted] = []
        self.faults: list[Fault] = []
        self.connections = 0
        self.commands: list[str] = []
        self._store = store
        self._arrived = asyncio.Condition()
        self._open: list[_Conversation] = []
        self.token = TOKEN

    async def __aenter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        certificates = make_certificates(Path(self._folder.name))
        self.ca = certificates.ca
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificates.cert, certificates.key)
        listening = socket.create_server(("127.0.0.1", self.port))
        # A small window, so that the client of a server that has stopped reading notices.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._server = await asyncio.get_running_loop().create_server(
            self._converse, sock=listening, ssl=self.context if self.tls == "implicit" else None
        )
        self.port = listening.getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        query = "tls=none" if self.tls == "none" else f"ca={self.ca}"
        return f"{scheme}://{USER}:{PASSWORD}@127.0.0.1:{self.port}?{query}"

    @property
    def token_url(self) -> str:
        """Its URL for who logs in by access token."""
        return self.url.replace(f":{PASSWORD}@", "@")

    def fail(self, at: Stage, act: Literal["refuse", "drop", "stall"] = "refuse", **more: Any) -> None:
        """`sink.fail("rcpt", code=550, times=2)`, `sink.fail("dot", "drop")`: see `Fault`."""
        self.faults.append(Fault(at, act, **more))

    async def wait_for(self, count: int, timeout: float = 10.0) -> list[Accepted]:
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)
        return self.messages

    @property
    def connected(self) -> int:
        """How many connections are open now; `connections` counts all that ever were."""
        return sum(conversation.transport is not None for conversation in self._open)

    async def hang_up(self) -> None:
        """Ends every open connection without a word."""
        ending = [conversation.end() for conversation in self._open]
        self._open.clear()
        await asyncio.gather(*ending)

    def fault(self, stage: Stage, recipients: str = "") -> Fault | None:
        """The fault that is due at this stage, counted down."""
        for fault in self.faults:
            if fault.at == stage and fault.times > 0 and (fault.recipient or "") in recipients:
                fault.times -= 1
                return fault
        return None

    async def accept(self, envelope: Envelope) -> None:
        message = Accepted(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            options=tuple(envelope.mail_options),
            raw=envelope.original_content or b"",
            at=datetime.now(UTC),
        )
        if self._store:
            _keep(self._store, message)
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def _converse(self) -> "_Conversation":
        self.connections += 1
        conversation = _Conversation(self)
        self._open.append(conversation)
        return conversation


class _Handler:
    """The hooks of aiosmtpd."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        """Refuses with a challenge that tells why, as the providers do; an empty line brings the refusal."""
        if b64decode(arguments[1]) == f"user={USER}\1auth=Bearer {self.sink.token}\1\1".encode():
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if line[4:].split()[0] not in self.sink.hidden]

    async def handle_DATA(self, server: "_Conversation", session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.sink.fault("dot", " ".join(envelope.rcpt_tos))
        if fault and fault.act == "refuse":
            return fault.reply
        await self.sink.accept(envelope)
        if fault:
            await server.fail(fault)
        return "250 2.0.0 Accepted"


class _Conversation(SMTP):
    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(
            _Handler(sink),
            enable_SMTPUTF8=True,
            hostname="sink.test",
            tls_context=sink.context if sink.tls == "starttls" else None,
            require_starttls=sink.tls == "starttls",
            auth_require_tls=sink.tls == "starttls",
            authenticator=_authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._auth_required = True
        self._sink = sink

    async def fail(self, fault: Fault) -> None:
        """Refuses, or never comes back: the connection's end cancels it."""
        if fault.act == "refuse":
            await self.push(fault.reply)
            return
        if fault.act == "drop":
            self.transport.abort()
        await asyncio.Event().wait()

    async def end(self) -> None:
        if self.transport:
            self.transport.abort()
        if self._handler_coroutine:  # None where implicit TLS failed; after STARTTLS failed it would wait on
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])

    async def _failed(self, stage: Stage, recipients: str = "") -> bool:
        self._sink.commands.append(stage)
        if fault := self._sink.fault(stage, recipients):
            await self.fail(fault)
        return fault is not None

    async def _handle_client(self) -> None:
        if await self._failed("connect"):
            self.transport.close()
        else:
            await super()._handle_client()

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if not await self._failed("rset"):
            await super().smtp_RSET(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._failed("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._failed("rcpt", arg or ""):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        recipients = " ".join(self.envelope.rcpt_tos)
        if await self._failed("data", recipients):
            return
        if fault := self._sink.fault("body", recipients):
            await self.push("354 Go on")
            await self._reader.readuntil(b"\r\n")
            await self.fail(fault)
        await super().smtp_DATA(arg)


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


def _keep(store: Path, message: Accepted) -> None:
    """`000001.eml` and then, when that is on disk, `000001.json` with the envelope."""
    name = f"{len(list(store.glob('*.json'))) + 1:06}"
    envelope = {"sender": message.sender, "recipients": message.recipients, "at": message.at.isoformat()}
    for suffix, content in ((".eml", message.raw), (".json", json.dumps(envelope).encode())):
        part = store / f"{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(store / f"{name}{suffix}")


async def _run(options: argparse.Namespace) -> None:
    options.store.mkdir(parents=True, exist_ok=True)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with SmtpSink(port=options.port, store=options.store, tls=options.tls) as sink:
        sink.faults = [Fault(**json.loads(fault)) for fault in options.fault]
        print(sink.url, flush=True)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.servers.smtp")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--tls", choices=["implicit", "starttls", "none"], default="starttls")
    parser.add_argument(
        "--fault", action="append", default=[], help=f"JSON like {json.dumps(asdict(Fault('dot')))}"
    )
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
