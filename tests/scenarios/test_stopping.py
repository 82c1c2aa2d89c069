"""Asked to stop, the desk finishes what it has begun, and goes on with the rest when it is started again."""

import asyncio
import os
import signal
from collections import Counter

import asyncpg
import pytest

from tests.scenarios.outside import World, letter, until

OPT_OUT = "Please stop selling and sharing my personal data for advertising."
STOP = 10.0  # seconds that a stop may take


async def test_a_stop_in_the_middle_of_work_ends_well_and_loses_nothing(world: World) -> None:
    writers = [f"writer{each}@writer.example" for each in range(40)]
    await world.desk.start()
    await world.deliver_all(letter(OPT_OUT, sender=each) for each in writers)
    await until(lambda: len(world.sink.messages) >= 3)
    assert await world.desk.stop(within=STOP) == 0
    assert len(world.sink.messages) < len(writers)

    await world.desk.start()
    await until(lambda: len(world.sink.messages) >= len(writers))
    assert Counter(each.recipients[0] for each in world.sink.messages) == dict.fromkeys(writers, 1)
    assert len(await world.tickets()) == len(writers)


async def test_a_desk_at_rest_stops_at_once(world: World) -> None:
    await world.desk.start()
    assert await world.desk.stop(within=STOP) == 0
    assert "Traceback" not in world.desk.log()


@pytest.mark.slow
async def test_a_stop_does_not_wait_for_a_mail_server_that_has_gone_silent(world: World) -> None:
    writer = "writer@writer.example"
    await world.desk.start()
    world.sink.fail("dot", "stall")
    await world.write(OPT_OUT, sender=writer)
    await until(lambda: world.sink.messages)
    assert await world.desk.stop(within=STOP + 3) == 0
    await world.desk.start()
    await world.mail_to(writer, 2)
    assert len(world.copies(writer)) == 1, "nobody knew whether the first one was taken on"


async def test_who_asks_again_and_again_has_it_stop_at_once_and_loses_nothing(world: World) -> None:
    writer = "writer@writer.example"
    await world.desk.start()
    world.sink.fail("dot", "stall")
    await world.write(OPT_OUT, sender=writer)
    await until(lambda: world.sink.messages)
    while world.desk.returncode is None:
        os.kill(world.desk.pid, signal.SIGTERM)
        await asyncio.sleep(0.2)
    assert world.desk.returncode == 1

    await world.desk.start()
    await world.mail_to(writer, 2)
    assert len(world.copies(writer)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_stop_gives_mailbox_and_turn_back_at_once(world: World) -> None:
    await world.desk.start()
    await world.acknowledged(OPT_OUT, sender="before@writer.example")
    await until(lambda: world.cards())
    await world.desk.stop(within=STOP)
    connection = await asyncpg.connect(world.database)
    held = await connection.fetch("SELECT name FROM lease WHERE until > clock_timestamp() AND name != 'clock'")
    await connection.close()
    assert held == []
