"""Rules that count records (记录): events under a clause, and the rows of any sheet that fulfil a condition."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ColumnName, Number, Round, RowNumber, Whole, YesNo, figure
from kpi_helpers.book import Book, Lines, Records
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.events import entered_points
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, clip, constant, count_by, exact, extreme_by, maximum, missing, rounded_to, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules.bands import Band, give

Span = Literal["day", "week", "month"]


def per_event(
    records: Records,
    points: Number,
    free: Number = 0,
    floor: Number | None = None,
    cap: Number | None = None,
    within: Span | None = None,
    free_each: Number = 0,
    floor_each: Number | None = None,
    cap_each: Number | None = None,
) -> Lines:
    """每次加减: so many points for each counted occurrence beyond the free ones, between floor and cap.

    records: rows of the clause's table. points: 分/次, negative for a deduction. floor, cap: bounds of the clause's
    result in 分. within: free_each, floor_each and cap_each hold for each day, week (from Monday) or month.
    """
    count = records.count()
    if within is None:
        return Lines(clip(maximum(count - free, 0) * points, floor, cap), count, records.cells())
    spans = Spans(records, within)
    values = maximum(spans.sum(_counts(records)) - spans.of(free_each), 0) * spans.of(points)
    value = spans.total(clip(values, spans.of(floor_each), spans.of(cap_each)))
    return Lines(clip(value, floor, cap), count, records.cells())


def discretionary(
    book: Book,
    clause: Clause,
    records: Records,
    sign: Literal[1, -1],
    low: Number,
    high: Number,
    blank: Literal["incomplete", "low"] | None = None,
    approver: YesNo = False,
) -> Lines:
    """酌情: points that a person entered for each event, checked to lie within low..high (rows outside are refused).

    sign: 1 adds, -1 deducts. blank: an event without entered points counts nothing (none), its lowest value (low),
    or leaves the person's result incomplete. approver: an entry needs somebody who approved it.
    """
    entered = entered_points(records.frame)
    if blank == "low":
        entered = entered.fillna(low)
    open_rows = np.flatnonzero(entered.isna())
    if blank == "incomplete" and len(open_rows) and clause.per == "employee":
        ids = book.people.index[records.units[open_rows]]
        lacking: dict[str, list] = {}
        for employee_id, event_id in zip(ids, records.frame["event_id"].iloc[open_rows], strict=True):
            lacking.setdefault(employee_id, []).append(event_id)
        book.mark(list(lacking), "incomplete", lacking)
    return Lines(records.sum(entered.fillna(0) * sign), records.count(), records.cells("points"))


@figure
def tally(
    book: Book,
    records: Records,
    of: Literal["count", "sum", "mean", "min", "max", "distinct", "days"] = "count",
    column: ColumnName | None = None,
    weight: ColumnName | None = None,
    same: list[ColumnName] | None = None,
    at_most: Whole | None = None,
    within: Span | None = None,
    cap_each: Number | None = None,
) -> Lines:
    """汇总: one figure from the counted rows: how many, the sum, mean, least or most of a column, how many different, on how many days.

    same, at_most: of the rows that are alike in these columns (a time by its day), only so many count, the earliest
    first. weight: a weighted mean. within, cap_each: what a day, week or month may bring at most. Without rows a count
    or sum is 0, a mean has no value.
    """
    if at_most is not None:
        records = records.pick(_first(book, records, same or [], at_most))
    table = book.policy.tables[records.table]
    name = None if column is None else table.column(column).name
    cells = records.cells(name)
    if of == "days":
        return Lines(_different(records, records.days()), cells=cells)
    if of == "distinct":
        return Lines(_different(records, _values(records, name)), cells=cells)
    values = _counts(records) if of == "count" else exact(_values(records, name))
    if of in ("min", "max"):
        return Lines(extreme_by(values, records.units, records.size, of == "max"), records.count(), cells)
    if of == "mean":
        weights = constant(1, len(values)) if weight is None else exact(_values(records, table.column(weight).name))
        whole = records.sum(weights)
        none = whole.isna() | (whole == 0)
        return Lines(where(none, None, records.sum(values * weights) / where(none, 1, whole)), records.count(), cells)
    if within is not None:
        spans = Spans(records, within)
        return Lines(spans.total(clip(spans.sum(values), None, spans.of(cap_each))), records.count(), cells)
    return Lines(records.sum(values), records.count(), cells)


def per_record(
    book: Book,
    records: Records,
    amount: RowNumber = 1,
    times: ColumnName | None = None,
    over: RowNumber | None = None,
    column: ColumnName | None = None,
    bands: list[Band] | None = None,
    round_each: Round | None = None,
    within: Span | None = None,
    cap_each: Number | None = None,
) -> Lines:
    """逐条计: for each counted row an amount (which may depend on the row's own columns) times a column, divided by another; then the sum.

    column, bands: a factor from the band that the row's column falls in. round_each: every row by itself.
    within, cap_each: what a day, week or month may bring at most. Made for deals of different kinds, and for people
    who change their post in the month: one row per post and its days.
    """
    size = len(records.rows)
    value = constant(1, size) * amount
    columns = book.policy.tables[records.table].columns
    for name, factor in ((times, 1), (column, None)):
        if name is not None:
            found = exact(_values(records, book.policy.tables[records.table].column(name).name))
            value = value * (found if factor else give(book, None, found, bands or [], records.frame.index))
    if over is not None:
        divisor = constant(1, size) * over
        value = value / where(divisor == 0, None, divisor)
    if round_each is not None:
        value = rounded_to(value, round_each.step, round_each.mode)
    cells = records.cells(times if times in columns else None)
    if within is not None:
        spans = Spans(records, within)
        return Lines(spans.total(clip(spans.sum(value), None, spans.of(cap_each))), records.count(), cells)
    return Lines(records.sum(value), records.count(), cells)


class Spans:
    """The days, weeks or months within which a unit's records count together."""

    def __init__(self, records: Records, within: Span):
        self.records = records
        days = records.days()
        if days.isna().any():
            row = records.frame["_row"].iloc[int(np.flatnonzero(days.isna())[0])]
            problem = say("没有日期，不能按天、周或月计算。", "has no date, which a bound per day, week or month needs.")
            raise DataError(Fault(f"{records.table}:{row}", problem, say("请填写日期。", "Enter the date.")))
        starts = {"day": days, "week": days - pd.to_timedelta(days.dt.weekday, unit="D"), "month": days.dt.to_period("M")}[within]
        keys = pd.MultiIndex.from_arrays([records.units, starts.to_numpy()])
        self.codes, found = keys.factorize()
        self.units = found.get_level_values(0).to_numpy(dtype=np.intp)

    def of(self, value):
        """A number of each unit, repeated for its spans."""
        return value[self.units] if isinstance(value, ExactArray) else value

    def sum(self, values: ExactArray) -> ExactArray:
        return sum_by(values, self.codes, len(self.units))

    def total(self, values: ExactArray) -> ExactArray:
        """The sum of a unit's spans."""
        return sum_by(values, self.units, self.records.size)


def _counts(records: Records) -> ExactArray:
    return records.frame["count"].array if "count" in records.source else constant(1, len(records.rows))


def _values(records: Records, name: str | None):
    if name is None or name not in records.source:
        return missing(len(records.rows))
    return records.source[name].array[records.rows]


def _first(book: Book, records: Records, same: list[str], at_most: int) -> np.ndarray:
    """Which rows are among the first so many of their kind."""
    table = book.policy.tables[records.table]
    keys = {"unit": records.units}
    for word in same:
        column = records.frame[table.column(word).name]
        keys[word] = (column.dt.normalize() if column.dtype.kind == "M" else column).to_numpy()
    moments = records.frame[records.day] if records.day else pd.Series(0, index=records.frame.index)
    order = np.lexsort((np.arange(len(records.rows)), moments.to_numpy()))
    ordered = pd.DataFrame(keys).iloc[order]
    kept = np.zeros(len(order), dtype=bool)
    kept[order] = (ordered.groupby(list(keys), dropna=False).cumcount() < at_most).to_numpy()
    return kept


def _different(records: Records, values) -> ExactArray:
    """How many different values each unit has; blanks are none."""
    pairs = pd.DataFrame({"unit": records.units, "value": pd.Series(values).astype(object).to_numpy()}).dropna().drop_duplicates()
    return count_by(pairs["unit"].to_numpy(dtype=np.intp), records.size)
