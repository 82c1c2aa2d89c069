"""What people do in Slack: pressed and submitted in a workspace, committed, done once, and answered."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.demo.slack.workspace import TEAM
from bot.intake import InboxWorker
from handlers.approvals import edit_draft
from tests.handlers.conftest import ADA, BEN, ERASE, FOUR_EYES, ROBIN, STAFF, UNSUBSCRIBE, text_of
from tests.handlers.slack_people import BYSTANDER, GUEST, OUTSIDER, Room, room_of, workspace

ODD = "There is something odd with my personal data."


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack) as each:
        yield each


async def status(room: Room, case) -> str:
    return (await room.bench.case(case.reference)).row.status


# ---- drafts ------------------------------------------------------------------------------------------------


async def test_an_approval_in_the_thread_lets_the_draft_go_and_its_buttons_go_too(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    await room.press(ADA, "draft_approve", draft)
    assert await room.told(ADA) == "Approved: the reply is on its way."
    assert (await room.bench.kinds())[-1] == "fulfilled"
    assert await status(room, case) == "closed"
    settled = await room.draft(card)
    assert settled.ts == draft.ts
    assert "actions" not in [each["type"] for each in settled.blocks]
    assert f"Approved by <@{ADA}>" in str(settled.blocks)


async def test_where_two_are_needed_the_first_hears_so(bench):
    strict = replace(bench, desk=replace(bench.desk, four_eyes=FOUR_EYES))
    async with workspace() as slack, room_of(strict, slack) as room:
        await strict.proven()
        await room.post_all()
        draft = await room.draft(room.posts()[-1])
        await room.press(ADA, "draft_approve", draft)
        assert "One more person" in await room.told(ADA)
        await room.press(ADA, "draft_approve", await room.draft(room.posts()[-1]))
        assert "second person" in await room.told(ADA, 2)
        await room.press(BEN, "draft_approve", await room.draft(room.posts()[-1]))
        assert (await strict.kinds())[-1] == "fulfilled"


async def test_an_approval_of_a_message_that_shows_an_old_text_does_not_count(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    seen = await room.draft(card)
    (row,) = await room.bench.drafts()
    text = await room.bench.draft_text(row)
    await edit_draft(room.bench.desk, row.id, BEN, row.digest, f"{text}\nKind regards")
    await room.press(ADA, "draft_approve", seen)
    assert "has changed since" in await room.told(ADA)
    assert await room.bench.kinds() == ["acknowledgement"]


async def test_a_draft_stands_masked_in_the_thread_and_whole_in_a_modal_and_the_look_is_recorded(room):
    case, card = await room.ticket(ERASE, sender=f"Robin Reed <{ROBIN}>")
    await room.press(ADA, "ticket_deny", card)
    await room.submit(ADA, reason="Robin Reed, of 12 Elm Road, never was a customer.")
    draft = await room.draft(card)
    assert not [each for each in ("Robin", "Reed", ROBIN) if each in str(draft.blocks)]
    await room.press(ADA, "draft_show", draft)
    shown = str(room.modal(ADA).blocks)
    assert "Robin Reed, of 12 Elm Road" in shown
    assert ROBIN in shown
    entry = (await room.bench.journal(case))[-1]
    assert (entry.actor, entry.event) == (ADA, "looked")


async def test_an_edit_makes_its_editor_the_author(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, "draft_edit", await room.draft(card))
    modal = room.modal(ADA)
    assert (modal.callback_id, [each["block_id"] for each in modal.blocks]) == ("draft_edit", ["body"])
    text = modal.blocks[0]["element"]["initial_value"]
    await room.submit(ADA, body=text.replace("Hello,", "Dear customer,"))
    (row,) = await room.bench.drafts()
    assert row.author == ADA
    assert "Dear customer," in await room.bench.draft_text(row)
    assert f"by <@{ADA}>" in str((await room.draft(card)).blocks)


@pytest.mark.parametrize("length", [120, 300])
async def test_a_long_draft_is_edited_in_several_inputs_and_comes_back_as_it_was(room, length):
    _, card = await room.ticket(UNSUBSCRIBE)
    (row,) = await room.bench.drafts()
    text = "\n\n".join(f"{place}. This is what we hold of you in this place." for place in range(length)) + "\n"
    await edit_draft(room.bench.desk, row.id, BEN, row.digest, text)
    await room.press(ADA, "draft_edit", await room.draft(card))
    names = [each["block_id"] for each in room.modal(ADA).blocks]
    assert names[:2] == ["body", "body_2"]
    await room.submit(ADA)
    (row,) = await room.bench.drafts()
    assert row.author == ADA
    assert await room.bench.draft_text(row) == text


async def test_a_misquotation_is_said_in_the_modal_which_stays_open(room):
    await room.bench.proven()
    await room.post_all()
    await room.press(ADA, "draft_edit", await room.draft(room.posts()[-1]))
    text = room.modal(ADA).blocks[0]["element"]["initial_value"]
    await room.submit(ADA, body=text.replace("> ", "> Surely ", 1))
    assert "quotes the policy wrongly" in room.modal(ADA).errors["body"]
    assert [each.author for each in await room.bench.drafts()] == [None]


async def test_an_edit_of_what_somebody_else_has_changed_meanwhile_is_refused_in_the_modal(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    await room.press(ADA, "draft_edit", draft)
    await room.press(BEN, "draft_edit", draft)
    await room.submit(BEN, body="From Ben.")
    await room.submit(ADA, body="From Ada.")
    assert "changed this draft meanwhile" in room.modal(ADA).errors["body"]


async def test_a_discarded_draft_says_so_and_leaves_nothing(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, "draft_discard", await room.draft(card))
    assert await room.told(ADA) == "Discarded. Nothing was sent."
    assert "Discarded" in str((await room.draft(card)).blocks)
    assert await room.bench.kinds() == ["acknowledgement"]


# ---- tickets -----------------------------------------------------------------------------------------------


async def test_a_ticket_is_taken(room):
    case, card = await room.ticket(ERASE)
    await room.press(BEN, "ticket_take", card)
    assert await room.told(BEN) == f"{case.reference} is yours."
    (told,) = room.slack.workspace.ephemerals(STAFF, BEN)
    assert told.thread_ts is None, "it is seen where the card is"
    assert (await room.bench.case(case.reference)).row.assignee == BEN
    await room.post_all()
    assert f"<@{BEN}>" in str(room.posts()[-1].blocks)


async def test_staff_say_what_it_is(room):
    case, card = await room.ticket(ODD)
    await room.press(ADA, "ticket_type", card)
    await room.submit(ADA, types=["access", "opt_out"])
    found = await room.bench.case(case.reference)
    assert [each.type for each in found.requests] == ["access", "opt_out"]
    assert found.row.status == "open"


async def test_staff_verify_by_hand(room):
    case, card = await room.ticket(ERASE)
    await room.press(ADA, "ticket_verify", card)
    await room.submit(ADA, reason="They called from the number on file.")
    row = (await room.bench.case(case.reference)).row
    assert (row.verified, row.verified_by) == (True, ADA)


async def test_staff_have_the_desk_draft_that_it_is_done(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, "ticket_fulfil", card)
    assert await room.told(ADA) == "The draft stands in the thread."
    assert [(each.letter, each.author) for each in await room.bench.drafts()] == [("fulfilled", ADA)]


@pytest.mark.parametrize(
    ("button", "block", "letter"),
    [
        ("ticket_deny", "reason", "denied"),
        ("ticket_ask", "body", "question"),
        ("ticket_extend", "reason", "extension"),
    ],
)
async def test_a_form_makes_a_draft_of_which_its_presser_is_the_author(room, button, block, letter):
    case, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, button, card)
    modal = room.modal(ADA)
    assert (modal.callback_id, modal.blocks[-1]["block_id"]) == (button, block)
    await room.submit(ADA, **{block: "The account with the green logo."})
    draft = (await room.bench.drafts())[-1]
    assert (draft.letter, draft.author) == (letter, ADA)
    assert "The account with the green logo." in await room.bench.draft_text(draft)
    assert await room.bench.kinds() == ["acknowledgement"]
    assert await status(room, case) == "open"


async def test_an_approved_question_makes_the_ticket_wait_and_its_card_says_so(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, "ticket_ask", card)
    await room.submit(ADA, body="Which address?")
    await room.press(BEN, "draft_approve", await room.draft(card))
    assert await status(room, case) == "waiting"
    assert "Which address?" in text_of((await room.bench.letters())[-1])
    await room.post_all()
    assert "waits for the requester" in str(room.posts()[-1].blocks)


async def test_a_ticket_in_triage_that_was_acknowledged_is_closed_by_a_reply(room):
    case, card = await room.ticket(ODD)
    await room.press(ADA, "ticket_close", card)
    await room.submit(ADA, reason="It was meant for our shop.")
    assert await status(room, case) == "triage"
    await room.press(BEN, "draft_approve", await room.draft(card))
    closed = (await room.bench.case(case.reference)).row
    assert (closed.status, closed.outcome) == ("closed", "not_privacy")
    assert "It was meant for our shop." in text_of((await room.bench.letters())[-1])


async def test_a_form_that_comes_too_late_says_so_and_stays_open(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await room.press(ADA, "ticket_ask", card)
    await room.press(BEN, "draft_approve", await room.draft(card))
    await room.submit(ADA, body="Which address?")
    assert "closed" in room.modal(ADA).errors["body"]
    assert await room.bench.drafts() == []


# ---- who may, and how often --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (BYSTANDER, "Only the privacy desk"),
        (GUEST, "Only active, full members"),
        (OUTSIDER, "Only members of this workspace"),
    ],
)
async def test_strangers_guests_and_outsiders_are_refused_to_their_face_alone(room, who, why):
    case, card = await room.ticket(UNSUBSCRIBE)
    await room.press(who, "draft_approve", await room.draft(card))
    assert why in await room.told(who)
    await room.press(who, "ticket_take", card)
    assert why in await room.told(who, 2)
    row = (await room.bench.case(case.reference)).row
    assert (row.status, row.assignee) == ("open", None)
    assert await room.bench.kinds() == ["acknowledgement"]


async def test_who_may_not_act_sees_no_draft(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await room.press(GUEST, "draft_show", await room.draft(card))
    assert room.slack.workspace.open_view(GUEST) is None
    assert "looked" not in await room.bench.events(case)


def pressed(name: str, value: str, *, user: str = ADA, trigger: str = "1.2.3") -> dict:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "trigger_id": trigger,
        "channel": {"id": STAFF},
        "actions": [{"action_id": name, "value": value, "type": "button", "block_id": "b"}],
    }


async def test_a_payload_that_comes_again_is_acted_on_once(room):
    case, _ = await room.ticket(UNSUBSCRIBE)
    for _ in range(2):
        ack = await room.slack.send("interactive", pressed("ticket_fulfil", case.reference))
        assert ack.ok
    await room.told(ADA)
    assert (await room.bench.events(case)).count("drafted") == 2, "the desk's own, and Ada's"
    assert len(await room.handled()) == 1


async def test_what_was_taken_in_and_not_acted_on_is_done_after_a_restart(room):
    case, _ = await room.ticket(ERASE)
    payload = pressed("ticket_take", case.reference)
    assert await room.reception.take(payload)
    worker = InboxWorker(room.bench.desk, "slack", room.reception.replay, alone=True)
    assert await worker.work_once() == 0, "whoever took it in has some seconds for it"
    room.bench.clock.forward(seconds=11)
    assert await worker.work_once() == 1
    assert (await room.bench.case(case.reference)).row.assignee == ADA
    assert len(await room.handled()) == 1


@pytest.mark.parametrize("payload", [{}, {"type": "event_callback"}, pressed("no_button_of_ours", "x")])
async def test_what_asks_for_nothing_is_not_taken_in(room, payload):
    assert await room.reception.take(payload) is None


@pytest.mark.parametrize("name", ["draft_show", "draft_edit", "draft_approve", "draft_discard"])
async def test_a_draft_that_is_not_there_is_said_not_to_be(room, name):
    await room.slack.send("interactive", pressed(name, "99:0123456789abcdef"))
    assert await room.told(ADA) == "There is no such draft."


async def test_a_draft_too_long_for_a_modal_is_not_cut_short(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    (row,) = await room.bench.drafts()
    await edit_draft(room.bench.desk, row.id, BEN, row.digest, "This is what we hold of you.\n" * 2000)
    await room.press(ADA, "draft_edit", await room.draft(card))
    assert "too long" in await room.told(ADA)
    assert room.slack.workspace.open_view(ADA) is None
