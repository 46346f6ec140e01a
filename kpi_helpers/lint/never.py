"""永不起作用: filters that nothing fulfils, words that nobody has, events that nobody can record, forfeits that take nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

from kpi_helpers.arguments import hints, marks
from kpi_helpers.errors import did_you_mean
from kpi_helpers.filters import columns_of
from kpi_helpers.language import say
from kpi_helpers.lint.conditions import fulfilled
from kpi_helpers.lint.findings import Finding, error, finding, shared_rule, used_parameters, warning
from kpi_helpers.lint.model import Model, adds, model_of, reaches
from kpi_helpers.lint.spans import Span
from kpi_helpers.lint.told import between, heading, listed, shown, worded
from kpi_helpers.policy import Clause, Policy


def check_never(policy: Policy) -> Iterator[Finding]:
    """A filter that nobody and no row can fulfil, alone or with what its figures can be."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        for name, conditions, span in filters_of(model, policy, clause):
            dead = [one for one in conditions if _dead(policy, one, span)]
            if not dead:
                continue
            by_itself = all(fulfilled([one], span, bounded=False) is None for one in dead)
            whole = len(dead) == len(conditions)
            why = _why(policy, dead[0], span, by_itself)
            yield finding(
                "error" if whole else "warning",
                clause,
                f"{name} {filter_text(dead[0], policy)} 永远不成立{'，这一条永远不执行' if whole else ''}。",
                f"{name}: {filter_text(dead[0], policy)} can never hold{', so the clause does nothing' if whole else ''}.",
                why,
                why,
                "核对条件里的数和词；两种情况任一即可时写成列表 [{…}, {…}]。",
                "check its numbers and words; for either of two cases write a list [{…}, {…}].",
            )


def check_filter_words(policy: Policy) -> Iterator[Finding]:
    """A word in a filter that its figure never is, beside others that it can be: most likely mistyped."""
    model = model_of(policy, None, -inf)
    for clause in policy.order:
        for name, conditions, span in filters_of(model, policy, clause):
            for one in (one for one in conditions if not _dead(policy, one, span) and not _seasonal(policy, one)):
                for column, tests in one.items():
                    known = span(column).words
                    words = [word for test in _WORDS for word in _several(tests.get(test))]
                    lacking = [word for word in words if known and isinstance(word, str) and word not in known]
                    if lacking:
                        yield warning(
                            clause,
                            f"{name} 里的“{heading(policy, column)}”不会是 {listed(lacking)}。",
                            f"{name}: '{heading(policy, column)}' is never {listed(lacking)}.",
                            f"“{heading(policy, column)}”只会是 {listed(sorted(known))}。",
                            f"'{heading(policy, column)}' can only be {listed(sorted(known))}.",
                            did_you_mean(lacking[0], sorted(known)),
                            did_you_mean(lacking[0], sorted(known)),
                        )


_WORDS = ("is", "in", "is_not", "not_in")


def _several(value) -> list:
    return value if isinstance(value, list) else [value]


def _dead(policy: Policy, one: dict, span: Callable[[str], Span]) -> bool:
    return fulfilled([one], span) is None and not _seasonal(policy, one)


def _seasonal(policy: Policy, one: dict) -> bool:
    """Does the filter look at a figure that a number of changing months makes? In another month it may well hold."""
    names = columns_of([one])
    makers = (clause for clause in policy.clauses if clause.result in names)
    return any(isinstance(used.filed, dict) and "by" not in used.filed for maker in makers for used in used_parameters(policy, maker))


def filters_of(model: Model, policy: Policy, clause: Clause) -> Iterator[tuple[str, list[dict], Callable[[str], Span]]]:
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


def filter_text(one: dict, policy: Policy) -> str:
    """A filter as it is written, with the reader's headings and words."""
    tests = ((name, test, value) for name, wanted in one.items() for test, value in wanted.items())
    return "、".join(f"{heading(policy, name)} {test} {worded(policy, name, value)}" for name, test, value in tests)


def _why(policy: Policy, one: dict, span, by_itself: bool) -> str:
    name = next((name for name, tests in one.items() if fulfilled([{name: tests}], span) is None), None)
    if by_itself or name is None:
        return say("没有一个值同时满足这些条件。", "no value fulfils all of it at once.")
    known, shown_as = span(name), heading(policy, name)
    if known.words is not None:
        return say(f"“{shown_as}”只会是 {listed(sorted(known.words))}。", f"'{shown_as}' can only be {listed(sorted(known.words))}.")
    return say(f"“{shown_as}”只能在 {between(known)} 之间。", f"'{shown_as}' lies between {between(known)}.")


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
            zh = "工号" if owner == "employee_id" else "小组"
            lack = say(f"“{table.sheet}”没有说明是谁的列“{zh}”", f"'{table.sheet}' has no column {owner}")
        else:
            continue
        yield error(
            clause,
            f"没有人能登记这一条的记录：{lack}。",
            f"nobody can record anything for this clause: {lack}.",
            f"“{clause.title}”发生 10 次，也计 0 次。",
            f"'{clause.title}' happens ten times and counts none.",
            "在 tables 中加上这张表和列，如 事件: {required: [事件编号, 工号, 条款]}；或写 table: 表名。",
            "add the sheet and columns under tables:, or write table: with another sheet.",
        )


def check_forfeits(policy: Policy) -> Iterator[Finding]:
    """清零 with nothing before it to take, after the last total, or before a total that starts anew from base points."""
    model, order = model_of(policy), policy.order
    for position, clause in enumerate(order):
        if shared_rule(clause) != "forfeited" or policy.module is not None:
            continue  # what a scheme's own rules give is not known
        sections, clauses, part = (clause.arguments.get(name) for name in ("sections", "clauses", "part"))
        given = [one for one in order[:position] if one.unit and one.id in model.lines and model.lines[one.id].words is None]
        before, units = [one for one in given if reaches(clause, one)], listed(dict.fromkeys(one.unit for one in given))
        total = next((one for one in order[position:] if adds(one, clause)), None)
        start = model.sums[total.id].start if total is not None else Span.of(0)
        if not before or part == 0:
            yield error(
                clause,
                f"这一条什么也不取消：{'part 是 0' if before else f'前面没有条款给出“{clause.unit}”'}。",
                f"nothing is taken here: {'part is 0' if before else f'no earlier clause gives {clause.unit!r}'}.",
                f"触发“{clause.title}”的人，得到的与别人一样。",
                f"whoever '{clause.title}' concerns gets the same as everybody else.",
                f"前面有的单位：{units or '没有'}；核对 unit、part 与次序（取消的是排在它前面的）。",
                f"units given before: {units or 'none'}; check unit, part and order (what stands before it is taken).",
            )
        elif total is None and not clause.result:
            yield warning(
                clause,
                f"这一条后面没有“{clause.unit}”的合计，取消不了任何结果。",
                f"no total of {clause.unit!r} comes after this clause, so it changes no result.",
                f"触发“{clause.title}”的人，台账里取消了，{listed(_results(before))} 还是原来的数。",
                f"the ledger takes it back, but {listed(_results(before))} of whoever '{clause.title}' concerns stays as it was.",
                "把它移到合计前面；或在它后面加一条合计，用那个结果。",
                "move it before the total, or add a total behind it and use that.",
            )
        elif not clauses and not sections and part in (None, 1) and 0 < start.low:
            yield warning(
                clause,
                f"这一条取消不了合计 {total.id} 的基础分 {shown(start.low)}。",
                f"the base points {shown(start.low)} of total {total.id} are not taken.",
                f"触发“{clause.title}”的人，扣过的分也取消了，得 {shown(start.low)} 分。",
                f"whoever '{clause.title}' concerns loses the deductions too and gets {shown(start.low)}.",
                f"把基础分写成前面的一条 flat（amount: {shown(start.low)}），合计不写 start。",
                f"write the base points as a flat clause before it (amount: {shown(start.low)}), and no start: in the total.",
            )


def _results(clauses: list[Clause]) -> list[str]:
    return [f"“{one.result}”" for one in clauses if one.result] or [say("结果", "the result")]
