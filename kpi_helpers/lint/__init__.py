"""检查办法: a policy that loads, read like a careful lawyer. Each check is a function check_…(policy) of one idea's file."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.language import say
from kpi_helpers.lint import (
    assumptions,
    bands,
    bounds,
    constant,
    contradictions,
    dates,
    doubles,
    figures,
    law,
    never,
    rounding,
    said,
    scores,
    turns,
    weights,
    words,
)
from kpi_helpers.lint.findings import SEVERITIES, Finding
from kpi_helpers.policy import Policy

CHECKS = (
    weights.check_weighted_means,
    weights.check_weighted_clauses,
    weights.check_weight_parameters,
    weights.check_maxima,
    bands.check_gaps,
    bands.check_overlaps,
    bands.check_unreachable_bands,
    bands.check_scale,
    turns.check_decreasing,
    turns.check_tiers,
    turns.check_per_unit,
    turns.check_prizes,
    turns.check_min_max,
    turns.check_empty_parts,
    scores.check_scores,
    scores.check_score_readings,
    bounds.check_crossed_bounds,
    bounds.check_bounds_of_events,
    bounds.check_bounds_of_all,
    constant.check_constants,
    constant.check_equal_bands,
    constant.check_always,
    constant.check_idle_operands,
    said.check_signs,
    said.check_title_numbers,
    never.check_never,
    never.check_filter_words,
    never.check_events,
    never.check_forfeits,
    contradictions.check_same_result,
    contradictions.check_two_consequences,
    words.check_unlisted_words,
    words.check_strange_words,
    words.check_worth_of_grades,
    figures.check_unused_results,
    figures.check_uncounted,
    figures.check_empty_totals,
    figures.check_unused_parameters,
    figures.check_undelivered,
    doubles.check_double_records,
    doubles.check_double_measures,
    doubles.check_double_sums,
    doubles.check_double_targets,
    rounding.check_rounding,
    rounding.check_ties,
    rounding.check_remainders,
    rounding.check_zero_constants,
    rounding.check_zero_divisors,
    dates.check_in_force,
    dates.check_changes,
    dates.check_effective_dates,
    dates.check_windows,
    dates.check_deadlines,
    dates.check_dated_filters,
    assumptions.check_assumptions,
    law.check_dismissal,
    law.check_minimum_wage,
    law.check_pay_deductions,
    law.check_edge_words,
)


def lint(policy: Policy) -> list[Finding]:
    """Everything the checks find, now and with the numbers of months to come, errors first, in the order of the file."""
    found = list(_all(policy, CHECKS))
    known = {(one.severity, one.where, one.problem) for one in found}
    later_checks = [check for check in CHECKS if check is not dates.check_in_force]  # it has looked at all months to come already
    for month, later in dates.later_versions(policy):
        for one in _all(later, later_checks):
            if one.severity != "note" and (one.severity, one.where, one.problem) not in known:
                known.add((one.severity, one.where, one.problem))
                found.append(replace(one, problem=say(f"{month} 起：{one.problem}", f"from {month} on: {one.problem}")))
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), _line(one.where)))


def _all(policy: Policy, checks) -> dict[Finding, None]:
    return dict.fromkeys(finding for check in checks for finding in check(policy))


def _line(where: str) -> int:
    number = where.partition(":")[2].partition(" ")[0]
    return int(number) if number.isdigit() else 0
