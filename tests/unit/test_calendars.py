"""Calendar codes, days of rest and the arithmetic of periods."""

from datetime import date

import pytest

from bot.domain.calendars import Calendar, UnknownCalendar, calendar_code, holidays_of, months_after, spoken


@pytest.mark.parametrize(
    ("text", "code"), [("de", "DE"), (" de-by ", "DE-BY"), ("UK", "GB"), ("uk-sct", "GB-SCT"), ("US-CA", "US-CA")]
)
def test_a_calendar_code_is_read_in_any_case(text, code):
    assert calendar_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "XX", "DE-XX", "DE-", "Germany", "GB_SCT", "DE-BY,FR", "XNYS", "ＤＥ", "\n", "D" * 999]
)
def test_an_unknown_calendar_is_told_in_one_line(text):
    with pytest.raises(UnknownCalendar) as raised:
        calendar_code(text)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200


def test_a_holiday_counts_for_a_due_day_only_where_every_region_keeps_it():
    labour_day = date(2026, 5, 1)
    assert Calendar(("DE", "NL")).rest(labour_day) == "Labor Day in DE"
    assert Calendar(("DE", "NL"), unanimous=True).rest(labour_day) is None
    assert Calendar((), unanimous=True).rest(labour_day) is None


def test_a_month_ends_on_the_same_day_or_the_last_and_is_never_chained():
    assert months_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert months_after(date(2026, 1, 31), 3) == date(2026, 4, 30)
    assert months_after(date(2026, 11, 30), 2) == date(2027, 1, 30)


def test_working_days_are_counted_from_the_next_and_leave_out_days_of_rest():
    friday = date(2026, 5, 15)
    assert Calendar().working_days_after(friday, 1) == date(2026, 5, 18)
    assert Calendar(("US",)).working_days_after(friday, 10) == date(2026, 6, 1)


def test_a_calendar_whose_holidays_are_foretold_for_some_years_only_answers_without_a_warning():
    assert holidays_of("IN", 2026)
    assert Calendar(("IN",)).rest(date(2150, 3, 4)) is None


def test_a_date_is_spoken_without_leading_zero():
    assert spoken(date(2026, 4, 7)) == "7 April 2026"
