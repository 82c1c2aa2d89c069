"""The sentences that the head learns from: our own words, in `corpus/`, one file a language.

A line is a family: one way of saying one thing, with `{this|that}` where words may change; what stands under a
heading is of that type. `around` is what surrounds a request in its letter, `lookalike` and `ordinary` are mail
that asks for no right: all three are taught as `not_privacy`. What is `vague` says too little to tell: it is
taught as each of several types, so that none of them is ever sure.
"""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))
ORDINARY = "not_privacy"
UNTOLD = (ORDINARY, "access", "deletion", "complaint", "policy_question")
"""What something vague may mean."""
FOLDS = 5
VARIANTS = 5  # of one family: more would only repeat it

_CHOICE = re.compile(r"\{([^{}]*)\}")
_END = re.compile(r"[.!,;。！？]+$")
_ACCENT = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")  # of other scripts such signs change the letter


@dataclass(frozen=True, slots=True)
class Family:
    """One way of saying one thing; `fold` decides on which side of a split all its variants stand."""

    language: str
    section: str
    pattern: str
    fold: int

    @property
    def label(self) -> str:
        return ORDINARY if self.section in ("around", "lookalike", "ordinary", "vague") else self.section

    @property
    def taught(self) -> tuple[str, ...]:
        """The types that its sentences are taught as."""
        return UNTOLD if self.section == "vague" else (self.label,)

    def variants(self, most: int = VARIANTS) -> list[str]:
        """Distinct wordings, the same ones at every call."""
        draw = random.Random(self.pattern)
        wordings = (" ".join(_filled(self.pattern, draw).split()) for _ in range(most * 3))
        return list(dict.fromkeys(wordings))[:most]


@cache
def families() -> tuple[Family, ...]:
    """Every family of the corpus; folds take turns within a section, so that each holds a part of everything."""
    return tuple(family for language in LANGUAGES for family in _read(language))


def sentences(family: Family, around: list[str]) -> Iterator[str]:
    """The variants of a family as people write them: clean, hasty, with a typo, behind a greeting."""
    draw = random.Random(family.pattern)
    for number, text in enumerate(family.variants()):
        yield text
        if number == 0:
            yield _hasty(text)
        elif number == 1:
            yield _mistyped(text, draw)
        elif number == 2:
            yield f"{_END.sub(',', draw.choice(around))} {text[0].lower()}{text[1:]}"


def _read(language: str) -> Iterator[Family]:
    section, turn = "", 0
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            section, turn = line[2:], len(section)
        elif line:
            yield Family(language, section, line, turn % FOLDS)
            turn += 1


def _filled(pattern: str, draw: random.Random) -> str:
    return _CHOICE.sub(lambda found: draw.choice(found[1].split("|")), pattern)


def _hasty(text: str) -> str:
    """As typed on a phone: lower case, no accents, no stop at the end."""
    plain = _ACCENT.sub("", unicodedata.normalize("NFD", text.lower())).replace("ı", "i")
    return _END.sub("", unicodedata.normalize("NFC", plain))


def _mistyped(text: str, draw: random.Random) -> str:
    """With two neighbouring letters of one longer word exchanged."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 4]
    if long:
        at = draw.choice(long)
        word, cut = words[at], draw.randrange(1, len(words[at]) - 2)
        words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)
