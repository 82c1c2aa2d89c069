"""Words to concepts: the lexicons of `rules/`, one a language, and the reading of a sentence with them.

A lexicon gives each concept (`delete`, `data`, `own`, ...) its words and phrases in one language. An entry is in
lower case without accents; a `*` at its end makes it a stem, one at its beginning lets it stand inside a word,
which is how German compounds and languages without spaces are read.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_TABLES = files("bot.domain") / "rules"
_WORDS = _TABLES / "words"
_TOKEN = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "đ": "d"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTRACTED_NOT = re.compile(r"\b(do|does|did|wo|would|ca|could|should|have|has|had|is|are|was|were)n['’]?t\b")
_LONGEST_WORD = 60

Positions = defaultdict[str, list[int]]
"""Where in a sentence, counted in words, each concept stands."""


@dataclass(frozen=True, slots=True)
class _Entry:
    concept: str
    rest: tuple[str, ...]
    """The words that must follow; a `*` at the end of one makes it a stem."""


def read_table(name: str) -> dict[str, Any]:
    """One of the packaged tables, by its path without `.toml`."""
    return tomllib.loads((_TABLES / f"{name}.toml").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """Lower case without accents and invisible signs, `don't` as `do not`: how lexicons are written."""
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS)
    return _CONTRACTED_NOT.sub(r"\1 not", unicodedata.normalize("NFC", plain))


def tokenise(text: str) -> list[str]:
    """The folded words of a sentence; a word longer than any real one is cut."""
    return [word[:_LONGEST_WORD] for word in _TOKEN.findall(fold(text))]


class Lexicon:
    """The concepts of one language, looked up word by word in constant time."""

    def __init__(self, concepts: dict[str, str]) -> None:
        self._words: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._pairs: defaultdict[tuple[str, str], list[_Entry]] = defaultdict(list)
        self._stems: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._inner: list[tuple[str, str]] = []
        for concept, entries in concepts.items():
            for entry in entries.split(","):
                self._add(concept, entry.strip())
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _add(self, concept: str, entry: str) -> None:
        if entry.startswith("*"):
            self._inner.append((fold(entry.strip("*")), concept))
            return
        first, *rest = (fold(word) for word in entry.split())
        if first.endswith("*"):
            self._stems[first[:-1]].append(_Entry(concept, tuple(rest)))
        elif rest and not rest[0].endswith("*"):
            self._pairs[first, rest[0]].append(_Entry(concept, tuple(rest)))
        else:
            self._words[first].append(_Entry(concept, tuple(rest)))

    def mark(self, tokens: list[str], positions: Positions) -> None:
        """Adds to `positions` the concepts of this language that the words stand for."""
        for at, (token, following) in enumerate(zip(tokens, [*tokens[1:], ""], strict=False)):
            for entry in self._entries(token, following):
                if not entry.rest or _follows(entry.rest, tokens, at + 1):
                    positions[entry.concept].append(at)
            for part, concept in self._inner:
                if part in token:
                    positions[concept].append(at)

    def _entries(self, token: str, following: str) -> Iterable[_Entry]:
        yield from self._words.get(token, ())
        yield from self._pairs.get((token, following), ())
        for length in self._lengths:
            if length > len(token):
                return
            yield from self._stems.get(token[:length], ())


def _follows(rest: tuple[str, ...], tokens: list[str], at: int) -> bool:
    following = tokens[at : at + len(rest)]
    return len(following) == len(rest) and all(
        token.startswith(word[:-1]) if word.endswith("*") else token == word
        for word, token in zip(rest, following, strict=True)
    )


@cache
def available() -> frozenset[str]:
    """The languages that have a lexicon."""
    return frozenset(entry.name.removesuffix(".toml") for entry in _WORDS.iterdir())


@cache
def lexicon(table: str) -> Lexicon:
    """The lexicon in a table, `words/en` or `laws`."""
    return Lexicon(read_table(table))
