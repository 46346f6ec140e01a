"""基本量 and 激励量: who has quotas, which days are assessed, and the month's attainment ratios (sections 1-3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.calendar import add_months
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, constant, exact, maximum, minimum, missing, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.days import (
    PersonDays,
    call_cells,
    day64,
    first_given,
    given_by_month,
    member_cells,
    member_rows,
    person_days,
    sundays,
)
from kpi_helpers.schemes.dawo.staff import employment, has_quota, level_values

_UNITS = ("分钟", "次")  # of talk time and of calls


def in_scope(book: Book, score_scope: Literal["all", "specialists"], quota_scope: Literal["specialist", "all"]) -> None:
    """1.2 适用范围: everybody employed in the month is scored; quotas bind the specialists (专员).

    score_scope specialists: nobody else has a score (得分); the pay of all stays as it is.
    """
    roles = book.people.get("role", pd.Series(index=book.people.index, dtype=object))
    specialist = (roles.isna() | (roles == "specialist")).to_numpy(dtype=bool)
    book.people["specialist"] = specialist
    book.people["has_quota"] = specialist | (quota_scope == "all")
    book.people["scored"] = specialist | (score_scope == "all")
    if book.period is not None:
        hired, left = employment(book)
        book.mark((hired > day64(book.period.last)) | (left < day64(book.period.first)), "not_assessed")


def daily_quota(book: Book, talk: Number, calls: Number, levels: list[dict]) -> list[Lines]:
    """3.1d 每日基本工作量: minutes and calls per workday, of the person's level or else the common ones."""
    found = []
    for name, common, note, unit in zip(("daily_talk", "daily_calls"), (talk, calls), _notes(), _UNITS, strict=True):
        book.people[name] = level_values(book, levels, name).fillna(common)
        found.append(Lines(book.people[name].array, note=note, unit=f"{unit}/天"))
    return found


def incentive_ratio(book: Book, target: Number, counts: Literal["new_members"], levels: list[dict]) -> Lines:
    """3.2a 激励量: new members over the target, never rounded; missing without a row of members."""
    members = _members(book)
    goal = first_given(given_by_month(book, "target"), level_values(book, levels, "target").fillna(target))
    goal = where(goal > 0, goal, None)
    book.people["new_members"], book.people["target"] = members, goal
    ratio = members / goal
    return Lines(where(has_quota(book), ratio, None), members, member_cells(book))


incentive_ratio.counted = {"incentive_ratio": ("new_members", "target")}


def first_week(book: Book, exempt: YesNo, days: Whole) -> Lines | None:
    """3.2b 首周不作考核: the first calendar days from the hire date leave quota and totals (unit 天)."""
    book.kept["exempt_days"] = days if exempt else 0
    if book.period is None:
        return None
    found = person_days(book, book.period.first, book.period.last)
    book.kept["days"] = found
    return Lines(exact((found.scheduled & found.exempt).sum(axis=1)))


def monthly_quota(
    book: Book,
    mode: Literal["daily_x_workdays", "fixed"],
    talk: Number | None,
    calls: Number | None,
    first_month: Literal["prorated", "full"],
) -> list[Lines]:
    """3.1e 每月基本工作量: daily quota × assessed days; a fixed monthly quota shrinks with the days not assessed.

    A quota given in the table `month` stands. first_month full: the exempt first week stays in the quota.
    """
    counted, whole = _quota_days(book, first_month == "full")
    book.kept["keep_exempt"] = first_month == "full"
    found = []
    names = ("quota_talk", "quota_calls"), ("daily_talk", "daily_calls"), (talk, calls), _notes(), _UNITS
    for name, daily, fixed, note, unit in zip(*names, strict=True):
        if mode == "daily_x_workdays":
            derived = counted * book.people[daily].array
        elif fixed is None:
            derived = missing(len(counted))
        else:
            derived = where(whole.isna(), fixed, counted / where(whole > 0, whole, 1) * fixed)
        quota = first_given(given_by_month(book, name), derived)
        book.people[name] = where(has_quota(book), quota, None)
        found.append(Lines(book.people[name].array, counted, note=note, unit=unit))
    return found


def attainment(
    book: Book,
    judged_by: Literal["month_total", "days_met"],
    ratio_mode: Literal["min", "mean", "product", "talk_only", "calls_only"],
    counting: Literal["attempts", "connected"],
    with_exempt: YesNo,
) -> list[Lines]:
    """3.1a 通时通次: r_talk, r_calls, basic_met and basic_ratio of the month, and the days below the daily quota.

    basic_met needs both ratios, whatever ratio_mode says: unknown while one is, unless the other is missed already.
    counting connected: the column 接通次数 of 每日通话, without which the calls are missing. with_exempt: calls of exempt
    days count too.
    """
    people, logs, idle = book.people, _call_logs(book, counting, with_exempt), _without_days(book, with_exempt)
    for name, quota, derived in zip(("talk_minutes", "calls"), ("quota_talk", "quota_calls"), logs, strict=True):
        unknown = idle & (people[quota].array > 0)  # a quota was entered for days that are not known: no calls found are not 0 calls
        people[name] = first_given(given_by_month(book, name), where(unknown, None, derived))
    r_talk = ratio(people["talk_minutes"].array, people["quota_talk"].array)
    r_calls = ratio(people["calls"].array, people["quota_calls"].array)
    people["r_talk"], people["r_calls"] = r_talk, r_calls
    capped = basic_ratio(r_talk, r_calls, ratio_mode)
    met, missed = (r_talk >= 1) & (r_calls >= 1), (r_talk < 1) | (r_calls < 1)
    if judged_by == "days_met":
        capped = _share_of_days_met(book, counting)
        met, missed = capped >= 1, capped < 1
    people["basic_ratio"] = capped
    people["basic_met"] = _yes_no_or_missing(met, ~met & ~missed)
    if book.kept.get("days") is not None:
        given = book.table("call_daily"), book.kept["days"], *_daily_quotas(book), counting, has_quota(book)
        book.outputs["below_daily_quota"] = listing(_low_days, *given)
    done = [people[name].array for name in ("talk_minutes", "calls")]
    cells = [call_cells(book, name) for name in ("talk_minutes", "calls")]
    return [Lines(*line[:3], note=line[3]) for line in zip((r_talk, r_calls), done, cells, _notes(), strict=True)]


attainment.thresholds = {1: ("at_least", {"judged_by": {"month_total": ["r_talk", "r_calls"], "days_met": ["basic_ratio"]}})}
attainment.counted = {"r_talk": ("talk_minutes", "quota_talk"), "r_calls": ("calls", "quota_calls")}


def basic_ratio(r_talk: ExactArray, r_calls: ExactArray, mode: str) -> ExactArray:
    """基本量达成率 0..1 of two attainment ratios, each capped at 1.

    >>> [basic_ratio(exact(["0.9"]), exact(["1.2"]), mode)[0] for mode in ("min", "mean", "calls_only")]
    [Fraction(9, 10), Fraction(19, 20), Fraction(1, 1)]
    """
    talk, calls = minimum(r_talk, 1), minimum(r_calls, 1)
    if mode == "mean":
        return (talk + calls) / 2
    if mode == "product":
        return talk * calls
    return {"min": minimum(talk, calls), "talk_only": talk, "calls_only": calls}[mode]


def first_month(book: Book, clause: Clause, definition: Literal["calendar_month", "30_days"], quota: Literal["prorated", "full"]) -> Lines:
    """3.2d 首月必须达成100%: true or false for people in their first month; missing it goes to the supervisor.

    definition 30_days: judged over the thirty days from the hire date, in the month in which they end.
    """
    mine, met = _first_calendar_month(book) if definition == "calendar_month" else _first_thirty_days(book, quota == "full")
    mine &= has_quota(book)
    result = np.full(len(mine), None, dtype=object)
    result[mine] = met[mine]
    failed = np.asarray(result == False, dtype=bool)  # noqa: E712 - None is neither
    detail = picked(book.people["basic_ratio"].array, failed, book.people.index)
    title = say("首月未达成基本量", "basic quantity missed in the first month")
    book.flag("first_month_unmet", title, failed, clause, detail=detail, term="basic_ratio", line=1)
    return Lines(missing(len(mine)), result=result)


def members_to_push(book: Book) -> None:
    """3.4.2 督促发展会员: people who reach the basic quantity but not yet the members, with their ratio."""
    met = (book.people["basic_met"] == True).to_numpy(dtype=bool)  # noqa: E712 - None is neither
    behind = met & (book.people["incentive_ratio"].array < 1)
    numbers = {name: book.people[name].array for name in ("new_members", "target", "incentive_ratio")}
    book.outputs["members_to_push"] = listing(_some_people, numbers, book.people.index, behind)


def handover_log(book: Book) -> None:
    """2.7 转交上一级: the cases handed over in the month, for the record only."""
    cases = book.table("handovers")
    book.outputs["handovers"] = cases[book.in_period(cases["at"])].drop(columns="_row").reset_index(drop=True)


def checks_due(book: Book, frequency: Literal["month", "week"]) -> None:
    """3.4.1b 主管定期检查: whom no supervisor has checked in the month (or in which week)."""
    if book.period is None:
        return
    people = book.people.index[has_quota(book) & book.complete()]
    weeks = {end - timedelta(days=6): end for end in sundays(book.period.first, book.period.last)}
    spans = {book.period.first: book.period.last} if frequency == "month" else weeks
    book.outputs["checks_due"] = listing(_checks_due, book.table("supervisor_checks"), people, spans)


def ratio(actual: ExactArray, quota: ExactArray) -> ExactArray:
    """达成率: actual over quota, uncapped and never rounded; a quota of 0 is reached.

    >>> list(ratio(exact([2268, 5]), exact([2520, 0])))
    [Fraction(9, 10), Fraction(1, 1)]
    """
    none = quota == 0
    return where(none, 1, actual / where(none, 1, quota)) if none.any() else actual / quota


# -- parts -----------------------------------------------------------------------------------------------------------


def _members(book: Book) -> ExactArray:
    """New members of the month, from 月度数据 or else 会员发展."""
    rows, size = member_rows(book), len(book.people)
    sums = rows.sum("new_members")
    listed = where(np.bincount(rows.units, minlength=size) > 0, sums, None)
    return first_given(given_by_month(book, "new_members"), listed)


def _quota_days(book: Book, keep_exempt: bool) -> tuple[ExactArray, ExactArray]:
    """Days that carry a quota, and the scheduled days of a whole month.

    考核天数 of 月度数据 stand. Of 应出勤天数 the leave and the exempt first week come off as the days say, and 带薪假天数 that
    these do not know; to a month employed in part the days outside employment are added to make it whole.
    """
    size = len(book.people)
    days: PersonDays | None = book.kept.get("days")
    assessed, scheduled = given_by_month(book, "assessed_days"), given_by_month(book, "scheduled_days")
    paid, off, outside = given_by_month(book, "paid_leave_days").fillna(0), constant(0, size), constant(0, size)
    if days is not None:
        own = days.scheduled.sum(axis=1)
        counted = _with_quota(days, keep_exempt).sum(axis=1)
        paid, off, outside = paid - exact(days.paid_leave.sum(axis=1)), exact(own - counted), days.whole - exact(own)
        scheduled = first_given(scheduled, exact(own))
    off = off + maximum(paid, 0)
    return first_given(assessed, maximum(scheduled - off, 0)), scheduled + outside


def _with_quota(days: PersonDays, keep_exempt: bool) -> np.ndarray:
    """The days that carry a quota."""
    return days.scheduled & ~days.leave if keep_exempt else days.assessed


def _without_days(book: Book, with_exempt: bool) -> np.ndarray:
    """For whom no day of the month carries a quota or has calls that count."""
    days: PersonDays | None = book.kept.get("days")
    if days is None:
        return np.zeros(len(book.people), dtype=bool)
    made = (days.sums if with_exempt else days.done)["rows"] > 0
    return ~_with_quota(days, book.kept["keep_exempt"]).any(axis=1) & ~made


def _call_logs(book: Book, counting: str, with_exempt: bool) -> list[ExactArray]:
    """Minutes and calls of the assessed days; missing where an attended day has no row."""
    days: PersonDays | None = book.kept.get("days")
    if days is None:
        return [missing(len(book.people))] * 2
    sums = days.sums if with_exempt else days.done
    return [where(days.lacking, None, sums[name]) for name in ("talk_minutes", counting)]


def _notes() -> tuple[str, str]:
    return say("通时", "talk time"), say("通次", "calls")


def _days_met(days: PersonDays, talk: ExactArray, calls: ExactArray, counting: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows of calls of assessed days, and whether each meets both daily quotas or misses one; neither while a number lacks."""
    made = days.calls
    rows = np.flatnonzero(days.assessed[made.person, made.column])
    person = made.person[rows]
    pairs = [(made.numbers[name][rows], quota[person]) for name, quota in (("talk_minutes", talk), (counting, calls))]
    return rows, np.all([done >= least for done, least in pairs], axis=0), np.any([done < least for done, least in pairs], axis=0)


def _share_of_days_met(book: Book, counting: str) -> ExactArray:
    """Days meeting both quotas over assessed days; missing with the calls."""
    met, assessed = given_by_month(book, "days_met"), given_by_month(book, "assessed_days")
    days: PersonDays | None = book.kept.get("days")
    if days is not None:
        rows, reached, missed = _days_met(days, *_daily_quotas(book), counting)
        derived, lacking = np.bincount(days.calls.person[rows[reached]], minlength=len(book.people)), days.lacking.copy()
        lacking[days.calls.person[rows[~reached & ~missed]]] = True
        met = first_given(met, where(lacking, None, exact(derived)))
        assessed = first_given(assessed, exact(days.assessed.sum(axis=1)))
    return where(has_quota(book), ratio(met, assessed), None)


def _daily_quotas(book: Book) -> tuple[ExactArray, ExactArray]:
    return book.people["daily_talk"].array, book.people["daily_calls"].array


def _low_days(sheet: pd.DataFrame, days: PersonDays, talk: ExactArray, calls: ExactArray, counting: str, bound: np.ndarray) -> pd.DataFrame:
    """每日未达定额名单: every assessed day below the daily quota of minutes or calls."""
    made, (rows, _, missed) = days.calls, _days_met(days, talk, calls, counting)
    low = rows[missed & bound[made.person[rows]]]
    person, days_of = made.person[low], sheet.iloc[made.rows[low]]
    return pd.DataFrame(
        {
            "employee_id": days_of["employee_id"].to_numpy(),
            "date": days_of["date"].to_numpy(),
            "talk_minutes": made.numbers["talk_minutes"][low],
            "daily_talk": talk[person],
            "calls": made.numbers[counting][low],
            "daily_calls": calls[person],
        }
    )


def _some_people(numbers: dict[str, ExactArray], ids: pd.Index, chosen: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({name: values[chosen] for name, values in numbers.items()}, index=ids[chosen])


def _checks_due(checks: pd.DataFrame, people: pd.Index, spans: dict[date, date]) -> pd.DataFrame:
    """应检查名单: whom nobody has checked from the first to the last day of a span."""
    due = []
    for start, end in spans.items():
        done = checks["employee_id"][checks["date"].between(pd.Timestamp(start), pd.Timestamp(end))]
        due.append(pd.DataFrame({"employee_id": people.difference(pd.Index(done)), "until": pd.Timestamp(end)}))
    return pd.concat(due, ignore_index=True) if due else pd.DataFrame()


def _yes_no_or_missing(met: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    result = met.astype(object)
    result[unknown] = None
    return result


def _first_calendar_month(book: Book) -> tuple[np.ndarray, np.ndarray]:
    met = book.people["basic_met"].to_numpy(dtype=object)
    if book.period is None:
        return np.zeros(len(met), dtype=bool), met
    hired, _ = employment(book)
    return (hired >= day64(book.period.first)) & (hired <= day64(book.period.last)), met


def _first_thirty_days(book: Book, keep_exempt: bool) -> tuple[np.ndarray, np.ndarray]:
    hired, _ = employment(book)
    if book.period is None:
        return np.zeros(len(hired), dtype=bool), np.full(len(hired), None, dtype=object)
    ends = hired + np.timedelta64(29, "D")
    mine = (ends >= day64(book.period.first)) & (ends <= day64(book.period.last))
    days = person_days(book, add_months(book.period.first, -1), book.period.last)
    inside = (days.dates >= hired[:, None]) & (days.dates <= ends[:, None])
    assessed = days.assessed & inside
    carried = exact((days.scheduled & ~days.leave & inside if keep_exempt else assessed).sum(axis=1))
    done = days.calls.sums(assessed, np.arange(len(hired)), 1)
    pairs = zip(("talk_minutes", book.policy["call_counting"]), _daily_quotas(book), strict=True)
    found = [(done[name], carried * daily) for name, daily in pairs]
    met, missed = np.all([have >= need for have, need in found], axis=0), np.any([have < need for have, need in found], axis=0)
    return mine, _yes_no_or_missing(met, (days.uncalled & assessed).any(axis=1) | ~met & ~missed)
