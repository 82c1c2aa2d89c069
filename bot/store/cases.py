"""Tickets as they are stored: the rows of one matter, its journal and its messages."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain import journal
from bot.domain.representation import AUTHORITY_SENT, NO_AUTHORITY, unauthorised
from bot.domain.ticket import Request, Ticket, Waited
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.logs import about
from bot.store.keys import KeyDestroyed
from bot.store.sealing import DataKey
from bot.store.tables import JournalRow, MessageRow, RequestRow, TicketRow
from bot.store.work import Work

_REQUESTER, _MESSAGE = "ticket.requester", "message.content"
_LATEST = 20  # messages among which the requester's latest is looked for


@dataclass(frozen=True, slots=True)
class Requester:
    """Who writes, as the letter gives it."""

    address: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What was said."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str = field(default="", repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class Case:
    """A ticket with its requests and its key."""

    row: TicketRow
    requests: list[RequestRow]
    key: DataKey

    @property
    def id(self) -> int:
        assert self.row.id is not None
        return self.row.id

    @property
    def reference(self) -> str:
        return self.row.reference

    @property
    def requester(self) -> Requester:
        return Requester(**json.loads(self.key.open(self.row.requester or b"", _REQUESTER)))

    def ticket(self) -> Ticket:
        """The facts, for the domain."""
        return Ticket(
            requests=tuple(
                Request(
                    RequestType(each.type),
                    each.received_at,
                    each.verified_at,
                    Outcome(each.outcome) if each.outcome else None,
                    each.closed_at,
                    each.appeal,
                )
                for each in self.requests
            ),
            automatic=self.row.automatic,
            held=self.row.held,
            reopened_at=self.row.reopened_at,
            untriaged=self.row.untriaged,
            unconfirmed_since=self.row.unconfirmed_since,
            asked_at=self.row.asked_at,
            extended_at=self.row.extended_at,
            acting=unauthorised(self.row.concerns),
            cooling_until=self.row.cooling_until,
            waits=tuple(Waited(*map(datetime.fromisoformat, each)) for each in self.row.waits),
        )


async def create(work: Work, key: DataKey, requester: Requester, **facts: Any) -> Case:
    """A new ticket without requests yet; ``facts`` are columns of TicketRow."""
    row = TicketRow(
        status=Status.TRIAGE,
        key_id=key.id,
        requester=sealed(key, requester),
        requester_index=work.keys.address_index(requester.address or f"slack:{facts.get('slack_user')}"),
        **facts,
    )
    work.session.add(row)
    await work.session.flush()
    return Case(row, [], key)


def sealed(key: DataKey, requester: Requester) -> bytes:
    return key.seal(json.dumps({"address": requester.address, "name": requester.name}).encode(), _REQUESTER)


async def load(work: Work, reference: str, *, for_update: bool = False) -> Case | None:
    query = select(TicketRow).where(TicketRow.reference == reference)
    row = (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()
    return await _complete(work, row) if row else None


async def by_id(work: Work, ticket_id: int, *, for_update: bool = False) -> Case | None:
    query = select(TicketRow).where(TicketRow.id == ticket_id)
    row = (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()
    return await _complete(work, row) if row else None


async def open_of(work: Work, requester_index: str) -> list[Case]:
    """The tickets of this address that are not closed, newest first."""
    query = (
        select(TicketRow)
        .where(TicketRow.requester_index == requester_index, TicketRow.status != Status.CLOSED)
        .order_by(col(TicketRow.id).desc())
    )
    return [case for row in (await work.session.exec(query)).all() if (case := await _complete(work, row))]


async def held(work: Work) -> list[TicketRow]:
    """Tickets from old mail, quiet until an operator releases them."""
    query = select(TicketRow).where(col(TicketRow.held).is_(True), TicketRow.status != Status.CLOSED)
    return list((await work.session.exec(query.order_by(col(TicketRow.id)))).all())


async def listed(
    work: Work, *, status: str | None = None, overdue_on: date | None = None, most: int | None = None
) -> list[TicketRow]:
    """Tickets by due date, those without one last."""
    query = select(TicketRow).order_by(col(TicketRow.due_at).asc().nulls_last(), col(TicketRow.id)).limit(most)
    if status:
        query = query.where(TicketRow.status == status)
    if overdue_on:
        query = query.where(TicketRow.status != Status.CLOSED, col(TicketRow.due_at) < overdue_on)
    return list((await work.session.exec(query)).all())


async def save(work: Work, case: Case, ticket: Ticket, now: datetime) -> None:
    """Writes the facts back, and what lists sort by beside them."""
    for surplus in case.requests[len(ticket.requests) :]:
        await work.session.delete(surplus)
    row = case.row
    row.status, row.outcome, row.verified = ticket.status, ticket.outcome, ticket.verified
    row.untriaged, row.asked_at, row.extended_at = ticket.untriaged, ticket.asked_at, ticket.extended_at
    row.waits = [[each.asked_at.isoformat(), each.answered_at.isoformat()] for each in ticket.waits]
    row.unconfirmed_since = ticket.unconfirmed_since
    row.automatic, row.held, row.reopened_at = ticket.automatic, ticket.held, ticket.reopened_at
    if ticket.acting is None:
        row.concerns = [each for each in row.concerns if each not in (NO_AUTHORITY, AUTHORITY_SENT)]
    row.closed_at = (row.closed_at or now) if ticket.status is Status.CLOSED else None
    work.session.add(row)
    case.requests = [
        _write(work, case, _row_for(case, place, each), each) for place, each in enumerate(ticket.requests)
    ]


async def note(work: Work, case: Case, *, at: datetime, actor: str, event: str, **detail: Any) -> None:
    """Appends to the ticket's journal; what is logged from here on is about this ticket."""
    row = case.row
    about(row.reference)
    entry = journal.append(
        row.reference, row.journal_head, row.journal_length, at=at, actor=actor, event=event, detail=detail
    )
    work.session.add(
        JournalRow(
            ticket_id=case.id,
            seq=entry.seq,
            at=at,
            actor=actor,
            event=event,
            detail=entry.detail,
            previous=entry.previous,
            digest=entry.digest,
        )
    )
    row.journal_length, row.journal_head = entry.seq, entry.digest
    work.session.add(row)


async def add_message(
    work: Work,
    case: Case,
    message: Message,
    *,
    direction: str,
    at: datetime,
    channel: str,
    key: DataKey | None = None,
    inbox_id: int | None = None,
    outbox_id: int | None = None,
) -> MessageRow:
    key = key or case.key
    row = MessageRow(
        ticket_id=case.id,
        direction=direction,
        at=at,
        channel=channel,
        inbox_id=inbox_id,
        outbox_id=outbox_id,
        key_id=key.id,
        content=_sealed_message(key, message),
    )
    work.session.add(row)
    return row


async def messages(work: Work, case: Case) -> list[tuple[MessageRow, Message]]:
    query = select(MessageRow).where(MessageRow.ticket_id == case.id).order_by(col(MessageRow.id))
    return [(row, await open_message(work, row)) for row in (await work.session.exec(query)).all()]


async def redirect_messages(work: Work, outbox_ids: Sequence[int | None], outbox_id: int | None) -> None:
    """Messages whose rows were merged now follow the fate of another."""
    await work.session.exec(
        update(MessageRow).where(col(MessageRow.outbox_id).in_(outbox_ids)).values(outbox_id=outbox_id)
    )


async def last_heard(work: Work, case: Case) -> Message | None:
    """The requester's latest message, what an answer answers; somebody else's word in the ticket is none."""
    for row in await _incoming(work, case, limit=_LATEST):
        message = await open_message(work, row)
        if message.message_id:
            return message
    return None


async def unthread(work: Work, case: Case) -> None:
    """Nothing that leaves from here on answers what has come in so far."""
    for row in await _incoming(work, case):
        message = await open_message(work, row)
        bare = Message(message.subject, message.text)
        row.content = _sealed_message(await work.keys.get(row.key_id), bare)
        work.session.add(row)


async def open_message(work: Work, row: MessageRow) -> Message:
    content = json.loads((await work.keys.get(row.key_id)).open(row.content or b"", _MESSAGE))
    return Message(content["subject"], content["text"], content["message_id"], tuple(content["references"]))


async def entries(work: Work, case: Case) -> list[journal.Entry]:
    query = select(JournalRow).where(JournalRow.ticket_id == case.id).order_by(col(JournalRow.seq))
    return chain(case.reference, (await work.session.exec(query)).all())


def chain(reference: str, rows: Iterable[JournalRow]) -> list[journal.Entry]:
    return [
        journal.Entry(
            reference, row.seq, row.at.astimezone(UTC), row.actor, row.event, row.detail, row.previous, row.digest
        )
        for row in rows
    ]


async def _incoming(work: Work, case: Case, limit: int | None = None) -> Sequence[MessageRow]:
    """Newest first."""
    query = select(MessageRow).where(MessageRow.ticket_id == case.id, MessageRow.direction == "in")
    return (await work.session.exec(query.order_by(col(MessageRow.id).desc()).limit(limit))).all()


def _sealed_message(key: DataKey, message: Message) -> bytes:
    return key.seal(json.dumps(asdict(message)).encode(), _MESSAGE)


async def _complete(work: Work, row: TicketRow) -> Case | None:
    """None where it is redacted: nothing can happen to it any more."""
    try:
        key = None if row.redacted_at else await work.keys.get(row.key_id)
    except KeyDestroyed:
        return None
    query = select(RequestRow).where(RequestRow.ticket_id == row.id).order_by(col(RequestRow.id))
    requests: Sequence[RequestRow] = (await work.session.exec(query)).all()
    return Case(row, list(requests), key) if key else None


def _row_for(case: Case, place: int, request: Request) -> RequestRow:
    if place < len(case.requests):
        return case.requests[place]
    return RequestRow(ticket_id=case.id, type=request.type, received_at=request.received_at)


def _write(work: Work, case: Case, row: RequestRow, request: Request) -> RequestRow:
    row.type, row.received_at, row.appeal = request.type, request.received_at, request.appeal
    row.verified_at, row.outcome, row.closed_at = request.verified_at, request.outcome, request.closed_at
    work.session.add(row)
    return row
