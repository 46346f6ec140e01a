"""The shared rules, filters and the one-fact rule on small policies written here; expected values by hand."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import case_tables
from kpi_helpers.filters import TESTS, check_filter, matches
from kpi_helpers.ledger import check_balance
from kpi_helpers.numbers import exact, places_of

HEAD = """\
scheme: trial
title: 试行办法
tables:
  employees: {required: [employee_id], optional: [role, group_id], key: [employee_id]}
  events: {required: [event_id, employee_id, clause], optional: [count, points, incident_id, status, date, approver]}
  ratings: {required: [employee_id, quality]}
  attendance: {required: [employee_id], optional: [minutes]}
parameters:
  common.one_fact_one_clause: {value: true, basis: R}
clauses:
"""
START = '  - {id: "9", title: 合计, source: 九, basis: S, rule: total, start: 100, as: score%s}\n'


@pytest.fixture
def run(tmp_path):
    def run(clauses, inputs=None, month="2026-10", per="employee", **overrides):
        path = tmp_path / "trial.yaml"
        path.write_text(HEAD + clauses, encoding="utf-8")
        policy = kpi.load_policy(path, month, overrides or None)
        tables = {name: {"columns": rows[0], "rows": rows[1:]} for name, rows in (inputs or {}).items()}
        return kpi.score(policy, case_tables(policy, tables))

    return run


def clause(id, rule, **arguments):
    written = "".join(f", {key}: {value}" for key, value in arguments.items())
    return f'  - {{id: "{id}", title: 条款{id}, source: 条{id}, basis: S, rule: {rule}{written}}}\n'


def events(*rows):
    return [["event_id", "employee_id", "clause", "count", "incident_id"], *rows]


def scores(result):
    return {person: value for person, value in result.employees["score"].items()}


LATE = clause("1", "per_event", points=-2, kind="deduction") + clause("2", "per_event", points=-5, kind="deduction")
PRAISE = clause("3", "per_event", points=3, kind="addition")


@pytest.mark.parametrize("count, score", [(0, 100), (2, 100), (3, 98), (4, 96), (12, 90), (13, 90)])
def test_points_per_event_beyond_the_free_ones_down_to_the_floor(run, count, score):
    # by hand: 2 free, then 2 points each, never more than 10: 3 -> 98, 4 -> 96, 7 and more -> 90
    rule = clause("1", "per_event", points=-2, free=2, floor=-10)
    rows = [["V1", "E1", "1", count, None]] if count else []
    result = run(rule + START % "", {"employees": [["employee_id"], ["E1"]], "events": events(*rows)})
    assert scores(result) == {"E1": score}


@pytest.mark.parametrize(
    "rows, score",
    [
        ([["V1", "E1", "1", 1, "I"], ["V2", "E1", "2", 1, "I"]], 95),  # one fact: only the 5 points
        ([["V1", "E1", "1", 3, "I"], ["V2", "E1", "2", 1, "I"]], 94),  # 3 × 2 = 6 outweighs 5
        ([["V1", "E1", "1", 1, "I"], ["V2", "E1", "2", 1, "J"]], 93),  # two facts
        ([["V1", "E1", "1", 1, None], ["V2", "E1", "2", 1, None]], 93),  # no incident named: each its own
        ([["V1", "E1", "1", 1, "I"], ["V2", "E1", "3", 1, "I"]], 101),  # opposite signs are never netted: -2 + 3
        ([["V1", "E1", "1", 1, "I"], ["V2", "E1", "1", 1, "I"]], 98),  # the same clause twice for one fact
    ],
)
def test_one_fact_counts_under_one_clause(run, rows, score):
    result = run(LATE + PRAISE + START % "", {"employees": [["employee_id"], ["E1"], ["E2"]], "events": events(*rows)})
    assert scores(result)["E1"] == score


def test_two_people_in_one_incident_are_two_person_times(run):
    result = run(LATE + START % "", {"events": events(["V1", "E1", "1", 1, "I"], ["V2", "E2", "2", 1, "I"])})
    assert scores(result) == {"E1": 98, "E2": 95}


def test_every_row_counts_when_the_one_fact_rule_is_off(run):
    rows = events(["V1", "E1", "1", 1, "I"], ["V2", "E1", "2", 1, "I"])
    result = run(LATE + START % "", {"events": rows}, **{"common.one_fact_one_clause": False})
    assert scores(result) == {"E1": 93}


@pytest.mark.parametrize("status, day, score", [
    ("confirmed", "2026-10-01", 98), ("confirmed", "2026-10-31", 98), ("confirmed", "2026-09-30", 100), ("confirmed", "2026-11-01", 100),
    ("pending", "2026-10-05", 100), ("rejected", "2026-10-05", 100), ("withdrawn", "2026-10-05", 100), ("recorded", "2026-10-05", 100),
])  # fmt: skip
def test_only_confirmed_events_of_the_month_count(run, status, day, score):
    rows = [["event_id", "employee_id", "clause", "status", "date"], ["V1", "E1", "1", status, day]]
    assert scores(run(LATE + START % "", {"events": rows})) == {"E1": score}


@pytest.mark.parametrize("value, score", [(1, 99), (10, 90), (None, 100)])
def test_discretion_within_its_range(run, value, score):
    rule = clause("1", "discretionary", sign=-1, low=1, high=10, kind="deduction")
    rows = [["event_id", "employee_id", "clause", "points"], ["V1", "E1", "1", value]]
    assert scores(run(rule + START % "", {"events": rows})) == {"E1": score}


@pytest.mark.parametrize("value", ["0.99", "10.01", 0, -1])
def test_discretion_outside_its_range_is_refused_and_leaves_the_person_in_error(run, value):
    rule = clause("1", "discretionary", sign=-1, low=1, high=10, kind="deduction")
    result = run(rule + START % "", {"events": [["event_id", "employee_id", "clause", "points"], ["V1", "E1", "1", value]]})
    assert result.errors["reason"].tolist() == ["out_of_range"]
    assert result.employees.loc["E1", "status"] == "error"
    assert result.employees["score"].isna().tolist() == [True]


BANDS = "[{from: 90, give: 优秀}, {from: 60, give: 合格}, {give: 不合格}]"


@pytest.mark.parametrize("score, grade", [("90", "优秀"), ("89.99", "合格"), ("60", "合格"), ("59.99", "不合格"), (0, "不合格")])
def test_a_grade_includes_its_lower_edge(run, score, grade):
    result = run(
        clause("1", "banded", measure="quality", bands=BANDS, **{"as": "grade"}), {"ratings": [["employee_id", "quality"], ["E1", score]]}
    )
    assert result.employees["grade"].tolist() == [grade]


def test_a_value_below_the_lowest_band_is_named_and_never_guessed(run):
    with pytest.raises(kpi.DataError, match="不在任何一档"):
        run(clause("1", "banded", measure="quality", bands="[{from: 60, give: 1}]"), {"ratings": [["employee_id", "quality"], ["E1", 59]]})


def test_a_missing_measure_stays_missing_and_gets_no_ledger_line(run):
    result = run(
        clause("1", "weighted", measure="quality", weight="0.4", **{"as": "part"}), {"ratings": [["employee_id", "quality"], ["E1", None]]}
    )
    assert result.employees["part"].isna().tolist() == [True]
    assert len(result.ledger) == 0


@pytest.mark.parametrize("raw, bounds, score", [(-120, ", floor: 0", 0), (-100, ", floor: 0", 0), (-99, ", floor: 0", 1), (-120, "", -20)])
def test_what_floor_and_rounding_change_is_a_line_of_its_own(run, raw, bounds, score):
    rule = clause("1", "per_event", points=raw, kind="deduction")
    result = run(rule + START % bounds, {"events": events(["V1", "E1", "1", 1, None])})
    assert scores(result) == {"E1": score}
    check_balance(result, "score")


def test_the_ledger_names_clause_source_number_in_force_and_cells(run):
    result = run(LATE + START % "", {"events": events(["V1", "E1", "1", 1, None], ["V2", "E1", "1", 2, None])})
    line = result.ledger.iloc[0]
    assert (line["employee_id"], line["clause"], line["quantity"], line["value"], line["unit"]) == ("E1", "1", 3, -6, "分")
    assert (line["source"], line["in_force"], line["evidence"]) == ("条1", "points=-2", "事件!1,2")


@given(st.lists(st.one_of(st.none(), st.fractions(0, 5, max_denominator=3)), max_size=12))
def test_places_are_one_plus_the_number_of_better_ones(values):
    expected = [None if v is None else 1 + sum(w is not None and w > v for w in values) for v in values]
    assert [None if p is pd.NA else p for p in places_of(exact(values))] == expected


FRAME = pd.DataFrame({"minutes": exact([29, 30, None]), "kind": ["late", "early", None]})


@pytest.mark.parametrize(
    "conditions, rows",
    [
        ({"minutes": {"at_least": 30}}, [1]),
        ({"minutes": {"above": 29}}, [1]),
        ({"minutes": {"at_most": 29}}, [0]),
        ({"minutes": {"below": 30}}, [0]),
        ({"minutes": {"is": Fraction(30)}}, [1]),
        ({"minutes": {"given": False}}, [2]),
        ({"kind": {"in": ["late", "early"]}}, [0, 1]),
        ({"kind": {"is_not": "late"}}, [1]),
        ({"kind": {"not_in": ["late"]}, "minutes": {"given": True}}, [1]),
    ],
)
def test_filters_and_the_missing_value_that_fulfils_none(conditions, rows):
    assert matches(FRAME, conditions).nonzero()[0].tolist() == rows


def test_a_filter_with_an_unknown_column_or_test_is_named():
    faults = []
    check_filter({"kind": {"bellow": 2}}, lambda name: (name, None), "办法.yaml", faults)
    assert [fault.hint for fault in faults] == ["是否指“below”？"]
    assert "below" in TESTS
