"""What the workbook may hold: tables, their columns, headings, kinds and ranges, as one policy reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.shapes import fits, shaped

KINDS = ("id", "text", "texts", "number", "integer", "bool", "date", "datetime", "month", "choice", "clause", "employee", "group")
NUMERIC = ("number", "integer")
TEXT = ("id", "text", "month", "choice", "clause", "employee", "group")


@dataclass(frozen=True)
class Column:
    """列: one column of a table; `heading` is what stands in the workbook."""

    name: str
    heading: str
    kind: str = "text"
    unit: str = ""
    min: Fraction | None = None
    max: Fraction | None = None
    above: Fraction | None = None
    default: object = None
    words: dict = field(default_factory=dict)
    required: bool = True
    filled: bool = False
    may_not_apply: bool = False
    help: str = ""

    def word(self, value: str) -> str | None:
        """The engine's word for a choice written in Chinese or English, None if it is neither."""
        if value in self.words:
            return value
        return next((key for key, chinese in self.words.items() if chinese == value), None)

    def out_of_range(self, value) -> bool:
        """Is a number outside what the column may hold?"""
        too_low = self.min is not None and value < self.min or self.above is not None and value <= self.above
        return too_low or self.max is not None and value > self.max


@dataclass(frozen=True)
class Table:
    """工作表: one sheet; `key` columns identify a row, `optional` sheets may be left out, `all_periods` keep rows of other months."""

    name: str
    sheet: str
    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    optional: bool = False
    help: str = ""
    all_periods: bool = False

    @property
    def day(self) -> str | None:
        """The column that says when a row happened: the first date or time."""
        return next((column.name for column in self.columns.values() if column.kind in ("date", "datetime")), None)

    def column(self, word: str) -> Column | None:
        """The column with this English name or Chinese heading."""
        if word in self.columns:
            return self.columns[word]
        return next((c for c in self.columns.values() if c.heading == word), None)


@cache
def vocabulary() -> dict:
    """The shared sheets and columns of columns.yaml."""
    path = Path(__file__).with_name("columns.yaml")
    return strict_yaml.load(path.read_text(encoding="utf-8"), path.name).data


def table_named(tables: dict[str, Table], word) -> Table | None:
    """The table with this English name or Chinese sheet title."""
    return tables.get(word) or next((table for table in tables.values() if table.sheet == word), None)


@cache
def _english(part: str) -> dict[str, str]:
    """The engine's names by their Chinese words; a heading that several columns share belongs to the first."""
    found: dict[str, str] = {}
    for name, entry in vocabulary()[part].items():
        word = entry["heading"] if part == "columns" else entry
        if "." not in name:
            found.setdefault(word, name)
    return found


# columns that the engine itself looks at, under whatever heading
_STRUCTURAL = {
    "employee_id",
    "name",
    "group_id",
    "role",
    "status",
    "level",
    "hire_date",
    "leave_date",
    "regular_from",
    "department",
    "month",
    "date",
}
_STRUCTURAL |= {"occurred_at", "event_id", "clause", "count", "points", "incident_id", "approver", "evidence", "grader_id"}


def _of_table(table: str, heading: str) -> str:
    """The engine's name of a heading that only this table has, else the heading itself."""
    entries = ((name.partition(".")[2], entry) for name, entry in vocabulary()["columns"].items() if name.startswith(f"{table}."))
    return next((name for name, entry in entries if entry["heading"] == heading), heading)


_OF_PEOPLE = ("状态", "员工状态")
_TABLE_KEYS = {"sheet", "required", "optional", "key", "may_be_absent", "all_periods", "help"}
_COLUMN_KEYS = {"heading", "kind", "unit", "min", "max", "above", "default", "words", "filled", "may_not_apply", "help"}
_TABLE_KINDS = {"sheet": "text", "required": "list", "optional": "list", "key": "texts", "help": "text"}
_TABLE_KINDS |= {"may_be_absent": "flag", "all_periods": "flag"}
_COLUMN_KINDS = {"heading": "text", "kind": "text", "unit": "label", "help": "text", "words": "words", "default": "plain"}
_COLUMN_KINDS |= {"min": "number", "max": "number", "above": "number", "filled": "flag", "may_not_apply": "flag"}


def read_tables(data, document, faults: list[Fault]) -> dict[str, Table]:
    """The `tables:` part of a policy; every fault goes to `faults`."""
    tables: dict[str, Table] = {}
    if not isinstance(data, dict):
        faults.append(Fault(document.where("tables"), say("缺少 tables（数据表）。", "tables: is missing.")))
        return tables
    for word, entry in data.items():
        where, name = document.where("tables", word), _english("sheets").get(word, word)
        if isinstance(entry, list):  # all columns, each to be there
            entry = {"required": entry}
        if not isinstance(entry, dict):
            faults.append(Fault(where, say("应写出各列，如 required: [employee_id]。", "must list columns, e.g. required: [employee_id].")))
            continue
        table = _read_table(name, entry, where, faults)
        if name in tables or any(one.sheet == table.sheet for one in tables.values()):
            faults.append(Fault(where, say(f"工作表“{table.sheet}”写了两次。", f"sheet '{table.sheet}' stands twice.")))
        tables[name] = table
    return tables


def _read_table(name: str, entry: dict, where: str, faults: list[Fault]) -> Table:
    entry = shaped(entry, _TABLE_KINDS, where, faults)
    for key in entry.keys() - _TABLE_KEYS:
        faults.append(Fault(where, say(f"不认识“{key}”。", f"unknown key '{key}'."), did_you_mean(key, _TABLE_KEYS)))
    columns = _read_columns(name, entry, where, faults)
    key = tuple(_named(columns, part) for part in entry.get("key") or ())
    for part in key:
        if part not in columns:
            faults.append(Fault(where, say(f"key 中的“{part}”不是本表的列。", f"key '{part}' is no column."), did_you_mean(part, columns)))
    if name == "events" and "clause" not in columns:
        faults.append(Fault(where, say("事件表应有“条款”列。", "the sheet of events needs the column 条款 (clause).")))
    sheet = entry.get("sheet") or vocabulary()["sheets"].get(name, name)
    every = bool(entry.get("all_periods", name == "history"))
    return Table(name, sheet, columns, key, bool(entry.get("may_be_absent")), entry.get("help") or "", every)


def _read_columns(table: str, entry: dict, where: str, faults: list[Fault]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for part, required in (("required", True), ("optional", False), ("implied", False)):
        for item in _implied(table, columns) if part == "implied" else entry.get(part) or []:
            column = _read_column(table, item, required, where, faults)
            if column is None:
                continue
            if any(column.heading == one.heading or column.name == one.name for one in columns.values()):
                faults.append(Fault(where, say(f"列“{column.heading}”写了两次。", f"column '{column.heading}' stands twice.")))
            columns.setdefault(column.name, column)
    return columns


def _implied(table: str, columns: dict[str, Column]) -> list[str]:
    """Columns that every sheet of events may have, whether or not the policy names them."""
    return [name for name in ("status", "count") if name not in columns] if table == "events" else []


def _named(columns: dict[str, Column], word):
    return next((column.name for column in columns.values() if word in (column.name, column.heading)), word)


def _read_column(table, item, required, where, faults) -> Column | None:
    written = _as_written(item, where, faults)
    if written is None:
        return None
    name, own = _meant(table, *written)
    known = _known(table, name, own)
    if known is None and not own:
        close = get_close_matches(str(name), [*_english("columns"), *vocabulary()["columns"]], n=1, cutoff=0.6)
        hint = did_you_mean(name, close) if close else ""
        if any(sign in str(name) for sign in "、，"):
            hint = say("列名之间用半角逗号和空格分开，如 [工号, 姓名]。", "Part the names of columns by a comma and a space.")
        else:
            hint += say(f"自己的列要写明种类，如 {name}: number 或 {name}: text。", f"Say the kind of a column of yours: {name}: number.")
        faults.append(Fault(where, say(f"不认识列“{name}”。", f"unknown column '{name}'."), hint))
        return None
    for key in own.keys() - _COLUMN_KEYS:
        faults.append(
            Fault(where, say(f"列“{name}”不认识“{key}”。", f"column '{name}': unknown key '{key}'."), did_you_mean(key, _COLUMN_KEYS))
        )
    merged = {"heading": name, **(known or {}), **{k: v for k, v in own.items() if k in _COLUMN_KEYS}}
    kind = merged.get("kind", "text")
    if kind not in KINDS:
        faults.append(
            Fault(where, say(f"列“{name}”的 kind“{kind}”无效。", f"column '{name}': kind '{kind}' is unknown."), did_you_mean(kind, KINDS))
        )
        return None
    column = replace(Column(name, **merged), required=required)
    _check_bounds(column, f"{where} {name}", faults)
    return column


def _as_written(item, where: str, faults: list[Fault]) -> tuple[str, dict] | None:
    """A column as a policy writes it: its word, and what the policy itself says of it."""
    if isinstance(item, dict) and len(item) == 1:
        name, own = next(iter(item.items()))
    elif isinstance(item, str):
        name, own = item, {}
    else:
        faults.append(
            Fault(where, say(f"看不懂的列：{item!r}。", f"not a column: {item!r}."), say("写作 名称 或 {名称: {kind: number}}。", ""))
        )
        return None
    own = {"kind": own} if isinstance(own, str) else own or {}
    if not isinstance(own, dict):
        faults.append(
            Fault(where, say(f"列“{name}”应写作 {{{name}: {{kind: number}}}}。", f"column '{name}' is written {{kind: number}}."))
        )
        return None
    return name, shaped(own, _COLUMN_KINDS, f"{where} {name}", faults)


def _meant(table: str, name: str, own: dict) -> tuple[str, dict]:
    """The column's name in the program, where it has one, and what the policy says of it."""
    english = name if name in vocabulary()["columns"] else _english("columns").get(name) or _of_table(table, name)
    if table == "employees" and name in _OF_PEOPLE:  # a column of their own: status is the engine's word for how complete a result is
        own, english = own or {"kind": "text"}, name
    if english != name and (not own or english in _STRUCTURAL):
        own, name = {"heading": name, **own} if own else {}, english
    if table == "events" and name in ("status", "count", "clause"):
        own = {key: value for key, value in own.items() if key != "kind"}  # the engine's own columns are of their own kind
    return name, own


def _known(table: str, name: str, own: dict) -> dict | None:
    """What the shared vocabulary says of a column; of one of another kind only the heading."""
    columns = vocabulary()["columns"]
    known = columns.get(f"{table}.{name}") or columns.get(name)
    if known and own.get("kind", known.get("kind")) != known.get("kind"):
        return {"heading": known["heading"]}
    return known


def _check_bounds(column: Column, where: str, faults: list[Fault]) -> None:
    """A range that holds something, for numbers; a default of the column's kind and within its range."""
    low, high, default = column.min if column.min is not None else column.above, column.max, column.default
    if (low is not None or high is not None) and column.kind not in NUMERIC:
        faults.append(Fault(where, say("只有数字列才有 min、max、above。", "only numbers have min, max and above.")))
        return
    if low is not None and high is not None and low > high:
        faults.append(Fault(where, say("min 大于 max。", "min is above max.")))
    if default is None:
        return
    kind = "number" if column.kind in NUMERIC else "flag" if column.kind == "bool" else "text"
    wrong = not fits(default, kind) or column.kind in ("date", "datetime", "month", "texts")
    wrong = wrong or kind == "number" and column.out_of_range(default)
    if wrong or column.kind == "choice" and default not in column.words:
        faults.append(Fault(where, say(f"default“{default}”不是本列的值。", f"default '{default}' is no value of this column.")))
