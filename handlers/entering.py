"""A request that came by phone, by post or from a colleague: a member of staff enters it, with its true day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from bot.adapters.forms.intake import CHANNELS, OFFERED, intake
from bot.adapters.interactions import Press
from bot.adapters.slack import Fate
from bot.domain.codes import mask_codes
from bot.domain.events import Opened
from bot.domain.lifecycle import Refused
from bot.domain.understanding import classify
from bot.domain.vocabulary import Channel, RequestType
from bot.store import cases, inbox, parties
from bot.store.cases import Message, Requester
from handlers import accounts, watching
from handlers.casework import keep_reason, open_case
from handlers.desk import Desk
from handlers.front import Front, Misfilled
from handlers.reading import sense_of
from handlers.ticket_forms import NOT_SHOWN, titles
from handlers.transferring import address_fault

_OLDEST = 10  # years: what came earlier is a slip of the pen
_NOON = time(12)
_OUTSIDE = "Please choose from the list."


@dataclass(frozen=True, slots=True)
class Entry:
    """What was filled in, looked at and found well."""

    channel: Channel
    received_at: datetime
    types: tuple[RequestType, ...]
    law: str
    address: str = field(repr=False)
    name: str = field(repr=False)
    details: str = field(repr=False)
    reason: str = field(repr=False)


async def show(front: Front, press: Press) -> None:
    """Opens the form, for staff alone: whoever calls this has looked who presses. Raises Refused."""
    desk = front.desk
    view = intake(titles(desk), desk.default_law, desk.day(desk.now()))
    if (await front.slack.open_view(press.trigger, view)).fate is not Fate.DONE:
        raise Refused(NOT_SHOWN)


async def ticket_new(front: Front, press: Press) -> str:
    """Shows the form; or opens a ticket of what was filled in. Raises Misfilled with what is wrong in it."""
    if press.submitted is None:
        await show(front, press)
    else:
        await _open(front.desk, press, read(front.desk, press))
    return ""


def read(desk: Desk, press: Press) -> Entry:
    """Raises Misfilled with what is wrong in each field."""
    address, reason = str(press.said("email")).strip(), str(press.said("reason")).strip()
    types = [each for each in press.said("types") or [] if each in OFFERED]
    received = _day(str(press.said("received")))
    faults = {
        "channel": _OUTSIDE if press.said("channel") not in CHANNELS else None,
        "received": _day_fault(received, desk.day(desk.now())),
        "types": None if types else "Say at least one request type.",
        "email": address_fault(desk, address),
        "law": _OUTSIDE if press.said("law") not in desk.laws.codes() else None,
        "reason": None if reason else "Please say it in a few words.",
    }
    if wrong := {name: fault for name, fault in faults.items() if fault}:
        raise Misfilled(wrong)
    assert received is not None, "a day that is none is a fault"
    return Entry(
        channel=Channel(press.said("channel")),
        received_at=min(datetime.combine(received, _NOON, desk.timezone).astimezone(UTC), desk.now()),
        types=tuple(RequestType(each) for each in types),
        law=press.said("law"),
        address=address,
        name=str(press.said("name")).strip(),
        details=str(press.said("details")),
        reason=reason,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_fault(received: date | None, today: date) -> str | None:
    if received is None:
        return "Please give a day."
    if received > today:
        return "This day has not come yet. Give the day on which the request truly came."
    return f"This is more than {_OLDEST} years ago." if received.year < today.year - _OLDEST else None


async def _open(desk: Desk, press: Press, entry: Entry) -> None:
    """One ticket for one submission: its item of the inbox is its own, and is finished with it."""
    understood = classify(entry.details)
    sense = sense_of(desk, understood, entry.details, "", entry.received_at, entry.address)
    found = await accounts.consult(desk, entry.address, entry.name, entry.details, sense.says)
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
            Opened(entry.received_at, entry.types, sure=True),
            requester=Requester(accounts.requester_of(found, entry.address), entry.name),
            message=Message(CHANNELS[entry.channel], mask_codes(entry.details)),
            key=key,
            inbox_id=item.id,
            channel=entry.channel,
            language=understood.language if entry.details else "en",
            law=entry.law,
            agent=sense.is_by_agent,
            detail={"item": item.id, "says": list(sense.says.codes), "why": ["entered"], "entered_by": press.user},
            **about,
        )
        await keep_reason(desk, work, case, entry.reason)
        await cases.note(work, case, at=desk.now(), actor=press.user, event="entered", channel=entry.channel)
        await watching.account_asked(desk, work, case, case.row.account_index)
        inbox.finish(work, item, ticket_id=case.id)
