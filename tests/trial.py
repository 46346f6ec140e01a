"""试行办法: a policy of a few clauses over a handful of sheets, and sheets to score it on; for tests of the rules."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import case_tables
from kpi_helpers.numbers import is_missing

TABLES = """\
scheme: trial
title: 试行办法
tables:
  员工: {required: [工号], optional: [小组, 岗位: text, 职级: text, 入职日期], key: [工号]}
  数据:
    required: [工号]
    optional: [甲: number, 乙: number, 丙: number, 满意度: {kind: number, may_not_apply: true}, 评级: text, 达标: bool]
    key: [工号]
  事件: {required: [事件编号, 工号, 条款], optional: [日期, 次数, 酌情分值, 审批人], key: [事件编号]}
  通话:
    required: [工号]
    optional: [日期, 客户: text, 秒数: number, 权数: number, 接起: {kind: datetime}, 挂断: {kind: datetime}, 岗位: text]
  打分: {required: [工号], optional: [评分人: text, 分数: number, 评语: text, grader_id]}
  组数据: {required: [小组], optional: [组奖金: number]}
  历史: {required: [工号, 月份], optional: [得分: number, 余额: number, 档次: text]}
parameters:
  奖金基数: {value: {by: 岗位, 客服: 1000, 组长: 1500}, unit: 元, basis: S}
  目标: {value: {2026-01: 90, 2026-10: 92}, unit: 分, basis: S}
clauses:
"""
OF_PEOPLE = ("小组", "岗位", "职级", "入职日期")

quick = settings(max_examples=12, deadline=None)
numbers = st.fractions(-200, 200, max_denominator=6)
counts = st.integers(0, 30)
maybe = st.none() | numbers


def policy(*clauses: str, month="2026-10", tables=TABLES, **overrides):
    """The policy of some clauses, each written as {id: …, title: …} without braces and head: 'rule: flat, amount: 5'."""
    return _load("".join(map(_entry, range(1, len(clauses) + 1), clauses)), month, tables, tuple(overrides.items()))


def _entry(number: int, clause: str) -> str:
    id = "" if "id:" in clause else f'id: "{number}", '
    return f"  - {{{id}title: 条款{number}, source: 条{number}, basis: S, {clause}}}\n"


@cache
def _load(clauses: str, month, tables: str, overrides: tuple):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trial.yaml"
        path.write_text(tables + clauses, encoding="utf-8")
        return kpi.load_policy(path, month, dict(overrides) or None)


def score(policy, **sheets):
    """The result of a policy on sheets, each a list of rows whose first names the columns."""
    return kpi.score(policy, case_tables(policy, {name: {"columns": rows[0], "rows": rows[1:]} for name, rows in sheets.items()}))


def sheets(**columns) -> dict:
    """员工 and 数据 of the people E00, E01, …: one list a column."""
    ids = [f"E{row:02}" for row in range(max(map(len, columns.values())))]
    parts = {"员工": {"工号": ids}, "数据": {"工号": ids}}
    for name, values in columns.items():
        parts["员工" if name in OF_PEOPLE else "数据"][name] = values
    return {name: [list(part), *map(list, zip(*part.values(), strict=True))] for name, part in parts.items()}


def plain(values) -> list:
    """A column as numbers and words, None where missing."""
    return [None if is_missing(value) else value for value in values]


def results(policy, name: str, **given) -> list:
    """One result of everybody, in the order of the roster."""
    return plain(score(policy, **given).employees[name])


def posted(result, id: str, key: str = "employee_id") -> dict:
    """What a clause posted, by person (or group)."""
    lines = result.ledger[result.ledger["clause"] == id]
    return dict(zip(lines[key], lines["value"], strict=True))


def status(result) -> dict:
    """Who is open, and what they lack."""
    people = result.employees
    return {id: missing for id, one, missing in zip(people.index, people["status"], people["missing"], strict=True) if one == "incomplete"}


def refusal(*clauses: str, **given) -> str:
    """What is said of a policy that does not load."""
    try:
        policy(*clauses, **given)
    except kpi.PolicyError as error:
        return str(error)
    raise AssertionError(f"loads: {clauses}")
