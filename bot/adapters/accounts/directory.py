"""What a directory of accounts is to the desk, and how its rows become accounts."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from bot.domain.accounts import Account

TIMEOUT = 3.0  # seconds for one question
MOST = 20
"""Accounts that one answer may hold: more than anybody looks through, of which two are too many already."""

_OWN = ("id", "email", "name", "aliases")


class DirectoryDown(Exception):
    """The directory did not answer, or not with accounts. The message holds no address and no secret."""


class Directory(Protocol):
    """Finds accounts. Every method raises DirectoryDown."""

    async def find(self, *, address: str = "", account_id: str = "", name: str = "") -> list[Account]:
        """The accounts with this address, id or name: exactly one of them is given.

        A source that cannot look for names finds none.
        """
        ...

    async def examine(self) -> str:
        """Tries it for real; what was seen, in words for an operator."""
        ...

    async def close(self) -> None: ...


def account_of(row: Mapping[str, Any]) -> Account:
    """An entry from a row by column. Raises DirectoryDown where it has no id or no address."""
    columns = {str(name).strip().lower(): _text(value) for name, value in row.items() if name is not None}
    if not columns.get("id") or "@" not in columns.get("email", ""):
        raise DirectoryDown("an entry has no id, or no address in its column email")
    return Account(
        id=columns["id"],
        email=columns["email"],
        name=columns.get("name", ""),
        aliases=tuple(columns.get("aliases", "").split()),
        data={name: value for name, value in columns.items() if name not in _OWN and value},
    )


def fitting(accounts: Iterable[Account], address: str, account_id: str, name: str) -> list[Account]:
    """Those that are what was asked for, exactly, each once."""
    found = {
        each.id: each
        for each in accounts
        if (address and each.spelled(address)) or (account_id and each.id == account_id) or each.is_called(name)
    }
    return list(found.values())[:MOST]


def _text(value: Any) -> str:
    """A value as text; aliases may come as a list."""
    if isinstance(value, list | tuple):
        return " ".join(str(each) for each in value)
    return "" if value is None else str(value).strip()
