"""What was overheard is asked about: confirmed, taken back, or with staff after a day without an answer."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.chat import in_sentences
from bot.domain.codes import without_codes
from bot.domain.events import Confirmed, Unconfirmed, Withdrawn
from bot.domain.understanding import classify
from bot.domain.vocabulary import RequestType
from bot.store import cases, chats
from bot.store.cases import Case, Message
from bot.store.tables import MessageRow
from bot.store.work import Work
from handlers import conversation
from handlers.casework import happen, show
from handlers.desk import Desk

PATIENCE = timedelta(days=1)


async def confirm(desk: Desk, work: Work, case: Case) -> None:
    """It is a request, of all that its writer has said since. Raises Refused where it is settled already."""
    said = sorted(await _heard(work, case), key=lambda heard: heard[0].at)  # it may have come in out of order
    types = (*case.ticket().open_types, *_asked_for([message.text for _, message in said]))
    await happen(desk, work, case, Confirmed(desk.now(), tuple(dict.fromkeys(types))), actor="requester")
    await _settle(desk, work, case)


async def withdraw(desk: Desk, work: Work, case: Case) -> None:
    """Its requester takes it back, or says that it never was one. Raises IllegalTransition where it is closed."""
    asked = case.row.unconfirmed_since
    await happen(desk, work, case, Withdrawn(desk.now()), actor="requester")
    if asked:
        await conversation.settle_note(desk, work, case)


async def pass_on(desk: Desk) -> None:
    """What nobody has confirmed for a day goes to staff."""
    async with desk.store.transaction() as work:
        for case in await chats.unconfirmed(work, desk.now() - PATIENCE):
            await hand_over(desk, work, case, "desk")


async def hand_over(desk: Desk, work: Work, case: Case, actor: str) -> None:
    """To staff, who say what it is."""
    await happen(desk, work, case, Unconfirmed(), actor=actor)
    await _settle(desk, work, case)


def _asked_for(heard: Sequence[str]) -> Iterator[RequestType]:
    """By all of it together, and by each part alone; what only ends a sentence is no part of its own."""
    whole = in_sentences(without_codes("\n".join(heard)))
    for text in dict.fromkeys((whole, *whole.split("\n"))) if len(heard) > 1 else ():
        understood = classify(text)
        if not understood.abstain:
            yield from (each for each in understood.request_types if each is not RequestType.NOT_PRIVACY)


async def _settle(desk: Desk, work: Work, case: Case) -> None:
    """Staff see from now on what was said, and the note asks nothing any more."""
    for row, _ in await _heard(work, case):
        await show(desk, work, case, heard=row)
    await conversation.settle_note(desk, work, case)


async def _heard(work: Work, case: Case) -> list[tuple[MessageRow, Message]]:
    return [(row, message) for row, message in await cases.messages(work, case) if row.direction == "in"]
