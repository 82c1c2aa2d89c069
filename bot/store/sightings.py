"""Sightings at rest: what is harmless once and a pattern when it repeats."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import col, delete, func, select

from bot.domain.address_change import CHANGE
from bot.domain.watching import CROSSED
from bot.store.desk_tables import Sighting
from bot.store.work import Work


async def add(work: Work, kind: str, subject: str, object_: str, now: datetime) -> None:
    """``subject``: whose pattern it is; ``object_``: what is counted. Digests, references, ids; no addresses."""
    await add_all(work, kind, [subject], object_, now)


async def add_all(work: Work, kind: str, subjects: Iterable[str], object_: str, now: datetime) -> None:
    """The same thing seen with several subjects."""
    if rows := [{"kind": kind, "subject": each, "object": object_, "at": now} for each in subjects]:
        await work.session.exec(insert(Sighting), params=rows)


async def count(work: Work, kind: str, subject: str, since: datetime) -> int:
    """How many different things were seen with this subject."""
    query = select(func.count(func.distinct(Sighting.object))).where(
        Sighting.kind == kind, Sighting.subject == subject, col(Sighting.at) > since
    )
    return int((await work.session.exec(query)).one())


async def latest(work: Work, kind: str, places: Sequence[tuple[str, int]]) -> list[datetime | None]:
    """For each subject when the latest was seen with it (place 1), or one before; None where there are fewer."""
    if not places:
        return []
    times = (
        select(Sighting.at)
        .where(Sighting.kind == kind, Sighting.subject == subject)
        .order_by(col(Sighting.at).desc())
        .offset(place - 1)
        .limit(1)
        .scalar_subquery()
        for subject, place in places
    )
    connection = await work.session.connection()
    return list((await connection.execute(select(*times))).one())


async def crossed(work: Work, kind: str, name: str) -> bool:
    """Whether it is on record that a pattern of this kind reached its number, under this name."""
    query = select(Sighting.id).where(Sighting.kind == CROSSED, Sighting.subject == kind, Sighting.object == name)
    return (await work.session.exec(query.limit(1))).first() is not None


async def forget(work: Work, before: datetime) -> None:
    """Clears away what is older, but for the crossings: they name nobody, and their sum only grows.

    Changes of an address have a time of their own, too: see `address_changes.forget`.
    """
    kept = col(Sighting.kind).in_((CROSSED, CHANGE))
    await work.session.exec(delete(Sighting).where(col(Sighting.at) < before, ~kept))
