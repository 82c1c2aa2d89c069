"""What was understood of each letter, in the letter's own words: sealed beside it, and gone with its key.

The journal holds codes alone; here stand the sentences that show them, for staff who ask to see a ticket whole.
"""

import json
from datetime import datetime
from typing import Any, TypeAlias

from sqlmodel import col, select

from bot.store import cases
from bot.store.cases import Case, Message
from bot.store.sealing import DataKey
from bot.store.tables import MessageRow
from bot.store.work import Work

Reading: TypeAlias = dict[str, Any]
"""`evidence` (type and sentence), `particulars`, and `suggested`: who may have written what was passed on."""

_DIRECTION = "reading"  # neither in nor out: views do not list it among the messages


async def keep(
    work: Work, case: Case, reading: str, *, at: datetime, channel: str, key: DataKey, inbox_id: int | None
) -> None:
    """Keeps the reading, as JSON, of the letter that came in as this item."""
    content = Message("", reading)
    await cases.add_message(
        work, case, content, direction=_DIRECTION, at=at, channel=channel, key=key, inbox_id=inbox_id
    )


async def of_ticket(work: Work, ticket_id: int | None) -> dict[int | None, Reading]:
    """The readings of a ticket's letters, by the inbox item that each came in as. Raises KeyDestroyed."""
    query = select(MessageRow).where(MessageRow.ticket_id == ticket_id, MessageRow.direction == _DIRECTION)
    rows = (await work.session.exec(query.order_by(col(MessageRow.id)))).all()
    return {row.inbox_id: json.loads((await cases.open_message(work, row)).text) for row in rows if row.content}
