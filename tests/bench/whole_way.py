"""How fast letters become tickets and acknowledgements, how much memory that takes, how soon one is answered.

The desk runs as a process between a real Dovecot, an SMTP server with STARTTLS and the Slack stand-in, all on
this machine: its processors are shared with theirs. Ratios carry over to another machine, seconds do not.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.scenarios.outside import SQLITE, World, letter, until, world_around
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

DELETION = "Please delete my account and all personal data you hold about me."
MAILS, AT_REST, RUNS = 200, 10, 3
TOO_LONG = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Figures:
    """`mails_per_second` from the first delivery of many to the last acknowledgement accepted; `peak_mb` the
    desk's largest resident memory; `at_rest_seconds` from a delivery to its acknowledgement, the median.
    """

    mails_per_second: float
    peak_mb: float
    at_rest_seconds: float


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


async def measure(dovecot: Dovecot, database: str, mails: int = MAILS) -> Figures:
    """One run on a new desk."""
    with tempfile.TemporaryDirectory() as name:
        async with world_around(dovecot, Path(name), database=database) as world:
            await world.desk.start()
            at_rest = [await _answer_time(world, f"rest{each}@bench.example") for each in range(AT_REST)]
            rate = await _rate(world, mails)
            return Figures(rate, _peak_mb(world.desk.pid), statistics.median(at_rest))


async def _answer_time(world: World, sender: str) -> float:
    await asyncio.sleep(1)  # at rest: what came before is done with
    begun = time.perf_counter()
    await world.acknowledged(DELETION, sender=sender)
    return time.perf_counter() - begun


async def _rate(world: World, mails: int) -> float:
    before = len(world.sink.messages)
    raws = [letter(DELETION, sender=f"writer{each}@bench.example") for each in range(mails)]
    begun = time.perf_counter()
    await world.deliver_all(raws)
    await until(lambda: len(world.sink.messages) >= before + mails, timeout=TOO_LONG)
    return mails / (time.perf_counter() - begun)


def _peak_mb(pid: int) -> float:
    status = Path("/proc", str(pid), "status").read_text()
    (line,) = (each for each in status.splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


async def benchmark(*, postgres: bool = True, runs: int = RUNS, mails: int = MAILS) -> dict[str, dict[str, float]]:
    """The medians of some runs, by database."""
    found = {}
    with servers(postgres=postgres) as (dovecot, cluster):
        for kind in ("sqlite", "postgresql") if cluster else ("sqlite",):
            several = [
                await measure(dovecot, cluster.new_database() if cluster and kind != "sqlite" else SQLITE, mails)
                for _ in range(runs)
            ]
            found[kind] = {
                name: round(statistics.median(asdict(each)[name] for each in several), 2)
                for name in asdict(several[0])
            }
    return found
