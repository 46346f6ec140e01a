"""文字: grades and other words that a clause must know, and what the better of them are worth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from kpi_helpers.arguments import ByColumn
from kpi_helpers.columns import vocabulary
from kpi_helpers.errors import did_you_mean
from kpi_helpers.lint.conditions import fulfilled, overlapping
from kpi_helpers.lint.findings import Finding, error, shared_rule, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import ascending
from kpi_helpers.lint.spans import Span
from kpi_helpers.lint.told import heading, listed, shown, worded
from kpi_helpers.lint.turns import better_of
from kpi_helpers.policy import Clause, Policy


def check_unlisted_words(policy: Policy) -> Iterator[Finding]:
    """Words that an earlier clause can give, or that the policy lists for a column, and a clause does not: who has one gets no result."""
    if policy.module is not None:
        return
    for clause in policy.order:
        for argument, name, known in _lists(clause):
            words = model_of(policy).span(name, clause.per).words or frozenset()
            lacking = [word for word in sorted(words - known) if _meets(policy, clause, name, word)]
            if not lacking or _everybodys(policy, name):
                continue
            told = [worded(policy, name, word) for word in lacking]
            earlier = policy.order[: policy.order.index(clause)]
            maker, called = next((one for one in reversed(earlier) if one.result == name), None), heading(policy, name)
            yield error(
                clause,
                f"{argument} 没有写“{called}”的 {listed(told)}。",
                f"{argument} lacks {listed(told)} of '{called}'.",
                f"{f'条款 {maker.id} 给出' if maker else f'{called}为'}“{told[0]}”的人，这一条算不出。",
                f"whoever has '{told[0]}'{f' by clause {maker.id}' if maker else ''} has no result here.",
                f"补上 {listed(told)}，或写 otherwise。",
                f"list {listed(told)}, or write otherwise:.",
            )


def _everybodys(policy: Policy, name: str) -> bool:
    """Is it a shared column with the words of all departments, of which this one may well have few? As 岗位."""
    columns = [column for table in policy.tables.values() if (column := table.column(name)) is not None]
    shared = [entry.get("words") for entry in vocabulary()["columns"].values()]
    return bool(columns) and model_of(policy).maker(name) is None and all(column.words in shared for column in columns)


def check_strange_words(policy: Policy) -> Iterator[Finding]:
    """{by: 等级, 特优: 200}: a number for a word that the figure never is."""
    if policy.module is not None:
        return
    for clause in policy.order:
        for by in (one for value in [*clause.arguments.values(), *clause.measures] for one in _by_columns(value)):
            words, called = model_of(policy).span(by.column, clause.per).words, heading(policy, by.column)
            strange = [word for word in by.values if words and word not in words]
            if strange:
                known = [worded(policy, by.column, word) for word in sorted(words)]
                yield warning(
                    clause,
                    f"“{called}”不会是 {listed(strange)}，给它写的数不起作用。",
                    f"'{called}' is never {listed(strange)}: the number for it has no effect.",
                    f"“{called}”只会是 {listed(known)}。",
                    f"'{called}' can only be {listed(known)}.",
                    did_you_mean(strange[0], known),
                    did_you_mean(strange[0], known),
                )


def _meets(policy: Policy, clause: Clause, name: str, word: str) -> bool:
    """Can somebody with this word come to the clause: its `who` lets them in, and no earlier clause has left them out?"""
    has, model = [{name: {"is": word}}], model_of(policy)
    gone = [one.who for one in policy.order[: policy.order.index(clause)] if shared_rule(one) == "excluded"]
    left_out = any(set(case) == {name} and fulfilled([case], lambda _: Span(words=frozenset({word}))) for who in gone for case in who)
    return not left_out and overlapping(clause.who, has, lambda one: model.span(one, clause.per)) is not None


def _lists(clause: Clause) -> Iterator[tuple[str, str, set[str]]]:
    """Every list of words in a clause: the argument, the figure that the words are of, the words."""
    for argument, value in [*clause.arguments.items(), *(("measures", one) for one in clause.measures)]:
        for one in _by_columns(value):
            if one.otherwise is None:
                yield argument, one.column, set(one.values)
    arguments, rule = clause.arguments, shared_rule(clause)
    if rule == "moved":
        yield "scale", arguments.get("of", ""), set(arguments.get("scale") or [])
    if rule == "looked_up":
        for side in ("rows", "columns"):
            if arguments.get(f"{side}_in"):
                yield f"{side}_in", arguments.get(side, ""), set(arguments[f"{side}_in"])


def _by_columns(value) -> Iterator[ByColumn]:
    if isinstance(value, ByColumn):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _by_columns(one)


def check_worth_of_grades(policy: Policy) -> Iterator[Finding]:
    """按等级取值: a better grade that is worth less."""
    for clause in policy.order:
        values = [one for value in [*clause.arguments.values(), *clause.measures] for one in _by_columns(value)]
        for by in values:
            words = _best_first(policy, clause, by.column)
            worth = [(word, Fraction(by.values[word])) for word in words if word in by.values]
            for (better, more), (worse, less) in pairwise(worth):
                if more < less and all(number >= 0 for _, number in worth):
                    yield warning(
                        clause,
                        f"更好的“{by.column}”反而得得少。",
                        f"a better '{by.column}' is worth less.",
                        f"{better} 为 {shown(more)}，{worse} 为 {shown(less)}。",
                        f"{better}: {shown(more)}, {worse}: {shown(less)}.",
                        "核对各等级的数。",
                        "check the numbers of the grades.",
                    )
                    break


def _best_first(policy: Policy, clause: Clause, name: str) -> list[str]:
    """The words of a grade, the best first; nothing where it is not known which is better."""
    maker = model_of(policy).maker(name, clause.per)
    rule = shared_rule(maker) if maker is not None else ""
    if rule == "distributed":
        return [part["give"] for part in maker.arguments.get("parts") or []]
    if rule == "moved":
        return list(reversed(maker.arguments.get("scale") or []))
    bands = model_of(policy).constant_bands(maker) if rule == "banded" else None
    better = better_of(policy, maker) if bands else ""
    words = [band["give"] for _, band in ascending(bands)] if better else []
    return list(dict.fromkeys(reversed(words) if better == "higher" else words))
