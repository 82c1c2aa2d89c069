"""Sends mail by SMTP (RFC 5321): one letter to one recipient, and exactly what became of it.

SMTP cannot be exactly-once (RFC 1047): between the final dot and the server's answer nobody knows whether the
server has the letter. That moment, and no other, is `Fate.UNSURE`; so the dialogue is driven command by
command here, and the dot is written by itself once the body has left.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import monotonic

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from bot.adapters.certificates import valid_until
from bot.adapters.smtp_login import SmtpLogin, trusting
from bot.adapters.wire import Letter, MayGo, always, is_mailbox
from bot.failpoints import passing
from bot.settings.endpoints import SmtpServer


class Fate(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    TRY_LATER = "try_later"  # a 4xx, or lost before the final dot: the server does not have it
    REFUSED = "refused"  # a 5xx, or a letter that this server cannot carry: a person must look
    UNSURE = "unsure"  # lost or timed out between the final dot and its answer: the server may have it
    MISCONFIGURED = "misconfigured"  # login, certificate or TLS: every letter waits, none has failed


@dataclass(frozen=True, slots=True)
class Sending:
    """The fate of one try, the server's reply code where there was one, and a reason without personal data."""

    fate: Fate
    code: int | None
    reason: str


class Post:
    """One connection to the mail server, kept while it is used and opened anew when it is lost or was idle."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        local_hostname: str | None = None,
        timeout: float = 60.0,
        answer_timeout: float = 600.0,
        idle: float = 50.0,
    ) -> None:
        """In seconds: `timeout` is for a command or a block of the body, `answer_timeout` for the final answer.

        RFC 5321 4.5.3.2.6 asks for ten minutes there, for who gives up earlier makes duplicates. Many servers
        hang up after a minute of silence, so a connection that was `idle` for longer is not trusted again.
        """
        self._server = server
        self._login = SmtpLogin(server)
        self._local_hostname = local_hostname
        self._timeout = timeout
        self._answer_timeout = answer_timeout
        self._idle = idle
        self._lock = asyncio.Lock()
        self._kept: SMTP | None = None
        self._used_at = 0.0
        self.certificate_until: datetime | None = None  # of the last server that was spoken with

    async def send(self, sender: str, recipient: str, raw: bytes, may_go: MayGo = always) -> Sending:
        """Hands over ready-made bytes; returns every failure, and leaves nothing half said when cancelled.

        `may_go` is asked immediately before the final dot. At a no the connection is cut without it.
        """
        if not (is_mailbox(sender) and is_mailbox(recipient)):
            return Sending(Fate.REFUSED, None, "the address is not one that mail can be sent to")
        letter = Letter(sender, recipient, raw, may_go)
        async with self._lock:
            kept = self._take_kept()
            sending = await self._try(letter, kept)
            if kept and not self._kept and sending.fate is Fate.TRY_LATER:
                sending = await self._try(letter, None)  # the kept connection was stale; nothing was handed over
            return sending

    async def probe(self) -> Sending | None:
        """Connects, secures, logs in and says NOOP on a connection of its own: None where all of it works."""
        try:
            client = await self._open()
            try:
                await client.noop()
            finally:
                await _leave(client)
        except _FAULTS as fault:
            return _unopened(fault)
        return None

    async def close(self) -> None:
        """Says goodbye; a later `send` opens a connection again."""
        async with self._lock:
            if client := self._take_kept():
                await _leave(client)

    def _take_kept(self) -> SMTP | None:
        client, self._kept = self._kept, None
        if client and client.is_connected and monotonic() - self._used_at <= self._idle:
            return client
        if client:
            client.close()
        return None

    async def _try(self, letter: Letter, client: SMTP | None) -> Sending:
        try:
            client = client or await self._open()
        except _FAULTS as fault:
            return _unopened(fault)
        try:
            sending = await self._carry(letter, client)
            if client.is_connected and (sending.fate is Fate.SENT or sending.code in range(400, 600)):
                self._kept, self._used_at = client, monotonic()
        finally:
            if not self._kept:
                client.close()  # what the server may still say must never answer the next letter's command
        return sending

    async def _carry(self, letter: Letter, client: SMTP) -> Sending:
        protocol = client.protocol
        if not protocol:
            return Sending(Fate.TRY_LATER, None, "the connection failed before the letter was handed over")
        for extension, reason in map(_EXTENSIONS.__getitem__, letter.options):
            if not client.supports_extension(extension):
                return Sending(Fate.REFUSED, None, reason)
        try:
            refusal = await self._offer(letter, client, protocol)
        except _FAULTS as fault:
            return Sending(Fate.TRY_LATER, None, f"{_what_happened(fault)} before the letter was handed over")
        if refusal:
            return _judged(refusal, letter, otherwise=Fate.TRY_LATER)
        try:
            answer = await protocol.read_response(timeout=self._answer_timeout)
        except _FAULTS as fault:
            reason = f"{_what_happened(fault)} after the letter was handed over: the server may have it"
            return Sending(Fate.UNSURE, None, reason)
        return _judged(answer, letter, otherwise=Fate.UNSURE)

    async def _offer(self, letter: Letter, client: SMTP, protocol: SMTPProtocol) -> SMTPResponse | None:
        """All up to the final dot, written last: on an exception it was not. Returns what ended it early."""
        size = [f"SIZE={len(letter.content)}"] if client.supports_extension("size") else []
        dialogue = (
            ("RSET", 2),  # shows whether a kept connection still lives, and forgets what the last letter left
            (" ".join([f"MAIL FROM:<{letter.sender}>", *size, *letter.options]), 2),
            (f"RCPT TO:<{letter.recipient}>", 2),
            ("DATA", 3),
        )
        for command, expected in dialogue:
            reply = await client.execute_command(command.encode())
            if reply.code // 100 != expected:
                return reply
        stuffed = letter.stuffed
        for start in range(0, len(stuffed), _BLOCK):
            protocol.write(stuffed[start : start + _BLOCK])
            async with asyncio.timeout(self._timeout):
                await _drained(protocol)
        if not await letter.may_go():
            raise _Withheld("it was taken back")
        protocol.write(b".\r\n")
        passing("delivery.dotted")
        return None

    async def _open(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout,
            local_hostname=self._local_hostname,
            use_tls=server.tls == "implicit",
            start_tls=False,
            tls_context=None if server.tls == "none" else await asyncio.to_thread(trusting, server.ca),
        )
        try:
            await client.connect()
            await client.ehlo()
            if server.tls == "starttls":
                await client.starttls()  # raises where the server does not offer it: never silently plain
                await client.ehlo()
            self.certificate_until = valid_until(client.get_transport_info("ssl_object"))
            await self._login.log_in(client)
        except BaseException:
            client.close()
            raise
        return client


class _Withheld(SMTPException):
    """Somebody else is to send it."""


_FAULTS = (SMTPException, OSError, UnicodeError)
_BLOCK = 64 * 1024  # octets

_EXTENSIONS = {
    "SMTPUTF8": ("smtputf8", "the mail server takes no addresses beyond ASCII (it has no SMTPUTF8)"),
    "BODY=8BITMIME": ("8bitmime", "the mail server takes 7-bit letters only (it has no 8BITMIME)"),
}

# 530: login or TLS comes first, 534: mechanism too weak, 535: wrong, 538: only encrypted (RFC 4954 6, RFC 3207 4).
_LOGIN_WANTED = frozenset({530, 534, 535, 538})


def _judged(reply: SMTPResponse, letter: Letter, *, otherwise: Fate) -> Sending:
    """A reply's fate by its first digit (RFC 5321 4.2.1); a reply that makes no sense there is `otherwise`."""
    fates = {4: Fate.TRY_LATER, 5: Fate.MISCONFIGURED if reply.code in _LOGIN_WANTED else Fate.REFUSED}
    if otherwise is Fate.UNSURE:  # the letter is in the server's hands
        fates |= {2: Fate.SENT}
    fate = fates.get(reply.code // 100, otherwise)
    local = letter.recipient.rpartition("@")[0]
    said = re.sub(rf"(?i)(?<!\w){re.escape(local)}(?!\w)", "…", reply.message)
    return Sending(fate, reply.code, f"the mail server said {reply.code} {_readable(said)}".rstrip())


def _unopened(fault: BaseException) -> Sending:
    """Why no letter can be handed over: what may pass by itself is tried later, the rest is the operator's."""
    cause = fault.__cause__ if isinstance(fault.__cause__, ssl.SSLError) else fault
    match cause:
        case ssl.SSLCertVerificationError():
            reason = f"the mail server's certificate is not trusted: {cause.verify_message}"
            return Sending(Fate.MISCONFIGURED, None, reason)
        case ssl.SSLError() if not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            reason = f"no TLS with the mail server: {cause.reason or 'unknown reason'}"
            return Sending(Fate.MISCONFIGURED, None, reason)
        case SMTPResponseException(code=code, message=message):
            fate = Fate.MISCONFIGURED if code // 100 == 5 else Fate.TRY_LATER
            return Sending(fate, code, f"the mail server said {code} {_readable(message)}".rstrip())
        case OSError():
            return Sending(Fate.TRY_LATER, None, f"the mail server was not reached: {_readable(str(fault))}")
        case _:
            return Sending(Fate.MISCONFIGURED, None, _readable(str(fault)))


def _what_happened(fault: BaseException) -> str:
    if isinstance(fault, _Withheld):
        return "it was taken back"
    return "nothing was heard in time" if isinstance(fault, TimeoutError) else "the connection failed"


def _readable(said: str) -> str:
    """One short line of what a server said, without addresses, paths of links and long numbers."""
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())[:1000]
    for private, shown in (
        (r"<?[^\s<>@]+@[^\s<>@]+>?", "…"),
        (r"(https?://[^\s/?#]+)\S*", r"\1/…"),
        (r"\d{4}[ -]?\d{4,}", "…"),
    ):
        line = re.sub(private, shown, line)
    return line[:300]


async def _drained(protocol: SMTPProtocol) -> None:
    """Until the kernel has taken what was written; asyncio tells only the protocol itself, so this one looks."""
    await asyncio.sleep(0)
    transport = protocol.transport
    while isinstance(transport, asyncio.WriteTransport) and transport.get_write_buffer_size():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def _leave(client: SMTP) -> None:
    with suppress(*_FAULTS):
        await client.quit(timeout=5)
    client.close()
