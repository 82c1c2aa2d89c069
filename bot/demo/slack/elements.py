"""What a person can press and fill in blocks, and how Slack words what they did."""

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.slack.blockkit import elements_of
from bot.demo.slack.errors import CannotDo
from bot.demo.slack.schema import Json

VALUE_KEY: Mapping[str, str] = {
    "overflow": "selected_option",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
}
"""Under which key the payloads of Slack carry what was chosen or typed."""

TYPED_FORM: Mapping[str, str] = {
    "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url_text_input": r"\w+://\S+",
    "number_input": r"-?\d+(\.\d+)?",
}
"""What Slack itself lets a person type before it accepts the form."""

Values = Mapping[str, str | list[str]]


def named(blocks: list[Json]) -> list[Json]:
    """The blocks with the ids that Slack makes up where the app gave none."""
    complete = []
    for block in blocks:
        block = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
        for key in ("element", "accessory"):
            if key in block:
                block[key] = _with_action_id(block[key])
        if block["type"] == "actions":
            block["elements"] = [_with_action_id(element) for element in block["elements"]]
        complete.append(block)
    return complete


def _with_action_id(element: Json) -> Json:
    if element["type"] == "image":
        return element
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}


def pressable(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block and element that tells the app at once when it is used."""
    for block in blocks:
        if block["type"] in ("actions", "section") or block.get("dispatch_action"):
            yield from ((block, element) for element in elements_of(block) if "action_id" in element)


def state_values(blocks: list[Json], filled: Mapping[tuple[str, str], Json]) -> Json:
    """`state.values`: block_id, then action_id, then what stands there."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in VALUE_KEY and element["type"] != "overflow" and "action_id" in element:
                place = (block["block_id"], element["action_id"])
                values.setdefault(place[0], {})[place[1]] = filled.get(place) or initial(element)
    return values


def initial(element: Json) -> Json:
    """What stands in an element before anybody touches it."""
    key = VALUE_KEY[element["type"]]
    first = element.get(key.replace("selected_", "initial_") if key != "value" else "initial_value")
    return {"type": element["type"], key: [] if first is None and key.endswith("s") else first}


def chosen(element: Json, given: str | list[str]) -> Json:
    """What stands in an element once a person has chosen or typed; CannotDo where Slack would not let them."""
    kind, key = element["type"], VALUE_KEY[element["type"]]
    value: Any = given
    if key == "selected_option":
        value = option(element, str(given))
    elif key == "selected_options":
        value = [option(element, one) for one in ([given] if isinstance(given, str) else given)]
    elif key.endswith("s"):
        value = [given] if isinstance(given, str) else given
    elif key == "selected_date_time":
        value = int(str(given))
    elif key == "value":
        value = typed(element, str(given))
    return {"type": kind, key: value}


def option(element: Json, value: str) -> Json:
    """The option of that value."""
    offered: list[Json] = list(element.get("options", ()))
    offered += [one for group in element.get("option_groups", ()) for one in group["options"]]
    for one in offered:
        if one.get("value") == value:
            return one
    raise CannotDo(f"{element['action_id']} offers {[one.get('value') for one in offered]}, not {value!r}")


def typed(element: Json, text: str) -> str | None:
    """A text as the field takes it: an empty one is none at all."""
    name = element["action_id"]
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not text:
        return None
    if not least <= len(text) <= most:
        raise CannotDo(f"{name} takes {least} to {most} characters")
    if not re.fullmatch(TYPED_FORM.get(element["type"], r"(?s).*"), text):
        raise CannotDo(f"{name} is a {element['type']} and does not take that text")
    return text


def find_pressable(blocks: list[Json], action_id: str, value: str | None) -> tuple[Json, Json]:
    """The block and element to press; `value` tells buttons, and menus, of one action_id apart."""
    found = [pair for pair in pressable(blocks) if pair[1]["action_id"] == action_id]
    if value is not None:
        found = [pair for pair in found if pair[1]["type"] != "button" or pair[1].get("value") == value]
    offering = [pair for pair in found if value in [one.get("value") for one in pair[1].get("options", ())]]
    found = offering or found
    if len(found) != 1:
        shown = sorted({element["action_id"] for _, element in pressable(blocks)})
        raise CannotDo(f"{len(found)} elements {action_id!r} to press; shown are {shown}")
    return found[0]


def action(block: Json, element: Json, value: str | list[str] | None, ts: str) -> Json:
    """One entry of a payload's `actions`."""
    told: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": ts}
    told["type"] = element["type"]
    if element["type"] == "button":
        copied = ("text", "value", "style", "url", "confirm")
        return told | {key: element[key] for key in copied if key in element}
    told |= {key: element[key] for key in ("placeholder", "confirm") if key in element}
    return told | chosen(element, "" if value is None else value)


def fill(blocks: list[Json], values: Values) -> dict[tuple[str, str], Json]:
    """What a person enters, by input; a name is an input's block_id or action_id."""
    filled = {}
    for name, given in values.items():
        places = [
            (block, element)
            for block in blocks
            for element in elements_of(block)
            if block["type"] == "input" and name in (block["block_id"], element["action_id"])
        ]
        if len(places) != 1:
            raise CannotDo(f"{len(places)} inputs are called {name!r}")
        block, element = places[0]
        filled[block["block_id"], element["action_id"]] = chosen(element, given)
    return filled


def left_empty(blocks: list[Json], values: Json) -> list[str]:
    """The inputs that Slack would not let a person leave empty."""
    required = [block for block in blocks if block["type"] == "input" and not block.get("optional")]
    empty = []
    for block in required:
        state = values[block["block_id"]][block["element"]["action_id"]]
        if not state[VALUE_KEY[state["type"]]]:
            empty.append(block["block_id"])
    return empty
