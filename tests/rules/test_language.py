"""What every clause may say: who, when, as, missing, numbers of every kind; and nothing in a policy ends in a traceback."""

import inspect
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, plain, policy, quick, refusal, results, score, sheets, status

import kpi_helpers as kpi
from kpi_helpers import rules

people = st.lists(st.tuples(maybe, maybe, st.sampled_from(["客服", "组长", None]), st.booleans()), min_size=1, max_size=8)
TESTS = {
    "{岗位: 客服}": lambda a, b, post, ok: post == "客服",
    "{岗位: [客服, 组长]}": lambda a, b, post, ok: post is not None,
    "{岗位: {is_not: 客服}}": lambda a, b, post, ok: post == "组长",
    "{岗位: {not_in: [客服, 组长]}}": lambda a, b, post, ok: False,
    "{岗位: {given: false}}": lambda a, b, post, ok: post is None,
    "{甲: {at_least: 0, below: 50}}": lambda a, b, post, ok: a is not None and 0 <= a < 50,
    "{甲: {above: 0, at_most: 50}}": lambda a, b, post, ok: a is not None and 0 < a <= 50,
    "{甲: {at_least: {column: 乙}}}": lambda a, b, post, ok: None not in (a, b) and a >= b,
    "{甲: {is: {column: 乙}}}": lambda a, b, post, ok: None not in (a, b) and a == b,
    "{甲: {is_not: {column: 乙}}}": lambda a, b, post, ok: None not in (a, b) and a != b,
    "{达标: true}": lambda a, b, post, ok: ok,
    "{达标: 否, 甲: 0}": lambda a, b, post, ok: not ok and a == 0,
    "[{岗位: 客服, 甲: {above: 0}}, {达标: true}]": lambda a, b, post, ok: ok or (post == "客服" and a is not None and a > 0),
}


@pytest.mark.parametrize("who", TESTS)
@quick
@given(people)
def test_who_names_the_people_of_a_clause(who, rows):
    rule = policy(f"rule: flat, amount: 1, who: {who}, as: 果")
    given = sheets(甲=[r[0] for r in rows], 乙=[r[1] for r in rows], 岗位=[r[2] for r in rows], 达标=[r[3] for r in rows])
    assert results(rule, "果", **given) == [1 if TESTS[who](*row) else None for row in rows]


START = datetime(2026, 10, 5, 12)


@pytest.mark.parametrize("span, limit", [("within_minutes: 90", timedelta(minutes=90)), ("within_hours: 24", timedelta(hours=24))])
@quick
@given(st.lists(st.none() | st.integers(-2, 1445), max_size=8))
def test_a_deadline_after_another_time(span, limit, minutes):
    rule = policy(f"rule: tally, table: 通话, when: {{挂断: {{after: 接起, {span}}}}}, as: 果")
    rows = [["工号", "接起", "挂断"], *(["E00", START, None if m is None else START + timedelta(minutes=m)] for m in minutes)]
    expected = sum(m is not None and timedelta(0) <= timedelta(minutes=m) <= limit for m in minutes)
    assert results(rule, "果", **sheets(甲=[1]) | {"通话": rows}) == [expected]


@pytest.mark.parametrize("later, counts", [(datetime(2026, 10, 6, 23, 59), 1), (datetime(2026, 10, 7), 0), (datetime(2026, 10, 5, 11), 0)])
def test_whole_days_are_counted_from_day_to_day(later, counts):
    rule = policy("rule: tally, table: 通话, when: {挂断: {after: 接起, within_days: 1}}, as: 果")
    assert results(rule, "果", **sheets(甲=[1]) | {"通话": [["工号", "接起", "挂断"], ["E00", START, later]]}) == [counts]


@pytest.mark.parametrize(
    "test, counts", [("{at_least: 2026-10-05}", 2), ("{above: 2026-10-05}", 1), ("2026-10-05", 1), ("{in: [2026-10-05, 2026-10-06]}", 2)]
)
def test_dates_in_a_filter(test, counts):
    rows = [["工号", "日期"], ["E00", "2026-10-04"], ["E00", "2026-10-05"], ["E00", "2026-10-06"], ["E00", None]]
    assert results(policy(f"rule: tally, table: 通话, when: {{日期: {test}}}, as: 果"), "果", **sheets(甲=[1]) | {"通话": rows}) == [counts]


def test_a_level_written_as_a_number_is_the_text_of_the_sheet():
    assert results(policy("rule: flat, amount: 1, who: {职级: 3}, as: 果"), "果", **sheets(职级=["3", "4"])) == [1, None]


def test_clauses_of_one_name_add_up_and_a_later_word_holds_for_its_people():
    rule = policy(
        "rule: flat, amount: 甲, as: 果", "rule: flat, amount: 10, who: {岗位: 组长}, as: 果",
        "rule: banded, measure: 甲, bands: [{give: 一}], as: 词",
        "rule: banded, measure: 甲, bands: [{give: 二}], who: {岗位: 组长}, as: 词",
    )  # fmt: skip
    people = score(rule, **sheets(甲=[1, 2], 岗位=["客服", "组长"])).employees
    assert (plain(people["果"]), plain(people["词"])) == ([1, 12], ["一", "二"])


@quick
@given(st.lists(st.tuples(maybe, maybe), min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_changes_nothing(rows, random):
    clauses = [
        "rule: min_max, measure: 甲, low: 0.5, high: 1.5, equal: 1, as: 一",
        "rule: ranked, measure: 甲, then: [乙], as: 二",
        "rule: shared, pool: 99.99, within: department, unit: 元, as: 三",
        "rule: distributed, measure: 甲, parts: [{give: A, part: 0.3}, {give: B}], remainder: largest, ties: order, as: 四",
    ]
    given = sheets(甲=[a for a, _ in rows], 乙=[b for _, b in rows])
    first = score(policy(*clauses), **given).employees
    for name in given:
        body = given[name][1:]
        random.shuffle(body)
        given[name] = [given[name][0], *body]
    second = score(policy(*clauses), **given).employees.loc[first.index]
    for name in "一二三四":
        assert plain(first[name]) == plain(second[name])


def test_a_column_that_may_be_left_out_and_was_is_missing():
    result = score(policy("rule: sum_of, measures: [丙], as: 果"), **sheets(甲=[1]))
    assert status(result) == {"E00": ["丙"]}


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: flat, amount: 1, who: {岗为: 客服}", "岗位"),
        ("rule: flat, amount: 1, who: {甲: {bellow: 2}}", "below"),
        ("rule: flat, amount: 1, who: {甲: 多}", "甲"),
        ("rule: flat, amount: 1, who: {岗位: {at_least: 3}}", "不能比大小"),
        ("rule: flat, amount: 1, who: {岗位: {a: 1}}", "a"),
        ("rule: flat, amount: 1, who: {甲: {is: [[1]]}}", "不是一个值"),
        ("rule: flat, amount: 1, who: {入职日期: 昨天}", "不是日期"),
        ("rule: flat, amount: 1, who: 客服", "筛选条件"),
        ("rule: flat, amount: 1, who: [{}]", "筛选条件"),
        ("rule: flat, amount: 1, when: {甲: 1}", "who"),
        ("rule: flat, amount: $没有", "没有参数"),
        ("rule: flat, amount: 1, missing: maybe", "incomplete"),
        ("rule: flat, amout: 1", "amount"),
        ("rule: fliat, amount: 1", "flat"),
        ("rule: [flat], amount: 1", "rule"),
        ("rule: flat, amount: 1, table: [数据]", "table"),
        ("rule: flat, amount: 1, section: [a]", "section"),
        ("rule: ratio, measure: [甲], over: 1", "measure"),
        ("per: department, rule: sum_of, measures: [部]", "部"),
        ("rule: flat, amount: 1, as: [果]", "as"),
    ],
)
def test_a_clause_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)


def test_a_result_is_named_before_it_is_used_and_a_grade_is_no_number():
    grade = "rule: banded, measure: 甲, bands: [{from: 90, give: 优}, {give: 差}], as: 等级"
    assert "等级" in refusal("rule: flat, amount: 1, who: {等级: 优}", grade)
    assert "等级" in refusal(grade, "rule: sum_of, measures: [等级]")
    assert "等级" in refusal(grade, "rule: flat, amount: 1, who: {等级: {at_least: 90}}")
    policy(grade, "rule: flat, amount: {by: 等级, 优: 5, 差: 0}, who: {等级: 优}")


VALID = {
    "per_event": "points: -2", "discretionary": "sign: -1, low: 1, high: 10", "tally": "table: 通话, of: sum, column: 秒数",
    "per_record": "table: 通话, amount: 1", "flat": "amount: 1", "ratio": "measure: 甲, over: 乙", "rounded": "measure: 甲, to: 2",
    "weighted": "measure: 甲, weight: 1", "weighted_mean": "weights: {甲: 1}", "rated": "table: 打分, column: 分数",
    "banded": "measure: 甲, bands: [{give: 1}]", "tiered": "measure: 甲, tiers: [{rate: 1}]",
    "interpolated": "measure: 甲, points: [{at: 0, give: 0}, {at: 1, give: 1}]",
    "looked_up": "rows: 甲, columns: 岗位, rows_from: [-9], columns_in: [客服], give: [[1]]", "per_unit": "measure: 甲, points: 1",
    "pooled": "per: group, measure: 甲", "ranked": "measure: 甲", "prizes": "measure: 甲, prizes: [1], ties: each",
    "percent_rank": "measure: 甲",
    "distributed": "measure: 甲, parts: [{give: A}], remainder: largest, ties: better", "min_max": "measure: 甲, low: 0, high: 1, equal: 1",
    "shared": "pool: 100", "excluded": "who: {岗位: 客服}", "forfeited": "who: {岗位: 客服}", "flagged": "who: {岗位: 客服}",
    "moved": "of: 评级, scale: [差, 优], by: 1", "earlier": "column: 得分", "window": "column: 得分, periods: 2",
    "streak": "column: 得分, that: {at_least: 1}", "kept": "keep: [得分]", "in_effect": "effective_from: 2026-01-01",
    "rating_due": "table: 打分, workdays: 3", "total": "places: 2", "section": "cap: 3", "tenure": "span: days",
} | {name: "measures: [甲, 乙]" for name in ("sum_of", "product_of", "min_of", "max_of", "difference")}  # fmt: skip
ODD = ["[1, 2]", "{a: 1}", "词", "评级", "null", "[]", "-1", "0.5", "true", "{}", "[{}]", "99999999999999", "[null]", "{at_least: 词}"]
EVERYTHING = sheets(甲=[1, None], 乙=[0, 2], 评级=["优", None], 岗位=["客服", None], 小组=["G1", None], 入职日期=["2026-01-01", None]) | {
    "通话": [["工号", "日期", "秒数"], ["E00", "2026-10-01", 3]],
    "打分": [["工号", "分数"], ["E00", 3]],
    "历史": [["工号", "月份", "得分"], ["E00", "2026-09", 3]],
    "事件": [["事件编号", "工号", "条款", "次数"]],
}


def test_every_rule_is_tried_with_odd_arguments():
    assert set(VALID) == set(rules.__all__)


@pytest.mark.parametrize("rule", VALID)
def test_an_odd_argument_is_named_or_works_but_never_crashes(rule):
    written = {one.split(":")[0].strip() for one in VALID[rule].split(", ") if ":" in one}
    wanted = [name for name in inspect.signature(getattr(rules, rule)).parameters if name not in ("book", "clause", "records")]
    for name in wanted:
        for odd in ODD:
            clause = VALID[rule] + f", {name}: {odd}" if name not in written else replaced(VALID[rule], name, odd)
            try:
                score(policy(f"rule: {rule}, {clause}, as: 果"), **EVERYTHING)
            except kpi.errors.KpiError as error:
                assert str(error)


def replaced(clause: str, name: str, odd: str) -> str:
    """The clause with another value for one of its arguments."""
    parts, depth = [""], 0
    for sign in clause:
        depth += (sign in "[{") - (sign in "]}")
        parts = [*parts, ""] if sign == "," and not depth else [*parts[:-1], parts[-1] + sign]
    return ", ".join(f"{name}: {odd}" if part.strip().startswith(f"{name}:") else part.strip() for part in parts)
