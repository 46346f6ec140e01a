"""What reckoning by hand needs in every policy: records, days, employment, rounding (spec 0.2 to 0.7)."""

import calendar
from datetime import date, datetime, timedelta
from fractions import Fraction

import chinese_calendar


def records(tables: dict, name: str) -> list[dict]:
    """The records of a table, each with the number of its row; none where the table was not handed in."""
    return [{"row": number, **record} for number, record in enumerate(tables.get(name, ()), 1)]


def half_up(value, places: int = 2):
    """四舍五入, away from zero at the half (spec 0.3.3); nothing stays nothing.

    >>> half_up(Fraction("2.345")), half_up(Fraction("-2.345"))
    (Fraction(47, 20), Fraction(-47, 20))
    """
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def floor_to_fen(value) -> Fraction:
    """舍去 what is less than a fen."""
    return Fraction(Fraction(value) * 100 // 1, 100)


def whole(value) -> bool:
    return Fraction(value).denominator == 1


def mean(values):
    """The plain mean; nothing of nothing."""
    values = [Fraction(value) for value in values]
    return sum(values) / len(values) if values else None


def ranks(totals: dict) -> dict:
    """名次: 1, 1, 3 (competition ranking, the most first)."""
    return {key: 1 + sum(other > total for other in totals.values()) for key, total in totals.items()}


def day_of(text) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def time_of(text) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def months_of(period: str) -> list[tuple[int, int]]:
    """The months of 2026-10, 2026Q3 or 2026."""
    if "Q" in period:
        year, quarter = map(int, period.replace("-", "").split("Q"))
        return [(year, 3 * quarter - 2 + n) for n in range(3)]
    if "-" in period:
        return [tuple(map(int, period.split("-")))]
    return [(int(period), month) for month in range(1, 13)]


def span_of(period: str) -> tuple[date, date]:
    """The first and the last day of a month, a quarter or a year."""
    months = months_of(period)
    return date(*months[0], 1), month_end(*months[-1])


def employed_on(person: dict, day: date) -> bool:
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    return (hired is None or hired <= day) and (left is None or day <= left)


def employed_within(person: dict, first: date, last: date) -> bool:
    """Was the person there on any day from the first to the last?"""
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    return (hired is None or hired <= last) and (left is None or first <= left)


def is_workday(day: date, calendar_name: str, exceptions: dict[date, bool]) -> bool:
    """工作日: Monday to Friday, or the calendar of the State with HR's exceptions (spec common.workday_calendar)."""
    if calendar_name == "mon_fri":
        return day.weekday() < 5
    return exceptions[day] if day in exceptions else chinese_calendar.is_workday(day)


def workday_exceptions(tables: dict) -> dict[date, bool]:
    return {day_of(record["date"]): record["is_workday"] for record in records(tables, "calendar_exceptions")}


def nth_workday_after(day: date, count: int, calendar_name: str, exceptions: dict[date, bool]) -> date:
    """The count-th working day after a day that is itself day 0."""
    while count:
        day += timedelta(1)
        count -= is_workday(day, calendar_name, exceptions)
    return day


class Listed:
    """The records that count nowhere, as (table, row): refused ones, which must be listed, and idle ones."""

    def __init__(self):
        self.refused: set[tuple[str, int]] = set()
        self.idle: set[tuple[str, int]] = set()
