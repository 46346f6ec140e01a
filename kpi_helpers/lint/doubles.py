"""重复计算: one row, one figure or one target that counts twice in one total."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from kpi_helpers.lint.conditions import overlapping
from kpi_helpers.lint.findings import Finding, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import ascending, interpolated, tiered
from kpi_helpers.lint.told import listed, shown, signed, told
from kpi_helpers.policy import Clause, Policy

_MANY = 200  # more clauses than these on one figure are not compared two by two


def check_double_records(policy: Policy) -> Iterator[Finding]:
    """Two clauses that both give points for the same row of a sheet, in one total."""
    for other, earlier in _alike(policy, ("per_event", "per_record"), lambda clause: clause.table):
        one, row = next(((one, row) for one in earlier if (row := _shared_row(policy, one, other)) is not None), (None, None))
        if one is None:
            continue
        each = [clause.arguments.get("points", clause.arguments.get("amount")) for clause in (one, other)]
        both = f"{shown(each[0])} {signed(each[1])}" if all(isinstance(value, Fraction) for value in each) else "…"
        sheet, what = policy.tables[one.table].sheet, told(row, policy)
        yield warning(
            other,
            f"“{sheet}”的同一行在条款 {one.id} 与 {other.id} 各计一次。",
            f"one row of '{sheet}' counts in clauses {one.id} and {other.id}.",
            f"{f'{what} 的一行' if what else '任何一行'}两条都计：{both} 分。",
            f"{f'a row with {what}' if what else 'any row'} counts in both: {both}.",
            "用 when 把两条的范围分开（如一条写 below，一条写 at_least）；或只留一条。",
            "part the two by when: (below in one, at_least in the other), or keep one.",
        )


def _shared_row(policy: Policy, one: Clause, other: Clause) -> dict | None:
    """A row for which both clauses give points of the same sign to the same person."""
    model, table = model_of(policy), policy.tables.get(one.table)
    first, second = model.lines[one.id].example, model.lines[other.id].example
    if one.unit != "分" or first is None or second is None or first * second <= 0 or not _same_people(policy, one, other):
        return None
    return overlapping(one.when, other.when, lambda name: model.column(table, table.columns[name]))


def check_double_measures(policy: Policy) -> Iterator[Finding]:
    """The same figure giving points of the same sign in two clauses of one total."""
    for other, earlier in _alike(policy, ("banded", "interpolated", "tiered", "per_unit", "weighted"), lambda clause: clause.measure):
        one, found = next(((one, found) for one in earlier if (found := _paid_twice(policy, one, other)) is not None), (None, None))
        if one is not None:
            value, first, second = found
            yield warning(
                other,
                f"“{one.measure}”在同一合计里计了两次：条款 {one.id} 与 {other.id}。",
                f"'{one.measure}' counts twice in one total: clauses {one.id} and {other.id}.",
                f"{one.measure}为 {shown(value)} 的人先得 {shown(first)} {one.unit}，又得 {shown(second)} {one.unit}。",
                f"{one.measure} {shown(value)} gives {shown(first)} and again {shown(second)}.",
                "合成一条；或给其中一条另写 unit，不让它进同一合计；如确是基本加奖励，把奖励写进同一条的档里。",
                "make one clause of them, or give one another unit so that it does not enter the total.",
            )


def _paid_twice(policy: Policy, one: Clause, other: Clause) -> tuple[Fraction, Fraction, Fraction] | None:
    """A value of the measure for which both clauses give something of the same sign, and what they give."""
    give, again = _function(policy, one), _function(policy, other)
    if give is None or again is None or not _same_people(policy, one, other):
        return None
    span = model_of(policy).before[one.id]
    values = (value for clause in (one, other) for value in _corners(clause, span))
    return next(((value, give(value), again(value)) for value in values if give(value) * again(value) > 0), None)


def check_double_sums(policy: Policy) -> Iterator[Finding]:
    """A figure posted in a total's unit, and a sum of it posted once more."""
    for clause in policy.order:
        if shared_rule(clause) not in ("sum_of", "product_of", "weighted_mean", "min_of", "max_of") or not clause.unit or policy.module:
            continue
        names = [one for one in [*clause.measures, *(clause.arguments.get("weights") or {})] if isinstance(one, str)]
        for sum_ in _sums(policy):
            ids = {line.clause.id for line in sum_.lines}
            twice = [line for line in sum_.lines if line.clause.result in names and line.clause.id in ids and line.clause is not clause]
            if clause.id not in ids or not twice:
                continue
            first = next((line.span.example for line in twice if line.span.example is not None), Fraction(1))
            yield warning(
                clause,
                f"{listed(line.clause.result for line in twice)} 已按{clause.unit}计入合计 {sum_.clause.id}，这一条把它们再计一次。",
                f"{listed(line.clause.result for line in twice)} are in the total {sum_.clause.id} already, and added again here.",
                f"{twice[0].clause.result}得 {shown(first)} 的人，合计里有 {shown(first)}，又在“{clause.title}”里有一次。",
                f"{twice[0].clause.result} {shown(first)} is in the total, and again in '{clause.title}'.",
                '给各项写 unit: ""（只作数据项），或给这一条写 unit: ""。',
                'write unit: "" at the parts (figures only), or at this clause.',
            )


def check_double_targets(policy: Policy) -> Iterator[Finding]:
    """Rules of a scheme's own: two indicators that hold the same sheet against the same target."""
    if policy.module is None:
        return
    indicators = [clause for clause in policy.clauses if clause.kind == "indicator" and "target" in clause.arguments]
    for one, other in combinations(indicators, 2):
        same = one.table == other.table and one.result != other.result and one.per == other.per
        shared = [p for p in used_parameters(policy, one) if p in used_parameters(policy, other) and p.value == one.arguments["target"]]
        off = any(value is False for value in [*one.arguments.values(), *other.arguments.values()])  # a switch leaves one of them out
        if same and not off and shared and other.arguments["target"] == one.arguments["target"]:
            sheet, target = policy.tables[one.table].sheet, shared[0]
            yield warning(
                other,
                f"“{sheet}”对同一个“{target.title}”考核了两次：条款 {one.id} 与 {other.id}。",
                f"'{sheet}' is held twice against {target.name}: {one.id}, {other.id}.",
                f"低于 {shown(target.value)} {target.unit}的人在“{one.title}”失分，又在“{other.title}”失分。",
                f"below {shown(target.value)} one loses points in '{one.title}' and again in '{other.title}'.",
                "在一条中不计它（见办法里的开关参数），或用两个不同的数据项。",
                "leave it out of one (see the policy's switch), or use two different figures.",
            )


def _alike(policy: Policy, rules, key) -> Iterator[tuple[Clause, list[Clause]]]:
    """Each clause with the earlier ones of the same key that one total adds up with it."""
    earlier: dict[str, dict[str, Clause]] = {}
    for sum_ in _sums(policy):
        alike: dict[str, list[Clause]] = {}
        for clause in (line.clause for line in sum_.lines if shared_rule(line.clause) in rules):
            before = alike.setdefault(key(clause), [])
            if key(clause) not in (None, "", "events") and len(before) < _MANY:
                earlier.setdefault(clause.id, {}).update({one.id: one for one in before})
                before.append(clause)
    for id, others in earlier.items():
        yield policy.clause(id), list(others.values())


def _sums(policy: Policy):
    return [] if policy.module is not None else list(model_of(policy).sums.values())


def _same_people(policy: Policy, one: Clause, other: Clause) -> bool:
    return overlapping(one.who, other.who, lambda name: model_of(policy).span(name, one.per)) is not None


def _function(policy: Policy, clause: Clause):
    """What a clause gives for a value of its measure; None where that depends on more."""
    rule, arguments, model = shared_rule(clause), clause.arguments, model_of(policy)
    if rule == "banded" and arguments.get("times") is None and (bands := model.constant_bands(clause)):
        pieces = [(piece, band["give"]) for piece, band in ascending(bands)]
        return lambda value: next((give for piece, give in pieces if value in piece and not isinstance(give, str)), Fraction(0))
    if rule == "tiered" and arguments.get("of", 1) == 1 and (tiers := model.constant_bands(clause, "tiers")):
        return tiered(tiers)
    if rule == "interpolated" and (points := model.constant_bands(clause, "points")):
        return interpolated(points, arguments.get("outside", "clamp"))
    numbers = [arguments.get(name, default) for name, default in (("points", None), ("each", 1), ("beyond", 0))]
    if rule == "per_unit" and all(isinstance(one, (int, Fraction)) for one in numbers):
        points, each, beyond = numbers
        sign = 1 if arguments.get("direction", "above") == "above" else -1
        return lambda value: max((value - beyond) * sign, 0) / each // 1 * points
    if rule == "weighted" and isinstance(arguments.get("weight"), Fraction):
        return lambda value: value * arguments["weight"]
    return None


def _corners(clause: Clause, span) -> list[Fraction]:
    """Values of the measure at which something changes, and values beyond them."""
    arguments, points = clause.arguments, clause.arguments.get("points")
    edges = [value for band in arguments.get("bands") or [] for key, value in band.items() if key != "give"]
    edges += [tier.get("from", 0) for tier in arguments.get("tiers") or []]
    edges += [point["at"] for point in points] if isinstance(points, list) else []
    beyond, each = arguments.get("beyond", 0), arguments.get("each", 1)
    if shared_rule(clause) == "per_unit" and all(isinstance(one, (int, Fraction)) for one in (beyond, each)):
        edges += [beyond, beyond + each, beyond - each]
    edges = sorted({Fraction(edge) for edge in edges if isinstance(edge, (int, Fraction))})
    between = [(a + b) / 2 for a, b in zip(edges, edges[1:], strict=False)]
    around = [edges[0] - 1, edges[-1] + 1] if edges else []
    return [value for value in [*edges, *between, *around, *([span.example] if span.example is not None else [])] if value in span.interval]
