"""A store on each database that the desk supports, with a schema and keys of its own for each test."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.store.desk_tables import Lease
from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.tables import InboxItem, OutboxRow
from bot.store.work import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def master() -> MasterKeys:
    return MasterKeys([secrets.token_bytes(32)])


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, with its async driver."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    given: str = request.getfixturevalue("postgres_url")
    return given.replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture
async def store(url: str, master: MasterKeys) -> AsyncIterator[Store]:
    await migrate(url)
    opened = Store(url, master)
    await opened.open()
    yield opened
    await opened.close()


async def pass_time(store: Store, by: timedelta) -> None:
    """For every lease, which on PostgreSQL is counted by the database's own clock."""
    async with store.transaction() as work:
        for table, until in ((Lease, "until"), (InboxItem, "leased_until"), (OutboxRow, "leased_until")):
            for row in (
                await work.session.exec(select(table).where(col(getattr(table, until)).is_not(None)))
            ).all():
                setattr(row, until, getattr(row, until) - by)
                work.session.add(row)
