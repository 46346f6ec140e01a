"""Why a value is what it is: the ledger's lines of the people and groups whose values differ, for a terminal."""

from __future__ import annotations

import pandas as pd
from wcwidth import clip, ljust, rjust, width

from kpi_helpers.cases.compare import TABLES, Difference
from kpi_helpers.language import say
from kpi_helpers.numbers import exact, is_missing, text
from kpi_helpers.report.words import reason_word, show, status_word
from kpi_helpers.result import Result

MAX_UNITS = 5  # people and groups explained in one case
MAX_LINES = 40  # of one of them
_WIDEST = {"title": 28, "note": 20, "in_force": 34, "evidence": 34}
_RIGHT = ("quantity", "value")


def explain(result: Result, differing: list[Difference]) -> list[str]:
    """The ledger behind the values that differ: by person, group and department, with what is missing and what was refused."""
    units = list(dict.fromkeys(unit for one in differing for unit in _units(result, one)))
    lines = [line for unit in units[:MAX_UNITS] for line in _unit(result, *unit)]
    if len(units) > MAX_UNITS:
        left = len(units) - MAX_UNITS
        lines.append(say(f"……另有 {left} 个对象的台账没有列出", f"… and the ledger of {left} more"))
    return lines


def _units(result: Result, one: Difference):
    """The person, group or department whose value differs."""
    table, *keys = one.place
    table = TABLES.get(table, table)
    if table == "department":
        yield "department", ""
    elif keys:
        frames = {"employee": result.employees, "group": result.groups}
        order = ("group", "employee") if table == "groups" else ("employee", "group")
        found = next((per for per in order if keys[0] in frames[per].index), None)
        if found:
            yield found, keys[0]


def _unit(result: Result, per: str, key: str) -> list[str]:
    ledger = result.ledger
    if per == "employee":
        rows = ledger[ledger["employee_id"] == key]
    else:
        rows = ledger[ledger["employee_id"].isna() & (ledger["group_id"] == key if per == "group" else ledger["group_id"].isna())]
    lines = [_head(result, per, key)]
    lines += _table(rows) if len(rows) else [say("  没有任何条款给出数值", "  no clause gave anything")]
    return lines + _refused(result, per, key)


def _head(result: Result, per: str, key: str) -> str:
    kind = {"employee": say("员工", "employee"), "group": say("小组", "group"), "department": say("部门", "department")}[per]
    line = f"{say('台账', 'Ledger')} {kind} {key}".rstrip()
    if per != "employee":
        return line
    person = result.employees.loc[key]
    line += say(f"：{status_word(person['status'])}", f": {status_word(person['status'])}")
    missing = person.get("missing")
    return line + (say(f"；缺：{'、'.join(missing)}", f"; missing: {', '.join(missing)}") if isinstance(missing, list) and missing else "")


def _table(rows: pd.DataFrame) -> list[str]:
    """Clause, title, note, quantity, value, unit, numbers in force and cells, in columns; then the sum of each unit."""
    heads = {
        "clause": say("条款", "clause"),
        "title": say("内容", "title"),
        "note": say("说明", "note"),
        "quantity": say("数量", "quantity"),
        "value": say("得值", "value"),
        "unit": say("单位", "unit"),
        "in_force": say("生效的数", "in force"),
        "evidence": say("出处", "evidence"),
    }
    shown = [heads] + [{name: _word(row[name], name) for name in heads} for row in rows.head(MAX_LINES).to_dict("records")]
    used = [name for name in heads if any(row[name] for row in shown[1:])]
    wide = {name: max(width(row[name]) for row in shown) for name in used}
    lines = ["  " + "  ".join((rjust if name in _RIGHT else ljust)(row[name], wide[name]) for name in used).rstrip() for row in shown]
    if len(rows) > MAX_LINES:
        lines.append(say(f"  ……另有 {len(rows) - MAX_LINES} 行", f"  … and {len(rows) - MAX_LINES} more lines"))
    sums = [f"{show(_sum(part['value']), unit)} {unit}" for unit, part in rows.groupby("unit", sort=False) if unit]
    return [*lines, "  " + say("合计：", "sum: ") + "；".join(sums)] if sums else lines


def _word(value, name: str) -> str:
    if is_missing(value) or isinstance(value, str) and not value:
        return ""
    word = " ".join(value.split()) if isinstance(value, str) else text(value)
    most = _WIDEST.get(name, 24)
    return word if width(word) <= most else clip(word, 0, most - 1).rstrip() + "…"


def _sum(values: pd.Series):
    return sum((one for one in exact(values) if not is_missing(one)), 0)


def _refused(result: Result, per: str, key: str) -> list[str]:
    """Rows that were left out and may be why a value differs: those of this person or group, and those of nobody."""
    own = {"employee": "employee_id", "group": "group_id"}.get(per)
    found = []
    for row in result.errors.to_dict("records"):
        owner = row.get(own) if own else None
        if is_missing(owner) or owner == key:
            value = "" if pd.isna(row.get("value")) is True else f"“{_word(show(row['value']), 'refused')}”"
            found.append(f"  {say('拒收', 'refused')} {_place(result, row)} {value}{reason_word(row.get('reason'))}")
    more = [say(f"  ……另有 {len(found) - 10} 行拒收", f"  … and {len(found) - 10} more refused rows")] if len(found) > 10 else []
    return found[:10] + more


def _place(result: Result, row: dict) -> str:
    """Where a refused row stands, and in which column: its cell, or its number in a file without cells."""
    table = result.policy.tables.get(row.get("table"))
    column = table.columns.get(row.get("column")) if table is not None else None
    cell = row.get("cell") or ""
    if not cell.rpartition("!")[2][:1].isalpha():
        sheet = table.sheet if table is not None else row.get("table")
        cell = say(f"{sheet} 第 {row.get('row')} 行", f"{sheet} row {row.get('row')}")
    return f"{cell} {column.heading if column is not None else row.get('column') or ''}".rstrip()
