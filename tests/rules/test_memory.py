"""What is remembered: earlier months, windows and sums to date, streaks, what is kept for next month."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, numbers, plain, policy, quick, refusal, results, score, sheets, status

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)][:21]  # up to the month before 2026-10
pasts = st.dictionaries(st.sampled_from(MONTHS[9:]), maybe, max_size=10)


def given_past(past, this=None):
    return sheets(甲=[this, 5]) | {"历史": [["工号", "月份", "得分"], *(["E00", month, value] for month, value in past.items())]}


@quick
@given(pasts, st.randoms())
def test_an_earlier_month_and_the_same_month_last_year(past, random):
    rule = policy("rule: earlier, column: 得分, as: 上月", "rule: earlier, column: 得分, back: 12, missing: 0, as: 去年")
    rows = list(past.items())
    random.shuffle(rows)
    people = score(rule, **given_past(dict(rows))).employees
    assert plain(people["上月"]) == [past.get("2026-09"), None]
    assert plain(people["去年"]) == [past.get("2025-10") or 0, 0]


OF = {
    "sum": sum,
    "count": len,
    "mean": lambda v: sum(v) / len(v) if v else None,
    "min": lambda v: min(v, default=None),
    "max": lambda v: max(v, default=None),
}


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("absent", ["incomplete", "skip"])
@pytest.mark.parametrize("span, months, with_this", [
    ("periods: 3", MONTHS[-3:], False), ("periods: 3", MONTHS[-2:], True),
    ("since: year", MONTHS[-9:], False), ("since: year", MONTHS[-9:], True),
    ("since: quarter", [], False), ("since: quarter", [], True),
])  # fmt: skip
@quick
@given(pasts, maybe)
def test_a_window_is_the_naive_one(of, absent, span, months, with_this, past, this):
    clause = f"rule: window, column: 得分, of: {of}, {span}, absent: {absent}{', this: 甲' if with_this else ''}, as: 果"
    values = [past.get(month) for month in months] + ([this] if with_this else [])
    known = [value for value in values if value is not None]
    expected = None if absent == "incomplete" and len(known) < len(values) else OF[of](known)
    assert results(policy(clause), "果", **given_past(past, this))[0] == expected


@quick
@given(pasts, numbers)
def test_only_values_that_fulfil_the_condition_count(past, this):
    rule = policy("rule: window, column: 得分, of: count, periods: 6, this: 甲, that: {at_least: 0}, absent: skip, as: 果")
    values = [past.get(month) for month in MONTHS[-5:]] + [this]
    assert results(rule, "果", **given_past(past, this))[0] == sum(value is not None and value >= 0 for value in values)


@pytest.mark.parametrize("with_this", [True, False])
@quick
@given(pasts, maybe)
def test_a_streak_ends_at_the_first_month_that_fails_or_is_not_there(with_this, past, this):
    clause = f"rule: streak, column: 得分, that: {{above: -100, is_not: 0}}{', this: 甲' if with_this else ''}, as: 果"
    run = 0
    for value in ([this] if with_this else []) + [past.get(month) for month in reversed(MONTHS)]:
        if value is None or value <= -100 or value == 0:
            break
        run += 1
    known = this is not None or not with_this
    assert results(policy(clause), "果", **given_past(past, this))[0] == (run if known else None)


def test_a_streak_of_words():
    rule = policy("rule: streak, column: 档次, that: {in: [优, 良]}, as: 果")
    rows = [
        ["工号", "月份", "档次"],
        ["E00", "2026-09", "优"],
        ["E00", "2026-08", "良"],
        ["E00", "2026-07", "差"],
        ["E00", "2026-06", "优"],
    ]
    assert results(rule, "果", **sheets(甲=[1]) | {"历史": rows}) == [2]


def test_a_self_raising_target_and_what_next_month_gets():
    # target: the larger of last month's target and last month's score × 1.05
    rule = policy(
        "rule: earlier, column: 余额, missing: 80, as: 上月目标",
        "rule: earlier, column: 得分, missing: 0, as: 上月得分",
        "rule: product_of, measures: [上月得分, 1.05], as: 提高后",
        "rule: max_of, measures: [上月目标, 提高后], as: 余额",
        "rule: sum_of, measures: [甲], as: 得分",
        "rule: kept, keep: [得分, 余额]",
    )
    past = [["工号", "月份", "得分", "余额"], ["E00", "2026-09", 100, 90], ["E00", "2026-08", 7, 8], ["E00", "2026-10", 1, 1]]
    result = score(rule, **sheets(甲=[70, 60]) | {"历史": past})
    assert plain(result.employees["余额"]) == [105, 80]
    kept = result.tables["history"]
    rows = [plain(row) for row in kept[["employee_id", "month", "得分", "余额"]].to_numpy(dtype=object)]
    assert rows == [["E00", "2026-09", 100, 90], ["E00", "2026-08", 7, 8], ["E00", "2026-10", 70, 105], ["E01", "2026-10", 60, 80]]


@pytest.mark.parametrize("start, expected", [(0, 0), (3, 4), (11, 12), (12, 12)])
def test_points_recover_month_by_month_up_to_the_full_amount(start, expected):
    rule = policy("rule: earlier, column: 余额, as: 上月余额", "rule: sum_of, measures: [上月余额, 甲], cap: 12, as: 余额")
    past = [["工号", "月份", "余额"], ["E00", "2026-09", start]]
    assert results(rule, "余额", **sheets(甲=[1 if start else 0]) | {"历史": past}) == [expected]


@pytest.mark.parametrize("last, this, expected", [(10, 4, 9), (5, 0, Fraction(5, 2)), (None, 4, 4)])
def test_half_of_last_month_is_carried(last, this, expected):
    rule = policy(
        "rule: earlier, column: 得分, missing: 0, as: 上月",
        "rule: product_of, measures: [上月, 0.5], as: 结转",
        "rule: sum_of, measures: [结转, 甲], as: 余额",
    )
    past = [["工号", "月份", "得分"], *([["E00", "2026-09", last]] if last is not None else [])]
    assert results(rule, "余额", **sheets(甲=[this]) | {"历史": past}) == [expected]


def test_a_sum_to_date_is_paid_in_slabs_less_what_was_paid_before():
    rule = policy(
        "rule: window, column: 得分, since: year, absent: skip, as: 此前",
        "rule: sum_of, measures: [此前, 甲], as: 累计",
        "rule: tiered, measure: 累计, tiers: [{from: 0, rate: 0.1}, {from: 100, rate: 0.2}], unit: '', as: 至今",
        "rule: tiered, measure: 此前, tiers: [{from: 0, rate: 0.1}, {from: 100, rate: 0.2}], unit: '', as: 已付",
        "rule: difference, measures: [至今, 已付], unit: 元, as: 本月",
    )
    result = score(rule, **given_past({"2026-09": 60, "2026-01": 30, "2025-12": 500}, this=30))
    assert plain(result.employees["本月"]) == [10 * Fraction(1, 10) + 20 * Fraction(2, 10), Fraction(1, 2)]


def test_a_missing_month_is_named_where_it_is_used():
    result = score(policy("rule: earlier, column: 得分, as: 上月", "rule: ratio, measure: 甲, over: 上月, as: 果"), **given_past({}, 5))
    assert status(result) == {"E00": ["上月"], "E01": ["上月"]}


def test_two_rows_of_one_month_are_named():
    rows = [["工号", "月份", "得分"], ["E00", "2026-09", 1], ["E00", "2026-09", 2]]
    with pytest.raises(Exception, match="不止一行"):
        score(policy("rule: earlier, column: 得分"), **sheets(甲=[1]) | {"历史": rows})


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: earlier, column: 得芬", "得分"),
        ("rule: earlier, column: 得分, back: 0", "back"),
        ("rule: window, column: 得分", "periods"),
        ("rule: window, column: 得分, periods: 3, since: year", "periods"),
        ("rule: window, column: 得分, periods: 99999999", "periods"),
        ("rule: window, column: 档次, periods: 3", "不是数字"),
        ("rule: window, column: 得分, periods: 3, that: {at_least: 优}", "不是数字"),
        ("rule: streak, column: 得分, that: {}", "that"),
        ("rule: streak, column: 得分, that: {atleast: 3}", "that"),
        ("rule: streak, column: 档次, that: {at_least: 3}", "不能比大小"),
        ("rule: streak, table: 数据, column: 甲, that: {is: 3}", "月份"),
        ("rule: kept, keep: [甲]", "甲"),
        ("rule: kept, keep: []", "keep"),
        ("per: department, rule: kept, keep: [得分]", "kept"),
    ],
)
def test_a_clause_of_memory_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
