"""The work list at rest: a row for each task, with the evidence sealed under the ticket's key."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.domain.fulfilment import Task
from bot.domain.vocabulary import RequestType, Result
from bot.store.cases import Case
from bot.store.tables import TaskRow
from bot.store.work import Work

OPEN = "open"
_NOTE = "task.note"


async def of_case(work: Work, case: Case) -> list[TaskRow]:
    """The tasks of what the ticket asks for now; of one where nothing is asked for any more, all it ever had."""
    query = select(TaskRow).where(TaskRow.ticket_id == case.id).order_by(col(TaskRow.id))
    rows = list((await work.session.exec(query)).all())
    return [each for each in rows if not each.past] or rows


async def load(work: Work, task_id: int, *, for_update: bool = False) -> TaskRow | None:
    query = select(TaskRow).where(TaskRow.id == task_id)
    return (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()


async def of_token(work: Work, digest: str) -> TaskRow | None:
    return (await work.session.exec(select(TaskRow).where(TaskRow.token_digest == digest))).one_or_none()


async def add(work: Work, case: Case, tasks: Iterable[Task]) -> list[TaskRow]:
    made = [
        TaskRow(ticket_id=case.id, code=each.code, request_type=each.type, key_id=case.key.id) for each in tasks
    ]
    work.session.add_all(made)
    await work.session.flush()
    return made


async def put_by(work: Work, rows: Iterable[TaskRow]) -> None:
    """What is settled stays on record; what nobody has touched is no task any more."""
    for each in rows:
        if each.state == OPEN:
            await work.session.delete(each)
        else:
            each.past = True
            work.session.add(each)
    await work.session.flush()


def settle(work: Work, row: TaskRow, task: Task, *, by: str, at: datetime) -> None:
    """``task``: as it stands from now on, with a result."""
    row.state = task.result or OPEN
    row.together, row.statement = task.together, task.statement
    row.settled_by, row.settled_at = by, at
    work.session.add(row)


def keep_note(work: Work, case: Case, row: TaskRow, note: str) -> None:
    row.note = case.key.seal(note.encode(), _NOTE)
    work.session.add(row)


def note_of(case: Case, row: TaskRow) -> str:
    return case.key.open(row.note, _NOTE).decode() if row.note else ""


def as_task(row: TaskRow) -> Task:
    result = None if row.state == OPEN else Result(row.state)
    return Task(row.code, RequestType(row.request_type), result, row.together, row.statement, row.id or 0)


def as_tasks(rows: Sequence[TaskRow]) -> tuple[Task, ...]:
    return tuple(map(as_task, rows))
