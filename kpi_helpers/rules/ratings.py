"""Rules for ratings (评分): weights, several raters, words as scores, items that do not apply."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ColumnName, Constant, Figure, Number, YesNo, figure
from kpi_helpers.book import Book
from kpi_helpers.columns import NUMERIC, Table
from kpi_helpers.errors import DataError, Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.numbers import ExactArray, constant, count_by, exact, is_missing, positions_by, quantile_by, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.tables import NOT_APPLICABLE


def weighted(measure: ExactArray, weight: Number) -> Lines:
    """加权: a rating times its weight (0.40 for 40 %), in the clause's unit. A missing rating stays missing.

    >>> weighted(exact([90, None]), Fraction(2, 5)).value
    <ExactArray>
    [36, –]
    Length: 2, dtype: exact
    """
    return Lines(measure * weight, measure)


def weighted_mean(
    book: Book,
    clause: Clause,
    weights: dict[Figure, Number],
    absent: Literal["incomplete", "rescale"] = "incomplete",
    not_applicable: Literal["rescale", "refuse"] = "rescale",
) -> Lines:
    """加权平均: the figures times their weights, divided by the sum of the weights (so 40/30/30 and 0.4/0.3/0.3 are the same).

    absent: a blank leaves the result open, or the other weights bear its own. not_applicable: a figure marked 不适用 lets
    the others bear its weight, or leaves the result open like a blank. Weights of 0 or less are a PolicyError.
    """
    size = len(book.units(clause.per))
    top, bottom, lacking = constant(0, size), constant(0, size), []
    for name, weight in weights.items():
        column, excused = book.column(name, clause.per), book.not_applicable(name, clause.per)
        blank = column.isna()
        left_out = (excused & (not_applicable == "rescale")) | (blank & ~excused & (absent == "rescale"))
        book.lack(clause, blank & ~left_out, name)
        lacking.append(blank & ~left_out)
        top, bottom = top + where(blank, 0, column * weight), bottom + where(left_out, 0, constant(0, size) + weight)
    nothing = np.any(lacking, axis=0) | (bottom == 0)
    book.lack(clause, nothing & ~np.any(lacking, axis=0), clause.title)
    return Lines(where(nothing, None, top / where(bottom == 0, 1, bottom)))


def _check_weights(weights, **_):
    if not weights:
        yield say("weights 不能为空。", "weights: must not be empty.")
    for name, weight in (weights or {}).items():
        if isinstance(weight, Fraction) and weight <= 0:
            yield say(f"“{name}”的权重应大于 0。", f"the weight of '{name}' must be above 0.")


weighted_mean.check = _check_weights


@figure
def rated(
    book: Book,
    clause: Clause,
    records: Records,
    column: ColumnName,
    rater: ColumnName | None = None,
    weights: dict[str, Constant] | None = None,
    of: Literal["mean", "median", "trimmed_mean"] = "mean",
    words: dict[str, Constant] | None = None,
    absent: Literal["incomplete", "rescale"] = "incomplete",
    may_lack: list[str] | None = None,
    at_least: Constant | dict[str, Constant] = Fraction(1),
    exclude_self: YesNo = False,
) -> Lines:
    """评分: one figure from the ratings that several people gave: the mean, the median, or the mean without highest and lowest.

    rater, weights: each kind of rater ({上级: 0.6, 同事: 0.3, 本人: 0.1}) is taken by itself, then weighted; a kind that is
    missing leaves the result open or lets the others bear its weight (may_lack: only these kinds may be missing).
    words: {优: 100, 良: 85}. at_least: ratings needed of each kind, or {同事: 2}. exclude_self: rows whose grader_id is the
    person's own do not count. Where every rater says 不适用, so does the figure. A word or a kind of rater that is not
    listed is a DataError.
    """
    if exclude_self and {"grader_id", "employee_id"} <= set(records.source):
        records = records.pick((records.frame["grader_id"] != records.frame["employee_id"]).to_numpy(dtype=bool))
    table = book.policy.tables[records.table]
    name = table.column(column).name
    if words is None:
        values = book.numbers(records, column)
    else:
        values = _as_numbers(book, clause, records.values(book.policy, column), words)
    cells = records.cells(name)
    excused = _all_excused(records, name)
    if clause.result:
        book.excuse(clause, excused)
    if rater is None:
        value, count = _combined(values, records.units, records.size, of)
        return Lines(_open(book, clause, where(count >= at_least, value, None), column, excused), count, cells)
    kinds = np.asarray(records.values(book.policy, rater), dtype=object)
    unknown = sorted({str(kind) for kind in kinds if not is_missing(kind)} - set(weights or {}))
    if weights is not None and unknown:
        problem = say(f"weights 中没有评分人“{unknown[0]}”。", f"weights has no rater '{unknown[0]}'.")
        raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(unknown[0], weights)))
    top, bottom, lacking = constant(0, records.size), constant(0, records.size), np.zeros(records.size, dtype=bool)
    for kind, weight in (weights or {}).items():
        mine = kinds == kind
        value, count = _combined(values[mine], records.units[mine], records.size, of)
        value = where(count >= (at_least.get(kind, 1) if isinstance(at_least, dict) else at_least), value, None)
        blank = value.isna()
        lacking |= blank & (absent == "incomplete") & (kind not in (may_lack or ()))
        top, bottom = top + value.fillna(0) * weight, bottom + where(blank, 0, weight)
    value = where(lacking | (bottom == 0), None, top / where(bottom == 0, 1, bottom))
    return Lines(_open(book, clause, value, column, excused), count_by(records.units, records.size), cells)


def _all_excused(records: Records, name: str) -> np.ndarray:
    """For whom every rater says that the item does not apply."""
    marked = f"{name}{NOT_APPLICABLE}"
    if marked not in records.source:
        return np.zeros(records.size, dtype=bool)
    rows = np.bincount(records.units, minlength=records.size)
    excused = np.bincount(records.units[records.source[marked].to_numpy(dtype=bool)[records.rows]], minlength=records.size)
    return (rows > 0) & (rows == excused)


def _check_rated(rater=None, weights=None, of="mean", words=None, at_least=Fraction(1), absent=None, may_lack=None, **_):
    if (rater is None) != (weights is None):
        yield say("rater 与 weights 要一起写。", "rater: and weights: go together.")
    if weights is not None:
        yield from _check_weights(weights)
    if words == {}:
        yield say("words 不能为空。", "words: must not be empty.")
    if absent is not None and rater is None:
        yield say("absent 要与 rater、weights 一起写。", "absent: goes with rater: and weights:.")
    if rater is None and (may_lack is not None or isinstance(at_least, dict)):
        yield say(
            "may_lack 与分评分人的 at_least 要与 rater、weights 一起写。", "may_lack and at_least by rater go with rater: and weights:."
        )
    for kind in [*(may_lack or ()), *(at_least if isinstance(at_least, dict) else ())]:
        if kind not in (weights or {}):
            yield say(f"weights 中没有评分人“{kind}”。", f"weights has no rater '{kind}'.")
    numbers = at_least.values() if isinstance(at_least, dict) else [at_least]
    if any(number < 1 or number.denominator != 1 for number in numbers):
        yield say("at_least 应为不小于 1 的整数。", "at_least: must be a whole number, 1 or more.")


def _check_rated_columns(clause: Clause, table: Table):
    column = table.column(clause.arguments.get("column", ""))
    if column is not None and column.kind not in (*NUMERIC, "bool") and "words" not in clause.arguments:
        yield say(
            f"列“{column.heading}”不是数字；文字请用 words 换成分数。", f"column '{column.name}' holds no numbers; give words: for words."
        )
    if clause.arguments.get("exclude_self") and table.column("grader_id") is None:
        yield say(f"“{table.sheet}”没有列“评分人工号”（grader_id）。", f"'{table.name}' has no column 'grader_id'.")


rated.check, rated.check_clause = _check_rated, _check_rated_columns


def _open(book: Book, clause: Clause, value: ExactArray, name: str, excused: np.ndarray) -> ExactArray:
    """People whom nobody (or not enough people) rated: their result stays open, unless the item does not apply to them."""
    book.lack(clause, value.isna() & ~excused, name)
    return value


def _as_numbers(book: Book, clause: Clause, given, words: dict) -> ExactArray:
    codes, found = pd.factorize(np.asarray(given, dtype=object))
    for value in found:
        if str(value) not in words:
            problem = say(f"words 中没有“{value}”。", f"words has no '{value}'.")
            raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(value, words)))
    return exact([*(words[str(value)] for value in found), None])[codes]


def _combined(values: ExactArray, units, size: int, of: str) -> tuple[ExactArray, ExactArray]:
    """Each unit's ratings as one, and how many there were; blank ratings are none."""
    known = ~values.isna()
    values, units = values[known], np.asarray(units)[known]
    count = count_by(units, size)
    if of == "median":
        return quantile_by(values, units, size, Fraction(1, 2)), count
    if of == "trimmed_mean":
        kept = _inner(values, units, size)
        values, units = values[kept], units[kept]
    used = count_by(units, size)
    return where(used == 0, None, sum_by(values, units, size) / where(used == 0, 1, used)), count


def _inner(values: ExactArray, units, size: int) -> np.ndarray:
    """Without one highest and one lowest of each unit that has at least three ratings."""
    counts, place = np.bincount(units, minlength=size), positions_by(values, units)
    return (counts[units] < 3) | ((place > 0) & (place < counts[units] - 1))
