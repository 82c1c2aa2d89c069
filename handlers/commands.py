"""The command /privacy: answered at once, to whoever types it and to nobody else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.adapters import chat
from bot.adapters.interactions import Press
from bot.domain.correlation import REFERENCE
from bot.domain.excerpts import find_excerpts
from bot.domain.letters import ChatText, Letter, LetterContext
from bot.domain.vocabulary import Status
from bot.store import cases, chats
from bot.store.cases import Case
from bot.store.tables import TicketRow
from handlers import forms
from handlers.correspondence import context
from handlers.front import Front
from handlers.reading import fitting

_MOST = 5
_LISTED = 20
_LONGEST = 2_000  # characters of a question that are looked at


async def privacy(front: Front, press: Press) -> Mapping[str, Any] | None:
    """``help``, ``status [REF]``, ``policy QUESTION``, ``request``; for staff ``queue``, ``overdue``, ``show``.

    Help for all else. Raises Refused.
    """
    word, _, rest = press.text.strip().partition(" ")
    if word.lower() in _OF_STAFF and (refused := await front.staff.refuses(press.user, press.team)):
        return {"response_type": "ephemeral", "text": refused}
    letters = await _COMMANDS.get(word.lower(), _help)(front, press, rest.strip()[:_LONGEST])
    blocks = [block for each in letters for block in chat.letter(each).blocks]
    if not letters:
        return None
    return {"response_type": "ephemeral", "text": chat.letter(letters[0]).text, "blocks": blocks}


async def _help(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    return [_say(front, ChatText.HELP)]


async def _status(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """Of all open ones, or of one: in the same words where it is not theirs and where there is none."""
    async with front.desk.store.reading() as work:
        mine = await chats.of_user(work, press.user, closed=bool(rest), most=100)
    named = REFERENCE.search(rest.upper())
    wanted = [each for each in mine if not rest or (named and each.reference == named[0])][:_MOST]
    return [_stands(front, each) for each in wanted] or [_say(front, ChatText.NO_TICKET)]


async def _policy(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """Excerpts, word for word; where the policy does not answer, that is said."""
    desk = front.desk
    answer = find_excerpts(desk.policy, rest) if rest else None
    if answer is None:
        return [_say(front, ChatText.HELP)]
    if not answer.answerable:
        return [_say(front, ChatText.NO_ANSWER)]
    about = LetterContext(
        organisation=desk.organisation,
        excerpts=fitting(desk, answer),
        policy_version=desk.policy.version,
        policy_date=desk.policy.date,
    )
    return [desk.letters.say(ChatText.EXCERPTS, "en", about)]


async def _request(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    await forms.show(front, press)
    return []


async def _queue(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """What is open, by due date."""
    async with front.desk.store.reading() as work:
        rows = [each for each in await cases.listed(work) if each.status != Status.CLOSED]
    return [_list(front, "Open tickets", rows)]


async def _overdue(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    desk = front.desk
    async with desk.store.reading() as work:
        rows = await cases.listed(work, overdue_on=desk.day(desk.now()))
    return [_list(front, "Overdue tickets", rows)]


async def _show(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """One ticket in a line, as little of its requester as in the list."""
    async with front.desk.store.reading() as work:
        case = await cases.load(work, rest.upper())
    return [_list(front, "The ticket", [case.row] if case else [])]


def _list(front: Front, title: str, rows: Sequence[TicketRow]) -> Letter:
    """Tickets as staff may see them anywhere: without a word of who asked."""
    lines = [f"- {_line(front, each)}" for each in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append(f"- and {len(rows) - _LISTED} more: python -m bot tickets")
    return Letter("queue", "en", f"{title}: {len(rows)}", "\n".join(lines) or "None.")


def _line(front: Front, row: TicketRow) -> str:
    left = (row.due_at - front.desk.day(front.desk.now())).days if row.due_at else None
    due = "no date in its law" if left is None else f"due {row.due_at}, {_days(left)}"
    return f"{row.reference}: {row.status}, {due}, {'assigned' if row.assignee else 'nobody has it yet'}"


def _days(left: int) -> str:
    return f"{-left} days overdue" if left < 0 else f"{left} days left"


def _stands(front: Front, case: Case) -> Letter:
    return front.desk.letters.say("status", case.row.language, context(front.desk, case))


def _say(front: Front, name: ChatText) -> Letter:
    about = LetterContext(organisation=front.desk.organisation, privacy_address=front.desk.address)
    return front.desk.letters.say(name, "en", about)


_COMMANDS: dict[str, Callable[[Front, Press, str], Awaitable[Sequence[Letter]]]] = {
    "help": _help,
    "status": _status,
    "policy": _policy,
    "request": _request,
    "queue": _queue,
    "overdue": _overdue,
    "show": _show,
}
_OF_STAFF = frozenset({"queue", "overdue", "show"})
