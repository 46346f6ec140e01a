"""Events and rows that are counted: per_event, discretionary, tally, per_record, against naive sums in fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import counts, maybe, numbers, policy, quick, refusal, results, score, status

EVENTS = ["事件编号", "工号", "条款", "日期", "次数", "酌情分值"]
PEOPLE = [["工号", "岗位"], ["E1", "客服"], ["E2", "组长"], ["E3", None]]
days = st.integers(1, 31)


def events(rows):
    """(person, day, count) as rows of 事件."""
    return [EVENTS, *([f"V{n}", who, "1", f"2026-10-{day:02}", count, None] for n, (who, day, count) in enumerate(rows))]


people_days = st.lists(st.tuples(st.sampled_from(["E1", "E2"]), days, st.integers(0, 5)), max_size=12)
PER_EVENT = policy("rule: per_event, points: -2, free: 3, floor: -10, as: 果")
PER_DAY = policy("rule: per_event, points: -2, within: day, free_each: 1, floor_each: -4, floor: -15, as: 果")
PER_WEEK = policy("rule: per_event, points: 3, within: week, cap_each: 6, as: 果")


@quick
@given(people_days)
def test_events_beyond_the_free_ones_down_to_the_floor(rows):
    own = [sum(count for who, _, count in rows if who == person) for person in ("E1", "E2", "E3")]
    assert results(PER_EVENT, "果", 员工=PEOPLE, 事件=events(rows)) == [max(-2 * max(n - 3, 0), -10) for n in own]


@quick
@given(people_days, st.randoms())
def test_each_day_has_its_own_free_event_and_floor(rows, random):
    expected = []
    for person in ("E1", "E2", "E3"):
        by_day = {}
        for who, day, count in rows:
            if who == person:
                by_day[day] = by_day.get(day, 0) + count
        expected.append(max(sum(max(-2 * max(n - 1, 0), -4) for n in by_day.values()), -15))
    assert results(PER_DAY, "果", 员工=PEOPLE, 事件=events(rows)) == expected
    random.shuffle(rows)
    assert results(PER_DAY, "果", 员工=PEOPLE, 事件=events(rows)) == expected


@quick
@given(people_days)
def test_weeks_run_from_monday(rows):
    # 2026-10-01 is a Thursday: weeks end on the 4th, 11th, 18th, 25th
    week = {day: sum(day > end for end in (4, 11, 18, 25)) for day in range(1, 32)}
    expected = [
        sum(min(3 * sum(n for who, day, n in rows if who == person and week[day] == one), 6) for one in range(5))
        for person in ("E1", "E2", "E3")
    ]
    assert results(PER_WEEK, "果", 员工=PEOPLE, 事件=events(rows)) == expected


def test_points_by_role_need_no_number_for_roles_without_events():
    rule = policy("rule: per_event, points: {by: 岗位, 客服: -1}, as: 果, who: {岗位: 客服}")
    assert results(rule, "果", 员工=PEOPLE, 事件=events([("E1", 1, 2)])) == [-2, None, None]


def test_a_day_bound_needs_a_date():
    with pytest.raises(Exception, match="没有日期"):
        score(PER_DAY, 员工=PEOPLE, 事件=[EVENTS, ["V1", "E1", "1", None, 1, None]])


@pytest.mark.parametrize(
    "arguments, said",
    [
        ("points: -2, cap_each: 3", "within"),
        ("points: -2, within: day", "within"),
        ("points: -2, free: -1", "不能小于 0"),
        ("points: -2, floor: 3, cap: 1", "floor 高于 cap"),
        ("points: -2, within: year, cap_each: 1", "within"),
        ("points: [1]", "points"),
        ("points: 评级", "文字"),
    ],
)
def test_an_event_clause_that_cannot_be_meant_does_not_load(arguments, said):
    assert said in refusal(f"rule: per_event, {arguments}")


DISCRETION = [
    policy(f"rule: discretionary, sign: -1, low: 1, high: 10{blank}, as: 果") for blank in ("", ", blank: low", ", blank: incomplete")
]


@quick
@given(st.lists(st.none() | st.fractions(1, 10, max_denominator=4), max_size=6))
def test_discretion_adds_what_was_entered(points):
    rows = [EVENTS, *([f"V{n}", "E1", "1", "2026-10-05", 1, value] for n, value in enumerate(points))]
    entered = sum((value for value in points if value is not None), Fraction(0))
    given = [score(one, 员工=PEOPLE, 事件=rows) for one in DISCRETION]
    assert [one.employees["果"].iloc[0] for one in given] == [-entered, -entered - points.count(None), -entered]
    assert [list(status(one)) for one in given] == [[], [], ["E1"] if None in points else []]


def test_the_range_of_discretion_is_checked_when_the_policy_loads():
    assert "low 高于 high" in refusal("rule: discretionary, sign: 1, low: 3, high: 1")
    assert "只读" in refusal("rule: discretionary, table: 通话, sign: 1, low: 1, high: 3")


CALLS = ["工号", "日期", "客户", "秒数", "权数", "岗位"]
calls = st.lists(st.tuples(st.sampled_from(["E1", "E2"]), days, st.sampled_from("ab"), st.integers(0, 90), counts), max_size=12)


def rows_of(made):
    return [CALLS, *([who, f"2026-10-{day:02}", customer, length, weight, "客服"] for who, day, customer, length, weight in made)]


TALLY = policy(
    "rule: tally, table: 通话, when: {秒数: {at_least: 30}}, as: 有效",
    "rule: tally, table: 通话, of: sum, column: 秒数, as: 总长",
    "rule: tally, table: 通话, of: mean, column: 秒数, as: 平均",
    "rule: tally, table: 通话, of: mean, column: 秒数, weight: 权数, as: 加权",
    "rule: tally, table: 通话, of: min, column: 秒数, as: 最短",
    "rule: tally, table: 通话, of: max, column: 秒数, as: 最长",
    "rule: tally, table: 通话, of: distinct, column: 客户, as: 客户数",
    "rule: tally, table: 通话, of: days, as: 天数",
    "rule: tally, table: 通话, same: [客户, 日期], at_most: 2, as: 前二",
    "rule: tally, table: 通话, of: sum, column: 秒数, within: day, cap_each: 100, as: 日封顶",
)


@quick
@given(calls)
def test_a_tally_is_the_naive_one(made):
    people = score(TALLY, 员工=PEOPLE, 通话=rows_of(made)).employees
    for person in ("E1", "E2", "E3"):
        own = [row for row in made if row[0] == person]
        lengths, weights = [Fraction(row[3]) for row in own], [row[4] for row in own]
        first, each_day = {}, {}
        for _, day, customer, length, _ in own:
            first[customer, day] = first.get((customer, day), 0) + 1
            each_day[day] = each_day.get(day, 0) + length
        expected = {
            "有效": sum(length >= 30 for length in lengths),
            "总长": sum(lengths),
            "平均": sum(lengths) / len(lengths) if lengths else None,
            "加权": sum(map(Fraction.__mul__, lengths, weights)) / sum(weights) if sum(weights) else None,
            "最短": min(lengths, default=None),
            "最长": max(lengths, default=None),
            "客户数": len({row[2] for row in own}),
            "天数": len({row[1] for row in own}),
            "前二": sum(min(n, 2) for n in first.values()),
            "日封顶": sum(min(n, 100) for n in each_day.values()),
        }
        found = {
            name: None if people.loc[person, name] is people["平均"].array.dtype.na_value else people.loc[person, name] for name in expected
        }
        assert found == expected


def test_a_column_that_was_not_handed_in_is_missing_and_fulfils_no_condition():
    given = {"员工": PEOPLE, "通话": [["工号"], ["E1"]]}
    rule = policy(
        "rule: tally, table: 通话, when: {秒数: {at_least: 30}}, as: 有效", "rule: tally, table: 通话, same: [客户], at_most: 2, as: 前二"
    )
    assert results(rule, "有效", **given) == [0, 0, 0]
    assert results(rule, "前二", **given) == [1, 0, 0]


@pytest.mark.parametrize(
    "arguments, said",
    [
        ("of: sum", "column"),
        ("column: 秒数", "column"),
        ("of: sum, column: 客户", "不是数字"),
        ("of: mean, column: 秒数, weight: 客户", "不是数字"),
        ("of: sum, column: 秒数, weight: 权数", "weight"),
        ("same: [客户]", "at_most"),
        ("same: [客护], at_most: 1", "客户"),
        ("at_most: -1", "不小于 0"),
        ("within: day", "cap_each"),
        ("of: distinct, column: 客户, within: day, cap_each: 1", "within"),
        ("when: {客户: {at_least: 3}}", "不能比大小"),
        ("when: {秒数: 长}", "秒数"),
    ],
)
def test_a_tally_that_cannot_be_meant_does_not_load(arguments, said):
    assert said in refusal(f"rule: tally, table: 通话, {arguments}")


STINTS = policy(
    "rule: per_record, table: 通话, amount: {by: 岗位, 客服: 900, 组长: 1300}, times: 秒数, over: 21, round_each: 2, unit: 元, as: 果"
)


@quick
@given(st.lists(st.tuples(st.sampled_from(["E1", "E2"]), st.sampled_from(["客服", "组长"]), st.integers(0, 21)), max_size=8))
def test_who_changes_post_is_paid_by_the_post_of_each_stint(stints):
    rows = [CALLS, *([who, "2026-10-01", "a", worked, 1, post] for who, post, worked in stints)]

    def fen(value):
        return Fraction(int(value * 100 + Fraction(1, 2)), 100)

    pay = {"客服": 900, "组长": 1300}
    expected = [
        sum(fen(Fraction(pay[post] * worked, 21)) for who, post, worked in stints if who == person) for person in ("E1", "E2", "E3")
    ]
    assert results(STINTS, "果", 员工=PEOPLE, 通话=rows) == expected


def test_a_band_for_each_record_may_depend_on_the_post():
    rule = "rule: per_record, table: 通话, column: 秒数, bands: [{from: {by: 岗位, 客服: 30, 组长: 60}, give: 2}, {give: 0}], as: 果"
    rows = [
        CALLS,
        *(["E1", "2026-10-01", "a", seconds, 1, post] for seconds, post in ((30, "客服"), (29, "客服"), (60, "组长"), (59, "组长"))),
    ]
    assert results(policy(rule), "果", 员工=PEOPLE, 通话=rows) == [4, 0, 0]


@pytest.mark.parametrize("seconds, weight", [(None, 1), (30, 0), (30, None)])
def test_a_blank_or_a_divisor_of_0_in_a_record_leaves_the_person_open(seconds, weight):
    rule = policy("rule: per_record, table: 通话, times: 秒数, over: 权数, unit: 元", "rule: total, unit: 元, as: 应发")
    result = score(
        rule, 员工=PEOPLE, 通话=[CALLS, ["E1", "2026-10-01", "a", 30, 2, "客服"], ["E1", "2026-10-01", "a", seconds, weight, "客服"]]
    )
    assert status(result) == {"E1": ["条款1"]}
    assert result.employees["应发"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize(
    "arguments",
    [
        *("column: 秒数", "bands: [{give: 1}]", "column: 秒数, bands: [{give: 高}]", "times: 客户", "within: day"),
        *("same: [客户]", "at_most: 2", "within: day, cap_each: -20", "within: day, floor_each: 1, cap_each: 0"),
    ],
)
def test_a_record_clause_that_cannot_be_meant_does_not_load(arguments):
    assert refusal(f"rule: per_record, table: 通话, {arguments}")


@pytest.mark.parametrize("calls, expected", [([3, 4, 5], -7), ([3], -3), ([20], -20), ([21], -20), ([12, 9, 1], -20)])
def test_two_records_a_customer_and_day_count_and_a_day_takes_20_at_most(calls, expected):
    rule = "rule: per_record, table: 通话, amount: -1, times: 秒数, same: [客户, 日期], at_most: 2, within: day, floor_each: -20, as: 果"
    rows = [CALLS, *(["E1", "2026-10-01", "a", seconds, 1, "客服"] for seconds in calls)]
    assert results(policy(rule), "果", 员工=PEOPLE, 通话=rows)[0] == expected


def test_another_day_and_another_customer_are_counted_by_themselves():
    rule = "rule: per_record, table: 通话, amount: 权数, same: [客户, 日期], at_most: 1, as: 果"
    days = [("2026-10-01", "a", 1), ("2026-10-01", "a", 10), ("2026-10-01", "b", 100), ("2026-10-02", "a", 1000)]
    rows = [CALLS, *(["E1", day, customer, 30, price, "客服"] for day, customer, price in days)]
    assert results(policy(rule), "果", 员工=PEOPLE, 通话=rows)[0] == 1101


@given(maybe, numbers)
@quick
def test_an_amount_per_record_times_its_column(seconds, amount):
    rule = policy("rule: per_record, table: 通话, amount: 权数, times: 秒数, as: 果")
    rows = [CALLS, ["E1", "2026-10-01", "a", seconds, amount, "客服"]]
    assert results(rule, "果", 员工=PEOPLE, 通话=rows)[0] == (None if seconds is None else seconds * amount)
