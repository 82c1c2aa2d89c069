"""A change of the contact address is confirmed at the old one; until then the new one has to wait."""

from collections.abc import Iterable

from bot.domain.accounts import DISPUTED, Finding
from bot.domain.address_change import CHANGE, is_asked_for, newcomers
from bot.domain.claims import claimed
from bot.domain.vocabulary import RequestType
from bot.store import address_changes, cases, parties
from bot.store.cases import Case
from bot.store.work import Work
from handlers.casework import show
from handlers.desk import Desk
from handlers.reading import Letter, Sense


async def noticed(desk: Desk, work: Work, case: Case, letter: Letter) -> None:
    """The same as `spoken_of`, of what somebody mailed."""
    if sender := letter.mail.sender:
        written = f"{letter.mail.subject}\n{letter.mail.text}"
        await spoken_of(desk, work, case, letter.sense, written, sender.address, letter.found)


async def spoken_of(
    desk: Desk, work: Work, case: Case, sense: Sense, written: str, sender: str, found: Finding
) -> None:
    """Where somebody asks for another contact address, whoever gains by that is held, and staff see it.

    ``sender``: the address of who asks; empty where none is known.
    """
    change, understood = sense.says.new_address, sense.understood
    if not (change and is_asked_for(understood.request_types, abstained=understood.abstain)):
        return
    claims = claimed(sender, "", written, desk.addresses)
    gaining = [each for each in newcomers(sender, claims.addresses, change.value, found) if each]
    indexes = {work.keys.address_index(each) for each in gaining}
    await address_changes.begin(work, case.reference, indexes, desk.now())
    disputed = found.account is None and sender in gaining
    parties.concern(work, case, CHANGE, *([DISPUTED] if disputed else []))
    await _happened(desk, work, case, CHANGE, indexes)


async def confirmed(desk: Desk, work: Work, case: Case) -> None:
    """The address on file has sent its code back: nothing that this ticket asks for is held any longer."""
    if CHANGE in case.row.concerns:
        indexes = await address_changes.newcomers(work, case.reference)
        await address_changes.end(work, case.reference)
        parties.unconcern(work, case, CHANGE)
        await _happened(desk, work, case, "address_confirmed", indexes)


async def made(desk: Desk, work: Work, case: Case, types: Iterable[RequestType]) -> None:
    """A correction is granted: where the old address has not confirmed it, the cooling-off begins anew."""
    if CHANGE in case.row.concerns and RequestType.CORRECTION in types:
        await address_changes.restart(work, case.reference, desk.now())
        await _happened(desk, work, case, "address_changed", await address_changes.newcomers(work, case.reference))


async def _happened(desk: Desk, work: Work, case: Case, event: str, indexes: Iterable[str]) -> None:
    """On record, with the end of the cooling-off; and the cards of all whom it concerns say so."""
    await address_changes.cool(work, case, desk.now())
    until = case.row.cooling_until
    await cases.note(
        work, case, at=desk.now(), actor="desk", event=event, **({"until": until.isoformat()} if until else {})
    )
    await show(desk, work, case)
    for index in indexes:
        for each in await cases.open_of(work, index):
            if each.id != case.id:
                await address_changes.cool(work, each, desk.now())
                await show(desk, work, each)
