"""What a restored copy of the data cannot know: what has left, what has come in, and what was redacted since."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.store import cases, outbox
from bot.store.desk_tables import Bookmark, Lease, Replica
from bot.store.tables import OutboxRow
from bot.store.work import Work
from handlers import conversation
from handlers.alerts import tell_staff
from handlers.desk import Desk
from handlers.retention import redact_again

WHY = "it waited when the data were copied, and may have left since"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put right, in numbers."""

    unsure: int
    redacted: int
    folders: int


async def restored(desk: Desk, actor: str) -> Restored:
    """To be done before any desk runs on the copy; done twice, it finds nothing more to do."""
    redacted = await redact_again(desk, actor)
    async with desk.store.transaction() as work:
        for table in (Lease, Replica):  # of desks that ran when the copy was made
            await work.session.exec(delete(table))
        unsure = await _doubt(desk, work, actor)
        marked = await work.session.exec(
            update(Bookmark).where(col(Bookmark.restored).is_(False)).values(restored=True)
        )
        if unsure:
            text = (
                f"The data were restored from a copy. {unsure} letters that waited then may have left since, and "
                "are unsure: look in the mail server's log before you send one again."
            )
            await tell_staff(desk, work, f"restored:{desk.now().isoformat()}", text)
    return Restored(unsure, redacted, marked.rowcount)


async def _doubt(desk: Desk, work: Work, actor: str) -> int:
    """Letters to requesters become unsure; what staff see in Slack is looked up there before it is posted."""
    query = select(OutboxRow).where(col(OutboxRow.state).in_(("ready", "sending"))).order_by(col(OutboxRow.id))
    count = 0
    for row in (await work.session.exec(query.with_for_update())).all():
        if row.lane == outbox.SLACK and row.kind not in conversation.KINDS:
            outbox.later(work, row, row.due_at, outbox.LOOK_UP)
            continue
        if row.kind == "alert":  # to staff, who may well read it twice
            continue
        outbox.doubtful(work, row, WHY)
        count += 1
        if row.ticket_id and (case := await cases.by_id(work, row.ticket_id, for_update=True)):
            await cases.note(work, case, at=desk.now(), actor=actor, event="unsure", letter=row.kind)
    return count
