"""The due dates of a request, and the sentence that says why.

The numbers are data (`lawpack`, `laws.toml`); here they are counted. A period has three ends, kept apart on
purpose: the *strict* one of its strictest reading, which plans follow; the *nominal* one of the usual reading; and
the *due* day, the nominal one after roll-over, which the law holds against the controller.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendars import Calendar, UnknownCalendar, calendar_code, months_after, spoken
from bot.domain.lawpack import APPEAL, CLOCK_TYPES, Clock, Duty, Law, LawPack, PauseKind, Unit, UnknownLaw

__all__ = ["APPEAL", "ClockFacts", "Deadlines", "Law", "LawPack", "UnknownCalendar", "UnknownLaw", "deadlines"]

_YEARS = range(1990, 2201)
_PAUSES = range(3661)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What happened to a request. Dates are days of the controller's time zone.

    `verified` is the day proof of identity came, `paused_days` the days on which clarification was awaited, both
    ends counted, and `extended` says that an extension was announced in time.
    """

    received: date
    verified: date | None = None
    paused_days: int = 0
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The days of one request under one law; None where the law has none.

    `…_by` are the legal days after roll-over, `…act_by` the last working days on or before the strictest reading.
    """

    law: str
    acknowledge_by: date | None
    acknowledge_act_by: date | None
    respond_by: date | None
    act_by: date | None
    extended_by: date | None
    rule: str


@dataclass(frozen=True, slots=True)
class _Calendars:
    """The days of rest of one law: as it counts, as it rolls over, and as the controller plans."""

    counting: Calendar
    rolling: Calendar
    planning: Calendar


@dataclass(frozen=True, slots=True)
class _Period:
    """One clock, run."""

    start: date
    length: int
    excluded: int
    strict: date
    nominal: date
    due: date
    act: date


def deadlines(
    law: Law, facts: ClockFacts, *, request_type: str = "access", holidays: Sequence[str] = ()
) -> Deadlines:
    """The dates of a request. `request_type` is a RequestType or `appeal`, `holidays` are calendar codes.

    Raises UnknownCalendar for a code that there is none of, and ValueError for an unknown type, a year outside
    1990 to 2200 or a pause outside 0 to 3660 days.
    """
    _check(facts, request_type)
    calendars = _calendars(law, holidays)
    acknowledge = law.clock(Duty.ACKNOWLEDGE, request_type)
    respond = law.clock(Duty.RESPOND, request_type)
    first = _run(law, acknowledge, facts, calendars)
    answer = _run(law, respond, facts, calendars, extended=facts.extended)
    extended = _run(law, respond, facts, calendars, extended=True) if respond and respond.extension else None
    sentences = [
        *_rule(law, respond, answer, facts, calendars),
        *_remarks(law, respond, answer, facts),
        *_rule(law, acknowledge, first, facts, calendars),
    ]
    return Deadlines(
        law=law.code,
        acknowledge_by=first.due if first else None,
        acknowledge_act_by=first.act if first else None,
        respond_by=answer.due if answer else None,
        act_by=answer.act if answer else None,
        extended_by=extended.due if extended else None,
        rule=" ".join(dict.fromkeys(sentences)),
    )


def _check(facts: ClockFacts, request_type: str) -> None:
    if request_type not in CLOCK_TYPES:
        raise ValueError(f"unknown request type {request_type[:30]!r}: one of {', '.join(sorted(CLOCK_TYPES))}")
    for day in (facts.received, facts.verified):
        if day and day.year not in _YEARS:
            raise ValueError(f"{day.isoformat()} is outside the years {_YEARS[0]} to {_YEARS[-1]}")
    if facts.paused_days not in _PAUSES:
        raise ValueError(f"a pause of {facts.paused_days} days is outside 0 to {_PAUSES[-1]}")


def _calendars(law: Law, holidays: Sequence[str]) -> _Calendars:
    codes = tuple(map(calendar_code, holidays))
    regions = law.regions(codes)
    return _Calendars(
        counting=Calendar(regions, unanimous=True),
        rolling=Calendar(regions, law.roll_over, unanimous=True),
        planning=Calendar(tuple(dict.fromkeys((*regions, *codes)))),
    )


def _run(
    law: Law, clock: Clock | None, facts: ClockFacts, calendars: _Calendars, *, extended: bool = False
) -> _Period | None:
    if clock is None or clock.length is None:
        return None
    start = _start(clock, facts)
    # The extended period is counted from its start in one go, as a month and then two more lose the 31st.
    length = clock.length + (clock.extension if extended else 0)
    nominal = _end(clock.unit, start, length, calendars.counting)
    strict = _strict_end(clock, start, length, nominal)
    excluded = facts.paused_days if clock.pause(PauseKind.EXCLUDE_INTERVAL) else 0
    nominal += timedelta(days=excluded)
    # The statute leaves out every day of the pause; as a difference of dates, the strict reading, it is one less.
    strict += timedelta(days=max(0, excluded - 1))
    due = calendars.rolling.on_or_after(nominal) if law.roll_over else nominal
    return _Period(start, length, excluded, strict, nominal, due, act=calendars.planning.on_or_before(strict))


def _start(clock: Clock, facts: ClockFacts) -> date:
    if facts.verified and clock.pause(PauseKind.RESTART_ON_RECEIPT):
        return max(facts.received, facts.verified)
    return facts.received


def _end(unit: Unit, start: date, length: int, counting: Calendar) -> date:
    match unit:
        case Unit.MONTHS:
            return months_after(start, length)
        case Unit.DAYS:
            return start + timedelta(days=length)
        case Unit.WORKING_DAYS:
            return counting.working_days_after(start, length)


def _strict_end(clock: Clock, start: date, length: int, nominal: date) -> date:
    if not clock.stricter:
        return nominal
    if clock.unit is Unit.WORKING_DAYS:
        return Calendar().working_days_after(start, length)
    return nominal - timedelta(days=1)


def _rule(
    law: Law, clock: Clock | None, period: _Period | None, facts: ClockFacts, calendars: _Calendars
) -> Iterator[str]:
    """Why a clock ends when it does, sentence by sentence."""
    if clock and period:
        yield f"{clock.citation}: {_counted(clock, period, facts)}{_rolled(law, period, calendars.rolling)}."
        if clock.stricter and period.strict != period.nominal:
            yield f"On the stricter reading ({clock.stricter}) it is {spoken(period.strict)}."
        if period.act != period.due:
            yield f"Act by {spoken(period.act)}{_planned(period, calendars.planning)}."
    if clock and clock.note:
        yield clock.note if period else f"{clock.citation}: {clock.note}"


def _counted(clock: Clock, period: _Period, facts: ClockFacts) -> str:
    unit = clock.unit.replace("_", " ")
    length = f"one {unit.removesuffix('s')}" if period.length == 1 else f"{period.length} {unit}"
    since = "receipt" if period.start == facts.received else "proof of identity"
    pause = f", and {period.excluded} days of waiting that do not count," if period.excluded else ""
    return f"{length} from {since} on {spoken(period.start)}{pause} is {spoken(period.nominal)}"


def _rolled(law: Law, period: _Period, rolling: Calendar) -> str:
    if period.due == period.nominal:
        return ""
    between = (period.nominal + timedelta(days=n) for n in range(1, (period.due - period.nominal).days))
    skipped = "; ".join(f"{spoken(day)} is {name}" for day in between if (name := rolling.holiday(day)))
    moved = f", {rolling.rest(period.nominal)}; {law.roll_over_citation} moves it to {spoken(period.due)}"
    return f"{moved} ({skipped})" if skipped else moved


def _planned(period: _Period, planning: Calendar) -> str:
    if period.act == period.strict:
        return ""
    return f", the last working day on or before {spoken(period.strict)} ({planning.rest(period.strict)})"


def _remarks(law: Law, clock: Clock | None, period: _Period | None, facts: ClockFacts) -> Iterator[str]:
    """What waiting for the requester and an extension did to the clock, where there were any."""
    if not clock or not period:
        return
    if _waited(facts) and not clock.pauses:
        yield "Nothing stops this clock: a wait for proof or clarification changes no date."
    for kind, applies, text in _EFFECTS:
        if applies(facts) and (pause := clock.pause(kind)):
            suspended = period.nominal + timedelta(days=facts.paused_days - 1)
            yield text.format(citation=pause.citation, suspended=spoken(suspended))
    if facts.extended and clock.extension:
        yield f"Extended: {clock.extension_citation}."
    elif facts.extended:
        yield f"{law.short} gives this period no extension of a fixed length."


def _proven_later(facts: ClockFacts) -> bool:
    return facts.verified is not None and facts.verified > facts.received


def _paused(facts: ClockFacts) -> bool:
    return facts.paused_days > 0


def _waited(facts: ClockFacts) -> bool:
    return _paused(facts) or facts.verified is not None


# What the rule says of a kind of pause, given which facts.
_EFFECTS: tuple[tuple[PauseKind, Callable[[ClockFacts], bool], str], ...] = (
    (
        PauseKind.RESTART_ON_RECEIPT,
        _proven_later,
        "The period starts with proof of identity ({citation}).",
    ),
    (
        PauseKind.EXCLUDE_INTERVAL,
        _paused,
        "Both ends of the wait are left out ({citation}); the stricter reading counts one day of it less.",
    ),
    (
        PauseKind.MAY_SUSPEND,
        _waited,
        "A wait may suspend the period ({citation}); that is disputed and moves no date here.",
    ),
    (
        PauseKind.MAY_SUSPEND,
        _paused,
        "Suspended by the days of this wait it would end on {suspended}, before any roll-over.",
    ),
    (
        PauseKind.NO_DUTY_UNTIL_AUTHENTICATED,
        _waited,
        "No duty to act before the requester is authenticated ({citation}), yet the days run from receipt.",
    ),
    (
        PauseKind.RESTART_AFTER_REFLECTION,
        _waited,
        "Only a fee moves the start, by a time of reflection ({citation}); this wait does not.",
    ),
)
