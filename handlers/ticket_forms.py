"""The forms of a ticket: opened with what is so now, looked at field by field, and acted on."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from bot.adapters.forms import staff
from bot.adapters.forms.staff import Facts
from bot.adapters.interactions import Press
from bot.adapters.slack import Fate
from bot.domain.events import Vouched
from bot.domain.guards import mailbox_first
from bot.domain.laws import stops
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Ground, Outcome, RequestType, Status
from bot.store import cases, parties, readings
from bot.store.cases import Case
from bot.store.work import Work
from handlers import actions, merging, overtaking, transferring, watching
from handlers.dating import dates_of, leading
from handlers.desk import Desk
from handlers.front import Front, Misfilled

Act: TypeAlias = Callable[[Front, Press], Awaitable[str]]
Check: TypeAlias = Callable[[Desk, Work, Case], Awaitable[None]]

NOT_SHOWN = "Slack could not show the form. Please press once more."
_OUTSIDE = "There is no such answer here. Please choose one from the list."
_EMPTY = "Please say it in a few words."
_SHOWS_REQUESTER = "ticket_requester"


# ---- opening ----------------------------------------------------------------------------------------------


async def show(front: Front, press: Press) -> str:
    """Opens the form of an action. Raises Refused where the action is not lawful, or makes no sense, any more."""
    desk = front.desk
    async with desk.store.transaction() as work:
        case = await cases.load(work, press.value, for_update=True)
        if case is None:
            raise await overtaking.absent(work, press.value)
        await _CHECKS.get(press.name, _is_open)(desk, work, case)
        if press.name == _SHOWS_REQUESTER:
            await watching.looked(desk, work, case, press.user)
        facts = replace(_facts(desk, case, press), acknowledged=await actions.is_acknowledged(work, case))
        if press.name == _SHOWS_REQUESTER:
            facts = await _with_requester(work, case, facts)
    opened = await front.slack.open_view(press.trigger, staff.form(press.name, facts))
    if opened.fate is not Fate.DONE:
        raise Refused(NOT_SHOWN)
    return ""


def _facts(desk: Desk, case: Case, press: Press) -> Facts:
    row, ticket, law = case.row, case.ticket(), desk.laws[case.row.law]
    first = leading(case)
    dates = dates_of(desk, case, first)
    extension = actions.extension(desk, case) if press.name == "ticket_extend" else None
    return Facts(
        seen=overtaking.as_seen(case),
        reference=case.reference,
        status=row.status,
        types=ticket.types,
        open_types=ticket.open_types,
        unproven=ticket.unproven_types,
        two_people=[each for each in ticket.open_types if each in desk.four_eyes],
        law=row.law,
        laws=titles(desk),
        days={code: _day_under(desk, case, code) for code in desk.laws.codes()},
        short=law.short,
        grounds=law.grounds,
        told=[each.cited for each in law.routes],
        duties=[each.cited for each in law.denial if each not in law.routes],
        stops=stops(law, first.type, proof=False),
        due_on=extension[0].respond_by if extension else dates.respond_by,
        assignee=row.assignee if row.assignee and row.assignee[:1] in "UW" else press.user,
        acknowledged=True,
        suggested=False,
        notice_by=extension[0].notice_by if extension else None,
        extended_to=extension[1].respond_by if extension else None,
    )


def titles(desk: Desk) -> dict[str, str]:
    """The laws of the pack as a form offers them."""
    return {code: desk.laws[code].title.removeprefix("the ") for code in desk.laws.codes()}


def _day_under(desk: Desk, case: Case, law: str) -> str:
    due = dates_of(desk, case, leading(case), law=law).respond_by
    return f"Due {staff.spoken(due)}" if due else "It sets no day"


async def _with_requester(work: Work, case: Case, facts: Facts) -> Facts:
    """With the requester as they stand, or as a letter that was passed on names them, while nobody has said."""
    entries = await cases.entries(work, case)
    reading = (await readings.of_ticket(work, case.id)).get(entries[0].detail.get("item")) or {}
    person = reading.get("suggested")
    if person and not any(each.event == "transferred" for each in entries):
        return replace(facts, name=person["name"] or "", address=person["address"], suggested=True)
    return replace(facts, name=case.requester.name, address=case.requester.address)


async def _is_open(desk: Desk, work: Work, case: Case) -> None:
    if case.row.status == Status.CLOSED:
        raise Refused("That cannot be done with a ticket that is closed. Reopen it first.")


async def _is_closed(desk: Desk, work: Work, case: Case) -> None:
    if case.row.status != Status.CLOSED:
        raise Refused(f"This ticket is {case.row.status}: there is nothing to reopen.")


async def _is_sorted(desk: Desk, work: Work, case: Case) -> None:
    actions.open_types(case)


async def _is_unproven(desk: Desk, work: Work, case: Case) -> None:
    actions.open_types(case)
    ticket = case.ticket()
    if not ticket.unproven_types and not ticket.acting:
        raise Refused("Nothing in this ticket waits for proof.")
    proven = await parties.is_mailbox_proven(work, case)
    if reason := mailbox_first(ticket, Vouched(desk.now(), mailbox_proven=proven)):
        raise Refused(reason)


async def _is_extensible(desk: Desk, work: Work, case: Case) -> None:
    actions.open_types(case)
    actions.extension(desk, case)


async def _always(desk: Desk, work: Work, case: Case) -> None:
    return None


_CHECKS: dict[str, Check] = {
    "ticket_verify": _is_unproven,
    "ticket_ask": _is_sorted,
    "ticket_deny": _is_sorted,
    "ticket_extend": _is_extensible,
    "ticket_reopen": _is_closed,
    "ticket_link": _always,
}


# ---- acting -----------------------------------------------------------------------------------------------


def said(press: Press, name: str = "reason") -> str:
    """What was typed. Raises Misfilled where that says nothing."""
    words = str(press.said(name)).strip()
    if not words:
        raise Misfilled({name: _EMPTY})
    return words


async def _assign(front: Front, press: Press) -> str:
    assignee = said(press, "assignee")
    if refused := await front.staff.refuses(assignee, ""):
        raise Misfilled({"assignee": f"They cannot have it. {refused}"})
    await actions.assign(front.desk, press.value, press.user, assignee)
    return ""


async def _type(front: Front, press: Press) -> str:
    types = press.said("types") or []
    if RequestType.NOT_PRIVACY in types and len(types) > 1:
        raise Misfilled({"types": "“Not privacy” stands alone: either it is a matter of privacy, or it is none."})
    await actions.set_types(front.desk, press.value, press.user, types)
    return ""


async def _verify(front: Front, press: Press) -> str:
    await actions.vouch(front.desk, press.value, press.user, said(press))
    return ""


async def _ask(front: Front, press: Press) -> str:
    await actions.ask(front.desk, press.value, press.user, said(press, "body"))
    return ""


async def _extend(front: Front, press: Press) -> str:
    await actions.extend(front.desk, press.value, press.user, said(press))
    return ""


async def _deny(front: Front, press: Press) -> str:
    refused, ground = press.said("refused") or Outcome.DENIED, press.said("ground")
    outside = {"refused": refused not in staff.REFUSED, "ground": ground and ground not in set(Ground)}
    if faults := {name: _OUTSIDE for name, wrong in outside.items() if wrong}:
        raise Misfilled(faults)
    chosen = Ground(ground) if ground else None
    await actions.propose(front.desk, press.value, press.user, Outcome(refused), said(press), chosen)
    return ""


async def _close(front: Front, press: Press) -> str:
    return await actions.close(front.desk, press.value, press.user, said(press))


async def _reopen(front: Front, press: Press) -> str:
    await merging.reopen(front.desk, press.value, press.user, press.said("types") or [], said(press))
    return ""


async def _link(front: Front, press: Press) -> str:
    await merging.link(front.desk, press.value, press.user, said(press, "reference"))
    return ""


async def _merge(front: Front, press: Press) -> str:
    await merging.merge(front.desk, press.value, press.user, said(press, "reference"))
    return ""


async def _requester(front: Front, press: Press) -> str:
    address = said(press, "email")
    if fault := transferring.address_fault(front.desk, address):
        raise Misfilled({"email": fault})
    name = str(press.said("name")).strip()
    await transferring.set_requester(front.desk, press.value, press.user, address, name, said(press))
    return ""


async def _law(front: Front, press: Press) -> str:
    law = press.said("law")
    if law not in front.desk.laws.codes():
        raise Misfilled({"law": _OUTSIDE})
    await actions.set_law(front.desk, press.value, press.user, law, said(press))
    return ""


_ACTS: dict[str, Act] = {
    "ticket_assign": _assign,
    "ticket_type": _type,
    "ticket_verify": _verify,
    "ticket_ask": _ask,
    "ticket_extend": _extend,
    "ticket_deny": _deny,
    "ticket_close": _close,
    "ticket_reopen": _reopen,
    "ticket_link": _link,
    "ticket_merge": _merge,
    "ticket_requester": _requester,
    "ticket_law": _law,
}


def naming(act: Act) -> Act:
    """The action; who comes second learns by name who was first."""

    async def handler(front: Front, press: Press) -> str:
        try:
            return await act(front, press)
        except overtaking.Overtaken as late:
            raise Refused(late.told((await front.person(late.who)).name)) from None

    return handler


def _by_form(act: Act) -> Act:
    """First the form, then the action with what was submitted."""

    async def handler(front: Front, press: Press) -> str:
        return await (show if press.submitted is None else act)(front, press)

    return handler


HANDLERS: dict[str, Act] = {name: naming(_by_form(act)) for name, act in _ACTS.items()}
