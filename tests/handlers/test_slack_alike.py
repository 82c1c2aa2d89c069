"""In Slack the same holds as by mail: for others, for a change of the address, for the clock and for learning."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.vocabulary import Outcome
from bot.store import examples, outbox, reminders
from handlers import actions, approvals, confirming
from handlers.deadlines import tick
from tests.handlers.conftest import ADA, BEN, text_of
from tests.handlers.slack_customers import CARLA, CARLAS, DELETE, Support, support_of

FOR_ANOTHER = (
    "I write on behalf of my client, Ms Ida Berg. Please send me a copy of all the personal data that you hold "
    "about my client."
)
ACCESS = "Please send me a copy of all the personal data that you hold about me."
OPT_OUT = "Please unsubscribe me from your newsletter and do not sell my personal data."
NEW = "carla.new@post.example"
TO_NEW = f"Please correct my data: change the email address of my account to {NEW}."
ODD = "There is something odd with my personal data."


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


# ---- for others --------------------------------------------------------------------------------------------


async def test_who_acts_for_somebody_is_asked_for_authority_by_mail_and_proves_the_mailbox_alone(support):
    (told,) = await support.tell(CARLA, FOR_ANOTHER)
    case = await support.only_case()
    assert "about somebody else" in told
    assert f"by mail to privacy@linden.example with {case.reference} in its subject" in told
    assert case.row.agent
    assert {"agent", "no_authority"} <= set(case.row.concerns)
    await support.tell(CARLA, await support.code())
    assert (await support.only_case()).row.status == "verifying"


async def test_who_was_overheard_to_act_for_somebody_is_asked_for_authority_once_it_is_confirmed(support):
    case = await support.confirmed(FOR_ANOTHER)
    assert "no_authority" in case.row.concerns
    assert any("Permission in writing" in str(each.blocks) for each in support.dm(CARLA))


async def test_what_is_asked_for_somebody_else_joins_no_matter_of_the_writers_own(support):
    await support.tell(CARLA, ACCESS)
    await support.tell(CARLA, FOR_ANOTHER)
    own, others = await support.bench.cases()
    assert (own.row.concerns, "no_authority" in others.row.concerns) == ([], True)


async def test_a_further_right_of_ones_own_joins_no_matter_of_somebody_else(support):
    await support.tell(CARLA, FOR_ANOTHER)
    await support.tell(CARLA, DELETE)
    others, own = await support.bench.cases()
    assert [list(each.ticket().types) for each in (others, own)] == [["access"], ["deletion"]]
    assert own.ticket().acting is None


# ---- a change of the address -------------------------------------------------------------------------------


async def test_who_gains_by_a_change_of_the_address_is_held(support):
    await support.tell(CARLA, TO_NEW)
    case = await support.only_case()
    assert "address_change" in case.row.concerns
    item = await support.bench.write(ACCESS, sender=NEW)
    assert (await support.bench.case(item)).row.cooling_until is not None


async def test_an_address_that_is_given_only_later_is_held_where_it_gains_by_a_change(support):
    await support.bench.write(TO_NEW, sender=CARLAS)
    support.slack.workspace.add_user("U0ANON", "Ann Onym", "")
    await support.tell("U0ANON", ACCESS)
    assert (await support.bench.cases())[-1].row.cooling_until is None
    await support.tell("U0ANON", NEW)
    assert (await support.bench.cases())[-1].row.cooling_until is not None


async def test_a_change_that_was_overheard_is_not_shown_before_it_is_confirmed(support):
    await support.say(CARLA, TO_NEW)
    case = await support.only_case()
    assert case.row.unconfirmed_since is not None
    assert "address_change" in case.row.concerns
    assert not [each for each in await support.bench.queued(outbox.SLACK) if each.kind == "card"]


# ---- appeals -----------------------------------------------------------------------------------------------


async def test_what_speaks_against_a_refusal_is_an_appeal_in_the_matter_that_was_refused(support):
    desk = support.bench.desk
    await support.tell(CARLA, OPT_OUT)
    await actions.propose(desk, (await support.only_case()).reference, ADA, Outcome.DENIED, "We sell nothing.")
    draft = (await support.bench.drafts())[-1]
    await approvals.approve_draft(desk, draft.id, BEN, draft.digest)
    await support.room.post_all()
    assert (await support.only_case()).row.status == "closed"
    (told,) = await support.tell(CARLA, "I do not accept your decision. Please look at it again.")
    case = await support.only_case()
    assert (case.row.status, case.ticket().appealed) == ("triage", True)
    assert "treat it as an appeal" in told
    assert "write it here" in told


# ---- the clock ---------------------------------------------------------------------------------------------


async def test_who_let_the_code_lie_is_reminded_in_slack_and_mailed_a_new_one(support):
    await support.tell(CARLA, DELETE)
    before, first = len(support.dm(CARLA)), await support.code()
    support.bench.clock.forward(days=4)
    await tick(support.bench.desk)
    await support.room.post_all()
    reminder = str([each.blocks for each in support.dm(CARLA)[before:]])
    assert f"We have sent a new code to {CARLAS}" in reminder
    assert "reply to this mail" not in reminder
    assert await support.code() not in (first, reminder)
    assert "type this code" in text_of((await support.bench.letters())[-1])


async def test_who_was_asked_and_is_silent_is_reminded_in_slack(support):
    await support.tell(CARLA, DELETE)
    await actions.ask(support.bench.desk, (await support.only_case()).reference, ADA, "Which account is it?")
    (draft,) = await support.bench.drafts()
    await approvals.approve_draft(support.bench.desk, draft.id, BEN, draft.digest)
    await support.room.post_all()
    before = len(support.dm(CARLA))
    support.bench.clock.forward(days=10)
    await tick(support.bench.desk)
    await support.room.post_all()
    assert "Please answer here." in str([each.blocks for each in support.dm(CARLA)[before:]])


async def test_staff_are_reminded_of_nothing_that_was_overheard_and_is_not_confirmed(support):
    await support.say(CARLA, DELETE)
    support.bench.clock.forward(hours=23)
    async with support.bench.desk.store.reading() as work:
        assert await reminders.matters(work) == []
    support.bench.clock.forward(hours=2)
    await confirming.pass_on(support.bench.desk)
    async with support.bench.desk.store.reading() as work:
        assert len(await reminders.matters(work)) == 1


# ---- learning ----------------------------------------------------------------------------------------------


async def test_what_staff_say_of_words_in_slack_teaches_nothing(support):
    await support.tell(CARLA, ODD)
    await actions.set_types(support.bench.desk, (await support.only_case()).reference, ADA, ["access"])
    async with support.bench.desk.store.reading() as work:
        (decision,) = await examples.decided(work, 10)
    assert decision.message_id is None
