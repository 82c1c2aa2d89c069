"""A report on what the desk sent: a bounce, a complaint, an automatic reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.correlation import threads_of, ticket_of
from bot.domain.vocabulary import MailKind
from bot.failpoints import passing
from bot.store import cases
from handlers.alerts import tell_staff

if TYPE_CHECKING:
    from handlers.mail import Arrival

_REPORTS = {MailKind.BOUNCE: "could not be delivered", MailKind.SPAM_REPORT: "was reported as spam"}


async def note(arrival: Arrival) -> None:
    """An event at what it concerns, and a word to staff."""
    passing("mail.correlated")
    desk, work, mail = arrival.desk, arrival.work, arrival.letter.mail
    secret = work.keys.token_secret
    quoted = (ticket_of(each, secret) for each in mail.hints.report.original_ids)
    references = [*threads_of(mail, secret), *(each for each in quoted if each)]
    case = await cases.load(work, references[0], for_update=True) if references else None
    await arrival.keep(case)
    if case:
        detail = {"code": mail.hints.report.status} if mail.hints.report.status else {}
        await cases.note(work, case, at=desk.now(), actor="desk", event=mail.kind, **detail)
    if mail.kind in _REPORTS:
        about = f"A letter of {case.reference}" if case else "A mail that this desk does not know"
        text, ticket_id = f"{about} {_REPORTS[mail.kind]}.", case.id if case else None
        await tell_staff(desk, work, f"{mail.kind}:{arrival.item.id}", text, ticket_id=ticket_id)
