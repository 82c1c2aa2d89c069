"""Brings a database to the current schema, once, however many processes start together."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.engine import writing_engine
from bot.store.faults import StoreFault

HEAD = "0001"
_MIGRATIONS = Path(__file__).with_name("migrations")


async def migrate(url: str) -> bool:
    """Whether anything had to be done. Raises StoreFault where the database is newer than this code."""
    engine = writing_engine(url)
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(7261)"))
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def require_current(url: str) -> None:
    """Raises StoreFault where the schema is another than this code's."""
    engine = writing_engine(url)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(_current)
    finally:
        await engine.dispose()
    if current != HEAD:
        raise _fault(current)


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
