"""Who somebody is in the month: employed from when to when, trial or regular (试用、正式), and on which level (职级)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, missing
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables


def roster_index(tables: Tables) -> pd.Index:
    """The ids of the people, in their order in the book."""
    return pd.Index(tables["employees"]["employee_id"].unique(), dtype=object)


def persons(tables: Tables, ids: pd.Series) -> np.ndarray:
    """Which person each id is of, -1 where unknown: `book.codes` for what is said of the tables once."""
    return roster_index(tables).get_indexer(pd.Index(ids, dtype=object))


def employment(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of everybody's employment; far away where it is not given."""
    return book.once(employed)


def employed(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """The same of the tables alone."""
    people = _people(tables)
    nothing = pd.Series(pd.NaT, index=people.index, dtype="datetime64[us]")
    hired = pd.to_datetime(people.get("hire_date", nothing)).fillna(pd.Timestamp("1900-01-01"))
    left = pd.to_datetime(people.get("leave_date", nothing)).fillna(pd.Timestamp("2200-12-31"))
    return hired.to_numpy(dtype="datetime64[D]"), left.to_numpy(dtype="datetime64[D]")


def has_left(book: Book) -> np.ndarray:
    """Whose last day has come by the end of the period; without one, who has any."""
    return employment(book)[1] <= np.datetime64(last_day(book) or date(2199, 12, 31))


def last_day(book: Book) -> date | None:
    """The day that decides who is what in the month; None without a period."""
    return None if book.period is None else book.period.last


def is_trial(book: Book, on: date | None) -> np.ndarray:
    """试用: trial staff on a day; the day of regularisation wins over the status column, nothing given means regular."""
    trial, since = book.once(_said, "trial"), _regular_since(book)
    return trial if on is None else np.where(np.isnat(since), trial, since > np.datetime64(on))


def said_regular(book: Book, on: date | None) -> np.ndarray:
    """正式: who is regular by the word of the roster; where it says nothing, nobody is."""
    regular, since = book.once(_said, "regular"), _regular_since(book)
    return regular if on is None else np.where(np.isnat(since), regular, since <= np.datetime64(on))


def _said(tables: Tables, status: str) -> np.ndarray:
    """Of whom the roster's column of statuses says this."""
    people = _people(tables)  # the column `status` of book.people is that of the result
    return (people["status"] == status).to_numpy(dtype=bool) if "status" in people else np.zeros(len(people), dtype=bool)


def _regular_since(book: Book) -> np.ndarray:
    """Everybody's day of regularisation (转正日期), NaT where none is known."""
    days = book.people.get("regular_from")
    return np.full(len(book.people), "NaT", dtype="datetime64[D]") if days is None else days.to_numpy(dtype="datetime64[D]")


def specialists(book: Book) -> np.ndarray:
    """专员: who may be last or first of all, promoted or put on a list (1.2)."""
    return book.people["specialist"].to_numpy(dtype=bool)


def scored(book: Book) -> np.ndarray:
    """Whom the conduct score concerns (1.2); who has none is paid all the same."""
    return book.people["scored"].to_numpy(dtype=bool)


def has_quota(book: Book) -> np.ndarray:
    """Whom call quotas, incentive and allowance concern (1.2)."""
    return book.people["has_quota"].to_numpy(dtype=bool)


def fact(book: Book, name: str) -> ExactArray:
    """A number of the table 员工, missing where it was not delivered."""
    return exact(book.people[name]) if name in book.people else missing(len(book.people))


def level_values(book: Book, levels: list[dict], name: str) -> ExactArray:
    """An amount of each person's level; missing where neither person nor level has one."""
    if len(book.table("level_table")):
        return book.once(_values_in_force, last_day(book), name)
    return _by_place(level_rows(book, levels), name, level_places(book, levels))


def _values_in_force(tables: Tables, on: date | None, name: str) -> ExactArray:
    return _by_place(_levels_in_force(tables, on), name, _places_in_force(tables, on))


def _by_place(rows: pd.DataFrame, name: str, places: np.ndarray) -> ExactArray:
    return exact(rows[name]).take(places, allow_fill=True) if name in rows else missing(len(places))


def check_levels(policy: Policy, tables: Tables) -> list[RowFault]:
    """员工.职级: every level that somebody is on stands in 职级表, or in the placeholder where that sheet is empty."""
    people, sheet = tables["employees"], tables["level_table"]
    if "level" not in people:
        return []
    placeholder = policy.parameters.get("level_table")
    known = list(sheet["level"].dropna()) if len(sheet) else [row["level"] for row in placeholder.value] if placeholder else None
    if known is None:
        return []
    odd = np.flatnonzero((people["level"].notna() & ~people["level"].isin(known)).to_numpy(dtype=bool))
    listed = "、".join(map(str, dict.fromkeys(known)))
    problem = say(f"职级表中没有这个职级（有：{listed}）", f"is no level of the level table ({listed})")
    levels = people["level"].iloc[odd]
    return [RowFault("employees", int(row), "level", level, "unknown_level", problem) for row, level in zip(odd, levels, strict=True)]


def level_rows(book: Book, levels: list[dict]) -> pd.DataFrame:
    """职级表 in force, from the lowest level up: the workbook's, or else the placeholder of the policy (假设)."""
    if len(book.table("level_table")):
        return book.once(_levels_in_force, last_day(book))
    rows = pd.DataFrame(levels).set_index("level")
    return pd.DataFrame({name: exact(rows[name]) for name in rows}, index=rows.index)


def _levels_in_force(tables: Tables, on: date | None) -> pd.DataFrame:
    sheet = tables["level_table"]
    if on is not None:
        day = pd.Timestamp(on)
        sheet = sheet[(sheet["valid_from"].isna() | (sheet["valid_from"] <= day)) & (sheet["valid_to"].isna() | (sheet["valid_to"] >= day))]
    return sheet.drop_duplicates("level", keep="last").set_index("level")


def level_places(book: Book, levels: list[dict]) -> np.ndarray:
    """Everybody's row of the level table, -1 for none; in the placeholder newcomers stand on the first and regular staff on the second."""
    if len(book.table("level_table")):
        return book.once(_places_in_force, last_day(book))
    given = book.once(_levels_given)
    usual = np.where(is_trial(book, last_day(book)), 0, 1)
    return np.where(pd.isna(given), np.where(usual < len(levels), usual, -1), level_rows(book, levels).index.get_indexer(given))


def _places_in_force(tables: Tables, on: date | None) -> np.ndarray:
    return _levels_in_force(tables, on).index.get_indexer(_levels_given(tables))


def _levels_given(tables: Tables) -> pd.Index:
    """Everybody's level (职级) as the roster says."""
    people = _people(tables)
    return pd.Index(people["level"] if "level" in people else [None] * len(people), dtype=object)


def _people(tables: Tables) -> pd.DataFrame:
    """员工, each person once, in the order of the people in the book."""
    return tables["employees"].drop_duplicates("employee_id")
