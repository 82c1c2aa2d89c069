"""The work list of a ticket where Slack is absent: what there is to do, and how each task ended."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.drafts import actor, opened_desk
from bot.cli.output import Failure, misuse, plain, write, write_json, write_table
from bot.domain.vocabulary import Result

if TYPE_CHECKING:
    from bot.store.tables import TaskRow
    from handlers.desk import Desk

Reference = Annotated[str, typer.Argument(metavar="REF", help="A ticket's reference.")]


def register(group: typer.Typer) -> None:
    """Adds these commands to those of a ticket."""
    group.command("tasks")(list_)
    group.command("task")(settle)


def list_(
    reference: Reference, json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False
) -> None:
    """List what a ticket's requests mean for each kind of data and each recipient, and what became of it."""
    listed = asyncio.run(_listed(reference.upper()))
    if json_:
        write_json(listed)
        return
    headers = ("ID", "REQUEST", "OF", "STATE", "BY", "TO DO")
    names = ("id", "type", "of", "state", "by", "words")
    write_table(headers, [tuple(str(each[name] or "") for name in names) for each in listed])


def settle(
    reference: Reference,
    task: Annotated[int, typer.Argument(metavar="TASK", help="The task's number.")],
    result: Annotated[str, typer.Argument(metavar="RESULT", help=f"One of {', '.join(Result)}.")],
    note: Annotated[str, typer.Option(help="The evidence; kept sealed.")] = "",
    statement: Annotated[str, typer.Option(help="The anchor of the statement on which it is kept.")] = "",
) -> None:
    """Say how a task ended."""
    if result not in set(Result):
        raise misuse(f"{plain(result)} is no result of a task; known are {', '.join(Result)}")
    asyncio.run(_settle(reference.upper(), task, Result(result), note, statement))
    write("Done.")


async def _listed(reference: str) -> list[dict[str, Any]]:
    from bot.store import cases, tasks

    async with opened_desk() as desk, desk.store.reading() as work:
        case = await cases.load(work, reference)
        if case is None:
            raise Failure(f"no ticket {plain(reference)}")
        return [_told(desk, each) for each in await tasks.of_case(work, case)]


def _told(desk: "Desk", row: "TaskRow") -> dict[str, Any]:
    from bot.domain.fulfilment import instruction
    from bot.store import tasks

    todo = instruction(tasks.as_task(row), desk.policy.inventory)
    return {
        "id": row.id,
        "type": row.request_type,
        "of": row.code,
        "state": row.state,
        "by": row.settled_by,
        "at": row.settled_at.isoformat() if row.settled_at else None,
        "together": row.together,
        "statement": row.statement or None,
        "asked_at": row.asked_at.isoformat() if row.asked_at else None,
        "name": todo.name,
        "lives_in": todo.lives_in or None,
        "words": todo.words,
        "noted": row.note is not None,
    }


async def _settle(reference: str, task: int, result: Result, note: str, statement: str) -> None:
    from bot.domain.lifecycle import Refused
    from bot.store import cases, tasks
    from handlers import fulfilling

    async with opened_desk() as desk:
        async with desk.store.reading() as work:
            case = await cases.load(work, reference)
            if case is None or task not in [each.id for each in await tasks.of_case(work, case)]:
                raise Failure(f"{plain(reference)} has no task {task}")
        try:
            await fulfilling.mark(desk, task, actor(), result, statement=statement, note=note)
        except Refused as refusal:
            raise Failure(str(refusal)) from None
