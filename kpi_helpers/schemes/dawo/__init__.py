# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""安徽达沃 客服中心绩效考核标准: conduct score, call quotas, pay, contact-rate ladder, careers, stars, leads."""

from __future__ import annotations

from kpi_helpers.book import Result
from kpi_helpers.checks import RowFault
from kpi_helpers.policy import Policy
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.dawo.allowance import attained_awards, awards, performance_pay, score_deduction
from kpi_helpers.schemes.dawo.ladder import check_weeks, contact_ladder, contact_rates, ladder_step, lead_policy, persuasion_list
from kpi_helpers.schemes.dawo.pay import (
    base_wage,
    base_wage_by_ratio,
    base_wage_in_full,
    base_wage_less,
    incentive_right,
    incentive_tier,
    personalised,
    regular_on,
    wage,
)
from kpi_helpers.schemes.dawo.points import (
    adopted_suggestions,
    attendance_rules,
    check_authors,
    full_marks,
    hundred_points,
    star_points,
)
from kpi_helpers.schemes.dawo.quotas import (
    attainment,
    checks_due,
    daily_quota,
    first_month,
    first_week,
    handover_log,
    in_scope,
    incentive_ratio,
    members_to_push,
    monthly_quota,
)
from kpi_helpers.schemes.dawo.ranking import extreme_calls
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """达沃绩效: people with score, quota ratios and pay slip; outputs for ladder, quarter, stars, trial and leads."""
    return by_clause(policy, tables)


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Rows that contradict themselves: weeks with more leads contacted than provided, unknown authors."""
    return [*check_weeks(tables), *check_authors(tables)]
