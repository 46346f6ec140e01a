"""Rules for ratings (评分): weights, several raters, words as scores, items that do not apply."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np

from kpi_helpers.arguments import ColumnName, Constant, Figure, Number, YesNo, figure
from kpi_helpers.book import Book, Lines, Records
from kpi_helpers.errors import DataError, Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, constant, count_by, exact, is_missing, missing, positions_by, quantile_by, sum_by, where
from kpi_helpers.policy import Clause


def weighted(measure: ExactArray, weight: Number) -> Lines:
    """加权: a rating times its weight (0.40 or 40 %). A missing rating stays missing."""
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
    the others bear its weight, or leaves the result open like a blank.
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
    at_least: Constant = 1,
    exclude_self: YesNo = False,
) -> Lines:
    """评分: one figure from the ratings that several people gave: the mean, the median, or the mean without highest and lowest.

    rater, weights: each kind of rater ({上级: 0.6, 同事: 0.3, 本人: 0.1}) is taken by itself, then weighted; a kind that is
    missing leaves the result open or lets the others bear its weight. words: {优: 100, 良: 85}. at_least: ratings needed.
    exclude_self: rows whose grader_id is the person's own do not count.
    """
    if exclude_self and "grader_id" in records.source:
        records = records.pick((records.frame["grader_id"] != records.frame["employee_id"]).to_numpy(dtype=bool))
    table = book.policy.tables[records.table]
    name = table.column(column).name
    given = records.source[name].array[records.rows] if name in records.source else missing(len(records.rows))
    values = _as_numbers(book, clause, given, words) if words is not None else exact(given)
    cells = records.cells(name)
    if rater is None:
        value, count = _combined(values, records.units, records.size, of)
        return Lines(_open(book, clause, where(count >= at_least, value, None), column), count, cells)
    kinds = records.source[table.column(rater).name].to_numpy(dtype=object)[records.rows]
    unknown = sorted({str(kind) for kind in kinds if not is_missing(kind)} - set(weights or {}))
    if weights is not None and unknown:
        problem = say(f"weights 中没有评分人“{unknown[0]}”。", f"weights has no rater '{unknown[0]}'.")
        raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(unknown[0], weights)))
    top, bottom, lacking = constant(0, records.size), constant(0, records.size), np.zeros(records.size, dtype=bool)
    for kind, weight in (weights or {}).items():
        mine = kinds == kind
        value, count = _combined(values[mine], records.units[mine], records.size, of)
        value = where(count >= at_least, value, None)
        blank = value.isna()
        lacking |= blank & (absent == "incomplete")
        top, bottom = top + value.fillna(0) * weight, bottom + where(blank, 0, weight)
    value = where(lacking | (bottom == 0), None, top / where(bottom == 0, 1, bottom))
    return Lines(_open(book, clause, value, column), count_by(records.units, records.size), cells)


def _open(book: Book, clause: Clause, value: ExactArray, name: str) -> ExactArray:
    """People whom nobody (or not enough people) rated: their result stays open."""
    book.lack(clause, value.isna(), name)
    return value


def _as_numbers(book: Book, clause: Clause, given, words: dict) -> ExactArray:
    found = []
    for value in given:
        if not is_missing(value) and str(value) not in words:
            problem = say(f"words 中没有“{value}”。", f"words has no '{value}'.")
            raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(value, words)))
        found.append(None if is_missing(value) else words[str(value)])
    return exact(found)


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
