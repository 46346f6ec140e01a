# ruff: noqa: F401 - the functions imported here are the rules that the policy file names
"""客服人员绩效考核管理制度: four weighted ratings, four grades, appeals with deadlines, months unqualified in a row."""

from __future__ import annotations

from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause
from kpi_helpers.schemes.weighted_grades.appeals import appeals_answered, appeals_lodged
from kpi_helpers.schemes.weighted_grades.grades import graded, score_to_grade
from kpi_helpers.schemes.weighted_grades.months import history
from kpi_helpers.schemes.weighted_grades.ratings import rating, weighted_score, workload_rating
from kpi_helpers.schemes.weighted_grades.scope import in_scope
from kpi_helpers.schemes.weighted_grades.sheets import check_rows
from kpi_helpers.schemes.weighted_grades.streaks import consecutive_fails
from kpi_helpers.schemes.weighted_grades.uses import company_rules, income, reward, visible_results
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """四项加权: people with four ratings, score, grade and streak; outputs for appeals, lists, history and streaks."""
    return by_clause(policy, tables)
