"""Totals and sections: what bounds and rounding change is a line of its own, and the ledger adds up."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import TABLES, numbers, plain, policy, quick, refusal, score, sheets, status

from kpi_helpers.ledger import check_balance

SECTIONS = TABLES.replace("clauses:\n", "sections: {勤: 考勤, 质: 质量}\nclauses:\n")
rows = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8)


def half_up(x):
    return Fraction(math.floor(abs(x) * 100 + Fraction(1, 2)), 100) * (1 if x >= 0 else -1)


@quick
@given(rows)
def test_a_total_is_the_sum_of_its_lines_between_floor_and_cap_rounded_half_up(given):
    rule = policy(
        "rule: flat, amount: 甲",
        "rule: flat, amount: 乙, kind: deduction",
        "rule: total, start: 100, floor: 0, cap: 120, places: 2, as: 得分",
        "rule: total, kinds: [deduction], as: 扣",
    )
    result = score(rule, **sheets(甲=[a for a, _ in given], 乙=[b for _, b in given]))
    assert plain(result.employees["得分"]) == [half_up(min(max(100 + a + b, 0), 120)) for a, b in given]
    check_balance(result, "得分")


@quick
@given(rows)
def test_a_total_rounded_another_way(given):
    rule = policy("rule: flat, amount: 甲, unit: 元", "rule: total, unit: 元, round: {to: 10, mode: down}, as: 应发")
    result = score(rule, **sheets(甲=[a for a, _ in given]))
    assert plain(result.employees["应发"]) == [math.trunc(a / 10) * 10 for a, _ in given]
    check_balance(result, "应发", "元")


def test_base_points_and_caps_by_post():
    rule = policy(
        "rule: flat, amount: 5", "rule: total, start: {by: 岗位, 客服: 100, 组长: 90}, cap: {by: 岗位, 客服: 103, 组长: 110}, as: 得分"
    )
    result = score(rule, **sheets(岗位=["客服", "组长", None]))
    assert plain(result.employees["得分"]) == [103, 95, None]
    assert status(result) == {"E02": ["role"]}


@quick
@given(st.lists(st.tuples(st.fractions(-40, 0, max_denominator=4), st.fractions(-40, 0, max_denominator=4)), min_size=1, max_size=8))
def test_a_section_never_falls_below_its_floor(given):
    rule = policy(
        "rule: flat, amount: 甲, section: 勤", "rule: section, cap: 20, section: 勤, as: 勤分",
        "rule: flat, amount: 乙, section: 质", "rule: section, cap: {by: 岗位, 客服: 30}, floor: 10, section: 质, as: 质分",
        "rule: total, as: 得分", tables=SECTIONS,
    )  # fmt: skip
    result = score(rule, **sheets(甲=[a for a, _ in given], 乙=[b for _, b in given], 岗位=["客服"] * len(given)))
    own = [(max(20 + a, 0), max(30 + b, 10)) for a, b in given]
    assert list(zip(plain(result.employees["勤分"]), plain(result.employees["质分"]), strict=True)) == own
    assert plain(result.employees["得分"]) == [a + b for a, b in own]
    check_balance(result, "得分")


def test_who_is_open_gets_no_total():
    result = score(policy("rule: sum_of, measures: [甲], unit: 分", "rule: total, as: 得分"), **sheets(甲=[1, None]))
    assert plain(result.employees["得分"]) == [1, None]
    assert status(result) == {"E01": ["甲"]}


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: section, cap: 20", "section"),
        ("rule: total, places: 2, round: 2", "places"),
        ("rule: total, places: 9", "places"),
        ("rule: total, sections: [勤]", "勤"),
        ("rule: total, kinds: [奖]", "奖"),
        ("rule: total, kinds: []", "空表"),
        ("rule: total, missing: 0", "missing"),
    ],
)
def test_a_total_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
