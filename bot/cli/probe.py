"""The command that sends a letter through the real mailbox and follows it."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import Failure, write, write_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.probing import Outcome, Step

REQUIRED = ("ORGANISATION", "PRIVACY_ADDRESS", "IMAP_URL", "SMTP_URL")


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(probe)


def probe(
    timeout: Annotated[float, typer.Option(min=1, help="Seconds until it should have been decided on.")] = 120.0,
    json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Send a letter through the real mailbox, and follow it to a ticket that is taken back."""
    outcome = asyncio.run(_followed(timeout, quiet=json_))
    if json_:
        steps = [{"step": each.name, "seconds": each.seconds} for each in outcome.steps]
        write_json({"came_back": not outcome.fault, "steps": steps, "fault": outcome.fault or None})
        raise typer.Exit(1 if outcome.fault else 0)
    if outcome.fault:
        raise Failure(f"the probe did not come back: {outcome.fault}")


async def _followed(timeout: float, *, quiet: bool) -> "Outcome":
    from bot.opening import make_desk, opened_store
    from bot.probing import Probe

    settings = Settings.load(require=REQUIRED)
    assert settings.smtp, "it is required"
    async with opened_store(settings) as store:
        tell = _nothing if quiet else _tell
        return await Probe(make_desk(settings, store), settings.smtp, settings.imap, tell).run(timeout)


def _tell(step: "Step") -> None:
    write(f"{step.name:<10}{step.seconds:>7.2f} s")


def _nothing(_step: "Step") -> None:
    """JSON says it all in the end."""
