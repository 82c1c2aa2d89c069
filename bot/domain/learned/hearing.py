"""A letter as the head hears it: every sentence by its words, and the telling ones by their meaning."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.learned.embedding import LONGEST, embed
from bot.domain.learned.grams import places
from bot.domain.learned.head import EMBEDDING_SCALE, NOTHING, TYPES, Floats, Head, Model, packaged
from bot.domain.learned.leg import Leg
from bot.domain.rules.rulebook import Finding
from bot.domain.rules.sentences import Sentence

HEARD = "sounds like it"
"""The name of what the head found, among the names of rules."""

_HEARD = 0.5
_EMBEDDED = 8  # sentences of a letter, those that the words say most about
_EMBEDDED_LENGTH = 800  # characters in all: about ten milliseconds
_SILENCE = np.eye(len(TYPES), dtype=np.float32)[NOTHING]
"""The chances of what has no letter in it: a number, a code, a row of stars."""
_CLEAR = 0.99  # a sentence that so surely asks for nothing needs no second look

Embed = Callable[[Sequence[str]], Floats | None]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The chance of each type in each sentence, (sentences, types), and the head that said so."""

    chances: Floats
    head: Head

    def findings(self) -> tuple[Finding, ...]:
        """What it heard clearly, in the shape of what the rules see."""
        return tuple(
            Finding(TYPES[column], HEARD, round(float(self.chances[at, column]), 3), int(at))
            for at, column in np.argwhere(self.chances >= _HEARD)
            if column != NOTHING
        )


def hear(
    letter: Sequence[Sentence],
    found: Iterable[Finding],
    leg: Leg = Leg.MEANING,
    model: Model | None = None,
    embedding: Embed = embed,
) -> Heard | None:
    """What the head says of a letter; None where there is nothing to hear or only the rules are asked."""
    if leg is Leg.RULES or not letter:
        return None
    model = model or packaged()
    signs = model.signs(letter, found)
    runs = [places(sentence.tokens) for sentence in letter]
    chances, head = model.words.chances(signs, runs), model.words
    if leg is Leg.MEANING:
        telling = _telling(letter, chances)
        rows = embedding([letter[at].text for at in telling])
        if rows is not None:
            head = model.meaning
            seen = np.hstack([signs[telling], rows * EMBEDDING_SCALE])
            chances[telling] = head.chances(seen, [runs[at] for at in telling])
    chances[[not any(map(str.isalpha, sentence.text)) for sentence in letter]] = _SILENCE
    return Heard(chances, head)


def _telling(letter: Sequence[Sentence], chances: Floats) -> list[int]:
    """The places of the sentences that may ask for something, most telling first, as many as time allows."""
    ranked = sorted(range(len(letter)), key=lambda at: float(chances[at, NOTHING]))
    telling: list[int] = []
    length = 0
    for at in ranked[:_EMBEDDED]:
        length += min(len(letter[at].text), LONGEST)
        if telling and (length > _EMBEDDED_LENGTH or chances[at, NOTHING] > _CLEAR):
            break
        telling.append(at)
    return telling
