"""The modals behind the staff's buttons: a draft whole, a draft to edit, and what an action needs to know."""

from typing import Any

from bot.adapters import forms
from bot.adapters.cards import SECTION, cut, escaped, plain, section

TITLE, INPUT = 24, 3000  # characters that Slack takes
_PART = INPUT - 500  # room to write in each input
_EDITABLE_PARTS = 10


def show_modal(reference: str, recipient: str, subject: str, text: str) -> dict[str, Any]:
    """A draft whole, as it would leave."""
    head = f"*To:* {escaped(recipient)}\n*Subject:* {escaped(subject)}"
    blocks = [section(cut(head, SECTION)), {"type": "divider"}]
    blocks += [section(cut(escaped(part), SECTION)) for part in _parts(text, SECTION // 2)][:90]
    return {
        "type": "modal",
        "callback_id": "draft_show",
        "title": plain(reference, TITLE),
        "close": plain("Close", TITLE),
        "blocks": blocks,
    }


def edit_modal(reference: str, value: str, text: str) -> dict[str, Any]:
    """A draft to be edited; a long one in several inputs ``body``, ``body_2`` …"""
    parts = _parts(text, _PART)
    return {
        "type": "modal",
        "callback_id": "draft_edit",
        "private_metadata": value,
        "title": plain(f"Edit {reference}", TITLE),
        "submit": plain("Save", TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": [_body_input(place, part) for place, part in enumerate(parts, start=1)],
    }


def is_editable(text: str) -> bool:
    """Whether a modal can hold all of it."""
    return len(_parts(text, _PART)) <= _EDITABLE_PARTS


def approval(value: str) -> dict[str, Any]:
    """Asks why a reply has to leave that holds what a thief would look for."""
    happens = ["Your reason is kept beside the ticket. Another person must approve the reply as well."]
    why = forms.text("reason", "Why what a thief would look for has to leave")
    return forms.modal("draft_approve", value, "Why must it leave?", happens, [why], "Approve")


def edited_text(values: dict[str, dict[str, dict[str, Any]]]) -> str:
    """The text of a submitted ``edit_modal``."""
    names = sorted((name for name in values if name.startswith("body")), key=lambda each: (len(each), each))
    return "\n".join(values[name][name].get("value") or "" for name in names)


def _parts(text: str, limit: int) -> list[str]:
    """The text in pieces that fit, cut at line ends where there are any."""
    parts: list[str] = []
    rest = text
    while len(rest) > limit:
        at = rest.rfind("\n", 0, limit)
        parts.append(rest[: at if at > 0 else limit])
        rest = rest[at + 1 if at > 0 else limit :]
    return [*parts, rest] if rest or not parts else parts


def _body_input(place: int, text: str) -> dict[str, Any]:
    name = "body" if place == 1 else f"body_{place}"
    element = {"type": "plain_text_input", "action_id": name, "multiline": True, "initial_value": text}
    return {
        "type": "input",
        "block_id": name,
        "label": plain("Reply" if place == 1 else f"Reply, part {place}", 2000),
        "element": element,
    }
