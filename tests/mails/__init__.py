"""The mails that the parser is tested on, and mails made of a few headers and a body."""

import tomllib
from pathlib import Path
from typing import Any

from bot.domain.mail import Mail, parse_mail

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.eml"))


def table(name: str) -> dict[str, Any]:
    """One of the tables that stand beside the mails."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read(name: str) -> Mail:
    """A mail of this folder as the desk sees it."""
    return parse_mail((FOLDER / f"{name}.eml").read_bytes())


def mail(*headers: str, body: str = "Please delete my data.") -> Mail:
    """A mail of these header lines, parsed."""
    return parse_mail(("\r\n".join(headers) + "\r\n\r\n" + body).encode())


def page(html: str) -> Mail:
    """A mail that is one page of HTML."""
    return mail("From: a@x.example", "Content-Type: text/html; charset=utf-8", body=html)
