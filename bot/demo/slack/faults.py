"""What can be made to go wrong, a few times and then no more."""

from dataclasses import dataclass

EVENTS = "events"
"""The name under which faults of event delivery are kept, beside those of each method."""


@dataclass(slots=True)
class Fault:
    """What goes wrong the next `times` times.

    Of a method: `error` or `retry_after` (seconds, HTTP 429) come back in place of acting; with
    `lose_response` the method acts and the connection breaks before the answer; `delay` in seconds.
    Of an event: `delay` holds it back, `repeat` sends it again after its ack, `lose_ack` forgets the ack.
    """

    times: int = 1
    error: str | None = None
    retry_after: int | None = None
    lose_response: bool = False
    delay: float = 0.0
    repeat: bool = False
    lose_ack: bool = False


NOTHING = Fault()


class Faults:
    """Faults to come, by method name, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}

    def plan(self, name: str, fault: Fault) -> None:
        """Adds a fault behind those already planned for the name."""
        self._planned.setdefault(name, []).append(fault)

    def next(self, name: str) -> Fault:
        """The fault of this time, which is then spent."""
        planned = self._planned.get(name)
        if not planned:
            return NOTHING
        planned[0].times -= 1
        return planned[0] if planned[0].times > 0 else planned.pop(0)
