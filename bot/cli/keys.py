"""The command that puts everything under the newest of SECRET_KEYS."""

import asyncio
from datetime import UTC, datetime

import typer

from bot.cli.output import Failure, write
from bot.settings import Settings


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    group = typer.Typer(help="The keys that SECRET_KEYS seal.")
    group.callback()(_frame)
    group.command()(rotate)
    app.add_typer(group, name="keys")


def _frame() -> None:
    """The keys that SECRET_KEYS seal."""


def rotate() -> None:
    """Seal everything under the newest of SECRET_KEYS, once every running desk knows it."""
    count, newest = asyncio.run(_rotate())
    write(f"{count} keys were sealed anew; all of them are under {newest} now. Older SECRET_KEYS may go.")


async def _rotate() -> tuple[int, str]:
    from bot.opening import opened_store
    from bot.store import replicas

    settings = Settings.load(only=("DATABASE_URL", "SECRET_KEYS"))
    async with opened_store(settings) as store:
        newest = store.keys.fingerprints[0]
        async with store.reading() as work:
            running = await replicas.running(work, datetime.now(UTC))
        if strangers := [each.name for each in running if newest not in each.keys]:
            raise Failure(
                f"a desk that runs does not know the newest key {newest} yet: {', '.join(strangers)}; "
                "add it to that desk's SECRET_KEYS as the last, restart it, and try again"
            )
        return await store.keys.rotate(), newest
