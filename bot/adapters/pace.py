"""How fast Slack takes posts in one channel."""

import time
from collections.abc import Callable


class Pace:
    """A bucket that holds ``burst`` posts and gets ``per_second`` new ones; all times in seconds.

    Slack takes about one message a second and channel, and short bursts of more
    (https://docs.slack.dev/apis/web-api/rate-limits).
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, burst: float = 20, per_second: float = 1.0
    ) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._left, self._at = burst, clock()

    @property
    def is_free(self) -> bool:
        return self._now_left() >= 1

    def spend(self) -> None:
        """A post was made."""
        self._left = self._now_left() - 1
        self._at = self._clock()

    def hold(self, seconds: float) -> None:
        """Nothing for so long: Slack has said that it was too much."""
        self._left, self._at = 1 - seconds * self._per_second, self._clock()

    def _now_left(self) -> float:
        now = self._clock()
        self._at = min(self._at, now)  # a clock that was set back goes on from there
        return min(self._burst, self._left + (now - self._at) * self._per_second)
