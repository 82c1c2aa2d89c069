"""The stage of the demo: a mail server, a Slack workspace with two members of staff, and the desk between them.

Nothing on it is played by the desk: it is the same ``run`` as in production, pointed at servers on loopback.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from bot.app import run
from bot.demo.mailserver import DemoMailServer
from bot.demo.slack import SlackStandIn
from bot.settings import Settings

DESK = "privacy@acme-cloud.example"
REQUESTER = "robin@customer.example"
ADA, BEN = "U0ADA", "U0BEN"
STAFF_CHANNEL = "C0STAFF"


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers, and the settings that point the desk at them."""

    mail: DemoMailServer
    slack: SlackStandIn
    settings: Settings

    async def write(self, text: str, *, subject: str, answers: EmailMessage | None = None) -> None:
        """The requester writes to the desk."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Robin Doe <{REQUESTER}>", DESK, subject
        mail["Date"], mail["Message-ID"] = (
            format_datetime(datetime.now(UTC)),
            make_msgid(domain="customer.example"),
        )
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers["Message-ID"]
            quoted = "\n".join(f"> {line}" for line in text_of(answers).splitlines())
            text = f"{text}\n\nOn Monday, {DESK} wrote:\n{quoted}"
        mail.set_content(text)
        await self.mail.send(mail.as_bytes())

    async def answer(self, count: int) -> EmailMessage:
        """The so-manieth mail that the requester has received."""
        await self.mail.wait_for_mail(REQUESTER, count)
        return self.mail.inbox(REQUESTER)[count - 1]


@asynccontextmanager
async def staged(directory: Path) -> AsyncIterator[Stage]:
    """The stage with the desk running on it."""
    async with DemoMailServer(DESK) as mail, SlackStandIn() as slack:
        slack.workspace.add_user(ADA, "ada", "ada@acme-cloud.example")
        slack.workspace.add_user(BEN, "ben", "ben@acme-cloud.example")
        slack.workspace.add_channel(STAFF_CHANNEL, "privacy-desk", private=True, members=[ADA, BEN])
        settings = Settings.load(_environment(mail, slack), directory)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(run(settings, stop))
            try:
                yield Stage(mail, slack, settings)
            finally:
                stop.set()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _environment(mail: DemoMailServer, slack: SlackStandIn) -> dict[str, str]:
    return {
        "ORGANISATION": "Acme Cloud",
        "PRIVACY_ADDRESS": DESK,
        "DATABASE_URL": "sqlite:///desk.db",
        "IMAP_URL": mail.imap_url,
        "SMTP_URL": mail.smtp_url,
        "SLACK_BOT_TOKEN": slack.tokens["bot"],
        "SLACK_APP_TOKEN": slack.tokens["app"],
        "SLACK_API_URL": slack.api_url,
        "SLACK_STAFF_CHANNEL": STAFF_CHANNEL,
        "SLACK_STAFF": f"{ADA},{BEN}",
        "HOLIDAYS": "DE",
        "PORT": str(_free_port()),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
