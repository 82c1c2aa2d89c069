"""Where SECRET_KEYS come from: the operator, or on SQLite a file that is made once."""

import base64
import os
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.store.engine import is_sqlite, sqlite_path
from bot.store.faults import StoreFault
from bot.store.sealing import KEY_BYTES, MasterKeys


def master_keys(given: Sequence[bytes], url: str, directory: Path) -> MasterKeys:
    """The given keys; else those of ``var/secret.keys``, made while the database is empty.

    Raises StoreFault where keys are missing and must not be made: with PostgreSQL, or over sealed rows.
    """
    if given:
        return MasterKeys(tuple(given))
    if not is_sqlite(url):
        raise StoreFault("SECRET_KEYS: is missing, and a desk on PostgreSQL needs it")
    file = directory / "var" / "secret.keys"
    if not file.exists():
        if _holds_tickets(sqlite_path(url)):
            raise StoreFault(f"SECRET_KEYS: is missing, and so is {file.name}, but the database holds sealed rows")
        _make(file)
    lines = file.read_text().replace(",", "\n").split()
    return MasterKeys(tuple(base64.urlsafe_b64decode(line) for line in lines))


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secret + "\n")
        out.flush()
        os.fsync(out.fileno())


def _holds_tickets(database: Path) -> bool:
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as connection:
        try:
            kept = connection.execute("SELECT 1 FROM inbox UNION ALL SELECT 1 FROM ticket LIMIT 1")
            return kept.fetchone() is not None
        except sqlite3.OperationalError:  # no such table: nothing was ever kept here
            return False
