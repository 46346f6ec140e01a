"""维康 百分考核: what worked cases cannot say - ledgers that balance under every reading, flags, bad numbers."""

import importlib.util
from pathlib import Path

import pytest

from kpi_helpers.cases import case_tables
from kpi_helpers.errors import PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.schemes import score

READINGS = [
    {},
    {"section_floor": False},
    {"section_floor": False, "base": 120, "cap_business": 50},
    {"cap_attendance": 5, "cap_discipline": 20},
    {"late_major_mode": "add", "early_major": True},
    {"late_major_minutes": 10, "late_minor_minutes": 3, "late_minor_default": 1},
    {"unexcused_absence_points": 15},
    {"sop_missing_points": "min", "business_window": "all_day"},
    {"bonus_link": "linear", "bonus_base": 333},
    {"annual_score": "sum", "leader_assessor": "peer leader"},
    {"common.one_fact_one_clause": False},
]


def sample(month="2026-10"):
    place = Path(__file__).parent / "samples" / "weikang.py"
    spec = importlib.util.spec_from_file_location("samples_weikang", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: as_case(rows) for name, rows in module.tables(month).items()}


def as_case(rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return {"columns": columns, "rows": [[row.get(column) for column in columns] for row in rows]}


def run(inputs, month="2026-10", **params):
    policy = load_policy(find_policy("weikang"), month, params)
    return score(policy, case_tables(policy, inputs))


def events(*rows):
    return {"events": {"columns": ["event_id", "employee_id", "clause", "points", "occurred_at"], "rows": list(rows)}}


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_the_ledger_adds_up_under_every_reading(reading):
    result = run(sample(), **reading)
    assert not len(result.errors)
    check_balance(result, "total")
    check_balance(result, "bonus", "元")


def test_a_morning_error_stands_in_the_ledger_without_points():
    result = run(events(["V1", "E1", "2.B1", 6, "2026-10-12 11:59"]))
    line = result.ledger[result.ledger["clause"] == "2.B1"].iloc[0]
    assert (line["quantity"], line["value"], line["note"]) == (1, 0, "只记录，不扣分")


def test_an_absence_under_the_rules_of_another_document_names_its_days():
    rows = [["E1", "2026-10-12", "absent"], ["E1", "2026-10-13", "absent"]]
    result = run({"attendance": {"columns": ["employee_id", "date", "kind"], "rows": rows}})
    assert list(result.flags["detail"]) == [["2026-10-12", "2026-10-13"]]


def test_sections_that_do_not_add_up_to_the_base_are_flagged():
    people = {"employees": {"columns": ["employee_id"], "rows": [["E1"]]}}
    assert list(run(people).flags["flag"]) == []
    assert list(run(people, cap_hygiene=9).flags["flag"]) == ["sections_and_base"]


@pytest.mark.parametrize("month, found", [("2025-12", ["not_yet_in_effect"]), ("2026-01", [])])
def test_a_month_before_the_policy_took_effect_is_flagged(month, found):
    people = {"employees": {"columns": ["employee_id"], "rows": [["E1"]]}}
    assert list(run(people, month, **{"common.effective_from": "2026-01-01"}).flags["flag"]) == found


@pytest.mark.parametrize(
    "params, words",
    [
        ({"business_window_start": "25:00"}, "不是时间"),
        ({"shift_table": {"早班": {"start": "08:30"}}}, "缺少 end"),
        ({"late_minor_default": 6}, "超出 0 至 5"),
        ({"leader_assessor": "nobody"}, "无效"),
        ({"additions": "some"}, "无效"),
    ],
)
def test_numbers_that_make_no_sense_are_named(params, words):
    shift = {"columns": ["employee_id", "date", "kind", "shift", "signed_at"], "rows": [["E1", "2026-10-12", "late", "早班", None]]}
    with pytest.raises(PolicyError, match=words):
        run({"attendance": shift, **events(["V1", "E1", "2.B1", 6, "2026-10-12 13:00"])}, **params)
