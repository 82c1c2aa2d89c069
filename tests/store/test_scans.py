"""However much there was before, what waits is found by an index and not by reading it all."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.store import figures, inbox, outbox, queues
from bot.store.queues import Asked, Queue
from bot.store.work import Store, Work
from tests.store.conftest import NOW

ASKED = Asked("U0ADA", NOW.date(), NOW.date() + timedelta(days=6))
LOOKS = {
    "what is to be read": lambda work: inbox.claim(work, "imap", NOW, timedelta(seconds=30)),
    "how much is to be read": inbox.waiting,
    "what is in quarantine": inbox.quarantined,
    "what is to leave": lambda work: outbox.due(work, "mail", NOW),
    "how much was answered": lambda work: outbox.answers_since(work, "index", NOW),
    "what counts beside the queues": queues.aside,
    "a queue": lambda work: queues.page(work, Queue.WEEK, ASKED, start=0, most=10),
    "the figures": lambda work: figures.read(work, NOW.date(), (0, 1)),
}


@pytest.mark.parametrize("look", LOOKS)
async def test_no_table_is_read_whole(fresh_store: Store, look: str) -> None:
    store = fresh_store  # on SQLite: the plan of an empty PostgreSQL table says nothing
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    async with store.transaction() as work:
        event.listen(store._writer.sync_engine, "before_cursor_execute", note)
        await LOOKS[look](work)
        event.remove(store._writer.sync_engine, "before_cursor_execute", note)
        steps = [step for statement, parameters in asked for step in await _plan(work, statement, parameters)]
    assert steps
    assert [step for step in steps if re.fullmatch(r"SCAN (inbox|outbox|ticket|message|journal)", step)] == []


async def _plan(work: Work, statement: str, parameters: object) -> list[str]:
    if not statement.lstrip().startswith("SELECT"):
        return []
    connection = await work.session.connection()
    found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in found]
