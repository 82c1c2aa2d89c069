"""The commands that run the desk and look after it: run, check, migrate."""

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import on_terminal, plain, write, write_json
from bot.logs import configure_logging
from bot.settings import Settings
from bot.tracing import exporting

if TYPE_CHECKING:
    from bot.checks import Finding

log = logging.getLogger(__name__)

REQUIRED = ("ORGANISATION", "PRIVACY_ADDRESS")
MARKS = {"ok": "green", "failed": "red", "not set": "bright_black", "note": "yellow"}


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    for command in (run, check, migrate):
        app.command()(command)


def run() -> None:
    """Run the desk: mailbox, Slack, senders, clock and web side, until SIGTERM."""
    settings = Settings.load(require=REQUIRED)
    configure_logging(settings.log_level, settings.log_format)
    for warning in settings.warnings:
        log.warning("%s", warning)
    with exporting():
        asyncio.run(_until_stopped(settings))


async def _until_stopped(settings: Settings) -> None:
    from bot import app

    await app.run(settings, app.stopped_by_signals())


def check(json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False) -> None:
    """Try every setting for real, and say what to do about what does not work."""
    settings = Settings.load()
    from bot.checks import examine

    findings = asyncio.run(examine(settings))
    if json_:
        write_json([{"name": each.name, "state": each.state, "what": each.what} for each in findings])
    else:
        _report(findings)
    if any(each.state == "failed" for each in findings):
        raise typer.Exit(1)


def _report(findings: "list[Finding]") -> None:
    width = max(len(each.name) for each in findings)
    for each in findings:
        state = f"{each.state:<7}"
        mark = typer.style(state, fg=MARKS[each.state]) if on_terminal() else state
        write(f"{each.name:<{width}}  {mark}  {plain(each.what)}".rstrip())


def migrate() -> None:
    """Bring the database to the current schema."""
    settings = Settings.load(only=("DATABASE_URL",))
    from bot.store.schema import HEAD
    from bot.store.schema import migrate as bring

    changed = asyncio.run(bring(settings.database_url))
    write(f"The database is {'now' if changed else 'already'} at schema {HEAD}.")
