"""人日: which days of a month are scheduled, attended, on leave or exempt for each person, and the calls of those days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, in_period
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Records
from kpi_helpers.numbers import ExactArray, constant, exact, is_missing, maximum, missing, sum_by, where
from kpi_helpers.policy import Policy
from kpi_helpers.schemes.dawo.staff import employed, employment, persons, roster_index
from kpi_helpers.tables import Tables


@dataclass
class Calls:
    """每日通话 of some days: the rows with person and day of each, and what they say, by name; missing where a row does not."""

    rows: np.ndarray  # positions in the table
    person: np.ndarray
    column: np.ndarray
    numbers: dict[str, ExactArray]  # talk_minutes, attempts, connected, rows (1 each)

    def sums(self, on: np.ndarray, people: np.ndarray, parts: int) -> dict[str, ExactArray]:
        """The numbers added up over the days that are on of some people, one after the other, by part of the days."""
        place = np.full(len(on), -1)
        place[people] = np.arange(len(people))
        rows = np.flatnonzero(place[self.person] >= 0)
        rows = rows[on[self.person[rows], self.column[rows]]]
        cell = place[self.person[rows]] * parts + self.column[rows] * parts // on.shape[1]
        return {name: sum_by(values[rows], cell, len(people) * parts) for name, values in self.numbers.items()}


@dataclass
class PersonDays:
    """人日: a row per person and a column per calendar day; `whole` counts the days of somebody employed throughout."""

    first: date
    scheduled: np.ndarray  # within employment
    leave: np.ndarray  # approved leave, paid or not
    paid_leave: np.ndarray
    attended: np.ndarray
    exempt: np.ndarray
    assessed: np.ndarray  # scheduled, and neither on leave nor exempt
    whole: ExactArray
    number: dict[str, ExactArray]  # of the days scheduled, attended, and present, which paid leave is too
    calls: Calls
    uncalled: np.ndarray  # attended without a row of calls
    lacking: np.ndarray  # who has such a day among the assessed ones
    sums: dict[str, ExactArray]  # of the calls by person and part of the days, such as a week, as if nobody were exempt
    done: dict[str, ExactArray]  # the same of assessed days

    @property
    def dates(self) -> np.ndarray:
        return day64(self.first) + np.arange(self.scheduled.shape[1])


def person_days(book: Book, first: date, last: date, parts: int = 1) -> PersonDays:
    """Every person's days from first to last: the roster's in a month for which it has rows, else the workday calendar's."""
    days = book.once(_days_without_exemption, first, last, tuple(workdays(book, first, last)), parts)
    hired, length = employment(book)[0], np.timedelta64(book.kept.get("exempt_days", 0), "D")
    new = np.flatnonzero((hired <= day64(last)) & (hired + length > day64(first)))
    exempt, lacking = np.zeros_like(days.scheduled), days.lacking.copy()
    exempt[new] = (days.dates >= hired[new, None]) & (days.dates < hired[new, None] + length)
    assessed = days.assessed & ~exempt
    lacking[new] = (days.uncalled[new] & assessed[new]).any(axis=1)
    done = {name: values.copy() for name, values in days.sums.items()}
    for name, values in days.calls.sums(assessed, new, parts).items():
        done[name][(new[:, None] * parts + np.arange(parts)).ravel()] = values
    return replace(days, exempt=exempt, assessed=assessed, lacking=lacking, done=done)


def _days_without_exemption(tables: Tables, first: date, last: date, workdays: tuple[date, ...], parts: int) -> PersonDays:
    hired, left = employed(tables)
    dates = np.arange(day64(first), day64(last) + 1)
    calls = _calls(tables, first, len(dates))
    month = (dates.astype("datetime64[M]") - day64(first).astype("datetime64[M]")).astype(np.int64)
    rows, people, columns = _roster(tables, first, len(dates))
    rostered = np.zeros((len(hired), month[-1] + 1), dtype=bool)
    rostered[people, month[columns]] = True
    planned = ~rostered[:, month] & np.isin(dates, np.array(workdays, dtype="datetime64[D]"))
    leave, paid, attended = np.zeros_like(planned), np.zeros_like(planned), planned.copy()
    if len(rows):
        planned[people, columns] = _flags(rows, "scheduled", True)
        paid[people, columns] = _flags(rows, "paid_leave", False)
        leave[people, columns] = _flags(rows, "leave", False) | paid[people, columns]
        attended[people, columns] = _flags(rows, "attended", True) & ~leave[people, columns]
    scheduled = planned & (dates >= hired[:, None]) & (dates <= left[:, None])
    assessed = scheduled & ~leave
    uncalled = attended & assessed
    uncalled[calls.person, calls.column] = False
    sums = calls.sums(assessed, np.arange(len(hired)), parts)
    named = {"scheduled": scheduled, "attended": attended & scheduled, "present": (attended | paid) & scheduled}
    return PersonDays(
        first,
        scheduled=scheduled,
        leave=leave & scheduled,
        paid_leave=paid & scheduled,
        attended=attended & scheduled,
        exempt=np.zeros_like(planned),
        assessed=assessed,
        whole=maximum(exact(planned.sum(axis=1)), len(workdays)),
        number={name: exact(on.sum(axis=1)) for name, on in named.items()},
        calls=calls,
        uncalled=uncalled,
        lacking=uncalled.any(axis=1),
        sums=sums,
        done=sums,
    )


def workdays(book: Book, first: date, last: date) -> list[date]:
    """The workdays of the table 工作日 for the months it covers, else of the state's calendar."""
    days = book.once(_listed_workdays)
    covered = {(day.year, day.month) for day in days}
    official = [day for day in book.workdays().between(first, last) if (day.year, day.month) not in covered]
    return sorted({day for day in days if first <= day <= last} | set(official))


def _listed_workdays(tables: Tables) -> list[date]:
    calendar = tables["calendar"]
    listed = calendar["workday"].fillna(calendar["date"])[calendar["employee_id"].isna() & _flags(calendar, "scheduled", True)]
    return [day.date() for day in listed.dropna().unique()]


def sundays(first: date, last: date) -> list[date]:
    """The Sundays from first to last."""
    start = first + timedelta(days=6 - first.weekday())
    return [start + timedelta(days=7 * week) for week in range(max(0, (last - start).days // 7 + 1))]


def _calls(tables: Tables, first: date, length: int) -> Calls:
    """The rows of 每日通话 inside these days."""
    rows = tables["call_daily"]
    person, column = persons(tables, rows["employee_id"]), _columns(rows["date"], first, length)
    inside = np.flatnonzero((person >= 0) & (column >= 0))
    talk, attempts = (rows[name].array[inside] for name in ("talk_minutes", "calls"))
    connected = rows["connected_calls"].array[inside] if "connected_calls" in rows else missing(len(inside))  # attempts are no stand-in
    numbers = {"talk_minutes": talk, "attempts": attempts, "connected": connected, "rows": constant(1, len(inside))}
    return Calls(inside, person[inside], column[inside], numbers)


def _columns(days: pd.Series, first: date, length: int) -> np.ndarray:
    """The column of each date, -1 outside."""
    found = ((pd.to_datetime(days) - pd.Timestamp(first)) // pd.Timedelta(days=1)).fillna(-1).to_numpy(dtype=np.int64)
    return np.where((found >= 0) & (found < length), found, -1)


def has_exempt_days(book: Book) -> np.ndarray:
    """Who has exempt first-week days in the month."""
    if book.period is None:
        return np.zeros(len(book.people), dtype=bool)
    hired, _ = employment(book)
    until = hired + np.timedelta64(book.kept.get("exempt_days", 0), "D")
    return (hired <= day64(book.period.last)) & (until > day64(book.period.first)) & (hired < until)


def _roster(tables: Tables, first: date, length: int):
    """The rows of 排班 with the person and the day of each."""
    calendar = tables["calendar"]
    rows = pd.concat([tables["roster"], calendar[calendar["employee_id"].notna()]], ignore_index=True)
    person, column = persons(tables, rows["employee_id"]), _columns(rows["date"], first, length)
    inside = (person >= 0) & (column >= 0)
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
    return book.once(_given_by_month, name)


def _given_by_month(tables: Tables, name: str) -> ExactArray:
    frame = tables["month"]
    result = missing(len(roster_index(tables)))
    if name in frame:
        result[persons(tables, frame["employee_id"])] = exact(frame[name])
    return result


def away_throughout(book: Book) -> np.ndarray:
    """整月请假: whose scheduled days of the month are all approved leave; being absent without leave is not.

    Where 月度数据 says that somebody was never there, it is leave unless it counts fewer days of paid leave than scheduled.
    """
    days: PersonDays | None = book.kept.get("days")
    away = np.zeros(len(book.people), dtype=bool) if days is None else ~(days.scheduled & ~days.leave).any(axis=1)
    absent = given_by_month(book, "paid_leave_days") < present_and_scheduled(book, False)[1]
    if days is not None:
        absent |= (days.scheduled & ~days.leave & ~days.attended).any(axis=1)
    present = given_by_month(book, "attended_days")
    return away & ~(present > 0) | (present == 0) & ~absent


def member_rows(book: Book) -> Records:
    """The rows of 会员发展 of this month; a row without a month is this month's."""
    return book.once(_member_rows, None if book.period is None else book.policy.month)


def _member_rows(tables: Tables, month: str | None) -> Records:
    rows = tables["members_month"]
    mine = np.ones(len(rows), dtype=bool)
    if "month" in rows and month is not None:
        mine = (rows["month"].isna() | (rows["month"] == month)).to_numpy(dtype=bool)
    positions = np.flatnonzero(mine)
    return Records("members_month", rows, positions, persons(tables, rows["employee_id"])[positions], len(roster_index(tables)))


def member_cells(book: Book) -> list[Cells]:
    """Where the number of new members stands."""
    return [book.once(_month_cells, "new_members"), member_rows(book).cells("new_members")]


def check_members(policy: Policy, tables: Tables) -> list[RowFault]:
    """会员发展: one row for each person and month; a row without a month is this month's."""
    rows = tables["members_month"]
    month = rows["month"].fillna(policy.month or "") if "month" in rows else pd.Series("", index=rows.index)
    twice = pd.DataFrame({"person": rows["employee_id"], "month": month}).duplicated().to_numpy() & rows["employee_id"].notna().to_numpy()
    problem = say("在同一月份重复", "stands twice for one month")
    ids = rows["employee_id"].iloc[np.flatnonzero(twice)]
    return [RowFault("members_month", int(row), "employee_id", one, "duplicate", problem) for row, one in ids.items()]


def call_cells(book: Book, column: str) -> list[Cells]:
    """Where the month's minutes or calls stand."""
    return [book.once(_month_cells, column), book.once(_call_cells, book.period, column)]


def _month_cells(tables: Tables, column: str) -> Cells:
    ids = tables["month"]["employee_id"]
    return Cells("month", np.arange(len(ids)), persons(tables, ids), column)


def _call_cells(tables: Tables, period: Period | None, column: str) -> Cells:
    rows = tables["call_daily"]
    positions = np.flatnonzero(in_period(rows["date"], period))
    return Cells("call_daily", positions, persons(tables, rows["employee_id"].iloc[positions]), column)


def present_and_scheduled(book: Book, paid_leave_counts: bool) -> tuple[ExactArray, ExactArray]:
    """实出勤 and 应出勤 days of the month; by choice approved paid leave counts as attended (5.2.2)."""
    size = len(book.people)
    days: PersonDays | None = book.kept.get("days")
    scheduled = present = missing(size)
    if days is not None:
        scheduled, present = days.number["scheduled"], days.number["present" if paid_leave_counts else "attended"]
    own = given_by_month(book, "attended_days")
    if paid_leave_counts:
        own = own + given_by_month(book, "paid_leave_days").fillna(0)
    return first_given(own, present), first_given(given_by_month(book, "scheduled_days"), scheduled)
