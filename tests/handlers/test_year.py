"""A year of a desk with all that it consists of: store, letters, drafts, journal, and the clock of two replicas.

What is to be said when, `tests/unit/test_year.py` counts by hand for two thousand such tickets; here the same
lives are led in a real store, of as many tickets as a minute allows.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.clock import Clock
from bot.domain.events import Asked, Event, Heard, Opened
from bot.domain.reminders import Kind
from bot.domain.reporting.formats import as_json
from bot.domain.reporting.histories import Period
from bot.domain.vocabulary import Status
from bot.store import anchors, cases, outbox
from bot.store.cases import Message, Requester
from bot.store.desk_tables import Reminder as Said
from bot.store.work import Work
from handlers.casework import happen, open_case
from handlers.deadlines import working_week
from handlers.desk import Desk
from handlers.reporting import period_report
from tests.handlers.conftest import ADA, Bench, bench_on, new_store
from tests.unit.test_reporting_year import (  # the same figures, of this journal
    SPRING,
    YEAR,
    hours_between,
    test_each_law_and_month,  # noqa: F401
    test_what_california_asks_for,  # noqa: F401
    test_what_came_and_how_it_ended,  # noqa: F401
    test_what_is_open_at_the_end_and_how_old,  # noqa: F401
    test_who_proved_who_they_are,  # noqa: F401
    within,
)
from tests.unit.test_year import DOWN, LOOKED, PLACES, ZONE, Life, a_life, said

pytestmark = pytest.mark.slow
TICKETS = 160
TO_STAFF = ("reminder", "alert", "digest")


@dataclass
class Lived:
    """The desk after its year, and by ticket the life that it was to lead."""

    bench: Bench
    lives: dict[str, Life]

    async def said(self) -> list[Said]:
        async with self.bench.desk.store.reading() as work:
            return list((await work.session.exec(select(Said).order_by(col(Said.at)))).all())


async def live(desk: Desk, work: Work, life: Life, event: Event, references: dict[int, str]) -> None:
    if isinstance(event, Opened):
        case = await open_case(
            desk,
            work,
            event,
            requester=Requester(f"robin@{life.number}.letters.example", "Robin"),
            message=Message("My data", "Hello"),
            key=await work.keys.new(),
            inbox_id=None,
            channel="email",
            language="en",
            law=life.law,
        )
        references[life.number] = case.reference
        return
    found = await cases.load(work, references[life.number], for_update=True)
    assert found is not None
    if not (isinstance(event, Heard) and found.row.asked_at is None):
        await happen(desk, work, found, event, actor=ADA)


async def lead(bench: Bench, lives: Sequence[Life]) -> dict[str, Life]:
    """From look to look: what happened until then happens, and the clocks of both replicas strike."""
    desk, references = bench.desk, {}
    clocks = [Clock(desk, "one"), Clock(desk, "other")]
    scripts = [(at, each, event) for each in lives for at, event in each.script]
    scripts += [(each.taken_at, each, None) for each in lives]
    coming = sorted(scripts, key=lambda each: each[0], reverse=True)
    for now in LOOKED:
        async with desk.store.transaction() as work:
            while coming and coming[-1][0] <= now:
                bench.clock.at, life, event = coming.pop()
                if event:
                    await live(desk, work, life, event, references)
                elif case := await cases.load(work, references[life.number], for_update=True):
                    case.row.assignee = ADA
        bench.clock.at = now
        await asyncio.gather(*(each.strike() for each in clocks))
    return {references[each.number]: each for each in lives}


@pytest.fixture(scope="module")
async def lived(shelf: Path) -> AsyncIterator[Lived]:
    folder = shelf / "year"
    folder.mkdir()
    dice = random.Random(6)
    planned = [a_life(number, dice) for number in range(TICKETS)]
    async with new_store(f"sqlite+aiosqlite:///{folder / 'desk.db'}") as store:
        bench = bench_on(store, folder)
        bench = replace(bench, desk=replace(bench.desk, holidays=PLACES, timezone=ZONE))
        lives = await lead(bench, planned)
        for life in planned:
            for now in LOOKED:
                if life.received <= now and (not life.moved or life.ticket.status is not Status.CLOSED):
                    life.look(now)
        yield Lived(bench, lives)


@pytest.fixture(scope="module", params=[YEAR, SPRING], ids=["year", "spring"])
async def counted(request, lived) -> tuple[Period, dict, list[Life]]:
    """The period, what the report of the real journal says of it, and the lives."""
    found = await period_report(lived.bench.desk.store, request.param)
    return request.param, as_json(found), list(lived.lives.values())


def kind_of(key: str) -> str:
    return key.split(":")[1]


async def test_everything_is_said_at_the_moment_that_was_counted_and_once(lived):
    expected = Counter(
        (reference, reminder.kind.value, at.astimezone(ZONE))
        for reference, life in lived.lives.items()
        for reminder, at in life.heard
    )
    found = Counter(
        (each.subject, kind_of(each.key), each.at.astimezone(ZONE))
        for each in await lived.said()
        if each.subject in lived.lives and kind_of(each.key) != Kind.DRAFT_WAITS
    )
    assert found == expected
    assert set(found.values()) == {1}


async def test_what_was_said_to_staff_was_posted_once_and_what_was_missed_in_one_digest(lived):
    posted = [each for each in await lived.bench.queued(outbox.SLACK) if each.kind in TO_STAFF]
    assert len({each.key for each in posted}) == len(posted)
    after = datetime.combine(DOWN[1], LOOKED[0].time(), ZONE)
    told = {each.key: each.at.astimezone(ZONE) for each in await lived.said() if each.subject in lived.lives}
    to_staff = {key for key, at in told.items() if kind_of(key) not in (Kind.CODE, Kind.QUESTION)}
    single = {each.key for each in posted if each.key in told}
    assert single <= to_staff
    assert {told[key] for key in to_staff - single} == {after}
    missed = [each for each in posted if each.key.startswith("missed:")]
    assert {each.created_at.astimezone(ZONE) for each in missed} == {after}
    assert Counter(each.facts.get("assignee", "alert") for each in missed) == {ADA: 1, None: 1, "alert": 1}


async def test_every_draft_that_waited_for_a_day_was_said(lived):
    waited = [each for each in await lived.said() if kind_of(each.key) == Kind.DRAFT_WAITS]
    drafts = [each for state in ("open", "discarded") for each in await lived.bench.drafts(state)]
    numbers = {str(each.id): each for each in drafts}
    assert len(waited) > TICKETS / 4
    assert all((each.at - numbers[each.key.split(":")[2]].created_at).days >= 1 for each in waited)


async def test_every_working_morning_began_with_one_digest(lived):
    mornings = {
        each.key: each.at.astimezone(ZONE) for each in await lived.said() if each.key.startswith("digest:")
    }
    week = working_week(lived.bench.desk)
    days = {each.date() for each in LOOKED if week.rest(each.date()) is None}
    assert {date.fromisoformat(each.removeprefix("digest:")) for each in mornings} == days
    assert {each.time() for each in mornings.values()} == {LOOKED[0].time()}


async def test_every_chain_of_the_journal_holds(lived):
    async with lived.bench.desk.store.reading() as work:
        tickets, _, fault = await anchors.verify(work)
    assert (tickets, fault) == (TICKETS, None)


async def test_how_long_requesters_were_waited_for(counted):
    period, found, lives = counted
    hours = []
    for life in lives:
        asked = life.when(Asked)
        if asked is None:
            continue
        ends = [each for each in (life.when(Heard), life.closed_at, *said(life, Kind.UNANSWERED)) if each]
        until = min(ends)
        hours += [hours_between(asked, until)] if within(period, until) else []
    assert found["statuses"]["waiting"]["stays"] == len(hours)
    assert found["statuses"]["waiting"]["mean_hours"] == pytest.approx(sum(hours) / len(hours), abs=0.01)
