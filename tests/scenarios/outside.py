"""The desk as the world sees it: a process between a mailbox, a mail server and Slack, driven from outside."""

import asyncio
import base64
import os
import smtplib
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.demo.slack import Ack, Message, SlackStandIn
from bot.domain.codes import code_in
from tests.scenarios.process import DeskProcess, until
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.smtp import SmtpSink

DESK = "privacy@harbour.example"
ADA, BEN, STAFF_CHANNEL = "U0ADA", "U0BEN", "C0STAFF"
SQLITE = "sqlite:///desk.db"

on_both_databases = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)


@dataclass
class World:
    """Everybody around one desk: its servers, those who write to it, and its staff."""

    dovecot: Dovecot
    mailbox: str
    sink: SmtpSink
    slack: SlackStandIn
    desk: DeskProcess
    database: str = SQLITE
    deaths: list[int] = field(default_factory=list)

    # Those who write

    async def write(self, text: str, *, sender: str, **more: Any) -> bytes:
        """A letter, see `letter`, delivered as a mail server does it."""
        raw = letter(text, sender=sender, **more)
        await self.deliver(raw)
        return raw

    async def deliver(self, raw: bytes) -> None:
        await asyncio.to_thread(self.dovecot.deliver, raw, self.mailbox)

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [each.mail for each in self.sink.messages if each.recipients == (address,)]

    async def deliver_all(self, raws: Iterable[bytes]) -> None:
        """Many at once, over a few connections."""
        queue = deque(raws)

        def postman() -> None:
            with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port, timeout=60) as lmtp:
                while queue:
                    lmtp.sendmail("someone@example.net", [self.mailbox], queue.popleft())

        await asyncio.gather(*(asyncio.to_thread(postman) for _ in range(4)))

    async def mail_to(self, address: str, count: int = 1) -> EmailMessage:
        """The so-manieth mail that left for an address."""
        await until(lambda: len(self.mails_to(address)) >= count)
        return self.mails_to(address)[count - 1]

    async def acknowledged(self, text: str, *, sender: str, **more: Any) -> EmailMessage:
        """Writes, and waits for the first answer."""
        address = parseaddr(sender)[1]
        before = len(self.mails_to(address))
        await self.write(text, sender=sender, **more)
        return await self.mail_to(address, before + 1)

    # Staff

    def cards(self, reference: str = "PR-") -> list[Message]:
        """The tickets' cards, of all or of one."""
        return [each for each in self._posted() if each.text.startswith(reference)]

    def alerts(self, word: str) -> list[str]:
        """What else the staff's channel was told, where it says this word."""
        said = [f"{each.text} {each.blocks}" for each in self._posted() if not each.text.startswith("PR-")]
        return [each for each in said if word in each]

    def _posted(self) -> list[Message]:
        """In the channel itself, not in a thread."""
        return [each for each in self.slack.workspace.messages(STAFF_CHANNEL) if not each.thread_ts]

    def draft(self, reference: str) -> Message | None:
        """The draft in a ticket's thread that can be approved."""
        for card in self.cards(reference):
            for message in self.slack.workspace.thread(STAFF_CHANNEL, card.ts):
                if "draft_approve" in str(message.blocks):
                    return message
        return None

    async def drafted(self, reference: str) -> Message:
        found = await until(lambda: self.draft(reference))
        assert isinstance(found, Message)
        return found

    async def press(self, user: str, reference: str, action: str) -> Ack:
        """A button of the ticket's draft."""
        draft = await self.drafted(reference)
        return await self.slack.press(user, STAFF_CHANNEL, draft.ts, action)

    async def approved_by_two(self, reference: str) -> None:
        """Ada, then Ben, who waits until the draft shows that Ada has."""
        await self.press(ADA, reference, "draft_approve")
        await until(lambda: ADA in str((self.draft(reference) or Message("", "", "", "", "")).blocks))
        await self.press(BEN, reference, "draft_approve")

    def whispers(self, user: str) -> list[str]:
        return [each.text for each in self.slack.workspace.ephemerals(STAFF_CHANNEL, user)]

    # What the desk says of itself

    async def tickets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.desk.answer("tickets")
        return found

    async def show(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.desk.answer("show", reference)
        return found

    async def of(self, address: str) -> list[dict[str, Any]]:
        """The tickets of one requester."""
        return [each for each in await self.tickets() if each["requester"]["address"] == address]

    # Life and death

    @asynccontextmanager
    async def revived(self) -> AsyncIterator[None]:
        """Starts the desk again, without a fail point, whenever it has died."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait({watch})

    @asynccontextmanager
    async def beside(self, count: int) -> AsyncIterator[list[DeskProcess]]:
        """More desks like this one, on the same database, mailbox and Slack app; not started yet."""
        places = [self.desk.directory / f"desk-{place}" for place in range(2, count + 2)]
        ports = ({"PORT": str(each)} for each in free_ports(count))
        desks = [
            DeskProcess(*each) for each in zip(places, (self.desk.environment | p for p in ports), strict=True)
        ]
        try:
            yield desks
        finally:
            for each in desks:
                await each.kill()

    async def _watch(self) -> None:
        while True:
            self.deaths.append(await self.desk.ended(timeout=3600))
            self.desk.launch()

    def copies(self, address: str) -> Counter[str]:
        """How often each Message-ID left for an address."""
        return Counter(str(each["Message-ID"]) for each in self.mails_to(address))


@asynccontextmanager
async def world_around(
    dovecot: Dovecot,
    directory: Path,
    *,
    database: str = SQLITE,
    tls: Literal["starttls", "none"] = "starttls",
    **settings: str,
) -> AsyncIterator[World]:
    """Servers, staff and an empty mailbox; the desk is not started yet. ``tls`` is that of the mail server."""
    mailbox = dovecot.new_user()
    async with SmtpSink(tls=tls) as sink, SlackStandIn() as slack:
        slack.workspace.add_user(ADA, "ada", "ada@harbour.example")
        slack.workspace.add_user(BEN, "ben", "ben@harbour.example")
        slack.workspace.add_channel(STAFF_CHANNEL, "privacy-desk", private=True, members=[ADA, BEN])
        environment = {
            "ORGANISATION": "Harbour Software",
            "PRIVACY_ADDRESS": DESK,
            "DATABASE_URL": database,
            "IMAP_URL": dovecot.url(mailbox),
            "SMTP_URL": sink.url,
            "SLACK_BOT_TOKEN": slack.tokens["bot"],
            "SLACK_APP_TOKEN": slack.tokens["app"],
            "SLACK_API_URL": slack.api_url,
            "SLACK_STAFF_CHANNEL": STAFF_CHANNEL,
            "SLACK_STAFF": f"{ADA},{BEN}",
            "PORT": str(free_ports(1)[0]),
        }
        if not database.startswith("sqlite"):
            environment["SECRET_KEYS"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
        desk = DeskProcess(directory, environment | settings)
        if not database.startswith("sqlite"):
            migrated = await desk.command("migrate")
            assert migrated.code == 0, migrated.err
        try:
            yield World(dovecot, mailbox, sink, slack, desk, database)
        finally:
            await desk.kill()


def letter(
    text: str,
    *,
    sender: str,
    subject: str = "A word about my data",
    answers: EmailMessage | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A mail as a mail program makes it; a reply quotes what it answers."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, DESK, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="writer.example")
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers["Message-ID"]
        quoted = "\n".join(f"> {line}" for line in text_of(answers).splitlines())
        text = f"{text}\n\nOn Monday, {DESK} wrote:\n{quoted}"
    for name, value in (headers or {}).items():
        if name in mail:
            del mail[name]
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def code_of(mail: EmailMessage) -> str:
    """The one-time code that a mail of the desk carries."""
    code = code_in(text_of(mail))
    assert code, "this mail carries no code"
    return code


def reference_of(mail: EmailMessage) -> str:
    """The ticket that a mail of the desk is about."""
    _, _, rest = str(mail["Subject"]).partition("[")
    return rest.partition("]")[0]
