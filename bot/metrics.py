"""Counters and gauges of the desk, named by Prometheus' conventions; none holds personal data."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlmodel import func, select

from bot.domain.vocabulary import Status
from bot.domain.watching import CROSSED, Kind
from bot.store.desk_tables import Sighting
from bot.store.tables import InboxItem, OutboxRow, TicketRow
from bot.store.work import Store


class _Crossings(Collector):
    """How often each pattern reached its number, as every desk on this database has seen it."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "privacy_desk_suspicious_patterns", "Suspicious patterns that reached their number", labels=["kind"]
        )
        for kind in Kind:
            family.add_metric([kind], self.counts.get(kind, 0))
        yield family


class Metrics:
    """Gauges and a counter that are read from the database when somebody asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.registry = CollectorRegistry()
        self._tickets = Gauge("privacy_desk_tickets", "Tickets by status", ["status"], registry=self.registry)
        self._inbox = Gauge("privacy_desk_inbox_items", "Inbox items by state", ["state"], registry=self.registry)
        self._outbox = Gauge(
            "privacy_desk_outbox_rows", "Outbox rows by lane and state", ["lane", "state"], registry=self.registry
        )
        self._crossings = _Crossings()
        self.registry.register(self._crossings)

    async def refresh(self) -> None:
        async with self._store.reading() as work:
            tickets = await work.session.exec(select(TicketRow.status, func.count()).group_by(TicketRow.status))
            counts = dict(tickets.all())
            for status in Status:
                self._tickets.labels(status).set(counts.get(status, 0))
            for state, count in await work.session.exec(
                select(InboxItem.state, func.count()).group_by(InboxItem.state)
            ):
                self._inbox.labels(state).set(count)
            for lane, state, count in await work.session.exec(
                select(OutboxRow.lane, OutboxRow.state, func.count()).group_by(OutboxRow.lane, OutboxRow.state)
            ):
                self._outbox.labels(lane, state).set(count)
            crossings = select(Sighting.subject, func.count()).where(Sighting.kind == CROSSED)
            self._crossings.counts = dict((await work.session.exec(crossings.group_by(Sighting.subject))).all())
