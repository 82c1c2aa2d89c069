"""Customers in a support channel: heard, asked in private whether it is a request, and nothing said to others."""

from collections.abc import AsyncIterator

import pytest

from handlers.confirming import pass_on
from tests.handlers.conftest import STAFF
from tests.handlers.slack_customers import (
    CARLA,
    CARLAS,
    CHATTER,
    DAN,
    DELETE,
    HELP,
    QUESTION,
    STRANGER,
    Support,
    actions_of,
    support_of,
    words_of,
)


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


async def test_a_request_is_on_record_and_its_writer_alone_is_asked_there_and_in_a_direct_message(support):
    await support.say(CARLA, DELETE)
    case = await support.only_case()
    assert (case.row.status, case.row.channel, case.row.slack_user) == ("triage", "slack", CARLA)
    assert case.requester.address == CARLAS
    (note,) = support.notes(CARLA)
    (message,) = support.dm(CARLA)
    for each in (note, message):
        assert "deletion of your personal data" in words_of(each)
        assert actions_of(each) == ["request_confirm", "request_dismiss"]
    assert len(support.slack.workspace.messages(HELP)) == 1, "nothing is said to the others"
    assert not support.notes(DAN)
    assert not support.slack.workspace.messages(STAFF), "staff do not see it yet"
    assert await support.bench.kinds() == [], "no mail leaves before it is confirmed"


async def test_confirmed_it_goes_on_in_a_direct_message_with_a_code_by_mail(support):
    case = await support.confirmed()
    assert case.row.status == "verifying"
    (letter,) = await support.bench.letters()
    assert (letter["To"], await support.bench.kinds()) == (CARLAS, ["chat_code"])
    code = await support.code()
    told = words_of(support.dm(CARLA)[-1])
    assert case.reference in told
    assert CARLAS in told
    assert code not in str(support.dm(CARLA))
    settled = words_of(support.dm(CARLA)[0])
    assert "we take it on" in settled
    assert "we take it on" in words_of(support.notes(CARLA)[0]), "the note that was pressed says so, too"
    (answer,) = await support.tell(CARLA, code)
    assert "your code was right" in answer
    assert (await support.only_case()).row.status == "open"
    assert support.room.posts()[0].text.startswith(case.reference)


async def test_what_staff_see_of_it_is_masked(support):
    await support.confirmed(f"{DELETE} I am Carla Cruz, {CARLAS}.")
    posted = str([each.blocks for each in support.slack.workspace.messages(STAFF)])
    assert "Please delete my account" in posted
    assert not [each for each in ("Carla", "Cruz", CARLAS, "acme") if each in posted]


async def test_dismissed_it_is_closed_and_the_buttons_go(support):
    await support.say(CARLA, DELETE)
    await support.press(CARLA, "request_dismiss", support.dm(CARLA)[0])
    case = await support.only_case()
    assert (case.row.status, case.row.outcome) == ("closed", "withdrawn")
    assert actions_of(support.dm(CARLA)[0]) == []
    assert await support.bench.kinds() == []
    assert not support.room.posts(), "staff have nothing to do with it"


async def test_a_press_that_comes_late_changes_nothing(support):
    await support.say(CARLA, DELETE)
    asked = support.dm(CARLA)[0].blocks
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    case = await support.only_case()
    support.dm(CARLA)[0].blocks = asked
    await support.press(CARLA, "request_dismiss", support.dm(CARLA)[0])
    assert (await support.bench.case(case.reference)).row.status == "verifying"
    assert await support.bench.kinds() == ["chat_code"]


async def test_t50_nobody_confirms_for_somebody_else(support):
    await support.say(CARLA, DELETE)
    note = support.notes(CARLA)[0]
    await support.say(DAN, DELETE)
    forged = support.notes(DAN)[0]
    forged.blocks = note.blocks
    await support.press(DAN, "request_confirm", forged)
    carlas, dans = await support.bench.cases()
    assert (carlas.row.status, dans.row.status) == ("triage", "triage")
    assert "no such request of yours" in support.notes(DAN)[-1].text


async def test_unanswered_for_a_day_it_goes_to_staff_and_its_writer_is_told(support):
    await support.say(CARLA, DELETE)
    support.bench.clock.forward(hours=23)
    await pass_on(support.bench.desk)
    assert (await support.only_case()).row.unconfirmed_since
    support.bench.clock.forward(hours=2)
    await pass_on(support.bench.desk)
    await support.room.post_all()
    case = await support.only_case()
    assert (case.row.status, case.row.unconfirmed_since) == ("triage", None)
    assert support.room.posts()[0].text.startswith(case.reference)
    assert "A person in our team will read it" in words_of(support.dm(CARLA)[-1])
    assert actions_of(support.dm(CARLA)[0]) == []


@pytest.mark.parametrize("text", [CHATTER, "Hello everybody!", "thanks, that worked", "ok"])
async def test_what_is_no_matter_of_privacy_is_passed_over_in_silence(support, text):
    await support.say(CARLA, text)
    assert await support.bench.cases() == []
    assert not support.notes(CARLA)
    assert not support.dm(CARLA)


async def test_three_messages_in_a_row_are_one_request(support):
    await support.say(CARLA, "hi there", "please delete my account", "and all the personal data you hold on me")
    case = await support.only_case()
    assert len(support.notes(CARLA)) == 1
    (text,) = await support.bench.heard(case)
    assert text.splitlines() == [
        "hi there",
        "please delete my account",
        "and all the personal data you hold on me",
    ]


async def test_what_comes_while_it_is_asked_about_belongs_to_it(support):
    await support.say(CARLA, DELETE)
    await support.say(CARLA, "And please stop selling my personal data.")
    case = await support.only_case()
    assert len(support.notes(CARLA)) == 1
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    case = await support.only_case()
    assert set(case.ticket().types) == {"deletion", "opt_out"}


async def test_the_end_of_a_sentence_that_comes_late_belongs_to_it_and_a_further_right_does_not(support):
    await support.confirmed("please delete my account")
    await support.say(CARLA, "and all the personal data that you hold about me")
    assert (await support.only_case()).ticket().types == ("deletion",)
    await support.say(CARLA, "And stop selling my personal data to others.")
    assert [each.ticket().types for each in await support.bench.cases()] == [("deletion",), ("opt_out",)]


async def test_a_policy_question_is_answered_there_word_for_word_for_its_writer_alone(support):
    await support.say(CARLA, QUESTION)
    case = await support.only_case()
    assert (case.row.status, case.row.outcome) == ("closed", "answered")
    (note,) = support.notes(CARLA)
    quotes = [
        part["elements"][0]["text"]
        for block in note.blocks
        for part in block.get("elements", ())
        if part["type"] == "rich_text_quote"
    ]
    statements = [each.text for each in support.bench.desk.policy.statements]
    assert quotes
    assert all(each in statements for each in quotes)
    assert not support.dm(CARLA)
    assert len(support.slack.workspace.messages(HELP)) == 1


async def test_in_a_thread_the_note_stands_in_the_thread(support):
    head = await support.say(DAN, CHATTER)
    await support.say(CARLA, DELETE, thread_ts=head)
    (note,) = support.notes(CARLA)
    assert note.thread_ts == head


async def test_an_edit_before_it_is_read_is_what_counts(support):
    ts = await support.slack.say(CARLA, HELP, DELETE)
    await support.slack.edit(CARLA, HELP, ts, CHATTER)
    await support.settle()
    assert await support.bench.cases() == []


async def test_an_edit_that_makes_it_a_request_counts_from_then_on(support):
    ts = await support.say(CARLA, CHATTER)
    await support.slack.edit(CARLA, HELP, ts, DELETE)
    await support.settle()
    assert (await support.only_case()).ticket().types == ("deletion",)


async def test_an_edit_after_it_is_on_record_is_a_further_word(support):
    ts = await support.say(CARLA, DELETE)
    await support.slack.edit(CARLA, HELP, ts, f"{DELETE} It is urgent.")
    await support.settle()
    assert len(await support.bench.heard(await support.only_case())) == 2
    assert len(support.notes(CARLA)) == 1


async def test_what_is_deleted_before_it_is_read_was_not_said_and_afterwards_stays_on_record(support):
    ts = await support.slack.say(CARLA, HELP, DELETE)
    await support.slack.delete(CARLA, HELP, ts)
    await support.settle()
    assert await support.bench.cases() == []
    ts = await support.say(CARLA, DELETE)
    await support.slack.delete(CARLA, HELP, ts)
    await support.settle()
    case = await support.only_case()
    assert case.row.status == "triage"
    assert "deleted" in await support.bench.events(case)


async def test_t50_bots_say_nothing_that_counts(support):
    support.slack.workspace.add_user("U0BOT", "Helper", "", bot=True)
    support.slack.workspace.channels[HELP].members.append("U0BOT")
    await support.say("U0BOT", DELETE)
    assert await support.bench.cases() == []


async def test_an_event_that_is_told_twice_is_heard_once(support):
    support.slack.disturb(repeat=True)
    await support.say(CARLA, DELETE)
    await support.settle()
    assert len(await support.bench.cases()) == 1
    assert len(support.notes(CARLA)) == 1


async def test_the_same_request_again_is_answered_with_its_reference(support):
    case = await support.confirmed()
    support.bench.clock.forward(hours=1)
    await support.say(CARLA, DELETE)
    assert len(await support.bench.cases()) == 1
    assert case.reference in words_of(support.dm(CARLA)[-1])
    assert "already" in words_of(support.dm(CARLA)[-1])


async def test_somebody_of_another_workspace_is_asked_for_an_address(support):
    await support.say(STRANGER, DELETE)
    await support.press(STRANGER, "request_confirm", support.notes(STRANGER)[0])
    assert "type here the address" in words_of(support.dm(STRANGER)[-1])
    assert await support.bench.kinds() == []
    (said,) = await support.tell(STRANGER, "it's sam@other.example")
    assert "sam@other.example" in said
    (letter,) = await support.bench.letters()
    assert letter["To"] == "sam@other.example"
    await support.tell(STRANGER, await support.code())
    assert (await support.only_case()).row.status == "open"


async def test_where_a_direct_message_is_impossible_it_goes_by_mail(support):
    await support.say(CARLA, DELETE)
    support.room.gateway._direct.clear()
    support.slack.fail("conversations.open", times=9, error="cannot_dm_bot")
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    kinds = await support.bench.kinds()
    assert kinds == ["chat_code", "acknowledgement"]
    assert {each["To"] for each in await support.bench.letters()} == {CARLAS}


@pytest.mark.slow
async def test_it_goes_the_same_way_on_postgresql(bench_on_postgres):
    async with support_of(bench_on_postgres) as support:
        await support.say(
            CARLA, "hi there", "please delete my account", "and all the personal data you hold on me"
        )
        await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
        await support.tell(CARLA, await support.code())
        assert (await support.only_case()).row.status == "open"
