"""What the workbook may hold: tables, their columns, headings, kinds and ranges, as one policy reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say

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
    """工作表: one sheet; `key` columns identify a row, `optional` sheets may be left out."""

    name: str
    sheet: str
    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    optional: bool = False
    help: str = ""

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


_TABLE_KEYS = {"sheet", "required", "optional", "key", "may_be_absent", "help"}
_COLUMN_KEYS = {"heading", "kind", "unit", "min", "max", "above", "default", "words", "filled", "help"}


def read_tables(data, document, faults: list[Fault]) -> dict[str, Table]:
    """The `tables:` part of a policy; every fault goes to `faults`."""
    tables = {}
    if not isinstance(data, dict):
        faults.append(Fault(document.where("tables"), say("缺少 tables（数据表）。", "tables: is missing.")))
        return tables
    for name, entry in data.items():
        where = document.where("tables", name)
        if not isinstance(entry, dict):
            faults.append(Fault(where, say("应写出各列，如 required: [employee_id]。", "must list columns, e.g. required: [employee_id].")))
            continue
        for key in entry.keys() - _TABLE_KEYS:
            faults.append(Fault(where, say(f"不认识“{key}”。", f"unknown key '{key}'."), did_you_mean(key, _TABLE_KEYS)))
        columns = {}
        for part, required in (("required", True), ("optional", False)):
            for item in entry.get(part) or []:
                column = _read_column(name, item, required, where, faults)
                if column is not None:
                    columns[column.name] = column
        key = tuple(entry.get("key") or ())
        for part in key:
            if part not in columns:
                faults.append(
                    Fault(where, say(f"key 中的“{part}”不是本表的列。", f"key '{part}' is no column."), did_you_mean(part, columns))
                )
        sheet = entry.get("sheet") or vocabulary()["sheets"].get(name, name)
        tables[name] = Table(name, sheet, columns, key, bool(entry.get("may_be_absent")), entry.get("help") or "")
    return tables


def _read_column(table, item, required, where, faults) -> Column | None:
    if isinstance(item, dict) and len(item) == 1:
        name, own = next(iter(item.items()))
    elif isinstance(item, str):
        name, own = item, {}
    else:
        faults.append(
            Fault(where, say(f"看不懂的列：{item!r}。", f"not a column: {item!r}."), say("写作 名称 或 {名称: {kind: number}}。", ""))
        )
        return None
    known = vocabulary()["columns"].get(f"{table}.{name}") or vocabulary()["columns"].get(name)
    own = own or {}
    if known is None and not own:
        hint = did_you_mean(name, vocabulary()["columns"])
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
    return replace(Column(name, **merged), required=required)
