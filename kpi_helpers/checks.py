"""Rows that may not count: unknown people, clauses and groups, doubled keys, blanks, values outside their range."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from kpi_helpers.errors import Fault, PolicyError, did_you_mean
from kpi_helpers.events import may_count
from kpi_helpers.language import say
from kpi_helpers.numbers import missing, text
from kpi_helpers.tables import NOT_APPLICABLE, Tables, blank


@dataclass(frozen=True)
class RowFault:
    """One bad value in a row (position `row`) of a table.

    `stops` tells a workbook that must be mended first from a row that the policy itself refuses and lists (拒收).
    """

    table: str
    row: int
    column: str
    value: object
    reason: str
    problem: str
    hint: str = ""
    stops: bool = True


def check_rows(policy, tables: Tables) -> list[RowFault]:
    """Every bad row in tables that are already in engine types."""
    faults = []
    for name, table in policy.tables.items():
        frame = tables[name]
        faults += _blanks(table, frame)
        faults += _doubles(table, frame)
        faults += _unknown(policy, tables, table, frame)
    faults += _discretion(policy, tables)
    if policy.module is None:
        faults += _other_periods(policy, tables)
    own = getattr(policy.module, "check_rows", None)
    if own is None:
        return faults
    with own_program(policy):
        return faults + list(own(policy, tables))


@contextmanager
def own_program(policy):
    """The module of a scheme at work: where it looks for what its file no longer has, the file is at fault and not the program."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = say(
            f"方案 {policy.scheme} 的程序用不了这份办法（{type(error).__name__}：{error}）。",
            f"the program of {policy.scheme} cannot use this policy ({type(error).__name__}: {error}).",
        )
        hint = say("请核对删改过的数据表、列、参数与条款。", "Check the tables, columns, parameters and clauses that were changed.")
        raise PolicyError(Fault(policy.path, problem, hint)) from error


def refuse_rows(tables: Tables, faults: list[RowFault]) -> None:
    """Take the faulty rows out of their tables and list them in `tables.refused`."""
    doomed: dict[str, set[int]] = {}
    for fault in faults:
        tables.refused += tables.refusals(fault.table, [fault.row], fault.column, fault.reason, value=fault.value)
        doomed.setdefault(fault.table, set()).add(fault.row)
    for name, rows in doomed.items():
        tables[name] = tables[name].drop(index=sorted(rows)).reset_index(drop=True)
    sheets = list(tables)
    tables.refused.sort(key=lambda one: (sheets.index(one["table"]), one["row"]))  # as a reader goes through the workbook


def without_idle_rows(policy, tables: Tables, faults: list[RowFault]) -> list[RowFault]:
    """The faults without bad values in rows that do not count in this period anyway: left out by the policy, or events of no account."""
    if not faults:
        return []
    idle = {(one.table, one.row) for one in check_rows(policy, tables) if not one.stops and one.reason != "no_approver"}
    if "events" in tables:
        idle |= {("events", row) for row in np.flatnonzero(~may_count(policy, tables["events"])).tolist()}
    return [one for one in faults if one.reason not in _BAD_VALUES or (one.table, one.row) not in idle]


def _blanks(table, frame):
    for column in table.columns.values():
        if must_be_filled(table, column) and column.name in frame:
            excused = (
                frame[f"{column.name}{NOT_APPLICABLE}"] if column.may_not_apply and f"{column.name}{NOT_APPLICABLE}" in frame else False
            )
            for row in np.flatnonzero(frame[column.name].isna() & ~pd.Series(excused, index=frame.index).astype(bool)):
                yield RowFault(
                    table.name, int(row), column.name, None, "blank", say("不能为空", "must not be blank"), say("请填写。", "Fill it in.")
                )


def must_be_filled(table, column) -> bool:
    """必填: keys, what the policy says, and whose a record is: without its clause, or of nobody, it would count nowhere."""
    if column.filled or column.name in table.key:
        return True
    if not column.required:
        return False
    if column.kind == "employee":  # an event may be that of a group or an area
        return column.name == "employee_id" and not table.columns.keys() & {"group_id", "area"}
    return column.kind == "clause"


def _doubles(table, frame):
    key = [part for part in table.key if part in frame]  # a column that was not handed in tells no rows apart
    if not key:
        return
    whole = frame[key].notna().all(axis=1)
    for row in np.flatnonzero(frame.duplicated(key) & whole):
        value = "、".join(_shown(frame[part].iloc[row]) for part in key)
        problem = say(f"“{value}”重复", f"'{value}' stands twice")
        yield RowFault(table.name, int(row), key[0], value, "duplicate", problem, say("请删去一行。", "Delete one of the rows."))


def _shown(value) -> str:
    return str(value.date()) if hasattr(value, "date") else str(value)


def _unknown(policy, tables, table, frame):
    known = {}
    if "employees" in tables.delivered and table.name != "employees":
        people = tables["employees"]
        known["employee"] = set(people["employee_id"].dropna())
        if "group_id" in people:
            known["group"] = set(people["group_id"].dropna())
    known["clause"] = {clause.id for clause in event_clauses(policy)}
    words = {
        "employee": ("花名册中没有", "is not on the roster", "unknown_employee"),
        "group": ("花名册中没有小组", "is no group of the roster", "unknown_group"),
        "clause": ("不是可记事件的条款", "is no clause that takes events", "unknown_clause"),
    }
    for column in table.columns.values():
        if column.kind not in known or column.name not in frame:
            continue
        zh, en, reason = words[column.kind]
        values, hints = frame[column.name], {}
        for row in np.flatnonzero(values.notna() & ~values.isin(known[column.kind])):
            value = values.iloc[row]
            if value not in hints:  # a search takes its time, so only the first twenty unknown values get one
                search = _near if column.kind == "employee" else did_you_mean
                hints[value] = search(value, sorted(known[column.kind])) if len(hints) < 20 else ""
            yield RowFault(
                table.name,
                int(row),
                column.name,
                value,
                reason,
                say(f"{zh}“{value}”", f"'{value}' {en}"),
                hints[value],
            )


def event_clauses(policy) -> list:
    """Clauses under which an event can be recorded: those whose rule reads the records of the table of events."""
    return [c for c in policy.clauses if c.rule is not None and c.table == "events" and "records" in inspect.signature(c.rule).parameters]


def _near(value, people):
    close = get_close_matches(str(value), people, n=1, cutoff=0.75)
    if close:
        return say(f"是否指“{close[0]}”？", f"Did you mean '{close[0]}'?")
    return say("请先加入员工表。", "Add the person to the roster first.")


def _discretion(policy, tables):
    """酌情 values outside their range; a value without an approver, where one is asked for, is refused and listed."""
    if "events" not in tables:
        return
    frame = tables["events"]
    entered = frame["points"].array if "points" in frame else missing(len(frame))
    counts = (frame["status"] == "confirmed").to_numpy(dtype=bool) & ~entered.isna()
    for clause in policy.clauses:
        if clause.table == "events" and {"low", "high", "sign"} <= clause.arguments.keys():
            mine = (frame["clause"] == clause.id).to_numpy(dtype=bool) & counts
            yield from _beyond_discretion(clause, entered, mine)
            if clause.arguments.get("approver"):
                yield from _not_approved(frame, mine)


def _beyond_discretion(clause, entered, mine: np.ndarray):
    low, high = clause.arguments["low"], clause.arguments["high"]
    for row in map(int, np.flatnonzero(mine & ((entered < low) | (entered > high)))):
        value = entered[row]
        problem = say(f"{text(value)} 不在 {text(low)} 至 {text(high)} 之间", f"{text(value)} is not within {text(low)} to {text(high)}")
        yield RowFault("events", row, "points", value, "out_of_range", problem)


def _not_approved(frame, mine: np.ndarray):
    names = frame.get("approver")
    for row in map(int, np.flatnonzero(mine)):
        if names is None or blank(names.iloc[row]):
            yield RowFault("events", row, "approver", None, "no_approver", say("缺少审批人", "has no approver"), stops=False)


def _other_periods(policy, tables: Tables):
    """Rows of another month, by the table's month or its first date, in a policy without a module of its own: listed and left out.

    The roster and tables that keep all periods are not looked at, nor events, whose month is a reading of the policy.
    """
    for name, table in policy.tables.items():
        if policy.period is None or table.all_periods or name in ("employees", "events"):
            continue
        named = (one.name for one in table.columns.values() if one.kind == "month" or one.name in ("quarter", "period"))
        column = next(named, table.day)
        if column is None or column not in tables[name]:
            continue
        values = tables[name][column]
        if column in ("quarter", "period"):
            inside = values.isna() | (values.str.replace("-Q", "Q") == policy.month)
        elif table.columns[column].kind == "month":
            inside = values.isna() | values.isin(policy.period.months)
        else:
            days = values.dt.normalize()
            inside = values.isna() | ((days >= pd.Timestamp(policy.period.first)) & (days <= pd.Timestamp(policy.period.last)))
        problem = say(f"不属于 {policy.month}", f"does not belong to {policy.month}")
        for row in np.flatnonzero(~inside.to_numpy(dtype=bool)):
            yield RowFault(name, int(row), column, values.iloc[row], "other_period", problem, stops=False)


_BAD_VALUES = ("out_of_range", "not_a_number", "not_whole", "no_approver")
# quantities that a score does not need: a refused row is a missing one
_QUANTITIES = {"call_daily", "members_month"}


def blocks(policy, refusal: dict) -> bool:
    """Does a refused row leave the person's result in error? A refused rating or deduction does, an addition does not.

    A policy without a module of its own says nowhere what a sheet is for: any row that it needs and cannot read counts.
    """
    if policy.module is None and refusal["table"] != "events":
        return refusal["reason"] != "other_period"
    if refusal["table"] != "events":
        harmless = _QUANTITIES | getattr(policy.module, "ADDING", frozenset())
        return refusal["reason"] in (*_BAD_VALUES, "duplicate") and refusal["table"] not in harmless
    if refusal["reason"] not in _BAD_VALUES:
        return False
    clause = next((one for one in policy.clauses if one.id == refusal.get("clause")), None)
    return clause is None or clause.kind != "addition" and clause.arguments.get("sign") != 1
