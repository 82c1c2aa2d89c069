"""Cost against size, as one page that needs nothing else."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, MARGIN = 640, 320, 60
COLOURS = ("#1f5fa8", "#b8442c", "#2f7d4f", "#8a5fb0", "#96721e", "#4d4d4d")


def page(sizes: Mapping[str, Any]) -> str:
    """Both axes logarithmic: a line that stays level costs the same however much there is."""
    counts = [name for name in sizes if name.isdigit()]
    series = {what: [float(sizes[count][what]) for count in counts] for what in sizes[counts[0]]}
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Cost against size</title>'
        "<style>body{font:15px system-ui;margin:2em;max-width:44em}</style><h1>Cost against size</h1>"
        "<p>Milliseconds (up) by the number of tickets in the store (right).</p>"
        f"{_drawing([int(each) for each in counts], series)}</html>\n"
    )


def _drawing(counts: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    top = 10 ** math.ceil(math.log10(max(max(each) for each in series.values())))
    left, right = math.log10(counts[0]), math.log10(counts[-1])

    def x(count: float) -> float:
        return MARGIN + (math.log10(count) - left) / (right - left) * (WIDTH - 2 * MARGIN)

    def y(value: float) -> float:
        return HEIGHT - 30 - math.log10(max(value, 0.1) / 0.1) / math.log10(top / 0.1) * (HEIGHT - 50)

    parts = [f'<svg viewBox="0 0 {WIDTH + 140} {HEIGHT}" role="img" font-size="12">']
    for power in range(-1, round(math.log10(top)) + 1):
        level = y(10.0**power)
        parts.append(f'<path d="M{MARGIN} {level:.1f}H{WIDTH - MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{MARGIN - 6}" y="{level + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [f'<text x="{x(each):.1f}" y="{HEIGHT - 10}" text-anchor="middle">{each:,}</text>' for each in counts]
    for place, (name, values) in enumerate(series.items()):
        colour = COLOURS[place % len(COLOURS)]
        points = " ".join(f"{x(c):.1f},{y(v):.1f}" for c, v in zip(counts, values, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        words = escape(name.replace("_", " "))
        parts.append(f'<text x="{WIDTH - MARGIN + 8}" y="{30 + 18 * place}" fill="{colour}">{words}</text>')
    return "".join([*parts, "</svg>"])
