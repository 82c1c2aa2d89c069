"""Which statements of a policy answer a question, and how sure that is.

A question and a statement meet in the concepts that their words carry (`concepts.toml`), in whatever language
each is written, and in the plain words that carry none. Statements are ranked by BM25 (Robertson and
Zaragoza 2009) over both. The confidence is another thing than the rank: the share of what the question is
about that its best statement covers, so that a question about something else is not answered by what
merely sounds alike.
"""

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate

from bot.domain.policy import Policy, Statement

ANSWERABLE = 0.5
"""The confidence from which a question counts as answered by the policy."""

_LONGEST_QUESTION = 2_000
_LONGEST_STATEMENT = 6_000
_LONGEST_POLICY = 400_000
_LONGEST_PHRASE = 4
_LONGEST_WORD = 40
_PLAIN_WORD_WEIGHT = 0.6
_SAME_WORD_BONUS = 0.3
_DOUBT = 0.15
_TITLE_IN_RANK, _LEAD_IN_RANK = 0.5, 0.25
_CONTEXT_IN_CONFIDENCE = 0.9
_K1, _B = 1.2, 0.3
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ions", "ion", "ed", "es", "ly", "s", "e", "y")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": " ", "'": " "})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A statement that may answer; `score` is from 0 to 1 and ranks within one answer only."""

    anchor: str
    section: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the policy says on a question, best first; `confidence` is from 0 to 1."""

    answerable: bool
    confidence: float
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The words of all languages; a word is looked up in its text's language first.

    `words` has a table a language, and under "" one of them all, from a term (`sell*`) to its concepts.
    """

    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    weights: Mapping[str, float]

    def concepts(self, key: str, shortest: int, language: str) -> tuple[str, ...] | None:
        """The concepts of a word or phrase, of the longest term that it is or begins with."""
        for table in (self.words[language], self.words[""]):
            if key in table:
                return table[key]
            for end in range(len(key), shortest, -1):
                if (found := table.get(f"{key[:end]}*")) is not None:
                    return found
        return None

    def language(self, tokens: Iterable[str]) -> str:
        """The language that has most of these words, or none."""
        told = set(tokens)
        votes = {name: sum(one in table for one in told) for name, table in self.words.items() if name}
        best = max(votes, key=lambda name: votes[name])
        return best if votes[best] else ""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A statement's features: those of its own text, counted, and those of its title and lead."""

    statement: Statement
    own: Counter[str]
    title: frozenset[str]
    lead: frozenset[str]
    length: float

    def rank(self, feature: str, average_length: float) -> float:
        """How strongly the statement speaks of the feature: BM25's term part, 0 to 1."""
        context = _TITLE_IN_RANK * (feature in self.title) + _LEAD_IN_RANK * (feature in self.lead)
        count = self.own[feature] + context
        return count / (count + _K1 * (1 - _B + _B * self.length / average_length)) if count else 0.0

    def covers(self, feature: str) -> float:
        """Whether the statement speaks of the feature at all, 0 to 1."""
        in_context = feature in self.title or feature in self.lead
        return 1.0 if feature in self.own else _CONTEXT_IN_CONFIDENCE * in_context


def find_excerpts(policy: Policy, question: str, *, limit: int = 10) -> Answer:
    """The statements that answer the question, best first; total, and bounded for any text."""
    asked = _weighted(_features(question[:_LONGEST_QUESTION]))
    indexed, rarity, average_length = _index(_readable(policy.statements))
    total = sum(weight * rarity.get(feature, 1.0) for feature, weight in asked.items())
    scored = [
        (sum(weight * rarity[f] * one.rank(f, average_length) for f, weight in asked.items() if f in rarity), one)
        for one in indexed
    ]
    ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])[:limit]
    confidence = _confidence(asked, ranked[0][1]) if ranked else 0.0
    excerpts = (_excerpt(one.statement, score / total) for score, one in ranked)
    return Answer(confidence >= ANSWERABLE, round(confidence, 4), tuple(excerpts))


def _readable(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """As many statements as are read in half a second; policies of real companies are a third as long."""
    ends = accumulate(100 + min(len(one.text), _LONGEST_STATEMENT) for one in statements)
    return tuple(one for one, end in zip(statements, ends, strict=True) if end <= _LONGEST_POLICY)


def _excerpt(statement: Statement, score: float) -> Excerpt:
    return Excerpt(statement.anchor, statement.section, statement.text, round(score, 4))


def _confidence(asked: Mapping[str, float], best: _Indexed) -> float:
    """The share of the question that the statement covers; a question of hardly any content stays in doubt."""
    matters = {f: weight for f, weight in asked.items() if not f.startswith("=")}
    covered = sum(weight * best.covers(feature) for feature, weight in matters.items())
    return covered / (sum(matters.values()) + _DOUBT)


def _weighted(features: Iterable[str]) -> dict[str, float]:
    """How much a question turns on each of its features: `#concept`, plain word, `=word` of a concept."""
    weights = _lexicon().weights
    kinds = {"#": None, "=": _SAME_WORD_BONUS}
    asked = {f: kinds.get(f[0], _PLAIN_WORD_WEIGHT) for f in features}
    return {f: weights[f[1:]] if weight is None else weight for f, weight in asked.items()}


@lru_cache(maxsize=8)
def _index(statements: tuple[Statement, ...]) -> tuple[tuple[_Indexed, ...], dict[str, float], float]:
    """The statements by feature, the rarity (idf) of each feature, and the mean length in features."""
    indexed = tuple(_indexed(one) for one in statements)
    spread = Counter(feature for one in indexed for feature in {*one.own, *one.title, *one.lead})
    rarity = {f: math.log(1 + (len(indexed) - n + 0.5) / (n + 0.5)) for f, n in spread.items()}
    return indexed, rarity, sum(one.length for one in indexed) / max(1, len(indexed))


def _indexed(statement: Statement) -> _Indexed:
    own = Counter(_features(statement.text[:_LONGEST_STATEMENT]))
    return _Indexed(statement, own, _context(statement.section), _context(statement.lead), 1.0 + own.total())


@lru_cache(maxsize=256)
def _context(text: str) -> frozenset[str]:
    return frozenset(_features(text[:_LONGEST_STATEMENT]))


def _features(text: str) -> Iterator[str]:
    """`#concept` and `=stem` of the words that the lexicon knows, the plain stem of every other word."""
    lexicon = _lexicon()
    tokens = _tokens(text)
    language = lexicon.language(tokens)
    at = 0
    while at < len(tokens):
        concepts, width = _longest_term(tokens, at, language)
        if concepts is None:
            if len(tokens[at]) > 2 and not tokens[at].isdigit():
                yield _stem(tokens[at])
        elif any(lexicon.weights[one] for one in concepts):
            yield from (f"#{one}" for one in concepts)
            yield from (f"={_stem(one)}" for one in tokens[at : at + width])
        at += width


def _longest_term(tokens: list[str], at: int, language: str) -> tuple[tuple[str, ...] | None, int]:
    """The concepts of the longest term that starts here, and how many words it takes."""
    for width in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
        key = "_".join(tokens[at : at + width])
        shortest = len(key) - len(tokens[at + width - 1]) if width > 1 else 1
        if (found := _lexicon().concepts(key, shortest, language)) is not None:
            return found, width
    return None, 1


def _tokens(text: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in re.findall(r"[^\W_]+", _fold(text))]


def _fold(text: str) -> str:
    """Lower case without accents, so that a letter typed on any keyboard reads the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _stem(word: str) -> str:
    """An English word without its ending, roughly; words of other languages lose little by it."""
    ending = next((one for one in _SUFFIXES if word.endswith(one) and len(word) - len(one) >= 4), "")
    return word.removesuffix(ending)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    table = tomllib.loads(files("bot.domain").joinpath("concepts.toml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, tuple[str, ...]]] = {"": {}}
    for concept, row in table.items():
        for language, terms in row.items():
            for term in terms.split() if isinstance(terms, str) else ():
                for known in (words.setdefault(language, {}), words[""]):
                    known[term] = tuple(dict.fromkeys((*known.get(term, ()), concept)))
    return _Lexicon(words, {concept: row.get("weight", 1.0) for concept, row in table.items()})
