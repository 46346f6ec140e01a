"""A workbook of cases as it was filled in, read into the same cases that a YAML file gives; every fault at its cell."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.cases.case import MAX_CASES, Case, CaseFile, named_policy
from kpi_helpers.cases.compare import NOTHING, NUMBER, TABLES, YES_NO
from kpi_helpers.cases.inputs import Given
from kpi_helpers.cases.layout import CASES, ID, MONTH, NUMBERS, PERSON, POLICY, RESULTS, SHOULD, TITLE, Layout
from kpi_helpers.columns import Column
from kpi_helpers.errors import DataError, Fault, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import fraction
from kpi_helpers.policy_file import load_policy
from kpi_helpers.tables import Origin, blank, narrow
from kpi_helpers.workbook import OWN_SHEETS, Reader
from kpi_helpers.workbook.cells import letters
from kpi_helpers.workbook.headings import plain
from kpi_helpers.workbook.preflight import open_package
from kpi_helpers.workbook.sheet import Sheet

_NOTHING = (NOTHING, "null")
_CHINESE = {name: word for word, name in TABLES.items()}
_PEOPLE = _CHINESE["employees"]
_COUNTED = ("out_of_range", "not_whole")  # values that a case may be about: the row is refused, as in a month


def read_case_workbook(path: Path) -> CaseFile:
    """The cases of an .xlsx file. Raises DataError with every fault of the sheets, PolicyError for the policy it names."""
    package = open_package(path)
    named = _policy_cell(Reader(package, _Sheets({})))
    policy = named_policy(path, named, f"{package.name} {OWN_SHEETS[0]}")
    return CaseFile(path, policy, _CaseReader(package, load_policy(policy)).cases())


def _policy_cell(reader: Reader) -> str:
    """What stands to the right of 考核办法 on the first of our own sheets."""
    workbook, title = reader.opened(), OWN_SHEETS[0]
    rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False) if title in reader.package.scans else []
    for row in rows[:20]:
        if row and plain(row[0]) == POLICY and len(row) > 1 and not blank(row[1]):
            return str(row[1]).strip()
    problem = say("没有写明考核办法。", "does not name its policy.")
    hint = say(f"请在工作表“{title}”的“{POLICY}”右边写考核办法文件。", f"Write its file beside '{POLICY}' on sheet {title}.")
    raise DataError(Fault(f"{reader.package.name} {title}", problem, hint))


class _CaseSheet(Sheet):
    """A sheet of cases: what is expected may be any value, and a value out of its range may be what a case is about."""

    def bad_value(self, position: int, column: Column, value, problem: str, reason: str) -> None:
        free = column.name.startswith("应为：") or column.name == "value" or _nothing(value) or reason in _COUNTED
        if not free:
            super().bad_value(position, column, value, problem, reason)

    def cell(self, number: int, column: str):
        """The raw value of a cell, by the number of its row."""
        place = self.places.get(column)
        return None if place is None else self.rows[number - 1][place]

    def wrong(self, number: int, column: str, zh: str, en: str, hint: str = "") -> None:
        self.value_fault(number, self.table.columns[column], self.cell(number, column), say(zh, en), hint)


class _CaseReader(Reader):
    sheet_of = _CaseSheet

    def __init__(self, package, policy):
        self.layout = Layout(policy)
        super().__init__(package, _Sheets(self.layout.all_sheets))
        self.given: dict[tuple[str, str], Given] = {}
        self.found: dict[str, Case] = {}

    def cases(self) -> list[Case]:
        self.open_sheets()
        clauses = {clause.id for clause in self.layout.policy.clauses}
        for sheet in self.sheets.values():
            sheet.read(clauses)
        if CASES in self.sheets:
            self.read_people(self.sheets[CASES])
            for name in self.layout.policy.tables:
                if name in self.sheets:
                    self.read_table(name, self.sheets[name])
            self.read_numbers()
            self.read_results()
        for (id, name), given in self.given.items():
            self.found[id].inputs[name] = given
        faults = [fault for name in self.layout.all_sheets for fault in self.faults[name] + self.faults_of(name)]
        cases = list(self.found.values())
        if not faults and not 0 < len(cases) <= MAX_CASES:
            faults = [Fault(f"{self.package.name} 样例", say(f"应有 1 至 {MAX_CASES} 个样例。", f"must hold 1 to {MAX_CASES} cases."))]
        if faults:
            raise DataError(faults)
        for case in cases:
            if not case.expected:
                problem = say("没有应得的结果。", "has no expected result.")
                case.faults.append(Fault(case.where, problem, say("请填写“应为”。", "Fill in 应为.")))
        return cases

    # -- the sheet 样例 ------------------------------------------------------------------------------------------------

    def read_people(self, sheet: _CaseSheet) -> None:
        seen: set[tuple[str, str]] = set()
        rows: dict[str, list[int]] = {}
        for position, number in enumerate(sheet.numbers):
            id = sheet.frame[ID].iloc[position]
            if blank(id):
                sheet.wrong(number, ID, "缺少样例编号", "has no id of a case")
                continue
            if id not in self.found:
                self.found[id] = Case(id, where=f"{self.package.name} 样例!A{number} {id}")
            self.head(self.found[id], sheet, number)
            if PERSON not in sheet.table.columns:
                continue
            person = sheet.frame[PERSON].iloc[position]
            if blank(person):
                if any(not blank(sheet.cell(number, one)) for one in (*self.layout.inputs, *self.layout.expected)):
                    sheet.wrong(number, PERSON, "缺少工号", "has no person")
                continue
            if (id, person) in seen:
                sheet.wrong(number, PERSON, "同一样例中重复", "stands twice in this case", say("请删去一行。", "Delete one of the rows."))
            seen.add((id, person))
            rows.setdefault(id, []).append(number)
            for column in self.layout.expected:
                title, value = sheet.table.columns[column].heading.removeprefix(SHOULD), _expected(sheet, number, column)
                if value is not _BLANK:
                    self.found[id].expected.setdefault(_PEOPLE, {}).setdefault(person, {})[title] = value
        for id, numbers in rows.items():
            for name in self.layout.per_person:
                places = {key: column for key, (table, column) in self.layout.inputs.items() if table == name and key in sheet.places}
                filled = [one for one in numbers if name == "employees" or any(not blank(sheet.cell(one, key)) for key in places)]
                if filled:
                    self.given[id, name] = _given(sheet, filled, {PERSON: "employee_id", **places})

    def head(self, case: Case, sheet: _CaseSheet, number: int) -> None:
        for column, known in ((TITLE, case.title), (MONTH, case.month)):
            value = sheet.cell(number, column)
            if blank(value):
                continue
            word = value.strftime("%Y-%m") if hasattr(value, "isoformat") else narrow(_text(value))
            if known and word != known:
                sheet.wrong(number, column, f"与本样例前面的“{known}”不同", f"differs from '{known}' further up")
            elif column == TITLE:
                case.title = word
            else:
                case.month = word

    # -- the other sheets ----------------------------------------------------------------------------------------------

    def rows_by_case(self, sheet: _CaseSheet) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for position, number in enumerate(sheet.numbers):
            id = sheet.frame[ID].iloc[position]
            if blank(id):
                sheet.wrong(number, ID, "缺少样例编号", "has no id of a case")
            elif id not in self.found:
                sheet.wrong(number, ID, "“样例”中没有这个编号", "is no case on sheet 样例", did_you_mean(id, self.found))
            else:
                rows.setdefault(id, []).append(number)
        return rows

    def read_table(self, name: str, sheet: _CaseSheet) -> None:
        columns = {column: column for column in sheet.places if column != ID}
        for id, numbers in self.rows_by_case(sheet).items():
            filled = [number for number in numbers if any(not blank(sheet.cell(number, column)) for column in columns)]
            if (id, name) in self.given:
                sheet.wrong(numbers[0], ID, "“样例”中已有这个表的数据", "has these figures on sheet 样例 already")
            else:
                self.given[id, name] = _given(sheet, filled, columns)

    def read_numbers(self) -> None:
        sheet = self.sheets.get(NUMBERS)
        for id, numbers in self.rows_by_case(sheet).items() if sheet else ():
            for number in numbers:
                name, value = sheet.cell(number, "name"), _expected(sheet, number, "value")
                if blank(name):
                    sheet.wrong(number, "name", "缺少参数名", "has no name")
                elif value is _BLANK:
                    sheet.wrong(number, "value", "缺少值", "has no value")
                elif _text(name) in self.found[id].params:
                    sheet.wrong(number, "name", "同一样例中重复", "stands twice in this case")
                else:
                    self.found[id].params[_text(name)] = _parameter(value)

    def read_results(self) -> None:
        sheet = self.sheets.get(RESULTS)
        for id, numbers in self.rows_by_case(sheet).items() if sheet else ():
            for number in numbers:
                table, key, item = (_text(sheet.cell(number, column)) for column in ("table", "key", "item"))
                value = _expected(sheet, number, "value")
                if not table:
                    sheet.wrong(number, "table", "缺少表名", "has no table")
                elif value is not _BLANK:
                    self.expect(self.found[id].expected, [_CHINESE.get(table, table), *filter(None, (key, item))], value, sheet, number)

    @staticmethod
    def expect(expected: dict, path: list[str], value, sheet: _CaseSheet, number: int) -> None:
        for part in path[:-1]:
            expected = expected.setdefault(part, {})
            if not isinstance(expected, dict):
                break
        if not isinstance(expected, dict) or path[-1] in expected:
            sheet.wrong(number, "table", "与前面的应为重复或矛盾", "is expected twice")
        else:
            expected[path[-1]] = value


class _Sheets:
    """What a Reader looks at in a policy: its tables."""

    def __init__(self, tables):
        self.tables = tables


def _given(sheet: _CaseSheet, numbers: list[int], columns: dict[str, str]) -> Given:
    """The rows of one case as its inputs; columns that are blank in all of them were not given."""
    used = [key for key, name in columns.items() if name == "employee_id" or any(not blank(sheet.cell(one, key)) for one in numbers)]
    rows = [[_input(sheet.cell(number, key)) for key in used] for number in numbers]
    letter = {columns[key]: letters(sheet.places[key] + 1) for key in used if key in sheet.places}
    return Given([columns[key] for key in used], rows, numbers, Origin(sheet.title, letter))


def _nothing(value) -> bool:
    return isinstance(value, str) and value.strip() in _NOTHING


def _parameter(value):
    """A number or reading of a policy, however it was typed."""
    if value is None:
        return "none"
    if not isinstance(value, str):
        return value
    return Fraction(value) if NUMBER.fullmatch(value) else YES_NO.get(value, value)


def _input(value):
    return None if blank(value) or _nothing(value) else value


def _text(value) -> str:
    if blank(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


_BLANK = object()  # an expected value that is not asserted


def _expected(sheet: _CaseSheet, number: int, column: str):
    """An expected value as YAML would give it: numbers exact, dates as text, lists and mappings written out."""
    value = sheet.cell(number, column)
    if blank(value):
        return _BLANK
    if _nothing(value):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return fraction(value) if Fraction(fraction(value)).denominator != 1 else int(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    value = str(value).strip()
    if value[:1] in ("[", "{"):
        try:
            return strict_yaml.load(value, f"{sheet.file} {sheet.title}!{number}").data
        except PolicyError as error:
            sheet.wrong(number, column, f"看不懂（{error.faults[0].problem}）", f"cannot be read ({error.faults[0].problem})")
            return _BLANK
    return value
