"""Letters as mail: rendered and sealed on their way to the outbox, and several for one address put into one."""

from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

from bot.adapters.rendering import Envelope, compose
from bot.domain.correlation import REFERENCE, new_message_id
from bot.domain.drafts import digest
from bot.domain.letters import Letter
from bot.domain.phrases import ABOUT_SEVERAL
from bot.store import cases, outbox
from bot.store.cases import Case, Message
from bot.store.outbox import Promise
from bot.store.tables import OutboxRow
from bot.store.work import Work
from handlers.desk import Desk

_RULE = "\n\n* * *\n\n"
_CITED = 4  # references kept in a reply's References header, besides the first


async def queue(
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
    """A letter as a mail, to the requester or to ``recipient``, in answer to what was ``heard``."""
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
    case = await cases.by_id(work, row.ticket_id or 0)
    assert case is not None
    language = case.row.language
    subject = desk.letters.phrasing(language).here(ABOUT_SEVERAL)
    named = " ".join(f"[{each}]" for each in references)
    letter = Letter("merged", language, subject.format(references=named), _RULE.join(texts))
    recipient = recipient_of(raws[0])
    promise = Promise.ONCE if any(each.promise == Promise.ONCE for each in rows) else Promise.NOTICE
    one = await queue(desk, work, case, letter, promise=promise, automatic=True, heard=None, recipient=recipient)
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
