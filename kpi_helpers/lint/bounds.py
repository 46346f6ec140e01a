"""上下限: scores that can pass 100 or fall below 0, bounds with the wrong sign or the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf

from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, place, shared_rule, shown, signed
from kpi_helpers.lint.model import Line, Sum, model_of
from kpi_helpers.policy import Clause, Policy

_HUNDRED = Fraction(100)


def check_scores(policy: Policy) -> Iterator[Finding]:
    """A score out of 100 that can pass 100 without a cap, or fall below 0 without a floor."""
    if policy.module is not None:
        return
    for clause in policy.order:
        shown_as = policy.results.get(clause.result or "")
        if shown_as is None or shown_as.role != "score" or clause.id not in model_of(policy).lines:
            continue
        span, sum_ = model_of(policy).lines[clause.id], model_of(policy).sums.get(clause.id)
        if span.words is not None or not _out_of_hundred(policy, clause, sum_):
            continue
        if span.high > 100 and "cap" not in clause.arguments:
            yield _above(policy, clause, sum_, span.high)
        if span.low < 0 and "floor" not in clause.arguments:
            yield _below(clause, sum_, span.low)


def _out_of_hundred(policy: Policy, clause: Clause, sum_: Sum | None) -> bool:
    """Is the score meant to be out of 100: does it start there, or would all parts at their best come to about that?"""
    model = model_of(policy, _HUNDRED)
    if sum_ is None:
        return 50 <= model.lines[clause.id].high <= 200
    start = sum_.clause.arguments.get("start") or 0
    best = sum((line.span.high for line in model.sums[clause.id].lines if 0 < line.span.high < inf), Fraction(0))
    return isinstance(start, (int, Fraction)) and 50 <= start + best <= 200


def _above(policy: Policy, clause: Clause, sum_: Sum | None, high) -> Finding:
    assumed = model_of(policy, _HUNDRED).lines[clause.id].high
    if assumed <= 100:  # only a column without a largest value lets it pass
        return Finding(
            "note",
            place(clause),
            say(f"“{clause.result}”的数据列没有写最大值，录错的数会照算。", f"the columns of '{clause.result}' state no largest value."),
            say("把 98.2 录成 982 的一行也会被接受。", "a row with 982 for 98.2 is accepted."),
            say("在 tables 的列上写 max: 100，或在这一条写 cap: 100。", "write max: 100 at the columns under tables:, or cap: 100 here."),
        )
    best = say(f"“{clause.result}”最高可到 {shown(assumed)} 分", f"'{clause.result}' can reach {shown(assumed)}")
    if sum_ is not None:
        parts = [(line, line.span) for line in sum_.lines if line.span.high > 0]
        added = next((line for line, span in parts if span.high == inf), None)
        extra = None if added is None else added.span.example
        if added is not None and extra and extra > 0:
            base = _from(sum_, added)
            total = base + extra
            while total <= 100:
                total += extra
            best = say(
                f"没有扣分、“{added.clause.title}”得 {shown(total - base)} 分的人得 {shown(total)} 分",
                f"nothing deducted and {shown(total - base)} for '{added.clause.title}' come to {shown(total)}",
            )
        elif assumed != inf:
            each = [f"{line.clause.title} {shown(line.span.high)}" for line, _ in parts]
            start = sum_.clause.arguments.get("start")
            each = ([say(f"基础分 {shown(start)}", f"base {shown(start)}")] if isinstance(start, Fraction) and start else []) + each
            best = say(
                f"各项都最高的人得 {shown(assumed)} 分（{' + '.join(each)}）",
                f"all at their best come to {shown(assumed)} ({' + '.join(each)})",
            )
    return Finding(
        "warning",
        place(clause),
        say(f"“{clause.result}”可以超过 100 分，没有封顶。", f"'{clause.result}' can pass 100 and has no cap."),
        best + say("。", "."),
        say("写 cap: 100；或如确可超过 100 分，写 cap: none。", "write cap: 100; or, if more than 100 is meant, cap: none."),
    )


def _from(sum_: Sum, added: Line) -> Fraction:
    """What somebody has before the addition: the start and the best of the bounded parts."""
    start = sum_.clause.arguments.get("start")
    whole = start if isinstance(start, Fraction) else Fraction(0)
    return whole + sum((line.span.high for line in sum_.lines if line is not added and 0 < line.span.high < inf), Fraction(0))


def _below(clause: Clause, sum_: Sum | None, low) -> Finding:
    worst = say(f"“{clause.result}”最低可到 {shown(low)} 分", f"'{clause.result}' can fall to {shown(low)}")
    if sum_ is not None and low == -inf:
        taken = next((line for line in sum_.lines if line.span.low == -inf), None)
        each = abs(taken.span.example) if taken is not None and taken.span.example else Fraction(0)
        points = taken.clause.arguments.get("points") if taken is not None else None
        each = abs(points) if isinstance(points, Fraction) and points else each
        start = sum_.clause.arguments.get("start")
        start = start if isinstance(start, Fraction) else Fraction(0)
        if each:
            times = start // each + 1
            worst = say(
                f"“{taken.clause.title}”{times} 次（每次 {signed(-each)} 分）的人得 {shown(start - times * each)} 分",
                f"{times} times '{taken.clause.title}' ({signed(-each)} each) come to {shown(start - times * each)}",
            )
    return Finding(
        "warning",
        place(clause),
        say(f"“{clause.result}”可以低于 0 分，没有保底。", f"'{clause.result}' can fall below 0 and has no floor."),
        worst + say("。", "."),
        say("写 floor: 0；或如确可为负，写 floor: none。", "write floor: 0; or, if less than 0 is meant, floor: none."),
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
            base = next((p.value for p in policy.parameters.values() if p.name == "score_base"), 100)
            end, times = Fraction(base), 1
            if not additions:
                times = end // -points + 1
            yield Finding(
                "note",
                place(parameter),
                say(
                    f"得分没有{'封顶' if additions else '保底'}，是一种理解（{parameter.basis}），原文没有写。",
                    f"the score has no {word}; that is a reading ({parameter.basis}), not in the text.",
                ),
                say(
                    f"没有其他加减、“{clause.title}”{times} 次的得 {shown(end + times * points)} 分。",
                    f"{times} times '{clause.title}' and nothing else come to {shown(end + times * points)}.",
                ),
                say(
                    f"请确认：可以{'超过满分' if additions else '为负'}，就把 basis 改为 S 并写出处；否则把 {parameter.name} 写成数字。",
                    f"confirm it: set basis S with its source, or write a number for {parameter.name}.",
                ),
            )


def _changes(clause: Clause, additions: bool) -> bool:
    points = clause.arguments.get("points")
    kind = "addition" if additions else "deduction"
    return clause.kind == kind and isinstance(points, (int, Fraction)) and not isinstance(points, bool) and (points > 0) == additions


def check_bounds(policy: Policy) -> Iterator[Finding]:
    """Bounds that hit everybody (a deduction with a negative cap), bounds without effect, a floor above its cap."""
    for clause in policy.clauses:
        arguments, rule = clause.arguments, shared_rule(clause)
        if not rule:
            continue
        for low, high in (("floor", "cap"), ("floor_each", "cap_each"), ("low", "high")):
            if rule == "min_max" or not all(isinstance(arguments.get(one), Fraction) for one in (low, high)):
                continue
            if arguments[low] > arguments[high]:
                yield Finding(
                    "error",
                    place(clause),
                    say(
                        f"{low}（{shown(arguments[low])}）大于 {high}（{shown(arguments[high])}）。",
                        f"{low} {shown(arguments[low])} is above {high} {shown(arguments[high])}.",
                    ),
                    say(
                        f"没有一个数能同时不低于 {shown(arguments[low])} 又不高于 {shown(arguments[high])}。",
                        "no number lies between them.",
                    ),
                    say("对调两个数。", "swap the two numbers."),
                )
        points = arguments.get("points")
        if rule != "per_event" or not isinstance(points, Fraction):
            continue
        for name, wrong, other in (("cap", points < 0, "floor"), ("floor", points > 0, "cap")):
            for bound in (name, f"{name}_each"):
                number = arguments.get(bound)
                if not wrong or not isinstance(number, Fraction):
                    continue
                hits = number < 0 if name == "cap" else number > 0
                if hits and bound == name:
                    yield Finding(
                        "error",
                        place(clause),
                        say(
                            f"{bound}: {shown(number)} 使每个人都得 {shown(number)} 分，与次数无关。",
                            f"{bound}: {shown(number)} gives everybody {shown(number)}, whatever happened.",
                        ),
                        say(f"一次也没有的人得 {shown(number)} 分。", f"somebody without a single one gets {shown(number)}."),
                        say(
                            f"{'最多扣' if points < 0 else '最多加'} {shown(abs(number))} 分应写 {other}: {shown(number)}。",
                            f"write {other}: {shown(number)}.",
                        ),
                    )
                elif not hits and number != 0:
                    yield Finding(
                        "warning",
                        place(clause),
                        say(f"{bound}: {shown(number)} 永远不起作用。", f"{bound}: {shown(number)} never has an effect."),
                        say(
                            f"每次 {signed(points)} 分，100 次是 {shown(points * 100)} 分，碰不到 {shown(number)}。",
                            f"100 times come to {shown(points * 100)}, never {shown(number)}.",
                        ),
                        say(
                            f"要限定最多{'扣' if points < 0 else '加'}多少，写 {bound.replace(name, other)}: {shown(-number)}。",
                            f"write {bound.replace(name, other)}: {shown(-number)}.",
                        ),
                    )
