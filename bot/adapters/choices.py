"""What staff can do with a ticket from its card: buttons for what is next, and a menu with the rest.

Slack takes five options in an overflow menu, and no element twice in a block.
"""

from typing import Any

MENU = "ticket_more"
"""The overflow; its options are `ACTION:REF`."""

LABELS = {
    "ticket_why": "The arithmetic",
    "ticket_take": "Take it",
    "ticket_assign": "Assign…",
    "ticket_type": "Say what it is…",
    "ticket_verify": "Verified by hand…",
    "ticket_fulfil": "Draft: fulfilled",
    "ticket_deny": "Draft: denied…",
    "ticket_ask": "Draft: ask back…",
    "ticket_extend": "Draft: extend…",
    "ticket_close": "Close…",
    "ticket_reopen": "Reopen…",
    "ticket_requester": "Set the requester…",
    "ticket_law": "Change the law…",
    "ticket_link": "Link…",
    "ticket_merge": "Merge as a duplicate…",
    "ticket_new": "New ticket…",
}
_BUTTONS = {
    "triage": ("take", "assign", "type", "close"),
    "verifying": ("take", "assign", "type", "verify", "ask", "extend", "deny", "close"),
    "open": ("take", "assign", "type", "fulfil", "ask", "extend", "deny", "close"),
    "waiting": ("take", "assign", "type", "fulfil", "extend", "deny", "close"),
    "closed": ("reopen", "link"),
}
_MENUS = {
    "triage": ("requester", "law", "link", "merge"),
    "verifying": ("requester", "law", "link", "merge"),
    "open": ("verify", "requester", "law", "link", "merge"),
    "waiting": ("verify", "requester", "law", "link", "merge"),
}
_BEFORE = {  # of what a press does at once: what that is
    "ticket_fulfil": (
        "Draft that it is done?",
        "This drafts the letter that says so, to all that waits for no proof, in place of open drafts about the "
        "same. Nothing leaves before the draft is approved.",
        "Draft it",
    ),
}


def choices(status: str, reference: str, *, taken: bool) -> list[dict[str, Any]]:
    """The blocks of a card that hold its actions; who may have ``taken`` it gives it away by assigning it."""
    offered = [each for each in _BUTTONS.get(status, ()) if not (taken and each == "take")]
    buttons = [button(f"ticket_{each}", reference) for each in offered]
    options = [_option(f"ticket_{each}", reference) for each in _MENUS.get(status, ())]
    menu = [{"type": "overflow", "action_id": MENU, "options": options}] if options else []
    return [{"type": "actions", "elements": buttons + menu}] if buttons else []


def button(name: str, value: str) -> dict[str, Any]:
    pressed = {"type": "button", "action_id": name, "text": _text(LABELS[name]), "value": value}
    if name not in _BEFORE:
        return pressed
    title, words, confirm = _BEFORE[name]
    said = {"title": _text(title), "text": _text(words), "confirm": _text(confirm), "deny": _text("Not yet")}
    return pressed | {"confirm": said}


def _option(name: str, reference: str) -> dict[str, Any]:
    return {"text": _text(LABELS[name]), "value": f"{name}:{reference}"}


def _text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": True}
