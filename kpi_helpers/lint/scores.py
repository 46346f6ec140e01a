"""得分范围: scores that can pass 100 or fall below 0 without anybody having said so."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf

from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, note, warning
from kpi_helpers.lint.model import Model, Sum, model_of
from kpi_helpers.lint.told import shown, signed
from kpi_helpers.numbers import is_number
from kpi_helpers.policy import Clause, Policy


def check_scores(policy: Policy) -> Iterator[Finding]:
    """A score out of 100 that can pass 100 without a cap, or fall below 0 without a floor."""
    if policy.module is not None:
        return
    model, likely = model_of(policy), model_of(policy, Fraction(100))  # where a column has no largest value: 100
    for clause in policy.order:
        shown_as = policy.results.get(clause.result or "")
        span = model.lines.get(clause.id)
        if shown_as is None or shown_as.role != "score" or span is None or span.words is not None or not _out_of_hundred(likely, clause):
            continue
        if span.high > 100 and "cap" not in clause.arguments:
            yield _above(likely, clause)
        if span.low < 0 and "floor" not in clause.arguments:
            yield _below(clause, model.sums.get(clause.id), span.low)


def _out_of_hundred(model: Model, clause: Clause) -> bool:
    """Is the score meant to be out of 100: does it start there, or would all parts at their best come to about that?"""
    sum_ = model.sums.get(clause.id)
    return 50 <= (model.lines[clause.id].high if sum_ is None else sum_.start.high + sum_.best()) <= 200


def _above(model: Model, clause: Clause) -> Finding:
    high, sum_ = model.lines[clause.id].high, model.sums.get(clause.id)
    if high <= 100:  # only a column without a largest value lets it pass
        return note(
            clause,
            f"“{clause.result}”的数据列没有写最大值，录错的数会照算。",
            f"the columns of '{clause.result}' state no largest value.",
            "把 98.2 录成 982 的一行也会被接受。",
            "a row with 982 for 98.2 is accepted.",
            "在 tables 的列上写 max: 100，或在这一条写 cap: 100。",
            "write max: 100 at the columns under tables:, or cap: 100 here.",
        )
    best = say(f"“{clause.result}”最高可到 {shown(high)} 分", f"'{clause.result}' can reach {shown(high)}")
    added = next((line for line in sum_.lines if line.span.high == inf), None) if sum_ is not None else None
    step = None if added is None else added.span.example
    if step and step > 0:
        base = (sum_.start.example or 0) + sum_.best({added.clause.id})
        extra = step * max((100 - base) // step + 1, 1)
        best = say(
            f"没有扣分、“{added.clause.title}”得 {shown(extra)} 分的人得 {shown(base + extra)} 分",
            f"nothing deducted and {shown(extra)} for '{added.clause.title}' come to {shown(base + extra)}",
        )
    elif sum_ is not None and high != inf:
        each = [say(f"基础分 {shown(sum_.start.high)}", f"base {shown(sum_.start.high)}")] if sum_.start.high else []
        each += [f"{line.clause.title} {shown(line.span.high)}" for line in sum_.lines if line.span.high > 0]
        best = say(
            f"各项都最高的人得 {shown(high)} 分（{' + '.join(each)}）",
            f"all at their best come to {shown(high)} ({' + '.join(each)})",
        )
    return warning(
        clause,
        f"“{clause.result}”可以超过 100 分，没有封顶。",
        f"'{clause.result}' can pass 100 and has no cap.",
        f"{best}。",
        f"{best}.",
        "写 cap: 100；或如确可超过 100 分，写 cap: none。",
        "write cap: 100; or, if more than 100 is meant, cap: none.",
    )


def _below(clause: Clause, sum_: Sum | None, low) -> Finding:
    worst = say(f"“{clause.result}”最低可到 {shown(low)} 分", f"'{clause.result}' can fall to {shown(low)}")
    if sum_ is not None and low == -inf:
        taken = next((line for line in sum_.lines if line.span.low == -inf), None)
        points = taken.clause.arguments.get("points") if taken is not None else None
        each = abs(points if isinstance(points, Fraction) else taken.span.example or 0) if taken is not None else 0
        start = sum_.start.example or Fraction(0)
        if each:
            times = max(start // each + 1, 1)
            worst = say(
                f"“{taken.clause.title}”{times} 次（每次 {signed(-each)} 分）的人得 {shown(start - times * each)} 分",
                f"{times} times '{taken.clause.title}' ({signed(-each)} each) come to {shown(start - times * each)}",
            )
    return warning(
        clause,
        f"“{clause.result}”可以低于 0 分，没有保底。",
        f"'{clause.result}' can fall below 0 and has no floor.",
        f"{worst}。",
        f"{worst}.",
        "写 floor: 0；或如确可为负，写 floor: none。",
        "write floor: 0; or, if less than 0 is meant, floor: none.",
    )


def check_score_readings(policy: Policy) -> Iterator[Finding]:
    """A cap or floor of the score that is `none` by a reading, not by the text."""
    for parameter in policy.parameters.values():
        for word, additions in (("cap", True), ("floor", False)):
            if parameter.name.rpartition(".")[2] != f"score_{word}" or parameter.value is not None or parameter.basis == "S":
                continue
            clause = next((one for one in policy.clauses if _changes(one, additions)), None)
            if clause is None:
                continue
            points = clause.arguments["points"]
            base = Fraction(policy.parameters["score_base"].value if "score_base" in policy.parameters else 100)
            times = 1 if additions else base // -points + 1
            yield note(
                parameter,
                f"得分没有{'封顶' if additions else '保底'}，是一种理解（{parameter.basis}），原文没有写。",
                f"the score has no {word}; that is a reading ({parameter.basis}), not in the text.",
                f"没有其他加减、“{clause.title}”{times} 次的得 {shown(base + times * points)} 分。",
                f"{times} times '{clause.title}' and nothing else come to {shown(base + times * points)}.",
                f"请确认：可以{'超过满分' if additions else '为负'}，就把 basis 改为 S 并写出处；否则把 {parameter.name} 写成数字。",
                f"confirm it: set basis S with its source, or write a number for {parameter.name}.",
            )


def _changes(clause: Clause, additions: bool) -> bool:
    points = clause.arguments.get("points")
    kind = "addition" if additions else "deduction"
    return clause.kind == kind and is_number(points) and (points > 0) == additions
