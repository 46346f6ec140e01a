"""各月: the history of results, earlier months and this one, by person and month (4.2)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, missing, texts, where
from kpi_helpers.policy import Clause
from kpi_helpers.tables import Tables


@dataclass(frozen=True)
class Months:
    """各月: results by person and month, in the order of both; a row of each array is one month of a person."""

    unit: np.ndarray  # the person's row in the roster
    month: np.ndarray  # as a number: the same for the months of one year and number, one more for the next
    score: ExactArray  # as published
    judged: ExactArray  # as graded, which is another one where grades are given on unrounded scores
    full: np.ndarray
    appealed: np.ndarray

    def pick(self, rows: np.ndarray) -> Months:
        return Months(*(getattr(self, one.name)[rows] for one in fields(self)))


@dataclass(frozen=True)
class Past:
    """以往: the sheet 历史 up to the month in the order of person and month, and what else of the sheets the history rests on."""

    frame: pd.DataFrame
    months: Months
    rank: np.ndarray  # the place of each person of the roster in the order of ids
    appeals: np.ndarray  # person and month of each appeal as one number


_COLUMNS = ["employee_id", "month", "score", "full_month", "status", "graded_score"]


def history(book: Book, clause: Clause) -> None:
    """4.2 历史: earlier months and this one, a row per person and month, in the columns of the sheet 历史."""
    past, people, month = book.once(_past, book.policy.month), book.people, book.policy.month
    scored = (~people["score"].isna()).to_numpy(dtype=bool) & (month is not None)
    before, mine = past.months, np.argsort(past.rank)
    mine = mine[scored[mine]]
    known = scored[before.unit] & (before.month == number_of(month))
    _flag_others(book, clause, past, np.flatnonzero(known & ~before.appealed))
    rows = np.flatnonzero(~known)  # an own result replaces what the sheet has
    at = np.searchsorted(past.rank[before.unit[rows]], past.rank[mine], side="right")
    source = np.insert(rows, at, len(before.unit) + np.arange(len(mine)))  # rows of the sheet, then those of this month
    appealed = np.isin(_pairs(before.unit, before.month), past.appeals[book.kept["appealed"]])
    open_now, full = ~book.complete()[mine], people["full_month"].to_numpy(dtype=object)[mine]
    own = {
        "unit": mine,
        "month": np.full(len(mine), number_of(month)),
        "score": people["score"].array[mine],
        "judged": people["graded_score"].array[mine],
        "full": full.astype(bool),
        "appealed": open_now,
    }
    before = replace(before, appealed=before.appealed | appealed)
    months = Months(*(_joined(getattr(before, name), own[name]) for name in own))
    book.kept["history"] = months.pick(source[(~months.judged.isna() | months.appealed)[source]])  # a month without result is none
    now = {"employee_id": people.index.to_numpy()[mine], "month": month, "score": own["score"], "full_month": full}
    if "graded_score" in past.frame or (own["judged"] != own["score"]).any():
        now["graded_score"] = own["judged"]
    book.outputs["history"] = listing(_history_table, past.frame, appealed, now, open_now, source)


def _flag_others(book: Book, clause: Clause, past: Past, rows: np.ndarray) -> None:
    """Final scores of this very month that the sheet states otherwise, as after an appeal whose ratings were not changed."""
    units, stated = past.months.unit[rows], past.months.score[rows]
    other = stated != book.people["score"].array[units]
    found = dict(zip(book.people.index[units[other]], texts(stated[other]), strict=True))
    title = say("历史中本月已有另一个最终得分，请核对评分是否已按申诉结果改过", "the history states another final score of this month")
    book.flag("history_differs", title, list(found), clause, detail=found, term="history_score")


def _past(tables: Tables, month: str | None) -> Past:
    people = pd.Index(pd.unique(tables["employees"]["employee_id"]), dtype=object)
    frame = tables["history"]
    frame = frame[[name for name in _COLUMNS if name in frame]]
    frame = frame[frame["employee_id"].isin(people) & ((month is None) | (frame["month"] <= (month or "")))]
    frame = frame.drop_duplicates(["employee_id", "month"], keep="last").sort_values(["employee_id", "month"], ignore_index=True)
    full, appealed = frame["full_month"].to_numpy(dtype=bool), (frame["status"] == "under_appeal").to_numpy(dtype=bool)
    score, appeals = frame["score"].array, tables["appeals"]
    graded = frame["graded_score"].array if "graded_score" in frame else missing(len(frame))
    judged = where(graded.isna(), score, graded)
    months = Months(people.get_indexer(frame["employee_id"]), _numbers_of(frame["month"]), score, judged, full, appealed)
    asked = _pairs(
        people.get_indexer(appeals["employee_id"]), _numbers_of(appeals.get("month", pd.Series(None, appeals.index, dtype=object)))
    )
    return Past(frame, months, np.argsort(np.argsort(people)), asked)


def number_of(month: str | None) -> int:
    return -1 if month is None else int(month[:4]) * 12 + int(month[5:])


def _numbers_of(months: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(months)
    return np.array([*map(number_of, names), -1], dtype=np.int64)[codes]


def name_of(month: int) -> str:
    return f"{(month - 1) // 12:04}-{(month - 1) % 12 + 1:02}"


def _pairs(units: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Person and month as one number, -1 where either is none."""
    return np.where((units < 0) | (months < 0), -1, units * 12 * 10_000 + months)


def _joined(first, second):
    return ExactArray._concat_same_type([first, second]) if isinstance(first, ExactArray) else np.append(first, second)


def _history_table(past: pd.DataFrame, appealed: np.ndarray, now: dict, open_now: np.ndarray, source: np.ndarray) -> pd.DataFrame:
    past = past.assign(status=past["status"].mask(appealed, "under_appeal"))
    own = pd.DataFrame({**now, "status": np.where(open_now, "under_appeal", "final").astype(object)})
    return pd.concat([past, own], ignore_index=True).iloc[source].reset_index(drop=True)
