"""A clock that goes as the true one does, and can be pushed forward."""

from datetime import UTC, datetime, timedelta


class PushedClock:
    """What it shows is `ahead` of the true time, never behind it."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def push_to(self, moment: datetime) -> None:
        """To that moment; nothing where it is past."""
        self.ahead += max(moment - self(), timedelta())
