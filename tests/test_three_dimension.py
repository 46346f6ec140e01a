"""三个方面: what worked cases cannot say - ledgers that balance under every reading, faults of the policy and the workbook."""

import importlib.util
from pathlib import Path

import pytest

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import DataError, PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score
from kpi_helpers.workbook import read_workbook
from kpi_helpers.workbook.template import write_workbook

READINGS = [
    {},
    {"income_link": "linear"},
    {"income_link": "linear", "perf_pay_base": 1234.56, "dept_coefficient": 0.97},
    {"window_enforcement": "reject", "income_link": "linear"},
    {"evidence_required": False, "include_trial": False},
    {"window_shift_holidays": True, "window_enforcement": "reject"},
    {"assessed_month": "current", "rank_visibility": "public", "common.grade_on": "raw"},
]


def sample(month):
    place = Path(__file__).parent / "samples" / "three_dimension.py"
    spec = importlib.util.spec_from_file_location("samples_three_dimension", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tables(month)


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, month="2026-10", **params):
    policy = load_policy(find_policy("three_dimension"), month, params)
    return score(policy, case_tables(policy, inputs))


def run_sample(month, **params):
    return run({name: as_case(rows) for name, rows in sample(month).items()}, month, **params)


ONE_RATING = {
    "columns": ["employee_id", "indicator_id", "score", "evidence_ref", "rated_at"],
    "rows": [["E1", "A1", 90, "r", "2024-04-02"]],
}


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: " ".join(reading) or "default")
def test_total_and_pay_are_the_sums_of_their_ledger_lines(reading):
    for month in ("2026-09", "2026-10"):
        result = run_sample(month, **reading)
        check_balance(result, "total", "分")
        check_balance(result, "performance_pay", "元")


def test_the_sample_month_shows_late_unproven_missing_and_people_who_are_not_assessed():
    people = run_sample("2026-10").employees
    assert people.loc["018", "missing"] == ["B2"] and people.loc["022", "refused"] == ["C2"]
    assert people.loc["013", "late"] == ["A1", "A2", "A3", "B1", "B2", "C1", "C2"]
    assert people.loc["003", "late"] == []  # the night shift was exempt
    assert list(people.loc[["034", "036"], "status"]) == ["not_assessed", "out_of_scope"]
    assert people.loc["005", "rank"] == people.loc["006", "rank"]


def test_own_indicators_rest_on_no_assumption_and_placeholders_do():
    assert not len(run_sample("2026-10").assumptions.query("clauses.str.contains('6a')"))
    assert "indicators" in list(run({"ratings": ONE_RATING}, "2024-03").assumptions["parameter"])


def test_a_month_before_the_rules_took_effect_is_flagged():
    assert list(run({"ratings": ONE_RATING}, "2018-04").flags["flag"]).count("not_yet_in_effect") == 1
    assert "not_yet_in_effect" not in list(run({"ratings": ONE_RATING}, "2018-05").flags["flag"])


def test_placeholder_weights_that_do_not_add_up_to_100_stop_the_scoring():
    with pytest.raises(PolicyError, match="110"):
        run({"ratings": ONE_RATING}, "2024-03", weight_ability=60)
    with pytest.raises(PolicyError, match="dimension"):
        run({"ratings": ONE_RATING}, "2024-03", indicators=[{"indicator_id": "A1", "dimension": "业绩", "weight": 1}])


def test_the_workbook_of_the_sample_reads_clean_and_its_faults_are_named_at_their_cells(tmp_path):
    policy, rows = load_policy(find_policy("three_dimension"), "2026-10"), sample("2026-10")
    assert not read_workbook(write_workbook(policy, rows, tmp_path / "good.xlsx"), policy).refused
    rows["indicators"][0]["weight"] = 15
    rows["ratings"][0]["indicator_id"] = "A9"
    rows["exemptions"][0]["unit"] = "夜班"
    with pytest.raises(DataError) as caught:
        read_workbook(write_workbook(policy, rows, tmp_path / "bad.xlsx"), policy)
    text = str(caught.value)
    assert "权重合计为 95" in text and "没有指标“A9”" in text and "没有小组或工号“夜班”" in text
