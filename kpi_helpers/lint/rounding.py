"""取整、并列、余额: what is missing where fen, equal places and remainders matter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kpi_helpers.arguments import Named
from kpi_helpers.figures import used_figures
from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, by_word, error, note, shared_rule, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.told import listed, shown
from kpi_helpers.numbers import half_up
from kpi_helpers.policy import Policy

_FEN = Fraction(1, 100)


def check_rounding(policy: Policy) -> Iterator[Finding]:
    """Lines in yuan and published scores that can have more than two decimals."""
    model = model_of(policy)
    for clause in policy.order:
        span = model.lines.get(clause.id)
        role = policy.results[clause.result].role if clause.result in policy.results else ""
        if span is None or span.words is not None or not (clause.unit == "元" or role in ("pay", "score") and clause.per == "employee"):
            continue
        sum_ = model.sums.get(clause.id)
        if sum_ is not None and any(_rough(line.span) and line.clause.unit == "元" for line in sum_.lines):
            continue  # its lines are named already
        if not _rough(span):
            continue
        value = span.example if span.example is not None and (span.example / _FEN).denominator > 1 else None
        amount, unit = (
            (shown(value) if value is not None else say("三位以上小数", "three or more decimals")),
            clause.unit or say("分", "points"),
        )
        key = "places: 2" if shared_rule(clause) == "total" else "round: 2"
        ways = [] if value is None else [half_up(value), value // _FEN * _FEN, -(-value // _FEN) * _FEN]
        fen = say(f"，{shown(ways[0])} 还是 {shown(next(one for one in ways if one != ways[0]))} 没有说明", "") if ways else ""
        yield warning(
            clause,
            f"“{clause.result or clause.title}”没有写取整，可以有两位以上小数。",
            f"'{clause.result or clause.title}' can have more than two decimals and states no rounding.",
            f"有人会得 {amount} {unit}{fen}。",
            f"somebody gets {amount} {unit}.",
            f"写 {key}（四舍五入到 0.01），或 round: {{places: 0, mode: down}} 等。",
            f"write {key} (half up to 0.01), or round: {{places: 0, mode: down}}.",
        )


def _rough(span) -> bool:
    """Can it have more than two decimals? A column's own decimals are taken as entered."""
    if span.step is not None:
        return (span.step / _FEN).denominator > 1
    return span.example is not None and (span.example / _FEN).denominator > 1


def check_ties(policy: Policy) -> Iterator[Finding]:
    """名次 that something is paid or decided by, without a word on equals."""
    for clause in policy.clauses:
        if shared_rule(clause) != "ranked" or clause.arguments.keys() & {"ties", "then"} or not clause.result:
            continue
        users = [one for one in policy.clauses if clause.result in {name for name, _ in used_figures(one)} and shared_rule(one) != "kept"]
        if users:
            yield warning(
                clause,
                f"名次用于条款 {listed(one.id for one in users)}，但没有写并列时怎么办。",
                f"clauses {listed(one.id for one in users)} go by the place, but ties: is not stated.",
                f"“{clause.measure}”并列第一的两人都算第 1 名，没有第 2 名；前 3 名的奖可能发给 4 人。",
                f"two equals in '{clause.measure}' are both first and nobody is second; three prizes may go to four people.",
                "写 ties: competition（1、1、3）、dense（1、1、2）、average 或 last；或用 then: [数据项] 分出先后。",
                "write ties: competition (1, 1, 3), dense (1, 1, 2), average or last; or part equals by then: [figure].",
            )


def check_remainders(policy: Policy) -> Iterator[Finding]:
    """分配 by a rounding that leaves a remainder, or pays out more than there is."""
    for clause in policy.clauses:
        rounding = clause.arguments.get("rounding")
        if shared_rule(clause) != "shared" or rounding not in ("half_up", "down"):
            continue
        pool = clause.arguments.get("pool")
        amount, heads = (pool if isinstance(pool, Fraction) and pool else Fraction(100)), 6 if rounding == "half_up" else 3
        each = half_up(amount / heads) if rounding == "half_up" else amount / heads // _FEN * _FEN
        rest = amount - each * heads
        over = "多发" if rest < 0 else "余"
        beyond = "too much" if rest < 0 else "left"
        yield note(
            clause,
            "各人的份额分别取整，合计与奖金池可能差几分。",
            "shares are rounded one by one and may miss the pool by some fen.",
            f"{shown(amount)} 元 {heads} 人平分，每人 {shown(each)} 元，合计 {shown(each * heads)} 元，{over} {shown(abs(rest))} 元。",
            f"{shown(amount)} among {heads}: {shown(each)} each, {shown(each * heads)} in all, {shown(abs(rest))} {beyond}.",
            "差额列为“分配余额”；要一分不差请写 rounding: largest_remainder。",
            "the rest is a line of its own; write rounding: largest_remainder to leave none.",
        )


def check_zero_constants(policy: Policy) -> Iterator[Finding]:
    """A division by a number that is 0 in the file."""
    for clause in policy.clauses:
        turned = clause.arguments.get("better") == "lower"  # there it is divided by the measure
        if shared_rule(clause) not in ("ratio", "per_record") or clause.arguments.get("over") is None or turned:
            continue
        for who, numbers in by_word(policy, {"over": clause.arguments["over"]}):
            if numbers.get("over") == 0:
                yield error(
                    clause,
                    f"{who}over 是 0，不能做除数。",
                    f"{who}over is 0, and nothing can be divided by it.",
                    f"“{clause.title}”没有一个人算得出。",
                    f"'{clause.title}' has a result for nobody.",
                    "改正 over，或它用的参数。",
                    "correct over, or the parameter that it uses.",
                )


def check_zero_divisors(policy: Policy) -> Iterator[Finding]:
    """比率 over a count of records that may well be 0, without a word on it: a note, the person's result stays open."""
    model = model_of(policy)
    for clause in policy.clauses:
        over = clause.arguments.get("over")
        if shared_rule(clause) != "ratio" or clause.arguments.get("when_zero") is not None or clause.who:
            continue
        name = over.name if isinstance(over, Named) else ""
        if clause.arguments.get("better") == "lower":
            name = clause.measure
        span = model.span(name, clause.per) if name else None
        maker = model.maker(name, clause.per) if name else None
        if span is not None and span.low <= 0 <= span.high and maker is not None and shared_rule(maker) in ("tally", "per_record"):
            yield note(
                clause,
                f"“{name}”为 0 时没有写怎么办。",
                f"nothing is said for '{name}' = 0.",
                f"没有一行记录的人“{name}”为 0，“{clause.title}”算不出，结果不完整。",
                f"without a record '{name}' is 0 and the result stays open.",
                "写 when_zero: 一个数；或用 who 只算有记录的人；让它不完整也可以。",
                "write when_zero: a number, or restrict by who:; open results are fine too.",
            )
