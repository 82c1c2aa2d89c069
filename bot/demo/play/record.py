"""What the desk has noted: its tickets, and the journal of one of them as it grows; and what its clock shows."""

import re
from datetime import timedelta
from html import escape
from typing import Any

from bot.adapters.cards import words
from bot.demo.play.looking import Looking
from bot.demo.slack.page.frames import names_of
from bot.demo.slack.page.markup import Names
from bot.demo.stage import Stage
from bot.store import views

_SHOWN = 30  # tickets
_LONGEST = 120  # characters of a fact
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_SAID_ELSEWHERE = {"happened_at", "requests", "item"}


def clock(stage: Stage) -> str:
    """The desk's time, in its own time zone."""
    now = stage.clock().astimezone(stage.desk.timezone)
    days = round(stage.clock.ahead / timedelta(days=1))
    pushed = f", {days} days ahead" if days > 1 else ", a day ahead" if days else ""
    return f"<b>{now:%A}, {now.day} {now:%B %Y, %H:%M}</b> ({escape(str(stage.desk.timezone))}{pushed})"


async def journal(stage: Stage, look: Looking) -> str:
    """The tickets, and the entries of the one that is looked at, or of the newest."""
    async with stage.desk.store.reading() as work:
        found = (await views.tickets(work))[:_SHOWN]
        newest = max(found, key=lambda each: each["received_at"], default={"reference": ""})["reference"]
        shown = await views.ticket(work, look.ticket) or await views.ticket(work, newest)
    if shown is None:
        return '<p class="soft">No ticket yet. Its journal will grow here.</p>'
    tickets = "".join(_ticket(each, shown["reference"]) for each in found)
    names = names_of(stage.slack.workspace)
    entries = "".join(_entry(each, names) for each in reversed(shown["events"]))
    return (
        f'<nav aria-label="Tickets">{tickets}</nav>'
        f"<table><caption>Journal of {escape(shown['reference'])}, the newest entry first</caption>"
        '<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th>'
        f'<th scope="col">Facts</th></tr></thead><tbody>{entries}</tbody></table>'
    )


def _ticket(each: dict[str, Any], shown: str) -> str:
    reference = escape(each["reference"])
    here = " aria-current=true" if each["reference"] == shown else ""
    due = f", due {each['due_at']}" if each["due_at"] else ""
    return (
        f'<button type="button" data-look="ticket" data-value="{reference}"{here}>'
        f"{reference}: {escape(str(each['status']))}{due}</button>"
    )


def _entry(each: dict[str, Any], names: Names) -> str:
    facts = {key: value for key, value in each["detail"].items() if value not in (None, "", [], {})}
    told = "; ".join(f"{words(key)}: {_word(value)}" for key, value in facts.items() if key not in _SAID_ELSEWHERE)
    when, who = str(each["at"])[:16].replace("T", " "), str(each["actor"])
    cells = (when, names.get(who, who), words(str(each["event"])), told)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _word(value: Any) -> str:
    """A digest by its beginning, as long as people compare it."""
    if isinstance(value, dict):
        return ", ".join(f"{words(key)} {_word(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_word, value))
    word = str(value)
    return f"{word[:12]}…" if _DIGEST.fullmatch(word) else word[:_LONGEST]
