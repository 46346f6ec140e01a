"""客服部考核办法（试行）: what worked cases cannot say - ledgers that balance under every reading, flags of groups, bad numbers."""

import importlib.util
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import PolicyError
from kpi_helpers.ledger import balance, check_balance
from kpi_helpers.numbers import exact, sum_by, total
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score

READINGS = [
    {},
    {"pool_factor": 5, "pool_headcount_mode": "fixed_5"},
    {"pool_fixed_per": "department", "share_rounding": "largest_remainder"},
    {"pool_fixed_scaled": False, "share_rounding": "equal_floor"},
    {"headcount_counts": "full_month", "cleaner_in_base": False},
    {"headcount_counts": "employed_month_end", "cleaner_shares": True},
    {"share_mode": "by_paid_days"},
    {"share_mode": "by_paid_days", "share_rounding": "largest_remainder"},
    {"pool_unit": "department"},
    {"pool_unit": "department", "exam_bonus_scope": "department_once", "share_rounding": "largest_remainder"},
    {"pool_unit": "department", "exam_bonus_scope": "department_once", "exam_bonus_per": "month", "score_cap": 100},
    {"score_cap": 100, "score_floor": "none"},
    {"desertion_mode": "cumulative", "praise_stack": "both"},
    {"common.one_fact_one_clause": False},
    {"absence_unit": "per_occurrence", "missed_punch_on_absent_day": "count", "late_absence_inclusive": False},
    {"withdrawal_within_24h": False, "restitution_mode": "both", "restitution_month": "resolution_month"},
    {"in_scope_roles": ["cs", "cashier"]},
    {"6.1.points": "-0.333"},
]


def sample(month="2026-10"):
    place = Path(__file__).parent / "samples" / "team_pool.py"
    spec = importlib.util.spec_from_file_location("samples_team_pool", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: as_case(rows) for name, rows in module.tables(month).items()}


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, month="2026-10", **params):
    params = {name: Fraction(value) if value == "-0.333" else value for name, value in params.items()}
    policy = load_policy(find_policy("team_pool"), month, params)
    return score(policy, case_tables(policy, inputs))


def small(**more):
    inputs = {"employees": [["employee_id", "group_id", "role"], ["E1", "G1", "cs"], ["E2", "G1", "cs"]], **more}
    return {name: {"columns": rows[0], "rows": rows[1:]} for name, rows in inputs.items()}


def flags(result):
    return [(flag["flag"], flag["group_id"], flag["detail"]) for flag in result.flags.to_dict("records")]


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_the_ledger_adds_up_under_every_reading(reading):
    result = run(sample(), **reading)
    assert not len(result.errors)
    check_balance(result, "score", "分", "group")
    check_balance(result, "payout", "元/池", "group")
    check_balance(result, "total", "元")


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_shares_and_residual_are_the_payout_to_the_fen(reading):
    result = run(sample(), **reading)
    whole = result.policy["pool_unit"] == "department"
    units = result.department if whole else result.groups
    frame = result.employees[result.employees["status"] != "out_of_scope"]
    codes = [0] * len(frame) if whole else units.index.get_indexer(frame["group_id"])
    shared = sum_by(exact(frame["share"]), codes, len(units))
    assert list(shared + exact(units["residual"])) == list(exact(units["payout"]))
    if whole:
        lines = result.ledger[result.ledger["department"].notna() & (result.ledger["unit"] == "元/余")]
        assert total(exact(lines["value"])) == units["residual"].iloc[0]
    else:
        assert list(balance(result.ledger, units.index, "group_id", "元/余")) == list(exact(units["residual"]))
    if result.policy["share_rounding"] == "largest_remainder":
        assert set(units["residual"]) == {0}


def test_an_event_recorded_and_confirmed_by_one_person_is_flagged():
    rows = [["event_id", "employee_id", "clause", "recorded_by", "confirmed_by"]]
    rows += [["V1", "E1", "6.1", "王", "王"], ["V2", "E1", "6.1", "王", "李"], ["V3", "E2", "6.1", None, None]]
    assert [flag for flag in flags(run(small(events=rows))) if flag[0] == "conflict"] == [("conflict", "G1", ["V1"])]


@pytest.mark.parametrize(
    "clause, evidence, praised_by, expected",
    [
        ("6.2", None, None, [("no_proof", "G1", ["V1"])]),
        ("6.2", "说“不知道”", None, []),
        ("6.14b", " ", None, [("no_proof", "G1", ["V1"])]),
        ("6.15", "改进", None, [("no_proof", "G1", ["V1"])]),
        ("6.15", None, "财务部主管", []),
    ],
)
def test_what_needs_a_proof_counts_and_is_flagged_without_it(clause, evidence, praised_by, expected):
    rows = [["event_id", "employee_id", "clause", "evidence", "praised_by"], ["V1", "E1", clause, evidence, praised_by]]
    assert [flag for flag in flags(run(small(events=rows))) if flag[0] != "no_sharers"] == expected


def test_a_list_of_forbidden_words_flags_evidence_without_any_of_them():
    rows = [["event_id", "employee_id", "clause", "evidence"], ["V1", "E1", "6.2", "说“不知道”"], ["V2", "E1", "6.2", "说“等着”"]]
    result = run(small(events=rows), forbidden_words=["不知道", "不归我管"])
    assert ("word_not_listed", "G1", ["V2"]) in flags(result)
    assert result.groups["deductions"].iloc[0] == 4


def test_a_complaint_that_nobody_has_judged_is_flagged_and_does_not_count():
    rows = [["complaint_id", "group_id", "received_at", "justified"], ["C1", "G1", "2026-10-05 09:00", None]]
    result = run(small(complaints=rows))
    assert ("complaint_undecided", "G1", ["C1"]) in flags(result)
    assert result.groups["score"].iloc[0] == 100


def test_a_negative_payout_is_a_proposal_with_a_note():
    rows = [["event_id", "group_id", "clause", "count"], ["V1", "G1", "6.19a", 11]]
    result = run(small(events=rows, payroll=[["employee_id", "wage_paid"], ["E1", 900]]), score_floor="none")
    found = result.flags[result.flags["flag"] == "negative_payout"]
    assert list(found["group_id"]) == ["G1"] and all(found["note"])


@pytest.mark.parametrize("month, flagged", [("2025-12", True), ("2026-01", False)])
def test_a_month_before_the_policy_took_effect_is_flagged(month, flagged):
    result = run(small(), month, **{"common.effective_from": "2026-01-01"})
    assert ("not_yet_in_effect" in set(result.flags["flag"])) is flagged


@pytest.mark.parametrize("day, flagged", [("2026-11-30", False), ("2026-12-01", True)])
def test_publishing_after_the_last_day_of_the_following_month_is_flagged(day, flagged):
    result = run(small(publications=[["month", "published_on"], ["2026-10", day]]))
    assert ("overdue" in set(result.flags["flag"])) is flagged


def test_the_payroll_names_nobody_twice_and_no_complaint_is_solved_before_it_came():
    payroll = [["employee_id", "wage_paid"], ["E1", 900], ["E1", 900]]
    complaint = ["C1", "G1", "2026-10-05 09:00", True, "2026-10-05 08:59"]
    complaints = [["complaint_id", "group_id", "received_at", "justified", "self_resolved_at"], complaint]
    result = run(small(payroll=payroll, complaints=complaints))
    assert list(result.errors["reason"]) == ["duplicate", "out_of_range"]
    assert list(result.groups["status"]) == ["error"]
    assert list(result.groups["n_paid"]) == [1]


def test_a_blank_wage_leaves_the_group_without_a_result():
    result = run(small(payroll=[["employee_id", "wage_paid"], ["E1", 900], ["E2", None]]))
    assert list(result.groups["status"]) == ["error"] and set(result.employees["status"]) == {"error"}


@pytest.mark.parametrize(
    "params, words",
    [
        ({"exam_bonus_scope": "department_once"}, "pool_unit=department"),
        ({"in_scope_roles": ["客服", "收银员"]}, "没有岗位“收银员”"),
        ({"share_mode": "by_days"}, "无效"),
        ({"publish_by": 32}, "超出 1 至 31"),
        ({"pool_per_heads": 100}, "没有这个参数"),
    ],
)
def test_readings_that_do_not_exist_or_do_not_fit_together_are_named(params, words):
    with pytest.raises(PolicyError, match=words):
        run(sample(), **params)
