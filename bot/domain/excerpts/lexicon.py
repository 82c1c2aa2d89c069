"""The words that a text is about, in whatever language; `concepts.toml` has those that mean a known concept."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LONGEST_PHRASE = 4
_LONGEST_WORD = 40
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ions", "ion", "ed", "es", "ly", "s", "e", "y")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "’": " ", "'": " "})


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


def weights() -> Mapping[str, float]:
    """How much a question turns on each concept, 0 to 1."""
    return _lexicon().weights


def features(text: str) -> Iterator[str]:
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
            yield from (f"#{one}" for one in concepts if lexicon.weights[one])
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
    """Lower case without accents, so that a letter typed on any keyboard reads the same.

    One sign may stand for eighteen letters: what grows to more than twice its length is no prose and is cut.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))[: 2 * len(text)]
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _stem(word: str) -> str:
    """An English word without its ending, roughly; words of other languages lose little by it."""
    ending = next((one for one in _SUFFIXES if word.endswith(one) and len(word) - len(one) >= 4), "")
    return word.removesuffix(ending)


@cache
def _lexicon() -> _Lexicon:
    table = tomllib.loads((files("bot.domain.excerpts") / "concepts.toml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, tuple[str, ...]]] = {"": {}}
    for concept, row in table.items():
        for language, terms in row.items():
            for term in terms.split() if isinstance(terms, str) else ():
                for known in (words.setdefault(language, {}), words[""]):
                    known[term] = tuple(dict.fromkeys((*known.get(term, ()), concept)))
    return _Lexicon(words, {concept: row.get("weight", 1.0) for concept, row in table.items()})
