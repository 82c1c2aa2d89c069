"""The stage of the demo: a mail server, a Slack workspace with customers and staff, and the desk between them.

Nothing on it is played by the desk: it is the same ``run`` as in production, pointed at servers on loopback, with
a clock that can be pushed.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path

from sqlmodel import func, select

from bot.app import run
from bot.clock import Clock
from bot.demo import keeping
from bot.demo.clock import PushedClock
from bot.demo.mailserver import DemoMailServer
from bot.demo.slack import SlackStandIn
from bot.housekeeping import Housekeeping
from bot.opening import make_desk, opened_store
from bot.settings import Settings
from bot.store import cases, outbox
from bot.store.schema import migrate
from bot.store.tables import OutboxRow
from handlers.desk import Desk

DESK = "privacy@acme-cloud.example"
REQUESTER = "robin@customer.example"
ADA, BEN, CARLA, GUS, OLGA = "U0ADA", "U0BEN", "U0CARLA", "U0GUS", "U0OLGA"
STAFF_CHANNEL, HELP_CHANNEL = "C0STAFF", "C0HELP"
MORNING = time(9)
"""In the desk's time zone: when its day has begun and it has said what is due."""
_MONDAY, _PATIENCE = 0, 5.0  # and for how many seconds
_OWNER = "alone"  # as the desk on SQLite calls itself


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers, the settings that point the desk at them, and its store for whoever looks on."""

    mail: DemoMailServer
    slack: SlackStandIn
    settings: Settings
    clock: PushedClock
    desk: Desk

    async def write(
        self,
        text: str,
        *,
        subject: str,
        answers: EmailMessage | None = None,
        sender: tuple[str, str] = ("Robin Doe", REQUESTER),
        attached: tuple[str, bytes] | None = None,
    ) -> None:
        """Somebody writes to the desk; ``attached``: the name of a file and what is in it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = formataddr(sender), DESK, subject
        mail["Date"] = format_datetime(self.clock())
        mail["Message-ID"] = make_msgid(domain=sender[1].rpartition("@")[2])
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers["Message-ID"]
            quoted = "\n".join(f"> {line}" for line in text_of(answers).splitlines())
            text = f"{text}\n\nOn Monday, {DESK} wrote:\n{quoted}"
        mail.set_content(text)
        if attached:
            mail.add_attachment(attached[1], "application", "octet-stream", filename=attached[0])
        await self.mail.send(mail.as_bytes())

    async def answer(self, count: int) -> EmailMessage:
        """The so-manieth mail that the requester has received."""
        await self.mail.wait_for_mail(REQUESTER, count)
        return self.mail.inbox(REQUESTER)[count - 1]

    async def push_to(self, moment: datetime) -> None:
        """Forward in time; on every morning on the way the desk says what is due, as it would have."""
        while (morning := self.next_morning()) < moment:
            self.clock.push_to(morning)
            await self._struck()
            if morning.weekday() == _MONDAY:
                await self._said()
        self.clock.push_to(moment)
        await self._struck()
        await self._said()

    def next_morning(self, days: int = 0) -> datetime:
        now = self.clock().astimezone(self.desk.timezone)
        today = datetime.combine(now.date() + timedelta(days=days), MORNING, self.desk.timezone)
        return today if today > now else today + timedelta(days=1)

    async def next_date(self) -> datetime | None:
        """The morning of the next day by which something has to be done; None where nothing has."""
        now = self.clock().astimezone(self.desk.timezone)
        async with self.desk.store.reading() as work:
            rows = await cases.listed(work)
        days = [each.act_by or each.due_at for each in rows if each.status != "closed"]
        mornings = [datetime.combine(each, MORNING, self.desk.timezone) for each in days if each]
        return min((each for each in mornings if each > now), default=None)

    async def _struck(self) -> None:
        """What the desk's own clock does every minute, now."""
        await Clock(self.desk, _OWNER).strike()
        await Housekeeping(self.desk, _OWNER).tidy()

    async def _said(self) -> None:
        """Until what is to be said has been: a channel takes a message a second, whoever pushes the clock."""
        waits = select(func.count()).where(OutboxRow.lane == outbox.SLACK, OutboxRow.state == "ready")
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while True:
                    async with self.desk.store.reading() as work:
                        if not (await work.session.exec(waits)).one():
                            return
                    await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(directory: Path) -> AsyncIterator[Stage]:
    """The stage with the desk running on it; what a former one has kept in the directory goes on."""
    clock = PushedClock(keeping.ahead(directory))
    slack = SlackStandIn(now=lambda: clock().timestamp())
    async with DemoMailServer(DESK, clock) as mail, slack:
        _people(slack)
        keeping.restore(directory, mail, slack)
        settings = Settings.load(_environment(mail, slack), directory)
        await migrate(settings.database_url)
        async with opened_store(settings) as store:
            stage = Stage(mail, slack, settings, clock, make_desk(settings, store, clock))
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(run(settings, stop, clock))
                try:
                    yield stage
                finally:
                    stop.set()
        keeping.keep(directory, mail, slack, clock)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _people(slack: SlackStandIn) -> None:
    """Two members of staff, a customer, a guest, and somebody from another organisation."""
    workspace = slack.workspace
    workspace.add_user(ADA, "Ada Lund", "ada@acme-cloud.example")
    workspace.add_user(BEN, "Ben Okoro", "ben@acme-cloud.example")
    workspace.add_user(CARLA, "Carla Cruz", "carla@customer.example")
    workspace.add_user(GUS, "Gus Garcia", "gus@partner.example", guest=True)
    workspace.add_user(OLGA, "Olga Orlova", "olga@elsewhere.example", team="T0ELSEWHERE")
    workspace.add_channel(STAFF_CHANNEL, "privacy-desk", private=True, members=[ADA, BEN, GUS])
    everybody = [ADA, BEN, CARLA, GUS, OLGA]
    workspace.add_channel(HELP_CHANNEL, "help", shared=True, members=everybody)


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
        "SLACK_SUPPORT_CHANNELS": HELP_CHANNEL,
        "SLACK_STAFF": f"{ADA},{BEN}",
        "HOLIDAYS": "DE",
        "PORT": str(free_port()),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
