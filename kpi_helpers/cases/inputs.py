"""The inputs of a case as tables in engine types: what a month's workbook would have given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from kpi_helpers.checks import RowFault, check_rows, refuse_rows, without_idle_rows
from kpi_helpers.columns import NUMERIC, Column, Table, table_named
from kpi_helpers.errors import Fault, Faults, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import text
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Origin, Tables, empty_table, typed_frame


@dataclass
class Given:
    """One table as a case gives it: columns by name or heading, rows of plain values, and where each row stands."""

    columns: list[str]
    rows: list[list]
    numbers: list[int]
    origin: Origin | None = None


def case_tables(policy: Policy, inputs: dict) -> Tables:
    """The inputs of a case ({columns, rows} per table) as tables; bad rows are refused and listed, never clipped.

    Raises PolicyError with every table and column that the policy does not know.
    """
    tables, refused = Tables(), []
    given = _checked(policy, {word: one if isinstance(one, Given) else as_given(one) for word, one in inputs.items()})
    for name, table in policy.tables.items():
        one = given.get(name)
        if one is None:
            tables[name] = empty_table(table)
            if not table.optional:
                tables.delivered.add(name)
            continue
        tables.delivered.add(name)
        raw = {column: [row[i] for row in one.rows] for i, column in enumerate(one.columns)}
        bad = []
        tables[name] = typed_frame(table, raw, one.numbers, lambda *seen, bad=bad: bad.append(seen))
        tables.origins[name] = one.origin or Origin(table.sheet, {})
        refused += [RowFault(name, row, column.name, value, reason, problem) for row, column, value, problem, reason in bad]
    if "employees" in policy.tables and "employees" not in given:
        tables["employees"] = typed_frame(policy.tables["employees"], {"employee_id": people(tables)}, [0] * len(people(tables)), _never)
        tables.delivered.discard("employees")
    refuse_rows(tables, without_idle_rows(policy, tables, refused))
    faults = without_idle_rows(policy, tables, check_rows(policy, tables))
    refuse_rows(tables, faults)
    if any(one.table == "employees" for one in faults):  # what is left of people whose row of the roster was refused
        refuse_rows(tables, without_idle_rows(policy, tables, check_rows(policy, tables)))
    return tables


def as_given(written: dict) -> Given:
    """{columns: […], rows: [[…], …]} as a case file has it."""
    return Given([str(column) for column in written["columns"]], written["rows"], list(range(1, len(written["rows"]) + 1)))


def _checked(policy: Policy, inputs: dict[str, Given]) -> dict[str, Given]:
    """The same with tables and columns by their names; all that are unknown or stand twice are faults."""
    checked, faults = {}, Faults()
    for word, given in inputs.items():
        table = table_named(policy.tables, word)
        if table is None:
            known = [name for one in policy.tables.values() for name in (one.sheet, one.name)]
            faults.append(Fault(word, say("本办法没有这个数据表。", "is no table of this policy."), did_you_mean(word, known)))
            continue
        if table.name in checked:
            faults.append(Fault(word, say("这个数据表写了两次。", "this table stands twice.")))
        columns = []
        for place, one in enumerate(given.columns):
            column = table.column(one)
            if column is None:
                known = [name for other in table.columns.values() for name in (other.heading, other.name)]
                faults.append(Fault(f"{table.sheet}.{one}", say("没有这一列。", "is no column."), did_you_mean(one, known)))
            elif column.name in columns:
                faults.append(Fault(f"{table.sheet}.{one}", say("这一列写了两次。", "this column stands twice.")))
            elif column.kind not in NUMERIC:
                faults += _unquoted(table, column, given, place)
            columns.append(column.name if column is not None else one)
        checked[table.name] = Given(columns, given.rows, given.numbers, given.origin)
    if faults:
        raise PolicyError(faults)
    return checked


def _unquoted(table: Table, column: Column, given: Given, place: int) -> Iterator[Fault]:
    """2.10 without quotes is the number 2.1: which clause or id was meant is not known any more."""
    for number, row in zip(given.numbers, given.rows, strict=True):
        if isinstance(row[place], Fraction):
            where = say(f"{table.sheet} 第 {number} 行 {column.heading}", f"{table.sheet} row {number} {column.heading}")
            problem = say(f"“{text(row[place])}”没有加引号，被读成了数。", f"'{text(row[place])}' is not quoted and was read as a number.")
            yield Fault(where, problem, say('请加引号，如 "2.10"。', 'Quote it, as "2.10".'))


def people(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Everybody named in any table, where a case gives no roster."""
    found = [frame["employee_id"] for frame in tables.values() if "employee_id" in frame]
    return [str(one) for one in pd.unique(pd.concat(found).dropna())] if found else []


def _never(*_):
    """Nothing can be wrong with the numbers of people that were read already."""
