import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.letters import Block, LetterContext, blocks
from bot.domain.policy import Statement
from bot.domain.vocabulary import RequestType


def test_paragraphs_end_at_an_empty_line():
    assert blocks("One\ntwo.\n\n \nThree.\n") == (
        Block("paragraph", ("One", "two.")),
        Block("paragraph", ("Three.",)),
    )


def test_a_list_is_bullets_and_a_long_item_goes_on():
    assert blocks("- one\n* two\n  more\n• three") == (Block("bullets", ("one", "two more", "three")),)


def test_a_quotation_keeps_its_words_and_has_its_source_below():
    assert blocks("> We keep <bills>.\n>  two\nKeeping, version 1") == (
        Block("quotation", ("We keep <bills>.", " two"), "Keeping, version 1"),
    )


def test_a_list_right_below_a_sentence_is_a_block_of_its_own():
    assert [one.kind for one in blocks("We hold:\n- bills\n\nSays:\n> this")] == [
        "paragraph",
        "bullets",
        "paragraph",
        "quotation",
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("48213907", "code"),
        (" 48213907 ", "code"),
        ("4821390", "paragraph"),
        ("482139071", "paragraph"),
        ("٤٨٢١٣٩٠٧", "paragraph"),
        ("https://desk.example/verify/abc", "link"),
        ("https://desk.example/verify/abc now", "paragraph"),
        ("javascript:alert(1)", "paragraph"),
        ("-no list", "paragraph"),
    ],
)
def test_what_a_line_of_its_own_is(line, kind):
    assert [one.kind for one in blocks(f"Hello,\n\n{line}\n\nBye")] == ["paragraph", kind, "paragraph"]


@given(st.text(alphabet=st.sampled_from("a >-*•1\n\r\t"), max_size=200))
def test_any_text_has_blocks_and_loses_no_letter(text):
    kept = "".join(line for one in blocks(text) for line in (*one.lines, one.source))
    assert kept.count("a") == text.count("a")
    assert kept.count("1") == text.count("1")


def test_what_needs_no_proof_is_known():
    context = LetterContext(organisation="Acme", request_types=(RequestType.DELETION, RequestType.OPT_OUT))
    assert context.free_types == (RequestType.OPT_OUT,)


def test_quotations_are_grouped_by_section_in_their_order():
    one, two, three = (Statement(f"{s}/{n}", s, n) for s, n in (("B", "1"), ("A", "2"), ("B", "3")))
    context = LetterContext(organisation="Acme", excerpts=(one, two, three))
    assert context.quotations == (("B", (one, three)), ("A", (two,)))
