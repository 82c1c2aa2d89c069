"""A letter's sentences, each read for its concepts."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from bot.domain.rules.lexicon import Positions, lexicon, tokenise

MOST_SENTENCES = 300
LONGEST_SENTENCE = 800
_WRAPPED = 55  # a line at least this long that ends without a stop goes on in the next one
_CAPITAL = "[A-ZÀ-ÞЀ-ЯŁŚŻŹĆĄĘŃČŘŠŽĎŇŤŮĚĂȘȚŞŢĞİ¿¡]"
_OF_A_MONTH = r"(?<=\d\.)\s+(?:J[aä]n|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz])"  # '12. Dezember'
_STOP = re.compile(rf"(?<=[.!?;…])(?!{_OF_A_MONTH})\s+(?=[\W_]{{0,3}}{_CAPITAL})|(?<=[?!])\s+|(?<=[。！？])")
_BULLET = re.compile(r"\A\s*(?:[-*•–—·▪◦]|\(?\d{1,2}(?:\.\d{1,2})?[.)]|\(?[a-h]\))\s+")
_QUOTED = re.compile(r"\s*>")
_ENDS = re.compile(r"[.!?:;,。！？：]\s*$")

# Concepts whose word at the head of a sentence is an order or the name of what is wanted: 'Delete my data'.
_ORDERS = (
    *("delete", "correct", "close", "stop", "unsubscribe", "withdraw", "restrict"),
    *("export", "tell", "update", "sar", "copy", "object", "portable"),
)
_HEAD = 2
_NEGATED_BEFORE = 3  # words within which `do not` turns what follows round
_NEGATED_AFTER = 5  # and `nicht`, which German and its neighbours put after the verb and its object
_SHORT_QUESTION = 160  # letters; in chat the mark at the end is often left out


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a letter: its own words, where its concepts stand, and the laws that it names."""

    text: str = field(repr=False)
    concepts: Positions
    laws: frozenset[str]
    is_subject: bool = False
    tokens: tuple[str, ...] = field(default=(), repr=False)
    """Its folded words."""


def read_sentence(text: str, languages: tuple[str, ...], *, is_subject: bool = False) -> Sentence:
    """Reads one sentence with the lexicons of these languages."""
    tokens = tokenise(text)
    concepts: Positions = defaultdict(list)
    for language in languages:
        lexicon(f"words/{language}").mark(tokens, concepts)
    named: Positions = defaultdict(list)
    lexicon("laws").mark(tokens, named)
    _add_mood(text, concepts)
    if named:
        concepts["law"] = sorted(at for places in named.values() for at in places)
    return Sentence(text, concepts, frozenset(named), is_subject, tuple(tokens))


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, soft-wrapped lines joined, quoted lines left out; bounded in number and length."""
    sentences: list[str] = []
    for block in _blocks(text):
        for sentence in _STOP.split(block):
            stripped = _BULLET.sub("", f"{sentence} ").strip()[:LONGEST_SENTENCE]
            if is_worded(stripped):
                sentences.append(stripped)
            if len(sentences) == MOST_SENTENCES:
                return sentences
    return sentences


def _blocks(text: str) -> list[str]:
    blocks: list[str] = []
    goes_on = False
    for line in text.splitlines():
        if not line.strip() or _QUOTED.match(line):
            goes_on = False
            continue
        if goes_on and not _BULLET.match(line):
            blocks[-1] += " " + line.strip()
        else:
            blocks.append(line.strip())
        goes_on = len(line) >= _WRAPPED and not _ENDS.search(line)
    return blocks


def is_worded(text: str) -> bool:
    """Whether it holds a letter of any script; a number or a row of stars says nothing and is no sentence."""
    return any(map(str.isalpha, text))


def is_negated(concepts: Positions, anchor: int) -> bool:
    """Whether a negation turns the word at this place round."""
    before, after = (concepts.get(name, ()) for name in ("negation", "negation_after"))
    return any(0 < anchor - at <= _NEGATED_BEFORE for at in before) or any(
        0 < at - anchor <= _NEGATED_AFTER for at in after
    )


def _add_mood(text: str, concepts: Positions) -> None:
    """Adds `asks` for a question, `ask` for an order, and `spared` for what shall not be deleted."""
    if any(is_negated(concepts, at) for at in concepts.get("delete", ())):
        concepts["spared"] = [0]
    marked = "?" in text or "？" in text
    starts_asking = min(concepts.get("qword", [_HEAD])) < _HEAD and len(text) < _SHORT_QUESTION
    if marked:
        concepts["question_mark"] = [0]
    if marked or starts_asking or "question" in concepts:
        concepts["asks"] = [0]
    if any(min(concepts[order]) <= _HEAD for order in _ORDERS if order in concepts):
        concepts["imperative"] = [0]
        concepts.setdefault("ask", [0])
