"""法律风险: notes for counsel, never a judgement; edges that the law reads otherwise than the clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import inf

from kpi_helpers.arguments import ByColumn
from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, note, shared_rule
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.told import shown
from kpi_helpers.policy import Clause, Policy

_DISMISSAL = re.compile(r"辞退|解聘|开除|淘汰|末位|劝退|解除劳动合同|降级|降职|dismiss|terminat|demot", re.I)
_WAGE = re.compile(r"基本工资|底薪|岗位工资|应发(?!奖|提成)|工资|薪|wage|salary", re.I)
_FINE = re.compile(r"罚款|罚金|扣罚|扣.{0,6}工资|工资.{0,2}扣|扣款|扣.{0,4}\d+ ?元|fine", re.I)


def check_dismissal(policy: Policy) -> Iterator[Finding]:
    """Clauses on dismissal, elimination and demotion: one note for a policy, all clauses named."""
    found = [clause for clause in policy.clauses if clause.kind in ("termination", "demotion") or _DISMISSAL.search(clause.title)]
    if found:
        yield note(
            found[0],
            f"法律风险：{len(found)} 条涉及辞退、淘汰或降级；排名末位本身不是解除劳动合同的合法理由。",
            f"legal risk: {len(found)} clauses on dismissal or demotion; ranking last is by itself no lawful ground.",
            f"{_named(found)}。",
            f"{_named(found)}.",
            "只列供复核并附证据，不自动处理；“不能胜任”须先培训或调岗（劳动合同法第40条；最高法院指导案例18号）；用前请法务确认。",
            "list for review with evidence, never act by itself; unfitness needs training or a transfer first "
            "(Labour Contract Law art. 40; guiding case no. 18); ask counsel.",
        )


def _named(clauses: list[Clause]) -> str:
    return "；".join(f"{clause.id} {clause.title}" for clause in clauses)


def check_minimum_wage(policy: Policy) -> Iterator[Finding]:
    """A policy that pays wages, or takes from pay, and the local minimum wage."""
    paying = _paying(policy)
    if not paying:
        return
    parameter = policy.parameters.get("common.min_wage")
    if parameter is not None and isinstance(parameter.value, (int, Fraction)):
        yield from _below_minimum(policy, paying, Fraction(parameter.value))
        return
    lowest = min(_fixed_wages(policy), key=lambda pair: pair[1], default=None)
    witness = (
        say(f"“{lowest[0]}”只有 {shown(lowest[1])} 元/月", f"'{lowest[0]}' is {shown(lowest[1])} a month")
        if lowest
        else say(f"算上“{paying[0].title}”以后实得多少，没有数可比", f"there is nothing to compare pay after '{paying[0].title}' with")
    )
    yield note(
        parameter or paying[0],
        "法律风险：没有填写当地最低工资，应发合计低于它时看不出来。",
        "legal risk: the local minimum wage is not stated, so pay below it goes unseen.",
        f"{witness}，是否低于当地最低工资无从核对。",
        f"{witness}; whether that is below the local minimum cannot be checked.",
        "在 parameters 写 common.min_wage: {value: 当地标准, unit: 元, basis: S, source: 当地公告}。",
        "write common.min_wage: {value: …, unit: 元, basis: S, source: …} under parameters.",
    )


def _paying(policy: Policy) -> list[Clause]:
    """Clauses that pay wages, or take from pay; rules whose link to pay is switched off do neither."""
    found = []
    for clause in policy.clauses:
        off = any(name in clause.arguments and clause.arguments[name] in (None, "none") for name in ("link", "bands"))
        if clause.rule is None or not clause.unit.startswith("元") or off:
            continue
        shown_as = policy.results.get(clause.result or "")
        words = f"{clause.title} {clause.result or ''} {shown_as.title if shown_as else ''}"
        span = model_of(policy).lines.get(clause.id)
        if _WAGE.search(words) or policy.module is None and span is not None and span.low < 0 and span.high <= 0:
            found.append(clause)
    return found


def _fixed_wages(policy: Policy) -> list[tuple[str, Fraction]]:
    """Fixed wages, as amounts of clauses or parameters."""
    found = []
    for clause in policy.clauses:
        amount = clause.arguments.get("amount")
        numbers = list(amount.values.values()) if isinstance(amount, ByColumn) else [amount]
        if clause.unit == "元" and re.search(r"基本工资|底薪|wage|salary", clause.title, re.I):
            found += [(clause.title, Fraction(number)) for number in numbers if isinstance(number, (int, Fraction))]
    for parameter in policy.parameters.values():
        rows = parameter.value if isinstance(parameter.value, list) else []
        for row in rows:
            if isinstance(row, dict) and isinstance(row.get("base_wage"), (int, Fraction)):
                found.append((f"{parameter.title} {next(iter(row.values()))}", Fraction(row["base_wage"])))
    return found


def _below_minimum(policy: Policy, paying: list[Clause], minimum: Fraction) -> Iterator[Finding]:
    for title, amount in _fixed_wages(policy):
        if amount < minimum:
            yield note(
                policy.parameters["common.min_wage"],
                f"法律风险：“{title}”低于当地最低工资 {shown(minimum)} 元。",
                f"legal risk: '{title}' is below the minimum wage {shown(minimum)}.",
                f"只有“{title}”的人得 {shown(amount)} 元，差 {shown(minimum - amount)} 元。",
                f"with '{title}' alone one gets {shown(amount)}, {shown(minimum - amount)} too little.",
                "提高它；或写明应发合计不低于最低工资（max_of）。",
                "raise it, or hold the pay at the minimum (max_of).",
            )
    if policy.module is not None:
        return
    for clause in paying:
        sum_ = model_of(policy).sums.get(clause.id)
        if sum_ is not None and sum_.final.low < minimum and any(_WAGE.search(line.clause.title) for line in sum_.lines):
            low = sum_.final.low
            yield note(
                clause,
                f"法律风险：“{clause.title}”可以低于当地最低工资 {shown(minimum)} 元。",
                f"legal risk: '{clause.title}' can fall below {shown(minimum)}.",
                f"最低可到 {shown(low)} 元。",
                f"it can fall to {shown(low)}.",
                "写 floor: $common.min_wage，或列出低于它的人供复核（flagged）。",
                "write floor: $common.min_wage, or flag who falls below it.",
            )


def check_pay_deductions(policy: Policy) -> Iterator[Finding]:
    """Deductions of pay without a bound, and fines taken from the wage."""
    model = model_of(policy)
    for clause in policy.order:
        span = model.lines.get(clause.id)
        if span is not None and clause.unit == "元" and span.low == -inf and span.high <= 0 and shared_rule(clause) != "total":
            each = span.example if span.example is not None and span.example < 0 else None
            points = clause.arguments.get("points")
            each = points if isinstance(points, Fraction) and points < 0 else each
            yield note(
                clause,
                f"法律风险：“{clause.title}”扣钱没有下限。",
                f"legal risk: the deductions of '{clause.title}' have no bound.",
                f"每次 {shown(each)} 元，100 次扣 {shown(-each * 100)} 元。" if each is not None else "扣多少没有限度。",
                f"100 times come to {shown(each * 100)}." if each is not None else "there is no limit to it.",
                "写 floor；并在应发合计写 floor: $common.min_wage。"
                "损失赔偿每月不得超过当月工资的 20%，余额不得低于最低工资（工资支付暂行规定第16条）。",
                "write floor:, and floor: $common.min_wage at the pay; damages may not take more than 20 % of the month's wage "
                "nor leave less than the minimum wage (Interim Provisions on Payment of Wages, art. 16).",
            )
            continue
        wage = min(_fixed_wages(policy), key=lambda pair: pair[1], default=None)
        taken = -span.low if span is not None and clause.unit == "元" and span.high <= 0 and span.low > -inf else 0
        if wage and taken > wage[1] / 5 and _is_fine(model, clause):
            yield note(
                clause,
                f"法律风险：“{clause.title}”一个月可以扣到工资的 20% 以上。",
                f"legal risk: '{clause.title}' can take more than 20 % of the month's wage.",
                f"最多扣 {shown(taken)} 元，“{wage[0]}”{shown(wage[1])} 元的 20% 是 {shown(wage[1] / 5)} 元。",
                f"{shown(taken)} at most; 20 % of '{wage[0]}', {shown(wage[1])}, is {shown(wage[1] / 5)}.",
                "损失赔偿每月不得超过当月工资的 20%，余额不得低于最低工资（工资支付暂行规定第16条）；请少扣或写 floor，用前请法务确认。",
                "damages may not take more than 20 % of the month's wage nor leave less than the minimum wage "
                "(Interim Provisions on Payment of Wages, art. 16); take less or write floor:, and ask counsel.",
            )
    fines = [clause for clause in policy.clauses if clause.rule is not None and clause.unit.startswith("元") and _is_fine(model, clause)]
    if fines:
        yield note(
            fines[0],
            f"法律风险：{len(fines)} 条从工资中扣钱；公司一般没有罚款权。",
            f"legal risk: {len(fines)} clauses take money from the wage; a company can hardly fine.",
            f"{_named(fines)}。",
            f"{_named(fines)}.",
            "改为奖金少发（奖金从 0 起算），或确认劳动合同与规章制度有约定；扣后不得低于最低工资；用前请法务确认。",
            "let a bonus be smaller instead (counted from 0), or make sure that the contract provides for it; "
            "never below the minimum wage; ask counsel.",
        )


def _is_fine(model, clause: Clause) -> bool:
    span = model.lines.get(clause.id)
    negative = span is not None and span.low < 0 and span.high <= 0 and clause.kind in ("deduction", "") and shared_rule(clause) != "total"
    return negative or bool(_FINE.search(clause.title))


_EDGES = {"from": True, "to": True, "at_least": True, "at_most": True, "above": False, "below": False}  # does it hold the number?
_LOWER, _UPPER = ("from", "above", "at_least"), ("to", "below", "at_most")
_WORDS = {"以上": _LOWER, "超过": _LOWER, "以下": _UPPER, "以内": _UPPER, "低于": _UPPER, "不足": _UPPER}
_BEHIND = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?:分|%|％|次|单|元|个)?(?P<word>以上|以下|以内)")
_BEFORE = re.compile(r"(?<!不)(?P<word>超过|低于|不足) ?(?P<number>\d+(?:\.\d+)?)")


def check_edge_words(policy: Policy) -> Iterator[Finding]:
    """以上、以下 include the number by law, 超过、低于、不足 do not: a clause that reads its own title otherwise."""
    for clause in policy.clauses:
        entries = [clause.arguments, *(one for one in clause.arguments.get("bands") or [] if isinstance(one, dict))]
        entries += [tests for one in [*clause.who, *clause.when] for tests in one.values()]
        for written in (one for pattern in (_BEHIND, _BEFORE) for one in pattern.finditer(clause.title)):
            word, number = written["word"], Fraction(written["number"])
            holds = word in ("以上", "以下", "以内")
            edges = (edge for entry in entries for edge in _WORDS[word] if entry.get(edge) in (number, number / 100))
            edge = next((edge for edge in edges if _EDGES[edge] != holds), None)
            if edge is None:
                continue
            (law, legal), own = (("含", "includes"), "不含") if holds else (("不含", "excludes"), "含")
            instead = "“不足”“超过”" if holds else "“以上”“以下”"
            yield note(
                clause,
                f"标题写“{written[0]}”，依法{law}本数（民法典第1259条），条款写 {edge}，{own}本数。",
                f"the title's '{word}' {legal} the number by law (Civil Code art. 1259), {edge} does not agree.",
                f"正好 {shown(number)} 的人，按文字与按条款一在内、一在外。",
                f"exactly {shown(number)}: in by the one, out by the other.",
                f"两个办法：标题改为{instead}等写法；或改条款的边。",
                "two ways: change the wording of the title, or the edge.",
            )
