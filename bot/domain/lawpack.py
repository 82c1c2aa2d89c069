"""The law pack: what `laws.toml` says, checked and frozen. No legal advice until a lawyer has signed it."""

import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from bot.domain.calendars import UnknownCalendar, calendar_code
from bot.domain.vocabulary import Ground, RequestType

APPEAL = "appeal"
CLOCK_TYPES = frozenset({*RequestType, APPEAL})
_NO_STRAY_FIELDS = ConfigDict(extra="forbid")
_DUTIES = frozenset({"reasons", "verification", "categories"})  # what staff must see to, and no route to anybody
_WITHIN_US = frozenset({"appeal", "complaint"})
_UNORDERED = frozenset({"types", "roll_over"})
_BUILT_IN = Path(__file__).with_name("laws.toml")

Length = Annotated[int, Field(ge=0, le=3660)]
Confidence = Literal["high", "medium", "low"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class UnknownLaw(LookupError):
    """The pack has no law of this code. The message is one line that names the laws it has."""


class Unit(StrEnum):
    """What a period is counted in."""

    MONTHS = "months"
    DAYS = "days"
    WORKING_DAYS = "working_days"


class Duty(StrEnum):
    """What must happen before a clock runs out."""

    ACKNOWLEDGE = "acknowledge"
    RESPOND = "respond"
    REFUSE = "refuse"


class DayOne(StrEnum):
    """Which day a period of days counts first."""

    AFTER = "after"
    RECEIPT = "receipt"


class PauseKind(StrEnum):
    """What a wait for the requester does to a clock; the two that move dates come first."""

    RESTART_ON_RECEIPT = "restart_on_receipt"
    EXCLUDE_INTERVAL = "exclude_interval"
    MAY_SUSPEND = "may_suspend"
    NO_DUTY_UNTIL_AUTHENTICATED = "no_duty_until_authenticated"
    RESTART_AFTER_REFLECTION = "restart_after_reflection"


@dataclass(frozen=True, slots=True)
class Pause:
    """One way in which a clock reacts to a wait, and where the law says so; ``days`` are those of a reflection."""

    __pydantic_config__: ClassVar = _NO_STRAY_FIELDS

    kind: PauseKind
    citation: str
    confidence: Confidence = "medium"
    days: Length = 0


@dataclass(frozen=True, slots=True)
class Denial:
    """One thing that a letter must tell the requester."""

    __pydantic_config__: ClassVar = _NO_STRAY_FIELDS

    key: str
    text: str
    citation: str

    @property
    def cited(self) -> str:
        """The sentence as letters say it."""
        return f"{self.text.rstrip('.')} ({self.citation})."


@dataclass(frozen=True, slots=True)
class Clock:
    """One period of a law; the head of `laws.toml` explains the fields. `length` None: the law names no number."""

    __pydantic_config__: ClassVar = _NO_STRAY_FIELDS

    citation: str
    confidence: Confidence
    duty: Duty = Duty.RESPOND
    types: frozenset[str] = frozenset()
    length: Length | None = None
    unit: Unit = Unit.DAYS
    day_one: DayOne = DayOne.AFTER
    stricter: str = ""
    extension: Length = 0
    extension_citation: str = ""
    extension_confidence: Confidence | None = None
    pauses: tuple[Pause, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if unknown := self.types - CLOCK_TYPES:
            raise ValueError(f"unknown request type {min(unknown)!r}")
        if self.day_one is DayOne.RECEIPT and self.unit is Unit.MONTHS:
            raise ValueError("a month is counted from the day of receipt itself: day_one is for days")

    def pause(self, kind: PauseKind) -> Pause | None:
        """The clock's pause of this kind, if it has one."""
        return next((pause for pause in self.pauses if pause.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Law:
    """A law as the desk keeps it; the head of `laws.toml` explains the fields."""

    __pydantic_config__: ClassVar = _NO_STRAY_FIELDS

    code: str
    title: str
    short: str
    citation: str
    clocks: tuple[Clock, ...]
    denial: tuple[Denial, ...]
    authority: str
    agents: str = ""
    decision: tuple[Denial, ...] = ()
    notice: tuple[Denial, ...] = ()
    countries: tuple[str, ...] = ()
    residents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    calendar: str = ""
    roll_over: frozenset[Weekday] = frozenset()
    roll_over_citation: str = ""
    roll_over_confidence: Confidence = "medium"
    roll_over_doubt: str = ""
    target_days: Length = 0
    record_months: Length = 0
    record_citation: str = ""
    record_confidence: Confidence = "medium"
    fee: str = ""
    fee_citation: str = ""
    fee_confidence: Confidence = "medium"
    unverified: tuple[str, ...] = ()
    reviewed_by: str = ""
    reviewed: str = ""
    authorities: Mapping[str, str] = field(default_factory=dict, hash=False)
    grounds: Mapping[Ground, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.clock(Duty.RESPOND, "") is None:
            raise ValueError("no clock to respond that holds for every request type")

    def clock(self, duty: Duty, request_type: str) -> Clock | None:
        """The clock that runs for this duty and type: one that names the type, else the general one."""
        clocks = [clock for clock in self.clocks if clock.duty is duty]
        named = (clock for clock in clocks if request_type in clock.types)
        return next(chain(named, (clock for clock in clocks if not clock.types)), None)

    @property
    def has_appeals(self) -> bool:
        """Whether an appeal has a clock of its own; where it has none, it is counted as a complaint."""
        clock = self.clock(Duty.RESPOND, APPEAL)
        return clock is not None and APPEAL in clock.types and clock.length is not None

    @property
    def routes(self) -> tuple[Denial, ...]:
        """Where somebody can turn to who was refused: all that a refusal must tell but the staff's own duties."""
        return tuple(each for each in self.denial if each.key not in _DUTIES)

    @property
    def last_routes(self) -> tuple[Denial, ...]:
        """Where somebody can turn to after an appeal or a complaint: those that lead to others than us."""
        return self.decision or tuple(each for each in self.routes if each.key not in _WITHIN_US)

    @property
    def checksum(self) -> str:
        """Of all that the law's table says but its signature: 16 hexadecimal digits."""
        said = self.row(besides={"reviewed_by", "reviewed"})
        ordered = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(ordered.encode()).hexdigest()[:16]

    def row(self, besides: Collection[str] = ()) -> Any:
        """What the law's table says, as JSON has it; a set of weekdays or types, which has no order, in one."""
        return _sorted(TypeAdapter(Law).dump_python(self, mode="json", exclude=set(besides)))

    @property
    def signature_fault(self) -> str | None:
        """Why nobody vouches for the law as it stands; None where its signature holds."""
        if not self.reviewed_by:
            return "nobody has signed it"
        return None if self.reviewed == self.checksum else f"it is not what {self.reviewed_by} signed"

    def authority_in(self, regions: Sequence[str]) -> str:
        """Whom the requester may complain to: the authority of the first region or country that has its own."""
        places = chain.from_iterable((code, code[:2]) for code in map(calendar_code, regions))
        return next((self.authorities[place] for place in places if place in self.authorities), self.authority)

    def regions(self, holidays: Sequence[str]) -> tuple[str, ...]:
        """The calendars that this law rolls over: the given ones of its countries, else its own."""
        default = calendar_code(self.calendar) if self.calendar else ""
        # A bare country means the calendar that the law has for it: GB alone would keep no Easter Monday.
        own = (default if code == default[:2] else code for code in holidays if code[:2] in self.countries)
        return tuple(dict.fromkeys(own)) or ((default,) if default else ())


class LawPack:
    """The laws by their codes."""

    def __init__(self, laws: Mapping[str, Law]) -> None:
        self._laws = dict(laws)

    @classmethod
    def load(cls, path: Path | None = None) -> "LawPack":
        """The built-in laws; where `path` is given, with the tables of that file laid over them, field by field.

        Raises ValueError with one line that names file, law and field where the file cannot be read.
        """
        return _built_in() if path is None else cls(_parsed(path, _tables(_BUILT_IN)))

    def __getitem__(self, code: str) -> Law:
        if code not in self._laws:
            raise UnknownLaw(f"unknown law {code[:20]!r}: one of {', '.join(self._laws)}")
        return self._laws[code]

    def __contains__(self, code: object) -> bool:
        return code in self._laws

    def codes(self) -> tuple[str, ...]:
        """The codes of all laws, in the order of the file."""
        return tuple(self._laws)

    def of_place(self, place: str) -> tuple[str, ...]:
        """The laws of a country or region (`DE`, `US-CA`), its country's where it has none of its own."""
        try:
            place = calendar_code(place)
        except UnknownCalendar:
            return ()
        for wanted in dict.fromkeys((place, place[:2])):
            if found := tuple(
                law.code for law in self._laws.values() if wanted in (law.residents or law.countries)
            ):
                return found
        return ()

    @property
    def checksum(self) -> str:
        """Of the whole pack: what dates were computed from."""
        return hashlib.sha256("".join(law.checksum for law in self._laws.values()).encode()).hexdigest()[:16]


@cache
def _built_in() -> LawPack:
    return LawPack(_parsed(_BUILT_IN, {}))


def _parsed(path: Path, under: Mapping[str, Any]) -> dict[str, Law]:
    over = _tables(path)
    rows = {code: {**under.get(code, {}), **over.get(code, {}), "code": code} for code in {**under, **over}}
    try:
        return TypeAdapter(dict[str, Law]).validate_python(rows)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from None


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(each) if name in _UNORDERED else _sorted(each) for name, each in value.items()}
    return [_sorted(each) for each in value] if isinstance(value, list | tuple) else value


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    if stray := next((name for name, table in tables.items() if not isinstance(table, dict)), None):
        raise ValueError(f"{path}: {stray}: a law is a table, such as [{stray}]")
    return tables
