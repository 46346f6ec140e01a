# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""安徽达沃 客服中心绩效考核标准: conduct score, call quotas, pay, contact-rate ladder, careers, stars, leads."""

from __future__ import annotations

from kpi_helpers.checks import RowFault
from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.dawo.allowance import attained_awards, awards, performance_pay, score_deduction
from kpi_helpers.schemes.dawo.careers import (
    early_regularisation,
    fast_promotion,
    level_pay_from,
    next_level,
    promotion_proposals,
    raises,
    star_in_first_month,
)
from kpi_helpers.schemes.dawo.days import check_members
from kpi_helpers.schemes.dawo.dividend import dividend, dividend_pool
from kpi_helpers.schemes.dawo.ladder import check_weeks, contact_ladder, contact_rates, ladder_step, lead_policy, persuasion_list
from kpi_helpers.schemes.dawo.leads import (
    check_reassignments,
    commission,
    deal_commission,
    deal_owners,
    first_entries,
    lead_keys,
    lead_owners,
    lead_table,
    reassignments,
)
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
    check_discretion,
    check_exams,
    full_marks,
    hundred_points,
    star_points,
)
from kpi_helpers.schemes.dawo.quarter import (
    check_month_scores,
    demotion,
    fewest_members,
    quarter_reward,
    quarter_score,
    tail_end,
    tail_end_review,
    warning_list,
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
from kpi_helpers.schemes.dawo.receipts import check_receipts
from kpi_helpers.schemes.dawo.staff import check_levels
from kpi_helpers.schemes.dawo.stars import (
    check_star_periods,
    nomination_form,
    nominees,
    one_star,
    preselection,
    star_decisions,
    star_reward,
    suggestion_reward,
)
from kpi_helpers.schemes.dawo.trial import (
    check_trial_months,
    first_window,
    persuade_to_leave,
    regularise_standard,
    rolling_windows,
    trial_deadline,
    two_month_alert,
)
from kpi_helpers.tables import Tables

ADDING = frozenset({"exam_scores"})  # sheets that only add points: a refused row is listed and blocks nobody (0.4)


def score(policy: Policy, tables: Tables) -> Result:
    """达沃绩效: people with score, quota ratios and pay slip; outputs for ladder, quarter, stars, trial and leads."""
    return by_clause(policy, tables)


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Rows that contradict themselves or each other, say a thing twice, or lack what they are about."""
    checks = (check_weeks, check_authors, check_exams, check_star_periods, check_trial_months, check_reassignments, check_receipts)
    of_policy = (check_levels, check_members, check_discretion, check_month_scores)
    return [fault for check in checks for fault in check(tables)] + [fault for check in of_policy for fault in check(policy, tables)]
