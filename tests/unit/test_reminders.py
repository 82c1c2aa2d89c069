"""What is due to be said on the clock: each thing once, in time, whenever the desk looks and however often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendars import Calendar
from bot.domain.digests import SAID, digest, missed, said
from bot.domain.reminders import Kind, Matter, Reminder, To, due

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Calendar()
RECEIVED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MATTER = Matter(
    reference="PR-7K3M9QZ2",
    received=RECEIVED,
    since=RECEIVED,
    due_at=date(2026, 4, 2),
    act_by=date(2026, 4, 2),
    assignee="U0ADA",
)


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC)


def kinds(matter: Matter, now: datetime, week: Calendar = WEEK) -> list[Kind]:
    return [each.kind for each in due(matter, now, week)]


def run(
    matter: Matter, start: datetime, days: int, step: timedelta = timedelta(hours=6)
) -> list[tuple[Kind, str]]:
    """What is said while the clock runs, with the day on which it is: whatever is said is remembered."""
    heard: list[tuple[Kind, str]] = []
    now = start
    while now < start + days * DAY:
        for each in due(matter, now, WEEK):
            heard.append((each.kind, f"{now.date()}"))
            matter = replace(matter, said={**matter.said, each.key: now})
        now += step
    return heard


# ---- counting down -----------------------------------------------------------------------------------------


def test_staff_are_reminded_at_half_time_and_on_the_days_before_and_when_it_is_over():
    assert run(MATTER, at("2026-03-02T10:00"), 60) == [
        (Kind.HALF_TIME, "2026-03-17"),
        (Kind.SEVEN_DAYS, "2026-03-24"),
        (Kind.THREE_DAYS, "2026-03-30"),
        (Kind.LAST_DAY, "2026-04-01"),
        (Kind.TODAY, "2026-04-02"),
        (Kind.OVERDUE, "2026-04-03"),
    ]


def test_a_reminder_comes_in_the_morning_of_the_controllers_zone():
    tokyo = ZoneInfo("Asia/Tokyo")
    assert kinds(MATTER, at("2026-04-02T07:59", tokyo)) == [Kind.LAST_DAY]
    assert kinds(MATTER, at("2026-04-02T08:00", tokyo)) == [Kind.TODAY]


def test_holidays_are_no_days_to_work_on():
    easter = replace(MATTER, act_by=date(2026, 4, 7), due_at=date(2026, 4, 7))
    assert kinds(easter, at("2026-04-02T09:00"), Calendar(("DE",))) == [Kind.LAST_DAY]
    assert kinds(easter, at("2026-04-02T09:00")) == [Kind.THREE_DAYS]


def test_it_is_overdue_only_once_the_legal_day_is_over():
    rolled = replace(MATTER, act_by=date(2026, 4, 2), due_at=date(2026, 4, 7))
    assert kinds(rolled, at("2026-04-07T23:00")) == [Kind.TODAY]
    (over,) = due(rolled, at("2026-04-08T08:00"), WEEK)
    assert (over.kind, over.to) == (Kind.OVERDUE, To.ALERT)


def test_where_the_law_names_no_day_the_operators_target_counts():
    target = replace(MATTER, due_at=None)
    assert kinds(target, at("2026-04-02T09:00")) == [Kind.TODAY]
    assert kinds(target, at("2026-04-03T09:00")) == [Kind.OVERDUE]
    assert kinds(replace(target, act_by=None), at("2027-01-01T09:00")) == []


def test_a_short_clock_is_not_counted_down_from_before_it_began():
    ten_days = replace(MATTER, due_at=date(2026, 3, 6), act_by=date(2026, 3, 6))
    assert run(ten_days, at("2026-03-02T10:00"), 3) == [
        (Kind.THREE_DAYS, "2026-03-03"),
        (Kind.HALF_TIME, "2026-03-04"),
    ]


def test_of_what_was_missed_only_the_latest_is_said_and_it_is_known_to_be_late():
    (late,) = due(MATTER, at("2026-04-01T07:00"), WEEK)
    assert (late.kind, late.missed(at("2026-04-01T07:00"))) == (Kind.THREE_DAYS, True)
    (fresh,) = due(MATTER, at("2026-04-01T09:00"), WEEK)
    assert (fresh.kind, fresh.missed(at("2026-04-01T09:00"))) == (Kind.LAST_DAY, False)


def test_a_new_date_is_counted_down_anew_and_an_old_one_is_not_said_again():
    heard = due(MATTER, at("2026-03-24T09:00"), WEEK)
    told = replace(MATTER, said={each.key: RECEIVED for each in heard})
    extended = replace(told, act_by=date(2026, 6, 2), due_at=date(2026, 6, 2))
    assert kinds(told, at("2026-03-24T09:00")) == []
    assert kinds(extended, at("2026-05-22T09:00")) == [Kind.SEVEN_DAYS]
    assert kinds(replace(extended, act_by=MATTER.act_by, due_at=MATTER.due_at), at("2026-03-24T09:00")) == []


# ---- what nobody looks at ----------------------------------------------------------------------------------


def test_what_nobody_has_taken_for_a_day_is_said_on_a_working_day():
    friday = replace(MATTER, assignee=None, since=at("2026-03-06T15:00"))
    assert kinds(friday, at("2026-03-07T16:00")) == []
    assert kinds(friday, at("2026-03-09T08:00")) == [Kind.UNASSIGNED]
    assert kinds(replace(friday, assignee="U0ADA"), at("2026-03-09T08:00")) == []


def test_what_waits_in_quarantine_is_said_to_the_alert_channel_and_counted_down():
    saturday = date(2026, 4, 4)
    aside = replace(MATTER, reference="quarantined item 7", quarantined=True, act_by=saturday, due_at=saturday)
    found = due(aside, at("2026-03-03T10:00"), WEEK)
    assert [(each.kind, each.to) for each in found] == [(Kind.UNDECIDED, To.ALERT)]
    found = due(replace(aside, said={found[0].key: RECEIVED}), at("2026-04-03T09:00"), WEEK)
    assert [(each.kind, each.to) for each in found] == [(Kind.TODAY, To.ALERT)]


def test_what_the_law_wants_acknowledged_is_said_while_nothing_has_left():
    held = replace(MATTER, acknowledge_by=date(2026, 3, 16), acknowledged=False)
    assert kinds(held, at("2026-03-11T07:00")) == []
    assert kinds(held, at("2026-03-11T08:00")) == [Kind.ACKNOWLEDGE]
    assert kinds(replace(held, acknowledged=True), at("2026-03-11T08:00")) == []


def test_each_draft_that_waits_for_a_day_is_said_once():
    drafts = ((4, at("2026-03-03T09:00")), (5, at("2026-03-04T09:00")))
    heard = run(replace(MATTER, drafts=drafts), at("2026-03-03T10:00"), 5)
    assert heard == [(Kind.DRAFT_WAITS, "2026-03-04"), (Kind.DRAFT_WAITS, "2026-03-05")]


def test_what_is_no_matter_of_privacy_is_left_to_the_digest():
    assert kinds(replace(MATTER, ordinary=True, assignee=None), at("2027-01-01T09:00")) == []


# ---- a requester who lets time pass ------------------------------------------------------------------------


def test_without_proof_comes_a_reminder_and_then_a_draft_for_staff():
    silent = replace(MATTER, unproven_since=RECEIVED)
    heard = [each for each in run(silent, RECEIVED, 40) if each[0] in (Kind.CODE, Kind.UNPROVEN)]
    assert heard == [(Kind.CODE, "2026-03-05"), (Kind.UNPROVEN, "2026-03-16")]


def test_a_short_clock_leaves_the_requester_three_days_after_the_reminder():
    silent = replace(MATTER, unproven_since=RECEIVED, act_by=date(2026, 3, 12), due_at=date(2026, 3, 12))
    heard = [each for each in run(silent, RECEIVED, 20) if each[0] in (Kind.CODE, Kind.UNPROVEN)]
    assert heard == [(Kind.CODE, "2026-03-05"), (Kind.UNPROVEN, "2026-03-08")]


def test_a_reminder_that_was_late_gives_the_requester_their_days_all_the_same():
    silent = replace(MATTER, unproven_since=RECEIVED)
    heard = [each for each in run(silent, RECEIVED + 20 * DAY, 20) if each[0] in (Kind.CODE, Kind.UNPROVEN)]
    assert heard == [(Kind.CODE, "2026-03-22"), (Kind.UNPROVEN, "2026-03-25")]


def test_where_nothing_leaves_by_itself_staff_get_the_draft_all_the_same():
    quiet = replace(MATTER, unproven_since=RECEIVED, automatic=False)
    heard = [each for each in run(quiet, RECEIVED, 40) if each[0] in (Kind.CODE, Kind.UNPROVEN)]
    assert heard == [(Kind.UNPROVEN, "2026-03-16")]


def test_a_question_is_asked_once_more_and_then_staff_go_on():
    asked = replace(MATTER, asked_at=at("2026-03-04T12:00"))
    heard = [each for each in run(asked, RECEIVED, 40) if each[0] in (Kind.QUESTION, Kind.UNANSWERED)]
    assert heard == [(Kind.QUESTION, "2026-03-09"), (Kind.UNANSWERED, "2026-03-14")]
    again = replace(MATTER, asked_at=at("2026-03-26T12:00"))
    heard = [
        each for each in run(again, at("2026-03-26T13:00"), 10) if each[0] in (Kind.QUESTION, Kind.UNANSWERED)
    ]
    assert heard == [(Kind.QUESTION, "2026-03-31"), (Kind.UNANSWERED, "2026-04-02")]


# ---- any clock, any number of looks ------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2026-03-20", "2026-10-16"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
def test_the_hour_that_is_missing_or_comes_twice_neither_hides_nor_repeats_anything(start, zone):
    local = ZoneInfo(zone)
    received = at(start, local)
    act = WEEK.on_or_after(received.date() + 30 * DAY)
    matter = replace(MATTER, received=received, since=received, act_by=act, due_at=act)
    heard, now = [], received.astimezone(UTC)
    while now < received + 40 * DAY:
        for each in due(matter, now.astimezone(local), WEEK):
            assert now - each.at < timedelta(minutes=30)
            heard.append(each.kind)
            matter = replace(matter, said={**matter.said, each.key: now})
        now += timedelta(minutes=30)
    assert heard == [Kind.HALF_TIME, Kind.SEVEN_DAYS, Kind.THREE_DAYS, Kind.LAST_DAY, Kind.TODAY, Kind.OVERDUE]


moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: RECEIVED + timedelta(minutes=minutes))


@settings(deadline=None, max_examples=60)
@given(st.lists(moments, max_size=40), st.integers(8, 60), st.booleans())
def test_whenever_and_however_often_the_clock_is_read_nothing_is_said_twice_or_early(looks, length, taken):
    act = WEEK.on_or_before(RECEIVED.date() + length * DAY)
    matter = replace(
        MATTER,
        act_by=act,
        due_at=act + 2 * DAY,
        assignee="U0ADA" if taken else None,
        unproven_since=RECEIVED,
        asked_at=RECEIVED + 7 * DAY,
        drafts=((1, RECEIVED + DAY),),
    )
    heard: list[Reminder] = []
    for now in looks:  # clocks that are set back are among them
        for each in due(matter, now.astimezone(BERLIN), WEEK):
            assert each.at <= now
            heard.append(each)
            matter = replace(matter, said={**matter.said, each.key: now})
    assert len({each.key for each in heard}) == len(heard)
    for each in heard:
        if each.to is not To.LIFE and each.kind is not Kind.OVERDUE:
            assert WEEK.rest(each.at.astimezone(BERLIN).date()) is None


# ---- words -------------------------------------------------------------------------------------------------


def reminder(kind: Kind, day: str = "2026-03-24T08:00") -> Reminder:
    return Reminder(kind, at(day), f"PR-7K3M9QZ2:{kind}", "PR-7K3M9QZ2", To.THREAD)


@pytest.mark.parametrize("kind", sorted(SAID))
def test_every_reminder_has_its_words(kind):
    matter = replace(MATTER, acknowledge_by=date(2026, 3, 16))
    text = said(reminder(kind), matter, date(2026, 3, 24), WEEK)
    assert text
    assert "{" not in text
    assert said(reminder(kind), replace(matter, due_at=None, act_by=None), date(2026, 3, 24), WEEK)


def test_a_reminder_says_what_is_left_and_until_when():
    text = said(reminder(Kind.SEVEN_DAYS), MATTER, date(2026, 3, 24), WEEK)
    assert text == "7 working days left to act, until 2 April 2026, the law's day."
    earlier = replace(MATTER, act_by=date(2026, 3, 31))
    text = said(reminder(Kind.SEVEN_DAYS), earlier, date(2026, 3, 24), WEEK)
    assert text == "5 working days left to act, until 31 March 2026. The law's day is 2 April 2026."


def test_what_was_missed_is_one_text_with_each_matter_once():
    other = replace(MATTER, reference="PR-AAAAAAAA", due_at=date(2026, 3, 30))
    found = [(reminder(Kind.THREE_DAYS), MATTER), (reminder(Kind.UNASSIGNED, "2026-03-03T08:00"), MATTER)]
    text = missed([*found, (reminder(Kind.TODAY), other)])
    assert text.splitlines()[1:] == [
        "PR-AAAAAAAA: the day to act has come. The law's day is 30 March 2026.",
        "PR-7K3M9QZ2: few days are left. The law's day is 2 April 2026.",
    ]
    many = [(reminder(Kind.TODAY), replace(MATTER, reference=f"PR-{n:08d}")) for n in range(99)]
    assert missed(many).splitlines()[-1] == "And 74 more; see `tickets`."


def test_a_morning_begins_with_what_is_overdue_and_due_and_nobodys():
    matters = [
        replace(MATTER, reference="PR-LATE", due_at=date(2026, 3, 20), act_by=date(2026, 3, 20)),
        replace(MATTER, reference="PR-TODAY", act_by=date(2026, 3, 24)),
        replace(MATTER, reference="PR-SOON", act_by=date(2026, 3, 30)),
        replace(MATTER, reference="PR-NEW", assignee=None, status="triage"),
        replace(MATTER, reference="PR-DRAFT", drafts=((1, RECEIVED),)),
        replace(MATTER, reference="PR-LUNCH", ordinary=True, status="triage", assignee=None),
        replace(MATTER, reference="quarantined item 3", quarantined=True, assignee=None, status="quarantined"),
    ]
    assert digest(matters, date(2026, 3, 24), WEEK).splitlines()[1:] == [
        "Open: 6.",
        "Overdue (1): PR-LATE.",
        "To act on today (1): PR-TODAY.",
        "To act on by 31 March 2026 (1): PR-SOON.",
        "Nobody has taken (1): PR-NEW.",
        "To be sorted (1): PR-NEW.",
        "Drafts that wait for approval (1): PR-DRAFT.",
        "In quarantine (1): quarantined item 3.",
        "No matter of privacy, to be forwarded or closed (1): PR-LUNCH.",
    ]
    assert digest([], date(2026, 3, 24), WEEK) == ""
