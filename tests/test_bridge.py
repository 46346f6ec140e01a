"""From before to now: parts that add up exactly, each with the number or the events that changed; nothing about small groups."""

from fractions import Fraction

import pytest
import trial
from hypothesis import given
from hypothesis import strategies as st
from trial import numbers, quick, sheets

import kpi_helpers as kpi
from kpi_helpers.bridge import Part, bridges, sharers
from kpi_helpers.departments import find_job, read_departments
from kpi_helpers.language import set_language
from kpi_helpers.places import project

RESULTS = "results: {得分: {title: 得分, unit: 分, role: score}, 奖金: {title: 奖金, unit: 元, role: pay}, 甲: 甲}\n"
TABLES = trial.TABLES.replace("clauses:", f"{RESULTS}clauses:")
LATE = "id: 迟到, rule: per_event, points: -2"
TOTAL = "id: 合, rule: total, start: 100, floor: 0, cap: 100, places: 2, as: 得分"
PAID = "id: 奖, rule: product_of, measures: [得分, 10], unit: 元, as: 奖金"


def late(times, praise=0):
    events = [[f"E{n}", "E00", "迟到"] for n in range(times)] + [[f"P{n}", "E00", "表扬"] for n in range(praise)]
    return sheets(甲=[1]) | {"事件": [["事件编号", "工号", "条款"], *events]}


def scored(*clauses, month="2026-10", **given):
    return trial.score(trial.policy(*clauses, tables=TABLES, month=month), **given)


def bridge(before, after, id="E00"):
    return bridges(after, before)[id]


def exact(side):
    return side.before + sum((part.difference for part in side.parts), Fraction(0)) == side.after


# -- by hand -------------------------------------------------------------------------------------------------------------


def test_one_event_more():
    # 100 − 2·2 = 96; 100 − 3·2 = 94; at 10 yuan a point 960 and 940
    found = bridge(scored(LATE, TOTAL, PAID, month="2026-09", **late(2)), scored(LATE, TOTAL, PAID, **late(3)))
    assert (found.score.before, found.score.after) == (96, 94)
    assert found.score.parts == [Part("迟到", "条款1", "分", Fraction(-4), Fraction(-6), Fraction(-2), "2 次 → 3 次")]
    assert (found.pay.before, found.pay.after) == (960, 940)
    assert [(part.clause, part.difference, part.reason) for part in found.pay.parts] == [("奖", -20, "得分 96 → 94")]
    assert found.note == ""


def test_another_number_in_force():
    # two late: 100 − 4 = 96, at three points each 100 − 6 = 94
    found = bridge(scored(LATE, TOTAL, **late(2)), scored("id: 迟到, rule: per_event, points: -3", TOTAL, **late(2)))
    (part,) = found.score.parts
    assert part.difference == -2 and part.reason == "每次 -2 → -3"


def test_number_and_events_at_once():
    found = bridge(scored(LATE, TOTAL, **late(1)), scored("id: 迟到, rule: per_event, points: -3", TOTAL, **late(2)))
    (part,) = found.score.parts
    assert (part.difference, part.reason) == (-4, "每次 -2 → -3；1 次 → 2 次")


def test_a_line_that_is_new_and_one_that_is_gone():
    found = bridge(scored(LATE, TOTAL, **late(1)), scored(LATE, TOTAL, **late(0)))
    assert [(p.before, p.after, p.difference, p.reason) for p in found.score.parts] == [(-2, None, 2, "1 次 → 0 次")]
    found = bridge(scored(LATE, TOTAL, **late(0)), scored(LATE, TOTAL, **late(2)))
    assert [(p.before, p.after, p.difference, p.reason) for p in found.score.parts] == [(None, -4, -4, "0 次 → 2 次")]


def test_a_cap_is_a_part_of_its_own():
    praise = "id: 表扬, rule: per_event, points: 3"
    # 100 + 0 − 0; then 100 + 6 held at 100
    found = bridge(scored(praise, TOTAL, **late(0)), scored(praise, TOTAL, **late(0, praise=2)))
    assert [(p.clause, p.title, p.difference) for p in found.score.parts] == [("表扬", "条款1", 6), ("合", "条款2（封顶或保底）", -6)]
    assert found.score.before == found.score.after == 100


def test_a_dated_parameter_is_named_by_its_title_and_both_values():
    tables = TABLES.replace("目标: {value:", "目标: {title: 目标分, value:")
    clause = "id: 补, rule: flat, amount: $目标, as: 得分"
    then, now = (trial.score(trial.policy(clause, tables=tables, month=month), **late(0)) for month in ("2026-09", "2026-10"))
    (part,) = bridge(then, now).score.parts
    assert (part.difference, part.reason) == (2, "目标分 90 → 92")


def test_the_figure_behind_a_weight_is_named():
    clause = "id: 权, rule: weighted, measure: 甲, weight: 0.4, as: 得分"
    found = bridge(scored(clause, **sheets(甲=[80])), scored(clause, **sheets(甲=[90])))
    (part,) = found.score.parts
    assert (part.before, part.after, part.reason) == (32, 36, "甲 80 → 90")


def test_a_clause_of_one_of_the_two_only():
    other = "id: 早退, rule: per_event, points: -1"
    events = sheets(甲=[1]) | {"事件": [["事件编号", "工号", "条款"], ["E1", "E00", "早退"]]}
    found = bridge(scored(LATE, TOTAL, **late(1)), scored(other, TOTAL, **events))
    assert [(p.clause, p.difference, p.reason) for p in found.score.parts] == [
        ("早退", -1, "条款是新的"),
        ("迟到", 2, "条款已不在办法中"),
    ]


def test_a_figure_that_no_line_adds_up_to_leaves_its_rest():
    clause = "id: 等, rule: banded, measure: 甲, bands: [{from: 60, give: 7}, {give: 3}], unit: 档, as: 得分"
    found = bridge(scored(clause, **sheets(甲=[50])), scored(clause, **sheets(甲=[70])))
    (part,) = found.score.parts
    assert (part.clause, part.difference) == ("", 4) and exact(found.score)


def test_missing_is_not_zero():
    rated = "id: 评, rule: sum_of, measures: [甲], unit: 分, as: 得分"
    one, none = scored(rated, **sheets(甲=[80])), scored(rated, **sheets(甲=[None]))
    for before, after in ((one, none), (none, one)):
        found = bridge(before, after)
        assert found.score is None and "没有公布" in found.note
    newcomer = scored(rated, **sheets(甲=[80, 70]))
    assert bridge(one, newcomer, "E01").score is None and "不在花名册" in bridge(one, newcomer, "E01").note
    assert bridges(one, newcomer).keys() == {"E00"}


def test_a_table_that_changed_is_named_without_what_others_get():
    clauses = [f"id: 岗, rule: flat, amount: {{by: 岗位, 客服: {own}, 组长: {other}}}, as: 得分" for own, other in ((5, 91), (6, 93))]
    then, now = (scored(clause, **sheets(甲=[1], 岗位=["客服"])) for clause in clauses)
    (part,) = bridge(then, now).score.parts
    assert "有改动" in part.reason and "91" not in part.reason and "93" not in part.reason


# -- groups --------------------------------------------------------------------------------------------------------------


def test_a_share_changes_with_the_score_of_a_large_group():
    then, now = sample_pool("2026-09"), sample_pool("2026-10")
    assert min(sharers(now).values()) >= 3
    shares = {id: part for id, one in bridges(now, then).items() if one.pay for part in one.pay.parts if part.clause == "5.4b"}
    scores = [month.groups.at["一组", "score"] for month in (then, now)]
    assert f"得分 {scores[0]} → {scores[1]}" in shares["006"].reason


def sample_pool(month):
    job = find_job(month, "门店客服")
    policy = job.load_policy()
    return kpi.score(policy, job.read_workbook(policy))


def test_a_pool_of_two_is_no_reason_that_can_be_read_back(monkeypatch):
    then, now = sample_pool("2026-09"), sample_pool("2026-10")
    monkeypatch.setattr("kpi_helpers.bridge.sharers", lambda result: dict.fromkeys(result.groups.index, 2))
    reasons = {part.reason for one in bridges(now, then).values() if one.pay for part in one.pay.parts if part.clause == "5.4b"}
    assert reasons == {"小组的奖金变了"}


# -- whatever happens ----------------------------------------------------------------------------------------------------


@quick
@given(st.integers(0, 60), st.integers(0, 60), numbers, numbers, st.integers(0, 5), st.integers(0, 5))
def test_parts_always_add_up(times_before, times_now, points_before, points_now, praise_before, praise_now):
    def month(times, points, praise):
        clauses = f"id: 迟到, rule: per_event, points: {float(points):.3f}", "id: 表扬, rule: per_event, points: 2.345", TOTAL, PAID
        return scored(*clauses, **late(times, praise))

    found = bridge(month(times_before, points_before, praise_before), month(times_now, points_now, praise_now))
    for side in (found.score, found.pay):
        assert exact(side) and all(part.difference and part.clause and part.reason for part in side.parts)


@pytest.mark.parametrize("department", sorted(read_departments(project())))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_of_the_samples_adds_up(department, lang):
    set_language(lang)
    job = find_job("2026-10", department)
    policy = job.load_policy()
    now, then = kpi.score(policy, job.read_workbook(policy)), kpi.before(job)
    found = bridges(now, then)
    assert found.keys() == set(now.employees.index)
    sides = [side for one in found.values() for side in (one.score, one.pay) if side]
    assert len(sides) >= len(found) * 2 / 3 and any(side.parts for side in sides)
    for side in sides:
        assert exact(side)
        assert all(part.clause and part.reason and part.difference == (part.after or 0) - (part.before or 0) for part in side.parts)
    for one in found.values():
        assert one.score or one.pay or one.note
