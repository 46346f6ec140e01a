"""矛盾: clauses that say two things of one person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from kpi_helpers.filters import columns_of
from kpi_helpers.lint.conditions import overlapping
from kpi_helpers.lint.findings import Finding, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.spans import Span
from kpi_helpers.lint.told import told
from kpi_helpers.policy import Clause, Policy

_MANY = 200  # more clauses than these of one result are not compared two by two
_MISSED = re.compile(r"未达成|未达标|未完成|达不成|达不到|没有达成|没有达到|不到|不足|低于")


def check_same_result(policy: Policy) -> Iterator[Finding]:
    """Two clauses that give one result to the same people as if each were the only one.

    Clauses of one name add up, which is right for parts of a sum. It is not for cases of one figure (from 60, from 80) that
    overlap, nor for two fixed amounts for the same people.
    """
    model = model_of(policy)
    if policy.module is not None:
        return
    alike: dict[tuple[str, str], list[Clause]] = {}
    for clause in policy.order:
        if clause.result and clause.who or shared_rule(clause) == "flat" and clause.result:
            alike.setdefault((clause.result, clause.per), []).append(clause)
    named: set[str] = set()
    for one, other in (pair for clauses in alike.values() for pair in combinations(clauses[:_MANY], 2)):
        sums = ("total", "section", "forfeited", "moved")
        if shared_rule(other) in sums or other.id in named:
            continue
        cases = one.who != other.who and columns_of(one.who) & columns_of(other.who)
        if not cases and not (one.who == other.who and shared_rule(one) == shared_rule(other) == "flat"):
            continue
        both = overlapping(one.who, other.who, lambda name, per=one.per: model.span(name, per))
        if both is None:
            continue
        named.add(other.id)
        words = model.lines.get(other.id, Span()).words is not None
        yield warning(
            other,
            f"条款 {one.id} 与 {other.id} 都给出“{one.result}”，有人两条都适用。",
            f"clauses {one.id} and {other.id} both give '{one.result}' to some people.",
            f"{told(both, policy) or '任何一个人'}：{'后一条盖过前一条' if words else '两条的数相加'}。",
            f"{told(both, policy) or 'anybody'}: {'the later word replaces the earlier' if words else 'the two numbers are added'}.",
            "用 who 把两条分给不同的人；或给一条另起名字，再用 sum_of、min_of、max_of 说明怎样合并。",
            "part them by who:, or name one differently and join them by sum_of, min_of or max_of.",
        )


def check_two_consequences(policy: Policy) -> Iterator[Finding]:
    """Two pay clauses with rules of a scheme's own that attach different consequences to one and the same failure.

    Their titles both say what was missed, they give the same result by different rules, and one switch governs both.
    """
    if policy.module is None:
        return
    missed = [clause for clause in policy.clauses if clause.kind == "pay" and clause.result and _MISSED.search(clause.title)]
    for one, other in combinations(missed, 2):
        switches = [p for p in used_parameters(policy, one) if p in used_parameters(policy, other) and isinstance(p.value, bool)]
        settled = one.who or other.who or any("protected" in c.arguments and c.arguments["protected"] for c in (one, other))
        if one.result != other.result or one.rule is other.rule or not switches or settled:
            continue
        switch, title = switches[0], policy.results[one.result].title if one.result in policy.results else one.result
        yield warning(
            other,
            f"条款 {one.id} 与 {other.id} 对同一件事写了两种后果（{title}）。",
            f"clauses {one.id} and {other.id} attach two consequences to one fact.",
            f"同一个未达成的人，按 {one.id} 是“{one.title}”，按 {other.id} 是“{other.title}”。",
            f"by {one.id}: '{one.title}'; by {other.id}: '{other.title}'.",
            f"请公司定：写明各自适用哪些人；或只留一条；或 {switch.name}: {'false' if switch.value else 'true'}（两条都不用）。",
            f"have it decided: say to whom each applies, keep one, or set {switch.name} so that neither applies.",
        )
