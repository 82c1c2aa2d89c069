"""What people do in Slack: a press or a submitted form becomes a decision of the desk, or a word why not."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from bot.adapters import cards, modals
from bot.adapters.slack import SlackGateway
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from bot.failpoints import passing
from bot.store import cases, drafts, inbox
from bot.store.tables import DraftRow, InboxItem
from bot.store.work import Work
from handlers import actions, approvals, watching
from handlers.desk import Desk
from handlers.staff import Staff

Payload: TypeAlias = dict[str, Any]
_INLINE = timedelta(seconds=10)  # after which somebody else takes over what this process did not finish


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed or a modal submitted, by whom and on what."""

    user: str
    team: str
    name: str  # the action's id, or the modal's callback id
    value: str  # of a draft: its number and the beginning of its digest
    trigger: str
    channel: str | None
    thread: str | None
    submitted: dict[str, Any] | None  # a modal's state

    def said(self, name: str) -> Any:
        """What a modal's input of this name holds: a text, or the chosen values."""
        state = ((self.submitted or {}).get(name) or {}).get(name) or {}
        chosen = [each.get("value") for each in state.get("selected_options") or ()]
        return chosen or state.get("value") or ""

    @property
    def draft(self) -> tuple[int, str]:
        number, _, shown = self.value.partition(":")
        return int(number), shown


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes what Slack sends: commits it, then acts on it."""

    desk: Desk
    slack: SlackGateway
    staff: Staff

    async def take(self, payload: Payload) -> InboxItem | None:
        """Commits a payload that asks for something; None for the rest, and for one that is here already."""
        press = press_of(payload)
        if press is None or press.name not in _HANDLERS:
            return None
        origin = f"slack/{press.trigger}"
        now = self.desk.now()
        async with self.desk.store.transaction() as work:
            places, _ = await inbox.known(work, [origin], [])
            if places:
                return None
            item = await inbox.put(
                work, source="slack", origin=origin, raw=json.dumps(payload).encode(), received_at=now, now=now
            )
            item.attempts, item.leased_until = 1, now + _INLINE
        passing("slack.stored")
        return item

    async def act(self, item: InboxItem, payload: Payload) -> Payload | None:
        """Does what was asked; for a modal, what Slack is to show instead of closing it."""
        press = press_of(payload)
        assert press is not None
        refused = await self.staff.refuses(press.user, press.team)
        if refused is None:
            try:
                said = await _HANDLERS[press.name](self, press)
            except Refused as reason:
                refused = str(reason)
        passing("slack.handled")
        async with self.desk.store.transaction() as work:
            await _finish(work, item, refused or "")
        if refused and press.submitted is not None:
            return {"response_action": "errors", "errors": {next(iter(press.submitted)): refused}}
        if (word := refused or said) and press.channel:
            await self.slack.whisper(press.channel, press.user, cards.escaped(word), thread_ts=press.thread)
        return None

    async def replay(self, desk: Desk, item: InboxItem) -> None:
        """What was committed and not acted on, because the process died in between."""
        async with desk.store.reading() as work:
            raw, _ = await inbox.raw_of(work, item)
        await self.act(item, json.loads(raw))


Handler: TypeAlias = Callable[[Reception, Press], Awaitable[str]]


def press_of(payload: Payload) -> Press | None:
    """The press in a Slack payload; None where it is none."""
    user = payload.get("user") or {}
    who = {"user": str(user.get("id") or ""), "team": str(user.get("team_id") or "")}
    trigger = str(payload.get("trigger_id") or "")
    if payload.get("type") == "block_actions" and payload.get("actions"):
        action, message = payload["actions"][0], payload.get("message") or {}
        return Press(
            **who,
            name=str(action.get("action_id") or ""),
            value=str(action.get("value") or ""),
            trigger=trigger,
            channel=(payload.get("channel") or {}).get("id"),
            thread=message.get("thread_ts") or message.get("ts"),
            submitted=None,
        )
    if payload.get("type") == "view_submission":
        view = payload.get("view") or {}
        return Press(
            **who,
            name=str(view.get("callback_id") or ""),
            value=str(view.get("private_metadata") or ""),
            trigger=trigger or f"{view.get('id')}:{view.get('hash')}",
            channel=None,
            thread=None,
            submitted=(view.get("state") or {}).get("values") or {},
        )
    return None


async def _approve(reception: Reception, press: Press) -> str:
    """Approves; where the reply discloses what a thief would look for, a form asks why first."""
    number, shown = press.draft
    given = press.said("reason") if press.submitted is not None else ""
    try:
        return await approvals.approve_draft(reception.desk, number, press.user, shown, given)
    except approvals.ReasonNeeded:
        if press.submitted is not None:
            raise
        await reception.slack.open_view(press.trigger, modals.form(press.name, press.value))
        return ""


async def _discard(reception: Reception, press: Press) -> str:
    await approvals.discard_draft(reception.desk, press.draft[0], press.user)
    return "Discarded. Nothing was sent."


async def _edit(reception: Reception, press: Press) -> str:
    """Opens the editor, which is a look, too; or saves what was edited in it."""
    number, shown = press.draft
    if press.submitted is not None:
        text = modals.edited_text(press.submitted)
        await approvals.edit_draft(reception.desk, number, press.user, shown, text)
        return ""
    async with reception.desk.store.transaction() as work:
        row = await _open_draft(work, number)
        case = await cases.by_id(work, row.ticket_id, for_update=True)
        assert case is not None, "a draft has a ticket"
        proposal = await drafts.read(work, row)
        await watching.looked(reception.desk, work, case, press.user, row.id)
    if not modals.is_editable(proposal.text):
        raise Refused("This draft is too long to be edited in Slack. Discard it, and draft the answer anew.")
    value = f"{number}:{row.digest[:16]}"
    await reception.slack.open_view(press.trigger, modals.edit_modal(case.reference, value, proposal.text))
    return ""


async def _show(reception: Reception, press: Press) -> str:
    """Opens the draft whole; the look is recorded."""
    desk, (number, _) = reception.desk, press.draft
    async with desk.store.transaction() as work:
        row = await drafts.load(work, number)
        case = await cases.by_id(work, row.ticket_id, for_update=True) if row else None
        if row is None or case is None:
            raise Refused("There is no such draft.")
        proposal = await drafts.read(work, row)
        await watching.looked(desk, work, case, press.user, row.id)
    view = modals.show_modal(case.reference, case.requester.address, proposal.subject, proposal.text)
    await reception.slack.open_view(press.trigger, view)
    return ""


async def _open_draft(work: Work, number: int) -> DraftRow:
    row = await drafts.load(work, number)
    if row is None:
        raise Refused("There is no such draft.")
    if row.state != "open":
        raise Refused(f"This draft is {row.state} already.")
    return row


async def _finish(work: Work, item: InboxItem, reason: str) -> None:
    current = await inbox.load(work, item.id or 0, for_update=True)
    if current:
        inbox.finish(work, current, reason=reason)


def _by_form(act: Handler) -> Handler:
    """First a modal for what the action needs to know, then the action with what was submitted."""

    async def handler(reception: Reception, press: Press) -> str:
        if press.submitted is not None:
            return await act(reception, press)
        await reception.slack.open_view(press.trigger, modals.form(press.name, press.value))
        return ""

    return handler


async def _type(reception: Reception, press: Press) -> str:
    await actions.set_types(reception.desk, press.value, press.user, press.said("types"))
    return ""


async def _verify(reception: Reception, press: Press) -> str:
    await actions.vouch(reception.desk, press.value, press.user, press.said("reason"))
    return ""


async def _deny(reception: Reception, press: Press) -> str:
    await actions.propose(reception.desk, press.value, press.user, Outcome.DENIED, press.said("reason"))
    return ""


async def _ask(reception: Reception, press: Press) -> str:
    await actions.ask(reception.desk, press.value, press.user, press.said("body"))
    return ""


async def _extend(reception: Reception, press: Press) -> str:
    await actions.extend(reception.desk, press.value, press.user, press.said("reason"))
    return ""


async def _close(reception: Reception, press: Press) -> str:
    return await actions.close(reception.desk, press.value, press.user, press.said("reason"))


async def _fulfil(reception: Reception, press: Press) -> str:
    await actions.propose(reception.desk, press.value, press.user, Outcome.FULFILLED)
    return "The draft stands in the thread."


async def _why(reception: Reception, press: Press) -> str:
    return await actions.why(reception.desk, press.value)


async def _assign(reception: Reception, press: Press) -> str:
    await actions.assign(reception.desk, press.value, press.user, press.user)
    return "It is yours."


_HANDLERS: dict[str, Handler] = {
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
}
