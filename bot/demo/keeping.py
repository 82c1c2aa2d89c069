"""What `demo --keep` keeps beside the desk's own database: people's mailboxes, their talk in Slack, the clock."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.demo.clock import PushedClock
from bot.demo.mailserver import DemoMailServer
from bot.demo.slack import Message, SlackStandIn

FILE = "people.json"


def keep(folder: Path, mail: DemoMailServer, slack: SlackStandIn, clock: PushedClock) -> None:
    """Writes the file, for its owner alone."""
    workspace = slack.workspace
    said = [asdict(each) for channel in workspace.channels for each in workspace.messages(channel)]
    kept = {
        "ahead": clock.ahead.total_seconds(),
        "received": {address: _texts(mails) for address, mails in mail.received.items()},
        "written": _texts(mail.written),
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
        received = {address: _mails(texts) for address, texts in kept["received"].items()}
        mail.restore(received, _mails(kept["written"]))
        for each in kept["said"]:
            message = Message(**{**each, "files": tuple(each["files"])})
            if message.channel not in slack.workspace.channels:
                slack.workspace.direct_channel(f"U{message.channel[1:]}")
            slack.workspace.keep(message)


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / FILE
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else None


def _texts(mails: Iterable[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in mails]


def _mails(texts: Iterable[str]) -> list[bytes]:
    return [b64decode(each) for each in texts]
