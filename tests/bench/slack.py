"""`python -m tests.bench.slack [--json]`: how fast payloads of Slack are acknowledged while many come at once.

Messages in a support channel, one in ten of them a request, and staff who click, at the same time; the desk runs
as a process between Dovecot, an SMTP server and the Slack stand-in on this machine, whose processors they share.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.demo.slack.courier import Delivery
from tests.bench.whole_way import servers
from tests.scenarios.outside import ADA, BEN, STAFF_CHANNEL, World, until, world_around
from tests.servers.dovecot import missing_dovecot

HELP, SECONDS, MESSAGES, CLICKS = "C0HELP", 60, 1000, 50  # messages a minute, clicks a second
CHATTER = "The export button is grey for me since this morning, is that known?"
REQUEST = "please delete my account and all the personal data that you hold about me"
ONE_IN = 10
LIMIT = 3.0  # seconds that Slack waits for an acknowledgement


async def measure(world: World, seconds: int = SECONDS) -> dict[str, Any]:
    """Everybody at once for so long; then until all is done."""
    workspace, people = world.slack.workspace, [f"U0C{number:04}" for number in range(MESSAGES * seconds // 60)]
    workspace.add_channel(HELP, "help", members=people)
    for user in people:
        workspace.add_user(user, user.lower(), f"{user.lower()}@acme.example")
    await world.desk.start()
    await until(lambda: len(world.slack.sockets))
    await world.acknowledged(REQUEST, sender="robin@bench.example")
    card = (await until(world.cards))[0]
    world.slack.courier.deliveries.clear()

    async def say(number: int) -> None:
        await world.slack.say(people[number], HELP, REQUEST if number % ONE_IN == 0 else CHATTER)

    async def click(number: int) -> None:
        await world.slack.press((ADA, BEN)[number % 2], STAFF_CHANNEL, card.ts, "ticket_why")

    await asyncio.gather(_evenly(say, len(people), seconds), _evenly(click, CLICKS * seconds, seconds))
    asked = -(-len(people) // ONE_IN)
    await until(lambda: len(_noted(world, people)) >= asked, timeout=600)
    await until(lambda: len(world.whispers(ADA) + world.whispers(BEN)) >= CLICKS * seconds, timeout=600)
    await asyncio.sleep(3)  # what comes twice comes soon
    return {
        "messages": _acks(world, "events_api", len(people)),
        "clicks": _acks(world, "interactive", CLICKS * seconds),
        "requests": {
            "said": asked,
            "asked_back": len(_noted(world, people)),
            "tickets": len(await world.tickets()) - 1,
        },
        "clicks_answered": len(world.whispers(ADA) + world.whispers(BEN)),
    }


async def _evenly(act: Callable[[int], Coroutine[Any, Any, None]], count: int, seconds: int) -> None:
    begun, acting = time.monotonic(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number * seconds / count - time.monotonic()))
        acting.append(asyncio.create_task(act(number)))
    await asyncio.gather(*acting)


def _noted(world: World, people: list[str]) -> list[str]:
    """Who was asked, alone, whether it is a request: once for each time."""
    return [user for user in people for _ in world.slack.workspace.ephemerals(HELP, user)]


def _acks(world: World, kind: str, sent: int) -> dict[str, float]:
    tried: list[Delivery] = [each for each in world.slack.courier.deliveries if each.envelope.kind == kind]
    took = sorted(each.latency for each in tried if each.latency is not None)
    return {
        "sent": sent,
        "acknowledged": len(took),
        "tries": len(tried),
        "median_ms": round(statistics.median(took) * 1000, 1),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
        "longest_ms": round(took[-1] * 1000, 1),
        "later_than_3_s": sum(each > LIMIT for each in took),
    }


async def benchmark(seconds: int) -> dict[str, Any]:
    with servers(postgres=False) as (dovecot, _), tempfile.TemporaryDirectory() as name:
        async with world_around(dovecot, Path(name), SLACK_SUPPORT_CHANNELS=HELP) as world:
            return await measure(world, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.slack")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    options = parser.parse_args()
    if missing := missing_dovecot():
        print(missing, file=sys.stderr)
        return 2
    figures = asyncio.run(benchmark(options.seconds))
    if options.json:
        print(json.dumps(figures))
        return 0
    print(f"{MESSAGES} messages a minute and {CLICKS} clicks a second, for {options.seconds} s")
    for name in ("messages", "clicks"):
        print(f"{name:10}" + ", ".join(f"{what} {value}" for what, value in figures[name].items()))
    print(f"requests  {figures['requests']}; clicks answered {figures['clicks_answered']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
