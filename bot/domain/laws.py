"""The due dates of a request, and the sentence that says why.

The numbers are data (`lawpack`, `laws.toml`); `periods` counts them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendars import Calendar, UnknownCalendar, months_after, spoken
from bot.domain.lawpack import APPEAL, CLOCK_TYPES, Clock, Duty, Law, LawPack, PauseKind, UnknownLaw
from bot.domain.periods import Calendars, ClockFacts, Period, Wait, Why, calendars_of, days_excluded, run

__all__ = [
    "APPEAL",
    "ClockFacts",
    "Deadlines",
    "Law",
    "LawPack",
    "UnknownCalendar",
    "UnknownLaw",
    "Wait",
    "Why",
    "deadlines",
    "in_short",
    "record_until",
    "stops",
]

_ARITHMETIC = re.compile(r" (?:On the stricter reading|That is|Act by|A refusal was) ")  # and what follows it
_YEARS = range(1990, 2201)
_PAUSES = range(3661)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The days of one request under one law; None where the law has none.

    `…_by` are the legal days after roll-over, `…act_by` the last working days on or before the strictest reading,
    which is `strict_by`. `notice_by` is the last day on which an extension can be announced, `refuse_by` that on
    which a refusal must be told, and `target_by` the operator's own day where the law names no number.
    """

    law: str
    acknowledge_by: date | None
    acknowledge_act_by: date | None
    respond_by: date | None
    act_by: date | None
    extended_by: date | None
    rule: str
    strict_by: date | None = None
    notice_by: date | None = None
    refuse_by: date | None = None
    target_by: date | None = None
    why: Why | None = None


def deadlines(
    law: Law, facts: ClockFacts, *, request_type: str = "access", holidays: Sequence[str] = ()
) -> Deadlines:
    """The dates of a request. `request_type` is a RequestType or `appeal`, `holidays` are calendar codes.

    Raises UnknownCalendar for a code that there is none of, and ValueError for an unknown type, a year outside
    1990 to 2200 or a pause outside 0 to 3660 days.
    """
    _check(facts, request_type)
    calendars = calendars_of(law, holidays)
    acknowledge = law.clock(Duty.ACKNOWLEDGE, request_type)
    respond = law.clock(Duty.RESPOND, request_type)
    first = run(law, acknowledge, facts, calendars)
    answer = run(law, respond, facts, calendars, extended=facts.extended)
    extended = run(law, respond, facts, calendars, extended=True) if respond and respond.extension else None
    plain = run(law, respond, facts, calendars)
    refuse = law.clock(Duty.REFUSE, request_type)
    refusal = run(law, refuse, facts, calendars) if refuse else answer
    sentences = [
        *_rule(law, respond, answer, facts, calendars),
        *_remarks(respond, answer, facts),
        *_refusal(refuse, refusal, answer),
        *_rule(law, acknowledge, first, facts, calendars),
    ]
    target = law.target_days if answer is None else 0
    return Deadlines(
        law=law.code,
        acknowledge_by=first.due if first else None,
        acknowledge_act_by=first.act if first else None,
        respond_by=answer.due if answer else None,
        act_by=answer.act if answer else None,
        extended_by=extended.due if extended else None,
        rule=" ".join(dict.fromkeys(sentences)),
        strict_by=answer.strict if answer else None,
        notice_by=plain.due if plain and extended else None,
        refuse_by=refusal.due if refusal else None,
        target_by=calendars.planning.on_or_before(facts.received + timedelta(days=target)) if target else None,
        why=_why(law, respond, answer, facts),
    )


def _why(law: Law, clock: Clock | None, answer: Period | None, facts: ClockFacts) -> Why | None:
    """What `rule` says of the answer's day, in parts; None where the law names no number."""
    if clock is None or answer is None:
        return None
    return Why(
        citation=clock.citation,
        length=answer.length,
        unit=clock.unit,
        since=answer.since,
        start=answer.start,
        waited=sum(answer.excluded),
        ends=answer.nominal,
        due=answer.due,
        moved_by=law.roll_over_citation if answer.due != answer.nominal else "",
        extended_by=clock.extension_citation if facts.extended else "",
    )


def in_short(rule: str) -> str:
    """The sentences of a rule that everybody reads; other readings and planning are arithmetic for staff."""
    return _ARITHMETIC.split(rule)[0]


def record_until(law: Law, answered: date) -> date | None:
    """The last day on which the record of a request must still be there; None where the law states no number.

    Counted from the final answer, the safe reading: no law of the pack says from when (such as 11 CCR 7101(a)).
    """
    return months_after(answered, law.record_months) if law.record_months else None


def stops(law: Law, request_type: str, *, proof: bool) -> bool:
    """Whether the clock of a request stands still while proof (or else clarification) is awaited."""
    clock = law.clock(Duty.RESPOND, request_type)
    kind = PauseKind.RESTART_ON_RECEIPT if proof else PauseKind.EXCLUDE_INTERVAL
    return clock is not None and clock.pause(kind) is not None


def _check(facts: ClockFacts, request_type: str) -> None:
    if request_type not in CLOCK_TYPES:
        raise ValueError(f"unknown request type {request_type[:30]!r}: one of {', '.join(sorted(CLOCK_TYPES))}")
    for day in (facts.received, facts.verified, facts.fee):
        if day and day.year not in _YEARS:
            raise ValueError(f"{day.isoformat()} is outside the years {_YEARS[0]} to {_YEARS[-1]}")
    if facts.paused_days not in _PAUSES:
        raise ValueError(f"a pause of {facts.paused_days} days is outside 0 to {_PAUSES[-1]}")


def _rule(
    law: Law, clock: Clock | None, period: Period | None, facts: ClockFacts, calendars: Calendars
) -> Iterator[str]:
    """Why a clock ends when it does, sentence by sentence."""
    if clock and period:
        yield f"{clock.citation}: {_counted(clock, period)}{_rolled(law, period, calendars.rolling)}."
        if facts.extended and clock.duty is Duty.RESPOND:
            yield (
                f"Extended: {clock.extension_citation}."
                if clock.extension
                else f"{law.short} gives this period no extension of a fixed length."
            )
        if clock.stricter and period.strict != period.nominal:
            yield f"On the stricter reading it is {spoken(period.strict)}, as this is disputed: {clock.stricter}."
        if law.roll_over_doubt and (rest := calendars.planning.rest(period.nominal)):
            yield f"That is {rest}, and {law.roll_over_doubt} is disputed; nothing is moved here."
        if period.act != period.due:
            yield f"Act by {spoken(period.act)}{_planned(period, calendars.planning)}."
    if clock and clock.note:
        yield clock.note if period else f"{clock.citation}: {clock.note}"


def _counted(clock: Clock, period: Period) -> str:
    unit = clock.unit.replace("_", " ")
    length = f"one {unit.removesuffix('s')}" if period.length == 1 else f"{period.length} {unit}"
    days = sum(period.excluded)
    pause = f", and {days} day{'s' * (days > 1)} of waiting that do not count," if days else ""
    return f"{length} from {period.since} on {spoken(period.start)}{pause} is {spoken(period.nominal)}"


def _rolled(law: Law, period: Period, rolling: Calendar) -> str:
    if period.due == period.nominal:
        return ""
    between = (period.nominal + timedelta(days=n) for n in range(1, (period.due - period.nominal).days))
    skipped = "; ".join(f"{spoken(day)} is {name}" for day in between if (name := rolling.holiday(day)))
    moved = f", {rolling.rest(period.nominal)}; {law.roll_over_citation} moves it to {spoken(period.due)}"
    return f"{moved} ({skipped})" if skipped else moved


def _planned(period: Period, planning: Calendar) -> str:
    if period.act == period.strict:
        return ""
    return f", the last working day on or before {spoken(period.strict)} ({planning.rest(period.strict)})"


def _refusal(clock: Clock | None, refusal: Period | None, answer: Period | None) -> Iterator[str]:
    """When a refusal must be told, where that is earlier than an answer."""
    if clock and refusal and answer and refusal.due < answer.due:
        yield f"A refusal was due by {spoken(refusal.due)}: {clock.note}"


def _remarks(clock: Clock | None, period: Period | None, facts: ClockFacts) -> Iterator[str]:
    """What waiting for the requester did to the clock, where they were waited for."""
    if not clock or not period:
        return
    if _waited(facts) and not clock.pauses:
        yield "Nothing stops this clock: a wait for proof or clarification changes no date."
    for kind, applies, text in _EFFECTS:
        if applies(facts) and (pause := clock.pause(kind)):
            suspended = period.nominal + timedelta(days=sum(days_excluded(facts, period.start)) - 1)
            yield text.format(citation=pause.citation, since=period.since, suspended=spoken(suspended))


def _started_later(facts: ClockFacts) -> bool:
    return any(day is not None and day > facts.received for day in (facts.verified, facts.fee))


def _asked_a_fee(facts: ClockFacts) -> bool:
    return facts.fee is not None


def _paused(facts: ClockFacts) -> bool:
    return facts.paused_days > 0 or bool(facts.waits)


def _waited(facts: ClockFacts) -> bool:
    return _paused(facts) or facts.verified is not None


# What the rule says of a kind of pause, given which facts.
_EFFECTS: tuple[tuple[PauseKind, Callable[[ClockFacts], bool], str], ...] = (
    (
        PauseKind.RESTART_ON_RECEIPT,
        _started_later,
        "The period starts with {since} ({citation}).",
    ),
    (
        PauseKind.EXCLUDE_INTERVAL,
        _paused,
        "Both ends of the wait are left out ({citation}); that is disputed, and the stricter reading counts one "
        "day of it less.",
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
        _asked_a_fee,
        "The period starts with {since} ({citation}).",
    ),
    (
        PauseKind.RESTART_AFTER_REFLECTION,
        _waited,
        "Only a fee moves the start, by a time of reflection ({citation}); this wait does not.",
    ),
)
