"""The form of a new request: shown, looked at field by field, and opened as any other request is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.adapters import chat
from bot.adapters.interactions import Press
from bot.domain.chat import address_in
from bot.domain.codes import mask_codes
from bot.domain.events import Opened
from bot.domain.lifecycle import Refused
from bot.domain.understanding import classify
from bot.domain.vocabulary import Channel, RequestType
from bot.store import chats, inbox, parties
from bot.store.cases import Message, Requester
from handlers import accounts, changes, home, watching
from handlers.casework import open_case
from handlers.front import Front
from handlers.reading import sense_of

if TYPE_CHECKING:
    from bot.adapters.phrasing import Phrasing


async def show(front: Front, press: Press) -> None:
    """Opens the form, with the address of the profile in it."""
    laws = front.desk.laws
    named = [(code, laws[code].title.removeprefix("the ")) for code in laws.codes()]
    person, phrasing = await front.person(press.user), await _phrasing(front, press)
    opened = await front.slack.open_view(press.trigger, chat.form(named, person.address, phrasing))
    if opened.reason:
        raise Refused(phrasing.here(chat.NO_FORM))


async def request_new(front: Front, press: Press) -> Mapping[str, Any] | None:
    """Shows the form; or takes what was filled in, or says beside each field what is wrong with it."""
    if press.submitted is None:
        await show(front, press)
        return None
    if errors := _faults(front, press):
        here = (await _phrasing(front, press)).here
        return {"response_action": "errors", "errors": {field: here(fault) for field, fault in errors.items()}}
    await _open(front, press)
    await home.publish(front, press.user)
    return None


async def _phrasing(front: Front, press: Press) -> "Phrasing":
    """In the language of their last request."""
    async with front.desk.store.reading() as work:
        mine = await chats.of_user(work, press.user, closed=True, most=1)
    return front.desk.letters.phrasing(chats.language(mine))


def _faults(front: Front, press: Press) -> dict[str, str]:
    kind, law, details = press.said("type"), press.said("law"), press.said("details").strip()
    address = press.said("email").strip()
    found = {}
    if kind not in chat.form_types():
        found["type"] = chat.OUTSIDE
    elif not details and kind in (RequestType.POLICY_QUESTION, RequestType.COMPLAINT, RequestType.CORRECTION):
        found["details"] = chat.SAY_MORE
    if address_in(address) != address:
        found["email"] = chat.NO_ADDRESS
    elif address.lower() in front.desk.addresses:
        found["email"] = chat.OUR_ADDRESS
    if law and law not in front.desk.laws.codes():
        found["law"] = chat.OUTSIDE
    return found


async def _open(front: Front, press: Press) -> None:
    """One ticket for one submission: its item of the inbox is its own, and is finished with it."""
    desk, now = front.desk, front.desk.now()
    kind, details, address = RequestType(press.said("type")), press.said("details"), press.said("email").strip()
    person, understood = await front.person(press.user), classify(details)
    understood = replace(understood, laws=(law,)) if (law := press.said("law")) else understood
    sense = sense_of(desk, understood, details, "", now, address)
    found = await accounts.consult(desk, address, person.name, details, sense.says)
    async with desk.store.transaction() as work:
        item = await inbox.at(work, press.origin, for_update=True)
        if item is None or item.state != "new":
            return
        key = await work.keys.get(item.key_id)
        about = parties.columns(work, key, found)
        about["concerns"] += sense.opening_concerns(attached=False)
        case = await open_case(
            desk,
            work,
            Opened(item.received_at, (kind,), sure=True),
            requester=Requester(accounts.requester_of(found, address), person.name),
            message=Message(f"Form: {kind.replace('_', ' ')}", mask_codes(details)),
            key=key,
            inbox_id=item.id,
            channel=Channel.SLACK,
            language=understood.language if details else "en",
            under=desk.applicable(understood, accounts.lives_in(found), person.time_zone),
            agent=sense.is_by_agent,
            slack_user=press.user,
            excerpts=sense.excerpts if kind is RequestType.POLICY_QUESTION else (),
            detail={"item": item.id, "says": list(sense.says.codes), "why": ["form"]},
            **about,
        )
        await watching.account_asked(desk, work, case, case.row.account_index)
        await changes.spoken_of(desk, work, case, sense, details, address, found)
        inbox.finish(work, item, ticket_id=case.id)
