"""Staff decide about a draft: approve, edit, discard. An approval is bound to what its giver saw."""

from dataclasses import replace

from bot.domain.disclosure import ADDRESS, Kind, found
from bot.domain.drafts import (
    NO_FINAL_REPLY,
    SHOWN,
    Approval,
    approve,
    digest,
    not_ready,
    outdated,
    reason_missing,
    withheld,
)
from bot.domain.events import Answered, Asked, Closed, Event, Extended
from bot.domain.guards import cooling, unproven
from bot.domain.letters import Letter
from bot.domain.lifecycle import IllegalTransition, Refused
from bot.domain.vocabulary import Outcome, Status
from bot.failpoints import passing
from bot.store import address_changes, cases, drafts
from bot.store.cases import Case
from bot.store.outbox import Promise
from bot.store.tables import DraftRow, OutboxRow
from bot.store.work import Work
from handlers import changes, correspondence, exports, tasks
from handlers.casework import happen, keep_reason, show
from handlers.dating import extensible
from handlers.desk import Desk

_DONE = (Outcome.FULFILLED, Outcome.PARTLY_FULFILLED)  # what the answer says of tasks its approver says, too


class ReasonNeeded(Refused):
    """It may be approved, once somebody says why what it discloses has to leave."""


async def approve_draft(desk: Desk, draft_id: int, approver: str, shown: str, reason: str = "") -> str:
    """What to tell the approver. Raises Refused where the approval does not count.

    ``shown``: the digest, or its beginning, of what the approver saw; ``reason``: why what it discloses leaves.
    """
    async with desk.store.transaction() as work:
        case, row = await _load(work, draft_id)
        proposal = await drafts.read(work, row)
        discloses = _disclosed(desk, case, proposal)
        if missing := reason_missing(discloses, reason):
            raise ReasonNeeded(missing)
        approval = approve(
            replace(drafts.as_draft(row), discloses=discloses),
            approver,
            shown,
            four_eyes=desk.four_eyes if row.letter not in NO_FINAL_REPLY else (),
            verified_by=case.row.verified_by,
            requester=case.row.slack_user,
        )
        if isinstance(approval, str):
            await _record(desk, work, case, approver, "approval_refused", row)
            await work.session.commit()
            raise Refused(approval)
        await address_changes.cool(work, case, desk.now())
        unready = _unready(desk, row, proposal) or withheld(discloses, case.row.law)
        if fault := unready or _cooling(desk, case, row):
            raise Refused(fault)
        row.approvals = list(approval.draft.approvals)
        await _record(desk, work, case, approver, "approved", row, discloses)
        await keep_reason(desk, work, case, reason)
        if approval.complete:
            await _let_go(desk, work, case, row, approver, proposal)
        work.session.add(row)
        await correspondence.show_draft(desk, work, row)
        passing("approval.decided")
    passing("approval.committed")
    return _said(approval)


async def unfit(desk: Desk, work: Work, row: OutboxRow, recipient: str) -> str | None:
    """Why a letter that was approved may not leave after all, looked at once more before it does.

    Between approval and sending lie a queue and perhaps a restart: the recipient, the text and the proof must
    still be those that were approved.
    """
    draft = await drafts.load(work, row.draft_id or 0)
    case = await cases.by_id(work, draft.ticket_id) if draft else None
    if draft is None or case is None:
        return "its draft is gone"
    return await unfit_draft(desk, work, case, draft, recipient)


async def unfit_draft(
    desk: Desk, work: Work, case: Case, draft: DraftRow, recipient: str | None = None
) -> str | None:
    """As `unfit`, of an approved draft; for whoever the requester is by now, where no ``recipient`` is given."""
    proposal, whose = await drafts.read(work, draft), recipient or case.requester.address
    if digest(whose, proposal.subject, proposal.text, draft.attachments) != draft.digest:
        return "it is not what was approved, or not to whom"
    if draft.state != "approved":
        return f"its draft is {draft.state}"
    if draft.outcome and unproven(case.ticket(), drafts.as_draft(draft).types, Outcome(draft.outcome)):
        return "the requester is not proven to be who they say"
    await address_changes.cool(work, case, desk.now())
    if _cooling(desk, case, draft):
        return "a change of the contact address is not confirmed by the old one, and the cooling-off is not over"
    return None


async def edit_draft(desk: Desk, draft_id: int, editor: str, shown: str, text: str) -> None:
    """A new text, of which the editor is the author. Raises Refused where the draft is not what the editor saw."""
    async with desk.store.transaction() as work:
        case, row = await _load(work, draft_id)
        if row.state != "open":
            raise Refused(f"This draft is {row.state} already.")
        if len(shown) < SHOWN or not row.digest.startswith(shown):
            raise Refused("Somebody has changed this draft meanwhile. Look at it again, then edit.")
        text = text.replace("\r\n", "\n").strip() + "\n"
        if reason := not_ready(text, desk.policy):
            raise Refused(reason)
        proposal = await drafts.read(work, row)
        new = digest(case.requester.address, proposal.subject, text, row.attachments)
        drafts.rewrite(work, case, row, replace(proposal, text=text), author=editor, digest=new)
        await _record(desk, work, case, editor, "edited", row)
        await correspondence.show_draft(desk, work, row)


async def discard_draft(desk: Desk, draft_id: int, actor: str) -> None:
    """Nothing leaves; the ticket stays with staff. Raises Refused where it is too late."""
    async with desk.store.transaction() as work:
        case, row = await _load(work, draft_id)
        if row.state != "open":
            raise Refused(f"This draft is {row.state} already.")
        row.state = "discarded"
        work.session.add(row)
        await _record(desk, work, case, actor, "discarded", row)
        await correspondence.show_draft(desk, work, row)
        await show(desk, work, case)


async def _load(work: Work, draft_id: int) -> tuple[Case, DraftRow]:
    row = await drafts.load(work, draft_id)
    case = await cases.by_id(work, row.ticket_id, for_update=True) if row else None
    row = await drafts.load(work, draft_id, for_update=True)
    if row is None or case is None:
        raise Refused("There is no such draft.")
    return case, row


async def _let_go(
    desk: Desk, work: Work, case: Case, row: DraftRow, approver: str, proposal: drafts.Proposal
) -> None:
    """The last approval that was needed: the requests are settled and the letter is queued, in one transaction."""
    if row.outcome in _DONE or row.follows_tasks:
        await tasks.settle_together(desk, work, case, drafts.as_draft(row).types, approver)
    row.state = "approved"
    try:
        await happen(desk, work, case, _event(desk, case, row), actor=approver)
    except IllegalTransition:
        raise Refused(f"It cannot be sent while the ticket is {case.row.status}.") from None
    if row.outcome == Outcome.FULFILLED:
        await changes.made(desk, work, case, drafts.as_draft(row).types)
    letter = Letter(row.letter, row.language, proposal.subject, proposal.text)
    await correspondence.send(desk, work, case, letter, promise=Promise.ONCE, automatic=False, draft_id=row.id)
    await exports.offer(desk, work, case, row)


def _event(desk: Desk, case: Case, row: DraftRow) -> Event:
    """What it means for the ticket that this letter leaves."""
    now = desk.now()
    match row.letter:
        case "question":
            return Asked(now)
        case "extension":
            if extensible(desk, case) is None:
                raise Refused("It is too late to extend: the notice had to leave before the due date.")
            return Extended(now)
        case "reply" if case.row.status == Status.TRIAGE:
            return Closed(now, Outcome(row.outcome))
        case _:
            return Answered(now, drafts.as_draft(row).types, Outcome(row.outcome))


async def _record(
    desk: Desk, work: Work, case: Case, actor: str, event: str, row: DraftRow, discloses: tuple[Kind, ...] = ()
) -> None:
    given = {"discloses": list(discloses)} if discloses else {}
    await cases.note(work, case, at=desk.now(), actor=actor, event=event, draft=row.id, digest=row.digest, **given)


def _unready(desk: Desk, row: DraftRow, proposal: drafts.Proposal) -> str | None:
    """Why its text may not leave; and whether the policy has changed under it."""
    fault = not_ready(proposal.text, desk.policy)
    return f"{fault} {outdated(row.policy_version, desk.policy)}".strip() if fault else None


def _cooling(desk: Desk, case: Case, row: DraftRow) -> str | None:
    if not row.outcome:
        return None
    return cooling(case.ticket(), drafts.as_draft(row).types, Outcome(row.outcome), desk.now())


def _disclosed(desk: Desk, case: Case, proposal: drafts.Proposal) -> tuple[Kind, ...]:
    """What the reply gives away, besides what the requester and everybody knows."""
    law = desk.laws[case.row.law]
    published = ADDRESS.findall(f"{desk.policy.text} {desk.authority or law.authority_in(desk.holidays)}")
    known = {case.requester.address, desk.address, *desk.addresses, *published}
    return found(f"{proposal.subject}\n{proposal.text}", known)


def _said(approval: Approval) -> str:
    return (
        "Approved: the reply is on its way."
        if approval.complete
        else "Approved by you. One more person is needed."
    )
