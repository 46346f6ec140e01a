"""连续不合格: the months unqualified in a row, and the flag for review (4.3)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import exact, missing, rank_codes, texts
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.weighted_grades.months import Months, name_of, number_of


def consecutive_fails(
    book: Book,
    clause: Clause,
    pass_mark: Number,
    length: Whole,
    gap: Literal["break", "bridge"],
    full_months_only: YesNo,
    action: Literal["review_flag_only"] | None,
) -> Lines:
    """4.3 连续三个月不合格: the months of every streak at its length and beyond; only a flag for people to review.

    A month under appeal changes nothing until it is final. A month without result ends a streak (or is skipped).
    """
    rows, month, ids = book.kept["history"], book.policy.month, book.people.index
    failed = (rows.judged < pass_mark) & (rows.full | (not full_months_only)) & ~rows.appealed
    run, streak = _runs(rows, failed, ~failed & ~rows.appealed, gap)
    reached = failed & (streak >= length) & (action is not None)
    book.outputs["streak_flags"] = listing(_months_reached, ids, rows.unit, rows.month, reached)

    last = np.diff(rows.unit, append=-1) != 0
    current = (rows.month == number_of(month)) | (month is None)
    _flag_streaks(book, clause, rows, failed, run, last & current & reached)
    value, open_now = missing(len(ids)), last & (current | (gap == "bridge"))
    value[rows.unit[last]] = exact(np.where(open_now, streak, 0)[last])
    return Lines(missing(len(value)), result=value)


consecutive_fails.thresholds = {"pass_mark": ("below", "graded_score"), "length": ("at_least", "streak")}


def _runs(rows: Months, failed: np.ndarray, ended: np.ndarray, gap: str) -> tuple[np.ndarray, np.ndarray]:
    """The number of the run each month belongs to, and how many months of it failed so far.

    A run starts with a person, after a gap, or with a month that ends the last one.
    """
    skipped = (np.diff(rows.month, prepend=rows.month[:1]) > 1) & (gap == "break")
    starts = (np.diff(rows.unit, prepend=-1) != 0) | skipped | ended
    run, failures = np.cumsum(starts), np.cumsum(failed)
    return run, failures - (failures - failed)[starts][run - 1]


def _months_reached(ids: pd.Index, unit: np.ndarray, month: np.ndarray, reached: np.ndarray) -> dict[str, list]:
    """The months in which each person's streak was long enough."""
    found: dict[str, list] = {id: [] for id in ids[unit[np.diff(unit, prepend=-1) != 0]]}
    for id, one in zip(ids[unit[reached]], month[reached].tolist(), strict=True):
        found[id].append(name_of(one))
    return found


def _flag_streaks(book: Book, clause: Clause, rows: Months, failed: np.ndarray, run: np.ndarray, chosen: np.ndarray) -> None:
    """One review flag per person whose streak reaches into this month, with its months and scores."""
    behind, ids = rows.pick(failed & np.isin(run, run[chosen])), book.people.index
    _, first, codes = np.unique(rank_codes(behind.score), return_index=True, return_inverse=True)
    scores, months = (
        np.array(texts(behind.score[first]), dtype=object)[codes],
        {month: name_of(month) for month in np.unique(behind.month)},
    )
    evidence: dict = {}
    for employee_id, month, value in zip(ids[behind.unit], behind.month.tolist(), scores.tolist(), strict=True):
        evidence.setdefault(employee_id, {})[months[month]] = value
    title = say("连续不合格，请人工评审", "unqualified for months in a row, for review")
    note = say(
        "连续不合格本身不足以解除劳动合同：不能胜任工作须先培训或调整岗位（《劳动合同法》第四十条）；决定前请咨询法律人员。",
        "Not by itself a lawful ground for dismissal: training or a transfer comes first (Labour Contract Law art. 40). Ask counsel.",
    )
    book.flag("three_consecutive_fails", title, list(ids[rows.unit[chosen]]), clause, detail=evidence, note=note, term="score")
