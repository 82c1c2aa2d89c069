"""Which laws a matter may be under, and what that rests on, the strongest evidence first.

A law that is named counts alone; so does that of the country of the writer's account, or of their time zone. Their
language is a hint and no more: what it points at comes beside the default law, and the earlier day of both counts,
so that a wrong guess costs days and never the right of the person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

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
    hinted = _hinted(pack, default, language)
    found: Mapping[Evidence, Sequence[str]] = {
        Evidence.NAMED: tuple(each for each in named if each in pack),
        Evidence.ACCOUNT: pack.of_place(country),
        Evidence.TIME_ZONE: pack.of_place(country_of_zone(time_zone)),
        Evidence.LANGUAGE: (default, *hinted) if hinted else (),
        Evidence.DEFAULT: (default,),
    }
    return next(Applicable(tuple(laws), evidence) for evidence, laws in found.items() if laws)


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
