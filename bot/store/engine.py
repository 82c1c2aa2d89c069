"""Engines for SQLite and PostgreSQL, set up so that a commit is on the disk when it returns."""

import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_PRAGMAS = ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON")
_WITHIN_A_TRANSACTION = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PATIENCE, _ASLEEP, _CONNECTING = 30.0, 6.0, 10.0  # seconds
_TRIES, _PAUSE = 500, 0.01  # of turning a new file into a write-ahead one; seconds between them


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The database file of a SQLite URL."""
    return Path(make_url(url).database or "desk.db")


def writing_engine(url: str, *, patience: float | None = _PATIENCE) -> AsyncEngine:
    """For transactions that write. SQLite has one writer: its single connection is the queue for it.

    ``patience``: in seconds, how long PostgreSQL may take over one statement; a server that has gone silent would
    be waited for without end. One that hears nothing within a transaction ends it: who fell asleep holding a row
    must not keep others from it.
    """
    if not is_sqlite(url):
        asleep = {"idle_in_transaction_session_timeout": str(int(_ASLEEP * 1000))}
        return _postgres(url, patience, server_settings=asleep, pool_size=5, max_overflow=3)
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # for the desk's own user alone; its WAL inherits that
    engine = create_async_engine(
        url, pool_size=1, max_overflow=0, connect_args={"async_creator_fn": _Writer.connect}
    )
    return _sqlite(engine, "BEGIN IMMEDIATE")


def reading_engine(url: str, *, patience: float | None = _PATIENCE) -> AsyncEngine:
    """For transactions that only read; they hold up nobody."""
    if is_sqlite(url):
        return _sqlite(create_async_engine(url, pool_size=4), "BEGIN")
    return _postgres(url, patience, server_settings={}, pool_size=4, max_overflow=0)


def _postgres(url: str, patience: float | None, *, server_settings: dict[str, str], **pool: int) -> AsyncEngine:
    waits = {"timeout": _CONNECTING, "command_timeout": patience, "server_settings": server_settings}
    return create_async_engine(url, pool_pre_ping=True, connect_args=waits, **pool)


class _Writer(aiosqlite.Connection):
    """The connection that writes. What may wait, for the lock or for the disk, has a thread, so that nobody else
    waits with it. All else touches a few rows by their keys, in microseconds, and is done on the spot: a thread
    for each step of each statement cost a third of the time that a mail takes (`python -m tests.bench`)."""

    @classmethod
    def connect(cls, database: str, **options: Any) -> "_Writer":
        options["check_same_thread"] = False
        writer = cls(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
        writer._thread.daemon = True  # as SQLAlchemy has it: a thread must not keep a process that ends
        return writer

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if self._may_wait(fn, *args):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    def _may_wait(self, step: Any, statement: str = "", *_parameters: Any) -> bool:
        if statement:
            return not statement.startswith(_WITHIN_A_TRANSACTION)
        return step in (self._conn.commit, self._conn.close)


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
