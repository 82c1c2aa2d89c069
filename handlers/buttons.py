"""What staff do in Slack: a press or a submitted form becomes a decision of the desk, or a word why not."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.adapters import modals
from bot.adapters.interactions import Press
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from bot.store import cases, drafts
from bot.store.tables import DraftRow
from bot.store.work import Work
from handlers import actions, approvals, pointing, watching
from handlers.front import Front

Handler: TypeAlias = Callable[[Front, Press], Awaitable[str]]
"""Answers with what to tell who pressed, if anything. Raises Refused with why not."""


async def _approve(front: Front, press: Press) -> str:
    """Approves; where the reply discloses what a thief would look for, a form asks why first."""
    number, shown = press.draft
    given = press.said("reason") if press.submitted is not None else ""
    try:
        return await approvals.approve_draft(front.desk, number, press.user, shown, given)
    except approvals.ReasonNeeded:
        if press.submitted is not None:
            raise
        await front.slack.open_view(press.trigger, modals.form(press.name, press.value))
        return ""


async def _discard(front: Front, press: Press) -> str:
    await approvals.discard_draft(front.desk, press.draft[0], press.user)
    return "Discarded. Nothing was sent."


async def _edit(front: Front, press: Press) -> str:
    """Opens the editor, which is a look, too; or saves what was edited in it."""
    number, shown = press.draft
    if press.submitted is not None:
        text = modals.edited_text(press.submitted)
        await approvals.edit_draft(front.desk, number, press.user, shown, text)
        return ""
    async with front.desk.store.transaction() as work:
        row = await _open_draft(work, number)
        case = await cases.by_id(work, row.ticket_id, for_update=True)
        assert case is not None, "a draft has a ticket"
        proposal = await drafts.read(work, row)
        await watching.looked(front.desk, work, case, press.user, row.id)
    if not modals.is_editable(proposal.text):
        raise Refused("This draft is too long to be edited in Slack. Discard it, and draft the answer anew.")
    value = f"{number}:{row.digest[:16]}"
    await front.slack.open_view(press.trigger, modals.edit_modal(case.reference, value, proposal.text))
    return ""


async def _show(front: Front, press: Press) -> str:
    """Opens the draft whole; the look is recorded."""
    desk, (number, _) = front.desk, press.draft
    async with desk.store.transaction() as work:
        row = await drafts.load(work, number)
        case = await cases.by_id(work, row.ticket_id, for_update=True) if row else None
        if row is None or case is None:
            raise Refused("There is no such draft.")
        proposal = await drafts.read(work, row)
        await watching.looked(desk, work, case, press.user, row.id)
    view = modals.show_modal(case.reference, case.requester.address, proposal.subject, proposal.text)
    await front.slack.open_view(press.trigger, view)
    return ""


async def _open_draft(work: Work, number: int) -> DraftRow:
    row = await drafts.load(work, number)
    if row is None:
        raise Refused("There is no such draft.")
    if row.state != "open":
        raise Refused(f"This draft is {row.state} already.")
    return row


def _by_form(act: Handler) -> Handler:
    """First a modal for what the action needs to know, then the action with what was submitted."""

    async def handler(front: Front, press: Press) -> str:
        if press.submitted is not None:
            return await act(front, press)
        await front.slack.open_view(press.trigger, modals.form(press.name, press.value))
        return ""

    return handler


async def _type(front: Front, press: Press) -> str:
    await actions.set_types(front.desk, press.value, press.user, press.said("types"))
    return ""


async def _verify(front: Front, press: Press) -> str:
    await actions.vouch(front.desk, press.value, press.user, press.said("reason"))
    return ""


async def _deny(front: Front, press: Press) -> str:
    await actions.propose(front.desk, press.value, press.user, Outcome.DENIED, press.said("reason"))
    return ""


async def _ask(front: Front, press: Press) -> str:
    await actions.ask(front.desk, press.value, press.user, press.said("body"))
    return ""


async def _extend(front: Front, press: Press) -> str:
    await actions.extend(front.desk, press.value, press.user, press.said("reason"))
    return ""


async def _close(front: Front, press: Press) -> str:
    return await actions.close(front.desk, press.value, press.user, press.said("reason"))


async def _fulfil(front: Front, press: Press) -> str:
    await actions.propose(front.desk, press.value, press.user, Outcome.FULFILLED)
    return "The draft stands in the thread."


async def _why(front: Front, press: Press) -> str:
    return await actions.why(front.desk, press.value)


async def _assign(front: Front, press: Press) -> str:
    await actions.assign(front.desk, press.value, press.user, press.user)
    return "It is yours."


HANDLERS: dict[str, Handler] = {
    "draft_approve": _approve,
    "draft_edit": _edit,
    "draft_show": _show,
    "draft_discard": _discard,
    "ticket_why": _why,
    "ticket_assign": _assign,
    "ticket_type": _by_form(_type),
    "ticket_verify": _by_form(_verify),
    "ticket_fulfil": _fulfil,
    "ticket_deny": _by_form(_deny),
    "ticket_ask": _by_form(_ask),
    "ticket_extend": _by_form(_extend),
    "ticket_close": _by_form(_close),
    "request_open": pointing.open_ticket,
}
