"""A replay gives what scoring from the start gives, whichever number is changed."""

import re
from copy import copy
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import plain
from kpi_helpers.cases.inputs import case_tables
from kpi_helpers.cases.reading import read_cases
from kpi_helpers.policy_file import find_policy
from kpi_helpers.what_if.following import Followed, Unfollowed
from kpi_helpers.what_if.replay import Replay

SAMPLES = Path(__file__).parents[1] / "params" / "sample"
SCHEMES = {
    **dict.fromkeys(["team_pool", "weikang", "dawo", "weighted_grades", "six_dimension", "three_dimension"], "2026-10"),
    "quarterly_standard": "2026Q3",
}
OWN = [path for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")) if "policy: ../policies/" in path.read_text("utf-8")]
WORDS = {"number", "text", "table", "none"}


@cache
def month(scheme):
    period = SCHEMES[scheme]
    policy = kpi.load_policy(find_policy(scheme), period)
    tables = kpi.read_workbook(SAMPLES / period.replace("Q", "-Q") / f"{scheme}.xlsx", policy)
    return policy, tables, Replay(policy, tables)


def changes(policy):
    """Every number and reading of a policy, changed a little."""
    found = []
    for name, one in policy.parameters.items():
        if isinstance(one.value, bool):
            found.append({name: not one.value})
        elif isinstance(one.value, (int, Fraction)):
            found += [{name: one.value + 1}, {name: one.value * 2}, {name: one.value / 2}]
        found += [{name: word} for word in one.accepts if isinstance(word, str) and word not in WORDS and word != one.value]
    for clause in policy.clauses:
        for name, value in clause.arguments.items():
            if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
                found.append({f"{clause.id}.{name}": value - 1})
    return found


def some(found, number):
    """So many of them, from the first to the last."""
    return found[:: max(1, len(found) // number)]


def hold(replay, policy, tables, trials):
    """Every trial that can be scored gives what scoring from the start gives; how many that were."""
    compared = 0
    for overrides in trials:
        try:
            trial = policy.adjusted(overrides)
            expected = everything(kpi.score(trial, tables))
        except kpi.KpiError:
            continue
        assert everything(replay.score(trial)) == expected, overrides
        compared += 1
    return compared


def everything(result):
    frames = (result.employees, result.groups, result.department, result.flags, result.errors, result.ledger)
    return [plain(one) for one in frames], {name: plain(one) for name, one in result.tables.items()}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_replay_equals_scoring_from_the_start(scheme):
    policy, tables, replay = month(scheme)

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.sampled_from(changes(policy)), min_size=1, max_size=2))
    def check(chosen):
        overrides = {name: value for one in chosen for name, value in one.items()}
        try:
            trial = kpi.load_policy(find_policy(scheme), SCHEMES[scheme], overrides)
        except kpi.KpiError as error:
            with pytest.raises(kpi.PolicyError) as raised:
                policy.adjusted(overrides)
            assert str(raised.value) == str(error)
            return
        adjusted = policy.adjusted(overrides)
        assert (adjusted.parameters, adjusted.clauses, adjusted.order) == (trial.parameters, trial.clauses, trial.order)
        try:
            expected = everything(kpi.score(trial, tables))
        except kpi.KpiError:
            return
        assert everything(replay.score(adjusted)) == expected

    check()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_recorded_run_is_the_plain_run(scheme):
    policy, tables, replay = month(scheme)
    assert everything(replay.baseline) == everything(kpi.score(policy, tables))


def computed_again(replay, policy, monkeypatch):
    """The clauses that a change makes the replay compute again."""
    found, afresh = [], Followed.afresh
    monkeypatch.setattr(Followed, "afresh", lambda book, clause, *rest: (found.append(clause.id), afresh(book, clause, *rest))[1])
    replay.score(policy)
    return found


def test_only_clauses_that_see_a_change_are_computed_again(monkeypatch):
    policy, _, replay = month("weikang")
    assert computed_again(replay, policy, monkeypatch) == []
    assert computed_again(replay, policy.adjusted({"cap_business": 30}), monkeypatch) == ["2.cap.6", "1a", "1c"]
    assert computed_again(replay, policy.adjusted({"bonus_base": 1}), monkeypatch) == ["1c"]


def test_another_month_of_an_event_computes_only_clauses_whose_events_change(monkeypatch):
    policy, sheets, _ = month("weikang")
    tables, late = sheets.again(), sheets["events"]["clause"] == "2.A2.1"
    assert late.any() and policy.parameters["common.event_month_basis"].value == "occurred_on"
    days = sheets["events"]["recorded_on"].where(~late, pd.Timestamp("2026-11-03"))
    tables["events"] = sheets["events"].assign(recorded_on=days)
    trial = policy.adjusted({"common.event_month_basis": "recorded_on"})
    replay = Replay(policy, tables)
    assert everything(replay.follow(trial)) == everything(kpi.score(trial, tables))
    again = computed_again(replay, trial, monkeypatch)
    assert again[0] == "2.A2.1" and not set(again) & {"2.A1.1a", "2.A3.1", "2.B1"}


def test_numbers_follow_the_last_reading_for_which_a_module_makes_other_tables_ready(monkeypatch):
    policy, tables, replay = month("team_pool")
    replay, fewer = Replay(policy, tables), {"in_scope_roles": ["cs"]}
    trial = policy.adjusted(fewer)
    with pytest.raises(Unfollowed):
        replay.follow(trial)
    assert everything(replay.score(trial)) == everything(kpi.score(trial, tables)) != everything(replay.baseline)
    assert computed_again(replay, policy, monkeypatch) == []
    both = policy.adjusted({**fewer, "6.8.points": -4})
    scored = []
    monkeypatch.setattr(Replay, "__init__", lambda *_: scored.append(1))
    assert everything(replay.score(both)) == everything(kpi.score(both, tables))
    assert not scored


def test_clauses_that_a_module_replaces_are_followed(monkeypatch):
    policy, tables, replay = month("quarterly_standard")
    measured = policy.adjusted({"item_1a_source": "measured"})
    assert everything(replay.follow(measured)) == everything(kpi.score(measured, tables)) != everything(replay.baseline)
    assert "1a" in computed_again(replay, measured, monkeypatch)


def test_what_comes_out_the_same_goes_no_further(monkeypatch):
    policy, _, replay = month("team_pool")
    untouched = policy.adjusted({"exam_pass_mark": Fraction(1, 2)}), policy.adjusted({"exam_pass_mark": Fraction(1, 3)})
    replay = Replay(untouched[0], month("team_pool")[1])
    assert computed_again(replay, untouched[1], monkeypatch) == ["6.17b"]


def test_lists_of_a_trial_are_made_when_somebody_looks_at_them():
    policy, tables, replay = month("three_dimension")
    trial = policy.adjusted({"6a.full": 90})
    result = replay.score(trial)
    assert "tables" not in vars(result) and "flags" not in vars(result)
    result.tables["priority_list"].clear()  # what one reader does to a list is not seen by the next
    assert everything(replay.score(trial)) == everything(kpi.score(trial, tables))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_changes_in_turn_leave_nothing_behind(scheme):
    policy, tables, replay = month(scheme)
    adjusted = []
    for overrides in some(changes(policy), 8):
        try:
            adjusted.append(policy.adjusted(overrides))
            kpi.score(adjusted[-1], tables)
        except kpi.KpiError:
            adjusted = adjusted[:-1] if adjusted and adjusted[-1].overrides == overrides else adjusted
    first = [everything(replay.score(one)) for one in adjusted]
    assert [everything(replay.score(one)) for one in reversed(adjusted)] == first[::-1]
    assert everything(replay.score(policy)) == everything(kpi.score(policy, tables))


def altered(scheme, alter):
    """The sample month of a scheme with tables of its own."""
    policy, tables, _ = month(scheme)
    changed = copy(tables)
    alter(changed)
    return policy, changed


def one_incident(tables):
    """Three events at a time are one fact."""
    events = tables["events"]
    people = events["employee_id"].iloc[np.arange(len(events)) // 3 * 3].to_numpy()
    tables["events"] = events.assign(incident_id=(np.arange(len(events)) // 3).astype(str).astype(object), employee_id=people)


def without_sheets(tables):
    for name in list(tables):
        if name not in ("employees", "events"):
            tables[name] = tables[name].iloc[:0]


def without_groups(tables):
    tables["employees"] = tables["employees"].assign(group_id=pd.Series(None, index=tables["employees"].index, dtype=object))


@pytest.mark.parametrize("alter", [one_incident, without_sheets, without_groups])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_odd_months_are_followed_too(scheme, alter):
    if alter is one_incident and "events" not in month(scheme)[1]:
        pytest.skip("has no events")
    policy, tables = altered(scheme, alter)
    try:
        replay = Replay(policy, tables)
    except kpi.KpiError as error:
        with pytest.raises(kpi.KpiError, match=re.escape(str(error))):
            kpi.score(policy, tables)
        return
    assert everything(replay.baseline) == everything(kpi.score(policy, tables))
    assert hold(replay, policy, tables, some(changes(policy), 6))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_policies_without_a_program_are_followed_too(path):
    file, compared = read_cases(path), 0
    for case in some(file.cases, 2):
        try:
            policy = kpi.load_policy(file.policy, case.month, case.params)
            tables = case_tables(policy, case.inputs)
            replay = Replay(policy, tables)
        except kpi.KpiError:
            continue
        compared += hold(replay, policy, tables, some(changes(policy), 4))
    assert compared


def test_points_decide_which_event_of_one_incident_counts(monkeypatch):
    policy, tables = altered("weikang", one_incident)
    replay = Replay(policy, tables)
    for points in (-1, -3, -7):
        trial = policy.adjusted({"2.A2.1.points": points, "2.A4.2.points": points - 1})
        assert everything(replay.score(trial)) == everything(kpi.score(trial, tables))
    assert "2.A1.1a" not in computed_again(replay, trial, monkeypatch)
