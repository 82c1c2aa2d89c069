"""Words for a requester on their last steps: posted in Slack, then on record; by mail where nobody is reached."""

from bot.adapters import chat
from bot.adapters.cards import Posting
from bot.adapters.slack import Fate, Posted, SlackGateway
from bot.domain.drafts import digest
from bot.domain.letters import ChatText, LetterContext
from bot.domain.vocabulary import Status
from bot.store import cases, drafts, outbox
from bot.store.cases import Case
from bot.store.outbox import Promise
from bot.store.tables import OutboxRow
from bot.store.work import Work
from handlers import approvals, conversation, correspondence
from handlers.alerts import tell_staff
from handlers.casework import show
from handlers.conversation import NOTE
from handlers.desk import Desk

_UNREACHABLE = {  # what Slack says of a person, and not of how the desk is set up
    "cannot_dm_bot",
    "channel_not_found",
    "is_archived",
    "messages_tab_disabled",
    "not_in_channel",
    "user_disabled",
    "user_not_found",
    "user_not_in_channel",
    "user_not_visible",
}
_MAY_BE_WITHDRAWN = {"acknowledgement", "acknowledgement_joined", "status"}


async def post(
    desk: Desk, slack: SlackGateway, work: Work, row: OutboxRow, case: Case | None, *, doubtful: bool
) -> Posted:
    """One try; ``doubtful``: a try before may have posted it already."""
    if row.draft_id and case and await _is_unfit(desk, work, row, case):
        return Posted(Fate.REFUSED, reason=_UNFIT)
    posting = await _posting(desk, work, row, case)
    user, (channel, _, thread) = str(row.facts["user"]), str(row.facts.get("place") or "").partition(":")
    if channel:
        return await slack.whisper(channel, user, posting, thread_ts=thread or None)
    opened = await slack.direct(user)
    if opened.fate is not Fate.DONE:
        return opened
    if settles := row.facts.get("settles"):
        note = await outbox.standing(work, str(settles))
        if note is None or note.state != "sent":
            return Posted(Fate.DONE)  # it never came, or will be rendered as it stands by then
        return await slack.update(opened.ts, str(note.facts["ts"]), posting)
    return await slack.once(opened.ts, posting, key=row.key, doubtful=doubtful)


async def record(desk: Desk, work: Work, row: OutboxRow, posted: Posted) -> None:
    """It has been posted: a note is remembered to be settled, a letter is on record."""
    row.facts = {**row.facts, "ts": posted.ts}
    case = await cases.by_id(work, row.ticket_id, for_update=True) if row.ticket_id else None
    if case is None or row.kind == NOTE:
        return
    await cases.note(work, case, at=desk.now(), actor="desk", event="sent", letter=row.facts.get("letter"))
    await _shown(desk, work, case, row)


async def give_up(desk: Desk, work: Work, row: OutboxRow, reason: str) -> bool:
    """Whether it is no use to post it again: it goes by mail instead, or staff are told that it cannot."""
    if reason not in _UNREACHABLE | {_UNFIT}:
        return False
    case = await cases.by_id(work, row.ticket_id, for_update=True) if row.ticket_id else None
    letter = await conversation.unpacked(work, row)
    outbox.dead(work, row, reason)
    if case is None or row.facts.get("settles") or (row.kind == NOTE and row.facts.get("place")):
        return True
    await cases.note(work, case, at=desk.now(), actor="desk", event="undeliverable", letter=letter.name)
    if case.requester.address and reason != _UNFIT and row.kind != NOTE:
        promise = Promise(row.promise)
        await correspondence.send(
            desk,
            work,
            case,
            letter,
            promise=promise,
            automatic=row.automatic,
            draft_id=row.draft_id,
            by_mail=True,
        )
    elif row.kind != NOTE:
        what = f"The letter “{letter.name}” of {case.reference}"
        text = f"{what} could not be given to its requester in Slack: {reason}."
        await tell_staff(desk, work, f"dead:{row.id}", text, ticket_id=case.id)
    await _shown(desk, work, case, row)
    return True


_UNFIT = "it is not what was approved, not for whom, or not proven"


async def _is_unfit(desk: Desk, work: Work, row: OutboxRow, case: Case) -> bool:
    """As for a mail: what was approved, for whom it was approved, and still proven."""
    letter, draft = await conversation.unpacked(work, row), await drafts.load(work, row.draft_id or 0)
    if draft is None:
        return True
    sent = digest(case.requester.address, letter.subject, letter.text, draft.attachments)
    if sent != draft.digest or row.facts.get("user") != case.row.slack_user:
        return True
    return await approvals.unfit(desk, work, row, case.requester.address) is not None


async def _posting(desk: Desk, work: Work, row: OutboxRow, case: Case | None) -> Posting:
    letter = await conversation.unpacked(work, row)
    if case is None:
        return chat.letter(letter)
    phrasing = desk.letters.phrasing(letter.language)
    if row.kind == NOTE:
        if case.row.unconfirmed_since and letter.text:
            return chat.question(letter, phrasing, case.reference)
        return settled(desk, case)
    is_open = case.row.status != Status.CLOSED and letter.name in _MAY_BE_WITHDRAWN
    return chat.letter(letter, phrasing, withdraw=case.reference if is_open else "")


def settled(desk: Desk, case: Case) -> Posting:
    """What stands in the place of the note, once it has been answered or nobody has."""
    about = LetterContext(organisation=desk.organisation, reference=case.reference, status=Status(case.row.status))
    return chat.letter(desk.letters.say(ChatText.SETTLED, case.row.language, about))


async def _shown(desk: Desk, work: Work, case: Case, row: OutboxRow) -> None:
    """Staff see how far a letter that they approved has come."""
    if row.draft_id and (draft := await drafts.load(work, row.draft_id)):
        await correspondence.show_draft(desk, work, draft, about=row.state)
    if not row.automatic:
        await show(desk, work, case)
