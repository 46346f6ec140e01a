"""方案: scoring by clause. This module is the only sequencer; a scheme's own module supplies clause functions."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd

from kpi_helpers.arguments import ByColumn
from kpi_helpers.book import Book, Lines, Result
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.tables import Tables


def score(policy: Policy, tables: Tables) -> Result:
    """计分: one policy on one set of tables, by the scheme's own `score` if it has a module."""
    return policy.module.score(policy, tables) if policy.module else by_clause(policy, tables)


def by_clause(policy: Policy, tables: Tables) -> Result:
    """Apply the clauses in order and post every result; nothing else in the program has an order."""
    book = Book(policy, tables)
    for clause in policy.order:
        if clause.rule is not None:
            book.post(clause, apply(clause, book))
    return close(book)


def apply(clause: Clause, book: Book):
    """Call a clause's rule with what its signature names."""
    wanted = inspect.signature(clause.rule).parameters
    given = {name: book.amount(value, clause.per) if isinstance(value, ByColumn) else value for name, value in clause.arguments.items()}
    if "book" in wanted:
        given["book"] = book
    if "clause" in wanted:
        given["clause"] = clause
    if "records" in wanted:
        given["records"] = book.records(clause)
    if "measure" in wanted:
        given["measure"] = book.column(clause.measure, clause.per)
    if "measures" in wanted:
        given["measures"] = [book.column(name, clause.per) for name in clause.measures]
    outcome = clause.rule(**given)
    if "measure" in wanted and isinstance(outcome, Lines) and outcome.cells is None:
        outcome.cells = book.cells(clause.measure, clause.per)
    return outcome


def close(book: Book) -> Result:
    """The finished result of a book: frames, flags, refused rows and every assumption that was used."""
    book.flag_unknown_years()
    people = book.people.copy()
    flags = pd.DataFrame(book.flags, columns=["flag", "title", "employee_id", "group_id", "clause", "source", "detail", "note"])
    for name, source in (("missing", book.missing), ("flags", _names(book.flags))):
        if name not in people:
            people[name] = _lists(people.index, source)
    errors = pd.DataFrame(book.errors)
    return Result(
        book.policy, people, book.groups, book.department, book.outputs, flags, errors, _assumptions(book.policy), book.posts, book.tables
    )


def _names(flags) -> dict[str, list]:
    found: dict[str, list] = {}
    for flag in flags:
        if "employee_id" in flag and flag["flag"] not in found.setdefault(flag["employee_id"], []):
            found[flag["employee_id"]].append(flag["flag"])
    return found


def _lists(index, source):
    values = np.empty(len(index), dtype=object)
    values[:] = [source.get(unit, []) for unit in index]
    return values


def _assumptions(policy: Policy) -> pd.DataFrame:
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
