"""表: what the page and the Excel file show of a result, as grids of titled columns and plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property

import pandas as pd

from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, half_up, is_missing, total
from kpi_helpers.policy import ROLES, Policy, Shown
from kpi_helpers.report.calculations import Calculations
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.in_force import called
from kpi_helpers.report.names import known, lacking, result_of, word
from kpi_helpers.report.pay import Pay
from kpi_helpers.report.words import reason_word, status_word
from kpi_helpers.result import Result


class View:
    """One result, looked at from every side; names, assumptions and pay are found once."""

    def __init__(self, result: Result):
        self.result, self.policy = result, result.policy
        self.names = names_of(result.employees)
        self.ledger = _rows(result.ledger)
        self.assumed = _assumed(self.ledger, result.employees)
        self.pay = Pay(self)
        self.calculations = Calculations(self)

    def person(self, employee_id) -> str:
        """姓名（工号)."""
        name = self.names.get(employee_id)
        return f"{name}（{employee_id}）" if name else str(employee_id)

    @cached_property
    def results(self) -> dict[str, Shown]:
        """Every result of the policy, ratios with the unit that says so."""
        return {name: result_of(self.policy, name) for name in self.policy.results}

    @cached_property
    def indicators(self) -> dict[str, str]:
        """指标 by code, as the sheet has them, else the policy."""
        if "indicators" not in self.policy.tables:
            return {}
        assumed = self.policy.parameters.get("indicators")
        rows = self.result.inputs["indicators"].to_dict("records") or (assumed.value if assumed else [])
        named = ((row.get("indicator_id"), row.get("indicator_name")) for row in rows)
        return {code: name for code, name in named if not is_missing(name) and name}

    # -- people, groups, other results ------------------------------------------------------------------------------

    def shown(self, frame: pd.DataFrame) -> list[Shown]:
        """The results that a frame holds, in the policy's order."""
        return [shown for shown in self.results.values() if shown.name in frame and shown.role != "hidden"]

    def scored(self) -> tuple[Shown, pd.DataFrame] | None:
        """得分 and the frame that holds it: the people's, else the groups'."""
        shown, frames = score_column(self.policy), (self.result.employees, self.result.groups)
        return next(((shown, frame) for frame in frames if shown and shown.name in frame), None)

    def people(self, roles=ROLES) -> Grid:
        """人员: a row per person with status, every result of these roles and what is missing."""
        frame = self.result.employees
        shown = [one for one in self.shown(frame) if one.role in roles]
        columns = [Column(say("工号", "id")), Column(say("姓名", "name")), Column(say("小组", "group")), Column(say("状态", "status"))]
        columns += [self.column(one) for one in shown] + [Column(say("缺少", "missing")), Column(say("待决定", "to decide"))]
        groups = frame["group_id"] if "group_id" in frame else pd.Series(None, index=frame.index, dtype=object)
        titles = dict(zip(self.result.flags["flag"], self.result.flags["title"], strict=True))
        values = [self.values(one, frame[one.name].array) for one in shown]
        grid = Grid(say("人员", "People"), columns, [])
        for row, (unit, group, status, missing) in enumerate(zip(frame.index, groups, frame["status"], frame["missing"], strict=True)):
            decide = [titles.get(flag, flag) for flag in frame["flags"].iloc[row]]
            results = [value[row] for value in values]
            grid.rows.append(
                [unit, self.names.get(unit), plain(group), status_word(status), *results, lacking(self.policy, missing), decide]
            )
            grid.assumed |= {(row, 4 + i) for i, one in enumerate(shown) if self.rests_on_assumption(unit, one, results[i])}
        return grid

    @cached_property
    def group_names(self) -> list[str]:
        """小组 in the order of the roster, those without people last."""
        named = [plain(one) for one in self.result.employees.get("group_id", ())]
        return [one for one in dict.fromkeys([*named, *self.result.groups.index]) if one in self.result.groups.index]

    def groups(self) -> Grid:
        """小组: a row per group with its results."""
        names, shown = self.group_names, self.shown(self.result.groups)
        frame = self.result.groups.loc[names]
        values = [self.values(one, frame[one.name].array) for one in shown]
        rows = [[unit, *(value[row] for value in values)] for row, unit in enumerate(names)]
        assumed = {(r, 1 + i) for r, unit in enumerate(names) for i, one in enumerate(shown) if self.rests_on_assumption(unit, one)}
        return Grid(say("小组", "Groups"), [Column(say("小组", "group")), *map(self.column, shown)], rows if shown else [], assumed)

    def others(self) -> list[Grid]:
        """其他结果: the department's own results and every table that the policy gives (rankings, lists, quarters)."""
        grids = [self.department()] if self.shown(self.result.department) else []
        for name, value in self.result.tables.items():
            shown = self.results.get(name, Shown(name, name))
            # what people have as a column of their own is not shown again
            if shown.role != "hidden" and name not in self.result.employees:
                grids.append(self.output(shown, value))
        return [grid for grid in grids if len(grid)]

    def department(self) -> Grid:
        """部门: the results of the department as a whole."""
        frame, name = self.result.department, say("部门", "Department")
        shown = self.shown(frame)
        return Grid(
            name, [Column(name), *map(self.column, shown)], [[name, *(self.values(one, frame[one.name].array)[0] for one in shown)]]
        )

    def output(self, shown: Shown, value) -> Grid:
        """Any extra result as a grid: a frame, a series, a dict, a list or one value."""
        if isinstance(value, pd.DataFrame):
            value = value.reset_index() if isinstance(value.index, pd.MultiIndex) else value
            index = [] if isinstance(value.index, pd.RangeIndex) else [value.index.name or "employee_id"]
            parts = [list(value.index)] * len(index) + [value[name].array for name in value.columns]
            shown_parts = [known(self.policy, name, shown.name) for name in [*index, *value.columns]]
            columns = [self.values(one, part) for one, part in zip(shown_parts, parts, strict=True)]
            return self.named(
                Grid(shown.title, [self.column(one) for one in shown_parts], [list(row) for row in zip(*columns, strict=True)])
            )
        if isinstance(value, pd.Series):
            value = dict(zip(value.index, value.array, strict=True))
        if isinstance(value, dict):
            if value and all(isinstance(one, dict) for one in value.values()):
                return self.output(
                    shown, pd.DataFrame(list(value.values()), index=pd.Index(list(value), name="of", dtype=object), dtype=object)
                )
            columns = [Column(say("对象", "of")), Column(shown.title, shown.unit)]
            return self.named(
                Grid(shown.title, columns, [list(row) for row in zip(value, self.values(shown, value.values()), strict=True)])
            )
        if isinstance(value, (list, tuple)) and value and all(isinstance(one, dict) for one in value):
            return self.output(shown, pd.DataFrame(value, dtype=object))
        values = list(value) if isinstance(value, (list, tuple, ExactArray)) else [value]
        return self.named(Grid(shown.title, [Column(shown.title, shown.unit)], [[one] for one in self.values(shown, values)]))

    def named(self, grid: Grid) -> Grid:
        """The first column that holds employees gets their names beside the ids."""
        whose = {known(self.policy, name).title for name in ("employee_id", "of")}
        for x, column in enumerate(grid.columns):
            ids = {row[x] for row in grid.rows if isinstance(row[x], str)}
            if column.title in whose and ids and ids <= self.names.keys():
                grid.columns.insert(x + 1, Column(say("姓名", "name")))
                for row in grid.rows:
                    row.insert(x + 1, self.names.get(row[x]))
                break
        return grid

    def values(self, shown: Shown, values: Iterable) -> list:
        """Plain values of a result, the engine's words in the policy's language."""
        return [word(shown, plain(value)) for value in values]

    def column(self, shown: Shown) -> Column:
        """The column of a result; it carries the mark of the clause that gives it."""
        clauses = [clause for clause in self.policy.clauses if clause.result == shown.name]
        assumed = any(clause.assumptions or clause.basis == "A" for clause in clauses)
        return Column(shown.title, shown.unit, "A" if assumed else "")

    def rests_on_assumption(self, unit, shown: Shown, value=0) -> bool:
        """Does a score or an amount of this person or group contain a line that rests on an assumption?"""
        units = self.assumed.get(unit, ())
        return value is not None and (shown.role == "score" and "分" in units or shown.role == "pay" and bool(units))

    # -- ledger -----------------------------------------------------------------------------------------------------

    def ledger_grid(self) -> Grid:
        """台账: every posted line."""
        titles = (
            (say("工号", "id"), say("姓名", "name"), say("小组", "group"), say("条款", "clause"), say("内容", "title"))
            + (say("说明", "note"), say("类别", "basis"), say("数量", "quantity"), say("数值", "value"), say("单位", "unit"))
            + (say("依据", "source"), say("出处", "evidence"), say("生效数值", "in force"), say("月份", "month"))
        )
        keys = ("group_id", "clause", "title", "note", "basis", "quantity", "value", "unit", "source", "evidence", "in_force", "month")
        rows = [[r["employee_id"], self.names.get(r["employee_id"]), *(r[key] for key in keys)] for r in self.ledger]
        places = {key: 2 + keys.index(key) for key in ("quantity", "value")}
        units = {(y, places["value"]): r["unit"] for y, r in enumerate(self.ledger)}
        units |= {(y, places["quantity"]): self.calculations.unit_of(r) for y, r in enumerate(self.ledger)}
        return Grid(say("计分台账", "Ledger"), [Column(title) for title in titles], rows, units=units)

    # -- what people must look at -----------------------------------------------------------------------------------

    def refused(self) -> Grid:
        """拒收行: rows that did not count, with the reason."""
        columns = [
            Column(t) for t in (say("工作表", "sheet"), say("行", "row"), say("列", "column"), say("值", "value"), say("原因", "reason"))
        ]
        rows = []
        for error in self.result.errors.to_dict("records"):
            table = self.policy.tables.get(error["table"])
            column = table.columns.get(error["column"]) if table else None
            heading = column.heading if column else error["column"]
            rows.append([error["sheet"], error["row"], heading, plain(error["value"]), reason_word(error["reason"])])
        return Grid(say("拒收的行", "Refused rows"), columns, rows)

    def delivered(self) -> Grid:
        """数据: which sheets were handed in and how many rows count."""
        tables = self.result.inputs
        columns = [Column(say("工作表", "sheet")), Column(say("已交", "delivered")), Column(say("有效行", "valid rows"))]
        rows = [[table.sheet, name in tables.delivered, len(tables[name])] for name, table in self.policy.tables.items()]
        return Grid(say("数据检查", "Data"), columns, rows)

    def assumptions(self) -> Grid:
        """假设: every placeholder number that a clause uses."""
        titles = (say("参数", "parameter"), say("含义", "meaning"), say("值", "value"), say("单位", "unit"), say("用于条款", "clauses"))
        columns = [Column(title) for title in (*titles, say("说明", "note"))]
        rows = []
        for row in self.result.assumptions.to_dict("records"):
            value = called(self.policy, self.policy.parameters[row["parameter"]])
            rows.append([row["parameter"], row["title"], value, row["unit"], row["clauses"], row["note"]])
        return Grid(say("假设", "Assumptions"), columns, rows)


def names_of(frame: pd.DataFrame) -> dict[str, str]:
    """姓名 by 工号, where the roster has names."""
    if "name" not in frame:
        return {}
    return {unit: name for unit, name in zip(frame.index, frame["name"], strict=True) if not is_missing(name)}


def score_column(policy: Policy) -> Shown | None:
    """The one result that is the score."""
    return next((shown for shown in policy.results.values() if shown.role == "score"), None)


def mean(values: Iterable) -> Fraction | None:
    """平均分 to 0.01 of the published scores; None if there is none."""
    known = exact([value for value in values if not is_missing(value)])
    return half_up(total(known) / len(known)) if len(known) else None


def plain(value):
    """A value of a frame as None, text, truth, Fraction, date, dict, or a list of such values."""
    if isinstance(value, (list, tuple, ExactArray)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return value
    return None if is_missing(value) or value is pd.NaT else value.item() if hasattr(value, "item") else value


def _rows(ledger: pd.DataFrame) -> list[dict]:
    columns = {name: [plain(value) for value in ledger[name].array] for name in ledger}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _assumed(ledger, people: pd.DataFrame) -> dict[str, set[str]]:
    """For each person and group the units in which a line rests on an assumption; a group's pool passes it on to its people."""
    found = defaultdict(set)
    for row in ledger:
        if row["basis"] == "A":
            found[row["employee_id"] or row["group_id"]].add(row["unit"])
    for unit, group in zip(people.index, people.get("group_id", ()), strict=False):
        if found.get(plain(group)):
            found[unit].add("元")
    for group in {row["group_id"] for row in ledger if row["employee_id"] is None} & found.keys():
        found[group].add("元")
    return found
