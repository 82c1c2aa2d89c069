"""Labelled letters, and what was understood of them.

A file holds a JSON object a line: `text`, `label` (a request type), and where known `subject`, `lang`, `labels`
(every type in it), `acceptable` (labels that count as right) and `hard` (a look-alike of a request).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.domain.learned.leg import Leg
from bot.domain.understanding import Understanding, classify
from bot.domain.vocabulary import RequestType

ORDINARY = RequestType.NOT_PRIVACY.value
_LABELS = frozenset(RequestType)

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text, what was understood of it, and the seconds that took."""

    given: Given = field(repr=False)
    understood: Understanding
    seconds: float = 0.0

    @property
    def types(self) -> list[str]:
        """What was answered, main first; where labels are of `objection`, `opt_out` is counted as one."""
        return _merged(str(kind) for kind in self.understood.request_types)

    @property
    def labels(self) -> list[str]:
        """Every type that is in the letter, main first."""
        return _merged(self.given.get("labels") or [self.given["label"]])

    @property
    def expected(self) -> str:
        """The label; where several are acceptable, the one that was answered."""
        acceptable = _merged(self.given.get("acceptable") or [self.given["label"]])
        return self.types[0] if self.types[0] in acceptable else _merged([self.given["label"]])[0]

    @property
    def right(self) -> bool:
        """Whether the main type is."""
        return self.types[0] == self.expected

    @property
    def abstained(self) -> bool:
        """Whether it was left to a person."""
        return self.understood.abstain

    @property
    def recognised(self) -> bool:
        """Whether it was taken for a privacy letter, or left to a person."""
        return self.abstained or self.types[0] != ORDINARY


def read(path: Path) -> list[Given]:
    """The labelled texts of a file. Raises ValueError that names the line, OSError."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [_given(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def answered(given: Iterable[Given], leg: Leg) -> Iterator[Row]:
    """Each text as it is understood with this much of the desk's understanding."""
    classify("Hello, please load what you need.", leg=leg)
    for one in given:
        begun = perf_counter()
        understood = classify(one["text"], one.get("subject") or "", leg)
        yield Row(one, understood, perf_counter() - begun)


def _given(line: str, place: str) -> Given:
    try:
        given = json.loads(line)
    except ValueError:
        raise ValueError(f"{place}: this is not JSON") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ValueError(f"{place}: there is no text")
    if not isinstance(given.get("subject") or "", str):
        raise ValueError(f"{place}: subject is not a text")
    for name in ("labels", "acceptable"):
        if not isinstance(given.get(name) or [], list):
            raise ValueError(f"{place}: {name} is not a list")
    named = [given.get("label"), *(given.get("labels") or ()), *(given.get("acceptable") or ())]
    if not all(isinstance(label, str) and label in _LABELS for label in named):
        raise ValueError(f"{place}: a label is no request type")
    return given


def _merged(kinds: Iterable[str]) -> list[str]:
    return list(dict.fromkeys("objection" if kind == "opt_out" else kind for kind in kinds))
