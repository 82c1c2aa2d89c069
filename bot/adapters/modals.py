"""The modals behind the staff's buttons: a draft whole, a draft to edit, and what an action needs to know."""

from typing import Any

from bot.adapters.cards import LABELS, SECTION, cut, escaped, plain, section, words
from bot.domain.vocabulary import RequestType

TITLE, INPUT = 24, 3000  # characters that Slack takes
_PART = INPUT - 500  # room to write in each input
_EDITABLE_PARTS = 10
_ASKED = {  # of each form: what pressing its button will do, and why it asks
    "ticket_type": "What the requester asks for. What needs proof gets a one-time code by mail at once.",
    "ticket_verify": "How you know who the requester is. You cannot approve the answer to this request then.",
    "ticket_ask": "What you ask the requester. This makes a draft; the ticket waits for them once it is approved.",
    "ticket_extend": "Why it takes longer, as the requester will read it in the draft that this makes.",
    "ticket_deny": "The reason, as the requester will read it in the draft that this makes.",
    "draft_approve": "Why what a thief would look for has to leave. Another person must approve it as well.",
    "ticket_close": "Why. A ticket that was acknowledged is closed by a letter, which this drafts.",
}


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


def form(name: str, value: str) -> dict[str, Any]:
    """The modal behind a button that needs to know more; ``value`` is the button's, such as the reference."""
    options = [{"text": plain(words(each), 75), "value": each.value} for each in RequestType]
    text: dict[str, Any] = {"type": "plain_text_input", "multiline": True, "max_length": 2000}
    elements: dict[str, dict[str, Any]] = {
        "ticket_type": {"type": "multi_static_select", "action_id": "types", "options": options},
        "ticket_ask": text | {"action_id": "body"},
    }
    element = elements.get(name, text | {"action_id": "reason"})
    block = {
        "type": "input",
        "block_id": element["action_id"],
        "label": plain(LABELS.get(name, "Reason"), 2000),
        "hint": plain(_ASKED[name], 2000),
        "element": element,
    }
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": value,
        "title": plain(value if name in LABELS else "Why must it leave?", TITLE),
        "submit": plain("Save", TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": [block],
    }


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
