"""A report of real tickets: each figure is counted a second time, from the tables that the report never reads."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.domain.events import Answered
from bot.domain.reporting.formats import as_json
from bot.domain.reporting.histories import Period
from bot.domain.vocabulary import Ground, Outcome, RequestType
from bot.store import told
from handlers import actions
from handlers.approvals import approve_draft, edit_draft
from handlers.reporting import period_report
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench

UTC = ZoneInfo("UTC")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), UTC)
QUARTER = Period(date(2026, 3, 1), date(2026, 6, 30), UTC)


async def figures(bench: Bench, period: Period = MARCH, law: str | None = None) -> dict:
    return as_json(await period_report(bench.desk.store, period, law))


async def refuse(bench: Bench, reference: str, ground: Ground | None) -> None:
    await actions.propose(bench.desk, reference, ADA, Outcome.DENIED, "We have to keep the invoices.", ground)
    await approve(bench)


async def approve(bench: Bench) -> None:
    draft = (await bench.drafts())[-1]
    words = (await bench.draft_text(draft)).replace("[…]", "We have looked.")
    await edit_draft(bench.desk, draft.id, ADA, draft.digest, words)
    draft = (await bench.drafts())[-1]
    await approve_draft(bench.desk, draft.id, BEN, draft.digest)


@pytest.fixture
async def lived(bench: Bench) -> Bench:
    """A few weeks: an opt-out done, a deletion proven, extended and refused, one that stays, and one to sort."""
    await bench.write(UNSUBSCRIBE, sender="one@letters.example")
    bench.clock.forward(days=3)
    await approve(bench)
    case = await bench.proven()
    bench.clock.forward(days=10)
    await actions.extend(bench.desk, case.reference, ADA, "There is much of it.")
    await approve(bench)
    bench.clock.forward(days=9)
    await refuse(bench, case.reference, Ground.EXEMPT)
    await bench.write(ERASE, sender=EVE)
    await bench.write(
        "There is something odd with my personal data.", subject="My data", sender="two@letters.example"
    )
    return bench


async def test_every_figure_is_that_of_the_tables(lived):
    found = await figures(lived)
    rows = [(case.row, each) for case in await lived.cases() for each in case.requests]
    for type_ in RequestType:
        mine = [each for _, each in rows if each.type == type_]
        told = found["requests"][type_]
        assert told["received"] == len(mine), type_
        assert told["open_at_end"] == sum(each.outcome is None for each in mine), type_
        for outcome in Outcome:
            assert told[outcome] == sum(each.outcome == outcome for each in mine), (type_, outcome)
    closed = [(each.closed_at.date() - each.received_at.date()).days for _, each in rows if each.closed_at]
    assert found["times"]["total"]["mean_days"] == sum(closed) / len(closed)
    assert found["languages"]["total"]["received"] == len(rows)
    assert found["channels"]["email"]["received"] == len(rows)
    assert {*found["laws"]} == {*(row.law for row, _ in rows), "total"}
    open_ones = [case.row.status for case in await lived.cases() if case.row.status != "closed"]
    assert {name: each["tickets"] for name, each in found["backlog"].items() if each["tickets"]} == {
        **{each: open_ones.count(each) for each in open_ones},
        "total": len(open_ones),
    }


async def test_what_was_done_stands_in_the_report(lived):
    found = await figures(lived)
    assert (found["requests"]["opt_out"]["fulfilled"], found["times"]["opt_out"]["median_days"]) == (1, 3.0)
    deletion = found["requests"]["deletion"] | found["times"]["deletion"]
    assert [deletion[each] for each in ("denied", "extended", "on_time", "median_days")] == [1, 1, 1, 19.0]
    assert {name: each["denied"] for name, each in found["refusals"].items() if each["denied"]} == {
        "exempt": 1,
        "total": 1,
    }
    proof = found["verification"]["tickets"]
    assert [proof[each] for each in ("asked", "by_code", "waiting", "verified_share")] == [2, 1, 1, 0.5]
    assert [found["intake"]["tickets"][each] for each in ("opened", "abstained")] == [4, 1]
    assert found["speed"]["first_reply"] == {"tickets": 2, "median_hours": 156.0, "mean_hours": 156.0}


async def test_a_report_of_a_period_that_is_over_stays_the_same_after_work_and_redaction(lived):
    before = await figures(lived)
    lived.clock.forward(days=60)
    for case in await lived.cases():
        if case.row.status == "verifying":
            await lived.happen(
                case.reference, Answered(lived.clock(), (RequestType.DELETION,), Outcome.UNVERIFIED)
            )
    await lived.write(UNSUBSCRIBE, sender=ROBIN)
    async with lived.desk.store.transaction() as work:
        connection = await work.session.connection()
        await connection.execute(text("UPDATE ticket SET requester = NULL, law = 'ccpa', language = 'xx'"))
        await connection.execute(text("UPDATE request SET type = 'access', outcome = NULL, closed_at = NULL"))
        await connection.execute(text("UPDATE message SET content = NULL"))
    assert await figures(lived) == before
    later = await figures(lived, QUARTER)
    assert later["refusals"]["not_verifiable"]["unverified"] == 1


async def test_a_question_that_is_answered_at_once_counts_as_closed_on_its_day(bench):
    await bench.write("Do you sell my personal data to third parties?")
    found = await figures(bench)
    assert found["times"]["policy_question"]["mean_days"] == 0
    assert [found["requests"]["policy_question"][each] for each in ("received", "answered")] == [1, 1]


async def test_another_law_that_staff_chose_counts(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await actions.set_law(bench.desk, case.reference, ADA, "ccpa", "They live in California.")
    assert (await figures(bench))["ccpa"]["opt_out"]["received"] == 1
    assert (await figures(bench, law="gdpr"))["requests"]["total"]["received"] == 0


async def test_a_report_is_the_same_on_postgresql(bench_on_postgres, monkeypatch):
    monkeypatch.setattr(told, "_PAGE", 2)
    for sender in (ROBIN, EVE):
        await bench_on_postgres.write(UNSUBSCRIBE, sender=sender)
    assert (await figures(bench_on_postgres))["requests"]["opt_out"]["received"] == 2


async def test_the_journal_comes_ticket_by_ticket_however_small_the_pages(lived, monkeypatch):
    async def entries() -> list[list[tuple[int, str]]]:
        async with lived.desk.store.reading() as work:
            return [[(each.ticket, each.event) for each in lines] async for lines in told.by_ticket(work)]

    whole = await entries()
    monkeypatch.setattr(told, "_PAGE", 3)
    assert await entries() == whole
    assert [[event for _, event in each] for each in whole] == [
        await lived.events(case) for case in await lived.cases()
    ]
