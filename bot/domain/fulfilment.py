"""From request to fulfilment: the tasks of a ticket, how they end, and what follows for its answer.

A task is one kind of data, or one recipient, that one right touches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.inventory import ANSWERED, TOLD, Inventory
from bot.domain.policy import Policy, Statement
from bot.domain.vocabulary import Outcome, RequestType, Result


@dataclass(frozen=True, slots=True)
class Task:
    """`code` is the key of a category or recipient; `result` is None while it is open.

    `together`: it was settled with all others by whoever said that all is as the inventory says. `statement` is
    the anchor of the statement on which what is kept is kept.
    """

    code: str
    type: RequestType
    result: Result | None = None
    together: bool = False
    statement: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What a letter says of one task. `words` are the inventory's; without any, the letter has its own.

    `statement` justifies what is kept.
    """

    type: RequestType
    name: str
    result: Result
    words: str
    recipient: bool
    retention: str
    statement: Statement | None
    task: int = 0


def tasks_for(types: Iterable[RequestType], inventory: Inventory) -> tuple[Task, ...]:
    """What there is to do for these rights: by right, first the kinds of data, then the recipients to be told."""
    tasks: list[Task] = []
    for kind in types:
        if kind in ANSWERED:
            tasks += [Task(each.key, kind) for each in inventory.categories]
        if kind in TOLD:
            received = {key for each in inventory.categories for key in each.recipients}
            tasks += [Task(each.key, kind) for each in inventory.recipients if each.key in received]
    return tuple(tasks)


def settled(tasks: Iterable[Task], inventory: Inventory) -> tuple[Task, ...]:
    """The tasks as they end where all that is open is done as the inventory says beforehand.

    Of what the inventory does not know any more nothing is claimed. Recipients are told of what was
    done, and of nothing else.
    """
    data = [_settled(each, inventory) for each in tasks]
    done = {each.type for each in data if each.result is Result.DONE and not inventory.recipient(each.code)}
    done.add(RequestType.RESTRICTION)  # which touches all data, and has no task of its own for any
    told = {True: Result.DONE, False: Result.NOT_APPLICABLE}
    return tuple(
        each if each.result else replace(each, result=told[each.type in done], together=True) for each in data
    )


def _settled(task: Task, inventory: Inventory) -> Task:
    """A task about data; that of a recipient stays open."""
    if task.result or inventory.recipient(task.code):
        return task
    category, answer = inventory.category(task.code), inventory.answer(task.code, task.type)
    result = answer.result if answer else Result.NOT_APPLICABLE
    statement = category.says if category and result is Result.KEPT else ""
    return replace(task, result=result, together=True, statement=statement)


def allowed(task: Task, inventory: Inventory) -> tuple[Result, ...]:
    """How somebody may mark a task: a recipient is told or not, and has nothing to keep."""
    return tuple(each for each in Result if each is not Result.KEPT or not inventory.recipient(task.code))


def outcome_of(tasks: Iterable[Task], inventory: Inventory) -> Outcome:
    """How an answer that rests on these tasks ends.

    What the policy says beforehand is kept for everybody was never promised, so it takes nothing from a deletion
    that did all it announced: fulfilled. Where somebody kept a thing in this one case, a part of what was asked
    for is refused, and the requester has to learn how to object: partly fulfilled, or denied where nothing at all
    was done. Recipients are told of what was done, and decide nothing.
    """
    data = [each for each in settled(tasks, inventory) if not inventory.recipient(each.code)]
    if not any(each.result is Result.KEPT and not each.together for each in data):
        return Outcome.FULFILLED
    return Outcome.PARTLY_FULFILLED if any(each.result is Result.DONE for each in data) else Outcome.DENIED


def account(tasks: Iterable[Task], policy: Policy) -> tuple[Line, ...]:
    """What an answer says of each task; of one that is still open, what approving the answer will say."""
    return tuple(_line(each, policy) for each in settled(tasks, policy.inventory))


@dataclass(frozen=True, slots=True)
class Instruction:
    """What there is to do for a task: of what, where it lives, and the inventory's words, or those to send."""

    name: str
    words: str
    lives_in: str = ""
    usual: Result = Result.DONE
    recipient: bool = False


def instruction(task: Task, inventory: Inventory) -> Instruction:
    if recipient := inventory.recipient(task.code):
        return Instruction(recipient.name, recipient.notices.get(task.type, recipient.meaning), recipient=True)
    category, answer = inventory.category(task.code), inventory.answer(task.code, task.type)
    if category and answer:
        return Instruction(category.name, answer.words, category.lives_in, answer.result)
    return Instruction(task.code.replace("_", " "), "The inventory does not know it any more.")


def _line(task: Task, policy: Policy) -> Line:
    assert task.result is not None, "an account is of settled tasks"
    recipient = policy.inventory.recipient(task.code)
    category = policy.inventory.category(task.code)
    named, words, retention = task.code.replace("_", " "), "", ""
    if recipient:
        named, words = recipient.name, recipient.meaning if task.result is Result.DONE else ""
    elif category:
        own = policy.inventory.answer(task.code, task.type)
        named, words = category.name, own.words if own and own.result is task.result else ""
        retention = category.retention
    statement = policy.statement(task.statement) if task.statement else None
    return Line(task.type, named, task.result, words, recipient is not None, retention, statement, task.id)
