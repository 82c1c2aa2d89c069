"""The figures of a set of answered rows. An abstained row counts as recognised and is no false alarm."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Any

from bot.evaluation.rows import ORDINARY, Row

SHORT = 20
"""Words below which the language of a text is not counted."""
BANDS = 10

Figures = dict[str, Any]


def figures(rows: list[Row]) -> Figures:
    """Every figure, by name, as numbers that JSON can hold. Shares are 0 to 1, times milliseconds."""
    privacy = [row for row in rows if row.given["label"] != ORDINARY]
    ordinary = [row for row in rows if row.given["label"] == ORDINARY]
    by_type = types(privacy)
    return {
        "rows": len(rows),
        "letters": {
            "rows": len(privacy),
            "macro_f1": _mean([one["f1"] for one in by_type.values()]),
            "all_types_micro_f1": _micro(privacy),
            "recognised": _share(privacy, lambda row: row.recognised),
            **_certainty(privacy),
        },
        "ordinary": _alarms(ordinary),
        "ordinary_hard": _alarms([row for row in ordinary if row.given.get("hard")]),
        "types": by_type,
        "languages": _languages(rows),
        "language_right": _language_right(rows),
        "confusion": confusion(rows),
        "calibration": list(calibration(rows)),
        "milliseconds": _times([row.seconds * 1000 for row in rows]),
    }


def types(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each main type."""
    answers = Counter(row.types[0] for row in rows)
    expected = Counter(row.expected for row in rows)
    hit = Counter(row.expected for row in rows if row.right)
    return {kind: _scored(hit[kind], answers[kind], expected[kind]) for kind in sorted(expected)}


def confusion(rows: list[Row]) -> dict[str, dict[str, int]]:
    """How often what was expected, the outer name, was answered as the inner one; `abstained` is an answer."""
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        table[row.expected if row.right else row.labels[0]]["abstained" if row.abstained else row.types[0]] += 1
    return {kind: dict(sorted(table[kind].items())) for kind in sorted(table)}


def calibration(rows: list[Row]) -> Iterator[dict[str, float]]:
    """In each tenth of confidence: how many rows, how sure they were, and how often right."""
    bands: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        bands[min(int(row.understood.confidence * BANDS), BANDS - 1)].append(row)
    for band in sorted(bands):
        group = bands[band]
        yield {
            "from": band / BANDS,
            "rows": len(group),
            "confidence": _mean([row.understood.confidence for row in group]),
            "right": _share(group, lambda row: row.right),
        }


def _scored(hit: int, answers: int, expected: int) -> dict[str, float]:
    precision, recall = _part(hit, answers), _part(hit, expected)
    return {"rows": expected, "precision": precision, "recall": recall, "f1": _harmonic(precision, recall)}


def _certainty(rows: list[Row]) -> dict[str, float]:
    sure = [row for row in rows if not row.abstained]
    return {
        "abstained": _share(rows, lambda row: row.abstained),
        "wrong_where_sure": _share(sure, lambda row: not row.right),
    }


def _alarms(rows: list[Row]) -> dict[str, float]:
    return {
        "rows": len(rows),
        "false_alarms": _share(rows, lambda row: row.recognised and not row.abstained),
        "abstained": _share(rows, lambda row: row.abstained),
    }


def _languages(rows: list[Row]) -> dict[str, dict[str, float]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[str(row.given.get("lang", "?"))].append(row)
    return {
        name: {
            "rows": len(group),
            "macro_f1": _mean([one["f1"] for one in types(group).values()]),
            "right": _share(group, lambda row: row.right),
            **_certainty(group),
        }
        for name, group in sorted(groups.items())
    }


def _language_right(rows: list[Row]) -> float:
    long = [row for row in rows if "lang" in row.given and len(row.given["text"].split()) >= SHORT]
    return _share(long, lambda row: row.understood.language == row.given["lang"])


def _micro(rows: list[Row]) -> float:
    hits = sum(len({*row.types} & {*row.labels}) for row in rows)
    answers, labels = sum(len(row.types) for row in rows), sum(len(row.labels) for row in rows)
    return _harmonic(_part(hits, answers), _part(hits, labels))


def _times(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return {}
    return {
        "median": round(median(times), 2),
        "p95": round(quantiles(times, n=20)[-1], 2),
        "most": round(max(times), 2),
    }


def _harmonic(precision: float, recall: float) -> float:
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0


def _part(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _share(rows: list[Row], holds: Callable[[Row], bool]) -> float:
    return _part(sum(map(holds, rows)), len(rows))


def _mean(numbers: list[float]) -> float:
    return round(sum(numbers) / len(numbers), 4) if numbers else 0.0
