"""What staff have decided, each a reference to a stored letter: looked up in the journal, and kept nowhere else.

So an example lives as long as its letter does: where the letter or its key is gone, there is none.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from bot.domain.vocabulary import Channel, RequestType, Status
from bot.store import inbox
from bot.store.keys import KeyDestroyed
from bot.store.tables import InboxItem, JournalRow, MessageRow, TicketRow
from bot.store.work import Work

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """That staff said of a mail what it asks for; ``by`` is the keyed digest of who wrote it."""

    message_id: int | None  # None: nothing is stored that the decision was about
    types: tuple[RequestType, ...]
    by: str = field(repr=False)


async def decided(work: Work, most: int) -> list[Decided]:
    """What staff decided in this many of the latest tickets, oldest first."""
    query = select(JournalRow.ticket_id).where(col(JournalRow.event).in_(("typed", "closed"))).distinct()
    tickets = (await work.session.exec(query.order_by(col(JournalRow.ticket_id).desc()).limit(most))).all()
    found: list[Decided] = []
    for start in range(0, len(tickets), _PAGE):
        found += await _decided(work, sorted(tickets)[start : start + _PAGE])
    return found


async def source(work: Work, example: Decided) -> bytes | None:
    """The letter as it came in; None where it, or the key that it rests under, is gone."""
    query = (
        select(MessageRow.content, InboxItem)
        .join(InboxItem, col(InboxItem.id) == col(MessageRow.inbox_id))
        .where(MessageRow.id == example.message_id)
    )
    found = (await work.session.exec(query)).one_or_none()
    if found is None or found[0] is None or found[1].raw is None:
        return None
    try:
        raw, _ = await inbox.raw_of(work, found[1])
    except KeyDestroyed:
        return None
    return raw


async def _decided(work: Work, tickets: Sequence[int]) -> list[Decided]:
    """Of these tickets, ticket by ticket."""
    journals: defaultdict[int, list[JournalRow]] = defaultdict(list)
    entries = select(JournalRow).where(col(JournalRow.ticket_id).in_(tickets)).order_by(col(JournalRow.seq))
    for entry in (await work.session.exec(entries)).all():
        journals[entry.ticket_id].append(entry)
    letters = select(MessageRow.ticket_id, MessageRow.at, MessageRow.id).where(
        col(MessageRow.ticket_id).in_(tickets),
        MessageRow.direction == "in",
        MessageRow.channel == Channel.EMAIL,
        col(MessageRow.inbox_id).is_not(None),
    )
    stored = {(ticket, at): number for ticket, at, number in (await work.session.exec(letters)).all()}
    people = select(TicketRow.id, TicketRow.requester_index).where(col(TicketRow.id).in_(tickets))
    writers = dict((await work.session.exec(people)).all())
    return [
        Decided(stored.get((ticket, at)), types, writers[ticket])
        for ticket in tickets
        for at, types in _said(journals[ticket]).items()
    ]


def _said(journal: Iterable[JournalRow]) -> dict[datetime, tuple[RequestType, ...]]:
    """What staff said of which letter, by when it came: the last word on each counts.

    A letter is what opened the ticket, or opened it again; once a further right was added in the thread, a
    decision is about several letters and no longer teaches about one.
    """
    said: dict[datetime, tuple[RequestType, ...]] = {}
    letter: datetime | None = None
    status: str | None = None
    for entry in journal:
        before, status = status, entry.detail.get("status", status)
        reopened = entry.event == "heard" and before == Status.CLOSED and status == Status.TRIAGE
        if entry.event == "opened" or reopened:
            letter = datetime.fromisoformat(entry.detail["happened_at"])
        elif entry.event == "added":
            letter = None
        elif letter and (types := _types(entry, before)):
            said[letter] = types
    return said


def _types(entry: JournalRow, before: str | None) -> tuple[RequestType, ...]:
    """Closing in triage says that it is no matter of privacy; any other entry but `typed` says nothing."""
    if entry.event == "closed" and before == Status.TRIAGE:
        return (RequestType.NOT_PRIVACY,) if entry.detail.get("outcome") == RequestType.NOT_PRIVACY else ()
    named = entry.detail["types"] if entry.event == "typed" else ()
    return tuple(RequestType(each) for each in named if each in set(RequestType))
