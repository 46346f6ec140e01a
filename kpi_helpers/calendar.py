"""Assessment periods and Chinese working days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np
import pandas as pd

from kpi_helpers.errors import Fault, UsageError
from kpi_helpers.language import say


@dataclass(frozen=True, order=True)
class Period:
    """考核周期: a month 2026-10, a quarter 2026Q3 or a year 2026.

    >>> Period.parse("2024Q1").months
    ['2024-01', '2024-02', '2024-03']
    """

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read '2026-10', '2026Q3', '2026-Q3' or '2026'; anything else raises UsageError."""
        match = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])|-?Q([1-4]))?", str(text))
        if not match or not 1900 <= int(match[1]) <= 2200:
            problem = say(f"“{text}”不是考核周期。", f"'{text}' is not a period.")
            raise UsageError(Fault(say("月份", "month"), problem, say("写作 2026-10、2026Q3 或 2026。", "Write 2026-10, 2026Q3 or 2026.")))
        year = int(match[1])
        start, months = (int(match[2]), 1) if match[2] else (int(match[3]) * 3 - 2, 3) if match[3] else (1, 12)
        return cls(date(year, start, 1), add_months(date(year, start, 1), months) - timedelta(days=1))

    @property
    def months(self) -> list[str]:
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [add_months(self.first, i).strftime("%Y-%m") for i in range(count)]

    @property
    def kind(self) -> str:
        return {1: "month", 3: "quarter", 12: "year"}[len(self.months)]

    def __str__(self):
        if self.kind == "month":
            return self.months[0]
        return str(self.first.year) if self.kind == "year" else f"{self.first.year}Q{(self.first.month + 2) // 3}"

    def before(self) -> Period:
        """The period of the same kind that ends the day before this one starts."""
        return Period(add_months(self.first, -len(self.months)), self.first - timedelta(days=1))

    def after(self) -> Period:
        """The period of the same kind that starts the day after this one ends."""
        start = self.last + timedelta(days=1)
        return Period(start, add_months(start, len(self.months)) - timedelta(days=1))

    def quarter(self) -> Period:
        """The natural quarter that holds the last day."""
        return quarter_of(self.last)


def add_months(day: date, months: int) -> date:
    """The first-of-month arithmetic used here: `day` is a first of a month."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def quarter_of(day: date) -> Period:
    """自然季度 that holds a day."""
    return Period.parse(f"{day.year}Q{(day.month + 2) // 3}")


def month_of(day: date) -> Period:
    """自然月 that holds a day."""
    return Period.parse(f"{day.year}-{day.month:02d}")


def in_period(days: pd.Series, period: Period | None) -> np.ndarray:
    """Which dates fall into a period; without one all do, and a missing date does."""
    if period is None:
        return np.ones(len(days), dtype=bool)
    moments = pd.to_datetime(days).to_numpy(dtype="datetime64[us]")
    inside = (moments >= np.datetime64(period.first)) & (moments < np.datetime64(period.last + timedelta(days=1)))
    return inside | np.isnat(moments)


@cache
def _official(day: date) -> bool | None:
    """Is this a working day by the state's calendar? None where that is not published."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None


class Workdays:
    """工作日: Monday to Friday with the state's holidays and make-up days, corrected by HR's own list.

    `exceptions` maps a date to True (works) or False. The mode 'mon_fri' knows neither holidays nor exceptions.
    A year that has neither an official calendar nor exceptions is counted Monday to Friday and named in
    `unknown_years`: never a silent guess.

    >>> Workdays({date(2027, 2, 6): True}).after(date(2027, 2, 5), 1)
    datetime.date(2027, 2, 6)
    >>> Workdays({date(2027, 2, 6): True}, "mon_fri").after(date(2027, 2, 5), 1)
    datetime.date(2027, 2, 8)
    """

    def __init__(self, exceptions: dict[date, bool] | None = None, mode: str = "cn_statutory"):
        self.exceptions, self.mode = (exceptions or {}) if mode == "cn_statutory" else {}, mode
        self.listed_years = {day.year for day in self.exceptions}
        self.unknown_years: set[int] = set()

    def is_workday(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        if self.mode == "cn_statutory":
            official = _official(day)
            if official is not None:
                return official
            self.unknown_years |= {day.year} - self.listed_years
        return day.weekday() < 5

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (the day itself is day 0)."""
        while count:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def between(self, first: date, last: date) -> list[date]:
        """Working days from first to last, both included."""
        return [d for d in (first + timedelta(days=i) for i in range((last - first).days + 1)) if self.is_workday(d)]


def workdays_of(policy, exceptions: dict[date, bool]) -> Workdays:
    """工作日 as a policy counts them (common.workday_calendar)."""
    mode = policy.parameters.get("common.workday_calendar")
    return Workdays(exceptions, mode.value if mode else "cn_statutory")


def calendar_exceptions(tables) -> dict[date, bool]:
    """调休日历: HR's own list of days that are working days, or are none."""
    if "calendar_exceptions" not in tables:
        return {}
    rows = tables["calendar_exceptions"]
    return dict(zip(rows["date"].dt.date, rows["is_workday"].astype(bool), strict=True))
