"""数据项: results that nobody uses, points that no total adds, parameters without effect, figures that nobody delivers."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_helpers.figures import Figures, used_figures
from kpi_helpers.lint.findings import Finding, error, place, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import adds, model_of
from kpi_helpers.lint.told import listed, signed
from kpi_helpers.policy import Clause, Policy

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
            yield warning(
                clause,
                f"结果“{clause.result}”没有条款使用，也不显示。",
                f"the result '{clause.result}' is neither used nor shown.",
                f"算出的“{clause.result}”不影响任何人的得分或金额。",
                f"'{clause.result}' changes nobody's score or pay.",
                "删去这一条；或在 results 中把 role 改为 detail；或让后面的条款用它。",
                "delete it, show it (role: detail), or use it in a clause.",
            )
        if shared_rule(clause) and not clause.result and not clause.unit and shared_rule(clause) not in _LEAVE_THEIR_OWN:
            yield warning(
                clause,
                "这一条算出的数没有名字（as），也不计入合计。",
                "what this clause gives has no name (as:) and no unit.",
                f"“{clause.title}”的结果哪里也看不到。",
                f"the result of '{clause.title}' is seen nowhere.",
                "加上 as: 名称，供后面的条款使用；要计入合计请写 unit: 分 或 元。",
                "add as: a name; to count it in a total write unit: 分 or 元.",
            )
    for name in [name for name in policy.results if name not in made]:
        yield warning(
            f"{place(policy)} results {name}",
            f"没有条款得出“{name}”。",
            f"no clause makes '{name}'.",
            f"报告里不会有“{name}”这一列。",
            f"no report has a column '{name}'.",
            f"在条款上写 as: {name}，或从 results 删去。",
            f"write as: {name} at a clause, or delete it from results.",
        )


def _kept(clause: Clause) -> list[str]:
    return list(clause.arguments.get("keep") or []) + list(clause.arguments.get("show") or [])


def check_uncounted(policy: Policy) -> Iterator[Finding]:
    """Points or yuan that no later total adds: they stand on the statement, but count for nothing."""
    if policy.module is not None:
        return
    sums, order = ("total", "section", "forfeited"), list(policy.order)
    for position, clause in enumerate(order):
        if clause.id not in model_of(policy).lines or shared_rule(clause) in sums or not clause.unit or clause.result:
            continue
        if any(adds(one, clause) for one in order[position:]):
            continue
        given = model_of(policy).lines[clause.id].example
        amount = signed(given) if given is not None else "…"
        yield warning(
            clause,
            f"“{clause.title}”的{clause.unit}没有进入任何合计。",
            f"no total adds what '{clause.title}' gives.",
            f"一个得 {amount} {clause.unit}的人，合计不变。",
            f"somebody with {amount} here has the same total.",
            *_way_into_a_total(clause, order[:position], order[position:]),
        )


def _way_into_a_total(clause: Clause, earlier: list[Clause], later: list[Clause]) -> tuple[str, str]:
    """Why no total adds a clause: it chooses others, it stands before it, or there is none."""

    def total_of(clauses):
        mine = (one for one in clauses if shared_rule(one) == "total" and (one.per, one.unit) == (clause.per, clause.unit))
        return next(mine, None)

    if behind := total_of(later):
        zh = f"合计（条款 {behind.id}）的 kinds、sections 或 clauses 没有选上它：加上它，或改正这一条的 kind、section。"
        en = f"the total (clause {behind.id}) chooses others by kinds, sections or clauses: add this one, or correct its kind or section."
        return zh, en
    if before := total_of(earlier):
        zh = f'合计（条款 {before.id}）排在它前面：把合计移到后面，或在合计上写 after: "{clause.id}"。'
        return zh, f'the total (clause {before.id}) stands before it: move it, or write after: "{clause.id}" there.'
    zh = f"加一条 rule: total（unit: {clause.unit}），或给这一条写 as: 名称，由后面的条款使用。"
    return zh, f"add a clause with rule: total (unit: {clause.unit}), or name the result (as:) and use it."


def check_empty_totals(policy: Policy) -> Iterator[Finding]:
    """A total to which no earlier clause adds anything: most likely another unit was meant."""
    if policy.module is not None:
        return
    for position, clause in enumerate(policy.order):
        if shared_rule(clause) != "total" or clause.arguments.get("start") is not None:
            continue
        earlier = [one for one in policy.order[:position] if one.rule is not None and one.per == clause.per and shared_rule(one) != "total"]
        if any(adds(clause, one) for one in earlier):
            continue
        units = listed(dict.fromkeys(one.unit for one in earlier if one.unit))
        yield error(
            clause,
            f"前面没有条款给出“{clause.unit}”，合计总是 0。",
            f"no earlier clause gives '{clause.unit}': the total is always 0.",
            f"每个人的“{clause.result or clause.title}”都是 0。",
            f"everybody's '{clause.result or clause.title}' is 0.",
            f"前面有的单位：{units or '没有'}；核对 unit、kinds、sections 与次序。",
            f"units given before: {units or 'none'}; check unit and order.",
        )


def check_unused_parameters(policy: Policy) -> Iterator[Finding]:
    """Parameters of a policy without a module that no clause refers to: changing them changes nothing."""
    if policy.module is not None:
        return
    used = {parameter.name for clause in policy.clauses for parameter in used_parameters(policy, clause)}
    for name, parameter in policy.parameters.items():
        if name not in used and not name.startswith("common."):
            yield warning(
                parameter,
                f"没有条款使用参数“{name}”。",
                f"no clause uses the parameter '{name}'.",
                "把它改成别的数，没有人的结果会变。",
                "another value would change nobody's result.",
                f"在条款中写 ${name}，或删去它。",
                f"write ${name} in a clause, or delete it.",
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
                yield warning(
                    clause,
                    f"没有工作表有“{name}”这一列，也没有条款得出它。",
                    f"no sheet and no clause delivers '{name}'.",
                    f"每个人的“{name}”都是空的。",
                    f"'{name}' is blank for everybody.",
                    "在 tables 中加上这一列，或改正名称。",
                    "add the column under tables:, or correct the name.",
                )
