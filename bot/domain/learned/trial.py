"""Whether what staff have taught is worth keeping: tried on letters whose decisions were held back.

All letters of one person are held back together, so that nobody's second letter is judged by the first.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.learned.own import Example, Told, fit
from bot.domain.understanding import BAR, Decision, decide, heed

LEAST_EXAMPLES = 20
LEAST_TYPES = 2
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Score:
    """Letters by how they would have been understood, measured by what staff decided.

    `right` and `wrong` are those that no person would have been asked about; `guessed` counts every letter
    whose best guess was right, of which `abstained` were left to a person.
    """

    right: int
    wrong: int
    abstained: int
    guessed: int

    def beats(self, other: "Score") -> bool:
        """Better in something that matters and worse in nothing."""
        mine, theirs = (self.right, -self.wrong, self.guessed), (other.right, -other.wrong, other.guessed)
        return mine != theirs and all(one >= two for one, two in zip(mine, theirs, strict=True))


def too_few(examples: Sequence[Example]) -> str:
    """Why nothing can be learned from so few examples; empty where something can."""
    if len(examples) < LEAST_EXAMPLES:
        return f"{len(examples)} decisions are too few to learn from: {LEAST_EXAMPLES} are needed"
    kinds = Counter(kind for each in examples for kind in each.types)
    return "" if len(kinds) >= LEAST_TYPES else "every decision is the same: there is nothing to tell apart"


def packaged_score(examples: Sequence[Example]) -> Score:
    """How the letters are understood without what was taught."""
    return _score(examples, [_alone(each.told) for each in examples])


def own_score(examples: Sequence[Example]) -> Score:
    """How they are understood with it, each by what the letters of other people taught."""
    people = {by: place % FOLDS for place, by in enumerate(dict.fromkeys(each.by for each in examples))}
    decisions: dict[int, Decision] = {}
    for fold in sorted(set(people.values())):
        taught = [each for each in examples if people[each.by] != fold]
        ask = _with(taught) if taught else _alone
        held_back = (at for at, each in enumerate(examples) if people[each.by] == fold)
        decisions |= {at: ask(examples[at].told) for at in held_back}
    return _score(examples, [decisions[at] for at in range(len(examples))])


def _alone(told: Told) -> Decision:
    return decide(told.verdict, told.weighed)


def _with(taught: Sequence[Example]) -> Callable[[Told], Decision]:
    own = fit(taught)
    return lambda told: heed(told.verdict, _alone(told), decide(told.verdict, own.advise(told).weighed))


def _score(examples: Sequence[Example], decisions: Sequence[Decision]) -> Score:
    seen = Counter(
        (types[0] in each.types, round(confidence, 3) >= BAR)
        for each, (types, confidence) in zip(examples, decisions, strict=True)
    )
    abstained = seen[True, False] + seen[False, False]
    return Score(seen[True, True], seen[False, True], abstained, seen[True, True] + seen[True, False])
