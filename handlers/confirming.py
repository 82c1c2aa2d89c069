"""What was overheard is asked about: confirmed, taken back, or with staff after a day without an answer."""

from datetime import timedelta

from bot.domain.codes import without_codes
from bot.domain.events import Confirmed, Unanswered, Withdrawn
from bot.domain.understanding import classify
from bot.domain.vocabulary import RequestType
from bot.store import cases, chats
from bot.store.cases import Case
from bot.store.work import Work
from handlers import conversation
from handlers.casework import happen
from handlers.desk import Desk

PATIENCE = timedelta(days=1)


async def confirm(desk: Desk, work: Work, case: Case) -> None:
    """It is a request, of all that its writer has said since. Raises Refused where it is settled already."""
    heard = [message.text for row, message in await cases.messages(work, case) if row.direction == "in"]
    types = case.ticket().open_types
    if len(heard) > 1:
        understood = classify(without_codes("\n".join(heard)))
        more = () if understood.abstain else understood.request_types
        types = tuple(dict.fromkeys([*types, *(each for each in more if each is not RequestType.NOT_PRIVACY)]))
    await happen(desk, work, case, Confirmed(desk.now(), types), actor="requester")
    await conversation.settle_note(desk, work, case)


async def withdraw(desk: Desk, work: Work, case: Case) -> None:
    """Its requester takes it back, or says that it never was one. Raises IllegalTransition where it is closed."""
    asked = case.row.unconfirmed_since
    await happen(desk, work, case, Withdrawn(desk.now()), actor="requester")
    if asked:
        await conversation.settle_note(desk, work, case)


async def pass_on(desk: Desk) -> None:
    """What nobody has confirmed for a day goes to staff."""
    async with desk.store.transaction() as work:
        for case in await chats.unanswered(work, desk.now() - PATIENCE):
            await happen(desk, work, case, Unanswered(), actor="desk")
            await conversation.settle_note(desk, work, case)
