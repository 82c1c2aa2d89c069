"""Plays the cases between real servers, a few at once, and puts what was counted into a table."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.cases import POSTGRES, SQLITE, Case, Impossible, Scene
from tests.faults.ledger import Tally
from tests.scenarios.outside import SQLITE as SQLITE_URL
from tests.scenarios.outside import World, world_around
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres, missing_postgres

AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Servers:
    """What all worlds share; each has a mailbox and a database of its own."""

    home: Path
    dovecot: Dovecot
    postgres: Postgres | None

    def scene(self, database: str) -> Scene:
        folder = Path(tempfile.mkdtemp(dir=self.home)) / "desk"

        @asynccontextmanager
        async def world(**settings: Any) -> AsyncIterator[World]:
            url = self.postgres.new_database() if self.postgres and database == POSTGRES else SQLITE_URL
            async with world_around(self.dovecot, folder, database=url, **settings) as made:
                yield made

        return Scene(world, folder, self.postgres)


@contextmanager
def servers() -> Iterator[Servers]:
    home = Path(tempfile.mkdtemp(prefix="privacy-desk-faults-"))
    home.chmod(0o711)
    for name in ("dovecot", "postgres"):
        (home / name).mkdir(mode=0o711)
    dovecot = Dovecot(home / "dovecot")
    postgres = None if missing_postgres() else Postgres(home / "postgres")
    try:
        dovecot.start()
        if postgres:
            postgres.start()
        yield Servers(home, dovecot, postgres)
    finally:
        dovecot.stop()
        if postgres:
            postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


@dataclass(slots=True)
class Line:
    """One line of the table; ``faults`` says what did not come to an end, and ``skipped`` why it was not tried."""

    moment: str
    fault: str
    database: str
    runs: int = 0
    tally: Tally = field(default_factory=Tally)
    faults: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def good(self) -> bool:
        return not (self.faults or self.tally.lost or self.tally.doubled)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def play(case: Case, database: str, around: Servers, line: Line) -> None:
    """Once; whatever comes of it is in the line."""
    scene = around.scene(database)
    try:
        line.tally += await case.play(scene)
        line.runs += 1
    except Impossible as why:
        line.skipped = str(why)
    except Exception as fault:
        line.runs += 1
        line.tally += Tally(lost=1)
        line.faults.append(f"{type(fault).__name__}: {fault}"[:200])


async def matrix(
    cases: Sequence[Case],
    around: Servers,
    *,
    runs: int,
    databases: Sequence[str] = (SQLITE, POSTGRES),
    told: Callable[[Line], None] = lambda line: None,
) -> list[Line]:
    """Every case on each of its databases, so many times."""
    chosen = [(each, name) for each in cases for name in each.databases if name in databases]
    lines = [Line(each.moment, each.fault, name) for each, name in chosen]
    room = asyncio.Semaphore(AT_ONCE)

    async def repeated(case: Case, line: Line) -> None:
        for _ in range(runs):
            async with room:
                await play(case, line.database, around, line)
        told(line)

    pairs = [(case, line) for (case, _), line in zip(chosen, lines, strict=True)]
    await asyncio.gather(*(repeated(*each) for each in pairs if not each[0].alone))
    for each in pairs:
        if each[0].alone:
            await repeated(*each)
    return lines


HEADER = ("moment", "fault", "database", "runs", "lost", "doubled", "copies of a notice", "unsure, shown")


def row(line: Line) -> tuple[str, ...]:
    counted = line.tally
    if line.skipped:
        return line.moment, f"{line.fault} (skipped: {line.skipped})", line.database, "0", "", "", "", ""
    numbers = (line.runs, counted.lost, counted.doubled, counted.copies, counted.unsure)
    return line.moment, line.fault, line.database, *map(str, numbers)


def table(lines: Sequence[Line]) -> str:
    """As Markdown, with the faults of what went wrong below."""
    cells = [HEADER, tuple("---" for _ in HEADER), *map(row, lines)]
    text = "\n".join(f"| {' | '.join(each)} |" for each in cells)
    wrong = [f"{each.moment}, {each.fault}, {each.database}: {fault}" for each in lines for fault in each.faults]
    return "\n".join([text, *wrong])
