"""Files of cases, in YAML or Excel; the YAML form is checked before anything is scored."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.cases.case import MAX_CASES, Case, CaseFile, named_policy
from kpi_helpers.cases.workbook import read_case_workbook
from kpi_helpers.errors import Fault, Faults, PolicyError, did_you_mean
from kpi_helpers.language import say

_CASE = ("id", "title", "clauses", "month", "quarter", "period", "params", "inputs", "expected", "because")
_PERIODS = ("month", "quarter", "period")
_LONGEST = 100  # characters of an id


def read_cases(path) -> CaseFile:
    """样例文件: the cases of a .yaml or .xlsx file."""
    path = Path(path)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return read_case_workbook(path)
    return _read_yaml(path)


# -- YAML ----------------------------------------------------------------------------------------------------------------


def _read_yaml(path: Path) -> CaseFile:
    document = strict_yaml.read(path, say("读不到样例", "the cases"), aliases=True)
    data, name = document.data, document.name
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise PolicyError(Fault(name, say("应有 scheme（或 policy）与 cases。", "needs scheme: (or policy:) and cases:.")))
    faults = Faults()
    for key in data:
        if key not in ("scheme", "policy", "cases", "title") and not key.startswith("x-"):
            hint = did_you_mean(key, ["scheme", "policy", "cases"])
            faults.append(Fault(document.where(key), say(f"不认识“{key}”。", f"unknown key '{key}'."), hint))
    if not 0 < len(data["cases"]) <= MAX_CASES:
        problem = say(f"cases 应有 1 至 {MAX_CASES} 个样例。", f"cases: must hold 1 to {MAX_CASES} cases.")
        faults.append(Fault(document.where("cases"), problem))
    key = "policy" if data.get("policy") else "scheme"
    policy = None
    try:
        policy = named_policy(path, data.get(key), document.where(key))
    except PolicyError as error:
        faults.extend(error.faults)
    cases = [_Checker(document, index).case(entry) for index, entry in enumerate(data["cases"][:MAX_CASES])]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            faults.append(Fault(case.where, say("样例编号重复。", "this case id stands twice.")))
        seen.add(case.id)
    if faults:
        raise PolicyError(faults)
    return CaseFile(path, policy, cases)


class _Checker:
    """Reads one entry of `cases:`; what has the wrong shape is a fault of that case."""

    def __init__(self, document, index: int):
        self.document, self.index, self.id = document, index, "?"
        self.faults: Faults = Faults()

    def where(self, *path) -> str:
        place = self.document.where("cases", self.index, *path).partition(" ")[0]
        return " ".join([place, self.id, *(str(part) for part in path if not isinstance(part, int))])

    def fault(self, path, zh: str, en: str, hint: str = "") -> None:
        self.faults.append(Fault(self.where(*path), say(zh, en), hint))

    def case(self, entry) -> Case:
        if not isinstance(entry, dict):
            self.fault(
                (), "不是样例。", "is no case.", say("写作 {id: …, inputs: …, expected: …}。", "Write {id: …, inputs: …, expected: …}.")
            )
            return Case(f"#{self.index + 1}", where=self.where(), faults=self.faults)
        self.id = self.word(entry, "id")[:_LONGEST] or f"#{self.index + 1}"
        for key in [key for key in entry if key not in _CASE]:
            self.fault((key,), f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _CASE))
        months = {key: word for key in _PERIODS if (word := self.word(entry, key))}
        if len(months) > 1:
            self.fault((), f"{'、'.join(months)} 只写一个。", f"write one of {', '.join(months)}.")
        if not entry.get("expected"):
            self.fault((), "没有 expected（应为）。", "has no expected:.")
        return Case(
            self.id,
            self.word(entry, "title"),
            next(iter(months.values()), None),
            self.mapping(entry, "params"),
            self.tables(self.mapping(entry, "inputs")),
            self.mapping(entry, "expected"),
            self.where(),
            self.faults,
        )

    def word(self, entry: dict, key: str) -> str:
        value = entry.get(key)
        if value is None:
            return ""
        if isinstance(value, (bool, Fraction, list, dict)):
            self.fault((key,), f"{key} 应是文字。", f"{key}: must be text.", say("请加引号。", "Quote it."))
            return ""
        return str(value)

    def mapping(self, entry: dict, key: str) -> dict:
        value = entry.get(key) or {}
        if not isinstance(value, dict):
            self.fault((key,), f"{key} 应写作 {{名称: 值}}。", f"{key}: must be written {{name: value}}.")
            return {}
        return value

    def tables(self, inputs: dict) -> dict:
        return {name: given for name, given in inputs.items() if self.table(name, given)}

    def table(self, name: str, given) -> bool:
        """Is a table written as columns and rows, each row as long as the columns?"""
        before, path = len(self.faults), ("inputs", name)
        if not isinstance(given, dict) or given.keys() != {"columns", "rows"}:
            self.fault(path, "应写作 {columns: [列, …], rows: [[值, …], …]}。", "must be written {columns: […], rows: [[…], …]}.")
            return False
        columns, rows = given["columns"], given["rows"]
        if not isinstance(columns, list) or not all(isinstance(one, str) for one in columns):
            self.fault((*path, "columns"), "columns 应是列名的列表。", "columns: must be a list of names.")
            return False
        if not isinstance(rows, list):
            self.fault((*path, "rows"), "rows 应是行的列表。", "rows: must be a list of rows.")
            return False
        for number, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != len(columns):
                has = len(row) if isinstance(row, list) else say("不是列表", "no list")
                zh = f"第 {number + 1} 行应有 {len(columns)} 个值，实有 {has}。"
                self.fault((*path, "rows", number), zh, f"row {number + 1} must have {len(columns)} values, has {has}.")
                continue
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, dict) or isinstance(value, list) and any(isinstance(one, (list, dict)) for one in value):
                    zh = f"第 {number + 1} 行 {column} 不是一个值。"
                    self.fault((*path, "rows", number), zh, f"row {number + 1}, {column}: is not one value.")
        return len(self.faults) == before
