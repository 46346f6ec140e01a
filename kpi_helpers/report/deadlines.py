"""期限: until when people must rate, publish, appeal or answer, with the working days as the policy counts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from kpi_helpers.calendar import Workdays, calendar_exceptions, workdays_of
from kpi_helpers.language import say
from kpi_helpers.numbers import is_missing
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.names import known, word
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import show

DUE = ("publish_by", "rating_due", "due", "last", "appeal_deadline", "reply_deadline", "until")  # what the engine calls a last day
_SINCE = {"appeal_deadline": "received_on", "reply_deadline": "lodged_on"}  # what starts such a term; otherwise the end of the period
_MOST = 6  # names written out for one term


@dataclass(frozen=True)
class Deadline:
    """One last day: for what, for whom, when the term started, and how it stands."""

    day: date
    what: str
    about: str = ""
    since: date | None = None
    state: str = ""


def deadlines(view: View) -> list[Deadline]:
    """Every last day that the results name, the earliest first."""
    found: dict[Deadline, None] = {}
    for name, value in view.result.tables.items():
        for one in _within(view, name, value):
            found.setdefault(one)
    told = {(one.day, one.what) for one in found if one.state}
    return sorted(
        (one for one in found if one.state or one.about or (one.day, one.what) not in told), key=lambda one: (one.day, one.what, one.about)
    )


def table(view: View) -> Grid:
    """The deadlines, equal ones for several people in one row."""
    titles = (say("截止日", "last day"), say("事项", "what"), say("对象", "for whom"), say("工作日", "working days"), say("情况", "state"))
    groups: dict[tuple, list[str]] = {}
    for one in deadlines(view):
        groups.setdefault((one.day, one.what, one.since, one.state), []).append(one.about)
    days = workdays_of(view.policy, calendar_exceptions(view.result.inputs))
    rows = [[day, what, _names(about), _counted(view, days, day, since), state] for (day, what, since, state), about in groups.items()]
    return Grid(say("期限", "Deadlines"), [Column(title) for title in titles], rows)


def terms(view: View) -> list[str]:
    """The terms that the policy itself gives in working days: 申诉期限 3 个工作日."""
    unit = say("个工作日", "working days")
    return [
        f"{one.title} {show(one.value)} {unit}" for one in view.policy.parameters.values() if "工作日" in one.unit and one.value is not None
    ]


# -- what the results say ------------------------------------------------------------------------------------------------


def _within(view: View, name: str, value) -> Iterator[Deadline]:
    """The last days of one result: a day, a dict by period, or a table with a row each."""
    title = known(view.policy, name).title
    if name in DUE and (day := _day(value)):
        yield Deadline(day, title)
    elif isinstance(value, dict):
        for about, facts in value.items():
            yield from _of(view, title, "" if about == view.policy.month else about, facts) if isinstance(facts, dict) else ()
    elif isinstance(value, pd.DataFrame) and not set(DUE).isdisjoint(value.columns):
        for id, facts in zip(value.index, value.to_dict("records"), strict=True):
            yield from _of(view, title, facts.pop("employee_id", id if value.index.name == "employee_id" else ""), facts)


def _of(view: View, title: str, about, facts: dict) -> Iterator[Deadline]:
    """The last days in one row; what else the row says of its state stands beside them."""
    names = [name for name in DUE if name in facts and _day(facts[name])]
    who = view.person(about) if about in view.names else str(about)
    for name in names:
        if name == "appeal_deadline" and (_day(facts.get("lodged_on")) or "reply_deadline" in names):
            continue  # the appeal has been made
        what = title if name in ("due", "last", "until") else known(view.policy, name).title
        yield Deadline(_day(facts[name]), what, who, _day(facts.get(_SINCE.get(name))), _state(view, facts))


def _state(view: View, facts: dict) -> str:
    """逾期未答复; 公布日期 –; what says how the matter stands."""
    if facts.get("state") is not None:
        return str(word(known(view.policy, "state"), plain(facts["state"])))
    if "published_on" in facts:
        late = say("（已逾期）", " (overdue)") if facts.get("overdue") else ""
        day = _day(facts["published_on"])
        return (say(f"{day} 已公布", f"published on {day}") if day else say("没有登记公布日期", "no day of publication entered")) + late
    return ""


def _day(value) -> date | None:
    """A date of whatever kind a result holds it in."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return None if value is pd.NaT else value.date()
    return value if isinstance(value, date) and not is_missing(value) else None


# -- words -------------------------------------------------------------------------------------------------------------


def _names(about: list[str]) -> str:
    known = [one for one in about if one]
    more = say(f" 等 {len(known)} 人", f" and {len(known) - _MOST} more") if len(known) > _MOST else ""
    return "、".join(known[:_MOST]) + more


def _counted(view: View, days: Workdays, day: date, since: date | None) -> str:
    """考核期后第 5 个工作日; how far a last day lies behind what started the term."""
    start = since or (view.policy.period.last if view.policy.period else None)
    if start is None or day <= start:
        return say("考核期内", "within the period") if start else ""
    count = len(days.between(start + timedelta(days=1), day))
    guess = say("（放假安排未公布，按周一至周五推算）", " (no official calendar yet: Monday to Friday)") if days.unknown_years else ""
    after = say(f"{since} 起", f"after {since}") if since else say("考核期后", "after the period")
    return say(f"{after}第 {count} 个工作日", f"working day {count} {after}") + guess
