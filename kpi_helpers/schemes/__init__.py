"""方案: scoring by clause. This module is the only sequencer; a scheme's own module supplies clause functions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextvars import ContextVar
from fractions import Fraction
from functools import cache

import pandas as pd

from kpi_helpers.arguments import COMMON, ByColumn, Named, row_by_row
from kpi_helpers.book import Book
from kpi_helpers.checks import own_program
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.flags import flag_names, flags_of
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import lists_of, written
from kpi_helpers.numbers import ExactArray, clip, constant, rounded_to, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.tables import Tables

opening: ContextVar = ContextVar("opening", default=Book)  # what opens a book; a replay opens one that records or follows a run


def score(policy: Policy, tables: Tables) -> Result:
    """计分: one policy on one set of tables, by the scheme's own `score` if it has a module."""
    if policy.module is None:
        return by_clause(policy, tables)
    with own_program(policy):
        return policy.module.score(policy, tables)


def by_clause(policy: Policy, tables: Tables) -> Result:
    """Apply the clauses in order and post every result; nothing else in the program has an order."""
    book = opening.get()(policy, tables)
    for clause in policy.order:
        if clause.rule is not None:
            book.take(clause, apply)
    return book.closed(close)


def apply(clause: Clause, book: Book):
    """Call a clause's rule with what its signature names, and hold what it gives within floor, cap and rounding."""
    book.clause = clause
    wanted, by_row, arguments = wanted_by(clause.rule), row_by_row(clause.rule), dict(clause.arguments)
    common = {name: arguments.pop(name, None) for name in COMMON if name not in wanted}
    given: dict = {name: value for name, value in (("book", book), ("clause", clause)) if name in wanted}
    if "records" in wanted:
        given["records"] = book.records(clause)
    pooled = getattr(clause.rule, "pools", False)  # its measures are those of the members
    per, absent = "employee" if pooled else clause.per, common.pop("missing", None)
    needs = Needs(book, clause, absent)
    if "measure" in wanted and clause.measure is not None:
        given["measure"] = needs.number(clause.measure, book.column(clause.measure, per), per)
    if "measures" in wanted:
        given["measures"] = [needs.factor(one, per) for one in clause.measures]
    for name, value in arguments.items():
        given[name] = book.row_amount(value, given["records"], clause.per) if name in by_row else needs.argument(value, clause.per)
    try:
        outcome = clause.rule(**given)
    except ZeroDivisionError:
        problem = say("除数为 0，算不出结果。", "a divisor is 0, there is no result.")
        hint = say("请检查这一条用的目标值和参数。", "Check the targets and parameters that this clause uses.")
        raise PolicyError(Fault(f"{book.policy.path} {clause.id} {clause.title}", problem, hint)) from None
    if "measure" in wanted and isinstance(outcome, Lines) and outcome.cells is None:
        outcome.cells = book.cells(clause.measure, clause.per)
    if not {"measure", "measures"} & wanted.keys() and isinstance(absent, Fraction):
        outcome = _filled(outcome, absent)
    outcome = _bounded(outcome, **{name: needs.argument(value, clause.per) for name, value in common.items()})
    needs.posted(outcome)
    return outcome


@cache
def wanted_by(rule) -> Mapping:
    """What a rule's signature names; read once for each rule."""
    return inspect.signature(rule).parameters


class Needs:
    """缺: what to do where a figure that a clause needs is missing for somebody for whom the clause holds.

    incomplete (the default): the person's result stays open and says what is missing. skip: no line. A number stands in for it.
    The clauses of a scheme with a module of its own see to this themselves.
    """

    def __init__(self, book: Book, clause: Clause, absent):
        self.book, self.clause = book, clause
        self.absent = absent if absent is not None else "skip" if book.policy.module else "incomplete"
        self.inside = None if book.policy.module else book.concerned(clause)
        if self.inside is not None and clause.who and self.absent != "skip" and not getattr(clause.rule, "proposes", False):
            for name, rows in book.undecided(clause).items():
                if clause.per == "employee":
                    book.mark(rows & book.assessed(), "incomplete", [name])

    def number(self, name, column, per: str):
        """A measure, filled or marked where it is missing; nobody's outside `who`."""
        if not isinstance(self.absent, str):
            column = column.fillna(self.absent)
        self.mark(name, column, per)
        return column if self.inside is None or per != self.clause.per else where(self.inside, column, None)

    def factor(self, value, per: str):
        """One of several measures: a figure, a number, or a number by column."""
        if isinstance(value, ByColumn):
            return self.number(value.column, self.book.amount(value, per), per)
        if not isinstance(value, str):
            return self.number("", constant(value, len(self.book.units(per))), per)
        return self.number(value, self.book.column(value, per), per)

    def argument(self, value, per: str):
        """An argument as arithmetic needs it, also inside lists and dicts; a figure it names is marked where it is missing."""
        if isinstance(value, list):
            return [self.argument(one, per) for one in value]
        if isinstance(value, dict):
            return {key: self.argument(one, per) for key, one in value.items()}
        resolved = self.book.amount(value, per)
        if isinstance(value, (ByColumn, Named)):
            self.mark(value.name if isinstance(value, Named) else value.column, resolved, per)
        return resolved

    def mark(self, name, column, per: str) -> None:
        if self.absent != "skip" and per == self.clause.per:
            self.book.lack(self.clause, column.isna(), name)

    def posted(self, outcome) -> None:
        """Points or yuan that could not be reckoned leave the person open, whatever the reason: they are not 0."""
        lines = outcome if isinstance(outcome, Lines) else Lines(outcome) if isinstance(outcome, ExactArray) else None
        if self.inside is not None and self.absent == "incomplete" and self.clause.unit and lines is not None and lines.result is None:
            if self.clause.per == "employee":
                self.book.lack(self.clause, lines.value.isna() & self.book.complete(), self.clause.title)


def _filled(outcome, number: Fraction):
    """A figure that a rule could not find (no earlier month, no record to average) as the policy says."""
    lines = outcome if isinstance(outcome, Lines) else Lines(outcome)
    if isinstance(lines.result, ExactArray):
        lines.result = lines.result.fillna(number)
    elif lines.result is None:
        lines.value = lines.value.fillna(number)
    return lines


def _bounded(outcome, floor=None, cap=None, round=None):
    """保底、封顶、取整, in this order; a clause that gives several lines bounds them itself."""
    if floor is None and cap is None and round is None:
        return outcome
    lines = outcome if isinstance(outcome, Lines) else Lines(outcome)
    named = isinstance(lines.result, ExactArray)
    value = clip(lines.result if named else lines.value, floor, cap)
    value = value if round is None else rounded_to(value, round.step, round.mode)
    lines.value, lines.result = (lines.value, value) if named else (value, lines.result)
    return lines


def close(book: Book) -> Result:
    """The finished result of a book: frames, flags, refused rows and every assumption that was used."""
    book.flag_unknown_years()
    people = book.people.copy(deep=False)
    if "missing" not in people:
        people["missing"] = lists_of(people.index, book.missing)
    if "flags" not in people:
        people["flags"] = flag_names(book.flags, people.index)
    later = {name: make(book) for name, make in LISTED.items()}
    return Result(book.policy, people, book.groups, book.department, written(book.outputs), **later, posts=book.posts, inputs=book.tables)


def assumptions_of(policy: Policy) -> pd.DataFrame:
    """假设值: every [A] number that a clause used, with the clauses that used it."""
    rows = [
        {
            "parameter": parameter.name,
            "title": parameter.title,
            "value": parameter.value,
            "unit": parameter.unit,
            "note": parameter.note,
            "clauses": "、".join(clause.id for clause in policy.clauses if parameter.name in clause.assumptions),
        }
        for parameter in policy.parameters.values()
        if parameter.basis == "A"
    ]
    return pd.DataFrame([row for row in rows if row["clauses"]], columns=["parameter", "title", "value", "unit", "note", "clauses"])


# what a result lists besides the figures of its units
LISTED = {
    "flags": lambda book: flags_of(book.flags),
    "errors": lambda book: pd.DataFrame(book.refused()),
    "assumptions": lambda book: assumptions_of(book.policy),
}
