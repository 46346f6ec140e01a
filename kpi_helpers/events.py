"""Events that count: confirmed, inside the period, and one fact under one clause only (一事一条)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ByColumn, Named
from kpi_helpers.numbers import ExactArray, exact, missing, rank_codes, where


@dataclass(frozen=True)
class Facts:
    """事实: the events that may count, whatever points their clauses give, and those of which several stand for one fact."""

    frame: pd.DataFrame
    confirmed: np.ndarray
    rows: np.ndarray  # positions of events that share incident and person (or area) with another
    person: np.ndarray  # of these

    def counted(self, overruled: np.ndarray) -> pd.DataFrame:
        """The events table with `kept`: does the row count? Not where it is one of the positions that another one overrules."""
        kept = self.confirmed.copy()
        kept[overruled] = False
        return self.frame.assign(kept=kept)


def facts(book) -> Facts:
    """Confirmed events in the period; which of one fact counts is for `overruled` to say."""
    frame = book.tables.get("events")
    if frame is None:
        return Facts(pd.DataFrame({"clause": []}, dtype=object), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.intp), np.zeros(0))
    basis = book.policy.parameters.get("common.event_month_basis")
    day = frame["recorded_on"] if basis is not None and basis.value == "recorded_on" and "recorded_on" in frame else event_day(frame)
    confirmed = (frame["status"] == "confirmed").to_numpy(dtype=bool) & book.in_period(day)
    return Facts(frame, confirmed, *_of_one_fact(frame, confirmed))


def _of_one_fact(frame: pd.DataFrame, confirmed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows that share an incident and a person (or area) with another row, and whom they are of."""
    if "incident_id" not in frame:
        return np.zeros(0, dtype=np.intp), np.zeros(0)
    rows = np.flatnonzero(confirmed & frame["incident_id"].notna().to_numpy())
    rows = rows[frame["incident_id"].iloc[rows].duplicated(keep=False).to_numpy()]  # an incident with one row is no question
    part = frame.iloc[rows]
    person = part.get("employee_id", pd.Series(None, index=part.index, dtype=object))
    for place in ("area", "group_id"):
        if place in part:
            person = person.where(person.notna(), place + ":" + part[place].astype(object))
    person = person.fillna("").to_numpy(dtype=object)
    shared = pd.DataFrame({"incident": part["incident_id"].to_numpy(), "person": person}).duplicated(keep=False).to_numpy()
    return rows[shared], person[shared]


def rows_by_clause(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """The positions of the counted rows of each clause."""
    rows = np.flatnonzero(frame["kept"].to_numpy(dtype=bool))
    codes, names = pd.factorize(frame["clause"].to_numpy(dtype=object)[rows])
    order = np.argsort(codes, kind="stable")
    return (
        dict(zip(names, np.split(rows[order], np.searchsorted(codes[order], np.arange(1, len(names)))), strict=True)) if len(names) else {}
    )


def event_day(frame: pd.DataFrame) -> pd.Series:
    """发生日: the date, or else the day of the time of occurrence."""
    nothing = pd.Series(pd.NaT, index=frame.index)
    day = frame.get("date", nothing)
    return day.where(day.notna(), frame.get("occurred_at", nothing))


def _points(book, frame) -> ExactArray:
    """Signed points of every row by its clause's `points`, or the points entered at discretion."""
    count = frame["count"].array
    entered = frame["points"].array if "points" in frame else missing(len(frame))
    value = exact(np.zeros(len(frame), dtype=np.int64))
    codes, names = pd.factorize(frame["clause"].to_numpy(dtype=object))
    for clause in book.policy.order:
        if clause.rule is None or clause.id not in names:
            continue
        rows = codes == list(names).index(clause.id)
        points = clause.arguments.get("points")
        if isinstance(points, ByColumn):
            points = book.points_by_column(points, frame["employee_id"], rows)
        elif isinstance(points, Named):
            points = None  # a figure is not known before the clauses are computed
        if points is not None:
            value = where(rows, count * points, value)
        elif "sign" in clause.arguments:
            value = where(rows, entered.fillna(0) * clause.arguments["sign"], value)
    return value


def overruled(book, found: Facts) -> np.ndarray:
    """The positions of events that another one of the same fact and sign outweighs: by points, or as the first of equals."""
    rows, single = found.rows, book.policy.parameters.get("common.one_fact_one_clause")
    if not len(rows) or not (single is None or single.value):
        return rows[:0]
    part = found.frame.iloc[rows]
    value = _points(book, part)
    size, sign = rank_codes(abs(value)), np.sign(value.num.astype(np.float64))
    keys = pd.DataFrame({"incident": part["incident_id"].to_numpy(), "person": found.person, "sign": sign})
    fact = keys.groupby(["incident", "person", "sign"], sort=False).ngroup().to_numpy()
    best = np.lexsort((rows, -size, fact))  # most points first, equal points in the order of the sheet
    first = np.ones(len(best), dtype=bool)
    first[1:] = fact[best][1:] != fact[best][:-1]
    winner = np.empty(fact.max() + 1, dtype=np.intp)
    winner[fact[best][first]] = best[first]
    losers = np.arange(len(rows)) != winner[fact]
    # a pair of clauses that the policy lets stand together does not overrule itself
    clauses = part["clause"].to_numpy(dtype=object)
    for pair in stacking_pairs(book.policy):
        both = np.isin(clauses, pair) & np.isin(clauses[winner[fact]], pair) & (clauses != clauses[winner[fact]])
        losers &= ~both
    return rows[losers]


def stacking_pairs(policy) -> list[tuple[str, ...]]:
    """Pairs of clauses that may both count for one fact, as the policy's scheme says."""
    pairs = getattr(policy.module, "stacking_pairs", None)
    return pairs(policy) if pairs else []


def entered_points(frame: pd.DataFrame) -> ExactArray:
    """酌情分值 as entered, missing where nobody entered any."""
    return frame["points"].array if "points" in frame else missing(len(frame))


def has_text(column: pd.Series) -> np.ndarray:
    """Which cells hold a text that is not blank."""
    codes, words = pd.factorize(column)
    return np.array([*(str(word).strip() != "" for word in words), False], dtype=bool)[codes]
