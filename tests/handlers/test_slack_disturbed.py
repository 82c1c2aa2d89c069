"""Slack on a bad day: events late, out of order and twice, acknowledgements lost, posts refused or unanswered."""

import asyncio
from collections import Counter

import pytest

from bot.demo.slack.faults import EVENTS, Fault
from tests.handlers.slack_customers import DELETE, HELP, Support, actions_of, support_of

PEOPLE = [f"U0P{number:03}" for number in range(12)]
BAD_DAY = (  # of each a few times, in turn
    Fault(delay=0.2),
    Fault(repeat=True),
    Fault(lose_ack=True),
    Fault(delay=0.05, repeat=True),
    Fault(),
)
BAD_ANSWERS = {
    "chat.postMessage": (
        Fault(lose_response=True),
        Fault(error="internal_error"),
        Fault(retry_after=2),
        Fault(),
        Fault(lose_response=True),
    ),
    "chat.postEphemeral": (Fault(error="service_unavailable"), Fault(), Fault(retry_after=1), Fault()),
    "chat.update": (Fault(lose_response=True), Fault(), Fault(error="fatal_error")),
    "conversations.open": (Fault(lose_response=True), Fault(), Fault(error="internal_error")),
}


@pytest.fixture
async def support(bench):
    async with support_of(bench) as each:
        for user in PEOPLE:
            each.slack.workspace.add_user(user, user.lower(), f"{user.lower()}@acme.example")
            each.slack.workspace.channels[HELP].members.append(user)
        yield each


def spoil(support: Support, times: int) -> None:
    for name, faults in {EVENTS: BAD_DAY, **BAD_ANSWERS}.items():
        for number in range(times):
            fault = faults[number % len(faults)]
            support.slack.faults.plan(
                name,
                Fault(
                    1,
                    fault.error,
                    fault.retry_after,
                    fault.lose_response,
                    fault.delay,
                    fault.repeat,
                    fault.lose_ack,
                ),
            )


async def calmed(support: Support) -> None:
    """Until all that was said is read, and all that was to be said is said."""
    for _ in range(40):
        await support.settle()
        support.bench.clock.forward(seconds=30)
        await asyncio.sleep(0.02)


async def test_on_a_bad_day_each_request_is_one_ticket_with_one_note_and_one_card(support):
    spoil(support, 40)
    await asyncio.gather(*(support.slack.say(user, HELP, DELETE) for user in PEOPLE))
    await calmed(support)
    found = Counter(case.row.slack_user for case in await support.bench.cases())
    assert found == Counter(PEOPLE)
    asked = {name: [each for each in support.dm(name) if "request_confirm" in actions_of(each)] for name in PEOPLE}
    assert {user: len(each) for user, each in asked.items()} == dict.fromkeys(PEOPLE, 1)
    spoil(support, 40)
    for user in PEOPLE:
        await support.press(user, "request_confirm", asked[user][0])
    await calmed(support)
    cards = Counter(each.text[:11] for each in support.room.posts() if each.text.startswith("PR-"))
    assert sorted(cards.values()) == [1] * len(PEOPLE)
    assert Counter(each["To"] for each in await support.bench.letters()) == Counter(
        f"{user.lower()}@acme.example" for user in PEOPLE
    ), "one code each"
