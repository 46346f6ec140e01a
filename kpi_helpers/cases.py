"""Worked cases (样例): run a file of cases against a policy and name every value that differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from kpi_helpers import strict_yaml
from kpi_helpers.book import Result
from kpi_helpers.checks import RowFault, check_rows, refuse_rows
from kpi_helpers.columns import table_named
from kpi_helpers.errors import Fault, KpiError, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, fraction, half_up, is_missing, text
from kpi_helpers.policy import Policy, find_policy, load_policy
from kpi_helpers.schemes import score
from kpi_helpers.tables import Origin, Tables, empty_table, typed_frame

_CASE = {"id", "title", "clauses", "month", "quarter", "period", "params", "inputs", "expected", "because"}


@dataclass
class Outcome:
    """One case: what differed, or the error that stopped it."""

    id: str
    title: str
    differences: list[str] = field(default_factory=list)
    result: Result | None = None

    @property
    def passed(self) -> bool:
        return not self.differences


def run_cases(path) -> list[Outcome]:
    """Run every case of a YAML file; a case that cannot be run is a failed one."""
    path = Path(path)
    try:
        document = strict_yaml.load(path.read_text(encoding="utf-8"), path.name, aliases=True)
    except OSError as error:
        raise PolicyError(Fault(str(path), say(f"读不到样例：{error.strerror}。", f"cannot read the cases: {error.strerror}."))) from None
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise PolicyError(Fault(path.name, say("应有 scheme（或 policy）与 cases。", "needs scheme: (or policy:) and cases:.")))
    if data.get("policy"):
        policy = path.parent / data["policy"]
    else:
        policy = find_policy(str(data.get("scheme")))
    return [_run(case, policy) for case in data["cases"]]


def _run(case: dict, policy_path) -> Outcome:
    outcome = Outcome(str(case.get("id", "?")), str(case.get("title", "")))
    unknown = case.keys() - _CASE
    if unknown:
        outcome.differences = [say(f"不认识“{key}”。", f"unknown key '{key}'.") + did_you_mean(key, _CASE) for key in unknown]
        return outcome
    try:
        month = case.get("month") or case.get("quarter") or case.get("period")
        policy = load_policy(policy_path, None if month is None else str(month), case.get("params") or {})
        outcome.result = score(policy, case_tables(policy, case.get("inputs") or {}))
        for name, expected in (case.get("expected") or {}).items():
            outcome.differences += compare(name, expected, _actual(outcome.result, name))
    except KpiError as error:
        outcome.differences = [str(fault) for fault in error.faults]
    return outcome


def case_tables(policy: Policy, inputs: dict) -> Tables:
    """The inputs of a case ({columns, rows} per table) as tables; bad rows are refused and listed, never clipped."""
    tables, faults = Tables(), []
    inputs = {_table(policy, name).name: given for name, given in inputs.items()}
    for name, table in policy.tables.items():
        given = inputs.get(name)
        if given is None:
            tables[name] = empty_table(table)
            if not table.optional:
                tables.delivered.add(name)
            continue
        tables.delivered.add(name)
        columns = [_column(table, str(column)) for column in given["columns"]]
        raw = {column: [row[i] for row in given["rows"]] for i, column in enumerate(columns)}
        bad = []
        tables[name] = typed_frame(table, raw, list(range(1, len(given["rows"]) + 1)), lambda *seen, bad=bad: bad.append(seen))
        tables.origins[name] = Origin(name, {})
        faults += [RowFault(name, row, column.name, value, reason, problem) for row, column, value, problem, reason in bad]
    if "employees" in policy.tables and "employees" not in inputs:
        tables["employees"] = _people(policy, tables)
        tables.delivered.discard("employees")
    refuse_rows(tables, faults)
    refuse_rows(tables, check_rows(policy, tables))
    return tables


def _table(policy: Policy, word: str):
    found = table_named(policy.tables, word)
    if found is None:
        known = [name for table in policy.tables.values() for name in (table.sheet, table.name)]
        raise PolicyError(Fault(word, say("本办法没有这个数据表。", "is no table of this policy."), did_you_mean(word, known)))
    return found


def _column(table, word: str) -> str:
    found = table.column(word)
    if found is None:
        known = [name for column in table.columns.values() for name in (column.heading, column.name)]
        raise PolicyError(Fault(f"{table.sheet}.{word}", say("没有这一列。", "is no column."), did_you_mean(word, known)))
    return found.name


def _people(policy: Policy, tables: Tables) -> pd.DataFrame:
    """Everybody named in any table, where a case gives no roster."""
    found = [frame["employee_id"] for frame in tables.values() if "employee_id" in frame]
    ids = [str(one) for one in pd.unique(pd.concat(found).dropna())] if found else []
    return typed_frame(policy.tables["employees"], {"employee_id": ids}, [0] * len(ids), lambda *_: None)


_CHINESE = {"员工": "employees", "小组": "groups", "部门": "department", "拒收": "errors", "待决定": "flags"}


def _actual(result: Result, name: str):
    name = _CHINESE.get(name, name)
    if name in ("results", "employees"):
        return result.tables.get(name, result.employees)
    if name == "groups":
        return result.tables.get(name, result.groups)
    if name == "errors":
        return result.errors
    if name in result.tables:
        return result.tables[name]
    if name == "department":
        return result.department.iloc[0]
    if name == "flags":
        nested: dict = {}
        for flag in result.flags.to_dict("records"):
            nested.setdefault(flag["employee_id"], {})[flag["flag"]] = flag["detail"]
        return nested
    return say("（没有这个结果）", "(there is no such result)")


def plain(value):
    """Frames, columns and arrays as dicts, lists and plain values."""
    if isinstance(value, pd.DataFrame):
        if isinstance(value.index, pd.RangeIndex):
            return [plain(row) for row in value.to_dict("records")]
        return {str(key): plain(value.loc[key]) for key in value.index}
    if isinstance(value, pd.Series):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, ExactArray, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (np.bool_, np.integer)):
        return value.item()
    if isinstance(value, (pd.Timestamp, date)):
        return str(value)[:10]
    return None if is_missing(value) or value is pd.NaT else value


def compare(place: str, expected, actual) -> list[str]:
    """Every place where the result is not what was expected; only what the case names is compared."""
    if isinstance(actual, pd.DataFrame) and isinstance(expected, dict):
        rows = actual.index.astype(str)
        actual = {key: actual.iloc[int(np.flatnonzero(rows == key)[0])] for key in expected if key in rows}
    actual = plain(actual)
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [_difference(place, expected, actual)]
        return [
            line
            for key, value in expected.items()
            for line in (
                compare(f"{place} {key}", value, actual[key])
                if key in actual
                else [_difference(f"{place} {key}", value, say("（没有）", "(nothing)"))]
            )
        ]
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [_difference(place, expected, actual)]
        return [line for i, value in enumerate(expected) for line in compare(f"{place}[{i}]", value, actual[i])]
    same = actual is None if expected is None else _equal(expected, actual)
    return [] if same else [_difference(place, expected, actual)]


def _equal(expected, actual) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, Fraction)):
        return isinstance(actual, (int, float, Fraction)) and half_up(fraction(actual)) == half_up(Fraction(expected))
    return str(expected) == str(actual)


def _difference(place, expected, actual) -> str:
    return say(f"{place}：应为 {_shown(expected)}，实为 {_shown(actual)}", f"{place}: expected {_shown(expected)}, got {_shown(actual)}")


def _shown(value) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float, Fraction)):
        return text(fraction(value))
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}" if isinstance(value, dict) else str(value)
