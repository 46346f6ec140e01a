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
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, sum_by
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.months import (
    COLUMNS,
    MEASURES,
    Months,
    Standard,
    check_standard,
    month_number,
    month_numbers,
    month_text,
    months_entered,
    with_own_month,
)
from kpi_helpers.schemes.dawo.reviews import Action, legal_note
from kpi_helpers.schemes.dawo.staff import has_left, last_day, said_regular
from kpi_helpers.tables import Tables


@dataclass
class Windows:
    """考核窗口: the windows judged, one after the other: whose, from which month on, and whether met, None where data are lacking."""

    place: np.ndarray  # in the ids of the trial months
    start: np.ndarray
    met: np.ndarray


@dataclass
class TrialMonths:
    """试用各月: which rows of numbers are whose first, second, … month on trial."""

    ids: pd.Index
    started: np.ndarray  # month 1, as month_number
    at: np.ndarray  # rows of `numbers` by person and month, -1 for none; the last column is for all months that nobody has
    numbers: dict[str, ExactArray]
    last: np.ndarray  # the latest month with data
    standard: Standard
    window: int = 0  # months in a window
    first: np.ndarray | None = None  # the month each one's first window starts with
    limit: np.ndarray | None = None  # the last month that may count
    windows: Windows | None = None
    passed: np.ndarray | None = None  # the last month of the window that was met, 0 for none

    @property
    def width(self) -> int:
        return self.at.shape[1] - 1

    def sums(self, start: np.ndarray, length: int) -> dict[str, ExactArray]:
        """Done and quota over windows from `start`, some for each person; missing where one of their months lacks data."""
        months = np.minimum(start[..., None] - 1 + np.arange(length), self.width)
        rows = self.at[np.arange(len(self.ids))[:, None], months].ravel()
        window = np.arange(start.size).repeat(length)
        return {name: sum_by(values.take(rows, allow_fill=True), window, start.size) for name, values in self.numbers.items()}

    def judge(self, sums: dict[str, ExactArray]) -> np.ndarray:
        """True or false by the standard, None where data are lacking."""
        pairs = [(sums[done], sums[quota] * self.standard[name]) for name, (done, quota) in MEASURES.items() if name in self.standard]
        verdict = np.all([done >= least for done, least in pairs], axis=0).astype(object)
        verdict[np.any([done.isna() | least.isna() for done, least in pairs], axis=0)] = None
        return verdict

    def verdicts(self, chosen: np.ndarray) -> dict[str, dict]:
        """Whether each window of the chosen people was met, by id and window."""
        found = {one: {} for one in self.ids[chosen]}
        rows = chosen[self.windows.place]
        of, start, met = self.ids[self.windows.place[rows]], self.windows.start[rows], self.windows.met[rows]
        for one, label, verdict in zip(of, self.labels(start), met, strict=True):
            found[one][label] = verdict
        return found

    def labels(self, start: np.ndarray) -> list[str]:
        """The months of windows for readers: 2-4."""
        return [f"{one}-{one + self.window - 1}" for one in start.tolist()]


def check_trial_months(tables: Tables) -> list[RowFault]:
    """试用各月: a newcomer's month numbers run with the calendar; month 1 is the month of hire."""
    rows = tables["trial_months"]
    whole = np.flatnonzero((rows["month"].notna() & rows["month_no"].notna()).to_numpy(dtype=bool))
    part = rows.iloc[whole]
    started = pd.Series(month_numbers(part["month"]) - part["month_no"].array.num + 1, index=part.index)
    first = started.groupby(part["employee_id"]).transform("first")
    problem = say("与月份对不上（入职当月为 1）", "does not fit the month (the month of hire is 1)")
    odd = whole[(started != first).to_numpy(dtype=bool)]
    return [RowFault("trial_months", int(row), "month_no", rows["month_no"].iloc[row], "out_of_range", problem) for row in odd]


def regularise_standard(book: Book, standard: Standard) -> None:
    """6.2.0 正常转正标准: sums of done over sums of quota, per measure, as far as the period knows them."""
    entered, people, started = book.once(_trials)
    months = with_own_month(book, entered)
    place = np.full(len(book.people), -1)
    place[people] = np.arange(len(people))
    place = place[months.person]
    number = months.month - started[place] + 1
    known = number >= 1
    if book.period is not None:
        known &= months.month <= month_number(book.period.months[-1])
    rows, place, number = np.flatnonzero(known), place[known], number[known]
    at, last = np.full((len(people), number.max(initial=0) + 1), -1), np.zeros(len(people), dtype=np.int64)
    at[place, number - 1] = rows
    np.maximum.at(last, place, number)
    ids = book.people.index[people].rename("employee_id")
    book.kept["trial"] = TrialMonths(ids, started, at, months.numbers, last, standard)


regularise_standard.check = check_standard


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
    start = trial.first + np.arange(max(trial.width, 1))[:, None]
    end = start + trial.window - 1
    may = end <= np.minimum(trial.limit, trial.last)
    sums = trial.sums(start, trial.window)
    verdict = trial.judge(sums).reshape(start.shape)
    met = may & (verdict == True)  # noqa: E712 - None is neither
    due = may & (met.cumsum(axis=0) - met == 0)  # nobody is judged any further than the first window met
    trial.passed = np.where(due & met, end, 0).max(axis=0)
    trial.windows = Windows(np.nonzero(due)[1], start[due], verdict[due])
    book.outputs["trial_windows"] = listing(_windows, trial, {name: values[due.ravel()] for name, values in sums.items()})
    book.outputs["trial"] = listing(_trials_so_far, trial)


def persuade_to_leave(book: Book, clause: Clause, action: Action) -> None:
    """6.2b 由主管向上级申请批准予以劝退: who met none of the windows judged up to the last month that may count.

    An application, no action; not for who is regular (正式) by the roster or has left.
    """
    trial: TrialMonths = book.kept["trial"]
    judged = np.bincount(trial.windows.place, minlength=len(trial.ids)) > 0
    failed = judged & (trial.passed == 0) & (trial.last >= trial.limit) & (action is not None)
    failed[trial.windows.place[pd.isna(trial.windows.met)]] = False  # unknown is not failed
    failed &= ~(said_regular(book, last_day(book)) | has_left(book))[book.codes(trial.ids)]
    flags = [["persuade_to_leave_application"] if one else [] for one in failed.tolist()]
    book.outputs["trial"] = listing(_with, book.outputs["trial"], "flags", flags)
    title = say("未达转正标准，可申请劝退（须批准）", "standard not reached, application to leave (needs approval)")
    detail = trial.verdicts(failed)
    book.flag("persuade_to_leave_application", title, list(detail), clause, detail=detail, note=legal_note(), term="windows")


def two_month_alert(book: Book) -> None:
    """6.2.2c 1、2两个自然月都没有达到给予提示: months 1 and 2 each miss the (pro-rated) standard of the month."""
    trial: TrialMonths = book.kept["trial"]
    months = np.array([1, 2])[:, None].repeat(len(trial.ids), axis=1)
    missed = trial.judge(trial.sums(months, 1)).reshape(months.shape) == False  # noqa: E712 - None is neither
    alert = missed.all(axis=0).astype(object)
    alert[trial.last < 2] = None
    book.outputs["trial"] = listing(_with, book.outputs["trial"], "alert_after_month_2", alert)
    book.outputs["regularisation_alerts"] = list(trial.ids[alert == True])  # noqa: E712


# -- parts -----------------------------------------------------------------------------------------------------------


def _trials(tables: Tables) -> tuple[Months, np.ndarray, np.ndarray]:
    """试用各月 as entered, the people of the sheet in its order, and the month in which each of them started."""
    entered = months_entered(tables, "trial_months", COLUMNS)
    people, first = pd.unique(entered.person), ~pd.Series(entered.person).duplicated().to_numpy()
    return entered, people, (entered.month - tables["trial_months"]["month_no"].array.num + 1)[first]


def _windows(trial: TrialMonths, sums: dict[str, ExactArray]) -> pd.DataFrame:
    """转正考核窗口: every window judged, with what was done and its quota."""
    judged = trial.windows
    shown = {"employee_id": trial.ids[judged.place], "window": trial.labels(judged.start), **sums, "met": judged.met}
    return pd.DataFrame(shown)


def _trials_so_far(trial: TrialMonths) -> pd.DataFrame:
    """转正考核: everybody's windows, and the month from which who met one is regular."""
    verdicts = trial.verdicts(np.ones(len(trial.ids), dtype=bool))
    regular = [
        month_text(started + end) if end else None for started, end in zip(trial.started.tolist(), trial.passed.tolist(), strict=True)
    ]
    columns = {"windows": list(verdicts.values()), "regular_from": regular}
    return pd.DataFrame({name: pd.Series(values, index=trial.ids, dtype=object) for name, values in columns.items()})


def _with(frame: pd.DataFrame, name: str, values) -> pd.DataFrame:
    return frame.assign(**{name: values})
