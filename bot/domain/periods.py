"""Periods of law, counted: where a clock starts, what does not count, and its three ends.

The *strict* end is that of the strictest reading, which plans follow; the *nominal* one that of the usual reading;
and the *due* day, the nominal one after roll-over, is the one that the law holds against the controller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendars import Calendar, calendar_code, months_after
from bot.domain.lawpack import Clock, DayOne, Law, PauseKind, Unit


@dataclass(frozen=True, slots=True)
class Wait:
    """From the day on which clarification was asked for to the day on which it came, both counted."""

    asked: date
    answered: date


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What happened to a request. Dates are days of the controller's time zone.

    `verified` is the day proof of identity came; `fee` the day on which a fee was paid or, where the law gives a
    time of reflection, on which the requester was told of it; `waits` are the times in which clarification was
    awaited, and `paused_days` one such time of which only the length is known, both ends counted; `extended` says
    that an extension was announced in time. A wait without an end is none yet: the clock is read as if it ran on.
    """

    received: date
    verified: date | None = None
    paused_days: int = 0
    extended: bool = False
    waits: tuple[Wait, ...] = ()
    fee: date | None = None


@dataclass(frozen=True, slots=True)
class Calendars:
    """The days of rest of one law: as it counts, as it rolls over, and as the controller plans."""

    counting: Calendar
    rolling: Calendar
    planning: Calendar


@dataclass(frozen=True, slots=True)
class Period:
    """One clock, run."""

    start: date
    since: str  # what happened then
    length: int
    excluded: tuple[int, ...]  # the days of each wait that does not count
    strict: date
    nominal: date
    due: date
    act: date


@dataclass(frozen=True, slots=True)
class Why:
    """Why an answer is due on a day, for sentences in any language; the citations are those of the law pack.

    `unit` is that of the clock (months, days, working_days), `since` what started it, `waited` the days that do
    not count, `moved_by` the rule that moved the due day away from where the period `ends`, and `extended_by`
    that of an extension.
    """

    citation: str
    length: int
    unit: str
    since: str
    start: date
    waited: int
    ends: date
    due: date
    moved_by: str = ""
    extended_by: str = ""


def calendars_of(law: Law, holidays: Sequence[str]) -> Calendars:
    codes = tuple(map(calendar_code, holidays))
    regions = law.regions(codes)
    return Calendars(
        counting=Calendar(regions, unanimous=True),
        rolling=Calendar(regions, law.roll_over, unanimous=True),
        planning=Calendar(tuple(dict.fromkeys((*regions, *codes)))),
    )


def run(
    law: Law, clock: Clock | None, facts: ClockFacts, calendars: Calendars, *, extended: bool = False
) -> Period | None:
    if clock is None or clock.length is None:
        return None
    start, since = _start(clock, facts)
    # The extended period is counted from its start in one go, as a month and then two more lose the 31st.
    length = clock.length + (clock.extension if extended else 0)
    nominal = _end(clock, start, length, calendars.counting)
    strict = _strict_end(clock, start, length, nominal)
    excluded = days_excluded(facts, start) if clock.pause(PauseKind.EXCLUDE_INTERVAL) else ()
    nominal += timedelta(days=sum(excluded))
    # The statute leaves out every day of a pause; as a difference of dates, the strict reading, it is one less.
    strict += timedelta(days=sum(excluded) - len(excluded))
    due = calendars.rolling.on_or_after(nominal) if law.roll_over else nominal
    return Period(
        start, since, length, excluded, strict, nominal, due, act=calendars.planning.on_or_before(strict)
    )


def _start(clock: Clock, facts: ClockFacts) -> tuple[date, str]:
    """The latest of the days on which the law lets the period start, and what happened then."""
    days: list[tuple[date | None, str]] = [(facts.received, "receipt")]
    if clock.pause(PauseKind.RESTART_ON_RECEIPT):
        days += [(facts.verified, "proof of identity"), (facts.fee, "payment of the fee")]
    if facts.fee and (pause := clock.pause(PauseKind.RESTART_AFTER_REFLECTION)):
        days.append((facts.fee + timedelta(days=pause.days), "the end of the time of reflection"))
    return max(((day, what) for day, what in days if day), key=lambda each: each[0])


def days_excluded(facts: ClockFacts, start: date) -> tuple[int, ...]:
    """The days of each wait since the clock started; days on which two questions were open count once."""
    counted: list[int] = [facts.paused_days] if facts.paused_days else []
    since = start
    for wait in sorted(facts.waits, key=lambda each: each.asked):
        asked = max(wait.asked, since)
        if asked <= wait.answered:
            counted.append((wait.answered - asked).days + 1)
            since = wait.answered + timedelta(days=1)
    return tuple(counted)


def _end(clock: Clock, start: date, length: int, counting: Calendar) -> date:
    before = start - timedelta(days=clock.day_one is DayOne.RECEIPT)
    match clock.unit:
        case Unit.MONTHS:
            return months_after(start, length)
        case Unit.DAYS:
            return before + timedelta(days=length)
        case Unit.WORKING_DAYS:
            return counting.working_days_after(before, length)


def _strict_end(clock: Clock, start: date, length: int, nominal: date) -> date:
    if not clock.stricter:
        return nominal
    if clock.unit is Unit.WORKING_DAYS:
        return Calendar().working_days_after(start, length)
    return nominal - timedelta(days=1)
