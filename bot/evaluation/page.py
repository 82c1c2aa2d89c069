"""Figures as one page that needs nothing else: tables, and plots as inline SVG."""

from collections.abc import Iterable, Mapping
from html import escape

from bot.evaluation.figures import Figures

_SIDE = 220
_BAR = 16
_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .7em;border-bottom:1px solid #ccc;"
    "text-align:right}td:first-child,th:first-child{text-align:left}text{font:12px sans-serif}"
)


def page(found: Mapping[str, Figures]) -> str:
    """The whole page, a part for each set of figures by its name."""
    parts = "".join(_part(name, figures) for name, figures in found.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>How well letters are understood</title>'
        f"<style>{_STYLE}</style><h1>How well letters are understood</h1>{parts}</html>\n"
    )


def _part(name: str, found: Figures) -> str:
    whole = {"letters": found["letters"], "ordinary": found["ordinary"], "ordinary_hard": found["ordinary_hard"]}
    figures = [(group, what, value) for group, ones in whole.items() for what, value in ones.items()]
    return "".join(
        (
            f"<h2>{escape(name)}</h2>",
            _table(("what", "figure", ""), figures),
            "<h3>F1 by type</h3>",
            _bars({kind: one["f1"] for kind, one in found["types"].items()}),
            _table(("type", "rows", "precision", "recall", "F1"), _rows(found["types"])),
            "<h3>By language</h3>",
            _table(("language", "rows", "F1", "right", "abstained", "wrong"), _rows(found["languages"])),
            "<h3>Confidence and how often it was right</h3>",
            _calibration(found["calibration"]),
            "<h3>What was expected (rows) and what was answered</h3>",
            _confusion(found["confusion"]),
            f"<h3>Milliseconds a letter</h3>{_table(('what', 'ms'), list(found['milliseconds'].items()))}",
        )
    )


def _rows(groups: Mapping[str, Mapping[str, float]]) -> list[tuple[object, ...]]:
    return [(name, *one.values()) for name, one in groups.items()]


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(one)}</th>' for one in head)}</tr>{body}</table>"


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else escape(str(value))


def _confusion(table: Mapping[str, Mapping[str, int]]) -> str:
    answers = sorted({answer for row in table.values() for answer in row})
    return _table(
        ("", *answers), ([kind, *(row.get(answer, "") for answer in answers)] for kind, row in table.items())
    )


def _bars(values: Mapping[str, float]) -> str:
    drawn = "".join(
        f'<text x="0" y="{at * _BAR + 12}">{escape(name)}</text>'
        f'<rect x="150" y="{at * _BAR + 2}" width="{value * 300:.0f}" height="{_BAR - 4}" fill="#47a"/>'
        f'<text x="{156 + value * 300:.0f}" y="{at * _BAR + 12}">{value:.3f}</text>'
        for at, (name, value) in enumerate(values.items())
    )
    return f'<svg width="520" height="{len(values) * _BAR + 4}" role="img">{drawn}</svg>'


def _calibration(bands: Iterable[Mapping[str, float]]) -> str:
    """A dot for each tenth of confidence; on the line it is as often right as it is sure."""
    dots = "".join(
        f'<circle cx="{band["confidence"] * _SIDE:.0f}" cy="{(1 - band["right"]) * _SIDE:.0f}" r="5" fill="#c52">'
        f"<title>{band['rows']} rows: {band['confidence']:.2f} sure, {band['right']:.2f} right</title></circle>"
        for band in bands
    )
    return (
        f'<svg width="{_SIDE + 10}" height="{_SIDE + 10}" role="img">'
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="#f4f4f4"/>'
        f'<line x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0" stroke="#888"/>{dots}</svg>'
    )
