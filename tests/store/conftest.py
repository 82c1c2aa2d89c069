"""A store on each database that the desk supports, with a schema and keys of its own for each test."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
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
