"""What a letter asks for: sentence by sentence, with the sentence that shows it, and abstaining where unsure.

The rules see and judge (`rules/`), the head hears, and what both say is weighed into one confidence (`learned/`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bot.domain.language import UNKNOWN, detect, plausible
from bot.domain.learned.grams import places
from bot.domain.learned.head import Places
from bot.domain.learned.hearing import Heard, hear
from bot.domain.learned.leg import Leg
from bot.domain.learned.own import Advice, Told
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
_HEARD_ALONE = 0.8  # the least confidence in what no rule sees
_UNCERTAIN = 0.5  # the most that words leave which may as well mean something else, or are too few
_UNLISTED_LAWS = frozenset({"pipl", "kvkk", "popia", "other"})  # privacy laws that have no code in the law pack

_LEFT_TO_STAFF = frozenset({RequestType.NOT_PRIVACY, RequestType.POLICY_QUESTION, RequestType.STATUS_INQUIRY})
"""What may be answered or ended without a person, so that what staff have taught never makes it sure."""

Listen = Callable[[tuple[Sentence, ...], tuple[Finding, ...]], Heard | None]
Advise = Callable[[Told], Advice | None]
Decision = tuple[tuple[RequestType, ...], float]


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


def classify(text: str, subject: str = "", leg: Leg = Leg.MEANING, advise: Advise | None = None) -> Understanding:
    """Understands a letter's own words, quoted history taken off. Pure, total, and bounded by `EXAMINED`.

    `leg` takes the head's hearing away, or its sense of meaning, to see what each is worth; `advise` says what
    the desk's own staff have taught.
    """
    return understand(text, subject, lambda letter, found: hear(letter, found, leg), advise)


def tell(text: str, subject: str = "") -> Told | None:
    """A letter as `advise` gets it; None where there is nothing to hear in it."""
    kept: list[Told] = []
    classify(text, subject, advise=kept.append)
    return kept[0] if kept else None


def understand(text: str, subject: str, listen: Listen, advise: Advise | None = None) -> Understanding:
    """As `classify`, with whatever `listen` hears."""
    text, subject = text[:EXAMINED], subject[:EXAMINED]
    letter = _read(text, subject)
    laws = _laws_named(letter)
    found = tuple(findings(letter, laws))
    heard = listen(letter, found)
    verdict = judge(letter, found)
    weighed = weigh(letter, verdict, heard) if heard else None
    decision = types, confidence = decide(verdict, weighed)
    seen = (*found, *(heard.findings() if heard else ()))
    if weighed and advise and (advice := advise(Told(_runs(letter), verdict, weighed))):
        types, confidence = heed(verdict, decision, decide(verdict, advice.weighed))
        seen += (advice.finding,) if (types, confidence) != decision else ()
    return Understanding(
        request_types=types,
        confidence=round(confidence, 3),
        abstain=round(confidence, 3) < BAR,
        language=_language(text, subject),
        laws=tuple(law for law in laws if law not in _UNLISTED_LAWS),
        agent=any("agent" in sentence.concepts for sentence in letter),
        evidence=tuple(_evidence(letter, seen, types)),
    )


def decide(verdict: Verdict, weighed: Weighed | None) -> Decision:
    """The types, main first, and the confidence in the main one: the rules' own where nothing was heard.

    Where the rules have named several, which of them leads may be unclear, and what is asked for is not.
    """
    if weighed is None:
        return verdict.types, verdict.confidence
    types, confidence = weighed.types(verdict.types), weighed.confidence
    if types[0] in verdict.types:
        confidence = max(confidence, weighed.chance_of(set(types) & set(verdict.types)))
    if verdict.certain and types[0] is RequestType.NOT_PRIVACY:
        types = tuple(sorted(verdict.certain, key=list(RequestType).index))
    if types[0] in verdict.certain:
        return types, max(confidence, _CERTAIN)
    return types, min(confidence, _UNCERTAIN) if _is_guess(verdict, types[0], confidence) else confidence


def _is_guess(verdict: Verdict, main: RequestType, confidence: float) -> bool:
    """Whether words that may mean something else, too few words, or the head alone speak for a type."""
    if main is RequestType.NOT_PRIVACY:
        return verdict.too_short
    heard_alone = main not in verdict.sure and not (verdict.on_topic and confidence >= _HEARD_ALONE)
    return heard_alone or main in verdict.ambiguous


def heed(verdict: Verdict, decision: Decision, advised: Decision) -> Decision:
    """The decision in the light of what staff have taught, which says what is unclear and doubts what is sure.

    What the rules are certain of stands. A person still decides where another type was sure, where the words are
    too few or may as well mean something else, and about what may end without a person. In a thread even a guess
    that the status is asked for is answered, so no other guess becomes that one.
    """
    (types, confidence), (others, taught) = decision, advised
    sure, same = round(confidence, 3) >= BAR, others[0] is types[0]
    if types[0] in verdict.certain or (sure and same):
        return decision
    if others[0] is RequestType.STATUS_INQUIRY and not same:
        return types, min(confidence, _UNCERTAIN)
    unclear = verdict.too_short or types[0] in verdict.ambiguous
    return others, min(taught, _UNCERTAIN) if sure or unclear or others[0] in _LEFT_TO_STAFF else taught


def _runs(letter: Iterable[Sentence]) -> tuple[Places, ...]:
    return tuple(places(sentence.tokens) for sentence in letter)


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
