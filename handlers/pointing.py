"""The shortcut on a message: somebody on the staff points at what a person has said, and it becomes a ticket."""

import json

from bot.adapters.interactions import Press, Said
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import RequestType
from bot.store import cases, chats, inbox
from bot.store.cases import Case
from bot.store.tables import InboxItem
from bot.store.work import Work
from handlers import confirming, talks
from handlers.desk import Desk
from handlers.front import Front
from handlers.hearing import Hearing
from handlers.talks import Talk

_GONE = "There is nothing left in this message that a ticket could hold."
_NO_PERSON = (
    "No person has written this, so nobody can be its requester. Use “New ticket” in the App Home instead."
)
_IS_NONE = ((RequestType.NOT_PRIVACY,), (RequestType.STATUS_INQUIRY,))


async def open_ticket(front: Front, press: Press) -> str:
    """A ticket with the message's author as its requester, received when it was said; once for each message.

    Raises Refused where no person has said it, or nothing of it is left.
    """
    said = press.message
    if said is None or not (said.text or said.files):
        raise Refused(_GONE)
    if said.user in ("", "USLACKBOT", front.slack.bot_user):
        raise Refused(_NO_PERSON)
    item = await _kept(front.desk, said)
    talk = await talks.of_message(front, item, said)
    async with front.desk.store.transaction() as work:
        current = await inbox.load(work, item.id or 0, for_update=True)
        assert current is not None, "it was kept a moment ago"
        if current.ticket_id and (case := await cases.by_id(work, current.ticket_id, for_update=True)):
            return await _known(front.desk, work, case, press.user)
        return await _opened(front.desk, work, current, talk, press)


async def _kept(desk: Desk, said: Said) -> InboxItem:
    """The message as an item of the inbox, under the name that it has where the desk reads along itself."""
    told = {"user": said.user, "channel": said.channel, "ts": said.ts, "text": said.text}
    async with desk.store.transaction() as work:
        return await chats.keep(work, said.message, json.dumps(told).encode(), said.at, desk.now())


async def _opened(desk: Desk, work: Work, item: InboxItem, talk: Talk, press: Press) -> str:
    hearing = Hearing(desk, work, talk, (item,), await work.keys.get(item.key_id))
    case = await hearing.open(sure=talk.sure and talk.types not in _IS_NONE)
    await cases.note(work, case, at=desk.now(), actor=press.user, event="pointed_out", item=item.id)
    due = f", due {case.row.due_at}" if case.row.due_at else ""
    return f"{case.reference} is open{due}. Who wrote this message is its requester, and is told so."


async def _known(desk: Desk, work: Work, case: Case, actor: str) -> str:
    """What was overheard, and is not confirmed yet, is with staff from now on."""
    if case.row.unconfirmed_since:
        await confirming.hand_over(desk, work, case, actor)
        return f"{case.reference} holds this message already, and is with you from now on."
    return f"{case.reference} holds this message already, and is {case.row.status}. Nothing was opened anew."
