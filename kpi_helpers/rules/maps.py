"""Rules that map a figure piece by piece (分段): bands, tiers, lines between points, tables, amounts per unit."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Figure, Number
from kpi_helpers.book import Book
from kpi_helpers.errors import DataError, Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, clip, constant, maximum, minimum, missing, rounded_to, text, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules.bands import Band, band_of, check_bands, give

_STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
Tier = TypedDict("Tier", {"from": Number, "rate": Number}, total=False)
Tier.__pydantic_config__ = _STRICT


class Point(TypedDict):
    """A corner of a line: at this value it gives that."""

    __pydantic_config__ = _STRICT
    at: Number
    give: Number


def banded(book: Book, clause: Clause, measure: ExactArray, bands: list[Band], times: Number | None = None) -> Lines:
    """分档: the whole amount takes the band it falls in; bands are [{from: 90, give: 优秀}, …, {give: 不合格}].

    `from` and `to` belong to their band (>=, <=), `above` and `below` do not; a band without edges catches the rest. A
    value in no band is a DataError, never a guess. give: a number (posted, may be {by: 岗位, …}) or a word (named by `as:`).
    times: the number is a rate, and the band reached holds for the whole amount (追溯).
    """
    units = book.units(clause.per).index
    found = give(book, clause, measure, bands, units)
    if not isinstance(found, ExactArray):
        return Lines(missing(len(measure)), measure, result=found)
    return Lines(found if times is None else found * times, measure)


def _check_banded(bands, times=None):
    yield from check_bands(bands)
    if times is not None and any(isinstance(band.get("give"), str) for band in bands):
        yield say("give 是文字时不能写 times。", "times: needs numbers in give:.")


banded.check = _check_banded
banded.thresholds = {"bands": "measure"}


def tiered(book: Book, measure: ExactArray, tiers: list[Tier], of: Number = 1) -> Lines:
    """阶梯: each slice of the measure at its own rate, [{from: 0, rate: 1}, {from: 100, rate: 1.5}]; below the first nothing.

    of: the edges are parts of this figure, so that {from: 1.2} of a quota starts at 120 % of it. Edges that do not rise
    from one to the next are a PolicyError.
    """
    size = len(measure)
    edges = [(constant(0, size) + tier.get("from", 0)) * of for tier in tiers]
    _rising(book, edges, "tiers")
    value = where(measure.isna(), None, constant(0, len(measure)))
    for position, tier in enumerate(tiers):
        upper = measure if position + 1 == len(tiers) else minimum(measure, edges[position + 1])
        value = value + maximum(upper - edges[position], 0) * tier["rate"]
    return Lines(value, measure)


def _check_tiers(tiers, **_):
    starts = [tier.get("from", 0) for tier in tiers]
    if not tiers or any("rate" not in tier for tier in tiers):
        yield say("每一级都要写 from 与 rate。", "every tier needs from and rate.")
    plain = [start for start in starts if not hasattr(start, "name") and not hasattr(start, "column")]
    if any(low >= high for low, high in pairwise(plain)):
        yield say("tiers 应按 from 由低到高，不得重复。", "tiers must rise from one to the next.")


tiered.check = _check_tiers
tiered.thresholds = {"tiers": "measure"}


def interpolated(
    book: Book, clause: Clause, measure: ExactArray, points: list[Point], outside: Literal["clamp", "extend", "error"] = "clamp"
) -> Lines:
    """插值: a straight line between points [{at: 60, give: 0}, {at: 100, give: 1}].

    outside: beyond the first and last point their value (clamp), the line itself (extend), or a DataError. Points that do
    not rise from one to the next are a PolicyError.
    """
    size = len(measure)
    at, gives = ([constant(0, size) + point[name] for point in points] for name in ("at", "give"))
    _rising(book, at, "points", strictly=True)
    if outside == "error":
        beyond = np.flatnonzero((measure < at[0]) | (measure > at[-1]))
        if len(beyond):
            row = int(beyond[0])
            shown = f"{text(measure[row])}（{book.units(clause.per).index[row]}）"
            raise DataError(
                Fault(f"{book.policy.title} {clause.id} {clause.title}", say(f"{shown}在表外", f"{shown} is beyond the points"))
            )
    inner = measure if outside == "extend" else clip(measure, at[0], at[-1])
    value = missing(size)
    for position in range(len(points) - 1):
        last, width = position + 2 == len(points), at[position + 1] - at[position]
        width = where(width == 0, None, width)
        line = gives[position] + (inner - at[position]) / width * (gives[position + 1] - gives[position])
        here = (inner >= at[position] if position or outside != "extend" else ~inner.isna()) & (last | (inner < at[position + 1]))
        value = where(here, line, value)
    return Lines(value, measure)


def _check_points(points, **_):
    at = [point["at"] for point in points]
    if len(at) < 2:
        yield say("points 至少要两点。", "points: at least two.")
    plain = [one for one in at if not hasattr(one, "name") and not hasattr(one, "column")]
    if any(low >= high for low, high in pairwise(plain)):
        yield say("points 应按 at 由低到高，不得重复。", "points must rise from one to the next.")


interpolated.check = _check_points


def looked_up(
    book: Book,
    clause: Clause,
    rows: Figure,
    columns: Figure,
    give: list[list[Number]],
    rows_from: list[Number] | None = None,
    rows_in: list[str] | None = None,
    columns_from: list[Number] | None = None,
    columns_in: list[str] | None = None,
) -> Lines:
    """查表: a number from a table with two figures, a line for each row; by lower edges (>=) or by words.

    rows, columns: the two figures. A value below the lowest edge and a word that is not listed are DataErrors.
    """
    down = _place(book, clause, rows, rows_from, rows_in)
    across = _place(book, clause, columns, columns_from, columns_in)
    size = len(book.units(clause.per))
    value = missing(size)
    for row, line in enumerate(give):
        for column, number in enumerate(line):
            value = where((down == row) & (across == column), number, value)
    return Lines(value)


def _check_table(give, rows_from=None, rows_in=None, columns_from=None, columns_in=None, **_):
    for name, edges, words in (("rows", rows_from, rows_in), ("columns", columns_from, columns_in)):
        if (edges is None) == (words is None):
            yield say(f"{name}_from 与 {name}_in 应写一个。", f"write either {name}_from or {name}_in.")
    down, across = len(rows_from or rows_in or []), len(columns_from or columns_in or [])
    if not down or not across:
        yield say("表是空的：至少要一行一列。", "the table is empty: it needs a row and a column at least.")
    if len(give) != down or any(len(line) != across for line in give):
        yield say(f"give 应为 {down} 行、每行 {across} 个数。", f"give must have {down} lines of {across} numbers.")
    for edges in (rows_from or [], columns_from or []):
        plain = [edge for edge in edges if isinstance(edge, Fraction)]
        if any(low >= high for low, high in pairwise(plain)):
            yield say("rows_from、columns_from 应由低到高，不得重复。", "rows_from and columns_from must rise from one to the next.")
    for words in (rows_in or [], columns_in or []):
        if len(set(words)) < len(words):
            yield say("rows_in、columns_in 中有重复。", "rows_in and columns_in must not name a word twice.")


looked_up.check = _check_table
looked_up.thresholds = {"rows_from": ("at_least", "rows"), "columns_from": ("at_least", "columns")}


def _place(book: Book, clause: Clause, name: str, edges, words) -> np.ndarray:
    """The line or column of the table for each unit, -1 where the figure is missing."""
    units = book.units(clause.per).index
    if edges is not None:
        measure = book.column(name, clause.per)
        found, blank = band_of(measure, [{"from": edge} for edge in edges]), measure.isna()
    else:
        figure = np.asarray(book.figure(name, clause.per), dtype=object)
        blank = np.asarray(pd.isna(figure), dtype=bool)
        found = pd.Index(words).get_indexer(figure)
    for row in np.flatnonzero((found < 0) & ~blank & book.concerned(clause))[:1]:
        problem = say(f"“{name}”的值（{units[row]}）不在表中", f"the '{name}' of {units[row]} is not in the table")
        raise DataError(Fault(f"{book.policy.title} {clause.id} {clause.title}", problem))
    book.lack(clause, blank, name)
    return found


def per_unit(
    book: Book,
    measure: ExactArray,
    points: Number,
    each: Number = 1,
    beyond: Number = 0,
    direction: Literal["above", "below"] = "above",
    part: Literal["whole", "exact", "started"] = "whole",
    at_most: Number | None = None,
) -> Lines:
    """每满: so much for each unit by which the measure lies above (or below) a value: 每超 10 个加 5 分.

    points: in the clause's unit (分, 元). part: an incomplete unit counts nothing (whole), in proportion (exact) or as one
    (started). at_most: units counted. `each` of 0 or less is a PolicyError.
    """
    size = len(measure)
    step = constant(0, size) + each
    if (step <= 0).any():
        raise PolicyError(Fault(book.place, _no_step()))
    distance = measure - beyond if direction == "above" else constant(0, size) + beyond - measure
    units = maximum(distance, 0) / step
    if part != "exact":
        units = rounded_to(units, Fraction(1), "down" if part == "whole" else "up")
    return Lines(clip(units, None, at_most) * points, measure)


def _check_each(each=Fraction(1), at_most=None, **_):
    if isinstance(each, Fraction) and each <= 0:
        yield _no_step()
    if isinstance(at_most, Fraction) and at_most < 0:
        yield say("at_most 不能小于 0。", "at_most must not be below 0.")


per_unit.check = _check_each


def _no_step() -> str:
    return say("each 应大于 0。", "each must be above 0.")


def _rising(book: Book, edges: list[ExactArray], name: str, strictly: bool = False) -> None:
    """Edges that depend on a column or a figure rise for everybody, as plain ones do."""
    for low, high in pairwise(edges):
        for row in np.flatnonzero((low >= high) if strictly else (low > high))[:1]:
            shown = f"{text(low[int(row)])} → {text(high[int(row)])}"
            raise PolicyError(Fault(book.place, say(f"{name} 应由低到高：{shown}。", f"{name} must rise: {shown}.")))
