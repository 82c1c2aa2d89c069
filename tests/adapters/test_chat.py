"""What requesters see in Slack: within Slack's limits whatever comes in, and literal."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import chat
from bot.adapters.chat import Matter
from bot.adapters.rendering import Letters, packaged_templates
from bot.demo.slack.blockkit import check_blocks, check_view
from bot.domain.letters import Letter
from bot.domain.policy import read_policy

POLICY = read_policy("# Policy\n\n## Keeping\n\n- We keep invoices for *ten* years & <no longer>.\n", None)
ENGLISH = Letters([packaged_templates()]).phrasing("en")
EVIL = "<!channel> <@U123> <https://evil.example|https://linden.example> *bold* :tada: &amp;"
_texts = st.text(max_size=200)


def letter(text: str, subject: str = "A letter") -> Letter:
    return Letter("status", "en", subject, text)


def runs(value: object) -> list[str]:
    """The literal texts of a rich text, in order."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "text" else []
        return own + [each for part in value.values() for each in runs(part)]
    return [each for part in value for each in runs(part)] if isinstance(value, list) else []


@given(subject=_texts, text=_texts)
def test_any_letter_is_taken(subject: str, text: str) -> None:
    posting = chat.letter(letter(text, subject or "A"), ENGLISH, withdraw="PR-ABCDEFGH")
    assert check_blocks(posting.blocks) == []


@pytest.mark.parametrize("size", [11_001, 50_000])
def test_a_long_letter_is_cut_and_taken(size: int) -> None:
    posting = chat.letter(letter("word " * (size // 5), "S" * 400))
    assert check_blocks(posting.blocks) == []
    assert len(str(posting.blocks)) < 13_000


def test_t45_t46_t47_what_people_wrote_is_literal_in_a_letter_and_inert_in_its_notification() -> None:
    posting = chat.letter(letter(f"{EVIL}\n\n- {EVIL}\n\n> {EVIL}\nSource", EVIL))
    assert [each.strip() for each in runs(posting.blocks)].count(EVIL) == 3
    assert "mrkdwn" not in str(posting.blocks)
    assert posting.blocks[0]["text"] == {"type": "plain_text", "text": EVIL, "emoji": False}
    assert "<" not in posting.text


def test_an_excerpt_stands_in_a_quotation_byte_for_byte() -> None:
    statement = POLICY.statements[0].text
    posting = chat.letter(letter(f"It says:\n> {statement}\nKeeping, version 1"))
    assert statement in runs(posting.blocks)


def test_the_home_takes_any_number_of_requests() -> None:
    matters = [
        Matter(f"PR-{each:08d}", status, None, ["access"], date(2026, 4, 2))
        for each, status in enumerate(["open", "closed", "triage", "waiting"] * 20)
    ]
    view = chat.home(matters, POLICY, "https://desk.linden.example/policy", ENGLISH)
    assert check_view(view, kind="home") == []
    assert "And 55 older ones" in str(view)


def test_the_home_is_true_of_what_is_not_confirmed_yet() -> None:
    view = chat.home(
        [Matter("PR-ABCDEFGH", "triage", None, ["deletion"], None, unconfirmed=True)], POLICY, "", ENGLISH
    )
    assert "waits for you to say whether it is a request".capitalize() in str(view)


def test_the_form_is_taken_with_any_number_of_laws_and_with_and_without_an_address() -> None:
    for address in ("", "carla@acme.example"):
        view = chat.form([(f"law{each}", "A law " * 40) for each in range(150)], address, ENGLISH)
        assert check_view(view, kind="modal") == []
        assert [each["block_id"] for each in view["blocks"]] == ["type", "email", "law", "details"]
        assert all(each["element"]["action_id"] == each["block_id"] for each in view["blocks"])
