"""An appeal against a refusal, said where others read: heard in its matter, and answered to its writer alone."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.vocabulary import Outcome
from handlers import actions, approvals
from tests.handlers.conftest import ADA, BEN
from tests.handlers.slack_customers import CARLA, DAN, HELP, Support, support_of, words_of

OPT_OUT = "Please do not sell my personal data, and send me no advertising."


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    """With a request of Carla's that was refused."""
    async with support_of(bench) as each:
        await each.tell(CARLA, OPT_OUT)
        desk = bench.desk
        await actions.propose(desk, (await each.only_case()).reference, ADA, Outcome.DENIED, "We sell nothing.")
        draft = (await bench.drafts())[-1]
        await approvals.approve_draft(desk, draft.id, BEN, draft.digest)
        await each.room.post_all()
        yield each


@pytest.mark.parametrize(
    "text",
    [
        "I do not accept your decision.",
        "I appeal against your refusal to stop selling my data.",
        "I disagree with your refusal of my request, please reconsider.",
    ],
)
async def test_what_speaks_against_a_refusal_is_an_appeal_and_its_writer_alone_is_told(support, text):
    before = len(support.dm(CARLA))
    await support.say(CARLA, text)
    case = await support.only_case()
    assert (case.row.status, case.ticket().appealed) == ("triage", True)
    assert "treat it as an appeal" in words_of(support.dm(CARLA)[before])
    assert support.slack.workspace.messages(HELP)[-1].user == CARLA
    assert case.reference in str(support.room.posts()[-1].blocks)


@pytest.mark.parametrize("text", ["I disagree, the export button should be blue.", "Please reconsider the price."])
async def test_talk_of_something_else_is_none(support, text):
    await support.say(CARLA, text)
    assert (await support.only_case()).row.status == "closed"
    assert support.notes(CARLA) == []


async def test_the_same_words_of_somebody_who_was_refused_nothing_are_none(support):
    await support.say(DAN, "I do not accept your decision.")
    assert not (await support.only_case()).ticket().appealed
    assert support.dm(DAN) == []
