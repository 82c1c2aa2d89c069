"""Staff decide about a draft: an approval is bound to what was seen, and some need two people."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import outbox
from handlers import actions
from handlers.approvals import approve_draft, discard_draft, edit_draft
from tests.handlers.conftest import ADA, BEN, ERASE, FOUR_EYES, UNSUBSCRIBE, Bench, text_of

CARL = "U0CARL"


@pytest.fixture
def strict(bench):
    """A desk where deletions need two people."""
    return replace(bench, desk=replace(bench.desk, four_eyes=FOUR_EYES))


async def the_draft(bench: Bench):
    (draft,) = await bench.drafts()
    return draft


async def approve(bench: Bench, who: str, draft=None, shown: str | None = None) -> str:
    draft = draft or await the_draft(bench)
    return await approve_draft(bench.desk, draft.id, who, draft.digest[:16] if shown is None else shown)


async def edit(bench: Bench, who: str, add: str = "Kind regards, Ada") -> None:
    draft = await the_draft(bench)
    text = await bench.draft_text(draft) + f"\n{add}"
    await edit_draft(bench.desk, draft.id, who, draft.digest, text)


async def vouched(bench: Bench, who: str):
    case = await bench.case(await bench.write(ERASE))
    await actions.vouch(bench.desk, case.reference, who, "They called from the number on file.")
    return case


# ---- one person --------------------------------------------------------------------------------------------


async def test_an_approved_draft_settles_its_requests_and_leaves_once(strict):
    case = await strict.case(await strict.write(UNSUBSCRIBE))
    assert await approve(strict, ADA) == "Approved: the reply is on its way."
    row = (await strict.case(case.reference)).row
    assert (row.status, row.outcome) == ("closed", "fulfilled")
    sent = (await strict.queued())[-1]
    assert (sent.kind, sent.promise, sent.automatic) == ("fulfilled", outbox.Promise.ONCE, False)
    letter = (await strict.letters())[-1]
    assert letter["Auto-Submitted"] is None


async def test_what_leaves_is_the_very_text_that_was_approved(bench):
    await bench.write(UNSUBSCRIBE)
    await edit(bench, ADA, "You will not hear from us again.")
    text = await bench.draft_text(await the_draft(bench))
    await approve(bench, BEN)
    assert text_of((await bench.letters())[-1]).strip() == text.strip()


async def test_a_draft_is_approved_once(bench):
    await bench.write(UNSUBSCRIBE)
    draft = await the_draft(bench)
    await approve(bench, ADA)
    with pytest.raises(Refused, match="approved already"):
        await approve(bench, BEN, draft)
    assert (await bench.kinds()).count("fulfilled") == 1


async def test_nothing_of_substance_leaves_before_there_is_proof(bench):
    case = await bench.case(await bench.write(ERASE))
    await actions.propose(bench.desk, case.reference, ADA, Outcome.PARTLY_FULFILLED)
    await edit_gap(bench)
    with pytest.raises(Refused, match="not proven"):
        await approve(bench, BEN)
    assert await bench.kinds() == ["acknowledgement"]
    assert (await the_draft(bench)).approvals == []


async def edit_gap(bench: Bench) -> None:
    draft = await the_draft(bench)
    text = (await bench.draft_text(draft)).replace("[…]", "Some of it is not yours.")
    await edit_draft(bench.desk, draft.id, ADA, draft.digest, text)


async def test_a_draft_that_is_not_there_is_refused(bench):
    with pytest.raises(Refused, match="no such draft"):
        await approve_draft(bench.desk, 99, ADA, "0" * 16)


# ---- four eyes ---------------------------------------------------------------------------------------------


async def test_what_the_desk_wrote_needs_two_approvals_by_two_people(strict):
    await strict.proven()
    assert await approve(strict, ADA) == "Approved by you. One more person is needed."
    with pytest.raises(Refused, match="second person"):
        await approve(strict, ADA)
    assert "fulfilled" not in await strict.kinds()
    assert await approve(strict, BEN) == "Approved: the reply is on its way."
    assert (await strict.kinds())[-1] == "fulfilled"


async def test_the_author_of_a_draft_does_not_approve_it(strict):
    case = await strict.proven()
    await actions.propose(strict.desk, case.reference, ADA, Outcome.FULFILLED)
    with pytest.raises(Refused, match="You wrote this draft"):
        await approve(strict, ADA)
    await approve(strict, BEN)
    assert (await strict.kinds())[-1] == "fulfilled"


async def test_who_edits_a_draft_is_its_author_and_approvals_of_the_old_text_are_void(strict):
    await strict.proven()
    await approve(strict, ADA)
    await edit(strict, BEN)
    draft = await the_draft(strict)
    assert (draft.author, draft.approvals) == (BEN, [])
    with pytest.raises(Refused, match="You wrote this draft"):
        await approve(strict, BEN)
    await approve(strict, ADA)
    assert (await strict.kinds())[-1] == "fulfilled"


async def test_who_verified_by_hand_does_not_approve(strict):
    await vouched(strict, ADA)
    with pytest.raises(Refused, match="You verified this requester"):
        await approve(strict, ADA)
    await approve(strict, BEN)
    await approve(strict, CARL)
    assert (await strict.kinds())[-1] == "fulfilled"


async def test_nobody_approves_the_answer_to_their_own_request(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    async with bench.desk.store.transaction() as work:
        row = await work.session.get(type(case.row), case.id)
        row.slack_user = ADA
        work.session.add(row)
    with pytest.raises(Refused, match="your own request"):
        await approve(bench, ADA)
    await approve(bench, BEN)


@pytest.mark.parametrize("act", ["ask", "extend"])
async def test_a_question_and_an_extension_need_one_person_even_where_answers_need_two(strict, act):
    case = await strict.case(await strict.write(ERASE))
    await getattr(actions, act)(strict.desk, case.reference, ADA, "We have to look into three archives.")
    assert await approve(strict, ADA) == "Approved: the reply is on its way."
    row = (await strict.case(case.reference)).row
    assert (row.status, bool(row.extended_at)) == (("waiting", False) if act == "ask" else ("verifying", True))


async def test_two_approvals_at_the_same_moment_both_count(bench_on_postgres):
    bench = replace(bench_on_postgres, desk=replace(bench_on_postgres.desk, four_eyes=FOUR_EYES))
    for _ in range(5):
        item = await bench.proven()
        draft = (await bench.drafts())[-1]
        await asyncio.gather(approve(bench, ADA, draft), approve(bench, BEN, draft))
        assert (await bench.case(item.reference)).row.status == "closed"
    assert (await bench.kinds()).count("fulfilled") == 5


async def test_two_people_who_let_the_same_draft_go_send_one_letter(bench_on_postgres):
    bench = bench_on_postgres
    for _ in range(5):
        await bench.write(UNSUBSCRIBE)
        draft = (await bench.drafts())[-1]
        said = await asyncio.gather(approve(bench, ADA, draft), approve(bench, BEN, draft), return_exceptions=True)
        assert sorted(type(each) for each in said if not isinstance(each, str)) == [Refused]
    assert (await bench.kinds()).count("fulfilled") == 5


# ---- what was seen -----------------------------------------------------------------------------------------


async def test_an_approval_of_what_has_changed_since_does_not_count(bench):
    await bench.write(UNSUBSCRIBE)
    seen = await the_draft(bench)
    await edit(bench, BEN)
    with pytest.raises(Refused, match="has changed since"):
        await approve(bench, ADA, seen)
    assert await bench.kinds() == ["acknowledgement"]


@pytest.mark.parametrize("length", [0, 1, 15])
async def test_too_little_of_a_digest_shows_nothing(bench, length):
    await bench.write(UNSUBSCRIBE)
    draft = await the_draft(bench)
    with pytest.raises(Refused, match="Look at it again"):
        await approve(bench, ADA, shown=draft.digest[:length])
    with pytest.raises(Refused, match="Look at it again"):
        await edit_draft(bench.desk, draft.id, ADA, draft.digest[:length], "Anything.")


async def test_an_edit_of_what_has_changed_since_does_not_count(bench):
    await bench.write(UNSUBSCRIBE)
    seen = await the_draft(bench)
    await edit(bench, BEN)
    with pytest.raises(Refused, match="changed this draft meanwhile"):
        await edit_draft(bench.desk, seen.id, ADA, seen.digest, "Mine.")


async def test_an_approval_that_does_not_count_is_on_record(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    with pytest.raises(Refused):
        await approve(bench, ADA, shown="0" * 16)
    entry = (await bench.journal(case))[-1]
    assert (entry.actor, entry.event) == (ADA, "approval_refused")


async def test_who_approved_which_text_is_on_record(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    draft = await the_draft(bench)
    await approve(bench, ADA)
    entries = [each for each in await bench.journal(case) if each.event == "approved"]
    assert [(each.actor, each.detail["digest"]) for each in entries] == [(ADA, draft.digest)]


# ---- what may not leave ------------------------------------------------------------------------------------


async def test_a_draft_with_a_gap_cannot_leave(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED)
    with pytest.raises(Refused, match="gap"):
        await approve(bench, BEN)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("> ", "> Surely ", 1), "quotes the policy wrongly"),
        (lambda text: text + "[…]", "gap"),
        (lambda _text: " \n ", "empty"),
    ],
)
async def test_a_misquotation_a_gap_and_nothing_at_all_are_not_even_saved(bench, change, why):
    await bench.proven()
    draft = await the_draft(bench)
    text = await bench.draft_text(draft)
    assert "> " in text
    with pytest.raises(Refused, match=why):
        await edit_draft(bench.desk, draft.id, ADA, draft.digest, change(text))
    assert await bench.draft_text(await the_draft(bench)) == text


async def test_a_discarded_draft_leaves_nothing_and_the_ticket_stays_with_staff(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    draft = await the_draft(bench)
    await discard_draft(bench.desk, draft.id, ADA)
    for act in (
        approve(bench, BEN, draft),
        discard_draft(bench.desk, draft.id, BEN),
        edit_draft(bench.desk, draft.id, BEN, draft.digest, "Mine."),
    ):
        with pytest.raises(Refused, match="discarded already"):
            await act
    assert (await bench.case(case.reference)).row.status == "open"
    assert await bench.kinds() == ["acknowledgement"]


async def test_a_second_draft_about_the_same_takes_the_place_of_the_first(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    first = await the_draft(bench)
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, "You are not a customer.")
    second = await the_draft(bench)
    assert (second.id, second.letter) == (first.id + 1, "denied")
    with pytest.raises(Refused, match="discarded already"):
        await approve(bench, BEN, first)


async def test_an_extension_comes_too_late_after_the_due_date_even_where_its_draft_was_in_time(bench):
    case = await bench.case(await bench.write(ERASE))
    await actions.extend(bench.desk, case.reference, ADA, "We have to look into three archives.")
    bench.clock.forward(days=40)
    with pytest.raises(Refused, match="too late"):
        await approve(bench, BEN)
    assert (await bench.case(case.reference)).row.extended_at is None


async def test_a_complaint_is_answered_by_one_person(strict):
    await strict.write("I want to complain about how you handled my request. I go to the supervisory authority.")
    draft = await the_draft(strict)
    assert (draft.letter, draft.request_types) == ("complaint_decided", [RequestType.COMPLAINT])
