"""Which statements of a policy answer a question, and how sure that is.

A question and a statement meet in words and concepts (`words`) and in meaning (`meaning`), in whatever language
each is written. Both are blended into the rank; where there is no sentence encoder, the words rank alone. The
confidence is another thing than the rank: whether the best statement speaks of what the question is about, so that
a question about something else is not answered by what merely sounds alike.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.domain.excerpts.meaning import Likeness, meaning_of
from bot.domain.excerpts.words import LONGEST_STATEMENT, index_of, weighted
from bot.domain.policy import Policy, Statement

ANSWERABLE = 0.5
"""The confidence from which a question counts as answered by the policy."""

_LONGEST_QUESTION = 2_000
_LONGEST_POLICY = 200_000
_FEWEST_WORDS = 3  # of a sentence that can ask anything by itself
_FEWEST_LETTERS = 4  # of a question that can mean anything where it shares no word with the policy
_ASKING = re.compile(r"[^.!?\n]+\?")
_WORDS, _PARTS, _OPENING, _BARE = 0.3, 0.5, 0.2, 0.1
_NEIGHBOUR = 0.1
_TOPIC_IN_CONFIDENCE = 0.8
_EVEN, _STEEPNESS = 0.57, 7.0  # where an answer is as likely as none, and how fast that changes
_LEAST = 1e-4

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A statement that may answer; `score` is from 0 to 1 and ranks within one answer only."""

    anchor: str
    section: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the policy says on a question, best first; `confidence` is from 0 to 1."""

    answerable: bool
    confidence: float
    excerpts: tuple[Excerpt, ...]


def find_excerpts(policy: Policy, question: str, *, limit: int = 10) -> Answer:
    """The statements that answer the question, best first; total, and bounded for any text."""
    statements = _readable(policy.statements)
    asked = _asking(question[:_LONGEST_QUESTION])
    features = weighted(asked)
    ranks = index_of(statements).ranks(features)
    found = meaning_of(statements) if ranks.any() or sum(map(str.isalnum, asked)) >= _FEWEST_LETTERS else None
    likeness = found.likeness(asked) if found else None
    if likeness is None:
        return _answer(statements, ranks, _covered(statements, features, ranks), limit)
    blend = _blend(statements, ranks, likeness)
    best = int(blend.argmax())
    sure = _sure(float(likeness.nearest[best]), index_of(statements).covered(features, best))
    return _answer(statements, sure * np.exp(blend - blend[best]) + _LEAST, sure, limit)


def _answer(statements: tuple[Statement, ...], scores: Floats, confidence: float, limit: int) -> Answer:
    order = [int(at) for at in np.argsort(-scores, kind="stable")[:limit] if scores[at] > 0]
    excerpts = (_excerpt(statements[at], float(scores[at])) for at in order)
    return Answer(confidence >= ANSWERABLE, round(min(confidence, 1.0), 4), tuple(excerpts))


def _excerpt(statement: Statement, score: float) -> Excerpt:
    return Excerpt(statement.anchor, statement.section, statement.text, max(round(min(score, 1.0), 4), _LEAST))


def _asking(text: str) -> str:
    """The sentences that end in a question mark, where there are any; what stands around them is no question."""
    asking = [one.strip() for one in _ASKING.findall(text) if len(one.split()) >= _FEWEST_WORDS]
    return " ".join(asking) or text


def _readable(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """As many statements as are read in a third of a second; policies of real companies are shorter."""
    ends = accumulate(100 + min(len(one.text), LONGEST_STATEMENT) for one in statements)
    return tuple(one for one, end in zip(statements, ends, strict=True) if end <= _LONGEST_POLICY)


def _covered(statements: tuple[Statement, ...], features: Mapping[str, float], ranks: Floats) -> float:
    return index_of(statements).covered(features, int(ranks.argmax())) if ranks.any() else 0.0


def _blend(statements: tuple[Statement, ...], ranks: Floats, likeness: Likeness) -> Floats:
    """What words and meaning say of each statement; a paragraph, unlike a bullet, is also about its neighbours."""
    blend: Floats = (
        _WORDS * _standard(ranks)
        + _PARTS * _standard(likeness.parts)
        + _OPENING * _standard(likeness.opening)
        + _BARE * _standard(likeness.bare)
    )
    beside = np.pad(blend, 1)
    running = np.array([not one.lead for one in statements])
    blend += np.float32(_NEIGHBOUR) * running * (beside[:-2] + beside[2:])
    return blend


def _sure(topic: float, words: float) -> float:
    """The chance that a statement answers: how near its topic is, and how much of the words it covers, 0 to 1."""
    near = _TOPIC_IN_CONFIDENCE * topic + (1 - _TOPIC_IN_CONFIDENCE) * words
    return 1 / (1 + math.exp(-_STEEPNESS * (near - _EVEN)))


def _standard(values: Floats) -> Floats:
    """In standard deviations from the mean, so that unlike measures add up."""
    standard: Floats = (values - values.mean()) / (values.std() + np.float32(1e-6))
    return standard
