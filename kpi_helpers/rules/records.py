"""Rules that count records (记录): events under a clause, and the rows of any sheet that fulfil a condition."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ColumnName, Constant, Number, Round, RowNumber, Whole, YesNo, figure
from kpi_helpers.book import Book
from kpi_helpers.columns import NUMERIC, Table
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.events import discretion, entered_points
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.listing import grouped
from kpi_helpers.numbers import ExactArray, clip, constant, count_by, exact, extreme_by, maximum, rounded_to, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules.bands import Band, check_bands, give

Span = Literal["day", "week", "month"]
RowBands = Annotated[list[Band], "row"]


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
    result in 分. within: free_each, floor_each and cap_each hold for each day, week (from Monday) or month, after the free
    ones, which are the first by date; a row without a date is then a DataError.
    """
    count = records.count()
    if within is None:
        return Lines(clip(maximum(count - free, 0) * points, floor, cap), count, records.cells())
    spans = Spans(records, within)
    values = maximum(spans.sum(_beyond(records, free)) - spans.of(free_each), 0) * spans.of(points)
    value = spans.total(clip(values, spans.of(floor_each), spans.of(cap_each)))
    return Lines(clip(value, floor, cap), count, records.cells())


def _beyond(records: Records, free) -> ExactArray:
    """How often each row counts once the unit's first occurrences by date are free."""
    counts = _counts(records)
    order = np.lexsort((records.days().to_numpy(), records.units))
    so_far = pd.Series(counts.num[order]).groupby(records.units[order]).cumsum().to_numpy()
    through = np.empty(len(order), dtype=np.int64)
    through[order] = so_far
    allowed = free[records.units] if isinstance(free, ExactArray) else constant(free, len(order))
    return maximum(exact(through) - allowed, 0) - maximum(exact(through) - counts - allowed, 0)


def _check_spans(within=None, free=Fraction(0), floor=None, cap=None, **given):
    each = [name for name in ("free_each", "floor_each", "cap_each") if given.get(name) is not None]
    if (within is None) != (not each):
        yield say("within 要与 free_each、floor_each、cap_each 之一一起写。", "within: goes with free_each, floor_each or cap_each.")
    if isinstance(free, Fraction) and free < 0 or isinstance(given.get("free_each"), Fraction) and given["free_each"] < 0:
        yield say("免罚次数不能小于 0。", "free: must not be below 0.")
    yield from _check_cap(given.get("floor_each"), given.get("cap_each"))
    if isinstance(floor, Fraction) and isinstance(cap, Fraction) and floor > cap:
        yield say("floor 高于 cap。", "floor lies above cap.")


def _check_day(clause: Clause, table: Table):
    if clause.arguments.get("within") and table.day is None and table.name != "events":
        yield say(f"“{table.sheet}”没有日期列，不能按天、周或月计算。", f"'{table.name}' has no date, which within: needs.")


per_event.check, per_event.check_clause = _check_spans, _check_day


def discretionary(
    book: Book,
    clause: Clause,
    records: Records,
    sign: Literal[1, -1],
    low: Constant,
    high: Constant,
    blank: Literal["incomplete", "low"] | None = None,
    approver: YesNo = False,
) -> Lines:
    """酌情: points that a person entered for each event, checked to lie within low..high (rows outside are refused).

    sign: 1 adds, -1 deducts. low, high: 分, as entered. blank: an event without entered points counts nothing (none), its
    lowest value (low), or leaves the person's result incomplete. approver: an entry needs somebody who approved it.
    """
    entered = entered_points(records.source)[records.rows]
    if blank == "low":
        entered = entered.fillna(low)
    open_rows = np.flatnonzero(entered.isna())
    if blank == "incomplete" and len(open_rows) and clause.per == "employee":
        lacking = grouped(records.units[open_rows], records.source["event_id"].to_numpy()[records.rows[open_rows]])
        concerned = np.bincount(records.units[open_rows], minlength=records.size) > 0
        book.mark(concerned, "incomplete", dict(zip(book.people.index[concerned], lacking, strict=True)))
    return Lines(records.sum(entered.fillna(0) * sign), records.count(), records.cells("points"))


def _check_discretion(low, high, **_):
    if low > high:
        yield say("low 高于 high。", "low lies above high.")


def _check_events(clause: Clause, table: Table):
    if table.name != "events":
        yield say("规则 discretionary 只读“事件”。", "rule discretionary reads the table events only.")
    elif table.column("points") is None:
        yield say("“事件”要有列“酌情分值”。", "'events' needs a column 'points'.")


discretionary.check, discretionary.check_clause = _check_discretion, _check_events
discretionary.worth = discretion


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
    or sum is 0, a mean, least or most has no value; a blank among the counted rows leaves all but the count without one
    (when: {秒数: {given: true}} leaves such rows out).
    """
    if at_most is not None:
        records = records.pick(_first(book, records, same or [], at_most))
    table = book.policy.tables[records.table]
    name = None if column is None else table.column(column).name
    cells = records.cells(name)
    if of == "days":
        return Lines(_different(records, records.days()), cells=cells)
    if of == "distinct":
        return Lines(_different(records, records.values(book.policy, name)), cells=cells)
    values = _counts(records) if of == "count" else book.numbers(records, name)
    if of in ("min", "max"):
        return Lines(extreme_by(values, records.units, records.size, of == "max"), records.count(), cells)
    if of == "mean":
        weights = constant(1, len(values)) if weight is None else book.numbers(records, weight)
        whole = records.sum(weights)
        none = whole.isna() | (whole == 0)
        return Lines(where(none, None, records.sum(values * weights) / where(none, 1, whole)), records.count(), cells)
    if within is not None:
        spans = Spans(records, within)
        return Lines(spans.total(clip(spans.sum(values), None, spans.of(cap_each))), records.count(), cells)
    return Lines(records.sum(values), records.count(), cells)


def _check_tally(of="count", column=None, weight=None, same=None, at_most=None, within=None, cap_each=None):
    if (column is None) != (of in ("count", "days")):
        yield say(f"of: {of} {'不用' if column else '要写'} column。", f"of: {of} {'takes no' if column else 'needs'} column:.")
    if weight is not None and of != "mean":
        yield say("weight 只用于 of: mean。", "weight: is for of: mean only.")
    if same is not None and at_most is None:
        yield say("same 要与 at_most 一起写。", "same: goes with at_most:.")
    if (within is None) != (cap_each is None) or within is not None and of not in ("count", "sum"):
        yield say("within 与 cap_each 一起写，用于 count 与 sum。", "within: and cap_each: go together, for count and sum.")


def _check_tally_columns(clause: Clause, table: Table):
    yield from _check_day(clause, table)
    given = clause.arguments
    yield from _no_numbers(table, given.get("weight"), given.get("column") if given.get("of") != "distinct" else None)
    if given.get("of") == "days" and table.day is None and table.name != "events":
        yield say(f"“{table.sheet}”没有日期列。", f"'{table.name}' has no date.")


tally.check, tally.check_clause = _check_tally, _check_tally_columns


def _no_numbers(table: Table, *names: str | None):
    """Columns that numbers are taken from and that hold none."""
    for column in (table.column(name) for name in names if name is not None):
        if column is not None and column.kind not in (*NUMERIC, "bool"):
            yield say(f"列“{column.heading}”不是数字。", f"column '{column.name}' holds no numbers.")


def per_record(
    book: Book,
    clause: Clause,
    records: Records,
    amount: RowNumber = 1,
    times: ColumnName | None = None,
    over: RowNumber | None = None,
    column: ColumnName | None = None,
    bands: RowBands | None = None,
    round_each: Round | None = None,
    same: list[ColumnName] | None = None,
    at_most: Whole | None = None,
    within: Span | None = None,
    floor_each: Number | None = None,
    cap_each: Number | None = None,
) -> Lines:
    """逐条计: for each counted row an amount (which may depend on the row's own columns) times a column, divided by another; then the sum.

    column, bands: a factor from the band that the row's column falls in. round_each: every row by itself. same, at_most:
    as in tally. within, floor_each, cap_each: what a day, week or month may bring at least and at most. Made for deals of
    different kinds, and for people who change their post in the month: one row per post and its days. A blank in a counted
    row, or a divisor of 0, leaves the person open.
    """
    size = len(records.rows)
    value = constant(1, size) * amount
    if times is not None:
        value = value * book.numbers(records, times)
    if column is not None:
        rows = [f"{records.table}:{row}" for row in records.frame["_row"]]
        value = value * give(book, clause, book.numbers(records, column), bands, rows)
    if over is not None:
        divisor = constant(1, size) * over
        value = value / where(divisor == 0, None, divisor)
    if round_each is not None:
        value = rounded_to(value, round_each.step, round_each.mode)
    if at_most is not None:
        value = where(_first(book, records, same or [], at_most), value, 0)
    blank = where(value.isna(), 1, 0)
    book.lack(clause, records.sum(blank) > 0, clause.title)
    cells = records.cells(None if times is None else book.policy.tables[records.table].column(times).name)
    if within is not None:
        spans = Spans(records, within)
        return Lines(spans.total(clip(spans.sum(value), spans.of(floor_each), spans.of(cap_each))), records.count(), cells)
    return Lines(records.sum(value), records.count(), cells)


def _check_record(times=None, column=None, bands=None, same=None, at_most=None, within=None, floor_each=None, cap_each=None, **_):
    if (column is None) != (bands is None):
        yield say("column 与 bands 要一起写。", "column: and bands: go together.")
    if bands is not None:
        yield from check_bands(bands)
        if any(isinstance(band.get("give"), str) for band in bands):
            yield say("bands 的 give 应为数字。", "give: must be a number here.")
    if (same is None) != (at_most is None):
        yield say("same 与 at_most 要一起写。", "same: and at_most: go together.")
    if (within is None) != (floor_each is None and cap_each is None):
        yield say("within 与 floor_each、cap_each 之一一起写。", "within: goes with floor_each or cap_each.")
    yield from _check_cap(floor_each, cap_each)


def _check_cap(floor_each, cap_each):
    """A cap below 0 would make a good day a bad one, and no value lies between a floor and a lower cap."""
    if isinstance(floor_each, Fraction) and isinstance(cap_each, Fraction) and floor_each > cap_each:
        yield say("floor_each 高于 cap_each。", "floor_each lies above cap_each.")
    if isinstance(cap_each, Fraction) and cap_each < 0 and floor_each is None:
        yield say(
            "cap_each 是上限；扣分最多扣多少写 floor_each。", "cap_each: is an upper bound; write floor_each for the most that is deducted."
        )


def _check_record_columns(clause: Clause, table: Table):
    yield from _check_day(clause, table)
    yield from _no_numbers(table, clause.arguments.get("times"), clause.arguments.get("column"))


per_record.check, per_record.check_clause = _check_record, _check_record_columns


class Spans:
    """The days, weeks or months within which a unit's records count together."""

    def __init__(self, records: Records, within: Span):
        self.records = records
        days = records.days()
        if days.isna().any():
            row = records.frame["_row"].iloc[int(np.flatnonzero(days.isna())[0])]
            problem = say("没有日期，不能按天、周或月计算。", "has no date, which a bound per day, week or month needs.")
            raise DataError(Fault(f"{records.table}:{row}", problem, say("请填写日期。", "Enter the date.")))
        starts = {"day": days, "week": days - pd.to_timedelta(days.dt.day_of_week, unit="D"), "month": days.dt.to_period("M")}[within]
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


def _first(book: Book, records: Records, same: list[str], at_most: int) -> np.ndarray:
    """Which rows are among the first so many of their kind."""
    keys = {"unit": records.units}
    for word in same:
        column = pd.Series(records.values(book.policy, word), index=records.frame.index)
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
