"""What the operator's own systems answer: that they take a task, how it ended, a file for the requester."""

from collections.abc import AsyncIterator

from bot.domain.vocabulary import Result
from bot.store import tasks
from bot.store.work import Work
from handlers import announcing, exports, fulfilling
from handlers.desk import Desk

ACTOR = "connector"
_TOKEN = 43  # characters


async def answer(desk: Desk, token: str, result: Result, note: str, statement: str) -> bool | None:
    """Whether a task ends so, or did before; None where there is no such task. Raises Refused."""
    found = await _found(desk, token)
    if found is None:
        return None
    async with desk.store.transaction() as work:
        case, row = await fulfilling.loaded(work, found)
        if row.state != tasks.OPEN:
            return row.state == result and (not statement or row.statement == statement)
        await fulfilling.settle(desk, work, case, row, ACTOR, result, statement=statement, note=note)
    return True


async def hand_in(desk: Desk, token: str, name: str, chunks: AsyncIterator[bytes]) -> bool | None:
    """Takes an export in; None where there is no such task. Raises Refused with why it cannot be had."""
    found = await _found(desk, token)
    if found is None:
        return None
    async with desk.store.reading() as work:
        case, _ = await fulfilling.loaded(work, found)
    await exports.attach(desk, case.reference, ACTOR, name, chunks)
    return True


async def _found(desk: Desk, token: str) -> int | None:
    if len(token) != _TOKEN:
        return None
    async with desk.store.reading() as work:
        row = await tasks.of_token(work, announcing.digest_of(work, token))
        return row.id if row else None


async def taken(desk: Desk, work: Work, task_id: int) -> None:
    """A connector has said that it does it: until it answers, nobody else says that it is done."""
    row = await tasks.load(work, task_id, for_update=True)
    if row and row.state == tasks.OPEN and not row.past:
        row.asked_at = desk.now()
        work.session.add(row)
