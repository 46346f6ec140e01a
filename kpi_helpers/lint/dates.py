"""日期: numbers not in force, windows without a working day, deadlines on days off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import chinese_calendar

from kpi_helpers.calendar import Period, Workdays, month_of
from kpi_helpers.errors import KpiError
from kpi_helpers.lint.findings import Finding, error, note, shared_rule, warning
from kpi_helpers.lint.told import listed
from kpi_helpers.policy import Clause, Parameter, Policy, value_text
from kpi_helpers.policy_file import load_policy

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def check_in_force(policy: Policy) -> Iterator[Finding]:
    """Dated numbers: none yet in the months to come, none any more, or a later version of the policy that does not load."""
    for parameter in policy.parameters.values():
        starts = _starts(parameter.filed)
        if not starts or parameter.overridden:
            continue
        first = policy.period.months[0] if policy.period else str(_today_or(starts[0]))
        if starts[0] > first:
            yield warning(
                parameter,
                f"“{parameter.name}”从 {starts[0]} 起才有值。",
                f"'{parameter.name}' has a value from {starts[0]} on only.",
                f"{first} 还没有生效的值，那个月算不出。",
                f"nothing is in force in {first}; that month cannot be computed.",
                "补上更早的值，如 {2026-01: …}。",
                "add the earlier value, e.g. {2026-01: …}.",
            )
        for start in starts:
            if parameter.filed[start] == "none" and start > first and "none" not in parameter.accepts:
                yield warning(
                    parameter,
                    f"“{parameter.name}”从 {start} 起没有值。",
                    f"'{parameter.name}' has no value from {start} on.",
                    f"{start} 写的是 none，那个月算不出。",
                    f"{start} says none; that month cannot be computed.",
                    "写出那时的数。",
                    "write the number of that time.",
                )
    for start in _changes(policy):
        try:
            load_policy(policy.path, start)
        except KpiError as stopped:
            for fault in stopped.faults:
                yield error(
                    fault.where,
                    f"{start} 起的数有误：{fault.problem}",
                    f"the numbers from {start} on: {fault.problem}",
                    f"{start} 那个月不能运行。",
                    f"the month {start} cannot be run.",
                    fault.hint or "改正从那个月起的数。",
                    fault.hint or "correct the number of that month.",
                )


def check_changes(policy: Policy) -> Iterator[Finding]:
    """Numbers that change in the midst of a quarter or a year, which goes by its last month; changes that change nothing."""
    for parameter in policy.parameters.values():
        for before, start in pairwise(_starts(parameter.filed)):
            whole = {"quarter": Period.parse(start).quarter(), "year": Period.parse(start[:4])}.get(policy.cycle)
            if whole is not None and whole.months[0] != start:
                yield warning(
                    parameter,
                    f"“{parameter.name}”从 {start} 起改变，不是 {whole} 的第一个月。",
                    f"'{parameter.name}' changes from {start} on, which is not the first month of {whole}.",
                    f"{whole} 整个考核期都按 {value_text(parameter.filed[start])} 计，包括 {whole.months[0]}。",
                    f"all of {whole} goes by {value_text(parameter.filed[start])}, {whole.months[0]} included.",
                    f"写考核期的第一个月：{whole.months[0]}，或下一期的第一个月。",
                    f"write the first month of the period, {whole.months[0]}, or that of the next.",
                )
            if parameter.filed[start] == parameter.filed[before]:
                yield note(
                    parameter,
                    f"“{parameter.name}”从 {start} 起的值与 {before} 起的一样。",
                    f"'{parameter.name}' is the same from {start} on as from {before} on.",
                    f"{start} 没有变化。",
                    f"nothing changes in {start}.",
                    "写出新的数，或删去这个月份。",
                    "write the new number, or delete the month.",
                )


def _starts(value) -> list[str]:
    dated = isinstance(value, dict) and value and all(isinstance(key, str) and _MONTH.fullmatch(key) for key in value)
    return sorted(value) if dated else []


def _today_or(first: str) -> str:
    """Without a period: the month now, but nothing is asked of the time before the policy's own effect."""
    return max(first, str(month_of(date.today())))


def _changes(policy: Policy) -> list[str]:
    """Months to come in which a number changes: of a parameter, or in a clause itself."""
    now = policy.period.months[-1] if policy.period else str(month_of(date.today()))
    path = Path(policy.path)
    written = re.findall(r"(\d{4}-(?:0[1-9]|1[0-2])) ?:", path.read_text(encoding="utf-8")) if path.is_file() else []
    return sorted({start for start in written if start > now})


def later_versions(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """The policy as it will stand in the months to come in which a number changes."""
    for start in _changes(policy):
        try:
            yield start, load_policy(policy.path, start)
        except KpiError:
            continue  # check_in_force says so


def check_effective_dates(policy: Policy) -> Iterator[Finding]:
    """生效日期 that lie after the period."""
    for clause in policy.clauses:
        day = clause.arguments.get("effective_from")
        if not isinstance(day, str):
            continue
        if policy.period and day > str(policy.period.last):
            yield warning(
                clause,
                f"考核期 {policy.period} 早于生效日期 {day}。",
                f"the period {policy.period} lies before {day}.",
                f"{policy.period.last} 时办法还没有生效。",
                f"on {policy.period.last} the policy was not in effect.",
                "用当时的办法，或改正生效日期。",
                "use the policy of that time, or correct the date.",
            )


def check_windows(policy: Policy) -> Iterator[Finding]:
    """Windows of days of a month (1 to 5) that hold no working day, or end on a day off, in the months of known calendars."""
    workdays = _workdays(policy)
    for clause in policy.clauses:
        first, last = clause.arguments.get("first_day"), clause.arguments.get("last_day")
        if not (isinstance(first, int) and isinstance(last, int)) or clause.arguments.get("shift_holidays"):
            continue
        months = _months(policy)
        empty, closing = [], []
        for month in months:
            begin, end = (date(month.first.year, month.first.month, min(day, month.last.day)) for day in (first, last))
            if not workdays.between(begin, end):
                empty.append(str(month))
            elif not workdays.is_workday(end):
                closing.append(str(end))
        if empty:
            yield warning(
                clause,
                f"每月 {first} 日至 {last} 日的窗口，有的月份没有一个工作日。",
                f"the window of day {first} to {last} has no working day in some months.",
                f"{listed(empty)}：{first} 日至 {last} 日全是休息日。",
                f"{listed(empty)}: all days off.",
                "两个办法：遇节假日顺延（按工作日数）；或在这些月份另定窗口。",
                "two ways: count working days instead (shift on holidays), or set another window for these months.",
            )
        if closing:
            yield _closing(clause, closing)


def check_deadlines(policy: Policy) -> Iterator[Finding]:
    """Deadlines on a fixed day that is a day off in some months; deadlines of no working days at all."""
    workdays = _workdays(policy)
    for clause in policy.clauses:
        due = clause.arguments.get("due")
        if due == "end_of_next_month" or clause.kind in ("publication", "deadline") and isinstance(due, int):
            ends = []
            for month in _months(policy):
                after = month.after()
                end = after.last if due == "end_of_next_month" else date(after.first.year, after.first.month, min(due, after.last.day))
                if end.year in {one.first.year for one in _months(policy)} and not workdays.is_workday(end):
                    ends.append(str(end))
            if ends:
                yield _closing(clause, ends)
        if shared_rule(clause) == "rating_due" and clause.arguments.get("workdays") == 0:
            period = policy.period or Period.parse(f"{_known_years(policy)[0]}-10")
            yield warning(
                clause,
                "评分期限为 0 个工作日：考核期一结束就逾期。",
                "0 working days for rating: late as soon as the period is over.",
                f"{period} 的评分要在 {period.last} 当天交。",
                f"ratings of {period} are due on {period.last} itself.",
                "写出几个工作日，如 workdays: 5。",
                "write a number of working days, e.g. workdays: 5.",
            )


def _closing(clause: Clause, days: list[str]) -> Finding:
    return note(
        clause,
        "截止日有时落在休息日，没有写是否顺延。",
        "the deadline sometimes falls on a day off, and nothing is said of it.",
        f"{listed(days)} 是休息日。",
        f"{listed(days)} are days off.",
        "写明提前到前一个工作日，或顺延到下一个工作日。",
        "say whether it moves to the working day before or after.",
    )


def check_dated_filters(policy: Policy) -> Iterator[Finding]:
    """Filters on the dates of records that the period checked does not touch."""
    if policy.period is None:
        return
    for clause in policy.clauses:
        table = policy.tables.get(clause.table)
        for one in clause.when if table is not None and not table.all_periods else ():
            for name, tests in one.items():
                low, high = (next((tests[word] for word in words if hasattr(tests.get(word), "date")), None) for words in _EDGES)
                before = high is not None and high.date() < policy.period.first
                after = low is not None and low.date() > policy.period.last
                if name in table.columns and name == table.day and (before or after):
                    heading, edge = table.columns[name].heading, (high if before else low).date()
                    yield warning(
                        clause,
                        f"筛选“{heading}”的日期不在考核期 {policy.period} 内，这一条不执行。",
                        f"the dates of '{heading}' lie outside {policy.period}.",
                        f"{policy.period} 的记录没有一行{'不晚于' if before else '不早于'} {edge}。",
                        f"no row of {policy.period} lies {'before' if before else 'after'} {edge}.",
                        "改正日期；数字按月不同请写 {2026-01: …, 2026-07: …}。",
                        "correct the date; for numbers that differ by month write {2026-01: …}.",
                    )


_EDGES = (("at_least", "above"), ("at_most", "below"))


def _workdays(policy: Policy) -> Workdays:
    mode = policy.parameters.get("common.workday_calendar")
    return Workdays(None, str(mode.value) if isinstance(mode, Parameter) else "cn_statutory")


def _known_years(policy: Policy) -> list[int]:
    """The year of the period and the next, as far as the state's calendar is out; else the last year that is."""
    known = {day.year for day in chinese_calendar.constants.holidays}
    year = policy.period.last.year if policy.period else max(known)
    return sorted({year, year + 1} & known) or [max(known)]


def _months(policy: Policy) -> list[Period]:
    return [Period.parse(f"{year}-{month:02d}") for year in _known_years(policy) for month in range(1, 13)]
