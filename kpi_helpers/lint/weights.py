"""权重与满分: weights and maxima that do not add up to what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import inf

from kpi_helpers.lint.findings import Finding, by_word, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.told import listed, shown
from kpi_helpers.policy import Clause, Policy

_POINTS = re.compile(r"(\d+(?:\.\d+)?) ?分")
_PER_CENT = re.compile(r"(\d+(?:\.\d+)?) ?[%％]")


def check_weighted_means(policy: Policy) -> Iterator[Finding]:
    """Weights of one mean that look like per cents and do not add up to 100; one column of posts at a time."""
    for clause in policy.clauses:
        weights = clause.arguments.get("weights")
        if shared_rule(clause) not in ("weighted_mean", "rated") or not weights:
            continue
        for who, numbers in by_word(policy, weights):
            whole = _astray(numbers.values(), Fraction(1, 2), Fraction(3, 2))
            if whole is None:
                continue
            parts, target, largest = _listed(numbers.items()), _target(whole), max(numbers, key=numbers.get)
            real = f"{shown(numbers[largest] / whole * 100)}%"
            yield warning(
                clause,
                f"{who}{len(numbers)} 个权重合计 {shown(whole)}，不是 {target}。",
                f"{who}{len(numbers)} weights add up to {shown(whole)}, not {target}.",
                f"{parts}；写 {shown(numbers[largest])} 的“{largest}”实际占 {real}。",
                f"{parts}; '{largest}' is written as {shown(numbers[largest])} and really weighs {real}.",
                f"两个办法：改正其中一项，使合计为 {target}；或写成 3、2、1 这样的比例。",
                f"two ways: correct one so that they add up to {target}, or write a proportion such as 3, 2, 1.",
            )


def check_weighted_clauses(policy: Policy) -> Iterator[Finding]:
    """加权 clauses of one total: their weights together, and each against the per cent in its title and its measure."""
    groups: dict[tuple, list[Clause]] = {}
    for clause in policy.order:
        if shared_rule(clause) == "weighted":
            groups.setdefault((clause.per, clause.unit, clause.section, str(clause.who)), []).append(clause)
    for clauses in groups.values():
        for who, numbers in by_word(policy, {clause.id: clause.arguments.get("weight") for clause in clauses}):
            whole = _astray(numbers.values(), Fraction(3, 4), Fraction(13, 10))
            if whole is not None and not _completed(policy, clauses, whole):
                target = _target(whole)
                parts = _listed((clause.title, numbers[clause.id]) for clause in clauses if clause.id in numbers)
                yield warning(
                    clauses[0],
                    f"{who}{len(numbers)} 条加权的权重合计 {shown(whole)}，不是 {target}。",
                    f"{who}the weights of {len(numbers)} clauses add up to {shown(whole)}, not {target}.",
                    f"{parts}；各项都得 100 分的人得 {shown(whole * 100 / target)} 分。",
                    f"{parts}; 100 points in each give {shown(whole * 100 / target)}.",
                    "改正权重，或改用 weighted_mean（按权重之和折算）。",
                    "correct the weights, or use weighted_mean, which divides by their sum.",
                )
        for clause in clauses:
            yield from _title_against_number(clause, clause.arguments.get("weight"))
            yield from _per_cent_as_factor(policy, clause)
            yield from _below_zero(clause)


def _below_zero(clause: Clause) -> Iterator[Finding]:
    """A weight that turns a better figure into fewer points."""
    weight = clause.arguments.get("weight")
    if isinstance(weight, Fraction) and weight < 0:
        yield warning(
            clause,
            f"weight: {shown(weight)} 小于 0，{clause.measure}越高得得越少。",
            f"weight: {shown(weight)} is below 0: the higher {clause.measure}, the less it gives.",
            f"{clause.measure}为 100 的人在这一条得 {shown(100 * weight)} {clause.unit}。",
            f"{clause.measure} 100 gives {shown(100 * weight)} here.",
            "权重写大于 0 的数；按次或按量扣分请用 per_event 或 per_unit。",
            "write a weight above 0; for deductions use per_event or per_unit.",
        )


def _completed(policy: Policy, clauses: list[Clause], whole: Fraction) -> bool:
    """Do the other lines of their total, at their best, make up for what the weights lack of 100?"""
    ids = {clause.id for clause in clauses}
    sums = [one for one in model_of(policy).sums.values() if ids <= {line.clause.id for line in one.lines}]
    return any(one.start.high + one.best(ids) + whole * 100 == 100 for one in sums)


def _per_cent_as_factor(policy: Policy, clause: Clause) -> Iterator[Finding]:
    """weight: 60 for a score out of 100 where 0.6 was meant."""
    weight, most = clause.arguments.get("weight"), model_of(policy).before[clause.id].high
    if isinstance(weight, Fraction) and weight >= 5 and 50 <= most < inf:
        yield warning(
            clause,
            f"weight: {shown(weight)} 是 {shown(weight)} 倍，不是 {shown(weight)}%。",
            f"weight: {shown(weight)} multiplies by {shown(weight)}; it is no per cent.",
            f"{clause.measure}为 {shown(most)} 的人在这一条得 {shown(most * weight)} {clause.unit}。",
            f"{clause.measure} {shown(most)} gives {shown(most * weight)} here.",
            f"写 weight: {shown(weight / 100)}。",
            f"write weight: {shown(weight / 100)}.",
        )


def check_weight_parameters(policy: Policy) -> Iterator[Finding]:
    """Weights kept as parameters or as a table of indicators, for rules of a scheme's own."""
    if policy.module is None:
        return
    shared = {parameter.name for clause in policy.clauses if shared_rule(clause) for parameter in used_parameters(policy, clause)}
    weights = [
        parameter
        for parameter in policy.parameters.values()
        if re.match(r"weight_|.*权重$", parameter.name) and isinstance(parameter.value, (int, Fraction)) and parameter.name not in shared
    ]
    tables = [
        (parameter, [(str(next(iter(row.values()))), Fraction(row["weight"])) for row in parameter.value])
        for parameter in policy.parameters.values()
        if isinstance(parameter.value, list)
        and parameter.value
        and all(isinstance(row, dict) and isinstance(row.get("weight"), (int, Fraction)) for row in parameter.value)
    ]
    groups = tables + ([(weights[0], [(one.title or one.name, Fraction(one.value)) for one in weights])] if len(weights) > 1 else [])
    for owner, parts in groups:
        whole = sum((weight for _, weight in parts), Fraction(0))
        if whole in (1, 100):
            continue
        yield warning(
            owner,
            f"{len(parts)} 个权重合计 {shown(whole)}，不是 {_target(whole)}。",
            f"{len(parts)} weights add up to {shown(whole)}, not {_target(whole)}.",
            f"{_listed(parts)}。",
            f"{_listed(parts)}.",
            f"改正其中一项，使合计为 {_target(whole)}。",
            f"correct one of them so that they add up to {_target(whole)}.",
        )


def check_maxima(policy: Policy) -> Iterator[Finding]:
    """满分: the parts' maxima against the whole, the items' against their part's, a number against its own title."""
    parts = _parts(policy)
    yield from _whole(policy, parts)
    for clause, maximum in parts:
        items = [
            (one, Fraction(found[-1]))
            for one in policy.clauses
            if one.section == clause.section and one is not clause and one.kind == "indicator" and (found := _POINTS.findall(one.title))
        ]
        whole = sum((points for _, points in items), Fraction(0))
        if items and whole != maximum:
            yield warning(
                clause,
                f"“{clause.title}”下 {len(items)} 个项目的满分合计 {shown(whole)}，不是 {shown(maximum)}。",
                f"the {len(items)} items of '{clause.title}' add up to {shown(whole)}, not {shown(maximum)}.",
                f"{listed(one.title for one, _ in items)}。",
                f"{listed(one.title for one, _ in items)}.",
                "改正项目的满分或该部分的满分。",
                "correct the maxima of the items, or that of the part.",
            )
        yield from _title_against_number(clause, clause.arguments.get("cap"))


def _parts(policy: Policy) -> list[tuple[Clause, Fraction]]:
    """The parts of a score: one clause for each section that says how many points it has."""
    found = []
    for clause in policy.clauses:
        if not clause.section or not (shared_rule(clause) == "section" or clause.kind in ("weight", "section_cap")):
            continue
        cap, written = clause.arguments.get("cap"), _POINTS.findall(clause.title)
        if isinstance(cap, (int, Fraction)):
            found.append((clause, Fraction(cap)))
        elif written:
            found.append((clause, Fraction(written[-1])))
    return found


def _whole(policy: Policy, parts: list[tuple[Clause, Fraction]]) -> Iterator[Finding]:
    if len(parts) < 2:
        return
    whole, base = sum((maximum for _, maximum in parts), Fraction(0)), _base(policy)
    if whole == base or policy.module is None and _scaled(policy, parts, base):
        return
    names = _listed((policy.sections.get(clause.section, clause.section), maximum) for clause, maximum in parts)
    zh, en = "两个办法：改正各部分的满分；或按比例折算。", "two ways: correct the maxima of the parts, or scale the sum."
    if whole > base:
        zh = f"两个办法：乘以 {shown(base)}÷{shown(whole)} 折算成 {shown(base)} 分制；或封顶 {shown(base)} 分。也可改正各部分的满分。"
        en = f"two ways: scale by {shown(base)} / {shown(whole)}, or cap at {shown(base)}; or correct the maxima of the parts."
        way = next((p for p in policy.parameters.values() if any(re.match(r"normalise|cap", str(word)) for word in p.accepts)), None)
        if way is not None:
            zh, en = f"{zh}（参数 {way.name} 现为 {way.value}）", f"{en} (parameter {way.name} is {way.value} now)"
    yield warning(
        parts[0][0],
        f"{len(parts)} 个部分合计 {shown(whole)} 分，不是 {shown(base)} 分。",
        f"{len(parts)} parts add up to {shown(whole)}, not {shown(base)} points.",
        f"{names}；各部分都得满分的人得 {shown(whole)} 分。",
        f"{names}; full points in every part come to {shown(whole)}.",
        zh,
        en,
    )


def _base(policy: Policy) -> Fraction:
    """The points of the whole: a parameter 基础分 or 满分 of the policy, else 100."""
    whole = re.compile(r"base|score_base|full_score|.*(基础分|总分|百分制)")
    bases = (one.value for one in policy.parameters.values() if whole.fullmatch(one.name) and isinstance(one.value, (int, Fraction)))
    return Fraction(next(bases, 100))


def _scaled(policy: Policy, parts, base: Fraction) -> bool:
    """Does the policy itself bring the sum to the base, by a cap or a ratio?"""
    whole, ids = sum((maximum for _, maximum in parts), Fraction(0)), {clause.id for clause, _ in parts}
    model = model_of(policy)
    capped = any(
        one.clause.arguments.get("cap") == base and ids <= {line.clause.id for line in one.lines}
        for one in model.sums.values()
        if shared_rule(one.clause) == "total"
    )
    scaled = any(clause.arguments.get("over") == whole for clause in policy.clauses if shared_rule(clause) == "ratio")
    factor = any(base / whole in clause.measures for clause in policy.clauses if shared_rule(clause) == "product_of")
    return capped or scaled or factor


def _title_against_number(clause: Clause, number) -> Iterator[Finding]:
    """公共考核15分 must have 15 as its cap, 占40% must weigh 0.40."""
    weight = shared_rule(clause) == "weighted"
    written = (_PER_CENT if weight else _POINTS).findall(clause.title)
    if len(written) != 1 or not isinstance(number, (int, Fraction)):
        return
    said = Fraction(written[0])
    if number in (said, said / 100):
        return
    yield warning(
        clause,
        f"标题写 {written[0]}{'%' if weight else ' 分'}，条款用的是 {shown(number)}。",
        f"the title says {written[0]}, the clause uses {shown(number)}.",
        f"满分的人得 {shown(number * 100 if weight else number)} 分，标题说 {written[0]} 分。",
        f"full points give {shown(number)}, the title says {written[0]}.",
        "以原文为准，改正标题或数字。",
        "correct the title or the number, as the document has it.",
    )


def _astray(weights, low: Fraction, high: Fraction) -> Fraction | None:
    """The sum of weights meant as parts of 100 (or of 1) that miss it by no more than low..high, or are written both ways at once."""
    weights = [Fraction(weight) for weight in weights if weight]
    whole = sum(weights, Fraction(0))
    both_ways = any(weight < 1 for weight in weights) and any(weight >= 5 for weight in weights)
    per_cents = all(weight >= 1 for weight in weights) and low <= whole / 100 <= high and whole != 100
    parts = all(weight < 1 for weight in weights) and low <= whole <= high and whole != 1
    return whole if len(weights) > 1 and (both_ways or per_cents or parts) else None


def _target(whole: Fraction) -> int:
    return 100 if whole > 2 else 1


def _listed(parts) -> str:
    return "、".join(f"{name} {shown(number)}" for name, number in parts)
