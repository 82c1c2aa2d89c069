"""What the clock looks at: open tickets and items in quarantine as plain facts, and what was said of them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, func, select

from bot.domain.reminders import Matter
from bot.domain.ticket import Request
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.store import inbox
from bot.store.desk_tables import Reminder
from bot.store.tables import DraftRow, InboxItem, JournalRow, MessageRow, RequestRow, TicketRow
from bot.store.work import Work

_OPEN = and_(col(TicketRow.status) != Status.CLOSED, col(TicketRow.unconfirmed_since).is_(None))
"""What was overheard and is not confirmed yet, staff do not see; it comes to them within a day."""
_HANDED_OVER = ("confirmed", "unconfirmed")
ITEM = "quarantined item "


async def matters(work: Work) -> list[Matter]:
    """Everything that has a clock running, each with what was said of it."""
    said = await _said(work)
    requests, drafts, told = await _requests(work), await _drafts(work), await _told(work)
    handed = await _handed_over(work)
    rows = (await work.session.exec(select(TicketRow).where(_OPEN).order_by(col(TicketRow.id)))).all()
    found = [
        _matter(
            row,
            requests[row.id],
            handed.get(row.id or 0, row.created_at),
            tuple(drafts[row.id]),
            row.id in told,
            said[row.reference],
        )
        for row in rows
    ]
    aside = [_item(each, said[f"{ITEM}{each.id}"]) for each in await inbox.quarantined(work)]
    return found + aside


async def record(work: Work, key: str, subject: str, now: datetime) -> bool:
    """Whether this is said here and now, for the first time; False where anybody has said it."""
    if await work.session.get(Reminder, key):
        return False
    try:
        async with work.session.begin_nested():
            work.session.add(Reminder(key=key, subject=subject, at=now))
    except IntegrityError:
        return False
    return True


async def forget(work: Work, before: datetime) -> None:
    """Clears away what was said before this; by then nothing of it is open any more."""
    await work.session.exec(delete(Reminder).where(col(Reminder.at) < before))


def _matter(
    row: TicketRow,
    requests: list[RequestRow],
    since: datetime,
    drafts: tuple[tuple[int, datetime], ...],
    told: bool,
    said: Mapping[str, datetime],
) -> Matter:
    unproven = [max(each.received_at, since) for each in requests if _waits_for_proof(each)]
    types = {each.type for each in requests}
    return Matter(
        reference=row.reference,
        received=row.reopened_at or row.received_at,
        since=row.reopened_at or since,
        status=row.status,
        due_at=row.due_at,
        act_by=row.act_by,
        acknowledge_by=row.acknowledge_by,
        acknowledged=told,
        assignee=row.assignee,
        automatic=row.automatic,
        ordinary=row.untriaged and types == {RequestType.NOT_PRIVACY} and not (row.reopened_at or told),
        unproven_since=min(unproven, default=None) if not row.untriaged else None,
        asked_at=row.asked_at if row.status == Status.WAITING else None,
        drafts=drafts,
        said=said,
    )


def _item(item: InboxItem, said: Mapping[str, datetime]) -> Matter:
    return Matter(
        reference=f"{ITEM}{item.id}",
        received=item.received_at,
        since=item.stored_at,
        status="quarantined",
        due_at=item.due_at,
        quarantined=True,
        said=said,
    )


def _waits_for_proof(row: RequestRow) -> bool:
    outcome = Outcome(row.outcome) if row.outcome else None
    request = Request(RequestType(row.type), row.received_at, row.verified_at, outcome)
    return request.is_open and not request.is_proven


async def _said(work: Work) -> defaultdict[str, dict[str, datetime]]:
    of_tickets = select(Reminder).join(TicketRow, col(TicketRow.reference) == Reminder.subject).where(_OPEN)
    of_items = select(Reminder).where(col(Reminder.subject).startswith(ITEM))
    found: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for query in (of_tickets, of_items):
        for row in (await work.session.exec(query)).all():
            found[row.subject][row.key] = row.at
    return found


async def _handed_over(work: Work) -> dict[int, datetime]:
    """When what was said to others came to staff, of open tickets: once confirmed, or not confirmed for a day."""
    query = (
        select(JournalRow.ticket_id, func.max(JournalRow.at))
        .join(TicketRow, col(TicketRow.id) == JournalRow.ticket_id)
        .where(_OPEN, col(TicketRow.heard_in).is_not(None), col(JournalRow.event).in_(_HANDED_OVER))
        .group_by(col(JournalRow.ticket_id))
    )
    return dict((await work.session.exec(query)).all())


async def _requests(work: Work) -> defaultdict[int | None, list[RequestRow]]:
    found: defaultdict[int | None, list[RequestRow]] = defaultdict(list)
    query = select(RequestRow).join(TicketRow, col(TicketRow.id) == RequestRow.ticket_id).where(_OPEN)
    for row in (await work.session.exec(query)).all():
        found[row.ticket_id].append(row)
    return found


async def _drafts(work: Work) -> defaultdict[int | None, list[tuple[int, datetime]]]:
    found: defaultdict[int | None, list[tuple[int, datetime]]] = defaultdict(list)
    query = select(DraftRow.id, DraftRow.ticket_id, DraftRow.created_at).where(DraftRow.state == "open")
    for number, ticket_id, made in (await work.session.exec(query)).all():
        found[ticket_id].append((number or 0, made))
    return found


async def _told(work: Work) -> set[int]:
    """The open tickets whose requester has been written to."""
    query = (
        select(MessageRow.ticket_id)
        .join(TicketRow, col(TicketRow.id) == MessageRow.ticket_id)
        .where(_OPEN, MessageRow.direction == "out")
        .distinct()
    )
    return set((await work.session.exec(query)).all())
