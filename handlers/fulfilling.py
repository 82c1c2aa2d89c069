"""Staff settle tasks one by one; drafts that rest on them are written anew where they say another thing."""

from collections.abc import Sequence

from bot.domain.drafts import NO_FINAL_REPLY
from bot.domain.fulfilment import Task, account, allowed, outcome_of
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType, Result
from bot.store import cases, drafts, tasks
from bot.store.cases import Case
from bot.store.tables import DraftRow, TaskRow
from bot.store.work import Work
from handlers import correspondence
from handlers.desk import Desk
from handlers.tasks import of_types, record, show

LETTERS = {
    Outcome.FULFILLED: "fulfilled",
    Outcome.PARTLY_FULFILLED: "partly_fulfilled",
    Outcome.DENIED: "denied",
    Outcome.UNVERIFIED: "could_not_verify",
}


async def mark(
    desk: Desk, task_id: int, actor: str, result: Result, *, statement: str = "", note: str = ""
) -> None:
    """Somebody says how a task ended. Raises Refused with words for the actor.

    ``statement``: the anchor of the statement on which it is kept, without one that of the inventory; ``note``:
    the evidence, kept sealed.
    """
    async with desk.store.transaction() as work:
        case, row = await loaded(work, task_id)
        await settle(desk, work, case, row, actor, result, statement=statement, note=note)


async def settle(
    desk: Desk,
    work: Work,
    case: Case,
    row: TaskRow,
    actor: str,
    result: Result,
    *,
    statement: str = "",
    note: str = "",
) -> None:
    """The same within a transaction, for whoever else can say it."""
    before = tasks.as_task(row)
    if result not in allowed(before, desk.policy.inventory):
        raise Refused("A recipient is told, or not: there is nothing to keep.")
    after = Task(row.code, before.type, result, statement=_justification(desk, row, result, statement))
    told = await _standing(desk, work, case, before.type)
    tasks.settle(work, row, after, by=actor, at=desk.now())
    if note:
        tasks.keep_note(work, case, row, note)
    await work.session.flush()
    await record(work, case, [row], actor, desk.now())
    if await _standing(desk, work, case, before.type) != told:
        await _renew(desk, work, case, before.type)
    await show(desk, work, case)


async def annotate(desk: Desk, task_id: int, actor: str, note: str) -> None:
    """Keeps evidence beside a task, whatever became of it. Raises Refused."""
    async with desk.store.transaction() as work:
        case, row = await loaded(work, task_id)
        tasks.keep_note(work, case, row, note)
        await cases.note(work, case, at=desk.now(), actor=actor, event="task_noted", task=row.id)
        await show(desk, work, case)


async def loaded(work: Work, task_id: int) -> tuple[Case, TaskRow]:
    """A task that can still be settled, and its ticket, locked. Raises Refused."""
    found = await tasks.load(work, task_id)
    case = await cases.by_id(work, found.ticket_id, for_update=True) if found else None
    row = await tasks.load(work, task_id, for_update=True)
    if row is None or case is None:
        raise Refused("There is no such task any more. See the work list.")
    if row.past:
        raise Refused("This task belongs to a request that is answered, or asked for no more.")
    return case, row


def _justification(desk: Desk, row: TaskRow, result: Result, statement: str) -> str:
    if result is not Result.KEPT:
        return ""
    category = desk.policy.inventory.category(row.code)
    anchor = statement or (category.says if category else "")
    if desk.policy.statement(anchor) is None:
        raise Refused("The policy has no such statement. Choose the one that justifies keeping it.")
    return anchor


async def _standing(desk: Desk, work: Work, case: Case, kind: RequestType) -> tuple[object, ...]:
    """What an answer would say of these tasks as they stand, and how it would end."""
    found = await of_types(work, case, [kind])
    return account(found, desk.policy), outcome_of(found, desk.policy.inventory)


async def _renew(desk: Desk, work: Work, case: Case, kind: RequestType) -> None:
    """Open answers that say another thing by now are discarded; those that follow the tasks are written anew."""
    for row in await drafts.open_ones(work, case.id):
        types = drafts.as_draft(row).types
        if kind not in types or row.letter in NO_FINAL_REPLY or row.letter not in LETTERS.values():
            continue
        row.state = "discarded"
        work.session.add(row)
        await correspondence.show_draft(desk, work, row)
        if row.follows_tasks:
            await _redraft(desk, work, case, row, types)


async def _redraft(desk: Desk, work: Work, case: Case, row: DraftRow, types: Sequence[RequestType]) -> None:
    outcome = outcome_of(await of_types(work, case, types), desk.policy.inventory)
    await correspondence.draft(
        desk, work, case, LETTERS[outcome], types, outcome, author=row.author, follows_tasks=True
    )
