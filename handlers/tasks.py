"""The work list of a ticket: its tasks come and go with what can be answered, and how they end is on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.fulfilment import Line, Task, account, outcome_of, settled, tasks_for
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import cases, outbox, tasks
from bot.store.cases import Case
from bot.store.tables import TaskRow
from bot.store.work import Work
from handlers import announcing
from handlers.desk import Desk

_NOT_YET = (
    "{count} handed to one of your own systems, which has not answered yet: {named}. Wait for its answer, or mark "
    "on the work list how it ended; then do this once more."
)


async def follow(desk: Desk, work: Work, case: Case, *, is_new: bool = False) -> None:
    """Brings the work list up to what can be answered now: proven requests that are open."""
    ready = case.ticket().ready_types
    rows = [] if is_new else [each for each in await tasks.of_case(work, case) if not each.past]
    gone = [each for each in rows if each.request_type not in ready]
    fresh = [each for each in ready if each not in {row.request_type for row in rows}]
    missing = tasks_for(fresh, desk.policy.inventory)
    if not (gone or missing):
        return
    await tasks.put_by(work, gone)
    await announcing.request(desk, work, case, await tasks.add(work, case, missing))
    if missing:
        opened = [f"{each.type}:{each.code}" for each in missing]
        await cases.note(work, case, at=desk.now(), actor="desk", event="task_opened", tasks=opened)
    await show(desk, work, case)


async def of_types(work: Work, case: Case, types: Sequence[RequestType]) -> tuple[Task, ...]:
    """The tasks that an answer to these requests rests on."""
    rows = [each for each in await tasks.of_case(work, case) if each.request_type in types and not each.past]
    return tasks.as_tasks(rows)


async def account_of(desk: Desk, work: Work, case: Case, types: Sequence[RequestType]) -> tuple[Line, ...]:
    """What an answer to these requests says, a line for each task."""
    return account(await of_types(work, case, types), desk.policy)


async def settle_together(desk: Desk, work: Work, case: Case, types: Sequence[RequestType], actor: str) -> Outcome:
    """Settles what is open as the inventory says, on the word of the actor; how the answer ends then.

    Raises Refused where a task is with a connector, which has not answered.
    """
    await follow(desk, work, case)
    rows = [each for each in await tasks.of_case(work, case) if each.request_type in types and not each.past]
    waiting = [each for each in rows if each.state == tasks.OPEN]
    if asked := [each for each in waiting if each.asked_at]:
        named = ", ".join(f"{each.code} ({each.request_type})" for each in asked)
        count = "1 task is" if len(asked) == 1 else f"{len(asked)} tasks are"
        raise Refused(_NOT_YET.format(count=count, named=named.replace("_", " ")))
    ended = settled(tasks.as_tasks(rows), desk.policy.inventory)
    for row, task in zip(rows, ended, strict=True):
        if row.state == tasks.OPEN:
            tasks.settle(work, row, task, by=actor, at=desk.now())
    if waiting:
        await record(work, case, waiting, actor, desk.now())
        await show(desk, work, case)
    return outcome_of(ended, desk.policy.inventory)


async def record(work: Work, case: Case, rows: Sequence[TaskRow], actor: str, at: datetime) -> None:
    """On record who settled what, and how: codes alone."""
    together = {"together": True} if all(each.together for each in rows) else {}
    codes = [_codes(each) for each in rows]
    await cases.note(work, case, at=at, actor=actor, event="task_settled", tasks=codes, **together)


def _codes(row: TaskRow) -> dict[str, Any]:
    facts = {"task": row.id, "of": row.code, "type": row.request_type, "result": row.state}
    return facts | ({"statement": row.statement} if row.statement else {})


async def progress(work: Work, case: Case) -> tuple[int, int]:
    """How many tasks are settled, and how many there are."""
    rows = await tasks.of_case(work, case)
    return sum(each.state != tasks.OPEN for each in rows), len(rows)


async def show(desk: Desk, work: Work, case: Case) -> None:
    """Has the work list in the ticket's thread brought up to date, and the progress on its card."""
    if desk.staff_channel is None or case.row.unconfirmed_since:
        return
    for kind in ("card", "tasks"):
        key = f"{kind}:{case.reference}:{case.row.journal_length}"
        await outbox.put(work, lane=outbox.SLACK, kind=kind, key=key, now=desk.now(), ticket_id=case.id)
