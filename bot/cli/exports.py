"""The command that gives a ticket an export: never by way of Slack."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.drafts import actor, opened_desk
from bot.cli.output import Failure, misuse, plain, write

_CHUNK = 512 * 1024  # bytes


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(attach)


def attach(
    reference: Annotated[str, typer.Argument(metavar="REF", help="A ticket's reference.")],
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The file with the data.")] = None,
    link: Annotated[bool, typer.Option("--link", help="Print the address of a page to give the file on.")] = False,
    handed_over: Annotated[
        str, typer.Option(metavar="HOW", help="Record that it was handed over in another way, and how.")
    ] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back what waits or is offered, and destroy it.")
    ] = False,
) -> None:
    """Give a ticket a file that its approved answer offers for download, sealed until then."""
    if sum(map(bool, (file, link, handed_over, withdraw))) != 1:
        raise misuse("give one of FILE, --link, --handed-over HOW and --withdraw")
    if file and not file.is_file():
        raise Failure(f"there is no file {plain(str(file)[:80])}")
    for line in asyncio.run(_attach(reference.strip().upper(), file, link, handed_over)).splitlines():
        write(plain(line))


async def _attach(reference: str, file: Path | None, link: bool, how: str) -> str:
    from bot.domain.lifecycle import Refused
    from handlers import exports

    async with opened_desk() as desk:
        try:
            if file:
                return (await exports.attach(desk, reference, actor(), file.name, _read(file))).said
            if link:
                return await exports.page_for(desk, reference, actor())
            if how:
                await exports.handed_over(desk, reference, actor(), how)
                return "It is on record."
            return f"{await exports.withdraw(desk, reference, actor())} taken back."
        except Refused as refused:
            raise Failure(str(refused)) from None
        except OSError as fault:
            raise Failure(f"the file cannot be read ({fault.strerror})") from None


async def _read(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as source:
        while chunk := await asyncio.to_thread(source.read, _CHUNK):
            yield chunk
