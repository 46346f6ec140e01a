"""申诉: the deadlines to appeal and to answer, what is overdue, and which results stay open (3.3)."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Whole
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.weighted_grades.sheets import words_of


def appeals_lodged(book: Book, clause: Clause, workdays: Whole, second_reader: Literal["optional", "required"]) -> None:
    """3.3a 申诉: the last day for each appeal (receipt is day 0), whether it came in time, and who would judge himself."""
    frame = book.table("appeals")
    received, lodged = frame["received_on"], frame["lodged_on"]
    deadline = _after(book, received, workdays)
    known = (received.notna() & lodged.notna()).to_numpy(dtype=bool)
    in_time = (lodged <= deadline).to_numpy(dtype=bool)
    out = pd.DataFrame({"employee_id": frame["employee_id"], "month": words_of(frame, "month")})
    out = out.assign(received_on=_iso(received), lodged_on=_iso(lodged), appeal_deadline=_iso(deadline))
    out["admissible"] = np.where(known, in_time.astype(object), None)
    book.outputs["appeals"] = out.set_index("employee_id")

    open_to_appeal = lodged.notna().to_numpy(dtype=bool) & ~(known & ~in_time)
    alone = open_to_appeal & pd.isna(words_of(frame, "second_reader"))
    rater, hearer = _rater(book, frame), words_of(frame, "heard_by")
    other = pd.notna(rater) & pd.notna(hearer) & (rater != hearer)
    undated, early, day = lodged.notna() & received.isna(), lodged < received, _iso(lodged)
    for name, title, rows, detail in (
        ("receipt_unknown", say("接到结果日期未填，无法计算申诉期限", "date of receipt unknown"), undated, day),
        ("appeal_before_receipt", say("提出日期早于接到结果日期，请核对", "lodged before the result came"), early, day),
        ("conflict_of_interest", say("评分人与申诉受理人同为负责人", "the rater hears the appeal"), alone & ~other, hearer),
        ("second_reader_required", say("申诉尚未指定复核人", "no second reader named"), alone & (second_reader == "required"), day),
    ):
        _flag_rows(book, clause, name, title, frame, rows, detail, "heard_by" if detail is hearer else "lodged_on")


def appeals_answered(book: Book, clause: Clause, workdays: Whole, no_reply: Literal["flag", "appeal_granted"], as_of: str | None) -> None:
    """3.3b 答复: the last day to answer, counted from lodging, and what is overdue; the result waits until it is answered.

    as_of: an appeal whose deadline has not passed on this day is not overdue yet; without it, no answer counts as overdue.
    """
    frame, out = book.table("appeals"), book.outputs["appeals"]
    heard = frame["lodged_on"].notna() & ~out["admissible"].isin([False]).to_numpy(dtype=bool)
    deadline = _after(book, frame["lodged_on"].where(heard), workdays)
    replied = frame["replied_on"]
    silent = replied.isna() & (True if as_of is None else deadline < _day(book, as_of))
    overdue = (heard & ((replied > deadline) | silent)).to_numpy(dtype=bool)
    given = words_of(frame, "outcome")
    granted = overdue & pd.isna(given) & (no_reply == "appeal_granted")
    waiting = (heard & replied.isna()).to_numpy(dtype=bool) & ~granted
    out["reply_deadline"], out["replied_on"] = _iso(deadline), _iso(replied)
    out["reply_overdue"] = np.where(heard, overdue.astype(object), None)
    out["outcome"] = np.where(granted, "granted", given)
    states = {"received": frame["lodged_on"].isna(), "late": ~heard, "granted": granted, "overdue": waiting & overdue, "pending": waiting}
    out["state"] = np.select([np.asarray(rows, dtype=bool) for rows in states.values()], list(states), "answered")
    if no_reply == "appeal_granted":
        title = say("负责人逾期未答复，申诉视为成立，请改定得分", "no answer in time, the appeal is granted")
    else:
        title = say("负责人逾期未答复申诉", "the answer to an appeal is overdue")
    _flag_rows(book, clause, "reply_overdue", title, frame, overdue, _iso(deadline), "reply_deadline")
    _hold(book, frame, waiting, granted)


def _hold(book: Book, appeals: pd.DataFrame, waiting: np.ndarray, granted: np.ndarray) -> None:
    """What is under appeal is not final: this month's results get their status, earlier months are left for the history."""
    month = words_of(appeals, "month")
    mine = pd.isna(month) | (month == book.policy.month)
    past = book.table("history")
    noted = past["employee_id"][((past["status"] == "under_appeal") & (past["month"] == book.policy.month)).to_numpy(dtype=bool)]
    book.mark([*appeals["employee_id"][mine & waiting], *noted], "under_appeal")
    book.mark(list(appeals["employee_id"][mine & granted]), "needs_decision")
    book.kept["appealed"] = waiting | granted


def _rater(book: Book, appeals: pd.DataFrame) -> np.ndarray:
    """Who rated the person of each appeal."""
    ratings = book.table("ratings")
    if "rated_by" not in ratings:
        return np.full(len(appeals), None, dtype=object)
    return words_of(pd.DataFrame({"by": appeals["employee_id"].map(ratings.set_index("employee_id")["rated_by"])}), "by")


def _after(book: Book, days: pd.Series, workdays: int) -> pd.Series:
    """The n-th working day after each date; a missing date has none."""
    calendar = book.workdays()
    ends = {day: pd.Timestamp(calendar.after(day.date(), workdays)) for day in days.dropna().unique()}
    return pd.to_datetime(days.map(ends))


def _day(book: Book, words: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(date.fromisoformat(words))
    except ValueError:
        problem = say(f"replies_as_of: “{words}”不是日期。", f"replies_as_of: '{words}' is not a date.")
        raise PolicyError(Fault(book.policy.path, problem, say("写作 2026-11-10。", "Write 2026-11-10."))) from None


def _iso(days: pd.Series) -> np.ndarray:
    """Dates as texts, None where missing."""
    codes, found = pd.factorize(days)
    return np.array([*(str(day.date()) for day in found), None], dtype=object)[codes]


def _flag_rows(book: Book, clause: Clause, name: str, title: str, frame: pd.DataFrame, rows, details, term: str) -> None:
    """One flag per person for the rows of a table that a mask names; of several rows it names all. term: what the details are."""
    chosen, found = np.asarray(rows, dtype=bool), {}
    for employee_id, detail in zip(frame["employee_id"][chosen], details[chosen], strict=True):
        found.setdefault(employee_id, []).append(detail)
    facts = {id: one if len(one) > 1 else one[0] for id, one in found.items()}
    book.flag(name, title, list(found), clause, detail=facts, term=term)
