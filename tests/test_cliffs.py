"""Who stands near an edge, what a little more brings, and which number moves the total: by hand, and against really changed data."""

from copy import copy
from fractions import Fraction
from pathlib import Path
from xml.dom.minidom import parseString

import pytest
import trial
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import case_tables
from kpi_helpers.cliffs import Swing, Tornado, ahead, near, nudged, step_of, thresholds, tornado, worth_trying
from kpi_helpers.cliffs.nudges import scored_with
from kpi_helpers.departments import find_job
from kpi_helpers.language import set_language
from kpi_helpers.numbers import exact
from kpi_helpers.policy_file import find_policy
from kpi_helpers.report import Report
from kpi_helpers.report.charts import tornado_svg
from kpi_helpers.what_if.replay import Replay
from kpi_helpers.what_if.tunables import Tunable, tunables

SAMPLES = Path(__file__).parents[1] / "params" / "sample"
DEPARTMENTS = {"team_pool": "门店客服", "weighted_grades": "热线客服", "dawo": "达沃", "quarterly_standard": "售后客服"}
RESULTS = "results: {得分: {title: 得分, unit: 分, role: score}, 奖金: {title: 奖金, unit: 元, role: pay}}\n"
TABLES = trial.TABLES.replace("clauses:", f"{RESULTS}clauses:")
GRADES = "rule: banded, measure: 甲, bands: [{from: 90, give: 500}, {from: 60, give: 200}, {give: 0}], unit: 元, as: 奖金"


def rules(*clauses):
    return trial.policy(*clauses, tables=TABLES)


def sample(scheme, **overrides):
    policy = kpi.load_policy(find_policy(scheme), "2026Q3" if scheme == "quarterly_standard" else "2026-10", overrides or None)
    tables = kpi.read_workbook(SAMPLES / ("2026-Q3" if scheme == "quarterly_standard" else "2026-10") / f"{scheme}.xlsx", policy)
    return policy, tables, kpi.score(policy, tables)


def one(policy, name):
    return next(found for found in thresholds(policy) if found.name == name)


def stands(side):
    return [(stand.id, stand.lacking) for stand in side]


# -- which edges there are -------------------------------------------------------------------------------------------


def test_a_band_gives_an_edge_with_the_name_of_its_number():
    policy = rules(GRADES)
    assert [(found.name, found.figure, found.edge, found.inclusive) for found in thresholds(policy)] == [
        ("1.bands.1.from", "甲", 90, True),
        ("1.bands.2.from", "甲", 60, True),
    ]


def test_an_edge_that_two_bands_share_stands_once_and_one_of_two_sides_twice():
    shared = rules("rule: banded, measure: 甲, bands: [{from: 60, give: 1}, {below: 60, give: 0}]")
    apart = rules("rule: banded, measure: 甲, bands: [{above: 60, give: 2}, {from: 60, to: 60, give: 1}, {below: 60, give: 0}]")
    assert [found.edge for found in thresholds(shared)] == [60]
    assert [(found.edge, found.inclusive) for found in thresholds(apart)] == [(60, False), (60, True)]


def test_a_filter_gives_edges_for_those_whom_its_other_tests_name():
    policy = rules("rule: flat, amount: 100, who: {岗位: 客服, 甲: {at_least: 60}}, unit: 元, as: 奖金")
    (found,) = thresholds(policy)
    assert (found.name, found.figure, found.test, found.who) == ("1.who.甲.at_least", "甲", "at_least", [{"role": {"is": "客服"}}])
    result = trial.score(policy, **trial.sheets(岗位=["客服", "组长", "客服"], 甲=[59, 59, 60]))
    assert (stands(near(result, found).below), stands(near(result, found).above)) == ([("E00", 1)], [("E02", 0)])


@pytest.mark.parametrize(
    ("scheme", "names"),
    [
        ("team_pool", {"exam_avg_threshold", "exam_pass_mark"}),
        ("weikang", set()),
        ("three_dimension", set()),
        ("six_dimension", {"min_graders"}),
        ("weighted_grades", {"grade_excellent", "grade_good", "grade_qualified", "streak_length"}),
        ("quarterly_standard", {"training_threshold"}),
        (
            "dawo",
            {None, "personalised_min_ratio", "contact_standard", "bottom_threshold", "5.2.3b.below", "5.2.3c.below"}
            | {f"ladder_thresholds.{step}" for step in range(1, 5)}
            | {f"incentive_tiers.{step}.from" for step in range(1, 5)},
        ),
    ],
)
def test_every_edge_of_the_seven_policies_is_known(scheme, names):
    policy = kpi.load_policy(find_policy(scheme), "2026Q3" if scheme == "quarterly_standard" else "2026-10")
    assert {found.name for found in thresholds(policy)} == names


def test_grades_that_hr_fills_in_are_edges_too():
    grades = {"grades": [{"from": 90, "give": "优秀"}, {"from": 60, "give": "合格"}, {"give": "不合格"}]}
    policy = kpi.load_policy(find_policy("six_dimension"), "2026-10", grades)
    assert [(found.figure, found.edge) for found in thresholds(policy) if found.figure == "score"] == [("score", 90), ("score", 60)]


# -- who stands near -------------------------------------------------------------------------------------------------


def test_who_stands_at_the_edge_is_above_it_and_one_unit_less_is_below():
    result = trial.score(rules(GRADES), **trial.sheets(甲=[90, 89, 91, 87, None, 70]))
    found = near(result, one(result.policy, "1.bands.1.from"))
    assert stands(found.below) == [("E01", 1), ("E03", 3)]
    assert stands(found.above) == [("E00", 0), ("E02", -1)]
    assert not near(result, one(result.policy, "1.bands.2.from")).below  # 70 and more, and nobody is 0 for lack of a figure


def test_an_edge_that_must_be_passed_is_not_reached_by_standing_on_it():
    policy = rules("rule: banded, measure: 甲, bands: [{above: 90, give: 1}, {give: 0}], unit: 元, as: 奖金")
    result = trial.score(policy, **trial.sheets(甲=[90, 91]))
    found = near(result, thresholds(policy)[0])
    assert (stands(found.below), stands(found.above)) == ([("E00", 1)], [("E01", 0)])
    assert nudged(result, found.threshold, found.below[0], found.below[0].lacking).pay == (0, 1)


def test_the_edge_of_each_post_is_that_of_its_column():
    policy = rules("rule: banded, measure: 甲, bands: [{from: {by: 岗位, 客服: 80, 组长: 90}, give: 300}, {give: 0}], unit: 元, as: 奖金")
    result = trial.score(policy, **trial.sheets(岗位=["客服", "组长", "客服", "组长"], 甲=[79, 79, 85, 88]))
    found = near(result, thresholds(policy)[0], Fraction(5))
    assert stands(found.below) == [("E00", 1), ("E03", 2)] and stands(found.above) == [("E02", -5)]


def test_the_edge_is_a_part_of_each_ones_own_figure():
    policy = rules("rule: tiered, measure: 甲, of: 乙, tiers: [{from: 1, rate: 2}], unit: 元, as: 奖金")
    result = trial.score(policy, **trial.sheets(甲=[98, 98, None], 乙=[100, 90, 100]))
    found = near(result, thresholds(policy)[0], Fraction(10))
    assert stands(found.below) == [("E00", 2)] and stands(found.above) == [("E01", -8)]


def test_groups_stand_near_an_edge_as_people_do():
    policy = rules(
        "rule: pooled, per: group, measure: 甲, of: mean, as: 组均分",
        "rule: banded, per: group, measure: 组均分, bands: [{from: 80, give: 100}, {give: 0}], unit: 元/组, as: 组奖",
        "rule: flat, amount: 组奖, unit: 元, as: 奖金",
    )
    result = trial.score(policy, **trial.sheets(小组=["一组", "一组", "二组"], 甲=[78, 80, 80]))
    found = near(result, thresholds(policy)[0])
    assert (stands(found.below), stands(found.above)) == ([("一组", 1)], [("二组", 0)])
    change = nudged(result, found.threshold, found.below[0], Fraction(1))
    assert (change.pay, change.cost) == ((0, 200), 200)  # both of the group get its 100 yuan


def test_who_is_not_assessed_stands_nowhere():
    policy = rules("rule: excluded, who: {岗位: 组长}", GRADES)
    result = trial.score(policy, **trial.sheets(岗位=["组长", "客服"], 甲=[89, 88]))
    assert stands(near(result, thresholds(policy)[0]).below) == [("E01", 2)]


def test_the_mean_of_an_exam_and_the_mark_of_a_person_are_compared_in_the_month():
    policy = kpi.load_policy(find_policy("team_pool"), "2026-10")
    rows = [["X1", "E1", 59, "2026-10-08"], ["X1", "E2", 60, "2026-10-08"], ["X2", "E1", 57, "2026-09-08"], ["X3", "E2", 90, "2026-10-20"]]
    result = kpi.score(policy, case_tables(policy, {**pool_sheets(), "exam_scores": sheet("exam_id employee_id score date", *rows)}))
    passed, average = near(result, one(policy, "exam_pass_mark")), near(result, one(policy, "exam_avg_threshold"))
    assert [(stand.id, stand.of, stand.lacking) for stand in passed.below] == [("E1", "X1", 1)]
    assert [(stand.of, stand.lacking) for stand in average.below] == [("X3", Fraction(1, 100))]  # 90 is not above 90


# -- a little more ---------------------------------------------------------------------------------------------------

CALLS = (
    "rule: tally, table: 通话, as: 通数",
    "rule: ratio, measure: 通数, over: 30, as: 达成率",
    "rule: banded, measure: 达成率, bands: [{from: 1.1, give: 120}, {from: 1, give: 100}, {give: 0}], unit: 元, as: 奖金",
)


@trial.quick
@given(st.lists(st.integers(26, 34), min_size=1, max_size=3), st.integers(1, 6))
def test_more_calls_bring_what_scoring_with_more_calls_brings(calls, more):
    policy = rules(*CALLS)
    result, really = called(policy, calls), called(policy, [calls[0] + more, *calls[1:]])
    threshold = one(policy, "3.bands.1.from")
    (stand,) = near(result, threshold, Fraction(1)).of("E00")
    assert stand.lacking == 33 - calls[0]  # 1.1 × 30
    change = nudged(result, threshold, stand, Fraction(more))
    assert change.pay == (result.employees["奖金"]["E00"], really.employees["奖金"]["E00"])
    assert change.cost == sum(really.employees["奖金"]) - sum(result.employees["奖金"])


def called(policy, calls):
    ids = [f"E{row:02}" for row in range(len(calls))]
    rows = [[id] for id, number in zip(ids, calls, strict=True) for _ in range(number)]
    return trial.score(policy, 员工=[["工号"], *([id] for id in ids)], 通话=[["工号"], *rows])


SCORED = (
    'id: "减", rule: per_event, points: -1',
    'id: "总", rule: total, start: 100, cap: 100, floor: 0, as: 得分',
    'id: "奖", rule: banded, measure: 得分, bands: [{from: 95, give: 300}, {give: 0}], unit: 元, as: 奖金',
)


@trial.quick
@given(st.integers(1, 12))
def test_one_point_more_brings_what_one_point_less_deducted_brings(lost):
    policy = rules(*SCORED)
    result, really = (trial.score(policy, 员工=[["工号"], ["E00"]], 事件=deducted(number)) for number in (lost, lost - 1))
    (stand,) = near(result, thresholds(policy)[0], Fraction(100)).of("E00")
    assert stand.lacking == lost - 5
    change = nudged(result, thresholds(policy)[0], stand)
    assert change.pay == (result.employees["奖金"]["E00"], really.employees["奖金"]["E00"])


def deducted(times):
    return [["事件编号", "工号", "条款", "次数"], *([[f"V{times}", "E00", "减", times]] if times else [])]


def test_a_point_more_in_a_sheet_is_a_point_more_in_its_cell():
    result = trial.score(rules(GRADES), **trial.sheets(甲=[89, 60]))
    found = near(result, one(result.policy, "1.bands.1.from"))
    assert nudged(result, found.threshold, found.below[0]).pay == (200, 500)
    assert plainly(result.inputs["metrics"]["甲"]) == [89, 60]  # what was read stays as it was


def test_whom_a_change_does_not_touch_gains_nothing_and_a_pool_moves_with_everybody():
    policy = kpi.load_policy(find_policy("team_pool"), "2026-10")
    exam = sheet("exam_id employee_id score date", ["X1", "E1", 59, "2026-10-08"], ["X1", "E2", 80, "2026-10-08"])
    result = kpi.score(policy, case_tables(policy, {**pool_sheets(), "exam_scores": exam}))
    found = near(result, one(policy, "exam_pass_mark"))
    change = nudged(result, found.threshold, found.below[0], found.below[0].lacking)
    # two heads: pool 2 × 100 + 1000 = 1200; one point of 100 is 12 yuan, 6 for each of the two
    assert (change.pay, change.cost) == ((900 + 594, 900 + 600), 12)


@pytest.mark.parametrize("scheme", DEPARTMENTS)
def test_a_month_scored_again_from_its_own_tables_is_the_same(scheme):
    policy, _, result = sample(scheme)
    again = kpi.score(policy, result.inputs)
    assert again.ledger.equals(result.ledger)


def test_a_member_more_is_what_a_member_more_in_the_sheet_gives():
    policy, tables, result = sample("dawo")
    threshold = one(policy, "personalised_min_ratio")
    stand = near(result, threshold).below[0]
    assert (stand.id, stand.figure, stand.lacking) == ("010", Fraction(35, 30), 1)
    really = kpi.score(policy, more_in(tables, "members_month", "new_members", "010", 1))
    change = nudged(result, threshold, stand, Fraction(1))
    assert change.pay == (result.employees["total"]["010"], really.employees["total"]["010"])
    assert change.cost == paid(really) - paid(result) > 0


def test_points_that_lead_to_a_grade_are_what_better_ratings_give():
    policy, tables, result = sample("weighted_grades")
    threshold = one(policy, "grade_excellent")
    stand = near(result, threshold).below[0]
    change = nudged(result, threshold, stand, stand.lacking)
    better = kpi.score(policy, more_in(tables, "ratings", "quality", stand.id, stand.lacking / Fraction("0.4")))
    assert change.score == (Fraction("89.8"), 90) and change.grade == ("良好", "优秀")
    assert (better.employees["score"][stand.id], better.employees["grade"][stand.id]) == (90, "优秀")


def test_points_of_an_item_take_somebody_off_the_training_list():
    policy, _, result = sample("quarterly_standard")
    threshold = next(found for found in thresholds(policy) if found.figure == "1b")
    stand = near(result, threshold).below[0]
    change = nudged(result, threshold, stand, stand.lacking)
    assert stand.figure == 59 and change.flags[0].count("建议培训") == change.flags[1].count("建议培训") + 1


@pytest.mark.parametrize("scheme", DEPARTMENTS)
def test_what_is_lacking_reaches_the_edge_and_a_unit_less_does_not(scheme):
    _, _, result = sample(scheme)
    for threshold in thresholds(result.policy):
        for stand in near(result, threshold).below[:1]:
            over = scored_with(result, threshold, stand, stand.lacking)
            if over is None:
                continue
            unit = Fraction(1) if threshold.counted else Fraction(1, 100)
            short = scored_with(result, threshold, stand, stand.lacking - unit)
            for after, there in ((over, True), (short, False)):
                found = next(one for one in near(after, threshold, Fraction(10**6)).of(stand.id) if one.of == stand.of)
                assert (found.lacking <= 0) == there, (threshold.title, stand)


def test_a_figure_that_no_band_would_hold_has_no_answer():
    policy = rules("rule: banded, measure: 甲, bands: [{from: 90, to: 95, give: 1}, {below: 90, give: 0}]")
    result = trial.score(policy, **trial.sheets(甲=[89]))
    (stand,) = near(result, thresholds(policy)[0]).below
    assert nudged(result, thresholds(policy)[0], stand, Fraction(7)) is None


def test_the_last_clause_of_a_table_of_tiers_takes_the_tiers_that_no_clause_numbers():
    tiers = {"incentive_tiers": [{"from": Fraction(start, 10), "give": start} for start in (10, 11, 12, 15, 18)]}
    policy = kpi.load_policy(find_policy("dawo"), "2026-10", tiers)
    assert [found.clause for found in thresholds(policy) if "incentive_tiers" in str(found.name)] == [
        *(f"7.5.{n}" for n in range(1, 5)),
        "7.5.4",
    ]


def test_what_nobody_can_move_is_not_guessed():
    policy, _, result = sample("team_pool")
    found = near(result, one(policy, "exam_avg_threshold"), Fraction(50))
    assert nudged(result, found.threshold, [*found.below, *found.above][0]) is None


def test_the_next_edge_of_a_person_is_the_lowest_that_is_still_ahead():
    policy = rules(GRADES)
    result = trial.score(policy, **trial.sheets(甲=[30, 75, 95]))
    found = ahead(result)
    assert [(threshold.edge, stand.lacking) for threshold, stand in found["E00"] + found["E01"]] == [(60, 30), (90, 15)]
    assert found["E02"] == [] and step_of(thresholds(policy)[0], Fraction(90)) == 1


# -- which number moves the total ------------------------------------------------------------------------------------


def pool_sheets():
    people = sheet("employee_id group_id role", ["E1", "G1", "cs"], ["E2", "G1", "cs"])
    return {"employees": people, "payroll": sheet("employee_id wage_paid", ["E1", 900], ["E2", 900])}


def sheet(columns, *rows):
    return {"columns": columns.split(), "rows": list(rows)}


def test_the_swings_of_a_small_pool_are_those_of_the_hand_calculation():
    policy = kpi.load_policy(find_policy("team_pool"), "2026-10")
    replay = Replay(policy, case_tables(policy, pool_sheets()))
    found = tornado(policy, replay.score, tunables(policy))
    swings = {swing.tunable.name: (swing.low, swing.high, *swing.changes) for swing in found.swings}
    # two of 客服: wages 2 × 900; pool 2 × 100 + 1000 = 1200, score 100, all of it shared
    assert (found.unit, found.base) == ("元", 3000)
    assert swings["pool_per_head"] == (90, 110, -20, 20)
    assert swings["pool_fixed"] == (900, 1100, -100, 100)
    assert swings["score_base"] == (90, 110, -120, 120)
    low, high, less, more = swings["base_wage_customer_service"]
    assert (less, more) == (2 * (low - 900), 2 * (high - 900)) and high - 900 == 900 - low > 0
    assert "base_wage_cashier" not in swings and not any(name.endswith(".points") for name in swings)
    assert [swing.size for swing in found.swings] == sorted((swing.size for swing in found.swings), reverse=True)


def test_where_nothing_is_paid_the_mean_score_swings():
    policy = rules('id: "基", rule: total, start: 100, as: 得分')
    replay = Replay(policy, case_tables(policy, {"员工": sheet("工号", ["E00"])}))
    found = tornado(policy, replay.score, tunables(policy))
    assert (found.unit, found.base) == ("分", 100)
    assert [(swing.tunable.name, *swing.changes) for swing in found.swings] == [("基.start", -10, 10)]


def test_a_value_that_the_policy_refuses_is_skipped_and_counted():
    policy = kpi.load_policy(find_policy("three_dimension"), "2026-10")
    replay = Replay(policy, sample("three_dimension")[1])
    weights = [number for number in tunables(policy) if number.name.startswith("weight_")]
    assert tornado(policy, replay.score, [replace_value(weights[0], Fraction(50))]).tried == 2
    dawo = kpi.load_policy(find_policy("dawo"), "2026-10")
    refusing = Tunable("no_such_number", "没有", "number", Fraction(1), "")
    found = tornado(dawo, lambda policy: sample("dawo")[2], [refusing])
    assert (found.tried, found.skipped, found.swings) == (1, 1, [])


def replace_value(number, value):
    assert number.value == value
    return number


@pytest.mark.parametrize("scheme", ["team_pool", "weighted_grades", "dawo"])
def test_numbers_that_are_not_tried_have_no_swing(scheme):
    policy, tables, _ = sample(scheme)
    score, numbers = Replay(policy, tables).score, tunables(policy)
    every, some = tornado(policy, score, numbers), tornado(policy, score, worth_trying(policy, score, numbers))
    assert [(one.tunable.name, one.changes) for one in every.swings] == [(one.tunable.name, one.changes) for one in some.swings]


# -- the report ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lang, heading, gone",
    [("zh", "门槛与临界（静态）", "Nobody near"), ("en", "Thresholds and who stands near", "附近没有人")],
)
def test_the_section_says_who_stands_near_in_either_language(lang, heading, gone):
    set_language(lang)
    job = find_job("2026-10", "热线客服")
    policy = job.load_policy()
    result = kpi.score(policy, job.read_workbook(policy))
    made = Report(job, result).cliffs().html
    soup = BeautifulSoup(made, "html.parser")
    assert soup.h2.text == heading and gone not in made
    assert f"89.8 {'分' if lang == 'zh' else 'points'}" in soup.table.text and "良好 → 优秀" in soup.table.text
    assert soup.svg["role"] == "img" and soup.svg["aria-label"]
    assert Report(job, result).cliffs().html == made and len(made.encode()) < 20_000


def test_names_and_titles_are_escaped_in_tables_and_pictures():
    job = find_job("2026-10", "热线客服")
    policy = job.load_policy()
    result = kpi.score(policy, job.read_workbook(policy))
    result.employees["name"] = "<script>alert(1)</script>"
    assert "<script" not in (made := Report(job, result).cliffs().html) and "&lt;script&gt;" in made
    number = Tunable("a", '<script>"&', "number", Fraction(1), "")
    picture = tornado_svg(Tornado([Swing(number, Fraction(0), None, Fraction(-1), None)], "元", Fraction(10), 1, 0))
    assert "<script" not in picture and "&lt;script&gt;&quot;&amp;" in picture
    parseString(picture)


def test_a_policy_without_edges_says_so_and_no_picture_is_drawn_of_nothing():
    job = find_job("2026-10", "维康")
    policy = job.load_policy()
    made = Report(job, kpi.score(policy, job.read_workbook(policy))).cliffs().html
    assert "本办法没有" in made and "平均得分" in made
    assert tornado_svg(Tornado([], "元", Fraction(0), 0, 0)) == ""


# -- small things ----------------------------------------------------------------------------------------------------


def more_in(tables, table, column, id, by):
    """The tables with one person's number raised."""
    changed, frame = copy(tables), tables[table].copy()
    row = list(frame["employee_id"]).index(id)
    values = exact(frame[column]).copy()
    values[row] = values[row] + by
    frame[column] = values
    changed[table] = frame
    return changed


def paid(result):
    return sum(value for value in trial.plain(result.employees["total"]) if value is not None)


def plainly(column):
    return trial.plain(column)
