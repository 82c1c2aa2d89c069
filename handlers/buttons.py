"""What staff do in Slack: a press or a submitted form becomes a decision of the desk, or a word why not."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.adapters import modals
from bot.adapters.interactions import Press
from bot.domain.beside import paragraphs
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from bot.store import cases, drafts
from bot.store.tables import DraftRow, MessageRow
from bot.store.work import Work
from handlers import actions, approvals, entering, pointing, task_forms, ticket_forms, watching
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
        await front.slack.open_view(press.trigger, modals.approval(press.value))
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
        await watching.looked(front.desk, work, case, press.user, draft=row.id)
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
        await watching.looked(desk, work, case, press.user, draft=row.id)
    letter = paragraphs(proposal.text, proposal.wording, desk.policy)
    view = modals.show_modal(case.reference, case.requester.address, proposal.subject, letter)
    await front.slack.open_view(press.trigger, view)
    return ""


async def _message(front: Front, press: Press) -> str:
    """Opens what a requester wrote; the look is recorded."""
    desk = front.desk
    async with desk.store.transaction() as work:
        stored = await work.session.get(MessageRow, int(press.value)) if press.value.isdecimal() else None
        case = await cases.by_id(work, stored.ticket_id, for_update=True) if stored else None
        if stored is None or case is None:
            raise Refused("There is no such message.")
        said = await cases.open_message(work, stored)
        await watching.looked(desk, work, case, press.user, message=stored.id)
    view = modals.message_modal(case.reference, case.requester.address, said.subject, said.text)
    await front.slack.open_view(press.trigger, view)
    return ""


async def _open_draft(work: Work, number: int) -> DraftRow:
    row = await drafts.load(work, number)
    if row is None:
        raise Refused("There is no such draft.")
    if row.state != "open":
        raise Refused(f"This draft is {row.state} already.")
    return row


async def _fulfil(front: Front, press: Press) -> str:
    await actions.propose(front.desk, press.value, press.user, Outcome.FULFILLED)
    return "The draft stands in the thread."


async def _why(front: Front, press: Press) -> str:
    return await actions.why(front.desk, press.value)


async def _take(front: Front, press: Press) -> str:
    await actions.take(front.desk, press.value, press.user)
    return f"{press.value} is yours."


HANDLERS: dict[str, Handler] = {
    "draft_approve": _approve,
    "draft_edit": _edit,
    "draft_show": _show,
    "draft_discard": _discard,
    "message_show": _message,
    "ticket_why": _why,
    "ticket_take": ticket_forms.naming(_take),
    "ticket_fulfil": _fulfil,
    "ticket_new": entering.ticket_new,
    "request_open": pointing.open_ticket,
    "task_more": task_forms.more,
    "task_note": task_forms.note,
    **ticket_forms.HANDLERS,
}
