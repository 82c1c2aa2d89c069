"""What a letter asks for: sentence by sentence, with the sentence that shows it, and abstaining where unsure.

The rules see (`rules/`), this file weighs what they saw.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.domain.language import UNKNOWN, detect, plausible
from bot.domain.rules.lexicon import available
from bot.domain.rules.rulebook import CITED, Finding, findings
from bot.domain.rules.sentences import Sentence, read_sentence, split_sentences
from bot.domain.vocabulary import RequestType

EXAMINED = 20_000
"""Characters of a letter that are read; what somebody wants stands long before."""
BAR = 0.6
"""Below this confidence a person must say; `tests/evaluation` shows what it buys."""

_STRONGEST = 3  # sentences that count for one type: a tenth repetition proves no more
_FURTHER = 0.65  # how sure a type beside the main one must be
_SEEN = 0.3  # below this nothing was asked for
_FEW_WORDS = 5
_ORDINARY = 0.45  # from here on a letter is about something else, unless it asks for a right
_BULK = 0.7  # from here on it is a newsletter, whose own words about consent and unsubscribing are no request
_UNLISTED_LAWS = frozenset({"pipl", "kvkk", "popia", "other"})  # privacy laws that have no code in the law pack
_ALONE = frozenset({RequestType.POLICY_QUESTION})  # a question beside a right that is used is about that right
_PRIVACY_SIGNS = (
    ("law",),
    ("personal",),
    ("policy_word",),
    ("data", "own"),
    ("delete", "data"),
    ("delete", "account"),
)
_SUBJECT_BONUS = 0.3
_FIRST_BONUS = 0.2
_PRECEDENCE = {RequestType.COMPLAINT: 0.5, RequestType.POLICY_QUESTION: -0.5}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of the letter, verbatim, the type that it speaks for, and the rule that saw it."""

    request_type: RequestType
    sentence: str = field(repr=False)
    rule: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a letter asks for, how sure that is (0 to 1), and why.

    `request_types` has the main one first, is never empty, and holds the best guess where `abstain` says
    that a person must decide. `language` is ISO 639-1 or `und`; `laws` are codes of the law pack; `agent`
    says that the letter is written for somebody else.
    """

    request_types: tuple[RequestType, ...]
    confidence: float
    abstain: bool
    language: str
    laws: tuple[str, ...]
    agent: bool
    evidence: tuple[Evidence, ...]


def classify(text: str, subject: str = "") -> Understanding:
    """Understands a letter's own words, quoted history taken off. Pure, total, and bounded by `EXAMINED`."""
    text, subject = text[:EXAMINED], subject[:EXAMINED]
    letter = _read(text, subject)
    laws = _laws_named(letter)
    found = tuple(findings(letter, laws))
    types, confidence = _decide(letter, found)
    return Understanding(
        request_types=types,
        confidence=round(confidence, 3),
        abstain=confidence < BAR,
        language=_language(text, subject),
        laws=tuple(law for law in laws if law not in _UNLISTED_LAWS),
        agent=any("agent" in sentence.concepts for sentence in letter),
        evidence=tuple(_evidence(letter, found, types)),
    )


def _language(text: str, subject: str) -> str:
    language = detect(text)
    return detect(f"{subject}\n{text}") if language == UNKNOWN else language


def _read(text: str, subject: str) -> tuple[Sentence, ...]:
    """The letter's sentences; English is always understood, and every language that the text may be in."""
    maybe = plausible(f"{subject}\n{text}") + plausible(text)
    languages = tuple(sorted({"en", *maybe} & available()))
    first = (read_sentence(subject, languages, is_subject=True),) if subject.strip() else ()
    return first + tuple(read_sentence(sentence, languages) for sentence in split_sentences(text))


def _laws_named(letter: Iterable[Sentence]) -> tuple[str, ...]:
    """The laws in the order in which they are named; `GDPR` within `UK GDPR` is not the European one."""
    named = list(dict.fromkeys(law for sentence in letter for law in sorted(sentence.laws)))
    if "uk_gdpr" in named and "gdpr" in named:
        named.remove("gdpr")
    return tuple(named)


def _decide(letter: tuple[Sentence, ...], found: tuple[Finding, ...]) -> tuple[tuple[RequestType, ...], float]:
    """The types, main first, and the confidence in the main one."""
    sure = _sureness(_said(letter, found))
    ordinary = _either(_once_each(finding for finding in found if finding.type is None))
    if not sure or max(sure.values()) < _SEEN:
        return (RequestType.NOT_PRIVACY,), _confidence_in_nothing(letter, ordinary)
    ranked = sorted(sure, key=lambda kind: _rank(kind, sure[kind], letter, found), reverse=True)
    main = ranked[0]
    further = (kind for kind in ranked[1:] if sure[kind] >= _FURTHER and kind not in _ALONE)
    confidence = sure[main] * (1 - ordinary / 2)
    if confidence < BAR and ordinary >= (_ORDINARY if sure[main] < _FURTHER else _BULK):
        return (RequestType.NOT_PRIVACY,), _confidence_in_nothing(letter, ordinary)
    return (main, *further), confidence


def _said(letter: tuple[Sentence, ...], found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without what only the subject says, where the text says something: a subject often names an older matter."""
    in_text = {finding.type for finding in found if finding.type and not letter[finding.at].is_subject}
    return tuple(finding for finding in found if not in_text or finding.type in in_text or finding.type is None)


def _confidence_in_nothing(letter: tuple[Sentence, ...], ordinary: float) -> float:
    """How sure it is that a letter that asks for no right is ordinary mail.

    Unsure where it speaks of privacy, and where it says too little: a few words may be a request all the same.
    """
    about_privacy = sum(1 for sentence in letter if _is_about_privacy(sentence))
    words = sum(len(sentence.text.split()) for sentence in letter if not sentence.is_subject)
    if not about_privacy and (ordinary or words > _FEW_WORDS):
        return 0.95
    return 0.85 if ordinary >= _ORDINARY else 0.5


def _is_about_privacy(sentence: Sentence) -> bool:
    return any(all(concept in sentence.concepts for concept in signs) for signs in _PRIVACY_SIGNS)


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


def _once_each(found: Iterable[Finding]) -> list[float]:
    return list({finding.rule: finding.weight for finding in found}.values())


def _either(weights: Iterable[float]) -> float:
    """The chance that at least one of several independent signs is right."""
    return 1 - math.prod(1 - weight for weight in weights)


def _rank(kind: RequestType, sureness: float, letter: tuple[Sentence, ...], found: Iterable[Finding]) -> float:
    """What makes a type the main one: how sure it is, that the subject names it, that it comes early."""
    first = min(finding.at for finding in found if finding.type is kind)
    precedence = _PRECEDENCE.get(kind, 0.0) if sureness >= _FURTHER else 0.0
    in_subject = _SUBJECT_BONUS if letter[first].is_subject else 0.0
    return sureness + in_subject + _FIRST_BONUS / (1 + first) + precedence


def _evidence(
    letter: tuple[Sentence, ...], found: Iterable[Finding], types: tuple[RequestType, ...]
) -> Iterator[Evidence]:
    for finding in found:
        if finding.type in types:
            yield Evidence(finding.type, letter[finding.at].text, finding.rule)
