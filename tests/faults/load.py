"""Random kills under load: many letters at once, and desks that die again and again while they answer them."""

import asyncio
import random
from collections.abc import Sequence

from tests.faults.cases import POSTGRES
from tests.faults.ledger import Story, rows, tally
from tests.faults.matrix import Line, Servers
from tests.faults.stories import DELETION
from tests.scenarios.outside import World, letter, until
from tests.scenarios.process import DeskProcess

_PATIENCE = 3600.0  # seconds
_LIFE = (1.0, 6.0)  # seconds between two kills: from before a desk is up until it has worked for a while


async def loaded(around: Servers, databases: Sequence[str], *, mails: int, kills: int) -> list[Line]:
    """On PostgreSQL two desks share the letters, and either dies."""
    lines = []
    for database in databases:
        line = Line("load", f"{kills} random kills under {mails} mails", database, runs=1)
        async with around.scene(database).world() as world:
            if database == POSTGRES:
                async with world.beside(1) as (other,):
                    await _suffer(world, [world.desk, other], mails, kills)
            else:
                await _suffer(world, [world.desk], mails, kills)
            line.tally = await tally(world, Story(matters=mails))
        lines.append(line)
    return lines


async def _suffer(world: World, desks: Sequence[DeskProcess], mails: int, kills: int) -> None:
    """Kills, spread over the time that the letters take to come in; then peace until all is done."""
    for each in desks:
        each.launch()
    story = Story(matters=mails)
    arriving = asyncio.create_task(_arrive(world, mails, kills))
    for _ in range(kills):
        await asyncio.sleep(random.uniform(*_LIFE))
        victim = random.choice(desks)
        await victim.kill()
        victim.launch()
    await arriving
    await until(lambda: _answered(world, story), timeout=_PATIENCE)


async def _arrive(world: World, mails: int, kills: int) -> None:
    """In as many portions as there are kills, so that no death finds the desk idle."""
    raws = [letter(DELETION, sender=f"writer{each}@writer{each % 97}.example") for each in range(mails)]
    portion = max(1, mails // max(kills, 1))
    for start in range(0, mails, portion):
        await world.deliver_all(raws[start : start + portion])
        await asyncio.sleep(sum(_LIFE) / 2)


async def _answered(world: World, story: Story) -> bool:
    """All mails have left and all cards are posted; what else is for Slack may still wait for its pace."""
    waiting = await rows(
        world, "SELECT id FROM outbox WHERE state IN ('ready', 'sending') AND (lane = 'mail' OR kind = 'card')"
    )
    tickets = await rows(world, "SELECT id FROM ticket")
    return not waiting and len(tickets) >= story.matters
