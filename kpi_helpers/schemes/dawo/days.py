"""人日: which days of a month are scheduled, attended, on leave or exempt for each person, and the calls of those days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.lines import Cells, Records
from kpi_helpers.numbers import ExactArray, exact, is_missing, maximum, missing, where
from kpi_helpers.schemes.dawo.staff import employment


@dataclass
class PersonDays:
    """人日: a row per person and a column per calendar day; `whole` counts the days of somebody employed throughout."""

    first: date
    scheduled: np.ndarray  # within employment
    leave: np.ndarray  # approved leave, paid or not
    paid_leave: np.ndarray
    attended: np.ndarray
    exempt: np.ndarray
    whole: ExactArray

    @property
    def assessed(self) -> np.ndarray:
        return self.scheduled & ~self.leave & ~self.exempt

    def columns(self, days: pd.Series) -> np.ndarray:
        """The column of each date, -1 outside."""
        found = ((days - pd.Timestamp(self.first)) // pd.Timedelta(days=1)).fillna(-1).to_numpy(dtype=np.int64)
        return np.where((found >= 0) & (found < self.scheduled.shape[1]), found, -1)


def person_days(book: Book, first: date, last: date) -> PersonDays:
    """Every person's days from first to last: the roster's in a month for which it has rows, else the workday calendar's."""
    size, length = len(book.people), (last - first).days + 1
    dates = np.datetime64(first, "D") + np.arange(length)
    month = (dates.astype("datetime64[M]") - np.datetime64(first, "M")).astype(np.int64)
    rows, people, columns = _roster(book, first, length)
    rostered = np.zeros((size, month[-1] + 1), dtype=bool)
    rostered[people, month[columns]] = True
    planned = ~rostered[:, month] & _workday_row(book, first, last)
    leave, paid, attended = np.zeros_like(planned), np.zeros_like(planned), planned.copy()
    if len(rows):
        planned[people, columns] = _flags(rows, "scheduled", True)
        paid[people, columns] = _flags(rows, "paid_leave", False)
        leave[people, columns] = _flags(rows, "leave", False) | paid[people, columns]
        attended[people, columns] = _flags(rows, "attended", True) & ~leave[people, columns]
    hired, left = employment(book)
    employed = (dates >= hired[:, None]) & (dates <= left[:, None])
    exempt = (dates >= hired[:, None]) & (dates < hired[:, None] + np.timedelta64(book.kept.get("exempt_days", 0), "D"))
    whole = maximum(exact(planned.sum(axis=1)), len(workdays(book, first, last)))
    scheduled = planned & employed
    return PersonDays(first, scheduled, leave & scheduled, paid & scheduled, attended & scheduled, exempt, whole)


def workdays(book: Book, first: date, last: date) -> list[date]:
    """The workdays of the table 工作日 for the months it covers, else of the state's calendar."""
    calendar = book.table("calendar")
    listed = calendar["workday"].fillna(calendar["date"])[calendar["employee_id"].isna() & _flags(calendar, "scheduled", True)]
    days = [day.date() for day in listed.dropna()]
    covered = {(day.year, day.month) for day in days}
    official = [day for day in book.workdays().between(first, last) if (day.year, day.month) not in covered]
    return sorted({day for day in days if first <= day <= last} | set(official))


def sundays(first: date, last: date) -> list[date]:
    """The Sundays from first to last."""
    start = first + timedelta(days=6 - first.weekday())
    return [start + timedelta(days=7 * week) for week in range(max(0, (last - start).days // 7 + 1))]


def call_rows(book: Book, days: PersonDays, counting: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, ExactArray]:
    """The rows of 每日通话 inside these days, with person and day of each and its calls as they are counted."""
    rows = book.table("call_daily")
    person, column = book.codes(rows["employee_id"]), days.columns(rows["date"])
    inside = np.flatnonzero((person >= 0) & (column >= 0))
    part = rows.iloc[inside]
    calls = part["calls"].array
    if counting == "connected" and "connected_calls" in part:
        calls = first_given(part["connected_calls"].array, calls)
    return part, person[inside], column[inside], calls


def lacking_days(days: PersonDays, person: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Assessed and attended days without a row of calls."""
    called = np.zeros_like(days.scheduled)
    called[person, column] = True
    return days.assessed & days.attended & ~called


def has_exempt_days(book: Book) -> np.ndarray:
    """Who has exempt first-week days in the month."""
    if book.period is None:
        return np.zeros(len(book.people), dtype=bool)
    hired, _ = employment(book)
    until = hired + np.timedelta64(book.kept.get("exempt_days", 0), "D")
    return (hired <= day64(book.period.last)) & (until > day64(book.period.first)) & (hired < until)


def _workday_row(book: Book, first: date, last: date) -> np.ndarray:
    row = np.zeros((last - first).days + 1, dtype=bool)
    row[[(day - first).days for day in workdays(book, first, last)]] = True
    return row


def _roster(book: Book, first: date, length: int):
    """The rows of 排班 with the person and the day of each."""
    calendar = book.table("calendar")
    rows = pd.concat([book.table("roster"), calendar[calendar["employee_id"].notna()]], ignore_index=True)
    person = book.codes(rows["employee_id"])
    column = ((pd.to_datetime(rows["date"]) - pd.Timestamp(first)) // pd.Timedelta(days=1)).fillna(-1).to_numpy(dtype=np.int64)
    inside = (person >= 0) & (column >= 0) & (column < length)
    return rows[inside], person[inside], column[inside]


def _flags(frame: pd.DataFrame, name: str, default: bool) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), default)
    return frame[name].map(lambda value: default if is_missing(value) else value).to_numpy(dtype=bool)


def first_given(values: ExactArray, others: ExactArray) -> ExactArray:
    """The values, and where one is missing the other."""
    return where(values.isna(), others, values)


def day64(day: date) -> np.datetime64:
    """A date for comparison with columns of dates."""
    return np.datetime64(day, "D")


def given_by_month(book: Book, name: str) -> ExactArray:
    """A column of the aggregated table 月度数据 by person."""
    frame = book.table("month")
    result = missing(len(book.people))
    if name in frame:
        result[book.codes(frame["employee_id"])] = exact(frame[name])
    return result


def member_rows(book: Book) -> Records:
    """The rows of 会员发展 of this month; a row without a month is this month's."""
    rows = book.table("members_month")
    mine = np.ones(len(rows), dtype=bool)
    if "month" in rows and book.period is not None:
        mine = (rows["month"].isna() | (rows["month"] == book.policy.month)).to_numpy(dtype=bool)
    positions = np.flatnonzero(mine)
    return Records("members_month", rows, positions, book.codes(rows["employee_id"].iloc[positions]), len(book.people))


def member_cells(book: Book) -> list[Cells]:
    """Where the number of new members stands."""
    return [_month_cells(book, "new_members"), member_rows(book).cells("new_members")]


def call_cells(book: Book, column: str) -> list[Cells]:
    """Where the month's minutes or calls stand."""
    rows = book.table("call_daily")
    positions = np.flatnonzero(book.in_period(rows["date"]))
    daily = Cells("call_daily", positions, book.codes(rows["employee_id"].iloc[positions]), column)
    return [_month_cells(book, column), daily]


def _month_cells(book: Book, column: str) -> Cells:
    rows = book.table("month")
    return Cells("month", np.arange(len(rows)), book.codes(rows["employee_id"]), column)


def present_and_scheduled(book: Book, paid_leave_counts: bool) -> tuple[ExactArray, ExactArray]:
    """实出勤 and 应出勤 days of the month; by choice approved paid leave counts as attended (5.2.2)."""
    size = len(book.people)
    days: PersonDays | None = book.kept.get("days")
    scheduled = present = missing(size)
    if days is not None:
        scheduled = exact(days.scheduled.sum(axis=1))
        present = exact((days.attended | (days.paid_leave if paid_leave_counts else False)).sum(axis=1))
    own = given_by_month(book, "attended_days")
    if paid_leave_counts:
        own = own + given_by_month(book, "paid_leave_days").fillna(0)
    return first_given(own, present), first_given(given_by_month(book, "scheduled_days"), scheduled)
