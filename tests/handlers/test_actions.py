"""What staff do with a ticket. Nothing here sends anything but what an event sends by itself."""

import pytest

from bot.domain.events import Added, Asked, Closed, Extended
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import cases
from handlers import actions
from handlers.approvals import approve_draft
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, UNSUBSCRIBE, Bench, code_of, text_of

ODD = "There is something odd with my personal data."
LIST = [("List-Id", "<talk.lists.example>"), ("Precedence", "list")]


async def opened(bench: Bench, text: str = ERASE, **how) -> str:
    return (await bench.case(await bench.write(text, **how))).reference


async def row(bench: Bench, reference: str):
    return (await bench.case(reference)).row


# ---- saying what it is -------------------------------------------------------------------------------------


async def test_saying_what_it_is_brings_it_out_of_triage_with_a_code_where_one_is_needed(bench):
    reference = await opened(bench, ODD)
    await actions.set_types(bench.desk, reference, ADA, ["access"])
    assert (await row(bench, reference)).status == "verifying"
    assert await bench.kinds() == ["acknowledgement_neutral", "acknowledgement"]


async def test_the_clock_of_what_staff_sorted_runs_from_the_letter(bench):
    reference = await opened(bench, ODD)
    due = (await row(bench, reference)).due_at
    bench.clock.forward(days=5)
    await actions.set_types(bench.desk, reference, ADA, ["access"])
    assert (await row(bench, reference)).due_at == due


@pytest.mark.parametrize("types", [[], ["nonsense"]])
async def test_types_that_are_none_are_refused(bench, types):
    reference = await opened(bench, ODD)
    with pytest.raises(Refused, match="at least one"):
        await actions.set_types(bench.desk, reference, ADA, types)


async def test_a_lists_mail_stays_quiet_whatever_staff_say(bench):
    reference = await opened(bench, ERASE, headers=LIST)
    await actions.set_types(bench.desk, reference, ADA, ["deletion"])
    assert (await row(bench, reference)).status == "verifying"
    assert await bench.kinds() == []


# ---- taking, vouching --------------------------------------------------------------------------------------


async def test_who_takes_a_ticket_is_on_its_card_and_on_record(bench):
    reference = await opened(bench)
    await actions.assign(bench.desk, reference, ADA, BEN)
    case = await bench.case(reference)
    assert case.row.assignee == BEN
    entry = (await bench.journal(case))[-1]
    assert (entry.actor, entry.event, entry.detail) == (ADA, "assigned", {"assignee": BEN})


async def test_vouching_proves_and_keeps_the_reason_out_of_the_journal(bench):
    reference = await opened(bench)
    await actions.vouch(bench.desk, reference, ADA, "Robin called us.")
    case = await bench.case(reference)
    assert (case.row.status, case.row.verified_by) == ("open", ADA)
    assert await bench.heard(case, "note") == ["Robin called us."]
    assert "Robin" not in repr([each.detail for each in await bench.journal(case)])


async def test_what_is_closed_is_not_vouched_for(bench):
    reference = await opened(bench)
    await bench.happen(reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    with pytest.raises(Refused, match="closed"):
        await actions.vouch(bench.desk, reference, ADA, "Robin called us.")
    assert (await row(bench, reference)).verified_by is None
    assert await bench.heard(await bench.case(reference), "note") == []


# ---- proposing an answer -----------------------------------------------------------------------------------


async def test_a_fulfilment_speaks_of_what_is_proven_only(bench):
    reference = await opened(bench, UNSUBSCRIBE)
    await bench.happen(reference, Added(bench.clock(), (RequestType.DELETION,)))
    await actions.propose(bench.desk, reference, ADA, Outcome.FULFILLED)
    (draft,) = await bench.drafts()
    assert (draft.author, draft.request_types) == (ADA, ["opt_out"])


async def test_nothing_is_proposed_as_done_for_somebody_unproven(bench):
    reference = await opened(bench)
    with pytest.raises(Refused, match="not proven"):
        await actions.propose(bench.desk, reference, ADA, Outcome.FULFILLED)


@pytest.mark.parametrize("act", ["propose", "ask", "extend"])
async def test_in_triage_and_after_closure_there_is_nothing_to_draft(bench, act):
    async def try_it(reference: str) -> None:
        words = (Outcome.DENIED, "No.") if act == "propose" else ("Why?",)
        await getattr(actions, act)(bench.desk, reference, ADA, *words)

    sorted_out, closed = await opened(bench, ODD), await opened(bench, UNSUBSCRIBE, sender=EVE)
    await bench.happen(closed, Closed(bench.clock(), Outcome.WITHDRAWN))
    with pytest.raises(Refused, match="triage"):
        await try_it(sorted_out)
    with pytest.raises(Refused, match="closed"):
        await try_it(closed)
    assert await bench.drafts() == []


async def test_a_denial_gives_the_reason(bench):
    reference = await opened(bench)
    await actions.propose(bench.desk, reference, ADA, Outcome.DENIED, "You never were a customer of ours.")
    (draft,) = await bench.drafts()
    assert "You never were a customer of ours." in await bench.draft_text(draft)
    assert await bench.kinds() == ["acknowledgement"]


async def test_a_ticket_that_is_not_there_is_refused(bench):
    with pytest.raises(Refused, match="no such ticket"):
        await actions.assign(bench.desk, "PR-00000000", ADA, ADA)


# ---- asking back, and more time ----------------------------------------------------------------------------


async def test_a_question_is_a_draft_and_the_ticket_waits_only_once_it_has_left(bench):
    reference = await opened(bench)
    await actions.ask(bench.desk, reference, ADA, "Which of your two accounts?")
    (draft,) = await bench.drafts()
    assert (draft.letter, draft.author, draft.outcome) == ("question", ADA, "")
    assert "Which of your two accounts?" in await bench.draft_text(draft)
    assert (await row(bench, reference)).status == "verifying"


async def test_an_extension_says_the_new_date_and_why_it_is_that_day(bench):
    reference = await opened(bench)
    await actions.extend(bench.desk, reference, ADA, "We have to look into three archives.")
    (draft,) = await bench.drafts()
    text = await bench.draft_text(draft)
    assert "You were to have our answer by 2 April 2026." in text
    assert "You will have our answer by 2 June 2026." in text
    assert "Extended" in text
    await bench.happen(reference, Extended(bench.clock()))
    assert str((await row(bench, reference)).due_at) == "2026-06-02"


async def test_the_date_of_an_extension_is_that_of_the_clock_that_runs(bench):
    reference = await opened(bench, UNSUBSCRIBE)
    bench.clock.forward(days=20)
    await bench.happen(reference, Added(bench.clock(), (RequestType.DELETION,)))
    await actions.propose(bench.desk, reference, ADA, Outcome.FULFILLED)
    (done,) = await bench.drafts()
    await approve_draft(bench.desk, done.id, BEN, done.digest)
    await actions.extend(bench.desk, reference, ADA, "We have to look into three archives.")
    (draft,) = await bench.drafts()
    await bench.happen(reference, Extended(bench.clock()))
    due = (await row(bench, reference)).due_at
    assert f"by {due.day} {due:%B %Y}" in await bench.draft_text(draft)


async def test_a_law_without_an_extension_allows_none(bench):
    law = next(code for code in bench.desk.laws.codes() if _extended(bench, code) is None)
    reference = await opened(bench)
    async with bench.desk.store.transaction() as work:
        case = await cases.load(work, reference, for_update=True)
        case.row.law = law
        work.session.add(case.row)
    with pytest.raises(Refused, match="no extension"):
        await actions.extend(bench.desk, reference, ADA, "We need more time.")


def _extended(bench: Bench, law: str):
    return bench.desk.deadlines(law, RequestType.DELETION, bench.clock()).extended_by


async def test_time_is_extended_before_the_due_date_and_once(bench):
    reference = await opened(bench)
    bench.clock.forward(days=32)
    with pytest.raises(Refused, match="too late"):
        await actions.extend(bench.desk, reference, ADA, "We need more time.")
    bench.clock.forward(days=-10)
    await bench.happen(reference, Extended(bench.clock()))
    with pytest.raises(Refused, match="only once"):
        await actions.extend(bench.desk, reference, ADA, "We need more time.")


# ---- closing, releasing ------------------------------------------------------------------------------------


async def test_what_nobody_was_told_of_is_closed_at_once(bench):
    reference = await opened(bench, "The weekly lunch menu: soup, pasta, salad.")
    assert await actions.close(bench.desk, reference, ADA, "An advertisement.") == "Closed."
    closed = await row(bench, reference)
    assert (closed.status, closed.outcome) == ("closed", "not_privacy")
    assert await bench.kinds() == []


@pytest.mark.parametrize(
    ("text", "letter"), [(ERASE, "could_not_verify"), (UNSUBSCRIBE, "denied")], ids=["verifying", "open"]
)
async def test_what_was_acknowledged_is_closed_by_a_letter(bench, text, letter):
    reference = await opened(bench, text)
    before = (await row(bench, reference)).status
    await actions.close(bench.desk, reference, ADA, "It has been four weeks.")
    assert [each.letter for each in await bench.drafts()] == [letter]
    assert (await row(bench, reference)).status == before


async def test_a_ticket_that_waits_for_its_requester_can_be_closed(bench):
    reference = await opened(bench, UNSUBSCRIBE)
    await bench.happen(reference, Asked(bench.clock()))
    await actions.close(bench.desk, reference, ADA, "No answer came.")
    assert [each.letter for each in await bench.drafts()] == ["denied"]


async def test_a_released_ticket_is_acknowledged_with_a_code_that_works(bench):
    reference = await opened(bench, ERASE, automatic=False)
    await actions.release(bench.desk, reference, ADA)
    (letter,) = await bench.letters()
    await bench.write(code_of(letter), answers=letter)
    assert (await row(bench, reference)).verified


@pytest.mark.parametrize("how", [{}, {"headers": LIST}, {"headers": LIST, "automatic": False}])
async def test_what_is_not_held_for_its_age_is_not_released(bench, how):
    reference = await opened(bench, ERASE, **how)
    letters = [text_of(each) for each in await bench.letters()]
    with pytest.raises(Refused, match="not held back"):
        await actions.release(bench.desk, reference, ADA)
    assert [text_of(each) for each in await bench.letters()] == letters
