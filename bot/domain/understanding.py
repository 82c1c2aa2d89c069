"""What a letter asks for: sentence by sentence, with the sentence that shows it, and abstaining where unsure.

The rules see and judge (`rules/`), the head hears, and what both say is weighed into one confidence (`learned/`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bot.domain.language import UNKNOWN, detect, plausible
from bot.domain.learned.hearing import Heard, hear
from bot.domain.learned.leg import Leg
from bot.domain.learned.weighing import Weighed, weigh
from bot.domain.rules.lexicon import available
from bot.domain.rules.rulebook import Finding, findings
from bot.domain.rules.sentences import Sentence, is_worded, read_sentence, split_sentences
from bot.domain.rules.verdict import Verdict, judge
from bot.domain.vocabulary import RequestType

EXAMINED = 20_000
"""Characters of a letter that are read; what somebody wants stands long before."""
BAR = 0.65
"""Below this confidence a person must say; `tests/evaluation` shows what it buys."""

_CERTAIN = 0.9  # the least confidence in a right that is asked for in plain words and by its article
_HEARD_ALONE = 0.9  # the least confidence in a right that the head hears in a letter where no rule sees any
_UNCERTAIN = 0.5  # the most that is left of what may as well mean something else
_UNLISTED_LAWS = frozenset({"pipl", "kvkk", "popia", "other"})  # privacy laws that have no code in the law pack

Listen = Callable[[tuple[Sentence, ...], tuple[Finding, ...]], Heard | None]


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


def classify(text: str, subject: str = "", leg: Leg = Leg.MEANING) -> Understanding:
    """Understands a letter's own words, quoted history taken off. Pure, total, and bounded by `EXAMINED`.

    `leg` takes the head's hearing away, or its sense of meaning, to see what each is worth.
    """
    return understand(text, subject, lambda letter, found: hear(letter, found, leg))


def understand(text: str, subject: str, listen: Listen) -> Understanding:
    """As `classify`, with whatever `listen` hears."""
    text, subject = text[:EXAMINED], subject[:EXAMINED]
    letter = _read(text, subject)
    laws = _laws_named(letter)
    found = tuple(findings(letter, laws))
    heard = listen(letter, found)
    verdict = judge(letter, found)
    types, confidence = decide(verdict, weigh(letter, verdict, heard) if heard else None)
    return Understanding(
        request_types=types,
        confidence=round(confidence, 3),
        abstain=round(confidence, 3) < BAR,
        language=_language(text, subject),
        laws=tuple(law for law in laws if law not in _UNLISTED_LAWS),
        agent=any("agent" in sentence.concepts for sentence in letter),
        evidence=tuple(_evidence(letter, (*found, *(heard.findings() if heard else ())), types)),
    )


def decide(verdict: Verdict, weighed: Weighed | None) -> tuple[tuple[RequestType, ...], float]:
    """The types, main first, and the confidence in the main one: the rules' own where nothing was heard."""
    if weighed is None:
        return verdict.types, verdict.confidence
    types, confidence = weighed.types(), weighed.confidence
    if verdict.certain and types[0] is RequestType.NOT_PRIVACY:
        types = tuple(sorted(verdict.certain, key=list(RequestType).index))
    if types[0] in verdict.certain:
        return types, max(confidence, _CERTAIN)
    return types, min(confidence, _UNCERTAIN) if _is_doubtful(verdict, types[0], confidence) else confidence


def _is_doubtful(verdict: Verdict, main: RequestType, confidence: float) -> bool:
    """Whether the words are too few, may as well mean something else, or have one witness who is not that sure."""
    if main is RequestType.NOT_PRIVACY:
        return verdict.too_short
    seen = verdict.types[0] is not RequestType.NOT_PRIVACY
    return main in verdict.ambiguous or (not seen and confidence < _HEARD_ALONE)


def _language(text: str, subject: str) -> str:
    language = detect(text)
    return detect(f"{subject}\n{text}") if subject and language == UNKNOWN else language


def _read(text: str, subject: str) -> tuple[Sentence, ...]:
    """The letter's sentences; English is always understood, and every language that the text may be in."""
    maybe = plausible(text) + (plausible(f"{subject}\n{text}") if subject else ())
    languages = tuple(sorted({"en", *maybe} & available()))
    first = (read_sentence(subject, languages, is_subject=True),) if is_worded(subject) else ()
    return first + tuple(read_sentence(sentence, languages) for sentence in split_sentences(text))


def _laws_named(letter: Iterable[Sentence]) -> tuple[str, ...]:
    """The laws in the order in which they are named; `GDPR` within `UK GDPR` is not the European one."""
    named = list(dict.fromkeys(law for sentence in letter for law in sorted(sentence.laws)))
    if "uk_gdpr" in named and "gdpr" in named:
        named.remove("gdpr")
    return tuple(named)


def _evidence(
    letter: tuple[Sentence, ...], found: Iterable[Finding], types: tuple[RequestType, ...]
) -> Iterator[Evidence]:
    for finding in found:
        if finding.type in types:
            yield Evidence(finding.type, letter[finding.at].text, finding.rule)
