"""计分台账: every posted line in one frame, with the numbers in force and the workbook cells behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpi_helpers.errors import Fault, KpiError
from kpi_helpers.language import say
from kpi_helpers.lines import UNIT_KEYS, Cells, Lines, Post
from kpi_helpers.numbers import ExactArray, exact, missing, text

if TYPE_CHECKING:  # a result assembles its ledger, not the other way round
    from kpi_helpers.result import Result

COLUMNS = [
    "month",
    "department",
    "employee_id",
    "group_id",
    "clause",
    "title",
    "basis",
    "quantity",
    "value",
    "unit",
    "source",
    "evidence",
    "section",
    "kind",
    "note",
    "in_force",
]


def assemble(result: Result) -> pd.DataFrame:
    """One row per clause and unit where something happened, in the order of computation."""
    frames = {"employee": result.employees, "group": result.groups, "department": result.department}
    parts = [part for part in (_part(result, post, frames[post.clause.per]) for post in result.posts) if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _part(result: Result, post: Post, frame: pd.DataFrame) -> pd.DataFrame:
    clause, lines = post.clause, post.lines
    quantity = lines.quantity if lines.quantity is not None else missing(len(frame))
    value = lines.value
    happened = ~value.isna() & (value.num != 0) | ~quantity.isna() & (quantity.num != 0)
    rows = np.flatnonzero(happened)
    part = pd.DataFrame({"value": value[rows], "quantity": quantity[rows]})
    ids = frame.index.to_numpy(dtype=object)[rows]
    for per, key in UNIT_KEYS.items():
        part[key] = ids if per == clause.per else None
    if clause.per == "employee" and "group_id" in frame:
        part["group_id"] = frame["group_id"].to_numpy(dtype=object)[rows]
    part["department"] = result.inputs.department if result.inputs is not None else ""
    part["month"] = result.policy.month or ""
    for column, words in (
        ("clause", clause.id),
        ("title", clause.title),
        ("basis", _basis(result, clause)),
        ("unit", lines.unit or clause.unit),
        ("source", clause.source),
        ("section", clause.section),
        ("kind", clause.kind),
        ("in_force", clause.in_force),
    ):
        part[column] = words
    part["note"] = _words(lines)[rows] if lines.note == "" else lines.note
    part["evidence"] = _evidence(result, lines.cells, len(frame))[rows]
    return part


def _words(lines: Lines) -> np.ndarray:
    """The word that a clause gave each unit (a grade), where it gives words."""
    if lines.result is None or isinstance(lines.result, ExactArray):
        return np.full(len(lines.value), "", dtype=object)
    return np.array([one if isinstance(one, str) else "" for one in lines.result] + [None], dtype=object)[:-1]


def _basis(result, clause) -> str:
    """A clause that uses an assumed number is an assumption itself."""
    return "A" if clause.assumptions else clause.basis


def _evidence(result: Result, cells, size: int) -> np.ndarray:
    """The cells behind each unit as text, e.g. 事件!E5,E8; joined in bulk, not row by row."""
    texts = np.full(size, "", dtype=object)
    for one in [] if cells is None else cells if isinstance(cells, list) else [cells]:
        _join(result, one, texts)
    return texts


def _join(result: Result, cells: Cells, texts: np.ndarray) -> None:
    origin = result.inputs.origins.get(cells.table) if result.inputs is not None else None
    sheet, letter = (origin.sheet, origin.letters.get(cells.column or "", "")) if origin else (cells.table, "")
    known = np.flatnonzero(cells.units >= 0)
    if not len(known):
        return
    order = known[np.argsort(cells.units[known], kind="stable")]
    units = cells.units[order]
    numbers = result.inputs[cells.table]["_row"].to_numpy()[cells.rows[order]].astype(str).astype(object)
    starts = np.append(True, units[1:] != units[:-1])
    pieces = np.where(starts, f"\n{sheet}!{letter}", f",{letter}").astype(object) + numbers
    joined = "".join(pieces)[1:].split("\n")
    owners = units[starts]
    first = texts[owners] == ""
    texts[owners] = np.where(first, joined, texts[owners] + "；" + np.array(joined, dtype=object))


def balance(ledger: pd.DataFrame, units: pd.Index, key: str, unit: str) -> ExactArray:
    """The sum of the ledger's lines in one unit (分 or 元) for each person or group."""
    from kpi_helpers.numbers import sum_by

    rows = ledger[(ledger["unit"] == unit) & ledger[key].notna()]
    codes = units.get_indexer(rows[key])
    return sum_by(exact(rows["value"]), codes, len(units))


def check_balance(result: Result, column: str, unit: str = "分", per: str = "employee") -> None:
    """Stop if a total is not the sum of its ledger lines; a total that is missing is not checked."""
    frame = {"employee": result.employees, "group": result.groups}[per]
    ledger = result.ledger
    if per == "group":
        ledger = ledger[ledger["employee_id"].isna()]
    sums = balance(ledger, frame.index, UNIT_KEYS[per], unit)
    totals = exact(frame[column])
    for row in np.flatnonzero(~totals.isna() & (totals != sums)):
        shown = text(totals[int(row)]), text(sums[int(row)])
        problem = say(f"{column} {shown[0]} ≠ 台账合计 {shown[1]}", f"{column} {shown[0]} is not the ledger's sum {shown[1]}")
        raise KpiError(Fault(f"{result.policy.title} {frame.index[int(row)]}", problem))
