"""How a workbook of cases is laid out for a policy: a row per person of a case, inputs left and expected results right."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.cases.compare import NOTHING, STATUS
from kpi_helpers.checks import must_be_filled
from kpi_helpers.columns import Column, Table
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.report.words import status_word
from kpi_helpers.statuses import STATUSES

CASES, NUMBERS, RESULTS = "cases", "case_numbers", "case_results"  # the sheets that a case workbook has of its own
ID, TITLE, MONTH = "case_id", "case_title", "case_month"
PERSON = "employees.employee_id"
SHOULD = "应为："
POLICY = "考核办法"  # on the sheet 说明, the policy's file stands in the cell to the right


class Layout:
    """The sheets of a case workbook.

    inputs: column of the sheet 样例 → (table, column) of the policy. expected: column of the sheet 样例 → result.
    """

    def __init__(self, policy):
        self.policy = policy
        self.inputs: dict[str, tuple[str, str]] = {}
        self.expected: dict[str, str] = {}
        self.cases = Table(CASES, "样例", self._columns(), (ID,), help=say("一行是一个样例中的一个人", "one row per person of a case"))
        own = self._own_sheets()
        titles = {self.cases.sheet, *(table.sheet for table in own.values())}
        for table in policy.tables.values():
            if table.sheet in titles or table.name in (CASES, *own):
                problem = say(
                    f"数据表“{table.sheet}”与样例工作簿的工作表重名。", f"'{table.sheet}' is the name of a sheet of case workbooks."
                )
                raise PolicyError(Fault(policy.path, problem, say("样例请写成 YAML。", "Write the cases in YAML.")))
        self.others = {name: self._with_case(table) for name, table in policy.tables.items()}
        # the roster and the tables of one row per person stand on 样例, and have a sheet only for what cannot stand there
        self.offered = {name: one for name, one in self.others.items() if name not in self.per_person}
        self.sheets = {CASES: self.cases, **self.offered, **own}
        self.all_sheets = {CASES: self.cases, **self.others, **own}

    @property
    def per_person(self) -> list[str]:
        """Tables whose rows stand on the sheet 样例: the roster first."""
        tables = self.policy.tables.values()
        return sorted((one.name for one in tables if one.key == ("employee_id",)), key=lambda name: name != "employees")

    def _columns(self) -> dict[str, Column]:
        columns = [
            Column(ID, "样例", "id", filled=True, help=say("样例编号，同一样例的各行相同", "id of the case, the same in all its rows")),
            Column(TITLE, "说明", required=False, help=say("这个样例说明什么；写在第一行即可", "what the case shows; in its first row")),
            Column(MONTH, "月份", "text", required=False, help=say("如 2026-10、2026Q3；写在第一行即可", "such as 2026-10 or 2026Q3")),
        ]
        headings = {column.heading for column in columns}
        if "employees" in self.policy.tables:
            columns.append(Column(PERSON, "工号", "id", filled=True, help=say("样例中的人", "the person")))
            headings.add("工号")
        for name in self.per_person if "employees" in self.policy.tables else ():
            table = self.policy.tables[name]
            for column in table.columns.values():
                if column.name != "employee_id":
                    heading = f"{table.sheet}.{column.heading}" if column.heading in headings else column.heading
                    headings.add(heading)
                    key, filled = f"{name}.{column.name}", must_be_filled(table, column)
                    columns.append(replace(column, name=key, heading=heading, filled=filled, required=column.required and filled))
                    self.inputs[key] = (name, column.name)
        return {column.name: column for column in columns + self._results()}

    def _results(self) -> list[Column]:
        """应为: the status and every result of people."""
        if "employees" not in self.policy.tables:
            return []
        words = {code: status_word(code) for code in STATUSES} | {NOTHING: NOTHING}
        found = [Column(f"{SHOULD}status", SHOULD + STATUS, "choice", words=words, required=False, help=_blank_help())]
        self.expected[found[0].name] = "status"
        wider = {clause.result for clause in self.policy.clauses if clause.result and clause.per != "employee"}
        shown = [one for one in self.policy.results.values() if one.name not in wider]
        titles = [one.title for one in shown] + [STATUS]
        for one in shown:
            heading = SHOULD + (one.title if titles.count(one.title) == 1 else one.name)
            found.append(Column(SHOULD + one.name, heading, "number", one.unit, required=False, help=_blank_help()))
            self.expected[SHOULD + one.name] = one.name
        return found

    def _own_sheets(self) -> dict[str, Table]:
        case = Column(ID, "样例", "id", filled=True)
        numbers = [
            case,
            Column("name", "参数", filled=True, help=say("参数名，或 条款.参数，如 4.points", "a parameter, or clause.argument: 4.points")),
            Column("value", "值", "number", help=say("只在本样例中使用的值", "the value in this case only")),
        ]
        results = [
            case,
            Column(
                "table",
                "表",
                filled=True,
                help=say("员工、小组、部门、拒收、待决定或其他结果表", "a table of results"),
            ),
            Column("key", "对象", required=False, help=say("工号、小组等；部门不填", "who or what; blank for the department")),
            Column("item", "项目", required=False, help=say("结果名称", "the result")),
            Column("value", "值", "number", help=_blank_help()),
        ]
        wanted = say("只用于本样例的参数", "numbers of a case"), say("不在“样例”右边的应得结果", "expected results that are not on 样例")
        return {
            NUMBERS: Table(NUMBERS, "参数", {one.name: one for one in numbers}, (), True, wanted[0]),
            RESULTS: Table(RESULTS, "应为", {one.name: one for one in results}, (), True, wanted[1]),
        }

    @staticmethod
    def _with_case(table: Table) -> Table:
        columns = {ID: Column(ID, "样例", "id", filled=True), **table.columns}
        return replace(table, columns=columns, key=table.key if len(table.key) != 1 else (ID, *table.key), optional=True)


def _blank_help() -> str:
    return say(f"留空不核对；“{NOTHING}”表示应当没有值", f"blank: not checked; '{NOTHING}': there must be no value")
