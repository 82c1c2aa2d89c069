"""Staff say who the requester is, where a colleague or a form passed on what they wrote."""

from bot.domain.chat import address_in
from bot.domain.events import Transferred
from bot.domain.lifecycle import Refused
from bot.domain.particulars import particulars
from bot.domain.vocabulary import Status
from bot.store import address_changes, cases, challenges, drafts, parties
from bot.store.cases import Requester
from handlers import accounts, correspondence, notices, overtaking
from handlers.actions import event_happens, load
from handlers.casework import keep_reason
from handlers.desk import Desk

NO_ADDRESS = "This is no e-mail address. Please write it like name@example.org."
OWN_ADDRESS = "This is one of the desk's own addresses. Give the requester's."


async def set_requester(desk: Desk, reference: str, actor: str, address: str, name: str, reason: str) -> None:
    """The desk writes to this person from now on; what somebody else has proven does not hold for them.

    Codes that are out are dead, drafts are for the new address, and nothing that leaves answers what came in so
    far. Raises Refused with words for the actor.
    """
    if fault := address_fault(desk, address):
        raise Refused(fault)
    async with desk.store.reading() as work:
        before = await cases.load(work, overtaking.plain(reference))
        heard = await cases.messages(work, before) if before else []
    text = "\n".join(message.text for row, message in heard if row.direction == "in")
    says = particulars(text, "", desk.day(desk.now()), before.row.language if before else "en", desk.addresses)
    found = await accounts.consult(desk, address, name, text, says)
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        if case.row.status == Status.CLOSED:
            raise Refused("This ticket is closed. Reopen it first.")
        await challenges.kill(work, case, desk.now())
        case.row.requester = cases.sealed(case.key, Requester(accounts.requester_of(found, address), name))
        case.row.requester_index = work.keys.address_index(address)
        case.row.slack_user = case.row.verified_by = None
        parties.record(work, case, found)
        await cases.unthread(work, case)
        await address_changes.cool(work, case, desk.now())
        await keep_reason(desk, work, case, reason)
        await event_happens(desk, work, case, Transferred(desk.now()), actor)
        for row in await drafts.open_ones(work, case.id):
            await correspondence.readdress(desk, work, case, row)
        await notices.ask_owner(desk, work, case)


def address_fault(desk: Desk, address: str) -> str | None:
    """Why this cannot be a requester's address."""
    if address_in(address) != address:
        return NO_ADDRESS
    return OWN_ADDRESS if address.lower() in desk.addresses else None
