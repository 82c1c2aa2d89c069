"""The commands for what could not be read safely: look at it, try it again, make a ticket of it, drop it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.drafts import actor
from bot.cli.output import Failure, misuse, plain, write, write_fields, write_table
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.tables import InboxItem
    from bot.store.work import Work

STORE = ("DATABASE_URL", "SECRET_KEYS")
LONGEST = 100_000  # bytes of the source that are shown

Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**62, help="The item's number.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    group = typer.Typer(help="What could not be read safely.")
    group.command("list")(list_)
    for command in (show, replay, ticket, drop):
        group.command()(command)
    app.add_typer(group, name="quarantine")


def list_() -> None:
    """List the items in quarantine."""
    write_table(("ID", "RECEIVED", "DUE", "REASON"), asyncio.run(_listed()))


async def _listed() -> list[tuple[str, ...]]:
    from bot.store import inbox

    async with _reading() as work:
        items = await inbox.quarantined(work)
    return [(str(each.id), each.received_at.isoformat(), str(each.due_at or ""), each.reason) for each in items]


def show(number: Number) -> None:
    """Show why an item is here, and its source with what would steer a terminal made visible."""
    asyncio.run(_show(number))


async def _show(number: int) -> None:
    from bot.store import inbox

    async with _reading() as work:
        item = await _find(work, number)
        raw, _ = await inbox.raw_of(work, item)
    write_fields(
        {
            "item": f"{item.id}, {item.source}, {item.size} bytes" + ("" if item.complete else ", not whole"),
            "received": item.received_at.isoformat(),
            "due": str(item.due_at or "no date"),
            "reason": item.reason,
            "rules": ", ".join(item.hits) or "none",
        }
    )
    write("")
    for line in raw[:LONGEST].decode("utf-8", "backslashreplace").split("\n"):
        write(_visible(line.removesuffix("\r")))
    if len(raw) > LONGEST:
        write(f"… and {len(raw) - LONGEST} more bytes")


def replay(number: Number) -> None:
    """Give an item to the desk once more, with its tries given back."""
    asyncio.run(_replay(number))


async def _replay(number: int) -> None:
    from bot.store import inbox

    async with _writing() as work:
        inbox.replay(work, await _find(work, number, for_update=True))
    write(f"Item {number} is in the inbox again.")


def ticket(
    number: Number,
    sender: Annotated[str, typer.Option("--from", help="The requester's address, where none can be read.")] = "",
) -> None:
    """Make a ticket in triage of an item; no automatic mail leaves for it."""
    write(f"Item {number} is ticket {asyncio.run(_ticket(number, sender))}, in triage.")


async def _ticket(number: int, sender: str) -> str:
    from bot.domain.lifecycle import Refused
    from bot.opening import make_desk, opened_store
    from handlers.quarantine import make_ticket

    settings = Settings.load(require=("ORGANISATION", "PRIVACY_ADDRESS"))
    async with opened_store(settings) as store, store.transaction() as work:
        item = await _find(work, number, for_update=True)
        try:
            return await make_ticket(make_desk(settings, store), work, item, actor=actor(), address=sender)
        except Refused as refused:
            raise Failure(str(refused)) from None


def drop(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why it may go; it is kept with the item.")],
) -> None:
    """Drop an item, with the reason; its source stays sealed until its time is over."""
    if not plain(reason).strip():
        raise misuse("--reason is empty")
    asyncio.run(_drop(number, plain(reason).strip()))


async def _drop(number: int, reason: str) -> None:
    from bot.store import inbox

    async with _writing() as work:
        inbox.drop(work, await _find(work, number, for_update=True), f"{reason} ({actor()})")
    write(f"Item {number} is dropped.")


async def _find(work: "Work", number: int, *, for_update: bool = False) -> "InboxItem":
    from bot.store import inbox

    item = await inbox.load(work, number, for_update=for_update)
    if item is None or item.state != "quarantined":
        raise Failure(f"there is no item {number} in quarantine")
    return item


@asynccontextmanager
async def _reading() -> AsyncIterator["Work"]:
    from bot.opening import opened_store

    async with opened_store(Settings.load(only=STORE)) as store, store.reading() as work:
        yield work


@asynccontextmanager
async def _writing() -> AsyncIterator["Work"]:
    from bot.opening import opened_store

    async with opened_store(Settings.load(only=STORE)) as store, store.transaction() as work:
        yield work


def _visible(line: str) -> str:
    """A line of a stranger's source: control characters and the like as escapes, tabs as they are."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode("ascii")
        for char in line
    )
