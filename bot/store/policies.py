"""Every version of the policy that was ever loaded, so that what a letter quoted can be read again."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from bot.domain.policy import Policy
from bot.domain.policy_changes import edition, fingerprint
from bot.store.desk_tables import PolicyVersion
from bot.store.work import Work

_SHORTEST = 8  # characters of a hash that name a version


async def known(work: Work) -> list[PolicyVersion]:
    """The one that was loaded last comes first."""
    query = select(PolicyVersion).order_by(col(PolicyVersion.loaded_at).desc(), col(PolicyVersion.hash))
    return list((await work.session.exec(query)).all())


async def current(work: Work) -> PolicyVersion | None:
    """The one that a desk loaded last."""
    return next(iter(await known(work)), None)


def named(rows: list[PolicyVersion], name: str) -> PolicyVersion | None:
    """By its version, its hash, or the beginning of that."""
    by_hash = name if len(name) >= _SHORTEST else ""
    for row in rows:
        if name == row.version or (by_hash and (row.hash.startswith(name) or row.version.endswith(f"-{name}"))):
            return row
    return None


def as_policy(row: PolicyVersion) -> Policy:
    return edition(row.text, row.version, row.date)


async def keep(work: Work, policy: Policy, now: datetime) -> bool:
    """Whether it is the current one by this, and not by another replica that starts at the same time.

    It comes after the one before, even where the clock was set back meanwhile.
    """
    digest = fingerprint(policy)
    row = await work.session.get(PolicyVersion, digest)
    last = await current(work)  # in this order: what another has kept in between is seen
    if last and last.hash == digest:
        return False
    loaded_at = max(now, last.loaded_at + timedelta(microseconds=1)) if last else now
    if row:
        same = (col(PolicyVersion.hash) == digest, col(PolicyVersion.loaded_at) == row.loaded_at)
        done = await work.session.exec(update(PolicyVersion).where(*same).values(loaded_at=loaded_at))
        return done.rowcount == 1
    row = PolicyVersion(
        hash=digest,
        version=policy.version,
        date=policy.date,
        text=policy.text,
        first_seen=now,
        loaded_at=loaded_at,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return False
    return True
