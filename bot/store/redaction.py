"""Redaction: the keys of a ticket or an item are destroyed, and with them every copy of what they sealed.

The keys go first, and for good; then the rows are emptied and marked. Where the desk dies in between, the next
round finds the ticket unmarked and does the same once more. Which tables hang on a ticket is read from the tables
themselves, so that one that is added later is not forgotten.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, delete, update
from sqlmodel import SQLModel, col, select

from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.failpoints import passing
from bot.store import exports
from bot.store.tables import ChallengeRow, DraftRow, InboxItem, MessageRow, OutboxRow, RequestRow, TicketRow
from bot.store.work import Work

GRANTED = (Outcome.FULFILLED, Outcome.PARTLY_FULFILLED)
REDACTED = "redacted"
BATCH = 500
_UNNAMED: dict[str, dict[str, Any]] = {  # what points at a person without being sealed
    "ticket": {
        "requester_index": "",
        "account_index": None,
        "on_file_index": None,
        "slack_user": None,
        "heard_in": None,
        "card_channel": None,
        "card_ts": None,
        "data_points": {},
        "concerns": [],
    },
    "outbox": {"address_index": None, "facts": {}},
    "inbox": {"conversation": None, "reason": REDACTED},
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A closed ticket that is not redacted: what its time depends on, and nothing that is sealed."""

    id: int | None
    reference: str
    law: str
    laws: list[str]
    closed_at: datetime | None
    to_erase: bool
    hold_since: datetime | None


async def ask_for_all(work: Work) -> None:
    """Whose deletion was granted asked for what the desk holds, too: in every ticket of theirs up to then."""
    granted = (
        select(TicketRow.requester_index, TicketRow.account_index, RequestRow.closed_at)
        .join(RequestRow, col(RequestRow.ticket_id) == col(TicketRow.id))
        .where(
            RequestRow.type == RequestType.DELETION,
            col(RequestRow.outcome).in_(GRANTED),
            col(RequestRow.verified_at).is_not(None),
            col(TicketRow.to_erase).is_(False),
            col(TicketRow.redacted_at).is_(None),
        )
    )
    for requester, account, at in (await work.session.exec(granted)).all():
        theirs = col(TicketRow.requester_index) == requester
        if account:
            theirs |= col(TicketRow.account_index) == account
        which = [theirs, col(TicketRow.received_at) <= at, col(TicketRow.redacted_at).is_(None)]
        await _set(work, TicketRow, which, to_erase=True)


async def closed(work: Work) -> list[Settled]:
    """The longest closed first."""
    names = [each.name for each in fields(Settled)]
    query = select(*(TicketRow.__table__.c[name] for name in names)).where(  # type: ignore[attr-defined]
        TicketRow.status == Status.CLOSED, col(TicketRow.redacted_at).is_(None)
    )
    rows = (await work.session.exec(query.order_by(col(TicketRow.closed_at), col(TicketRow.id)))).all()
    return [Settled(*each) for each in rows]


async def still_closed(work: Work, ticket_id: int | None) -> TicketRow | None:
    """One of them, locked; None where it was opened anew or redacted meanwhile."""
    query = select(TicketRow).where(TicketRow.id == ticket_id, TicketRow.status == Status.CLOSED)
    query = query.where(col(TicketRow.redacted_at).is_(None)).with_for_update()
    return (await work.session.exec(query)).one_or_none()


@dataclass(frozen=True, slots=True)
class Leftover:
    """A mail of which no ticket became: done, dropped or in quarantine."""

    id: int
    key_id: str
    quarantined: bool
    stored_at: datetime


async def leftovers(work: Work, ids: Sequence[int] | None = None) -> list[Leftover]:
    """All of them, or, locked, those of these that still are one."""
    query = select(InboxItem.id, InboxItem.key_id, InboxItem.state, InboxItem.stored_at).where(
        InboxItem.source == "imap",
        InboxItem.state != "new",
        col(InboxItem.ticket_id).is_(None),
        col(InboxItem.redacted_at).is_(None),
    )
    if ids is not None:
        query = query.where(col(InboxItem.id).in_(ids)).with_for_update()
    rows = (await work.session.exec(query)).all()
    return [Leftover(number or 0, key, state == "quarantined", stored) for number, key, state, stored in rows]


async def out_of_step(work: Work, keys: Collection[str]) -> list[TicketRow]:
    """Tickets that say something else than the key store: redacted with a key, or not redacted without one."""
    query = select(TicketRow.id, TicketRow.key_id, TicketRow.redacted_at).order_by(col(TicketRow.id))
    rows = (await work.session.exec(query)).all()
    ids = [number for number, key, redacted in rows if (key in keys) == (redacted is not None)]
    found = [await work.session.get(TicketRow, each) for each in ids]
    return [each for each in found if each]


async def keyless(work: Work, keys: Collection[str]) -> list[Leftover]:
    """Mail of which no ticket became, and of which no key is there any more."""
    return [each for each in await leftovers(work) if each.key_id not in keys]


async def redact(work: Work, row: TicketRow, now: datetime) -> None:
    """A ticket, and all that hangs on it."""
    keys = await _keys_of(work, row)
    await work.keys.destroy(*(keys - await _needed_elsewhere(work, row, keys)))
    passing("retention.destroyed")
    for table in _of_tickets():
        await _empty(work, table, table.c.ticket_id == row.id)
    await _empty(work, TicketRow.__table__, col(TicketRow.id) == row.id)  # type: ignore[attr-defined]
    await work.session.exec(delete(ChallengeRow).where(col(ChallengeRow.ticket_id) == row.id))
    for export in await exports.of_ticket(work, row.id or 0, "arriving", "waiting", "offered"):
        await exports.end(work, export, "gone")
    await _set(work, DraftRow, [DraftRow.ticket_id == row.id, DraftRow.state == "open"], state="discarded")
    waiting = [OutboxRow.ticket_id == row.id, col(OutboxRow.state).in_(("ready", "sending", "unsure"))]
    await _set(work, OutboxRow, waiting, state="dead", reason=REDACTED, leased_until=None)
    await _mark(work, col(InboxItem.ticket_id) == row.id, now)
    await work.session.refresh(row)
    row.redacted_at = now
    work.session.add(row)


async def redact_leftovers(work: Work, items: Sequence[Leftover], now: datetime) -> None:
    await work.keys.destroy(*(each.key_id for each in items))
    which = col(InboxItem.id).in_([each.id for each in items])
    await _empty(work, InboxItem.__table__, which)  # type: ignore[attr-defined]
    await _mark(work, which, now)


async def forget_words(work: Work, before: datetime) -> None:
    """What the desk said that belongs to no ticket, and when it was said: alerts, and words to people in Slack."""
    query = select(OutboxRow.id, OutboxRow.key_id).where(
        col(OutboxRow.ticket_id).is_(None),
        col(OutboxRow.state).in_(("sent", "dead", "unsure")),
        OutboxRow.created_at < before,
    )
    while rows := (await work.session.exec(query.limit(BATCH))).all():
        await work.keys.destroy(*(key for _, key in rows if key))
        await work.session.exec(delete(OutboxRow).where(col(OutboxRow.id).in_([number for number, _ in rows])))


async def direct_posts(work: Work, ticket_id: int | None) -> list[tuple[str, str]]:
    """User and ts of what the desk said to a requester in direct messages."""
    query = select(OutboxRow.facts).where(
        OutboxRow.ticket_id == ticket_id, OutboxRow.lane == "slack", OutboxRow.state == "sent"
    )
    told = [each for each in (await work.session.exec(query)).all() if each.get("user") and each.get("ts")]
    return list(dict.fromkeys((str(each["user"]), str(each["ts"])) for each in told if not each.get("place")))


async def to_remove(work: Work) -> Sequence[str]:
    """Where redacted mail was found that is still in the mailbox, as far as the desk knows."""
    query = select(InboxItem.origin).where(InboxItem.removal == "due").order_by(col(InboxItem.id))
    return (await work.session.exec(query)).all()


async def removed(work: Work, origins: Iterable[str], how: str) -> None:
    """``how``: gone, or replaced where the folder is another one by now."""
    names = list(origins)
    for start in range(0, len(names), BATCH):
        which = [col(InboxItem.origin).in_(names[start : start + BATCH])]
        await _set(work, InboxItem, which, removal=how)


def _of_tickets() -> list[Table]:
    """The tables whose rows belong to a ticket and hold something sealed."""
    tables = SQLModel.metadata.sorted_tables
    return [each for each in tables if "ticket_id" in each.c and _sealed(each)]


def _sealed(table: Table) -> list[Column[Any]]:
    return [each for each in table.c if isinstance(each.type, LargeBinary)]


async def _keys_of(work: Work, row: TicketRow) -> set[str]:
    keys = {row.key_id}
    for table in _of_tickets():
        if "key_id" in table.c:
            found = await work.session.exec(select(table.c.key_id).where(table.c.ticket_id == row.id))
            keys.update(each for each in found if each)
    return keys


async def _needed_elsewhere(work: Work, row: TicketRow, keys: set[str]) -> set[str]:
    """A letter may stand in two tickets: the last of them takes its key along."""
    others = select(TicketRow.id).where(TicketRow.id != row.id, col(TicketRow.redacted_at).is_(None))
    own = select(TicketRow.key_id).where(col(TicketRow.key_id).in_(keys), col(TicketRow.id).in_(others))
    said = select(MessageRow.key_id).where(col(MessageRow.key_id).in_(keys), col(MessageRow.ticket_id).in_(others))
    return {*(await work.session.exec(own)).all(), *(await work.session.exec(said)).all()}


async def _empty(work: Work, table: Table, which: ColumnElement[bool]) -> None:
    values: dict[str, Any] = {each.name: None for each in _sealed(table)}
    values |= _UNNAMED.get(table.name, {})
    await work.session.exec(update(table).where(which).values(values))


async def _mark(work: Work, which: ColumnElement[bool], now: datetime) -> None:
    await _set(work, InboxItem, [which], redacted_at=now, leased_until=None)
    await _set(work, InboxItem, [which, InboxItem.source == "imap"], removal="due")
    await _set(work, InboxItem, [which, InboxItem.state == "quarantined"], state="dropped")


async def _set(work: Work, table: type[SQLModel], which: Sequence[Any], **values: Any) -> None:
    await work.session.exec(
        update(table).where(*which).values(**values).execution_options(synchronize_session=False)
    )
