"""The report of a year of a desk under six laws: every figure counted a second time, from what was to happen."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median

import pytest

from bot.domain.events import Answered, Asked, Extended, Heard, Proven
from bot.domain.reporting import report
from bot.domain.reporting.formats import as_json
from bot.domain.reporting.histories import Line, Period, history
from tests.unit.test_year import TICKETS, TYPES, ZONE, Life, a_life, day

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), ZONE)
SPRING = Period(date(2026, 3, 28), date(2026, 6, 30), ZONE)  # the clock is put forward on its second day
HOUR = timedelta(hours=1)


def entries(life: Life) -> Iterator[Line]:
    """The journal of a ticket that lives as its script says."""
    for at, event in life.script:
        before = len(life.moved)
        life.happen(at, event)
        if len(life.moved) == before:
            continue
        (one,) = life.ticket.requests
        due = life.moved[-1][1].respond_by
        facts = {
            "type": one.type,
            "received_at": one.received_at.isoformat(),
            "due_at": due.isoformat() if due else "",
        }
        if one.closed_at:
            facts |= {"outcome": one.outcome, "closed_at": one.closed_at.isoformat()}
        status, name = life.ticket.status, type(event).__name__.lower()
        about = {
            "law": life.law,
            "channel": "email",
            "language": "en",
            "sure": True,
            "happened_at": at.isoformat(),
        }
        yield Line(life.number, at, name, {**about, "status": status, "requests": [facts]})


@pytest.fixture(scope="module")
def lives() -> list[tuple[Life, list[Line]]]:
    dice = random.Random(6)
    made = [a_life(number, dice) for number in range(TICKETS)]
    return [(life, list(entries(life))) for life in made]


@pytest.fixture(scope="module", params=[YEAR, SPRING], ids=["year", "spring"])
def counted(request, lives):
    """The period, what the report says of it, and the lives."""
    period = request.param
    histories = [found for _, lines in lives if (found := history(lines, period))]
    return period, as_json(report(histories, period)), [life for life, _ in lives]


def within(period: Period, at: datetime | None) -> bool:
    return at is not None and period.first <= day(at) <= period.last


def hours_between(since: datetime, until: datetime) -> float:
    """In UTC: moments of one zone are told apart by the face of its clock, which is put forward in spring."""
    return (until.astimezone(UTC) - since.astimezone(UTC)) / HOUR


def days(life: Life) -> int:
    return (day(life.closed_at) - day(life.received)).days


def test_what_came_and_how_it_ended(counted):
    period, found, lives = counted
    for type_ in TYPES:
        mine, told = (
            [each for each in lives if each.right is type_],
            found["requests"][type_] | found["times"][type_],
        )
        assert told["received"] == sum(within(period, each.received) for each in mine)
        assert told["extended"] == sum(within(period, each.when(Extended)) for each in mine)
        ended = [each for each in mine if within(period, each.closed_at)]
        outcomes = Counter(each.script[-1][1].outcome for each in ended)
        assert {each: told[each] for each in ("denied", "unverified")} == dict(outcomes)
        assert told["median_days"] == median(map(days, ended))
        assert told["mean_days"] == round(mean(map(days, ended)), 2)
        late = sum(day(each.closed_at) > each.moved[-1][1].respond_by for each in ended)
        assert (told["late"], told["on_time"]) == (late, len(ended) - late)


def test_what_california_asks_for(counted):
    period, found, lives = counted
    mine = [each for each in lives if each.law == "ccpa"]
    ended = [each for each in mine if within(period, each.closed_at)]
    total = found["ccpa"]["total"]
    assert total["received"] == sum(within(period, each.received) for each in mine)
    assert (total["denied"], total["complied"], total["median_days"]) == (len(ended), 0, median(map(days, ended)))


def test_what_is_open_at_the_end_and_how_old(counted):
    period, found, lives = counted
    there = [each for each in lives if day(each.received) <= period.last < day(each.closed_at)]
    assert found["backlog"]["total"]["tickets"] == len(there)
    ages = [(period.last - day(each.received)).days for each in there]
    limits = [(0, 7), (8, 14), (15, 30), (31, 60), (61, 999)]
    expected = [sum(low <= age <= high for age in ages) for low, high in limits]
    assert [each["tickets"] for each in found["ages"].values()] == expected


def test_each_law_and_month(counted):
    period, found, lives = counted
    received = Counter(each.law for each in lives if within(period, each.received))
    assert {law: each["received"] for law, each in found["laws"].items() if law != "total"} == dict(received)
    months = Counter(f"{day(each.closed_at):%Y-%m}" for each in lives if within(period, each.closed_at))
    assert {name: each["closed"] for name, each in found["months"].items() if each["closed"]} == dict(months)


def test_how_long_requesters_were_waited_for_and_how_soon_they_heard(counted):
    period, found, lives = counted
    waits = [(each.when(Asked), each.when(Heard) or each.closed_at) for each in lives if each.when(Asked)]
    hours = [hours_between(since, until) for since, until in waits if within(period, until)]
    told = found["statuses"]["waiting"]
    assert (told["stays"], told["mean_hours"]) == (len(hours), round(mean(hours), 2))
    replied = [(each, min(filter(None, map(each.when, (Asked, Extended, Answered))))) for each in lives]
    soon = [hours_between(each.received, at) for each, at in replied if within(period, at)]
    told = found["speed"]["first_reply"]
    assert (told["tickets"], told["median_hours"]) == (len(soon), round(median(soon), 2))


def test_who_proved_who_they_are(counted):
    period, found, lives = counted
    asked = [each for each in lives if within(period, each.received) and each.right in TYPES[:2] + TYPES[3:]]

    def proven(life: Life, kind: type) -> bool:
        at = life.when(kind)
        return at is not None and day(at) <= period.last

    told = found["verification"]["tickets"]
    assert (told["asked"], told["by_code"]) == (len(asked), sum(proven(each, Proven) for each in asked))
