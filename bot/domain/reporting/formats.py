"""A report for programs and spreadsheets: the same tables as JSON and as CSV."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from bot.domain.reporting import Report
from bot.domain.reporting.table import Cell

_HEAD = ("from", "to", "timezone", "law", "table", "row", "figure", "value")
_ORDERS = frozenset("=+-@＝＋－＠\t\r\n")  # a spreadsheet reads what begins so as an order (OWASP: CSV Injection)


def as_json(report: Report) -> dict[str, Any]:
    """Each table by its key, each row by its name, each figure by its column; None where there is nothing."""
    tables: Mapping[str, Any] = {
        table.key: {name: dict(zip(table.columns, row, strict=True)) for name, row in table.rows.items()}
        for table in report.tables
    }
    return {**about(report), **tables}


def as_csv(report: Report) -> str:
    """A line a figure (RFC 4180), its text cells neutral to spreadsheets."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEAD)
    said = [neutral(value or "") for value in about(report).values()]
    for table in report.tables:
        for name, row in table.rows.items():
            for column, value in zip(table.columns, row, strict=True):
                writer.writerow((*said, neutral(table.key), neutral(name), neutral(column), number(value)))
    return out.getvalue()


def about(report: Report) -> dict[str, str | None]:
    """What the report is of."""
    period = report.period
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "timezone": str(period.zone),
        "law": report.law,
    }


def neutral(cell: str) -> str:
    """A text that no spreadsheet takes for a formula, with an apostrophe before what would be one."""
    begins = cell.lstrip(" \xa0")[:1]
    return f"'{cell}" if begins in _ORDERS else cell


def number(value: Cell) -> str:
    """Empty where there is nothing to count."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
