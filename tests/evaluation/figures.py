"""Figures of the understanding on labelled letters: `python -m tests.evaluation.figures FILE…`.

A file holds a JSON object a line: `text`, `label` (a request type), and where known `subject`, `lang`,
`labels` (every type in it), `acceptable` (labels that count as right) and `hard` (a look-alike of a request).
An abstained row counts as recognised and is no false alarm. `objection` covers `opt_out` in a label.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.understanding import Understanding, classify

ORDINARY = "not_privacy"
SHORT = 20  # words below which the language of a text is not counted


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text and what was understood of it."""

    given: dict[str, Any]
    understood: Understanding

    @property
    def types(self) -> list[str]:
        merged = ("objection" if kind == "opt_out" else str(kind) for kind in self.understood.request_types)
        return list(dict.fromkeys(merged))

    @property
    def expected(self) -> str:
        """The label; where several are acceptable, the one that was answered."""
        acceptable = self.given.get("acceptable") or [self.given["label"]]
        return self.types[0] if self.types[0] in acceptable else str(self.given["label"])

    @property
    def right(self) -> bool:
        return self.types[0] == self.expected


def read(paths: Iterable[str]) -> list[Row]:
    lines = (line for path in paths for line in Path(path).read_text(encoding="utf-8").split("\n") if line)
    return [Row(given, classify(given["text"], given.get("subject") or "")) for given in map(json.loads, lines)]


def harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def by_type(rows: list[Row]) -> None:
    hit, answered, expected = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        answered[row.types[0]] += 1
        expected[row.expected] += 1
        hit[row.expected] += row.right
    scores = []
    print(f"{'type':20}{'rows':>6}{'precision':>11}{'recall':>8}{'F1':>7}")
    for kind in sorted(expected):
        precision, recall = share(hit[kind], answered[kind]), share(hit[kind], expected[kind])
        scores.append(harmonic(precision, recall))
        print(f"{kind:20}{expected[kind]:6}{precision:11.3f}{recall:8.3f}{scores[-1]:7.3f}")
    print(f"{'macro F1':20}{sum(scores) / len(scores):32.3f}")


def all_types(rows: list[Row]) -> float:
    """Micro F1 over every type in a letter."""
    pairs = [(set(row.types), set(row.given.get("labels") or [row.given["label"]])) for row in rows]
    hits = sum(len(types & labels) for types, labels in pairs)
    return harmonic(
        share(hits, sum(len(types) for types, _ in pairs)), share(hits, sum(len(labels) for _, labels in pairs))
    )


def letters(rows: list[Row]) -> None:
    if not rows:
        return
    by_type(rows)
    answered = [row for row in rows if not row.understood.abstain]
    recognised = sum(row.understood.abstain or row.types[0] != ORDINARY for row in rows)
    print(f"recognised as privacy {share(recognised, len(rows)):.3f}, all types micro F1 {all_types(rows):.3f}")
    print(f"abstained {share(len(rows) - len(answered), len(rows)):.3f}", end=", ")
    print(f"wrong among the rest {share(sum(not row.right for row in answered), len(answered)):.3f}")


def alarms(rows: list[Row]) -> None:
    for name, group in (("all", rows), ("hard", [row for row in rows if row.given.get("hard")])):
        false = sum(not row.understood.abstain and row.types[0] != ORDINARY for row in group)
        unsure = sum(row.understood.abstain for row in group)
        print(f"ordinary mail, {name}: {len(group)} rows, false alarms {share(false, len(group)):.4f}", end=", ")
        print(f"abstained {share(unsure, len(group)):.3f}")


def languages(rows: list[Row]) -> None:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.given.get("lang", "?")].append(row)
    for language, group in sorted(groups.items()):
        asked = [row for row in group if row.given["label"] != ORDINARY]
        right = sum(row.right for row in asked)
        unsure = sum(row.understood.abstain for row in group)
        print(f"{language}: {len(group)} rows, main type right {right}/{len(asked)}, abstained {unsure}")
    long = [row for row in rows if len(row.given["text"].split()) >= SHORT and "lang" in row.given]
    right = sum(row.understood.language == row.given["lang"] for row in long)
    print(f"language right, {SHORT} words or more: {right}/{len(long)}")


def main(paths: list[str]) -> None:
    rows = read(paths)
    letters([row for row in rows if row.given["label"] != ORDINARY])
    alarms([row for row in rows if row.given["label"] == ORDINARY])
    languages(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
