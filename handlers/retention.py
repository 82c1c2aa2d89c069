"""What is past its time is redacted: keys destroyed, rows emptied, what stands elsewhere put down for deletion."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.domain.retention import Kind, Matter, item_kept_until, planned, record_months
from bot.domain.vocabulary import Status
from bot.failpoints import passing
from bot.store import cases, outbox, redaction
from bot.store.cases import Case
from bot.store.redaction import Leftover, Settled
from bot.store.sealing import DataKey
from bot.store.tables import TicketRow
from bot.store.work import Work
from handlers import removing
from handlers.desk import Desk

WORDS = timedelta(days=90)  # what was said that belongs to no ticket: until then it is not said again


@dataclass(slots=True)
class Swept:
    """What a round did, or would do: references and numbers, and nothing of anybody."""

    redacted: list[str] = field(default_factory=list)
    on_hold: list[str] = field(default_factory=list)
    later: dict[str, date] = field(default_factory=dict)  # what is still kept, and its first day past its time
    items: int = 0  # mails of which no ticket became


async def sweep(desk: Desk, *, actor: str = "desk", dry_run: bool = False) -> Swept:
    """Redacts what is past its time, a ticket in a transaction; what is interrupted goes on at the next round."""
    swept, today = Swept(), desk.day(desk.now())
    async with desk.store.transaction() as work:
        await redaction.ask_for_all(work)
        rows = await redaction.closed(work)
        if dry_run:
            await work.session.rollback()
        else:
            await redaction.forget_words(work, desk.now() - WORDS)
    for row in rows:
        plan = planned(matter_of(desk, row), desk.retention_months)
        if goes := plan.goes[Kind.BODIES]:
            if not plan.past(today):
                swept.later[row.reference] = goes
            elif dry_run or await _redact(desk, row.id, today, actor):
                swept.redacted.append(row.reference)
        else:
            swept.on_hold.append(row.reference)
    swept.items = await _items(desk, today, dry_run=dry_run)
    return swept


def matter_of(desk: Desk, row: TicketRow | Settled) -> Matter:
    """A closed ticket, as far as its time is concerned."""
    assert row.closed_at is not None, "it is closed"
    months = record_months(desk.laws, row.laws or [row.law])
    return Matter(desk.day(row.closed_at), months, erased=row.to_erase, on_hold=row.hold_since is not None)


async def _redact(desk: Desk, ticket_id: int | None, today: date, actor: str) -> bool:
    """Whether it was done here: it may have been opened anew, held, or done by somebody else meanwhile."""
    async with desk.store.transaction() as work:
        row = await redaction.still_closed(work, ticket_id)
        if row is None or not matter_of(desk, row).is_past(today, desk.retention_months):
            return False
        posts = await _posts(work, row)
        await redaction.redact(work, row, desk.now())
        if posts and desk.staff_channel:
            key = f"{removing.KIND}:{row.reference}"
            await outbox.put(work, lane=outbox.SLACK, kind=removing.KIND, key=key, now=desk.now(), facts=posts)
        await _note(desk, work, row, actor)
    passing("retention.committed")
    return True


async def redact_again(desk: Desk, actor: str) -> int:
    """On restored data: what was redacted since is redacted in them, too; how many tickets that were.

    The key store tells, where it is the newer one. Where it is the older one, it has keys that were destroyed
    before, and the tickets tell.
    """
    keys, count = await desk.store.keys.standing(), 0
    async with desk.store.transaction() as work:
        for row in await redaction.out_of_step(work, keys):
            known = row.redacted_at is not None
            await redaction.redact(work, row, row.redacted_at or desk.now())
            if not known:
                row.status, row.closed_at = Status.CLOSED, row.closed_at or desk.now()
                await _note(desk, work, row, actor)
            count += 1
        await redaction.redact_leftovers(work, await redaction.keyless(work, keys), desk.now())
    return count


async def _posts(work: Work, row: TicketRow) -> dict[str, Any]:
    """Where the desk's own messages about a ticket stand in Slack."""
    card = [row.card_channel, row.card_ts] if row.card_channel and row.card_ts else None
    direct = [list(each) for each in await redaction.direct_posts(work, row.id)]
    return {"card": card, "direct": direct} if card or direct else {}


async def _note(desk: Desk, work: Work, row: TicketRow, actor: str) -> None:
    """Its journal says that it is redacted, and by which rule."""
    case = Case(row, [], DataKey(row.key_id, b""))  # of the key the name alone is left
    matter = matter_of(desk, row)
    rule = {"closed": matter.closed.isoformat(), "law_months": matter.record_months, "on_request": matter.erased}
    months = desk.retention_months
    await cases.note(
        work, case, at=desk.now(), actor=actor, event=redaction.REDACTED, operator_months=months, **rule
    )


async def _items(desk: Desk, today: date, *, dry_run: bool) -> int:
    """Mail of which no ticket became; in quarantine it has longer, since nobody has decided about it."""
    count = 0
    async with desk.store.reading() as work:
        past = [each.id for each in await redaction.leftovers(work) if _is_past(desk, each, today)]
    if dry_run:
        return len(past)
    for start in range(0, len(past), redaction.BATCH):
        async with desk.store.transaction() as work:
            still = await redaction.leftovers(work, past[start : start + redaction.BATCH])
            await redaction.redact_leftovers(work, still, desk.now())
            count += len(still)
    return count


def _is_past(desk: Desk, item: Leftover, today: date) -> bool:
    stored, months = desk.day(item.stored_at), desk.retention_months
    return today > item_kept_until(stored, months, quarantined=item.quarantined)
