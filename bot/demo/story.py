"""The tour without a page: every step done for one, and told as it happens."""

from collections.abc import Callable

from bot.demo.play.steps import STEPS
from bot.demo.play.tour import Tour
from bot.demo.stage import Stage
from bot.opening import opened_store
from bot.store import anchors

Tell = Callable[[str, str], None]


class StepFailed(Exception):
    """A step of the story did not end as it should."""


async def play(stage: Stage, tell: Tell) -> None:
    """Raises StepFailed, or TimeoutError where an answer does not come."""
    tour = Tour(stage, STEPS)
    while step := tour.step:
        await tour.do()
        if tour.step is step:
            raise StepFailed(f"“{step.title}” came to nothing")
        tell(step.title, step.shows(tour))
    async with opened_store(stage.settings) as store, store.reading() as work:
        tickets, entries, fault = await anchors.verify(work)
    if fault or tickets != 1:
        raise StepFailed(f"the journal is broken: {fault}")
    tell("The journal's chain holds", f"{entries} entries of {tickets} ticket verified")
