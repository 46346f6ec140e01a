"""维康体检 员工百分考核制度: 100 points in six capped sections."""

from __future__ import annotations

import re
from copy import copy
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book, published
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.events import discretion, entered_points, event_day, has_text
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.numbers import ExactArray, clip, constant, count_by, exact, half_up, missing, sum_by, text, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.rules import discretionary, section
from kpi_helpers.schemes import by_clause
from kpi_helpers.tables import Tables

_DAY = 24 * 60  # minutes


def score(policy: Policy, tables: Tables) -> Result:
    """维康百分考核: employees with six sections, total and bonus; tables['annual'] from month_totals."""
    return by_clause(policy, _this_month(policy, _with_minutes(policy, tables)))


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """酌情分值: whole points for 2.B1, within 0 and the highest for a few minutes (2.A1.2); no row from before or after employment."""
    faults = [*_broken_points(tables["events"]), *_minutes_discretion(policy, tables["attendance"])]
    for name, days in (("attendance", tables["attendance"]["date"]), ("events", event_day(tables["events"]))):
        faults += _outside_employment(tables, name, days)
    return faults


def _broken_points(events: pd.DataFrame) -> list[RowFault]:
    entered = entered_points(events)
    counts = ((events["clause"] == "2.B1") & (events["status"] == "confirmed")).to_numpy(dtype=bool)
    broken = counts & (entered.den > 1) & (entered.num % np.maximum(entered.den, 1) != 0)
    problem = say("应为整数", "must be a whole number")
    return [RowFault("events", int(row), "points", entered[int(row)], "not_whole", problem) for row in np.flatnonzero(broken)]


def _minutes_discretion(policy: Policy, rows: pd.DataFrame) -> list[RowFault]:
    entered, highest = entered_points(rows), policy["late_minor_max"]
    problem = say(f"酌情分值应在 0 至 {text(highest)} 之间", f"must lie within 0 and {text(highest)}")
    return [
        RowFault("attendance", int(row), "points", entered[int(row)], "out_of_range", problem)
        for row in np.flatnonzero(~entered.isna() & ((entered < 0) | (entered > highest)))
    ]


def _outside_employment(tables: Tables, name: str, days: pd.Series) -> list[RowFault]:
    """Rows dated before the person was hired or after they left: listed and left out."""
    people = tables["employees"].drop_duplicates("employee_id").set_index("employee_id")
    hired, left = (people[column].reindex(tables[name]["employee_id"]).to_numpy() for column in ("hire_date", "leave_date"))
    day = pd.to_datetime(days).dt.normalize().to_numpy()
    problem = say("当日不在职", "lies outside the person's employment")
    return [
        RowFault(name, int(row), "date", days.iloc[row], "not_employed", problem, stops=False)
        for row in np.flatnonzero((day < hired) | (day > left))
    ]


def _with_minutes(policy: Policy, tables: Tables) -> Tables:
    """Minutes late or early from the time of signing and the shift table, where HR gave one (2.A1.0b); typed minutes win."""
    shifts, rows = policy["shift_table"], tables["attendance"]
    minutes = exact(rows["minutes"]) if "minutes" in rows else missing(len(rows))
    if shifts != "HR" and "shift" in rows:
        starts, ends = (rows["shift"].map({name: _clock(name, shift, side) for name, shift in shifts.items()}) for side in ("start", "end"))
        signed = (rows["signed_at"] - rows["date"].fillna(rows["signed_at"].dt.normalize())) // pd.Timedelta(minutes=1)
        night = ends <= starts
        late, early = _apart(signed - starts, night), _apart(ends - signed, night)
        found = late.where(rows["kind"] == "late", early).where(rows["kind"] != "absent").clip(lower=0)
        minutes = where(minutes.isna(), exact(found.astype(float)), minutes)
    kept = copy(tables)
    kept["attendance"] = rows.assign(minutes=minutes)
    return kept


def _apart(minutes: pd.Series, night: pd.Series) -> pd.Series:
    """Minutes apart by the clock; in a shift through the night by the shorter way round it."""
    return minutes.where(~night, (minutes + _DAY // 2) % _DAY - _DAY // 2)


def _clock(name: str, shift, side: str) -> int:
    if not isinstance(shift, dict) or side not in shift:
        hint = say('写作 {早班: {start: "08:30", end: "17:30"}}。', 'Write {early: {start: "08:30", end: "17:30"}}.')
        raise PolicyError(Fault(f"shift_table {name}", say(f"缺少 {side}", f"has no {side}"), hint))
    return _minutes(shift[side])


def _this_month(policy: Policy, tables: Tables) -> Tables:
    """Only this month's attendance and only this year's totals."""
    if policy.period is None:
        return tables
    kept = copy(tables)
    days, months = tables["attendance"]["date"], tables["month_totals"]["month"]
    inside = days.isna() | ((days >= pd.Timestamp(policy.period.first)) & (days <= pd.Timestamp(policy.period.last)))
    kept["attendance"] = tables["attendance"][inside].reset_index(drop=True)
    year = months.between(policy.period.months[-1][:4], policy.period.months[-1])
    kept["month_totals"] = tables["month_totals"][year].reset_index(drop=True)
    return kept


def assessors(book: Book, leaders: Literal["department_head", "peer leader"]) -> None:
    """1b 组长考核: who assesses whom; leaders by the department head or, by choice, by the next leader.

    People who joined after the month or left before it are not assessed.
    """
    people = book.people
    if book.period is not None:
        gone = (people["hire_date"] > pd.Timestamp(book.period.last)) | (people["leave_date"] < pd.Timestamp(book.period.first))
        book.mark(gone.to_numpy(dtype=bool), "not_assessed")
    if "leader_id" not in people:
        return
    head = say("部门负责人", "head of department")
    ids = sorted(people["leader_id"].dropna().unique())
    peers = dict(zip(ids, [*ids[1:], *ids[:1]], strict=True)) if leaders == "peer leader" and len(ids) > 1 else {}
    above = people["leader_id"].mask(people.index.isin(ids), people.index.map(lambda id: peers.get(id, head)))
    book.outputs["assessors"] = pd.DataFrame({"assessor": above.fillna(head)})


def minutes_known(book: Book, records: Records) -> None:
    """2.A1.0b 签到时间: somebody late or early by unknown minutes has no result yet; missing is not zero."""
    frame = records.frame
    unknown = frame["kind"].isin(["late", "early"]).to_numpy(dtype=bool) & ~_excused(frame) & exact(frame["minutes"]).isna()
    book.mark(book.people.index[records.units[unknown]], "incomplete", ["minutes"])


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
        days = chosen.frame["date"].dt.strftime("%Y-%m-%d").groupby(book.people.index[chosen.units].to_numpy(dtype=object)).agg(list)
        book.flag("external_rule_attendance", title, days.index, clause, detail=days.to_dict(), term="days_absent")
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
) -> list[Lines]:
    """2.B1 差错并影响工作: entered points 1-10 of errors that affected work, in the afternoon window (2.cap.6).

    Errors outside the window or without effect are recorded with 0 points; points that nobody approved are flagged.
    """
    counts = _affecting(records.column("affected_work"), records.column("occurred_at"), window, start, end)
    _flag_unapproved(book, clause, records.pick(counts))
    free = records.pick(~counts)
    return [
        discretionary(book, clause, records.pick(counts), sign, low, high, "low" if blank == "min" else blank),
        Lines(constant(0, free.size), free.count(), free.cells("clause"), note=say("只记录，不扣分", "recorded, no points")),
    ]


def _affecting(affected: pd.Series, occurred: pd.Series, window: str, start: str, end: str) -> np.ndarray:
    """Errors that affected work, within the window; a mere date has no time of day, and its error is taken to lie in it."""
    counts = affected.to_numpy(dtype=bool)
    if window == "all_day":
        return counts
    minute = occurred.dt.hour * 60 + occurred.dt.minute
    inside = (minute >= _minutes(start)) & (minute <= _minutes(end))
    return counts & (minute.isna() | inside | (occurred == occurred.dt.normalize())).to_numpy(dtype=bool)


def _worth(events: pd.DataFrame, arguments: dict) -> ExactArray:
    """What each error is worth beside others of the same fact: nothing where it is only recorded."""
    counts = _affecting(events["affected_work"], events["occurred_at"], *(arguments[name] for name in ("window", "start", "end")))
    blank = {"min": "low"}.get(arguments["blank"], arguments["blank"])
    return where(counts, discretion(events, {**arguments, "blank": blank}), 0)


sop_errors.worth = _worth


def _flag_unapproved(book: Book, clause: Clause, records: Records) -> None:
    if "approver" not in records.source:
        return
    entered = entered_points(records.source)[records.rows]
    bare = records.pick(~has_text(records.column("approver")) & ~entered.isna())
    ids = bare.column("event_id").groupby(book.people.index[bare.units].to_numpy(dtype=object)).agg(list)
    book.flag("no_approval", say("差错扣分未经审批", "points without approval"), ids.index, clause, detail=ids.to_dict(), term="event_id")


def section_left(book: Book, clause: Clause, cap: Number, floor_at_zero: YesNo) -> list[Lines]:
    """2.cap.1-6 各部分满分: what is left of a section; by choice it may fall below zero."""
    return section(book, clause, cap, 0 if floor_at_zero else None)


def hundred_points(book: Book, clause: Clause, base: Number, floor_by_section: YesNo) -> list[Lines]:
    """1a 基础分100分: the sum of the six sections; where sections may be negative, the base less all points, down to 0.

    Sections whose caps do not add up to the base are flagged.
    """
    raw = book.posted("employee")
    caps = sum(c.arguments["cap"] for c in book.policy.clauses if c.kind == "section_cap")
    if caps != base:
        title = say(f"各部分满分合计 {text(caps)}，不等于基础分 {text(base)}", f"the sections add up to {text(caps)}, not to {text(base)}")
        book.flag("sections_and_base", title, ["department"], clause, "department")
    final = raw if floor_by_section else clip(raw + (base - caps), 0)
    return [Lines(final - raw, result=published(book, final), note=say("由基础分起扣，扣至 0 为止", "from the base, held at 0"))]


def bonus_and_annual(
    book: Book, link: Literal["linear"] | None, bonus_base: Number, full_score: Number, annual: Literal["mean_of_months", "sum"]
) -> Lines:
    """1c 月奖金及年终评奖: by choice base × total / 100; the annual score of everybody with published months."""
    scores = book.once(_annual_scores, annual)
    if len(scores):
        book.outputs["annual"] = scores
    totals = book.people["total"].array
    bonus = missing(len(totals)) if link is None else half_up(totals * bonus_base / full_score)
    return Lines(bonus, totals, result=bonus)


def _annual_scores(tables: Tables, annual: str) -> pd.Series:
    months = tables["month_totals"]
    months = months[months["total"].notna()]
    codes, ids = pd.factorize(months["employee_id"])
    sums, counts = sum_by(months["total"].array, codes, len(ids)), count_by(codes, len(ids))
    return pd.Series(half_up(sums / counts if annual == "mean_of_months" else sums), index=pd.Index(ids))


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
    """Minutes since midnight of a time such as 12:00."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", clock)
    if match is None:
        raise PolicyError(Fault(clock, say("不是时间（写作 12:00）", "is not a time (write 12:00)")))
    return int(match[1]) * 60 + int(match[2])
