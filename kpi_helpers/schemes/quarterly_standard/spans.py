"""在职期间: the days, weeks and months of the quarter in which a person was employed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.lines import Records
from kpi_helpers.numbers import ExactArray, exact


def overlaps(book: Book, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    """Who was employed on any day from first to last."""
    return (~(book.people["hire_date"] > last) & ~(book.people["leave_date"] < first)).to_numpy()


def days_employed(book: Book, records: Records, column: str = "date") -> Records:
    """Rows of the quarter, from the day a person was hired to the day they left."""
    day = records.frame[column].to_numpy()
    hired, left = (book.people[name].to_numpy()[records.units] for name in ("hire_date", "leave_date"))
    return records.pick(book.in_period(records.frame[column]) & ~(day < hired) & ~(day > left))


def months_of(book: Book, months: pd.Series) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last day of every month of the quarter (without a quarter, of every month in the sheet)."""
    names = book.period.months if book.period is not None else sorted(months.dropna().unique())
    return {name: (pd.Timestamp(f"{name}-01"), pd.Timestamp(f"{name}-01") + pd.offsets.MonthEnd(0)) for name in names}


def months_employed(book: Book, spans: dict) -> ExactArray:
    """In how many of the months each person was employed."""
    return exact(sum((overlaps(book, *span).astype(np.int64) for span in spans.values()), np.zeros(len(book.people), dtype=np.int64)))


def within(book: Book, records: Records, spans: dict) -> np.ndarray:
    """Rows of months in which their person was employed."""
    month = records.frame["month"].to_numpy()
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
