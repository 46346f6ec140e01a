"""数据项: results that nobody uses, points that no total adds, parameters without effect, one event that counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from kpi_helpers.figures import Figures, used_figures
from kpi_helpers.language import say
from kpi_helpers.lint.conditions import overlapping, told
from kpi_helpers.lint.findings import Finding, listed, place, shared_rule, shown, signed, used_parameters
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import ascending, interpolated, tiered
from kpi_helpers.policy import Clause, Policy

_MANY = 200  # more clauses than these on one figure are not compared two by two
_LEAVE_THEIR_OWN = ("excluded", "flagged", "kept", "in_effect", "rating_due", "forfeited", "section", "total")


def check_unused_results(policy: Policy) -> Iterator[Finding]:
    """A result that no clause uses and no page shows; one that is listed but never made."""
    if policy.module is not None:
        return
    used = {name for clause in policy.order for name, _ in used_figures(clause)}
    used |= {name for clause in policy.order for name in _kept(clause)}
    made = {clause.result for clause in policy.clauses if clause.result}
    for clause in policy.clauses:
        hidden = clause.result and policy.results[clause.result].role == "hidden" and clause.result not in used
        if hidden and all(one.result != clause.result for one in policy.clauses[: policy.clauses.index(clause)]):
            yield Finding(
                "warning",
                place(clause),
                say(f"结果“{clause.result}”没有条款使用，也不显示。", f"the result '{clause.result}' is neither used nor shown."),
                say(f"算出的“{clause.result}”不影响任何人的得分或金额。", f"'{clause.result}' changes nobody's score or pay."),
                say(
                    "删去这一条；或在 results 中把 role 改为 detail；或让后面的条款用它。",
                    "delete it, show it (role: detail), or use it in a clause.",
                ),
            )
        if shared_rule(clause) and not clause.result and not clause.unit and shared_rule(clause) not in _LEAVE_THEIR_OWN:
            yield Finding(
                "warning",
                place(clause),
                say("这一条算出的数没有名字（as），也不计入合计。", "what this clause gives has no name (as:) and no unit."),
                say(f"“{clause.title}”的结果哪里也看不到。", f"the result of '{clause.title}' is seen nowhere."),
                say(
                    "加上 as: 名称，供后面的条款使用；要计入合计请写 unit: 分 或 元。",
                    "add as: a name; to count it in a total write unit: 分 or 元.",
                ),
            )
    for name in policy.results.keys() - made:
        yield Finding(
            "warning",
            f"{place(policy)} results {name}",
            say(f"没有条款得出“{name}”。", f"no clause makes '{name}'."),
            say(f"报告里不会有“{name}”这一列。", f"no report has a column '{name}'."),
            say(f"在条款上写 as: {name}，或从 results 删去。", f"write as: {name} at a clause, or delete it from results."),
        )


def _kept(clause: Clause) -> list[str]:
    return list(clause.arguments.get("keep") or []) + list(clause.arguments.get("show") or [])


def check_uncounted(policy: Policy) -> Iterator[Finding]:
    """Points or yuan that no later total adds: they stand on the statement, but count for nothing."""
    if policy.module is not None:
        return
    sums, order = ("total", "section", "forfeited"), list(policy.order)
    totals = [clause for clause in order if shared_rule(clause) == "total"]
    for position, clause in enumerate(order):
        if clause.id not in model_of(policy).lines or shared_rule(clause) in sums or not clause.unit or clause.result:
            continue
        if any(one.per == clause.per and _adds(one, clause) for one in order[position:]):
            continue
        before = next((one for one in totals if one.per == clause.per and one.unit == clause.unit), None)
        given = model_of(policy).lines[clause.id].example
        amount = signed(given) if given is not None else "…"
        yield Finding(
            "warning",
            place(clause),
            say(f"“{clause.title}”的{clause.unit}没有进入任何合计。", f"no total adds what '{clause.title}' gives."),
            say(f"一个得 {amount} {clause.unit}的人，合计不变。", f"somebody with {amount} here has the same total."),
            say(
                f'合计（条款 {before.id}）排在它前面：把合计移到后面，或在合计上写 after: "{clause.id}"。'
                if before
                else f"加一条 rule: total（unit: {clause.unit}），或给这一条写 as: 名称，由后面的条款使用。",
                f'the total (clause {before.id}) stands before it: move it, or write after: "{clause.id}" there.'
                if before
                else f"add a clause with rule: total (unit: {clause.unit}), or name the result (as:) and use it.",
            ),
        )


def check_empty_totals(policy: Policy) -> Iterator[Finding]:
    """A total to which no earlier clause adds anything: most likely another unit was meant."""
    if policy.module is not None:
        return
    for position, clause in enumerate(policy.order):
        if shared_rule(clause) != "total" or clause.arguments.get("start") is not None:
            continue
        earlier = [one for one in policy.order[:position] if one.rule is not None and one.per == clause.per and shared_rule(one) != "total"]
        if any(_adds(clause, one) for one in earlier):
            continue
        units = listed(dict.fromkeys(one.unit for one in earlier if one.unit))
        yield Finding(
            "error",
            place(clause),
            say(f"前面没有条款给出“{clause.unit}”，合计总是 0。", f"no earlier clause gives '{clause.unit}': the total is always 0."),
            say(f"每个人的“{clause.result or clause.title}”都是 0。", f"everybody's '{clause.result or clause.title}' is 0."),
            say(
                f"前面有的单位：{units or '没有'}；核对 unit、kinds、sections 与次序。",
                f"units given before: {units or 'none'}; check unit and order.",
            ),
        )


def _adds(total: Clause, clause: Clause) -> bool:
    """Does a total, or the sum of a section, add what a clause posts?"""
    if shared_rule(total) == "section":
        return clause.unit == "分" and clause.section == total.section
    if shared_rule(total) != "total" or total.unit != clause.unit:
        return False
    kinds, sections = total.arguments.get("kinds"), total.arguments.get("sections")
    return (kinds is None or clause.kind in kinds) and (sections is None or clause.section in sections)


def check_unused_parameters(policy: Policy) -> Iterator[Finding]:
    """Parameters of a policy without a module that no clause refers to: changing them changes nothing."""
    if policy.module is not None:
        return
    used = {parameter.name for clause in policy.clauses for parameter in used_parameters(policy, clause)}
    for name, parameter in policy.parameters.items():
        if name not in used and not name.startswith("common."):
            yield Finding(
                "warning",
                place(parameter),
                say(f"没有条款使用参数“{name}”。", f"no clause uses the parameter '{name}'."),
                say("把它改成别的数，没有人的结果会变。", "another value would change nobody's result."),
                say(f"在条款中写 ${name}，或删去它。", f"write ${name} in a clause, or delete it."),
            )


def check_undelivered(policy: Policy) -> Iterator[Finding]:
    """Figures of shared rules that neither a sheet nor a clause delivers (a policy with a module loads all the same)."""
    if policy.module is None:
        return  # there it is an error when the policy is loaded
    sheets, made = Figures(policy.tables, list(policy.order)), {clause.result for clause in policy.clauses} | {"status"}
    made |= {name for name in policy.results}
    for clause in policy.clauses:
        for name, _ in used_figures(clause) if shared_rule(clause) else ():
            if name not in made and sheets.column(name) is None:
                yield Finding(
                    "warning",
                    place(clause),
                    say(f"没有工作表有“{name}”这一列，也没有条款得出它。", f"no sheet and no clause delivers '{name}'."),
                    say(f"每个人的“{name}”都是空的。", f"'{name}' is blank for everybody."),
                    say("在 tables 中加上这一列，或改正名称。", "add the column under tables:, or correct the name."),
                )


# -- one event, counted twice ----------------------------------------------------------------------------------------


def check_double_records(policy: Policy) -> Iterator[Finding]:
    """Two clauses that both give points for the same row of a sheet, in one total."""
    model = model_of(policy)
    for one, other in _pairs(policy, ("per_event", "per_record"), lambda clause: clause.table):
        if one.unit != "分":
            continue
        table = policy.tables.get(one.table)
        row = overlapping(one.when, other.when, lambda name, table=table: model.column(table, table.columns[name]))
        first, second = model.lines[one.id].example, model.lines[other.id].example
        if row is None or not _same_people(policy, one, other) or first is None or second is None or first * second <= 0:
            continue
        each = [clause.arguments.get("points", clause.arguments.get("amount")) for clause in (one, other)]
        both = f"{shown(each[0])} {signed(each[1])}" if all(isinstance(value, Fraction) for value in each) else "…"
        what = told(row, policy) or say("任何一行", "any row")
        yield Finding(
            "warning",
            place(other),
            say(
                f"“{table.sheet}”的同一行在条款 {one.id} 与 {other.id} 各计一次。",
                f"one row of '{table.sheet}' counts in clauses {one.id} and {other.id}.",
            ),
            say(f"{what}的一行两条都计：{both} 分。", f"a row with {what} counts in both: {both}."),
            say(
                "用 when 把两条的范围分开（如一条写 below，一条写 at_least）；或只留一条。",
                "part the two by when: (below in one, at_least in the other), or keep one.",
            ),
        )


def check_double_measures(policy: Policy) -> Iterator[Finding]:
    """The same figure giving points of the same sign in two clauses of one total."""
    model = model_of(policy)
    for one, other in _pairs(policy, ("banded", "interpolated", "tiered", "per_unit", "weighted"), lambda clause: clause.measure):
        if not _same_people(policy, one, other):
            continue
        functions = _function(policy, one), _function(policy, other)
        if None in functions:
            continue
        span = model.before[one.id]
        values = [value for clause in (one, other) for value in _corners(clause, span)]
        found = next((value for value in values if functions[0](value) * functions[1](value) > 0), None)
        if found is not None:
            first, second = (function(found) for function in functions)
            yield Finding(
                "warning",
                place(other),
                say(
                    f"“{one.measure}”在同一合计里计了两次：条款 {one.id} 与 {other.id}。",
                    f"'{one.measure}' counts twice in one total: clauses {one.id} and {other.id}.",
                ),
                say(
                    f"{one.measure}为 {shown(found)} 的人先得 {shown(first)} {one.unit}，又得 {shown(second)} {one.unit}。",
                    f"{one.measure} {shown(found)} gives {shown(first)} and again {shown(second)}.",
                ),
                say(
                    "合成一条；或给其中一条另写 unit，不让它进同一合计；如确是基本加奖励，把奖励写进同一条的档里。",
                    "make one clause of them, or give one another unit so that it does not enter the total.",
                ),
            )


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
            yield Finding(
                "warning",
                place(clause),
                say(
                    f"{listed(line.clause.result for line in twice)} 已按{clause.unit}计入合计 {sum_.clause.id}，这一条把它们再计一次。",
                    f"{listed(line.clause.result for line in twice)} are in the total {sum_.clause.id} already, and added again here.",
                ),
                say(
                    f"{twice[0].clause.result}得 {shown(first)} 的人，合计里有 {shown(first)}，又在“{clause.title}”里有一次。",
                    f"{twice[0].clause.result} {shown(first)} is in the total, and again in '{clause.title}'.",
                ),
                say(
                    '给各项写 unit: ""（只作数据项），或给这一条写 unit: ""。',
                    'write unit: "" at the parts (figures only), or at this clause.',
                ),
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
            yield Finding(
                "warning",
                place(other),
                say(
                    f"“{sheet}”对同一个“{target.title}”考核了两次：条款 {one.id} 与 {other.id}。",
                    f"'{sheet}' is held twice against {target.name}: {one.id}, {other.id}.",
                ),
                say(
                    f"低于 {shown(target.value)} {target.unit}的人在“{one.title}”失分，又在“{other.title}”失分。",
                    f"below {shown(target.value)} one loses points in '{one.title}' and again in '{other.title}'.",
                ),
                say(
                    "在一条中不计它（见办法里的开关参数），或用两个不同的数据项。",
                    "leave it out of one (see the policy's switch), or use two different figures.",
                ),
            )


def _pairs(policy: Policy, rules, key) -> Iterator[tuple[Clause, Clause]]:
    """Pairs of clauses with the same key that one total adds."""
    seen = set()
    for sum_ in _sums(policy):
        alike: dict[str, list[Clause]] = {}
        for clause in (line.clause for line in sum_.lines if shared_rule(line.clause) in rules):
            if key(clause) not in (None, "", "events"):
                alike.setdefault(key(clause), []).append(clause)
        for pair in (pair for clauses in alike.values() for pair in combinations(clauses[:_MANY], 2)):
            if (pair[0].id, pair[1].id) not in seen:
                seen.add((pair[0].id, pair[1].id))
                yield pair


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
