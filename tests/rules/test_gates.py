"""Gates: excluded, forfeited, moved, flagged; and the two rules of the calendar."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, numbers, plain, policy, posted, quick, refusal, results, score, sheets, status


@quick
@given(st.lists(st.tuples(maybe, st.sampled_from(["试用", "正式", None])), min_size=1, max_size=8))
def test_who_is_excluded_gets_nothing_and_lacks_nothing(rows):
    rule = policy("rule: excluded, who: {职级: 试用}", "rule: sum_of, measures: [甲], unit: 分", "rule: total, as: 得分")
    result = score(rule, **sheets(甲=[value for value, _ in rows], 职级=[level for _, level in rows]))
    assert plain(result.employees["得分"]) == [None if level == "试用" else value for value, level in rows]
    assert list(result.employees["status"]) == [
        "not_assessed" if level == "试用" else "incomplete" if value is None else "complete" for value, level in rows
    ]
    assert len(status(result)) == sum(value is None and level != "试用" for value, level in rows)


@quick
@given(st.lists(st.tuples(numbers, numbers, st.booleans()), min_size=1, max_size=8), st.fractions(0, 1, max_denominator=100))
def test_a_veto_takes_back_what_was_posted_by_a_line_of_its_own(rows, part):
    part = round(part, 2)
    rule = policy(
        "rule: flat, amount: 甲, unit: 元",
        'id: "b", rule: flat, amount: 乙, unit: 元',
        f"rule: forfeited, part: {float(part)}, clauses: [b], unit: 元, who: {{达标: false}}",
        "rule: total, unit: 元, as: 应发",
    )
    result = score(rule, **sheets(甲=[a for a, _, _ in rows], 乙=[b for _, b, _ in rows], 达标=[ok for _, _, ok in rows]))
    assert plain(result.employees["应发"]) == [a + b - (0 if ok else b * part) for a, b, ok in rows]


def test_without_who_a_record_of_the_clause_is_the_veto():
    rule = policy("rule: flat, amount: 100, unit: 元", "rule: forfeited, unit: 元, as: 留下", "rule: total, unit: 元, as: 应发")
    result = score(rule, **sheets(甲=[1, 1]) | {"事件": [["事件编号", "工号", "条款"], ["V1", "E00", "2"]]})
    assert (plain(result.employees["留下"]), plain(result.employees["应发"])) == ([0, 100], [0, 100])
    assert posted(result, "2") == {"E00": -100}


SCALE = ["差", "中", "良", "优"]


@quick
@given(st.lists(st.tuples(st.sampled_from([*SCALE, None]), st.integers(-6, 6), st.booleans()), min_size=1, max_size=8))
def test_steps_along_a_scale_are_held_at_its_ends(rows):
    rule = policy(
        "rule: moved, of: 评级, scale: [差, 中, 良, 优], by: 甲, who: {达标: true}, as: 果",
        "rule: moved, of: 评级, scale: [差, 中, 良, 优], to: 差, who: {达标: false}, as: 果",
    )
    expected = [None if word is None else SCALE[min(max(SCALE.index(word) + steps, 0), 3)] if hit else "差" for word, steps, hit in rows]
    given = sheets(评级=[r[0] for r in rows], 甲=[r[1] for r in rows], 达标=[r[2] for r in rows])
    assert results(rule, "果", **given) == expected


def test_a_word_off_the_scale_and_a_broken_step_are_named():
    with pytest.raises(Exception, match="不在 scale 中"):
        score(policy("rule: moved, of: 评级, scale: [差, 优], by: 1"), **sheets(评级=["良"]))
    with pytest.raises(Exception, match="不是整数"):
        score(policy("rule: moved, of: 评级, scale: [差, 优], by: 甲"), **sheets(评级=["差"], 甲=[Fraction(1, 2)]))


def test_one_veto_on_grade_and_on_pay():
    rule = policy(
        "rule: banded, measure: 甲, bands: [{from: 90, give: 优}, {give: 差}], as: 等级",
        "rule: flat, amount: 500, unit: 元",
        "rule: moved, of: 等级, scale: [差, 优], to: 差, who: {达标: false}, as: 等级",
        "rule: forfeited, unit: 元, who: {达标: false}",
        "rule: flagged, show: [等级, 甲], who: {达标: false}",
        "rule: total, unit: 元, as: 应发",
    )
    result = score(rule, **sheets(甲=[95, 95], 达标=[False, True]))
    assert (plain(result.employees["等级"]), plain(result.employees["应发"])) == (["差", "优"], [0, 500])
    assert result.flags[["employee_id", "detail"]].to_dict("records") == [{"employee_id": "E00", "detail": {"等级": "差", "甲": 95}}]


def test_the_calendar():
    early = policy("rule: in_effect, effective_from: 2026-11-01", "rule: rating_due, table: 打分, workdays: 3")
    result = score(early, **sheets(甲=[1]))
    assert [flag for flag in result.flags["flag"] if flag != "calendar_unknown"] == ["not_yet_in_effect"]
    assert result.tables["rating_due"] == "2026-11-04"
    assert len(score(policy("rule: in_effect, effective_from: 2026-10-31"), **sheets(甲=[1])).flags) == 0


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: excluded", "who"),
        ("rule: excluded, who: {职级: 试用}, status: gone", "out_of_scope"),
        ("rule: excluded, who: {职级: 试用}, floor: 3", "floor"),
        ("per: group, rule: excluded, who: {小组: G1}", "per"),
        ("rule: forfeited, part: 2, who: {职级: 试用}", "0 与 1"),
        ("rule: forfeited, clauses: [x], who: {职级: 试用}", "没有“x”"),
        ("rule: forfeited, sections: [x], who: {职级: 试用}", "没有“x”"),
        ("rule: moved, of: 评级, scale: [], by: 1", "scale"),
        ("rule: moved, of: 评级, scale: [a, a], by: 1", "scale"),
        ("rule: moved, of: 评级, scale: [a, b]", "by"),
        ("rule: moved, of: 评级, scale: [a, b], to: c", "to"),
        ("rule: moved, of: 评价, scale: [a, b], to: a", "评级"),
        ("rule: flagged, show: [丁], who: {职级: 试用}", "丁"),
        ("rule: in_effect, effective_from: 下月", "不是日期"),
        ("rule: rating_due, table: 打分, workdays: 9999999", "366"),
    ],
)
def test_a_gate_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
