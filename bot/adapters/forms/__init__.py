"""The modals in which staff act on a ticket: what will happen, said first, and inputs that hold what is so now.

An input's block and action bear its name, so that what is wrong with it can be said beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.adapters.cards import SECTION, cut, escaped, plain, section
from bot.adapters.choices import LABELS

TITLE, LABEL = 24, 2000  # characters that Slack takes
_OPTION = 75
_MOST_OPTIONS = 100

Block = dict[str, Any]


def modal(
    name: str, value: str, title: str, happens: Sequence[str], inputs: Iterable[Block], submit: str
) -> Block:
    """``happens``: what submitting will do, a sentence a bullet; ``value`` comes back with what is submitted."""
    label = LABELS.get(name, "").rstrip("…")
    heading = [f"*{label}*"] if label not in ("", title) else []
    lines = [*heading, *(f"• {escaped(each)}" for each in happens)]
    whole = "\n".join(lines)
    told = [section(cut(each, SECTION)) for each in ([whole] if len(whole) <= SECTION else lines)]
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": value,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": [*told, *inputs],
    }


def notice(title: str, words: str) -> Block:
    """A modal that says something where there is no channel to say it in."""
    return {
        "type": "modal",
        "title": plain(title, TITLE),
        "close": plain("Close", TITLE),
        "blocks": [section(cut(escaped(words), SECTION))],
    }


def text(name: str, label: str, hint: str = "", *, long: bool = True, now: str = "", most: int = 2000) -> Block:
    element = {"type": "plain_text_input", "multiline": long, "max_length": most}
    return _input(name, label, hint, element | ({"initial_value": now[:most]} if now else {}))


def reason(label: str, hint: str = "Kept beside the ticket, sealed; the journal says that you gave one.") -> Block:
    return text("reason", label, hint)


def address(name: str, label: str, hint: str = "", *, now: str = "") -> Block:
    return _input(name, label, hint, {"type": "email_text_input"} | ({"initial_value": now} if now else {}))


def person(name: str, label: str, hint: str = "", *, now: str = "") -> Block:
    return _input(name, label, hint, {"type": "users_select"} | ({"initial_user": now} if now else {}))


def day(name: str, label: str, hint: str = "", *, now: date) -> Block:
    return _input(name, label, hint, {"type": "datepicker", "initial_date": now.isoformat()})


def one_of(
    name: str,
    label: str,
    among: Mapping[str, str],
    hint: str = "",
    *,
    now: str = "",
    besides: Mapping[str, str] | None = None,
) -> Block:
    """``among``: values and what they are called; ``besides``: a further word below some of them."""
    options = _options(among, besides or {})
    chosen = [each for each in options if each["value"] == now]
    element = {"type": "static_select", "options": options}
    return _input(name, label, hint, element | ({"initial_option": chosen[0]} if chosen else {}))


def some_of(name: str, label: str, among: Mapping[str, str], hint: str = "", *, now: Sequence[str] = ()) -> Block:
    options = _options(among, {})
    chosen = [each for each in options if each["value"] in now]
    element = {"type": "multi_static_select", "options": options}
    return _input(name, label, hint, element | ({"initial_options": chosen} if chosen else {}))


def optional(block: Block) -> Block:
    return block | {"optional": True}


def _options(among: Mapping[str, str], besides: Mapping[str, str]) -> list[Block]:
    return [
        {"text": plain(said, _OPTION), "value": value}
        | ({"description": plain(besides[value], _OPTION)} if value in besides else {})
        for value, said in list(among.items())[:_MOST_OPTIONS]
    ]


def _input(name: str, label: str, hint: str, element: Block) -> Block:
    block = {"type": "input", "block_id": name, "label": plain(label, LABEL), "element": element}
    return block | {"element": {**element, "action_id": name}} | ({"hint": plain(hint, LABEL)} if hint else {})
