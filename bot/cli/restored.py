"""The command for a restored copy of the data, before `run`."""

import asyncio
from contextlib import ExitStack

import typer

from bot.cli.output import write
from bot.settings import Settings


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(restored)


def restored() -> None:
    """On a restored copy, before `run`: what waited to be sent becomes unsure, and lost mail is looked for."""
    write(asyncio.run(_restored()))


async def _restored() -> str:
    from bot.app import alone_on
    from bot.cli.drafts import actor
    from bot.opening import make_desk, opened_store
    from bot.store.engine import is_sqlite, sqlite_path
    from handlers import restoring

    settings = Settings.load(require=("ORGANISATION", "PRIVACY_ADDRESS"))
    with ExitStack() as stack:
        if is_sqlite(settings.database_url):
            stack.enter_context(alone_on(sqlite_path(settings.database_url)))
        async with opened_store(settings) as store:
            done = await restoring.restored(make_desk(settings, store), actor())
    return (
        f"{done.unsure} letters that waited are unsure now; {done.redacted} tickets that were redacted since are "
        f"redacted again; {done.folders} folders will be searched for mail that was taken in since."
    )
