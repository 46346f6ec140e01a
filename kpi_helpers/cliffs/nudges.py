"""多一点: what a point, a call or a member more would bring one person or group, by the same engine."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.cliffs.standing import Stand, plain, reopened, step_of
from kpi_helpers.compare import Comparison
from kpi_helpers.errors import KpiError
from kpi_helpers.lines import UNIT_KEYS
from kpi_helpers.numbers import exact, is_missing, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import opening, score
from kpi_helpers.tables import Tables
from kpi_helpers.thresholds import Threshold, maker


@dataclass(frozen=True)
class Change:
    """Before → after of one person or group: score, grade, pay (of a group: that of its people), and the department's total pay."""

    score: tuple[Fraction | None, Fraction | None]
    grade: tuple[str | None, str | None]
    pay: tuple[Fraction | None, Fraction | None]
    flags: tuple[tuple[str, ...], tuple[str, ...]]
    cost: Fraction


def nudged(result: Result, threshold: Threshold, stand: Stand, by: Fraction | None = None) -> Change | None:
    """多一点: what one person or group would get with `by` more (one point, call or member; `stand.lacking` reaches the edge).

    The month is scored again by the same engine: with a changed cell where the figure stands in the workbook, else with the
    changed result of the clause that makes the figure, which every later clause then goes by. None where neither is known,
    or where the policy has no answer for the changed figure.
    """
    try:
        after = scored_with(result, threshold, stand, step_of(threshold, stand.edge) if by is None else by)
    except KpiError:  # no band holds it, say
        return None
    return None if after is None else _change(result, after, threshold.per, stand.id)


def scored_with(result: Result, threshold: Threshold, stand: Stand, by: Fraction) -> Result | None:
    """The month's result with a little more of one figure; None where nobody knows how to move it."""
    policy = result.policy
    name = threshold.counted[0] if threshold.counted else threshold.behind
    if threshold.mean_by:
        return None
    if stand.row >= 0:
        cell = (stand.sheet, name.rpartition(".")[2]), stand.row
    else:
        cell = _cell(result, threshold, name, stand.id)
    if cell is not None:
        (table, column), row = cell
        return score(policy, _changed(result.inputs, table, column, row, by))
    made = maker(policy, name, before=threshold.clause)
    if made is None or name not in _units(result, made.per):
        return None
    token = opening.set(partial(Moved, made, name, _owner(result, threshold.per, made.per, stand.id), by))
    try:
        return score(policy, result.inputs)
    finally:
        opening.reset(token)


def _owner(result: Result, per: str, wider: str, id: str):
    """The unit whose figure a person or group goes by: itself, or the wider one it belongs to."""
    book = reopened(result)
    owner = book.owners(per, wider)[book.codes([id], per)[0]]
    return book.units(wider).index[owner] if owner >= 0 else None


def _cell(result: Result, threshold: Threshold, name: str, id: str) -> tuple[tuple[str, str], int] | None:
    """(table, column) and row of the cell of a unit's figure: its own, or the last of those behind a count."""
    book, policy = reopened(result), result.policy
    unit = book.codes([id], threshold.per)[0]
    if threshold.counted:
        made = maker(policy, threshold.figure)
        behind = [post.lines.cells for post in result.posts if post.clause.id == made.id]
        listed = [one for cells in behind for one in (cells if isinstance(cells, list) else [cells]) if one is not None]
        behind = [
            one for one in listed if one.column and policy.tables[one.table].column(name) is policy.tables[one.table].column(one.column)
        ]
    else:
        cells = book.cells(name, threshold.per) if maker(policy, name) is None else None
        behind = [cells] if cells else []
    for cells in behind:
        known = [row for row in cells.rows[cells.units == unit] if not is_missing(result.inputs[cells.table][cells.column].array[int(row)])]
        if known:
            return (cells.table, cells.column), int(known[-1])
    return None


def _changed(tables: Tables, table: str, column: str, row: int, by: Fraction) -> Tables:
    """The tables with one number changed."""
    changed, frame = copy(tables), tables[table].copy()
    values = exact(frame[column]).copy()
    values[row] = values[row] + by
    frame[column] = values
    changed[table] = frame
    return changed


class Moved(Book):
    """A book in which one unit's figure is a little different as soon as its clause has given it."""

    def __init__(self, made: Clause, name: str, id: str, by: Fraction, policy: Policy, tables: Tables):
        super().__init__(policy, tables)
        self.moving = made, name, id, by

    def take(self, clause, apply):
        super().take(clause, apply)
        made, name, id, by = self.moving
        if clause.id == made.id:
            frame = self.units(made.per)
            more, twin = where(frame.index == id, by, 0), getattr(made.rule, "unrounded", None)
            for column in {name, twin} & set(frame):
                frame[column] = frame[column].array + more
            if twin in self.kept:
                self.kept[twin] = self.kept[twin] + more


def _change(before: Result, after: Result, per: str, id: str) -> Change:
    comparison, sides = Comparison(before, after), (before, after)
    flags = tuple(_flags(one, per, id) for one in sides)
    if per == "employee":
        at = comparison.ids.get_loc(id)
        taken = [(plain(side.score[at]), side.grade[at], plain(side.pay[at])) for side in (comparison.before, comparison.after)]
    else:
        paid = comparison.groups()
        pay = [paid.loc[id, name] if id in paid.index else None for name in ("pay_before", "pay_after")]
        shown = {role: _shown(before, role) for role in ("score", "grade")}
        frames = [_units(one, per) for one in sides]
        told = [[plain(frame.loc[id, name]) if name in frame else None for name in shown.values()] for frame in frames]
        taken = [(*one, amount) for one, amount in zip(told, pay, strict=True)]
    return Change(*zip(*taken, strict=True), flags, comparison.cost[2])


def _units(result: Result, per: str) -> pd.DataFrame:
    return {"employee": result.employees, "group": result.groups, "department": result.department}[per]


def _shown(result: Result, role: str) -> str | None:
    return next((one.name for one in result.policy.results.values() if one.role == role), None)


def _flags(result: Result, per: str, id: str) -> tuple[str, ...]:
    mine = result.flags[UNIT_KEYS[per]] == id
    return tuple(result.flags["title"][mine])
