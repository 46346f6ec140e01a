# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""客服（部）人员绩效考核细则: monthly ratings of ability, attitude and compliance, backed by data, given on days 1 to 5."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.three_dimension.scores import indicator_scores, three_dimensions
from kpi_helpers.schemes.three_dimension.sheets import check_rows
from kpi_helpers.schemes.three_dimension.uses import history_and_trend, performance_pay, priorities, problem_areas, ranking, talks
from kpi_helpers.schemes.three_dimension.window import evidence, month_assessed, rating_window, scope, special_circumstances
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """绩效考核细则: employees with three dimensions, total, rank and pay; tables['lost_points'], tables['priority_list']."""
    return by_clause(_with_own_indicators(policy, tables), tables)


def _with_own_indicators(policy: Policy, tables: Tables) -> Policy:
    """Where HR delivers its own indicators, no result rests on the placeholder list or its weights."""
    if not len(tables["indicators"]):
        return policy
    clauses = {c.id: replace(c, assumptions=(), in_force="") if c.rule is indicator_scores else c for c in policy.clauses}
    return replace(policy, clauses=tuple(clauses.values()), order=tuple(clauses[clause.id] for clause in policy.order))
