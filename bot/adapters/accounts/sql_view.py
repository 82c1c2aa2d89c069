"""`sql:DATABASE_URL#VIEW`: the directory of accounts as a table or view of the operator's own, only ever read."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Result, String, TableClause, cast, column, func, or_, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.adapters.accounts.directory import MOST, TIMEOUT, DirectoryDown, account_of, fitting
from bot.domain.accounts import Account, folded

REQUIRED = ("id", "email", "name")
_VIEW = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", re.ASCII)


class SqlDirectory:
    """Values are parameters, names are quoted, and the transaction is one that cannot write."""

    def __init__(self, url: str, view: str) -> None:
        if not _VIEW.fullmatch(view):
            raise ValueError("the view's name is none")
        self._schema, _, self._name = view.rpartition(".")
        self._engine = _read_only(url)
        self._columns: Sequence[str] = ()

    async def find(self, *, address: str = "", account_id: str = "", name: str = "") -> list[Account]:
        try:
            async with asyncio.timeout(TIMEOUT), self._engine.connect() as connection:
                await _forbid_writing(connection)
                view = await self._view(connection)
                wanted = _wanted(view, address, account_id, name)
                rows = (await connection.execute(select(view).where(wanted).limit(MOST))).mappings().all()
        except (SQLAlchemyError, OSError, TimeoutError) as fault:
            self._columns = ()  # the view may have been made anew
            raise DirectoryDown(f"the database of accounts does not answer ({type(fault).__name__})") from None
        return fitting((account_of(dict(row)) for row in rows), address, account_id, name)

    async def examine(self) -> str:
        await self.find(account_id="-")
        return f"{self._name} can be read, with the columns {', '.join(self._columns)}"

    async def close(self) -> None:
        await self._engine.dispose()

    async def _view(self, connection: AsyncConnection) -> TableClause:
        """The view with its columns, which are asked for once."""
        if not self._columns:
            bare = table(self._name, schema=self._schema or None)
            answer: Result[Any] = await connection.execute(
                select(column("*", is_literal=True)).select_from(bare).limit(0)
            )
            columns = tuple(answer.keys())
            if missing := [each for each in REQUIRED if each not in columns]:
                raise DirectoryDown(f"the view has no column {', '.join(missing)}")
            self._columns = columns
        return table(self._name, *(column(each) for each in self._columns), schema=self._schema or None)


def _wanted(view: TableClause, address: str, account_id: str, name: str) -> ColumnElement[bool]:
    """Finds at least what fits: what does not fit exactly is left out afterwards."""
    if account_id:
        return cast(view.c.id, String) == account_id
    if name:
        return func.lower(view.c.name) == func.lower(name)
    ways: list[ColumnElement[bool]] = [
        view.c.email == address,
        func.lower(view.c.email) == func.lower(folded(address)),
    ]
    if "aliases" in view.c:
        ways.append(view.c.aliases.contains(address, autoescape=True))
        ways.append(func.lower(view.c.aliases).contains(folded(address), autoescape=True))
    return or_(*ways)


def _read_only(url: str) -> AsyncEngine:
    """SQLite opens the file for reading, so that a wrong path makes none; PostgreSQL is told each time."""
    place = make_url(url)
    options: dict[str, Any] = {"pool_size": 2, "max_overflow": 2}
    if place.get_backend_name() == "sqlite":
        file = f"file:{place.database}"
        return create_async_engine(place.set(database=file, query={"mode": "ro", "uri": "true"}), **options)
    return create_async_engine(place, pool_pre_ping=True, **options)


async def _forbid_writing(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    else:
        await connection.exec_driver_sql("PRAGMA query_only=ON")
