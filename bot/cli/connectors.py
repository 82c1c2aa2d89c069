"""The command for whoever writes a connector."""

import asyncio
import json
from typing import Annotated

import typer

from bot.cli.output import write
from bot.settings import Settings

READ = ("DATABASE_URL", "SECRET_KEYS")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(connectors)


def connectors(
    openapi: Annotated[bool, typer.Option("--openapi", help="Print the page for whoever writes one.")] = False,
) -> None:
    """Print the key that events to WEBHOOK_URLS are signed with, or what they are (OpenAPI)."""
    if openapi:
        from bot.domain.connectors import openapi as page

        write(json.dumps(page(), indent=2))
        return
    write(asyncio.run(_secret(Settings.load(only=READ))))


async def _secret(settings: Settings) -> str:
    from bot.opening import opened_store
    from handlers.announcing import secret

    async with opened_store(settings) as store, store.reading() as work:
        return secret(work)
