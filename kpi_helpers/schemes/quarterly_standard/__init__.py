# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""客服部绩效考核标准: fifteen items under four main indicators, once a quarter; form, self-rating, rating, meeting, report."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.quarterly_standard.decisions import decisions, reports
from kpi_helpers.schemes.quarterly_standard.indicators import four_indicators, main_indicator, scope
from kpi_helpers.schemes.quarterly_standard.items import (
    answer_rate,
    complaint_rate,
    daily_volume,
    feedback_replied,
    handling_time,
    rated,
    responsiveness,
    survey_count,
    survey_mean,
    survey_score,
    tasks_on_time,
    weekly_summaries,
)
from kpi_helpers.schemes.quarterly_standard.process import (
    assessment_forms,
    missing_self_ratings,
    review_meeting,
    self_rating,
    standards,
    supervisor_overrides,
)
from kpi_helpers.schemes.quarterly_standard.sheets import check_rows
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """绩效考核标准: employees with four indicators, total and rank; tables['items'], tables['training'], the forms."""
    return by_clause(_with_rated_responsiveness(policy), tables)


def _with_rated_responsiveness(policy: Policy) -> Policy:
    """Where the supervisor rates item 1a, no result rests on the target for its measured form."""
    if policy["item_1a_source"] != "rating":
        return policy
    clauses = {c.id: replace(c, assumptions=(), in_force="") if c.rule is responsiveness else c for c in policy.clauses}
    return replace(policy, clauses=tuple(clauses.values()), order=tuple(clauses[clause.id] for clause in policy.order))
