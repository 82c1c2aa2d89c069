"""The matrix once: every kill on SQLite, every other fault where it belongs. More: `python -m tests.faults`."""

from collections.abc import Iterator

import pytest

from tests.conftest import need
from tests.faults.cases import CASES, POSTGRES, SQLITE, Case
from tests.faults.matrix import Servers, matrix, servers, table
from tests.servers.dovecot import missing_dovecot
from tests.servers.postgres import missing_postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# Kills that are played there, too; the others are the same as on SQLite.
ON_POSTGRES = {f"kill -9 at {each}" for each in ("mail.taken", "mail.decided", "delivery.dotted", "slack.posted")}


@pytest.fixture(scope="module")
def around() -> Iterator[Servers]:
    need(missing_dovecot())
    need(missing_postgres())
    with servers() as started:
        yield started


async def _nothing_is_lost_or_doubled(cases: list[Case], around: Servers, database: str) -> None:
    lines = await matrix(cases, around, runs=1, databases=(database,))
    assert lines
    assert all(each.good for each in lines), table([each for each in lines if not each.good])


async def test_on_sqlite_no_moment_and_no_fault_loses_or_doubles_anything(around: Servers) -> None:
    await _nothing_is_lost_or_doubled([each for each in CASES if SQLITE in each.databases], around, SQLITE)


async def test_on_postgresql_neither_kills_nor_what_only_a_database_server_suffers(around: Servers) -> None:
    of_its_own = [each for each in CASES if SQLITE not in each.databases and "SIGSTOP" not in each.fault]
    chosen = of_its_own + [
        each for each in CASES if each.fault in ON_POSTGRES
    ]  # sleep: scenarios/test_replicas.py
    await _nothing_is_lost_or_doubled(chosen, around, POSTGRES)
