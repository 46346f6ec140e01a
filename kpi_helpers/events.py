"""Events that count: confirmed, inside the period, and one fact under one clause only (一事一条)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ByColumn, Named
from kpi_helpers.calendar import in_period
from kpi_helpers.numbers import ExactArray, exact, missing, rank_codes, sum_by, where


@dataclass(frozen=True)
class Facts:
    """事实: the events that may count, whatever points their clauses give, and those of which several stand for one fact."""

    frame: pd.DataFrame
    confirmed: np.ndarray
    rows: np.ndarray  # positions of events that share incident and person (or area) with another
    fact: np.ndarray  # of these, a number for each fact

    def counted(self, overruled: np.ndarray) -> pd.DataFrame:
        """The events table with `kept`: does the row count? Not where it is one of the positions that another one overrules."""
        kept = self.confirmed.copy()
        kept[overruled] = False
        return self.frame.assign(kept=kept)


def facts(book) -> Facts:
    """Confirmed events in the period; which of one fact counts is for `overruled` to say."""
    frame = book.tables.get("events")
    if frame is None:
        none = np.zeros(0, dtype=np.intp)
        return Facts(pd.DataFrame({"clause": []}, dtype=object), none.astype(bool), none, none)
    confirmed = may_count(book.policy, frame)
    fact = book.once(_fact_of)
    rows = np.flatnonzero(confirmed & (fact >= 0))
    rows = rows[np.bincount(fact[rows])[fact[rows]] > 1]
    return Facts(frame, confirmed, rows, fact[rows])


def may_count(policy, frame: pd.DataFrame) -> np.ndarray:
    """Which events are confirmed and of the period: by the day they happened or, by choice, were recorded."""
    basis, day = policy.parameters.get("common.event_month_basis"), event_day(frame)
    if basis is not None and basis.value == "recorded_on" and "recorded_on" in frame:
        day = frame["recorded_on"].where(frame["recorded_on"].notna(), day)
    return (frame["status"] == "confirmed").to_numpy(dtype=bool) & in_period(day, policy.period)


def _fact_of(tables) -> np.ndarray:
    """The number of each event's fact, an incident of a person (or area); -1 where an incident has no other event."""
    frame = tables["events"]
    fact = np.full(len(frame), -1, dtype=np.intp)
    if "incident_id" not in frame:
        return fact
    rows = np.flatnonzero(frame["incident_id"].notna() & frame["incident_id"].duplicated(keep=False))
    part = frame.iloc[rows]
    person = part.get("employee_id", pd.Series(None, index=part.index, dtype=object))
    for place in ("area", "group_id"):
        if place in part:
            person = person.where(person.notna(), place + ":" + part[place].astype(object))
    keys = pd.DataFrame({"incident": part["incident_id"], "person": person.fillna("")})
    fact[rows] = keys.groupby(["incident", "person"], sort=False).ngroup()
    return fact


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
    """Signed points of every row by its clause's `points`, or as its rule says what an event is worth."""
    count = frame["count"].array
    value = exact(np.zeros(len(frame), dtype=np.int64))
    codes, names = pd.factorize(frame["clause"].to_numpy(dtype=object))
    for clause in book.policy.order:
        if clause.rule is None or clause.id not in names:
            continue
        rows = codes == list(names).index(clause.id)
        points, worth = clause.arguments.get("points"), getattr(clause.rule, "worth", None)
        if isinstance(points, ByColumn):
            points = book.points_by_column(points, frame["employee_id"], rows)
        elif isinstance(points, Named):
            points = None  # a figure is not known before the clauses are computed
        if points is not None:
            value = where(rows, count * points, value)
        elif worth is not None:
            value = where(rows, worth(frame, clause.arguments), value)
    return value


def overruled(book, found: Facts) -> np.ndarray:
    """The positions of events that another one of the same fact and sign outweighs: by points, or as the first of equals.

    Of clauses that the policy lets stand together the heaviest row of each counts, and they weigh what they give together.
    """
    rows, single = found.rows, book.policy.parameters.get("common.one_fact_one_clause")
    if not len(rows) or not (single is None or single.value):
        return rows[:0]
    part = found.frame.iloc[rows]
    value = _points(book, part)
    clauses, names = pd.factorize(part["clause"].to_numpy(dtype=object))
    signed = 3 * found.fact + 1 + (value > 0) - (value < 0)
    best = _heaviest(abs(value), signed * len(names) + clauses)  # of each clause of a fact
    bundle = (signed * len(names) + _bundles(book.policy, names)[clauses])[best]
    codes, bundles = pd.factorize(bundle)  # in the order of the sheet, which decides between equals
    first = np.flatnonzero(~pd.Index(bundle).duplicated())
    wins = np.zeros(len(bundles), dtype=bool)
    wins[_heaviest(sum_by(abs(value)[best], codes, len(bundles)), signed[best[first]])] = True
    return np.delete(rows, best[wins[codes]])


def _heaviest(weight: ExactArray, group: np.ndarray) -> np.ndarray:
    """The position of each group's largest number, the first of equal ones; in the order of positions."""
    order = np.lexsort((-rank_codes(weight), group))
    return np.sort(order[np.diff(group[order], prepend=-1) != 0])


def _bundles(policy, names) -> np.ndarray:
    """Which clauses stand together, as a number for each: that of the first of them."""
    known, bundles = list(names), np.arange(len(names))
    for pair in stacking_pairs(policy):
        together = [known.index(name) for name in pair if name in known]
        bundles[together] = min(together, default=0)
    return bundles


def stacking_pairs(policy) -> list[tuple[str, ...]]:
    """Pairs of clauses that may both count for one fact, as the policy's scheme says."""
    pairs = getattr(policy.module, "stacking_pairs", None)
    return pairs(policy) if pairs else []


def entered_points(frame: pd.DataFrame) -> ExactArray:
    """酌情分值 as entered, missing where nobody entered any."""
    return frame["points"].array if "points" in frame else missing(len(frame))


def discretion(frame: pd.DataFrame, arguments: dict) -> ExactArray:
    """酌情: what each event is worth; what nobody has entered yet, though it must be, may be the most of all."""
    blank = {"low": arguments["low"], "incomplete": arguments["high"]}.get(arguments.get("blank"), 0)
    return entered_points(frame).fillna(blank) * arguments["sign"]


def has_text(column: pd.Series) -> np.ndarray:
    """Which cells hold a text that is not blank."""
    codes, words = pd.factorize(column)
    return np.array([*(str(word).strip() != "" for word in words), False], dtype=bool)[codes]
