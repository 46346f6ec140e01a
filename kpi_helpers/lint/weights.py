"""权重与满分: weights and maxima that do not add up to what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from kpi_helpers.arguments import ByColumn
from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, listed, place, shared_rule, shown, used_parameters
from kpi_helpers.lint.model import model_of
from kpi_helpers.policy import Clause, Policy

_POINTS = re.compile(r"(\d+(?:\.\d+)?) ?分")
_PER_CENT = re.compile(r"(\d+(?:\.\d+)?) ?[%％]")


def check_weighted_means(policy: Policy) -> Iterator[Finding]:
    """Weights of one mean that look like per cents and do not add up to 100; one column of posts at a time."""
    for clause in policy.clauses:
        weights = clause.arguments.get("weights")
        if shared_rule(clause) not in ("weighted_mean", "rated") or not weights:
            continue
        for who, numbers in _by_word(weights):
            whole = _astray(numbers.values())
            if whole is None:
                continue
            parts = "、".join(f"{name} {shown(weight)}" for name, weight in numbers.items())
            target, largest = Fraction(100) if whole > 2 else Fraction(1), max(numbers, key=numbers.get)
            real = f"{shown(numbers[largest] / whole * 100)}%"
            yield Finding(
                "warning",
                place(clause),
                say(
                    f"{who}{len(numbers)} 个权重合计 {shown(whole)}，不是 {shown(target)}。",
                    f"{who}{len(numbers)} weights add up to {shown(whole)}, not {shown(target)}.",
                ),
                say(
                    f"{parts}；写 {shown(numbers[largest])} 的“{largest}”实际占 {real}。",
                    f"{parts}; '{largest}' is written as {shown(numbers[largest])} and really weighs {real}.",
                ),
                say(
                    f"两个办法：改正其中一项，使合计为 {shown(target)}；或写成 3、2、1 这样的比例。",
                    f"two ways: correct one so that they add up to {shown(target)}, or write a proportion such as 3, 2, 1.",
                ),
            )


def check_weighted_clauses(policy: Policy) -> Iterator[Finding]:
    """加权 clauses of one total: their weights together, and each against the per cent in its title."""
    groups: dict[tuple, list[Clause]] = {}
    for clause in policy.order:
        if shared_rule(clause) == "weighted":
            groups.setdefault((clause.per, clause.unit, clause.section, str(clause.who)), []).append(clause)
    for clauses in groups.values():
        for who, numbers in _by_word({clause.id: clause.arguments.get("weight") for clause in clauses}):
            whole = _astray(numbers.values()) if len(numbers) > 1 else None
            if whole is not None:
                target = Fraction(100) if whole > 2 else Fraction(1)
                parts = "、".join(f"{clause.title} {shown(numbers[clause.id])}" for clause in clauses if clause.id in numbers)
                yield Finding(
                    "warning",
                    place(clauses[0]),
                    say(
                        f"{who}{len(numbers)} 条加权的权重合计 {shown(whole)}，不是 {shown(target)}。",
                        f"{who}the weights of {len(numbers)} clauses add up to {shown(whole)}, not {shown(target)}.",
                    ),
                    say(
                        f"{parts}；各项都得 100 分的人得 {shown(whole * 100 / target)} 分。",
                        f"{parts}; 100 points in each give {shown(whole * 100 / target)}.",
                    ),
                    say(
                        "改正权重，或改用 weighted_mean（按权重之和折算）。",
                        "correct the weights, or use weighted_mean, which divides by their sum.",
                    ),
                )
        for clause in clauses:
            yield from _title_against_number(clause, clause.arguments.get("weight"))


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
        target = 100 if whole > 2 else 1
        yield Finding(
            "warning",
            place(owner),
            say(
                f"{len(parts)} 个权重合计 {shown(whole)}，不是 {target}。", f"{len(parts)} weights add up to {shown(whole)}, not {target}."
            ),
            "、".join(f"{name} {shown(weight)}" for name, weight in parts) + say("。", "."),
            say(f"改正其中一项，使合计为 {target}。", f"correct one of them so that they add up to {target}."),
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
            yield Finding(
                "warning",
                place(clause),
                say(
                    f"“{clause.title}”下 {len(items)} 个项目的满分合计 {shown(whole)}，不是 {shown(maximum)}。",
                    f"the {len(items)} items of '{clause.title}' add up to {shown(whole)}, not {shown(maximum)}.",
                ),
                listed(one.title for one, _ in items) + say("。", "."),
                say("改正项目的满分或该部分的满分。", "correct the maxima of the items, or that of the part."),
            )
        yield from _title_against_number(clause, clause.arguments.get("cap"))


def _parts(policy: Policy) -> list[tuple[Clause, Fraction]]:
    """The parts of a score: one clause for each section that says how many points it has."""
    found = []
    for clause in policy.clauses:
        if not clause.section or not (shared_rule(clause) == "section" or clause.kind in ("weight", "section_cap")):
            continue
        cap = clause.arguments.get("cap")
        written = _POINTS.findall(clause.title)
        if isinstance(cap, Fraction) or isinstance(cap, int):
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
    names = "、".join(f"{policy.sections.get(clause.section, clause.section)} {shown(maximum)}" for clause, maximum in parts)
    full = say(f"各部分都得满分的人得 {shown(whole)} 分", f"full points in every part come to {shown(whole)}")
    more = say(
        f"两个办法：乘以 {shown(base)}÷{shown(whole)} 折算成 {shown(base)} 分制；或封顶 {shown(base)} 分。也可改正各部分的满分。",
        f"two ways: scale by {shown(base)} / {shown(whole)}, or cap at {shown(base)}; or correct the maxima of the parts.",
    )
    ways = [p for p in policy.parameters.values() if any(re.match(r"normalise|cap", str(word)) for word in p.accepts)]
    more += "".join(say(f"（参数 {p.name} 现为 {p.value}）", f" (parameter {p.name} is {p.value} now)") for p in ways[:1])
    less = say("两个办法：改正各部分的满分；或按比例折算。", "two ways: correct the maxima of the parts, or scale the sum.")
    yield Finding(
        "warning",
        place(parts[0][0]),
        say(
            f"{len(parts)} 个部分合计 {shown(whole)} 分，不是 {shown(base)} 分。",
            f"{len(parts)} parts add up to {shown(whole)}, not {shown(base)} points.",
        ),
        say(f"{names}；{full}。", f"{names}; {full}."),
        more if whole > base else less,
    )


def _base(policy: Policy) -> Fraction:
    """The points of the whole: a parameter 基础分 or 满分 of the policy, else 100."""
    for parameter in policy.parameters.values():
        if re.fullmatch(r"base|score_base|full_score|.*(基础分|总分|百分制)", parameter.name) and isinstance(
            parameter.value, (int, Fraction)
        ):
            return Fraction(parameter.value)
    return Fraction(100)


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
    yield Finding(
        "warning",
        place(clause),
        say(
            f"标题写 {written[0]}{'%' if weight else ' 分'}，条款用的是 {shown(number)}。",
            f"the title says {written[0]}, the clause uses {shown(number)}.",
        ),
        say(
            f"满分的人得 {shown(number * 100 if weight else number)} 分，标题说 {written[0]} 分。",
            f"full points give {shown(number)}, the title says {written[0]}.",
        ),
        say("以原文为准，改正标题或数字。", "correct the title or the number, as the document has it."),
    )


def _by_word(weights: dict) -> Iterator[tuple[str, dict]]:
    """The weights as numbers: once, or once for every word of the column by which they differ."""
    columns = [weight for weight in weights.values() if isinstance(weight, ByColumn)]
    words = dict.fromkeys(word for weight in columns for word in weight.values)
    for word in words or [""]:
        numbers = {
            name: Fraction(weight.values.get(word, weight.otherwise) or 0) if isinstance(weight, ByColumn) else weight
            for name, weight in weights.items()
            if not isinstance(weight, ByColumn) or word in weight.values or weight.otherwise is not None
        }
        if all(isinstance(weight, (int, Fraction)) for weight in numbers.values()):
            yield (f"{columns[0].column} {word}：" if word else ""), numbers


def _astray(weights) -> Fraction | None:
    """The sum of weights that were meant as parts of 100 (or of 1) and miss it; None where they do not or were not meant so."""
    weights = [Fraction(weight) for weight in weights]
    whole = sum(weights, Fraction(0))
    per_cents = all(weight == 0 or weight >= 5 for weight in weights) and 75 <= whole <= 130 and whole != 100
    parts = all(weight < 1 for weight in weights) and Fraction(3, 4) <= whole <= Fraction(13, 10) and whole != 1
    return whole if len(weights) > 1 and (per_cents or parts) else None
