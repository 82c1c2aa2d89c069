"""The directory of accounts is asked, and what it says becomes facts of a ticket: who must confirm, what counts.

It is asked before any transaction begins. Where it does not answer, nothing is lost and nothing is proven beyond
the mailbox: it is asked once more when the code comes.
"""

import asyncio
import logging
from collections.abc import Mapping

from bot.adapters.accounts import Directory, DirectoryDown
from bot.domain.accounts import DENIED, Account, Claims, Finding, Standing, folded, weigh, worth
from bot.domain.claims import claimed
from bot.domain.codes import code_in
from bot.domain.events import Doubted
from bot.domain.identity import Proof
from bot.domain.particulars import Particulars, particulars
from bot.domain.representation import Capacity
from bot.store import cases, challenges, parties
from bot.store.cases import Case
from bot.store.parties import Part
from bot.store.tables import MessageRow
from bot.store.work import Work
from bot.telemetry import outside
from handlers import notices, watching
from handlers.alerts import tell_staff
from handlers.casework import happen
from handlers.desk import Desk

log = logging.getLogger(__name__)

_LATE = 5  # tickets of one requester for which the directory is asked once more
_OF_ANOTHER = (Standing.ELSEWHERE, Standing.SEVERAL)


async def consult(desk: Desk, sender: str, name: str, text: str, says: Particulars) -> Finding:
    """What the directory says of who writes and of whom they claim to be; never raises for its failures."""
    if desk.accounts is None:
        return Finding()
    claims = claimed(sender, name, text, desk.addresses, says)
    try:
        return await _weighed(desk.accounts, sender, claims)
    except DirectoryDown as fault:
        log.error("ACCOUNTS_URL: %s", fault)
        return Finding(Standing.DOWN)


async def _weighed(directory: Directory, sender: str, claims: Claims) -> Finding:
    """Every question is asked whoever writes, side by side, so that an answer takes as long in every case."""
    questions = [
        _found(directory, address=sender),
        *(_found(directory, address=each) for each in claims.addresses),
        *(_found(directory, account_id=each) for each in claims.ids),
        *([_found(directory, name=claims.name)] if claims.name else []),
    ]
    answers = await asyncio.gather(*questions, return_exceptions=True)
    found = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        found.append(answer)
    own, rest = found[0], found[1:]
    namesakes = rest.pop() if claims.name else []
    return weigh(sender, claims, own, [each for answer in rest for each in answer], namesakes)


async def _found(directory: Directory, **wanted: str) -> list[Account]:
    with outside("accounts", "find"):
        return await directory.find(**wanted)


async def consult_late(desk: Desk, sender: str, said: str) -> Mapping[int, Finding]:
    """By ticket, what the directory says now of a sender with a code about whom it could not be asked before."""
    if desk.accounts is None or not code_in(said):
        return {}
    async with desk.store.reading() as work:
        waiting = await cases.open_of(work, work.keys.address_index(sender))
    asked = [each for each in waiting if Standing.DOWN in each.row.concerns][:_LATE]
    return {case.id: found for case in asked if (found := await late(desk, case))}


async def late(desk: Desk, case: Case) -> Finding | None:
    """What the directory says now of a ticket about which it could not be asked before."""
    if desk.accounts is None or Standing.DOWN not in case.row.concerns:
        return None
    async with desk.store.reading() as work:
        heard = [message for row, message in await cases.messages(work, case) if row.direction == "in"]
    text = "\n".join(f"{each.subject}\n{each.text}" for each in heard)
    person, received = case.requester, desk.day(case.row.received_at)
    says = particulars(text, "", received, case.row.language, {*desk.addresses, person.address})
    return await consult(desk, person.address, person.name, text, says)


async def settle(desk: Desk, work: Work, case: Case, found: Finding | None) -> None:
    """Writes to a ticket what the directory could not say when it was opened; the address on file is asked."""
    if found is None or found.standing is Standing.DOWN or Standing.DOWN not in case.row.concerns:
        return
    parties.record(work, case, found)
    await watching.account_asked(desk, work, case, case.row.account_index)
    await cases.note(work, case, at=desk.now(), actor="desk", event="looked_up", standing=found.standing)
    await notices.ask_owner(desk, work, case)


async def reconsider(desk: Desk, work: Work, case: Case, found: Finding, *, only_code: bool) -> None:
    """A later letter of the requester names somebody else's account: what was proven does not hold for it."""
    if found.standing is Standing.DOWN and not only_code:
        parties.concern(work, case, Standing.DOWN)
    if found.standing not in _OF_ANOTHER or parties.is_about(work, case, found):
        return
    await watching.account_asked(desk, work, case, work.keys.index(found.account.id) if found.account else None)
    if case.row.account_index is None and found.standing is Standing.ELSEWHERE:
        parties.record(work, case, found)
    else:
        parties.concern(work, case, Standing.SEVERAL)
    await happen(desk, work, case, Doubted(), actor="desk", detail={"why": found.standing})
    await notices.ask_owner(desk, work, case)


def joins(work: Work, case: Case, found: Finding, capacity: Capacity | None) -> bool:
    """Whether a letter may be one more word in an open matter: not where it is about another account.

    A ticket is one person's matter: what is written for somebody else never joins one, and nothing joins it.
    """
    if capacity or parties.capacity(case):
        return False
    return found.standing not in _OF_ANOTHER or parties.is_about(work, case, found)


def proof_of(case: Case) -> Proof:
    """What a code proves that comes from the requester's address: of who acts for another, no more than that."""
    return Proof.MAILBOX if case.ticket().acting else worth(case.row.concerns)


def lives_in(found: Finding) -> str:
    """The `country` of the writer's own account; somebody else's would show in the dates that its law sets."""
    own = found.account if found.standing is Standing.OWN else None
    return own.data.get("country", "") if own else ""


def requester_of(found: Finding, address: str) -> str:
    """The address to write to: as the directory spells it, where it is on file."""
    spelled = found.account.spelled(address) if found.account and found.standing is Standing.OWN else None
    return spelled if spelled and folded(spelled) == folded(address) else address


async def tell_if_down(desk: Desk, work: Work, found: Finding) -> None:
    """Staff are told once a day."""
    if found.standing is Standing.DOWN:
        text = (
            "The directory of accounts does not answer. Requests are taken in as ever; codes prove the mailbox "
            "alone until it answers again. Run `python -m bot check`."
        )
        await tell_staff(desk, work, f"accounts:{desk.now():%Y-%m-%d}", text)


async def deny(desk: Desk, work: Work, case: Case, part: Part, heard: MessageRow | None) -> None:
    """Somebody whom we mailed a code did not ask: it is dead, and nothing is said of the ticket."""
    await challenges.kill(work, case, desk.now())
    parties.concern(work, case, DENIED)
    await happen(desk, work, case, Doubted(), actor=part, heard=heard, detail={"why": DENIED})
    text = f"{case.reference}: somebody whom we mailed a code says that they did not ask. Its codes are dead."
    await tell_staff(desk, work, f"denied:{case.reference}", text, ticket_id=case.id)
