"""记账行: what a rule gives each unit, and the rows of the workbook that stand behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from kpi_helpers import events
from kpi_helpers.numbers import ExactArray, count_by, missing, sum_by
from kpi_helpers.policy import Clause, Policy

UNIT_KEYS = {"employee": "employee_id", "group": "group_id", "department": "department"}


@dataclass
class Cells:
    """出处: rows of one table that stand behind a number; `units` says which unit each row belongs to."""

    table: str
    rows: np.ndarray  # positions in the table
    units: np.ndarray  # unit code of each row, -1 for none
    column: str | None = None


@dataclass
class Lines:
    """What one rule gives each unit: the value to post, what it was applied to, and the rows behind it.

    `result` is what `as:` names if that is not the posted value itself; `note` tells lines of one clause apart;
    `unit` replaces the clause's unit. Units that are missing in `value`, or where value and quantity are 0, get no line.
    """

    value: ExactArray
    quantity: ExactArray | None = None
    cells: Cells | list[Cells] | None = None
    result: object = None
    note: str = ""
    unit: str | None = None


@dataclass(eq=False)
class Records:
    """The rows of a clause's table that count for it (positions in `source`), with the unit code each belongs to."""

    table: str
    source: pd.DataFrame
    rows: np.ndarray
    units: np.ndarray
    size: int
    day: str | None = None  # the column that says when

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The counted rows only."""
        as_they_stand = len(self.rows) == len(self.source) and (self.rows[1:] > self.rows[:-1]).all()
        return self.source if as_they_stand else self.source.iloc[self.rows]

    def column(self, name: str) -> pd.Series:
        """One column of the counted rows, without the others."""
        return self.source[name].iloc[self.rows]

    def pick(self, chosen: np.ndarray) -> Records:
        """Some of these rows, by a mask, or all of them in another order."""
        return replace(self, rows=self.rows[chosen], units=self.units[chosen])

    def count(self) -> ExactArray:
        """How often, per unit: the sum of `count` (次数) where the table has it, else the number of rows."""
        return self.sum("count") if "count" in self.source else count_by(self.units, self.size)

    def sum(self, column: str | ExactArray) -> ExactArray:
        """The sum per unit of a column, or of one number for each counted row."""
        values = self.source[column].array[self.rows] if isinstance(column, str) else column
        return sum_by(values, self.units, self.size)

    def days(self) -> pd.Series:
        """When each counted row happened, to the day; missing where it is not known."""
        if self.table == "events":
            return events.event_day(self.frame)
        moments = self.frame[self.day] if self.day else pd.Series(pd.NaT, index=self.frame.index)
        return pd.to_datetime(moments).dt.normalize()

    def values(self, policy: Policy, name: str):
        """A column of the counted rows; missing where it was not handed in."""
        column = policy.tables[self.table].column(name).name
        return self.source[column].array[self.rows] if column in self.source else missing(len(self.rows))

    def cells(self, column: str | None = None) -> Cells:
        """The counted rows as evidence."""
        return Cells(self.table, self.rows, self.units, column)


@dataclass
class Post:
    """One posting: a clause's lines for all units of its kind."""

    clause: Clause
    lines: Lines
