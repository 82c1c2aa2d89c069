"""Reminders reach the thread of a ticket and whoever has it; digests and alerts their channel, and nobody else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.demo.slack import Message
from bot.domain.events import Closed
from bot.domain.vocabulary import Outcome
from bot.postings import SlackDelivery
from bot.store import outbox
from handlers import actions
from handlers.deadlines import tick
from tests.handlers.conftest import ADA, BEN, ERASE, STAFF, UNSUBSCRIBE
from tests.handlers.slack_people import Room, room_of, workspace

ALERTS = "C0ALERTS"


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    """With a channel of its own for alerts."""
    async with workspace() as slack, room_of(bench, slack, listening=False) as each:
        slack.workspace.add_channel(ALERTS, "alerts", private=True, members=[ADA])
        delivery = SlackDelivery(bench.desk, each.gateway, each.channels, alert_channel=ALERTS)
        yield replace(each, delivery=delivery)


def direct(room: Room, user: str) -> list[Message]:
    """What somebody is reminded of, without what they missed because the clock of a test jumps."""
    return [each for each in room.slack.workspace.direct_messages(user) if "While the desk" not in each.text]


async def struck(room: Room, day: str) -> None:
    room.bench.clock.at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    await tick(room.bench.desk)


async def mine(room: Room) -> tuple[str, Message]:
    """Ada's ticket, and its card."""
    case, card = await room.ticket(f"{UNSUBSCRIBE}\n\nRobin Reed", sender="Robin Reed <robin@letters.example>")
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await room.post_all()
    return case.reference, card


async def test_a_reminder_reaches_the_thread_and_its_assignee_each_once(room):
    reference, card = await mine(room)
    await struck(room, "2026-03-30")
    await struck(room, "2026-03-30")
    await room.post_all()
    assert len([each for each in room.posts(card.ts) if "3 working days left" in each.text]) == 1
    (told,) = direct(room, ADA)
    assert told.text.startswith(f"{reference}: 3 working days left to act")
    assert f"/archives/{STAFF}/p{card.ts.replace('.', '')}" in str(told.blocks)
    assert not [each for each in ("Robin", "Reed", "letters.example") if each in str(told)]


async def test_what_nobody_has_stands_in_its_thread_alone(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await struck(room, "2026-03-30")
    await room.post_all()
    assert any("working days left" in each.text for each in room.posts(card.ts))
    assert [*direct(room, ADA), *direct(room, BEN)] == []
    assert case.row.assignee is None


async def test_whoever_has_the_ticket_by_then_is_told_and_nobody_once_it_is_closed(room):
    reference, _ = await mine(room)
    await struck(room, "2026-03-30")
    await actions.assign(room.bench.desk, reference, ADA, BEN)
    await room.post_all()
    assert (len(direct(room, ADA)), len(direct(room, BEN))) == (0, 1)
    await struck(room, "2026-04-02")
    await room.bench.happen(reference, Closed(room.bench.clock(), Outcome.WITHDRAWN))
    await room.post_all()
    assert len(direct(room, BEN)) == 1


async def test_what_is_overdue_is_said_to_its_assignee_and_in_the_alert_channel(room):
    reference, _ = await mine(room)
    await struck(room, "2026-04-03")
    await room.post_all()
    (alert,) = room.slack.workspace.messages(ALERTS)
    assert f"{reference} is overdue" in alert.text
    assert f"{reference} is overdue" in direct(room, ADA)[-1].text


async def test_an_assignee_who_cannot_be_reached_keeps_nothing_waiting(room):
    _, card = await mine(room)
    room.slack.fail("conversations.open", error="user_disabled", times=9)
    await struck(room, "2026-03-30")
    await room.post_all()
    assert direct(room, ADA) == []
    assert any("3 working days left" in each.text for each in room.posts(card.ts))
    assert [each for each in await room.bench.queued("slack") if each.kind == "nudge"] == []


async def test_a_reminder_of_doubtful_fate_is_looked_up_and_not_said_twice(room):
    await mine(room)
    await struck(room, "2026-03-30")
    rows = [each for each in await room.bench.queued("slack") if each.kind == "nudge"]
    await room.post_all()
    async with room.bench.desk.store.transaction() as work:
        row = await work.session.get(type(rows[0]), rows[0].id)
        row.state, row.reason = "ready", outbox.LOOK_UP
        work.session.add(row)
    await room.post_all()
    assert len(direct(room, ADA)) == 1


async def test_what_one_person_missed_comes_to_them_alone(room):
    reference, _ = await mine(room)
    await struck(room, "2026-03-29")  # a Sunday, and long after half of the time
    await room.post_all()
    (told,) = room.slack.workspace.direct_messages(ADA)
    assert "While the desk could not speak" in told.text
    assert reference in told.text
    assert not any("While the desk" in each.text for each in room.posts())


async def test_what_one_person_missed_stands_in_the_channel_where_they_cannot_be_reached(room):
    await mine(room)
    room.slack.fail("conversations.open", error="user_disabled")
    await struck(room, "2026-03-29")
    await room.post_all()
    assert any("While the desk" in each.text for each in room.posts())


async def test_a_morning_begins_with_one_digest_in_the_staff_channel_and_nowhere_else(room):
    reference, _ = await mine(room)
    await struck(room, "2026-03-03")
    await room.post_all()
    (digest,) = [each for each in room.posts() if "Good morning" in each.text]
    assert reference in digest.text
    assert direct(room, ADA) == []
    assert room.slack.workspace.messages(ALERTS) == []


async def test_where_strangers_read_the_staff_channel_no_digest_stands_there_and_the_alerts_do_elsewhere(room):
    await mine(room)
    room.slack.publish(STAFF)
    room.channels._known.clear()
    await room.channels.watch()
    before = len(room.posts())
    await struck(room, "2026-03-03")
    await room.post_all()
    assert len(room.posts()) == before
    assert "is public" in room.slack.workspace.messages(ALERTS)[-1].text
    assert [each.kind for each in await room.bench.queued("slack")] == ["digest"]


async def test_where_alerts_share_the_channel_that_strangers_read_it_hears_of_that_and_of_no_ticket(bench):
    async with workspace() as slack, room_of(bench, slack, listening=False) as room:
        case, _ = await room.ticket(ERASE)
        slack.publish(STAFF)
        room.channels._known.clear()
        await room.channels.watch()
        await struck(room, "2026-04-03")
        before = len(room.posts())
        await room.post_all()
        (told,) = room.posts()[before:]
        assert "is public" in told.text
        assert case.reference not in told.text
