"""Asked to stop, the desk finishes what it has begun, and goes on with the rest when it is started again."""

from collections import Counter

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
