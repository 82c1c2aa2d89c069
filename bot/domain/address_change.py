"""Somebody asks for another contact address: which one, and who could lose an account by it.

Change the address first and ask for the data afterwards is how an account is stolen. So the change is confirmed at
the old address, and until that has happened the new one is sent nothing that discloses or erases (11 CCR 7060(h):
not by the disputed datum) before a cooling-off has passed.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from bot.domain.accounts import Finding, Standing, folded
from bot.domain.disclosure import ADDRESS
from bot.domain.marked import Line, Particular
from bot.domain.vocabulary import RequestType

COOLING_OFF = timedelta(days=7)
"""After a change that the old address did not confirm; shorter than any law's time to answer."""

CHANGE, COOLING = "address_change", "cooling_off"
"""Concerns: a change is asked for, and what that holds back."""

HELD = frozenset({RequestType.ACCESS, RequestType.PORTABILITY, RequestType.DELETION})
"""Requests that wait until it is over: what they disclose or erase cannot be taken back."""

_CONCERNED = HELD | {RequestType.CORRECTION}
_REACH = 6  # words between `to`, or `new`, and the address that it leads to
_NEAR = 8  # words between `change` and what is changed: a long sentence may speak of both for other reasons


def address_change(sentences: Iterable[Line]) -> Particular | None:
    """The sentence that asks for another contact address; its value is the new one, where the letter marks it."""
    found = None
    for sentence in sentences:
        if not _changes_an_address(sentence):
            continue
        marked = {folded(each): each for each in _led_to(sentence)}
        if len(marked) == 1:
            return sentence.shows(CHANGE, next(iter(marked.values())))
        found = found or sentence.shows(CHANGE)
    return found


def is_asked_for(types: Collection[RequestType], *, abstained: bool) -> bool:
    """Whether a letter of these types that speaks of another address is to be taken at its word.

    One that only unsubscribes, or asks the policy a question, changes nothing that could be stolen.
    """
    return abstained or not _CONCERNED.isdisjoint(types)


def newcomers(sender: str, named: Sequence[str], marked: str, found: Finding) -> tuple[str, ...]:
    """The addresses that may take the place of the old one.

    Where the directory knows the account, all that it does not hold for it; else what the letter names, and the
    sender's own address with it unless another one is marked as the new one.
    """
    if found.account and found.standing in (Standing.OWN, Standing.ELSEWHERE):
        return tuple(each for each in (sender, *named) if not found.account.spelled(each))
    is_old = marked and folded(marked) != folded(sender)
    return tuple(named) if is_old else (sender, *named)


def _changes_an_address(sentence: Line) -> bool:
    written = [_word_at(sentence, found.start()) for found in ADDRESS.finditer(sentence.text)]
    changed = [*sentence.places("mail_address"), *written]
    return any(abs(at - place) <= _NEAR for at in _said(sentence, "changes") for place in changed)


def _said(sentence: Line, concept: str) -> list[int]:
    """Where a concept is named, but for the words that an address is made of."""
    spans = [found.span() for found in ADDRESS.finditer(sentence.text)]
    starts = sentence.starts
    return [at for at in sentence.places(concept) if not any(a <= starts[at] < b for a, b in spans)]


def _word_at(sentence: Line, start: int) -> int:
    return bisect_left(sentence.starts, start)


def _led_to(sentence: Line) -> Iterable[str]:
    """The addresses of a sentence before which `to` or `new` stands, and not nearer to them `from` or `old`."""
    for found in ADDRESS.finditer(sentence.text):
        at = _word_at(sentence, found.start())
        new, old = _last(_said(sentence, "becomes"), at), _last(_said(sentence, "was"), at)
        if new > old and at - new <= _REACH:
            yield found[0].rstrip(".")


def _last(places: Sequence[int], before: int) -> int:
    return max((each for each in places if each < before), default=-1)
