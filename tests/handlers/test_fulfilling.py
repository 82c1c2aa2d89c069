"""From a proven request to an answer that says what was done: the work list, by hand in Slack and all together."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.demo.slack.blockkit import check_blocks
from bot.domain.events import Transferred
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, Result
from bot.store import tasks
from handlers import actions, fulfilling, showing
from handlers.approvals import approve_draft
from tests.handlers.conftest import ADA, BEN, ERASE, UNSUBSCRIBE, Bench, text_of
from tests.handlers.slack_people import BYSTANDER, Room, room_of, workspace

EVERYTHING = ("access", "correction", "portability", "deletion", "restriction")
KEPT = "retention-and-deletion/deletion-requests-handled"
OPEN_CLAIM = "Claim 4711 is open, said the legal department."
BILLING = "> Billing records are retained for audit and compliance needs.\nRetention and deletion, privacy policy"


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack) as each:
        yield each


async def rows(bench: Bench, case) -> list:
    async with bench.desk.store.reading() as work:
        return await tasks.of_case(work, case)


async def task(bench: Bench, case, code: str):
    return next(each for each in await rows(bench, case) if each.code == code)


async def mark(bench: Bench, case, code: str, result: Result, **how) -> None:
    await fulfilling.mark(bench.desk, (await task(bench, case, code)).id, ADA, result, **how)


async def the_draft(bench: Bench):
    (draft,) = await bench.drafts()
    return draft


async def approve(bench: Bench, *people: str) -> None:
    draft = await the_draft(bench)
    for who in people:
        await approve_draft(bench.desk, draft.id, who, draft.digest)


async def entries(bench: Bench, case, event: str) -> list:
    return [each for each in await bench.journal(case) if each.event == event]


# ---- tasks come and go --------------------------------------------------------------------------------------


async def test_there_is_no_task_before_the_requester_has_proven_who_they_are(bench):
    case = await bench.case(await bench.write(ERASE))
    assert await rows(bench, case) == []


async def test_a_proven_deletion_has_a_task_for_each_kind_of_data_and_each_recipient(bench):
    case = await bench.proven()
    assert len(await rows(bench, case)) == 11
    (opened,) = await entries(bench, case, "task_opened")
    assert opened.detail["tasks"][0] == "deletion:identity"
    assert opened.detail["tasks"][-1] == "deletion:legal_disclosures"


async def test_an_opt_out_has_no_task(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    assert case.row.status == "open"
    assert await rows(bench, case) == []


async def test_tasks_follow_what_staff_say_it_is(bench):
    case = await bench.proven()
    await mark(bench, case, "support", Result.DONE)
    await actions.set_types(bench.desk, case.reference, ADA, ["access"])
    await actions.vouch(bench.desk, case.reference, BEN, "They called.")
    assert {each.request_type for each in await rows(bench, case)} == {"access"}
    await actions.set_types(bench.desk, case.reference, ADA, ["deletion"])
    await actions.vouch(bench.desk, case.reference, BEN, "They called.")
    found = await rows(bench, case)
    assert [(each.request_type, each.state) for each in found] == [("deletion", "open")] * 11


async def test_who_loses_their_proof_has_nothing_on_the_work_list(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Transferred(bench.clock()))
    assert await rows(bench, case) == []


# ---- all together -------------------------------------------------------------------------------------------


async def test_who_drafts_that_it_is_done_says_so_of_every_open_task(bench):
    case = await bench.proven()
    await mark(bench, case, "support", Result.NOTHING_FOUND)
    await actions.propose(bench.desk, case.reference, BEN, Outcome.FULFILLED)
    found = {each.code: (each.state, each.settled_by, each.together) for each in await rows(bench, case)}
    assert found["support"] == ("nothing_found", ADA, False)
    assert found["billing"] == ("kept", BEN, True)
    assert found["security_logs"] == ("not_applicable", BEN, True)
    assert found["payment_providers"] == ("done", BEN, True)
    together = (await entries(bench, case, "task_settled"))[-1]
    assert (together.actor, together.detail["together"], len(together.detail["tasks"])) == (BEN, True, 10)
    assert (await the_draft(bench)).outcome == "fulfilled"


async def test_who_approves_what_the_desk_drafted_says_so_of_every_open_task(bench):
    case = await bench.proven()
    await approve(bench, BEN, ADA)
    assert {each.settled_by for each in await rows(bench, case)} == {ADA}
    assert (await bench.case(case.reference)).row.outcome == "fulfilled"
    events = await bench.events(case)
    assert events.index("task_settled") < events.index("answered")


@pytest.mark.parametrize("press", ["fulfil", "approve"])
async def test_what_is_with_a_connector_is_waited_for(bench, press):
    case = await bench.proven()
    row = await task(bench, case, "identity")
    async with bench.desk.store.transaction() as work:
        asked = await tasks.load(work, row.id)
        asked.asked_at = bench.clock()
        work.session.add(asked)
    pressed = {
        "fulfil": lambda: actions.propose(bench.desk, case.reference, BEN, Outcome.FULFILLED),
        "approve": lambda: approve(bench, BEN),
    }
    await approve(bench, ADA)
    with pytest.raises(Refused, match=r"1 task is handed to one of your own systems.*identity \(deletion\)"):
        await pressed[press]()
    assert (await bench.case(case.reference)).row.status == "open"
    await mark(bench, case, "identity", Result.DONE)
    await pressed[press]()


async def test_an_answered_ticket_keeps_its_tasks_and_lets_nobody_change_them(bench):
    case = await bench.proven()
    await approve(bench, ADA, BEN)
    assert len(await rows(bench, case)) == 11
    with pytest.raises(Refused, match="belongs to a request that is answered"):
        await mark(bench, case, "support", Result.KEPT)


# ---- the draft follows --------------------------------------------------------------------------------------


async def test_a_draft_names_the_task_of_each_of_its_sentences(bench):
    case = await bench.proven()
    (drafted,) = await entries(bench, case, "drafted")
    assert drafted.detail["tasks"] == [each.id for each in await rows(bench, case)]


async def test_the_answer_to_a_deletion_says_what_is_kept_why_and_who_was_told(bench):
    await bench.proven()
    await approve(bench, ADA, BEN)
    text = text_of((await bench.letters())[-1])
    assert BILLING in text
    assert "The ground in law for keeping data is GDPR Art. 17(3), 23." in text
    assert "- Payment providers: told of the deletion; " in text
    assert "You may also complain to" in text


async def test_a_task_that_ends_as_the_inventory_says_leaves_the_draft_alone(bench):
    case = await bench.proven()
    before = await the_draft(bench)
    await mark(bench, case, "support", Result.DONE)
    assert (await the_draft(bench)).id == before.id


async def test_a_task_that_ends_otherwise_renews_the_draft(bench):
    case = await bench.proven()
    before = await the_draft(bench)
    await mark(bench, case, "support", Result.NOTHING_FOUND)
    after = await the_draft(bench)
    assert (after.id != before.id, after.outcome, after.author) == (True, "fulfilled", None)
    assert "Support communications and issue reports: we looked, and found nothing" in await bench.draft_text(
        after
    )
    with pytest.raises(Refused, match="discarded already"):
        await approve_draft(bench.desk, before.id, ADA, before.digest)


async def test_what_is_kept_by_hand_makes_the_draft_partial_with_its_statement_and_taking_it_back_whole(bench):
    case = await bench.proven()
    await mark(bench, case, "support", Result.KEPT, statement=KEPT, note=OPEN_CLAIM)
    draft = await the_draft(bench)
    text = await bench.draft_text(draft)
    assert (draft.letter, draft.outcome) == ("partly_fulfilled", "partly_fulfilled")
    assert "> Deletion requests are handled subject to legal obligations.\n" in text
    assert text.count("Deletion requests are handled subject to legal obligations.") == 1
    assert "[…]" not in text
    assert OPEN_CLAIM not in text
    await mark(bench, case, "support", Result.DONE)
    assert (await the_draft(bench)).outcome == "fulfilled"


async def test_where_everything_is_kept_by_hand_it_is_denied_and_no_recipient_told(bench):
    case = await bench.proven()
    for code in ("identity", "workspace", "billing", "support"):
        await mark(bench, case, code, Result.KEPT, statement=KEPT)
    draft = await the_draft(bench)
    assert (draft.letter, draft.outcome) == ("denied", "denied")
    assert "told of the deletion" not in await bench.draft_text(draft)
    await approve(bench, ADA, BEN)
    assert (await bench.case(case.reference)).row.outcome == "denied"
    assert (await task(bench, case, "payment_providers")).state == "not_applicable"


async def test_a_refusal_in_staffs_own_words_is_discarded_where_what_it_lists_has_changed(bench):
    case = await bench.proven()
    await actions.propose(bench.desk, case.reference, ADA, Outcome.PARTLY_FULFILLED, "The rest is in dispute.")
    await mark(bench, case, "workspace", Result.NOTHING_FOUND)
    assert await bench.drafts() == []


async def test_a_refusal_needs_no_task_to_be_done_and_leaves_none_open(bench):
    case = await bench.proven()
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, "It is excessive.")
    assert "told of the deletion" not in await bench.draft_text(await the_draft(bench))
    await approve(bench, BEN)
    assert await rows(bench, case) == []


async def test_an_answer_to_an_access_request_names_kinds_retention_and_recipients(bench):
    case = await bench.proven("Please send me a copy of all personal data that you hold about me.")
    assert {each.request_type for each in await rows(bench, case)} == {"access"}
    text = await bench.draft_text(await the_draft(bench))
    assert "- Security logs: what concerns your account is in your copy" in text
    assert "We keep them for as long as audit and compliance ask." in text
    assert "- Infrastructure providers: Identity and profile data" in text


async def test_what_is_withheld_from_a_copy_is_not_justified_by_a_ground_for_keeping(bench):
    case = await bench.proven("Please send me a copy of all personal data that you hold about me.")
    await mark(bench, case, "support", Result.KEPT, statement=KEPT)
    text = await bench.draft_text(await the_draft(bench))
    assert "Support communications and issue reports: not handed over, as said below." in text
    assert "> Deletion requests are handled subject to legal obligations." in text
    assert "The ground in law" not in text


# ---- on record, and sealed ----------------------------------------------------------------------------------


async def test_evidence_is_sealed_and_the_journal_holds_codes_alone(bench):
    case = await bench.proven()
    await mark(bench, case, "support", Result.KEPT, statement=KEPT, note=OPEN_CLAIM)
    row = await task(bench, case, "support")
    assert OPEN_CLAIM.encode() not in row.note
    assert tasks.note_of(await bench.case(case.reference), row) == OPEN_CLAIM
    (settled,) = await entries(bench, case, "task_settled")
    facts = {"task": row.id, "of": "support", "type": "deletion", "result": "kept", "statement": KEPT}
    assert (settled.actor, settled.detail) == (ADA, {"tasks": [facts]})
    assert OPEN_CLAIM not in repr([each.detail for each in await bench.journal(case)])


@pytest.mark.parametrize(
    ("code", "result", "statement", "why"),
    [
        ("payment_providers", Result.KEPT, "", "A recipient is told, or not"),
        ("support", Result.KEPT, "no/such", "The policy has no such statement"),
    ],
)
async def test_what_makes_no_sense_is_refused(bench, code, result, statement, why):
    case = await bench.proven()
    with pytest.raises(Refused, match=why):
        await mark(bench, case, code, result, statement=statement)
    assert (await task(bench, case, code)).state == "open"


# ---- in Slack -----------------------------------------------------------------------------------------------


async def proven(room: Room):
    case = await room.bench.proven()
    await room.post_all()
    return case, room.posts()[-1]


def the_list(room: Room, card):
    (found,) = [each for each in room.posts(card.ts) if each.text.startswith("Work list")]
    return found


def line(message, row) -> str:
    return next(each["text"]["text"] for each in message.blocks if each.get("block_id") == f"task_{row.id}")


async def choose(room: Room, who: str, card, row, choice: str) -> None:
    await room.press(who, "task_more", the_list(room, card), value=f"{choice}:{row.id}")
    await room.post_all()


async def test_a_deletion_is_carried_through_task_by_task(room):
    bench = room.bench
    case, card = await proven(room)
    assert "Work list of" in the_list(room, card).text
    assert "0 of 11 done" in the_list(room, card).text
    assert "*Work list*\n0 of 11 done" in str(card.blocks).replace("\\n", "\n")
    found = {each.code: each for each in await rows(bench, case)}
    assert "Tell them: We have erased the account" in line(the_list(room, card), found["payment_providers"])
    await choose(room, ADA, card, found["identity"], "done")
    assert f"Done: <@{ADA}>, 2026-03-02" in line(the_list(room, card), found["identity"])
    await choose(room, BEN, card, found["workspace"], "nothing_found")
    await choose(room, BEN, card, found["performance"], "not_applicable")
    await choose(room, ADA, card, found["support"], "kept")
    await room.submit(ADA, statement=KEPT, note=OPEN_CLAIM)
    await room.post_all()
    shown = line(the_list(room, card), found["support"])
    assert "“Deletion requests are handled subject to legal obligations.”" in shown
    assert "with evidence" in shown
    assert OPEN_CLAIM not in shown
    assert "4 of 11 done" in room.posts()[-1].blocks[1]["fields"][-1]["text"]
    await room.press(BEN, "ticket_fulfil", room.posts()[-1])
    draft = await room.draft(card)
    assert "partly fulfilled" in draft.text
    await room.press(ADA, "draft_approve", draft)
    assert (await bench.case(case.reference)).row.outcome == "partly_fulfilled"
    assert (await bench.kinds())[-1] == "partly_fulfilled"


async def test_a_fulfilment_says_first_for_how_many_tasks_its_presser_speaks(room):
    _, card = await proven(room)
    (button,) = [
        each for block in card.blocks for each in block.get("elements", ()) if each["action_id"] == "ticket_fulfil"
    ]
    said = button["confirm"]["text"]["text"]
    assert said.startswith("You say that all 11 open tasks are done as the inventory says.")
    assert len(said) <= 300


async def test_the_form_for_what_is_kept_offers_the_policys_statements_with_the_usual_one_chosen(room):
    case, card = await proven(room)
    await choose(room, ADA, card, await task(room.bench, case, "billing"), "kept")
    (chosen,) = [each["element"] for each in room.modal(ADA).blocks if each.get("block_id") == "statement"]
    assert chosen["initial_option"]["value"] == "retention-and-deletion/billing-records-retained"
    assert len(chosen["options"]) == len(room.bench.desk.policy.statements)


async def test_evidence_is_added_later_and_stands_in_the_form_for_who_looks(room):
    case, card = await proven(room)
    row = await task(room.bench, case, "identity")
    await choose(room, ADA, card, row, "note")
    await room.submit(ADA, note="Job 12 of the CRM.")
    await room.post_all()
    await choose(room, BEN, card, row, "note")
    assert "Job 12 of the CRM." in str(room.modal(BEN).blocks)
    assert (await room.bench.journal(case))[-1].detail == {"task": row.id}
    assert (await room.bench.journal(case))[-1].actor == BEN


async def test_evidence_that_says_nothing_is_refused_beside_the_field(room):
    case, card = await proven(room)
    await choose(room, ADA, card, await task(room.bench, case, "identity"), "note")
    await room.submit(ADA, note="  ")
    assert list(room.modal(ADA).errors) == ["note"]


async def test_who_is_no_staff_settles_nothing(room):
    case, card = await proven(room)
    row = await task(room.bench, case, "identity")
    await choose(room, BYSTANDER, card, row, "done")
    assert (await task(room.bench, case, "identity")).state == "open"


async def test_an_answered_work_list_has_no_menus_any_more(room):
    _, card = await proven(room)
    await approve(room.bench, ADA, BEN)
    await room.post_all()
    assert "11 of 11 done" in the_list(room, card).text
    assert "accessory" not in str(the_list(room, card).blocks)


async def test_a_refused_request_leaves_an_empty_work_list(room):
    case, card = await proven(room)
    await actions.propose(room.bench.desk, case.reference, ADA, Outcome.DENIED, "It is excessive.")
    await approve(room.bench, BEN)
    await room.post_all()
    assert the_list(room, card).text == f"Work list of {case.reference}: there is nothing to do any more"


@pytest.mark.parametrize("copies", [1, 9])
async def test_a_work_list_fits_into_one_message_however_much_there_is_to_do(bench, copies):
    inventory = bench.desk.policy.inventory
    many = tuple(
        replace(each, key=f"{each.key}_{n}", name="&" * 200)
        for n in range(copies)
        for each in inventory.categories
    )
    policy = replace(bench.desk.policy, inventory=replace(inventory, categories=many))
    desk = replace(bench.desk, policy=policy)
    case = await replace(bench, desk=desk).proven()
    await actions.set_types(desk, case.reference, ADA, EVERYTHING)
    await actions.vouch(desk, case.reference, ADA, "They called.")
    async with desk.store.reading() as work:
        posting = await showing.work_list(desk, work, await bench.case(case.reference))
    assert check_blocks(posting.blocks) == []
    assert len(posting.blocks) <= 50
    assert ("lists them all" in str(posting.blocks[-1])) == (copies > 1)
    assert {each.request_type for each in await rows(bench, case)} == {*EVERYTHING}
