"""达沃, monthly part: what worked cases cannot say - ledgers that balance under every reading, and rows that are refused."""

import importlib.util
from fractions import Fraction
from pathlib import Path

import pytest
from test_replay import computed_again, month

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import DataError, PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.numbers import total
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score
from kpi_helpers.workbook import read_workbook
from kpi_helpers.workbook.template import write_workbook

READINGS = [
    {},
    {"score_scope": "specialists"},
    {"quota_scope": "all"},
    {"score_cap": 100, "score_floor": "none"},
    {"monthly_quota_mode": "fixed", "monthly_talk_quota": 2400, "monthly_call_quota": 2000},
    {"call_counting": "connected"},
    {"basic_basis": "days_met"},
    *({"basic_ratio_mode": mode} for mode in ("mean", "product", "talk_only", "calls_only")),
    {"base_wage_quota_protected": True},
    {"first_week_exempt": False},
    {"exempt_days_in_numerator": True, "first_month_quota": "full", "first_month_def": "30_days"},
    {"incentive_tier_mode": "cumulative", "incentive_trial_eligible": False, "incentive_requires_basic": False},
    {"personalised_opt": "on_application", "personalised_status_date": "month_start"},
    {"personalised_opt": "best_for_employee", "personalised_min_ratio": 1},
    {"ladder_reset": "never", "ladder_condition_false": "repeat_previous", "ladder_beyond_4": "repeat_4"},
    {"ladder_thresholds": [1, 1, 1, 1], "habits_poor_def": "manual", "performance_below_def": "manual"},
    *({"lowest_mode": mode, "highest_mode": mode, "lowest_population": "group"} for mode in ("either_once", "each", "composite")),
    {"lowest_tie": "none", "highest_tie": "none"},
    {"allowance_mode": "min_ratio", "score_deduct_mode": "cumulative", "score_deduct_base": "full"},
    {"allowance_mode": "product", "paid_leave_is_attended": False, "common.grade_on": "raw"},
    {"perf_pay_mode": "score_ratio"},
    {"post_wage": 333, "common.min_wage": 2360, "handbook_attendance_rules": {"迟到": 1}},
]


def sample(month):
    place = Path(__file__).parent / "samples" / "dawo.py"
    spec = importlib.util.spec_from_file_location("samples_dawo", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: as_case(rows) for name, rows in module.tables(month).items()}


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, month="2026-10", **params):
    policy = load_policy(find_policy("dawo"), month, params)
    return score(policy, case_tables(policy, inputs))


@pytest.mark.parametrize(
    "month, reading",
    [("2026-09", {}), *(("2026-10", reading) for reading in READINGS)],
    ids=lambda value: value if isinstance(value, str) else " ".join(value) or "default",
)
def test_score_and_pay_are_the_sums_of_their_ledger_lines(month, reading):
    result = run(sample(month), month, **reading)
    check_balance(result, "score", "分")
    check_balance(result, "total", "元")
    assert not len(result.errors)
    assert not result.employees["total"].isna().all()


def test_the_sample_month_shows_joiner_leaver_ladder_and_people_whose_pay_is_incomplete():
    result = run(sample("2026-10"))
    people = result.employees
    assert people.loc["028", "flags"] == ["first_month_unmet"]
    assert people.loc["027", "missing"] == ["missing_call_data"]
    assert people.loc["022", "ladder"][:2] == [1, 2]
    assert list(result.tables["handovers"]["case_id"]) == ["Z1"]


def test_the_personalised_line_is_never_worse_than_the_proportional_one():
    # spec 4.4 step 3: from 1.20 on the bonus (160) outweighs the deduction (100), so automatic and best are the same
    inputs = sample("2026-10")
    automatic, best = (run(inputs, personalised_opt=opt).employees["total"] for opt in ("auto", "best_for_employee"))
    assert automatic.equals(best)


def test_base_wage_does_not_depend_on_the_score():
    inputs = sample("2026-10")
    calm = {**inputs, "events": {"columns": ["event_id", "employee_id", "clause"], "rows": []}}
    assert run(inputs).employees["base_pay"].equals(run(calm).employees["base_pay"])


def test_a_changed_quota_leaves_alone_what_no_quota_bears_on(monkeypatch):
    policy, _, replay = month("dawo")
    again = computed_again(replay, policy.adjusted({"daily_call_quota": 90}), monkeypatch)
    assert {"3.1d", "3.1a", "3.4.3a", "5.1"} <= set(again)
    assert not set(again) & {"3.2b", "3.4.3b", "4.bottom.1", "6.2.0", "6.2.1b", "6.2.2a", "7.2", "7.4a", "8.2b", "10.4a"}


def test_an_author_who_is_not_on_the_roster_is_refused():
    result = run(
        {
            "employees": {"columns": ["employee_id"], "rows": [["A"]]},
            "suggestions": {"columns": ["suggestion_id", "authors", "adopted_on"], "rows": [["S1", ["Z", "A", "Y", "Z"], "2026-10-09"]]},
        }
    )
    assert result.errors[["suggestion_id", "value", "reason"]].to_numpy().tolist() == [["S1", "Z、Y", "unknown_employee"]]
    assert total(result.employees["score"].array) == 100


@pytest.mark.parametrize("handbook, external, score", [("external", 4, 100), ({"迟到": 1}, 2, 98)])
def test_attendance_violations_count_as_often_as_they_happened(handbook, external, score):
    # 2 + 1 times in 考勤 and once as an event; of these the table of points knows 迟到: 2 points
    result = run(
        {
            "employees": {"columns": ["employee_id"], "rows": [["A"]]},
            "attendance": {
                "columns": ["employee_id", "date", "kind", "count", "excused"],
                "rows": [["A", "2026-10-09", "迟到", 2, False], ["A", "2026-10-12", "旷工", 1, False]]
                + [["A", "2026-10-13", "迟到", 9, True]],
            },
            "events": {"columns": ["event_id", "employee_id", "clause", "date"], "rows": [["V1", "A", "4.att2", "2026-10-14"]]},
        },
        handbook_attendance_rules=handbook,
    )
    flag = result.flags[result.flags["flag"] == "external_rule_attendance"].iloc[0]
    assert (flag["detail"], result.employees.loc["A", "score"]) == (external, score)
    line = result.ledger[result.ledger["clause"] == "4.att2"].iloc[0]
    assert (line["quantity"], line["evidence"]) == (4, "考勤!1,2；事件!1")


def test_weeks_without_contact_data_are_named_for_the_department_not_for_a_person():
    # October 2026 has Sundays on 4, 11, 18 and 25; B was hired on the 12th
    result = run(
        {
            "employees": {"columns": ["employee_id", "hire_date"], "rows": [["A", None], ["B", "2026-10-12"]]},
            "contact_weeks": {
                "columns": ["employee_id", "week_end", "leads_provided", "leads_contacted"],
                "rows": [["A", "2026-10-04", 10, 9], ["A", "2026-10-18", 10, 9]],
            },
        }
    )
    flag = result.flags[result.flags["flag"] == "contact_weeks_missing"].iloc[0]
    assert flag["detail"] == {"2026-10-11": 1, "2026-10-18": 1, "2026-10-25": 2}
    assert result.employees.loc["A", "flags"] == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("basic_ratio_mode", "max"),
        ("ladder_reset", "year"),
        ("personalised_opt", "never"),
        ("lowest_tie", "first"),
        ("ladder_thresholds", "0.60/0.65/0.70"),
        ("ladder_thresholds", [Fraction(3, 5)] * 5),
        ("ladder_thresholds", "60/65/70/70"),
        ("ladder_thresholds", "low"),
        ("incentive_tiers", "1.00:100/1.00:120"),
        ("incentive_tiers", [{"from": 1, "give": 100}, {"from": Fraction(1), "give": 120}]),
        ("incentive_tiers", [{"from": 1}]),
        ("incentive_tiers", "much"),
        ("handbook_attendance_rules", {"迟到": -1}),
        ("handbook_attendance_rules", {"迟到": "many"}),
    ],
)
def test_an_unknown_reading_is_refused(name, value):
    with pytest.raises(PolicyError):
        load_policy(find_policy("dawo"), "2026-10", {name: value})


def test_a_table_with_two_equal_tiers_is_named_once():
    with pytest.raises(PolicyError) as raised:
        load_policy(find_policy("dawo"), "2026-10", {"incentive_tiers": "1.00:100/1.10:120/1.10:160"})
    assert [str(fault).partition(": ")[2] for fault in raised.value.faults] == ["分档 1.1 写了两次。"]


def test_a_level_that_is_not_in_the_level_table_stops_the_workbook_at_its_cell(tmp_path):
    policy = load_policy(find_policy("dawo"), "2026-10")
    people = [{"employee_id": "A", "level": "P1"}, {"employee_id": "B", "level": "P9"}]
    with pytest.raises(DataError) as raised:
        read_workbook(write_workbook(policy, {"employees": people}, tmp_path / "dawo.xlsx"), policy)
    (fault,) = raised.value.faults
    assert "员工" in str(fault) and "P9" in str(fault) and "P0、P1、P2、P3" in str(fault)


def test_placeholders_are_marked_as_assumptions():
    used = set(run(sample("2026-10")).assumptions["parameter"])
    assert {"daily_talk_quota", "daily_call_quota", "incentive_target", "personalised_min_ratio", "level_table"} <= used
