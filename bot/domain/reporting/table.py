"""A table of figures, and the arithmetic that all of them share.

Where there is nothing to count, a number is 0, and a median, mean or share is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TypeAlias

Cell: TypeAlias = int | float | None
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by row and column. `plot`: the columns that are worth drawing."""

    key: str
    title: str
    about: str
    by: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    plot: tuple[str, ...] = ()


def middle(values: Sequence[float]) -> float | None:
    return round(float(median(values)), 2) if values else None


def mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 2) if values else None


def share(part: int, whole: int) -> float | None:
    """Of 1."""
    return round(part / whole, 4) if whole else None
