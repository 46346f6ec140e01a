"""不变: clauses, bands, filters and operands that make no difference to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import inf

from kpi_helpers.checks import must_be_filled
from kpi_helpers.lint.bands import band_text, banded_of
from kpi_helpers.lint.conditions import always_fulfilled
from kpi_helpers.lint.findings import Finding, finding, note, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import Model, model_of
from kpi_helpers.lint.never import filter_text, filters_of
from kpi_helpers.lint.pieces import ascending
from kpi_helpers.lint.spans import Span
from kpi_helpers.lint.told import shown
from kpi_helpers.policy import Clause, Policy

_SUMS = ("total", "section", "forfeited")
_MAPS = ("banded", "interpolated", "tiered", "looked_up")  # whose sense is that their measure makes a difference


def check_constants(policy: Policy) -> Iterator[Finding]:
    """A number written 0 that makes its clause nothing, a map that gives the same for every value.

    A parameter of 0 is a number that waits to be turned on, a dated 0 one that was turned off: both are meant.
    """
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        span, rule = model.raw.get(clause.id), shared_rule(clause)
        if span is None or span.words is not None or span.low != span.high or rule in _SUMS or span.low and rule not in _MAPS:
            continue
        if rule == "per_unit" or len(_gives(clause)) > 1:
            continue  # check_per_unit and check_unreachable_bands say why
        one_of_several = rule == "flat" and (clause.who or len(model.makers.get((clause.per, clause.result), ())) > 1)
        if one_of_several or used_parameters(policy, clause) or _dated(policy, clause):
            continue
        yield warning(
            clause,
            f"这一条永远得 {shown(span.low)}，与数据无关。",
            f"this clause always gives {shown(span.low)}, whatever the figures are.",
            f"每个人的“{clause.title}”都是 {shown(span.low)}。",
            f"'{clause.title}' is {shown(span.low)} for everybody.",
            "写出原文的数；原文不计算这一句，就用 stated: 为何不计算 代替 rule。",
            "write the number of the document; where it computes nothing, write stated: instead of rule:.",
        )


def _gives(clause: Clause) -> set:
    """All that the bands, points or tiers of a clause give."""
    entries = (
        one for name in ("bands", "points", "tiers") if isinstance(clause.arguments.get(name), list) for one in clause.arguments[name]
    )
    return {one[key] for one in entries for key in ("give", "rate") if key in one}


def _dated(policy: Policy, clause: Clause) -> bool:
    """Does the clause itself write numbers by month?"""
    entries = policy.reader.clause_reader.entries
    entry = next(one for one in entries if str(one["id"]) == clause.id)
    return any(isinstance(value, dict) and all(key[:4].isdigit() for key in value) for value in entry.values())


def check_equal_bands(policy: Policy) -> Iterator[Finding]:
    """Two neighbouring bands that give the same: the edge between them makes no difference."""
    for owner, span, bands, name in banded_of(policy):
        pieces = [(piece, band) for piece, band in ascending(bands) if span.pick(piece) is not None]
        alike = ((one, other) for (low, one), (high, other) in pairwise(pieces) if low.upper == high.lower and one["give"] == other["give"])
        one, other = next(alike, (None, None))
        if one is not None:
            edge = next(other[key] for key in ("from", "above") if key in other) if other.keys() & {"from", "above"} else _upper(one)
            yield note(
                owner,
                f"相邻两档给的一样：{band_text(one)} 与 {band_text(other)}。",
                f"two neighbouring bands give the same: {band_text(one)}, {band_text(other)}.",
                f"{name}在 {shown(edge)} 上下没有差别。",
                f"{name} just below and above {shown(edge)} makes no difference.",
                "核对两档的数；原文就是这样写的，不必改。",
                "check the numbers; leave it where the document says so.",
            )


def _upper(band: dict) -> Fraction:
    return next(band[key] for key in ("to", "below") if key in band)


def check_always(policy: Policy) -> Iterator[Finding]:
    """A filter that everybody fulfils: it filters nothing, and leaves out everybody where it says who is left out."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        for name, conditions, span in filters_of(model, policy, clause):
            column = always_fulfilled(conditions, span)
            out = shared_rule(clause) == "excluded" and name == "who"
            if column is None or not (out or _never_blank(policy, model, clause, column)):
                continue
            text = " / ".join(filter_text(one, policy) for one in conditions)
            yield finding(
                "error" if out else "warning",
                clause,
                f"{name} {text} 总是成立{'，这一条把所有人都排除了' if out else ''}。",
                f"{name}: {text} always holds{', so nobody is assessed' if out else ''}.",
                f"没有一个人不符合“{text}”。",
                f"there is nobody for whom '{text}' does not hold.",
                f"核对条件里的数和词{'' if out else f'，或删去 {name}'}。",
                f"check its numbers and words{'' if out else f', or delete {name}:'}.",
            )


def _never_blank(policy: Policy, model: Model, clause: Clause, name: str) -> bool:
    """Is it a result, or a column that is always filled? A blank fulfils no comparison, so that would be left out."""
    if model.maker(name, clause.per) is not None:
        return True
    columns = ((table, table.columns[name]) for table in policy.tables.values() if name in table.columns)
    return all(must_be_filled(table, column) for table, column in columns)


def check_idle_operands(policy: Policy) -> Iterator[Finding]:
    """最小值、最大值 with a part that is never the one."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        rule = shared_rule(clause)
        if rule not in ("min_of", "max_of") or used_parameters(policy, clause):
            continue
        names = [one if isinstance(one, str) else shown(one) for one in clause.measures]
        parts = list(zip(names, model.factors(clause), strict=True))
        for name, span in parts:
            other = next((two for two in parts if two[1] is not span and _beats(rule, two[1], span)), None)
            if other is not None:
                end = other[1].high if rule == "min_of" else other[1].low
                yield warning(
                    clause,
                    f"{rule} 里的 {name} 永远不起作用。",
                    f"{name} in {rule} never makes a difference.",
                    f"{other[0]} {'最多' if rule == 'min_of' else '至少'} {shown(end)}。",
                    f"{other[0]} is {shown(end)} at {'most' if rule == 'min_of' else 'least'}.",
                    "核对这个数，或删去它。",
                    "check it, or delete it.",
                )


def _beats(rule: str, one: Span, other: Span) -> bool:
    """Is the one always the smaller (larger)? Two that are always equal do not beat each other."""
    return one.high < other.low if rule == "min_of" else one.low > other.high
