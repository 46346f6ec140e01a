"""工作表: one sheet as it was handed in, read into the columns of its table; every fault at its cell."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass

import pandas as pd

from kpi_helpers.columns import Column, Table, vocabulary
from kpi_helpers.errors import Fault
from kpi_helpers.language import say
from kpi_helpers.tables import Origin, blank, empty_table, means_nothing, takes_percent, typed_frame
from kpi_helpers.workbook.cells import NO_VALUE, Scan, letters
from kpi_helpers.workbook.headings import beside_records, column_of, nearest, plain, shown

EXAMPLE = "例："  # every cell of a template's example row starts with it
_HEADINGS_WITHIN = 20  # rows from the top
_SAFE_DIGITS = 10**15  # Excel keeps 15 digits of a number
_CODES = ("id", "employee", "clause")
_SENTENCE = re.compile("[，。；：！？]|共[0-9]+人")
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
    untouched: nothing but a template's example stands here.
    """

    def __init__(self, file: str, table: Table, title: str, rows: list[list], scan: Scan, merged: list):
        self.file, self.table, self.title, self.rows, self.scan, self.merged = file, table, title, rows, scan, merged
        self.heading, self.headings, self.places, self.numbers = 0, [], {}, []
        self.frame: pd.DataFrame = empty_table(table)
        self.ignored: list[str] = []
        self.beside: dict[int, str] = {}
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
        columns = list(zip(*body, strict=True)) if kept else [()] * len(self.headings)
        raw = {name: columns[place] for name, place in self.places.items()}
        if len(kept) < len(body):
            raw = {name: [values[i] for i in kept] for name, values in raw.items()}
        for name, values in raw.items():
            self.check_digits(self.table.columns[name], values, clauses)
            raw[name] = self.as_shown(self.table.columns[name], values)
        if self.is_roster:
            self.check_sentences(raw["employee_id"])
        self.frame = typed_frame(self.table, raw, self.numbers, self.bad_value)

    # -- headings ------------------------------------------------------------------------------------------------------

    def find_headings(self) -> None:
        """The first row with the most known headings; a title above it is no fault."""
        top = [[column_of(self.table, value) for value in row] for row in self.rows[:_HEADINGS_WITHIN]]
        known = [sum(column is not None for column in row) for row in top]
        if not any(known):
            if not self.scan.bad:
                wanted = "、".join(column.heading for column in self.table.columns.values() if column.required)
                hint = say(f"标题行应有：{wanted}。", f"The headings needed: {wanted}.")
                self.fault(say("找不到标题行。", "has no row of known headings."), hint)
            return
        best = known.index(max(known))
        self.heading, self.headings, columns = best, self.rows[best], top[best]
        for upper in (best, best - 1):
            if 0 <= upper < len(top) - 1 and self.in_two_rows(upper, top):
                above, self.heading, below = self.rows[upper], upper + 1, self.rows[upper + 1]
                self.headings = [high if blank(low) else low for high, low in zip(above, below, strict=True)]
                columns = [low or high for high, low in zip(top[upper], top[upper + 1], strict=True)]
                break
        for place, column in enumerate(columns):
            if column is not None and column.name not in self.places:
                self.places[column.name] = place
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
        near = next((one for one in absent if nearest([one.heading, one.name], {word: word}, 0.6)), None)
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
        self.find_beside(body, sorted(below.union(filled)))
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

    def find_beside(self, body: list[list], positions: list[int]) -> None:
        """Rows without a code that begin with a total, a signature or a note, and repeated headings: else they would be people."""
        table, places = self.table, self.places
        codes = [place for name, place in places.items() if table.columns[name].required and table.columns[name].kind in _CODES]
        codes = codes or [places[name] for name in table.key if name in places]
        known, everywhere = sorted(places.values()), range(len(self.headings))
        titles, groups = {self.headings[place] for place in codes}, set()
        if self.is_roster:
            titles |= {column.heading for column in table.columns.values()}  # of a sheet that was turned on its side
            groups = {row[places["group_id"]] for row in body} if "group_id" in places else groups

        def beside(value, row: list) -> bool:
            title_of_group = value in groups and sum(not blank(row[place]) for place in known) == 1
            return title_of_group or value in titles or beside_records(value)

        for i in positions if codes else ():
            row = body[i]
            if all(blank(row[place]) or beside(row[place], row) for place in codes):
                first = [next((row[place] for place in some if not blank(row[place])), None) for some in (known, everywhere)]
                word = next((value for value in first if value is not None and beside(value, row)), None)
                if word is not None:
                    self.beside[self.heading + 2 + i] = shown(word)

    def check_sentences(self, values) -> None:
        """A note under the roster would be a person."""
        for row, value in zip(self.numbers, values, strict=True):
            if isinstance(value, str) and _SENTENCE.search(value):
                hint = say("若是说明文字，请移到数据右边或删除。", "If it is a note, move it beside the data or delete it.")
                self.value_fault(row, self.table.columns["employee_id"], value, say("不像工号", "is hardly the number of a person"), hint)

    def as_shown(self, column: Column, values):
        """Percentages as percentages where the column takes none: Excel stores 95% as 0.95."""
        if not self.scan.percent or column.kind not in ("number", "integer") or takes_percent(column):
            return values
        place = self.places[column.name] + 1
        return [
            f"{value * 100:.15g}%" if type(value) in (int, float) and (row, place) in self.scan.percent else value
            for row, value in zip(self.numbers, values, strict=True)
        ]

    def check_digits(self, column: Column, values, clauses: set[str]) -> None:
        """Codes typed as numbers: beyond 15 digits Excel has changed them, and 2.10 became 2.1."""
        if column.kind not in ("id", "employee", "clause") or float not in set(map(type, values)):
            return
        hint = say("请设为文本格式后重填。", "Enter it again as text.")
        for row, value in zip(self.numbers, values, strict=True):
            if type(value) is not float:
                continue
            if abs(value) >= _SAFE_DIGITS:
                problem = say("数字超过 15 位，Excel 已改动末尾几位", "has more than 15 digits, of which Excel has changed the last")
                self.value_fault(row, column, value, problem, hint)
            elif column.kind == "clause" and {f"{value:g}", f"{value:g}0"} <= clauses:
                problem = say(f"作为数字分不清是 {value:g} 还是 {value:g}0", f"as a number may be {value:g} or {value:g}0")
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


def _familiar() -> set[str]:
    """Headings of the shared vocabulary, which this policy may not read; they are no typing errors."""
    return {plain(entry.get("heading", "")) for entry in vocabulary()["columns"].values()}
