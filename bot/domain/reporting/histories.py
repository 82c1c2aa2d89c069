"""What the journal tells of one ticket up to the end of a period: requests, statuses, and what happened when.

An entry counts from the moment of what it tells (`happened_at`), so that a letter that came before midnight and
was read after it belongs to the day on which it came. Entries of an older journal lack the requests as they
stood: types, outcomes and dates then follow from what happened, and channel, language and law are `unknown`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from bot.domain.vocabulary import Ground, Outcome, Status

UNKNOWN = "unknown"
_ASKING = frozenset({"opened", "added", "typed"})
_TAKEN_UP = frozenset({"confirmed", "unconfirmed", "typed"})


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days in the desk's time zone, both included."""

    first: date
    last: date
    zone: tzinfo

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.first <= self.day(at) <= self.last

    def is_over(self, at: datetime) -> bool:
        return self.day(at) > self.last


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the journal, as far as reports need it."""

    ticket: int
    at: datetime
    event: str
    detail: Mapping[str, Any]

    @property
    def happened_at(self) -> datetime:
        """Never later than it was written."""
        told = self.detail.get("happened_at")
        return min(datetime.fromisoformat(told), self.at) if told else self.at


@dataclass(frozen=True, slots=True)
class Right:
    """One right that was asked for, as it stood at the end of the period."""

    type: str
    received_at: datetime
    due_at: date | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    ground: str = UNKNOWN  # of a refusal
    extended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One ticket, as it stood at the end of the period."""

    law: str = UNKNOWN
    channel: str = UNKNOWN
    language: str = UNKNOWN
    abstained: bool = False
    in_question: bool = False  # overheard, and whoever said it is asked whether it is a request
    rights: tuple[Right, ...] = ()
    statuses: tuple[tuple[str, datetime], ...] = ()  # each with when it began
    events: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)

    @property
    def opened_at(self) -> datetime | None:
        return self.first("opened")

    @property
    def dismissed(self) -> bool:
        """Whether it never was a request: who was asked about it has said so."""
        return self.in_question and "withdrawn" in self.events

    @property
    def status(self) -> str:
        return self.statuses[-1][0] if self.statuses else UNKNOWN

    def first(self, *events: str) -> datetime | None:
        """When the first of these happened."""
        return min((at for each in events for at in self.events.get(each, ())), default=None)


def history(lines: Iterable[Line], period: Period) -> History | None:
    """A ticket as its entries, in their order, tell it up to the period's end.

    None where it was not there yet, and where it has turned out to be no request at all.
    """
    told = History()
    grounds: dict[int, str] = {}  # of each draft
    ground = UNKNOWN  # of the draft that was approved last
    for line in lines:
        if period.is_over(line.happened_at):
            continue
        detail = line.detail
        if line.event == "drafted":
            grounds[detail.get("draft", 0)] = detail.get("ground", UNKNOWN)
        elif line.event == "approved":
            ground = grounds.get(detail.get("draft", 0), UNKNOWN)
        told = _with(told, line, ground if line.event == "answered" else UNKNOWN)
    if not told.events or told.dismissed:
        return None
    return replace(told, rights=tuple(_by_then(each, period) for each in told.rights))


def _with(told: History, line: Line, ground: str) -> History:
    detail = line.detail
    before = told.events.get(line.event, ())
    if line.event == "opened":
        abstained = detail.get("abstained", not detail.get("sure", False))
        told = replace(
            told,
            abstained=bool(abstained),
            channel=detail.get("channel", UNKNOWN),
            language=detail.get("language", UNKNOWN),
            in_question=bool(detail.get("unconfirmed")),
        )
    elif line.event in _TAKEN_UP:
        told = replace(told, in_question=False)
    return replace(
        told,
        law=detail.get("law", told.law),
        rights=_rights(told.rights, line, ground),
        statuses=_statuses(told.statuses, line),
        events={**told.events, line.event: (*before, line.happened_at)},
    )


def _statuses(before: tuple[tuple[str, datetime], ...], line: Line) -> tuple[tuple[str, datetime], ...]:
    status = line.detail.get("status")
    if status is None or (before and before[-1][0] == status):
        return before
    return (*before, (status, max(line.happened_at, before[-1][1]) if before else line.happened_at))


def _rights(before: tuple[Right, ...], line: Line, ground: str) -> tuple[Right, ...]:
    rows = line.detail.get("requests")
    after = tuple(map(_right, rows)) if rows is not None else _followed(before, line)
    known = {(each.type, each.received_at): each for each in before}
    return tuple(_carried(each, known.get((each.type, each.received_at)), line, ground) for each in after)


def _carried(right: Right, known: Right | None, line: Line, ground: str) -> Right:
    """What the rows do not hold: that its time was extended, and on what its refusal rests."""
    extended, why = (known.extended_at, known.ground) if known else (None, UNKNOWN)
    if line.event == "extended" and right.outcome is None:
        extended = line.happened_at
    if right.outcome and (known is None or known.outcome is None):
        why = Ground.NOT_VERIFIABLE if right.outcome == Outcome.UNVERIFIED else ground
    return replace(right, extended_at=extended, ground=why)


def _right(row: Mapping[str, str]) -> Right:
    due, closed = row.get("due_at"), row.get("closed_at")
    return Right(
        row["type"],
        datetime.fromisoformat(row["received_at"]),
        date.fromisoformat(due) if due else None,
        row.get("outcome"),
        datetime.fromisoformat(closed) if closed else None,
    )


def _followed(before: tuple[Right, ...], line: Line) -> tuple[Right, ...]:
    """The requests after an entry that does not list them."""
    detail, at = line.detail, line.happened_at
    types: Sequence[str] = detail.get("types", ())
    due = date.fromisoformat(detail["due_at"]) if isinstance(detail.get("due_at"), str) else None
    if line.event in _ASKING:
        standing = {each.type for each in before if each.outcome is None}
        kept = tuple(each for each in before if each.outcome or line.event == "added" or each.type in types)
        before = (*kept, *(Right(each, at, due) for each in types if each not in standing))
    closes = detail.get("status") == Status.CLOSED
    if not closes and line.event != "answered":
        return before
    settled = types if line.event == "answered" else [each.type for each in before]
    outcome = detail.get("outcome", UNKNOWN)
    return tuple(
        replace(each, outcome=outcome, closed_at=at) if each.outcome is None and each.type in settled else each
        for each in before
    )


def _by_then(right: Right, period: Period) -> Right:
    """What was settled after the period was open at its end."""
    if right.closed_at and period.is_over(right.closed_at):
        return replace(right, outcome=None, closed_at=None, ground=UNKNOWN)
    return right
