"""Workbooks for cases: an empty one for a policy, or one with cases that were written in YAML."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from kpi_helpers.cases.case import Case, named_policy
from kpi_helpers.cases.compare import NOTHING, TABLES
from kpi_helpers.cases.inputs import Given, as_given
from kpi_helpers.cases.layout import CASES, ID, MONTH, NUMBERS, PERSON, POLICY, RESULTS, SHOULD, TITLE, Layout
from kpi_helpers.cases.reading import read_cases
from kpi_helpers.columns import NUMERIC, Column, Table, table_named
from kpi_helpers.errors import PolicyError
from kpi_helpers.language import say
from kpi_helpers.numbers import is_number
from kpi_helpers.policy_file import load_policy
from kpi_helpers.strict_yaml import digits, flow
from kpi_helpers.tables import blank
from kpi_helpers.workbook.template import Book, check_new, save_whole

_DIGITS = 15  # that a number in Excel keeps


def write_case_template(policy, path) -> Path:
    """写样例模板: an empty workbook for the cases of a policy, with one example row in each sheet."""
    path = Path(path)
    check_new(path)
    return save_whole(_CaseBook(policy, None, Layout(policy), _named(policy, path)).bytes(), path)


def write_cases(cases, path) -> Path:
    """样例转为工作簿: the cases of a file as a workbook that gives the same outcomes."""
    file = read_cases(cases)
    policy = load_policy(file.policy)
    layout = Layout(policy)
    rows = _Rows(layout)
    for case in file.cases:
        rows.add(case)
    layout.sheets |= {name: one for name, one in layout.others.items() if name in rows.tables}
    return save_whole(_CaseBook(policy, rows.tables, layout, _named(policy, Path(path))).bytes(), Path(path))


def _named(policy, path: Path) -> str:
    """The policy as the workbook names it: its name in params/policies, the way to its file, or the file to be laid beside it."""
    file = Path(policy.path).resolve()
    if file.parent.name == "policies" and file.parent.parent.name == "params":
        return file.stem
    way = Path(os.path.relpath(file, path.resolve().parent)).as_posix()
    try:
        named_policy(path, way, "")
    except PolicyError:
        return file.name
    return way


class _CaseBook(Book):
    """The writer of templates with the sheets of cases: results set off by a thick line and another colour."""

    people = (CASES, PERSON)

    def __init__(self, policy, tables, layout: Layout, named: str):
        super().__init__(policy, tables, layout.sheets)
        self.layout, self.named = layout, named
        self.first = next(iter(layout.expected), None)

    def facts(self):
        return [(POLICY, self.named)]

    def lines(self):
        return [
            say(
                f"“样例”一行是一个样例中的一个人：左边填数据，粗线右边（{SHOULD}…）填应得的结果，留空不核对，“{NOTHING}”表示应当没有值。",
                f"Sheet 样例 has one row per person of a case: inputs left, expected results ({SHOULD}…) right of the thick line.",
            ),
            say(
                "其他工作表第一列写样例编号；只写编号、其余留空，表示该表已交而没有记录。",
                "The other sheets start with the id of the case; a row with the id alone says that the sheet was handed in empty.",
            ),
            *super().lines()[bool(self.policy.about) + bool(self.policy.period) :],
        ]

    def looks(self, table: Table, column: Column) -> dict:
        looks = super().looks(table, column)
        if column.name not in self.layout.expected:
            return looks
        return {**looks, "bg_color": "#E2EFDA", **({"left": 5} if column.name == self.first else {})}

    def heading(self, table: Table, column: Column) -> dict:
        looks = super().heading(table, column)
        if column.name not in self.layout.expected:
            return looks
        return {**looks, "bg_color": "#A9D08E", **({"left": 5} if column.name == self.first else {})}

    def validation(self, table: Table, column: Column) -> dict | None:
        free = (
            column.kind == "number" if column.name in self.layout.expected else table.name in (NUMBERS, RESULTS) and column.name == "value"
        )
        if table.name == RESULTS and column.name == "table":
            return {"validate": "list", "source": list(TABLES), "ignore_blank": True, "error_type": "information"}
        return None if free else super().validation(table, column)

    def example_of(self, column: Column) -> str:
        first = self.policy.period.first if self.policy.period else date(2026, 10, 1)
        own = {ID: "A1", TITLE: say("迟到两次扣 4 分", "late twice: -4"), MONTH: f"{first:%Y-%m}", PERSON: "001"}
        if column.name in own:
            return own[column.name]
        return "90" if column.name in self.layout.expected and column.kind == "number" else super().example_of(column)


class _Rows:
    """The rows of every sheet, case by case."""

    def __init__(self, layout: Layout):
        self.layout, self.tables = layout, {CASES: []}

    def row(self, sheet: str, **values) -> None:
        self.tables.setdefault(sheet, []).append(values)

    def add(self, case: Case) -> None:
        policy = self.layout.policy
        given = [(table_named(policy.tables, name), one) for name, one in case.inputs.items()]
        rows = {table.name: self.records(table, one if isinstance(one, Given) else as_given(one)) for table, one in given}
        persons = self.persons(rows)
        head = {ID: case.id, TITLE: case.title, MONTH: case.month or ""}
        wide = {person: {ID: case.id, PERSON: person} for person in persons}
        for name, records in rows.items():
            ids = [record.get("employee_id") for record in records]
            fits = name in self.layout.per_person and records and set(ids) <= set(persons) and len(set(ids)) == len(ids)
            if fits:
                for record in records:
                    wide[record["employee_id"]] |= self.cells(name, record)
            elif name != "employees" or records:
                for record in records or [{}]:
                    self.row(name, **{ID: case.id, **record})
        self.results(case, wide)
        for name, value in case.params.items():
            self.row(NUMBERS, **{ID: case.id, "name": name, "value": _cell(value, None)})
        first, *others = wide.values() or [{ID: case.id}]
        self.tables[CASES] += [head | first, *others]

    @staticmethod
    def records(table: Table, given: Given) -> list[dict]:
        columns = [table.column(one) for one in given.columns]
        return [{one.name: _cell(value, one) for one, value in zip(columns, row, strict=True)} for row in given.rows]

    def persons(self, rows: dict[str, list[dict]]) -> list[str]:
        """Who has a row on the sheet 样例: the roster, or everybody who is named where a case gives none; nobody if it has odd rows."""
        if "employees" not in self.layout.policy.tables:
            return []
        roster = rows.get("employees")
        tables = [roster] if roster is not None else [rows[name] for name in self.layout.policy.tables if name in rows]
        ids = [record["employee_id"] for records in tables for record in records if "employee_id" in record]
        odd = roster is not None and (len(set(ids)) < len(ids) or not all(ids) or len(ids) < len(roster))
        return [] if odd else [one for one in dict.fromkeys(ids) if one]

    def cells(self, name: str, record: dict) -> dict:
        """A record as cells of the sheet 样例; where all of it is blank, one cell says so."""
        keys = {f"{name}.{column}": value for column, value in record.items() if column != "employee_id"}
        if name != "employees" and all(blank(value) for value in keys.values()):
            keys |= {next(key for key, place in self.layout.inputs.items() if place[0] == name): NOTHING}
        return keys

    def results(self, case: Case, wide: dict[str, dict]) -> None:
        titles = {one.title: one.name for one in self.layout.policy.results.values()} | {"状态": "status"}
        for name, expected in case.expected.items():
            head, table = {ID: case.id, "table": name}, TABLES.get(name, name)
            if not isinstance(expected, dict) or not expected:
                self.row(RESULTS, **head, value=_result(expected))
                continue
            for key, items in expected.items():
                if table == "department" or not isinstance(items, dict) or not items:
                    self.row(RESULTS, **head, **{"item" if table == "department" else "key": key}, value=_result(items))
                    continue
                for item, value in items.items():
                    column = SHOULD + (item if SHOULD + item in self.layout.expected else titles.get(item, item))
                    if table == "employees" and key in wide and column in self.layout.expected:
                        wide[key][column] = _result(value)
                    else:
                        self.row(RESULTS, **head, key=key, item=item, value=_result(value))


def _cell(value, column: Column | None):
    """A value as it can stand in a cell: what would lose digits or its zeros stands there as text."""
    if isinstance(value, (dict, list)) and column is None:
        return flow(value)
    if is_number(value):
        plain = digits(value)
        as_text = column is not None and column.kind not in NUMERIC or len(plain.strip("-0.").replace(".", "")) > _DIGITS
        return plain if as_text else value
    return value


def _result(value):
    if value is None:
        return NOTHING
    return flow(value) if isinstance(value, (dict, list)) else _cell(value, None)
