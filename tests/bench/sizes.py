"""What one ticket, and a look at all of them, cost in a store that holds few or many: in one process, on SQLite.

The store is filled by copying a real ticket with all its rows, nine of ten closed; what is measured then goes the
ways of the desk, with an SMTP server that takes all.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.adapters.mailbox import FetchedMail
from bot.adapters.post import Fate, Post, Sending
from bot.adapters.slack import SlackGateway
from bot.delivery import MailDelivery
from bot.intake import InboxWorker, Intake
from bot.metrics import Metrics
from bot.opening import make_desk, opened_store
from bot.settings import Settings
from bot.store import views
from bot.store.schema import migrate
from handlers import mail, staff_home
from handlers.desk import Desk
from handlers.front import Front
from handlers.staff import Staff
from tests.bench.letters import DESK, letter

SIZES = (100, 10_000, 100_000)
TICKETS, LOOKS = 40, 7
_COPIED = {
    "ticket": {"reference": "'PR-' || printf('%08d', n)", "requester_index": "'r' || n",
               "status": "CASE WHEN n % 10 THEN 'closed' ELSE status END",
               "received_at": "datetime(received_at, '-' || (n % 700) || ' days')",
               "closed_at": "CASE WHEN n % 10 THEN datetime(received_at, '-' || (n % 700) || ' days') END",
               "due_at": "date(due_at, (n % 60) || ' days')"},
    "request": {}, "message": {"inbox_id": "NULL", "outbox_id": "NULL"}, "journal": {},
    "inbox": {"origin": "'copy/' || n", "content": "'c' || n"},
    "outbox": {"key": "'copy:' || outbox.id || ':' || n", "state": "'sent'", "payload": "NULL"},
    "challenge": {"token_digest": "'t' || n", "address_index": "'r' || n", "state": "'dead'"},
}  # fmt: skip


class Accepting:
    """A mail server that takes whatever it is given, at once."""

    async def send(self, *_: object) -> Sending:
        return Sending(Fate.SENT, 250, "")


@asynccontextmanager
async def desk_in(folder: Path) -> AsyncIterator[tuple[Desk, Settings]]:
    environment = {
        "ORGANISATION": "Harbour Software",
        "PRIVACY_ADDRESS": DESK,
        "DATABASE_URL": f"sqlite:///{folder}/desk.db",
        "IMAP_URL": "imap://user:secret@127.0.0.1:1143/INBOX?tls=none",
        "SMTP_URL": "smtp://user:secret@127.0.0.1:1025?tls=none",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_STAFF_CHANNEL": "C0STAFF",
        "SLACK_STAFF": "U0ADA,U0BEN",
    }
    settings = Settings.load(environment, directory=folder)
    await migrate(settings.database_url)
    async with opened_store(settings) as store:
        yield make_desk(settings, store), settings


async def process(desk: Desk, settings: Settings, first: int, count: int) -> tuple[float, float]:
    """Letters one by one, all the way; milliseconds a letter, by the processor and (the median) by the clock."""
    intake = Intake(desk, settings.imap[0], owner="bench", max_bytes=10**7)
    worker = InboxWorker(desk, "imap", mail.handle, alone=True)
    delivery = MailDelivery(desk, cast(Post, Accepting()), alone=True)
    used, took = time.process_time(), []
    for number in range(first, first + count):
        begun, raw = time.perf_counter(), letter(number)
        fetched = FetchedMail("INBOX", 1, number, datetime.now(UTC), len(raw), False, raw, True)
        await intake._take([fetched], first=False, restored=False)
        await worker.work_once()
        await delivery.send_next()
        took.append(time.perf_counter() - begun)
    return 1000 * (time.process_time() - used) / count, 1000 * statistics.median(took)


def fill(path: Path, count: int) -> None:
    """Copies the newest ticket that often, with what belongs to it."""
    with sqlite3.connect(path) as database:
        ((template,),) = database.execute("SELECT max(id) FROM ticket").fetchall()
        base = 1_000_000
        for table, changes in _COPIED.items():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
            own = {"ticket_id": f"{base} + n"} | changes
            names, values = [f'"{each}"' for each in columns], [own.get(each, f'"{each}"') for each in columns]
            if table == "ticket":
                names, values = ["id", *names], [f"{base} + n", *values]
            which = "id" if table == "ticket" else "ticket_id"
            database.execute(
                f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {count}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}, many "
                f"WHERE {table}.{which} = {template}"
            )
    database.close()


async def one_size(count: int) -> dict[str, float]:
    """Milliseconds, in a store that holds so many tickets."""
    with tempfile.TemporaryDirectory() as name:
        async with desk_in(Path(name)) as (desk, settings):
            await process(desk, settings, 0, 10)
            fill(Path(name) / "desk.db", count)
            cpu, wall = await process(desk, settings, 1000, TICKETS)
            slack = SlackGateway("xoxb-1", "https://slack.invalid/api/")
            front = Front(desk, slack, Staff(slack, ("U0ADA",)))
            metrics = Metrics(desk)
            looks = {
                "tickets_limit_100": lambda: _tickets(desk, most=100),
                "tickets_overdue": lambda: _tickets(desk, overdue=True),
                "show": lambda: _show(desk),
                "home": lambda: staff_home.overview(front, "U0ADA"),
                "scrape": metrics.refresh,
            }
            found = {each: await _looked(look) for each, look in looks.items()}
            return {"ticket_cpu": round(cpu, 2), "ticket": round(wall, 2)} | found


async def _looked(look: Callable[[], Awaitable[Any]]) -> float:
    took = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        await look()
        took.append(time.perf_counter() - begun)
    return round(1000 * statistics.median(took), 2)


async def _tickets(desk: Desk, *, overdue: bool = False, most: int | None = None) -> None:
    async with desk.store.reading() as work:
        await views.tickets(work, overdue_on=desk.day(desk.now()) if overdue else None, most=most)
        await views.quarantined(work)


async def _show(desk: Desk) -> None:
    async with desk.store.reading() as work:
        assert await views.ticket(work, "PR-00000010")


async def bytes_a_ticket(count: int = 200) -> float:
    """What an ordinary ticket adds to both databases, beyond its mail."""
    with tempfile.TemporaryDirectory() as name:
        async with desk_in(Path(name)) as (desk, settings):
            await process(desk, settings, 0, 20)
            before = _size(Path(name))
            await process(desk, settings, 1000, count)
            grown = _size(Path(name)) - before
    return grown / count - statistics.mean(len(letter(number)) for number in range(1000, 1000 + count))


def _size(folder: Path) -> int:
    """Pages that hold something, in the data and in the keys."""
    pages = 0
    for path in folder.glob("*.db"):
        with sqlite3.connect(path) as database:
            ((used, free, size),) = database.execute(
                "SELECT p.page_count, f.freelist_count, s.page_size "
                "FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s"
            )
            pages += (used - free) * size
        database.close()
    return pages


async def sizes(wanted: tuple[int, ...] = SIZES) -> dict[str, Any]:
    return {str(count): await one_size(count) for count in wanted} | {
        "bytes_a_ticket": round(await bytes_a_ticket())
    }
