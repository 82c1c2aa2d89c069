"""Tables that count requests: by type, outcome, ground, month, channel, language and law."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from bot.domain.replies import RIGHTS
from bot.domain.reporting.histories import UNKNOWN, History, Period, Right
from bot.domain.reporting.table import TOTAL, Cell, Table, mean, middle, share
from bot.domain.vocabulary import Ground, Outcome, RequestType

Asked: TypeAlias = tuple[Right, History]
Figure: TypeAlias = Callable[[Sequence[Asked], Period], Cell]

_COMPLIED = frozenset({Outcome.FULFILLED, Outcome.PARTLY_FULFILLED})
_DENIED = frozenset({Outcome.DENIED, Outcome.UNVERIFIED})
_ANSWERED = _COMPLIED | _DENIED | {Outcome.ANSWERED}
_MONTHS = 120  # that are listed whether or not anything happened
_REFUSED = _DENIED | {Outcome.PARTLY_FULFILLED}


def _received(asked: Sequence[Asked], period: Period) -> int:
    return sum(period.holds(right.received_at) for right, _ in asked)


def _closed(asked: Sequence[Asked], period: Period) -> list[Right]:
    return [right for right, _ in asked if period.holds(right.closed_at)]


def _ended(*outcomes: str) -> Figure:
    return lambda asked, period: sum(each.outcome in outcomes for each in _closed(asked, period))


def _in_time(is_so: Callable[[date | None, date], bool]) -> Callable[[Sequence[Asked], Period], int]:
    """How many were closed of which this holds: of the day that the law set, and the day of closing."""

    def counted(asked: Sequence[Asked], period: Period) -> int:
        closed = _closed(asked, period)
        return sum(is_so(each.due_at, period.day(each.closed_at)) for each in closed if each.closed_at)

    return counted


_on_time = _in_time(lambda due, closed: due is not None and closed <= due)
_late = _in_time(lambda due, closed: due is not None and closed > due)
_dated = _in_time(lambda due, _: due is not None)


def _days(asked: Sequence[Asked], period: Period) -> list[int]:
    """From receipt to the answer, of each request that was answered."""
    answered = [each for each in _closed(asked, period) if each.outcome in _ANSWERED]
    return [
        (period.day(each.closed_at) - period.day(each.received_at)).days for each in answered if each.closed_at
    ]


_FLOW: dict[str, Figure] = {
    "received": _received,
    "closed": lambda asked, period: len(_closed(asked, period)),
}
_OPEN: dict[str, Figure] = {"open_at_end": lambda asked, _: sum(right.outcome is None for right, _ in asked)}
_DAYS: dict[str, Figure] = {
    "median_days": lambda asked, period: middle(_days(asked, period)),
    "mean_days": lambda asked, period: mean(_days(asked, period)),
}
_TIMES: dict[str, Figure] = {
    "on_time": _on_time,
    "late": _late,
    "no_day": _in_time(lambda due, _: due is None),
    "on_time_share": lambda asked, period: share(_on_time(asked, period), _dated(asked, period)),
    "extended": lambda asked, period: sum(period.holds(right.extended_at) for right, _ in asked),
    **_DAYS,
}
_METRICS: dict[str, Figure] = {
    "received": _received,
    "complied": _ended(*_COMPLIED),
    "complied_in_whole": _ended(Outcome.FULFILLED),
    "complied_in_part": _ended(Outcome.PARTLY_FULFILLED),
    "denied": _ended(*_DENIED),
    "denied_unverified": _ended(Outcome.UNVERIFIED),
    **_DAYS,
}


def _counted(
    asked: Sequence[Asked],
    period: Period,
    columns: Mapping[str, Figure],
    key: Callable[[Asked], str],
    names: Iterable[str],
) -> dict[str, tuple[Cell, ...]]:
    """A row for each name, for what else occurs, and for all together."""
    groups: dict[str, list[Asked]] = {each: [] for each in names}
    for each in sorted(asked, key=key):
        groups.setdefault(key(each), []).append(each)
    groups[TOTAL] = list(asked)
    return {name: tuple(each(group, period) for each in columns.values()) for name, group in groups.items()}


def ccpa(asked: Sequence[Asked], period: Period) -> Table:
    rights = [each for each in RequestType if each in RIGHTS]
    chosen = [each for each in asked if each[0].type in RIGHTS]
    return Table(
        "ccpa",
        "CCPA metrics",
        "Requests under the CCPA (11 CCR 7102): received in the period, and complied with or denied in it. Days "
        "are those from receipt to the answer, of the requests answered in the period.",
        "type",
        tuple(_METRICS),
        _counted(chosen, period, _METRICS, lambda each: each[0].type, rights),
        ("received", "complied", "denied"),
    )


def by_type(asked: Sequence[Asked], period: Period) -> Table:
    columns = _FLOW | {str(each): _ended(each) for each in Outcome} | _OPEN
    return Table(
        "requests",
        "Requests by type and outcome",
        "What was received and what was closed in the period, and how it ended (GDPR Art. 5(2)).",
        "type",
        tuple(columns),
        _counted(asked, period, columns, lambda each: each[0].type, RequestType),
        tuple(_FLOW),
    )


def times(asked: Sequence[Asked], period: Period) -> Table:
    return Table(
        "times",
        "Time to answer by type",
        "Of what was closed in the period: whether by the day that the law set, and days from receipt to the "
        "answer; and how often that day was extended in the period (GDPR Art. 12(3)).",
        "type",
        tuple(_TIMES),
        _counted(asked, period, _TIMES, lambda each: each[0].type, RequestType),
        tuple(_DAYS),
    )


def by(name: str, asked: Sequence[Asked], period: Period) -> Table:
    columns = _FLOW | _OPEN | _TIMES
    return Table(
        f"{name}s",
        f"Requests by {name}",
        f"The same requests by the {name} of their tickets.",
        name,
        tuple(columns),
        _counted(asked, period, columns, lambda each: str(getattr(each[1], name)), ()),
        tuple(_FLOW),
    )


def refusals(asked: Sequence[Asked], period: Period) -> Table:
    groups: dict[str, list[Right]] = {each: [] for each in (*Ground, UNKNOWN)}
    refused = [each for each in _closed(asked, period) if each.outcome in _REFUSED]
    for each in refused:
        groups.setdefault(each.ground, []).append(each)
    groups[TOTAL] = refused
    columns = tuple(each for each in Outcome if each in _REFUSED)
    return Table(
        "refusals",
        "Refusals by ground",
        "Requests that were refused in the period, in whole or in part, and on what ground (GDPR Art. 12(4), "
        "11 CCR 7101); unknown where nobody said.",
        "ground",
        columns,
        {
            name: tuple(sum(each.outcome == outcome for each in rights) for outcome in columns)
            for name, rights in groups.items()
        },
        columns,
    )


def months(asked: Sequence[Asked], period: Period) -> Table:
    """Every month that the period touches, so that a quiet one shows; of a very long one those with something."""
    first, last = (day.year * 12 + day.month - 1 for day in (period.first, period.last))
    every = range(first, last + 1) if last - first < _MONTHS else ()
    months = {f"{each // 12:04}-{each % 12 + 1:02}": [0, 0] for each in every}
    for right, _ in asked:
        for place, at in enumerate((right.received_at, right.closed_at)):
            if at is not None and period.holds(at):
                months.setdefault(period.day(at).isoformat()[:7], [0, 0])[place] += 1
    return Table(
        "months",
        "Requests by month",
        "How many were received and closed in each month.",
        "month",
        tuple(_FLOW),
        {name: tuple(found) for name, found in sorted(months.items())},
        tuple(_FLOW),
    )
