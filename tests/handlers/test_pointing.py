"""The shortcut “Open a privacy ticket” on a message: one ticket of its author, whoever that is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.demo.slack import Message
from tests.handlers.conftest import ADA, BEN
from tests.handlers.slack_customers import (
    CARLA,
    CARLAS,
    CHATTER,
    DELETE,
    HELP,
    STRANGER,
    Support,
    support_of,
    words_of,
)
from tests.handlers.slack_people import BYSTANDER, GUEST

OTHER, HOOK = "C0OTHER", "U0HOOK"


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    """With a channel in which the desk is not."""
    async with support_of(bench) as each:
        staff = [ADA, BEN, BYSTANDER, GUEST]
        each.slack.workspace.channels[HELP].members += staff
        each.slack.workspace.add_channel(OTHER, "sales", members=[CARLA, STRANGER, *staff], invited=False)
        yield each


async def point(support: Support, ts: str, *, user: str = ADA, where: str = OTHER) -> str:
    """Uses the shortcut on a message; what is said to who used it."""
    before = len(support.notes(user, where))
    ack = await support._acted(support.slack.shortcut(user, "request_open", channel=where, ts=ts))
    assert ack.ok, ack.problem
    await support.slack.wait_until(lambda: len(support.notes(user, where)) > before)
    await support.room.post_all()
    return support.notes(user, where)[-1].text


async def test_a_message_becomes_a_ticket_of_its_author(support):
    ts = await support.slack.say(CARLA, OTHER, DELETE)
    told = await point(support, ts)
    case = await support.only_case()
    assert told.startswith(f"{case.reference} is open, due 2026-04-02")
    assert (case.ticket().types, case.row.status) == (("deletion",), "verifying")
    assert (case.requester.address, case.row.slack_user) == (CARLAS, CARLA)
    assert await support.bench.heard(case) == [DELETE]
    assert ("pointed_out", ADA) in [(each.event, each.actor) for each in await support.bench.journal(case)]
    assert "We have your request" in words_of(support.dm(CARLA)[-1])
    assert (await support.bench.letters())[0]["To"] == CARLAS
    assert case.reference in support.room.posts()[-1].text


async def test_it_was_received_when_it_was_said_and_never_later_than_now(support):
    at = "1771000000.000100"
    support.slack.workspace.keep(Message(OTHER, at, CARLA, DELETE, "T0DESK"))
    await point(support, at)
    assert (await support.only_case()).row.received_at == datetime.fromtimestamp(float(at), UTC)
    ahead = f"{support.bench.clock().timestamp() + 3600:.6f}"
    support.slack.workspace.keep(Message(OTHER, ahead, CARLA, "Please stop all advertising to me.", "T0DESK"))
    await point(support, ahead)
    assert (await support.bench.cases())[-1].row.received_at == support.bench.clock()


async def test_whoever_uses_it_again_is_told_of_the_ticket_that_is_there(support):
    ts = await support.slack.say(CARLA, OTHER, DELETE)
    await point(support, ts)
    case = await support.only_case()
    for user in (ADA, BEN):
        told = await point(support, ts, user=user)
        assert told == f"{case.reference} holds this message already, and is verifying. Nothing was opened anew."
    assert (await support.only_case()).row.journal_length == case.row.journal_length


async def test_what_the_desk_has_overheard_itself_opens_no_second_ticket_and_is_with_staff_at_once(support):
    ts = await support.say(CARLA, DELETE)
    case = await support.only_case()
    assert case.row.unconfirmed_since
    told = await point(support, ts, where=HELP)
    assert told == f"{case.reference} holds this message already, and is with you from now on."
    after = await support.only_case()
    assert (after.row.unconfirmed_since, after.row.status) == (None, "triage")
    assert case.reference in support.room.posts()[-1].text


async def test_what_the_desk_has_let_pass_becomes_a_ticket_for_staff_to_sort_whose_clock_runs(support):
    ts = await support.say(CARLA, CHATTER)
    assert await support.bench.cases() == []
    told = await point(support, ts, where=HELP)
    case = await support.only_case()
    assert case.reference in told
    assert (case.row.status, case.row.slack_user) == ("triage", CARLA)
    assert case.row.due_at is not None
    shown = await support.home(ADA)
    assert "Unassigned (1)" in shown
    await support.settle()
    await support.only_case()


async def test_the_desk_that_hears_of_the_message_only_later_opens_no_second_ticket(support):
    support.slack.workspace.channels[HELP].members.remove("U0DESK")
    ts = await support.slack.say(CARLA, HELP, DELETE)
    support.slack.workspace.channels[HELP].members.append("U0DESK")
    await point(support, ts, where=HELP)
    event = {"type": "message", "user": CARLA, "text": DELETE, "ts": ts, "channel": HELP, "team": "T0DESK"}
    told = {"type": "event_callback", "event_id": "Ev1", "event": event | {"channel_type": "channel"}}
    await support.slack.send("events_api", told)
    await support.settle()
    await support.only_case()


async def test_an_outsider_by_slack_connect_is_served_as_a_requester(support):
    ts = await support.slack.say(STRANGER, OTHER, DELETE)
    await point(support, ts)
    case = await support.only_case()
    assert (case.row.slack_user, case.requester.address) == (STRANGER, "")
    assert "e-mail address" in words_of(support.dm(STRANGER)[-1])


@pytest.mark.parametrize("text", ["Please delete my data.", ""])
async def test_what_no_person_has_written_becomes_no_ticket(support, text):
    support.slack.workspace.add_user(HOOK, "Hook", "", bot=True)
    support.slack.workspace.channels[OTHER].members.append(HOOK)
    ts = await support.slack.say(HOOK, OTHER, text)
    told = await point(support, ts)
    assert told.startswith("No person has written this" if text else "There is nothing left")
    assert await support.bench.cases() == []


async def test_what_was_deleted_meanwhile_was_said_all_the_same_and_its_trace_alone_is_nothing(support):
    ts = await support.slack.say(CARLA, OTHER, DELETE)
    shown = support.slack.workspace.message(OTHER, ts)
    told = {
        "type": "message_action",
        "callback_id": "request_open",
        "trigger_id": "1.2.a",
        "user": {"id": ADA, "team_id": "T0DESK"},
        "channel": {"id": OTHER},
        "message": {"type": "message", "user": CARLA, "ts": ts, "text": shown.text, "team": "T0DESK"},
    }
    await support.slack.delete(CARLA, OTHER, ts)
    trace = {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": ts}
    await support._acted(support.slack.send("interactive", told | {"message": trace, "trigger_id": "1.2.b"}))
    assert await support.bench.cases() == []
    before = len(await support.room.handled())
    await support.slack.send("interactive", told)
    await support.room._done(before + 2)  # the press, and the message
    assert await support.bench.heard(await support.only_case()) == [DELETE]


async def test_files_are_named_and_stay_in_slack(support):
    ts = await support.slack.say(CARLA, OTHER, DELETE, files=["passport.png"])
    await point(support, ts)
    assert await support.bench.heard(await support.only_case()) == [f"{DELETE}\n[file: passport.png]"]


@pytest.mark.parametrize("who", [CARLA, BYSTANDER, GUEST, STRANGER])
async def test_who_is_not_staff_opens_nothing_and_is_told_so_alone(support, who):
    ts = await support.slack.say(CARLA, OTHER, DELETE)
    assert "Only" in await point(support, ts, user=who)
    assert await support.bench.cases() == []
