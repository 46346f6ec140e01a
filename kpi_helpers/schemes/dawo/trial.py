"""转正: the three-month windows of newcomers (试用员工), the alert after two months and the end of the line (6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Whole
from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, missing
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.months import COLUMNS, MEASURES, Standard, with_own_month
from kpi_helpers.schemes.dawo.quarter import Action, legal_note
from kpi_helpers.tables import Tables


@dataclass
class TrialMonths:
    """试用各月: the months of each newcomer side by side; the cell of month m is row × width + m − 1."""

    ids: pd.Index
    started: np.ndarray  # month 1, counted as year × 12 + month − 1
    width: int
    last: np.ndarray  # the latest month with data
    numbers: dict[str, ExactArray]  # a cell without data is missing
    standard: Standard
    window: int = 0  # months in a window
    first: np.ndarray | None = None  # the month each one's first window starts with
    limit: np.ndarray | None = None  # the last month that may count
    passed: np.ndarray | None = None  # the last month of the window that was met, 0 for none

    def sums(self, start, length: int) -> dict[str, ExactArray]:
        """Done and quota over a window from each one's `start`; missing where one of its months lacks data."""
        months = np.broadcast_to(start, len(self.ids))[:, None] - 1 + np.arange(length)
        cells = np.where(months < self.width, np.arange(len(self.ids))[:, None] * self.width + months, -1)
        return {name: sum(values.take(cells[:, k], allow_fill=True) for k in range(length)) for name, values in self.numbers.items()}

    def judge(self, sums: dict[str, ExactArray]) -> np.ndarray:
        """True or false by the standard, None where data are lacking."""
        pairs = [(sums[done], sums[quota] * self.standard[name]) for name, (done, quota) in MEASURES.items() if name in self.standard]
        verdict = np.all([done >= least for done, least in pairs], axis=0).astype(object)
        verdict[np.any([done.isna() | least.isna() for done, least in pairs], axis=0)] = None
        return verdict


def check_trial_months(tables: Tables) -> list[RowFault]:
    """试用各月: a newcomer's month numbers run with the calendar; month 1 is the month of hire."""
    rows = tables["trial_months"]
    whole = np.flatnonzero((rows["month"].notna() & rows["month_no"].notna()).to_numpy(dtype=bool))
    part = rows.iloc[whole]
    started = pd.Series(_month_index(part["month"]) - part["month_no"].array.num + 1, index=part.index)
    first = started.groupby(part["employee_id"]).transform("first")
    problem = say("与月份对不上（入职当月为 1）", "does not fit the month (the month of hire is 1)")
    odd = whole[(started != first).to_numpy(dtype=bool)]
    return [RowFault("trial_months", int(row), "month_no", rows["month_no"].iloc[row], "out_of_range", problem) for row in odd]


def regularise_standard(book: Book, standard: Standard) -> None:
    """6.2.0 正常转正标准: sums of done over sums of quota, per measure, as far as the period knows them."""
    entered = book.table("trial_months")
    ids = pd.Index(entered["employee_id"].unique(), name="employee_id", dtype=object)
    began = pd.Series(_month_index(entered["month"]) - entered["month_no"].array.num + 1, index=entered["employee_id"], dtype=np.int64)
    started = began[~began.index.duplicated()].reindex(ids).to_numpy(dtype=np.int64)
    rows = with_own_month(book, entered, COLUMNS)
    if book.period is not None:
        rows = rows[rows["month"] <= book.period.months[-1]]
    person = ids.get_indexer(rows["employee_id"])
    number = _month_index(rows["month"]) - started[person] + 1
    width = int(number.max(initial=0))
    values = {name: missing(len(ids) * width) for name in COLUMNS}
    for name, column in values.items():
        column[person * width + number - 1] = rows[name].array
    last = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(last, person, number)
    book.kept["trial"] = TrialMonths(ids, started, width, last, values, standard)


def first_window(
    book: Book,
    length: Whole,
    anchor: Literal["hire_month", "natural_quarter"],
    first_month: Literal["in_first_window", "never"],
) -> None:
    """6.2.1a 3个月一考核: the month with which each one's first window starts.

    hire_month: month 1. natural_quarter: the first natural quarter from then on. never: the month of hire never counts.
    """
    trial: TrialMonths = book.kept["trial"]
    earliest = np.full(len(trial.ids), 1 if first_month == "in_first_window" else 2)
    wait = -(trial.started + earliest - 1) % 3 if anchor == "natural_quarter" else 0
    trial.window, trial.first = length, earliest + wait


def trial_deadline(book: Book, months: Whole, decided_by: Literal["supervisor", "automatic"]) -> None:
    """6.2a 最多不能超过6个自然月: the last month that may count, earlier where the supervisor refused an extension.

    automatic: refusals in 延期决定 do not count; every month up to the limit is granted.
    """
    trial: TrialMonths = book.kept["trial"]
    trial.limit = np.full(len(trial.ids), months)
    rows = book.table("extensions")
    refused = rows[(rows["decision"] == "refused") & rows["employee_id"].isin(trial.ids)]
    if decided_by == "supervisor" and len(refused):
        person = trial.ids.get_indexer(refused["employee_id"])
        own = np.maximum(refused["month_no"].array.num, (trial.first + trial.window - 1)[person])
        np.minimum.at(trial.limit, person, own)


def rolling_windows(book: Book) -> None:
    """6.2.1b 第四个月与前两个月合并考核: month by month a window further until one is met; `trial` and `trial_windows`."""
    trial: TrialMonths = book.kept["trial"]
    trial.passed = np.zeros(len(trial.ids), dtype=np.int64)
    sheet = pd.concat([_window(trial, step) for step in range(max(trial.width, 1))], ignore_index=True)
    windows = {one: {} for one in trial.ids}
    for one, label, met in zip(sheet["employee_id"], sheet["window"], sheet["met"], strict=True):
        windows[one][label] = met
    months = [_month_text(month) if end else None for month, end in zip(trial.started + trial.passed, trial.passed, strict=True)]
    frame = {"windows": pd.Series(windows, dtype=object), "regular_from": pd.Series(months, index=trial.ids, dtype=object)}
    book.outputs["trial_windows"], book.outputs["trial"] = sheet, pd.DataFrame(frame, index=trial.ids)


def persuade_to_leave(book: Book, clause: Clause, action: Action) -> None:
    """6.2b 由主管向上级申请批准予以劝退: who has no window met by the last month that may count; an application, no action."""
    trial: TrialMonths = book.kept["trial"]
    frame = book.outputs["trial"]
    sheet = book.outputs["trial_windows"]
    unknown = frame.index.isin(sheet.loc[sheet["met"].isna(), "employee_id"])
    failed = (trial.passed == 0) & (trial.last >= trial.limit) & ~unknown & (action is not None)
    flags = np.empty(len(frame), dtype=object)
    flags[:] = [["persuade_to_leave_application"] if one else [] for one in failed]
    frame["flags"] = flags
    title = say("未达转正标准，可申请劝退（须批准）", "standard not reached, application to leave (needs approval)")
    detail = {one: frame["windows"][one] for one in frame.index[failed]}
    book.flag("persuade_to_leave_application", title, list(detail), clause, detail=detail, note=legal_note())


def two_month_alert(book: Book) -> None:
    """6.2.2c 1、2两个自然月都没有达到给予提示: months 1 and 2 each miss the (pro-rated) standard of the month."""
    trial: TrialMonths = book.kept["trial"]
    first, second = (trial.judge(trial.sums(month, 1)) for month in (1, 2))
    alert = ((first == False) & (second == False)).astype(object)  # noqa: E712 - None is neither
    alert[trial.last < 2] = None
    book.outputs["trial"]["alert_after_month_2"] = alert
    book.outputs["regularisation_alerts"] = list(trial.ids[alert == True])  # noqa: E712


def _window(trial: TrialMonths, step: int) -> pd.DataFrame:
    """The window so many months after each one's first, for everybody who still needs it and may have it."""
    start = trial.first + step
    end = start + trial.window - 1
    due = (trial.passed == 0) & (end <= np.minimum(trial.limit, trial.last))
    sums = trial.sums(start, trial.window)
    verdict = trial.judge(sums)
    trial.passed = np.where(due & (verdict == True), end, trial.passed)  # noqa: E712 - None is neither
    labels = [f"{one}-{other}" for one, other in zip(start[due], end[due], strict=True)]
    shown = {name: values[due] for name, values in sums.items()}
    return pd.DataFrame({"employee_id": trial.ids[due], "window": labels, **shown, "met": verdict[due]})


def _month_index(months: pd.Series) -> np.ndarray:
    """'2024-03' as year × 12 + month − 1."""
    return np.array([int(month[:4]) * 12 + int(month[5:]) - 1 for month in months], dtype=np.int64)


def _month_text(index: int) -> str:
    return f"{index // 12}-{index % 12 + 1:02d}"
