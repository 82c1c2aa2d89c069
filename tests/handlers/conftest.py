"""A desk with real letters, policy and laws on a store of its own, a clock to set, and people who write."""

import itertools
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.codes import code_in
from bot.domain.events import Event
from bot.domain.vocabulary import RequestType
from bot.opening import make_desk
from bot.settings import Settings
from bot.store import cases, drafts, inbox, outbox
from bot.store.cases import Case
from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.tables import DraftRow, InboxItem, JournalRow, OutboxRow, TicketRow
from bot.store.work import Store
from handlers import mail
from handlers.casework import happen
from handlers.desk import Desk

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DESK, ROBIN, EVE = "privacy@linden.example", "robin@letters.example", "eve@elsewhere.example"
ADA, BEN, STAFF = "U0ADA", "U0BEN", "C0STAFF"
ERASE = "Please delete my account and all personal data that you hold about me."
UNSUBSCRIBE = "Please unsubscribe me from your newsletter and do not sell my personal data."
LUNCH = "The weekly lunch menu: soup, pasta, salad."
TRUSTED = "mx.linden.example"
_numbers = itertools.count(1)


@dataclass
class Clock:
    """What time it is at the desk; a test moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Bench:
    """The desk, and the hands of a test on it."""

    desk: Desk
    clock: Clock

    async def write(
        self,
        text: str,
        *,
        sender: str = ROBIN,
        subject: str = "Hello",
        answers: EmailMessage | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **facts: Any,
    ) -> InboxItem:
        """Somebody writes to the desk, which handles it at once; ``facts`` are those of the inbox item."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, DESK, subject
        letter["Message-ID"] = f"<{next(_numbers)}.{secrets.token_hex(4)}@letters.example>"
        if answers:
            letter["In-Reply-To"] = letter["References"] = answers["Message-ID"]
        for name, value in headers:
            letter[name] = value
        letter.set_content(text)
        return await self.bring(letter.as_bytes(), **facts)

    async def bring(self, raw: bytes, **facts: Any) -> InboxItem:
        """A mail comes in as it is, and is handled."""
        now = self.clock()
        options = {"received_at": now, "now": now, "source": "imap", "origin": f"box/{next(_numbers)}", **facts}
        async with self.desk.store.transaction() as work:
            item = await inbox.put(work, raw=raw, **options)
        await mail.handle(self.desk, item)
        async with self.desk.store.reading() as work:
            found = await inbox.load(work, item.id or 0)
        assert found is not None
        return found

    async def case(self, item: InboxItem | str) -> Case:
        """The ticket of what came in, or of a reference."""
        async with self.desk.store.reading() as work:
            found = (
                await cases.load(work, item)
                if isinstance(item, str)
                else await cases.by_id(work, item.ticket_id or 0)
            )
        assert found is not None, "nothing became of it"
        return found

    async def cases(self) -> list[Case]:
        async with self.desk.store.reading() as work:
            ids = (await work.session.exec(select(TicketRow.id).order_by(col(TicketRow.id)))).all()
            found = [await cases.by_id(work, each or 0) for each in ids]
        return [each for each in found if each]

    async def happen(self, reference: str, event: Event, actor: str = ADA, **options: Any) -> None:
        async with self.desk.store.transaction() as work:
            case = await cases.load(work, reference, for_update=True)
            assert case is not None
            await happen(self.desk, work, case, event, actor=actor, **options)

    async def queued(self, lane: str = outbox.MAIL, *, state: str = "ready") -> list[OutboxRow]:
        query = select(OutboxRow).where(OutboxRow.lane == lane, OutboxRow.state == state)
        async with self.desk.store.reading() as work:
            return list((await work.session.exec(query.order_by(col(OutboxRow.id)))).all())

    async def letters(self) -> list[EmailMessage]:
        """The mails that wait to be sent, oldest first."""
        rows = await self.queued()
        async with self.desk.store.reading() as work:
            raws = [await outbox.payload_of(work, each) for each in rows]
        return [message_from_bytes(raw, policy=default) for raw in raws]

    async def kinds(self) -> list[str]:
        """The names of the letters that wait to be sent, oldest first."""
        return [each.kind for each in await self.queued()]

    async def alerts(self) -> list[str]:
        return [str(each.facts["text"]) for each in await self.queued(outbox.SLACK) if each.kind == "alert"]

    async def drafts(self, state: str = "open") -> list[DraftRow]:
        query = select(DraftRow).where(DraftRow.state == state).order_by(col(DraftRow.id))
        async with self.desk.store.reading() as work:
            return list((await work.session.exec(query)).all())

    async def draft_text(self, row: DraftRow) -> str:
        async with self.desk.store.reading() as work:
            return (await drafts.read(work, row)).text

    async def journal(self, case: Case) -> list[JournalRow]:
        query = select(JournalRow).where(JournalRow.ticket_id == case.id).order_by(col(JournalRow.seq))
        async with self.desk.store.reading() as work:
            return list((await work.session.exec(query)).all())

    async def events(self, case: Case) -> list[str]:
        return [each.event for each in await self.journal(case)]

    async def heard(self, case: Case, direction: str = "in") -> list[str]:
        """The texts of a ticket's messages."""
        async with self.desk.store.reading() as work:
            found = await cases.messages(work, case)
        return [message.text for row, message in found if row.direction == direction]

    async def proven(self, text: str = ERASE) -> Case:
        """A ticket whose requester has sent the code back."""
        item = await self.write(text)
        acknowledgement = (await self.letters())[-1]
        await self.write(code_of(acknowledgement), answers=acknowledgement)
        return await self.case(item)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def code_of(letter: EmailMessage) -> str:
    code = code_in(text_of(letter))
    assert code, "there is no code in it"
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def bench_on(store: Store, folder: Path) -> Bench:
    """A desk on an open store."""
    settings = Settings.load(
        {"ORGANISATION": "Linden Books", "PRIVACY_ADDRESS": DESK, "TRUSTED_AUTHSERV_ID": TRUSTED}, folder
    )
    clock = Clock()
    return Bench(replace(make_desk(settings, store), now=clock, staff_channel=STAFF), clock)


@asynccontextmanager
async def new_store(url: str) -> AsyncIterator[Store]:
    """A store of its own, with the current schema."""
    await migrate(url)
    store = Store(url, MasterKeys([secrets.token_bytes(32)]))
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def bench(fresh_store: Store, folder: Path) -> Bench:
    return bench_on(fresh_store, folder)


@pytest.fixture
async def bench_on_postgres(postgres_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    url = postgres_url.replace("postgresql://", "postgresql+asyncpg://")
    async with new_store(url) as store:
        yield bench_on(store, tmp_path)


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return bench.desk


@pytest.fixture
def quiet(bench: Bench) -> Bench:
    """Without Slack: alerts go by mail."""
    return replace(bench, desk=replace(bench.desk, staff_channel=None, alert_address="alerts@linden.example"))


FOUR_EYES = frozenset({RequestType.ACCESS, RequestType.DELETION, RequestType.PORTABILITY})
