"""Whose data a letter is about, where they are not its writer's: for whom it is written, or about whom."""

from collections.abc import Iterator, Sequence

from bot.domain.dates import number_in
from bot.domain.marked import Line, Particular, name_after

_NEAR = 4  # words from a relation to what is held of it: `my wife's account`, `the data about my tenant`
_GROWN_UP = 18  # years (UN Convention on the Rights of the Child, Art. 1)

# For whom somebody writes, the surest sign first; the last counts only where a name or a relation follows.
_AGENTS = {
    "for_client": "lawyer",
    "for_ward": "guardian",
    "for_dead": "heir",
    "for_child": "parent",
    "for_customer": "company",
    "mandated": "other",
    "for_other": "other",
}


def agent_in(sentences: Sequence[Line]) -> Particular | None:
    """For whom the letter is written, with their name where it stands there; None for its writer alone."""
    for concept, code in _AGENTS.items():
        found = [(each, name_after(each.rest(at), least=2)) for each in sentences for at in each.places(concept)]
        sentence, name = next((each for each in found if each[1]), found[0] if found else (None, ""))
        if sentence and (name or concept != "for_other" or sentence.says("relation")):
            return sentence.shows(code, name)
    return None


def about_other(sentences: Sequence[Line]) -> Particular | None:
    """Where the letter speaks of an account or of data that belong to a relation of the writer's."""
    return next((each.shows("third_party") for each in sentences if any(_belongings(each))), None)


def child_in(sentences: Sequence[Line]) -> Particular | None:
    """Where the letter says that somebody is under age, in a word or in years."""
    return next((each.shows("child") for each in sentences if each.says("under_age") or any(_ages(each))), None)


def _belongings(sentence: Line) -> Iterator[bool]:
    """Whether what is held of somebody stands so near to a relation that it is theirs alone."""
    relations, shared = sentence.places("relation"), sentence.places("shared")
    mine = set(sentence.places("mine")) - set(relations)
    for held in sentence.places("held"):
        for one in () if mine & {held - 1, held + 1} else relations:
            low, high = sorted((one, held))
            yield high - low <= _NEAR and not any(low < each < high for each in shared)


def _ages(sentence: Line) -> Iterator[bool]:
    """`14 years old`, and `I am 14 years` in languages that say no more than that."""
    being = sentence.places("being")
    for concept, said in (("years_old", True), ("years", False)):
        for at in sentence.places(concept):
            age = number_in(sentence.words[at - 1]) if at else None
            yield age is not None and 0 < age < _GROWN_UP and (said or at - 2 in being)
