"""Servers and databases for the tests that need one, and an honest word about tests that had to be skipped."""

import os
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.work import Store
from tests.servers.dovecot import Dovecot, missing_dovecot
from tests.servers.postgres import Postgres, missing_postgres

REQUIRE_SERVERS = "PRIVACY_DESK_REQUIRE_SERVERS"
_MEMORY = Path("/dev/shm")


def need(missing: str | None) -> None:
    """Skip the test where a server cannot be started; fail it where REQUIRE_SERVERS=1 asks for them all."""
    if missing and os.environ.get(REQUIRE_SERVERS) == "1":
        pytest.fail(f"{missing}, and {REQUIRE_SERVERS}=1", pytrace=False)
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """A folder that the users of the servers can enter, which pytest's own, open to its owner only, is not."""
    home = Path(tempfile.mkdtemp(prefix="privacy-desk-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="session")
async def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the current schema and nothing in it, to be copied: migrating takes longer than a letter."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    await migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def shelf() -> Iterator[Path]:
    """In memory, where the system has such a place: what a power cut would leave is not what these tests ask."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as path:
        yield Path(path)


@pytest.fixture
def folder(shelf: Path) -> Path:
    """An empty folder, the same one for each test."""
    for each in shelf.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    return shelf


@pytest.fixture(scope="session")
def standing(shelf: Path) -> Store:
    """One store for all tests: its engines have compiled their statements, which takes longer than a letter."""
    return Store(f"sqlite+aiosqlite:///{shelf / 'desk.db'}", MasterKeys([secrets.token_bytes(32)]))


@pytest.fixture
async def fresh_store(standing: Store, blank: Path, folder: Path) -> AsyncIterator[Store]:
    """That store on a database, and a key store, with nothing in it."""
    shutil.copy(blank, folder / "desk.db")
    await standing.open()
    yield standing
    await standing.close()


@pytest.fixture(scope="session")
def dovecot(server_home: Path) -> Iterator[Dovecot]:
    """A running Dovecot. Take a `new_user()` in each test, and start it again where a test stops it."""
    need(missing_dovecot())
    home = server_home / "dovecot"
    home.mkdir(mode=0o711)
    server = Dovecot(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres(server_home: Path) -> Iterator[Postgres]:
    """A running PostgreSQL cluster."""
    need(missing_postgres())
    home = server_home / "postgres"
    home.mkdir(mode=0o711)
    server = Postgres(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of an empty database that only this test uses."""
    return postgres.new_database()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was not tested and why: a green run that skipped half of the servers should not look whole."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    if reasons:
        terminalreporter.section("not tested")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} x {reason.removeprefix('Skipped: ')}")
