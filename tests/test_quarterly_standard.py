"""季度标准: what worked cases cannot say - ledgers that balance under every reading, faults of the policy and the workbook."""

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
    {"self_weight": 0.3, "survey_score_in_1d": False},
    {"missing_measure": "block", "missing_self": "block"},
    {"item_1a_source": "measured", "override_measured": "never", "week_belongs": "thursday"},
    {"complaints_counted": "all", "complaint_rate_target": 0.012},
    {"weight_service_quality": 33, "weight_teamwork": 17, "weight_efficiency": 50, "weight_satisfaction": 0},
]


def sample(quarter):
    place = Path(__file__).parent / "samples" / "quarterly_standard.py"
    spec = importlib.util.spec_from_file_location("samples_quarterly_standard", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tables(quarter)


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, quarter="2026Q3", **params):
    policy = load_policy(find_policy("quarterly_standard"), quarter, params)
    return score(policy, case_tables(policy, inputs))


def run_sample(**params):
    return run({name: as_case(rows) for name, rows in sample("2026Q3").items()}, **params)


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: " ".join(reading) or "default")
def test_the_total_is_the_sum_of_its_ledger_lines(reading):
    result = run_sample(**reading)
    check_balance(result, "total", "分")
    assert not result.employees["total"].isna().all()


def test_the_sample_quarter_shows_who_is_incomplete_left_out_and_not_assessed():
    result = run_sample()
    people = result.employees
    assert people.loc["S16", "missing"] == ["1c"] and people.loc["S09", "flags"][:1] == ["self_missing"]
    assert people.loc["S01", "left_out"] == ["3d"]  # the online group takes no calls
    assert list(people.loc[["S23", "S24"], "status"]) == ["not_assessed", "out_of_scope"]
    assert list(result.tables["overrides"]["employee_id"]) == ["S10"]
    assert len(result.tables["assessment_forms"]) == 22 * 15


def test_an_adjustment_and_an_override_are_lines_of_their_own():
    items = ["1a", "1b", "1c", "1d", "2a", "2b", "2c", "2d", "3a", "3b", "3c", "3d", "4a", "4b", "4c"]
    adjustment = {"columns": ["employee_id", "item", "old_value", "new_value", "reason"], "rows": [["E1", "4c", 80, 60, "核实"]]}
    override = {"columns": ["employee_id", "item", "self_score", "supervisor_score", "reason"], "rows": [["E1", "3a", None, 95, "故障"]]}
    scores = {"columns": ["employee_id", *items], "rows": [["E1", *[80] * 15]]}
    result = run({"item_scores": scores, "adjustments": adjustment, "ratings": override})
    lines = result.ledger[result.ledger["clause"].isin(["F3", "F4"])]
    assert [(row.clause, row.value, row.quantity) for row in lines.itertuples()] == [("F3", 15, 95), ("F4", -20, 60)]
    check_balance(result, "total", "分")


def test_a_quarter_before_the_date_given_by_hr_is_flagged():
    nobody = {"employees": {"columns": ["employee_id"], "rows": [["E1"]]}}
    assert "not_yet_in_effect" in list(run(nobody, **{"common.effective_from": "2026-10-01"}).flags["flag"])
    assert "not_yet_in_effect" not in list(run(nobody, **{"common.effective_from": "2026-09-30"}).flags["flag"])


def test_weights_that_do_not_add_up_to_100_stop_the_scoring():
    with pytest.raises(PolicyError, match="115"):
        run({}, weight_teamwork=40)


def test_an_item_may_count_in_two_indicators_and_stands_on_the_form_once(tmp_path):
    text = find_policy("quarterly_standard").read_text(encoding="utf-8")
    path = tmp_path / "quarterly_standard.yaml"
    path.write_text(text.replace('items: ["1a", "1b", "1c", "1d"]', 'items: ["1a", "1b", "1c", "1d", "2a"]'), encoding="utf-8")
    policy = load_policy(path, "2026Q3")
    rows = [["E1", item, 80 if item == "2a" else 60] for item in ("1a", "1b", "1c", "2a", "2b", "2c")]
    inputs = {
        "employees": {"columns": ["employee_id"], "rows": [["E1"]]},
        "ratings": {"columns": ["employee_id", "item", "supervisor_score"], "rows": rows},
    }
    result = score(policy, case_tables(policy, inputs))
    assert result.employees.at["E1", "service_quality"] == 65  # (60 + 60 + 60 + 80) / 4, without data for 1d
    assert len(result.tables["assessment_forms"]) == 15


def test_the_workbook_of_the_sample_reads_clean_and_its_faults_are_named_at_their_cells(tmp_path):
    policy, rows = load_policy(find_policy("quarterly_standard"), "2026Q3"), sample("2026Q3")
    assert not read_workbook(write_workbook(policy, rows, tmp_path / "good.xlsx"), policy).refused
    rows["ratings"][0]["item"] = "1e"
    rows["ratings"][1]["quarter"] = "三季度"
    rows["daily_ops"][0]["calls_answered"] = 99
    with pytest.raises(DataError) as caught:
        read_workbook(write_workbook(policy, rows, tmp_path / "bad.xlsx"), policy)
    text = str(caught.value)
    assert "没有项目“1e”" in text and "不是考核周期" in text and "大于对应的总量" in text


def test_a_meeting_of_one_period_stands_once_however_its_period_is_written(tmp_path):
    policy, rows = load_policy(find_policy("quarterly_standard"), "2026Q3"), sample("2026Q3")
    rows["meetings"] = [{"period": one} for one in ("2026-Q3", "2026Q3", "2026-Q3", "2026-07", "三季度", "本季", None)]
    with pytest.raises(DataError) as caught:
        read_workbook(write_workbook(policy, rows, tmp_path / "bad.xlsx"), policy)
    assert [str(fault).partition(" ")[2] for fault in caught.value.faults] == [
        "评估会议!A3 考核期: “2026Q3”在本期重复。 请核对后改正。",
        "评估会议!A4 考核期: “2026-Q3”重复。 请删去一行。",
        "评估会议!A6 考核期: “三季度”不是考核周期（写作 2026-10）。 请核对后改正。",
        "评估会议!A7 考核期: “本季”不是考核周期（写作 2026-10）。 请核对后改正。",
    ]


def test_a_rated_item_1a_rests_on_no_assumed_target_and_a_measured_one_does():
    used = [run_sample(item_1a_source=source).assumptions["parameter"] for source in ("rating", "measured")]
    assert ["response_rate_target" in list(names) for names in used] == [False, True]
