"""客服部门考核制度范本: six parts of 17 rated items, 110 points in all, by month, quarter or year."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book, published
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.listing import listing, names_of
from kpi_helpers.numbers import ExactArray, exact, half_up, minimum, missing, places_of, rank_codes, text, where
from kpi_helpers.period_rows import check_named_periods, check_period_rows, days_of, named_periods
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.rules import banded
from kpi_helpers.rules.bands import Band, check_bands
from kpi_helpers.schemes import by_clause
from kpi_helpers.tables import Tables

KINDS = {"month": "M", "quarter": "Q", "year": "Y"}


def score(policy: Policy, tables: Tables) -> Result:
    """六大部分: people with items, parts, raw and published score; outputs for periods, publication, spread and history."""
    result = by_clause(policy, tables)
    if len(result.errors):  # a rating sheet has one column per item, so the refused column is the item
        result.errors["item"] = result.errors["column"].where(result.errors["column"].isin(item_maxima(policy)), None)
    return result


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Own ratings, ratings of another period, and a person rated twice by one grader, or surveyed twice, in the period."""
    rows = tables["ratings"]
    problem = say("不得给自己评分", "nobody rates himself")
    own = np.flatnonzero((rows["grader_id"].notna() & (rows["grader_id"] == rows["employee_id"])).to_numpy(dtype=bool))
    faults = [RowFault("ratings", int(row), "grader_id", rows["grader_id"].iloc[row], "self_rating", problem, stops=False) for row in own]
    faults += _other_kinds(policy, rows)
    faults += check_period_rows(policy, tables, "ratings", ["employee_id", "grader_id"], "period")
    faults += check_named_periods(tables, "period_scores", ["employee_id"])
    return faults + check_period_rows(policy, tables, "survey", ["employee_id"], "period")


def _other_kinds(policy: Policy, rows: pd.DataFrame) -> list[RowFault]:
    """Ratings of another cycle (月度, 季度, 年度) than the one being scored: left out, or a contradiction where the period is this one."""
    if policy.period is None or "period_type" not in rows:
        return []
    periods = named_periods(rows, "period")
    other = (rows["period_type"].notna() & (rows["period_type"] != KINDS[policy.period.kind])).to_numpy(dtype=bool)
    elsewhere = say(f"不属于 {policy.month}", f"does not belong to {policy.month}")
    unfitting = say("与考核期不符", "does not fit the period")
    return [
        *_of_type(rows, other & periods.isna().to_numpy(), "other_period", elsewhere, stops=False),
        *_of_type(rows, other & (periods == policy.month).to_numpy(), "not_this_type", unfitting),
    ]


def _of_type(rows: pd.DataFrame, chosen: np.ndarray, reason: str, problem: str, stops: bool = True) -> list[RowFault]:
    values = rows["period_type"]
    return [RowFault("ratings", int(row), "period_type", values.iloc[row], reason, problem, stops=stops) for row in np.flatnonzero(chosen)]


def item_maxima(policy: Policy) -> dict:
    """项目满分: the highest points of each rated item, as the sheet 评分 states them."""
    rated = [clause.arguments["item"] for clause in policy.clauses if "item" in clause.arguments]
    return {item: policy.tables["ratings"].columns[item].max for item in rated}


# -- 总则 --------------------------------------------------------------------------------------------------------------


def regular_staff(book: Book, at: Literal["period_end", "period_start"], include_trial: YesNo) -> None:
    """art2a 正式员工: regular on the last (or first) day of the period; whoever left in the period is not assessed."""
    unknown, trial, since, hired, left = book.once(_roster)
    if book.delivered("employees"):
        book.mark(unknown, "incomplete", ["status"])
    if book.period is None:
        book.mark(trial & (not include_trial), "out_of_scope")
        return
    first, last = np.datetime64(book.period.first), np.datetime64(book.period.last)
    trial = trial | (since > (last if at == "period_end" else first))
    book.mark((trial & (not include_trial)) | (left < first) | (hired > last), "out_of_scope")
    book.mark(left < last, "not_assessed")


def _roster(tables: Tables) -> tuple[np.ndarray, ...]:
    """Of everybody: is it unknown whether they are regular, are they on trial, and the days they became regular, came and left."""
    roster = tables["employees"].drop_duplicates("employee_id")
    since, hired, left = (days_of(roster, name) for name in ("regular_from", "hire_date", "leave_date"))
    status = roster["status"]
    return (status.isna().to_numpy() & np.isnat(since)), (status == "trial").to_numpy(dtype=bool), since, hired, left


def period_result(
    book: Book,
    records: Records,
    mode: Literal["direct_else_mean", "mean_only", "direct_only"],
    at: Literal["period_end", "period_start"],
    include_trial: YesNo,
) -> Lines:
    """art4b 季度、年度: rated directly, else the mean of the published months in scope; as: a score that needs no rating.

    A month is always rated. Keeps for later clauses whom this period's ratings concern (`rated`).
    """
    size, open_to = len(book.people), book.complete()
    if book.period is None or book.period.kind == "month":
        book.kept["rated"], book.kept["unrounded"] = open_to, missing(size)
        book.people["source"] = np.where(open_to, "direct", None)
        return Lines(missing(size))
    months = records.pick(_in_scope(book, records.frame, at, include_trial))
    used = months.count()
    mean = where(used == 0, None, months.sum("score") / where(used == 0, 1, used))
    forms = _with_forms(book)
    given, published_before = _published_before(book)

    direct = open_to & (forms | ~given.isna()) & (mode != "mean_only")
    derived = open_to & ~direct & (used > 0) & (mode != "direct_only")
    nothing = open_to & ~direct & ~derived
    book.mark(nothing, "incomplete", ["ratings" if mode == "direct_only" else "month_scores"])
    _explain(book, nothing, "no_scores")
    entered = where(derived, mean, where(direct & ~forms, given, None))
    book.kept["rated"], book.kept["unrounded"] = direct & forms, entered
    book.people["source"] = np.where(direct, "direct", np.where(derived, "derived", None))
    book.people["months_used"] = where(derived, used, None)
    behind = months.pick(derived[months.units]).cells("score"), published_before
    return Lines(half_up(entered), where(derived, used, None), list(behind), result=half_up(entered))


def _with_forms(book: Book) -> np.ndarray:
    """Who was rated directly: an empty form is none."""
    ratings = book.table("ratings")
    filled = np.any([ratings[item].notna() for item in item_maxima(book.policy)], axis=0)
    return book.people.index.isin(ratings["employee_id"][filled])


def _in_scope(book: Book, rows: pd.DataFrame, at: str, include_trial: bool) -> np.ndarray:
    """Published months of the period in which the person was regular staff already."""
    start = pd.to_datetime(rows["month"], format="%Y-%m")
    day = (start if at == "period_start" else start + pd.offsets.MonthEnd(0)).to_numpy(dtype="datetime64[D]")
    since = days_of(book.people, "regular_from")[book.codes(rows["employee_id"])]
    known = rows["month"].isin(book.period.months) & rows["score"].notna()
    return known.to_numpy(dtype=bool) & (include_trial | ~(since > day))


def _published_before(book: Book) -> tuple[ExactArray, Cells]:
    """Scores of this very period that were published already, with their cells."""
    rows, values = book.table("period_scores"), missing(len(book.people))
    mine = np.flatnonzero((named_periods(rows, "period") == book.policy.month).to_numpy(dtype=bool))
    units = book.codes(rows["employee_id"].iloc[mine])
    values[units] = exact(rows["score"])[mine]
    return values, Cells("period_scores", mine, units, "score")


# -- 考核内容 ----------------------------------------------------------------------------------------------------------


def rated_item(book: Book, records: Records, item: str, aggregate: Literal["mean", "median"]) -> Lines:
    """art5.1-art10.2 项目: the mean (or median) of the graders who entered it; missing where nobody did."""
    average, graders, entered = book.once(_of_graders, records, item, aggregate)
    rated = book.kept["rated"]
    cells = Cells(entered.table, entered.rows, np.where(rated[entered.units], entered.units, -1), item)
    return Lines(where(rated, average, None), where(rated, graders, None), cells)


def _of_graders(_: Tables, records: Records, item: str, aggregate: str) -> tuple[ExactArray, ExactArray, Records]:
    """Everybody's mean or median of an item, from how many graders, and their rows."""
    entered = records.pick(records.column(item).notna().to_numpy(dtype=bool))
    given, count = exact(entered.column(item)), entered.count()
    graders = where(count == 0, None, count)
    average = entered.sum(given) / graders if aggregate == "mean" else _median(given, entered.units, records.size)
    return average, graders, entered


def survey_item(
    book: Book, records: Records, item: str, aggregate: Literal["mean", "median"], conversion: Literal["linear", "rating"]
) -> Lines:
    """art6.3 满意度调查: the survey's average on the item's scale; graders' entries only where there is no survey."""
    rated = rated_item(book, records, item, aggregate)
    rows = book.table("survey")
    highest = book.policy.tables["survey"].columns["avg_score_100"].max
    surveyed = np.flatnonzero(rows["avg_score_100"].notna().to_numpy(dtype=bool))
    units = book.codes(rows["employee_id"].iloc[surveyed])
    used = (units >= 0) & book.kept["rated"][units] & (conversion == "linear")
    surveyed, units = surveyed[used], units[used]
    if not len(units):
        return rated
    converted = missing(records.size)
    converted[units] = exact(rows["avg_score_100"])[surveyed] / highest * item_maxima(book.policy)[item]
    by_survey = ~converted.isna()
    own = Cells(rated.cells.table, rated.cells.rows, np.where(by_survey[rated.cells.units], -1, rated.cells.units), item)
    value, quantity = where(by_survey, converted, rated.value), where(by_survey, None, rated.quantity)
    return Lines(value, quantity, [own, Cells("survey", surveyed, units, "avg_score_100")])


def part(book: Book, clause: Clause) -> Lines:
    """art5-art10 部分: the sum of the part's items, rounded at the end; only where the person was rated."""
    points = published(book, book.posted("employee", sections=[clause.section]))
    return Lines(missing(len(points)), result=where(book.kept["rated"], points, None))


def six_parts(book: Book, scale: Literal["normalise_100", "raw_110", "cap_100"], full: Number) -> list[Lines]:
    """art3 六大部分: the raw sum (0-110) and the published score; an item that nobody rated leaves the result open.

    Every step (scale, rounding) is a line of its own.
    """
    maxima, rated = item_maxima(book.policy), book.kept["rated"]
    absent = {name: book.people[name].array.isna() for name in maxima}
    lacking = rated & book.complete() & np.any(list(absent.values()), axis=0)
    book.mark(lacking, "incomplete", names_of({name: mask & lacking for name, mask in absent.items()}, book.people.index))
    _explain(book, lacking, "item_not_rated")

    raw = where(rated & book.complete(), book.posted("employee"), None)
    highest = sum(maxima.values())
    scaled = {"normalise_100": raw * full / highest, "raw_110": raw, "cap_100": minimum(raw, full)}[scale]
    unrounded = where(rated, scaled, book.kept["unrounded"])
    book.kept["unrounded"] = where(book.complete(), unrounded, None)
    final = published(book, unrounded)
    book.people["raw"] = half_up(raw)
    words = {
        "normalise_100": say(f"按 {text(full)}/{text(highest)} 折算", f"scaled by {text(full)}/{text(highest)}"),
        "raw_110": say("按原始分公布，不折算", "published as it is"),
        "cap_100": say(f"超过 {text(full)} 分按 {text(full)} 分", f"capped at {text(full)}"),
    }[scale]
    if highest != full:
        book.outputs["scale_note"] = say(f"各项满分合计 {text(highest)} 分；{words}。", f"The maxima add up to {text(highest)}; {words}.")
    return [
        Lines((scaled - raw).fillna(0), note=words),
        Lines(where(rated, final - scaled, 0).fillna(0), result=final, note=say("四舍五入", "rounding")),
    ]


six_parts.unrounded = "unrounded"


# -- 考核流程、应用 ----------------------------------------------------------------------------------------------------


def assessment_group(book: Book, records: Records, min_graders: Whole) -> None:
    """art11.2 考核小组: how many rated each person (never himself), whether they are enough, and how far they lie apart."""
    items = tuple(item_maxima(book.policy))
    entered, graders = book.once(_with_points, records, items)
    rated = book.kept["rated"]
    book.people["graders"] = where(rated, graders, None)
    few = rated & (graders < min_graders)
    _explain(book, few, "too_few_graders")
    book.mark(few, "incomplete", ["graders"])
    several = np.flatnonzero(rated & (graders > 1))
    book.outputs["spread"] = listing(_spreads, entered, items, several, book.people.index)


def _with_points(_: Tables, records: Records, items: tuple[str, ...]) -> tuple[Records, ExactArray]:
    """Rows in which any item is entered, and how many of them each person has."""
    entered = records.pick(np.any([records.column(item).notna() for item in items], axis=0))
    return entered, entered.count()


def _spreads(entered: Records, items: tuple[str, ...], several: np.ndarray, ids: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({name: _spread(entered, name)[several] for name in items}, index=ids[several])


assessment_group.thresholds = {"min_graders": ("at_least", "graders")}


def published_results(book: Book, measure: ExactArray) -> Lines:
    """art2b 依据: places for information, the list to publish, and the history in the columns of the sheets it goes to."""
    people, complete, place = book.people, book.complete(), places_of(measure)
    book.outputs["publication"] = listing(_publication, people[["raw", "score"]], place, complete)
    if book.period is not None:
        monthly = book.period.kind == "month"
        names = {"month" if monthly else "period": book.policy.month}
        book.outputs["history"] = listing(_history, people.index, names, measure, complete)
        if not monthly:
            book.outputs["period_results"] = listing(_rows, people[["score", "source", "months_used"]], book.assessed())
    return Lines(missing(len(measure)), measure, result=place)


def _publication(people: pd.DataFrame, place: ExactArray, complete: np.ndarray) -> pd.DataFrame:
    rows = np.flatnonzero(complete)
    return people.assign(rank=place).iloc[rows[np.argsort(rank_codes(place[rows]), kind="stable")]]


def _history(ids: pd.Index, names: dict, score: ExactArray, complete: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"employee_id": ids[complete], **names, "score": score[complete]})


def _rows(people: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    return people[chosen]


def _check_amounts(bands, **_):
    yield from check_bands(bands)
    if any(isinstance(band.get("give"), str) for band in bands or ()):
        yield say("give 应为金额（元）。", "give: must be an amount in 元.")


def grade_table(book: Book, clause: Clause, grade_on: Literal["rounded", "raw"], bands: list[Band] | None) -> Lines:
    """art11.0 等级: lost with the rest of the chapter; none, or HR's own table."""
    if bands is None:
        return Lines(missing(len(book.people)))
    return banded(book, clause, _graded_score(book, grade_on), bands)


grade_table.check = lambda bands, **_: check_bands(bands)
grade_table.thresholds = {"bands": {"grade_on": {"rounded": ["score"]}}}  # the raw score stands in no result


def income(book: Book, clause: Clause, grade_on: Literal["rounded", "raw"], bands: list[Band] | None) -> Lines:
    """art4c 薪酬调整: no formula in the source; nothing, or 元 by score from HR's own table."""
    if bands is None:
        return Lines(missing(len(book.people)))
    lines = banded(book, clause, _graded_score(book, grade_on), bands)
    return Lines(half_up(lines.value), lines.quantity)


income.check = _check_amounts
income.thresholds = {"bands": {"grade_on": {"rounded": ["score"]}}}


def _graded_score(book: Book, grade_on: str) -> ExactArray:
    return book.people["score"].array if grade_on == "rounded" else book.kept["unrounded"]


# -- small things ------------------------------------------------------------------------------------------------------


def _explain(book: Book, rows: np.ndarray, reason: str) -> None:
    """Why a result is open; the first reason stays."""
    earlier = book.people.get("reason", pd.Series(None, index=book.people.index, dtype=object)).to_numpy(dtype=object)
    book.people["reason"] = np.where(rows & pd.isna(earlier), reason, earlier)


def _ordered(values: ExactArray, units: np.ndarray, size: int) -> tuple[ExactArray, np.ndarray, np.ndarray]:
    """Values in order within each unit, the position where each unit starts, and how many it has."""
    order = np.lexsort((rank_codes(values), units))
    count = np.bincount(units, minlength=size)
    return values[order], np.cumsum(count) - count, count


def _median(values: ExactArray, units: np.ndarray, size: int) -> ExactArray:
    """中位数 per unit, exact: the middle value, or the mean of the two in the middle."""
    ordered, start, count = _ordered(values, units, size)
    full = count > 0
    low, high = (start + (count - 1) // 2)[full], (start + count // 2)[full]
    result = missing(size)
    result[full] = (ordered[low] + ordered[high]) / 2
    return result


def _spread(entered: Records, item: str) -> ExactArray:
    """最高减最低 of the graders' entries per person; missing where nobody entered the item."""
    given = exact(entered.frame[item])
    known = ~given.isna()
    ordered, start, count = _ordered(given[known], entered.units[known], entered.size)
    full = count > 0
    result = missing(entered.size)
    result[full] = ordered[(start + count - 1)[full]] - ordered[start[full]]
    return result
