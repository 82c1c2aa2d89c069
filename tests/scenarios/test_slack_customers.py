"""A customer in Slack, from a word in the support channel to the answer; and the desk is killed on the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.demo.slack import Message
from bot.demo.slack.sockets import Sockets
from bot.demo.slack.workspace import BOT_USER
from bot.failpoints import MOMENTS
from tests.scenarios.outside import ADA, BEN, STAFF_CHANNEL, World, code_of, until, world_around
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports

HELP, CARLA, DAN, CARLAS = "C0HELP", "U0CARLA", "U0DAN", "carla@acme.example"
DELETION = ("hi all", "please delete my account", "and all the personal data that you hold about me")
SECRET = "stand-in-signing-secret"
KILLS = (*(each for each in MOMENTS if each.startswith("chat.")), "slack.stored", "slack.handled")


@pytest.fixture
async def world(dovecot: Dovecot, tmp_path: Path) -> AsyncIterator[World]:
    """The test starts the desk."""
    async with customers(dovecot, tmp_path) as made:
        yield made


@asynccontextmanager
async def customers(dovecot: Dovecot, directory: Path, **settings: str) -> AsyncIterator[World]:
    async with world_around(dovecot, directory, SLACK_SUPPORT_CHANNELS=HELP, **settings) as made:
        made.slack.workspace.add_user(CARLA, "Carla Cruz", CARLAS)
        made.slack.workspace.add_user(DAN, "Dan Dorn", "dan@acme.example")
        made.slack.workspace.add_channel(HELP, "help", members=[CARLA, DAN])
        yield made


async def heard(world: World) -> None:
    """Slack reaches the desk again; by signed requests it always does."""
    if isinstance(world.slack.courier.link, Sockets):
        await until(lambda: len(world.slack.sockets))


async def asked(world: World) -> Message:
    """Three things are said in a row; the note that only their writer sees."""
    for text in DELETION:
        await world.slack.say(CARLA, HELP, text)
    await until(lambda: world.slack.workspace.ephemerals(HELP, CARLA))
    return world.slack.workspace.ephemerals(HELP, CARLA)[-1]


async def whole_flow(world: World) -> str:
    """Whatever happens to the desk meanwhile; the ticket's reference."""
    note = await asked(world)
    await heard(world)
    await world.slack.press(CARLA, HELP, note.ts, "request_confirm")
    code = code_of(await world.mail_to(CARLAS))
    reference = str((await world.tickets())[0]["reference"])
    await heard(world)
    await world.slack.say(CARLA, BOT_USER, code)
    await until(lambda: told(world, "your code was right"))
    await heard(world)
    await world.press(ADA, reference, "draft_approve")
    await until(lambda: ADA in str((draft := world.draft(reference)) and draft.blocks))
    await world.press(BEN, reference, "draft_approve")
    await until(lambda: told(world, "Your request is done"))
    await until(lambda: closed(world, reference))
    return reference


def told(world: World, words: str) -> list[Message]:
    """What the desk has told the customer in these words."""
    return [each for each in world.slack.workspace.direct_messages(CARLA) if words in str(each.blocks)]


async def closed(world: World, reference: str) -> dict[str, Any] | None:
    ticket = await world.show(reference)
    waiting = [each for each in ticket["messages"] if each["delivery"] in ("ready", "sending")]
    return ticket if ticket["status"] == "closed" and not waiting else None


async def assert_once(world: World, reference: str) -> None:
    """One ticket, one card, one answer of each kind, and not a word to anybody else."""
    assert [each["reference"] for each in await world.tickets()] == [reference]
    ticket = await world.show(reference)
    assert (ticket["channel"], ticket["outcome"], ticket["request_types"]) == ("slack", "fulfilled", ["deletion"])
    assert ticket["requester"] == {"address": CARLAS, "name": "Carla Cruz", "slack_user": CARLA}
    assert len(world.cards(reference)) == 1
    for words in ("We have your request", "your code was right", "Your request is done"):
        assert len(told(world, words)) == 1
    assert len(world.mails_to(CARLAS)) == 1
    said = [each.text for each in world.slack.workspace.messages(HELP)]
    assert said == list(DELETION)
    assert not world.slack.workspace.ephemerals(HELP, DAN)
    assert (await world.desk.command("audit", "verify")).code == 0


async def test_a_customer_is_heard_in_private_proves_who_they_are_and_gets_the_answer(world: World) -> None:
    await world.desk.start()
    reference = await whole_flow(world)
    await assert_once(world, reference)
    posted = str([each.blocks for each in world.slack.workspace.messages(STAFF_CHANNEL)])
    assert not [each for each in ("Carla", "Cruz", CARLAS) if each in posted]
    assert CARLAS not in world.desk.log()


async def test_by_signed_requests_everything_goes_the_same_way(dovecot: Dovecot, tmp_path: Path) -> None:
    port = str(free_ports(1)[0])
    async with customers(dovecot, tmp_path, PORT=port, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=SECRET) as world:
        await world.desk.start()
        world.slack.post_to(f"http://127.0.0.1:{port}/slack/events")
        reference = await whole_flow(world)
        await assert_once(world, reference)
        await world.slack.command(CARLA, HELP, f"status {reference}")
        await until(lambda: any(reference in each.text for each in world.slack.workspace.ephemerals(HELP, CARLA)))
        assert (await world.slack.shortcut(CARLA, "request_new")).ok
        form = {"type": "access", "email": CARLAS, "details": "Everything that you hold about me, please."}
        await until(lambda: world.slack.workspace.open_view(CARLA))
        assert (await world.slack.submit(CARLA, form)).ok
        await until(lambda: len(world.cards()) == 2)
        world.slack.signing_secret = "another one"
        world.slack.post_to(f"http://127.0.0.1:{port}/slack/events")
        refused = await world.slack.command(CARLA, HELP, "status")
        assert (refused.ok, "401" in refused.problem) == (False, True)
        assert not len(world.slack.sockets)


@pytest.mark.slow
@pytest.mark.parametrize("moment", KILLS)
async def test_a_kill_at_any_moment_loses_and_doubles_nothing(world: World, moment: str) -> None:
    await world.desk.start(failpoint=moment)
    async with world.revived():
        reference = await whole_flow(world)
    assert world.deaths == [-9]
    await assert_once(world, reference)
