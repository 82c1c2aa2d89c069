"""How strongly each statement speaks of the words of a question: BM25 (Robertson and Zaragoza 2009)."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.domain.excerpts.lexicon import features, weights
from bot.domain.policy import Statement

LONGEST_STATEMENT = 6_000
"""Characters of a statement that are read."""

_PLAIN_WORD_WEIGHT = 0.6
_SAME_WORD_BONUS = 0.3
_DOUBT = 0.15
_TITLE_IN_RANK, _LEAD_IN_RANK = 0.5, 0.25
_CONTEXT_IN_COVER = 0.9
_K1, _B = 1.2, 0.3


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A statement's features: those of its own text, counted, and those of its title and lead."""

    own: Counter[str]
    title: frozenset[str]
    lead: frozenset[str]
    length: float

    def rank(self, feature: str, average_length: float) -> float:
        """How strongly the statement speaks of the feature: BM25's term part, 0 to 1."""
        context = _TITLE_IN_RANK * (feature in self.title) + _LEAD_IN_RANK * (feature in self.lead)
        count = self.own[feature] + context
        return count / (count + _K1 * (1 - _B + _B * self.length / average_length)) if count else 0.0

    def covers(self, feature: str) -> float:
        """Whether the statement speaks of the feature at all, 0 to 1."""
        in_context = feature in self.title or feature in self.lead
        return 1.0 if feature in self.own else _CONTEXT_IN_COVER * in_context


@dataclass(frozen=True, slots=True)
class Index:
    """The statements by feature, the rarity (idf) of each feature, and the mean length in features."""

    statements: Sequence[_Indexed]
    rarity: Mapping[str, float]
    average_length: float

    def ranks(self, asked: Mapping[str, float]) -> npt.NDArray[np.float32]:
        """For each statement the share, 0 to 1, of what is asked that it speaks of; (statements,)."""
        known = {
            feature: weight * self.rarity[feature] for feature, weight in asked.items() if feature in self.rarity
        }
        total = sum(weight * self.rarity.get(feature, 1.0) for feature, weight in asked.items())
        sums = (sum(w * one.rank(f, self.average_length) for f, w in known.items()) for one in self.statements)
        return np.fromiter(sums, np.float32, len(self.statements)) / np.float32(max(total, 1e-9))

    def covered(self, asked: Mapping[str, float], at: int) -> float:
        """The share of the question that a statement covers; one of hardly any content stays in doubt."""
        matters = {f: weight for f, weight in asked.items() if not f.startswith("=")}
        covered = sum(weight * self.statements[at].covers(feature) for feature, weight in matters.items())
        return covered / (sum(matters.values()) + _DOUBT)


def weighted(question: str) -> dict[str, float]:
    """How much a question turns on each of its features: `#concept`, plain word, `=word` of a concept."""
    kinds = {"#": None, "=": _SAME_WORD_BONUS}
    asked = {f: kinds.get(f[0], _PLAIN_WORD_WEIGHT) for f in features(question)}
    return {f: weights()[f[1:]] if weight is None else weight for f, weight in asked.items()}


@lru_cache(maxsize=8)
def index_of(statements: tuple[Statement, ...]) -> Index:
    """The index of a policy's statements, made once."""
    indexed = tuple(_indexed(one) for one in statements)
    spread = Counter(feature for one in indexed for feature in {*one.own, *one.title, *one.lead})
    rarity = {f: math.log(1 + (len(indexed) - n + 0.5) / (n + 0.5)) for f, n in spread.items()}
    return Index(indexed, rarity, sum(one.length for one in indexed) / max(1, len(indexed)))


def _indexed(statement: Statement) -> _Indexed:
    own = Counter(_read(statement.text))
    return _Indexed(own, _context(statement.section), _context(statement.lead), 1.0 + own.total())


def _read(text: str) -> Iterable[str]:
    return features(text[:LONGEST_STATEMENT])


@lru_cache(maxsize=256)
def _context(text: str) -> frozenset[str]:
    return frozenset(_read(text))
