"""One-time codes at rest: only their keyed digests. A code belongs to one ticket and to one address.

Beside each code goes a token, for a link to a page that takes the code's place. Both are one challenge: what one
of them proves, the other cannot prove again.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import and_, col, delete, func, select

from bot.domain.identity import CODE_LIFETIME, CODE_TRIES, CODES_A_DAY, new_code, new_token
from bot.store.cases import Case
from bot.store.tables import ChallengeRow
from bot.store.work import Work
from bot.telemetry import CHALLENGES


@dataclass(frozen=True, slots=True)
class Issued:
    """A challenge in plain, for the letter that takes it along and for nobody else."""

    code: str = field(repr=False)
    token: str = field(repr=False)


async def issue(
    work: Work, case: Case, now: datetime, *, asked_for: bool = False, address_index: str = ""
) -> Issued | None:
    """A new code for an address, the requester's where none is given; the one before it dies.

    None where three were asked for today.
    """
    whose = address_index or case.row.requester_index
    own = and_(col(ChallengeRow.ticket_id) == case.id, col(ChallengeRow.address_index) == whose)
    if asked_for:
        today = select(func.count()).where(
            own,
            col(ChallengeRow.asked_for).is_(True),
            col(ChallengeRow.created_at) > now - timedelta(days=1),
        )
        if (await work.session.exec(today)).one() >= CODES_A_DAY:
            return None
    await _kill(work, own, now)
    issued = Issued(new_code(), new_token())
    work.session.add(
        ChallengeRow(
            ticket_id=case.id,
            address_index=whose,
            code_digest=_digest(work, case.id, whose, issued.code),
            token_digest=_keyed(work, f"link:{issued.token}"),
            created_at=now,
            expires_at=now + CODE_LIFETIME,
            tries_left=CODE_TRIES,
            asked_for=asked_for,
        )
    )
    work.count(CHALLENGES, "sent")
    return issued


async def of_token(work: Work, token: str, now: datetime, *, for_update: bool = False) -> ChallengeRow | None:
    """The live challenge that a link belongs to."""
    whose = ChallengeRow.token_digest == _keyed(work, f"link:{token}")
    live = await _live(work, whose, now, for_update=for_update)
    return live[0] if live else None


async def of_address(work: Work, address_index: str, now: datetime) -> list[ChallengeRow]:
    """The live challenges that were mailed to this address, newest first."""
    return await _live(work, ChallengeRow.address_index == address_index, now)


def fits(work: Work, challenge: ChallengeRow, code: str) -> bool:
    expected = _digest(work, challenge.ticket_id, challenge.address_index, code)
    return hmac.compare_digest(expected, challenge.code_digest)


def use(work: Work, challenge: ChallengeRow) -> None:
    """A right code serves once."""
    challenge.state = "used"
    work.session.add(challenge)
    work.count(CHALLENGES, "passed")


def fail(work: Work, challenge: ChallengeRow) -> None:
    """A wrong try; the fifth is the last."""
    challenge.tries_left -= 1
    if challenge.tries_left <= 0:
        challenge.state = "dead"
    work.session.add(challenge)
    work.count(CHALLENGES, "failed")


async def kill(work: Work, case: Case, now: datetime) -> None:
    """All codes and links of a ticket are worth nothing any more, whomever they were mailed to."""
    await _kill(work, ChallengeRow.ticket_id == case.id, now)


async def forget(work: Work, before: datetime) -> None:
    """Clears away challenges that expired before this."""
    await work.session.exec(delete(ChallengeRow).where(col(ChallengeRow.expires_at) < before))


async def _kill(work: Work, whose: object, now: datetime) -> None:
    for standing in await _live(work, whose, now):
        standing.state = "dead"
        work.session.add(standing)


async def _live(work: Work, whose: object, now: datetime, *, for_update: bool = True) -> list[ChallengeRow]:
    query = (
        select(ChallengeRow)
        .where(whose, ChallengeRow.state == "live", col(ChallengeRow.expires_at) > now)  # type: ignore[arg-type]
        .order_by(col(ChallengeRow.id).desc())
    )
    return list((await work.session.exec(query.with_for_update() if for_update else query)).all())


def _digest(work: Work, ticket_id: int, address_index: str, code: str) -> str:
    return _keyed(work, f"{ticket_id}:{address_index}:{code}")


def _keyed(work: Work, material: str) -> str:
    return hmac.digest(work.keys.token_secret, material.encode(), hashlib.sha256).hex()
