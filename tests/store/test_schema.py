"""The migrations make the tables that the code expects, once, whoever starts first."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store import schema
from bot.store.engine import writing_engine
from bot.store.faults import StoreFault
from bot.store.schema import HEAD, migrate, require_current
from bot.store.tables import RequestRow, TicketRow


async def _look(url: str, question: Any) -> Any:
    engine = writing_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(question)
    finally:
        await engine.dispose()


@asynccontextmanager
async def _session(url: str) -> AsyncIterator[AsyncSession]:
    engine = writing_engine(url)
    try:
        async with AsyncSession(engine) as session, session.begin():
            yield session
    finally:
        await engine.dispose()


async def _say(url: str, statement: str) -> None:
    await _look(url, lambda connection: connection.execute(text(statement)))


def _defaults_differ(*given: Any) -> bool:
    """Compared as they are written: PostgreSQL cannot compare JSON, and adds its type."""
    in_database, in_code = (str(each or "").partition("::")[0].strip("'") for each in (given[3], given[5]))
    return in_database != in_code


def _differences(connection: Connection) -> Any:
    options = {"compare_type": True, "compare_server_default": _defaults_differ}
    return compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)


async def test_an_upgraded_database_equals_the_tables_of_the_code(url: str) -> None:
    assert await migrate(url)
    assert await _look(url, _differences) == []


async def test_the_comparison_would_notice_a_missing_column(url: str) -> None:
    await migrate(url)
    await _say(url, "ALTER TABLE lease DROP COLUMN until")
    assert [each[0] for each in await _look(url, _differences)] == ["add_column"]


async def test_a_second_upgrade_has_nothing_to_do(url: str) -> None:
    await migrate(url)
    assert not await migrate(url)


async def test_tasks_that_migrate_at_once_upgrade_once(url: str) -> None:
    assert sorted(await asyncio.gather(*(migrate(url) for _ in range(4)))) == [False, False, False, True]


async def test_a_new_file_that_many_open_at_once_is_locked_for_none(tmp_path: Path) -> None:
    for name in range(40):  # one in ten failed before a refused try was made again
        url = f"sqlite+aiosqlite:///{tmp_path}/{name}.db"
        await asyncio.gather(*(_say(url, "SELECT 1") for _ in range(6)))


async def test_processes_that_migrate_at_once_upgrade_once(url: str) -> None:
    program = "import asyncio, sys; from bot.store.schema import migrate; print(asyncio.run(migrate(sys.argv[1])))"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    answers = [await each.communicate() for each in processes]
    assert sorted(out.decode().strip() for out, _ in answers) == ["False", "False", "True"], answers


async def test_a_newer_schema_is_left_alone(url: str) -> None:
    await migrate(url)
    await _say(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreFault, match=f"at schema 9999, newer than this program's {HEAD}"):
        await migrate(url)
    with pytest.raises(StoreFault, match="newer"):
        await require_current(url)


async def test_an_older_schema_is_a_fault_that_names_the_command(url: str) -> None:
    with pytest.raises(StoreFault, match="schema none; run: python -m bot migrate"):
        await require_current(url)
    await migrate(url)
    await require_current(url)


async def test_a_failed_migration_leaves_nothing_behind(url: str) -> None:
    await _say(url, "CREATE TABLE lease (name TEXT)")  # in the way of the last table that is made
    with pytest.raises(Exception, match=r"lease|DuplicateTable"):
        await migrate(url)
    assert await _look(url, lambda connection: inspect(connection).get_table_names()) == ["lease"]


def _downgrade(connection: Connection, revision: str) -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, revision)
    return inspect(connection).get_table_names()


async def test_every_schema_can_be_taken_back(url: str) -> None:
    await migrate(url)
    assert await _look(url, lambda connection: _downgrade(connection, "base")) == ["alembic_version"]


async def test_rows_of_the_first_schema_are_carried_over(url: str) -> None:
    await migrate(url)
    at, key = datetime(2026, 3, 2, 9, tzinfo=UTC), "key"
    async with _session(url) as session:
        session.add(
            TicketRow(
                reference="PR-00000001",
                status="open",
                channel="email",
                language="en",
                law="gdpr",
                received_at=at,
                created_at=at,
                requester_index="x",
                key_id=key,
            )
        )
        await session.flush()
        session.add(RequestRow(ticket_id=1, type="access", received_at=at))
    await _look(url, lambda connection: _downgrade(connection, "0001"))
    assert await migrate(url)
    kept = await _look(
        url,
        lambda connection: connection.execute(
            text("SELECT t.reference, t.concerns, r.type FROM ticket t JOIN request r ON r.ticket_id = t.id")
        ).one(),
    )
    assert (kept[0], kept[2]) == ("PR-00000001", "access")
    assert kept[1] in ("[]", [])


def _grown(connection: Connection) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """The tables and their columns as each migration leaves them."""
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    config.attributes["connection"] = connection
    for step in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        command.upgrade(config, step.revision)
        look = inspect(connection)
        tables = [each for each in look.get_table_names() if each != "alembic_version"]
        yield step.revision, {each: {c["name"]: dict(c) for c in look.get_columns(each)} for each in tables}


def _what_stands_in_the_way(connection: Connection) -> list[str]:
    """Of a desk that goes on beside a newer schema: what it reads is gone, or what it does not write is wanted."""
    faults: list[str] = []
    before: dict[str, dict[str, dict[str, Any]]] = {}
    for revision, after in _grown(connection):
        for table, columns in before.items():
            there = after.get(table, {})
            faults += [f"{revision}: {table}.{name} is gone" for name in columns if name not in there]
            new = [column for name, column in there.items() if name not in columns]
            wanted = [each["name"] for each in new if not each["nullable"] and each["default"] is None]
            faults += [f"{revision}: {table}.{name} is wanted" for name in wanted]
        before = after
    return faults


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_each_migration_only_adds_so_that_desks_of_the_version_before_go_on(url: str) -> None:
    assert await _look(url, _what_stands_in_the_way) == []
