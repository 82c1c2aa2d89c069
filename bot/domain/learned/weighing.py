"""All that speaks for and against each type of a letter, weighed into one chance a type.

The weights were fitted on letters whose wordings the layer for sentences had not seen, so a chance here is about
as often right as it says: `docs/model-card.md` shows how often.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.learned.head import NOTHING, TYPES, Floats, Head, softmax
from bot.domain.learned.hearing import Heard
from bot.domain.rules.sentences import Sentence
from bot.domain.rules.verdict import ALONE, Verdict, words_of
from bot.domain.vocabulary import RequestType

SURELY_NOTHING = 0.9
"""The chance from which a letter is taken for ordinary mail."""

_BESIDE = 0.9
_NAMED_BESIDE = 0.5
_OBJECTIONS = (RequestType.OBJECTION, RequestType.OPT_OUT)
_LEAST = 0.03  # no chance is taken for less, nor for more than one minus it: beyond that they say no more
_UNHEARD = float(np.log(_LEAST / (1 - _LEAST)))
_HEARD = 0.5
_HINTED = 0.3
_FEW_WORDS = 5
_MANY_WORDS = 100
_RIGHT_SIGNS = 10
_NOTHING_SIGNS = 11
SIGNS = _RIGHT_SIGNS + _NOTHING_SIGNS + len(TYPES)
"""Signs of each type of a letter: those of a right, those of nothing, and one that only names the type."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The chance that each type is the main one, adding up to 1, and that it is in the letter at all."""

    main: Floats
    beside: Floats

    def types(self, named: Collection[RequestType] = ()) -> tuple[RequestType, ...]:
        """The likeliest main type, and those beside it that are surely in the letter.

        Of what the rules have ``named`` it is enough that it is rather there than not.

        A request that is missed costs more than ordinary mail that somebody looks at: unless it is surely nothing,
        the likeliest right is named, and how little that is says the confidence.
        """
        first = self._first()
        if first == NOTHING:
            return (TYPES[NOTHING],)
        bars = np.array([_NAMED_BESIDE if kind in named else _BESIDE for kind in TYPES])
        others = (int(at) for at in np.argsort(-self.beside) if at not in (first, NOTHING))
        return (
            TYPES[first],
            *(TYPES[at] for at in others if self.beside[at] >= bars[at] and TYPES[at] not in ALONE),
        )

    @property
    def confidence(self) -> float:
        """The chance of the main type; to opt out is one way to object, so the two count as one."""
        first = TYPES[self._first()]
        return self.chance_of(_OBJECTIONS if first in _OBJECTIONS else (first,))

    def chance_of(self, kinds: Iterable[RequestType]) -> float:
        """That one of these is the main type."""
        return min(float(sum(self.main[TYPES.index(kind)] for kind in set(kinds))), 1.0)

    def _first(self) -> int:
        if self.main[NOTHING] >= SURELY_NOTHING:
            return NOTHING
        return int(np.where(np.arange(len(TYPES)) == NOTHING, 0, self.main).argmax())


def weigh(letter: Sequence[Sentence], verdict: Verdict, heard: Heard) -> Weighed:
    """Rules and head together."""
    return weighed(signs_of_letter(letter, verdict, heard.chances), heard.head)


def weighed(signs: Floats, head: Head) -> Weighed:
    """These signs, (types, `SIGNS`), by the weights of this head."""
    return Weighed(softmax(signs @ head.main), 1 / (1 + np.exp(-(signs @ head.beside))))


def signs_of_letter(letter: Sequence[Sentence], verdict: Verdict, chances: Floats) -> Floats:
    """What speaks for each type, (types, `SIGNS`)."""
    has_subject = letter[0].is_subject
    text, subject = (chances[1:], chances[:1].copy()) if has_subject else (chances, chances[:0])
    if (text[:, NOTHING] < _HEARD).any():
        subject[:, text.max(axis=0) < _HINTED] = 0  # a subject often names an older matter than the text
    signs = np.zeros((len(TYPES), SIGNS), np.float32)
    signs[:, :_RIGHT_SIGNS] = _of_rights(verdict, text, subject)
    signs[NOTHING] = 0
    signs[NOTHING, _RIGHT_SIGNS : -len(TYPES)] = _of_nothing(letter, verdict, text, subject)
    signs[:, -len(TYPES) :] = np.eye(len(TYPES))
    return signs


def _of_rights(verdict: Verdict, text: Floats, subject: Floats) -> Floats:
    strongest, second = _two_strongest(text)
    named = _odds(subject.max(axis=0)) if len(subject) else np.full(len(TYPES), _UNHEARD)
    sure = np.array([verdict.sure.get(kind, 0.0) for kind in TYPES])
    leads = np.array([kind is verdict.types[0] for kind in TYPES]) * verdict.confidence
    certain = np.array([kind in verdict.certain for kind in TYPES])
    loudest = np.arange(len(TYPES)) == strongest.argmax()
    added = np.log1p(text.sum(axis=0))
    return np.stack(
        [strongest, second, named, added, _earliness(text), _lateness(text), loudest, sure, leads, certain], axis=1
    )


def _of_nothing(letter: Sequence[Sentence], verdict: Verdict, text: Floats, subject: Floats) -> list[float]:
    asked, again = _two_strongest(1 - text[:, [NOTHING]])
    words = words_of(letter)
    return [
        float(asked[0]),
        float(again[0]),
        float(_odds(1 - subject[:, NOTHING])[0]) if len(subject) else _UNHEARD,
        max(verdict.sure.values(), default=0.0),
        verdict.ordinary,
        verdict.about_privacy,
        verdict.confidence if verdict.types[0] is RequestType.NOT_PRIVACY else 0.0,
        words <= _FEW_WORDS,
        min(float(np.log1p(words)), 6) / 3,
        words > _MANY_WORDS,
        float((text[:, NOTHING] > _HEARD).mean()) if len(text) else 0.0,
    ]


def _two_strongest(text: Floats) -> tuple[Floats, Floats]:
    """The log-odds of each type in the sentence that speaks for it most, and in the next."""
    padded = np.vstack([text, np.zeros((2, text.shape[1]), np.float32)])
    two = np.sort(padded, axis=0)[::-1][:2]
    return _odds(two[0]), _odds(two[1])


def _earliness(text: Floats) -> Floats:
    """1 for a type that the first sentence that asks for anything asks for, less for what comes later."""
    asking = text[text[:, NOTHING] < _HEARD]
    early: Floats = (asking / (1 + np.arange(len(asking)))[:, None]).max(axis=0, initial=0)
    return early


def _lateness(text: Floats) -> Floats:
    """1 for a type that only the last of many sentences speaks for, as the foot of a newsletter does."""
    return np.asarray(
        text.argmax(axis=0) / max(len(text) - 1, _FEW_WORDS) if len(text) else np.zeros(len(TYPES)), np.float32
    )


def _odds(chances: Floats) -> Floats:
    held = np.clip(chances, _LEAST, 1 - _LEAST)
    odds: Floats = np.log(held / (1 - held))
    return odds
