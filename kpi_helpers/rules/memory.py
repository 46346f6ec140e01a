"""Rules that remember (往期): earlier months, rolling windows and sums to date, streaks, and what is kept for the next month."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ColumnName, Figure, Whole, figure
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period
from kpi_helpers.columns import NUMERIC, Table
from kpi_helpers.errors import DataError, Fault, PolicyError
from kpi_helpers.filters import check_filter, matches
from kpi_helpers.language import say
from kpi_helpers.lines import UNIT_KEYS, Cells, Lines
from kpi_helpers.numbers import ExactArray, constant, exact, extreme_by, is_missing, missing, sum_by, where
from kpi_helpers.period_rows import named_periods
from kpi_helpers.policy import Clause

MOST_PERIODS = 120
WHEN = {"month", "quarter", "period"}

Kept = Annotated[str, "figure", "column"]


@figure
def earlier(book: Book, clause: Clause, column: ColumnName, back: Whole = 1) -> Lines:
    """往期: a column of the sheet 历史 one period ago, or `back` of them (12: the same month last year).

    Whoever has no row for that period has no figure (`missing: 0` gives one). Needs a period, else a PolicyError.
    """
    past = Past(book, clause)
    values, rows = past.values(column, back)
    name = past.name(column)
    cells = Cells(clause.table, rows[rows >= 0], np.flatnonzero(rows >= 0), name)
    if isinstance(values, ExactArray):
        return Lines(values, cells=cells)
    return Lines(missing(len(values)), cells=cells, result=values)


@figure
def window(
    book: Book,
    clause: Clause,
    column: ColumnName,
    of: Literal["sum", "mean", "min", "max", "count"] = "sum",
    this: Figure | None = None,
    periods: Whole | None = None,
    since: Literal["year", "quarter"] | None = None,
    that: dict | None = None,
    absent: Literal["incomplete", "skip"] = "incomplete",
) -> Lines:
    """滚动与累计: the sum, mean, smallest, largest over the last `periods` periods, or since the start of the year or quarter.

    column: of the sheet 历史. this: the figure of this period, which then counts as the last one; without it the last
    `periods` before this one count, or those of the year or quarter before this one. that: only values that fulfil it
    ({at_least: 90}) count. absent: a period without a value leaves the figure missing, or is left out.
    """
    past = Past(book, clause)
    periods = past.periods_since(since) if since else periods
    columns = [book.column(this, clause.per)] if this is not None else []
    columns += [past.numbers(column, back) for back in range(1, periods + (this is None and since is None))]
    size = len(book.units(clause.per))
    if not columns:
        return Lines(constant(0, size) if of in ("sum", "count") else missing(size))
    values = ExactArray(np.concatenate([one.num for one in columns]), np.concatenate([one.den for one in columns]))
    codes = np.tile(np.arange(size), len(columns))
    gaps = np.bincount(codes[values.isna()], minlength=size) > 0
    counted = ~values.isna()
    if that is not None:
        counted &= matches(pd.DataFrame({"value": values}), {"value": that})
    values, codes = values[counted], codes[counted]
    number = np.bincount(codes, minlength=size)
    if of == "count":
        result = exact(number)
    elif of in ("sum", "mean"):
        result = sum_by(values, codes, size)
        result = result if of == "sum" else where(number == 0, None, result / exact(np.maximum(number, 1)))
    else:
        result = extreme_by(values, codes, size, of == "max")
    return Lines(result if absent == "skip" else where(gaps, None, result), exact(number))


window.thresholds = {"that": "this"}


def _check_window(periods=None, since=None, that=None, **_):
    if (periods is None) == (since is None):
        yield say("periods（几期）与 since（从何时起）应写一个。", "write either periods or since.")
    if periods is not None and not 1 <= periods <= MOST_PERIODS:
        yield say(f"periods 应在 1 与 {MOST_PERIODS} 之间。", f"periods: 1 to {MOST_PERIODS}.")
    yield from _check_test(that)


window.check = _check_window
window.check_clause = lambda clause, table: [*_check_sheet(clause, table), *_check_column(clause, table), *_check_that(clause, table)]


@figure
def streak(book: Book, clause: Clause, column: ColumnName, that: dict, this: Figure | None = None) -> Lines:
    """连续月份: for how many periods in a row, up to this one, the figure fulfils `that` ({at_least: 90} or {is: 优秀}).

    this: the figure of this period (blank: the run is not known); without it the run ends with the last period. A period
    without a row ends a run.
    """
    past = Past(book, clause)
    unknown = np.zeros(len(book.units(clause.per)), dtype=bool)
    run = np.zeros(len(book.units(clause.per)), dtype=np.int64)
    going = np.ones(len(run), dtype=bool)
    back = 0 if this is not None else 1
    while going.any() and back <= past.longest:
        values = book.figure(this, clause.per) if back == 0 else past.values(column, back)[0]
        if back == 0:
            unknown = pd.isna(pd.Series(values)).to_numpy(dtype=bool)
            book.lack(clause, unknown, this)
        going &= matches(pd.DataFrame({"value": values}), {"value": that})
        run += going
        back += 1
    return Lines(where(unknown, None, exact(run)))


streak.thresholds = {"that": "this"}
streak.check = lambda that=None, **_: _check_test(that)
streak.check_clause = lambda clause, table: [*_check_sheet(clause, table), *_check_that(clause, table)]
earlier.check = lambda back=1, **_: (
    [] if 1 <= back <= MOST_PERIODS else [say(f"back 应在 1 与 {MOST_PERIODS} 之间。", f"back: 1 to {MOST_PERIODS}.")]
)
earlier.check_clause = lambda clause, table: _check_sheet(clause, table)


def _check_sheet(clause: Clause, table: Table):
    """The sheet says of whom and of when its rows are."""
    if not WHEN & table.columns.keys():
        yield say(f"“{table.sheet}”没有列“月份”。", f"'{table.name}' has no column 'month'.")
    key = UNIT_KEYS[clause.per]
    if clause.per != "department" and key not in table.columns and not (clause.per == "group" and "employee_id" in table.columns):
        yield say(f"“{table.sheet}”没有列 {key}。", f"'{table.name}' has no column '{key}'.")


def _check_column(clause: Clause, table: Table):
    column = table.column(clause.arguments.get("column", ""))
    if column is not None and column.kind not in (*NUMERIC, "bool"):
        yield say(f"列“{column.heading}”不是数字。", f"column '{column.name}' holds no numbers.")


def _check_that(clause: Clause, table: Table):
    """Numbers are compared with numbers, words with words."""
    column, that = table.column(clause.arguments.get("column", "")), clause.arguments.get("that")
    if column is not None and that:
        faults: list[Fault] = []
        check_filter({"that": that}, lambda _: ("that", column), "", faults)
        yield from (fault.problem for fault in faults)


def _check_test(that):
    tests = {"is", "is_not", "in", "not_in", "at_least", "above", "at_most", "below"}
    if that is not None and (not that or that.keys() - tests):
        yield say("that 写作 {at_least: 90}、{below: 60} 或 {is: 优秀}。", "that: is written {at_least: 90}, {below: 60} or {is: word}.")


def kept(book: Book, clause: Clause, keep: list[Kept]) -> None:
    """留存: the sheet 历史 for the next period: all earlier rows and this period's figures, one row for each person or group.

    keep: figures that are also columns of the sheet. For people or groups; a figure that is no column is a PolicyError.
    """
    past, key = Past(book, clause), UNIT_KEYS[clause.per]
    columns = [past.name(name) for name in keep]
    earlier_rows = past.frame.loc[(past.stamps < past.now).to_numpy(dtype=bool), [one for one in past.frame if one != "_row"]]
    rows = {key: book.units(clause.per).index, past.when: book.policy.month}
    rows |= {column: book.figure(name, clause.per) for column, name in zip(columns, keep, strict=True)}
    this = pd.DataFrame(rows)
    if clause.per == "employee":
        this = this[book.assessed()]
    book.outputs[clause.table] = pd.concat([earlier_rows, this], ignore_index=True)


def _check_kept(clause: Clause, table: Table):
    yield from _check_sheet(clause, table)
    if clause.per == "department":
        yield say("规则 kept 用于个人或小组。", "rule kept is for people or groups.")


kept.check = lambda keep, **_: [] if keep else [say("keep 不能为空。", "keep: must not be empty.")]
kept.check_clause = _check_kept

for _rule in (earlier, window, streak, kept):
    _rule.table = "history"


class Past:
    """The sheet of earlier periods, one row for each unit and period."""

    def __init__(self, book: Book, clause: Clause):
        self.book, self.clause = book, clause
        if book.period is None:
            problem = say("没有考核期，不知道哪些是往期。", "earlier periods need a period.")
            raise PolicyError(Fault(book.place, problem, say("请写明月份。", "Give the month.")))
        self.table, self.frame = book.policy.tables[clause.table], book.table(clause.table)
        self.when = next(name for name in ("month", "quarter", "period") if name in self.table.columns)
        self.now = str(book.period)
        self.stamps = named_periods(self.frame, self.when).fillna("")
        units = book.unit_codes(self.frame, clause.per)
        self.rows = pd.Series(np.arange(len(self.frame)), index=pd.MultiIndex.from_arrays([units, self.stamps]))
        doubled = self.rows.index.duplicated() & (units >= 0)
        if doubled.any():
            row = self.frame["_row"].iloc[int(np.flatnonzero(doubled)[0])]
            problem = say("同一人同一期不止一行。", "stands twice for one person and period.")
            raise DataError(Fault(f"{self.table.sheet}:{row}", problem, say("请删去一行。", "Delete one of the rows.")))
        self.units = np.arange(len(book.units(clause.per)))
        self.longest = len(set(self.stamps))

    def name(self, column: str) -> str:
        return self.table.column(column).name

    def values(self, column: str, back: int):
        """The column of each unit so many periods ago, and the positions of the rows (-1: none)."""
        stamp = str(self.period(back))
        rows = self.rows.reindex(pd.MultiIndex.from_product([self.units, [stamp]])).fillna(-1).to_numpy(dtype=np.intp)
        name = self.name(column)
        if name not in self.frame:
            return missing(len(rows)), rows
        found = self.frame[name].array.take(rows, allow_fill=True)
        words = np.array([None if is_missing(one) else one for one in found], dtype=object) if not isinstance(found, ExactArray) else found
        return words, rows

    def numbers(self, column: str, back: int) -> ExactArray:
        """The column as numbers; yes and no are 1 and 0."""
        values = self.values(column, back)[0]
        return (
            values if isinstance(values, ExactArray) else exact([int(one) if isinstance(one, (bool, np.bool_)) else one for one in values])
        )

    def period(self, back: int) -> Period:
        found = self.book.period
        for _ in range(back):
            found = found.before()
        return found

    def periods_since(self, start: str) -> int:
        """This period's number in its year or quarter."""
        months = len(self.book.period.months)
        last = int(self.book.period.months[-1][5:])
        return -(-(last if start == "year" else (last - 1) % 3 + 1) // months)
