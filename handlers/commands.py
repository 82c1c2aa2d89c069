"""The command /privacy: answered at once, to whoever types it and to nobody else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.adapters import chat
from bot.adapters.interactions import Press
from bot.domain.correlation import REFERENCE
from bot.domain.excerpts import find_excerpts
from bot.domain.language import detect
from bot.domain.letters import ChatText, Letter, LetterContext
from bot.store import chats
from bot.store.cases import Case
from handlers import forms, staff_commands
from handlers.correspondence import context
from handlers.front import Front
from handlers.reading import fitting

_MOST = 5
_FOR_STAFF = Letter(
    "help_of_staff",
    "en",
    "For staff",
    "- /privacy queue and /privacy overdue list tickets by due date, ten a page: /privacy queue 2 is the next.\n"
    "- /privacy show PR-XXXXXXXX shows one.\n"
    "- /privacy report counts the last thirty days, or those from a day to another: 2026-03-01 2026-03-31.\n"
    "- /privacy attach PR-XXXXXXXX gives you a page on which to hand in an export, which never passes here.\n"
    "- The shortcut “Open a privacy ticket” on a message makes a ticket of it.",
)
_LONGEST = 2_000  # characters of a question that are looked at


async def privacy(front: Front, press: Press) -> Mapping[str, Any] | None:
    """``help``, ``status [REF]``, ``policy QUESTION``, ``request``; for staff those of `staff_commands`.

    Help for all else. Raises Refused.
    """
    word, _, rest = press.text.strip().partition(" ")
    if of_staff := staff_commands.COMMANDS.get(word.lower()):
        if refused := await front.turned_away(press):
            return {"response_type": "ephemeral", "text": refused}
        posting = await of_staff(front, press, rest.strip()[:_LONGEST])
        return {"response_type": "ephemeral", "text": posting.text, "blocks": posting.blocks}
    letters = await _COMMANDS.get(word.lower(), _help)(front, press, rest.strip()[:_LONGEST])
    blocks = [block for each in letters for block in chat.letter(each).blocks]
    if not letters:
        return None
    return {"response_type": "ephemeral", "text": chat.letter(letters[0]).text, "blocks": blocks}


async def _help(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    of_staff = [_FOR_STAFF] if await front.is_staff(press.user) else []
    return [await _say(front, press, ChatText.HELP), *of_staff]


async def _status(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """Of all open ones, or of one: in the same words where it is not theirs and where there is none."""
    async with front.desk.store.reading() as work:
        mine = await chats.of_user(work, press.user, closed=bool(rest), most=100)
    named = REFERENCE.search(rest.upper())
    wanted = [each for each in mine if not rest or (named and each.reference == named[0])][:_MOST]
    return [_stands(front, each) for each in wanted] or [await _say(front, press, ChatText.NO_TICKET)]


async def _policy(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    """Excerpts, word for word; where the policy does not answer, that is said."""
    desk = front.desk
    answer = find_excerpts(desk.policy, rest) if rest else None
    if answer is None:
        return [await _say(front, press, ChatText.HELP)]
    language = detect(rest)
    if not answer.answerable:
        return [await _say(front, press, ChatText.NO_ANSWER, language)]
    about = LetterContext(
        organisation=desk.organisation,
        excerpts=fitting(desk, answer),
        policy_version=desk.policy.version,
        policy_date=desk.policy.date,
        policy_language=desk.policy.language,
    )
    return [desk.letters.say(ChatText.EXCERPTS, language, about)]


async def _request(front: Front, press: Press, rest: str) -> Sequence[Letter]:
    await forms.show(front, press)
    return []


def _stands(front: Front, case: Case) -> Letter:
    return front.desk.letters.say("status", case.row.language, context(front.desk, case))


async def _say(front: Front, press: Press, name: ChatText, language: str = "") -> Letter:
    """In that language, or that of their last request."""
    if not language:
        async with front.desk.store.reading() as work:
            language = chats.language(await chats.of_user(work, press.user, closed=True, most=1))
    about = LetterContext(organisation=front.desk.organisation, privacy_address=front.desk.address)
    return front.desk.letters.say(name, language, about)


_COMMANDS: dict[str, Callable[[Front, Press, str], Awaitable[Sequence[Letter]]]] = {
    "help": _help,
    "status": _status,
    "policy": _policy,
    "request": _request,
}
