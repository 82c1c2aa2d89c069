"""Automatic letters: what the desk answers by itself, and whom it asks to confirm.

What they say, how many there are and when they leave is the same whatever a code was worth and whoever is on file.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.events import Write
from bot.domain.identity import Proof, proof_needed
from bot.domain.laws import in_short
from bot.domain.letters import LetterContext, LetterName
from bot.domain.limits import BOUNDED, LOOP
from bot.domain.policy import Statement
from bot.domain.representation import capacity_in
from bot.domain.vocabulary import RequestType, Status
from bot.store import challenges, chats, outbox, parties
from bot.store.cases import Case
from bot.store.challenges import Issued
from bot.store.outbox import Promise
from bot.store.work import Work
from handlers import correspondence
from handlers.correspondence import Other
from handlers.desk import Desk

_PROMISES = {
    "new_code": Promise.ONCE,
    "wrong_code": Promise.SPARE,
    "acknowledgement_joined": Promise.SPARE,
}


async def write(
    desk: Desk,
    work: Work,
    case: Case,
    effect: Write,
    excerpts: Sequence[Statement] = (),
    *,
    to: Other | None = None,
) -> None:
    """Queues an automatic letter, with a fresh code where one is due; to the requester but for ``to``."""
    asked_for = effect.letter == "new_code"
    in_chat = case.row.slack_user is not None and to is None
    about = replace(
        _context(desk, case, effect, excerpts),
        capacity=capacity_in(case.row.concerns) if to else parties.capacity(case),
        agents=desk.laws[case.row.law].agents,
    )
    if effect.code and (address := to.address if to else case.requester.address):
        user = case.row.slack_user if in_chat else None
        whose = chats.typist(work, user, address) if user else work.keys.address_index(address)
        issued = await challenges.issue(work, case, desk.now(), asked_for=asked_for, address_index=whose)
        if issued is None:
            return  # three a day have been asked for
        if in_chat:
            await _mail_code(desk, work, case, about, issued)
        else:
            about = _with_code(desk, about, issued)
    if to:
        about = replace(about, status=Status.OPEN)  # how far it has come is the requester's to know
    if in_chat:
        about = replace(about, mailed_to=case.requester.address if effect.code else None)
    letter = (desk.letters.say if in_chat else desk.letters.write)(effect.letter, case.row.language, about)
    promise = _PROMISES.get(effect.letter, Promise.NOTICE)
    await correspondence.send(desk, work, case, letter, promise=promise, automatic=True, to=to)


def _context(desk: Desk, case: Case, effect: Write, excerpts: Sequence[Statement]) -> LetterContext:
    """What an automatic letter may say: of a complaint that alone, with its own clock."""
    complaint = [each for each in case.requests if each.outcome is None and each.type == RequestType.COMPLAINT]
    if effect.letter not in _OF_COMPLAINTS or not complaint:
        return replace(correspondence.context(desk, case, excerpts=excerpts), due_on=_promised(desk, case))
    about = correspondence.context(desk, case, types=(RequestType.COMPLAINT,), excerpts=excerpts)
    law, received = case.row.law, complaint[-1].received_at
    dates = desk.deadlines(law, RequestType.COMPLAINT, received, appeal=complaint[-1].appeal)
    return replace(about, due_on=dates.respond_by, due_rule=in_short(dates.rule), why=dates.why)


_OF_COMPLAINTS = frozenset({"complaint_received", "appeal_received"})


async def enough(desk: Desk, work: Work, address_index: str) -> bool:
    """Whether an address had so many automatic answers that a machine must be reading them."""
    since = desk.now() - LOOP.window
    return await outbox.answers_since(work, address_index, since, BOUNDED) >= LOOP.most


async def ask_owner(desk: Desk, work: Work, case: Case, *, asked_for: bool = False) -> None:
    """Queues a letter to the address on file that has to confirm, with a code of its own."""
    ticket, known = case.ticket(), parties.on_file(case)
    enough_to_ask = Proof.MAILBOX if ticket.acting else Proof.ON_FILE
    needed = max(map(proof_needed, ticket.unproven_types), default=Proof.NONE)
    waiting = parties.waits_for_owner(case) and needed >= enough_to_ask
    if not waiting or known is None or not ticket.automatic or ticket.untriaged:
        return
    whose = work.keys.address_index(known.address)
    if not asked_for and await enough(desk, work, whose):
        return
    issued = await challenges.issue(work, case, desk.now(), asked_for=asked_for, address_index=whose)
    if issued is None:
        return
    about = LetterContext(
        organisation=desk.organisation,
        reference=case.reference,
        privacy_address=desk.address,
        capacity=parties.capacity(case),
    )
    letter = desk.letters.write("confirm_on_file", case.row.language, _with_code(desk, about, issued))
    promise = Promise.ONCE if asked_for else Promise.NOTICE
    await correspondence.send(desk, work, case, letter, promise=promise, automatic=True, to=Other(known.address))


async def _mail_code(desk: Desk, work: Work, case: Case, about: LetterContext, issued: Issued) -> None:
    """A code for somebody in Slack: it goes to their address, to be typed there, and proves that it is theirs."""
    letter = desk.letters.write(LetterName.CHAT_CODE, case.row.language, replace(about, code=issued.code))
    await correspondence.send(desk, work, case, letter, promise=Promise.ONCE, automatic=True, by_mail=True)


def _with_code(desk: Desk, about: LetterContext, issued: Issued) -> LetterContext:
    link = f"{desk.public_url}/verify/{issued.token}" if desk.public_url else None
    return replace(about, code=issued.code, verify_url=link)


def _promised(desk: Desk, case: Case) -> date | None:
    """The due date as automatic letters say it: proof never moves it, or it would tell what a code was worth."""
    row = case.row
    if row.due_at is None or row.extended_at or row.reopened_at:
        return row.due_at
    counted = [each for each in case.requests if each.outcome is None] or case.requests
    dates = [
        desk.deadlines(law, RequestType(each.type), each.received_at).respond_by
        for law in row.laws or [row.law]
        for each in counted
    ]
    return min((each for each in dates if each), default=row.due_at)
