"""Services that are named, watched, and started again when they fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from bot import telemetry
from bot.logs import described

T = TypeVar("T")

log = logging.getLogger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds
_LAST_WORDS, _ENDING = 8.0, 1.0  # a stop has ten seconds
_HEALTHY = 60.0  # after so long without a fault the pauses are short again


@dataclass(frozen=True, slots=True)
class Service:
    """Something that runs until it is cancelled."""

    name: str
    run: Callable[[], Awaitable[None]]


async def supervised(service: Service) -> None:
    """Runs a service for ever: a fault in it is logged and ends neither it nor its neighbours."""
    pause, clock = _SHORTEST_PAUSE, asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            await service.run()
        except Exception as fault:  # noqa: BLE001 (the last line of defence of a service)
            log.error("service %s failed: %s", service.name, described(fault))
            telemetry.count(telemetry.FAILURES, service.name)
        else:
            log.error("service %s ended unasked", service.name)
        pause = _SHORTEST_PAUSE if clock() - began > _HEALTHY else min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Work that a stop does not tear apart: it is finished first, within the time that a stop has.

    What takes longer is ended as a crash would: its fate is in doubt, and settled at the next start.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=_LAST_WORDS)
        if task.cancel():
            await asyncio.wait({task}, timeout=_ENDING)
        raise
