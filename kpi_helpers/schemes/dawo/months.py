"""各月数据: what careers are judged by, month by month: done and quota of each measure, entered or from the run itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.numbers import ExactArray, exact, is_missing, missing

MEASURES = {"talk": ("talk_minutes", "quota_talk"), "calls": ("calls", "quota_calls"), "members": ("new_members", "target")}
COLUMNS = tuple(name for pair in MEASURES.values() for name in pair)


class Standard(TypedDict, total=False):
    """转正标准: what part of the quota a sum must reach, per measure; a measure left out is not asked for."""

    __pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    talk: Number
    calls: Number
    members: Number


def with_own_month(book: Book, rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Numbers of a sheet by person and month, this month from the run itself for people of the sheet who lack it."""
    # `row` is the position in the sheet, -1 for what no sheet holds
    table = pd.DataFrame(
        {
            "row": np.arange(len(rows)),
            "employee_id": rows["employee_id"],
            "month": rows["month"],
            **{name: numbers_of(rows, name) for name in names},
        }
    )
    if book.period is None or book.period.kind != "month":
        return table
    entered = table.loc[table["month"] == book.policy.month, "employee_id"]
    people = book.people[book.people.index.isin(table["employee_id"]) & ~book.people.index.isin(entered)]
    numbers = {name: numbers_of(people, name) for name in names}
    own = pd.DataFrame({"row": -1, "employee_id": people.index, "month": book.policy.month, **numbers})
    return pd.concat([table, own[own[list(names)].notna().any(axis=1)]], ignore_index=True)


def numbers_of(frame: pd.DataFrame, name: str) -> ExactArray:
    """A column as numbers, yes and no as 1 and 0; missing throughout where the frame has no such column."""
    if name not in frame:
        return missing(len(frame))
    if isinstance(frame[name].array, ExactArray):
        return frame[name].array
    return exact([None if is_missing(value) else int(value) for value in frame[name]])
