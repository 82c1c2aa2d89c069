"""Signed anchors over the journal's chains, and the check of both."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from sqlalchemy import String, cast, text
from sqlmodel import col, func, select

from bot.domain import journal
from bot.store.cases import chain
from bot.store.tables import AnchorRow, JournalRow, TicketRow
from bot.store.work import Work

_PAGE = 500


async def drop(work: Work, now: datetime) -> journal.Anchor | None:
    """Anchors every chain that has grown since the last anchor; None where none has."""
    query = (
        select(TicketRow).where(TicketRow.journal_length > TicketRow.anchored_length).order_by(col(TicketRow.id))
    )
    grown = (await work.session.exec(query.with_for_update())).all()
    if not grown:
        return None
    last = (await work.session.exec(select(AnchorRow).order_by(col(AnchorRow.seq).desc()).limit(1))).one_or_none()
    anchor = journal.Anchor(
        seq=last.seq + 1 if last else 1,
        at=now,
        chains=tuple((row.reference, row.journal_length, row.journal_head) for row in grown),
        previous=last.digest if last else journal.ROOT,
    )
    digest = anchor.digest()
    work.session.add(
        AnchorRow(
            seq=anchor.seq,
            at=now,
            chains=[list(each) for each in anchor.chains],
            previous=anchor.previous,
            digest=digest,
            signature=work.keys.signer.sign(digest.encode()).hex(),
        )
    )
    for row in grown:
        row.anchored_length = row.journal_length
        work.session.add(row)
    return anchor


async def over(work: Work, reference: str) -> list[tuple[journal.Anchor, str]]:
    """The anchors that speak of a ticket, oldest first, each with its signature."""
    named = cast(AnchorRow.chains, String).contains(reference, autoescape=True)
    rows = (await work.session.exec(select(AnchorRow).where(named).order_by(col(AnchorRow.seq)))).all()
    return [(_anchor(row), row.signature) for row in rows]


async def verify(work: Work) -> tuple[int, int, str | None]:
    """Tickets and entries looked at, and the first broken link; None where everything holds.

    Asked for before anything else in its transaction.
    """
    if work.session.get_bind().dialect.name != "sqlite":  # which sees one moment anyway, while desks go on
        await (await work.session.connection()).execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    tickets = entries = 0
    anchors = (await work.session.exec(select(AnchorRow).order_by(col(AnchorRow.seq)))).all()
    if fault := _forged(work, anchors):
        return 0, 0, fault
    anchored = {str(reference): int(length) for row in anchors for reference, length, _ in row.chains}
    digests: dict[tuple[str, int], str] = {}
    async for row, rows in _chains(work):
        if row.anchored_length > anchored.get(row.reference, 0):
            return tickets, entries, f"{row.reference}: an anchor over it is gone"
        tickets, entries = tickets + 1, entries + len(rows)
        if fault := journal.broken_link(
            chain(row.reference, rows), length=row.journal_length, head=row.journal_head
        ):
            return tickets, entries, fault
        digests.update({(row.reference, each.seq): each.digest for each in rows})
    orphans = (
        select(func.count()).select_from(JournalRow).where(col(JournalRow.ticket_id).not_in(select(TicketRow.id)))
    )
    if lost := (await work.session.exec(orphans)).one():
        return tickets, entries, f"{lost} entries belong to a ticket that is gone"
    return tickets, entries, journal.lost_since(map(_anchor, anchors), digests)


async def _chains(work: Work) -> AsyncIterator[tuple[TicketRow, list[JournalRow]]]:
    """Each ticket with its entries, page by page."""
    after = 0
    while True:
        query = select(TicketRow).where(col(TicketRow.id) > after).order_by(col(TicketRow.id)).limit(_PAGE)
        tickets = (await work.session.exec(query)).all()
        if not tickets:
            return
        ids = [row.id for row in tickets]
        written = select(JournalRow).where(col(JournalRow.ticket_id).in_(ids)).order_by(col(JournalRow.seq))
        by_ticket: dict[int | None, list[JournalRow]] = {each: [] for each in ids}
        for entry in (await work.session.exec(written)).all():
            by_ticket[entry.ticket_id].append(entry)
        for row in tickets:
            yield row, by_ticket[row.id]
        after = ids[-1] or 0


def _forged(work: Work, anchors: Iterable[AnchorRow]) -> str | None:
    previous, public = journal.ROOT, work.keys.signer.public_key()
    for place, row in enumerate(anchors, start=1):
        if row.seq != place or row.previous != previous or row.digest != _anchor(row).digest():
            return f"anchor {place} is missing or was changed"
        try:
            public.verify(bytes.fromhex(row.signature), row.digest.encode())
        except (InvalidSignature, ValueError):
            return f"anchor {place} bears a wrong signature"
        previous = row.digest
    return None


def _anchor(row: AnchorRow) -> journal.Anchor:
    chains = tuple((str(reference), int(length), str(head)) for reference, length, head in row.chains)
    return journal.Anchor(row.seq, row.at.astimezone(UTC), chains, row.previous)
