"""What `demo --keep` keeps beside the desk's own database: people's mailboxes, their talk in Slack, the clock."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.demo.clock import PushedClock
from bot.demo.mailserver import DemoMailServer, Passed
from bot.demo.slack import Message, SlackStandIn
from bot.settings import SettingsFault

FILE = "people.json"


def keep(folder: Path, mail: DemoMailServer, slack: SlackStandIn, clock: PushedClock) -> None:
    """Writes the file, for its owner alone."""
    workspace = slack.workspace
    said = [asdict(each) for channel in workspace.channels for each in workspace.messages(channel)]
    kept = {
        "ahead": clock.ahead.total_seconds(),
        "mails": [[each.person, b64encode(each.raw).decode(), each.received] for each in mail.passed],
        "said": said,
    }
    path = folder / FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept), "utf-8")


def ahead(folder: Path) -> timedelta:
    """How far the clock was pushed."""
    kept = _read(folder)
    return timedelta(seconds=kept["ahead"]) if kept else timedelta()


def restore(folder: Path, mail: DemoMailServer, slack: SlackStandIn) -> None:
    """Nothing where nothing was kept."""
    if kept := _read(folder):
        mail.restore(Passed(person, b64decode(raw), received) for person, raw, received in kept["mails"])
        for each in kept["said"]:
            message = Message(**{**each, "files": tuple(each["files"])})
            if message.channel not in slack.workspace.channels:
                slack.workspace.direct_channel(f"U{message.channel[1:]}")
            slack.workspace.keep(message)


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / FILE
    try:
        return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else None
    except (OSError, ValueError, TypeError):
        raise SettingsFault([f"{FILE}: cannot be read; a demo's own directory holds what it has kept"]) from None
