"""Trains the layers that tell topics: `python -m tests.evaluation.train_excerpts` writes the same file every time.

Needs the extra `train`. The examples are `policy_topics.toml`, questions and statements of our own by topic;
what is learned is `topics.npz` beside `bot.domain.excerpts.meaning`.
"""

import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bot.domain.excerpts import meaning
from bot.domain.excerpts.lexicon import weights

TOPICS = Path(__file__).with_name("policy_topics.toml")
OUT = Path(meaning.__file__).with_name("topics.npz")
SIDES = ("asked", "stated")
PENALTY = 5_000  # the inverse of how hard large weights are punished, as scikit-learn counts it
OTHER_SIDE = 0.3
"""What a statement counts where questions are learned, and a question where statements are."""

Floats = npt.NDArray[np.float32]


def main() -> None:
    topics = tomllib.loads(TOPICS.read_text(encoding="utf-8"))
    examples = [(text, topic, side) for topic, row in topics.items() for side in SIDES for text in row[side]]
    texts, labels, sides = (list(column) for column in zip(*examples, strict=True))
    points = meaning.points_of(texts)
    if points is None:
        raise SystemExit("there is no sentence encoder to learn with")
    concepts = tuple(name for name, weight in weights().items() if weight)
    nothing = np.zeros((0, 0), np.float32)
    signs = meaning.Layers(concepts, nothing, nothing).signs(texts, points)
    layers = {side: layer(signs, labels, [1.0 if one == side else OTHER_SIDE for one in sides]) for side in SIDES}
    np.savez_compressed(OUT, concepts=np.array(concepts), topics=np.array(sorted(topics)), **layers)
    print(f"{len(texts)} examples of {len(topics)} topics, {OUT.stat().st_size} bytes")


def layer(signs: Floats, labels: list[str], counts: list[float]) -> npt.NDArray[np.float16]:
    """Weights from signs to topics, in the order of their names; every topic counts the same."""
    shares = Counter[str]()
    for label, count in zip(labels, counts, strict=True):
        shares[label] += count
    each = [count / shares[label] / len(shares) for label, count in zip(labels, counts, strict=True)]
    fitted = LogisticRegression(C=PENALTY, fit_intercept=False, max_iter=2_000)
    fitted.fit(signs, labels, sample_weight=each)
    return np.asarray(fitted.coef_.T, np.float16)


if __name__ == "__main__":
    main()
