"""What the rules alone make of a letter: how sure each type is, which comes first, and what speaks against all."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.rules.rulebook import CITED, Finding
from bot.domain.rules.sentences import Sentence
from bot.domain.vocabulary import RequestType

NOT_PRIVACY = RequestType.NOT_PRIVACY
ALONE = frozenset({RequestType.POLICY_QUESTION})
"""A question beside a right that is used is about that right."""

_STRONGEST = 3  # sentences that count for one type: a tenth repetition proves no more
_FURTHER = 0.65  # how sure a type beside the main one must be
_SEEN = 0.3  # below this the rules saw nothing that was asked for
_DOUBTED = 0.6  # below this a right gives way to signs of ordinary mail
_ORDINARY = 0.45  # from here on a letter is about something else, unless it asks for a right
_BULK = 0.7  # from here on it is a newsletter, whose own words about consent and unsubscribing are no request
_FEW_WORDS = 5
_PRIVACY_SIGNS = (
    ("law",),
    ("personal",),
    ("policy_word",),
    ("data", "own"),
    ("delete", "data"),
    ("delete", "account"),
)
_ON_TOPIC = frozenset(
    {"about_me", "complain", "data", "delete", "everything", "export", "gave", "hold_now", "marketing", "object"}
    | {"policy_word", "practice", "right", "sell", "transfer"}
)
_USES_A_RIGHT = frozenset({"ask", "imperative"})
_SUBJECT_BONUS = 0.3
_FIRST_BONUS = 0.2
_PRECEDENCE = {RequestType.COMPLAINT: 0.5, RequestType.POLICY_QUESTION: -0.5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The types, main first, the confidence in the main one (0 to 1), and what it rests on."""

    types: tuple[RequestType, ...]
    confidence: float
    sure: Mapping[RequestType, float]
    """How sure the rules are of each right that any of them saw."""
    ordinary: float
    """How sure they are that the letter is about something else."""
    about_privacy: bool
    certain: frozenset[RequestType]
    """Rights that a sentence asks for in so many words and by their article under a named law."""
    ambiguous: frozenset[RequestType]
    """Rights that only words speak for which may as well mean something else."""
    on_topic: bool
    """Whether a word is one that letters about personal data have; else what only the head hears is a guess."""
    too_short: bool
    """Whether a few words say neither what is wanted nor what else it is: they may be a request all the same."""


def judge(letter: Sequence[Sentence], found: Sequence[Finding]) -> Verdict:
    """What these findings in this letter add up to."""
    ordinary = _either({one.rule: one.weight for one in found if one.type is None}.values())
    about_privacy = any(_is_about_privacy(sentence) for sentence in letter)
    sure = _sureness(_said(letter, found))
    types = _ranked(letter, found, sure) if max(sure.values(), default=0) >= _SEEN else ()
    confidence = sure[types[0]] * (1 - ordinary / 2) if types else 0.0
    if not types or _gives_way(sure[types[0]], confidence, ordinary):
        types, confidence = (NOT_PRIVACY,), _confidence_in_nothing(letter, ordinary, about_privacy)
    too_short = not (sure or ordinary) and words_of(letter) <= _FEW_WORDS
    return Verdict(
        types,
        confidence,
        sure,
        ordinary,
        about_privacy,
        certain=_certain(letter, found),
        ambiguous=frozenset(sure) - {one.type for one in found if one.type and not one.ambiguous},
        on_topic=any(not _ON_TOPIC.isdisjoint(sentence.concepts) for sentence in letter),
        too_short=too_short,
    )


def _gives_way(sureness: float, confidence: float, ordinary: float) -> bool:
    return confidence < _DOUBTED and ordinary >= (_ORDINARY if sureness < _FURTHER else _BULK)


def _ranked(
    letter: Sequence[Sentence], found: Sequence[Finding], sure: Mapping[RequestType, float]
) -> tuple[RequestType, ...]:
    """The main type, and those beside it that are sure enough."""
    main, *others = sorted(sure, key=lambda kind: _rank(kind, sure[kind], letter, found), reverse=True)
    return (main, *(kind for kind in others if sure[kind] >= _FURTHER and kind not in ALONE))


def _rank(kind: RequestType, sureness: float, letter: Sequence[Sentence], found: Iterable[Finding]) -> float:
    """What makes a type the main one: how sure it is, that the subject names it, that it comes early."""
    first = min(finding.at for finding in found if finding.type is kind)
    precedence = _PRECEDENCE.get(kind, 0.0) if sureness >= _FURTHER else 0.0
    in_subject = _SUBJECT_BONUS if letter[first].is_subject else 0.0
    return sureness + in_subject + _FIRST_BONUS / (1 + first) + precedence


def _said(letter: Sequence[Sentence], found: Iterable[Finding]) -> Iterable[Finding]:
    """Without what only the subject says, where the text says something: a subject often names an older matter."""
    rights = [finding for finding in found if finding.type]
    in_text = {finding.type for finding in rights if not letter[finding.at].is_subject}
    return [finding for finding in rights if not in_text or finding.type in in_text]


def _sureness(found: Iterable[Finding]) -> dict[RequestType, float]:
    """How sure each type is: a sentence counts once, and so does a rule; an article cited counts beside it."""
    counted: defaultdict[RequestType, dict[str, Finding]] = defaultdict(dict)
    for finding in sorted(found, key=lambda one: -one.weight):
        if finding.type is None:
            continue
        others = counted[finding.type]
        cited = finding.rule == CITED
        if finding.rule not in others and (
            cited or all(one.at != finding.at or one.rule == CITED for one in others.values())
        ):
            others[finding.rule] = finding
    return {
        kind: _either([finding.weight for finding in rules.values()][:_STRONGEST])
        for kind, rules in counted.items()
    }


def _certain(letter: Sequence[Sentence], found: Sequence[Finding]) -> frozenset[RequestType]:
    worded = {(one.at, one.type) for one in found if one.rule != CITED}
    cited = [(one.at, one.type) for one in found if one.rule == CITED]
    only = len({kind for _, kind in cited}) == 1
    return frozenset(
        kind
        for at, kind in cited
        if kind and ((at, kind) in worded or (only and _USES_A_RIGHT.intersection(letter[at].concepts)))
    )


def _confidence_in_nothing(letter: Sequence[Sentence], ordinary: float, about_privacy: bool) -> float:
    """How sure it is that a letter that asks for no right is ordinary mail.

    Unsure where it speaks of privacy, and where it says too little: a few words may be a request all the same.
    """
    if not about_privacy and (ordinary or words_of(letter) > _FEW_WORDS):
        return 0.95
    return 0.85 if ordinary >= _ORDINARY else 0.5


def words_of(letter: Iterable[Sentence]) -> int:
    """The words of a letter, its subject aside."""
    return sum(len(sentence.text.split()) for sentence in letter if not sentence.is_subject)


def _is_about_privacy(sentence: Sentence) -> bool:
    return any(all(concept in sentence.concepts for concept in signs) for signs in _PRIVACY_SIGNS)


def _either(weights: Iterable[float]) -> float:
    """The chance that at least one of several independent signs is right."""
    return 1 - math.prod(1 - weight for weight in weights)
