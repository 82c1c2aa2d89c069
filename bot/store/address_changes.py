"""Changes of a contact address that the old one has not confirmed: which address each may put in its place.

They are kept among the sightings: the new address, as a keyed digest, the ticket's reference, and since when.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, delete, or_, select, update

from bot.domain.address_change import CHANGE, COOLING, COOLING_OFF
from bot.store import parties, sightings
from bot.store.cases import Case
from bot.store.desk_tables import Sighting
from bot.store.work import Work


async def begin(work: Work, reference: str, newcomers: Iterable[str], now: datetime) -> None:
    """``newcomers``: digests of the addresses that may become the account's; none may be known yet."""
    await sightings.add_all(work, CHANGE, tuple(newcomers) or ("",), reference, now)


async def cool(work: Work, case: Case, now: datetime) -> None:
    """Writes to a ticket until when it is held: its requester's address gains by a change, or it asks for one."""
    row = case.row
    concerned = or_(col(Sighting.subject) == row.requester_index, col(Sighting.object) == row.reference)
    query = select(Sighting.at).where(Sighting.kind == CHANGE, concerned, col(Sighting.at) > now - COOLING_OFF)
    begun = (await work.session.exec(query.order_by(col(Sighting.at).desc()).limit(1))).first()
    row.cooling_until = begun + COOLING_OFF if begun else None
    if begun:
        parties.concern(work, case, COOLING)
    else:
        parties.unconcern(work, case, COOLING)


async def newcomers(work: Work, reference: str) -> Sequence[str]:
    """The digests of the addresses that gain by what a ticket asks for."""
    query = select(Sighting.subject).where(Sighting.kind == CHANGE, Sighting.object == reference).distinct()
    return [each for each in (await work.session.exec(query)).all() if each]


async def restart(work: Work, reference: str, now: datetime) -> None:
    """The address has been changed only now."""
    query = update(Sighting).where(col(Sighting.kind) == CHANGE, col(Sighting.object) == reference)
    await work.session.exec(query.values(at=now))


async def end(work: Work, reference: str) -> None:
    """The old address has confirmed."""
    query = delete(Sighting).where(col(Sighting.kind) == CHANGE, col(Sighting.object) == reference)
    await work.session.exec(query)


async def forget(work: Work, before: datetime) -> None:
    """Clears away changes that began before."""
    await work.session.exec(delete(Sighting).where(col(Sighting.kind) == CHANGE, col(Sighting.at) < before))
