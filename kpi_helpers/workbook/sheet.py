"""工作表: one sheet as it was handed in, read into the columns of its table; every fault at its cell."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import NoneType

import pandas as pd

from kpi_helpers.columns import NUMERIC, Column, Table, vocabulary
from kpi_helpers.errors import Fault
from kpi_helpers.language import say
from kpi_helpers.tables import Origin, blank, empty_table, is_percentage, means_nothing, narrow, takes_percent, typed_frame
from kpi_helpers.workbook.beside import CODES, Beside
from kpi_helpers.workbook.cells import NO_VALUE, Scan, letters
from kpi_helpers.workbook.headings import headings_of, nearest, plain, shown

EXAMPLE = "例："  # every cell of a template's example row starts with it
_HEADINGS_WITHIN = 20  # rows from the top
_SAFE_DIGITS = 10**15  # Excel keeps 15 digits of a number
_SENTENCE = re.compile("[，。；！？]|共[0-9]+人")
_TOP = (0, 0)  # where a fault of the whole sheet stands among the others


@dataclass(frozen=True)
class CellFault(Fault):
    """A fault of one sheet, and of one cell where it has one."""

    sheet: str = ""
    cell: str = ""


class Sheet:
    """The rows of one sheet from A1 on, and what was found in them.

    places: column name → its place, from 0. frame: the table that was read. faults: all of them, in the order of the
    cells. ignored: headings that were not read. beside: rows that are no records, with their first words.
    fractions: headings of columns that say nothing of their range and hold percentages. untouched: nothing but a template's
    example stands here.
    """

    def __init__(self, file: str, table: Table, title: str, rows: list[list], scan: Scan, merged: list):
        self.file, self.table, self.title, self.rows, self.scan, self.merged = file, table, title, rows, scan, merged
        self.heading, self.headings, self.places, self.numbers = 0, [], {}, []
        self.frame: pd.DataFrame = empty_table(table)
        self.ignored: list[str] = []
        self.beside: dict[int, str] = {}
        self.fractions: list[str] = []
        self.untouched = False
        self._found: list[tuple[tuple[int, int], CellFault]] = []
        self._faulty: set[tuple[int, str]] = set()  # (row, column), row 0 for a column that is missing

    def again(self) -> Sheet:
        """The same sheet with faults of its own from here on."""
        twin = copy(self)
        twin._found, twin._faulty = list(self._found), set(self._faulty)
        return twin

    @property
    def faults(self) -> list[CellFault]:
        return [fault for _, fault in sorted(self._found, key=lambda pair: pair[0])]

    @property
    def origin(self) -> Origin:
        return Origin(self.title, {name: letters(place + 1) for name, place in self.places.items()})

    @property
    def hidden(self) -> list[int]:
        """Records that nobody sees: hidden by hand, by a filter, in a closed group."""
        return [row for row in self.numbers if row in self.scan.hidden] if self.scan.hidden else []

    @property
    def is_roster(self) -> bool:
        """Does every row make a person?"""
        return self.table.key == ("employee_id",) and self.table.name == "employees" and "employee_id" in self.places

    def lacks(self, column: str) -> bool:
        """Is this column missing, which is one fault and not one in every row?"""
        return (0, column) in self._faulty

    def read(self, clauses: set[str]) -> None:
        """Find the headings and read what stands below them; `clauses` are the ids of the policy."""
        self.find_headings()
        if not self.places:
            self.check_cells()
            return
        self.check_columns()
        body = self.rows[self.heading + 1 :]
        kept = self.records(body)
        self.check_cells()
        self.check_merged()
        self.numbers = [self.heading + 2 + position for position in kept]
        raw = self.raw_columns(body, kept)
        for name, values in raw.items():
            column = self.table.columns[name]
            if column.kind in NUMERIC:
                raw[name] = self.percentages_as_shown(column, values)
            elif column.kind in (*CODES, "group"):
                raw[name] = self.codes_as_shown(column, values)
                self.check_codes(column, raw[name], clauses)
        if self.is_roster:
            self.check_people(raw)
        self.frame = typed_frame(self.table, raw, self.numbers, self.bad_value)

    # -- headings ------------------------------------------------------------------------------------------------------

    def find_headings(self) -> None:
        """The first row with the most known headings, or two rows that belong together; a title above it is no fault."""
        columns = headings_of(self.table)
        top = [[columns.get(plain(value)) if isinstance(value, str) else None for value in row] for row in self.rows[:_HEADINGS_WITHIN]]
        known = [sum(column is not None for column in row) for row in top]
        if any(known):
            self.place_columns(self.choose_headings(top, known.index(max(known))))
        elif not self.scan.bad:
            wanted = "、".join(column.heading for column in self.table.columns.values() if column.required)
            hint = say(f"标题行应有：{wanted}。", f"The headings needed: {wanted}.")
            self.fault(say("找不到标题行。", "has no row of known headings."), hint)

    def choose_headings(self, top: list[list], best: int) -> list[Column | None]:
        """The columns that the row `best` names, together with the row above or below where it goes on there."""
        for upper in (best, best - 1):
            if 0 <= upper < len(top) - 1 and self.in_two_rows(upper, top):
                above, self.heading, below = self.rows[upper], upper + 1, self.rows[upper + 1]
                self.headings = [high if blank(low) else low for high, low in zip(above, below, strict=True)]
                return [low or high for high, low in zip(top[upper], top[upper + 1], strict=True)]
        self.heading, self.headings = best, self.rows[best]
        return top[best]

    def place_columns(self, columns: list[Column | None]) -> None:
        """Where every column stands; headings that are unknown or stand twice."""
        for place, column in enumerate(columns):
            if column is not None:
                self.places.setdefault(column.name, place)
        for place, column in enumerate(columns):
            if column is None:
                self.strange_heading(place)
            elif self.places[column.name] != place:
                word, first = shown(self.headings[place]), letters(self.places[column.name] + 1)
                problem = say(f"标题“{word}”重复，{first} 列已有。", f"heading '{word}' stands twice, first in column {first}.")
                self.cell_fault(self.heading + 1, place, problem, say("请只保留一列。", "Keep one of the columns."))

    def in_two_rows(self, upper: int, top: list[list]) -> bool:
        """Do headings stand in this row and, where it has none but that of a group of columns, in the row below?"""
        high, low, below = top[upper], top[upper + 1], self.rows[upper + 1]
        return any(high) and any(low) and all(blank(below[place]) for place, column in enumerate(high) if column is not None)

    def strange_heading(self, place: int) -> None:
        """A heading close to a column that is missing is a fault, any other is named and not read."""
        heading = self.headings[place]
        if blank(heading):
            if any(not blank(row[place]) for row in self.rows[self.heading + 1 :]):
                self.ignored.append(say(f"{letters(place + 1)} 列（没有标题）", f"column {letters(place + 1)} (no heading)"))
            return
        word = plain(shown(heading))
        absent = [one for one in self.table.columns.values() if one.name not in self.places and not self.lacks(one.name)]
        near = nearest([word], {plain(name): one for one in absent for name in (one.name, one.heading)}, 0.6)
        if near is None or word in _familiar():
            self.ignored.append(shown(heading))
            return
        self._faulty.add((0, near.name))
        hint = say(
            f"是否指“{near.heading}”？请改标题；若不是，请换一个不相近的标题。",
            f"Did you mean '{near.heading}'? Correct the heading, or choose one less alike.",
        )
        problem = say(f"不认识列“{shown(heading)}”。", f"'{shown(heading)}' is no known column.")
        self.cell_fault(self.heading + 1, place, problem, hint)

    def check_columns(self) -> None:
        for column in self.table.columns.values():
            if column.required and column.name not in self.places and not self.lacks(column.name):
                problem = say(f"缺少列“{column.heading}”。", f"column '{column.heading}' is missing.")
                hint = say("请照模板补上这一列。", "Add the column as in the template.")
                if self.ignored:
                    words = "、".join(self.ignored[:8])
                    hint += say(f"没有认出的标题：{words}。", f" Headings that are not known: {words}.")
                self.fault(problem, hint)
                self._faulty.add((0, column.name))

    # -- cells ---------------------------------------------------------------------------------------------------------

    def check_cells(self) -> None:
        """Error values and formulas without a value, which readers show as blank."""
        known = set(self.places.values())
        for (row, number), value in self.scan.bad.items():
            if known and (number - 1 not in known or row <= self.heading + 1 or row in self.beside):
                continue
            if value == NO_VALUE:
                problem = say("公式没有保存计算结果。", "holds a formula that was saved without its result.")
                hint = say("请用 Excel 或 WPS 打开并重新保存，或粘贴为数值。", "Open and save it in Excel, or paste it as a value.")
            else:
                problem = say(f"错误值 {value}。", f"holds the error {value}.")
                hint = say("请改正公式或直接填写数值。", "Mend the formula or type the value.")
            self.cell_fault(row, number - 1, problem, hint)

    def check_merged(self) -> None:
        """A merged cell keeps its value in one row only; whether the others share it is not ours to guess."""
        for (top, left), (bottom, right) in self.merged:
            touched = [place for place in self.places.values() if left <= place <= right]
            if top <= self.heading or top + 1 in self.beside or not touched or (top == bottom and len(touched) == 1):
                continue
            if top < len(self.rows) and left < len(self.rows[top]) and not blank(self.rows[top][left]):
                area = f"{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"
                hint = say("请取消合并，逐格填写。", "Unmerge them and fill in every cell.")
                self.cell_fault(top + 1, left, say(f"合并单元格 {area}。", f"merged cells {area}."), hint)

    def records(self, body: list[list]) -> list[int]:
        """Positions of the rows that hold something in a known column and are no example, total or note."""
        first, *others = self.places.values()
        filled = [i for i, row in enumerate(body) if not blank(row[first]) or any(not blank(row[place]) for place in others)]
        below = {row - self.heading - 2 for row, _ in self.scan.bad if self.heading + 1 < row <= len(self.rows)}  # may seem blank
        words = Beside(self.table, self.places, self.headings, body, self.is_roster).rows(sorted(below.union(filled)))
        self.beside = {self.heading + 2 + i: shown(word) for i, word in words.items()}
        filled = [i for i in filled if self.heading + 2 + i not in self.beside] if self.beside else filled
        examples = {i for i in filled for place in self.places.values() if _is_example(body[i][place])}
        for i in sorted(examples):
            changed = [p for p in self.places.values() if not blank(body[i][p]) and not _is_example(body[i][p])]
            if changed:
                hint = say(
                    f"请把带“{EXAMPLE}”的格子都改成真实数据，或整行删除。",
                    f"Replace every '{EXAMPLE}' cell, or delete the row.",
                )
                problem = say("示例行只改了一部分。", "the example row was changed only in part.")
                self.cell_fault(self.heading + 2 + i, min(changed), problem, hint)
        kept = [i for i in filled if i not in examples] if examples else filled
        self.untouched = bool(examples) and not kept
        return kept

    def raw_columns(self, body: list[list], kept: list[int]) -> dict[str, list]:
        """The cells of the records by column."""
        if len(kept) < len(body):
            return {name: [body[i][place] for i in kept] for name, place in self.places.items()}
        columns = list(zip(*body, strict=True)) or [()] * len(self.headings)
        return {name: columns[place] for name, place in self.places.items()}

    def check_people(self, raw: dict) -> None:
        """A note or a title that stands in the roster would be a person."""
        column, words = self.table.columns["employee_id"], raw["employee_id"]
        bare = self.bare_rows(raw)
        nameless = bare if "name" in raw and {i for i, name in enumerate(raw["name"]) if blank(name)} <= bare else set()
        hint = say("若是说明文字，请移到数据右边或删除。", "If it is a note, move it beside the data or delete it.")
        for position, (row, value) in enumerate(zip(self.numbers, words, strict=True)):
            if not isinstance(value, str) or value.isascii():
                continue
            if _SENTENCE.search(value) or position in bare and ":" in narrow(value):
                self.value_fault(row, column, value, say("不像工号", "is hardly the number of a person"), hint)
            elif position in nameless and len(bare) < len(words):  # 制表人 张三, where everybody else has a name
                named = say("若是员工，请填姓名。", " If it is a person, type the name.")
                self.value_fault(row, column, value, say("不像工号，而且没有姓名", "is hardly a number, and has no name"), hint + named)

    def bare_rows(self, raw: dict) -> set[int]:
        """Positions of the people of whom nothing but a number is said, which is a word."""
        others = [values for name, values in raw.items() if name != "employee_id"]
        words = {i for i, value in enumerate(raw["employee_id"]) if isinstance(value, str) and not value.isascii()}
        return {i for i in words if all(blank(values[i]) for values in others)}

    def codes_as_shown(self, column: Column, values):
        """A column of codes with the zeros and letters that its format adds: a cell that shows 001 may hold 1."""
        place, codes = self.places[column.name] + 1, self.scan.codes
        if not codes:
            return values
        found = [
            i
            for i, (row, value) in enumerate(zip(self.numbers, values, strict=True))
            if (row, place) in codes and type(value) is float and value.is_integer() and 0 <= value < _SAFE_DIGITS
        ]
        values = list(values)
        for i in found:
            values[i] = codes[self.numbers[i], place].shown(values[i])
        return values

    def percentages_as_shown(self, column: Column, values):
        """A column of numbers with its percentages as such where it takes none: Excel stores 95% as 0.95."""
        place, percent = self.places[column.name] + 1, self.scan.percent
        found = [
            i
            for i, (row, value) in enumerate(zip(self.numbers, values, strict=True))
            if is_percentage(value) or type(value) in (int, float) and (row, place) in percent
        ]
        if not found:
            return values
        if takes_percent(column):
            if column.max is None:
                self.fractions.append(column.heading)
            return values
        values = list(values)
        for i in found:
            values[i] = values[i] if isinstance(values[i], str) else f"{values[i] * 100:.15g}%"
        return values

    def check_codes(self, column: Column, values, clauses: set[str]) -> None:
        """Codes that Excel has changed: into a number of which it keeps 15 digits, 2.10 into 2.1, 1-2 into a day."""
        if set(map(type, values)) <= {str, NoneType}:
            return
        hint = say("请设为文本格式后重填。", "Enter it again as text.")
        for row, value in zip(self.numbers, values, strict=True):
            problem = ""
            if isinstance(value, date) and column.kind != "id":
                problem = say("被 Excel 改成了日期", "was made a date by Excel")
            elif type(value) is float and abs(value) >= _SAFE_DIGITS:
                problem = say("数字超过 15 位，Excel 已改动末尾几位", "has more than 15 digits, of which Excel has changed the last")
            elif type(value) is float and column.kind == "clause" and {f"{value:g}", f"{value:g}0"} <= clauses:
                problem = say(f"作为数字分不清是 {value:g} 还是 {value:g}0", f"as a number may be {value:g} or {value:g}0")
            if problem:
                self.value_fault(row, column, value, problem, hint)

    # -- faults --------------------------------------------------------------------------------------------------------

    def bad_value(self, position: int, column: Column, value, problem: str, reason: str) -> None:
        """What typed_frame says of a value."""
        self.value_fault(self.numbers[position], column, value, problem, advice("nothing" if means_nothing(value) else reason))

    def value_fault(self, row: int, column: Column, value, problem: str, hint: str) -> None:
        """A fault of one value, which is named; a cell, or a column that is missing, is not found at fault twice."""
        if (row, column.name) in self._faulty or self.lacks(column.name):
            return
        word = shown(value)
        if not blank(value) and not problem.startswith(word) and f"“{word}”" not in problem and f"'{word}'" not in problem:
            problem = say(f"“{word}”{problem}", f"'{word}' {problem}")
        self.cell_fault(row, self.places.get(column.name), problem.rstrip("。.") + say("。", "."), hint, column)

    def cell_fault(self, row: int, place: int | None, problem: str, hint: str, column: Column | None = None) -> None:
        if column is None and row > self.heading + 1:
            column = next((self.table.columns[name] for name, one in self.places.items() if one == place), None)
        if column is not None:
            self._faulty.add((row, column.name))
        cell = "" if place is None else f"{letters(place + 1)}{row}"
        where = f"{self.file} {self.title}!{cell or say(f'第 {row} 行', f'row {row}')}{f' {column.heading}' if column else ''}"
        self._found.append(((row, -1 if place is None else place), CellFault(where, problem, hint, self.title, cell)))

    def fault(self, problem: str, hint: str) -> None:
        """A fault of the sheet as a whole."""
        self._found.append((_TOP, CellFault(f"{self.file} {self.title}", problem, hint, self.title)))


def advice(reason: str) -> str:
    """What to do about a value that is refused for this reason."""
    words = {
        "not_a_number": ("请只填数字，不带单位和文字。", "Type a number without unit or words."),
        "nothing": ("没有内容请留空。", "Leave it blank where there is nothing."),
        "percentage": ("请设为常规格式，填百分号前的数。", "Format it as General and type the number before the sign."),
        "not_whole": ("请填整数。", "Type a whole number."),
        "unknown_choice": ("请从下拉列表中选择。", "Choose from the list."),
        "not_yes_or_no": ("请从下拉列表中选择。", "Choose from the list."),
        "not_a_date": ("请按日期格式填写。", "Type a date."),
        "not_a_month": ("请设为文本格式后填写。", "Type it as text."),
        "not_a_code": ("没有内容请留空。", "Leave it blank where there is nothing."),
    }
    return say(*words.get(reason, ("请核对后改正。", "Check and correct it.")))


def _is_example(value) -> bool:
    return type(value) is str and value.startswith(EXAMPLE)


@cache
def _familiar() -> set[str]:
    """Headings of the shared vocabulary, which this policy may not read; they are no typing errors."""
    return {plain(entry.get("heading", "")) for entry in vocabulary()["columns"].values()}
