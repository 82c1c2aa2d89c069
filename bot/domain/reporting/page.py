"""A report as one page that needs nothing else: tables, and beside them plots as inline SVG.

Nothing in it runs or is fetched. Each plot has a sentence in its place for who cannot see it, and draws only what
the table beside it says.
"""

from collections.abc import Iterator, Sequence
from html import escape

from bot.domain.reporting import Report
from bot.domain.reporting.formats import about, number
from bot.domain.reporting.table import TOTAL, Table

_ROW, _LABELS, _BARS, _VALUES = 18, 150, 260, 160  # of a plot, in its own units
_SHADES = 3
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f27; --paper: #fff; --line: #c9ced8 }
:root { --bar0: #2f5fd0; --bar1: #b4530a; --bar2: #5b6472 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7eaf0; --paper: #14171d; --line: #3a4150; --bar0: #8fb0ff; --bar1: #f0a860; --bar2: #a8b0be }
}
body { margin: 0 auto; max-width: 74rem; padding: 2rem 1.25rem 4rem; font: 1rem/1.5 system-ui, sans-serif }
body { color: var(--ink); background: var(--paper) }
h1 { font-size: 1.7rem; margin: 0 }
h2 { font-size: 1.2rem; margin: 0 0 .3rem }
section { margin: 2.5rem 0 0 }
p { max-width: 46rem; margin: .3rem 0 1rem }
.both { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start }
.wide { overflow-x: auto; max-width: 100% }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: bottom }
th:first-child { text-align: left }
tr.total { font-weight: 600 }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
figure { margin: 0; flex: 0 1 34rem }
svg { width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.bar0 { fill: var(--bar0) } .bar1 { fill: var(--bar1) } .bar2 { fill: var(--bar2) }
@media print {
  :root { --ink: #000; --paper: #fff; --line: #999; --bar0: #333; --bar1: #888; --bar2: #bbb }
  @page { size: A4 landscape; margin: 12mm }
  body { max-width: none; padding: 0 }
  .wide { overflow: visible }
  table { font-size: .65rem }
  figure, tr { break-inside: avoid }
  h2, h2 + p { break-after: avoid }
}
"""


def page(report: Report, organisation: str = "") -> str:
    """The whole page."""
    said = about(report)
    title = f"Privacy requests, {said['from']} to {said['to']}"
    whose = f"{organisation}. " if organisation else ""
    under = f"tickets under {said['law']} alone" if said["law"] else "tickets under all laws"
    lead = f"{whose}Both days included, in the time zone {said['timezone']}; {under}. Made from the journal alone."
    parts = "".join(_section(table) for table in report.tables)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(lead)}</p>\n{parts}</main>\n</body>\n</html>\n"
    )


def _section(table: Table) -> str:
    return (
        f'<section aria-labelledby="{escape(table.key)}">\n'
        f'<h2 id="{escape(table.key)}">{escape(table.title)}</h2>\n<p>{escape(table.about)}</p>\n'
        f'<div class="both">\n<div class="wide" tabindex="0">{_table(table)}</div>\n'
        f"{_figure(table)}</div>\n</section>\n"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_words(each)}</th>' for each in (table.by, *table.columns))
    rows = "".join(
        f'<tr{" class=total" if name == TOTAL else ""}><th scope="row">{_words(name)}</th>'
        f"{''.join(f'<td>{number(each) or _NOTHING}</td>' for each in row)}</tr>\n"
        for name, row in table.rows.items()
    )
    named = f'<table aria-labelledby="{escape(table.key)}">'
    return f"{named}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"


_NOTHING = '<span aria-hidden="true">–</span><span class="unseen">none</span>'


def _figure(table: Table) -> str:
    """Bars for what a table has worth drawing; nothing where all of it is zero."""
    bars = [each for each in _bars(table) if each[2]]
    if not bars:
        return ""
    named = {name: None for name, *_ in bars}
    height = _ROW * len(bars) + 8 * len(named) + 4
    most = max(value for *_, value in bars)
    label = f"{table.title}: the largest is {_words(_largest(bars))}; all numbers are in the table beside."
    drawn = "".join(_drawn(table, bars, most))
    return (
        f'<figure><svg viewBox="0 0 {_LABELS + _BARS + _VALUES} {height}" role="img" '
        f'aria-label="{escape(label)}">{drawn}</svg></figure>\n'
    )


def _bars(table: Table) -> Iterator[tuple[str, str, float]]:
    """Row, column and value, row by row; the sum of all is no bar of its own."""
    for name, row in table.rows.items():
        cells = dict(zip(table.columns, row, strict=True))
        if name != TOTAL:
            yield from ((name, each, cells[each] or 0) for each in table.plot)


def _largest(bars: Sequence[tuple[str, str, float]]) -> str:
    name, column, value = max(bars, key=lambda each: each[2])
    return f"{name}, {column} {number(value)}"


def _drawn(table: Table, bars: Sequence[tuple[str, str, float]], most: float) -> Iterator[str]:
    top, before = 4, ""
    for name, column, value in bars:
        if name != before:
            top += 8 if before else 0
            yield f'<text x="{_LABELS - 8}" y="{top + 13}" text-anchor="end">{_words(name[:24])}</text>'
            before = name
        width = max(value / most * _BARS, 1)
        said = f"{number(value)} {column}" if len(table.plot) > 1 else number(value)
        yield (
            f'<rect class="bar{table.plot.index(column) % _SHADES}" x="{_LABELS}" y="{top + 2}" '
            f'width="{width:.1f}" height="{_ROW - 5}" rx="2"/>'
            f'<text x="{_LABELS + width + 5:.1f}" y="{top + 13}">{_words(said)}</text>'
        )
        top += _ROW


def _words(name: str) -> str:
    """A name as people read it, safe in the page."""
    return escape(name.replace("_", " "))
