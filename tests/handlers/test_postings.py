"""Cards, messages, drafts and alerts as they arrive in Slack, whatever goes wrong on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.adapters.cards import Posting
from bot.adapters.pace import Pace
from bot.adapters.slack import Fate, asking_first
from bot.claims import SPAN
from bot.domain.events import Added, Closed
from bot.domain.vocabulary import Outcome, RequestType
from bot.postings import SlackDelivery
from bot.store import outbox
from handlers import actions, showing
from handlers.alerts import tell_staff
from handlers.deadlines import tick
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, ROBIN, STAFF, UNSUBSCRIBE, text_of
from tests.handlers.slack_customers import CARLA, support_of
from tests.handlers.slack_people import Room, room_of, workspace

POST, UPDATE = "chat.postMessage", "chat.update"


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack, listening=False) as each:
        yield each


def calls(room: Room, method: str) -> list[str]:
    """What became of the calls of a method: Slack's error word, or nothing."""
    return [each.error for each in room.slack.calls if each.method == method]


def delivery_of(room: Room, pace: Pace | None = None, owner: str = "") -> SlackDelivery:
    desk, slack, channels = room.bench.desk, room.gateway, room.channels
    return SlackDelivery(desk, slack, channels, alert_channel=STAFF, owner=owner, pace=pace)


async def alert(room: Room, key: str = "matter", text: str = "Something is wrong.") -> None:
    async with room.bench.desk.store.transaction() as work:
        await tell_staff(room.bench.desk, work, key, text)


async def test_a_ticket_has_one_card_that_is_brought_up_to_date(room):
    case, card = await room.ticket(ERASE)
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await room.post_all()
    (standing,) = room.posts()
    assert standing.ts == card.ts
    assert f"<@{ADA}>" in str(standing.blocks)


async def test_neither_card_nor_thread_names_the_requester(room):
    _, card = await room.ticket(f"{ERASE}\n\nRobin Reed, 12345 Elm Road", sender=f"Robin Reed <{ROBIN}>")
    shown = str([each.blocks for each in (card, *room.posts(card.ts))]) + card.text
    for personal in ("Robin", "Reed", ROBIN, "12345"):
        assert personal not in shown


async def test_the_thread_below_the_card_holds_what_was_said_and_then_the_draft(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    said, draft = room.posts(card.ts)
    assert "unsubscribe me" in str(said.blocks)
    assert draft.text.startswith("Draft reply for")


async def test_a_thread_waits_for_its_card(room):
    room.slack.fail(POST, error="internal_error")
    await room.bench.write(UNSUBSCRIBE)
    await room.post_all()
    assert (calls(room, POST), room.posts()) == (["internal_error"], [])
    room.bench.clock.forward(minutes=10)
    await room.post_all()
    (card,) = room.posts()
    assert len(room.posts(card.ts)) == 2


async def test_a_card_shows_what_is_true_when_it_is_posted(room):
    case = await room.bench.case(await room.bench.write(ERASE))
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await room.delivery.send_next()
    assert f"<@{ADA}>" in str(room.posts()[0].blocks)


async def test_each_ticket_has_a_card_of_its_own(room):
    await room.ticket(ERASE)
    await room.ticket(ERASE, sender=EVE)
    assert len(room.posts()) == 2


# ---- what goes wrong ---------------------------------------------------------------------------------------


async def test_a_post_whose_answer_is_lost_is_looked_up_and_not_posted_again(room):
    room.slack.fail(POST, lose_response=True)
    case, card = await room.ticket(ERASE)
    assert calls(room, POST) == [""]
    room.bench.clock.forward(seconds=2)
    await room.post_all()
    assert [each.ts for each in room.posts()] == [card.ts]
    assert (await room.bench.case(case.reference)).row.card_ts == card.ts
    assert len(room.posts(card.ts)) == 1


async def test_a_draft_whose_answer_is_lost_is_looked_up_in_its_thread(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    await actions.propose(room.bench.desk, card.text.split(":")[0], ADA, Outcome.FULFILLED)
    room.slack.fail(POST, lose_response=True)
    await room.post_all()
    room.bench.clock.forward(seconds=2)
    await room.post_all()
    drafts = [each for each in room.posts(card.ts) if each.text.startswith("Draft reply")]
    assert len(drafts) == 2, "the desk's own, which was discarded, and Ada's"
    assert (await room.bench.drafts())[-1].slack_ts == drafts[-1].ts


async def test_after_a_crash_what_was_begun_is_looked_up(room):
    await room.bench.write(ERASE)
    async with room.bench.desk.store.transaction() as work:
        (row,) = await outbox.due(work, outbox.SLACK, room.bench.clock(), limit=1)
        await outbox.start(work, row, room.bench.clock(), SPAN)
    await room.delivery.recover(alone=True)
    await room.post_all()
    assert len(room.posts()) == 1
    assert calls(room, "conversations.history") == [""]


async def test_a_rate_limit_is_waited_out(room):
    room.slack.fail(POST, retry_after=30)
    await room.bench.write(ERASE)
    await room.post_all()
    assert room.posts() == [], "nothing more is tried while Slack wants no more"
    assert calls(room, POST) == ["ratelimited"]
    room.bench.clock.forward(seconds=31)
    await room.post_all()
    room.bench.clock.forward(seconds=5)  # what belongs into the thread waits for the card
    await room.post_all()
    (card,) = room.posts()
    assert len(room.posts(card.ts)) == 1


async def test_while_the_staffs_channel_is_full_people_hear_in_their_direct_messages(bench):
    async with support_of(bench) as support:
        now = [0.0]
        support.room.delivery = delivery_of(support.room, Pace(burst=1, per_second=1, clock=lambda: now[0]))
        await bench.write(ERASE)
        await bench.write(ERASE, sender=EVE)
        assert await support.tell(CARLA, "help"), "a word to a person waits for no card"
        assert len(support.room.posts()) == 1
        for _ in range(4):
            now[0] += 1
            await support.room.post_all()
        assert len(support.room.posts()) == 2


async def test_what_waits_to_change_a_card_is_one_call(room):
    case, _ = await room.ticket(ERASE)
    for name in (ADA, BEN, ADA):
        await actions.assign(room.bench.desk, case.reference, ADA, name)
    await room.post_all()
    assert calls(room, "chat.update") == [""]
    assert ADA in str(room.posts()[0].blocks)


async def test_a_card_of_unknown_fate_is_looked_up_whichever_of_its_rows_comes_first(room):
    case = await room.bench.case(await room.bench.write(ERASE))
    room.slack.fail(POST, lose_response=True)
    await room.delivery.send_next()
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await room.post_all()
    room.bench.clock.forward(seconds=2)
    await room.post_all()
    assert len(room.posts()) == 1


async def test_of_two_replicas_one_posts_until_it_is_silent(room):
    one, other = (delivery_of(room, owner=each) for each in ("one", "other"))
    await room.bench.write(ERASE)
    assert await one.send_next()
    assert not await other.send_next()
    room.bench.clock.forward(seconds=11)
    assert await other.send_next()
    assert not await one.send_next()


async def test_slack_being_down_delays_and_loses_nothing(room):
    room.slack.fail(POST, error="service_unavailable", times=2)
    await room.bench.write(ERASE)
    for _ in range(6):
        await room.post_all()
        room.bench.clock.forward(minutes=5)
    (card,) = room.posts()
    assert len(room.posts(card.ts)) == 1


async def test_what_cannot_be_rendered_does_not_keep_the_rest_waiting(room, monkeypatch):
    broken = await room.bench.case(await room.bench.write(ERASE))
    await room.bench.write(ERASE, sender=EVE)
    whole = showing.card_of

    def card_of(desk, case):
        if case.reference == broken.reference:
            raise ValueError
        return whole(desk, case)

    monkeypatch.setattr(showing, "card_of", card_of)
    await room.post_all()
    assert broken.reference not in room.posts()[0].text


async def test_a_channel_that_refuses_is_told_to_staff_by_mail_once_a_day_and_mended_without_a_loss(bench):
    desk = replace(bench.desk, alert_address="alerts@linden.example")
    async with workspace() as slack, room_of(replace(bench, desk=desk), slack, listening=False) as room:
        slack.fail(POST, error="is_archived", times=4)
        await room.bench.write(ERASE)
        for _ in range(3):
            await room.post_all()
            room.bench.clock.forward(minutes=10)
        alerts = [each for each in await room.bench.letters() if each["To"] == "alerts@linden.example"]
        assert ["is_archived" in text_of(each) for each in alerts] == [True]
        for _ in range(3):
            await room.post_all()
            room.bench.clock.forward(minutes=10)
        assert len(room.posts()) == 1


async def test_a_channel_that_refuses_after_slack_was_down_is_told_as_well(bench):
    desk = replace(bench.desk, alert_address="alerts@linden.example")
    async with workspace() as slack, room_of(replace(bench, desk=desk), slack, listening=False) as room:
        slack.fail(POST, error="internal_error")
        slack.fail(POST, error="is_archived", times=3)
        await room.bench.write(ERASE)
        for _ in range(3):
            await room.post_all()
            room.bench.clock.forward(minutes=10)
        assert "alerts@linden.example" in [each["To"] for each in await room.bench.letters()]


# ---- alerts ------------------------------------------------------------------------------------------------


async def test_an_alert_is_posted_once_in_the_channel_for_alerts(room):
    for _ in range(2):
        await alert(room)
        await room.post_all()
    (told,) = room.posts()
    assert "Something is wrong." in str(told.blocks)


async def test_an_alert_waits_for_no_card(room):
    room.slack.fail(POST, error="internal_error")
    await room.bench.write(ERASE)
    await alert(room)
    await room.post_all()
    assert "Something is wrong." in str(room.posts()[0].blocks)


async def test_what_is_sent_to_slack_is_remembered_as_sent(room):
    await room.ticket(ERASE)
    assert await room.bench.queued(outbox.SLACK) == []
    sent = await room.bench.queued(outbox.SLACK, state="sent")
    assert all(row.sent_at == room.bench.clock() for row in sent)


# ---- the clock ---------------------------------------------------------------------------------------------


async def struck(room: Room, day: str) -> None:
    room.bench.clock.at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    await tick(room.bench.desk)
    await room.post_all()


async def test_a_reminder_stands_in_the_tickets_thread_and_calls_its_assignee(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await struck(room, "2026-03-30")
    (reminder,) = [each for each in room.posts(card.ts) if "working days left" in each.text]
    assert f"<@{ADA}> 3 working days left to act" in str(reminder.blocks)
    assert "2026-04-02 (3 days left)" in str(room.posts()[0].blocks)


async def test_a_reminder_that_comes_late_calls_whoever_has_the_ticket_by_then_and_nobody_once_it_is_closed(room):
    case, card = await room.ticket(UNSUBSCRIBE)
    room.bench.clock.at = datetime(2026, 3, 30, 9, tzinfo=UTC)
    await tick(room.bench.desk)
    await actions.assign(room.bench.desk, case.reference, ADA, BEN)
    await room.post_all()
    assert any(f"<@{BEN}> 3 working days" in str(each.blocks) for each in room.posts(card.ts))
    room.bench.clock.at = datetime(2026, 4, 2, 9, tzinfo=UTC)
    await tick(room.bench.desk)
    await room.bench.happen(case.reference, Closed(room.bench.clock(), Outcome.WITHDRAWN))
    await room.post_all()
    assert not any("Today is the day" in each.text for each in room.posts(card.ts))


async def test_a_digest_stands_in_the_staff_channel(room):
    case, _ = await room.ticket(UNSUBSCRIBE)
    await struck(room, "2026-03-03")
    assert any("Good morning" in each.text and case.reference in each.text for each in room.posts())


async def test_the_card_says_the_rule_and_the_whole_arithmetic_is_behind_a_button(room):
    californian = replace(room.bench, desk=replace(room.bench.desk, default_law="ccpa"))
    case = await californian.case(await californian.write(ERASE))
    await room.post_all()
    shown = str(room.posts()[0].blocks)
    assert "45 days from receipt on 2 March 2026 is 16 April 2026" in shown
    assert "stricter reading" not in shown
    assert "ticket_why" in shown
    assert "On the stricter reading it is 15 April 2026" in await actions.why(californian.desk, case.reference)


async def test_where_a_ticket_holds_several_rights_the_arithmetic_of_each_is_told(room):
    case, _ = await room.ticket(UNSUBSCRIBE)
    await room.bench.happen(case.reference, Added(room.bench.clock(), (RequestType.DELETION,)))
    lines = (await actions.why(room.bench.desk, case.reference)).splitlines()
    assert [each.split(":")[0] for each in lines] == ["The earliest", "opt_out", "deletion"]


async def test_what_another_desk_has_taken_over_is_not_said(room):
    async def taken_over() -> bool:
        return False

    with asking_first(taken_over):
        withheld = await room.gateway.post(STAFF, Posting("Hello", []), key="hello")
    assert (withheld.fate, room.posts()) == (Fate.TRY_LATER, [])
    assert (await room.gateway.post(STAFF, Posting("Hello", []), key="hello")).fate is Fate.DONE
