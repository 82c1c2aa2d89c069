"""Desks between real servers: one of its own for a test that breaks things, one for all that only write to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.outside import SQLITE, World, world_around
from tests.servers.dovecot import Dovecot


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The database's URL: SQLite, or what a test's `on_databases` says."""
    on_postgres = getattr(request, "param", "sqlite") == "postgresql"
    return str(request.getfixturevalue("postgres_url")) if on_postgres else SQLITE


@pytest.fixture
async def world(dovecot: Dovecot, database: str, tmp_path: Path) -> AsyncIterator[World]:
    """The test starts the desk."""
    async with world_around(dovecot, tmp_path, database=database) as made:
        yield made


@pytest.fixture(scope="module")
async def town(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A desk that runs already and that the tests of a module share, each with requesters of its own."""
    async with world_around(dovecot, tmp_path_factory.mktemp("town")) as made:
        await made.desk.start()
        yield made
