"""Learning from what staff decide: the letters that they decided about are read once more, and weights are kept.

Only where the operator has switched it on. Nothing is copied: of each letter there is a reference, and while it is
being learned from its hashed runs of letters are in memory.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.learned.own import Example, fit
from bot.domain.learned.trial import Score, own_score, packaged_score, too_few
from bot.domain.mail import parse_mail
from bot.domain.understanding import tell
from bot.store import examples, taught
from bot.store.examples import Decided
from bot.store.work import Work
from handlers.desk import Desk
from handlers.reading import words_of

MOST = 2_000  # tickets, the latest: what staff decided long ago was perhaps about another product

NO_LETTER = "no letter stored"
ERASED = "letter or key erased"
EMPTY = "nothing to read in it"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of learning: how many decisions of each type were used, and why others were not."""

    used: int
    types: Mapping[str, int]
    skipped: Mapping[str, int]
    before: Score | None  # of the packaged model, on these letters
    after: Score | None  # with what was taught, each letter held back from what it is judged by
    why_not: str  # no model is kept; empty where one is
    size: int = 0  # bytes of the model


async def train(desk: Desk) -> Lesson:
    """Keeps a model where it is better than none, and else deletes the one that was there."""
    skipped: Counter[str] = Counter()
    async with desk.store.reading() as work:
        references = await examples.decided(work, MOST)
        read = [each for one in references if (each := await _example(work, one, skipped))]
    before = packaged_score(read) if read else None
    why_not = too_few(read)
    after = None if why_not else own_score(read)
    if before and after and not after.beats(before):
        why_not = "what it learned was no better on letters held back"
    kinds = Counter(str(kind) for each in read for kind in each.types)
    async with desk.store.transaction() as work:
        if why_not:
            await taught.forget(work)
            size = 0
        else:
            size = await taught.keep(work, fit(read), examples=len(read), now=desk.now())
    return Lesson(len(read), kinds, skipped, before, after, why_not, size)


async def forget(desk: Desk) -> bool:
    """Deletes the model, whether learning is on or off; whether there was one."""
    async with desk.store.transaction() as work:
        return await taught.forget(work)


async def _example(work: Work, reference: Decided, skipped: Counter[str]) -> Example | None:
    if reference.message_id is None:
        skipped[NO_LETTER] += 1
        return None
    raw = await examples.source(work, reference)
    if raw is None:
        skipped[ERASED] += 1
        return None
    told = tell(*words_of(parse_mail(raw)))
    if told is None:
        skipped[EMPTY] += 1
        return None
    return Example(told, reference.types, reference.by)
