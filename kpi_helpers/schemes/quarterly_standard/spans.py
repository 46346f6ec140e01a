"""在职期间: the days, weeks and months of the quarter in which a person was employed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, in_period
from kpi_helpers.lines import Records
from kpi_helpers.numbers import ExactArray, exact
from kpi_helpers.schemes.quarterly_standard.sheets import staff_of
from kpi_helpers.tables import Tables


def overlaps(book: Book, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    """Who was employed on any day from first to last."""
    return book.once(_overlaps, first, last)


def _overlaps(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    staff = staff_of(tables)
    return (~(staff["hire_date"] > last) & ~(staff["leave_date"] < first)).to_numpy()


def days_employed(book: Book, records: Records, column: str = "date", known: np.ndarray | bool = True) -> Records:
    """Rows of the quarter, from the day a person was hired to the day they left; of the whole table only those that are `known`."""
    employed = book.once(_on_days_employed, records.table, column, book.period)
    return records.pick((employed & known)[records.rows])


def _on_days_employed(tables: Tables, table: str, column: str, period: Period | None) -> np.ndarray:
    days = tables[table][column]
    employed = staff_of(tables)[["hire_date", "leave_date"]].reindex(tables[table]["employee_id"])
    day, hired, left = days.to_numpy(), *employed.to_numpy().T
    return in_period(days, period) & ~(day < hired) & ~(day > left)


def months_of(book: Book, months: pd.Series) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last day of every month of the quarter (without a quarter, of every month in the sheet)."""
    names = book.period.months if book.period is not None else sorted(months.dropna().unique())
    return {name: (pd.Timestamp(f"{name}-01"), pd.Timestamp(f"{name}-01") + pd.offsets.MonthEnd(0)) for name in names}


def months_employed(book: Book, spans: dict) -> ExactArray:
    """In how many of the months each person was employed."""
    return exact(sum((overlaps(book, *span).astype(np.int64) for span in spans.values()), np.zeros(len(book.people), dtype=np.int64)))


def within(book: Book, records: Records, spans: dict) -> np.ndarray:
    """Rows of months in which their person was employed."""
    month = records.column("month").to_numpy()
    found = np.zeros(len(month), dtype=bool)
    for name, span in spans.items():
        found |= (month == name) & overlaps(book, *span)[records.units]
    return found


def weeks_of(book: Book, week_ends: pd.Series, belongs: str) -> pd.DatetimeIndex:
    """The Sundays of the weeks that belong to the quarter (without a quarter, of the weeks in the sheet)."""
    if book.period is None:
        return pd.DatetimeIndex(sorted(week_ends.dropna().unique()))
    first, last = pd.Timestamp(book.period.first), pd.Timestamp(book.period.last)
    sundays = pd.date_range(first, last + pd.Timedelta(days=6), freq="W-SUN")
    day = sundays if belongs == "sunday" else sundays - pd.Timedelta(days=3)
    return sundays[(day >= first) & (day <= last)]
