"""Who is paid, who is in scope, who belongs to which group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.numbers import ExactArray, count_by, missing


def payroll(book: Book, name: str) -> ExactArray:
    """A payroll column by person, missing for all where the sheet lacks it."""
    return book.column(name) if book.source(name) else missing(len(book.people))


def in_scope(book: Book) -> np.ndarray:
    return (book.people["status"] != "out_of_scope").to_numpy(dtype=bool)


def assessed(book: Book) -> np.ndarray:
    """In scope and without a refused payroll row."""
    return (~book.people["status"].isin(["out_of_scope", "error"])).to_numpy(dtype=bool)


def cleaners(book: Book) -> np.ndarray:
    return (book.people["role"] == "cleaner").to_numpy(dtype=bool)


def employed(book: Book, counts: str) -> np.ndarray:
    """Employed from the first (full_month) or on the last day of the month; without a date there is no bound."""
    if counts == "paid_any" or book.period is None:
        return np.ones(len(book.people), dtype=bool)
    first, last = pd.Timestamp(book.period.first), pd.Timestamp(book.period.last)
    joined, left = book.people["hire_date"], book.people["leave_date"]
    since = joined.isna() | (joined <= (first if counts == "full_month" else last))
    return (since & (left.isna() | (left >= last))).to_numpy(dtype=bool)


def group_of(book: Book) -> np.ndarray:
    return book.owners("employee", "group")


def heads_of(book: Book, chosen: pd.Series) -> ExactArray:
    return count_by(group_of(book)[chosen.to_numpy(dtype=bool)], len(book.groups))
