"""What a letter says besides what it asks for: who writes for whom, what they call it, what they set and threaten.

Each particular bears the line that shows it. Nothing here is believed: it is for staff, who look and decide, and
none of it stands in automatic mail. Values are the sender's words: they stay out of reprs, and `codes` holds none.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from bot.domain.address_change import address_change
from bot.domain.dates import days_in, number_in
from bot.domain.identification import identification, matched, number
from bot.domain.marked import LONGEST_LINE, Line, Particular, fields_of, read_line, sentences_of
from bot.domain.rules.lexicon import Positions, lexicon
from bot.domain.whose import about_other, agent_in, child_in

EXAMINED = 20_000
"""Characters of a letter that are read."""

_LONGEST = 366  # days: a writer's deadline is no further away
_LONGEST_MEMORY = 5 * _LONGEST
_TARGETS = ("authority", "court", "lawyer")
_LONGEST_PERIOD = 120  # days: a longer one tells of the past, or of how long something is kept
_DAY_REACH, _COUNT_REACH = 30, 6  # characters before a day, words before a number of days
_LEGAL_DAYS = 15  # a period this long beside the law's name is the law's
_NAMED = matched(r"[^!?:=]{1,30}?[:=]\s{0,5}([^\s,;](?:[^,;.]|\.(?=\S)){0,39})")
_OURS = re.compile(r"PR-[0-9A-Z]{8}\b")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a letter says besides its request types.

    `reminder` bears the day of the earlier request where it is named, `deadline` the day by which the writer
    wants an answer; `threats` are codes `authority`, `court` and `lawyer`; `data` is what the letter gives to
    tell who somebody is; the value of `agent` is the name of the person it is written for, where there is one, and
    that of `new_address` the address that is to take the place of another, where the letter marks it.
    `about_other` shows that it asks for somebody else's data and is written for nobody; `child` that it speaks of
    a person under eighteen.
    """

    reference: Particular | None = None
    reminder: Particular | None = None
    deadline: Particular | None = None
    agent: Particular | None = None
    about_other: Particular | None = None
    child: Particular | None = None
    new_address: Particular | None = None
    threats: tuple[Particular, ...] = ()
    data: tuple[Particular, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """What was found, without the sender's words: `threat:authority`, `deadline:2026-12-12`, `gives:name`."""
        single = (("own_reference", self.reference), ("reminder", self.reminder), ("deadline", self.deadline))
        return (
            *(f"{name}:{found.day}" if found.day else name for name, found in single if found),
            *(f"threat:{each.code}" for each in self.threats),
            *dict.fromkeys(f"gives:{each.code}" for each in self.data),
            *([f"agent:{self.agent.code}"] if self.agent else []),
            *(name for name in ("about_other", "child") if getattr(self, name)),
            *([self.new_address.code] if self.new_address else []),
        )

    def as_json(self) -> dict[str, Any]:
        """Everything, the letter's own words included."""
        names = ("reference", "reminder", "deadline", "agent", "about_other", "child", "new_address")
        single = {name: getattr(self, name) for name in names}
        return {name: _plain(found) if found else None for name, found in single.items()} | {
            "threats": [_plain(each) for each in self.threats],
            "data": [_plain(each) for each in self.data],
        }


def particulars(
    text: str, subject: str, received: date, language: str, known: Collection[str] = ()
) -> Particulars:
    """Reads a letter's own words, quoted history taken off. Pure, total, and bounded by `EXAMINED`.

    `known` are addresses of e-mail that tell nothing new, the sender's and the desk's own; `language` is the
    letter's, and says only how a day in figures may be meant.
    """
    text, subject = text[:EXAMINED], subject[:LONGEST_LINE]
    lines = [read_line(line) for line in (subject, *fields_of(text))]
    sentences = [read_line(sentence) for sentence in (subject, *sentences_of(text))]
    month_may_lead = language in ("en", "und")
    agent, other = agent_in(sentences), about_other(sentences)
    return Particulars(
        reference=next(_references(lines), None),
        reminder=_reminder(sentences, received, month_may_lead),
        deadline=next(_deadlines(sentences, received, month_may_lead), None),
        agent=agent,
        about_other=None if agent else other,
        child=child_in(sentences),
        new_address=address_change(sentences),
        threats=tuple(_threats(sentences)),
        data=tuple(identification(lines, {each.lower() for each in known})),
    )


def _references(lines: Iterable[Line]) -> Iterator[Particular]:
    """The requester's own; what they quote as ours is none."""
    for line in lines:
        ours = {place for at in line.places("your_reference") for place in (at, at + 1)}
        at_head = [at for at in line.places("reference") if at == 0]
        for at in sorted({*line.places("own_reference"), *at_head} - ours):
            rest = line.rest(at)
            value = next((each for each in (_NAMED(rest), number(rest)) if re.search(r"[\d/]", each)), "")
            if value and not _OURS.search(value):
                yield line.shows("own_reference", value)


def _reminder(sentences: Sequence[Line], received: date, month_may_lead: bool) -> Particular | None:
    """That it reminds of an earlier request; the sentence that names its day where one does."""
    plain = None
    for sentence in sentences:
        reminds = sentence.says("reminder")
        rests = [sentence.text] if reminds else _of_theirs(sentence)
        days = (each for rest in rests for each in days_in(rest, received, month_may_lead=month_may_lead)[:1])
        past = next((day for each in days if (day := each.on_or_before(received))), None)
        if past and (received - past).days < _LONGEST_MEMORY:
            return sentence.shows("reminder", day=past)
        if reminds and plain is None:
            plain = sentence.shows("reminder")
    return plain


def _of_theirs(sentence: Line) -> list[str]:
    """What follows on `my letter of`, and not on `your letter of`."""
    yours = sentence.places("yours")
    return [sentence.rest(at)[:60] for at in sentence.places("earlier") if at - 1 not in yours]


def _threats(sentences: Iterable[Line]) -> Iterator[Particular]:
    """To whom the writer will go, each once, in sentences that say what happens otherwise."""
    found: dict[str, Particular] = {}
    for sentence in sentences:
        if sentence.says("otherwise"):
            for target in _TARGETS:
                if sentence.says(target):
                    found.setdefault(target, sentence.shows(target))
    return iter(found.values())


def _deadlines(sentences: Iterable[Line], received: date, month_may_lead: bool) -> Iterator[Particular]:
    for sentence in sentences:
        if not sentence.says("wanted"):
            continue
        for at in sentence.places("until"):
            for written in days_in(sentence.rest(at)[:80], received, month_may_lead=month_may_lead)[:1]:
                day = written.on_or_after(received)
                if day and written.start <= _DAY_REACH and (day - received).days <= _LONGEST:
                    yield sentence.shows("deadline", day=day)
        yield from (sentence.shows("deadline", day=day) for day in _counted(sentence, received))


def _counted(sentence: Line, received: date) -> Iterator[date]:
    """The days that `within so many` leads to, counted from receipt."""
    legal = sentence.says("statutory") or bool(_laws_in(sentence))
    for place in sentence.places("within"):
        for unit, add in _UNITS.items():
            for at in sentence.places(unit):
                count = _count(sentence.words[max(place + 1, at - 2) : at]) if at - place <= _COUNT_REACH else None
                day = _added(received, add, count) if count else None
                if day and not (legal and (day - received).days >= _LEGAL_DAYS):
                    yield day
                    return


def _count(words: Sequence[str]) -> int | None:
    """The number that stands before a unit, or one word further off: `fourteen (14) days`, `14 calendar days`."""
    return next((count for word in reversed(words) if (count := number_in(word))), None)


def _laws_in(sentence: Line) -> Positions:
    named = Positions(list)
    lexicon("laws").mark(sentence.words, named)
    return named


def _added(received: date, add: Callable[[date, int], date], count: int) -> date | None:
    try:
        day = add(received, count)
    except (OverflowError, ValueError):
        return None
    return day if (day - received).days <= _LONGEST_PERIOD else None


def _working_days(start: date, count: int) -> date:
    """Monday to Friday: which holidays the writer has in mind nobody knows."""
    day = start
    for _ in range(min(count, _LONGEST)):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day


_UNITS: dict[str, Callable[[date, int], date]] = {  # the longer name of a unit first
    "working_days": _working_days,
    "hours": lambda start, count: start + timedelta(days=-(-count // 24)),
    "days": lambda start, count: start + timedelta(days=count),
    "weeks": lambda start, count: start + timedelta(weeks=count),
    "months": lambda start, count: start + relativedelta(months=count),
}


def _plain(found: Particular) -> dict[str, Any]:
    day = {"day": found.day.isoformat()} if found.day else {}
    return {"code": found.code, "value": found.value, "line": found.line} | day
