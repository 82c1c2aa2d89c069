"""What is stored as commands show it: plain values that JSON can hold, under the names of `show --json`.

Where a key has been destroyed, what it sealed is None; the facts beside it stay.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlmodel import col, select

from bot.store import cases, holds, inbox, readings
from bot.store.cases import Case, Message
from bot.store.keys import KeyDestroyed
from bot.store.tables import DraftRow, InboxItem, JournalRow, MessageRow, OutboxRow, RequestRow, TicketRow
from bot.store.work import Work

View: TypeAlias = dict[str, Any]

QUARANTINED = "quarantined"  # the status of an item that is no ticket yet
_PAGE = 500
_NOBODY: View = {"address": None, "name": None}


async def tickets(
    work: Work, *, status: str | None = None, overdue_on: date | None = None, most: int | None = None
) -> list[View]:
    """Tickets by due date, those without one last, without their messages and events."""
    rows = await cases.listed(work, status=status, overdue_on=overdue_on, most=most)
    requests = await _requests(work, rows)
    return [await _ticket(work, row, requests[row.id]) for row in rows]


async def quarantined(work: Work, *, overdue_on: date | None = None) -> list[View]:
    """What could not be read safely, under the names of a ticket: its clock runs, and nobody's name is known."""
    items = await inbox.quarantined(work)
    return [_item(each) for each in items if overdue_on is None or (each.due_at and each.due_at < overdue_on)]


async def ticket(work: Work, reference: str) -> View | None:
    """One ticket with its messages and events; None where no ticket bears the reference."""
    row = (await work.session.exec(select(TicketRow).where(TicketRow.reference == reference))).one_or_none()
    if row is None:
        return None
    view = await _ticket(work, row, (await _requests(work, [row]))[row.id])
    return view | {"messages": await _messages(work, row), "events": await _events(work, row)}


async def why_due(work: Work, reference: str) -> str:
    """The law's sentence and arithmetic behind a ticket's due date, and the operator's own where it has none."""
    query = select(TicketRow).where(TicketRow.reference == reference)
    row = (await work.session.exec(query)).one_or_none()
    if row is None:
        return ""
    own = f" Our own target is {row.act_by}." if row.act_by and not row.due_at else ""
    return f"{row.due_rule}{own}".strip()


async def open_drafts(work: Work) -> list[View]:
    """The drafts that wait for a decision, oldest first, without their texts."""
    query = (
        select(DraftRow, TicketRow.reference)
        .join(TicketRow, col(TicketRow.id) == col(DraftRow.ticket_id))
        .where(DraftRow.state == "open")
        .order_by(col(DraftRow.id))
    )
    return [
        {
            "id": row.id,
            "reference": reference,
            "letter": row.letter,
            "outcome": row.outcome,
            "author": row.author,
            "approvals": row.approvals,
        }
        for row, reference in (await work.session.exec(query)).all()
    ]


async def _hold(work: Work, row: TicketRow) -> View | None:
    if row.hold_since is None:
        return None
    try:
        reason = await holds.reason(work, row)
    except KeyDestroyed:
        reason = None
    return {"since": _iso(row.hold_since), "reason": reason}


async def _requests(work: Work, rows: Sequence[TicketRow]) -> dict[int | None, list[RequestRow]]:
    """The requests of each ticket, in the order in which they were made."""
    found: dict[int | None, list[RequestRow]] = defaultdict(list)
    for start in range(0, len(rows), _PAGE):
        ids = [row.id for row in rows[start : start + _PAGE]]
        query = select(RequestRow).where(col(RequestRow.ticket_id).in_(ids)).order_by(col(RequestRow.id))
        for request in (await work.session.exec(query)).all():
            found[request.ticket_id].append(request)
    return found


async def _ticket(work: Work, row: TicketRow, requests: Sequence[RequestRow]) -> View:
    return {
        "reference": row.reference,
        "status": row.status,
        "outcome": row.outcome,
        "request_types": list(dict.fromkeys(each.type for each in requests)),
        "language": row.language,
        "law": row.law,
        "channel": row.channel,
        "requests": [_request(each) for each in requests],
        "requester": await _requester(work, row) | {"slack_user": row.slack_user},
        "agent": row.agent,
        "verified": row.verified,
        "received_at": _iso(row.received_at),
        "acknowledge_by": _iso(row.acknowledge_by),
        "due_at": _iso(row.due_at),
        "extended": row.extended_at is not None,
        "paused": row.paused,
        "assignee": row.assignee,
        "concerns": list(row.concerns),
        "data_points": dict(row.data_points),
        "cooling_until": _iso(row.cooling_until),
        "hold": await _hold(work, row),
        "redacted_at": _iso(row.redacted_at),
    }


def _request(row: RequestRow) -> View:
    return {
        "type": row.type,
        "verified": row.verified_at is not None,
        "acknowledge_by": _iso(row.acknowledge_by),
        "due_at": _iso(row.due_at),
        "outcome": row.outcome,
    }


async def _requester(work: Work, row: TicketRow) -> View:
    if row.requester is None:
        return _NOBODY
    try:
        person = Case(row, [], await work.keys.get(row.key_id)).requester
    except KeyDestroyed:
        return _NOBODY
    return {"address": person.address, "name": person.name}


async def _messages(work: Work, row: TicketRow) -> list[View]:
    """What was said, each with how far it has come where it went out."""
    query = (
        select(MessageRow, OutboxRow.state)
        .outerjoin(OutboxRow, col(OutboxRow.id) == col(MessageRow.outbox_id))
        .where(MessageRow.ticket_id == row.id, col(MessageRow.direction).in_(("in", "out")))
        .order_by(col(MessageRow.id))
    )
    rows = (await work.session.exec(query)).all()
    understood = await _readings(work, row)
    return [
        await _message(work, each, delivery) | {"understood": understood.pop(each.inbox_id, None)}
        for each, delivery in rows
    ]


async def _readings(work: Work, row: TicketRow) -> dict[int | None, readings.Reading]:
    try:
        return await readings.of_ticket(work, row.id)
    except KeyDestroyed:
        return {}


async def _message(work: Work, row: MessageRow, delivery: str | None) -> View:
    content: Message | None = None
    try:
        content = await cases.open_message(work, row) if row.content else None
    except KeyDestroyed:
        content = None
    return {
        "direction": row.direction,
        "at": _iso(row.at),
        "channel": row.channel,
        "subject": content.subject if content else None,
        "text": content.text if content else None,
        "delivery": delivery,
    }


async def _events(work: Work, row: TicketRow) -> list[View]:
    query = select(JournalRow).where(JournalRow.ticket_id == row.id).order_by(col(JournalRow.seq))
    return [
        {"at": _iso(each.at), "actor": each.actor, "event": each.event, "detail": each.detail}
        for each in (await work.session.exec(query)).all()
    ]


def _item(item: InboxItem) -> View:
    return {
        "reference": None,
        "status": QUARANTINED,
        "outcome": None,
        "request_types": [],
        "language": None,
        "law": None,
        "channel": "slack" if item.source == "slack" else "email",
        "requests": [],
        "requester": _NOBODY | {"slack_user": None},
        "agent": False,
        "verified": False,
        "received_at": _iso(item.received_at),
        "acknowledge_by": None,
        "due_at": _iso(item.due_at),
        "extended": False,
        "paused": False,
        "assignee": None,
        "concerns": [],
        "data_points": {},
        "cooling_until": None,
        "hold": None,
        "redacted_at": None,
        "quarantine": item.id,
    }


def _iso(value: datetime | date | None) -> str | None:
    return value.isoformat() if value else None
