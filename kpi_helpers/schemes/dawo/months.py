"""各月数据: what careers are judged by, month by month: done and quota of each measure, entered or from the run itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, is_missing, missing
from kpi_helpers.schemes.dawo.staff import persons
from kpi_helpers.tables import Tables

MEASURES = {"talk": ("talk_minutes", "quota_talk"), "calls": ("calls", "quota_calls"), "members": ("new_members", "target")}
COLUMNS = tuple(name for pair in MEASURES.values() for name in pair)


class Standard(TypedDict, total=False):
    """转正标准: what part of the quota a sum must reach, per measure; a measure left out is not asked for."""

    __pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    talk: Number
    calls: Number
    members: Number


def check_standard(standard, **_):
    """A standard that asks for nothing would be met by everybody."""
    if not standard:
        yield say("标准不能为空，至少写一项。", "standard: must ask for something.")


@dataclass
class Months:
    """各月: numbers of people by month, missing where they are not known; `row` is the place in the sheet, -1 for none."""

    row: np.ndarray
    person: np.ndarray
    month: np.ndarray  # as month_number
    numbers: dict[str, ExactArray]

    def __len__(self):
        return len(self.row)

    def pick(self, rows: np.ndarray) -> Months:
        """Some of these months, by a mask or by positions."""
        return Months(self.row[rows], self.person[rows], self.month[rows], {name: values[rows] for name, values in self.numbers.items()})

    def and_also(self, others: Months) -> Months:
        """These months and after them others of the same numbers."""
        row, person, month = (np.append(getattr(self, name), getattr(others, name)) for name in ("row", "person", "month"))
        numbers = {name: ExactArray._concat_same_type([values, others.numbers[name]]) for name, values in self.numbers.items()}
        return Months(row, person, month, numbers)


def months_entered(tables: Tables, table: str, names: tuple[str, ...]) -> Months:
    """The months of a sheet of people and months."""
    rows = tables[table]
    numbers = {name: numbers_of(rows, name) for name in names}
    return Months(np.arange(len(rows)), persons(tables, rows["employee_id"]), month_numbers(rows["month"]), numbers)


def with_own_month(book: Book, entered: Months) -> Months:
    """What a sheet says by month, and this month from the run itself for people of the sheet who lack it."""
    if book.period is None or book.period.kind != "month":
        return entered
    own = month_number(book.policy.month)
    lacking = np.zeros(len(book.people), dtype=bool)
    lacking[entered.person] = True
    lacking[entered.person[entered.month == own]] = False
    if not lacking.any():
        return entered
    person, people = np.flatnonzero(lacking), book.people[lacking]
    numbers = {name: numbers_of(people, name) for name in entered.numbers}
    found = Months(np.full(len(person), -1), person, np.full(len(person), own), numbers)
    return entered.and_also(found.pick(~np.all([values.isna() for values in numbers.values()], axis=0)))


def numbers_of(frame: pd.DataFrame, name: str) -> ExactArray:
    """A column as numbers, yes and no as 1 and 0; missing throughout where the frame has no such column."""
    if name not in frame:
        return missing(len(frame))
    if isinstance(frame[name].array, ExactArray):
        return frame[name].array
    return exact([None if is_missing(value) else int(value) for value in frame[name]])


def month_number(month: str) -> int:
    """'2024-03' as year × 12 + month − 1.

    >>> month_text(month_number("2024-03"))
    '2024-03'
    """
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_numbers(months: pd.Series) -> np.ndarray:
    """The number of every month of a column, -1 where none is given."""
    codes, found = pd.factorize(months.to_numpy(dtype=object))
    return np.array([*map(month_number, found), -1], dtype=np.int64)[codes]


def month_text(number: int) -> str:
    """The month of a number."""
    return f"{number // 12}-{number % 12 + 1:02d}"
