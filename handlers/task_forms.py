"""The menu beside a task of the work list, and the form that asks on what something is kept, or for evidence."""

from bot.adapters import worklist
from bot.adapters.interactions import Press
from bot.adapters.slack import Fate
from bot.domain.fulfilment import instruction
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Result
from bot.store import tasks
from handlers import fulfilling, watching
from handlers.front import Front, Misfilled
from handlers.ticket_forms import NOT_SHOWN, said

_NOTE = "note"


async def more(front: Front, press: Press) -> str:
    """Marks the task, or opens the form where more has to be said."""
    choice, number = _which(press)
    if choice in (Result.KEPT, _NOTE):
        return await _show(front, press, choice, number)
    if choice not in set(Result):
        raise Refused("There is no such choice.")
    await fulfilling.mark(front.desk, number, press.user, Result(choice))
    return ""


async def note(front: Front, press: Press) -> str:
    """What the form holds."""
    choice, number = _which(press)
    if choice == Result.KEPT:
        if front.desk.policy.statement(press.said("statement")) is None:
            raise Misfilled(
                {"statement": "There is no such statement in the policy. Please choose one from the list."}
            )
        evidence = str(press.said("note")).strip()
        statement = str(press.said("statement"))
        await fulfilling.mark(front.desk, number, press.user, Result.KEPT, statement=statement, note=evidence)
    else:
        await fulfilling.annotate(front.desk, number, press.user, said(press, "note"))
    return ""


async def _show(front: Front, press: Press, choice: str, number: int) -> str:
    """Evidence that is there already stands in the form; the look at it is recorded."""
    desk = front.desk
    async with desk.store.transaction() as work:
        case, row = await fulfilling.loaded(work, number)
        evidence = tasks.note_of(case, row)
        if evidence:
            await watching.looked(desk, work, case, press.user, task=row.id)
        todo = instruction(tasks.as_task(row), desk.policy.inventory)
        category = desk.policy.inventory.category(row.code)
    usual = category.says if category else ""
    statements = sorted(desk.policy.statements, key=lambda each: each.anchor != usual)
    offered = [(each.anchor, each.text) for each in statements] if choice == Result.KEPT else []
    view = worklist.note_form(f"{choice}:{number}", todo, offered, usual, evidence)
    opened = await front.slack.open_view(press.trigger, view)
    if opened.fate is not Fate.DONE:
        raise Refused(NOT_SHOWN)
    return ""


def _which(press: Press) -> tuple[str, int]:
    choice, _, number = press.value.partition(":")
    if not number.isdecimal() or len(number) > 18:
        raise Refused("There is no such task.")
    return choice, int(number)
