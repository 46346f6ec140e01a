"""待人决定: what a clause proposes to people, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kpi_helpers.lines import UNIT_KEYS
from kpi_helpers.listing import named
from kpi_helpers.numbers import ExactArray

COLUMNS = ["flag", "title", "employee_id", "group_id", "clause", "source", "detail", "note", "term", "line"]


@dataclass(frozen=True, eq=False)
class Flag:
    """One proposal for some units of a kind, named by their ids or by a mask.

    detail: the facts, one value for all, a dict by id, or a function that makes such a dict when somebody looks. term: what
    they are, the name of a figure or a word that the report knows. line: what they are held against, likewise.
    """

    name: str
    title: str
    units: pd.Index  # all of the kind
    chosen: np.ndarray | tuple
    clause: str
    source: str
    per: str
    detail: object
    note: str
    term: str = ""
    line: object = None

    @cached_property
    def ids(self) -> tuple:
        return tuple(self.chosen if isinstance(self.chosen, tuple) else self.units[self.chosen])

    def mask(self) -> np.ndarray:
        """Which of the units are meant."""
        return np.isin(np.arange(len(self.units)), self.units.get_indexer(self.chosen)) if isinstance(self.chosen, tuple) else self.chosen

    def rows(self) -> list[dict]:
        """The proposal for each of them."""
        said = {"flag": self.name, "title": self.title, "clause": self.clause, "source": self.source, "note": self.note, "term": self.term}
        detail, line = _by_id(self.detail), _by_id(self.line)
        return [{**said, UNIT_KEYS[self.per]: id, "detail": detail(id), "line": line(id)} for id in self.ids]


def _by_id(value):
    value = value() if callable(value) else value
    return value.get if isinstance(value, dict) else lambda _: value


def picked(values, rows: np.ndarray, ids: pd.Index):
    """The numbers of a column in the rows that a mask names, by id, when somebody looks; one number for all stays one."""
    if not isinstance(values, ExactArray):
        return values
    return lambda: {ids[row]: values[int(row)] for row in np.flatnonzero(rows)}


def flags_of(flags: list[Flag]) -> pd.DataFrame:
    """Everything that people must decide, a row each."""
    return pd.DataFrame([row for flag in flags for row in flag.rows()], columns=COLUMNS)


def flag_names(flags, people: pd.Index) -> np.ndarray:
    """The flags of each person, every one once."""
    flags = [flag for flag in flags if flag.per == "employee"]
    masks = np.array([flag.mask() for flag in flags], dtype=bool).reshape(len(flags), len(people))
    return named([flag.name for flag in flags], masks)
