"""The modals behind the staff's buttons: a draft whole, a draft to edit, and what an action needs to know."""

from collections.abc import Sequence
from typing import Any

from bot.adapters import forms
from bot.adapters.cards import SECTION, cut, escaped, markdown, plain, section
from bot.domain.beside import Paragraph

TITLE, INPUT = 24, 3000  # characters that Slack takes
_PART = INPUT - 500  # room to write in each input
_EDITABLE_PARTS = 10
_MOST_BLOCKS = 98  # besides those of the head
_NOTE = 2000


def show_modal(reference: str, recipient: str, subject: str, letter: Sequence[Paragraph]) -> dict[str, Any]:
    """A draft whole, as it would leave; below each paragraph what is known of it, where a modal has the room."""
    head = f"*To:* {escaped(recipient)}\n*Subject:* {escaped(subject)}"
    text = "\n\n".join(each.text for each in letter)
    noted = [block for each in letter for block in (*_sections(each.text), *_notes(each))]
    blocks = noted if len(noted) <= _MOST_BLOCKS else _sections(text)[:_MOST_BLOCKS]
    return _whole("draft_show", reference, [section(cut(head, SECTION)), {"type": "divider"}, *blocks])


def message_modal(reference: str, sender: str, subject: str, text: str) -> dict[str, Any]:
    """What a requester wrote, whole."""
    head = f"*From:* {escaped(sender)}\n*Subject:* {escaped(subject) or '(none)'}"
    blocks = [section(cut(head, SECTION)), {"type": "divider"}, *_sections(text)[:_MOST_BLOCKS]]
    return _whole("message_show", reference, blocks)


def _whole(name: str, reference: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain(reference, TITLE),
        "close": plain("Close", TITLE),
        "blocks": blocks,
    }


def _sections(text: str) -> list[dict[str, Any]]:
    return [section(cut(escaped(part), SECTION)) for part in _parts(text, SECTION // 2) if part.strip()]


def _notes(paragraph: Paragraph) -> list[dict[str, Any]]:
    """That it quotes the policy rightly, what it says in the language of staff, that nobody has translated it."""
    notes = [":white_check_mark: word for word from the policy"] if paragraph.quoted else []
    notes += [escaped(part) for part in _parts(paragraph.translation, _NOTE // 2)] if paragraph.translation else []
    notes += [":pencil2: edited: no translation"] if paragraph.edited else []
    return [{"type": "context", "elements": [markdown(cut(each, _NOTE), _NOTE)]} for each in notes]


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
