"""维康体检 员工百分考核制度: 100 points in six capped sections."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book, Lines, Records, Result, published
from kpi_helpers.checks import RowFault
from kpi_helpers.events import entered_points
from kpi_helpers.language import say
from kpi_helpers.numbers import clip, exact, half_up, missing, sum_by, text
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.rules import discretionary, section
from kpi_helpers.schemes import by_clause
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """维康百分考核: employees with six sections, total and bonus; tables['annual'] from month_totals."""
    return by_clause(policy, tables)


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """逐情处理 of a few minutes: the entered points lie within 0 and the highest (2.A1.2)."""
    rows = tables["attendance"]
    entered, highest = entered_points(rows), policy["late_minor_max"]
    problem = say(f"酌情分值应在 0 至 {text(highest)} 之间", f"must lie within 0 and {text(highest)}")
    return [
        RowFault("attendance", int(row), "points", entered[int(row)], "out_of_range", problem)
        for row in np.flatnonzero(~entered.isna() & ((entered < 0) | (entered > highest)))
    ]


def late_or_early(
    records: Records, points: Number, minor: Number, major: Number, mode: Literal["replace", "add"], early_major: YesNo
) -> Lines:
    """2.A1.1a 无故迟到、早退: every one that is neither a minor one nor (mode replace) a major one."""
    serious = _major(records.frame, major, early_major) if mode == "replace" else np.zeros(len(records.frame), dtype=bool)
    return _times(records, _late(records.frame) & ~_minor(records.frame, minor) & ~serious, points)


def late_major(records: Records, points: Number, minor: Number, major: Number, early_major: YesNo) -> Lines:
    """2.A1.1b 迟到30分钟以上: late (or, by choice, early) by so many minutes, the number itself included."""
    return _times(records, _major(records.frame, major, early_major) & ~_minor(records.frame, minor), points)


def late_minor(records: Records, minor: Number, default: Number, highest: Number) -> Lines:
    """2.A1.2 逐情处理: up to 5 minutes without effect on work cost what the leader entered, else the default.

    `highest` bounds what may be entered; check_rows refuses more.
    """
    chosen = records.pick(_minor(records.frame, minor))
    entered = entered_points(chosen.frame).fillna(default)
    return Lines(-chosen.sum(entered), chosen.count(), chosen.cells("points"))


def absence(book: Book, clause: Clause, records: Records, points: Number | None) -> Lines:
    """2.A1.3 按《考勤管理制度》执行: that rule is not in the source, so a flag, or the points HR gives."""
    chosen = records.pick((records.frame["kind"] == "absent").to_numpy(dtype=bool) & ~_excused(records.frame))
    if points is None:
        title = say("无请假手续缺勤，按《考勤管理制度》处理", "absence under the external attendance rules")
        book.flag("external_rule_attendance", title, book.people.index[np.unique(chosen.units)], clause)
    return Lines(chosen.count() * -(points or 0), chosen.count(), chosen.cells("kind"))


def sop_errors(
    book: Book,
    clause: Clause,
    records: Records,
    sign: Literal[-1],
    low: Number,
    high: Number,
    blank: Literal["incomplete", "min"],
    window: Literal["afternoon", "all_day"],
    start: str,
    end: str,
) -> Lines:
    """2.B1 差错并影响工作: entered points 1-10 of errors that affected work, in the afternoon window (2.cap.6)."""
    counts = (
        records.frame["affected_work"].to_numpy(dtype=bool) if "affected_work" in records.frame else np.ones(len(records.frame), dtype=bool)
    )
    if window == "afternoon" and "occurred_at" in records.frame:
        minute = records.frame["occurred_at"].dt.hour * 60 + records.frame["occurred_at"].dt.minute
        counts &= (minute.isna() | ((minute >= _minutes(start)) & (minute <= _minutes(end)))).to_numpy(dtype=bool)
    return discretionary(book, clause, records.pick(counts), sign, low, high, "low" if blank == "min" else blank)


def section_left(book: Book, clause: Clause, cap: Number, floor_at_zero: YesNo) -> list[Lines]:
    """2.cap.1-6 各部分满分: what is left of a section; by choice it may fall below zero."""
    return section(book, clause, cap, 0 if floor_at_zero else None)


def hundred_points(book: Book, base: Number, floor_by_section: YesNo) -> list[Lines]:
    """1a 基础分100分: the sum of the six sections, never below 0; with other caps the base still says what is full."""
    raw = book.posted("employee")
    final = raw if floor_by_section else clip(raw, 0)
    return [Lines(final - raw, result=published(book, final), note=say("总分扣至 0 为止", "held at 0"))]


def bonus_and_annual(book: Book, link: Literal["linear"] | None, bonus_base: Number, annual: Literal["mean_of_months", "sum"]) -> Lines:
    """1c 月奖金及年终评奖: by choice base × total / 100; the annual score of everybody with published months."""
    months = book.table("month_totals")
    if len(months):
        ids = pd.Index(pd.unique(months["employee_id"]))
        codes = ids.get_indexer(months["employee_id"])
        sums = sum_by(months["total"].array, codes, len(ids))
        counts = exact(np.bincount(codes, minlength=len(ids)))
        book.outputs["annual"] = pd.Series(half_up(sums / counts if annual == "mean_of_months" else sums), index=ids)
    totals = book.people["total"].array
    bonus = missing(len(totals)) if link is None else half_up(totals * bonus_base / 100)
    return Lines(bonus, totals, result=bonus)


def _times(records: Records, chosen: np.ndarray, points) -> Lines:
    picked = records.pick(chosen)
    return Lines(picked.count() * points, picked.count(), picked.cells("minutes"))


def _excused(frame: pd.DataFrame) -> np.ndarray:
    return frame["excused"].to_numpy(dtype=bool)


def _late(frame: pd.DataFrame) -> np.ndarray:
    """A late arrival or early leave without leave; 0 minutes is none."""
    return frame["kind"].isin(["late", "early"]).to_numpy(dtype=bool) & ~_excused(frame) & (exact(frame["minutes"]) > 0)


def _minor(frame: pd.DataFrame, minor) -> np.ndarray:
    return _late(frame) & (exact(frame["minutes"]) <= minor) & ~frame["affected_work"].to_numpy(dtype=bool)


def _major(frame: pd.DataFrame, major, early_major) -> np.ndarray:
    late = (frame["kind"] == "late").to_numpy(dtype=bool) | early_major
    return _late(frame) & late & (exact(frame["minutes"]) >= major)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
