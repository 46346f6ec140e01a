"""上下限: bounds the wrong way round, bounds that hit everybody, bounds that never have an effect."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf

from kpi_helpers.lint.findings import Finding, by_word, error, shared_rule, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.told import between, shown, signed
from kpi_helpers.policy import Policy


def check_crossed_bounds(policy: Policy) -> Iterator[Finding]:
    """A floor above its cap."""
    for clause in policy.clauses:
        for low, high in (("floor", "cap"), ("floor_each", "cap_each"), ("low", "high")):
            bounds = {name: clause.arguments[name] for name in (low, high) if clause.arguments.get(name) is not None}
            if len(bounds) < 2 or shared_rule(clause) in ("", "min_max"):
                continue
            crossed = ((who, one) for who, one in by_word(policy, bounds) if len(one) == 2 and one[low] > one[high])
            for who, one in crossed:
                yield error(
                    clause,
                    f"{who}{low}（{shown(one[low])}）大于 {high}（{shown(one[high])}）。",
                    f"{who}{low} {shown(one[low])} is above {high} {shown(one[high])}.",
                    f"没有一个数能同时不低于 {shown(one[low])} 又不高于 {shown(one[high])}。",
                    "no number lies between them.",
                    "对调两个数。",
                    "swap the two numbers.",
                )


def check_bounds_of_events(policy: Policy) -> Iterator[Finding]:
    """A cap of a deduction, a floor of an addition: it gives everybody its own number, or has no effect."""
    for clause in policy.clauses:
        points = clause.arguments.get("points")
        if shared_rule(clause) != "per_event" or not isinstance(points, Fraction) or not points:
            continue
        name, other = ("cap", "floor") if points < 0 else ("floor", "cap")
        for bound in (other, f"{other}_each"):
            number = clause.arguments.get(bound)
            if isinstance(number, Fraction) and 0 < number / points < 1:
                yield warning(
                    clause,
                    f"{bound}: {shown(number)} 不到一次的 {signed(points)}，一次也得不满。",
                    f"{bound}: {shown(number)} is less than the {signed(points)} of a single one.",
                    f"一次得 {signed(number)}，两次还是 {signed(number)}。",
                    f"one gives {signed(number)}, two give {signed(number)} as well.",
                    f"核对 {bound} 与 points。",
                    f"check {bound} and points.",
                )
        for bound in (name, f"{name}_each"):
            number = clause.arguments.get(bound)
            if not isinstance(number, Fraction) or not number:
                continue
            if number * points < 0:
                yield warning(
                    clause,
                    f"{bound}: {shown(number)} 永远不起作用。",
                    f"{bound}: {shown(number)} never has an effect.",
                    f"每次 {signed(points)} 分，100 次是 {shown(points * 100)} 分，碰不到 {shown(number)}。",
                    f"100 times come to {shown(points * 100)}, never {shown(number)}.",
                    f"要限定最多{'扣' if points < 0 else '加'}多少，写 {bound.replace(name, other)}: {shown(-number)}。",
                    f"write {bound.replace(name, other)}: {shown(-number)}.",
                )
            elif bound == name:
                yield error(
                    clause,
                    f"{bound}: {shown(number)} 使每个人都得 {shown(number)} 分，与次数无关。",
                    f"{bound}: {shown(number)} gives everybody {shown(number)}, whatever happened.",
                    f"一次也没有的人得 {shown(number)} 分。",
                    f"somebody without a single one gets {shown(number)}.",
                    f"{'最多扣' if points < 0 else '最多加'} {shown(abs(number))} 分应写 {other}: {shown(number)}。",
                    f"write {other}: {shown(number)}.",
                )


def check_bounds_of_all(policy: Policy) -> Iterator[Finding]:
    """Bounds that leave one value for everybody, whatever the figures are; a cap below 0 of what can be more."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        raw, left = model.raw.get(clause.id), model.lines.get(clause.id)
        floor, cap = (clause.arguments.get(name) for name in ("floor", "cap"))
        crossed = isinstance(floor, Fraction) and isinstance(cap, Fraction) and floor > cap
        unknown = policy.module is not None and shared_rule(clause) in ("total", "section")  # what a scheme's own rules add to it
        if raw is None or raw.words is not None or raw.low == raw.high or crossed or unknown:
            continue
        if left.low == left.high:
            bound = "floor" if left.low >= raw.high else "cap" if left.high <= raw.low else "floor、cap"
            adds = shared_rule(clause) == "total"
            yield error(
                clause,
                f"{bound} 使这一条永远得 {shown(left.low)}，与数据无关。",
                f"{bound} makes this clause give {shown(left.low)} to everybody, whatever the figures are.",
                f"不设 {bound} 时在 {between(raw)} 之间，设了以后都是 {shown(left.low)}。",
                f"without {bound} it lies between {between(raw)}, with it everything is {shown(left.low)}.",
                f"核对 {bound}，以及前面各条的正负号与单位。"
                if adds
                else "最多扣 20 分写 floor: -20，最多加 20 分写 cap: 20；总分扣到 0 分为止，floor: 0 写在合计上。",
                f"check {bound}, and the signs and units of the clauses before it."
                if adds
                else "at most 20 deducted is floor: -20, at most 20 added cap: 20; floor: 0 of the score belongs to its total.",
            )
        elif isinstance(cap, Fraction) and cap < 0 < raw.high and shared_rule(clause) != "per_event":
            yield error(
                clause,
                f"cap: {shown(cap)} 使最好的人也只得 {shown(cap)}。",
                f"cap: {shown(cap)} gives even the best no more than {shown(cap)}.",
                f"不封顶可以得 {shown(raw.high)} 的人得 {shown(cap)}。",
                f"who could get {shown(raw.high)} gets {shown(cap)}.",
                f"封顶写 cap: {shown(-cap)}；最低 {shown(cap)} 写 floor: {shown(cap)}。",
                f"write cap: {shown(-cap)}; for at least {shown(cap)} write floor: {shown(cap)}.",
            )
