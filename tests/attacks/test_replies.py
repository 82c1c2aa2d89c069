"""Attacks on what leaves: staff are led to send what they should not, or to whom they should not."""

from dataclasses import replace

import pytest

from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from handlers import actions
from handlers.approvals import ReasonNeeded, approve_draft, edit_draft
from tests.handlers.conftest import ADA, BEN, UNSUBSCRIBE, Bench, bench

assert bench

CARD = "The card on file is 4111 1111 1111 1111."
REASON = "The requester asked for it by post and lost it."


async def _edited(bench: Bench, text: str):
    """A draft that needs one approval, with this line added by Ada."""
    await bench.write(UNSUBSCRIBE)
    (draft,) = await bench.drafts()
    await edit_draft(bench.desk, draft.id, ADA, draft.digest, f"{await bench.draft_text(draft)}\n{text}")
    return (await bench.drafts())[0]


async def test_t74_a_card_number_in_a_reply_needs_a_reason(bench):
    draft = await _edited(bench, CARD)
    with pytest.raises(ReasonNeeded, match="a payment card number"):
        await approve_draft(bench.desk, draft.id, BEN, draft.digest)


async def test_t74_a_card_number_in_a_reply_needs_a_second_person(bench):
    draft = await _edited(bench, CARD)
    with pytest.raises(Refused, match="second person"):
        await approve_draft(bench.desk, draft.id, ADA, draft.digest, REASON)
    assert "on its way" in await approve_draft(bench.desk, draft.id, BEN, draft.digest, REASON)


async def test_t74_what_was_disclosed_is_in_the_journal_and_the_reason_is_sealed(bench):
    draft = await _edited(bench, CARD)
    await approve_draft(bench.desk, draft.id, BEN, draft.digest, REASON)
    (case,) = await bench.cases()
    approved = next(each for each in await bench.journal(case) if each.event == "approved")
    assert approved.detail["discloses"] == ["payment_card"]
    assert "lost it" not in str([each.detail for each in await bench.journal(case)])
    assert await bench.heard(case, "note") == [REASON]


async def test_t74_the_address_of_somebody_else_in_a_reply_needs_a_reason(bench):
    draft = await _edited(bench, "We asked bob@stranger.example about you.")
    with pytest.raises(ReasonNeeded, match="not the requester's"):
        await approve_draft(bench.desk, draft.id, BEN, draft.digest)


async def test_t74_californian_law_lets_no_card_number_out_whoever_approves(bench):
    strict = replace(bench, desk=replace(bench.desk, default_law="ccpa"))
    draft = await _edited(strict, CARD)
    with pytest.raises(Refused, match="forbids to disclose a payment card number"):
        await approve_draft(strict.desk, draft.id, BEN, draft.digest, REASON)


async def test_t52_an_approval_of_another_text_does_not_count(bench):
    await bench.write(UNSUBSCRIBE)
    (draft,) = await bench.drafts()
    seen = draft.digest
    await edit_draft(bench.desk, draft.id, ADA, seen, f"{await bench.draft_text(draft)}\nAnd more.")
    with pytest.raises(Refused, match="has changed"):
        await approve_draft(bench.desk, draft.id, BEN, seen)


async def test_t53_the_author_of_an_answer_to_a_deletion_does_not_approve_it_alone(bench):
    case = await bench.proven()
    strict = replace(bench.desk, four_eyes=frozenset(case.ticket().types))
    await actions.propose(strict, case.reference, ADA, Outcome.FULFILLED)
    (draft,) = await bench.drafts()
    with pytest.raises(Refused, match="second person"):
        await approve_draft(strict, draft.id, ADA, draft.digest)
