"""What staff see in Slack, as Block Kit: a ticket's card, what came in, a draft, an alert.

Pure functions from facts to blocks. Everything that a person wrote is escaped and cut to Slack's limits here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from bot.adapters.choices import button, choices
from bot.domain.laws import in_short

Blocks: TypeAlias = list[dict[str, Any]]

SECTION, HEADER = 3000, 150  # characters that Slack takes
COUNTED = timedelta(days=14)  # before the due date: from then on a card counts the days, and is told each morning
_STATUS = {
    "triage": ":mag: to be sorted: please say what it is",
    "verifying": ":hourglass_flowing_sand: waits for proof of identity",
    "open": ":large_blue_circle: open, with staff",
    "waiting": ":speech_balloon: waits for the requester",
    "closed": ":white_check_mark: closed",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket as its card shows it: nothing in it names the requester."""

    reference: str
    status: str
    outcome: str | None
    request_types: Sequence[str]
    law: str
    due_at: date | None
    act_by: date | None
    why: str
    verified: bool
    assignee: str | None
    automatic: bool
    today: date
    triage: Sequence[str] = ()  # why a person must say what it is
    flags: Sequence[str] = ()  # what to know before its text is believed
    suggested: str = ""  # who may be the requester, hinted at
    concerns: Sequence[str] = ()  # sentences, the weightiest first
    data_points: Mapping[str, str] = field(default_factory=dict)  # by kind: matches, differs, not given
    linked: Sequence[str] = ()  # other tickets that have to do with it, and how
    paused: bool = False  # its law stops the clock while the requester is asked
    asked: bool = False
    extended: bool = False
    cooling_until: str = ""  # the day on which a cooling-off ends, as staff read it
    hold_since: str = ""  # the day from which a legal hold keeps it
    tasks: tuple[int, int] = (0, 0)  # of the work list: settled, and all


@dataclass(frozen=True, slots=True)
class Posting:
    """A message: its blocks, and its words for notifications and screen readers."""

    text: str
    blocks: Blocks


def words(name: str) -> str:
    return name.replace("_", " ")


def escaped(text: str) -> str:
    """Inert in Slack's markup: ``<!channel>`` stays text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """No longer than Slack takes, never in the middle of an escaped character."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    head, amp, tail = short.rpartition("&")
    return (head if amp and ";" not in tail and len(tail) < 5 else short) + "…"


def ticket_card(card: Card) -> Posting:
    types = ", ".join(words(each) for each in card.request_types) or "not known yet"
    headline = f"{card.reference}: {types}"
    status = _STATUS[card.status] + (f" ({words(card.outcome)})" if card.outcome else "")
    proof = "proven" if card.verified else "not proven"
    facts = [
        f"*Status*\n{status}",
        f"*Due*\n{_due(card)}",
        f"*Clock*\n{_clock(card)}",
        f"*Law*\n`{escaped(card.law)}`",
        f"*Identity*\n{proof}",
        f"*Assignee*\n{f'<@{card.assignee}>' if card.assignee else 'nobody yet'}",
    ]
    settled, tasks = card.tasks
    facts += [f"*Work list*\n{settled} of {tasks} done"] if tasks else []
    blocks: Blocks = [
        {"type": "header", "text": plain(headline, HEADER)},
        {"type": "section", "fields": [markdown(each, 2000) for each in facts]},
        {
            "type": "section",
            "text": markdown(cut(f"Why this day: {escaped(in_short(card.why))}", SECTION), SECTION),
            "accessory": button("ticket_why", card.reference),
        },
    ]
    blocks[2:2] = [section(each) for each in _reasons(card)]
    blocks += [
        {"type": "section", "text": markdown(f":warning: {escaped(each)}", SECTION)} for each in card.concerns
    ]
    if card.cooling_until:
        blocks.append(section(f":hourglass: *Cooling-off* until {card.cooling_until}"))
    if card.hold_since:
        blocks.append(section(f":lock: *Legal hold* since {card.hold_since}: nothing of it is redacted"))
    if card.data_points:
        compared = ", ".join(f"{words(kind)} {word}" for kind, word in card.data_points.items())
        blocks.append(
            {"type": "context", "elements": [markdown(cut(f"Account: {escaped(compared)}", 2000), 2000)]}
        )
    if card.linked:
        blocks.append({"type": "context", "elements": [markdown(cut("; ".join(card.linked), 2000), 2000)]})
    blocks += choices(card.status, card.reference, taken=card.assignee is not None, open_tasks=tasks - settled)
    if not card.automatic:
        note = ":mute: No automatic mail leaves for this ticket."
        blocks.append({"type": "context", "elements": [markdown(note, 2000)]})
    return Posting(f"{headline}, {words(card.status)}, due {card.due_at or 'without a date'}", blocks)


def incoming(
    reference: str,
    masked_text: str,
    besides: Sequence[str] = (),
    flags: Sequence[str] = (),
    message: int | None = None,
) -> Posting:
    """What the requester wrote, masked, for the ticket's thread, and what else was found in it."""
    body = cut(escaped(masked_text), SECTION - 100)
    blocks = [section(f":incoming_envelope: *The requester wrote* (masked)\n{quote(body)}")]
    for head, found in ((":mag_right: *It also says:*", besides), (":warning: *Look closely:*", flags)):
        if found:
            blocks.append(section(cut(f"{head} {escaped('; '.join(found))}", SECTION)))
    if message:
        blocks[0]["accessory"] = labelled("message_show", "Show", str(message))
    return Posting(f"New message in {reference}", blocks)


def alert(text: str) -> Posting:
    said = cut(escaped(text), SECTION - 20)
    return Posting(said, [section(f":warning: {said}")])


def reminder(text: str, assignee: str | None) -> Posting:
    """What the desk says on the clock, to one person where there is one."""
    said = cut(escaped(text), SECTION - 100)
    whom = f"<@{assignee}> " if assignee and assignee[:1] in "UW" else ""
    return Posting(said, [section(f":alarm_clock: {whom}{said}")])


def _reasons(card: Card) -> list[str]:
    """Why it is in triage, what to look at closely, and who may have written it, as far as there is anything."""
    triage = "\n".join(f"• {escaped(each)}" for each in card.triage)
    flags = escaped("; ".join(card.flags))
    hint = f"{escaped(card.suggested)}, as the letter that was passed on names them; nothing proves it. "
    found = (
        (triage, f"*Why it is here*\n{triage}"),
        (flags, f":warning: *Look closely:* {flags}"),
        (card.suggested, f"*Perhaps the requester:* {hint}`show {card.reference}` opens the rest."),
    )
    return [cut(text, SECTION) for given, text in found if given]


def _due(card: Card) -> str:
    if card.due_at is None:
        return "no date in this law" + (f"; our own target is {card.act_by.isoformat()}" if card.act_by else "")
    if card.status == "closed":
        return card.due_at.isoformat()
    days = (card.due_at - card.today).days
    left = f"{days} days left" if days > 1 else ("tomorrow" if days == 1 else "today")
    left = "more than two weeks left" if days > COUNTED.days else left
    late = f":rotating_light: {-days} day{'s' if days < -1 else ''} overdue" if days < 0 else left
    act = f", act by {card.act_by.isoformat()}" if card.act_by not in (None, card.due_at) else ""
    return f"{card.due_at.isoformat()} ({late}{act})"


def _clock(card: Card) -> str:
    if card.status == "closed":
        return "stopped: it is closed"
    if card.due_at is None:
        return "no day in this law"
    state = "stands still while the requester is asked" if card.paused else "running"
    state += ", though the requester is asked" if card.asked and not card.paused else ""
    state += ", extended" if card.extended else ""
    return state + (", *overdue*" if card.due_at < card.today else "")


def quote(text: str) -> str:
    return "\n".join(f">{line}" for line in text.splitlines()) or ">"


def labelled(action_id: str, label: str, value: str, style: str | None = None) -> dict[str, Any]:
    button: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, 75),
        "value": value,
    }
    return button | ({"style": style} if style else {})


def plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def markdown(text: str, limit: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": cut(text, limit), "verbatim": True}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": markdown(text, SECTION)}
