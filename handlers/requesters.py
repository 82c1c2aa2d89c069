"""What requesters press, fill in and command in Slack. Each sees and changes what is theirs, and nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from bot.adapters.interactions import HOME, Press
from bot.domain.lifecycle import Refused
from bot.store import cases
from bot.store.cases import Case
from bot.store.work import Work
from handlers import commands, confirming, forms, home, telling
from handlers.front import Front

Answer: TypeAlias = Mapping[str, Any] | None
Handler: TypeAlias = Callable[[Front, Press], Awaitable[Answer]]
"""Answers with what Slack is to show in a modal's or command's place. Raises Refused with why not."""

_NOT_YOURS = "There is no such request of yours."  # for what is not there, and for what is somebody else's


async def _confirm(front: Front, press: Press) -> None:
    async with front.desk.store.transaction() as work:
        case = await _own(work, press)
        if case.row.unconfirmed_since:
            await confirming.confirm(front.desk, work, case)
    await _replace(front, press, case)


async def _dismiss(front: Front, press: Press) -> None:
    async with front.desk.store.transaction() as work:
        case = await _own(work, press)
        if case.row.unconfirmed_since:
            await confirming.withdraw(front.desk, work, case)
    await _replace(front, press, case)


async def _withdraw(front: Front, press: Press) -> None:
    async with front.desk.store.transaction() as work:
        await confirming.withdraw(front.desk, work, await _own(work, press))
    if press.channel is None:
        await home.publish(front, press.user)


async def _own(work: Work, press: Press) -> Case:
    case = await cases.load(work, press.value, for_update=True)
    if case is None or case.row.slack_user != press.user:
        raise Refused(_NOT_YOURS)
    return case


async def _replace(front: Front, press: Press, case: Case) -> None:
    """The note that was pressed says how it has been settled; the other one is brought up to date by itself."""
    if press.response_url:
        await front.slack.respond(press.response_url, telling.settled(front.desk, case))


HANDLERS: dict[str, Handler] = {
    HOME: home.opened,
    **dict.fromkeys(home.TURNING, home.turned),
    "request_confirm": _confirm,
    "request_dismiss": _dismiss,
    "request_withdraw": _withdraw,
    "request_new": forms.request_new,
    "/privacy": commands.privacy,
}
