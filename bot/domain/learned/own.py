"""What the staff of a desk have taught it: how the packaged model's chances shift for letters like theirs.

A softmax over runs of letters in hashed places, with the packaged model's chances as its offset: without examples
it says what the packaged model says, and an example moves it only as far as that was wrong. What is kept are
weights, summed over all letters, and only of places that the letters of several people share: no letter, no word,
and nothing of any single letter.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import BadZipFile

import numpy as np

from bot.domain.learned.grams import PLACES
from bot.domain.learned.head import TYPES, Floats, Places, softmax
from bot.domain.learned.weighing import Weighed
from bot.domain.rules.rulebook import Finding
from bot.domain.rules.verdict import Verdict
from bot.domain.vocabulary import RequestType

TAUGHT = "as staff decided"
"""The name of what was learned from staff, among the names of rules."""
SHARED_BY = 3
"""Of how many people's letters a place must be, before it has a weight."""

_PENALTY = (
    0.1  # on the weights' squares: ten letters alike take one nearly in their words from no idea over the bar
)
_STEPS = 300  # enough to converge, and always as many, so that the same examples make the same bytes
_LEAST = 1e-6  # no chance is taken for less


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A letter before staff are heeded: the places of each sentence's runs, and what rules and head make of it."""

    runs: tuple[Places, ...] = field(repr=False)
    verdict: Verdict
    weighed: Weighed

    @property
    def places(self) -> Places:
        """Of the whole letter, each once, in order."""
        return np.unique(np.concatenate(self.runs))


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A letter whose types staff have decided, and a digest of who wrote it."""

    told: Told
    types: tuple[RequestType, ...]
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """A letter weighed anew, and the sentence that speaks most for what is now its likeliest type."""

    weighed: Weighed
    finding: Finding


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The weights of one desk, (`PLACES`, types), over one packaged model."""

    weights: Floats
    packaged: str
    """The digest of the packaged model that they were learned beside; another is not corrected by them."""

    def advise(self, told: Told) -> Advice:
        """What staff would say of this letter, as far as they have taught it."""
        places = told.places
        shift = self.weights[places].sum(axis=0) / np.sqrt(max(len(places), 1))
        weighed = Weighed(softmax(_raised(told) + shift), told.weighed.beside)
        kind = weighed.types()[0]
        loud = [float(self.weights[run, TYPES.index(kind)].sum()) for run in told.runs]
        weight = round(float(weighed.main[TYPES.index(kind)]), 3)
        return Advice(weighed, Finding(kind, TAUGHT, weight, int(np.argmax(loud))))

    def as_bytes(self) -> bytes:
        """Numbers only, and no pickled object; the same for the same examples."""
        places = np.flatnonzero(self.weights.any(axis=1))
        written = BytesIO()
        np.savez_compressed(
            written,
            places=places.astype(np.uint16),
            weights=self.weights[places].astype(np.float16),
            packaged=np.array(self.packaged),
        )
        return written.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Own | None":
        """What `as_bytes` wrote; None where that is broken, or belongs to another packaged model."""
        try:
            with np.load(BytesIO(content), allow_pickle=False) as data:
                weights = np.zeros((PLACES, len(TYPES)), np.float32)
                packaged = str(data["packaged"])
                if packaged != packaged_digest():
                    return None
                weights[data["places"]] = data["weights"]
        except (ValueError, KeyError, IndexError, OSError, EOFError, BadZipFile):
            return None
        return cls(weights, packaged)


def fit(examples: Sequence[Example]) -> Own:
    """The weights that these examples teach: regularised logistic regression, the same each time.

    They are sums over the examples, so the descent runs over one number an example and type: (examples, types).
    """
    signs, used = _signs(examples)
    alike: Floats = signs @ signs.T
    offset: Floats = np.stack([_raised(each.told) for each in examples])
    steepest = _PENALTY + float(alike.sum(axis=1).max()) / 2
    narrowness = math.sqrt(steepest / _PENALTY)
    momentum = (narrowness - 1) / (narrowness + 1)
    before = ahead = np.zeros_like(offset)
    decided = _decided(examples)
    for _ in range(_STEPS):  # Nesterov's way down, which a strongly convex loss allows
        slope = softmax(offset + alike @ ahead) - decided + _PENALTY * ahead
        last, before = before, np.asarray(ahead - slope / steepest, np.float32)
        ahead = np.asarray(before + momentum * (before - last), np.float32)
    weights = np.zeros((PLACES, len(TYPES)), np.float32)
    weights[used] = signs.T @ before
    return Own(weights, packaged_digest())


@cache
def packaged_digest() -> str:
    """The SHA-256 of the model that comes with the desk."""
    return hashlib.sha256((files("bot.domain.learned") / "model.npz").read_bytes()).hexdigest()


def _signs(examples: Sequence[Example]) -> tuple[Floats, Places]:
    """What each letter shows at the places that enough people share, (examples, places), and those places."""
    people = Counter(place for place, _ in {(int(at), each.by) for each in examples for at in each.told.places})
    used = np.array(sorted(place for place, count in people.items() if count >= SHARED_BY), np.int64)
    signs = np.zeros((len(examples), len(used)), np.float32)
    for row, each in enumerate(examples):
        places = each.told.places
        signs[row, np.isin(used, places)] = 1 / np.sqrt(max(len(places), 1))
    return signs, used


def _decided(examples: Sequence[Example]) -> Floats:
    """What staff said, (examples, types): 1 in all for each letter."""
    decided = np.zeros((len(examples), len(TYPES)), np.float32)
    for row, each in enumerate(examples):
        decided[row, [TYPES.index(kind) for kind in each.types]] = 1 / len(each.types)
    return decided


def _raised(told: Told) -> Floats:
    raised: Floats = np.log(np.maximum(told.weighed.main, _LEAST)).astype(np.float32)
    return raised
