"""Periods and Chinese working days: holidays, make-up Saturdays, HR's own list, years nobody knows yet."""

from datetime import date

import pytest

from kpi_helpers.calendar import Period, Workdays, month_of, quarter_of
from kpi_helpers.errors import UsageError


@pytest.mark.parametrize(
    "day, works",
    [
        (date(2024, 5, 1), False),  # 劳动节
        (date(2024, 5, 11), True),  # 调休上班的周六
        (date(2024, 5, 12), False),  # 周日
        (date(2024, 2, 12), False),  # 春节，周一
        (date(2024, 2, 18), True),  # 春节调休上班的周日
        (date(2024, 4, 8), True),
    ],
)
def test_the_state_calendar(day, works):
    days = Workdays()
    assert days.is_workday(day) is works
    assert not days.unknown_years


def test_monday_to_friday_knows_neither_holidays_nor_the_list():
    days = Workdays({date(2024, 5, 11): True}, "mon_fri")
    assert days.is_workday(date(2024, 5, 1))
    assert not days.is_workday(date(2024, 5, 11))


def test_the_list_wins_over_the_state_calendar():
    days = Workdays({date(2024, 5, 1): True, date(2024, 5, 11): False})
    assert days.is_workday(date(2024, 5, 1))
    assert not days.is_workday(date(2024, 5, 11))


def test_the_day_itself_is_day_0_even_on_a_weekend():
    days = Workdays()
    assert days.after(date(2024, 5, 10), 0) == date(2024, 5, 10)
    assert days.after(date(2024, 5, 10), 3) == date(2024, 5, 14)  # 周六 11（调休）、周一、周二
    assert days.after(date(2024, 4, 30), 1) == date(2024, 5, 6)  # 五一之后
    assert days.after(date(2024, 5, 12), 1) == date(2024, 5, 13)  # 周日收到


def test_across_the_turn_of_the_year():
    # 2023-12-29 is a Friday; 30 December to 1 January are free
    assert Workdays().after(date(2023, 12, 29), 3) == date(2024, 1, 4)


def test_a_year_without_calendar_is_counted_monday_to_friday_and_named():
    days = Workdays()
    assert days.after(date(2090, 5, 5), 3) == date(2090, 5, 10)  # Friday 5, then Monday 8, 9, 10
    assert days.unknown_years == {2090}


def test_a_year_that_hr_has_listed_is_known():
    days = Workdays({date(2090, 5, 8): False})
    assert days.after(date(2090, 5, 5), 3) == date(2090, 5, 11)
    assert not days.unknown_years


def test_between_includes_both_ends():
    assert Workdays().between(date(2024, 5, 10), date(2024, 5, 13)) == [date(2024, 5, 10), date(2024, 5, 11), date(2024, 5, 13)]
    assert Workdays().between(date(2024, 5, 11), date(2024, 5, 10)) == []


@pytest.mark.parametrize(
    "text, first, last, kind, shown",
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", "2024-02"),
        ("2024Q4", date(2024, 10, 1), date(2024, 12, 31), "quarter", "2024Q4"),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31), "quarter", "2024Q1"),
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "year", "2023"),
    ],
)
def test_periods(text, first, last, kind, shown):
    period = Period.parse(text)
    assert (period.first, period.last, period.kind, str(period)) == (first, last, kind, shown)
    assert period.before().after() == period


@pytest.mark.parametrize("text", ["2024-13", "2024Q5", "24-01", "2024-1", "", "1899", "二〇二四"])
def test_what_is_no_period(text):
    with pytest.raises(UsageError):
        Period.parse(text)


def test_the_month_and_the_quarter_of_a_day():
    assert str(month_of(date(2024, 12, 31))) == "2024-12"
    assert str(quarter_of(date(2024, 12, 31))) == "2024Q4"
    assert quarter_of(date(2024, 1, 1)).months == ["2024-01", "2024-02", "2024-03"]
