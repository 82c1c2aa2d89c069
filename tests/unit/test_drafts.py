"""Who may let a draft go."""

from dataclasses import replace

import pytest

from bot.domain.disclosure import Kind
from bot.domain.drafts import Approval, Draft, approve, digest, missing
from bot.domain.vocabulary import RequestType

DIGEST = digest("ida@example.org", "Your request", "Dear Ida")
FOUR_EYES = frozenset({RequestType.DELETION, RequestType.ACCESS})
PLAIN = Draft((RequestType.OPT_OUT,), "U0ANN", (), DIGEST)
GRAVE = Draft((RequestType.OPT_OUT, RequestType.DELETION), "U0ANN", (), DIGEST)


def verdict(draft: Draft, approver: str, **facts: str | None) -> Approval | str:
    return approve(draft, approver, DIGEST, four_eyes=FOUR_EYES, **facts)


def test_an_ordinary_draft_needs_one_approval_its_authors_will_do() -> None:
    assert verdict(PLAIN, "U0ANN") == Approval(replace(PLAIN, approvals=("U0ANN",)), complete=True)


def test_a_grave_draft_needs_its_author_and_another() -> None:
    assert "second person" in str(verdict(GRAVE, "U0ANN"))
    assert verdict(GRAVE, "U0BEA") == Approval(replace(GRAVE, approvals=("U0BEA",)), complete=True)


def test_a_grave_draft_without_an_author_needs_two_approvals() -> None:
    first = verdict(replace(GRAVE, author=None), "U0ANN")
    assert isinstance(first, Approval)
    assert not first.complete
    assert "second person" in str(verdict(first.draft, "U0ANN"))
    assert verdict(first.draft, "U0BEA") == Approval(
        replace(first.draft, approvals=("U0ANN", "U0BEA")), complete=True
    )


def test_who_verified_by_hand_does_not_approve_a_grave_draft() -> None:
    assert "You verified this requester" in str(verdict(GRAVE, "U0BEA", verified_by="U0BEA"))
    assert isinstance(verdict(GRAVE, "U0CAT", verified_by="U0BEA"), Approval)


@pytest.mark.parametrize("draft", [PLAIN, GRAVE])
def test_nobody_approves_the_answer_to_their_own_request(draft: Draft) -> None:
    assert "your own request" in str(verdict(draft, "U0BEA", requester="U0BEA"))


@pytest.mark.parametrize("state", ["approved", "discarded"])
def test_a_draft_that_is_done_with_is_not_approved_again(state: str) -> None:
    assert verdict(replace(PLAIN, state=state), "U0BEA") == f"This draft is {state} already."


@pytest.mark.parametrize("shown", ["", "0" * 64, DIGEST + "0"])
def test_an_approval_of_something_else_does_not_count(shown: str) -> None:
    assert "has changed" in str(approve(PLAIN, "U0BEA", shown, four_eyes=FOUR_EYES))


def test_the_beginning_of_the_digest_names_the_draft() -> None:
    assert isinstance(approve(PLAIN, "U0BEA", DIGEST[:16], four_eyes=FOUR_EYES), Approval)


def test_an_approval_is_bound_to_recipient_subject_text_and_attachments() -> None:
    versions = {
        DIGEST,
        digest("eve@example.net", "Your request", "Dear Ida"),
        digest("ida@example.org", "Another", "Dear Ida"),
        digest("ida@example.org", "Your request", "Dear Ida "),
        digest("ida@example.org", "Your request", "Dear Ida", ["a" * 64]),
        digest("ida@example.org", "Your request", "Dear Ida", ["b" * 64]),
    }
    assert len(versions) == 6


def test_parts_of_what_is_approved_cannot_be_shifted_into_each_other() -> None:
    assert digest("a", "b", "c") != digest("a", 'b", "c', "")


@pytest.mark.parametrize(
    ("draft", "left"),
    [
        (Draft((RequestType.OPT_OUT,), "U0ADA", (), DIGEST), 1),
        (Draft((RequestType.OPT_OUT,), None, (), DIGEST), 1),
        (Draft((RequestType.ACCESS,), "U0ADA", (), DIGEST), 1),
        (Draft((RequestType.ACCESS,), None, (), DIGEST), 2),
        (Draft((RequestType.ACCESS,), None, ("U0BEN",), DIGEST), 1),
        (Draft((RequestType.ACCESS,), "U0ADA", ("U0BEN",), DIGEST), 0),
        (Draft((RequestType.OPT_OUT,), None, (), DIGEST, discloses=(Kind.IBAN,)), 2),
    ],
)
def test_a_draft_says_how_many_approvals_are_still_to_come(draft: Draft, left: int) -> None:
    assert missing(draft, FOUR_EYES) == left


def test_an_approval_is_complete_when_none_is_missing_any_longer() -> None:
    draft = Draft((RequestType.ACCESS,), None, (), DIGEST)
    for approver in ("U0ADA", "U0BEN"):
        approval = approve(draft, approver, draft.digest, four_eyes=FOUR_EYES)
        assert isinstance(approval, Approval)
        draft = approval.draft
        assert approval.complete == (missing(draft, FOUR_EYES) == 0)
