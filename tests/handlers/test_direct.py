"""Direct messages to the desk: requests, codes, questions, status and the rest of a conversation."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.accounts import Account, Finding, Standing
from bot.domain.events import Proven
from bot.store import cases, parties
from tests.handlers.conftest import ADA, BEN, ERASE, LUNCH, STAFF, wrong
from tests.handlers.slack_customers import (
    CARLA,
    CARLAS,
    DAN,
    DELETE,
    QUESTION,
    STRANGER,
    Support,
    actions_of,
    support_of,
    words_of,
)

ACCESS = "Please send me a copy of all the personal data that you hold about me."
OPT_OUT = "Please unsubscribe me from your newsletter and do not sell my personal data."
OWNER = "olga@acme.example"
UNCLEAR = "There is something odd with my personal data."


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


async def proven(support: Support, text: str = DELETE) -> None:
    await support.tell(CARLA, text)
    await support.tell(CARLA, await support.code())


async def test_a_request_is_acknowledged_there_and_its_code_goes_by_mail(support):
    (told,) = await support.tell(CARLA, DELETE)
    case = await support.only_case()
    assert (case.row.status, case.row.heard_in) == ("verifying", None)
    assert all(each in told for each in (case.reference, "deletion of your personal data", CARLAS, "Why this day"))
    assert (await support.bench.letters())[0]["To"] == CARLAS
    assert await support.code() not in str([each.blocks for each in support.dm(CARLA)])


async def test_a_request_that_needs_no_proof_gets_no_code(support):
    (told,) = await support.tell(CARLA, OPT_OUT)
    assert "nothing more that you need to do" in told
    assert await support.bench.kinds() == []
    assert (await support.only_case()).row.status == "open"


async def test_a_right_code_proves_a_wrong_one_does_not(support):
    await support.tell(CARLA, DELETE)
    code = await support.code()
    (told,) = await support.tell(CARLA, wrong(code))
    assert "did not work" in told
    assert (await support.only_case()).row.status == "verifying"
    (told,) = await support.tell(CARLA, f"here it is: {code[:4]} {code[4:]}")
    assert "was right" in told
    assert (await support.only_case()).row.verified


async def test_somebody_elses_code_is_worth_nothing(support):
    await support.tell(CARLA, DELETE)
    await support.tell(DAN, ACCESS)
    carlas = await support.code_to(CARLAS)
    (told,) = await support.tell(DAN, carlas)
    assert "did not work" in told
    assert [each.row.status for each in await support.bench.cases()] == ["verifying", "verifying"]


async def test_a_code_that_was_mailed_for_a_letter_is_worth_nothing_in_slack(support):
    await support.bench.write(ERASE, sender=CARLAS)
    await support.tell(CARLA, await support.code())
    (case,) = [each for each in await support.bench.cases() if each.row.channel == "email"]
    assert case.row.status == "verifying"


async def test_who_only_holds_the_mailbox_proves_nothing_for_whoever_asks_in_slack(support):
    """A stranger names somebody's address; that somebody sends the code back, as they would by mail."""
    await support.tell(STRANGER, DELETE)
    await support.tell(STRANGER, CARLAS)
    code = await support.code()
    (letter,) = await support.bench.letters()
    await support.bench.write(code, sender=CARLAS, answers=letter)
    assert (await support.only_case()).row.status == "verifying"


async def test_a_letter_never_joins_what_is_asked_in_slack_in_the_name_of_its_address(support):
    await support.tell(STRANGER, DELETE)
    await support.tell(STRANGER, CARLAS)
    before = len(support.dm(STRANGER))
    await support.bench.write(ERASE, sender=CARLAS)
    await support.room.post_all()
    assert [each.row.channel for each in await support.bench.cases()] == ["slack", "email"]
    assert len(support.dm(STRANGER)) == before


async def test_a_code_as_it_was_typed_is_kept_nowhere_and_shown_nowhere(support):
    await support.tell(CARLA, DELETE)
    code = await support.code()
    await support.tell(CARLA, code)
    assert code not in str(await support.bench.heard(await support.only_case()))
    assert code not in str([each.blocks for each in support.slack.workspace.messages(STAFF)])


async def test_a_new_code_may_be_asked_for(support):
    await support.tell(CARLA, DELETE)
    old = await support.code()
    (told,) = await support.tell(CARLA, "I cannot find it, please send a new code")
    assert "on its way" in told
    await support.tell(CARLA, old)
    assert (await support.only_case()).row.status == "verifying"
    await support.tell(CARLA, await support.code())
    assert (await support.only_case()).row.status == "open"


async def test_an_approved_answer_comes_as_a_direct_message_once(support):
    await proven(support)
    case = await support.only_case()
    await support.room.post_all()
    for each in (ADA, BEN):
        await support.press_by_staff(each, "draft_approve", await support.room.draft(support.room.posts()[0]))
    told = words_of(support.dm(CARLA)[-1])
    assert "Your request is done" in told
    assert "write it here" in told
    assert (await support.only_case()).row.outcome == "fulfilled"
    assert "fulfilled" not in await support.bench.kinds(), "and not by mail as well"
    assert "sent" in await support.bench.events(case)
    settled = await support.room.draft(support.room.posts()[0])
    assert "sent" in words_of(settled)


async def test_an_approved_answer_whose_ticket_has_changed_hands_does_not_leave(support):
    await support.tell(CARLA, OPT_OUT)
    case = await support.only_case()
    await support.room.press(ADA, "draft_approve", await support.room.draft(support.room.posts()[0]))
    async with support.bench.desk.store.transaction() as work:
        held = await cases.load(work, case.reference, for_update=True)
        held.row.slack_user = DAN
        work.session.add(held.row)
    await support.room.post_all()
    assert "Your request is done" not in str([words_of(each) for each in support.dm(CARLA) + support.dm(DAN)])
    assert "could not be given to its requester" in str([each.text for each in support.room.posts()])


async def test_status_is_told_of_ones_own_requests_only(support):
    await support.tell(CARLA, DELETE)
    case = await support.only_case()
    (told,) = await support.tell(CARLA, "status")
    assert case.reference in told
    (told,) = await support.tell(DAN, f"What is the status of {case.reference}?")
    assert "no such request of yours" in told
    assert (await support.tell(DAN, "status PR-00000000"))[0] == told, (
        "in the same words as for one that is not there"
    )


async def test_status_may_be_asked_in_a_sentence(support):
    await support.tell(CARLA, DELETE)
    (told,) = await support.tell(CARLA, "Is there any news about my request?")
    assert "Where your request stands" in told


async def test_a_request_may_be_withdrawn_in_words_or_with_the_button(support):
    await support.tell(CARLA, DELETE)
    (told,) = await support.tell(CARLA, "Please withdraw my request")
    assert "withdrawn" in told
    assert [each.row.outcome for each in await support.bench.cases()] == ["withdrawn"]
    await support.tell(CARLA, ACCESS)
    message = support.dm(CARLA)[-1]
    assert "request_withdraw" in actions_of(message)
    await support.press(CARLA, "request_withdraw", message)
    assert [each.row.outcome for each in await support.bench.cases()] == ["withdrawn", "withdrawn"]


async def test_who_has_several_says_which_one(support):
    await support.tell(CARLA, DELETE)
    await support.say(CARLA, ACCESS)  # in the channel: a matter of its own until it is confirmed
    first = (await support.bench.cases())[0].reference
    told = await support.tell(CARLA, "withdraw")
    assert "more than one open request" in told[0]
    await support.tell(CARLA, f"withdraw {first}")
    assert [each.row.status for each in await support.bench.cases()] == ["closed", "triage"]


async def test_chatter_long_after_a_matter_was_closed_does_not_open_it_again(support):
    await support.tell(CARLA, QUESTION)
    support.bench.clock.forward(days=2)
    await support.tell(CARLA, "Hm, that is not quite what I meant with it.")
    assert (await support.only_case()).row.status == "closed"


async def test_a_question_is_answered_word_for_word_and_a_further_word_goes_to_a_person(support):
    (told,) = await support.tell(CARLA, QUESTION)
    assert any(each.text in told for each in support.bench.desk.policy.statements)
    assert (await support.only_case()).row.outcome == "answered"
    (told,) = await support.tell(CARLA, "Hm, that is not quite what I meant with it.")
    case = await support.only_case()
    assert case.row.status == "triage"
    assert "A person in our team" in told


async def test_a_further_right_joins_the_open_request_and_a_repetition_is_recognised(support):
    await proven(support)
    (told,) = await support.tell(CARLA, ACCESS)
    assert "a copy of the personal data" in told
    assert (await support.only_case()).ticket().types == ("deletion", "access")
    (told,) = await support.tell(CARLA, ACCESS)
    assert "already" in told


async def test_details_reach_staff_and_are_confirmed_and_files_are_not_taken(support):
    await proven(support)
    case = await support.only_case()
    (told,) = await support.tell(CARLA, "It is about the workspace of our Lisbon office.", files=["list.csv"])
    assert f"Added to {case.reference}" in told
    assert "mail them to" in told
    assert "[file: list.csv]" in (await support.bench.heard(case))[-1]


async def test_what_is_unclear_is_answered_by_a_person(support):
    (told,) = await support.tell(CARLA, UNCLEAR)
    assert "A person in our team will read it" in told
    assert (await support.only_case()).row.status == "triage"


@pytest.mark.parametrize("text", ["hi", "help", LUNCH])
async def test_who_only_greets_or_is_at_the_wrong_desk_hears_what_it_is_for(support, text):
    (told,) = await support.tell(CARLA, text)
    assert "I am the privacy desk of Linden Books" in told
    assert await support.bench.cases() == []


async def test_thanks_need_no_answer(support):
    await proven(support)
    assert await support.tell(CARLA, "Thank you very much!") == []


async def test_yes_in_words_confirms_what_was_asked(support):
    await support.say(CARLA, DELETE)
    told = await support.tell(CARLA, "yes please")
    assert "We have your request" in told[0]
    assert (await support.only_case()).row.status == "verifying"


async def test_three_messages_in_a_row_are_one_request(support):
    told = await support.tell(CARLA, "hello", "I would like you to", "delete my account and all my personal data")
    assert len(told) == 1
    assert len(await support.bench.cases()) == 1


async def test_no_address_of_ours_gets_a_code(support):
    await support.tell(STRANGER, DELETE)
    (told,) = await support.tell(STRANGER, "privacy@linden.example")
    assert "no e-mail address" in told
    assert await support.bench.kinds() == []


async def test_what_people_type_stays_text_everywhere(support):
    await support.tell(CARLA, f"{DELETE} &lt;!channel&gt; <https://evil.example|https://linden.example> <@{ADA}>")
    await support.tell(CARLA, await support.code())
    posted = str([(each.text, each.blocks) for each in support.slack.workspace.messages(STAFF)])
    assert "<!channel>" not in posted
    assert "<https://evil" not in posted
    assert f"<@{ADA}>" not in posted
    assert "https://linden.example (https://evil.example)" in posted


async def test_once_the_account_s_own_address_has_confirmed_its_owner_is_answered_by_mail(support):
    await support.tell(CARLA, DELETE)
    case = await support.only_case()
    async with support.bench.desk.store.transaction() as work:
        held = await cases.load(work, case.reference, for_update=True)
        parties.record(work, held, Finding(Standing.ELSEWHERE, Account("1", OWNER)))
        await parties.hand_over(work, held)
    (told,) = await support.tell(CARLA, "status")
    assert "no such request" in told
    await support.bench.happen(case.reference, Proven(support.bench.clock()))
    await support.room.post_all()
    assert [each["To"] for each in await support.bench.letters()] == [CARLAS, OWNER]
    assert "was right" not in str([words_of(each) for each in support.dm(CARLA)])
