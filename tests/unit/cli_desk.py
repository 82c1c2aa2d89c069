"""A desk on a SQLite file of its own, filled by the handlers, for the tests of the commands."""

import asyncio
import logging
import pwd
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from bot.cli import main
from bot.domain.events import Opened, Vouched
from bot.domain.vocabulary import RequestType
from bot.opening import make_desk, opened_store
from bot.settings import VARIABLES, Settings
from bot.store import cases, inbox
from bot.store.cases import Case, Message, Requester
from handlers.casework import happen, open_case
from handlers.desk import Desk

T = TypeVar("T")

ENVIRONMENT = {"ORGANISATION": "Linden Books", "PRIVACY_ADDRESS": "privacy@linden.example"}
ADDRESS = "robin@letters.example"
RECEIVED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUESTION = "Please stop selling what you know about me."


@pytest.fixture
def desk_home(tmp_path, monkeypatch):
    """A working directory with a database at the current schema, and the user `ada` of the operating system."""
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    log_in("ada", monkeypatch)
    assert main(["migrate"]) == 0
    yield tmp_path
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)


def log_in(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the commands are this user's of the operating system."""
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: SimpleNamespace(pw_name=name))


def at_desk(action: Callable[[Desk], Awaitable[T]]) -> T:
    """Does something with the desk of the working directory, as its `run` would."""

    async def act() -> T:
        settings = Settings.load()
        async with opened_store(settings) as store:
            return await action(make_desk(settings, store))

    return asyncio.run(act())


async def new_ticket(
    desk: Desk,
    *types: RequestType,
    sure: bool = True,
    received: datetime = RECEIVED,
    vouched_by: str = "",
    text: str = QUESTION,
    **facts: Any,
) -> str:
    """The reference of a ticket that a letter has opened."""
    async with desk.store.transaction() as work:
        case: Case = await open_case(
            desk,
            work,
            Opened(received, types or (RequestType.OPT_OUT,), sure),
            requester=Requester(ADDRESS, "Robin Reed"),
            message=Message("My data", text, "one@letters.example"),
            key=await work.keys.new(),
            inbox_id=None,
            channel="email",
            **{"language": "en", "law": "gdpr", **facts},
        )
        if vouched_by:
            case.row.verified_by = vouched_by
            await happen(desk, work, case, Vouched(desk.now()), actor=vouched_by)
        return case.reference


async def quarantine(desk: Desk, raw: bytes, reason: str = "It cannot be read.", source: str = "imap") -> int:
    """The number of an item in quarantine."""
    async with desk.store.transaction() as work:
        item = await inbox.put(
            work, source=source, origin=f"box/{hash(raw)}", raw=raw, received_at=RECEIVED, now=desk.now()
        )
        await work.session.flush()
        item.due_at = RECEIVED.date()
        inbox.quarantine(work, item, reason, ("two_senders",))
        return item.id or 0


async def events(desk: Desk, reference: str) -> list[tuple[str, str]]:
    """Who did what to a ticket."""
    async with desk.store.reading() as work:
        case = await cases.load(work, reference)
        assert case is not None
        return [(each.actor, each.event) for each in await cases.entries(work, case)]
