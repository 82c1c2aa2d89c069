"""What staff hear on the clock, and where: of what customers say in Slack from the moment it is theirs to do."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.domain.reporting.histories import Period
from bot.store import outbox
from handlers.confirming import pass_on
from handlers.deadlines import tick
from handlers.feed import feed, token
from handlers.reporting import period_report
from tests.handlers.conftest import ERASE, Bench
from tests.handlers.slack_customers import CARLA, DELETE, Support, support_of


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


async def nobody_took_it(bench: Bench) -> list[str]:
    await tick(bench.desk)
    return [
        str(each.facts["text"])
        for each in await bench.queued(outbox.SLACK)
        if each.kind == "reminder" and "Nobody has taken" in str(each.facts["text"])
    ]


# ---- since when it is with staff -----------------------------------------------------------------------------


async def test_what_nobody_confirmed_is_with_staff_for_a_day_before_they_are_told_that_nobody_took_it(support):
    bench = support.bench
    await support.say(CARLA, DELETE)
    bench.clock.forward(days=1)
    await pass_on(bench.desk)
    assert await nobody_took_it(bench) == []
    bench.clock.forward(hours=23)
    assert await nobody_took_it(bench) == []
    bench.clock.forward(hours=2)
    assert len(await nobody_took_it(bench)) == 1


async def test_what_is_confirmed_late_is_with_staff_from_then_on(support):
    bench = support.bench
    await support.say(CARLA, DELETE)
    bench.clock.forward(hours=20)
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    bench.clock.forward(hours=23)
    assert await nobody_took_it(bench) == []
    bench.clock.forward(hours=2)
    assert len(await nobody_took_it(bench)) == 1


async def test_a_letter_is_with_staff_from_the_day_on_which_it_came(bench):
    await bench.write(ERASE)
    bench.clock.forward(hours=25)
    assert len(await nobody_took_it(bench)) == 1


# ---- what is not theirs to do yet ----------------------------------------------------------------------------


async def test_what_its_writer_has_not_confirmed_stands_in_no_calendar(support):
    bench = support.bench
    await support.say(CARLA, DELETE)
    case = await support.only_case()
    async with bench.desk.store.reading() as work:
        address = token(work)
    assert case.row.due_at is not None
    assert case.reference not in (await feed(bench.desk, address) or "")
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    assert case.reference in (await feed(bench.desk, address) or "")


async def test_what_its_writer_has_not_confirmed_counts_in_the_digest_and_is_not_named(support):
    await support.say(CARLA, DELETE)
    support.bench.clock.forward(hours=23)
    await tick(support.bench.desk)
    (row,) = [each for each in await support.bench.queued(outbox.SLACK) if each.kind == "digest"]
    assert "Overheard, and not confirmed yet (1)." in str(row.facts["text"])
    assert (await support.only_case()).reference not in str(row.facts["text"])


async def figures(bench: Bench) -> dict[str, float | None]:
    """The figures of March, of all requests."""
    period = Period(date(2026, 3, 1), date(2026, 3, 31), bench.desk.timezone)
    report = await period_report(bench.desk.store, period)
    (table,) = [each for each in report.tables if each.key == "requests"]
    return dict(zip(table.columns, table.rows.get("total", [0] * len(table.columns)), strict=True))


async def test_what_its_writer_says_is_no_request_is_none_in_a_report(support):
    await support.say(CARLA, DELETE)
    assert (await figures(support.bench))["received"] == 1
    await support.press(CARLA, "request_dismiss", support.notes(CARLA)[0])
    assert not any((await figures(support.bench)).values())


async def test_a_request_that_was_confirmed_and_then_withdrawn_is_one_in_a_report(support):
    await support.confirmed()
    await support.tell(CARLA, "I withdraw my request.")
    assert (await support.only_case()).row.outcome == "withdrawn"
    assert (await figures(support.bench))["received"] == 1
