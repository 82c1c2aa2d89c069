"""Which ticket a mail belongs to, and what proves nothing."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.correlation import (
    Candidate,
    Evidence,
    Match,
    correlate,
    named_in,
    new_message_id,
    new_reference,
    threads_of,
    ticket_of,
)
from bot.domain.mail import Mail

SECRET = bytes(range(32))
MINE, OTHER = "PR-7K3MX9QD", "PR-00000001"


def a_mail(**facts: Any) -> Mail:
    return Mail(**{"subject": "Re: your request", "text": "Hello", **facts})


def test_references_are_random_crockford_base32() -> None:
    references = {new_reference() for _ in range(200)}
    assert len(references) == 200
    assert all(re.fullmatch(r"PR-[0-9A-HJKMNP-TV-Z]{8}", each) for each in references)


def test_our_message_ids_name_their_ticket_and_never_repeat() -> None:
    ids = {new_message_id(MINE, "desk.example", SECRET) for _ in range(20)}
    assert len(ids) == 20
    assert {ticket_of(each, SECRET) for each in ids} == {MINE}
    assert all(each.endswith("@desk.example") for each in ids)


@given(st.text(max_size=120) | st.from_regex(r"pr-[0-9a-z]{8}\.[a-z2-7]{16}\.[a-z2-7]{26}@d", fullmatch=True))
def test_a_message_id_that_anybody_made_up_is_not_ours(message_id: str) -> None:
    assert ticket_of(message_id, SECRET) is None


@given(at=st.integers(0, 52), to=st.sampled_from("abc234-."))
def test_a_changed_character_makes_it_nobodys(at: int, to: str) -> None:
    ours = new_message_id(MINE, "desk.example", SECRET)
    changed = ours[:at] + to + ours[at + 1 :]
    assert changed == ours or ticket_of(changed, SECRET) is None


def test_the_token_of_one_ticket_does_not_serve_for_another_nor_under_another_secret() -> None:
    ours = new_message_id(MINE, "desk.example", SECRET)
    assert ticket_of(ours.replace(MINE.lower(), OTHER.lower()), SECRET) is None
    assert ticket_of(ours, b"another secret") is None


def test_threads_are_listed_nearest_first_and_once() -> None:
    first, second = (new_message_id(each, "desk.example", SECRET) for each in (OTHER, MINE))
    mail = a_mail(in_reply_to=("their@own",), references=(first, "x@y", second, second))
    assert threads_of(mail, SECRET) == (MINE, OTHER)


def test_names_are_found_in_subject_and_text_as_whole_words() -> None:
    mail = a_mail(subject=f"[{MINE}] hello", text=f"about {OTHER}, {MINE} and PR-00000001X or XPR-00000002")
    assert named_in(mail) == (MINE, OTHER)


def test_a_token_and_the_requesters_address_are_evidence() -> None:
    found = correlate(a_mail(), [MINE], [Candidate(MINE, True, False)], contradicted=False)
    assert found == Match(Evidence.THREAD, MINE, (MINE,))


def test_a_right_code_from_its_address_is_evidence_by_itself() -> None:
    found = correlate(a_mail(), [], [Candidate(MINE, True, True)], contradicted=False)
    assert (found.evidence, found.reference) == (Evidence.CODE, MINE)


@pytest.mark.parametrize(
    ("threads", "candidates", "contradicted"),
    [
        ([MINE], [Candidate(MINE, False, False)], False),
        ([MINE], [Candidate(MINE, True, True)], True),
        ([], [Candidate(MINE, True, False)], False),
        ([MINE], [], False),
    ],
    ids=["another sender", "sender forged", "a name only", "a ticket that is not there"],
)
def test_what_is_no_evidence(threads: list[str], candidates: list[Candidate], contradicted: bool) -> None:
    mail = a_mail(subject=f"Re: [{MINE}]")
    found = correlate(mail, threads, candidates, contradicted=contradicted)
    assert found == Match(Evidence.NONE, None, (MINE,)), "named for staff, and no more"


def test_of_several_threads_the_nearest_that_is_proven_counts() -> None:
    candidates = [Candidate(OTHER, False, False), Candidate(MINE, True, False)]
    assert correlate(a_mail(), [OTHER, MINE], candidates, contradicted=False).reference == MINE
