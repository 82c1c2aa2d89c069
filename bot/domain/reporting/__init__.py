"""The figures of a period: those that the law asks for, and those that a team steers by.

A report is a list of tables, and every format says the same ones. What is counted is said in each table's `about`.
Days are calendar days in the desk's time zone, hours are hours of the clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.reporting import rights, tickets
from bot.domain.reporting.histories import History, Period
from bot.domain.reporting.table import Table

_CCPA = "ccpa"


@dataclass(frozen=True, slots=True)
class Report:
    """The tables of a period; `law` where only the tickets under one law were counted."""

    period: Period
    law: str | None
    tables: tuple[Table, ...]


def report(histories: Iterable[History], period: Period, law: str | None = None) -> Report:
    """Everything at once; ``histories`` are those of all tickets, as they stood at the end of the period."""
    chosen = [each for each in histories if law in (None, each.law)]
    asked = [(right, each) for each in chosen for right in each.rights]
    return Report(
        period,
        law,
        (
            rights.ccpa([each for each in asked if each[1].law == _CCPA], period),
            rights.by_type(asked, period),
            rights.times(asked, period),
            rights.refusals(asked, period),
            rights.months(asked, period),
            tickets.backlog(chosen, period),
            tickets.ages(chosen, period),
            tickets.speed(chosen, period),
            tickets.intake(chosen, period),
            tickets.verification(chosen, period),
            tickets.stays(chosen, period),
            *(rights.by(name, asked, period) for name in ("channel", "language", "law")),
        ),
    )
