"""The key store: the keys of tickets and items, wrapped by SECRET_KEYS, in a place of its own.

A file beside the SQLite database, or a schema beside the PostgreSQL tables. Backups of the data leave it out, so
that destroying a key here redacts every copy of what it sealed.

A key is committed before the row that needs it: a key without a row is harmless, a row without its key is lost.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.accounts import folded
from bot.store.engine import is_sqlite, sqlite_path, writing_engine
from bot.store.faults import StoreFault
from bot.store.sealing import KEY_BYTES, DataKey, MasterKeys, fingerprint

SCHEMA = "privacy_desk_keys"
_AHEAD = 32  # keys made in one commit, so that a mail does not cost one of its own
_REMEMBERED = 4096
_BATCH = 500  # keys wrapped anew in one transaction
_NAMED = ("index", "journal", "tokens")

_metadata = MetaData(schema=SCHEMA)
_keys = Table(
    "data_key",
    _metadata,
    Column("id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_by", String(16), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)


class KeyDestroyed(LookupError):
    """The key is gone, and with it whatever it sealed."""


class KeyStore:
    """Makes, finds and destroys keys."""

    def __init__(self, url: str, master: MasterKeys) -> None:
        self._master = master
        self._schema = None if is_sqlite(url) else SCHEMA
        self._engine: AsyncEngine = writing_engine(_place(url)).execution_options(
            schema_translate_map={SCHEMA: self._schema}
        )
        self._ahead: deque[DataKey] = deque()
        self._known: OrderedDict[str, DataKey] = OrderedDict()

    async def prepare(self, *, fresh: bool) -> None:
        """Makes the place and the named keys. Raises StoreFault where SECRET_KEYS do not fit what is sealed.

        ``fresh``: the data are empty too, so that missing keys may be made.
        """
        self._known.clear()
        self._ahead.clear()
        async with self._engine.begin() as connection:
            if self._schema:
                await connection.execute(text("SELECT pg_advisory_xact_lock(7262)"))
                await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            await connection.run_sync(_metadata.create_all)
            wrapped_by = set((await connection.execute(select(_keys.c.wrapped_by).distinct())).scalars())
            if not wrapped_by and not fresh:
                raise StoreFault("DATABASE_URL: the data are here, but their key store is empty or missing")
            if not wrapped_by:
                await connection.execute(insert(_keys), [self._row(_new(name)) for name in _NAMED])
                return
        missing = [each for each in sorted(wrapped_by) if not self._master.can_open(each)]
        if missing:
            raise StoreFault(
                f"SECRET_KEYS: none of them opens what was sealed under {', '.join(missing)}; "
                "add the key that was used before, after the newest"
            )
        for name in _NAMED:
            await self.get(name)

    async def new(self) -> DataKey:
        """A fresh key, committed."""
        if not self._ahead:
            batch = [_new(secrets.token_hex(16)) for _ in range(_AHEAD)]
            async with self._engine.begin() as connection:
                await connection.execute(insert(_keys), [self._row(key) for key in batch])
            self._ahead.extend(batch)
        return self._remember(self._ahead.popleft())

    async def get(self, key_id: str) -> DataKey:
        """Raises KeyDestroyed where the key is gone."""
        if key_id in self._known:
            return self._known[key_id]
        async with self._engine.connect() as connection:
            query = select(_keys.c.wrapped, _keys.c.wrapped_by).where(_keys.c.id == key_id)
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise KeyDestroyed("the key of a sealed text has been destroyed")
        return self._remember(DataKey(key_id, self._master.unwrap(row.wrapped, row.wrapped_by, key_id)))

    async def standing(self) -> set[str]:
        """The names of all keys that are there."""
        async with self._engine.connect() as connection:
            return set((await connection.execute(select(_keys.c.id))).scalars())

    async def destroy(self, *key_ids: str) -> None:
        """With a key every copy of what it sealed is lost. At once: no transaction takes it back."""
        async with self._engine.begin() as connection:
            if self._schema is None:
                await connection.execute(
                    text("PRAGMA secure_delete = ON")
                )  # zeros, and no free page that holds it
            await connection.execute(delete(_keys).where(_keys.c.id.in_(key_ids)))
        for each in key_ids:
            self._known.pop(each, None)
        if self._schema is None:
            await self._forget_log()

    async def _forget_log(self) -> None:
        """SQLite's write-ahead log still holds the page as it was: it goes into the file, and is cut off."""
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await cursor.close()

    async def rotate(self) -> int:
        """Wraps every key under the newest of SECRET_KEYS; how many were under another. Safe to be interrupted.

        What the keys seal stays as it is: only the small wrapped keys are written anew, a batch in a transaction.
        """
        count = 0
        while True:
            async with self._engine.begin() as connection:
                older = (
                    select(_keys.c.id, _keys.c.wrapped, _keys.c.wrapped_by)
                    .where(_keys.c.wrapped_by != self._master.newest())
                    .limit(_BATCH)
                    .with_for_update()
                )
                rows = (await connection.execute(older)).all()
                for row in rows:
                    secret = self._master.unwrap(row.wrapped, row.wrapped_by, row.id)
                    wrapped, wrapped_by = self._master.wrap(secret, row.id)
                    anew = update(_keys).where(_keys.c.id == row.id)
                    await connection.execute(anew.values(wrapped=wrapped, wrapped_by=wrapped_by))
            count += len(rows)
            if len(rows) < _BATCH:
                return count

    async def older(self) -> int:
        """How many keys are under another than the newest of SECRET_KEYS."""
        query = select(func.count()).where(_keys.c.wrapped_by != self._master.newest())
        async with self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    @property
    def fingerprints(self) -> list[str]:
        """The names of the SECRET_KEYS that this process has, newest first."""
        return [fingerprint(each) for each in self._master.secrets]

    def index(self, value: str) -> str:
        """A keyed digest, to find what is sealed by its value."""
        return hmac.digest(self._known["index"].secret, value.encode(), hashlib.sha256).hex()[:32]

    def address_index(self, address: str) -> str:
        """As `index`, for an address: one mailbox however its ASCII letters are written."""
        return self.index(folded(address))

    @property
    def token_secret(self) -> bytes:
        """Signs our Message-IDs and digests the codes."""
        return self._known["tokens"].secret

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        """Signs the journal's anchors."""
        return Ed25519PrivateKey.from_private_bytes(self._known["journal"].secret)

    async def close(self) -> None:
        await self._engine.dispose()

    def _row(self, key: DataKey) -> dict[str, object]:
        wrapped, wrapped_by = self._master.wrap(key.secret, key.id)
        self._remember(key)
        return {"id": key.id, "wrapped": wrapped, "wrapped_by": wrapped_by, "created_at": datetime.now(UTC)}

    def _remember(self, key: DataKey) -> DataKey:
        self._known[key.id] = key
        if len(self._known) > _REMEMBERED:
            forgotten = next(each for each in self._known if each not in _NAMED)
            del self._known[forgotten]
        return key


def _new(name: str) -> DataKey:
    return DataKey(name, secrets.token_bytes(KEY_BYTES))


def _place(url: str) -> str:
    if not is_sqlite(url):
        return url
    path = sqlite_path(url)
    return f"sqlite+aiosqlite:///{path.with_name(path.stem + '.keys.db')}"
