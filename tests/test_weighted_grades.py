"""客服人员绩效考核管理制度: what worked cases cannot say - ledgers that balance, notes for the department, wrong readings."""

import importlib.util
from pathlib import Path

import pytest

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.numbers import total
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score

COEFFICIENTS = {"优秀": 1.2, "良好": 1, "合格": 0.85, "不合格": 0}
READINGS = [
    {},
    {"missing_indicator": "reweight"},
    {"sub_rating_mode": "none"},
    {"workload_from_data": True, "workload_target": 300, "missing_indicator": "reweight"},
    {"include_trial": False, "include_head": True},
    {"weight_quality": 0.25, "weight_workload": 0.45},
    {"common.grade_on": "raw", "common.workday_calendar": "mon_fri", "common.termination_action": "none"},
    {"streak_gap": "bridge", "streak_full_months_only": False, "streak_length": 1},
    {"no_reply_effect": "appeal_granted", "appeal_second_reader": "required", "report_visibility": "public"},
    {"income_link": "grade_coefficient", "grade_coefficients": COEFFICIENTS, "income_base": 1234.56, "reward_excellent": 333.335},
]
RATINGS = {"columns": ["employee_id", "quality", "workload", "satisfaction", "teamwork"], "rows": [["A", 80, 60, 70, 90]]}


def sample(month):
    spec = importlib.util.spec_from_file_location("samples_weighted_grades", Path(__file__).parent / "samples" / "weighted_grades.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: as_case(rows) for name, rows in module.tables(month).items()}


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, month="2026-10", **params):
    policy = load_policy(find_policy("weighted_grades"), month, params)
    return score(policy, case_tables(policy, inputs))


def department_flags(result):
    rows = result.flags[result.flags["employee_id"].isna()]
    return dict(zip(rows["flag"], rows["detail"], strict=True))


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: " ".join(reading) or "default")
def test_the_score_is_the_sum_of_its_ledger_lines(reading):
    result = run(sample("2026-10"), **reading)
    check_balance(result, "score")
    assert not len(result.errors)


def test_pay_is_the_sum_of_its_ledger_lines():
    result = run(sample("2026-10"), **READINGS[-1])
    paid = result.ledger.query("unit == '元'")["value"].sum()
    assert paid == sum(total(result.employees[name].dropna().array) for name in ("income", "reward")) > 0


def test_the_sample_month_shows_head_leaver_gap_edge_and_streak():
    result = run(sample("2026-10"))
    people = result.employees
    assert people.loc["101", "status"] == "out_of_scope"
    assert people.loc["131", "status"] == "not_assessed"
    assert people.loc["114", "missing"] == ["satisfaction"]
    assert people.loc["122", "grade"] == "优秀"  # 89.995
    assert "three_consecutive_fails" in people.loc["109", "flags"]
    assert list(result.tables["lists"]["company_rules"]) == ["109", "121"]


def test_the_review_flag_names_the_legal_risk_and_the_months():
    flag = run(sample("2026-10")).flags.query("flag == 'three_consecutive_fails'").iloc[0]
    assert "劳动合同法" in flag["note"]
    assert list(flag["detail"]) == ["2026-07", "2026-08", "2026-09", "2026-10"]


def test_last_months_history_can_be_pasted_into_the_next_workbook():
    first = run(sample("2026-09"))
    history = first.tables["history"]
    assert not history.duplicated(["employee_id", "month"]).any()
    again = run({"ratings": RATINGS, "history": as_case(history.to_dict("records"))}, "2026-10")
    assert not len(again.errors)
    assert len(again.tables["history"]) == len(history) + 1


def test_weights_that_do_not_add_up_are_named():
    assert department_flags(run({"ratings": RATINGS}, weight_quality=0.5)) == {"weights_not_100": "110%"}
    assert department_flags(run({"ratings": RATINGS}, weight_quality=0.5, weight_workload=0.2)) == {}


def test_late_ratings_are_one_note_about_the_head():
    rows = [["A", 80, 80, 80, 80, "2026-04-08 23:59"], ["B", 80, 80, 80, 80, "2026-04-09 00:00"]]
    result = run({"ratings": {"columns": [*RATINGS["columns"], "rated_at"], "rows": rows}}, "2026-03")
    assert department_flags(result) == {"rated_late": ["B"]}
    assert result.employees["flags"].tolist() == [[], []]


def test_a_year_without_calendar_is_noted_once():
    assert department_flags(run({"ratings": RATINGS}, "2030-11")) == {"calendar_unknown": "2030"}
    listed = {"calendar_exceptions": {"columns": ["date", "is_workday"], "rows": [["2030-12-02", False]]}, "ratings": RATINGS}
    result = run(listed, "2030-11")
    assert department_flags(result) == {}
    assert result.tables["rating_due"] == "2030-12-09"  # Tue 3, Wed 4, Thu 5, Fri 6, Mon 9


@pytest.mark.parametrize("issued, flags", [("2026-10-31", {}), ("2026-11-01", {"not_yet_in_effect": "2026-11-01"})])
def test_a_month_before_the_day_of_issue_is_flagged(issued, flags):
    assert department_flags(run({"ratings": RATINGS}, **{"common.effective_from": issued})) == flags


def test_a_link_to_pay_needs_a_coefficient_for_every_grade():
    with pytest.raises(PolicyError, match="grade_coefficients"):
        run({"ratings": RATINGS}, income_link="grade_coefficient")


def test_a_date_that_is_none_is_refused():
    appeals = {"columns": ["employee_id", "received_on", "lodged_on"], "rows": [["A", "2026-11-09", "2026-11-10"]]}
    with pytest.raises(PolicyError, match="replies_as_of"):
        run({"ratings": RATINGS, "appeals": appeals}, replies_as_of="soon")


@pytest.mark.parametrize(
    "name, value",
    [
        ("score_scale", 5),
        ("sub_rating_mode", "max"),
        ("missing_indicator", "zero"),
        ("report_visibility", "team"),
        ("appeal_second_reader", "never"),
        ("no_reply_effect", "rejected"),
        ("income_link", "linear"),
        ("streak_gap", "skip"),
        ("common.grade_on", "floor"),
        ("common.termination_action", "dismiss"),
        ("weight_quality", 1.5),
        ("streak_length", 0),
    ],
)
def test_an_unknown_reading_is_refused(name, value):
    with pytest.raises(PolicyError):
        load_policy(find_policy("weighted_grades"), "2026-10", {name: value})
