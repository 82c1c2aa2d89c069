"""A ticket's thread in the staff's channel: what came in, notes, and what drafts and cards say of themselves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from bot.adapters.rendering import Letters, packaged_templates
from bot.domain.events import Extended
from bot.intake import InboxWorker
from bot.store import inbox
from bot.store.tables import InboxItem
from handlers import actions
from handlers.approvals import edit_draft
from handlers.deadlines import tick
from tests.handlers.conftest import ADA, BEN, ERASE, ROBIN, STAFF, UNSUBSCRIBE
from tests.handlers.slack_people import BYSTANDER, Room, room_of, workspace


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack) as each:
        yield each


# ---- the thread --------------------------------------------------------------------------------------------


async def test_what_came_in_stands_masked_in_the_thread_and_opens_whole_and_the_look_is_recorded(room):
    case, card = await room.ticket(f"{ERASE} I am Robin Reed, call 0171 5550123.", sender=f"Robin Reed <{ROBIN}>")
    (came_in,) = [each for each in room.posts(card.ts) if each.text.startswith("New message")]
    assert not [each for each in ("Robin", "5550123") if each in str(came_in.blocks)]
    await room.press(ADA, "message_show", came_in)
    shown = str(room.modal(ADA).blocks)
    assert "I am Robin Reed, call 0171 5550123." in shown
    assert ROBIN in shown
    entry = (await room.bench.journal(case))[-1]
    assert (entry.actor, entry.event, list(entry.detail)) == (ADA, "looked", ["message"])


async def test_a_message_opens_for_staff_alone(room):
    _, card = await room.ticket(ERASE)
    await room.press(BYSTANDER, "message_show", room.posts(card.ts)[0])
    assert room.slack.workspace.open_view(BYSTANDER) is None
    assert "staff" in await room.told(BYSTANDER)


async def noted(room: Room, case, count: int) -> list:
    worker = InboxWorker(room.bench.desk, "slack", room.reception.replay, alone=True)
    async with asyncio.timeout(10):
        while True:
            await worker.work_once()
            found = [each for each in await room.bench.journal(case) if "note" in each.event]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)


async def test_what_staff_write_in_the_thread_is_a_note_and_leaves_the_desk_by_no_way(room):
    case, card = await room.ticket(ERASE)
    before = await room.bench.kinds()
    note = await room.slack.say(BEN, STAFF, "They called: please hurry. <@U0ADA>", thread_ts=card.ts)
    (entry,) = await noted(room, case, 1)
    assert (entry.actor, entry.event) == (BEN, "noted")
    assert "hurry" not in str(entry.detail)
    async with room.bench.desk.store.reading() as work:
        item = await inbox.load(work, entry.detail["item"])
        raw, _ = await inbox.raw_of(work, item)
    assert item.ticket_id == case.id
    assert b"please hurry" in raw
    await room.slack.edit(BEN, STAFF, note, "They called twice.")
    await room.slack.delete(BEN, STAFF, note)
    assert [each.event for each in await noted(room, case, 3)] == ["noted", "note_edited", "note_deleted"]
    assert await room.bench.kinds() == before


async def test_what_staff_say_elsewhere_in_their_channel_is_not_kept(room):
    _, card = await room.ticket(ERASE)
    await room.slack.say(BEN, STAFF, "Lunch?")
    other = await room.slack.say(BEN, STAFF, "Who is in?")
    await room.slack.say(ADA, STAFF, "Me.", thread_ts=other)
    await room.slack.say(ADA, STAFF, "On it.", thread_ts=card.ts)
    async with room.bench.desk.store.reading() as work:
        query = select(InboxItem).where(InboxItem.source == "slack")
        async with asyncio.timeout(10):
            while not (kept := (await work.session.exec(query)).all()):
                await asyncio.sleep(0.01)
    assert len(kept) == 1


async def test_what_is_decided_stands_in_the_thread_and_names_no_requester(room):
    case, card = await room.ticket(ERASE, sender=f"Robin Reed <{ROBIN}>")
    desk, reference = room.bench.desk, case.reference
    await actions.assign(desk, reference, ADA, BEN)
    await actions.set_law(desk, reference, BEN, "ccpa", "Robin Reed lives in California.")
    await actions.vouch(desk, reference, BEN, "Robin Reed was here.")
    await room.post_all()
    said = [each.text for each in room.posts(card.ts)]
    assert f"{reference}: <@{ADA}> gave it to <@{BEN}>." in said
    assert f"{reference}: <@{BEN}> put it under another law: ccpa in the place of gdpr, due 2026-04-16." in said
    assert f"{reference}: <@{BEN}> verified the requester by hand." in said
    assert "Robin" not in str(said)


# ---- what a draft and a card say of themselves --------------------------------------------------------------


async def test_a_draft_says_that_its_quotations_are_the_policys_and_that_it_was_edited(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    assert "word for word from the policy, version" in str(draft.blocks)
    assert "edited" not in str(draft.blocks)
    (row,) = await room.bench.drafts()
    text = await room.bench.draft_text(row)
    await edit_draft(room.bench.desk, row.id, BEN, row.digest, f"{text}\nAll the best")
    assert f"edited by <@{BEN}>" in str((await room.draft(card)).blocks)


async def test_a_draft_in_another_language_is_read_beside_that_of_the_staff(bench, tmp_path):
    sources = {"de": "Erledigt\n\nGuten Tag,\n\nerledigt.\n", "en": "Done\n\nHello,\n\nit is done.\n"}
    for language, source in sources.items():
        folder = tmp_path / "letters" / language
        folder.mkdir(parents=True)
        (folder / "fulfilled.txt").write_text(source)
    letters = Letters([tmp_path, packaged_templates()])
    german = replace(bench, desk=replace(bench.desk, letters=letters))
    async with workspace() as slack, room_of(german, slack) as room:
        text = "Bitte schicken Sie mir keine Werbung mehr, ich möchte keinen Newsletter von Ihnen."
        _, card = await room.ticket(text)
        await room.press(ADA, "draft_show", await room.draft(card))
        shown = [str(each) for each in room.modal(ADA).blocks]
        assert [("Guten Tag" in one, "Hello" in two) for one, two in pairwise(shown) if "Guten Tag" in one] == [
            (True, True)
        ]
        (row,) = await german.drafts()
        await edit_draft(german.desk, row.id, BEN, row.digest, "Guten Tag,\n\nalles ist erledigt.\n")
        await room.press(ADA, "draft_show", await room.draft(card))
        shown = str(room.modal(ADA).blocks)
        assert "Hello" in shown
        assert "it is done" not in shown
        assert "no translation" in shown


async def test_a_card_counts_the_days_of_the_last_two_weeks_each_working_morning(room):
    case, card = await room.ticket(ERASE)
    assert "more than two weeks left" in str(card.blocks)
    due = case.row.due_at
    room.bench.clock.at = datetime.combine(due - timedelta(days=10), time(9), UTC)
    await tick(room.bench.desk)
    room.bench.clock.forward(minutes=5)
    await room.post_all()
    assert "10 days left" in str(room.posts()[0].blocks)


async def test_a_card_says_how_its_clock_stands(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    assert "*Clock*\\nrunning" in str(card.blocks)
    await room.bench.happen(case.reference, Extended(room.bench.clock()))
    await room.post_all()
    assert "*Clock*\\nrunning, extended" in str(room.posts()[0].blocks)
