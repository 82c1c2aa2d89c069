"""Block Kit, as tables: what each block, element and view must and may hold, and how much of it.

The limits are those of Slack's reference (https://docs.slack.dev/reference/block-kit). An `action_id` is
unique within its block and a `block_id` within its message or view, as the reference says.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.slack.schema import (
    Checker,
    Json,
    Shape,
    boolean,
    by_type,
    fault,
    integer,
    items,
    one_of,
    string,
    text,
    text_shapes,
)

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MESSAGE_TEXT = 40_000
ID = string(255)
URL = string(3000, pattern=r"(?s)[a-z][a-z0-9+.-]*:.+")
DATE = string(10, pattern=r"\d{4}-\d\d-\d\d")
TIME = string(5, pattern=r"\d\d:\d\d")
NUMBER = string(64, pattern=r"-?\d+(\.\d+)?")
USERS, CONVERSATIONS = items(ID, 100, least=0), items(ID, 100, least=0)


def _options(value: Json) -> list[Json]:
    grouped = [option for group in value.get("option_groups", []) for option in group["options"]]
    return [*value.get("options", []), *grouped]


def options_or_groups(value: Json, at: str) -> Iterator[str]:
    """A menu has options or groups of them, never both."""
    if ("options" in value) == ("option_groups" in value):
        yield fault("must have either options or option_groups", at)


def initial_among_options(value: Json, at: str) -> Iterator[str]:
    """What is chosen at first is, to the letter, one of the options."""
    chosen = value.get("initial_options", [])
    if "initial_option" in value:
        chosen = [value["initial_option"]]
    if any(option not in _options(value) for option in chosen):
        yield fault("initial option must be one of the options", at)


def length_within_bounds(value: Json, at: str) -> Iterator[str]:
    """A text field's first text fits its own bounds."""
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if least > most:
        yield fault("min_length must not be greater than max_length", at)
    elif len(value.get("initial_value", "")) > most:
        yield fault(f"must be less than {most + 1} characters", f"{at}/initial_value")


def text_or_fields(value: Json, at: str) -> Iterator[str]:
    """A section says something."""
    if "text" not in value and "fields" not in value:
        yield fault("missing required field: text", at)


def distinct_actions(value: Json, at: str) -> Iterator[str]:
    """Within a block, an `action_id` names one element."""
    taken = [element.get("action_id") for element in elements_of(value)]
    for action_id in {taken_id for taken_id in taken if taken_id and taken.count(taken_id) > 1}:
        yield fault(f"`action_id` already exists in the block: {action_id}", at)


CONFIRM = Shape(
    {"title": text(100, plain=True), "text": text(300), "confirm": text(30, plain=True)}
    | {"deny": text(30, plain=True)},
    {"style": one_of("primary", "danger")},
)
MENU_OPTION = Shape({"text": text(75, plain=True), "value": string(150)}, {"description": text(75, plain=True)})
OVERFLOW_OPTION = Shape(MENU_OPTION.required, {**MENU_OPTION.optional, "url": URL})
TICK_OPTION = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
GROUP = Shape({"label": text(75, plain=True), "options": items(MENU_OPTION, 100)})
FILTER = Shape(
    optional={"include": items(one_of("im", "mpim", "private", "public"), 4)}
    | dict.fromkeys(("exclude_external_shared_channels", "exclude_bot_users"), boolean)
)
DISPATCH = Shape(optional={"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})
IMAGE = Shape({"image_url": URL, "alt_text": string(2000)})

ACTION: dict[str, Checker] = {"action_id": ID}
ASKING: dict[str, Checker] = ACTION | {"confirm": CONFIRM, "focus_on_load": boolean}
PICKING: dict[str, Checker] = ASKING | {"placeholder": text(150, plain=True)}
TYPING: dict[str, Checker] = {
    "action_id": ID,
    "focus_on_load": boolean,
    "placeholder": text(150, plain=True),
    "dispatch_action_config": DISPATCH,
}
SEVERAL: dict[str, Checker] = {"max_selected_items": integer(1, 100)}
MENU: dict[str, Checker] = {"options": items(MENU_OPTION, 100), "option_groups": items(GROUP, 100)}
MENU_RULES = (options_or_groups, initial_among_options)

CLICKS: Mapping[str, Shape] = {
    "button": Shape(
        {"text": text(75, plain=True)},
        ACTION
        | {"url": URL, "value": string(2000), "style": one_of("primary", "danger"), "confirm": CONFIRM}
        | {"accessibility_label": string(75)},
    ),
    "overflow": Shape({"options": items(OVERFLOW_OPTION, 5)}, ACTION | {"confirm": CONFIRM}),
}
CHOICES: Mapping[str, Shape] = {
    "checkboxes": Shape(
        {"options": items(TICK_OPTION, 10)},
        ASKING | {"initial_options": items(TICK_OPTION, 10)},
        (initial_among_options,),
    ),
    "radio_buttons": Shape(
        {"options": items(TICK_OPTION, 10)}, ASKING | {"initial_option": TICK_OPTION}, (initial_among_options,)
    ),
    "static_select": Shape(optional=PICKING | MENU | {"initial_option": MENU_OPTION}, rules=MENU_RULES),
    "multi_static_select": Shape(
        optional=PICKING | MENU | SEVERAL | {"initial_options": items(MENU_OPTION, 100)}, rules=MENU_RULES
    ),
    "users_select": Shape(optional=PICKING | {"initial_user": ID}),
    "multi_users_select": Shape(optional=PICKING | SEVERAL | {"initial_users": USERS}),
    "channels_select": Shape(optional=PICKING | {"initial_channel": ID}),
    "conversations_select": Shape(
        optional=PICKING
        | {"initial_conversation": ID, "default_to_current_conversation": boolean, "filter": FILTER}
    ),
    "multi_conversations_select": Shape(
        optional=PICKING | SEVERAL | {"initial_conversations": CONVERSATIONS, "filter": FILTER}
    ),
    "datepicker": Shape(optional=PICKING | {"initial_date": DATE}),
    "timepicker": Shape(optional=PICKING | {"initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": Shape(optional=ASKING | {"initial_date_time": integer(10**9, 10**10 - 1)}),
}
FIELDS: Mapping[str, Shape] = {
    "plain_text_input": Shape(
        optional=TYPING
        | {"initial_value": string(3000, least=0), "multiline": boolean}
        | {"min_length": integer(0, 3000), "max_length": integer(1, 3000)},
        rules=(length_within_bounds,),
    ),
    "email_text_input": Shape(optional=TYPING | {"initial_value": string(3000, least=0)}),
    "url_text_input": Shape(optional=TYPING | {"initial_value": string(3000, least=0)}),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        TYPING | {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    ),
}
STYLE = Shape(optional=dict.fromkeys(("bold", "italic", "strike", "code"), boolean))
RICH_PARTS: Mapping[str, Shape] = {
    "text": Shape({"text": string(40_000, least=0)}, {"style": STYLE}),
    "link": Shape({"url": URL}, {"text": string(3000), "unsafe": boolean, "style": STYLE}),
    "emoji": Shape({"name": string(255)}, {"unicode": string(255)}),
    "user": Shape({"user_id": ID}, {"style": STYLE}),
    "channel": Shape({"channel_id": ID}, {"style": STYLE}),
}
RICH_RUN = items(by_type(RICH_PARTS), 1000, least=0)
RICH_SECTION = Shape({"elements": RICH_RUN})
RICH: Mapping[str, Shape] = {
    "rich_text_section": RICH_SECTION,
    "rich_text_quote": Shape({"elements": RICH_RUN}, {"border": integer(0, 1)}),
    "rich_text_preformatted": Shape({"elements": RICH_RUN}, {"border": integer(0, 1)}),
    "rich_text_list": Shape(
        {"elements": items(by_type({"rich_text_section": RICH_SECTION}), 1000)}
        | {"style": one_of("bullet", "ordered")},
        {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
    ),
}

BLOCK_ID: dict[str, Checker] = {"block_id": ID}
BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        optional=BLOCK_ID
        | {"text": text(3000), "fields": items(text(2000), 10), "expand": boolean}
        | {"accessory": by_type({**CLICKS, **CHOICES, "image": IMAGE})},
        rules=(text_or_fields,),
    ),
    "header": Shape({"text": text(150, plain=True)}, BLOCK_ID),
    "divider": Shape(optional=BLOCK_ID),
    "context": Shape({"elements": items(by_type({**text_shapes(3000), "image": IMAGE}), 10)}, BLOCK_ID),
    "actions": Shape({"elements": items(by_type({**CLICKS, **CHOICES}), 25)}, BLOCK_ID, (distinct_actions,)),
    "input": Shape(
        {"label": text(2000, plain=True), "element": by_type({**CHOICES, **FIELDS})},
        BLOCK_ID | {"hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": Shape(IMAGE.required, BLOCK_ID | {"title": text(2000, plain=True)}),
    "markdown": Shape({"text": string(12_000)}, BLOCK_ID),
    "rich_text": Shape({"elements": items(by_type(RICH), 1000)}, BLOCK_ID),
}
BLOCK = by_type(BLOCKS)


def submit_where_asked(value: Json, at: str) -> Iterator[str]:
    """A modal that asks for something can be submitted."""
    if "submit" not in value and any(block["type"] == "input" for block in value["blocks"]):
        yield fault("missing required field: submit", at)


VIEW: dict[str, Checker] = {
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
    "private_metadata": string(3000, least=0),
}
VIEWS: Mapping[str, Shape] = {
    "modal": Shape(
        {"title": text(24, plain=True), "blocks": items(BLOCK, BLOCKS_IN_VIEW, least=0)},
        VIEW
        | {"submit": text(24, plain=True), "close": text(24, plain=True)}
        | dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), boolean),
        (submit_where_asked,),
    ),
    "home": Shape({"blocks": items(BLOCK, BLOCKS_IN_VIEW, least=0)}, VIEW),
}
METADATA = Shape({"event_type": string(255), "event_payload": Shape()})


def elements_of(block: Json) -> list[Json]:
    """The elements of one block, wherever the block keeps them."""
    found = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
    return [element for element in found if isinstance(element, dict)]


def check_blocks(blocks: Any, *, most: int = BLOCKS_IN_MESSAGE) -> list[str]:
    """Every fault of a message's blocks, each with its JSON pointer; none means that Slack takes them."""
    found = list(items(BLOCK, most, least=0)(blocks, "/blocks"))
    return found or list(_across_blocks(blocks, "/blocks"))


def check_view(view: Any, *, kind: str) -> list[str]:
    """Every fault of a view; `kind` is `modal` or `home`, as the method that shows it demands."""
    found = list(by_type({kind: VIEWS[kind]})(view, "/view"))
    return found or list(_across_blocks(view["blocks"], "/view/blocks"))


def check_metadata(metadata: Any) -> list[str]:
    """Every fault of a message's metadata: an event type and an object with anything in it."""
    if isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict):
        metadata = {**metadata, "event_payload": {}}
    return list(METADATA(metadata, "/metadata"))


def _across_blocks(blocks: list[Json], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield fault(f"block_id already exists: {block_id}", f"{at}/{index}/block_id")
        seen |= {block_id} if block_id else set()
    if sum(bool(element.get("focus_on_load")) for block in blocks for element in elements_of(block)) > 1:
        yield fault("focus_on_load can be set on one element only", at)
