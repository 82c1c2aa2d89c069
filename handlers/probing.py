"""A letter that the desk wrote to itself: all that would become of it is done, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import inbox, probes

if TYPE_CHECKING:
    from handlers.mail import Arrival


async def take_back(arrival: Arrival) -> None:
    """What is left says that it came this far: no ticket, no letter, no card, and nothing counted."""
    work, number = arrival.work, arrival.letter.item_id
    async with work.session.begin_nested() as trial:
        await arrival.open(sure=True, answerable=True, named=())
        await trial.rollback()
    work.lanes.clear()
    work.counted.clear()
    if item := await inbox.load(work, number, for_update=True):
        probes.passed(work, item, arrival.letter.mail.message_id or "")
