"""季度: the tail-end list (末位管理), the quarter reward and the reviews at a quarter's end (4 释义, 6.2.2a, 6.2.3, 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, quarter_of
from kpi_helpers.checks import RowFault
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.numbers import ExactArray, count_by, half_up, places_of, sum_by, text, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.schemes.dawo.days import day64, first_given
from kpi_helpers.schemes.dawo.months import (
    COLUMNS,
    MEASURES,
    Months,
    Standard,
    month_number,
    months_entered,
    numbers_of,
    with_own_month,
)
from kpi_helpers.schemes.dawo.reviews import Action, legal_note
from kpi_helpers.schemes.dawo.staff import employment, has_quota, is_trial, last_day, persons, specialists
from kpi_helpers.tables import Tables

_WIDE = ("m1", "m2", "m3")  # the columns of a quarter's months in one row


def check_month_scores(policy: Policy, tables: Tables) -> list[RowFault]:
    """月度得分: one score for each person and month, be it a row of a month or one of the three of a row of a quarter."""
    sheet = tables["month_scores"]
    quarter = None if policy.period is None else quarter_of(policy.period.last)
    months = _scores_entered(tables, quarter)
    keys = pd.DataFrame({"person": sheet["employee_id"].to_numpy(dtype=object)[months.row], "month": months.month})
    wide = months.row[keys.duplicated().to_numpy() & keys["person"].notna().to_numpy()]
    problem = say("的同一月份有两个得分", "has two scores for one month")
    return [
        RowFault("month_scores", int(row), "employee_id", sheet["employee_id"].iloc[row], "duplicate", problem) for row in np.unique(wide)
    ]


def quarter_score(book: Book, clause: Clause, judged_by: Literal["mean_of_months", "last_month"]) -> None:
    """4.bottom.1 每季度进行一次: `quarter`, everybody's score of the quarter (分) over the months with a score.

    mean_of_months: their mean, rounded half up. last_month: the latest of them. Only at the end of a quarter. Months of
    which nobody has entered a score are named.
    """
    quarter = _quarter_that_ends(book)
    months = _month_scores(book, quarter)
    _name_missing_scores(book, clause, quarter, months)
    people, codes = np.unique(months.person, return_inverse=True)
    ids, score = book.people.index[people].rename("employee_id"), months.numbers["score"]
    if judged_by == "last_month":
        latest = np.zeros(len(ids), dtype=np.intp)
        latest[codes] = np.arange(len(codes))  # the months are in order: the last one stays
        raw = score[latest]
    else:
        raw = sum_by(score, codes, len(ids)) / count_by(codes, len(ids))
    book.kept["quarter_raw"] = raw
    book.outputs["quarter"] = pd.DataFrame({"score": half_up(raw)}, index=ids)


def tail_end(
    book: Book,
    threshold: Number,
    mode: Literal["threshold", "last_ranked_and_threshold", "last_ranked"],
    grade_on: Literal["rounded", "raw"],
) -> None:
    """4.bottom.2 低于65分: which specialists (专员) are listed: strictly below, last of all (ties: all), or both."""
    frame = book.outputs["quarter"]
    score = frame["score"].array if grade_on == "rounded" else book.kept["quarter_raw"]
    specialist = book.people["specialist"].reindex(frame.index).to_numpy(dtype=bool)
    below, last = score < threshold, places_of(where(specialist, score, None), descending=False) == 1
    frame["listed"] = specialist & {"threshold": below, "last_ranked": last, "last_ranked_and_threshold": below & last}[mode]
    book.outputs["quarter_scores"] = frame.copy()


tail_end.thresholds = {"threshold": ("below", "quarter.score")}


def warning_list(book: Book, threshold: Number, leave: Literal["next_quarter_ok", "manual"]) -> None:
    """4.bottom.3 警告并列入待淘汰人员序列: drafts of the warning letters, and who joins, stays on and leaves the list.

    Who is listed again joins nothing anew but stays on. next_quarter_ok: who stood on the list and reaches the threshold
    now leaves it. manual: only HR takes people off.
    """
    frame = book.outputs["quarter"]
    frame["action"] = np.where(frame["listed"], "warning", "none")
    listed = frame.index[frame["listed"]]
    on_list = pd.Index(book.table("tail_end_list")["employee_id"].unique(), dtype=object)
    earlier = on_list.difference(listed, sort=False)
    recovered = frame.index[frame["score"].array >= threshold] if leave == "next_quarter_ok" else []
    states = ["stays" if one in on_list else "joins" for one in listed]
    states += ["leaves" if one in recovered else "stays" for one in earlier]
    book.outputs["waiting_list"] = pd.DataFrame({"employee_id": [*listed, *earlier], "state": states})
    book.outputs["warning_letters"] = [{"employee_id": one, "letter": _letter(book, frame["score"][one])} for one in listed]


def tail_end_review(book: Book, clause: Clause, action: Action) -> None:
    """4.bottom.4 自动解聘: never automatic; a review case with the quarter's score as evidence."""
    if action is None:
        return
    frame = book.outputs["quarter"]
    frame["action"] = np.where(frame["listed"], "warning_and_review_flag", frame["action"])
    title = say("末位（供复核）", "tail end (for review)")
    book.flag("tail_end", title, frame.index[frame["listed"]], clause, "employee", frame["score"].to_dict(), legal_note(), "quarter_score")


def demotion(book: Book, clause: Clause, standard: Standard, action: Literal["review_flag_only"]) -> None:
    """6.2.2a 没有达成可做降级处理: regular staff whose quarter's sums miss the standard (6.2.0), for review only.

    Judged where 季度各月 holds done and quota of all three months. Who is on the lowest level cannot fall.
    """
    months = _quarter_months(book)
    missed = np.zeros(len(book.people), dtype=bool)
    known = months.whole.copy()
    for name, factor in standard.items():
        done, quota = (months.sum(column) for column in MEASURES[name])
        missed |= done < quota * factor
        known &= ~done.isna() & ~quota.isna()
    regular = ~is_trial(book, last_day(book))
    ids = book.people.index[known & missed & regular & (book.people["level_place"] != 0).to_numpy(dtype=bool)]
    note = say("降级属变更劳动合同，须与本人协商一致。", "A demotion changes the labour contract and needs the person's consent.")
    title = say("季度标准未达成，可降级（供复核）", "the quarter missed the standard, demotion possible (for review)")
    book.flag("demotion", title, ids, clause, detail=str(months.quarter), note=note, term="quarter")


def fewest_members(book: Book, clause: Clause, action: Action) -> None:
    """6.2.3 完整季度会员发展量最少: the fewest new members among full-quarter specialists who met the basic quantity.

    Ties: all of them; nobody where all are equal. The supervisor may apply (可), so it is a review only.
    """
    months = _quarter_months(book)
    compared = months.whole & months.every(months.numbers["basic_met"] == 1) & specialists(book)
    members = where(compared, months.sum("new_members"), None)
    places = places_of(members, descending=False)
    if action is None or not (places > 1).any():
        return
    fewest = places == 1
    detail = picked(members, fewest, book.people.index)
    title = say("季度会员发展量最少（供复核）", "fewest new members of the quarter (for review)")
    book.flag("fewest_members", title, fewest, clause, detail=detail, note=legal_note(), term="new_members")


def quarter_reward(
    book: Book,
    clause: Clause,
    amount: Number,
    condition: Literal["basic_and_incentive", "basic_only", "basic_incentive_score90"],
    least_score: Number,
) -> Lines:
    """7.1 每个完整季度200元达成奖励: employed all the quarter and at the standards in each of its three months (元).

    least_score: what basic_incentive_score90 asks for besides. A quarter that lacks data pays nothing and is named.
    """
    months = _quarter_months(book)
    least = {"basic_met": 1}
    if condition != "basic_only":
        least["incentive_ratio"] = 1
    if condition == "basic_incentive_score90":
        least["score"] = least_score
    reached = np.all([months.numbers[name] >= bound for name, bound in least.items()], axis=0)
    failed = np.any([months.numbers[name] < bound for name, bound in least.items()], axis=0)
    earned = half_up(where(months.whole & months.every(reached), amount, 0))
    listed = np.flatnonzero(months.listed)
    book.outputs["quarter_reward"] = pd.Series(earned[listed], index=book.people.index[listed])
    unknown = months.listed & months.whole & ~months.any(failed) & ~months.every(reached)
    title = say("季度数据不全，季度奖励未发", "the quarter lacks data, no quarter reward")
    book.flag("quarter_months_missing", title, unknown, clause, detail=str(months.quarter), term="quarter")
    unlisted = has_quota(book) & book.assessed() & months.whole & ~months.listed
    if unlisted.any():  # nothing is known of them: named once, with their number
        detail = {"department": {str(months.quarter): int(unlisted.sum())}}
        book.flag("quarter_months_missing", title, ["department"], clause, per="department", detail=detail, term="people_without_data")
    return Lines(earned, where(earned > 0, months.count(reached), None), months.cells("basic_met"))


# -- the months of a quarter -----------------------------------------------------------------------------------------


@dataclass
class QuarterMonths(Months):
    """季度各月: the months of one quarter; a number is missing where it is not known."""

    quarter: Period | None
    whole: np.ndarray  # who is employed from the first to the last day of the quarter

    def count(self, months: np.ndarray) -> ExactArray:
        return count_by(self.person[months], len(self.whole))

    def any(self, months: np.ndarray) -> np.ndarray:
        return self.count(months) > 0

    def every(self, months: np.ndarray) -> np.ndarray:
        """Who has all three months of the quarter among these."""
        return self.count(months) == 3

    @property
    def listed(self) -> np.ndarray:
        return self.any(np.arange(len(self)))

    def cells(self, column: str) -> Cells:
        """The entered months as evidence; this month from the run itself has none."""
        entered = self.row >= 0
        return Cells("quarter_months", self.row[entered], self.person[entered], column)

    def sum(self, name: str) -> ExactArray:
        """The sum over all three months, missing where one of them is."""
        whole = self.every(np.arange(len(self)))
        return where(whole, sum_by(self.numbers[name], self.person, len(self.whole)), None)


def _quarter_that_ends(book: Book) -> Period | None:
    """The quarter that ends with the period; without a period the latest that the sheets know; None inside a quarter."""
    if book.period is not None:
        quarter = quarter_of(book.period.last)
        return quarter if quarter.last == book.period.last else None
    months = [book.table(name)["month"] for name in ("month_scores", "quarter_months") if "month" in book.table(name)]
    known = pd.concat(months).dropna() if months else pd.Series(dtype=object)
    return Period.parse(known.max()).quarter() if len(known) else None


def _quarter_months(book: Book) -> QuarterMonths:
    if "quarter_months" not in book.kept:
        book.kept["quarter_months"] = _read_quarter_months(book)
    return book.kept["quarter_months"]


def _read_quarter_months(book: Book) -> QuarterMonths:
    quarter = _quarter_that_ends(book)
    entered = book.once(months_entered, "quarter_months", ("basic_met", "incentive_ratio", "score", *COLUMNS))
    if quarter is None:
        return QuarterMonths(**vars(entered.pick(slice(0))), quarter=None, whole=np.zeros(len(book.people), dtype=bool))
    months = with_own_month(book, entered)
    months = months.pick(np.isin(months.month, _month_numbers(quarter)))
    if months.numbers["score"].isna().any():
        months.numbers["score"] = first_given(months.numbers["score"], _scores_of(book, quarter, months))
    hired, left = employment(book)
    whole = (hired <= day64(quarter.first)) & (left >= day64(quarter.last))
    return QuarterMonths(**vars(months), quarter=quarter, whole=whole)


def _month_numbers(quarter: Period | None) -> np.ndarray:
    """The numbers of the three months of a quarter, of one that no sheet dates 0 to 2."""
    return (month_number(quarter.months[0]) if quarter else 0) + np.arange(3)


def _month_scores(book: Book, quarter: Period | None) -> Months:
    """月度得分 of one quarter in the order of the months, each month of a person once; months without a score are left out."""
    entered = book.once(_entered_scores, quarter)
    months = entered.pick(slice(0)) if quarter is None and book.period is not None else with_own_month(book, entered)
    months = months.pick(~months.numbers["score"].isna())
    return months.pick(np.unique(months.month * len(book.people) + months.person, return_index=True)[1])


def _entered_scores(tables: Tables, quarter: Period | None) -> Months:
    """The months of a quarter with a score of 月度得分."""
    months = _scores_entered(tables, quarter)
    return months.pick(np.isin(months.month, _month_numbers(quarter)))


def _scores_entered(tables: Tables, quarter: Period | None) -> Months:
    """Every month with a score of 月度得分: three in a row of the sheet, which are of the quarter, or one."""
    sheet, inside = tables["month_scores"], _month_numbers(quarter)
    person, row = persons(tables, sheet["employee_id"]), np.arange(len(sheet))
    entered = [
        Months(row, person, np.full(len(row), month), {"score": numbers_of(sheet, wide)}) for wide, month in zip(_WIDE, inside, strict=True)
    ]
    if "month" in sheet:
        entered.append(months_entered(tables, "month_scores", ("score",)))
    months = reduce(Months.and_also, entered)
    return months.pick(~months.numbers["score"].isna())


def _name_missing_scores(book: Book, clause: Clause, quarter: Period | None, months: Months) -> None:
    """At a quarter's end: how many specialists, still there, lack a score of a month in which they were employed."""
    if quarter is None or book.period is None:
        return
    hired, left = employment(book)
    there = specialists(book) & (left >= day64(quarter.last)) & book.assessed()
    lacking = {}
    for name in quarter.months:
        expected = there & (hired <= day64(Period.parse(name).last))
        expected[months.person[months.month == month_number(name)]] = False
        if name == book.policy.month:  # what this month's own score lacks is said there
            expected &= book.complete()
        if expected.any():
            lacking[name] = int(expected.sum())
    if lacking:
        title = say("月度得分不全，季度得分没有算这些月份", "monthly scores are missing, the quarter's score goes without them")
        book.flag("month_scores_missing", title, ["department"], clause, "department", {"department": lacking}, term="people_without_data")


def _scores_of(book: Book, quarter: Period, months: Months) -> ExactArray:
    """The score in 月度得分 of each person and month."""
    scores, inside = _month_scores(book, quarter), _month_numbers(quarter)
    place = np.full((len(book.people), 3), -1)
    place[scores.person, scores.month - inside[0]] = np.arange(len(scores))
    return scores.numbers["score"].take(place[months.person, months.month - inside[0]], allow_fill=True)


def _letter(book: Book, score) -> str:
    """The draft of a warning letter (警告书)."""
    quarter = _quarter_that_ends(book) or ""
    zh = f"您 {quarter} 季度综合考核分为 {text(score)} 分，列为末位，现予以警告并列入待淘汰人员序列；如有异议请向主管提出。"
    en = f"Your score of {quarter} is {text(score)}; you are warned and put on the tail-end list. Tell your supervisor if you object."
    return say(zh, en)
