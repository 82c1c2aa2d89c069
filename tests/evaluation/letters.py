"""Letters made of the corpus: a line alone as in chat, or with greeting, surroundings and a further right."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.evaluation.corpus import ORDINARY, Family, families, sentences

ASKING = 4  # letters of each family that asks for something
OTHER = 4


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of one fold: none of its families is in another fold."""

    text: str
    labels: tuple[str, ...]
    language: str
    fold: int
    hard: bool


def letters() -> list[Letter]:
    """Every letter, the same ones at every call."""
    groups: defaultdict[tuple[str, int], list[Family]] = defaultdict(list)
    for family in families():
        groups[family.language, family.fold].append(family)
    return [letter for key in sorted(groups) for letter in _of_one_fold(groups[key])]


def surroundings(language: str) -> list[str]:
    """What stands around a request in this language."""
    return [
        text
        for family in families()
        if family.language == language and family.section == "around"
        for text in family.variants(2)
    ]


def _of_one_fold(group: list[Family]) -> Iterator[Letter]:
    draw = random.Random(f"{group[0].language} {group[0].fold}")
    around = [text for family in group if family.section == "around" for text in family.variants(3)]
    asking = [family for family in group if family.label != ORDINARY]
    mail = [family for family in group if family.section in ("lookalike", "ordinary")]
    everywhere = surroundings(group[0].language)
    for family in asking:
        yield from _asking(family, asking, around, everywhere, draw)
    for family in mail:
        for text in _some(family, everywhere, OTHER, draw):
            other = [draw.choice(mail).variants(1)[0]] if draw.random() < 0.4 else []
            lines = [*_greeting(around, draw), text, *other]
            yield Letter(
                "\n\n".join(lines), (ORDINARY,), family.language, family.fold, family.section == "lookalike"
            )


def _asking(
    family: Family, others: list[Family], around: list[str], everywhere: list[str], draw: random.Random
) -> Iterator[Letter]:
    for number, text in enumerate(_some(family, everywhere, ASKING, draw)):
        labels, lines = [family.label], [text]
        if number == ASKING - 1:
            further = draw.choice(others)
            if {family.label, further.label}.isdisjoint({"policy_question", "status_inquiry"}):
                labels.append(further.label)
                lines.append(further.variants(1)[0])
        if number:
            lines = [*_greeting(around, draw), *lines, *draw.sample(around, min(len(around), 2 * number))]
        yield Letter("\n\n".join(lines), tuple(dict.fromkeys(labels)), family.language, family.fold, False)


def _some(family: Family, around: list[str], most: int, draw: random.Random) -> list[str]:
    texts = list(sentences(family, around))
    return draw.sample(texts, min(most, len(texts)))


def _greeting(around: list[str], draw: random.Random) -> list[str]:
    return [draw.choice(around)] if draw.random() < 0.5 else []
