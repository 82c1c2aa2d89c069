"""The mail client: one mailbox at a time, and a letter to write or to answer."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from html import escape
from pathlib import Path

from bot.demo.mailserver import Passed, mailbox_of
from bot.demo.play.looking import Looking
from bot.demo.stage import DESK, REQUESTER, Stage, text_of

LETTERS = tomllib.loads(Path(__file__).with_name("letters.toml").read_text("utf-8"))["letter"]
"""Ready letters: title, subject, text."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in somebody's mailbox, as it was written or received."""

    message: EmailMessage
    at: datetime
    received: bool

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"] or "")


def mails(stage: Stage, address: str) -> list[Mail]:
    """What somebody has written and received, the newest first."""
    own = [each for each in stage.mail.passed if each.person == mailbox_of(address)]
    return [_read(each) for each in reversed(own)]


def _read(passed: Passed) -> Mail:
    message = message_from_bytes(passed.raw, policy=default)
    return Mail(message, parsedate_to_datetime(str(message["Date"])), passed.received)


def find(stage: Stage, look: Looking) -> Mail | None:
    return next((each for each in mails(stage, look.address) if each.id == look.mail), None)


def drawn(stage: Stage, look: Looking) -> str:
    """The list, and the mail that is open."""
    found = mails(stage, look.address)
    opened = next((each for each in found if each.id == look.mail), None)
    heading = f'<h3 class="box">{escape(look.address)}</h3>'
    return heading + (_opened(opened, stage) if opened else _list(found, stage))


def _list(found: Sequence[Mail], stage: Stage) -> str:
    rows = "".join(f"<li>{_row(each, stage)}</li>" for each in found)
    return f'<ul class="mails">{rows}</ul>' if rows else '<p class="soft">No mail yet. Write one below.</p>'


def _row(mail: Mail, stage: Stage) -> str:
    way = "From the desk" if mail.received else "To the desk"
    return (
        f'<button type="button" data-look="mail" data-value="{escape(mail.id)}">'
        f"<b>{escape(str(mail.message['Subject'] or '(no subject)'))}</b>"
        f'<span class="soft">{way}, {_when(mail, stage)}</span></button>'
    )


def _opened(mail: Mail, stage: Stage) -> str:
    head = (
        f"<b>{escape(str(mail.message['Subject'] or ''))}</b>"
        f'<span class="soft">From {escape(str(mail.message["From"]))}, {_when(mail, stage)}</span>'
    )
    files = "".join(
        f'<span class="file">{escape(each.get_filename() or "file")}</span>'
        for each in mail.message.iter_attachments()
    )
    back = '<button type="button" class="button" data-look="mail" data-value="">All mails</button>'
    reply = _reply() if mail.received else ""
    words = f"<header>{head}</header><pre>{escape(text_of(mail.message))}</pre>"
    return f'{back}<article class="mail">{words}{files}{reply}</article>'


def _reply() -> str:
    return (
        '<form data-act="reply"><label>Your reply<textarea name="text" rows="3" required></textarea></label>'
        '<button class="button primary">Send reply</button></form>'
    )


def composer() -> str:
    """The form of a new mail. It is drawn once, so that nothing that arrives disturbs it."""
    ready = "".join(
        f'<option value="{place}">{escape(each["title"])}</option>' for place, each in enumerate(LETTERS)
    )
    return f"""<details open><summary>New mail to {DESK}</summary><form data-act="write">
<label>A ready letter<select id="ready"><option value="">Choose one, or write your own</option>
{ready}</select></label>
<label>Your name<input name="name" value="Robin Doe" maxlength="80"></label>
<label>Your address<input name="address" type="email" value="{REQUESTER}" required maxlength="120"></label>
<label>Subject<input name="subject" maxlength="200"></label>
<label>Text<textarea name="text" rows="6" required maxlength="20000"></textarea></label>
<label>Attach a file (up to 1 MB)<input name="file" type="file"></label>
<button class="button primary">Send</button></form></details>"""


def _when(mail: Mail, stage: Stage) -> str:
    at = mail.at.astimezone(stage.desk.timezone)
    return f"<time>{at.day} {at:%b %H:%M}</time>"
