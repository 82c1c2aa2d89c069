"""A refusal, and what may come of it: an appeal or a complaint with a clock of its own, and its decision."""

import pytest

from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from handlers import actions
from handlers.approvals import approve_draft, edit_draft
from handlers.showing import card_of
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, UNSUBSCRIBE, Bench, text_of

APPEAL = "I appeal against your decision. Zanzibar was never a customer of yours."
COMPLAIN = "I want to complain about how you handle my personal data."
BILLS = "Tax law has us keep bills for ten years."
COMPLAINT = RequestType.COMPLAINT


async def approve_last(bench: Bench) -> None:
    draft = (await bench.drafts())[-1]
    await approve_draft(bench.desk, draft.id, BEN, draft.digest)


async def refused(bench: Bench, law: str = "us_va") -> str:
    """A ticket that was closed with a refusal; its reference."""
    reference = (await bench.case(await bench.write(UNSUBSCRIBE))).reference
    if law != "gdpr":
        await actions.set_law(bench.desk, reference, ADA, law, "They live there.")
    await actions.propose(bench.desk, reference, ADA, Outcome.DENIED, BILLS)
    await approve_last(bench)
    return reference


async def reply(bench: Bench, text: str, **options: str) -> None:
    """The requester answers the last letter, ten days later."""
    bench.clock.forward(days=10)
    await bench.write(text, answers=(await bench.letters())[-1], **options)


async def decide(bench: Bench, reference: str, outcome: Outcome, reason: str = BILLS) -> None:
    await actions.set_types(bench.desk, reference, ADA, [COMPLAINT])
    await actions.propose(bench.desk, reference, ADA, outcome, reason)
    await approve_last(bench)


# ---- refused -----------------------------------------------------------------------------------------------


async def test_a_refusal_leaves_with_its_reasons_and_the_routes_of_the_law(bench):
    await refused(bench)
    text = text_of((await bench.letters())[-1])
    assert (await bench.kinds())[-1] == "denied"
    assert BILLS in text
    for route in bench.desk.laws["us_va"].routes:
        assert route.cited in text
    assert "Attorney General of Virginia" in text


async def test_a_refusal_that_misquotes_the_policy_cannot_leave(bench):
    reference = (await bench.case(await bench.write(UNSUBSCRIBE))).reference
    await actions.propose(bench.desk, reference, ADA, Outcome.DENIED, BILLS)
    draft = (await bench.drafts())[-1]
    text = await bench.draft_text(draft)
    quoted = next(line for line in text.splitlines() if line.startswith("> "))
    with pytest.raises(Refused, match="quotes the policy wrongly"):
        await edit_draft(
            bench.desk, draft.id, ADA, draft.digest, text.replace(quoted, quoted.replace(".", " never."))
        )
    assert "denied" not in await bench.kinds()


# ---- appealed ----------------------------------------------------------------------------------------------


async def test_an_appeal_after_a_refusal_is_told_so_and_has_the_clock_of_its_law(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL)
    case = await bench.case(reference)
    appeal = case.requests[-1]
    assert (case.row.status, appeal.type, appeal.appeal) == ("triage", "complaint", True)
    assert str(appeal.due_at) == str(case.row.due_at) == "2026-05-11"  # 60 days from 12 March
    assert "59.1-577(C)" in case.row.due_rule
    text = text_of((await bench.letters())[-1])
    assert (await bench.kinds())[-1] == "appeal_received"
    assert "You will have our answer by 11 May 2026. Why this day: Va. Code 59.1-577(C): 60 days" in text
    assert "Zanzibar" not in text


async def test_the_journal_and_the_card_know_it_for_an_appeal(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL)
    case = await bench.case(reference)
    (added,) = [each.detail for each in await bench.journal(case) if each.event == "added"]
    assert (added["appeal"], added["types"]) == (True, ["complaint"])
    assert card_of(bench.desk, case).request_types == ("opt_out", "appeal")


async def test_once_staff_have_looked_the_decision_stands_as_a_draft_with_gaps(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL)
    assert await bench.drafts() == []
    await actions.set_types(bench.desk, reference, ADA, [COMPLAINT])
    (draft,) = await bench.drafts()
    assert (draft.letter, draft.author, draft.outcome) == ("appeal_decided", None, "answered")
    with pytest.raises(Refused, match="gap"):
        await approve_draft(bench.desk, draft.id, BEN, draft.digest)
    assert str((await bench.case(reference)).row.due_at) == "2026-05-11"


async def test_an_appeal_that_is_denied_says_why_and_how_to_reach_the_attorney_general(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL)
    await decide(bench, reference, Outcome.DENIED)
    letter = (await bench.letters())[-1]
    text = text_of(letter)
    assert "your appeal is denied" in text
    assert BILLS in text
    assert "complaint about this decision to the Attorney General (Va. Code 59.1-577(C))" in text
    assert "the Attorney General of Virginia, https://" in text
    assert letter["Auto-Submitted"] is None
    row = (await bench.case(reference)).row
    assert (row.status, row.outcome) == ("closed", "denied")


async def test_an_appeal_that_is_granted_opens_anew_what_was_refused(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL)
    await decide(bench, reference, Outcome.FULFILLED, "You were right.")
    assert "your appeal is granted" in text_of((await bench.letters())[-1])
    case = await bench.case(reference)
    assert (case.row.status, case.ticket().open_types) == ("open", (RequestType.OPT_OUT,))
    (draft,) = await bench.drafts()
    assert (draft.letter, draft.request_types) == ("fulfilled", ["opt_out"])
    await approve_last(bench)
    assert (await bench.case(reference)).row.status == "closed"


async def test_the_law_of_colorado_extends_an_appeal_by_sixty_days(bench):
    reference = await refused(bench, "us_co")
    await reply(bench, APPEAL)
    await actions.set_types(bench.desk, reference, ADA, [COMPLAINT])
    await actions.extend(bench.desk, reference, ADA, "Two archives are in storage.")
    text = await bench.draft_text((await bench.drafts())[-1])
    assert "You were to have our answer by 27 April 2026." in text  # 45 days from 12 March, a Sunday
    assert "You will have our answer by 25 June 2026." in text
    await approve_last(bench)
    assert str((await bench.case(reference)).row.due_at) == "2026-06-25"


async def test_an_appeal_in_an_open_ticket_has_its_decision_drafted_at_once(bench):
    reference = (await bench.case(await bench.write(UNSUBSCRIBE))).reference
    await actions.propose(bench.desk, reference, ADA, Outcome.DENIED, BILLS)
    await reply(bench, ERASE)
    await approve_last(bench)
    await reply(bench, APPEAL)
    case = await bench.case(reference)
    assert (case.row.status, case.ticket().open_types) == ("open", (RequestType.DELETION, COMPLAINT))
    assert (await bench.kinds())[-1] == "appeal_received"
    assert [each.letter for each in await bench.drafts()] == ["appeal_decided"]


@pytest.mark.parametrize(("law", "due"), [("gdpr", "2026-04-13"), ("ccpa", "2026-04-26"), ("us_ut", "2026-04-26")])
async def test_where_the_law_has_no_appeals_one_is_counted_as_a_complaint(bench, law, due):
    reference = await refused(bench, law)
    await reply(bench, APPEAL)
    assert str((await bench.case(reference)).row.due_at) == due
    assert (await bench.kinds())[-1] == "appeal_received"


async def test_before_a_refusal_the_words_of_an_appeal_open_nothing(bench):
    case = await bench.proven()
    await reply(bench, APPEAL)
    assert (await bench.case(case.reference)).ticket().types == (RequestType.DELETION,)


async def test_an_appeal_from_another_address_changes_nothing(bench):
    reference = await refused(bench)
    await reply(bench, APPEAL, sender=EVE)
    row = (await bench.case(reference)).row
    assert (row.status, row.outcome) == ("closed", "denied")
    assert "appeal_received" not in await bench.kinds()


# ---- complained --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("law", "due"), [("uk_gdpr", "2026-04-13"), ("dpdp", "2026-06-10")])
async def test_a_complaint_after_closure_has_the_clock_of_its_law(bench, law, due):
    reference = await refused(bench, law)
    await reply(bench, COMPLAIN)
    case = await bench.case(reference)
    assert (case.row.status, case.ticket().open_types, case.ticket().appealed) == ("triage", (COMPLAINT,), False)
    assert str(case.row.due_at) == due
    assert (await bench.kinds())[-1] == "complaint_received"


async def test_a_complaint_in_an_open_ticket_says_its_own_day_and_not_that_of_the_rest(bench):
    case = await bench.proven()
    await reply(bench, COMPLAIN)
    text = text_of((await bench.letters())[-1])
    assert "by 13 April 2026" in text  # a month from 12 March; the rest is due on 2 April
    assert str((await bench.case(case.reference)).row.due_at) == "2026-04-02"
    assert {each.letter for each in await bench.drafts()} == {"fulfilled", "complaint_decided"}


async def test_a_complaint_is_decided_and_leads_to_the_authority(bench):
    reference = (await bench.case(await bench.write(COMPLAIN))).reference
    await actions.set_law(bench.desk, reference, ADA, "uk_gdpr", "They live there.")
    await actions.propose(bench.desk, reference, ADA, Outcome.FULFILLED, "We wrote to you twice by mistake.")
    await approve_last(bench)
    text = text_of((await bench.letters())[-1])
    assert "your complaint is justified." in text
    assert "You may complain to the Information Commissioner (UK GDPR Art. 12(4), 77)." in text
    assert "You may complain to us" not in text
    assert (await bench.case(reference)).row.outcome == "fulfilled"


async def test_denying_a_right_leaves_the_complaint_beside_it_open(bench):
    case = await bench.proven()
    await reply(bench, COMPLAIN)
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, BILLS)
    await approve_last(bench)
    assert (await bench.case(case.reference)).ticket().open_types == (COMPLAINT,)


# ---- extended ----------------------------------------------------------------------------------------------


async def test_a_canadian_notice_of_extension_leaves_with_the_day_the_reason_and_the_right_to_complain(bench):
    case = await bench.proven()
    await actions.set_law(bench.desk, case.reference, ADA, "pipeda", "They live there.")
    await actions.extend(bench.desk, case.reference, ADA, "Two archives are in storage.")
    await approve_last(bench)
    text = text_of((await bench.letters())[-1])
    assert "You were to have our answer by 1 April 2026." in text
    assert "You will have our answer by 1 May 2026." in text
    assert "Two archives are in storage." in text
    assert "about this extension (PIPEDA s. 8(4))" in text
