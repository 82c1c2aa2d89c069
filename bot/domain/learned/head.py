"""The head: weights that turn what is known of a sentence into the chance of each request type, then of a letter.

It reads what the rules read, the concepts of a sentence and the weight of every rule that fired, and beside that
runs of its letters and, where there is an encoder, its embedding. `model.npz` holds the weights;
`docs/model-card.md` says what they were learned from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from bot.domain.rules.rulebook import Finding
from bot.domain.rules.sentences import Sentence
from bot.domain.vocabulary import RequestType

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

TYPES = tuple(RequestType)
NOTHING = TYPES.index(RequestType.NOT_PRIVACY)
RULE_SCALE = 2.0
EMBEDDING_SCALE = 4.0
GRAM_SCALE = 4.0
"""What the three are multiplied by, so that one penalty fits them beside the concepts, which are 0 or 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What weighs a sentence, straight and through a hidden layer, and what weighs a letter's signs."""

    weights: Floats
    """Of concepts, rules and embedding, (features, types)."""
    grams: Floats
    """Of runs of letters, (`PLACES`, types)."""
    bias: Floats
    hidden: Floats
    """Of concepts, rules and embedding, (features, units), for what only their combination says."""
    hidden_bias: Floats
    raised: Floats
    """Of the hidden units, (units, types)."""
    main: Floats
    """What makes a type the main one: the same for every type, (`weighing.SIGNS`,)."""
    beside: Floats
    """What makes a right one of those in the letter."""

    def chances(self, features: Floats, runs: Sequence[Places]) -> Floats:
        """The chance of each type in each sentence, a row a sentence that adds up to 1."""
        spelt = np.stack([self.grams[places].sum(axis=0) * gram_weight(places) for places in runs])
        combined = np.maximum(features @ self.hidden + self.hidden_bias, 0) @ self.raised
        return softmax(features @ self.weights + spelt + combined + self.bias)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A head for words alone, one for words with embeddings, and the concepts in the order of their features."""

    concepts: tuple[str, ...]
    words: Head
    meaning: Head

    def signs(self, sentences: Sequence[Sentence], found: Iterable[Finding]) -> Floats:
        """Concepts and rules of each sentence, (sentences, concepts + types + 1); the last is ordinary mail."""
        return signs_of(sentences, found, {name: at for at, name in enumerate(self.concepts)})


def softmax(raised: Floats) -> Floats:
    """Each row as chances that add up to 1."""
    grown = np.exp(raised - raised.max(axis=-1, keepdims=True))
    chances: Floats = grown / grown.sum(axis=-1, keepdims=True)
    return chances


def gram_weight(places: Places) -> float:
    """What each run of letters of a sentence counts: the more there are, the less."""
    return float(GRAM_SCALE / np.sqrt(max(len(places), 1)))


def signs_of(letter: Sequence[Sentence], found: Iterable[Finding], places: Mapping[str, int]) -> Floats:
    """See `Model.signs`; a concept that has no place is left out."""
    signs = np.zeros((len(letter), len(places) + len(TYPES) + 1), np.float32)
    for at, sentence in enumerate(letter):
        signs[at, [places[concept] for concept in sentence.concepts if concept in places]] = 1
    for finding in found:
        column = len(places) + (len(TYPES) if finding.type is None else TYPES.index(finding.type))
        signs[finding.at, column] = max(signs[finding.at, column], finding.weight * RULE_SCALE)
    return signs


@cache
def packaged() -> Model:
    """The model that comes with the desk."""
    with as_file(files("bot.domain.learned") / "model.npz") as path, np.load(path, allow_pickle=False) as data:
        return Model(
            concepts=tuple(str(name) for name in data["concepts"]),
            words=_head(data, "words"),
            meaning=_head(data, "meaning"),
        )


def _head(data: Mapping[str, Floats], name: str) -> Head:
    return Head(*(data[f"{name}_{field.name}"].astype(np.float32) for field in fields(Head)))
