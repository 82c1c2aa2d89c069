"""The stand-in's screen: every type of Block Kit that there is, and nothing that people wrote does anything."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack import Message, Workspace, blockkit, elements, page
from bot.demo.slack.modals import View
from bot.demo.slack.page import blocks as drawing
from bot.demo.slack.page.blocks import Screen, blocks
from bot.demo.slack.page.emoji import EMOJI
from bot.demo.slack.page.markup import mrkdwn
from bot.demo.slack.workspace import BOT_USER

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = (
    "</div></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)> &lt;b&gt;"
)
INERT_TAGS = set(
    re.findall(
        r"\w+",
        "article b blockquote body br button circle code details div footer g h2 h3 head hr html i input label li "
        "main menu meta ol optgroup option path pre rect s section select span style summary svg textarea time "
        "title ul",
    )
)


class Seen(HTMLParser):
    """Which tags and attributes a page has, and what it says."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.said = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


def literal(text: str = HOSTILE) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def everything(text: str) -> list[dict[str, Any]]:
    """A block of each type, with an element of each type, that says this wherever it can."""
    option = {"text": literal(text), "value": text, "description": literal(text)}
    offered = {"options": [option], "placeholder": literal(text)}
    confirm = dict.fromkeys(("title", "text", "confirm", "deny"), literal(text))
    runs = [
        {"type": "text", "text": text, "style": {"bold": True, "code": True}},
        {"type": "link", "url": f"https://evil.example/{text}", "text": text},
        {"type": "emoji", "name": "tada"},
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
    ]
    rich = [{"type": kind, "elements": runs} for kind in blockkit.RICH if kind != "rich_text_list"]
    listed = {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [{"type": "rich_text_section", "elements": runs}],
    }
    image = {"type": "image", "image_url": "https://evil.example/pixel", "alt_text": text}
    pressed = [
        {"type": "button", "text": literal(text), "value": text, "action_id": text, "confirm": confirm},
        {"type": "overflow", "options": [option], "action_id": text},
    ]
    asked = [{"type": kind, **offered, "action_id": "a"} for kind in blockkit.CHOICES]
    typed = [
        {"type": kind, "action_id": "a", "initial_value": text, "multiline": True} for kind in blockkit.FIELDS
    ]
    shown = [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}, "accessory": image},
        {"type": "section", "fields": [literal(text)]},
        {"type": "header", "text": literal(text)},
        {"type": "divider"},
        {"type": "context", "elements": [literal(text), image]},
        {"type": "actions", "elements": [*pressed, *asked]},
        *({"type": "input", "block_id": "b", "label": literal(text), "hint": literal(text), "element": each}
          for each in (*asked, *typed)),
        image,
        {"type": "markdown", "text": text},
        {"type": "rich_text", "elements": [*rich, listed]},
    ]  # fmt: skip
    assert {each["type"] for each in shown} == set(blockkit.BLOCKS)
    return shown


def test_every_type_that_slack_has_is_drawn():
    assert set(drawing.BLOCKS) == set(blockkit.BLOCKS)
    assert set(drawing.RICH) == set(blockkit.RICH)
    assert set(drawing.FIELDS) == {*blockkit.CHOICES, *blockkit.FIELDS}
    assert set(drawing.FIELDS) == set(elements.VALUE_KEY) - {"overflow"}


def test_every_emoji_that_the_desk_uses_is_drawn():
    found = {
        name
        for folder in ("bot/adapters", "handlers")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r":([a-z]+(?:_[a-z]+)*): ?(?=[\w*`{\"'])", path.read_text("utf-8"))
    }
    assert {"warning", "memo"} <= found
    assert sorted(found - set(EMOJI)) == []


@pytest.mark.parametrize(
    "text", [HOSTILE, f"<!channel> <https://evil.example|ok> <javascript:alert(1)|x> {HOSTILE}"]
)
def test_what_people_wrote_does_nothing_and_fetches_nothing_wherever_it_stands(text):
    workspace = Workspace()
    workspace.add_user("U1", text, "")
    said = Message("C1", "1.000001", "U1", text, "T0", blocks=everything(text), files=(text,))
    content = {"title": literal(text), "submit": literal(text), "close": literal(text), "blocks": everything(text)}
    view = View("V1", "U1", content, "", "", errors={"b": text})
    body = page.message(said, workspace) + page.modal(view, workspace) + page.home(view, workspace)
    whole = Seen(page.page(text, body))
    assert whole.tags <= INERT_TAGS
    assert [
        each for each in whole.attributes if each[0].startswith("on") or each[0] in ("href", "src", "srcset")
    ] == []
    assert "<script>alert(1)</script>" in whole.said


@given(st.text(alphabet="<>&;@#!|*_~`: \nabU1-./", max_size=120))
@settings(max_examples=150)
def test_no_text_breaks_out_of_its_markup(text):
    assert Seen(mrkdwn(text, {})).tags <= {"div", "blockquote", "b", "i", "s", "code", "span", "svg"}


@pytest.mark.parametrize("text", ["*" * 3000, "_*~" * 1000, "<" * 3000, "a*b " * 750, "`" * 3000, ":" * 3000])
def test_a_long_run_of_signs_is_drawn(text):
    assert Seen(mrkdwn(text, {})).said.replace("\xa0", "")


def test_mrkdwn_means_what_it_means_in_slack():
    shown = mrkdwn("*bold* _thin_ ~gone~ `code` <@U1> :warning: 2*3*4\n>said &lt;b&gt;", {"U1": "Ada"})
    for part in ("<b>bold</b>", "<i>thin</i>", "<s>gone</s>", "<code>code</code>", "@Ada</span>", "<svg", "2*3*4"):
        assert part in shown
    assert "<blockquote><div>said &lt;b&gt;</div></blockquote>" in shown


def test_a_link_shows_where_it_leads():
    assert "https://linden.example (https://evil.example)" in mrkdwn(
        "<https://evil.example|https://linden.example>", {}
    )


def test_plain_text_has_no_markup_and_emoji_only_where_it_says_so():
    assert "*bold*" in blocks([{"type": "header", "text": literal("*bold* :tada:")}], Screen())
    spoken = {"type": "plain_text", "text": ":tada:", "emoji": False}
    assert ":tada:" in blocks([{"type": "header", "text": spoken}], Screen())


def test_a_modal_shows_what_was_typed_and_what_is_wrong_with_it():
    field = {"type": "input", "block_id": "b", "label": literal("Why"), "element": {"type": "plain_text_input"}}
    field["element"]["action_id"] = "b"
    content = {"title": literal("A form"), "blocks": [field]}
    typed = {("b", "b"): {"type": "plain_text_input", "value": "because"}}
    shown = page.modal(View("V1", "U1", content, "", "", filled=typed, errors={"b": "Say more."}), Workspace())
    assert 'value="because"' in shown
    assert 'role="alert">Say more.' in shown


def test_a_thread_stands_below_its_first_message_and_what_one_alone_sees_says_so():
    workspace = Workspace()
    head = Message("C1", "1.000001", BOT_USER, "A card", "T0")
    reply = Message("C1", "2.000001", BOT_USER, "A word", "T0", thread_ts=head.ts, ephemeral_to="U1")
    shown = page.thread([head, reply], workspace)
    assert shown.index("A card") < shown.index("1 reply") < shown.index("A word")
    assert "Only visible to you" in shown
    assert "APP" in shown


def test_a_message_says_where_it_stands_and_a_press_what_is_asked_before_it():
    confirm = {"title": "Sure?", "text": "It ends.", "confirm": "End it", "deny": "Not yet"}
    asks = {name: {"type": "plain_text", "text": words} for name, words in confirm.items()}
    button = {"type": "button", "action_id": "end", "text": literal("End"), "value": "7", "confirm": asks}
    said = Message("C1", "1.000001", BOT_USER, "", "T0", blocks=[{"type": "actions", "elements": [button]}])
    drawn = page.message(said, Workspace())
    assert 'data-channel="C1" data-ts="1.000001"' in drawn
    assert (
        'data-action="end" data-value="7" data-asks="Sure? It ends." data-yes="End it" data-no="Not yet"' in drawn
    )


def test_what_stands_below_an_option_is_drawn_and_no_choice_is_no_value():
    option = {"text": literal("GDPR"), "value": "gdpr", "description": literal("Due tomorrow")}
    select = {"type": "static_select", "action_id": "law", "options": [option]}
    block = {"type": "input", "block_id": "law", "label": literal("Law"), "element": select}
    drawn = drawing.blocks([block], drawing.Screen())
    assert '<option value="">Select an option</option>' in drawn
    assert '<option value="gdpr">GDPR: Due tomorrow</option>' in drawn
