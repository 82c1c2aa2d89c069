"""Sightings at rest: what is harmless once and a pattern when it repeats."""

from datetime import datetime

from sqlmodel import col, delete, func, select

from bot.store.tables import Sighting
from bot.store.work import Work


async def add(work: Work, kind: str, subject: str, object_: str, now: datetime) -> None:
    """``subject``: whose pattern it is; ``object_``: what is counted. Digests, references, Slack ids only."""
    work.session.add(Sighting(kind=kind, subject=subject, object=object_, at=now))
    await work.session.flush()


async def count(work: Work, kind: str, subject: str, since: datetime) -> int:
    """How many different things were seen with this subject."""
    query = select(func.count(func.distinct(Sighting.object))).where(
        Sighting.kind == kind, Sighting.subject == subject, col(Sighting.at) > since
    )
    return int((await work.session.exec(query)).one())


async def forget(work: Work, before: datetime) -> None:
    await work.session.exec(delete(Sighting).where(col(Sighting.at) < before))
