"""The forms of a ticket: what each says before it does, holds, refuses beside the field, and does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.vocabulary import Outcome, RequestType
from handlers import actions, merging, transferring
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, FOUR_EYES, LUNCH, ROBIN, UNSUBSCRIBE, code_of
from tests.handlers.slack_people import BYSTANDER, Room, room_of, workspace
from tests.handlers.test_slack import pressed

ODD = "There is something odd with my personal data."
ACCESS = "Please send me a copy of all personal data that you hold about me."
EVERY = sorted(["assign", "type", "verify", "ask", "extend", "deny", "close", "requester", "law", "link", "merge"])


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack) as each:
        yield each


async def choose(room: Room, who: str, name: str, card) -> None:
    """Presses a button of the card, or the option of its menu."""
    shown = [element for block in card.blocks for element in block.get("elements", ())]
    if name in [each.get("action_id") for each in shown]:
        await room.press(who, name, card)
    else:
        reference = card.text.partition(":")[0]
        await room.press(who, "ticket_more", card, value=f"{name}:{reference}")


async def row(room: Room, case):
    return (await room.bench.case(case.reference)).row


async def the_card(room: Room, case):
    await room.post_all()
    return [each for each in room.posts() if each.text.startswith(case.reference)][-1]


def said(room: Room, who: str = ADA) -> str:
    return room.modal(who).blocks[0]["text"]["text"]


def inputs(room: Room, who: str = ADA) -> dict[str, dict]:
    return {each["block_id"]: each["element"] for each in room.modal(who).blocks if each["type"] == "input"}


# ---- all of them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
async def test_each_form_says_what_will_happen_and_bears_the_ticket_and_its_action(room, name):
    case, card = await room.ticket(ERASE)
    await choose(room, ADA, f"ticket_{name}", card)
    modal = room.modal(ADA)
    assert modal.callback_id == f"ticket_{name}"
    assert modal.content["title"]["text"] == case.reference
    assert said(room).count("•") >= 1
    assert all(block["block_id"] == block["element"]["action_id"] for block in modal.blocks[1:])


@pytest.mark.parametrize(("text", "most"), [(ODD, 9), (ERASE, 13), (UNSUBSCRIBE, 14)])
async def test_a_card_offers_all_that_its_status_allows_within_slacks_limits(room, text, most):
    _, card = await room.ticket(text)
    (actions_of,) = [each["elements"] for each in card.blocks if each["type"] == "actions"]
    menus = [each for each in actions_of if each["type"] == "overflow"]
    assert all(len(each["options"]) <= 5 for each in menus)
    assert len(actions_of) <= 25
    offered = {each["action_id"] for each in actions_of} | {
        option["value"].partition(":")[0] for each in menus for option in each["options"]
    }
    assert {"ticket_assign", "ticket_type", "ticket_requester", "ticket_law", "ticket_merge"} <= offered


@pytest.mark.parametrize(
    ("name", "values", "block"),
    [
        ("ticket_verify", {"reason": "  "}, "reason"),
        ("ticket_ask", {"body": " \n "}, "body"),
        ("ticket_extend", {"reason": " "}, "reason"),
        ("ticket_deny", {"reason": " "}, "reason"),
        ("ticket_close", {"reason": " "}, "reason"),
        ("ticket_type", {"types": ["not_privacy", "access"]}, "types"),
        ("ticket_law", {"law": "ccpa", "reason": " "}, "reason"),
        ("ticket_link", {"reference": "the other one"}, "reference"),
        ("ticket_link", {"reference": "PR-7K2M9QXT"}, "reference"),
        ("ticket_merge", {"reference": "PR-7K2M9QXT"}, "reference"),
        ("ticket_assign", {"assignee": BYSTANDER}, "assignee"),
        ("ticket_requester", {"email": "privacy@linden.example", "reason": "A slip."}, "email"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_happens(room, name, values, block):
    case, card = await room.ticket(ERASE)
    await choose(room, ADA, name, card)
    before = (await room.bench.case(case.reference)).row.journal_length
    await room.submit(ADA, **values)
    assert list(room.modal(ADA).errors) == [block]
    assert (await row(room, case)).journal_length == before
    assert await room.bench.drafts() == []


async def test_of_two_who_submit_at_once_one_decides_and_the_other_learns_who(room):
    case, card = await room.ticket(ERASE)
    for who in (ADA, BEN):
        await choose(room, who, "ticket_type", card)
    await asyncio.gather(room.submit(ADA, types=["access"]), room.submit(BEN, types=["correction"]))
    still_open = [who for who in (ADA, BEN) if room.slack.workspace.open_view(who)]
    assert len(still_open) == 1
    first = "ada" if still_open == [BEN] else "ben"
    assert f"{first} was quicker" in room.modal(still_open[0]).errors["types"].lower()
    kinds = {"ada": "access", "ben": "correction"}
    assert [each.type for each in (await room.bench.case(case.reference)).requests] == [kinds[first]]


async def test_what_the_requester_writes_meanwhile_makes_nobody_too_late(room):
    case, card = await room.ticket(ERASE)
    await choose(room, ADA, "ticket_verify", card)
    acknowledgement = (await room.bench.letters())[-1]
    await room.bench.write("Is there any news?", answers=acknowledgement)
    await room.submit(ADA, reason="They called.")
    assert (await row(room, case)).verified_by == ADA


async def test_a_press_that_comes_too_late_is_refused_in_words_for_its_presser_alone(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    await room.press(BEN, "draft_approve", draft)
    await room.press(ADA, "ticket_ask", card)
    assert "closed" in await room.told(ADA)
    assert room.slack.workspace.open_view(ADA) is None
    assert (await row(room, case)).status == "closed"


async def test_of_two_who_take_a_ticket_the_second_learns_who_has_it(room):
    case, card = await room.ticket(ERASE)
    await room.press(BEN, "ticket_take", card)
    await room.press(ADA, "ticket_take", card)
    assert (await room.told(ADA)).lower().startswith("ben was quicker")
    assert (await row(room, case)).assignee == BEN
    assert "ticket_take" not in str((await the_card(room, case)).blocks)


async def test_a_ticket_whose_key_is_destroyed_is_said_to_be_erased(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await room.bench.desk.store.keys.destroy(case.row.key_id)
    await room.press(ADA, "ticket_ask", card)
    assert "erased" in await room.told(ADA)


# ---- assign, types, verify, ask, fulfil --------------------------------------------------------------------


async def test_a_ticket_is_given_to_somebody_else_and_the_form_shows_whose_it_is(room):
    case, card = await room.ticket(ERASE)
    await choose(room, ADA, "ticket_assign", card)
    assert inputs(room)["assignee"]["initial_user"] == ADA
    await room.submit(ADA, assignee=BEN)
    assert (await row(room, case)).assignee == BEN
    await choose(room, ADA, "ticket_assign", await the_card(room, case))
    assert inputs(room)["assignee"]["initial_user"] == BEN


async def test_the_types_are_shown_as_they_are(room):
    _, card = await room.ticket(f"{ERASE} {UNSUBSCRIBE}")
    await choose(room, ADA, "ticket_type", card)
    chosen = [each["value"] for each in inputs(room)["types"]["initial_options"]]
    assert sorted(chosen) == ["deletion", "opt_out"]


async def test_who_verifies_is_told_that_they_cannot_approve(bench):
    strict = replace(bench, desk=replace(bench.desk, four_eyes=FOUR_EYES))
    async with workspace() as slack, room_of(strict, slack) as room:
        _, card = await room.ticket(ERASE)
        await choose(room, ADA, "ticket_verify", card)
        assert "You cannot approve the answer then: deletion needs two people." in said(room)


async def test_nothing_is_verified_that_waits_for_no_proof(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await choose(room, ADA, "ticket_verify", card)
    assert "Nothing in this ticket waits for proof" in await room.told(ADA)


@pytest.mark.parametrize(("law", "words"), [("gdpr", "goes on meanwhile"), ("uk_gdpr", "leaves the days")])
async def test_a_question_says_what_its_wait_does_to_the_clock(room, law, words):
    case, card = await room.ticket(UNSUBSCRIBE)
    await actions.set_law(room.bench.desk, case.reference, BEN, law, "They live there.")
    await choose(room, ADA, "ticket_ask", card)
    assert words in said(room)


async def test_a_fulfilment_is_confirmed_before_it_is_drafted(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    (button,) = [
        each
        for block in card.blocks
        for each in block.get("elements", ())
        if each.get("action_id") == "ticket_fulfil"
    ]
    assert "Nothing leaves before the draft is approved." in button["confirm"]["text"]["text"]


# ---- extend, deny, law -------------------------------------------------------------------------------------


async def test_an_extension_shows_its_last_lawful_day_and_the_day_that_follows(room):
    _, card = await room.ticket(ERASE)
    await choose(room, ADA, "ticket_extend", card)
    assert "sent by 2 April 2026" in said(room)
    assert "due on 2 June 2026 then, instead of 2 April 2026" in said(room)


async def test_an_extension_that_is_not_lawful_any_more_is_refused_with_the_day(room):
    _, card = await room.ticket(ERASE)
    room.bench.clock.forward(days=32)
    await choose(room, ADA, "ticket_extend", card)
    assert await room.told(ADA) == "It is too late to extend: the notice had to be sent by 2 April 2026."
    assert room.slack.workspace.open_view(ADA) is None


async def test_an_extension_that_became_unlawful_while_its_form_was_open_is_refused_in_it(room):
    _, card = await room.ticket(ERASE)
    await choose(room, ADA, "ticket_extend", card)
    room.bench.clock.forward(days=32)
    await room.submit(ADA, reason="There are three archives.")
    assert "too late" in room.modal(ADA).errors["reason"]


async def test_a_refusal_shows_what_the_law_demands_and_cites_the_ground_that_was_chosen(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await choose(room, ADA, "ticket_deny", card)
    told = room.bench.desk.laws["gdpr"].routes
    assert told
    assert all(each.cited in said(room) for each in told)
    offered = {each["value"]: each["description"]["text"] for each in inputs(room)["ground"]["options"]}
    assert offered["excessive"] == "GDPR Art. 12(5)(b)"
    await room.submit(ADA, ground="excessive", reason="It is the hundredth time this week.")
    draft = (await room.bench.drafts())[-1]
    text = await room.bench.draft_text(draft)
    assert "It is the hundredth time this week." in text
    assert "Our ground in law is GDPR Art. 12(5)(b)." in text
    drafted = [each for each in await room.bench.journal(case) if each.event == "drafted"][-1]
    assert (drafted.actor, drafted.detail["ground"]) == (ADA, "excessive")


async def test_a_refusal_may_be_in_part(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await choose(room, ADA, "ticket_deny", card)
    await room.submit(ADA, refused="partly_fulfilled", reason="Invoices are kept for ten years.")
    draft = (await room.bench.drafts())[-1]
    assert (draft.letter, draft.outcome) == ("partly_fulfilled", Outcome.PARTLY_FULFILLED)


async def test_each_law_is_offered_with_the_day_that_it_sets_and_the_dates_follow(room):
    case, card = await room.ticket(ERASE)
    await choose(room, ADA, "ticket_law", card)
    offered = {each["value"]: each.get("description", {}).get("text") for each in inputs(room)["law"]["options"]}
    assert inputs(room)["law"]["initial_option"]["value"] == "gdpr"
    assert set(offered) == set(room.bench.desk.laws.codes())
    await room.submit(ADA, law="ccpa", reason="They live in California.")
    changed = await row(room, case)
    due = changed.due_at
    assert (changed.law, offered["ccpa"]) == ("ccpa", f"Due {due.day} {due:%B %Y}")
    entry = [each for each in await room.bench.journal(case) if each.event == "law_changed"][-1]
    assert (entry.actor, entry.detail["before"], entry.detail["law"]) == (ADA, "gdpr", "ccpa")
    assert "They live in California." in await room.bench.heard(case, "note")


@pytest.mark.parametrize("law", ["ccpa", "us_va", "lgpd", "pipeda", "fadp"])
async def test_a_law_that_is_changed_back_gives_the_dates_from_before(bench, law):
    reference = (await bench.case(await bench.write(ERASE))).reference
    before = (await bench.case(reference)).row
    bench.clock.forward(days=3)
    for each in (law, "gdpr"):
        await actions.set_law(bench.desk, reference, ADA, each, "On second thoughts.")
    again = (await bench.case(reference)).row
    assert (again.due_at, again.act_by, again.due_rule) == (before.due_at, before.act_by, before.due_rule)


# ---- close, reopen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LUNCH, "at once as no matter of privacy"),
        (ODD, "drafts the reply"),
        (ERASE, "for want of proof"),
        (UNSUBSCRIBE, "drafts the letter"),
    ],
)
async def test_closing_says_whether_a_letter_is_drafted(room, text, words):
    case = await room.bench.case(await room.bench.write(text))
    trigger = room.slack.workspace.modals.trigger(ADA)
    await room.slack.send("interactive", pressed("ticket_close", case.reference, trigger=trigger))
    await room._done(1)
    assert words in said(room)


async def test_a_closing_is_taken_back_with_the_clock_that_ran(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    due = (await row(room, case)).due_at
    await room.press(ADA, "draft_approve", await room.draft(card))
    letters = await room.bench.kinds()
    room.bench.clock.forward(days=9)
    await choose(room, BEN, "ticket_reopen", await the_card(room, case))
    assert [each["value"] for each in inputs(room, BEN)["types"]["initial_options"]] == ["opt_out"]
    await room.submit(BEN, types=["opt_out"], reason="The wrong list was cleared.")
    again = await row(room, case)
    assert (again.status, again.outcome, again.closed_at, again.due_at) == ("open", None, None, due)
    assert await room.bench.kinds() == letters
    assert "reopened" in await room.bench.events(case)
    assert "The wrong list was cleared." in await room.bench.heard(case, "note")


async def test_what_was_no_matter_of_privacy_is_sorted_anew(room):
    case, card = await room.ticket(ODD)
    await choose(room, ADA, "ticket_type", card)
    await room.submit(ADA, types=["not_privacy"])
    assert (await row(room, case)).status == "closed"
    await choose(room, ADA, "ticket_reopen", await the_card(room, case))
    await room.submit(ADA, reason="It was not.")
    again = await row(room, case)
    assert (again.status, again.outcome) == ("triage", None)


# ---- two tickets -------------------------------------------------------------------------------------------


async def another(room: Room, text: str = ACCESS, **how):
    return await room.bench.case(await room.bench.write(text, **how))


async def test_linked_tickets_name_each_other_on_their_cards_and_in_their_journals(room):
    case, card = await room.ticket(ERASE)
    other = await another(room, sender=EVE)
    await choose(room, ADA, "ticket_link", card)
    await room.submit(ADA, reference=f" {other.reference.lower()} ")
    for one, to in ((case, other), (other, case)):
        entry = (await room.bench.journal(one))[-1]
        assert (entry.actor, entry.event, entry.detail["to"]) == (ADA, "linked", to.reference)
        assert f"See also {to.reference}" in str((await the_card(room, one)).blocks)


async def test_a_duplicate_is_closed_and_what_it_asks_for_goes_on_by_the_earlier_clock(room):
    kept, _ = await room.ticket(ERASE, sender=EVE)
    room.bench.clock.forward(days=2)
    twin = await another(room, f"{ERASE} {ACCESS}")
    await transferring.set_requester(room.bench.desk, kept.reference, BEN, ROBIN, "", "It is the same person.")
    sent = len(await room.bench.letters())
    card = await the_card(room, twin)
    await choose(room, ADA, "ticket_merge", card)
    assert "closed as a duplicate" in said(room)
    await room.submit(ADA, reference=kept.reference)
    closed, goes_on = await room.bench.case(twin.reference), await room.bench.case(kept.reference)
    assert (closed.row.status, closed.row.outcome) == ("closed", Outcome.DUPLICATE)
    received = {each.type: each.received_at for each in goes_on.requests}
    assert received["deletion"] == kept.requests[0].received_at
    assert received["access"] == twin.requests[0].received_at
    (letter,) = (await room.bench.letters())[sent:]
    assert kept.reference in letter["Subject"]
    await room.bench.write(code_of(letter), answers=letter)
    assert (await row(room, kept)).verified
    assert (await room.bench.journal(closed))[-1].detail["duplicate_of"] == kept.reference
    assert f"it goes on in {kept.reference}" in str((await the_card(room, twin)).blocks)


async def test_a_code_that_was_mailed_for_the_duplicate_proves_nothing_any_more(bench):
    kept = await bench.case(await bench.write(ERASE, sender=EVE))
    twin = await bench.case(await bench.write(ERASE))
    old = (await bench.letters())[-1]
    await transferring.set_requester(bench.desk, kept.reference, BEN, ROBIN, "", "It is the same person.")
    await merging.merge(bench.desk, twin.reference, ADA, kept.reference)
    await bench.write(code_of(old), answers=old)
    assert not (await bench.case(kept.reference)).row.verified
    assert not (await bench.case(twin.reference)).row.verified


async def test_tickets_of_different_requesters_are_not_merged(room):
    case, card = await room.ticket(ERASE)
    other = await another(room, sender=EVE)
    await choose(room, ADA, "ticket_merge", card)
    await room.submit(ADA, reference=other.reference)
    assert "different requesters" in room.modal(ADA).errors["reference"]
    assert (await row(room, case)).status == "verifying"


# ---- the requester -----------------------------------------------------------------------------------------


async def test_another_requester_has_proven_nothing_and_gets_a_code_of_their_own(room):
    case = await room.bench.proven()
    card = await the_card(room, case)
    await choose(room, ADA, "ticket_requester", card)
    assert inputs(room)["email"]["initial_value"] == ROBIN
    assert (await room.bench.journal(case))[-1].event == "looked"
    await room.submit(ADA, email=EVE, name="Eve Adams", reason="Robin passed it on for her.")
    changed = await room.bench.case(case.reference)
    assert (changed.row.status, changed.requester.address, changed.requester.name) == (
        "verifying",
        EVE,
        "Eve Adams",
    )
    letter = (await room.bench.letters())[-1]
    assert (letter["To"], letter["In-Reply-To"]) == (EVE, None)
    await room.bench.write(code_of(letter), answers=letter, sender=EVE)
    assert (await row(room, case)).verified
    told = repr([each.detail for each in await room.bench.journal(case)])
    assert not [each for each in (EVE, "Eve Adams", "passed it on") if each in told]


async def test_the_code_of_who_was_the_requester_before_is_dead(bench):
    case = await bench.case(await bench.write(ERASE))
    old = (await bench.letters())[-1]
    await transferring.set_requester(bench.desk, case.reference, ADA, EVE, "", "It is about Eve.")
    await bench.write(code_of(old), answers=old)
    assert not (await bench.case(case.reference)).row.verified


PASSED_ON = """FYI

---------- Forwarded message ---------
From: Eve Adams <eve@elsewhere.example>
Date: Mon, 2 Mar 2026 at 08:00
Subject: My data
To: <sales@linden.example>

"""


async def test_the_requester_of_a_forward_is_prefilled_from_the_letter_that_was_passed_on(room):
    case, card = await room.ticket(f"{PASSED_ON}{ERASE}", sender="sales@linden.example", subject="Fwd: My data")
    assert (await row(room, case)).status == "triage"
    await choose(room, ADA, "ticket_requester", card)
    assert inputs(room)["email"]["initial_value"] == EVE
    await room.submit(ADA, reason="As the letter says.")
    await actions.set_types(room.bench.desk, case.reference, ADA, [RequestType.DELETION])
    letter = (await room.bench.letters())[-1]
    assert letter["To"] == EVE
    assert code_of(letter)


# ---- what came by another way ------------------------------------------------------------------------------

CALL = {
    "channel": "phone",
    "received": "2026-02-26",
    "types": ["access", "opt_out"],
    "email": EVE,
    "reason": "Eve rang the shop; Tom's note is in the folder.",
}


async def enter(room: Room, **values) -> None:
    await room.slack.shortcut(ADA, "ticket_new")
    await room._done(1)
    await room.submit(ADA, **(CALL | values))


async def test_a_call_becomes_a_ticket_whose_clock_runs_from_its_true_day(room):
    await enter(room, name="Eve Adams", details="She wants to know what we hold.")
    (case,) = await room.bench.cases()
    assert room.slack.workspace.open_view(ADA) is None
    assert (case.row.channel, case.row.status, str(case.row.due_at)) == ("phone", "open", "2026-03-26")
    assert [each.received_at.date().isoformat() for each in case.requests] == ["2026-02-26"] * 2
    assert case.requester.address == EVE
    (letter,) = await room.bench.letters()
    assert letter["To"] == EVE
    assert code_of(letter)
    entered = [each for each in await room.bench.journal(case) if each.event == "entered"]
    assert [(each.actor, each.detail["channel"]) for each in entered] == [(ADA, "phone")]
    assert CALL["reason"] in await room.bench.heard(case, "note")
    told = repr([each.detail for each in await room.bench.journal(case)])
    assert not [each for each in (EVE, "Eve", "Tom") if each in told]


async def test_what_came_today_came_now(room):
    await enter(room, received="2026-03-02")
    (case,) = await room.bench.cases()
    assert case.row.received_at == room.bench.clock()


@pytest.mark.parametrize(
    ("values", "block", "words"),
    [
        ({"received": "2026-03-03"}, "received", "not come yet"),
        ({"received": "2006-03-03"}, "received", "years ago"),
        ({"email": "privacy@linden.example"}, "email", "own addresses"),
        ({"reason": "  "}, "reason", "few words"),
    ],
)
async def test_what_is_wrong_with_an_entry_is_said_beside_its_field(room, values, block, words):
    await enter(room, **values)
    assert words in room.modal(ADA).errors[block]
    assert await room.bench.cases() == []


async def test_an_entry_is_for_staff_alone(room):
    await room.slack.shortcut(BYSTANDER, "ticket_new")
    await room.slack.wait_until(lambda: room.slack.workspace.open_view(BYSTANDER) is not None)
    await room.gateway.identify()  # by now the desk has heard that the form is shown
    modal = room.modal(BYSTANDER)
    assert "Only the privacy desk" in str(modal.blocks)
    assert "submit" not in modal.content
