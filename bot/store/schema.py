"""Brings a database to the current schema, once, however many processes start together."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failpoints import passing
from bot.store.engine import is_sqlite, sqlite_path, writing_engine
from bot.store.faults import StoreFault

HEAD = "0012"
_MIGRATIONS = Path(__file__).with_name("migrations")


async def migrate(url: str) -> bool:
    """Whether anything had to be done. Raises StoreFault where the database is newer than this code."""
    async with _connection(url) as connection:
        if not is_sqlite(url):
            await connection.execute(text("SELECT pg_advisory_xact_lock(7261)"))
        return await connection.run_sync(_upgrade)


async def require_current(url: str) -> None:
    """Raises StoreFault where the schema is another than this code's."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        raise _fault(None)  # and no file is made by looking
    async with _connection(url) as connection:
        current = await connection.run_sync(_current)
    if current != HEAD:
        raise _fault(current)


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction. Raises StoreFault where the database cannot be reached or is none."""
    try:
        engine = writing_engine(url, patience=None)  # a large table takes its time
        try:
            async with engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()
    except (OSError, SQLAlchemyError) as fault:
        raise StoreFault(f"DATABASE_URL: the database cannot be used ({_why(fault)})") from None


def _why(fault: Exception) -> str:
    """What the system or SQLite says of it, or PostgreSQL's name for it; other words may hold a password."""
    if isinstance(fault, OSError):
        return fault.strerror or "no answer"
    cause = getattr(fault, "orig", None) or fault
    return str(cause) if isinstance(cause, sqlite3.Error) else type(cause.__cause__ or cause).__name__


def _upgrade(connection: Connection) -> bool:
    current = _current(connection)
    if current == HEAD:
        return False
    if current and current > HEAD:
        raise _fault(current)
    from alembic import command  # slow to import, and needed once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    passing("schema.upgraded")
    return True


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _fault(current: str | None) -> StoreFault:
    if current and current > HEAD:
        return StoreFault(
            f"DATABASE_URL: the database is at schema {current}, newer than this program's {HEAD}; update"
        )
    return StoreFault(f"DATABASE_URL: the database is at schema {current or 'none'}; run: python -m bot migrate")
