"""The command that writes the archive of one ticket for a regulator."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.drafts import actor, opened_desk
from bot.cli.output import Failure, plain, write

if TYPE_CHECKING:
    from handlers.evidence import Evidence


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(evidence)


def evidence(
    reference: Annotated[str, typer.Argument(metavar="REF", help="A ticket's reference.")],
    out: Annotated[Path | None, typer.Option(help="The file to write; REF.zip where it is left out.")] = None,
) -> None:
    """Write all that is on record about a ticket into one archive that can be checked offline."""
    place = out or Path(f"{plain(reference.strip().upper())}.zip")
    if place.exists():
        raise Failure(f"{plain(str(place))} is there already; name another file with --out", exit_code=2)
    taken = asyncio.run(_take(reference))
    try:
        place.touch(0o600, exist_ok=False)  # personal data: for whoever asked for it alone
        place.write_bytes(taken.archive)
    except OSError as fault:
        raise Failure(f"{plain(str(place))} cannot be written: {fault.strerror}", exit_code=2) from None
    write(f"{place}: {len(taken.archive)} bytes, for whoever asks for proof. It holds personal data.")
    write(f"Its signatures are for the public key {taken.public_key}")


async def _take(reference: str) -> "Evidence":
    from bot.domain.lifecycle import Refused
    from handlers.evidence import take

    async with opened_desk() as desk:
        try:
            return await take(desk, reference.strip().upper(), actor())
        except Refused as refusal:
            raise Failure(str(refusal)) from None
