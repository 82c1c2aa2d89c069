"""How the app hears of things, over sockets or by signed requests, and how its answers come back."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from bot.demo.slack.faults import EVENTS, Faults
from bot.demo.slack.schema import Json


@dataclass(frozen=True, slots=True)
class Envelope:
    """One try to tell the app something; `kind` is `events_api`, `interactive` or `slash_commands`."""

    id: str
    kind: str
    payload: Json
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an envelope: `latency` in seconds until the ack, None where none came in time."""

    envelope: Envelope
    at: datetime
    latency: float | None


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's answer to what somebody did, after `attempts` tries; `problem` says what is wrong with it."""

    ok: bool
    payload: Json
    latency: float | None = None
    attempts: int = 0
    problem: str = ""


class Link(Protocol):
    """A way to the app."""

    async def send(self, envelope: Envelope) -> Json:
        """Sends and waits for the answer; ConnectionError where the app cannot be reached or refuses."""


class Courier:
    """Tells the app of things, again where an event is not acknowledged.

    `ack_within` is Slack's own 3 seconds. `retry_after` are the pauses before each further try at an event, in
    seconds; Slack's are (0, 60, 300), the ones here are quick. What a person does is told once.
    """

    def __init__(self, faults: Faults, *, ack_within: float, retry_after: Sequence[float]) -> None:
        self.link: Link | None = None
        self.deliveries: list[Delivery] = []
        self._faults = faults
        self.ack_within = ack_within
        self._retry_after = retry_after
        self._tasks: set[asyncio.Task[Ack]] = set()

    def start(self, telling: Coroutine[Any, Any, Ack]) -> asyncio.Task[Ack]:
        """Lets a delivery run its course; it ends with `stop` at the latest."""
        task = asyncio.create_task(telling, name="slack stand-in delivery")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Gives up whatever is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def interact(self, kind: str, payload: Json) -> Ack:
        """Tells of what a person does; Slack does not try this twice."""
        return await self._attempt(Envelope(str(uuid4()), kind, payload))

    async def event(self, payload: Json) -> Ack:
        """Tells of an event until it is acknowledged or the tries are used up."""
        fault = self._faults.next(EVENTS)
        await asyncio.sleep(fault.delay)
        ack = await self._until_acknowledged(payload, lose_ack=fault.lose_ack)
        return await self._until_acknowledged(payload) if fault.repeat else ack

    async def _until_acknowledged(self, payload: Json, *, lose_ack: bool = False) -> Ack:
        reason = ""
        ack = Ack(ok=False, payload={})
        for attempt, pause in enumerate((0.0, *self._retry_after)):
            await asyncio.sleep(pause)
            ack = await self._attempt(Envelope(str(uuid4()), "events_api", payload, attempt, reason))
            if ack.ok and not (lose_ack and attempt == 0):
                return ack
            reason = "timeout"
        return ack

    async def _attempt(self, envelope: Envelope) -> Ack:
        at, begun = datetime.now(UTC), time.monotonic()
        answer, problem = await self._answer(envelope)
        latency = None if problem else time.monotonic() - begun
        self.deliveries.append(Delivery(envelope, at, latency))
        return Ack(not problem, answer, latency, envelope.attempt + 1, problem)

    async def _answer(self, envelope: Envelope) -> tuple[Json, str]:
        if self.link is None:
            return {}, "the stand-in is not started"
        try:
            async with asyncio.timeout(self.ack_within):
                return await self.link.send(envelope), ""
        except TimeoutError:
            return {}, "no acknowledgement in time"
        except ConnectionError as error:
            return {}, str(error)
