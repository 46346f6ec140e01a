"""接触量阶梯: weekly contact rates and the four-step ladder of warnings (3.4.3)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.listing import grouped, listing, lists_of
from kpi_helpers.numbers import count_by, exact, missing, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.days import day64, first_given, person_days, sundays
from kpi_helpers.schemes.dawo.staff import employment, has_quota
from kpi_helpers.tables import Tables

_WEEK = pd.Timedelta(days=7)


def check_weeks(tables: Tables) -> list[RowFault]:
    """每周接触: no more leads contacted than provided, and every week ends on a Sunday."""
    rows = tables["contact_weeks"]
    more = np.flatnonzero(rows["leads_contacted"].array > rows["leads_provided"].array)
    problem = say("不能多于提供名单数", "is more than the leads provided")
    faults = [
        RowFault("contact_weeks", int(row), "leads_contacted", rows["leads_contacted"].iloc[row], "out_of_range", problem) for row in more
    ]
    odd = np.flatnonzero((rows["week_end"].notna() & (rows["week_end"].dt.day_of_week != 6)).to_numpy(dtype=bool))
    problem = say("不是星期日", "is no Sunday")
    return faults + [RowFault("contact_weeks", int(row), "week_end", rows["week_end"].iloc[row], "not_a_sunday", problem) for row in odd]


def contact_rates(book: Book, least: Number, counting: Literal["attempts", "connected"]) -> None:
    """3.4.3b 每个客户联系两次以上: a lead counts as contacted from so many contacts on.

    Weeks without a row in 每周接触 are filled from 名单接触. A table contact_probe compares other minima.
    """
    leads = book.table("lead_contacts")
    contacts = leads["contacts"].array
    if counting == "connected" and "connected" in leads:
        contacts = first_given(leads["connected"].array, contacts)
    probes = book.table("contact_probe")["contact_min_contacts"].array
    if len(leads):
        minima = list(probes) if len(probes) else [least]
        book.outputs["contact_rates"] = [Fraction(int((contacts >= one).sum()), len(leads)) for one in minima]
    book.kept["contact_weeks"] = _all_weeks(book, leads, np.asarray(contacts >= least))


def contact_ladder(
    book: Book,
    clause: Clause,
    standard: Number,
    thresholds: list[Number] | str | Number,
    reset: Literal["calendar_month", "quarter", "never"],
    condition_false: Literal["stay", "repeat_previous"],
    beyond: Literal["no_further", "repeat_4"],
    habits: Literal["week_basic_unmet", "manual"],
    performance: Literal["incentive_below_1", "manual"],
) -> Lines:
    """3.4.3a 每周接触量: every week's rate, and the step it takes each person to; `ladder` lists the month's weeks.

    States: 1-4 the step taken, 0 none, stopped, no_leads, flagged (low, but the step's condition is false: the
    supervisor decides). A stop carries over a month end, the level does not (unless `reset` says so).
    """
    log = book.kept["contact_weeks"].copy()
    steps = read_thresholds(thresholds)
    poor = _conditions(log, "habits_poor", _week_below_quota(book, log) if habits == "week_basic_unmet" else None)
    below = _conditions(log, "performance_below", _members_below(book, log) if performance == "incentive_below_1" else None)
    log["step"], log["state"] = _climb(book, log, steps, poor, below, reset, condition_false == "repeat_previous", beyond == "repeat_4")
    provided = log["leads_provided"].array
    log["rate"] = where(provided > 0, log["leads_contacted"].array / where(provided > 0, provided, 1), None)
    log["reached"] = log["rate"].array >= standard
    log = log[book.in_period(log["week_end"])]
    book.kept["ladder"] = log[["person", "employee_id", "week_end", "row", "rate", "step"]]
    shown = ["employee_id", "week_end", "leads_provided", "leads_contacted", "rate", "reached", "step", "state"]
    book.outputs["ladder_log"] = ladder = listing(_renumbered, log[shown])
    book.outputs["weeks_to_review"] = listing(_flagged, ladder)
    _name_missing_weeks(book, clause, log)
    return Lines(missing(len(book.people)), result=_states(book, log))


contact_ladder.thresholds = {"standard": ("at_least", "ladder_log.rate"), "thresholds": ("below", "ladder_log.rate")}
contact_ladder.steps, contact_ladder.counted = "thresholds", {"ladder_log.rate": ("leads_contacted", "leads_provided")}


def ladder_step(book: Book, step: Whole, points: Number, notice: str) -> Lines:
    """3.4.3.1-3 第几次低于门槛: points for each week that led to this step; `notice` names the list of what follows."""
    rows = _steps(book, step)
    book.outputs[notice] = rows[["employee_id", "week_end", "rate"]].assign(effective=rows["week_end"] + pd.Timedelta(days=1))
    return _points(book, rows, points)


def lead_policy(book: Book, step: Whole, policy: str) -> Lines:
    """3.4.3.4a 次月调整: which leads a person gets in the next month; `policy` after this step, else the normal ones."""
    words = np.full(len(book.people), "normal", dtype=object)
    words[book.codes(_steps(book, step)["employee_id"])] = policy
    chosen = words == policy
    book.outputs["lead_policy"] = pd.DataFrame({"employee_id": book.people.index[chosen], "policy": words[chosen]})
    return Lines(missing(len(words)), result=words)


def persuasion_list(book: Book, clause: Clause, step: Whole, points: Number, action: Literal["review_flag_only"] | None) -> Lines:
    """3.4.3.4b 列为待劝退人员: points, and a review case with its evidence; never an action."""
    rows = _steps(book, step)
    if action is not None:
        detail = dict(zip(rows["employee_id"], rows["week_end"].dt.strftime("%Y-%m-%d"), strict=True))
        note = say(
            "末位或未达标本身不是合法解除理由，须由人事复核。", "Ranking or targets alone are no lawful ground to dismiss; HR reviews."
        )
        title = say("待劝退（供复核）", "to be persuaded to resign (for review)")
        book.flag("to_be_persuaded_to_resign", title, list(detail), clause, detail=detail, note=note)
    return _points(book, rows, points)


def read_thresholds(thresholds) -> list[Fraction]:
    """The thresholds of the four steps; one number stands for all four.

    >>> read_thresholds("0.60/0.65/0.70/0.70")[1]
    Fraction(13, 20)
    """
    parts = thresholds.split("/") if isinstance(thresholds, str) else thresholds if isinstance(thresholds, list) else [thresholds]
    found = [Fraction(part) for part in parts]
    return found * _STEPS if len(found) == 1 else found


# -- parts -----------------------------------------------------------------------------------------------------------

_STEPS = 4  # 3.4.3 has four steps
_CONDITION_FROM = 3  # steps 1 and 2 have no further condition


def _all_weeks(book: Book, leads: pd.DataFrame, contacted: np.ndarray) -> pd.DataFrame:
    """Every person's weeks by date, with the row of 每周接触 behind each (-1 where it was counted from the leads)."""
    weeks = book.table("contact_weeks").copy()
    weeks["row"] = np.arange(len(weeks))
    if "week_end" in leads and leads["week_end"].notna().any():
        counted = pd.DataFrame(
            {"employee_id": leads["employee_id"], "week_end": leads["week_end"], "leads_contacted": contacted.astype(np.int64)}
        )
        counted = counted.groupby(["employee_id", "week_end"], as_index=False).agg(
            leads_provided=("leads_contacted", "size"), leads_contacted=("leads_contacted", "sum")
        )
        known = pd.MultiIndex.from_frame(weeks[["employee_id", "week_end"]])
        counted = counted[~pd.MultiIndex.from_frame(counted[["employee_id", "week_end"]]).isin(known)]
        numbers = {name: exact(counted[name]) for name in ("leads_provided", "leads_contacted")}
        weeks = pd.concat([weeks, counted.assign(**numbers, row=-1)], ignore_index=True)
    weeks["person"] = book.codes(weeks["employee_id"])
    return weeks[(weeks["person"] >= 0) & weeks["week_end"].notna()].sort_values(["week_end", "person"], ignore_index=True)


def _conditions(log: pd.DataFrame, name: str, computed: np.ndarray | None) -> np.ndarray:
    """What the supervisor entered, else what the data say, else not."""
    entered = log[name].to_numpy(dtype=object) if name in log else np.full(len(log), None, dtype=object)
    known = ~pd.isna(entered)
    result = np.zeros(len(log), dtype=bool) if computed is None else computed.copy()
    result[known] = entered[known].astype(bool)
    return result


def _week_below_quota(book: Book, log: pd.DataFrame) -> np.ndarray:
    """week_basic_unmet: minutes or calls of the week's assessed days are below its daily quotas; unknown is not."""
    if not len(log) or not len(book.table("call_daily")):
        return np.zeros(len(log), dtype=bool)
    first, last = (log["week_end"].min() - pd.Timedelta(days=6)).date(), log["week_end"].max().date()
    weeks = ((last - first).days + 1) // 7
    days, person = person_days(book, first, last, weeks), log["person"].to_numpy()
    cell = person * weeks + (log["week_end"] - pd.Timestamp(first)).dt.days.to_numpy() // 7
    assessed = exact(days.assessed.reshape(-1, 7).sum(axis=1)[cell])
    done, low = days.done(), np.zeros(len(log), dtype=bool)
    for name, daily in (("talk_minutes", "daily_talk"), (book.policy["call_counting"], "daily_calls")):
        low |= done[name][cell] < assessed * book.people[daily].array[person]
    return low & (done["rows"][cell] > 0)


def _members_below(book: Book, log: pd.DataFrame) -> np.ndarray:
    """incentive_below_1: the month's members are below the target; other months are not known here."""
    behind = book.people["incentive_ratio"].array < 1
    return behind[log["person"].to_numpy()] & book.in_period(log["week_end"])


def _climb(book, log, thresholds, poor, below, reset, repeat_previous, repeat_last):
    """The ladder over all people at once, week by week: the step each row counts as (0 none), and its state in words."""
    level = np.zeros(len(book.people), dtype=np.int64)
    stopped_week = np.full(len(book.people), np.datetime64("NaT"), dtype="datetime64[us]")
    step, state = np.zeros(len(log), dtype=np.int64), np.full(len(log), 0, dtype=object)
    provided, contacted = log["leads_provided"].array, log["leads_contacted"].array
    limits = exact([*thresholds, 0])  # nobody is below 0: no step after the last
    span = None
    for week, rows in log.groupby("week_end", sort=True).indices.items():
        if span != (span := _span(week, reset)):
            level[:] = 0
        person = log["person"].to_numpy()[rows]
        stopped = stopped_week[person] == np.datetime64(week)
        without = ~stopped & (provided[rows] == 0)
        next_step = np.minimum(level[person] + 1, len(thresholds) if repeat_last else len(thresholds) + 1)
        low = ~stopped & ~without & (contacted[rows] < provided[rows] * limits[next_step - 1])
        fits = (next_step < _CONDITION_FROM) | np.where(next_step == _CONDITION_FROM, poor[rows], below[rows])
        taken = np.where(low & fits, next_step, np.where(low & ~fits & repeat_previous, level[person], 0))
        level[person] = np.maximum(level[person], taken)
        stopped_week[person[taken == 2]] = np.datetime64(week) + _WEEK.to_timedelta64()
        step[rows] = taken
        state[rows] = np.select([stopped, without, taken > 0, low], ["stopped", "no_leads", taken.astype(object), "flagged"], 0)
    return step, state


def _renumbered(log: pd.DataFrame) -> pd.DataFrame:
    return log.reset_index(drop=True)


def _flagged(log: pd.DataFrame) -> pd.DataFrame:
    return _renumbered(log[log["state"] == "flagged"])


def _span(week: pd.Timestamp, reset: str):
    """Weeks with the same span share one ladder."""
    return {"calendar_month": (week.year, week.month), "quarter": (week.year, week.quarter), "never": 0}[reset]


def _steps(book: Book, step: int) -> pd.DataFrame:
    log = book.kept["ladder"]
    return log[log["step"] == step].reset_index(drop=True)


def _points(book: Book, rows: pd.DataFrame, points) -> Lines:
    person = rows["person"].to_numpy(dtype=np.intp)
    count = count_by(person, len(book.people))
    entered = rows["row"].to_numpy(dtype=np.intp)
    cells = Cells("contact_weeks", entered[entered >= 0], person[entered >= 0], "leads_contacted")
    return Lines(count * points, count, cells)


def _states(book: Book, log: pd.DataFrame) -> np.ndarray:
    """阶梯: the states of each person's weeks in the order of the weeks."""
    ids, person = book.people.index, log["person"].to_numpy(dtype=np.intp)
    lists = grouped(person, log["state"].to_numpy(dtype=object))
    return lists_of(ids, dict(zip(ids[np.unique(person)], lists, strict=True)))


def _name_missing_weeks(book: Book, clause: Clause, log: pd.DataFrame) -> None:
    """A week without a row is not assessed; the weeks and how many people lack them are named once for the department."""
    if book.period is None:
        return
    hired, left = employment(book)
    lacking = {}
    for sunday in sundays(book.period.first, book.period.last):
        expected = has_quota(book) & book.complete() & (hired <= day64(sunday)) & (left >= day64(sunday))
        expected[log["person"][log["week_end"] == pd.Timestamp(sunday)]] = False
        if expected.any():
            lacking[sunday.isoformat()] = int(expected.sum())
    if lacking:
        title = say("每周接触数据不全，相应周未考核", "weeks without contact data were not assessed")
        book.flag("contact_weeks_missing", title, ["department"], clause, per="department", detail={"department": lacking})
