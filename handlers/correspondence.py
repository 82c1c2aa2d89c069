"""Letters and drafts: rendered and sealed in the transaction that decides them, so that sending only sends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.adapters import chat
from bot.domain.beside import Wording
from bot.domain.codes import mask_codes
from bot.domain.drafts import digest
from bot.domain.events import Propose
from bot.domain.fulfilment import Line
from bot.domain.laws import Deadlines, Law, in_short
from bot.domain.letters import Letter, LetterContext, LetterName
from bot.domain.policy import Statement
from bot.domain.representation import Capacity
from bot.domain.vocabulary import Ground, Outcome, RequestType, Status
from bot.store import cases, drafts, exports, outbox
from bot.store.cases import Case, Message
from bot.store.outbox import Promise
from bot.store.tables import DraftRow
from bot.store.work import Work
from handlers import conversation, dispatch, tasks
from handlers.dating import running
from handlers.desk import Desk

_OUTCOMES = {"fulfilled": Outcome.FULFILLED, "third_party": Outcome.DENIED}  # of letters that the desk proposes


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else than the requester who is written to, and what that answers."""

    address: str = field(repr=False)
    heard: Message | None = field(default=None, repr=False)


async def propose(
    desk: Desk, work: Work, case: Case, effect: Propose, excerpts: Sequence[Statement] = ()
) -> DraftRow:
    """A draft that the desk makes by itself: it has no author."""
    outcome = _OUTCOMES.get(effect.letter, Outcome.ANSWERED)
    follows = effect.letter == LetterName.FULFILLED
    return await draft(
        desk,
        work,
        case,
        effect.letter,
        effect.types,
        outcome,
        author=None,
        excerpts=excerpts,
        follows_tasks=follows,
    )


async def draft(
    desk: Desk,
    work: Work,
    case: Case,
    letter: str,
    types: Sequence[RequestType],
    outcome: Outcome | None,
    *,
    author: str | None,
    excerpts: Sequence[Statement] = (),
    reason: str = "",
    until: Deadlines | None = None,
    ground: Ground | None = None,
    follows_tasks: bool = False,
) -> DraftRow:
    """A proposed reply, kept for staff to approve and shown in the ticket's thread.

    ``follows_tasks``: it says what the work list says, and without a ``reason`` it is written anew with it.
    """
    about = context(desk, case, types=types, excerpts=excerpts, reason=reason)
    about = replace(about, outcome=outcome, denial=_told(desk.laws[case.row.law], letter))
    rests = follows_tasks or letter == LetterName.PARTLY_FULFILLED
    about = _with_account(about, await tasks.account_of(desk, work, case, types)) if rests else about
    about = _extended(about, until) if until else about
    language, proposal = _worded(desk, case, letter, about)
    carried = await exports.carried(work, case.id, types, outcome)
    row = await drafts.create(
        work,
        case,
        letter=letter,
        language=language,
        proposal=proposal,
        outcome=outcome,
        types=types,
        author=author,
        follows_tasks=follows_tasks and not reason,
        digest=digest(case.requester.address, proposal.subject, proposal.text, carried),
        attachments=carried,
        policy_version=desk.policy.version,
        now=desk.now(),
    )
    facts: dict[str, object] = {"draft": row.id, "letter": letter, "types": list(types), "digest": row.digest}
    facts |= _rests_on(ground, about.account)
    await cases.note(work, case, at=desk.now(), actor=author or "desk", event="drafted", **facts)
    await show_draft(desk, work, row)
    return row


def _worded(desk: Desk, case: Case, letter: str, about: LetterContext) -> tuple[str, drafts.Proposal]:
    """The letter, in the requester's language where there is one, and beside it in that of staff."""
    write = desk.letters.say if case.row.slack_user else desk.letters.write
    written = write(letter, case.row.language, about)
    foreign = written.language != desk.staff_language
    staff = write(letter, desk.staff_language, about).text if foreign else ""
    return written.language, drafts.Proposal(written.subject, written.text, Wording(written.text, staff))


def _rests_on(ground: Ground | None, lines: Sequence[Line]) -> dict[str, object]:
    rests = {"ground": ground, "tasks": [each.task for each in lines]}
    return {name: value for name, value in rests.items() if value}


def _with_account(about: LetterContext, lines: Sequence[Line]) -> LetterContext:
    """What became of each task; a statement on which something is kept is quoted there, and not twice."""
    quoted = {each.statement for each in lines}
    return replace(
        about, account=tuple(lines), excerpts=tuple(each for each in about.excerpts if each not in quoted)
    )


def _extended(about: LetterContext, until: Deadlines) -> LetterContext:
    rule = in_short(until.rule)
    return replace(about, due_on=until.respond_by, due_rule=rule, why=until.why, first_due_on=until.notice_by)


def _told(law: Law, letter: str) -> tuple[str, ...]:
    """What the law wants this letter to tell, each with its citation."""
    sentences = {
        LetterName.EXTENSION: law.notice,
        LetterName.APPEAL_DECIDED: law.last_routes,
        LetterName.COMPLAINT_DECIDED: law.last_routes,
    }
    return tuple(each.cited for each in sentences.get(LetterName(letter), law.routes))


async def readdress(desk: Desk, work: Work, case: Case, row: DraftRow) -> None:
    """A draft is for whoever the requester is, and with what it carries, by now; approvals of another are void."""
    proposal = await drafts.read(work, row)
    row.digest = digest(case.requester.address, proposal.subject, proposal.text, row.attachments)
    row.approvals = []
    work.session.add(row)
    await show_draft(desk, work, row)


async def withdraw_settled(desk: Desk, work: Work, case: Case) -> None:
    """Discards open drafts that speak of nothing still open, of proof that has come, or of no third party."""
    ticket = case.ticket()
    for row in await drafts.open_ones(work, case.id):
        mistaken = row.letter == "third_party" and ticket.acting is not Capacity.THIRD_PARTY
        unsettled = ticket.unproven_types if row.outcome == Outcome.UNVERIFIED else ticket.open_types
        if mistaken or not set(unsettled) & set(drafts.as_draft(row).types):
            row.state = "discarded"
            work.session.add(row)
            await show_draft(desk, work, row)


async def show_draft(desk: Desk, work: Work, row: DraftRow, *, about: str = "") -> None:
    """Has the draft's message in the ticket's thread brought up to date."""
    if desk.staff_channel:
        state = f"{row.digest[:16]}:{row.state}:{len(row.approvals)}:{about}"
        await outbox.put(
            work,
            lane=outbox.SLACK,
            kind="draft",
            key=f"draft:{row.id}:{state}",
            now=desk.now(),
            ticket_id=row.ticket_id,
            draft_id=row.id,
        )


async def send(
    desk: Desk,
    work: Work,
    case: Case,
    letter: Letter,
    *,
    promise: Promise,
    automatic: bool,
    draft_id: int | None = None,
    to: Other | None = None,
    by_mail: bool = False,
) -> None:
    """Queues a letter, to the requester in the thread of what they wrote last; the kept text has codes masked.

    Who is heard in Slack is answered there, but for what must go ``by_mail``, or is too long for a message.
    """
    fits = len(letter.text) <= chat.LONGEST or not case.requester.address
    if case.row.slack_user and not (to or by_mail) and fits:
        place = case.row.heard_in if letter.name == LetterName.POLICY_ANSWER and not draft_id else None
        await conversation.send(
            desk, work, case, letter, promise=promise, automatic=automatic, draft_id=draft_id, place=place
        )
        return
    heard = to.heard if to else await cases.last_heard(work, case)
    recipient = to.address if to else None
    row = await dispatch.queue(
        desk,
        work,
        case,
        letter,
        promise=promise,
        automatic=automatic,
        heard=heard,
        draft_id=draft_id,
        recipient=recipient,
    )
    kept = Message(letter.subject, mask_codes(letter.text))
    await cases.add_message(work, case, kept, direction="out", at=desk.now(), channel="email", outbox_id=row.id)


def context(
    desk: Desk,
    case: Case,
    *,
    types: Sequence[RequestType] | None = None,
    excerpts: Sequence[Statement] = (),
    reason: str = "",
) -> LetterContext:
    """What a letter may say: nothing in it was written by the sender."""
    ticket, row = case.ticket(), case.row
    about = tuple(types) if types is not None else (ticket.open_types or ticket.types)
    law = desk.laws[row.law]
    return LetterContext(
        organisation=desk.organisation,
        privacy_address=desk.address,
        reference=case.reference,
        request_types=about,
        due_on=row.due_at,
        due_rule=in_short(row.due_rule),
        why=running(desk, case).why,
        excerpts=tuple(excerpts) or desk.policy.for_request(about),
        policy_version=desk.policy.version,
        policy_date=desk.policy.date,
        policy_language=desk.policy.language,
        status=Status(row.status),
        authority=desk.authority or law.authority_in(desk.holidays),
        denial=tuple(each.cited for each in law.routes),
        offers=law.unverified,
        recipients=desk.policy.inventory.received(),
        exemption=law.grounds.get(Ground.EXEMPT, ""),
        reason=reason,
    )
