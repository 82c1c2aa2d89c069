"""The ladder of proof, and the codes that climb it."""

import re

import pytest

from bot.domain.identity import LADDER, Proof, needs_code, new_code, proof_needed
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
