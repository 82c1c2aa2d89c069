"""Days as people write them: `12.3.2026`, `12 de marzo`, `March 12th, 2026`, `2026-03-12`.

What is written may be read in more than one way (`03/04/2026`, or a day without its year): each way is kept, and
who knows what the day is for chooses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.domain.rules.lexicon import fold, read_table

_LONGEST_NAME = 12
_ORDINAL = r"(?:st|nd|rd|th|er|ste|de|:e|e|º|ª|°|\.)?"
_OF = r"\s{1,2}(?:of |de |di |d['’]|ta )?"
_FORMS = (
    re.compile(r"(?<![\w./-])(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\w)"),
    re.compile(
        r"(?<![\w./-])(?P<d>\d{1,2})(?P<sign>[./-])\s?(?P<m>\d{1,2})(?P=sign)\s?(?P<y>\d{4}|\d\d(?!\d|[./-]\d))?(?!\w)"
    ),
    re.compile(
        rf"(?<![\w./-])(?P<d>\d{{1,2}}){_ORDINAL}{_OF}(?P<name>[^\W\d_]{{3,{_LONGEST_NAME}}})\b\.?,?"
        r"(?:\s{1,2}(?:de |del |of )?(?P<y>(?:19|20)\d\d))?(?!\d)"
    ),
    re.compile(
        rf"\b(?P<name>[^\W\d_]{{3,{_LONGEST_NAME}}})\.?\s{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"
        r"(?:,?\s{1,2}(?P<y>(?:19|20)\d\d))?(?!\d)"
    ),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A day in a text: every way to read it, in order of time, and where it stands."""

    readings: tuple[date, ...]
    start: int
    end: int

    def on_or_after(self, day: date) -> date | None:
        """The first reading that is not before this day."""
        return next((each for each in self.readings if each >= day), None)

    def on_or_before(self, day: date) -> date | None:
        """The last reading that is not after this day."""
        return next((each for each in reversed(self.readings) if each <= day), None)


def days_in(text: str, today: date, *, month_may_lead: bool = False) -> tuple[Written, ...]:
    """The days in a text, in its order. Linear in the text.

    `today` gives a day its year where it has none; `month_may_lead`: `3/4/2026` may be the fourth of March.
    """
    found: list[Written] = []
    for form in _FORMS:
        for match in form.finditer(text):
            readings = tuple(sorted(set(_readings(match, today, month_may_lead))))
            if readings and all(match.start() >= each.end or match.end() <= each.start for each in found):
                found.append(Written(readings, match.start(), match.end()))
    return tuple(sorted(found, key=lambda each: each.start))


def number_in(word: str) -> int | None:
    """A small number, in figures or words."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 3 else _numbers().get(fold(word))


def _readings(match: re.Match[str], today: date, month_may_lead: bool) -> Iterator[date]:
    given = match.groupdict()
    day, month = int(given["d"]), _month(given)
    if month is None:
        return
    orders = [(month, day)]
    if month_may_lead and given.get("sign") == "/":
        orders.append((day, month))
    for month, day in orders:
        for year in _years(given["y"], today):
            try:
                yield date(year, month, day)
            except ValueError:
                continue


def _month(given: dict[str, str]) -> int | None:
    return _months().get(fold(given["name"])) if given.get("name") else int(given["m"])


def _years(written: str | None, today: date) -> tuple[int, ...]:
    if written is None:
        return tuple(year for year in (today.year - 1, today.year, today.year + 1) if 1 <= year <= 9999)
    return (int(written) if len(written) == 4 else today.year // 100 * 100 + int(written),)


@cache
def _months() -> dict[str, int]:
    rows = read_table("dates")["months"]
    return {name: at for at, row in enumerate(rows, 1) for name in row.split(", ")}


@cache
def _numbers() -> dict[str, int]:
    return {
        word: int(number) for number, row in read_table("dates")["numbers"].items() for word in row.split(", ")
    }
