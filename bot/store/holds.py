"""Legal holds: nothing of a ticket is redacted while one lasts. Why is sealed, since a reason may name people."""

from datetime import datetime

from bot.store.cases import Case
from bot.store.tables import TicketRow
from bot.store.work import Work

_REASON = "ticket.hold_reason"


def begin(work: Work, case: Case, why: str, now: datetime) -> None:
    case.row.hold_since = case.row.hold_since or now
    case.row.hold_reason = case.key.seal(why.encode(), _REASON)
    work.session.add(case.row)


def end(work: Work, case: Case) -> None:
    case.row.hold_since = case.row.hold_reason = None
    work.session.add(case.row)


async def reason(work: Work, row: TicketRow) -> str:
    """Raises KeyDestroyed."""
    return (await work.keys.get(row.key_id)).open(row.hold_reason or b"", _REASON).decode()
