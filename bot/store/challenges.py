"""One-time codes at rest: only their keyed digests. A code belongs to one ticket and to one address."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from bot.domain.identity import CODE_LIFETIME, CODE_TRIES, CODES_A_DAY, new_code
from bot.store.cases import Case
from bot.store.tables import ChallengeRow
from bot.store.work import Work


async def issue(work: Work, case: Case, now: datetime, *, asked_for: bool = False) -> str | None:
    """A new code for the ticket's requester; the one before it dies. None where three were asked for today."""
    if asked_for:
        today = select(func.count()).where(
            ChallengeRow.ticket_id == case.id,
            col(ChallengeRow.asked_for).is_(True),
            col(ChallengeRow.created_at) > now - timedelta(days=1),
        )
        if (await work.session.exec(today)).one() >= CODES_A_DAY:
            return None
    for standing in await _live(work, ChallengeRow.ticket_id == case.id, now):
        standing.state = "dead"
        work.session.add(standing)
    code = new_code()
    work.session.add(
        ChallengeRow(
            ticket_id=case.id,
            address_index=case.row.requester_index,
            code_digest=_digest(work, case.id, case.row.requester_index, code),
            created_at=now,
            expires_at=now + CODE_LIFETIME,
            tries_left=CODE_TRIES,
            asked_for=asked_for,
        )
    )
    return code


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


def fail(work: Work, challenge: ChallengeRow) -> None:
    """A wrong try; the fifth is the last."""
    challenge.tries_left -= 1
    if challenge.tries_left <= 0:
        challenge.state = "dead"
    work.session.add(challenge)


async def _live(work: Work, whose: object, now: datetime) -> list[ChallengeRow]:
    query = (
        select(ChallengeRow)
        .where(whose, ChallengeRow.state == "live", col(ChallengeRow.expires_at) > now)  # type: ignore[arg-type]
        .order_by(col(ChallengeRow.id).desc())
        .with_for_update()
    )
    return list((await work.session.exec(query)).all())


def _digest(work: Work, ticket_id: int, address_index: str, code: str) -> str:
    material = f"{ticket_id}:{address_index}:{code}".encode()
    return hmac.digest(work.keys.token_secret, material, hashlib.sha256).hex()
