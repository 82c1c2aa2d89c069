"""The outbox: what is to leave, written in the transaction that decided it, sent afterwards.

Three promises. A ``notice`` is sent at least once, with the same Message-ID and bytes. What goes ``once`` (a code
of its own, an export, a decision) is sent at most once: doubt about its fate is a matter for staff. A ``spare``
one is dropped where it would be too much.
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlmodel import col, func, select

from bot.logs import current_request, log_context
from bot.store.clock import shared
from bot.store.sealing import DataKey
from bot.store.tables import OutboxRow
from bot.store.work import Work

MAIL, SLACK, WEBHOOK = "mail", "slack", "webhook"
HELD_BACK = "held back: enough automatic mail for now"
LOOK_UP = "in doubt: to be looked up before another try"
_PAYLOAD = "outbox.payload"


class Promise(StrEnum):
    """What is promised about how often a row is sent."""

    NOTICE = "notice"
    ONCE = "once"
    SPARE = "spare"


async def put(
    work: Work,
    *,
    lane: str,
    kind: str,
    key: str,
    now: datetime,
    promise: Promise = Promise.NOTICE,
    ticket_id: int | None = None,
    draft_id: int | None = None,
    automatic: bool = True,
    address_index: str | None = None,
    facts: Mapping[str, Any] | None = None,
    digest: str = "",
    seal_with: DataKey | None = None,
    payload: bytes = b"",
) -> OutboxRow:
    """Queues something. ``key`` names it: what is queued under the same key already is not queued again."""
    if already := await standing(work, key):
        return already
    because = {"request": request} if (request := current_request()) else {}
    row = OutboxRow(
        key=key,
        lane=lane,
        kind=kind,
        promise=promise,
        ticket_id=ticket_id,
        draft_id=draft_id,
        due_at=now,
        created_at=now,
        automatic=automatic,
        address_index=address_index,
        facts={**(facts or {}), **because},
        digest=digest,
        key_id=seal_with.id if seal_with else None,
        payload=seal_with.seal(payload, _PAYLOAD) if seal_with else None,
    )
    work.session.add(row)
    await work.session.flush()
    work.lanes.add(lane)
    return row


def at_work(row: OutboxRow) -> AbstractContextManager[None]:
    """What is logged meanwhile bears the id of the request for which the row was queued."""
    return log_context(request=str(row.facts.get("request") or f"outbox-{row.id}"))


async def standing(work: Work, key: str) -> OutboxRow | None:
    """What is queued under this key already, or was once."""
    return (await work.session.exec(select(OutboxRow).where(OutboxRow.key == key))).one_or_none()


async def due(
    work: Work, lane: str, now: datetime, limit: int = 20, kinds: Collection[str] | None = None
) -> list[OutboxRow]:
    """Rows to send now, the longest due first; on PostgreSQL only those that no other replica holds."""
    query = select(OutboxRow).where(OutboxRow.lane == lane, OutboxRow.state == "ready", OutboxRow.due_at <= now)
    if kinds is not None:
        query = query.where(col(OutboxRow.kind).in_(kinds))
    query = query.order_by(col(OutboxRow.due_at), col(OutboxRow.id)).limit(limit)
    return list((await work.session.exec(query.with_for_update(skip_locked=True))).all())


async def alike(work: Work, row: OutboxRow) -> list[OutboxRow]:
    """What else waits, or is under way, to show the same thing."""
    query = select(OutboxRow).where(
        OutboxRow.lane == row.lane,
        OutboxRow.kind == row.kind,
        OutboxRow.ticket_id == row.ticket_id,
        OutboxRow.draft_id == row.draft_id,
        OutboxRow.id != row.id,
        col(OutboxRow.state).in_(("ready", "sending")),
    )
    return list((await work.session.exec(query)).all())


async def start(work: Work, row: OutboxRow, now: datetime, lease: timedelta) -> None:
    """From here on its fate is in doubt until it is recorded. The number of the try is the fence of this claim."""
    row.state, row.leased_until = "sending", await shared(work, now) + lease
    row.attempts += 1
    work.session.add(row)


async def renew(work: Work, row_id: int | None, fence: int, now: datetime, lease: timedelta) -> bool:
    """Whether the claim of this number still holds; if so, for another lease. What has lapsed is lost for good."""
    now = await shared(work, now)
    held = (
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == row_id,
            col(OutboxRow.state) == "sending",
            col(OutboxRow.attempts) == fence,
            col(OutboxRow.leased_until) > now,
        )
        .values(leased_until=now + lease)
    )
    return bool((await work.session.exec(held)).rowcount)


def is_claimed(row: OutboxRow, fence: int, *, left: bool) -> bool:
    """Whether who claimed it under this number may record what became of it.

    Who lost the claim has nothing to say, but for this: if it has ``left`` after all, it need not be sent again,
    nor be in doubt, as long as nobody else has begun to send it.
    """
    return row.attempts == fence and (row.state == "sending" or (left and row.state in ("ready", "unsure")))


async def load(work: Work, row_id: int | None) -> OutboxRow:
    return (await work.session.exec(select(OutboxRow).where(OutboxRow.id == row_id).with_for_update())).one()


async def state_of_draft(work: Work, draft_id: int | None) -> str | None:
    """How far the letter of an approved draft has come."""
    query = select(OutboxRow.state).where(OutboxRow.kind != "draft", OutboxRow.draft_id == draft_id)
    return (await work.session.exec(query)).first()


async def adrift(work: Work, lane: str, now: datetime, *, alone: bool) -> list[OutboxRow]:
    """Rows that somebody began to send and did not finish; ``alone``: no other desk can be at it right now."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.lane == lane, OutboxRow.state == "sending")
        .with_for_update(skip_locked=True)
    )
    if not alone:
        query = query.where(col(OutboxRow.leased_until) <= await shared(work, now))
    return list((await work.session.exec(query)).all())


async def payload_of(work: Work, row: OutboxRow) -> bytes:
    if not row.key_id or row.payload is None:
        return b""
    return (await work.keys.get(row.key_id)).open(row.payload, _PAYLOAD)


def sent(work: Work, row: OutboxRow, now: datetime) -> None:
    """Done; what it held is erased, codes with it. The message keeps the masked text."""
    row.state, row.sent_at, row.leased_until, row.payload, row.reason = "sent", now, None, None, ""
    work.session.add(row)


def later(work: Work, row: OutboxRow, at: datetime, reason: str) -> None:
    row.state, row.due_at, row.leased_until, row.reason = "ready", at, None, reason
    work.session.add(row)


def doubtful(work: Work, row: OutboxRow, reason: str) -> None:
    row.state, row.leased_until, row.reason = "unsure", None, reason
    work.session.add(row)


def dead(work: Work, row: OutboxRow, reason: str) -> None:
    row.state, row.leased_until, row.payload, row.reason = "dead", None, None, reason
    work.session.add(row)


async def answers_since(work: Work, address_index: str, since: datetime, besides: Collection[str] = ()) -> int:
    """How many automatic letters were written to one address, but for those of these names."""
    query = select(func.count()).where(
        OutboxRow.address_index == address_index,
        OutboxRow.lane == MAIL,
        col(OutboxRow.automatic).is_(True),
        col(OutboxRow.created_at) > since,
        col(OutboxRow.kind).not_in(besides),
    )
    return (await work.session.exec(query)).one()


async def held_back(work: Work, address_index: str) -> list[OutboxRow]:
    """Automatic mail to one address that had to wait."""
    query = (
        select(OutboxRow)
        .where(
            OutboxRow.address_index == address_index,
            OutboxRow.lane == MAIL,
            OutboxRow.state == "ready",
            OutboxRow.reason == HELD_BACK,
        )
        .order_by(col(OutboxRow.id))
        .with_for_update(skip_locked=True)
    )
    return list((await work.session.exec(query)).all())


async def waiting(work: Work, lane: str) -> int:
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.lane == lane, OutboxRow.state == "ready")
    return (await work.session.exec(query)).one()
