"""Letters and drafts: rendered and sealed in the transaction that decides them, so that sending only sends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

from bot.adapters import chat
from bot.adapters.rendering import Envelope, compose
from bot.domain.codes import mask_codes
from bot.domain.correlation import REFERENCE, new_message_id
from bot.domain.drafts import digest
from bot.domain.events import Propose
from bot.domain.laws import Deadlines
from bot.domain.letters import Letter, LetterContext, LetterName
from bot.domain.policy import Statement
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.store import cases, drafts, outbox
from bot.store.cases import Case, Message
from bot.store.outbox import Promise
from bot.store.tables import DraftRow, OutboxRow
from bot.store.work import Work
from handlers import conversation
from handlers.desk import Desk

_RULE = "\n\n* * *\n\n"
_CITED = 4  # references kept in a reply's References header, besides the first


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else than the requester who is written to, and what that answers."""

    address: str = field(repr=False)
    heard: Message | None = field(default=None, repr=False)


async def propose(
    desk: Desk, work: Work, case: Case, effect: Propose, excerpts: Sequence[Statement] = ()
) -> DraftRow:
    """A draft that the desk makes by itself: it has no author."""
    outcome = Outcome.ANSWERED if effect.letter in ("policy_answer", "reply", "status") else Outcome.FULFILLED
    return await draft(desk, work, case, effect.letter, effect.types, outcome, author=None, excerpts=excerpts)


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
) -> DraftRow:
    """A proposed reply, kept for staff to approve and shown in the ticket's thread."""
    about = context(desk, case, types=types, excerpts=excerpts, reason=reason)
    about = replace(about, due_on=until.respond_by, due_rule=until.rule) if until else about
    write = desk.letters.say if case.row.slack_user else desk.letters.write
    written = write(letter, case.row.language, about)
    row = await drafts.create(
        work,
        case,
        letter=letter,
        language=written.language,
        subject=written.subject,
        text=written.text,
        outcome=outcome,
        types=types,
        author=author,
        digest=digest(case.requester.address, written.subject, written.text),
        policy_version=desk.policy.version,
        now=desk.now(),
    )
    await cases.note(
        work,
        case,
        at=desk.now(),
        actor=author or "desk",
        event="drafted",
        draft=row.id,
        letter=letter,
        types=list(types),
        digest=row.digest,
    )
    await show_draft(desk, work, row)
    return row


async def readdress(desk: Desk, work: Work, case: Case, row: DraftRow) -> None:
    """A draft is for whoever the requester is by now; approvals for somebody else are void."""
    proposal = await drafts.read(work, row)
    row.digest = digest(case.requester.address, proposal.subject, proposal.text)
    row.approvals = []
    work.session.add(row)
    await show_draft(desk, work, row)


async def withdraw_settled(desk: Desk, work: Work, case: Case) -> None:
    """Discards open drafts that speak of nothing that is still open."""
    still_open = set(case.ticket().open_types)
    for row in await drafts.open_ones(work, case.id):
        if not still_open & set(drafts.as_draft(row).types):
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
    row = await _queue(
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


async def _queue(
    desk: Desk,
    work: Work,
    case: Case,
    letter: Letter,
    *,
    promise: Promise,
    automatic: bool,
    heard: Message | None,
    draft_id: int | None = None,
    recipient: str | None = None,
) -> OutboxRow:
    now, recipient = desk.now(), recipient or case.requester.address
    message_id = new_message_id(case.reference, desk.domain, work.keys.token_secret)
    references = _references(heard)
    envelope = Envelope(
        sender=desk.address,
        sender_name=desk.organisation,
        recipient=recipient,
        message_id=f"<{message_id}>",
        in_reply_to=references[-1] if references else None,
        references=references,
        date=now,
        auto_submitted="auto-replied" if automatic else None,
    )
    raw = compose(letter.subject, letter.text, desk.letters.html(letter.text, letter.language), envelope)
    return await outbox.put(
        work,
        lane=outbox.MAIL,
        kind=letter.name,
        key=f"mail:{message_id}",
        now=now,
        promise=promise,
        ticket_id=case.id,
        draft_id=draft_id,
        automatic=automatic,
        address_index=work.keys.address_index(recipient),
        facts={"domain": work.keys.index(f"domain:{recipient.rpartition('@')[2].lower()}")},
        digest=digest(recipient, letter.subject, letter.text),
        seal_with=case.key,
        payload=raw,
    )


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
        due_rule=re.split(r" (?:On the stricter reading|Act by) ", row.due_rule)[0],  # the rest is for staff
        excerpts=tuple(excerpts) or desk.policy.for_request(about),
        policy_version=desk.policy.version,
        policy_date=desk.policy.date,
        status=Status(row.status),
        authority=desk.authority or law.authority_in(desk.holidays),
        denial=tuple(each.text for each in law.denial if each.key != "reasons"),
        inventory=desk.policy.inventory,
        reason=reason,
    )


async def merged(desk: Desk, work: Work, row: OutboxRow) -> OutboxRow:
    """One mail in place of several that had to wait for the same address; the row itself where it is alone."""
    if row.reason != outbox.HELD_BACK or row.address_index is None:
        return row
    rows = await outbox.held_back(work, row.address_index)
    if len(rows) < 2:
        return row
    raws = [await outbox.payload_of(work, each) for each in rows]
    mails = [message_from_bytes(raw, policy=default) for raw in raws]
    texts = [mail.get_body(("plain",)).get_content().strip() for mail in mails]  # type: ignore[union-attr]
    references = sorted({found for mail in mails for found in REFERENCE.findall(str(mail["Subject"]))})
    letter = Letter(
        "merged", "en", f"About your requests {' '.join(f'[{each}]' for each in references)}", _RULE.join(texts)
    )
    case = await cases.by_id(work, row.ticket_id or 0)
    assert case is not None
    recipient = recipient_of(raws[0])
    promise = Promise.ONCE if any(each.promise == Promise.ONCE for each in rows) else Promise.NOTICE
    one = await _queue(desk, work, case, letter, promise=promise, automatic=True, heard=None, recipient=recipient)
    await cases.redirect_messages(work, [each.id for each in rows], one.id)
    for each in rows:
        outbox.dead(work, each, f"merged into {one.id}")
    return one


def recipient_of(raw: bytes) -> str:
    """The one address in To of a mail that we rendered ourselves."""
    head, _, _ = raw.partition(b"\r\n\r\n")
    lines = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")
    field = next(line[3:] for line in lines if line.lower().startswith(b"to:"))
    return getaddresses([field.decode()])[0][1]


def _references(heard: Message | None) -> tuple[str, ...]:
    if heard is None or not heard.message_id:
        return ()
    before = [each for each in heard.references if each != heard.message_id]
    kept = before[:1] + before[1:][-_CITED:]
    return tuple(f"<{each}>" for each in (*kept, heard.message_id))
