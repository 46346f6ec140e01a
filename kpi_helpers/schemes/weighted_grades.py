"""客服人员绩效考核管理制度: four weighted ratings, four grades, appeals with deadlines, months unqualified in a row."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book, published
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.listing import listing, names_of
from kpi_helpers.numbers import (
    ExactArray,
    constant,
    count_by,
    exact,
    half_up,
    is_missing,
    minimum,
    missing,
    rank_codes,
    sum_by,
    text,
    texts,
    where,
)
from kpi_helpers.period_rows import check_period_rows, days_of
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.tables import Tables

Indicator = Literal["quality", "workload", "satisfaction", "teamwork"]


def score(policy: Policy, tables: Tables) -> Result:
    """四项加权: people with four ratings, score, grade and streak; outputs for appeals, lists, history and streaks."""
    return by_clause(policy, tables)


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Ratings of another month, and a person or a sub-rating that is rated twice in the month."""
    return [
        *check_period_rows(policy, tables, "ratings", ["employee_id"]),
        *check_period_rows(policy, tables, "sub_ratings", ["employee_id", "indicator", "sub"]),
    ]


# -- 一、总则 ----------------------------------------------------------------------------------------------------------


def in_scope(book: Book, include_trial: YesNo, include_head: YesNo) -> Lines:
    """1.2 适用范围: whom the month covers; as: whether somebody was employed for the whole of it (整月)."""
    people = book.people
    outside = np.zeros(len(people), dtype=bool)
    if not include_head and "role" in people:
        outside |= (people["role"] == "head").to_numpy(dtype=bool)
    if not include_trial:
        roster = book.table("employees")  # the people's own column `status` is that of the result
        outside |= people.index.isin(roster["employee_id"][_words(roster, "status") == "trial"])
    book.mark(outside, "out_of_scope")
    hired, left = days_of(people, "hire_date"), days_of(people, "leave_date")
    if book.period is None:
        return Lines(missing(len(people)), result=np.ones(len(people), dtype=bool))
    first, last = np.datetime64(book.period.first), np.datetime64(book.period.last)
    book.mark((left < last) | (hired > last), "not_assessed")
    return Lines(missing(len(people)), result=~((hired > first) | (left < last)))


def visible_results(book: Book, visibility: Literal["own", "public"]) -> None:
    """1.3a 公开: the list of all published results, where HR wants it posted; a personal sheet shows the own ones only."""
    if visibility == "public":
        book.outputs["public_list"] = listing(_results, book.people[["score", "grade"]], book.complete())


# -- 二、指标 ----------------------------------------------------------------------------------------------------------


def rating(book: Book, records: Records, indicator: Indicator, sub_ratings: Literal["mean"] | None) -> Lines:
    """2.1.1-2.1.4 一项评分 (0-100): as rated, or the plain mean of its sub-ratings where there are any."""
    values, cells = missing(records.size), [records.cells(indicator)]
    values[records.units] = exact(records.frame[indicator])
    if sub_ratings == "mean":
        parts = book.table("sub_ratings")
        rows = np.flatnonzero((parts["indicator"] == indicator).to_numpy(dtype=bool))
        units = book.codes(parts["employee_id"].iloc[rows])
        rows, units = rows[units >= 0], units[units >= 0]
        count = count_by(units, records.size)
        mean = sum_by(exact(parts["score"])[rows], units, records.size) / where(count == 0, 1, count)
        values = where(count > 0, mean, values)
        cells.append(Cells("sub_ratings", rows, units, "score"))
    return Lines(where(_assessed(book), values, None), cells=cells)


def workload_rating(
    book: Book,
    records: Records,
    indicator: Literal["workload"],
    sub_ratings: Literal["mean"] | None,
    from_data: YesNo,
    target: Number | None,
    scale: Number,
) -> Lines:
    """2.1.2 工作量: as rated, or from data: handled ÷ target, full marks at most; no data or target leaves it missing."""
    if not from_data:
        return rating(book, records, indicator, sub_ratings)
    handled, goal = missing(records.size), missing(records.size)
    handled[records.units], goal[records.units] = _numbers(records.frame, "handled"), _numbers(records.frame, "target")
    goal = goal.fillna(target)
    value = minimum(handled / goal, 1) * scale
    return Lines(where(_assessed(book), value, None), handled, [records.cells("handled"), records.cells("target")])


def weighted_score(
    book: Book,
    clause: Clause,
    quality: Number,
    workload: Number,
    satisfaction: Number,
    teamwork: Number,
    missing_indicator: Literal["incomplete", "reweight"],
) -> list[Lines]:
    """2.1 绩效得分: the four weighted ratings, to 0.01. A missing one leaves the result open, or the others bear its weight."""
    size, weights = len(book.people), {"quality": quality, "workload": workload, "satisfaction": satisfaction, "teamwork": teamwork}
    weights = {name: constant(0, size) + weight for name, weight in weights.items()}
    absent = {name: book.column(name).isna() for name in weights}
    _note_weights(book, clause, sum(weights.values(), constant(0, size)))
    some = np.any(list(absent.values()), axis=0)
    present = sum((where(absent[name], 0, weight) for name, weight in weights.items()), constant(0, size))
    _name_missing(book, absent, some if missing_indicator == "incomplete" else present == 0)

    posted = book.posted("employee")
    carried = where(book.complete(), where(some, posted / where(present == 0, 1, present), posted), None)
    final = published(book, carried)
    book.kept["raw_score"] = carried
    return [
        Lines((carried - posted).fillna(0), note=say("缺项按其余权重折算", "the other weights bear the missing one")),
        Lines((final - carried).fillna(0), result=final, note=say("四舍五入", "rounding")),
    ]


weighted_score.unrounded = "raw_score"


def _note_weights(book: Book, clause: Clause, whole: ExactArray) -> None:
    """A note for the department where HR's weights are not 100 % in all."""
    wrong = np.flatnonzero(whole != 1)
    if len(wrong):
        title = say("四项权重合计不是 100%", "the four weights do not add up to 100 %")
        book.flag("weights_not_100", title, ["department"], clause, "department", text(whole[int(wrong[0])] * 100) + "%")


def _name_missing(book: Book, absent: dict[str, np.ndarray], rows: np.ndarray) -> None:
    """缺项: results that stay open, each with the names of the ratings it lacks."""
    lacking = rows & book.complete()
    book.mark(lacking, "incomplete", names_of({name: mask & lacking for name, mask in absent.items()}, book.people.index))


# -- 三、流程 ----------------------------------------------------------------------------------------------------------


def score_to_grade(book: Book, measure: ExactArray, grade_on: Literal["rounded", "raw"]) -> Lines:
    """3.2 四个等级: the score that is graded, as published or before rounding (89.995)."""
    return Lines(missing(len(measure)), result=measure if grade_on == "rounded" else book.kept["raw_score"])


score_to_grade.repeats = True


def graded(book: Book, measure: ExactArray, grade: str, at_least: Number | None = None, below: Number | None = None) -> Lines:
    """3.2.1-3.2.4 等级: one grade for whoever has none yet and lies at or above (含), or below (不足), a score."""
    fits = np.ones(len(measure), dtype=bool)
    if at_least is not None:
        fits &= measure >= at_least
    if below is not None:
        fits &= measure < below
    earlier = book.people.get("grade", pd.Series(None, index=book.people.index, dtype=object)).to_numpy(dtype=object)
    return Lines(missing(len(measure)), measure, result=np.where(fits & pd.isna(earlier), grade, earlier))


graded.thresholds = {"at_least": ("at_least", "measure"), "below": ("below", "measure")}


def appeals_lodged(book: Book, clause: Clause, workdays: Whole, second_reader: Literal["optional", "required"]) -> None:
    """3.3a 申诉: the last day for each appeal (receipt is day 0), whether it came in time, and who would judge himself."""
    frame = book.table("appeals")
    received, lodged = frame["received_on"], frame["lodged_on"]
    deadline = _after(book, received, workdays)
    known = (received.notna() & lodged.notna()).to_numpy(dtype=bool)
    in_time = (lodged <= deadline).to_numpy(dtype=bool)
    out = pd.DataFrame({"employee_id": frame["employee_id"], "month": _words(frame, "month")})
    out = out.assign(received_on=_iso(received), lodged_on=_iso(lodged), appeal_deadline=_iso(deadline))
    out["admissible"] = np.where(known, in_time.astype(object), None)
    book.outputs["appeals"] = out.set_index("employee_id")

    open_to_appeal = lodged.notna().to_numpy(dtype=bool) & ~(known & ~in_time)
    alone = open_to_appeal & pd.isna(_words(frame, "second_reader"))
    rater, hearer = _rater(book, frame), _words(frame, "heard_by")
    other = pd.notna(rater) & pd.notna(hearer) & (rater != hearer)
    undated, early, day = lodged.notna() & received.isna(), lodged < received, _iso(lodged)
    for name, title, rows, detail in (
        ("receipt_unknown", say("接到结果日期未填，无法计算申诉期限", "date of receipt unknown"), undated, day),
        ("appeal_before_receipt", say("提出日期早于接到结果日期，请核对", "lodged before the result came"), early, day),
        ("conflict_of_interest", say("评分人与申诉受理人同为负责人", "the rater hears the appeal"), alone & ~other, hearer),
        ("second_reader_required", say("申诉尚未指定复核人", "no second reader named"), alone & (second_reader == "required"), day),
    ):
        _flag_rows(book, clause, name, title, frame, rows, detail)


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
    given = _words(frame, "outcome")
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
    _flag_rows(book, clause, "reply_overdue", title, frame, overdue, _iso(deadline))
    _hold(book, frame, waiting, granted)


def _hold(book: Book, appeals: pd.DataFrame, waiting: np.ndarray, granted: np.ndarray) -> None:
    """What is under appeal is not final: this month's results get their status, earlier months are left for the history."""
    month = _words(appeals, "month")
    mine = pd.isna(month) | (month == book.policy.month)
    past = book.table("history")
    noted = past["employee_id"][((past["status"] == "under_appeal") & (past["month"] == book.policy.month)).to_numpy(dtype=bool)]
    book.mark([*appeals["employee_id"][mine & waiting], *noted], "under_appeal")
    book.mark(list(appeals["employee_id"][mine & granted]), "needs_decision")
    book.kept["appealed"] = waiting | granted


# -- 四、应用 ----------------------------------------------------------------------------------------------------------


def income(
    book: Book, link: Literal["grade_coefficient"] | None, coefficients: dict[str, Number] | None, base: Number | None
) -> list[Lines]:
    """4.1a 薪酬分配: nothing by default; by choice the coefficient of the grade (HR's table), times an amount in 元 if given."""
    size = len(book.people)
    if link is None:
        return [Lines(missing(size), result=missing(size))]
    grades = np.where(book.complete(), book.people["grade"].to_numpy(dtype=object), None)
    lacking = sorted(set(grades[pd.notna(grades)]) - (coefficients or {}).keys())
    if lacking:
        problem = say(f"grade_coefficients 中没有：{'、'.join(lacking)}。", f"grade_coefficients lacks: {', '.join(lacking)}.")
        raise PolicyError(Fault(book.policy.path, problem, say("请填写各等级系数。", "Give every grade its coefficient.")))
    factor = exact([None if is_missing(grade) else coefficients[grade] for grade in grades])
    amount = missing(size) if base is None else half_up(factor * base)
    return [Lines(factor, unit=say("系数", "coefficient")), Lines(amount, factor, result=amount)]


def reward(book: Book, grade: str, amount: Number) -> Lines:
    """4.1b 优秀者奖励: the list of candidates; an amount in 元 only where HR has set one."""
    chosen = _listed(book, grade, "reward_candidates")
    paid = where(chosen, half_up(constant(0, len(chosen)) + amount), None)
    return Lines(where(paid > 0, paid, None))


def company_rules(book: Book, grade: str) -> None:
    """4.1c 不合格者: the list; what follows is in company rules that are not in the source."""
    _listed(book, grade, "company_rules")


def _listed(book: Book, grade: str, name: str) -> np.ndarray:
    chosen = book.complete() & (book.people["grade"] == grade).to_numpy(dtype=bool)
    book.outputs.setdefault("lists", {})[name] = list(book.people.index[chosen])
    book.outputs[name] = listing(_results, book.people[["score", "grade"]], chosen)
    return chosen


def _results(people: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    return people[chosen]


@dataclass(frozen=True)
class Months:
    """各月: results by person and month, in the order of both; a row of each array is one month of a person."""

    unit: np.ndarray  # the person's row in the roster
    month: np.ndarray  # as a number: the same for the months of one year and number, one more for the next
    score: ExactArray
    judged: ExactArray  # the score that is graded
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


_COLUMNS = ["employee_id", "month", "score", "full_month", "status"]


def history(book: Book) -> None:
    """4.2 历史: earlier months and this one, a row per person and month, in the columns of the sheet 历史."""
    past, people, month = book.once(_past, book.policy.month), book.people, book.policy.month
    scored = (~people["score"].isna()).to_numpy(dtype=bool) & (month is not None)
    before, mine = past.months, np.argsort(past.rank)
    mine = mine[scored[mine]]
    rows = np.flatnonzero(~(scored[before.unit] & (before.month == _number_of(month))))  # an own result replaces what the sheet has
    at = np.searchsorted(past.rank[before.unit[rows]], past.rank[mine], side="right")
    source = np.insert(rows, at, len(before.unit) + np.arange(len(mine)))  # rows of the sheet, then those of this month
    appealed = np.isin(_pairs(before.unit, before.month), past.appeals[book.kept["appealed"]])
    open_now, full = ~book.complete()[mine], people["full_month"].to_numpy(dtype=object)[mine]
    own = {
        "unit": mine,
        "month": np.full(len(mine), _number_of(month)),
        "score": people["score"].array[mine],
        "judged": people["graded_score"].array[mine],
        "full": full.astype(bool),
        "appealed": open_now,
    }
    before = replace(before, appealed=before.appealed | appealed)
    book.kept["history"] = Months(*(_joined(getattr(before, name), own[name]) for name in own)).pick(source)
    now = {"employee_id": people.index.to_numpy()[mine], "month": month, "score": own["score"], "full_month": full}
    book.outputs["history"] = listing(_history_table, past.frame, appealed, now, open_now, source)


def _past(tables: Tables, month: str | None) -> Past:
    people = pd.Index(pd.unique(tables["employees"]["employee_id"]), dtype=object)
    frame = tables["history"][_COLUMNS]
    frame = frame[frame["employee_id"].isin(people) & ((month is None) | (frame["month"] <= (month or "")))]
    frame = frame.drop_duplicates(["employee_id", "month"], keep="last").sort_values(["employee_id", "month"], ignore_index=True)
    full, appealed = frame["full_month"].to_numpy(dtype=bool), (frame["status"] == "under_appeal").to_numpy(dtype=bool)
    score, appeals = frame["score"].array, tables["appeals"]
    months = Months(people.get_indexer(frame["employee_id"]), _numbers_of(frame["month"]), score, score, full, appealed)
    asked = _pairs(
        people.get_indexer(appeals["employee_id"]), _numbers_of(appeals.get("month", pd.Series(None, appeals.index, dtype=object)))
    )
    return Past(frame, months, np.argsort(np.argsort(people)), asked)


def _number_of(month: str | None) -> int:
    return -1 if month is None else int(month[:4]) * 12 + int(month[5:])


def _numbers_of(months: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(months)
    return np.array([*map(_number_of, names), -1], dtype=np.int64)[codes]


def _name_of(month: int) -> str:
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
    rows = rows.pick(~rows.judged.isna() | rows.appealed)
    failed = (rows.judged < pass_mark) & (rows.full | (not full_months_only)) & ~rows.appealed
    run, streak = _runs(rows, failed, ~failed & ~rows.appealed, gap)
    reached = failed & (streak >= length) & (action is not None)
    book.outputs["streak_flags"] = listing(_months_reached, ids, rows.unit, rows.month, reached)

    last = np.diff(rows.unit, append=-1) != 0
    current = (rows.month == _number_of(month)) | (month is None)
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
        found[id].append(_name_of(one))
    return found


def _flag_streaks(book: Book, clause: Clause, rows: Months, failed: np.ndarray, run: np.ndarray, chosen: np.ndarray) -> None:
    """One review flag per person whose streak reaches into this month, with its months and scores."""
    behind, ids = rows.pick(failed & np.isin(run, run[chosen])), book.people.index
    _, first, codes = np.unique(rank_codes(behind.score), return_index=True, return_inverse=True)
    scores, months = (
        np.array(texts(behind.score[first]), dtype=object)[codes],
        {month: _name_of(month) for month in np.unique(behind.month)},
    )
    evidence: dict = {}
    for employee_id, month, value in zip(ids[behind.unit], behind.month.tolist(), scores.tolist(), strict=True):
        evidence.setdefault(employee_id, {})[months[month]] = value
    title = say("连续不合格，请人工评审", "unqualified for months in a row, for review")
    note = say(
        "连续不合格本身不足以解除劳动合同：不能胜任工作须先培训或调整岗位（《劳动合同法》第四十条）；决定前请咨询法律人员。",
        "Not by itself a lawful ground for dismissal: training or a transfer comes first (Labour Contract Law art. 40). Ask counsel.",
    )
    book.flag("three_consecutive_fails", title, list(ids[rows.unit[chosen]]), clause, detail=evidence, note=note)


# -- small things ------------------------------------------------------------------------------------------------------


def _assessed(book: Book) -> np.ndarray:
    """Who is rated this month: everybody in scope, be the result complete or not."""
    return ~book.people["status"].isin(["out_of_scope", "not_assessed"]).to_numpy(dtype=bool)


def _numbers(frame: pd.DataFrame, column: str) -> ExactArray:
    return exact(frame[column]) if column in frame else missing(len(frame))


def _words(frame: pd.DataFrame, column: str) -> np.ndarray:
    values = frame.get(column, pd.Series(None, index=frame.index, dtype=object)).to_numpy(dtype=object)
    return np.where(pd.isna(values), None, values)


def _rater(book: Book, appeals: pd.DataFrame) -> np.ndarray:
    """Who rated the person of each appeal."""
    ratings = book.table("ratings")
    if "rated_by" not in ratings:
        return np.full(len(appeals), None, dtype=object)
    return _words(pd.DataFrame({"by": appeals["employee_id"].map(ratings.set_index("employee_id")["rated_by"])}), "by")


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


def _flag_rows(book: Book, clause: Clause, name: str, title: str, frame: pd.DataFrame, rows, details) -> None:
    """One flag per person for the rows of a table that a mask names."""
    chosen = np.asarray(rows, dtype=bool)
    found = dict(zip(frame["employee_id"][chosen], details[chosen], strict=True))
    book.flag(name, title, list(found), clause, detail=found)
