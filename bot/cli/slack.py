"""The command that prints the Slack app's manifest."""

import json
from typing import Annotated

import typer

from bot.cli.output import misuse, write
from bot.settings import Settings

READ = (
    *("ORGANISATION", "PUBLIC_URL", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"),
    *("SLACK_SUPPORT_CHANNELS", "SLACK_STAFF_CHANNEL", "SLACK_ALERT_CHANNEL"),
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    group = typer.Typer(help="The Slack app.")
    group.callback()(_frame)
    group.command("manifest")(print_manifest)
    app.add_typer(group, name="slack")


def _frame() -> None:
    """Set up the Slack app of this desk."""


def print_manifest(
    indent: Annotated[int, typer.Option(min=0, max=8, help="Spaces a level.")] = 2,
) -> None:
    """Print the app manifest for these settings, to be pasted at api.slack.com/apps."""
    from bot.adapters.manifest import manifest

    settings = Settings.load(only=READ)
    socket_mode = bool(settings.slack_app_token) or not (settings.slack_signing_secret or settings.public_url)
    if not socket_mode and not settings.public_url:
        raise misuse("PUBLIC_URL is missing: without SLACK_APP_TOKEN Slack has to reach this desk")
    url = None if socket_mode else f"{settings.public_url}/slack/events"
    whole = manifest(
        settings.organisation,
        url,
        support_channels=bool(settings.slack_support_channels),
        alert_channel=settings.slack_alert_channel != settings.slack_staff_channel,
    )
    write(json.dumps(whole, indent=indent, ensure_ascii=False))
