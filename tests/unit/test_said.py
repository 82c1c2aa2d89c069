"""What was really said: the habits of mail programs in the languages that they speak (tests/mails/habits.toml)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.said import what_was_said
from tests.mails import table

HABITS = table("habits")
NEW = "Please erase all of it.\n\nThank you."
OLD = "We have your request.\nPlease send us the code."
MARKED = "\n".join(f"> {line}" for line in OLD.split("\n"))
ATTRIBUTION = "On Tue, Jun 2, 2026 at 9:14 AM Desk <privacy@desk.example> wrote:"
BLOCK_DE = "Von: Desk <privacy@desk.example>\nGesendet: Dienstag, 2. Juni 2026 09:14\nAn: Ann\nBetreff: Ihre Mail"


def each(habit: str) -> list[object]:
    """Every entry of a table, named by its language and place."""
    return [
        pytest.param(text, id=f"{language} {number}")
        for language, texts in HABITS[habit].items()
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize("quoted", [OLD, MARKED], ids=["unmarked", "marked"])
@pytest.mark.parametrize("attribution", each("attributions"))
def test_a_quotation_goes_with_the_line_that_announces_it(attribution: str, quoted: str) -> None:
    said = what_was_said(f"{NEW}\n\n{attribution}\n\n{quoted}\n")
    assert said.reply == NEW
    assert "send us the code" in said.quoted


@pytest.mark.parametrize("attribution", each("attributions"))
def test_the_last_words_above_an_attribution_stay(attribution: str) -> None:
    assert what_was_said(f"{NEW}\n{attribution}\n{MARKED}").reply == NEW


@pytest.mark.parametrize("attribution", each("attributions"))
def test_answers_below_and_between_the_lines_are_kept(attribution: str) -> None:
    text = f"{attribution}\n> Which data?\n\nAll of it.\n\n> Until when?\n> Soon?\nThis week.\n\n> Regards\n"
    assert what_was_said(text).reply == "All of it.\n\nThis week."
    assert what_was_said(f"{attribution}\n{MARKED}\n\n{NEW}").reply == NEW


@pytest.mark.parametrize("block", each("blocks"))
def test_an_older_mail_goes_with_its_header(block: str) -> None:
    said = what_was_said(f"{NEW}\n\n{block}\n\n{OLD}\n", "Re: Your mail")
    assert said.reply == NEW
    assert said.forwarded is None


@pytest.mark.parametrize("head", each("forwards"))
def test_a_forwarded_letter_is_said_with_the_note_above_it(head: str) -> None:
    said = what_was_said(f"For you.\n\n{head}\n\nWhat do you hold on me?\n")
    assert said.forwarded is not None
    assert said.forwarded.sender.endswith("<ann@x.example>")
    assert said.reply == "For you.\n\nWhat do you hold on me?"


def test_a_forward_that_is_marked_as_a_quotation_is_a_forward() -> None:
    head = "Begin forwarded message:\n\nFrom: Ann Lee <ann@x.example>\nSubject: data\nDate: 2 June"
    marked = "\n".join(f"> {line}" for line in f"{head}\n\nWhat do you hold on me?".split("\n"))
    said = what_was_said(marked)
    assert said.forwarded is not None
    assert said.forwarded.sender == "Ann Lee <ann@x.example>"
    assert said.reply == "What do you hold on me?"
    assert what_was_said(f"Yes.\n\n{ATTRIBUTION}\n{marked}").reply == "Yes."


def test_outlook_forwards_are_known_by_their_subject() -> None:
    text = f"See below.\n\n{BLOCK_DE}\n\n{OLD}"
    assert what_was_said(text, "WG: Ihre Mail").forwarded is not None
    assert what_was_said(text, "AW: Ihre Mail").forwarded is None


def test_a_letter_that_begins_like_a_header_is_not_lost() -> None:
    text = "From: Ann Lee, 1 High Street\nTo: Example Ltd\nDate: 2 June 2026\nSubject: My data\n\nSend me a copy."
    assert what_was_said(text, "My data").reply == "Send me a copy."


@pytest.mark.parametrize("text", each("kept"))
def test_what_a_person_wrote_is_kept_whole(text: str) -> None:
    assert what_was_said(text).reply == text


@pytest.mark.parametrize("signature", each("signatures"))
def test_signatures_and_footers_go(signature: str) -> None:
    assert what_was_said(f"{NEW}\n\n{signature}\n").reply == NEW
    said = what_was_said(f"{NEW}\n\n{signature}\n\n{ATTRIBUTION}\n{MARKED}")
    assert said.reply == NEW
    assert signature.strip().split("\n")[-1] in said.signature


@pytest.mark.parametrize("banner", each("banners"))
def test_the_banner_of_a_gateway_goes(banner: str) -> None:
    assert what_was_said(f"{banner}\n\n{NEW}").reply == NEW
    assert what_was_said(banner).reply == banner


def test_a_firms_card_goes_and_the_name_stays() -> None:
    text = "Delete it.\n\nBest regards,\nAnn Lee\nHead of Law | Example Ltd\nTel: +49 30 123456\nwww.example.com"
    assert what_was_said(text).reply == "Delete it.\n\nBest regards,\nAnn Lee"


@given(st.text(max_size=2_000), st.text(max_size=60))
def test_any_text_has_its_new_words(text: str, subject: str) -> None:
    said = what_was_said(text, subject)
    assert len(said.reply) <= len(text) * 2 + 2


PIECES = [text for habit in HABITS.values() for texts in habit.values() for text in texts]


@given(st.lists(st.sampled_from([*PIECES, MARKED, NEW, "--", "", "\t", ":", ">", "> >"]), max_size=12))
def test_any_order_of_what_mails_are_made_of_is_cut(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    said = what_was_said(text)
    assert set(said.reply.split()) <= set(text.replace(">", " ").split()) | set(text.split())
