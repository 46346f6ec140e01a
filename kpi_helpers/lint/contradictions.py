"""矛盾: clauses that can never hold, and clauses that say two things of one person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import inf

from kpi_helpers.arguments import hints, marks
from kpi_helpers.filters import columns_of
from kpi_helpers.language import say
from kpi_helpers.lint.conditions import fulfilled, overlapping, told
from kpi_helpers.lint.findings import Finding, place, shared_rule, used_parameters
from kpi_helpers.lint.model import Model, model_of
from kpi_helpers.lint.spans import Span
from kpi_helpers.policy import Clause, Policy

_MANY = 200  # more clauses than these of one result are not compared two by two
_MISSED = re.compile(r"未达成|未达标|未完成|达不成|达不到|没有达成|没有达到|不到|不足|低于")


def check_never(policy: Policy) -> Iterator[Finding]:
    """A filter that nobody and no row can fulfil, alone or with what its figures can be."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        for name, conditions, span in _filters(model, policy, clause):
            alternatives = [[one] for one in conditions]
            dead = [one for one in alternatives if fulfilled(one, span) is None and not _seasonal(policy, one)]
            if not dead:
                continue
            by_itself = all(fulfilled(one, span, bounded=False) is None for one in dead)
            whole = len(dead) == len(alternatives)
            yield Finding(
                "error" if whole else "warning",
                place(clause),
                say(
                    f"{name} {_text(dead[0][0], policy)} 永远不成立{'，这一条永远不执行' if whole else ''}。",
                    f"{name}: {_text(dead[0][0], policy)} can never hold.",
                ),
                _why(policy, dead[0][0], span, by_itself),
                say(
                    "核对条件里的数和词；两种情况任一即可时写成列表 [{…}, {…}]。",
                    "check its numbers and words; for either of two cases write a list [{…}, {…}].",
                ),
            )


def _seasonal(policy: Policy, conditions: list[dict]) -> bool:
    """Does the filter look at a figure that a number of changing months makes? In another month it may well hold."""
    names = columns_of(conditions)
    makers = (clause for clause in policy.clauses if clause.result in names)
    return any(isinstance(one.filed, dict) and "by" not in one.filed for clause in makers for one in used_parameters(policy, clause))


def _filters(model: Model, policy: Policy, clause: Clause):
    """Each filter of a clause with what its names can be."""
    table = policy.tables.get(clause.table)

    def of_people(name):
        return Span() if name == "status" else model.span(name, clause.per)

    def of_rows(name):
        return model.column(table, table.columns[name]) if table and name in table.columns else Span()

    if clause.who:
        yield "who", clause.who, of_people
    if clause.when:
        yield "when", clause.when, of_rows
    kinds = hints(clause.rule) if clause.rule else {}
    for name, value in clause.arguments.items():
        if value and "filter" in marks(kinds.get(name, object)):
            yield name, value, lambda one: model.span(one, "employee")


def _text(one: dict, policy: Policy) -> str:
    tests = [(name, test, value) for name, wanted in one.items() for test, value in wanted.items()]
    return "、".join(
        f"{name} {test} {value if not hasattr(value, 'denominator') else told({'': value}, policy).split()[-1]}"
        for name, test, value in tests
    )


def _why(policy: Policy, one: dict, span, by_itself: bool) -> str:
    if by_itself:
        return say("没有一个值同时满足这些条件。", "no value fulfils all of it at once.")
    for name, tests in one.items():
        if fulfilled([{name: tests}], span) is not None:
            continue
        known = span(name)
        if known.words is not None:
            return say(f"“{name}”只会是 {'、'.join(sorted(known.words))}。", f"'{name}' can only be {', '.join(sorted(known.words))}.")
        from kpi_helpers.lint.bands import _ends

        return say(f"“{name}”只能在 {_ends(known)} 之间。", f"'{name}' lies between {_ends(known)}.")
    return say("没有一个值同时满足这些条件。", "no value fulfils all of it at once.")


def check_events(policy: Policy) -> Iterator[Finding]:
    """Clauses that count events nobody can record: no sheet of events, or one that does not say who or which clause."""
    if policy.module is not None:
        return
    for clause in policy.clauses:
        counts = shared_rule(clause) in ("per_event", "discretionary", "tally", "per_record") or (
            shared_rule(clause) in ("forfeited", "flagged") and not clause.who
        )
        if not counts:
            continue
        table, owner = policy.tables.get(clause.table), {"employee": "employee_id", "group": "group_id"}.get(clause.per)
        if table is None:
            lack = say(f"没有“{clause.table}”这张工作表", f"there is no sheet '{clause.table}'")
        elif clause.table == "events" and "clause" not in table.columns:
            lack = say(f"“{table.sheet}”没有“条款”列", f"'{table.sheet}' has no column for the clause")
        elif owner and owner not in table.columns and not (owner == "group_id" and "employee_id" in table.columns):
            lack = say(f"“{table.sheet}”没有说明是谁的列（{owner}）", f"'{table.sheet}' has no column {owner}")
        else:
            continue
        yield Finding(
            "error",
            place(clause),
            say(f"没有人能登记这一条的记录：{lack}。", f"nobody can record anything for this clause: {lack}."),
            say(f"“{clause.title}”发生 10 次，也计 0 次。", f"'{clause.title}' happens ten times and counts none."),
            say(
                "在 tables 中加上这张表和列，如 事件: {required: [事件编号, 工号, 条款]}；或写 table: 表名。",
                "add the sheet and columns under tables:, or write table: with another sheet.",
            ),
        )


def check_same_result(policy: Policy) -> Iterator[Finding]:
    """Two clauses that give one result to the same people as if each were the only one.

    Clauses of one name add up, which is right for parts of a sum. It is not for cases of one figure (from 60, from 80) that
    overlap, nor for two fixed amounts for the same people.
    """
    model = model_of(policy)
    if policy.module is not None:
        return
    alike: dict[tuple[str, str], list[Clause]] = {}
    for clause in policy.order:
        if clause.result and clause.who or shared_rule(clause) == "flat" and clause.result:
            alike.setdefault((clause.result, clause.per), []).append(clause)
    named: set[str] = set()
    for one, other in (pair for clauses in alike.values() for pair in combinations(clauses[:_MANY], 2)):
        sums = ("total", "section", "forfeited", "moved")
        if shared_rule(other) in sums or other.id in named:
            continue
        cases = one.who != other.who and columns_of(one.who) & columns_of(other.who)
        if not cases and not (one.who == other.who and shared_rule(one) == shared_rule(other) == "flat"):
            continue
        both = overlapping(one.who, other.who, lambda name, per=one.per: model.span(name, per))
        if both is None:
            continue
        named.add(other.id)
        words = model.lines.get(other.id, Span()).words is not None
        yield Finding(
            "warning",
            place(other),
            say(
                f"条款 {one.id} 与 {other.id} 都给出“{one.result}”，有人两条都适用。",
                f"clauses {one.id} and {other.id} both give '{one.result}' to some people.",
            ),
            say(
                f"{told(both, policy) or '任何一个人'}：{'后一条盖过前一条' if words else '两条的数相加'}。",
                f"{told(both, policy) or 'anybody'}: {'the later word replaces the earlier' if words else 'the two numbers are added'}.",
            ),
            say(
                "用 who 把两条分给不同的人；或给一条另起名字，再用 sum_of、min_of、max_of 说明怎样合并。",
                "part them by who:, or name one differently and join them by sum_of, min_of or max_of.",
            ),
        )


def check_two_consequences(policy: Policy) -> Iterator[Finding]:
    """Two pay clauses with rules of a scheme's own that attach different consequences to one and the same failure.

    Their titles both say what was missed, they give the same result by different rules, and one switch governs both.
    """
    if policy.module is None:
        return
    missed = [clause for clause in policy.clauses if clause.kind == "pay" and clause.result and _MISSED.search(clause.title)]
    for one, other in combinations(missed, 2):
        switches = [p for p in used_parameters(policy, one) if p in used_parameters(policy, other) and isinstance(p.value, bool)]
        settled = one.who or other.who or any("protected" in c.arguments and c.arguments["protected"] for c in (one, other))
        if one.result != other.result or one.rule is other.rule or not switches or settled:
            continue
        switch, title = switches[0], policy.results[one.result].title if one.result in policy.results else one.result
        yield Finding(
            "warning",
            place(other),
            say(
                f"条款 {one.id} 与 {other.id} 对同一件事写了两种后果（{title}）。",
                f"clauses {one.id} and {other.id} attach two consequences to one fact.",
            ),
            say(
                f"同一个未达成的人，按 {one.id} 是“{one.title}”，按 {other.id} 是“{other.title}”。",
                f"by {one.id}: '{one.title}'; by {other.id}: '{other.title}'.",
            ),
            say(
                f"请公司定：写明各自适用哪些人；或只留一条；或 {switch.name}: {'false' if switch.value else 'true'}（两条都不用）。",
                f"have it decided: say to whom each applies, keep one, or set {switch.name} so that neither applies.",
            ),
        )
