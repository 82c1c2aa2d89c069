"""Whatever people write, what stands in Slack is what Slack takes, and their marks stay text."""

import re
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters import cards, draft_cards, log, modals
from bot.adapters.cards import Card, Posting
from bot.adapters.draft_cards import DraftCard
from bot.demo.slack.blockkit import check_blocks, check_view
from bot.domain.beside import Paragraph
from bot.domain.journal import Entry
from bot.domain.vocabulary import Status

HOSTILE = (
    "<!channel>",
    "<@U0ADA>",
    "<https://evil.example|our policy>",
    "<!subteam^S1>",
    "*b*",
    "`c`",
    "> q",
    "&lt;",
)
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=9), max_size=3).map(" ".join)
long_texts = st.builds(lambda text, times: text * times, texts, st.sampled_from([1, 1, 400]))
words, long_words = texts.filter(str.strip), long_texts.filter(str.strip)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
LIVE = re.compile(r"<(?!@U0BEN>)[!@#h]")  # Ben is the one whom the desk itself names


def assert_taken(posting: Posting) -> None:
    assert check_blocks(posting.blocks) == []
    assert posting.text.strip(), "a notification and a screen reader say it"
    assert_inert(posting.blocks)
    assert not LIVE.search(posting.text)


def assert_inert(blocks: Any) -> None:
    for text in _marked_up(blocks):
        assert not LIVE.search(text), text


def _marked_up(value: Any) -> list[str]:
    """Every text that Slack reads as markup."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for each in value.values() for text in _marked_up(each)]
    return [text for each in value for text in _marked_up(each)] if isinstance(value, list) else []


@settings(max_examples=40)
@given(
    st.builds(
        Card,
        reference=st.just("PR-7K2M9QXT"),
        status=st.sampled_from(Status),
        outcome=st.none() | st.just("denied"),
        request_types=st.lists(st.just("deletion"), min_size=1, max_size=12),
        law=texts,
        due_at=st.none() | days,
        act_by=st.none() | days,
        why=long_texts,
        verified=st.booleans(),
        assignee=st.none() | st.just("U0BEN"),
        automatic=st.booleans(),
        today=days,
        triage=st.lists(words, max_size=5),
        suggested=texts,
        flags=st.lists(long_words, max_size=9),
        concerns=st.lists(long_words, max_size=9),
        data_points=st.dictionaries(texts, st.just("differs"), max_size=30),
        linked=st.lists(st.just("PR-0V3X6W2K: a duplicate"), max_size=30),
        paused=st.booleans(),
        asked=st.booleans(),
        extended=st.booleans(),
    )
)
def test_a_card(card: Card) -> None:
    assert_taken(cards.ticket_card(card))


@settings(max_examples=40)
@given(long_texts, st.lists(words, max_size=20), st.lists(words, max_size=20))
def test_what_came_in(text: str, besides: list[str], flags: list[str]) -> None:
    assert_taken(cards.incoming("PR-7K2M9QXT", text, besides, flags, 7))


@settings(max_examples=40)
@given(
    st.builds(
        DraftCard,
        id=st.just(7),
        reference=st.just("PR-7K2M9QXT"),
        letter=st.just("partly_fulfilled"),
        outcome=st.just("partly_fulfilled"),
        state=st.sampled_from(["open", "approved", "discarded"]),
        digest=st.just("0" * 64),
        author=st.none() | st.just("U0BEN"),
        approvals=st.lists(texts.filter(lambda text: text[:1] not in "UW"), max_size=3),
        needed=st.integers(0, 2),
        masked=long_texts,
        quotations=st.integers(0, 9),
        policy_version=texts,
        edited=st.booleans(),
        fault=texts,
    )
)
def test_a_draft(draft: DraftCard) -> None:
    assert_taken(draft_cards.draft_message(draft))


@settings(max_examples=40)
@given(st.sampled_from(sorted(log.DECISIONS)), texts, st.dictionaries(st.just("outcome"), long_texts))
def test_a_decision(event: str, actor: str, detail: dict[str, Any]) -> None:
    entry = Entry("PR-7K2M9QXT", 1, datetime(2026, 3, 2, tzinfo=UTC), f"x{actor}", event, detail, "", "")
    assert_taken(log.decision("PR-7K2M9QXT", entry))


@settings(max_examples=40)
@given(
    texts,
    texts,
    st.lists(st.builds(Paragraph, long_texts, long_texts, st.booleans(), st.booleans()), min_size=1, max_size=40),
)
def test_a_letter_in_a_modal(recipient: str, subject: str, letter: list[Paragraph]) -> None:
    for view in (
        modals.show_modal("PR-7K2M9QXT", recipient, subject, letter),
        modals.message_modal("PR-7K2M9QXT", recipient, subject, letter[0].text),
        modals.edit_modal("PR-7K2M9QXT", "7:0", letter[0].text),
    ):
        assert check_view(view, kind="modal") == []
        assert_inert(view["blocks"])


@settings(max_examples=40)
@given(long_words, st.none() | st.just("U0BEN"))
def test_a_reminder(text: str, assignee: str | None) -> None:
    assert_taken(cards.reminder(text, assignee))
