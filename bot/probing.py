"""The watchman: sends a letter through the real mailbox and follows it, so that a dead one is noticed here.

The letter leaves by the operator's own mail server, comes in, is parsed, screened, understood and decided on like
any other; then ticket and acknowledgement are taken back, and what is left is an inbox item whose state says
``probe``. Its mail is deleted from the mailbox.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from time import monotonic

from bot.adapters.mailbox import Mailbox, MailboxRefused, MailboxUnavailable
from bot.adapters.post import Fate, Post
from bot.domain.fingerprint import fingerprint
from bot.domain.probe import SUBJECT, TEXT, new_probe_id
from bot.retention import Retention
from bot.settings.endpoints import ImapServer, SmtpServer
from bot.store import probes, reminders
from handlers.alerts import tell_staff
from handlers.desk import Desk

log = logging.getLogger(__name__)

TIMEOUT = 120.0  # seconds
_PAUSE = 0.2
SENT, DELIVERED, READ, DECIDED, REMOVED, CLOCK = "sent", "delivered", "read", "decided", "removed", "clock"
MISSING = {
    DELIVERED: "the mail server accepted it, and it did not reach the mailbox of IMAP_URL",
    READ: "it lies in the mailbox, and no desk has taken it in: is one running, and does it reach the mailbox?",
    DECIDED: "it was taken in, and no desk has decided on it: the log says why",
    REMOVED: "it came all the way, and could not be deleted from the mailbox",
    CLOCK: "it came all the way, and the clock, which reminds of due dates, has not struck for five minutes",
}


@dataclass(frozen=True, slots=True)
class Step:
    """How far it came, and after how many seconds from its sending."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The steps that were reached, and in one line where and why it stopped; empty where all is well."""

    steps: tuple[Step, ...]
    fault: str = ""


class Probe:
    """One letter, followed until it is decided on or the time is over."""

    def __init__(
        self,
        desk: Desk,
        smtp: SmtpServer,
        servers: Sequence[ImapServer],
        tell: Callable[[Step], None] = lambda _: None,
    ) -> None:
        self._desk, self._smtp, self._servers, self._tell = desk, smtp, servers, tell
        self._message_id = new_probe_id(desk.domain, desk.store.keys.token_secret)
        self._steps: list[Step] = []
        self._begun = 0.0

    async def run(self, timeout: float = TIMEOUT) -> Outcome:
        """Never raises for what it finds broken."""
        self._begun = monotonic()
        letter = self._letter()
        try:
            async with asyncio.timeout(timeout):
                if fault := await self._send(letter):
                    return self._ended(f"it could not be sent: {fault}")
                await self._follow(self._desk.store.keys.index(fingerprint(letter)))
        except TimeoutError:
            return self._ended(f"{MISSING[next(self._missing())]} (within {timeout:g} seconds)")
        if not await self._remove():
            return self._ended(MISSING[REMOVED])
        async with self._desk.store.reading() as work:
            if not await probes.clock_strikes(work, self._desk.now()):
                return self._ended(MISSING[CLOCK])
        self._reached(CLOCK)
        return self._ended()

    def _letter(self) -> bytes:
        mail = EmailMessage()
        mail["From"] = mail["To"] = self._desk.address
        mail["Subject"], mail["Message-ID"] = SUBJECT, f"<{self._message_id}>"
        mail["Date"], mail["Auto-Submitted"] = format_datetime(self._desk.now()), "auto-generated"
        mail.set_content(TEXT)
        return mail.as_bytes()

    async def _send(self, letter: bytes) -> str:
        post = Post(self._smtp)
        sending = await post.send(self._desk.address, self._desk.address, letter)
        await post.close()
        if sending.fate is not Fate.SENT:
            return sending.reason
        self._reached(SENT)
        return ""

    async def _follow(self, content: str) -> None:
        while True:
            async with self._desk.store.reading() as work:
                decided = await probes.has_passed(work, self._message_id)
                taken = decided or await probes.is_taken_in(work, content)
            if taken or (DELIVERED in self._missing() and await self._is_delivered()):
                self._reached(DELIVERED)
            if taken:
                self._reached(READ)
            if decided:
                self._reached(DECIDED)
                return
            await asyncio.sleep(_PAUSE)

    async def _is_delivered(self) -> bool:
        """Whether it lies in one of the mailboxes; one that cannot be looked into holds nothing."""
        for server in self._servers:
            mailbox = Mailbox(server, max_bytes=0)
            try:
                await mailbox.open()
                for folder in server.folders:
                    if await mailbox.holds(folder, f"<{self._message_id}>"):
                        return True
            except (MailboxUnavailable, MailboxRefused) as fault:
                log.info("a probe cannot look into the mailbox: %s", fault)
            finally:
                await mailbox.close()
        return False

    async def _remove(self) -> bool:
        removed = await Retention(self._desk, self._servers).clear()
        if not removed.faults:
            self._reached(REMOVED)
        return not removed.faults

    def _missing(self) -> Iterator[str]:
        reached = {each.name for each in self._steps}
        return (each for each in (SENT, DELIVERED, READ, DECIDED) if each not in reached)

    def _reached(self, name: str) -> None:
        if name not in {each.name for each in self._steps}:
            self._steps.append(Step(name, round(monotonic() - self._begun, 2)))
            self._tell(self._steps[-1])

    def _ended(self, fault: str = "") -> Outcome:
        return Outcome(tuple(self._steps), fault)


class Watchman:
    """Probes every so many hours, on one replica at a time, and alerts where a probe does not come back."""

    def __init__(
        self,
        desk: Desk,
        smtp: SmtpServer,
        servers: Sequence[ImapServer],
        *,
        every: timedelta,
        listening: Callable[[], bool] = lambda: True,
        timeout: float = TIMEOUT,
    ) -> None:
        """``listening``: whether what is said in Slack is heard."""
        self._desk, self._smtp, self._servers = desk, smtp, servers
        self._every, self._listening, self._timeout = every, listening, timeout

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._until_next())
            await self.round()

    async def round(self) -> Outcome | None:
        """A probe, unless another replica has sent the one of this turn."""
        desk = self._desk
        async with desk.store.transaction() as work:
            if not await reminders.record(work, f"probe:{self._turn()}", "desk", desk.now()):
                return None
        outcome = await Probe(desk, self._smtp, self._servers).run(self._timeout)
        faults = [f"A probe of the mailbox did not come back: {outcome.fault}."] if outcome.fault else []
        if not self._listening():
            faults.append("No connection to Slack is open: what is said and pressed there is not heard.")
        if faults:
            log.error("the probe failed: %s", " ".join(faults))
            async with desk.store.transaction() as work:
                await tell_staff(desk, work, f"probe:{self._turn()}", " ".join(faults))
        return outcome

    def _turn(self) -> int:
        return int(self._desk.now().timestamp() // self._every.total_seconds())

    def _until_next(self) -> float:
        """Seconds to the next turn, which every replica counts alike."""
        span = self._every.total_seconds()
        return span - self._desk.now().timestamp() % span
