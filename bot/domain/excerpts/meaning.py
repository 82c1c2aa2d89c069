"""How near each statement is to a question in meaning, whatever the words and the language of either.

Questions and statements rarely look alike, so they are not compared as such: a layer for each tells the chance of
every topic that policies speak of, out of the sentence's embedding and its concepts, and two texts are near where
their topics are. `topics.npz` holds the layers, learned from questions and statements of our own by topic.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.domain.excerpts.lexicon import features, weights
from bot.domain.learned.embedding import LONGEST, embed
from bot.domain.policy import Statement

Floats = npt.NDArray[np.float32]

SCALE = 4.0
"""What embeddings and concepts are multiplied by, so that one penalty fits them."""

_MOST_STATEMENTS = 500
_AFFORDABLE = 40_000  # characters of a policy that are embedded, in about half a second
_PIECE = 40  # characters that take as long as a piece does by itself
_SHORTEST = 3
_SHARPNESS = 0.1
_END = re.compile(r"(?<=[.!?;:])\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Weights from a text to its topics, (512 + concepts + 1, topics): of questions and of statements."""

    concepts: tuple[str, ...]
    asked: Floats
    stated: Floats

    def signs(self, texts: Sequence[str], points: Floats) -> Floats:
        """What the layers read of each text: its embedding, its concepts and a constant."""
        places = {f"#{name}": at for at, name in enumerate(self.concepts)}
        found = np.zeros((len(texts), len(places)), np.float32)
        for row, text in zip(found, texts, strict=True):
            for feature in features(text):
                if feature in places:
                    row[places[feature]] = weights()[feature[1:]]
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return np.hstack((SCALE * points, SCALE * found, np.ones((len(texts), 1), np.float32)))


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How near each statement is to the question, (statements,) each: its nearest parts, its opening, and that in
    bare embeddings; `nearest` is from 0 to 1."""

    parts: Floats
    nearest: Floats
    opening: Floats
    bare: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """The pieces of the statements: embeddings, roots of the chances of topics, where each statement begins."""

    points: Floats
    topics: Floats
    first: npt.NDArray[np.int64]

    def likeness(self, question: str) -> Likeness | None:
        """None where there is no encoder. Topics are compared as Bhattacharyya (1943) does distributions."""
        if (point := points_of([question])) is None:
            return None
        near = self.topics @ _topics([question], point, _layers().asked)[0]
        parts = np.log(np.add.reduceat(np.exp(near / _SHARPNESS), self.first), dtype=np.float32)
        return Likeness(
            parts=parts * np.float32(_SHARPNESS),
            nearest=np.maximum.reduceat(near, self.first),
            opening=near[self.first],
            bare=self.points[self.first] @ point[0],
        )


@lru_cache(maxsize=8)
def meaning_of(statements: tuple[Statement, ...]) -> Meaning | None:
    """The meaning of a policy's statements, found once; None without an encoder or for too many statements."""
    if not 0 < len(statements) <= _MOST_STATEMENTS:
        return None
    groups = _affordable([tuple(_pieces(one, len(statements))) for one in statements])
    texts = [piece for group in groups for piece in group]
    if (points := points_of(texts)) is None:
        return None
    first = np.cumsum([0, *(len(group) for group in groups[:-1])])
    return Meaning(points, _topics(texts, points, _layers().stated), first)


def points_of(texts: Sequence[str]) -> Floats | None:
    """Embeddings of texts whose compatibility signs are spelt out first, as the encoder would do at any length."""
    return embed([unicodedata.normalize("NFKC", one[:LONGEST])[:LONGEST] for one in texts])


def _pieces(statement: Statement, statements: int) -> Iterator[str]:
    """The opening of a statement with its title, and each sentence where there are several."""
    title = f"{statement.section[: LONGEST // 4]}: " if statement.section else ""
    opening = title + statement.text[:LONGEST]
    yield opening[: _AFFORDABLE // statements - _PIECE]
    sentences = _END.split(statement.text[:_AFFORDABLE])
    if len(sentences) > 1:
        yield from (one[:LONGEST] for one in sentences if len(one) > _SHORTEST)


def _affordable(groups: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The openings, then the first sentence of every statement, the second, and so on while there is time."""
    order = sorted((depth, at) for at, group in enumerate(groups) for depth in range(len(group)))
    ends = accumulate(_PIECE + len(groups[at][depth]) for depth, at in order)
    kept = Counter(at for (depth, at), end in zip(order, ends, strict=True) if depth == 0 or end <= _AFFORDABLE)
    return [group[: kept[at]] for at, group in enumerate(groups)]


def _topics(texts: Sequence[str], points: Floats, layer: Floats) -> Floats:
    """The root of each topic's chance in each text, (texts, topics); a row has length 1."""
    raised = _layers().signs(texts, points) @ layer
    grown = np.exp(raised - raised.max(axis=1, keepdims=True))
    roots: Floats = np.sqrt(grown / grown.sum(axis=1, keepdims=True))
    return roots


@cache
def _layers() -> Layers:
    with as_file(files("bot.domain.excerpts") / "topics.npz") as path, np.load(path, allow_pickle=False) as data:
        return Layers(
            concepts=tuple(str(name) for name in data["concepts"]),
            asked=data["asked"].astype(np.float32),
            stated=data["stated"].astype(np.float32),
        )
