from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import PolicyError, misquotations, parse_any, read_policy
from bot.domain.policy_source import one_line_ending
from bot.domain.vocabulary import RequestType

TEMPLATES = Path(__file__).parents[2] / "templates"
SOURCE = (TEMPLATES / "policy.md").read_text(encoding="utf-8")
ABOUT = (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
POLICY = read_policy(SOURCE, ABOUT)

SMALL = "# Rules\n\nWhat we do.\n\n## Keeping\n\nWe keep little.\n\n- We keep bills.\n- We keep no\n  letters.\n"
HEAD = 'version = "2"\ndate = 2026-05-04\n'


def test_the_policy_has_eight_sections_of_four_statements():
    assert POLICY.title == "Privacy Policy"
    assert [len(group) for _, group in POLICY.sections()] == [4] * 8


def test_every_statement_is_a_bullet_of_the_source_byte_for_byte():
    bullets = [line.removeprefix("- ") for line in SOURCE.splitlines() if line.startswith("- ")]
    assert [one.text for one in POLICY.statements] == bullets


def test_the_words_of_the_policy_are_the_published_ones():
    assert POLICY.version == "1-11c2de96", "the policy has changed: give it a new version and date"


def test_a_statement_carries_the_sentence_that_introduces_its_list():
    statement = POLICY.statement("retention-and-deletion/billing-records-retained")
    assert statement is not None
    assert statement.text == "Billing records are retained for audit and compliance needs."
    assert statement.lead.startswith("Retention periods vary")


def test_an_anchor_keeps_when_another_statement_is_added_before_it():
    more = SOURCE.replace("- Billing records are", "- Letters are burnt.\n- Billing records are")
    anchors = {one.anchor for one in read_policy(more, None).statements}
    assert {one.anchor for one in POLICY.statements} < anchors


def test_statements_that_begin_alike_have_different_anchors():
    policy = read_policy("## A\n- Same words here again.\n- Same words here too.\n", None)
    assert [one.anchor for one in policy.statements] == ["a/same-words-here", "a/same-words-here.2"]


def test_the_version_changes_with_any_word():
    assert read_policy(SOURCE.replace("regularly", "rarely"), ABOUT).version != POLICY.version


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    assert read_policy("\ufeff" + SOURCE.replace("\n", "\r\n"), ABOUT).version == POLICY.version


def test_statements_go_with_request_types_in_order_and_once():
    found = POLICY.for_request([RequestType.OPT_OUT, RequestType.DELETION, RequestType.OPT_OUT])
    assert found[0].text == "We do not sell personal data for unrelated advertising purposes."
    assert "Deletion requests are handled subject to legal obligations." in [one.text for one in found]
    assert len(found) == len(set(found))


def test_a_request_type_without_statements_has_none():
    assert POLICY.for_request([RequestType.NOT_PRIVACY]) == ()


def test_the_inventory_covers_all_that_the_policy_says_is_collected():
    collected = dict(POLICY.sections())
    named = {one.named_by for one in POLICY.inventory.categories}
    for section in ("Information we collect", "Usage and technical telemetry"):
        assert {one.anchor for one in collected[section]} <= named


def test_a_wrapped_bullet_keeps_its_line_end():
    assert [one.text for one in read_policy(SMALL, None).statements] == [
        "We keep bills.",
        "We keep no\n  letters.",
    ]


def test_a_date_and_label_come_from_the_companion():
    policy = read_policy(SMALL, HEAD)
    assert policy.version.startswith("2-")
    assert policy.date == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("about", "fault"),
    [
        ("version = ", "policy.toml: Invalid value"),
        ("date = 2026-05-04", "policy.toml: version: expected a short label"),
        ('version = "2"\ndate = "May"', "policy.toml: date: expected a day"),
        (HEAD + "requests = 3", "policy.toml: requests: expected a table"),
        (HEAD + "colour = 3", "policy.toml: colour: unknown"),
        (HEAD + '[requests]\nvisit = ["keeping/keep-bills"]', "policy.toml: requests.visit: no such request type"),
        (HEAD + "[requests]\naccess = []", "policy.toml: requests.access: expected a list"),
        (HEAD + '[requests]\naccess = ["keeping/x"]', "no statement has the anchor 'keeping/x'"),
        (HEAD + "[requests]\naccess = [7]", "no statement has the anchor 7"),
        (HEAD + '[inventory.bills]\nname = "Bills"', "policy.toml: inventory.bills: expected exactly"),
        (HEAD + "[inventory]\nbills = 1", "policy.toml: inventory.bills: expected exactly"),
    ],
)
def test_a_fault_in_the_companion_is_one_line_that_names_it(about, fault):
    with pytest.raises(PolicyError) as raised:
        read_policy(SMALL, about)
    assert len(raised.value.lines) == 1
    assert fault in raised.value.lines[0]


def test_all_faults_are_told_at_once():
    about = 'version = ""\n[requests]\naccess = ["x"]\n[inventory.y]\nname = "Y"\nnamed_by = "x"\n'
    about += 'on_deletion = "burnt"\nmeaning = "gone"\nsays = "x"\n'
    with pytest.raises(PolicyError) as raised:
        read_policy(SMALL, about)
    assert len(raised.value.lines) == 4


def test_a_policy_without_statements_is_refused():
    with pytest.raises(PolicyError, match="no statement in it"):
        read_policy("# Title\n\nIntroduction only.\n", None)


def test_plain_text_with_headings_is_read():
    policy = parse_any("Our policy\nWhat we hold\nWe hold names.\n* bills\nHow long\nThree years.\n")
    assert policy.title == "Our policy"
    assert [(one.section, one.text) for one in policy.statements] == [
        ("What we hold", "We hold names."),
        ("What we hold", "bills"),
        ("How long", "Three years."),
    ]


def test_numbered_headings_of_plain_text_are_headings():
    policy = parse_any("1. Scope\nThis is for everybody.\n2. Rights\nYou have some.\n")
    assert [one.section for one in policy.statements] == ["1. Scope", "2. Rights"]


def test_paragraphs_of_any_markdown_policy_are_statements():
    policy = parse_any("# P\n\nHello\nthere.\n\n## S\n\nWe hold:\n\n1. names\n2) bills\n\n---\n\nEnd.\n")
    assert [one.text for one in policy.statements] == ["Hello\nthere.", "We hold:", "names", "bills", "End."]


@given(st.text(alphabet=st.sampled_from("ab.#-* \n\r\t1)=é\ufeff"), max_size=300))
def test_any_text_is_read_and_its_statements_are_slices_of_it(text):
    policy = parse_any(text)
    anchors = [one.anchor for one in policy.statements]
    assert len(anchors) == len(set(anchors))
    assert all(one.text and one.text in one_line_ending(text) for one in policy.statements)


@pytest.mark.parametrize("line", ["# " + " a" * 500_000, "#" * 1_000_000, " " * 1_000_000 + "x", "1" * 1_000_000])
def test_a_line_of_a_megabyte_is_read(line):
    assert len(parse_any(f"{line}\ntext").statements) >= 1


def test_a_letter_that_quotes_rightly_misquotes_nothing():
    quoted = "\n".join(f"> {one.text}" for one in POLICY.statements)
    assert misquotations(f"Hello,\n\n{quoted}\nsource\n\nBye", POLICY) == ()


@pytest.mark.parametrize(
    "line",
    [
        "> Billing records are retained for audit and compliance needs",
        "> billing records are retained for audit and compliance needs.",
        ">Billing records are retained for audit and compliance needs.",
        ">  Billing records are retained for audit and compliance needs.",
        "  > Billing records are kept for ever.",
        "> Billing records are retained\u00a0for audit and compliance needs.",
        ">",
    ],
)
def test_a_quotation_that_differs_in_one_character_is_found(line):
    assert misquotations(f"Hello,\r\n\r\n{line}\r\n\r\nBye", POLICY) == (line,)


def test_a_statement_of_two_lines_must_be_quoted_whole():
    policy = read_policy(SMALL, None)
    assert misquotations("> We keep no\n>   letters.\n> We keep bills.", policy) == ()
    assert misquotations("> We keep no", policy) == ("> We keep no",)
