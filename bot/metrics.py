"""What Prometheus scrapes, named by its conventions (https://prometheus.io/docs/practices/naming/).

What can be counted in the database is read there when somebody asks, and is the same on every replica; what
belongs to a process comes from `bot/telemetry.py`, and is summed over replicas. No label holds personal data.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeAlias

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import telemetry
from bot.domain.vocabulary import Status
from bot.domain.watching import Kind
from bot.store import figures
from bot.store.figures import Figures
from bot.telemetry import BUCKETS, Counted, Distribution
from handlers.desk import Desk

OF_THE_DATABASE = (
    Counted("privacy_desk_tickets", ("status",), "Tickets by status"),
    Counted(
        "privacy_desk_requests",
        ("type", "channel", "outcome"),
        "Rights asked for, open ones by the outcome “open”",
    ),
    Counted("privacy_desk_tickets_overdue", (), "Open tickets whose due date has passed"),
    Counted(
        "privacy_desk_tickets_due",
        ("within_days",),
        "Open tickets that are due today or within so many days, overdue ones apart; “+Inf”: all that have a date",
    ),
    Counted(
        "privacy_desk_inbox_items", ("state",), "Inbox items that wait to be read, or for a decision in quarantine"
    ),
    Counted("privacy_desk_inbox_oldest_seconds", (), "For how long the oldest inbox item has waited; 0 for none"),
    Counted("privacy_desk_outbox_rows", ("lane", "state"), "Outbox rows that have not left, by lane and state"),
    Counted(
        "privacy_desk_outbox_oldest_seconds",
        ("lane",),
        "For how long the oldest row has waited to leave; 0 for none",
    ),
    Counted(
        "privacy_desk_suspicious_patterns_total",
        ("kind",),
        "Suspicious patterns that reached their number (runbook)",
    ),
)
READY = Counted("privacy_desk_ready", ("part",), "1 where a part works as /readyz says, 0 while it is degraded")
OF_THE_PROCESS = (
    READY,
    telemetry.CALLS,
    telemetry.ERRORS,
    telemetry.READINGS,
    telemetry.CHALLENGES,
    telemetry.FAILURES,
)
FAMILIES = {each.name: each for each in (*OF_THE_DATABASE, *OF_THE_PROCESS)}

WITHIN = (0, 1, 3, 7)  # days
KEPT = timedelta(minutes=5)  # what reads many rows is read no more often

Values: TypeAlias = Mapping[tuple[str, ...], float]


class Metrics(Collector):
    """Brought up to date by `refresh`, then collected."""

    def __init__(self, desk: Desk, readiness: Callable[[], Awaitable[Mapping[str, bool]]] | None = None) -> None:
        self._desk, self._readiness = desk, readiness
        self._values: dict[str, Values] = {}
        self._requests: Values = {}
        self._requests_at: datetime | None = None
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    async def refresh(self) -> None:
        """Asks the database. Where it does not answer, only readiness and what this process counts are told."""
        parts = await self._readiness() if self._readiness else {}
        self._values = {READY.name: {(name,): float(fine) for name, fine in parts.items()}}
        if not parts.get("database", True):
            return
        now = self._desk.now()
        async with self._desk.store.reading() as work:
            if self._requests_at is None or not timedelta(0) <= now - self._requests_at < KEPT:
                self._requests, self._requests_at = await figures.requests(work), now
            read = await figures.read(work, self._desk.day(now), WITHIN)
        self._values |= _of_the_database(read, now) | {"privacy_desk_requests": self._requests}

    def collect(self) -> Iterator[Metric]:
        for name, family in FAMILIES.items():
            values = self._values.get(name) or dict(telemetry.counts[family])
            yield _timed(family) if family is telemetry.CALLS else _family(family, values)


def _of_the_database(read: Figures, now: datetime) -> dict[str, Values]:
    def age(since: datetime | None) -> float:
        return max((now - since).total_seconds(), 0.0) if since else 0.0

    return {
        "privacy_desk_tickets": {(each,): read.tickets.get(each, 0) for each in Status},
        "privacy_desk_tickets_overdue": {(): read.overdue},
        "privacy_desk_tickets_due": {
            (name,): count for name, count in zip([*map(str, WITHIN), "+Inf"], read.due, strict=True)
        },
        "privacy_desk_inbox_items": {(state,): count for state, count in read.inbox.items()},
        "privacy_desk_inbox_oldest_seconds": {(): age(read.inbox_since)},
        "privacy_desk_outbox_rows": {(lane, state): count for (lane, state), count in read.outbox.items()},
        "privacy_desk_outbox_oldest_seconds": {
            (lane,): age(read.outbox_since.get(lane)) for lane in figures.LANES
        },
        "privacy_desk_suspicious_patterns_total": {(kind,): read.crossings.get(kind, 0) for kind in Kind},
    }


def _family(family: Counted, values: Values) -> Metric:
    kind = CounterMetricFamily if family.name.endswith("_total") else GaugeMetricFamily
    found: CounterMetricFamily | GaugeMetricFamily = kind(family.name, family.about, labels=family.labels)
    for labels, value in values.items():
        found.add_metric(labels, value)
    return found


def _timed(family: Counted) -> Metric:
    found = HistogramMetricFamily(family.name, family.about, labels=family.labels)
    for labels, each in list(telemetry.times.items()):
        found.add_metric(labels, _buckets(each), each.seconds)
    return found


def _buckets(each: Distribution) -> list[tuple[str, float]]:
    bounds = [*map(str, BUCKETS), "+Inf"]
    return list(zip(bounds, map(float, accumulate(each.counts)), strict=True))
