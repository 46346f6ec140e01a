"""A replay gives what scoring from the start gives, whichever number is changed."""

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import plain
from kpi_helpers.policy import find_policy
from kpi_helpers.what_if.replay import Replay

SAMPLES = Path(__file__).parents[1] / "params" / "sample"
SCHEMES = {
    **dict.fromkeys(["team_pool", "weikang", "dawo", "weighted_grades", "six_dimension", "three_dimension"], "2026-10"),
    "quarterly_standard": "2026Q3",
}
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


def test_a_late_number_starts_late_and_an_early_one_early():
    policy, _, replay = month("weikang")
    starts = [
        replay.recording.first_touched(policy, policy.adjusted({name: 1})) for name in ("late_minor_minutes", "cap_business", "bonus_base")
    ]
    assert starts == sorted(starts) and len(set(starts)) == 3
