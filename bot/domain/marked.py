"""A letter line by line, each marked with what its words introduce: a name, a deadline, a threat.

The words stand in `rules/particulars.toml`, all languages at once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from bot.domain.rules.lexicon import Lexicon, Positions, fold, read_table
from bot.domain.rules.sentences import split_sentences

LONGEST_LINE = 400
_MOST_LINES = 500
_LONGEST_WORD = 60
_SHOWN = 240  # characters of a line that are kept
_WORD = re.compile(r"[^\W_]+")
_FIELDS = re.compile(r"[;|\t]|\s{3,}|,(?=[^,:=]{2,40}[:=])")
_LABEL_ALONE = re.compile(r"[^:=]{2,40}[:=]\s*$")
_DAY_DOT = re.compile(r"(?<=\S )(\d{1,2})\.(?=\s[^\W\d_])")  # of `12. Dezember`, which ends no sentence
_KEPT = "\ue000"  # stands for it meanwhile
_ADDRESS_LINES, _ADDRESS_WIDTH = 4, 60

_NAME_WORDS, _SKIPPED = 4, 3


@dataclass(frozen=True, slots=True)
class Particular:
    """One thing that a letter says: what it is, in the desk's word; the letter's; and the line that shows it."""

    code: str
    value: str = field(repr=False)
    line: str = field(repr=False)
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line or sentence: its folded words, where each begins, and the concepts that they stand for."""

    text: str = field(repr=False)
    words: list[str] = field(repr=False)
    starts: list[int] = field(repr=False)
    concepts: Positions = field(repr=False)

    def places(self, concept: str) -> list[int]:
        """The words, counted from 0, at which the concept is named."""
        return self.concepts.get(concept, [])

    def rest(self, place: int) -> str:
        """The text from this word on."""
        return self.text[self.starts[place] :]

    def says(self, concept: str) -> bool:
        return concept in self.concepts

    def shows(self, code: str, value: str = "", day: date | None = None) -> Particular:
        return Particular(code, value, self.text.strip()[:_SHOWN], day)


def read_line(text: str) -> Line:
    """A line with the concepts that its words stand for."""
    found = list(_WORD.finditer(text))
    words = [_folded(each[0])[:_LONGEST_WORD] for each in found]
    concepts = Positions(list)
    _lexicon().mark(words, concepts)
    return Line(text, words, [each.start() for each in found], concepts)


def _folded(word: str) -> str:
    """As `fold`, which takes its time with what most words are."""
    return word.lower() if word.isascii() else fold(word)


def fields_of(text: str) -> Iterator[str]:
    """The lines, cut where several labels share one; with a label that stands alone, what stands below it."""
    lines = [line.strip()[:LONGEST_LINE] for line in text.splitlines()[:_MOST_LINES] if line[:1] != ">"]
    for at, line in enumerate(lines):
        *first, last = (each.strip() for each in _FIELDS.split(line))
        yield from first
        if _LABEL_ALONE.match(last) or (":" in last and read_line(last).says("postal_address")):
            last = ", ".join([last, *_lines_below(lines[at + 1 : at + 1 + _ADDRESS_LINES])])
        yield last


def sentences_of(text: str) -> Iterator[str]:
    """The sentences, not cut within a day such as `12. Dezember`."""
    for sentence in split_sentences(_DAY_DOT.sub(rf"\1{_KEPT}", text)):
        yield sentence.replace(_KEPT, ".")


def name_after(text: str, least: int = 1) -> str:
    """The words in capitals soon after the first word of a text: so many at least, or one behind a title."""
    words = text[:160].split()[1:]
    skipped = next((at for at, word in enumerate(words) if word[0].isupper()), _SKIPPED + 1)
    if skipped > _SKIPPED:
        return ""
    name: list[str] = []
    titled = False
    for word in words[skipped:]:
        bare = word.strip(".,;:()[]„“”\"'")
        fits = (bare[:1].isupper() and bare != "I") or (name and bare in _entries("particle"))
        if not fits or len(name) == _NAME_WORDS:
            break
        if not name and fold(bare) in _entries("title"):
            titled = True
            continue
        name.append(bare)
        if word[-1] in ".,;:)":
            break
    return " ".join(name) if len(name) >= (1 if titled else least) else ""


def _lines_below(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not line or ":" in line or "=" in line or len(line) > _ADDRESS_WIDTH or line.endswith("."):
            return
        yield line


@cache
def _lexicon() -> Lexicon:
    table = read_table("particulars")
    return Lexicon({concept: ", ".join(rows.values()) for concept, rows in table.items()})


@cache
def _entries(concept: str) -> frozenset[str]:
    rows = read_table("particulars")[concept].values()
    return frozenset(word for row in rows for word in row.split(", "))
