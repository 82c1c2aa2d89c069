"""Two people at one ticket: who acts on what another has changed meanwhile is told who was quicker.

A form carries the ticket as it was when it was opened: its reference and the length of its journal (`PR-…#12`).
"""

from collections.abc import Collection

from bot.domain.lifecycle import Refused
from bot.store import cases, views
from bot.store.cases import Case
from bot.store.work import Work

TAKEN = frozenset({"assigned", "closed", "answered"})
DECIDED = frozenset(
    {"typed", "vouched", "drafted", "asked", "extended", "answered", "closed", "law_changed"}
    | {"joined", "reopened", "transferred"}
)
ERASED = "Its texts were erased when their time was over: nothing can be done with this ticket any more."
_AUTOMATIC = frozenset({"desk", "requester"})  # actors who are nobody's colleague


class Overtaken(Refused):
    """Somebody else was quicker; ``who`` is their user id."""

    def __init__(self, who: str, status: str) -> None:
        self.who, self._status = who, status
        super().__init__(self.told(""))

    def told(self, name: str) -> str:
        """The words for who came second; ``name`` is what Slack calls who was first."""
        return (
            f"{name or 'Somebody else'} was quicker: the ticket has changed since you looked, and now it is "
            f"{self._status}. See its card and thread, and do this anew if it is still needed."
        )


def as_seen(case: Case) -> str:
    return f"{case.reference}#{case.row.journal_length}"


def plain(seen: str) -> str:
    """The reference itself."""
    return seen.partition("#")[0]


async def absent(work: Work, reference: str) -> Refused:
    """What to say of a ticket that cannot be loaded: there is none, or it is redacted."""
    return Refused(ERASED if await views.ticket(work, reference) else "There is no such ticket.")


async def check(work: Work, case: Case, seen: str, actor: str, overtaken_by: Collection[str]) -> None:
    """Raises Overtaken where a colleague has decided something that counts since the ticket was ``seen``."""
    length = seen.partition("#")[2]
    if not length.isdecimal():
        return
    for entry in (await cases.entries(work, case))[int(length) :]:
        if entry.event in overtaken_by and entry.actor not in (actor, *_AUTOMATIC):
            raise Overtaken(entry.actor, case.row.status)
