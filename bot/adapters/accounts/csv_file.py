"""`csv:PATH`: the directory of accounts as a file, read anew when it has changed."""

import asyncio
import csv
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.accounts.directory import DirectoryDown, account_of, fitting
from bot.domain.accounts import Account, folded, name_key

log = logging.getLogger(__name__)

REQUIRED = ("id", "email", "name")
_State = tuple[int, int]  # time of the last change in nanoseconds, and size


@dataclass(frozen=True, slots=True)
class _Book:
    """The file's accounts, by what they are looked for with."""

    count: int
    by_address: dict[str, list[Account]] = field(repr=False)
    by_id: dict[str, list[Account]] = field(repr=False)
    by_name: dict[str, list[Account]] = field(repr=False)


class CsvDirectory:
    """While the file is broken, the accounts of the last good one count; the log says so once."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._seen: _State | None = None
        self._book: _Book | None = None
        self._fault = ""
        self._turn = asyncio.Lock()

    async def find(self, *, address: str = "", account_id: str = "", name: str = "") -> list[Account]:
        book = await self._current()
        found = [
            *book.by_address.get(folded(address), ()),
            *book.by_id.get(account_id, ()),
            *book.by_name.get(name_key(name), ()),
        ]
        return fitting(found, address, account_id, name)

    async def examine(self) -> str:
        book = await self._current()
        if self._fault:
            raise DirectoryDown(self._fault)
        return f"{self._path.name} holds {book.count} accounts"

    async def close(self) -> None:
        """Nothing stays open."""

    async def _current(self) -> _Book:
        async with self._turn:
            await asyncio.to_thread(self._look)
        if self._book is None:
            raise DirectoryDown(self._fault)
        return self._book

    def _look(self) -> None:
        """Reads the file where it is another than the one seen last."""
        state: _State | None = None
        try:
            about = self._path.stat()
            state = (about.st_mtime_ns, about.st_size)
            if state != self._seen:
                self._book, self._fault = _read(self._path), ""
        except UnicodeDecodeError:
            self._keep("it is not UTF-8")
        except (OSError, csv.Error, DirectoryDown) as fault:
            self._keep(getattr(fault, "strerror", None) or str(fault))
        self._seen = state

    def _keep(self, why: str) -> None:
        fault = f"{self._path.name} cannot be used: {why}"
        if fault != self._fault:
            log.error("ACCOUNTS_URL: %s; %s", fault, "the last good one counts" if self._book else "there is none")
        self._fault = fault


def _read(path: Path) -> _Book:
    """Raises OSError, UnicodeDecodeError, csv.Error and DirectoryDown; no value of the file is in their words."""
    book = _Book(0, defaultdict(list), defaultdict(list), defaultdict(list))
    count = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        header = [each.strip().lower() for each in rows.fieldnames or ()]
        missing = [each for each in REQUIRED if each not in header]
        if missing:
            raise DirectoryDown(f"its header has no column {', '.join(missing)}")
        for row in rows:
            try:
                account = _account(row)
            except DirectoryDown as fault:
                raise DirectoryDown(f"line {rows.line_num}: {fault}") from None
            count += 1
            for address in account.addresses:
                book.by_address[folded(address)].append(account)
            book.by_id[account.id].append(account)
            book.by_name[name_key(account.name)].append(account)
    return _Book(count, book.by_address, book.by_id, book.by_name)


def _account(row: dict[str, str | None]) -> Account:
    if None in row or None in row.values():
        raise DirectoryDown("it has more or fewer columns than the header")
    return account_of(row)
