"""Engines: a commit is on the disk when it returns, and writers queue instead of failing."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.engine import is_sqlite, reading_engine, sqlite_path, writing_engine
from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.work import Store, Work
from tests.store.conftest import NOW
from tests.store.matters import open_matter


async def _tickets(work: Work) -> int:
    return int(await work.session.scalar(text("SELECT count(*) FROM ticket")) or 0)


def test_the_database_file_is_where_its_url_says() -> None:
    assert sqlite_path("sqlite+aiosqlite:///var/desk.db") == Path("var/desk.db")
    assert sqlite_path("sqlite+aiosqlite:////srv/desk.db") == Path("/srv/desk.db")
    assert is_sqlite("sqlite+aiosqlite:///var/desk.db")
    assert not is_sqlite("postgresql+asyncpg://localhost/desk")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 10_000), ("foreign_keys", 1)],
)
async def test_sqlite_is_set_up_to_keep_what_it_says(tmp_path: Path, pragma: str, value: object) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a folder' / 'desk.db'}"
    writer = writing_engine(url)
    for engine in (writer, reading_engine(url)):
        async with engine.connect() as connection:
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value
        await engine.dispose()


async def test_who_waits_to_write_keeps_nobody_else_waiting(store: Store, url: str) -> None:
    """Only SQLite waits in the process itself; here another connection holds the lock for a while."""
    other, ticks = writing_engine(url), 0

    async def write() -> None:
        async with store.transaction() as work:
            await open_matter(work)

    async with other.connect() as holding:
        await holding.execute(text("DELETE FROM anchor"))
        waiting = asyncio.create_task(write())
        while ticks < 20:
            await asyncio.sleep(0.01)
            ticks += 1
        assert not (is_sqlite(url) and waiting.done())
        await holding.commit()
    await waiting
    await other.dispose()


async def test_writers_take_turns_and_none_fails(store: Store) -> None:
    async def append(place: int) -> None:
        async with store.transaction() as work:
            tickets = await _tickets(work)
            await open_matter(work, reference=f"PR-{place:04}{tickets:04}")

    await asyncio.gather(*(append(place) for place in range(12)))
    async with store.reading() as work:
        assert await _tickets(work) == 12


async def test_two_desks_write_to_one_database(store: Store, url: str, master: MasterKeys) -> None:
    other = Store(url, master)
    await other.open()

    async def append(into: Store) -> None:
        async with into.transaction() as work:
            await open_matter(work)

    await asyncio.gather(*(append(each) for each in (store, other) * 5))
    await other.close()
    async with store.reading() as work:
        assert await _tickets(work) == 10


async def test_readers_do_not_wait_for_a_writer_and_see_what_is_committed_only(store: Store) -> None:
    async with store.transaction() as writing:
        await open_matter(writing)
        async with store.reading() as work:
            assert await _tickets(work) == 0
    async with store.reading() as work:
        assert await _tickets(work) == 1


async def test_times_come_back_aware_and_equal(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work)
    async with store.reading() as work:
        received = (await work.session.get(type(case.row), case.id)).received_at  # type: ignore[union-attr]
    assert received == NOW
    assert received.tzinfo is not None


async def test_a_migrated_file_is_readable_by_a_second_store_at_once(url: str, master: MasterKeys) -> None:
    await migrate(url)
    stores = [Store(url, master) for _ in range(3)]
    await asyncio.gather(*(each.open() for each in stores))
    assert len({each.keys.token_secret for each in stores}) == 1
    for each in stores:
        await each.close()
