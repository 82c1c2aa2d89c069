"""Staff put tickets together, or open one anew: linked, one of them a duplicate, a closing taken back."""

from collections.abc import Sequence

from bot.domain.correlation import REFERENCE
from bot.domain.events import Closed, Joined, Linked, Reopened
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.store import cases, challenges
from bot.store.cases import Case
from bot.store.work import Work
from handlers import overtaking
from handlers.actions import event_happens, load
from handlers.casework import keep_reason
from handlers.desk import Desk


async def link(desk: Desk, reference: str, actor: str, other: str) -> None:
    """Both tickets name each other from now on. Raises Refused, like everything here, with words for the actor."""
    async with desk.store.transaction() as work:
        case, second = await _both(work, reference, actor, other)
        for one, to in ((case, second), (second, case)):
            await event_happens(desk, work, one, Linked(to.reference), actor)


async def merge(desk: Desk, reference: str, actor: str, other: str) -> None:
    """Closes a ticket as a duplicate of another one of the same requester, where its open requests go on.

    None of them loses a day: what both ask for is counted from the earlier receipt.
    """
    async with desk.store.transaction() as work:
        case, kept = await _both(work, reference, actor, other)
        if kept.row.status == Status.CLOSED:
            raise Refused(f"{kept.reference} is closed: reopen it first, or merge the other way.")
        if case.row.requester_index != kept.row.requester_index:
            raise Refused("They have different requesters, who would learn of each other. Link them instead.")
        if case.row.account_index not in (None, kept.row.account_index):
            raise Refused("They are about different accounts. Link them instead.")
        goes_on = () if case.row.untriaged else tuple(each for each in case.ticket().requests if each.is_open)
        duplicate = Closed(desk.now(), Outcome.DUPLICATE)
        await event_happens(desk, work, case, duplicate, actor, duplicate_of=kept.reference)
        await challenges.kill(work, case, desk.now())
        await event_happens(desk, work, kept, Joined(desk.now(), goes_on), actor, duplicate=case.reference)


async def reopen(desk: Desk, reference: str, actor: str, types: Sequence[str], reason: str) -> None:
    """Takes a closing back, for a reason: the clock is the one that ran before."""
    known = tuple(RequestType(each) for each in types if each in set(RequestType))
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        await event_happens(desk, work, case, Reopened(desk.now(), known), actor)
        await keep_reason(desk, work, case, reason)


async def _both(work: Work, reference: str, actor: str, other: str) -> tuple[Case, Case]:
    """Both tickets, locked in one order whoever names which first."""
    named = REFERENCE.search(other.upper())
    second = named[0] if named else ""
    first = overtaking.plain(reference)
    if not second or second == first:
        raise Refused("Give the reference of the other ticket, such as PR-7K2M9QXT.")
    for each in sorted((first, second)):
        if await cases.load(work, each, for_update=True) is None:
            raise Refused(f"There is no ticket {each}.")
    return await load(work, reference, actor), await load(work, second, actor)
