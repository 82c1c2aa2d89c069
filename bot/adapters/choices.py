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
_FULFIL = (
    "This drafts the letter that says so, to all that waits for no proof, in place of open drafts about the same. "
    "Nothing leaves before the draft is approved."
)
_TOGETHER = "You say that {count} done as the inventory says. "


def choices(status: str, reference: str, *, taken: bool, open_tasks: int = 0) -> list[dict[str, Any]]:
    """The blocks of a card that hold its actions; who may have ``taken`` it gives it away by assigning it.

    ``open_tasks``: of the work list, of which whoever drafts the answer says that all are done.
    """
    offered = [each for each in _BUTTONS.get(status, ()) if not (taken and each == "take")]
    buttons = [button(f"ticket_{each}", reference, open_tasks=open_tasks) for each in offered]
    options = [_option(f"ticket_{each}", reference) for each in _MENUS.get(status, ())]
    menu = [{"type": "overflow", "action_id": MENU, "options": options}] if options else []
    return [{"type": "actions", "elements": buttons + menu}] if buttons else []


def button(name: str, value: str, *, open_tasks: int = 0) -> dict[str, Any]:
    pressed = {"type": "button", "action_id": name, "text": _text(LABELS[name]), "value": value}
    return pressed | ({"confirm": _before_fulfilling(open_tasks)} if name == "ticket_fulfil" else {})


def _before_fulfilling(open_tasks: int) -> dict[str, Any]:
    """What a press does at once, said first: Slack takes 300 characters of it."""
    count = "the one open task is" if open_tasks == 1 else f"all {open_tasks} open tasks are"
    words = (_TOGETHER.format(count=count) if open_tasks else "") + _FULFIL
    return {
        "title": _text("Draft that it is done?"),
        "text": _text(words),
        "confirm": _text("Draft it"),
        "deny": _text("Not yet"),
    }


def _option(name: str, reference: str) -> dict[str, Any]:
    return {"text": _text(LABELS[name]), "value": f"{name}:{reference}"}


def _text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": True}
