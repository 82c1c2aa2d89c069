"""Which laws a matter may be under, and what that rests on, the strongest evidence first.

A law that is named counts alone; so does that of the country of the writer's account or, where that is not known,
of their time zone. A language is a hint and no more, and only where no country is known: the law that it points at
comes beside the default one, and the earlier day of both counts, so that a wrong guess costs days and nobody's
right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from bot.domain.calendars import UnknownCalendar, calendar_code
from bot.domain.lawpack import LawPack


class Evidence(StrEnum):
    """What says which law it is."""

    NAMED = "named"
    ACCOUNT = "account"
    TIME_ZONE = "time_zone"
    LANGUAGE = "language"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Applicable:
    """Codes of laws, of which the one with the earliest day counts."""

    laws: tuple[str, ...]
    evidence: Evidence


def applicable(
    pack: LawPack,
    default: str,
    *,
    named: Iterable[str] = (),
    country: str = "",
    time_zone: str = "",
    language: str = "",
) -> Applicable:
    """``country`` may have a region (`US-CA`), ``time_zone`` is an IANA name, ``language`` ISO 639-1."""
    if known := tuple(each for each in named if each in pack):
        return Applicable(known, Evidence.NAMED)
    home = _code(country)
    if place := home or country_of_zone(time_zone):
        if laws := pack.of_place(place):
            return Applicable(laws, Evidence.ACCOUNT if home else Evidence.TIME_ZONE)
    elif hinted := _hinted(pack, default, language):
        return Applicable((default, *hinted), Evidence.LANGUAGE)
    return Applicable((default,), Evidence.DEFAULT)


def _code(country: str) -> str:
    try:
        return calendar_code(country)
    except UnknownCalendar:  # a name, or nothing that says where somebody lives
        return ""


def _hinted(pack: LawPack, default: str, language: str) -> tuple[str, ...]:
    """The law that a language points at: one that it is alone in, and not where the default law has it, too."""
    spoken = tuple(code for code in pack.codes() if language in pack[code].languages)
    return spoken if len(spoken) == 1 and default not in spoken else ()


def country_of_zone(name: str) -> str:
    """The ISO 3166 code of the country that a time zone is named for; empty where it is named for none."""
    return _countries().get(name, "")


@cache
def _countries() -> Mapping[str, str]:
    """From the IANA database: zone.tab has a country for each zone, tzdata.zi the older names of some (`L`)."""
    home = files("tzdata") / "zoneinfo"
    rows = [line.split("\t") for line in (home / "zone.tab").read_text("utf-8").splitlines() if line[:1] != "#"]
    found = {row[2]: row[0] for row in rows}
    links = [line.split() for line in (home / "tzdata.zi").read_text("utf-8").splitlines() if line[:2] == "L "]
    return {**{older: found[zone] for _, zone, older in links if zone in found}, **found}
