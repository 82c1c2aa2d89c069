"""Engines for SQLite and PostgreSQL, set up so that a commit is on the disk when it returns."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_PRAGMAS = ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON")
_TRIES, _PAUSE = 500, 0.01  # of turning a new file into a write-ahead one; seconds between them


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The database file of a SQLite URL."""
    return Path(make_url(url).database or "desk.db")


def writing_engine(url: str) -> AsyncEngine:
    """For transactions that write. SQLite has one writer: its single connection is the queue for it."""
    if not is_sqlite(url):
        return create_async_engine(url, pool_size=8, max_overflow=4, pool_pre_ping=True)
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # for the desk's own user alone; its WAL inherits that
    return _sqlite(create_async_engine(url, pool_size=1, max_overflow=0), "BEGIN IMMEDIATE")


def reading_engine(url: str, writer: AsyncEngine) -> AsyncEngine:
    """For transactions that only read; on PostgreSQL the same pool."""
    return _sqlite(create_async_engine(url, pool_size=4), "BEGIN") if is_sqlite(url) else writer


def _sqlite(engine: AsyncEngine, begin: str) -> AsyncEngine:
    """``begin``: a transaction that will write says so at once, else it may find the database locked half-way."""

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the "begin" event below says BEGIN
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        _write_ahead(cursor)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(cursor: Any) -> None:
    """Two that open a new file at once may each wait for the other here; SQLite then refuses both, whatever
    its busy_timeout (https://sqlite.org/c3ref/busy_handler.html). The next try finds it done."""
    for attempt in range(_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(_PAUSE)
