"""The figures of a period, as staff read them in Slack: what is not zero, in words."""

from collections.abc import Iterator

from bot.adapters.cards import SECTION, Posting, cut, escaped, section, words
from bot.domain.reporting import Report
from bot.domain.reporting.formats import number
from bot.domain.reporting.table import Cell, Table

_TABLES = ("requests", "times", "backlog", "refusals")
_WHOLE = "python -m bot report --from {first} --to {last}"


def figures(report: Report) -> Posting:
    """The tables that a team steers by; all of them are in the report of the command line."""
    first, last = report.period.first, report.period.last
    title = f"Privacy requests from {first} to {last}"
    chosen = [each for each in report.tables if each.key in _TABLES]
    blocks = [section(f"*{title}*"), *(section(_table(each)) for each in chosen)]
    whole = f"All figures: `{_WHOLE.format(first=first, last=last)}`"
    return Posting(title, [*blocks, section(whole)])


def too_many(first: str, last: str) -> Posting:
    """Where counting would take longer than Slack waits."""
    said = f"That is more than can be counted here. Run `{_WHOLE.format(first=first, last=last)}`."
    return Posting(said, [section(said)])


def _table(table: Table) -> str:
    lines = [f"{words(name)}: {said}" for name, row in table.rows.items() if (said := ", ".join(_row(table, row)))]
    return cut(
        "\n".join([f"*{escaped(table.title)}*", *(escaped(each) for each in lines or ["nothing"])]), SECTION
    )


def _row(table: Table, row: tuple[Cell, ...]) -> Iterator[str]:
    for column, value in zip(table.columns, row, strict=True):
        if value:
            yield f"{words(column)} {number(value)}"
