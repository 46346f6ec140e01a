"""Reckoning with figures: flat, ratio, sum, product, smaller, larger, difference, rounding, seniority."""

import math
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, numbers, plain, policy, quick, refusal, results, score, sheets, status

pairs = st.lists(st.tuples(maybe, maybe), min_size=1, max_size=8)


def two(rows):
    return sheets(甲=[a for a, _ in rows], 乙=[b for _, b in rows])


def open_only(result):
    return [id in status(result) for id in result.employees.index]


@pytest.mark.parametrize(
    "rule, oracle",
    [
        ("sum_of", lambda a, b: a + b + 3),
        ("product_of", lambda a, b: a * b * 3),
        ("min_of", lambda a, b: min(a, b, 3)),
        ("max_of", lambda a, b: max(a, b, 3)),
        ("difference", lambda a, b: a - b - 3),
    ],
)
@quick
@given(pairs)
def test_several_figures_and_numbers_as_one(rule, oracle, rows):
    result = score(policy(f"rule: {rule}, measures: [甲, 乙, 3], as: 果"), **two(rows))
    assert plain(result.employees["果"]) == [None if a is None or b is None else oracle(a, b) for a, b in rows]
    lacking = [[name for name, value in (("甲", a), ("乙", b)) if value is None] for a, b in rows]
    assert plain(result.employees["missing"]) == lacking


@quick
@given(pairs)
def test_what_missing_says_stands_in_for_a_blank(rows):
    filled = score(policy("rule: sum_of, measures: [甲, 乙], missing: 7, as: 果"), **two(rows))
    assert plain(filled.employees["果"]) == [(7 if a is None else a) + (7 if b is None else b) for a, b in rows]
    skipped = score(policy("rule: sum_of, measures: [甲, 乙], missing: skip, as: 果"), **two(rows))
    assert plain(skipped.employees["果"]) == [None if a is None or b is None else a + b for a, b in rows]
    assert status(filled) == status(skipped) == {}


@quick
@given(pairs, st.sampled_from(["higher", "lower"]))
def test_a_ratio_against_a_figure(rows, better):
    result = score(policy(f"rule: ratio, measure: 甲, over: 乙, better: {better}, scale: 100, as: 果"), **two(rows))
    expected = []
    for a, b in rows:
        upper, lower = (a, b) if better == "higher" else (b, a)
        expected.append(None if upper is None or not lower else upper / lower * 100)
    assert plain(result.employees["果"]) == expected
    assert open_only(result) == [one is None for one in expected]


@quick
@given(pairs)
def test_what_a_divisor_of_0_gives_is_stated(rows):
    found = results(policy("rule: ratio, measure: 甲, over: 乙, when_zero: 1, as: 果"), "果", **two(rows))
    assert found == [None if a is None or b is None else 1 if b == 0 else a / b for a, b in rows]


def test_zero_of_zero_is_named_not_guessed():
    assert status(score(policy("rule: ratio, measure: 甲, over: 乙, as: 果"), **sheets(甲=[0], 乙=[0]))) == {"E00": ["条款1（除数为 0）"]}


ROUND = {
    "half_up": lambda x: math.copysign(1, x) * math.floor(abs(x) + Fraction(1, 2)),
    "half_even": round,
    "up": lambda x: math.copysign(1, x) * math.ceil(abs(x)),
    "down": lambda x: math.copysign(1, x) * math.floor(abs(x)),
}


@pytest.mark.parametrize("mode", ROUND)
@pytest.mark.parametrize(
    "written, step", [("to: 50", Fraction(50)), ("places: 1", Fraction(1, 10)), ("places: 0", Fraction(1)), ("to: 0.5", Fraction(1, 2))]
)
@quick
@given(st.lists(st.fractions(-300, 300, max_denominator=40), min_size=1, max_size=8))
def test_rounding_to_places_or_to_a_multiple(mode, written, step, values):
    expected = [Fraction(int(ROUND[mode](value / step))) * step for value in values]
    assert results(policy(f"rule: rounded, measure: 甲, to: {{{written}, mode: {mode}}}, as: 果"), "果", **sheets(甲=values)) == expected
    kept = policy(f"rule: sum_of, measures: [甲], round: {{{written}, mode: {mode}}}, as: 果")
    assert results(kept, "果", **sheets(甲=values)) == expected


@pytest.mark.parametrize("value, expected", [("2.345", "2.35"), ("-2.345", "-2.35"), ("2.3449", "2.34")])
def test_a_half_is_rounded_away_from_0(value, expected):
    assert results(policy("rule: rounded, measure: 甲, to: 2, as: 果"), "果", **sheets(甲=[value])) == [Fraction(expected)]


@quick
@given(st.lists(numbers, min_size=1, max_size=8), numbers, numbers)
def test_floor_then_cap_then_rounding(values, low, width):
    high = low + abs(width)
    rule = policy(f"rule: sum_of, measures: [甲], floor: {float(round(low, 2))}, cap: {float(round(high, 2))}, round: 0, as: 果")
    bounds = round(low, 2), round(high, 2)
    found = results(rule, "果", **sheets(甲=values))
    assert found == [int(ROUND["half_up"](min(max(value, bounds[0]), bounds[1]))) for value in values]


@quick
@given(st.lists(st.none() | st.dates(date(2000, 1, 1), date(2026, 12, 31)), min_size=1, max_size=8))
def test_seniority_in_whole_months_years_and_days(dates):
    end = date(2026, 11, 1)  # the last day of October counts

    def months(day):
        return max(
            sum((day.year + (day.month - 1 + n) // 12, (day.month - 1 + n) % 12 + 1, day.day) <= (2026, 11, 1) for n in range(1, 400)), 0
        )

    clauses = [f"rule: tenure, span: {span}, as: {span}" for span in ("months", "years", "days")]
    result = score(policy(*clauses), **sheets(入职日期=[None if day is None else str(day) for day in dates]))
    assert plain(result.employees["months"]) == [None if day is None else months(day) for day in dates]
    assert plain(result.employees["years"]) == [None if day is None else months(day) // 12 for day in dates]
    assert plain(result.employees["days"]) == [None if day is None else max((end - day).days, 0) for day in dates]
    assert list(status(result).values()) == [["hire_date"]] * dates.count(None)


@pytest.mark.parametrize("hired, on, months", [
    ("2025-11-01", "period_end", 12), ("2025-11-02", "period_end", 11),
    ("2025-10-01", "period_start", 12), ("2025-10-02", "period_start", 11), ("2027-01-01", "period_end", 0),
])  # fmt: skip
def test_the_day_that_completes_a_month(hired, on, months):
    assert results(policy(f"rule: tenure, on: {on}, as: 果"), "果", **sheets(入职日期=[hired])) == [months]


ROLES = {"岗位": ["客服", "组长", "客服"], "甲": [1, 2, None]}


@pytest.mark.parametrize(
    "amount, expected",
    [
        ("5", [5, 5, 5]),
        ("甲", [1, 2, None]),
        ("$奖金基数", [1000, 1500, 1000]),
        ("$目标", [92, 92, 92]),
        ("{by: 岗位, 客服: 3, otherwise: 4}", [3, 4, 3]),
        ("{2026-01: 1, 2026-11: 2}", [1, 1, 1]),
        ("{by: 岗位, 客服: {2026-01: 1, 2026-10: 2}, 组长: 9}", [2, 9, 2]),
    ],
)
def test_a_number_plain_dated_by_column_or_a_figure(amount, expected):
    assert results(policy(f"rule: flat, amount: {amount}, as: 果"), "果", **sheets(**ROLES)) == expected


def test_a_role_without_a_number_is_named_unless_the_clause_is_not_for_it():
    with pytest.raises(Exception, match="组长"):
        results(policy("rule: flat, amount: {by: 岗位, 客服: 3}, as: 果"), "果", **sheets(**ROLES))
    assert results(policy("rule: flat, amount: {by: 岗位, 客服: 3}, who: {岗位: 客服}, as: 果"), "果", **sheets(**ROLES)) == [3, None, 3]


def test_a_person_without_the_figure_of_an_amount_stays_open():
    result = score(policy("rule: flat, amount: 甲, unit: 元", "rule: total, unit: 元, as: 应发"), **sheets(**ROLES))
    assert plain(result.employees["应发"]) == [1, 2, None]
    assert status(result) == {"E02": ["甲"]}


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: sum_of, measures: [甲, 丁]", "丁"),
        ("rule: sum_of, measures: [甲, 评级]", "评级"),
        ("rule: sum_of, measures: []", "measures"),
        ("rule: sum_of, measures: [甲, [乙]]", "measures"),
        ("rule: sum_of, measures: [甲, null]", "measures"),
        ("rule: ratio, measure: 甲, over: 入职日期", "入职日期"),
        ("rule: ratio, measure: 甲, over: 0.5, better: more", "higher"),
        ("rule: rounded, measure: 甲, to: {places: 2, mode: bankers}", "half_even"),
        ("rule: rounded, measure: 甲, to: -1", "to"),
        ("rule: tenure, since: 生日", "生日"),
        ("rule: flat, amount: [1]", "amount"),
        ("rule: flat, amount: {2026-11: 5}", "2026-11"),
        ("rule: flat, amount: {by: 岗为, 客服: 1}", "岗位"),
    ],
)
def test_a_reckoning_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
