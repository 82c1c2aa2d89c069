"""What was said in Slack while nobody listened is read from its history, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.demo.slack.workspace import BOT_USER
from bot.history import History
from tests.handlers.slack_customers import CARLA, CHATTER, DAN, DELETE, HELP, STRANGER, Support, support_of


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    bench.clock.at = datetime.now(UTC)  # Slack's own clock names what is said
    async with support_of(bench) as each:
        yield each


class Ear:
    """The desk's, open or not."""

    def __init__(self, support: Support) -> None:
        self.open = True
        self.history = History(support.bench.desk, support.room.gateway, support.room.reception, lambda: self.open)


async def missed(support: Support, user: str, text: str, **how: object) -> str:
    """Said while the desk does not hear of it."""
    scopes, support.slack.scopes = support.slack.scopes, frozenset()
    ts = await support.slack.say(user, how.pop("where", HELP), text, **how)
    support.slack.scopes = scopes
    return ts


async def test_after_a_gap_what_was_said_in_channels_threads_and_direct_messages_is_heard(support):
    ear = Ear(support)
    await ear.history.look()
    head = await missed(support, DAN, CHATTER)
    await missed(support, CARLA, DELETE, thread_ts=head)
    await missed(support, STRANGER, DELETE, where=BOT_USER)
    ear.open = False
    await ear.history.look()
    assert not await support.bench.cases()
    ear.open = True
    for _ in range(2):
        await ear.history.look()
        await support.settle()
    assert {each.row.slack_user for each in await support.bench.cases()} == {CARLA, STRANGER}
    assert len(support.notes(CARLA)) == 1


async def test_what_was_heard_is_not_read_again(support):
    ear = Ear(support)
    await ear.history.look()
    await support.say(CARLA, DELETE)
    ear.history._gap = True
    await ear.history.look()
    await support.settle()
    assert len(await support.bench.heard(await support.only_case())) == 1


async def test_at_the_first_start_nothing_old_is_read(support):
    await missed(support, CARLA, DELETE)
    await Ear(support).history.look()
    await support.settle()
    assert await support.bench.cases() == []
