"""What Block Kit takes and what it refuses, and where it says the fault is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_blocks, check_metadata, check_view


def plain(text="Words"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="*Words*"):
    return {"type": "mrkdwn", "text": text}


def section(**more):
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more):
    return {"type": "button", "text": plain("Approve"), "action_id": "draft_approve", **more}


def option(value="deny", text="Deny"):
    return {"text": plain(text), "value": value}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def asking(element, **more):
    return {"type": "input", "label": plain("Why"), "element": element, **more}


def modal(*blocks, **more):
    view = {"type": "modal", "title": plain("Deny"), "submit": plain("Send"), "blocks": list(blocks)}
    return {**view, **more}


SELECT = {"type": "static_select", "action_id": "types", "options": [option()]}
TEXT_INPUT = {"type": "plain_text_input", "action_id": "reason"}

TAKEN = {
    "section": [section(block_id="card", fields=[mrkdwn("x" * 2000)] * 10)],
    "section with fields alone": [{"type": "section", "fields": [plain()]}],
    "overflow beside a section": [
        section(accessory={"type": "overflow", "action_id": "ticket_more", "options": [option()] * 5})
    ],
    "header, divider, context": [
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn()] * 10},
    ],
    "one action_id in two blocks": [actions(button()), actions(button())],
    "25 buttons": [actions(*(button(action_id=f"a{n}", value="x" * 2000) for n in range(25)))],
    "every menu": [
        actions(
            SELECT,
            {"type": "users_select", "action_id": "assignee", "initial_user": "U1"},
            {"type": "datepicker", "action_id": "until", "initial_date": "2026-03-01"},
            {"type": "checkboxes", "action_id": "ticks", "options": [{"text": mrkdwn(), "value": "1"}]},
        )
    ],
    "confirmation": [
        actions(button(confirm={"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}))
    ],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "<!channel>"}]},
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji", "name": "eyes"}]}],
                },
            ],
        }
    ],
    "fifty blocks": [{"type": "divider"}] * 50,
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
def test_blocks_within_every_limit_are_taken(blocks):
    assert check_blocks(blocks) == []


REFUSED = {
    "not a list": ({"type": "divider"}, "/blocks"),
    "51 blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "no type": ([{"text": plain()}], "/blocks/0"),
    "unknown block": ([{"type": "table_of_contents"}], "/blocks/0/type"),
    "type that is no word": ([{"type": ["section"]}], "/blocks/0/type"),
    "unknown field": ([section(colour="red")], "/blocks/0"),
    "empty section": ([{"type": "section"}], "/blocks/0"),
    "section text of 3001": ([{"type": "section", "text": mrkdwn("x" * 3001)}], "/blocks/0/text/text"),
    "empty text": ([{"type": "section", "text": mrkdwn("")}], "/blocks/0/text/text"),
    "11 fields": ([section(fields=[plain()] * 11)], "/blocks/0/fields"),
    "field of 2001": ([section(fields=[plain("x" * 2001)])], "/blocks/0/fields/0/text"),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    "header of 151": ([{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    "11 in a context": ([{"type": "context", "elements": [plain()] * 11}], "/blocks/0/elements"),
    "button in a context": ([{"type": "context", "elements": [button()]}], "/blocks/0/elements/0/type"),
    "no buttons": ([actions()], "/blocks/0/elements"),
    "26 buttons": ([actions(*[button(action_id=str(n)) for n in range(26)])], "/blocks/0/elements"),
    "button text of 76": ([actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    "button text in mrkdwn": ([actions(button(text=mrkdwn()))], "/blocks/0/elements/0/text/type"),
    "button value of 2001": ([actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    "button style": ([actions(button(style="green"))], "/blocks/0/elements/0/style"),
    "action_id of 256": ([actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id"),
    "action_id twice in a block": ([actions(button(), button())], "/blocks/0"),
    "block_id of 256": ([section(block_id="x" * 256)], "/blocks/0/block_id"),
    "block_id twice": ([section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    "6 options in an overflow": (
        [section(accessory={"type": "overflow", "options": [option()] * 6})],
        "/blocks/0/accessory/options",
    ),
    "option text of 76": (
        [section(accessory={**SELECT, "options": [option(text="x" * 76)]})],
        "/blocks/0/accessory/options/0/text/text",
    ),
    "option value of 151": (
        [section(accessory={**SELECT, "options": [option(value="x" * 151)]})],
        "/blocks/0/accessory/options/0/value",
    ),
    "option text in mrkdwn": (
        [section(accessory={**SELECT, "options": [{"text": mrkdwn(), "value": "1"}]})],
        "/blocks/0/accessory/options/0/text/type",
    ),
    "101 options": ([section(accessory={**SELECT, "options": [option()] * 101})], "/blocks/0/accessory/options"),
    "menu without options": ([actions({"type": "static_select", "action_id": "a"})], "/blocks/0/elements/0"),
    "first choice that is not offered": (
        [actions({**SELECT, "initial_option": option("other")})],
        "/blocks/0/elements/0",
    ),
    "text field outside an input": ([actions(TEXT_INPUT)], "/blocks/0/elements/0/type"),
    "emoji in mrkdwn": ([{"type": "section", "text": {**mrkdwn(), "emoji": True}}], "/blocks/0/text"),
    "boolean as a word": ([section(expand="yes")], "/blocks/0/expand"),
    "date that is none": (
        [actions({"type": "datepicker", "initial_date": "1 March"})],
        "/blocks/0/elements/0/initial_date",
    ),
}


@pytest.mark.parametrize(("blocks", "pointer"), REFUSED.values(), ids=REFUSED)
def test_blocks_that_slack_refuses_are_refused_with_a_pointer_to_the_fault(blocks, pointer):
    faults = check_blocks(blocks)
    assert [fault.rpartition("json-pointer:")[2] for fault in faults] == [f"{pointer}]"]


def test_every_fault_is_told_at_once():
    faults = check_blocks([{"type": "header", "text": plain("")}, {"type": "section", "colour": 1}])
    assert len(faults) == 2


def test_a_modal_within_every_limit_is_taken():
    field = {**TEXT_INPUT, "multiline": True, "initial_value": "x" * 3000, "max_length": 3000}
    view = modal(
        asking(field, hint=plain(), optional=True),
        asking(SELECT),
        *[section()] * 98,
        title=plain("x" * 24),
        close=plain("x" * 24),
        private_metadata="x" * 3000,
        callback_id="x" * 255,
        notify_on_close=True,
    )
    assert check_view(view, kind="modal") == []


VIEWS_REFUSED = {
    "title of 25": (modal(title=plain("x" * 25)), "/view/title/text"),
    "title in mrkdwn": (modal(title=mrkdwn()), "/view/title/type"),
    "submit of 25": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "close of 25": (modal(close=plain("x" * 25)), "/view/close/text"),
    "private_metadata of 3001": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "callback_id of 256": (modal(callback_id="x" * 256), "/view/callback_id"),
    "101 blocks": (modal(*[section()] * 101), "/view/blocks"),
    "no blocks": ({"type": "modal", "title": plain()}, "/view"),
    "a home where a modal is due": ({"type": "home", "blocks": []}, "/view/type"),
    "first text over 3000": (
        modal(asking({**TEXT_INPUT, "initial_value": "x" * 3001})),
        "/view/blocks/0/element/initial_value",
    ),
    "first text over its own bound": (
        modal(asking({**TEXT_INPUT, "initial_value": "long", "max_length": 3})),
        "/view/blocks/0/element/initial_value",
    ),
    "bounds the wrong way round": (
        modal(asking({**TEXT_INPUT, "min_length": 5, "max_length": 3})),
        "/view/blocks/0/element",
    ),
    "button as an input": (modal(asking(button())), "/view/blocks/0/element/type"),
    "two fields in focus": (
        modal(*(asking({**TEXT_INPUT, "focus_on_load": True}) for _ in range(2))),
        "/view/blocks",
    ),
    "label in mrkdwn": (modal({**asking(TEXT_INPUT), "label": mrkdwn()}), "/view/blocks/0/label/type"),
}


@pytest.mark.parametrize(("view", "pointer"), VIEWS_REFUSED.values(), ids=VIEWS_REFUSED)
def test_views_that_slack_refuses_are_refused_with_a_pointer_to_the_fault(view, pointer):
    faults = check_view(view, kind="modal")
    assert [fault.rpartition("json-pointer:")[2] for fault in faults] == [f"{pointer}]"]


def test_a_modal_with_inputs_needs_a_submit_button():
    view = modal(asking(TEXT_INPUT))
    del view["submit"]
    assert check_view(view, kind="modal") == ["[ERROR] missing required field: submit [json-pointer:/view]"]


def test_a_home_tab_has_no_title():
    assert check_view({"type": "home", "blocks": [section()]}, kind="home") == []
    assert check_view({"type": "home", "title": plain(), "blocks": []}, kind="home")


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        {},
        {"event_type": "x"},
        {"event_type": 1, "event_payload": {}},
        {"event_type": "x", "event_payload": []},
    ],
)
def test_metadata_is_a_type_and_an_object(metadata):
    assert check_metadata({"event_type": "desk", "event_payload": {"key": 1}}) == []
    assert check_metadata(metadata)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.sampled_from(["section", "modal"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "text", "blocks", "elements", "options", "element"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_value_whatever_breaks_the_check(value):
    assert isinstance(check_blocks(value), list)
    assert isinstance(check_view(value, kind="modal"), list)
    assert isinstance(check_metadata(value), list)
