"""六 考核细则: what costs a group points and what gives it some."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.events import event_day, has_text
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.numbers import ExactArray, constant, count_by, exact, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules import per_event
from kpi_helpers.schemes.team_pool.assessment import flag_rows
from kpi_helpers.schemes.team_pool.pool import PoolUnit

EachAbsence = Literal["per_day", "per_occurrence"]
Credited = Literal["complaint_month", "resolution_month"]


def proven(
    book: Book, clause: Clause, records: Records, points: Number, proof: Literal["evidence", "praised_by"], words: list | None = None
) -> Lines:
    """6.2, 6.14b, 6.15: per_event, and a flag for every event without its proof (or, with a list, without a listed word)."""
    if proof in records.source:
        proofs = records.column(proof)
        bare = records.pick(~has_text(proofs))
        flag_rows(book, clause, "no_proof", say("缺少证据", "without proof"), bare.frame, bare.units)
        if words:
            unlisted = has_text(proofs) & ~np.array([any(word in str(cell) for word in words) for cell in proofs], dtype=bool)
            title = say("证据中没有服务忌语清单上的词", "no listed word in the evidence")
            flag_rows(book, clause, "word_not_listed", title, records.frame[unlisted], records.units[unlisted])
    return per_event(records, points)


def once_a_day(records: Records, points: Number) -> Lines:
    """6.8 工装: a person counts once a day, however often it was noted; a row without person or day counts for itself."""
    person, day = records.column("employee_id"), event_day(records.frame).dt.normalize()
    dated = (person.notna() & day.notna()).to_numpy(dtype=bool)
    first = ~(dated & pd.DataFrame({"person": person, "day": day}).duplicated().to_numpy(dtype=bool))
    chosen = records.pick(first)
    number = chosen.sum(where(dated[first], 1, chosen.column("count").array))
    return Lines(number * points, number, chosen.cells("count"))


def once_an_incident(records: Records, points: Number) -> Lines:
    """6.16 突发事件: once for a group, however many of its people took part."""
    incident = records.column("incident_id").to_numpy(dtype=object) if "incident_id" in records.source else records.rows
    again = pd.DataFrame({"group": records.units, "incident": incident}).duplicated().to_numpy(dtype=bool)
    return per_event(records.pick(~again | pd.isna(incident)), points)


def late(book: Book, records: Records, points: Number, grace: Number, limit: Number, inclusive: YesNo) -> Lines:
    """6.12a 迟到: more minutes than the grace and not so many that it counts as absence."""
    records = in_month(book, records)
    minutes = exact(records.frame["late_minutes"])
    chosen = records.pick((minutes > grace) & ~_counts_as_absent(records.frame, limit, inclusive))
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("late_minutes"))


def absent(book: Book, records: Records, points: Number, each: EachAbsence, limit: Number, inclusive: YesNo) -> Lines:
    """6.12b 旷工: every day, or by choice every run of consecutive days, of which some may be those of 6.12c."""
    days = _absences(in_month(book, records), each, limit, inclusive)
    chosen = days.pick(_absent(days.frame))
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("absent"))


def late_as_absent(book: Book, records: Records, like: str, limit: Number, inclusive: YesNo) -> Lines:
    """6.12c 迟到两小时以上按旷工算: counts and costs as the clause `like` does, instead of 6.12a."""
    alike = book.policy.clause(like).arguments
    days, points = _absences(in_month(book, records), alike["each"], limit, inclusive), alike["points"]
    chosen = days.pick(~_absent(days.frame))
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("late_minutes"))


def missed_punch(
    book: Book, records: Records, points: Number, on_absent_day: Literal["ignore", "count"], limit: Number, inclusive: YesNo
) -> Lines:
    """6.12d 漏打卡: every one, by default not on a day that counts as absent in any row of the person."""
    records = in_month(book, records)
    chosen = exact(records.frame["missed_punch"]) > 0
    if on_absent_day == "ignore":
        chosen &= ~_on_absent_day(records.frame, _counts_as_absent(records.frame, limit, inclusive))
    chosen = records.pick(chosen)
    return Lines(chosen.sum("missed_punch") * points, chosen.sum("missed_punch"), chosen.cells("missed_punch"))


def justified_complaint(book: Book, clause: Clause, records: Records, points: Number) -> Lines:
    """6.13a 有理由投诉: every complaint received in the month that was found justified; an open finding is flagged."""
    records = in_month(book, records, "received_at")
    undecided = records.frame["justified"].isna().to_numpy(dtype=bool)
    title = say("投诉是否有理由尚未认定", "not yet decided whether justified")
    flag_rows(book, clause, "complaint_undecided", title, records.frame[undecided], records.units[undecided], "complaint_id")
    chosen = records.pick(_is_true(records.frame["justified"]))
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("justified"))


def self_resolved(
    book: Book,
    records: Records,
    points: Number,
    hours: Number,
    withdrawal_within: YesNo,
    mode: Literal["exclusive", "both"],
    credited: Credited,
) -> Lines:
    """6.13b 24小时内自行解决并收到撤诉电话: to the minute, the last minute included; not after an escalation (exclusive)."""
    frame = records.frame
    limit = frame["received_at"].dt.floor("min") + pd.Timedelta(minutes=int(hours * 60))
    solved, called = frame["self_resolved_at"], frame["withdrawal_call_at"]
    in_time = (solved.dt.floor("min") <= limit) & ((called.dt.floor("min") <= limit) if withdrawal_within else called.notna())
    allowed = ~_is_true(frame["escalated"]) | (mode == "both")
    return _returned(book, records, points, in_time.to_numpy(dtype=bool) & allowed, solved.where(solved >= called, called), credited)


def manager_resolved(book: Book, records: Records, points: Number, credited: Credited) -> Lines:
    """6.13c 投诉升级至经理并得到解决: both must hold; there is no time limit."""
    solved = records.frame["manager_resolved_at"]
    return _returned(book, records, points, _is_true(records.frame["escalated"]) & solved.notna().to_numpy(), solved, credited)


def exam_mean(
    book: Book,
    records: Records,
    points: Number,
    threshold: Number,
    each: Literal["exam", "month"],
    scope: Literal["each_group", "department_once"],
    unit_of_pool: PoolUnit,
) -> Lines:
    """6.17a 考试部门平均分超过90分: strictly above, on the unrounded mean of all who sat; for each exam or once a month."""
    if scope == "department_once" and unit_of_pool != "department":
        problem = say("department_once 只能与 pool_unit=department 同用", "department_once needs pool_unit=department")
        raise PolicyError(Fault("exam_bonus_scope", problem))
    records = in_month(book, records)
    sat = records.pick(records.frame["score"].notna().to_numpy(dtype=bool))
    exams = pd.factorize(sat.frame["exam_id"])[0] if each == "exam" else np.zeros(len(sat.rows), dtype=np.intp)
    number = int(exams.max(initial=-1)) + 1
    won = sum_by(sat.frame["score"].array, exams, number) > count_by(exams, number) * threshold
    times = int(won.sum())
    once = scope == "department_once"
    book.department["exam_bonus"] = constant(points * times * once, 1)
    chosen = sat.pick(won[exams])
    return Lines(constant(0 if once else points * times, sat.size), constant(0 if once else times, sat.size), chosen.cells("score"))


exam_mean.thresholds, exam_mean.compares = {"threshold": ("above", "exam_scores.score")}, "department"
exam_mean.mean_by = {"each": {"exam": "exam_id", "month": "all"}}


def exam_failed(book: Book, records: Records, points: Number, pass_mark: Number, inclusive: YesNo) -> Lines:
    """6.17b 个人60分以下: every person below the pass mark in an exam; by choice the mark itself too."""
    records = in_month(book, records)
    marks = records.frame["score"].array
    chosen = records.pick(marks <= pass_mark if inclusive else marks < pass_mark)
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("score"))


exam_failed.thresholds = {"pass_mark": ({"inclusive": {True: "at_most", False: "below"}}, "exam_scores.score")}
exam_failed.compares = "employee"


def in_month(book: Book, records: Records, column: str = "date") -> Records:
    """The rows of the month by the day it happened, or by choice the day it was recorded."""
    frame = records.frame
    if column not in frame:
        return records
    recorded = frame["recorded_on"] if book.policy["common.event_month_basis"] == "recorded_on" and "recorded_on" in frame else None
    day = frame[column] if recorded is None else recorded.where(recorded.notna(), frame[column])
    return records.pick(book.in_period(day))


def _number(records: Records) -> ExactArray:
    """How many rows each group has."""
    return count_by(records.units, records.size)


def _is_true(column: pd.Series) -> np.ndarray:
    return (column == True).to_numpy(dtype=bool)  # noqa: E712 (a blank is neither)


def _absent(frame: pd.DataFrame) -> np.ndarray:
    return _is_true(frame["absent"])


def _counts_as_absent(frame: pd.DataFrame, limit, inclusive) -> np.ndarray:
    """Absent, or late by so many minutes that it counts as absence (6.12c)."""
    minutes = exact(frame["late_minutes"])
    return _absent(frame) | (minutes >= limit if inclusive else minutes > limit)


def _absences(records: Records, each: EachAbsence, limit, inclusive) -> Records:
    """The rows that count as absence: all, or the first of every run of consecutive days."""
    days = records.pick(_counts_as_absent(records.frame, limit, inclusive))
    return days if each == "per_day" else days.pick(_starts_of_runs(days.frame))


def _on_absent_day(frame: pd.DataFrame, counts_as_absent: np.ndarray) -> np.ndarray:
    """Rows of a person's day of which any row counts as absent; a row without a date stands for itself."""
    by_day = pd.Series(counts_as_absent, index=frame.index).groupby([frame["employee_id"], frame["date"]]).transform("any")
    return np.where(frame["date"].isna(), counts_as_absent, by_day == True)  # noqa: E712 (no date: NaN)


def _starts_of_runs(frame: pd.DataFrame) -> np.ndarray:
    """The first day of every run of consecutive days of a person; a row without a date is a run of its own."""
    ordered = frame.sort_values(["employee_id", "date"])
    gap = ordered.groupby("employee_id")["date"].diff()
    return (~(gap <= pd.Timedelta(days=1))).reindex(frame.index).to_numpy(dtype=bool)


def _returned(book: Book, records: Records, points, earned: np.ndarray, solved: pd.Series, credited: str) -> Lines:
    """归还 for justified complaints, in the month of the complaint or of its solution."""
    chosen = records.pick(earned & _is_true(records.frame["justified"]))
    if credited == "complaint_month":
        chosen = in_month(book, chosen, "received_at")
    else:
        chosen = chosen.pick(book.in_period(solved.loc[chosen.frame.index]))
    return Lines(_number(chosen) * points, _number(chosen), chosen.cells("complaint_id"))
