"""The ladder of proof, and codes in what people write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import LADDER, Proof, code_in, mask_codes, needs_code, new_code, proof_needed
from bot.domain.vocabulary import RequestType


def test_every_request_type_has_its_rung_and_its_reason() -> None:
    assert set(LADDER) == set(RequestType)
    assert all(rung.why for rung in LADDER.values())


@pytest.mark.parametrize(
    ("proof", "types"),
    [
        (Proof.ON_FILE, {"access", "portability", "deletion", "correction"}),
        (Proof.MAILBOX, {"objection", "restriction", "status_inquiry"}),
        (Proof.NONE, {"consent_withdrawal", "opt_out", "complaint", "policy_question", "not_privacy"}),
    ],
)
def test_what_must_be_shown_for_each_request(proof: Proof, types: set[str]) -> None:
    assert {each.value for each in RequestType if proof_needed(each) is proof} == types


@pytest.mark.parametrize(
    ("types", "mailbox_proven", "needed"),
    [
        ((), False, False),
        ((RequestType.OPT_OUT,), False, False),
        ((RequestType.OBJECTION,), False, True),
        ((RequestType.OBJECTION,), True, False),
        ((RequestType.DELETION,), True, True),
        ((RequestType.OPT_OUT, RequestType.ACCESS), True, True),
    ],
)
def test_a_code_is_needed_for_the_highest_rung_that_nothing_else_serves(
    types: tuple[RequestType, ...], mailbox_proven: bool, needed: bool
) -> None:
    assert needs_code(types, mailbox_proven=mailbox_proven) is needed


def test_codes_are_eight_digits_and_differ() -> None:
    codes = {new_code() for _ in range(50)}
    assert all(re.fullmatch(r"[0-9]{8}", each) for each in codes)
    assert len(codes) > 45


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "1234 5678",
        "1234-5678",
        "My code is 12345678.",
        "(12345678)",
        "*12345678*",
        "Hello,\n\n12345678\n\nIda",
        "code: 12345678, thanks",
        "12345678 and not 87654321",
    ],
)
def test_eight_digits_that_stand_alone_are_a_code(text: str) -> None:
    assert code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567",
        "123456789",
        "A12345678",
        "12345678B",
        "12.345678",
        "EUR 12345678,50",
        "https://example.org/12345678",
        "12345678/2",
        "+12345678",
        "1234  5678",
        "1234\n5678",
        "1234.5678",
        "0170-1234-5678",
        "1234-5678-9012",
        "030 1234 5678",
        "1234 5678 9012 3456",
        "+49 30 1234 5678",
    ],
)
def test_digits_that_belong_to_something_longer_are_no_code(text: str) -> None:
    assert code_in(text) is None


def test_a_number_of_another_kind_does_not_hide_the_code() -> None:
    assert code_in("Call me on 030 1234 5678. The code is 87654321.") == "87654321"


@pytest.mark.parametrize("text", ["Your code: 12345678", "1234 5678", "1234-5678"])
def test_a_masked_text_holds_no_code(text: str) -> None:
    masked = mask_codes(text)
    assert "********" in masked
    assert not re.search(r"\d", masked)


@given(st.text(alphabet="0123456789 -.\nab", max_size=80))
def test_no_text_holds_a_code_once_it_is_masked(text: str) -> None:
    assert code_in(mask_codes(text)) is None


@given(code=st.integers(0, 10**8 - 1).map("{:08d}".format), before=st.sampled_from(["", "Code: ", "It is\n"]))
def test_any_code_is_found_where_it_stands_alone(code: str, before: str) -> None:
    assert code_in(f"{before}{code}\nIda") == code
    assert code_in(f"{before}{code[:4]} {code[4:]}") == code
