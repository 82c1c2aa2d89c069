"""The desk's own letter through the real mailbox: it comes back and leaves nothing behind, or is missed."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.scenarios.outside import DESK, World, letter, until


@asynccontextmanager
async def mail_arrives(world: World) -> AsyncIterator[None]:
    """What the desk sends to its own address is delivered into its mailbox, as a mail server would."""

    async def postman() -> None:
        done = 0
        while True:
            ours = [each.raw for each in world.sink.messages if each.recipients == (DESK,)]
            for raw in ours[done:]:
                await world.deliver(raw)
            done = len(ours)
            await asyncio.sleep(0.05)

    running = asyncio.create_task(postman())
    try:
        yield
    finally:
        running.cancel()


def states(world: World) -> list[str]:
    with sqlite3.connect(world.desk.directory / "desk.db") as connection:
        found = [state for (state,) in connection.execute("SELECT state FROM inbox ORDER BY id")]
    connection.close()
    return found


async def test_a_probe_comes_back_and_leaves_nothing_behind(world: World) -> None:
    await world.desk.start()
    async with mail_arrives(world):
        done = await world.desk.command("probe", "--json")
    said = json.loads(done.out)
    assert (done.code, said["fault"]) == (0, None)
    assert [each["step"] for each in said["steps"]] == ["sent", "delivered", "read", "decided", "removed", "clock"]
    assert states(world) == ["probe"]
    assert await world.tickets() == []
    assert [each.recipients for each in world.sink.messages] == [(DESK,)]
    assert world.dovecot.flags(world.mailbox) == {}
    assert world.cards() == []


async def test_a_probe_that_stops_on_its_way_is_said_in_one_line(world: World) -> None:
    world.desk.launch()
    await until(lambda: (world.desk.directory / "desk.db").exists() and "the desk is up" in world.desk.log())
    lost = await world.desk.command("probe", "--timeout", "2")
    assert lost.code == 1
    assert lost.out.split()[0] == "sent"
    (line,) = lost.err.strip().splitlines()
    assert "did not reach the mailbox" in line
    await world.desk.kill()
    async with mail_arrives(world):
        unread = await world.desk.command("probe", "--timeout", "2")
    assert [each.split()[0] for each in unread.out.splitlines()] == ["sent", "delivered"]
    assert "no desk has taken it in" in unread.err


async def test_whoever_else_says_that_it_is_a_probe_has_written_a_letter(world: World) -> None:
    await world.desk.start()
    forged = {"Message-ID": f"<probe.{'a' * 16}.{'b' * 26}@harbour.example>"}
    text = "Please delete my account and all personal data you hold about me."
    await world.acknowledged(
        text, sender="robin@writer.example", subject="Probe of the privacy desk", headers=forged
    )
    await world.deliver(letter(text, sender=DESK, headers=forged))
    await until(lambda: len(states(world)) == 2)
    assert "probe" not in states(world)
