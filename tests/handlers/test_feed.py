"""The calendar of due dates: references and days for who has its address, nothing for anybody else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.adapters import web
from bot.domain.events import Closed
from bot.domain.feed import Entry, calendar_feed
from bot.domain.vocabulary import Outcome
from handlers.feed import feed, token
from tests.handlers.conftest import ERASE, NOW, UNSUBSCRIBE

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


async def address(bench) -> str:
    async with bench.desk.store.reading() as work:
        return token(work)


async def test_open_tickets_and_items_in_quarantine_stand_on_their_days(bench):
    case = await bench.case(await bench.write(ERASE))
    done = await bench.case(await bench.write(UNSUBSCRIBE, sender="eve@elsewhere.example"))
    await bench.happen(done.reference, Closed(NOW, Outcome.WITHDRAWN))
    aside = await bench.write("Hello", sender="")
    text = await feed(bench.desk, await address(bench))
    assert text is not None
    assert text.count("BEGIN:VEVENT") == 2
    assert f"SUMMARY:{case.reference} is due\r\n" in text
    assert f"SUMMARY:Quarantined item {aside.id} is due\r\n" in text
    assert text.count("DTSTART;VALUE=DATE:20260402\r\n") == 2
    assert "robin" not in text.lower()


async def test_where_the_law_names_no_day_the_operators_own_target_stands_there(bench):
    japanese = replace(bench, desk=replace(bench.desk, default_law="appi"))
    case = await japanese.case(await japanese.write(ERASE))
    text = await feed(japanese.desk, await address(japanese))
    assert text is not None
    assert "DTSTART;VALUE=DATE:20260401\r\n" in text
    assert f"SUMMARY:{case.reference}: our own target" in text


async def test_another_token_shows_nothing(bench):
    await bench.write(ERASE)
    right = await address(bench)
    assert len(right) == 32
    for wrong in (right[:-1] + ("0" if right[-1] != "0" else "1"), "", "calendar", "ä"):
        assert await feed(bench.desk, wrong) is None


async def test_the_web_side_serves_it_and_knows_no_other(bench):
    async def nothing(*_given):
        return {}

    pages = web.Pages(
        readiness=nothing,
        refresh=nothing,
        registry=CollectorRegistry(),
        policy=str,
        slack=nothing,
        calendar=lambda given: feed(bench.desk, given),
    )
    async with TestClient(TestServer(web.application(pages))) as client:
        found = await client.get(f"/calendar/{await address(bench)}.ics")
        assert (found.status, found.content_type) == (200, "text/calendar")
        assert (await found.text()).startswith("BEGIN:VCALENDAR\r\n")
        assert (await client.get("/calendar/0123.ics")).status == 404


def test_an_event_lasts_its_day_and_says_when_to_act():
    text = calendar_feed(
        [Entry("PR-1", date(2026, 4, 6), date(2026, 4, 2))], AT, name="L", domain="linden.example"
    )
    assert "DTSTART;VALUE=DATE:20260406\r\nDTEND;VALUE=DATE:20260407\r\n" in text
    assert "SUMMARY:PR-1 is due\\, act by 2026-04-02\r\n" in text
    assert "UID:PR-1@linden.example\r\n" in text
    assert "DTSTAMP:20260302T093000Z\r\n" in text


@pytest.mark.parametrize("name", ["Bücher & Söhne, Kiel; " * 9, "名" * 90, "a\r\nBEGIN:VEVENT"])
def test_no_line_is_longer_than_the_format_allows_and_a_name_adds_none_of_its_own(name):
    text = calendar_feed([], AT, name=name, domain="linden.example")
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "BEGIN:VEVENT" not in lines
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert len(unfolded) == 6
