"""现行 | 试算 | 差额: what a comparison says is what the two results say."""

from fractions import Fraction

import pytest

import kpi_helpers as kpi
from kpi_helpers.compare import Comparison
from kpi_helpers.policy_file import find_policy
from kpi_helpers.report.views import View


@pytest.fixture(scope="module")
def pool():
    """门店客服 with another 200 yuan for each group."""
    policy = kpi.load_policy(find_policy("team_pool"), "2026-10")
    tables = kpi.read_workbook("params/sample/2026-10/team_pool.xlsx", policy)
    trial = kpi.load_policy(find_policy("team_pool"), "2026-10", {"pool_fixed": 1200})
    return Comparison(kpi.score(policy, tables), kpi.score(trial, tables))


def test_the_cost_is_the_sum_that_the_report_shows(pool):
    now, then, difference = pool.cost
    assert now == View(pool.baseline).pay.grand_total()
    assert then == View(pool.trial).pay.grand_total()
    assert difference == then - now > 0


def test_everybody_who_shares_gains_and_nobody_loses(pool):
    people = pool.people()
    sharing = (people["pay_difference"].array > 0).tolist()
    assert pool.gainers.tolist() == sharing and not pool.losers.any()
    assert not any(pool.gainers[people.index.get_indexer(["010", "017"])])  # cleaners do not share
    assert people.loc["023", "pay_difference"] is not None and people["pay_difference"].isna()["023"]  # no published pay


def test_groups_add_up_to_the_cost(pool):
    groups = pool.groups()
    assert sum(groups["pay_difference"]) == pool.cost[2]
    assert sum(groups["people"]) == len(pool.ids)


@pytest.mark.parametrize("threshold, moved", [("90", 0), ("60", 0)])
def test_the_same_numbers_change_nothing(threshold, moved):
    policy = kpi.load_policy(find_policy("weighted_grades"), "2026-10")
    tables = kpi.read_workbook("params/sample/2026-10/weighted_grades.xlsx", policy)
    same = Comparison(kpi.score(policy, tables), kpi.score(policy, tables))
    assert same.regraded.sum() == moved
    assert same.cost == (0, 0, 0)


def test_who_changes_grade_is_counted_on_both_sides():
    policy = kpi.load_policy(find_policy("weighted_grades"), "2026-10")
    tables = kpi.read_workbook("params/sample/2026-10/weighted_grades.xlsx", policy)
    trial = kpi.load_policy(find_policy("weighted_grades"), "2026-10", {"3.2.2.at_least": Fraction(70)})
    moved = Comparison(kpi.score(policy, tables), kpi.score(trial, tables))
    grades, people = moved.grades(), moved.people()
    changed = people[people["grade_before"] != people["grade_after"]].dropna(subset=["grade_after"])
    assert len(changed) == moved.regraded.sum() > 0
    assert set(changed["grade_before"]) == {"合格"} and set(changed["grade_after"]) == {"良好"}
    assert grades.loc["良好", "trial"] - grades.loc["良好", "now"] == len(changed)


def test_somebody_of_one_result_only_is_compared_with_nothing(pool):
    fewer = pool.baseline
    trial = kpi.score(fewer.policy, fewer.inputs)
    trial.employees = trial.employees.drop(index="001")
    comparison = Comparison(fewer, trial)
    with pytest.raises(ValueError):
        assert comparison.cost  # its postings are those of everybody
