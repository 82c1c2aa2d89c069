"""Holidays and working days, and the arithmetic of legal periods.

A calendar code is a country, or a country and a region: `DE`, `DE-BY`, `GB-SCT` (ISO 3166). Holidays come from
the `holidays` library, which is loaded when the first calendar is asked for and not before.
"""

import re
import warnings
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

_CODE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,4}))?")
_ALIASES = {"UK": "GB"}
_DAY = timedelta(days=1)

# Spelled out, because the names of the standard library follow the machine's locale.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

WEEKEND = frozenset({"Saturday", "Sunday"})


class UnknownCalendar(LookupError):
    """No calendar has this code. The message is one line that says what a code looks like."""


@lru_cache(maxsize=512)
def calendar_code(text: str) -> str:
    """The code as the desk spells it (`de-by` is `DE-BY`). Raises UnknownCalendar where there is none such."""
    match = _CODE.fullmatch(text.strip().upper())
    if match:
        country = _ALIASES.get(match[1], match[1])
        region = match[2]
        with suppress(NotImplementedError):
            _library(country, region)
            return f"{country}-{region}" if region else country
    raise UnknownCalendar(f"unknown calendar {text[:20]!r}: give a country or country and region: DE, GB-SCT")


@cache
def holidays_of(code: str, year: int) -> Mapping[date, str]:
    """The public holidays of one calendar in one year with their names, in English where the library has them."""
    country, _, region = code.partition("-")
    return _library(country, region, year)


def _library(country: str, region: str | None, *years: int) -> dict[date, str]:
    from holidays import country_holidays

    with warnings.catch_warnings():
        # Lunar calendars are foretold for some decades only, and some codes of regions have younger names.
        warnings.simplefilter("ignore")
        return dict(country_holidays(country, subdiv=region or None, years=years, language="en_US"))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of rest: some weekdays, and the holidays of some regions.

    With `unanimous` a holiday counts only where every region keeps it. That is the careful reading of a due date
    that rolls over, as any other holiday can only be relied on in one place; a plan avoids the holidays of all.
    """

    regions: tuple[str, ...] = ()
    weekend: frozenset[str] = WEEKEND
    unanimous: bool = False

    def holiday(self, day: date) -> str | None:
        """The name and place of a holiday ("Easter Monday in DE"), or None."""
        names = [(holidays_of(region, day.year).get(day), region) for region in self.regions]
        kept = [f"{name} in {region}" for name, region in names if name]
        enough = len(names) if self.unanimous else 1
        return kept[0] if kept and len(kept) >= enough else None

    def rest(self, day: date) -> str | None:
        """Why nobody works on this day ("a Sunday", "Easter Monday in DE"), or None for a working day."""
        weekday = _WEEKDAYS[day.weekday()]
        return f"a {weekday}" if weekday in self.weekend else self.holiday(day)

    def on_or_after(self, day: date) -> date:
        """The first working day from this one on."""
        while self.rest(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The last working day up to this one."""
        while self.rest(day):
            day -= _DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The working day number `count` after `day`, which does not count itself."""
        for _ in range(count):
            day = self.on_or_after(day + _DAY)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The working day number `count` before `day`, which does not count itself."""
        for _ in range(count):
            day = self.on_or_before(day - _DAY)
        return day

    def working_days_until(self, today: date, day: date) -> int:
        """How many working days come after today, up to and with this one; 0 where it is not later."""
        return sum(self.rest(today + timedelta(days=n)) is None for n in range(1, (day - today).days + 1))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter (Reg. 1182/71 Art. 3(2)(c)).

    Always counted from the first day of the period: a month and then two more would lose the 31st on the way.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def spoken(day: date) -> str:
    """A date as sentences say it: 7 April 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
