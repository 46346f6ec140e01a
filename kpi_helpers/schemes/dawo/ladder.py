"""接触量阶梯: weekly contact rates and the four-step ladder of warnings (3.4.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book, in_period
from kpi_helpers.calendar import Period
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, count_by, exact, missing, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.days import day64, person_days, sundays
from kpi_helpers.schemes.dawo.months import numbers_of
from kpi_helpers.schemes.dawo.reviews import Action, legal_note
from kpi_helpers.schemes.dawo.staff import employment, has_quota, persons
from kpi_helpers.tables import Tables


@dataclass
class Weeks:
    """每周接触: every person's weeks in the order of the weeks, with the row of the sheet behind each, -1 for none."""

    row: np.ndarray
    person: np.ndarray
    week_end: np.ndarray
    provided: ExactArray
    contacted: ExactArray
    rate: ExactArray
    entered: dict[str, tuple[np.ndarray, np.ndarray]]  # where the supervisor says something of a condition, and what: yes or no
    inside: np.ndarray  # of the month
    assessed: ExactArray | None = None  # days; those of absence without leave are among them
    calls: dict[str, ExactArray] | None = None  # of these days, missing where one that was attended has no row


@dataclass
class Steps:
    """阶梯: the weeks of the month, with the row of 每周接触 behind each, -1 for none, and the step it counts as, 0 for none."""

    row: np.ndarray
    person: np.ndarray
    week_end: np.ndarray
    rate: ExactArray
    step: np.ndarray

    def to(self, step: int) -> Steps:
        """The weeks that led to one of the steps."""
        return Steps(*(values[self.step == step] for values in vars(self).values()))


def check_weeks(tables: Tables) -> list[RowFault]:
    """每周接触: both numbers of a week, no more leads contacted than provided, and every week ends on a Sunday.

    A week that lacks a number is refused, so that it is not assessed; where no leads were provided none could be contacted.
    """
    rows = tables["contact_weeks"]
    unasked = rows["leads_provided"].array == 0
    blanks = {name: np.flatnonzero(rows[name].isna() & ~unasked) for name in ("leads_provided", "leads_contacted")}
    lacking = {int(row): name for name in reversed(blanks) for row in blanks[name]}  # one fault for each row
    problem = say("不能为空，该周不考核", "must not be blank, the week is not assessed")
    blank = [RowFault("contact_weeks", row, name, None, "blank", problem, stops=False) for row, name in sorted(lacking.items())]
    more = np.flatnonzero(rows["leads_contacted"].array > rows["leads_provided"].array)
    problem = say("不能多于提供名单数", "is more than the leads provided")
    faults = blank + [
        RowFault("contact_weeks", int(row), "leads_contacted", rows["leads_contacted"].iloc[row], "out_of_range", problem) for row in more
    ]
    odd = np.flatnonzero((rows["week_end"].notna() & (rows["week_end"].dt.day_of_week != 6)).to_numpy(dtype=bool))
    problem = say("不是星期日", "is no Sunday")
    return faults + [RowFault("contact_weeks", int(row), "week_end", rows["week_end"].iloc[row], "not_a_sunday", problem) for row in odd]


def contact_rates(book: Book, least: Number, counting: Literal["attempts", "connected"]) -> None:
    """3.4.3b 每个客户联系两次以上: a lead counts as contacted from so many contacts on.

    Weeks without a row in 每周接触 are filled from 名单接触, but for weeks with a lead whose contacts are not known: attempts
    are no stand-in for connected ones. `contact_rates` has the rate of all leads, by each minimum of 接触计数抽查 where it has any.
    """
    leads = book.table("lead_contacts")
    contacts = numbers_of(leads, "connected" if counting == "connected" else "contacts")
    if len(leads):
        minima = list(book.table("contact_probe")["contact_min_contacts"].array) or [least]
        known = not contacts.isna().any()
        book.outputs["contact_rates"] = [Fraction(int((contacts >= one).sum()), len(leads)) if known else None for one in minima]
    weeks = _all_weeks(book, leads, contacts, least)
    assessed, calls = _calls_by_week(book, weeks)
    book.kept["contact_weeks"] = replace(weeks, assessed=assessed, calls=calls)


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
    weeks, limits = book.kept["contact_weeks"], read_thresholds(thresholds)
    poor = _conditions(weeks, "habits_poor", _below_quota(book, weeks) if habits == "week_basic_unmet" else None)
    below = _conditions(weeks, "performance_below", _members_below(book, weeks) if performance == "incentive_below_1" else None)
    state = _climb(len(book.people), weeks, limits, poor, below, reset, condition_false == "repeat_previous", beyond == "repeat_4")
    words = np.array([*range(len(limits) + 1), *_STATES], dtype=object)
    month = (values[weeks.inside] for values in (weeks.row, weeks.person, weeks.week_end, weeks.rate, np.maximum(state, 0)))
    book.kept["ladder"] = Steps(*month)
    book.outputs["ladder_log"] = ladder = listing(_ladder_log, book.people.index, weeks, standard, state, words)
    book.outputs["weeks_to_review"] = listing(_flagged, ladder)
    _name_missing_weeks(book, clause, weeks)
    return Lines(missing(len(book.people)), result=_states(len(book.people), weeks, state, words))


def _check_thresholds(thresholds, **_):
    try:
        found = read_thresholds(thresholds)
    except (TypeError, ValueError, ZeroDivisionError):
        yield say(f"门槛“{thresholds}”看不懂，写作 0.60/0.65/0.70/0.70。", f"thresholds: '{thresholds}' is not like 0.60/0.65/0.70/0.70.")
        return
    if len(found) != _STEPS:
        yield say(f"阶梯有四步，门槛写四个或一个，不是 {len(found)} 个。", f"thresholds: four numbers or one, not {len(found)}.")
    if any(not 0 <= one <= 1 for one in found):
        yield say("门槛是接触率，应在 0 至 1 之间。", "thresholds: contact rates lie between 0 and 1.")


contact_ladder.check = _check_thresholds
contact_ladder.thresholds = {"standard": ("at_least", "ladder_log.rate"), "thresholds": ("below", "ladder_log.rate")}
contact_ladder.steps, contact_ladder.counted = "thresholds", {"ladder_log.rate": ("leads_contacted", "leads_provided")}


def ladder_step(book: Book, step: Whole, points: Number, notice: str) -> Lines:
    """3.4.3.1-3 第几次低于门槛: points for each week that led to this step; `notice` names the list of what follows."""
    steps: Steps = book.kept["ladder"].to(step)
    book.outputs[notice] = listing(_notice, book.people.index, steps)
    return _points(book, steps, points)


def lead_policy(book: Book, step: Whole, policy: str) -> Lines:
    """3.4.3.4a 次月调整: which leads a person gets in the next month; `policy` after this step, else the normal ones."""
    words = np.full(len(book.people), "normal", dtype=object)
    words[book.kept["ladder"].to(step).person] = policy
    book.outputs["lead_policy"] = listing(_lead_policies, book.people.index, words, policy)
    return Lines(missing(len(words)), result=words)


def persuasion_list(book: Book, clause: Clause, step: Whole, points: Number, action: Action) -> Lines:
    """3.4.3.4b 列为待劝退人员: points, and a review case with its evidence; never an action."""
    steps: Steps = book.kept["ladder"].to(step)
    if action is not None:
        days = np.datetime_as_string(steps.week_end, unit="D").tolist()
        detail = dict(zip(book.people.index[steps.person], days, strict=True))
        title = say("待劝退（供复核）", "to be persuaded to resign (for review)")
        book.flag("to_be_persuaded_to_resign", title, list(detail), clause, detail=detail, note=legal_note(), term="week_end")
    return _points(book, steps, points)


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
_STATES = ("stopped", "no_leads", "flagged")  # of a week that is no step
_STOPPED, _NO_LEADS, _FLAGGED = range(-len(_STATES), 0)  # where they stand in a list after all steps
_DAY = np.timedelta64(1, "D")
_SPANS = {"calendar_month": 1, "quarter": 3}  # months that share one ladder


def _all_weeks(book: Book, leads: pd.DataFrame, contacts: ExactArray, least: Number) -> Weeks:
    """The weeks of 每周接触 and, where it has none, those counted from the leads if the contacts of every lead are known."""
    if "week_end" not in leads or leads["week_end"].isna().all():
        return book.once(_weeks_in_order, book.period)
    said = pd.DataFrame({"contacted": contacts >= least, "unknown": contacts.isna()}, index=leads.index)
    weeks = said.groupby([leads["employee_id"], leads["week_end"]])
    counted = weeks.agg(leads_provided=("contacted", "size"), leads_contacted=("contacted", "sum"), unknown=("unknown", "any"))
    return _weeks_in_order(book.tables, book.period, counted[~counted["unknown"]].reset_index())


def _weeks_in_order(tables: Tables, period: Period | None, counted: pd.DataFrame | None = None) -> Weeks:
    """The rows of 每周接触, and of what was counted those that it has not, week by week in the order of the people."""
    rows = tables["contact_weeks"].assign(row=np.arange(len(tables["contact_weeks"])))
    if counted is not None:
        known, found = (pd.MultiIndex.from_frame(one[["employee_id", "week_end"]]) for one in (rows, counted))
        numbers = {name: exact(counted[name]) for name in ("leads_provided", "leads_contacted")}
        rows = pd.concat([rows, counted.assign(**numbers, row=-1)[~found.isin(known)]], ignore_index=True)
    rows["person"] = persons(tables, rows["employee_id"])
    rows = rows[(rows["person"] >= 0) & rows["week_end"].notna()].sort_values(["week_end", "person"])
    provided, contacted = rows["leads_provided"].array, rows["leads_contacted"].array
    rate = where(provided > 0, contacted / where(provided > 0, provided, 1), None)
    entered = {name: _entered(rows[name]) for name in ("habits_poor", "performance_below") if name in rows}
    row, person, week_end = (rows[name].to_numpy() for name in ("row", "person", "week_end"))
    return Weeks(row, person, week_end, provided, contacted, rate, entered, in_period(rows["week_end"], period))


def _entered(words: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    known = np.flatnonzero(words.notna())
    return known, words.to_numpy(dtype=object)[known].astype(bool)


def _conditions(weeks: Weeks, name: str, computed: np.ndarray | None) -> np.ndarray:
    """What the supervisor entered, else what the data say, else not."""
    result = np.zeros(len(weeks.row), dtype=bool) if computed is None else computed
    if name in weeks.entered:
        known, said = weeks.entered[name]
        result[known] = said
    return result


def _calls_by_week(book: Book, weeks: Weeks) -> tuple[ExactArray, dict[str, ExactArray]]:
    """The assessed days of each week, and minutes and calls of these days; missing where one that was attended has no row."""
    names = ("talk_minutes", "attempts", "connected")
    if not len(weeks.row) or not any(len(book.table(name)) for name in ("call_daily", "roster", "calendar")):
        return missing(len(weeks.row)), dict.fromkeys(names, missing(len(weeks.row)))
    first, last = (pd.Timestamp(day) for day in (weeks.week_end[0] - 6 * _DAY, weeks.week_end[-1]))
    number = ((last - first).days + 1) // 7
    days = person_days(book, first.date(), last.date(), number)
    cell = weeks.person * number + (weeks.week_end - first.to_datetime64()) // (7 * _DAY)
    assessed = exact(days.assessed.reshape(-1, 7).sum(axis=1)[cell])
    lacking = (days.uncalled & days.assessed).reshape(-1, 7).any(axis=1)[cell]
    return assessed, {name: where(lacking, None, days.done[name][cell]) for name in names}


def _below_quota(book: Book, weeks: Weeks) -> np.ndarray:
    """week_basic_unmet: minutes or calls of the week's assessed days are below its daily quotas; unknown is not, nor is who has none."""
    pairs = ("talk_minutes", "daily_talk"), (book.policy["call_counting"], "daily_calls")
    missed = [weeks.calls[done] < weeks.assessed * book.people[daily].array[weeks.person] for done, daily in pairs]
    return np.any(missed, axis=0) & has_quota(book)[weeks.person]


def _members_below(book: Book, weeks: Weeks) -> np.ndarray:
    """incentive_below_1: the month's members are below the target; other months are not known here."""
    behind = book.people["incentive_ratio"].array < 1
    return behind[weeks.person] & weeks.inside


def _climb(people: int, weeks: Weeks, thresholds, poor, below, reset, repeat_previous, repeat_last) -> np.ndarray:
    """The ladder over all people at once, week by week: the step that each week counts as, 0 for none, or why it cannot be one."""
    size, level = len(weeks.row), np.zeros(people, dtype=np.int64)
    stopped_week = np.full(people, np.datetime64("NaT"), dtype=weeks.week_end.dtype)
    # by step: is the week low enough for it, and does its further condition hold? Beyond the last step nothing is low
    always = np.ones(size, dtype=bool)
    low = np.array([*(weeks.rate < one for one in thresholds), ~always])
    fits = np.array([always, always, poor, below, always])
    without, state = weeks.provided == 0, np.zeros(size, dtype=np.int64)
    starts = _begins(weeks.week_end)
    ends = weeks.week_end[starts]
    months = ends.astype("datetime64[M]").astype(np.int64)
    anew = np.diff(months // _SPANS[reset], prepend=0) != 0 if reset in _SPANS else np.zeros(len(ends), dtype=bool)
    for end, new, rows in zip(ends, anew, np.split(np.arange(size), starts[1:]) if size else (), strict=True):
        if new:
            level[:] = 0
        person = weeks.person[rows]
        before, stopped = level[person], stopped_week[person] == end
        next_step = np.minimum(before + 1, len(thresholds) + (not repeat_last))
        lacking = low[next_step - 1, rows] & ~stopped & ~without[rows]
        taken = np.where(lacking, np.where(fits[next_step - 1, rows], next_step, before * repeat_previous), 0)
        level[person] = np.maximum(before, taken)
        stopped_week[person[taken == 2]] = end + 7 * _DAY
        unable = np.where(stopped, _STOPPED, np.where(without[rows], _NO_LEADS, np.where(lacking, _FLAGGED, 0)))
        state[rows] = np.where(taken > 0, taken, unable)
    return state


def _begins(week_end: np.ndarray) -> np.ndarray:
    """Where each week begins in a list that goes week by week."""
    return np.flatnonzero(np.append(True, week_end[1:] != week_end[:-1])) if len(week_end) else np.zeros(0, dtype=np.intp)


def _ladder_log(ids: pd.Index, weeks: Weeks, standard: Fraction, state: np.ndarray, words: np.ndarray) -> pd.DataFrame:
    """接触量记录: the weeks of the month with their rates, steps and states."""
    columns = {
        "employee_id": ids[weeks.person],
        "week_end": weeks.week_end,
        "leads_provided": weeks.provided,
        "leads_contacted": weeks.contacted,
        "rate": weeks.rate,
        "reached": np.where(weeks.rate.isna(), None, weeks.rate >= standard),
        "step": np.maximum(state, 0),
        "state": words[state],
    }
    return pd.DataFrame({name: values[weeks.inside] for name, values in columns.items()})


def _flagged(log: pd.DataFrame) -> pd.DataFrame:
    """待主管确认的周: low weeks whose further condition does not hold."""
    return log[log["state"] == "flagged"].reset_index(drop=True)


def _notice(ids: pd.Index, steps: Steps) -> pd.DataFrame:
    """Whom a step concerns, and from which day on."""
    columns = {"employee_id": ids[steps.person], "week_end": steps.week_end, "rate": steps.rate}
    return pd.DataFrame({**columns, "effective": steps.week_end + _DAY})


def _lead_policies(ids: pd.Index, words: np.ndarray, policy: str) -> pd.DataFrame:
    """Who gets other leads than the normal ones."""
    return pd.DataFrame({"employee_id": ids[words == policy], "policy": policy})


def _points(book: Book, steps: Steps, points) -> Lines:
    """Points for every one of these weeks; a week counted from the leads has no row to show."""
    count, entered = count_by(steps.person, len(book.people)), steps.row >= 0
    return Lines(count * points, count, Cells("contact_weeks", steps.row[entered], steps.person[entered], "leads_contacted"))


def _states(people: int, weeks: Weeks, state: np.ndarray, words: np.ndarray) -> np.ndarray:
    """阶梯: the states of each person's weeks of the month, in their order; people whose weeks are alike share one list."""
    inside = np.flatnonzero(weeks.inside)
    starts = _begins(weeks.week_end[inside])
    week = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(inside)))
    table = np.zeros((people, len(starts)), dtype=np.int64)
    table[weeks.person[inside], week] = np.arange(1, len(words) + 1)[state[inside]]  # the words of odd states stand at the end
    # people are many, but few differ in their weeks, which one number says of each: a digit for every week, 0 for none
    digits = (len(words) + 1) ** np.arange(len(starts), dtype=np.int64 if len(starts) < 16 else object)
    codes, found = pd.factorize(table @ digits)
    one_of = np.zeros(len(found), dtype=np.intp)
    one_of[codes] = np.arange(people)
    lists = np.empty(len(found), dtype=object)
    for place, row in enumerate(table[one_of].tolist()):
        lists[place] = [words[kind - 1] for kind in row if kind]
    return lists[codes]


def _name_missing_weeks(book: Book, clause: Clause, weeks: Weeks) -> None:
    """A week without a row is not assessed; the weeks and how many people lack them are named once for the department."""
    if book.period is None:
        return
    (hired, left), bound = employment(book), has_quota(book) & book.complete()
    lacking = {}
    for sunday in sundays(book.period.first, book.period.last):
        day = day64(sunday)
        first, end = (np.searchsorted(weeks.week_end, day, side) for side in ("left", "right"))
        expected = bound & (hired <= day) & (left >= day)
        expected[weeks.person[first:end]] = False
        if expected.any():
            lacking[sunday.isoformat()] = int(expected.sum())
    if lacking:
        title = say("每周接触数据不全，相应周未考核", "weeks without contact data were not assessed")
        book.flag("contact_weeks_missing", title, ["department"], clause, "department", {"department": lacking}, term="people_without_data")
