"""Trains the head: `python -m tests.evaluation.train` writes `bot/domain/learned/model.npz`, always the same.

Needs the extra `train`. The layers for letters are fitted on letters whose families the layer for sentences has
not seen: five times a fifth is left out. `--check` says what such a fifth was understood like, and writes nothing.
"""

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from bot.domain.learned import head as shape
from bot.domain.learned.embedding import embed
from bot.domain.learned.grams import PLACES, places
from bot.domain.learned.head import EMBEDDING_SCALE, NOTHING, TYPES, Floats, Head, Model, gram_weight, softmax
from bot.domain.learned.hearing import hear
from bot.domain.learned.leg import Leg
from bot.domain.learned.weighing import SIGNS, signs_of_letter, weighed
from bot.domain.rules.rulebook import Finding, findings
from bot.domain.rules.sentences import Sentence, read_sentence
from bot.domain.rules.verdict import Verdict, judge
from bot.domain.understanding import BAR, Understanding, decide, understand
from bot.domain.vocabulary import RequestType
from bot.evaluation.figures import figures
from bot.evaluation.rows import Row
from bot.evaluation.text import written
from tests.evaluation.corpus import FOLDS, families, sentences
from tests.evaluation.letters import Letter, letters, surroundings

OUT = Path(shape.__file__).with_name("model.npz")
PENALTY = 0.2  # the inverse of how hard large weights are punished, as scikit-learn counts it
LETTER_PENALTY = 1e-4
UNITS, ROUNDS, HIDDEN_PENALTY = 128, 12, 0.3  # of the hidden layer: more rounds learn the corpus by heart
HEARING = (Leg.WORDS, Leg.MEANING)

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Every sentence of the corpus: what is known of it, runs of letters last, its type, and its fold."""

    concepts: tuple[str, ...]
    words: csr_array
    meaning: csr_array
    types: npt.NDArray[np.int64]
    folds: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A letter of the corpus, its sentences, and what the rules see."""

    given: Letter
    letter: tuple[Sentence, ...]
    found: tuple[Finding, ...]
    verdict: Verdict


def main(arguments: list[str]) -> None:
    examples, everything = _examples(), [_read(letter) for letter in letters()]
    parts = [_trained(examples, examples.folds != fold) for fold in range(FOLDS)]
    signs = {leg: np.stack([_signs(one, parts[one.given.fold], leg) for one in everything]) for leg in HEARING}
    if "--check" in arguments:
        _check(everything, parts, signs)
        return
    model = _trained(examples, np.ones(len(examples.folds), bool))
    _write(_fitted(model, everything, signs, np.ones(len(everything), bool)))
    print(f"{len(families())} families, {len(examples.types)} sentences, {len(everything)} letters")


def _examples() -> Examples:
    around = {family.language: surroundings(family.language) for family in families()}
    given = [
        (family, text, kind)
        for family in families()
        for text in sentences(family, around[family.language])
        for kind in family.taught
    ]
    read = [read_sentence(text, tuple(sorted({"en", family.language}))) for family, text, _ in given]
    concepts = tuple(sorted({concept for sentence in read for concept in sentence.concepts}))
    found = [
        Finding(one.type, one.rule, one.weight, at)
        for at, sentence in enumerate(read)
        for one in findings([sentence], sorted(sentence.laws))
    ]
    words = shape.signs_of(read, found, {name: at for at, name in enumerate(concepts)})
    rows = _embedded([text for _, text, _ in given])
    runs = _runs(read)
    return Examples(
        concepts,
        hstack([csr_array(words), runs]).tocsr(),
        hstack([csr_array(np.hstack([words, rows * EMBEDDING_SCALE])), runs]).tocsr(),
        np.array([TYPES.index(RequestType(kind)) for _, _, kind in given]),
        np.array([family.fold for family, _, _ in given]),
    )


def _runs(read: Sequence[Sentence]) -> csr_array:
    """The runs of letters of each sentence, (sentences, `PLACES`)."""
    found = [places(sentence.tokens) for sentence in read]
    values = np.repeat([gram_weight(one) for one in found], [len(one) for one in found]).astype(np.float32)
    ends = np.cumsum([0, *(len(one) for one in found)])
    return csr_array((values, np.concatenate(found), ends), shape=(len(read), PLACES))


def _trained(examples: Examples, chosen: Chosen) -> Model:
    words, meaning = (
        _layer(features[chosen], examples.types[chosen]) for features in (examples.words, examples.meaning)
    )
    return Model(examples.concepts, words, meaning)


def _layer(features: csr_array, types: npt.NDArray[np.int64]) -> Head:
    """Both ways from a sentence to its type, each counting half."""
    straight = LogisticRegression(C=PENALTY, max_iter=1000, tol=1e-3, random_state=0).fit(features, types)
    combined = _hidden(features[:, :-PLACES].toarray(), types)
    (hidden, raised), (hidden_bias, raised_bias) = combined.coefs_, combined.intercepts_
    weights, unknown = straight.coef_.T / 2, np.zeros(SIGNS)
    bias = (straight.intercept_ + raised_bias) / 2
    layers = (weights[:-PLACES], weights[-PLACES:], bias, hidden, hidden_bias, raised / 2, unknown, unknown)
    return Head(*(layer.astype(np.float32) for layer in layers))


def _hidden(features: Floats, types: npt.NDArray[np.int64]) -> MLPClassifier:
    network = MLPClassifier((UNITS,), alpha=HIDDEN_PENALTY, max_iter=ROUNDS, batch_size=256, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early, and meant to be
        return network.fit(features, types)


def _read(given: Letter) -> Read:
    kept: list[tuple[tuple[Sentence, ...], tuple[Finding, ...]]] = []
    understand(given.text, given.subject, lambda letter, found: kept.append((letter, found)))
    return Read(given, *kept[0], judge(*kept[0]))


def _signs(one: Read, model: Model, leg: Leg) -> Floats:
    heard = hear(one.letter, one.found, leg, model, _embedded)
    assert heard is not None, "no letter of the corpus is empty"
    return signs_of_letter(one.letter, one.verdict, heard.chances)


@cache
def _embedded_one(text: str) -> Floats:
    rows = embed([text])
    if rows is None:
        sys.exit("the sentence encoder is missing or does not work")
    row: Floats = rows[0]
    return row


def _embedded(texts: Sequence[str]) -> Floats:
    rows: Floats = np.stack([_embedded_one(text) for text in texts])
    return rows


def _fitted(model: Model, everything: list[Read], signs: dict[Leg, Floats], chosen: Chosen) -> Model:
    """The model with the layers for letters fitted on the chosen ones."""
    asked = np.array([[str(kind) in one.given.labels for kind in TYPES] for one in everything])[chosen]
    main = np.array([TYPES.index(one.given.labels[0]) for one in everything])[chosen]
    words, meaning = (
        {"main": _main_layer(signs[leg][chosen], main), "beside": _beside_layer(signs[leg][chosen], asked)}
        for leg in HEARING
    )
    return Model(model.concepts, replace(model.words, **words), replace(model.meaning, **meaning))


def _main_layer(signs: Floats, main: npt.NDArray[np.int64]) -> Floats:
    """The weights under which the main types are likeliest; every type has the same ones.

    Ordinary mail counts as much as all requests together.
    """
    counted = np.where(main == NOTHING, (main != NOTHING).sum() / max((main == NOTHING).sum(), 1), 1.0)
    counted /= counted.sum()
    held = counted @ signs[np.arange(len(main)), main]
    flat = signs.reshape(-1, SIGNS).astype(np.float64)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        chances = softmax((flat @ weights).reshape(-1, len(TYPES)))
        missed = -(counted @ np.log(chances[np.arange(len(main)), main])) + LETTER_PENALTY * weights @ weights
        slope = (chances * counted[:, None]).reshape(-1) @ flat - held
        return float(missed), slope + 2 * LETTER_PENALTY * weights

    return np.asarray(minimize(loss, np.zeros(SIGNS), jac=True, method="L-BFGS-B").x, np.float32)


def _beside_layer(signs: Floats, asked: Chosen) -> Floats:
    rights = np.arange(len(TYPES)) != NOTHING
    fitted = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
    fitted.fit(signs[:, rights].reshape(-1, SIGNS), asked[:, rights].reshape(-1))
    return np.asarray(fitted.coef_[0], np.float32)


def _check(everything: list[Read], parts: list[Model], signs: dict[Leg, Floats]) -> None:
    folds = np.array([one.given.fold for one in everything])
    models = [_fitted(part, everything, signs, folds != fold) for fold, part in enumerate(parts)]
    print(f"== {Leg.RULES}")
    _print([Row(_labelled(one.given), _value(*decide(one.verdict, None))) for one in everything])
    for leg in HEARING:
        print(f"== {leg}")
        heads = [model.words if leg is Leg.WORDS else model.meaning for model in models]
        found = [weighed(row, heads[one.given.fold]) for row, one in zip(signs[leg], everything, strict=True)]
        answers = [decide(one.verdict, each) for one, each in zip(everything, found, strict=True)]
        _print(
            [Row(_labelled(one.given), _value(*answer)) for one, answer in zip(everything, answers, strict=True)]
        )


def _print(rows: list[Row]) -> None:
    print(written(figures(rows)))


def _value(types: tuple[RequestType, ...], confidence: float) -> Understanding:
    return Understanding(types, confidence, confidence < BAR, "und", (), False, ())


def _labelled(letter: Letter) -> dict[str, object]:
    return {
        "text": letter.text,
        "lang": letter.language,
        "label": letter.labels[0],
        "labels": list(letter.labels),
        "acceptable": list(letter.labels),
        "hard": letter.hard,
    }


def _write(model: Model) -> None:
    layers = {
        f"{name}_{field.name}": getattr(head, field.name).astype(np.float16)  # a thousandth is precise enough
        for name, head in (("words", model.words), ("meaning", model.meaning))
        for field in fields(Head)
    }
    np.savez_compressed(OUT, concepts=np.array(model.concepts), **layers)


if __name__ == "__main__":
    with threadpool_limits(1):  # what several threads add up differs in its last digit
        main(sys.argv[1:])
