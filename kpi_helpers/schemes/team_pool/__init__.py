# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""客服部考核办法（试行）: a group's points scale its bonus pool, and the pool is shared among those paid, cleaners excepted."""

from __future__ import annotations

from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.team_pool import sheets
from kpi_helpers.schemes.team_pool.assessment import assessment_record, issue_log, publication, scope
from kpi_helpers.schemes.team_pool.points import (
    absent,
    exam_failed,
    exam_mean,
    justified_complaint,
    late,
    late_as_absent,
    manager_resolved,
    missed_punch,
    once_a_day,
    once_an_incident,
    proven,
    self_resolved,
)
from kpi_helpers.schemes.team_pool.pool import (
    department_coefficient,
    department_pool,
    fixed_pool,
    group_score,
    head_pool,
    left_over,
    paid_heads,
    scaled_pool,
    shared_out,
    sharers,
)
from kpi_helpers.schemes.team_pool.sheets import check_rows
from kpi_helpers.schemes.team_pool.wages import minimum_wage, monthly_wage, wage_and_share, wage_due
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """客服部考核办法: groups with score, pool and payout; employees with base wage and share; one department row."""
    return by_clause(policy, sheets.as_read(policy, tables))


def stacking_pairs(policy: Policy) -> list[tuple[str, str]]:
    """Pairs that may both count for one fact: 6.6 脱岗 (desertion_mode) and 6.14 表扬 (praise_stack)."""
    desertion = [("6.6a", "6.6b")] if policy["desertion_mode"] == "cumulative" else []
    return desertion + ([("6.14a", "6.14b")] if policy["praise_stack"] == "both" else [])
