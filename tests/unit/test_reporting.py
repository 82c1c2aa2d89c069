"""Figures from made-up journals, counted a second time by hand or by another way."""

import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reporting import Report, report
from bot.domain.reporting.formats import as_csv, as_json, neutral
from bot.domain.reporting.histories import History, Line, Period, Right, history
from bot.domain.reporting.page import page
from bot.domain.vocabulary import Outcome, RequestType

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("UTC"))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30), ZoneInfo("UTC"))
EVER = Period(date(2025, 1, 1), date(2027, 12, 31), ZoneInfo("UTC"))


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def row(type_: str, received: datetime, *, due: str = "2026-04-02", **more: Any) -> dict[str, Any]:
    facts = {"type": type_, "received_at": received, "due_at": due, **more}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in facts.items()}


def opened(*rows: dict[str, Any], when: datetime, status: str = "open", ticket: int = 1, **more: Any) -> Line:
    told = {
        "channel": "email",
        "language": "en",
        "law": "gdpr",
        "abstained": False,
        "happened_at": when.isoformat(),
    }
    return Line(ticket, when, "opened", {**told, "requests": list(rows), "status": status, **more})


def then(event: str, when: datetime, *rows: dict[str, Any], ticket: int = 1, **detail: Any) -> Line:
    return Line(ticket, when, event, {**({"requests": list(rows)} if rows else {}), **detail})


def made(*lines: Line, period: Period = MARCH, law: str | None = None) -> dict[str, Any]:
    """The figures of these entries, by table, row and column."""
    found = [history([each for each in lines if each.ticket == number], period) for number in range(1, 6)]
    return as_json(report([each for each in found if each], period, law))


def answered(
    type_: str, outcome: str, *, received: datetime, closed: datetime, ticket: int = 1, **more: Any
) -> tuple[Line, ...]:
    done = row(type_, received, outcome=outcome, closed_at=closed)
    return (
        opened(row(type_, received), when=received, ticket=ticket, **more),
        then("answered", closed, done, ticket=ticket, status="closed", types=[type_], outcome=outcome),
    )


# ---- what is counted ---------------------------------------------------------------------------------------


def test_a_request_is_received_and_answered_in_the_period_and_days_run_from_receipt():
    lines = (
        *answered("deletion", "fulfilled", received=at(2), closed=at(12), ticket=1, law="ccpa"),
        *answered("deletion", "partly_fulfilled", received=at(3), closed=at(6), ticket=2, law="ccpa"),
        *answered("deletion", "unverified", received=at(3), closed=at(8), ticket=3, law="ccpa"),
        *answered("access", "denied", received=at(1), closed=at(31, 23), ticket=4, law="ccpa"),
    )
    ccpa = made(*lines)["ccpa"]
    assert ccpa["deletion"] == {
        "received": 3,
        "complied": 2,
        "complied_in_whole": 1,
        "complied_in_part": 1,
        "denied": 1,
        "denied_unverified": 1,
        "median_days": 5.0,
        "mean_days": 6.0,
    }
    assert (ccpa["access"]["denied"], ccpa["access"]["median_days"]) == (1, 30.0)
    assert (ccpa["total"]["received"], ccpa["total"]["mean_days"]) == (4, 12.0)


def test_other_laws_are_not_in_the_ccpa_table_and_a_law_can_be_chosen():
    lines = answered("deletion", "fulfilled", received=at(2), closed=at(3))
    assert made(*lines)["ccpa"]["total"]["received"] == 0
    assert made(*lines, law="gdpr")["requests"]["total"]["closed"] == 1
    assert made(*lines, law="ccpa")["requests"]["total"]["closed"] == 0


def test_what_is_closed_after_the_period_is_open_in_it_and_counts_as_closed_in_the_next():
    lines = answered("access", "fulfilled", received=at(30), closed=at(2, month=4))
    before, after = made(*lines), made(*lines, period=APRIL)
    names = ("received", "closed", "open_at_end")
    assert [before["requests"]["access"][each] for each in names] == [1, 0, 1]
    assert [after["requests"]["access"][each] for each in names] == [0, 1, 0]
    assert (before["backlog"]["open"]["tickets"], after["backlog"]["total"]["tickets"]) == (1, 0)


def test_a_later_change_moves_no_figure_of_a_period_that_is_over():
    first = opened(row("objection", at(2)), when=at(2))
    retyped = then("typed", at(1, month=4), row("access", at(2)), status="open", types=["access"])
    other_law = then("law_changed", at(2, month=4), row("access", at(2)), law="ccpa")
    assert made(first) == made(first, retyped, other_law)
    assert made(first, retyped, other_law, period=APRIL)["laws"]["ccpa"]["open_at_end"] == 1


def test_a_letter_read_after_midnight_counts_on_the_day_it_came():
    came = at(31, 23)
    line = Line(1, at(1, 0, month=4), "opened", opened(row("access", came), when=came).detail)
    assert made(line)["requests"]["access"]["received"] == 1
    assert made(line, period=APRIL)["requests"]["access"]["received"] == 0


def test_days_are_those_of_the_desks_time_zone():
    tokyo = Period(date(2026, 3, 2), date(2026, 3, 2), ZoneInfo("Asia/Tokyo"))
    assert (
        made(opened(row("access", at(1, 20)), when=at(1, 20)), period=tokyo)["requests"]["access"]["received"] == 1
    )
    assert (
        made(opened(row("access", at(2, 20)), when=at(2, 20)), period=tokyo)["requests"]["access"]["received"] == 0
    )


def test_on_time_is_up_to_the_day_that_the_law_set():
    received = at(1)
    rows = [
        row("access", received, due="2026-03-10", outcome="fulfilled", closed_at=at(10, 23)),
        row("deletion", received, due="2026-03-10", outcome="fulfilled", closed_at=at(11, 1)),
        {
            "type": "correction",
            "received_at": received.isoformat(),
            "outcome": "denied",
            "closed_at": "2026-03-11T09:00+00:00",
        },
    ]
    total = made(opened(*rows, when=received, status="closed"))["times"]["total"]
    assert [total[each] for each in ("on_time", "late", "no_day", "on_time_share")] == [1, 1, 1, 0.5]


def test_a_refusal_has_the_ground_of_the_draft_that_was_approved():
    received = at(2)
    done = row("deletion", received, outcome="denied", closed_at=at(5))
    lines = (
        opened(row("deletion", received), when=received),
        then("drafted", at(3), draft=1, letter="denied", ground="excessive"),
        then("drafted", at(4), draft=2, letter="denied", ground="exempt"),
        then("approved", at(5), draft=2),
        then("answered", at(5), done, status="closed", types=["deletion"], outcome="denied"),
        then("sent", at(6), letter="denied"),
    )
    refusals = made(*lines)["refusals"]
    assert (refusals["exempt"]["denied"], refusals["excessive"]["denied"], refusals["total"]["denied"]) == (
        1,
        0,
        1,
    )


def test_a_refusal_without_a_word_is_of_unknown_ground_and_one_without_proof_not_verifiable():
    lines = (
        *answered("access", "denied", received=at(2), closed=at(3)),
        *answered("access", "unverified", received=at(2), closed=at(3), ticket=2),
    )
    refusals = made(*lines)["refusals"]
    assert (refusals["unknown"]["denied"], refusals["not_verifiable"]["unverified"]) == (1, 1)


def test_an_extension_counts_for_what_was_open_then():
    both = row("access", at(2)), row("opt_out", at(2), outcome="fulfilled", closed_at=at(3))
    lines = opened(*both, when=at(2)), then("extended", at(20), *both, status="open")
    times = made(*lines)["times"]
    assert (times["access"]["extended"], times["opt_out"]["extended"], times["total"]["extended"]) == (
        1,
        0,
        1,
    )


def test_stays_speed_and_ages_are_counted_from_what_happened_when():
    lines = (
        opened(row("access", at(2, 8)), when=at(2, 8), status="verifying"),
        then("sent", at(2, 9), letter="acknowledgement"),
        then("proven", at(2, 18), row("access", at(2, 8)), status="open"),
        then("asked", at(4, 8), row("access", at(2, 8)), status="waiting"),
        then("heard", at(5, 8), row("access", at(2, 8)), status="open"),
    )
    found = made(*lines)
    assert found["speed"]["first_letter"] == {"tickets": 1, "median_hours": 1.0, "mean_hours": 1.0}
    assert found["speed"]["first_reply"]["median_hours"] == 48.0
    assert [found["statuses"][each]["mean_hours"] for each in ("verifying", "open", "waiting")] == [
        10.0,
        38.0,
        24.0,
    ]
    assert found["ages"]["15-30 days"]["tickets"] == 1
    assert found["verification"]["tickets"]["by_code"] == 1


def test_each_ticket_that_asked_for_proof_ends_in_one_column():
    asked = [opened(row("access", at(2)), when=at(2), status="verifying", ticket=each) for each in (1, 2, 3, 4)]
    gone = row("access", at(2), outcome="unverified", closed_at=at(9))
    lines = (
        *asked,
        then("proven", at(3), ticket=1, status="open"),
        then("vouched", at(3), ticket=2, status="open"),
        then("mistried", at(3), ticket=3, status="verifying"),
        then("answered", at(9), gone, ticket=3, status="closed", types=["access"], outcome="unverified"),
    )
    assert made(*lines)["verification"]["tickets"] == {
        "asked": 4,
        "by_code": 1,
        "by_hand": 1,
        "unverified": 1,
        "waiting": 1,
        "otherwise_closed": 0,
        "verified_share": 0.5,
        "wrong_codes": 1,
    }


def test_abstentions_and_reopenings_are_counted():
    lines = (
        opened(row("access", at(2)), when=at(2), status="triage", abstained=True),
        then("closed", at(3), row("access", at(2), outcome="not_privacy", closed_at=at(3)), status="closed"),
        then("heard", at(4), row("access", at(2), outcome="not_privacy", closed_at=at(3)), status="triage"),
        opened(row("access", at(2)), when=at(2), ticket=2),
    )
    assert made(*lines)["intake"]["tickets"] == {
        "opened": 2,
        "abstained": 1,
        "abstained_share": 0.5,
        "reopened": 1,
    }


def test_entries_of_an_older_journal_count_with_unknown_law_and_what_happened():
    came = at(2)
    told = {"happened_at": came.isoformat(), "types": ["access", "opt_out"], "sure": True, "due_at": "2026-04-02"}
    lines = (
        Line(1, came, "opened", {**told, "status": "verifying"}),
        then("answered", at(4), types=["opt_out"], outcome="fulfilled", status="verifying"),
        then("added", at(5), types=["deletion"], status="verifying"),
        then("closed", at(6), outcome="withdrawn", status="closed"),
    )
    found = made(*lines)
    ends = {name: figures for name, figures in found["requests"].items() if figures["received"]}
    assert [ends[each]["withdrawn"] for each in ("access", "deletion", "opt_out")] == [1, 1, 0]
    assert (ends["opt_out"]["fulfilled"], ends["total"]["closed"]) == (1, 3)
    assert (found["laws"]["unknown"]["received"], found["channels"]["unknown"]["received"]) == (3, 3)
    assert found["intake"]["tickets"]["abstained"] == 0


def test_an_empty_period_gives_zeros():
    found = made()
    assert found["requests"]["total"]["received"] == found["backlog"]["total"]["tickets"] == 0
    assert (found["ccpa"]["total"]["median_days"], found["months"]) == (
        None,
        {"2026-03": {"received": 0, "closed": 0}},
    )
    whole = Period(date.min, date.max, ZoneInfo("UTC"))
    assert made(period=whole)["months"] == {}


# ---- whatever the journal holds ----------------------------------------------------------------------------


@st.composite
def a_right(draw: st.DrawFn) -> Right:
    received = at(1) + timedelta(hours=draw(st.integers(-2000, 2000)))
    outcome = draw(st.none() | st.sampled_from(list(Outcome)))
    closed = received + timedelta(hours=draw(st.integers(0, 3000))) if outcome else None
    due = draw(st.none() | st.just(received.date() + timedelta(days=30)))
    return Right(draw(st.sampled_from(list(RequestType))), received, due, outcome, closed)


TICKETS = st.lists(
    st.builds(
        History,
        law=st.sampled_from(["gdpr", "ccpa", "unknown"]),
        channel=st.sampled_from(["email", "slack"]),
        language=st.sampled_from(["en", "de", "unknown"]),
        rights=st.lists(a_right(), max_size=3).map(tuple),
    ),
    max_size=12,
)


@given(TICKETS)
def test_totals_are_the_sums_of_their_rows(tickets):
    found = as_json(report(tickets, MARCH))
    whole = found["requests"]["total"] | found["times"]["total"]
    counts = [each for each in whole if not each.endswith(("_days", "_share"))]
    for name in ("requests", "times", "channels", "languages", "laws"):
        *rows, total = found[name].values()
        columns = [each for each in counts if each in total]
        assert {each: sum(row[each] for row in rows) for each in columns} == {
            each: total[each] for each in columns
        }
    assert sum(whole[each] for each in Outcome) == whole["closed"] == found["months"]["2026-03"]["closed"]
    assert whole["on_time"] + whole["late"] + whole["no_day"] == whole["closed"]


@given(TICKETS)
def test_medians_and_means_are_those_of_statistics(tickets):
    figures = as_json(report(tickets, EVER))["times"]
    closed = [
        (each.type, (each.closed_at.date() - each.received_at.date()).days)
        for ticket in tickets
        for each in ticket.rights
        if each.closed_at and each.outcome not in ("withdrawn", "not_privacy", "duplicate")
    ]
    for name in {*Counter(each for each, _ in closed), "total"}:
        days = [count for type_, count in closed if name in (type_, "total")]
        expected = [round(how(days), 2) if days else None for how in (statistics.median, statistics.mean)]
        assert [figures[name]["median_days"], figures[name]["mean_days"]] == expected


@given(TICKETS)
def test_every_format_says_the_same_figures(tickets):
    found = report(tickets, MARCH)
    lines = as_csv(found).split("\r\n")
    assert len(lines) - 2 == sum(len(each.rows) * len(each.columns) for each in found.tables)
    assert page(found).count("<td>") == len(lines) - 2


@given(st.text(max_size=20))
def test_no_cell_begins_as_a_formula_and_its_text_is_all_there(text):
    cell = neutral(text)
    assert cell.endswith(text)
    assert not cell.lstrip(" \xa0").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


# ---- the page ----------------------------------------------------------------------------------------------


def reported(**facts: Any) -> Report:
    told = history(answered("access", "fulfilled", received=at(2), closed=at(5), **facts), MARCH)
    assert told
    return report([told], MARCH)


def test_the_page_runs_nothing_and_fetches_nothing():
    text = page(reported(), "Linden Books")
    assert not [
        each for each in ("<script", "http://", "https://", "url(", "@import", "<link", "src=") if each in text
    ]
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_each_plot_has_words_in_its_place_and_a_table_beside_it():
    text = page(reported())
    plots = text.count("<svg")
    assert plots >= 5
    assert text.count('role="img" aria-label="') == plots
    for part in text.split("<section")[1:]:
        assert part.count("<table ") == 1
        assert part.count('<th scope="col">') >= 2
        assert 'tabindex="0"' in part  # a table that is wider than the screen can be moved by the keyboard
    assert 'aria-hidden="true">–</span><span class="unseen">none<' in text
    assert "Requests by month: the largest is 2026-03, received 1" in text


def test_nothing_that_the_journal_holds_is_read_as_markup():
    text = page(reported(language='<img src=x onerror="alert(1)">'), "<b>Linden</b> & Sons")
    assert "<img" not in text
    assert "<b>" not in text
    assert "&lt;b&gt;Linden&lt;/b&gt; &amp; Sons" in text
