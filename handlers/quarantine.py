"""Quarantine: what cannot be read safely is set aside, and becomes a ticket all the same where staff say so."""

from bot.domain.events import Opened
from bot.domain.lifecycle import Refused
from bot.domain.mail import Mail, parse_mail
from bot.domain.mime.addresses import Address, parse_mailboxes
from bot.domain.vocabulary import Channel, RequestType
from bot.store import cases, inbox
from bot.store.cases import Message, Requester
from bot.store.tables import InboxItem
from bot.store.work import Work
from handlers.alerts import tell_staff
from handlers.casework import open_case
from handlers.desk import Desk

_SOURCE = 20_000  # bytes of a mail that has no readable text, for staff to look at


async def set_aside(desk: Desk, work: Work, item: InboxItem, reason: str, hits: tuple[str, ...] = ()) -> None:
    """Into quarantine, with its raw bytes and a reason, and staff are told."""
    inbox.quarantine(work, item, reason, hits)
    item.due_at = desk.deadlines(desk.default_law, RequestType.ACCESS, item.received_at).respond_by
    text = f"Item {item.id} is in quarantine: {reason} Its clock runs; see `quarantine show {item.id}`."
    await tell_staff(desk, work, f"quarantine:{item.id}:{item.attempts}", text)


async def make_ticket(desk: Desk, work: Work, item: InboxItem, *, actor: str, address: str = "") -> str:
    """The reference of a ticket in triage that is never answered automatically. Raises Refused.

    ``address`` is the requester's, from somebody who has looked; else the mail's own sender is taken. Until
    staff say what it is, it is due as an access request would be.
    """
    if item.source != "imap":
        raise Refused("Only a mail can become a ticket; replay this item, or drop it.")
    raw, key = await inbox.raw_of(work, item)
    mail = parse_mail(raw)
    requester = _requester(desk, mail, address)
    case = await open_case(
        desk,
        work,
        Opened(item.received_at, (RequestType.ACCESS,), sure=False),
        requester=Requester(requester.address, requester.name),
        message=_message(mail, raw),
        key=key,
        inbox_id=item.id,
        channel=Channel.EMAIL,
        language="en",
        law=desk.default_law,
        automatic=False,
        detail={"hits": item.hits},
    )
    await cases.note(work, case, at=desk.now(), actor=actor, event="taken_from_quarantine", item=item.id)
    inbox.finish(work, item, ticket_id=case.id, reason=item.reason, hits=item.hits)
    return case.reference


def _requester(desk: Desk, mail: Mail, address: str) -> Address:
    found, fault = parse_mailboxes(address) if address else ((mail.sender,) if mail.sender else (), None)
    if address and (fault or len(found) != 1):
        raise Refused("The address given for the requester is not exactly one address.")
    if not found:
        raise Refused(f"No sender can be read: {mail.sender_fault}. Give the requester's address with --from.")
    if found[0].address.lower() in desk.addresses:
        raise Refused("The sender is the desk itself. Give the requester's address with --from.")
    return found[0]


def _message(mail: Mail, raw: bytes) -> Message:
    """What the requester wrote; the source itself where no text could be read."""
    text = mail.text or raw[:_SOURCE].decode("utf-8", "replace")
    return Message(mail.subject, text, mail.message_id, mail.references)
