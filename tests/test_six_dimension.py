"""客服部门考核制度范本: what worked cases cannot say - ledgers that balance, every maximum, wrong readings."""

import importlib.util
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import DataError, PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score
from kpi_helpers.schemes.six_dimension import item_maxima
from kpi_helpers.workbook import read_workbook
from kpi_helpers.workbook.template import write_workbook

READINGS = [
    {},
    {"scale": "raw_110"},
    {"scale": "cap_100"},
    {"grader_aggregate": "median", "min_graders": 3},
    {"min_graders": 1, "include_trial": True},
    {"survey_conversion": "rating"},
    {"eligibility_date": "period_start", "full_score": 120},
    {"income_link": [{"from": 80, "give": 333.335}, {"give": 100}], "grades": [{"from": 80, "give": "优秀"}, {"give": "一般"}]},
]


def module(name):
    spec = importlib.util.spec_from_file_location(f"samples_{name}", Path(__file__).parent / "samples" / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def sample(month):
    return {name: as_case(rows) for name, rows in module("six_dimension").tables(month).items()}


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, period="2026-10", **params):
    policy = load_policy(find_policy("six_dimension"), period, params)
    return score(policy, case_tables(policy, inputs))


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: " ".join(reading) or "default")
def test_score_and_income_are_the_sums_of_their_ledger_lines(reading):
    result = run(sample("2026-10"), **reading)
    check_balance(result, "score")
    check_balance(result, "income", "元")
    assert not len(result.errors)


@pytest.mark.parametrize("mode", ["direct_else_mean", "mean_only", "direct_only"])
def test_the_score_of_a_quarter_is_the_sum_of_its_ledger_lines(mode):
    inputs = {name: sample("2026-10")[name] for name in ("employees", "month_scores")}
    inputs["period_scores"] = {"columns": ["employee_id", "period", "score"], "rows": [["001", "2026Q3", 91.5]]}
    result = run(inputs, "2026Q3", period_mode=mode)
    check_balance(result, "score")
    assert result.employees.loc["001", "source"] == ("derived" if mode == "mean_only" else "direct")


def test_the_sample_month_shows_every_state():
    people = run(sample("2026-10")).employees
    assert people.loc["016", "reason"] == "too_few_graders"
    assert people.loc["021", "missing"] == ["10.2"]
    assert people.loc["030", "status"] == people.loc["032", "status"] == "out_of_scope"
    assert people.loc["031", "status"] == "not_assessed"
    assert people.loc["001", "graders"] == 2  # a grader does not rate himself
    assert people.loc["029", "status"] == "complete"  # regular since the last day


def test_the_maxima_are_those_of_the_document():
    policy = load_policy(find_policy("six_dimension"), "2026-10")
    maxima = item_maxima(policy)
    assert len(maxima) == 17
    assert sum(maxima.values()) == 110
    parts = {}
    for clause in policy.clauses:
        if "item" in clause.arguments:
            parts[clause.section] = parts.get(clause.section, 0) + maxima[clause.arguments["item"]]
    assert list(parts.values()) == [30, 20, 15, 15, 20, 10]
    assert maxima == {item: Fraction(number) for item, number in module("six_dimension").MAXIMA.items()}


def test_the_contradiction_of_110_points_is_shown_with_every_result():
    notes = {scale: run(sample("2026-10"), scale=scale).tables["scale_note"] for scale in ("normalise_100", "raw_110", "cap_100")}
    assert all("110" in note for note in notes.values())
    assert len(set(notes.values())) == 3


def test_published_history_is_what_a_quarter_reads():
    result = run(sample("2026-09"), "2026-09")
    rows = result.tables["history"].to_dict("records")
    quarter = run({"employees": sample("2026-09")["employees"], "month_scores": as_case(rows)}, "2026Q3")
    assert quarter.tables["period_results"].loc["004", "score"] == result.employees.loc["004", "score"]
    assert quarter.tables["period_results"].loc["004", "months_used"] == 1


def test_a_published_period_stands_once_for_a_person_however_it_is_written(tmp_path):
    policy, rows = load_policy(find_policy("six_dimension"), "2026-10"), module("six_dimension").tables("2026-10")
    one, other = (person["employee_id"] for person in rows["employees"][:2])
    periods = [(one, "2026-Q2"), (one, "2026Q2"), (other, "2026Q2"), (other, "二季度"), (other, "2季度")]
    rows["period_scores"] = [{"employee_id": id, "period": period, "score": 90} for id, period in periods]
    with pytest.raises(DataError) as caught:
        read_workbook(write_workbook(policy, rows, tmp_path / "bad.xlsx"), policy)
    assert [str(fault).partition(" ")[2] for fault in caught.value.faults] == [
        "各期得分!B3 考核期: “2026Q2”在本期重复。 请核对后改正。",
        "各期得分!B5 考核期: “二季度”不是考核周期（写作 2026-10）。 请核对后改正。",
        "各期得分!B6 考核期: “2季度”不是考核周期（写作 2026-10）。 请核对后改正。",
    ]


def test_a_score_below_the_lowest_grade_stops_instead_of_guessing():
    with pytest.raises(DataError):
        run(sample("2026-10"), grades=[{"from": 99, "give": "优秀"}])


@pytest.mark.parametrize(
    "name, value",
    [
        ("scale", "raw_100"),
        ("eligibility_date", "today"),
        ("period_mode", "mean"),
        ("survey_conversion", "step"),
        ("grader_aggregate", "trimmed"),
        ("min_graders", 0),
        ("grades", "ABC"),
        ("common.workday_calendar", "none"),
    ],
)
def test_an_unknown_reading_is_refused(name, value):
    with pytest.raises(PolicyError):
        load_policy(find_policy("six_dimension"), "2026-10", {name: value})


def test_assumptions_are_marked():
    used = set(run(sample("2026-10")).assumptions["parameter"])
    assert {"survey_conversion", "rating_due_workdays"} <= used
