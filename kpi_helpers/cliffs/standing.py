"""临界: who stands just below and just above an edge, and what each is short of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.numbers import ExactArray, constant, count_by, exact, half_up, is_missing, sum_by
from kpi_helpers.report.words import show
from kpi_helpers.result import Result
from kpi_helpers.thresholds import POINTS, Threshold, thresholds

_FEN = Fraction(1, 100)  # scores are published to 0.01


@dataclass(frozen=True)
class Stand:
    """One person (or group) near an edge. `of` tells several figures of one person apart: a week, an exam.

    lacking: the least that brings the figure over the edge, in the count's unit where one is counted, else in the figure's
    own; above the edge 0 or less, the negative of what it can lose and still stand there. sheet, row: where a figure of
    one row of the workbook stands.
    """

    id: str
    figure: Fraction
    edge: Fraction
    lacking: Fraction
    of: str = ""
    sheet: str = ""
    row: int = -1


@dataclass(frozen=True)
class Near:
    """临界: who stands on either side of a threshold within a distance, the nearest first."""

    threshold: Threshold
    below: list[Stand]
    above: list[Stand]

    def of(self, id: str) -> list[Stand]:
        """Where one person stands, below or above."""
        return [one for one in [*self.below, *self.above] if one.id == id]


def near(result: Result, threshold: Threshold, distance: Fraction | None = None) -> Near:
    """临界: people or groups within `distance` of a threshold; without one within 5 分, a tenth of a ratio, a twentieth of the edge.

    Nobody without a figure (missing is not zero), and nobody who is not assessed or whom the clause does not concern.
    """
    below, above = [], []
    for stand in _stands(result, threshold):
        if abs(stand.edge - stand.figure) <= (_reach(threshold, stand.edge) if distance is None else distance):
            (below if stand.lacking > 0 else above).append(stand)
    for side in (below, above):
        side.sort(key=lambda one: (abs(one.edge - one.figure), str(one.id), one.of))
    return Near(threshold, below, above)


def _stands(result: Result, threshold: Threshold) -> list[Stand]:
    """Where everybody stands whom the threshold concerns and who has the figure."""
    field = _field(result, threshold)
    rows = np.flatnonzero(~(field.figure.isna() | field.edge.isna()) & field.inside)
    return [
        Stand(
            field.ids[row], field.figure[row], field.edge[row], _lacking(threshold, field, row), field.of[row], field.sheet, field.rows[row]
        )
        for row in map(int, rows)
    ]


def ahead(result: Result) -> dict[str, list[tuple[Threshold, Stand]]]:
    """下一档: for each person the next edge above each figure, however far, in the order of the document; of a figure that one
    has several times the last (this week, the latest exam)."""
    found: dict[str, dict[tuple, tuple[Threshold, Stand]]] = {}
    for one in thresholds(result.policy):
        for stand in _stands(result, one) if one.per == "employee" else ():
            mine, key = found.setdefault(stand.id, {}), (one.figure, repr(one.who))
            known = mine.get(key)
            if stand.lacking > 0 and (known is None or stand.of > known[1].of or stand.of == known[1].of and stand.edge < known[1].edge):
                mine[key] = one, stand
    return {id: list(mine.values()) for id, mine in found.items()}


def _reach(threshold: Threshold, edge: Fraction) -> Fraction:
    if threshold.unit == POINTS:
        return Fraction(5)
    return Fraction(1, 10) if threshold.counted or abs(edge) <= 1 else Fraction(1) if abs(edge) <= 10 else abs(edge) / 20


def step_of(threshold: Threshold, edge: Fraction) -> Fraction:
    """One more: a point, a call, a member; a hundredth of a ratio that nobody counts."""
    return _FEN if threshold.unit != POINTS and not threshold.counted and abs(edge) <= 1 else Fraction(1)


def _lacking(threshold: Threshold, field: Field, row: int) -> Fraction:
    """Exactly what is missing to the edge, in whole units of what is counted; past an edge that is not its own, a smallest step more."""
    if threshold.counted:
        gap = field.edge[row] * field.quota[row] - field.count[row]
        return Fraction(ceil(gap) if threshold.inclusive else floor(gap) + 1)
    smallest = _FEN if threshold.unit == POINTS or abs(field.edge[row]) <= 1 else Fraction(1)
    return field.edge[row] - field.figure[row] + (0 if threshold.inclusive else smallest)


# -- the figures of a finished month ------------------------------------------------------------------------------------


@dataclass
class Field:
    """The figures that a threshold compares, one a row, with the edge for each, and whom the clause concerns."""

    ids: list
    figure: ExactArray
    edge: ExactArray
    inside: np.ndarray
    of: list
    rows: list
    sheet: str = ""
    count: ExactArray | None = None
    quota: ExactArray | None = None


def reopened(result: Result) -> Book:
    """The book of a finished result, to ask for figures."""
    book = object.__new__(Book)
    book.__dict__.update(policy=result.policy, period=result.policy.period, tables=result.inputs, clause=None, excused={}, _told={})
    book.__dict__.update(people=result.employees, groups=result.groups, department=result.department, outputs=result.tables)
    return book


def _field(result: Result, threshold: Threshold) -> Field:
    book = reopened(result)
    book.clause = result.policy.clause(threshold.clause)
    units, table = book.units(threshold.per), threshold.figure.rpartition(".")[0]
    if threshold.figure not in units and (table in result.inputs or table in book.outputs):
        return _mean_field(book, threshold) if threshold.mean_by else _row_field(book, threshold, table)
    size, per = len(units), threshold.per
    figure = book.column(threshold.figure, per)
    inside = book.fitting(threshold.who, per) & (book.assessed() if per == "employee" else True)
    figure = half_up(figure) if threshold.rounded else figure
    field = Field(list(units.index), figure, _edge(book, threshold, size), inside, [""] * size, [-1] * size)
    if threshold.counted:
        field.count, field.quota = book.column(threshold.counted[0], per), constant(0, size) + book.amount(threshold.counted[1], per)
    return field


def _edge(book: Book, threshold: Threshold, size: int) -> ExactArray:
    edge, whole = (book.amount(value, threshold.per) for value in (threshold.edge, threshold.of))
    return (constant(0, size) + edge) * whole


def _row_field(book: Book, threshold: Threshold, table: str) -> Field:
    """Figures of which a person has several, one for each row of a sheet of the month or of a list that the policy gives."""
    column, frame = threshold.figure.rpartition(".")[2], _rows_of(book, table)
    ids = frame["employee_id"] if "employee_id" in frame else pd.Series(frame.index, index=frame.index)
    keys = book.policy.tables[table].key if table in book.policy.tables else ["week_end"]
    told = frame[[name for name in keys if name in frame and name != "employee_id"]]
    of = ["、".join(show(plain(value)) for value in row) for row in told.itertuples(index=False)]
    codes, size = book.codes(ids), len(frame)
    inside = np.append(book.assessed() & book.fitting(threshold.who, "employee"), False)[codes]
    if threshold.stage:  # a step is taken after the one before it
        inside &= (frame["step"].groupby(ids).cummax().groupby(ids).shift(fill_value=0) + 1 == threshold.stage).to_numpy()
    edge = _edge(book, threshold, len(book.people)).take(codes, allow_fill=True)
    sheet, rows = (table, list(frame["position"])) if "position" in frame else _positions(book, frame, threshold)
    field = Field(list(ids), exact(frame[column]), edge, inside, of or [""] * size, rows, sheet)
    if threshold.counted:
        field.count, field.quota = exact(frame[threshold.counted[0]]), exact(frame[threshold.counted[1].name])
    return field


def _positions(book: Book, frame: pd.DataFrame, threshold: Threshold) -> tuple[str, list]:
    """The sheet, and the row in it, whose count stands behind each row of a list; -1 where none does."""
    count = threshold.counted[0] if threshold.counted else None
    for name, table in book.policy.tables.items():
        if table.key and table.column(count or "") is not None and set(table.key) <= set(frame) and len(book.table(name)):
            sheet = pd.MultiIndex.from_frame(book.table(name)[list(table.key)])
            return name, list(sheet.get_indexer(pd.MultiIndex.from_frame(frame[list(table.key)])))
    return "", [-1] * len(frame)


def _mean_field(book: Book, threshold: Threshold) -> Field:
    """The mean of a sheet's rows of the month, for each exam or of all."""
    table, _, column = threshold.figure.rpartition(".")
    frame = _rows_of(book, table)
    frame = frame[frame[column].notna()]
    words = np.full(len(frame), "", dtype=object) if threshold.mean_by == "all" else frame[threshold.mean_by].to_numpy(dtype=object)
    codes, names = pd.factorize(words)
    mean = sum_by(frame[column].array, codes, len(names)) / count_by(codes, len(names))
    size = len(names)
    return Field(["department"] * size, mean, constant(threshold.edge, size), np.ones(size, dtype=bool), list(map(str, names)), [-1] * size)


def _rows_of(book: Book, table: str) -> pd.DataFrame:
    found = book.outputs.get(table)
    if isinstance(found, pd.DataFrame):
        return found
    rows = book.table(table).assign(position=np.arange(len(book.table(table))))
    day = book.policy.tables[table].day
    return rows[book.in_period(rows[day])] if day in rows else rows


def plain(value):
    """A value of a frame, None where it is missing."""
    return None if is_missing(value) or value is pd.NaT else value
