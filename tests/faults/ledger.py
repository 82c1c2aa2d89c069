"""What became of everything, counted where it arrived: in the mailbox, the database, the mail server and Slack."""

import asyncio
import sqlite3
from collections import Counter
from dataclasses import astuple, dataclass
from typing import Any

import asyncpg

from bot.opening import opened_store
from bot.settings import Settings
from bot.store import anchors
from tests.scenarios.outside import STAFF_CHANNEL, World

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """``copies``: of notices that left a second time under the same Message-ID, as is promised of them."""

    lost: int = 0
    doubled: int = 0
    copies: int = 0
    unsure: int = 0  # shown to staff

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Story:
    """What should have become of the letters: so many matters, and these mails in each; the last ``once`` of them
    are promised to leave once at most."""

    letters: tuple[str, ...] = ("acknowledgement",)
    once: int = 0
    matters: int = 1


async def rows(world: World, query: str) -> list[Row]:
    if not world.database.startswith("sqlite"):
        connection = await asyncpg.connect(world.database)
        try:
            return [tuple(each) for each in await connection.fetch(query)]
        finally:
            await connection.close()
    return await asyncio.to_thread(_from_file, world, query)


def _from_file(world: World, query: str) -> list[Row]:
    path = world.desk.directory / "desk.db"
    if not path.exists():
        return []
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:  # not migrated yet, or locked
        return []
    finally:
        connection.close()


async def settled(world: World, story: Story) -> bool:
    """Whether all is worked on that came in, and all has left that should."""
    found = await rows(world, "SELECT state FROM outbox")
    if not found or any(state in ("ready", "sending") for (state,) in found):
        return False
    taken = await rows(world, "SELECT state FROM inbox")
    kinds = await rows(world, "SELECT kind FROM outbox WHERE lane = 'mail'")
    return all(state != "new" for (state,) in taken) and len(kinds) >= len(story.letters) * story.matters


async def tally(world: World, story: Story) -> Tally:
    """Counts, once the desk is at rest."""
    lost, doubled = [], []
    for found, due in (await _taken(world), await _tickets(world, story), _cards(world, story)):
        lost.append(max(due - found, 0))
        doubled.append(max(found - due, 0))
    mails = await _mails(world, story)
    broken = await _broken_link(world)
    return mails + Tally(lost=sum(lost) + broken, doubled=sum(doubled) + _same_posts(world))


async def _broken_link(world: World) -> bool:
    """Whether the journal is not what was written (`audit verify`, without a process of its own)."""
    environment = world.desk.environment | {"DATABASE_URL": world.database}
    async with opened_store(Settings.load(environment, world.desk.directory)) as store, store.reading() as work:
        return (await anchors.verify(work))[2] is not None


async def _taken(world: World) -> tuple[int, int]:
    """Rows of the inbox, and mails in the mailbox."""
    found = await rows(world, "SELECT id FROM inbox WHERE source = 'imap' AND state != 'new'")
    mails = await asyncio.to_thread(world.dovecot.flags, world.mailbox)
    return len(found), len(mails)


async def _tickets(world: World, story: Story) -> tuple[int, int]:
    return len(await rows(world, "SELECT id FROM ticket")), story.matters


def _cards(world: World, story: Story) -> tuple[int, int]:
    return len(world.cards()), story.matters


def _same_posts(world: World) -> int:
    """Posts that bear a name that another bears already."""
    names = Counter(str(each.metadata) for each in world.slack.workspace.messages(STAFF_CHANNEL) if each.metadata)
    return sum(count - 1 for count in names.values())


async def _mails(world: World, story: Story) -> Tally:
    """What the mail server accepted, beside what the desk says of it."""
    states = await rows(world, "SELECT kind, state FROM outbox WHERE lane = 'mail' AND ticket_id IS NOT NULL")
    by_state = Counter(state for _, state in states)
    named = Counter(str(each.mail["Message-ID"]) for each in world.sink.messages)
    again = Counter(kind for kind, _ in states)
    due = len(story.letters) * story.matters
    promised_once = list(named)[len(story.letters) - story.once : len(story.letters)] if story.once else []
    twice = sum(named[each] - 1 for each in promised_once)
    unsure = min(by_state["unsure"], sum("may or may not" in each for each in world.alerts("PR-")))
    return Tally(
        lost=max(due - by_state["sent"] - unsure, 0) + max(by_state["sent"] - len(named), 0),
        doubled=max(len(named) - by_state["sent"] - unsure, 0)
        + twice
        + sum(max(again[each] - story.matters, 0) for each in set(story.letters)),
        copies=sum(named.values()) - len(named) - twice,
        unsure=unsure,
    )
