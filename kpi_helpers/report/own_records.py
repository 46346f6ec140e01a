"""本人的记录: the rows of the workbook behind a person's lines, told without anybody else's name or number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from kpi_helpers.columns import Table
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.numbers import constant, exact, is_missing, total
from kpi_helpers.policy import Clause
from kpi_helpers.report.views import plain
from kpi_helpers.report.words import show
from kpi_helpers.result import Result

MOST = 6  # records that are told one by one; of more the number and the span of days
_COUNTED_ONE_BY_ONE = ("deduction", "addition", "restitution")
_TOLD = ("evidence", "reason")  # what HR wrote about the event itself
_ID = re.compile(r"[0-9A-Za-z_-]+")
_PLAIN_ID = 3  # a shorter number, as in 迟到 5 分钟, is no sure mention of anybody


class Veil:
    """他人: names and ids of other people, taken out of whatever is shown to one person."""

    def __init__(self, result: Result):
        people = result.employees
        names = people["name"] if "name" in people else [None] * len(people)
        self.of: dict[str, set[str]] = defaultdict(set)  # a name may be that of several people
        for id, name in zip(people.index, names, strict=True):
            self.of[str(id)].add(id)
            if not is_missing(name):
                self.of[str(name)].add(id)
        self.lengths = sorted({len(word) for word in self.of}, reverse=True)

    def mentions(self, text: str, id: str) -> bool:
        """Does a whole value name somebody else?"""
        return bool(self.of.get(text) and id not in self.of[text])

    def cover(self, text: str, id: str) -> str:
        """The text with every other person's name or id written over; the longest name first, so that 张伟民 is not 张伟 and a 民."""
        place, covered = 0, []
        while place < len(text):
            length = next((n for n in self.lengths if self._other(text, place, n, id)), 0)
            covered.append(self._cover(text[place : place + length]) if length else text[place])
            place += length or 1
        return "".join(covered)

    @staticmethod
    def _cover(word: str) -> str:
        """A number may as well be that of a recording, so nothing is said of what stood there."""
        return "***" if _ID.fullmatch(word) else say("（他人）", "(somebody)")

    def _other(self, text: str, place: int, length: int, id: str) -> bool:
        word = text[place : place + length]
        if len(word) < length or not self.mentions(word, id):
            return False
        if not _ID.fullmatch(word):
            return True
        beside = text[max(place - 1, 0) : place] + text[place + length : place + length + 1]
        return len(word) >= _PLAIN_ID and not re.search(r"[0-9A-Za-z_]", beside)


@dataclass(frozen=True)
class Record:
    """One row of the workbook about this person: its number, day and words."""

    words: str
    day: object
    place: tuple[str, int]


class Records:
    """The rows behind the lines of a result, by person and clause."""

    def __init__(self, result: Result, veil: Veil):
        self.result, self.veil = result, veil
        self._tables: dict[str, dict] = {}

    @cached_property
    def _own(self) -> dict[tuple, list[Record]]:
        """By person, clause and note."""
        found, ids = defaultdict(list), list(self.result.employees.index)
        for post in self.result.posts:
            note = post.lines.note if isinstance(post.lines.note, str) else ""
            for cells in _listed(post.lines.cells) if post.clause.per == "employee" else ():
                for row, unit in zip(cells.rows, cells.units, strict=True):
                    if unit >= 0:
                        self._add(found[ids[unit], post.clause.id, note], cells.table, int(row), ids[unit])
        return found

    def of(self, id: str, clause: str, note: str) -> list[str]:
        """What to tell of the rows behind one line of one person."""
        found = self._own.get((id, clause, note)) or self._own.get((id, clause, "")) or []
        records = list({one.place: one for one in found}.values())  # several columns of one row may stand behind a line
        if len(records) <= MOST:
            return [one.words for one in records if one.words]
        days = sorted(one.day for one in records if one.day is not None)
        if not days:
            return []
        return [
            say(
                f"{len(records)} 条记录，{show(days[0])} 至 {show(days[-1])}",
                f"{len(records)} records, {show(days[0])} to {show(days[-1])}",
            )
        ]

    def for_the_group(self) -> dict[str, list[tuple[Clause, str]]]:
        """What each person has on record that counts for the group, row by row: nobody else's rows."""
        found = defaultdict(list)
        for post in self.result.posts:
            for cells in _listed(post.lines.cells) if post.clause.per == "group" and post.clause.kind in _COUNTED_ONE_BY_ONE else ():
                frame = self.result.inputs[cells.table]
                if "employee_id" not in frame or not _one_by_one(post.lines, cells, frame):
                    continue
                owners = frame["employee_id"].to_numpy(dtype=object)
                for row in map(int, np.unique(cells.rows[cells.units >= 0])):
                    if not is_missing(owners[row]):
                        mine: list[Record] = []
                        self._add(mine, cells.table, row, owners[row])
                        found[owners[row]] += [(post.clause, one.words) for one in mine]
        return found

    def _add(self, records: list[Record], table: str, row: int, id: str) -> None:
        known = self.result.policy.tables[table]
        values = {name: plain(array[row]) for name, array in self._columns(table).items()}
        values = {name: value for name, value in values.items() if value is not None}
        if values.get("employee_id", id) == id:
            day = values.get("date") if known.day is None or known.day not in values else values[known.day]
            records.append(Record(self._words(known, values, day, id), day, (table, row)))

    def _columns(self, table: str) -> dict:
        """The columns of a table of which anything is told, by name."""
        if table not in self._tables:
            frame, known = self.result.inputs[table], self.result.policy.tables[table]
            wanted = dict.fromkeys(["employee_id", known.day, "date", "count", *_TOLD, *known.key])
            self._tables[table] = {name: frame[name].array for name in wanted if name in frame}
        return self._tables[table]

    def _words(self, table: Table, values: dict, day, id: str) -> str:
        """S003 · 10-09 · ×2 · 录音核实."""
        number = next((values[name] for name in table.key if name.endswith("_id") and name != "employee_id" and name in values), None)
        told = [] if number is None else [self.veil.cover(str(number), id)]
        told += [] if day is None else [show(day)]
        count = values.get("count", Fraction(1))
        told += [] if count == 1 or table.name != "events" else [f"×{show(count)}"]
        told += [self.veil.cover(str(values[name]), id) for name in _TOLD if name in values]
        return " · ".join(told)


def _one_by_one(lines: Lines, cells: Cells, frame) -> bool:
    """Does every row count for itself, as an event does and an exam that is one of many in an average does not?"""
    known = cells.units >= 0
    counts = exact(frame["count"].array[cells.rows[known]]) if "count" in frame else constant(1, int(known.sum()))
    return lines.quantity is not None and total(lines.quantity[~lines.quantity.isna()]) == total(counts)


def _listed(cells) -> list[Cells]:
    return [] if cells is None else cells if isinstance(cells, list) else [cells]
