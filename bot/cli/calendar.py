"""The command that prints the address of the calendar of due dates."""

import asyncio

import typer

from bot.cli.output import misuse, write
from bot.settings import Settings

READ = ("DATABASE_URL", "SECRET_KEYS", "PUBLIC_URL")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(calendar)


def calendar() -> None:
    """Print the address of the calendar of due dates; who has it reads references and dates."""
    settings = Settings.load(only=READ)
    if not settings.public_url:
        raise misuse(
            "PUBLIC_URL is missing: no calendar can reach this desk; example: https://privacy.example.org"
        )
    write(f"{settings.public_url}/calendar/{asyncio.run(_token(settings))}.ics")


async def _token(settings: Settings) -> str:
    from bot.opening import opened_store
    from handlers.feed import token

    async with opened_store(settings) as store, store.reading() as work:
        return token(work)
