"""A year of a desk under six laws, on a clock that jumps from look to look: every reminder once, and in time."""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from bot.domain.calendars import Calendar
from bot.domain.events import Answered, Asked, Event, Extended, Heard, Opened, Proven, Unanswered
from bot.domain.laws import ClockFacts, Deadlines, LawPack, Wait, deadlines
from bot.domain.lifecycle import advance
from bot.domain.reminders import Kind, Matter, Reminder, due
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType, Status

PACK = LawPack.load()
LAWS = ("gdpr", "uk_gdpr", "ccpa", "us_va", "lgpd", "pipa")
TYPES = (RequestType.ACCESS, RequestType.DELETION, RequestType.OPT_OUT, RequestType.OBJECTION)
PLACES = ("DE", "GB-SCT")
ZONE = ZoneInfo("Europe/Berlin")
YEAR = datetime(2026, 1, 1, tzinfo=ZONE)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TICKETS = 2_000
LOOKS = (time(8), time(20))  # of each day
DOWN = (date(2026, 7, 3), date(2026, 7, 10))  # nobody looks in between
COUNTED = {Kind.HALF_TIME, Kind.SEVEN_DAYS, Kind.THREE_DAYS, Kind.LAST_DAY, Kind.TODAY, Kind.OVERDUE}
WEEK = Calendar(PLACES)


def day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


@dataclass
class Life:
    """One ticket: what happens to it and when, its dates from each moment on, and what was said of it when."""

    number: int
    law: str
    right: RequestType
    script: list[tuple[datetime, Event]]
    taken_at: datetime
    ticket: Ticket = field(default_factory=Ticket)
    lived: int = 0
    said: dict[str, datetime] = field(default_factory=dict)
    heard: list[tuple[Reminder, datetime]] = field(default_factory=list)
    moved: list[tuple[datetime, Deadlines]] = field(default_factory=list)

    @property
    def received(self) -> datetime:
        return self.script[0][0]

    @property
    def closed_at(self) -> datetime:
        return self.script[-1][0]

    def when(self, kind: type) -> datetime | None:
        return next((at for at, event in self.script if isinstance(event, kind)), None)

    def dates(self, now: datetime) -> Deadlines:
        return [dates for at, dates in self.moved if at <= now][-1]

    def look(self, now: datetime) -> None:
        """What has happened by now happens, and then what is due is said, once more if somebody looks again."""
        while self.lived < len(self.script) and self.script[self.lived][0] <= now:
            self.happen(*self.script[self.lived])
            self.lived += 1
        for _ in range(2):
            for reminder in () if self.ticket.status is Status.CLOSED else due(self.matter(now), now, WEEK):
                self.said[reminder.key] = now
                self.heard.append((reminder, now))
                if reminder.kind is Kind.UNANSWERED:
                    self.happen(now, Unanswered(now))

    def happen(self, at: datetime, event: Event) -> None:
        if isinstance(event, Heard) and self.ticket.asked_at is None:
            return
        self.ticket, _ = advance(self.ticket if self.ticket.requests else None, event)
        (request,) = self.ticket.requests
        facts = ClockFacts(
            day(request.received_at),
            day(request.verified_at) if request.verified_at else None,
            extended=self.ticket.extended_at is not None,
            waits=tuple(Wait(day(each.asked_at), day(each.answered_at)) for each in self.ticket.waits),
        )
        self.moved.append((at, deadlines(PACK[self.law], facts, request_type=self.right, holidays=PLACES)))

    def matter(self, now: datetime) -> Matter:
        dates = self.moved[-1][1]
        return Matter(
            reference=f"PR-{self.number:08d}",
            received=self.received,
            since=self.received,
            status=self.ticket.status,
            due_at=dates.respond_by,
            act_by=dates.act_by,
            assignee="U0ADA" if self.taken_at <= now else None,
            unproven_since=self.received if self.ticket.unproven_types else None,
            asked_at=self.ticket.asked_at,
            said=self.said,
        )


def a_life(number: int, dice: random.Random) -> Life:
    """Proof comes soon, late or never; some are asked back, some extended; most are answered in time."""
    law, asked_for = dice.choice(LAWS), dice.choice(TYPES)
    at = YEAR + timedelta(minutes=dice.randrange(320 * 24 * 60))
    script: list[tuple[datetime, Event]] = [(at, Opened(at, (asked_for,), sure=True))]

    def then(days: float, make: Callable[[datetime], Event]) -> None:
        nonlocal at
        at += days * DAY + timedelta(minutes=dice.randrange(1, 60))
        script.append((at, make(at)))

    if asked_for is not RequestType.OPT_OUT and dice.random() < 0.8:
        then(dice.choice((0, 1, 2, 5, 9)), Proven)
    if dice.random() < 0.25:
        then(dice.choice((0, 1, 2)), Asked)
        if dice.random() < 0.7:
            then(dice.choice((1, 4, 7, 9)), Heard)
    if dice.random() < 0.1:
        then(1, Extended)
    outcome = dice.choice((Outcome.DENIED, Outcome.UNVERIFIED))
    then(dice.choice((2, 5, 9, 20, 35, 60)), lambda at: Answered(at, (asked_for,), outcome))
    return Life(number, law, asked_for, script, script[0][0] + dice.choice((0.1, 0.5, 3)) * DAY)


def looks() -> list[datetime]:
    """When the desk looks at its clock: twice a day, but for a week in which it is down."""
    days = [day(YEAR + number * DAY + 12 * HOUR) for number in range(430)]
    up = [each for each in days if not DOWN[0] <= each < DOWN[1]]
    return [datetime.combine(each, at, ZONE) for each in up for at in LOOKS]


LOOKED = looks()


@pytest.fixture(scope="module")
def year() -> list[Life]:
    dice = random.Random(6)
    lives = [a_life(number, dice) for number in range(TICKETS)]
    coming = sorted(lives, key=lambda each: each.received, reverse=True)
    open_ones: list[Life] = []
    for now in LOOKED:
        while coming and coming[-1].received <= now:
            open_ones.append(coming.pop())
        for life in open_ones:
            life.look(now)
        open_ones = [each for each in open_ones if each.ticket.status is not Status.CLOSED]
    assert not coming
    assert not open_ones
    return lives


# ---- the same, counted by hand -----------------------------------------------------------------------------


HOLIDAYS = [
    country_holidays("DE", years=range(2025, 2028)),
    country_holidays("GB", "SCT", years=range(2025, 2028)),
]
STEP = LOOKS[1].hour - LOOKS[0].hour


def at_rest(date_: date) -> bool:
    return date_.weekday() >= 5 or any(date_ in each for each in HOLIDAYS)


def back(date_: date, working_days: int) -> date:
    while working_days or at_rest(date_):
        date_ -= DAY
        working_days -= not at_rest(date_) and working_days > 0
    return date_


def next_working(date_: date) -> date:
    while at_rest(date_):
        date_ += DAY
    return date_


def morning(date_: date) -> datetime:
    return datetime.combine(date_, LOOKS[0], ZONE)


def counted(life: Life, now: datetime) -> Kind | None:
    """What is to be said on this very morning, by hand."""
    dates, today, received = life.dates(now), now.date(), day(life.received)
    assert dates.act_by
    assert dates.respond_by
    if today > dates.respond_by:
        return Kind.OVERDUE if today == dates.respond_by + DAY else None
    days = {
        back(received + timedelta(days=(dates.act_by - received).days // 2), 0): Kind.HALF_TIME,
        back(dates.act_by, 7): Kind.SEVEN_DAYS,
        back(dates.act_by, 3): Kind.THREE_DAYS,
        back(dates.act_by, 1): Kind.LAST_DAY,
        dates.act_by: Kind.TODAY,
    }
    return days.get(today) if today > received else None


def first_look(at: datetime) -> datetime:
    return LOOKED[bisect_left(LOOKED, at)]


def said(life: Life, kind: Kind) -> list[datetime]:
    return [now for reminder, now in life.heard if reminder.kind is kind]


@pytest.mark.slow
def test_nothing_is_said_twice(year):
    keys = Counter(reminder.key for life in year for reminder, _ in life.heard)
    assert len(keys) > 5 * TICKETS / 2
    assert [key for key, times in keys.items() if times > 1] == []
    kinds = Counter(reminder.kind for life in year for reminder, _ in life.heard)
    assert set(kinds) == {*COUNTED, Kind.UNASSIGNED, Kind.CODE, Kind.UNPROVEN, Kind.QUESTION, Kind.UNANSWERED}


@pytest.mark.slow
def test_each_day_is_counted_down_on_its_morning_and_said_to_staff(year):
    forgotten = []
    for life in year:
        mornings = [each for each in LOOKED if each.time() == LOOKS[0] and life.received <= each < life.closed_at]
        for now in mornings:
            kind = counted(life, now)
            if kind and now not in said(life, kind) and life.dates(now) == life.moved[-1][1]:
                forgotten.append((life.number, kind, now))
    assert forgotten == []


@pytest.mark.slow
def test_nothing_is_said_late_but_after_the_week_of_silence_or_a_day_that_moved(year):
    late = []
    for life in year:
        for reminder, now in life.heard:
            in_time = now - reminder.at.astimezone(ZONE) < timedelta(hours=24 - STEP + 1)
            after_silence = now.date() == DOWN[1] and now.time() == LOOKS[0]
            has_moved = any(reminder.at < at <= now for at, _ in life.moved)
            late += [] if in_time or after_silence or has_moved else [(life.number, reminder.kind, now)]
    assert late == []
    missed = [now for life in year for reminder, now in life.heard if reminder.missed(now)]
    assert Counter(each.date() for each in missed).most_common(1)[0][0] == DOWN[1]


@pytest.mark.slow
def test_every_ticket_that_nobody_took_for_a_day_was_said(year):
    for life in year:
        after = life.received + DAY
        after = after if not at_rest(day(after)) else morning(next_working(day(after)))
        now = first_look(after)
        expected = [now] if now < min(life.taken_at, life.closed_at) else []
        assert said(life, Kind.UNASSIGNED) == expected, life.number


@pytest.mark.slow
def test_every_requester_without_proof_was_reminded_and_their_ticket_brought_to_an_end(year):
    for life in year:
        if life.right is RequestType.OPT_OUT:
            assert said(life, Kind.CODE) == said(life, Kind.UNPROVEN) == []
            continue
        now = first_look(life.received + 3 * DAY)
        ends = min(life.when(Proven) or life.closed_at, life.closed_at)
        assert said(life, Kind.CODE) == ([now] if now < ends else []), life.number
        given_up = said(life, Kind.UNPROVEN)
        assert all(each >= now + 3 * DAY for each in given_up)
        assert len(given_up) == 1 or first_look(now + 11 * DAY) >= ends


@pytest.mark.slow
def test_every_question_that_stayed_open_was_asked_again_and_then_let_go(year):
    for life in year:
        if not (asked := life.when(Asked)):
            assert said(life, Kind.QUESTION) == said(life, Kind.UNANSWERED) == []
            continue
        now = first_look(asked + 5 * DAY)
        ends = min(life.when(Heard) or life.closed_at, life.closed_at)
        assert said(life, Kind.QUESTION) == ([now] if now < ends else []), life.number
        let_go = said(life, Kind.UNANSWERED)
        assert all(each >= now + 2 * DAY for each in let_go)
        assert len(let_go) == 1 or first_look(now + 5 * DAY) >= ends
