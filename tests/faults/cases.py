"""The matrix itself: which moment meets which fault, and how that is brought about.

The moments are those between the steps of one mail's way (docs/faults.md names them); a kill is at a named moment
of `bot/failpoints.py`, everything else is done to what is around the desk.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.faults import stories
from tests.faults.ledger import Story, Tally, rows, settled, tally
from tests.faults.proxy import Fault, Proxy
from tests.faults.stories import until
from tests.scenarios.outside import World
from tests.servers.postgres import Postgres

Told = Callable[[World], Awaitable[Story]]
SQLITE, POSTGRES = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRES)
_LASTS = 3.0  # seconds that a fault of the network lasts
_DISK = "6m"


class Impossible(Exception):
    """Why this fault cannot be brought about on this machine."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a case is played: `world(**settings)` makes a new one around a desk that is not started yet."""

    world: Callable[..., AbstractAsyncContextManager[World]]
    folder: Path
    postgres: Postgres | None


@dataclass(frozen=True, slots=True)
class Case:
    """One moment and one fault; `play` answers with what was counted."""

    moment: str
    fault: str
    play: Callable[[Scene], Awaitable[Tally]]
    databases: tuple[str, ...] = (SQLITE,)
    alone: bool = False  # it breaks a server that others use


def kill(
    moment: str, failpoint: str, told: Told = stories.letter, *, pushed: bool = False, **settings: str
) -> Case:
    """`pushed`: by a clock that the story pushes."""

    async def play(scene: Scene) -> Tally:
        async with scene.world(**settings) as world:
            if pushed:
                world.desk.program = ("tests.faults.desk",)
            world.desk.launch(failpoint)
            async with world.revived():
                story = await told(world)
                await until(lambda: world.deaths)
                return await _in_the_end(world, story)

    migrates = failpoint == "schema.upgraded"  # at the start on SQLite; on PostgreSQL by a command
    return Case(moment, f"kill -9 at {failpoint}", play, (SQLITE,) if pushed or migrates else BOTH)


async def _in_the_end(world: World, story: Story) -> Tally:
    """Counted when the desk has been up again for a moment: what it would do a second time it has done by then."""
    await until(world.desk.ready)
    await asyncio.sleep(1)
    await until(lambda: settled(world, story))
    return await tally(world, story)


def network(moment: str, setting: str, fault: Fault) -> Case:
    """On the way between the desk and one server, for a few seconds that begin before the letter comes."""

    async def play(scene: Scene) -> Tally:
        async with scene.world() as world:
            url = world.desk.environment[setting]
            async with Proxy(urlsplit(url).port or 0) as proxy:
                world.desk.environment[setting] = proxy.before(url)
                await world.desk.start()
                proxy.set(fault)
                asyncio.get_running_loop().call_later(_LASTS, proxy.set, Fault.NONE)
                story = await stories.letter(world)
                world.desk.environment[setting] = url
                return await tally(world, story)

    place = setting.partition("_")[0].lower()
    return Case(moment, f"{place}: {fault}", play, (POSTGRES,) if setting == "DATABASE_URL" else (SQLITE,))


def lost_answer(told: Told, dot: int, what: str) -> Case:
    async def play(scene: Scene) -> Tally:
        async with scene.world(tls="none") as world:
            url = world.desk.environment["SMTP_URL"]
            async with Proxy(urlsplit(url).port or 0) as proxy:
                world.desk.environment["SMTP_URL"] = proxy.before(url)
                proxy.set(Fault.LOST_ANSWER, dot=dot)
                await world.desk.start()
                story = await told(world)
                await until(lambda: settled(world, story))
                return await tally(world, story)

    return Case("M6", f"250 lost after the dot, {what}", play)


async def _restored(scene: Scene) -> Tally:
    async with scene.world() as world:
        await world.desk.start()
        await stories.letter(world)
        await asyncio.to_thread(world.dovecot.recreate, world.mailbox)
        await world.write(stories.DELETION, sender="another@writer.example")
        story = Story(matters=2)
        await until(lambda: settled(world, story))
        return await tally(world, story)


async def _recovery_killed(scene: Scene) -> Tally:
    async with scene.world() as world:
        await world.write(stories.DELETION, sender=stories.ROBIN)
        for moment in (
            "mail.stored",
            "mail.decided",
            "delivery.dotted",
            "delivery.recovering",
            "delivery.claimed",
        ):
            world.desk.launch(moment)
            assert await world.desk.ended() == -signal.SIGKILL
        await world.desk.start()
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


async def _poison(scene: Scene) -> Tally:
    async with scene.world() as world:
        await world.write(stories.DELETION, sender=stories.ROBIN)
        for _ in range(3):
            world.desk.launch("mail.parsed")
            assert await world.desk.ended() == -signal.SIGKILL
        await world.desk.start()
        query = "SELECT id FROM inbox WHERE state = 'quarantined'"
        await until(lambda: rows(world, query))
        await world.write(stories.DELETION, sender="another@writer.example")
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


async def _revoked(scene: Scene) -> Tally:
    async with scene.world() as world:
        await world.desk.start()
        world.slack.fail("chat.postMessage", error="token_revoked", times=2)
        return await tally(world, await stories.letter(world))


async def _slack_lost(scene: Scene) -> Tally:
    async with scene.world() as world:
        await world.desk.start()
        world.slack.fail("chat.postMessage", lose_response=True)
        return await tally(world, await stories.letter(world))


def asleep(failpoint: str) -> Case:
    """A desk falls asleep for longer than its claim; another takes over; then the first one wakes."""

    async def play(scene: Scene) -> Tally:
        async with scene.world() as world, world.beside(1) as (other,):
            world.desk.launch(f"{failpoint}:1:STOP")
            await world.write(stories.DELETION, sender=stories.ROBIN)
            await until(lambda: world.desk.asleep)
            await other.start()
            await until(lambda: settled(world, stories.LETTER))
            os.kill(world.desk.pid, signal.SIGCONT)
            await asyncio.sleep(_LASTS)  # what it held in its hands would have left by now
            return await tally(world, stories.LETTER)

    return Case("M15", f"SIGSTOP past the claim at {failpoint}", play, (POSTGRES,))


async def _database_away(scene: Scene) -> Tally:
    assert scene.postgres
    async with scene.world() as world:
        await world.desk.start()
        await asyncio.to_thread(scene.postgres.stop)
        await world.write(stories.DELETION, sender=stories.ROBIN)
        await asyncio.sleep(_LASTS)
        await asyncio.to_thread(scene.postgres.start)
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


async def _database_away_in_recovery(scene: Scene) -> Tally:
    assert scene.postgres
    async with scene.world() as world:
        await world.write(stories.DELETION, sender=stories.ROBIN)
        world.desk.launch("delivery.claimed")
        assert await world.desk.ended() == -signal.SIGKILL
        await world.desk.start()
        await asyncio.to_thread(scene.postgres.restart)
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


# ---- the disk -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[Callable[[str], None]]:
    """A file system of its own in memory; what is yielded mounts it anew, as `rw` or `ro`."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        raise Impossible("needs root to mount a small disk")
    folder.mkdir(parents=True, exist_ok=True)
    if _run("mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)):
        raise Impossible("this machine lets nobody mount a small disk")
    try:
        yield lambda how: _run("mount", "-o", f"remount,{how}", str(folder)) and None
    finally:
        _run("umount", "-l", str(folder))


def _run(*words: str) -> int:
    return subprocess.run(words, capture_output=True, check=False).returncode


async def _disk_full(scene: Scene) -> Tally:
    async with small_disk(scene.folder), scene.world() as world:
        await world.desk.start()
        filler = scene.folder / "filler"
        _fill(filler)
        await world.write(stories.DELETION, sender=stories.ROBIN)
        await asyncio.sleep(_LASTS)
        assert not world.sink.messages, "the disk was not full"
        filler.unlink()
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


async def _disk_read_only(scene: Scene) -> Tally:
    async with small_disk(scene.folder) as mount, scene.world() as world:
        await world.desk.start()
        await world.desk.stop()
        mount("ro")
        await world.write(stories.DELETION, sender=stories.ROBIN)
        refused = await world.desk.command("run")
        assert (refused.code, len(refused.err.strip().splitlines())) == (2, 1), refused.err
        mount("rw")
        await world.desk.start()
        await until(lambda: settled(world, stories.LETTER))
        return await tally(world, stories.LETTER)


async def _clock_jumps(scene: Scene) -> Tally:
    async with scene.world() as world:
        world.desk.program = ("tests.faults.desk",)
        await world.desk.start()
        return await tally(world, await stories.jumping(world))


# ---- the table ------------------------------------------------------------------------------------------------

_LINK: dict[str, Any] = {"PUBLIC_URL": "https://desk.example"}

CASES = (
    kill("M1", "mail.fetched"),
    *(network("M1", "IMAP_URL", each) for each in (Fault.RESET, Fault.SWALLOW, Fault.SLOW)),
    kill("M2", "mail.taken"),
    kill("M3", "mail.stored"),
    kill("M3", "mail.flagged"),
    *(kill("M3", f"mail.{each}") for each in ("parsed", "screened", "classified", "correlated", "decided")),
    Case("M3", "disk full", _disk_full),
    Case("M4", "mailbox restored under new UIDs", _restored),
    kill("M5", "mail.committed"),
    kill("M5", "delivery.claimed"),
    *(network("M5", "SMTP_URL", each) for each in (Fault.RESET, Fault.SWALLOW, Fault.SLOW)),
    kill("M5", "delivery.offered"),
    kill("M6", "delivery.dotted"),
    kill("M6", "delivery.dotted:3", stories.whole),
    lost_answer(stories.letter, 1, "of a notice"),
    lost_answer(stories.whole, 3, "of a decision"),
    kill("M7", "delivery.handed_over"),
    kill("M7", "delivery.handed_over:3", stories.whole),
    kill("M7", "delivery.recorded"),
    kill("M8", "slack.claimed"),
    kill("M8", "slack.posted"),
    kill("M8", "slack.recorded"),
    Case("M8", "slack: answer lost", _slack_lost),
    *(network("M8", "SLACK_API_URL", each) for each in (Fault.RESET, Fault.SWALLOW, Fault.SLOW)),
    kill("M9", "slack.pressed", stories.whole),
    kill("M9", "slack.stored", stories.whole),
    kill("M10", "approval.decided:2", stories.whole),
    kill("M10", "approval.committed:2", stories.whole),
    kill("M10", "slack.handled:2", stories.whole),
    kill("M11", "mail.decided:2", stories.whole),
    kill("M11", "proof.decided", stories.linked, **_LINK),
    kill("M11", "proof.committed", stories.linked, **_LINK),
    kill("M12", "clock.decided", stories.reminded, pushed=True),
    kill("M12", "clock.committed", stories.reminded, pushed=True),
    Case("M12", "clock jumps a day ahead and two back", _clock_jumps),
    kill("M13", "schema.upgraded"),
    Case("M13", "kill -9 in recovery, five times", _recovery_killed, BOTH),
    Case("M13", "disk read-only at the start", _disk_read_only),
    Case("M13", "database away in recovery", _database_away_in_recovery, (POSTGRES,), alone=True),
    asleep("delivery.claimed"),
    asleep("delivery.offered"),
    asleep("slack.claimed"),
    *(network("M15", "DATABASE_URL", each) for each in (Fault.RESET, Fault.SWALLOW, Fault.SLOW)),
    Case("M16", "database away", _database_away, (POSTGRES,), alone=True),
    Case("M16", "slack: token revoked for a while", _revoked),
    Case("M17", "a letter that kills the desk", _poison, BOTH),
)
