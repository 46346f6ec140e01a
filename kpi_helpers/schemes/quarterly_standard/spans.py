"""在职期间: the days, weeks and months of the quarter in which a person was employed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, in_period
from kpi_helpers.lines import Records
from kpi_helpers.schemes.quarterly_standard.sheets import staff_of
from kpi_helpers.tables import Tables


def overlaps(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    """Who was employed on any day from first to last."""
    staff = staff_of(tables)
    return (~(staff["hire_date"] > last) & ~(staff["leave_date"] < first)).to_numpy()


def days_employed(book: Book, records: Records, column: str) -> Records:
    """Rows of the quarter, from the day a person was hired to the day they left."""
    return records.pick(book.once(on_days_employed, records.table, column, book.period)[records.rows])


def on_days_employed(tables: Tables, table: str, column: str, period: Period | None) -> np.ndarray:
    """Which rows of a table lie in the quarter, from the day their person was hired to the day they left."""
    days = tables[table][column]
    employed = staff_of(tables)[["hire_date", "leave_date"]].reindex(tables[table]["employee_id"])
    day, hired, left = days.to_numpy(), *employed.to_numpy().T
    return in_period(days, period) & ~(day < hired) & ~(day > left)


def months_of(period: Period | None, months: pd.Series) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last day of every month of the quarter (without a quarter, of every month in the sheet)."""
    names = sorted(months.dropna().unique()) if period is None else period.months
    return {name: (pd.Timestamp(f"{name}-01"), pd.Timestamp(f"{name}-01") + pd.offsets.MonthEnd(0)) for name in names}


def weeks_of(period: Period | None, week_ends: pd.Series, belongs: str) -> pd.DatetimeIndex:
    """The Sundays of the weeks that belong to the quarter (without a quarter, of the weeks in the sheet)."""
    if period is None:
        return pd.DatetimeIndex(sorted(week_ends.dropna().unique()))
    first, last = pd.Timestamp(period.first), pd.Timestamp(period.last)
    sundays = pd.date_range(first, last + pd.Timedelta(days=6), freq="W-SUN")
    day = sundays if belongs == "sunday" else sundays - pd.Timedelta(days=3)
    return sundays[(day >= first) & (day <= last)]
