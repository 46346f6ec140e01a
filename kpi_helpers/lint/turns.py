"""得失颠倒: rewards that fall where they should rise, more work for less pay, prizes and parts for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import inf

import portion

from kpi_helpers.arguments import Named
from kpi_helpers.lint.bands import banded_of
from kpi_helpers.lint.findings import Finding, error, note, shared_rule, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import ascending, tiered
from kpi_helpers.lint.spans import Span
from kpi_helpers.lint.told import between, shown
from kpi_helpers.policy import Clause, Parameter, Policy


def check_decreasing(policy: Policy) -> Iterator[Finding]:
    """Bands, lines and tables whose rewards turn round, or fall although more is better."""
    for owner, span, bands, name in banded_of(policy):
        if any(isinstance(band["give"], str) for band in bands) or isinstance(owner, Clause) and shared_rule(owner) == "looked_up":
            continue
        pieces = [(piece, band) for piece, band in ascending(bands) if span.pick(piece) is not None]
        better = better_of(policy, owner)
        times = owner.arguments.get("times") if isinstance(owner, Clause) else None
        if isinstance(times, Named) and times.name == owner.measure:
            yield from _cliffs(owner, span, pieces, name)
            continue
        values = [(span.pick(piece), Fraction(band["give"])) for piece, band in pieces]
        yield from _turns(owner, name, values, better)
    for clause in policy.clauses:
        points = model_of(policy).constant_bands(clause, "points") if shared_rule(clause) == "interpolated" else None
        if points:
            yield from _turns(clause, clause.measure, [(point["at"], point["give"]) for point in points], better_of(policy, clause))
        if shared_rule(clause) == "looked_up":
            yield from _table_turns(clause)
        if shared_rule(clause) == "product_of":
            yield from _product_cliffs(policy, clause)


def _turns(owner, name: str, values: list[tuple[Fraction, Fraction]], better: str) -> Iterator[Finding]:
    steps = [(one, other) for one, other in pairwise(values) if one[1] != other[1]]
    if not steps:
        return
    rising = better != "lower" if better else steps[0][1][1] > steps[0][0][1] or sum(b[1] > a[1] for a, b in steps) * 2 > len(steps)
    for one, other in steps:
        if (other[1] > one[1]) != rising:
            more, less = (other, one) if rising else (one, other)
            yield warning(
                owner,
                f"{name}更好的人反而得得少。",
                f"a better {name} gives less.",
                f"{name}为 {shown(more[0])} 得 {shown(more[1])}，比 {shown(less[0])} 的 {shown(less[1])} 少。",
                f"{name} {shown(more[0])} gives {shown(more[1])}, less than {shown(less[0])} with {shown(less[1])}.",
                "核对各档的数，或档的边是否写反。",
                "check the numbers, and whether the edges are the wrong way round.",
            )
            return


def _cliffs(clause: Clause, span: Span, pieces: list, name: str) -> Iterator[Finding]:
    """bands × the measure itself: where the rate drops, one more piece of work pays less."""
    for (low, one), (high, other) in pairwise(pieces):
        if low.upper != high.lower or high.lower <= 0 or other["give"] >= one["give"]:
            continue
        step = span.step or (Fraction(1) if low.lower == -portion.inf else min(Fraction(1), low.upper - low.lower))
        edge = Fraction(high.lower)
        before, after = (edge, edge + step) if edge in low else (edge - step, edge)
        had, has = before * one["give"], after * other["give"]
        if has >= had:
            continue
        yield warning(
            clause,
            f"{name}过了 {shown(edge)}，全部按更低的 {shown(other['give'])} 计，做得多的反而少。",
            f"beyond {shown(edge)} all of {name} counts at the lower {shown(other['give'])}: more work for less.",
            f"{name}为 {shown(after)} 的人得 {shown(has)} {clause.unit}，比 {shown(before)} 的 {shown(had)} {clause.unit}少。",
            f"{name} {shown(after)} gives {shown(has)}, less than {shown(had)} for {shown(before)}.",
            "改用 tiered（只有超出的部分按新单价），或核对各档单价。",
            "use tiered (only what lies beyond counts at the new rate), or check the rates.",
        )


def _product_cliffs(policy: Policy, clause: Clause) -> Iterator[Finding]:
    """A figure times the rate of the band that it falls in: 完成量 × 单价."""
    model = model_of(policy)
    factor = Fraction(1)
    for one in clause.measures:
        factor *= one if isinstance(one, (int, Fraction)) else 1
    for name in clause.measures:
        maker = model.maker(name, clause.per) if isinstance(name, str) else None
        bands = model.constant_bands(maker) if maker is not None and shared_rule(maker) == "banded" else None
        if not bands or maker.measure not in clause.measures or any(isinstance(band["give"], str) for band in bands):
            continue
        span = model.before[maker.id]
        pieces = [(piece, {"give": band["give"] * factor}) for piece, band in ascending(bands) if span.pick(piece) is not None]
        yield from _cliffs(clause, span, pieces, maker.measure)


def _table_turns(clause: Clause) -> Iterator[Finding]:
    """looked_up: along ascending edges the numbers must not turn round."""
    give, arguments = clause.arguments.get("give") or [], clause.arguments
    plain = all(isinstance(one, Fraction) for line in give for one in line)
    lines = []
    if plain and arguments.get("rows_from"):
        lines += [(arguments["rows"], arguments["rows_from"], list(column)) for column in zip(*give, strict=True)]
    if plain and arguments.get("columns_from"):
        lines += [(arguments["columns"], arguments["columns_from"], line) for line in give]
    for name, edges, numbers in lines:
        yield from _turns(clause, name, list(zip(edges, numbers, strict=True)), "")


def check_tiers(policy: Policy) -> Iterator[Finding]:
    """阶梯: tiers that nobody reaches, rates below 0 after others above 0 (more work for less pay), rates that fall (to be known)."""
    model = model_of(policy)
    for clause in policy.clauses:
        tiers = model.constant_bands(clause, "tiers") if shared_rule(clause) == "tiered" else None
        if not tiers:
            continue
        span, at, name = model.before[clause.id], tiered(tiers), clause.measure
        plain, earns = clause.arguments.get("of", 1) == 1, any(tier["rate"] > 0 for tier in tiers)
        for position, tier in enumerate(tiers):
            start = Fraction(tier.get("from", 0))
            if plain and start >= span.high:
                yield warning(
                    clause,
                    f"没有人能到 {shown(start)} 起的这一级。",
                    f"nobody can reach the tier from {shown(start)}.",
                    f"{name}最多是 {shown(span.high)}。",
                    f"{name} is {shown(span.high)} at most.",
                    "删去这一级，或改正它的 from。",
                    "delete the tier, or correct its from.",
                )
            if tier["rate"] < 0 and earns:
                yield warning(
                    clause,
                    f"{shown(start)} 以上每多一个反而减少。",
                    f"beyond {shown(start)} every further one takes something away.",
                    f"{name}为 {shown(start + 1)} 得 {shown(at(start + 1))}，比 {shown(start)} 的 {shown(at(start))} 少。",
                    f"{name} {shown(start + 1)} gives {shown(at(start + 1))}, {shown(start)} gives {shown(at(start))}.",
                    "核对单价的正负号；要封顶请写 cap。",
                    "check the sign of the rate; to stop the rise write cap.",
                )
            elif position and 0 <= tier["rate"] < tiers[position - 1]["rate"]:
                yield note(
                    clause,
                    f"{shown(start)} 以上的单价比前一级低。",
                    f"beyond {shown(start)} the rate is lower than before.",
                    f"{shown(start)} 以上每个 {shown(tier['rate'])}，以下每个 {shown(tiers[position - 1]['rate'])}。",
                    f"{shown(tier['rate'])} each beyond {shown(start)}, {shown(tiers[position - 1]['rate'])} each below.",
                    "总额仍然上升；如是本意不必改。",
                    "the amount still rises; leave it if it is meant.",
                )


def check_per_unit(policy: Policy) -> Iterator[Finding]:
    """每满: points whose sign turns a better figure into less; units that nobody has."""
    model = model_of(policy, None, -inf)
    for clause in policy.clauses:
        points = clause.arguments.get("points")
        if shared_rule(clause) != "per_unit" or not isinstance(points, Fraction):
            continue
        above, better, name = clause.arguments.get("direction", "above") == "above", better_of(policy, clause), clause.measure
        if better and (points < 0) == (above == (better == "higher")):
            value = clause.arguments.get("beyond", Fraction(0))
            edge = shown(value) if isinstance(value, Fraction) else value.name if isinstance(value, Named) else "…"
            yield warning(
                clause,
                f"{name}更好的人反而得得少。",
                f"a better {name} gives less.",
                f"{name}每{'高于' if above else '低于'} {edge} 一个单位，得 {shown(points)} {clause.unit}。",
                f"each unit of {name} {'above' if above else 'below'} {edge} gives {shown(points)}.",
                "核对 points 的正负号与 direction。",
                "check the sign of points, and direction.",
            )
        given = model.raw[clause.id]
        if points and given.low == given.high == 0:
            yield error(
                clause,
                "这一条永远得 0。",
                "this clause always gives 0.",
                f"{name}只能在 {between(model.before[clause.id])} 之间。",
                f"{name} lies between {between(model.before[clause.id])}.",
                "核对 beyond、direction 与 at_most。",
                "check beyond, direction and at_most.",
            )


def check_prizes(policy: Policy) -> Iterator[Finding]:
    """名次奖 that rise with worse places."""
    for clause in policy.clauses:
        prizes = clause.arguments.get("prizes") or []
        if shared_rule(clause) != "prizes" or not all(isinstance(prize, Fraction) for prize in prizes):
            continue
        rise = next(((number, *pair) for number, pair in enumerate(pairwise(prizes), 1) if pair[1] > pair[0]), None)
        if rise:
            number, one, other = rise
            yield warning(
                clause,
                "名次靠后的反而奖得多。",
                "a worse place gets a larger prize.",
                f"第 {number} 名 {shown(one)}，第 {number + 1} 名 {shown(other)}。",
                f"place {number}: {shown(one)}, next: {shown(other)}.",
                "prizes 按第一名、第二名的次序写。",
                "write prizes from the first place on.",
            )


def check_min_max(policy: Policy) -> Iterator[Finding]:
    """极差系数 whose low end is above the high one."""
    for clause in policy.clauses:
        low, high, equal = (clause.arguments.get(name) for name in ("low", "high", "equal"))
        plain = shared_rule(clause) == "min_max" and all(isinstance(one, Fraction) for one in (low, high, equal))
        if plain and not low <= equal <= high:
            yield warning(
                clause,
                "系数的两端写反，或 equal 在两端之外。",
                "the ends are the wrong way round, or equal lies outside them.",
                f"最低的人得 {shown(low)}，最高的人得 {shown(high)}，大家相同时得 {shown(equal)}。",
                f"the lowest gets {shown(low)}, the highest {shown(high)}, all alike {shown(equal)}.",
                "对调 low 与 high（数越小越好时写 order: descending），equal 取在中间。",
                "swap low and high (order: descending where less is better).",
            )


def check_empty_parts(policy: Policy) -> Iterator[Finding]:
    """强制分布 with a grade for nobody."""
    for clause in policy.clauses:
        parts = clause.arguments.get("parts") or [] if shared_rule(clause) == "distributed" else []
        for part in parts:
            if part.get("part") == 0:
                yield warning(
                    clause,
                    f"没有人能得 {part['give']}：比例为 0。",
                    f"nobody can get {part['give']}: its part is 0.",
                    f"100 人中 0 人得 {part['give']}。",
                    f"0 of 100 people get {part['give']}.",
                    "删去这一档，或写出比例。",
                    "delete the grade, or state its part.",
                )


def better_of(policy: Policy, owner: Clause | Parameter) -> str:
    """Is more of the figure better (a score, an attainment), or less (a place)? '' where the policy does not say."""
    if not isinstance(owner, Clause):
        return "higher"
    maker = model_of(policy).maker(owner.measure, owner.per) if owner.measure else None
    rule = shared_rule(maker) if maker is not None else ""
    if rule == "ratio" and "better" in maker.arguments:
        return "higher"  # it says which way is better, and turns it so that more is
    return {"weighted_mean": "higher", "section": "higher", "total": "higher", "percent_rank": "higher", "ranked": "lower"}.get(rule, "")
