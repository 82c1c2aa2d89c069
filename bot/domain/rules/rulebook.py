"""The rule book: which sentence speaks for which request type, and how strongly."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.domain.rules.lexicon import fold, read_table
from bot.domain.rules.sentences import Sentence, is_negated
from bot.domain.vocabulary import RequestType

CITED = "cites its article"
"""The name of the one rule that is no row of the table."""

_ANY_NUMBER = 1_000_000
_REACH = 12  # words between the anchor of a rule and what belongs to it
_LEADING = frozenset({"mention", "hypothetical"})  # spoil only what follows them
_SPOKEN_OF = ("mention", "sent", "hypothetical", "waiting")
_ARTICLE_WEIGHT = 0.55
_ARTICLE = re.compile(
    r"(?:\b(?:art(?:icles?|ikel[ns]?|iculos?|icol[oi]|igos?|ykulu?|icolul|ikl[ae]n)?"
    r"|clan(?:ek|ku)|sec(?:tions?)?)\b|§§?|第)[\s.]{0,3}(1798\.1\d\d|\d{1,2}(?!\d))"
)
_TYPES_OF_A_LIST = 3  # a sentence that cites so many rights tells of them and asks for none


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired: for a request type, or, without one, for ordinary mail."""

    type: RequestType | None
    rule: str
    weight: float
    at: int
    """The sentence's place in the letter, from 0."""
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of `rules.toml`, whose head says what its fields mean."""

    name: str
    type: RequestType | None
    near: tuple[tuple[str, ...], ...]
    also: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    negated: bool
    most_words: int
    ambiguous: bool
    weight: float

    def fires(self, sentence: Sentence) -> bool:
        """Whether this sentence says what the rule looks for."""
        concepts = sentence.concepts
        if not all(any(concept in concepts for concept in choice) for choice in self.near + self.also):
            return False
        if any(concept in concepts for concept in self.unless if concept not in _LEADING):
            return False
        return any(self._holds(sentence, at) for concept in self.near[0] for at in concepts.get(concept, ()))

    def _holds(self, sentence: Sentence, anchor: int) -> bool:
        if not self.negated and is_negated(sentence.concepts, anchor):
            return False
        if any(
            min(sentence.concepts[lead]) <= anchor
            for lead in _LEADING.intersection(self.unless, sentence.concepts)
        ):
            return False
        return all(_stands(sentence, choice, anchor, _REACH) for choice in self.near[1:])


def findings(letter: Iterable[Sentence], laws: Iterable[str]) -> Iterator[Finding]:
    """What the rules see in a letter that names these laws, in the order of its sentences."""
    letter, laws = tuple(letter), tuple(laws)
    words = sum(len(sentence.tokens) for sentence in letter if not sentence.is_subject)
    for at, sentence in enumerate(letter):
        if sentence.concepts:
            yield from (
                Finding(rule.type, rule.name, rule.weight, at, rule.ambiguous)
                for rule in _rules()
                if words <= rule.most_words and rule.fires(sentence)
            )
            yield from _cited(sentence, laws, at)


def _cited(sentence: Sentence, laws: tuple[str, ...], at: int) -> Iterator[Finding]:
    if any(concept in sentence.concepts for concept in _SPOKEN_OF):
        return
    articles = _ARTICLE.findall(fold(sentence.text))
    types = {table[number] for law, table in _articles() if law in laws for number in articles if number in table}
    if len(types) < _TYPES_OF_A_LIST:
        yield from (Finding(RequestType(name), CITED, _ARTICLE_WEIGHT, at) for name in sorted(types))


def _stands(sentence: Sentence, concepts: tuple[str, ...], anchor: int, reach: int) -> bool:
    return any(abs(at - anchor) <= reach for concept in concepts for at in sentence.concepts.get(concept, ()))


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in read_table("rules")["rule"])


@cache
def _articles() -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple(read_table("rules")["articles"].items())


def _rule(row: dict[str, Any]) -> Rule:
    kind = RequestType(row["type"]) if "type" in row else None
    spoken_of = _SPOKEN_OF if kind else ()
    return Rule(
        name=row["name"],
        type=kind,
        near=_choices(row["near"]),
        also=_choices(row.get("also", [])),
        unless=(*row.get("unless", ()), *(concept for concept in spoken_of if concept not in row.get("even", ()))),
        negated=row.get("negated", False),
        most_words=row.get("most_words", _ANY_NUMBER),
        ambiguous=row.get("ambiguous", False),
        weight=row["weight"],
    )


def _choices(alternatives: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(choice.split("|")) for choice in alternatives)
