"""What staff have to do, as the database lists it: by due date, in pages, and never more than is looked at."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.vocabulary import Outcome, RequestType
from bot.store import cases, queues
from bot.store.engine import is_sqlite
from bot.store.queues import Asked, Queue
from bot.store.work import Store, Work
from tests.store.conftest import NOW
from tests.store.matters import open_matter

TODAY = NOW.date()
ASKED = Asked("U0ADA", TODAY, TODAY + timedelta(days=6))


async def ticket(work: Work, due: int | None, **facts: Any) -> str:
    """An open ticket that is due in so many days; its reference."""
    case = await open_matter(work, RequestType.DELETION, RequestType.ACCESS)
    case.row.due_at = None if due is None else TODAY + timedelta(days=due)
    for name, value in facts.items():
        setattr(case.row, name, value)
    work.session.add(case.row)
    return case.reference


async def listed(store: Store, queue: Queue, start: int = 0, most: int = 10) -> list[str]:
    async with store.reading() as work:
        return [each.row.reference for each in await queues.page(work, queue, ASKED, start=start, most=most)]


async def test_tickets_come_by_due_date_and_those_without_one_last(store: Store) -> None:
    async with store.transaction() as work:
        without, late, soon = await ticket(work, None), await ticket(work, 20), await ticket(work, 2)
        again = await ticket(work, 20)
        await ticket(work, 1, status="closed")
    assert await listed(store, Queue.ALL) == [soon, late, again, without]
    assert await listed(store, Queue.ALL, 1, 2) == [late, again]


@pytest.mark.parametrize(
    ("queue", "facts"),
    [
        (Queue.OVERDUE, {"due": -1}),
        (Queue.WEEK, {"due": 0}),
        (Queue.WEEK, {"due": 6}),
        (Queue.MINE, {"due": 9, "assignee": "U0ADA", "status": "open"}),
        (Queue.MINE, {"due": 9, "assignee": "U0ADA", "status": "triage"}),
        (Queue.UNASSIGNED, {"due": 9, "assignee": None}),
        (Queue.VERIFYING, {"due": 9}),
    ],
)
async def test_each_queue_holds_what_its_name_says(store: Store, queue: Queue, facts: dict[str, Any]) -> None:
    async with store.transaction() as work:
        wanted = await ticket(work, **{"assignee": "U0BEN", **facts})
        await ticket(work, 7, assignee="U0BEN", status="waiting")
        await ticket(work, 7, assignee="U0ADA", status="waiting")
        await ticket(work, **{**facts, "status": "closed"})
        await ticket(work, **{**facts, "unconfirmed_since": NOW})
    assert await listed(store, queue) == [wanted]
    async with store.reading() as work:
        assert await queues.length(work, queue, ASKED) == 1
        assert (await queues.aside(work)).unconfirmed == 1


async def test_a_ticket_is_listed_with_what_it_asks_for(store: Store) -> None:
    async with store.transaction() as work:
        reference = await ticket(work, 3)
    async with store.reading() as work:
        found = await queues.one(work, reference)
    assert found is not None
    assert found.types == ("deletion", "access")


async def test_what_is_surely_no_matter_of_privacy_is_for_nobody_to_take(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work, RequestType.NOT_PRIVACY)
        case.row.untriaged = True
    assert await listed(store, Queue.UNASSIGNED) == []
    assert await listed(store, Queue.ALL) == [case.reference]


async def test_nobody_counts_on_beyond_the_most(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST", 2)
    async with store.transaction() as work:
        for _ in range(3):
            await ticket(work, 3)
    async with store.reading() as work:
        assert await queues.length(work, Queue.ALL, ASKED) == 2


async def test_each_day_has_what_came_and_what_was_closed_and_how_much_of_that_was_late(store: Store) -> None:
    day = timedelta(days=1)
    midnight = NOW.replace(hour=0, minute=0)
    async with store.transaction() as work:
        for due, closed in ((5, NOW), (-1, NOW), (0, midnight), (5, NOW + day)):
            case = await cases.load(work, await ticket(work, due))
            assert case is not None
            done = case.ticket().with_outcome(case.ticket().open_types, Outcome.WITHDRAWN, closed)
            await cases.save(work, case, done, closed)
    async with store.reading() as work:
        found = await queues.flow(work, [midnight - day, midnight, midnight + day])
    assert (found.received, found.closed, found.late) == ((0, 4), (0, 3), 1)


async def test_the_indexes_serve_the_order_in_which_staff_look(store: Store) -> None:
    """On PostgreSQL the planner weighs; on SQLite it says at once that nothing has to be sorted."""
    async with store.reading() as work:
        connection = await work.session.connection()
        if not is_sqlite(str(connection.engine.url)):
            found = await connection.execute(text("SELECT indexname FROM pg_indexes WHERE tablename = 'ticket'"))
            assert {"ix_ticket_open_due", "ix_ticket_open_assignee"} <= set(found.scalars())
            return
        query = (
            "EXPLAIN QUERY PLAN SELECT * FROM ticket WHERE ticket.status != 'closed' "
            "AND ticket.unconfirmed_since IS NULL ORDER BY ticket.due_at ASC NULLS LAST, ticket.id LIMIT 10"
        )
        plan = " ".join(str(each) for each in (await connection.execute(text(query))).all())
    assert "ix_ticket_open_due" in plan
    assert "TEMP B-TREE" not in plan
