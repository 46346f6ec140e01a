"""The open book of one scoring: checked tables, one frame per kind of unit, and what the clauses post."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property, partial

import numpy as np
import pandas as pd

from kpi_helpers import events
from kpi_helpers.arguments import ByColumn, Named
from kpi_helpers.calendar import Period, Workdays, calendar_exceptions, in_period, workdays_of
from kpi_helpers.checks import blocks
from kpi_helpers.errors import Fault, PolicyError, did_you_mean
from kpi_helpers.filters import NUMBER_TESTS, columns_of, matches
from kpi_helpers.flags import Flag
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Post, Records
from kpi_helpers.numbers import ExactArray, added, added_again, exact, half_up, missing, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.statuses import graver, lacking
from kpi_helpers.tables import NOT_APPLICABLE, Tables

_WIDER = {"employee": ("group", "department"), "group": ("department",), "department": ()}


class Book:
    """台账: everything a rule may look at (tables, units, results so far) and all it may leave behind.

    people, groups, department: frames indexed by id, a column per fact and per result so far.
    """

    def __init__(self, policy: Policy, tables: Tables):
        self.policy, self.period = policy, policy.period
        self.tables = tables
        self.posts: list[Post] = []
        self.flags: list[Flag] = []
        self.errors: list[Callable[[], list[dict]]] = [partial(list, tables.refused)] if tables.refused else []
        self.outputs: dict[str, object] = {}
        self.kept: dict[str, object] = {}  # what a clause leaves for later ones of its scheme; shown nowhere
        self.clause: Clause | None = None  # the one being computed
        self.people = _units(tables.get("employees"), "employee_id")
        self.groups = self._open_groups()
        self.department = pd.DataFrame(index=pd.Index(["department"], name="department"))
        self.people["status"] = np.full(len(self.people), "complete", dtype=object)
        self.missing: dict[str, list] = {}
        self.excused: dict[tuple[str, str], np.ndarray] = {}
        self._units_of: dict[tuple[str, str], np.ndarray] = {}
        self._told: dict[tuple, object] = {}
        self.facts = self.found_events()
        self.events = self.facts.counted(self.overruled(self.facts))
        self._events_of = events.rows_by_clause(self.events)
        self.mark([row["employee_id"] for row in self.refused() if "employee_id" in row and blocks(policy, row)], "error")

    def _open_groups(self):
        ids = [self.tables[name]["group_id"] for name in self.tables if "group_id" in self.tables[name]]
        found = pd.unique(pd.concat(ids).dropna()) if ids else []
        return pd.DataFrame(index=pd.Index(sorted(found), name="group_id", dtype=object))

    def found_events(self) -> events.Facts:
        """The events of the period, and which of them are of one fact."""
        return events.facts(self)

    def overruled(self, found: events.Facts) -> np.ndarray:
        """The events that do not count because another one of the same fact does."""
        return events.overruled(self, found)

    # -- looking things up ----------------------------------------------------------------------------------------

    def units(self, per: str) -> pd.DataFrame:
        """The frame of one kind of unit: employee, group or department."""
        return {"employee": self.people, "group": self.groups, "department": self.department}[per]

    def table(self, name: str) -> pd.DataFrame:
        """A table of valid rows; empty where nothing was delivered."""
        return self.tables[name]

    def once(self, make, *given):
        """What `make` says of the tables and of what is given, and of nothing else: reckoned once for all trials of a replay."""
        if (make, *given) not in self._told:
            self._told[make, *given] = make(self.tables, *given)
        return self._told[make, *given]

    def delivered(self, name: str) -> bool:
        """Was this sheet handed in, be it empty?"""
        return name in self.tables.delivered

    def codes(self, ids, per: str = "employee") -> np.ndarray:
        """Row numbers of ids in the units' frame, -1 where unknown."""
        return self.units(per).index.get_indexer(pd.Index(ids, dtype=object))

    def unit_codes(self, frame: pd.DataFrame, per: str) -> np.ndarray:
        """Which unit each row of a table belongs to; a row without a group belongs to its person's group."""
        if per == "department":
            return np.zeros(len(frame), dtype=np.intp)
        if per == "employee":
            return self.codes(frame["employee_id"]) if "employee_id" in frame else np.full(len(frame), -1)
        own = frame["group_id"] if "group_id" in frame else pd.Series([None] * len(frame), index=frame.index, dtype=object)
        if "employee_id" in frame and "group_id" in self.people:
            person = self.codes(frame["employee_id"])
            groups = np.append(self.people["group_id"].to_numpy(dtype=object), [None])
            own = own.where(own.notna(), pd.Series(groups[person], index=frame.index))
        return self.codes(own, "group")

    def records(self, clause: Clause) -> Records:
        """The rows that a clause counts: its events, or the rows of its table that fulfil `when`.

        Rows of a table are the very same Records in all trials of a replay, so that `once` can keep what is made of them.
        """
        if clause.table == "events" and "clause" in columns_of(clause.when):  # events that stand under other clauses
            return self._records(clause, self.events, np.flatnonzero(self.events["kept"].to_numpy(dtype=bool)))
        if clause.table == "events":
            return self._records(clause, self.facts.frame, self._events_of.get(clause.id, np.zeros(0, dtype=np.intp)))
        key = ("records", clause.table, clause.per, repr(clause.when))
        if key not in self._told:
            frame = self.tables[clause.table]
            self._told[key] = self._records(clause, frame, np.arange(len(frame)))
        return self._told[key]

    def _records(self, clause: Clause, frame: pd.DataFrame, rows: np.ndarray) -> Records:
        if clause.when:
            rows = rows[matches(frame.iloc[rows], clause.when)]
        if (clause.table, clause.per) not in self._units_of:
            self._units_of[clause.table, clause.per] = self.unit_codes(frame, clause.per)
        units = self._units_of[clause.table, clause.per][rows]
        day = self.policy.tables[clause.table].day if clause.table in self.policy.tables else None
        return Records(clause.table, frame, rows[units >= 0], units[units >= 0], len(self.units(clause.per)), day)

    def column(self, name: str, per: str = "employee") -> ExactArray:
        """A measure (数据项) as numbers; yes and no are 1 and 0."""
        values = self.figure(name, per)
        try:
            return (
                exact(values)
                if isinstance(values, ExactArray)
                else exact([int(v) if isinstance(v, (bool, np.bool_)) else v for v in values])
            )
        except ValueError:
            problem = say(f"数据项“{name}”不是数字。", f"'{name}' is not a number.")
            hint = say("文字换成数请用 {by: 列, …}。", "Turn words into numbers with {by: column, …}.")
            raise PolicyError(Fault(self.place, problem, hint)) from None

    def figure(self, name: str, per: str = "employee"):
        """数据项 of any kind: a fact or an earlier result of each unit or of its group or department, or a column of a sheet."""
        frame = self.units(per)
        if name in frame:
            return frame[name].array
        if name == frame.index.name:
            return frame.index.array
        for wider in _WIDER[per]:
            if name in self.units(wider):
                return self.units(wider)[name].array.take(self.owners(per, wider), allow_fill=True)
        found = self.source(name)
        if found is None and any(table.column(name.rpartition(".")[2]) for table in self.policy.tables.values()):
            return missing(len(frame))  # a column that may be left out, and was
        if found is None:
            known = [*frame.columns, *(c for t in self.policy.tables.values() for c in t.columns)]
            raise PolicyError(Fault(self.place, say(f"没有数据项“{name}”。", f"there is no measure '{name}'."), did_you_mean(name, known)))
        table, column = found
        if table == "employees" and per == "employee":
            return frame[column].array
        return self._one_per_unit(table, column, per)

    def owners(self, per: str, wider: str) -> np.ndarray:
        """Which wider unit each unit belongs to, -1 for none."""
        if wider == per:
            return np.arange(len(self.units(per)))
        if wider == "department":
            return np.zeros(len(self.units(per)), dtype=np.intp)
        groups = self.people.get("group_id")
        return np.full(len(self.people), -1) if groups is None else self.codes(groups, "group")

    def _one_per_unit(self, table: str, column: str, per: str):
        """A column of a sheet with one row per unit, or per group or department that the unit belongs to."""
        rows = self.tables[table]
        own = "employee" if "employee_id" in rows else "group" if "group_id" in rows else "department"
        level = per if own == "employee" else own
        units = self.unit_codes(rows, level)
        known = np.flatnonzero(units >= 0)
        if len(np.unique(units[known])) < len(known):
            problem = say(
                f"“{column}”在“{self.policy.tables[table].sheet}”中每人（每组）不止一行。",
                f"'{column}' has several rows per unit in '{table}'.",
            )
            raise PolicyError(Fault(self.place, problem, say("请先用 tally 规则汇总。", "Tally it with a rule first.")))
        place = np.full(len(self.units(level)), -1)
        place[units[known]] = known
        values = rows[column].array.take(place, allow_fill=True)
        return values if level == per else values.take(self.owners(per, level), allow_fill=True)

    def source(self, name: str):
        """(table, column) of a figure that a sheet delivers, by English name or Chinese heading, or as 表名.列名; None if none does."""
        sheet, _, heading = name.rpartition(".")
        for table in self.policy.tables.values():
            named = sheet in (table.name, table.sheet) if sheet else not table.all_periods or self.policy.module is not None
            column = table.column(heading) if named else None
            if column is not None and (column.name in self.tables[table.name] or column.required):
                return table.name, column.name
        return None

    def cells(self, name: str, per: str = "employee") -> Cells | None:
        """The cells behind a measure that comes straight from a table."""
        found = None if name in self.units(per) and name not in self.tables.get("employees", ()) else self.source(name)
        if found is None:
            return None
        rows = self.tables[found[0]]
        return Cells(found[0], np.arange(len(rows)), self.unit_codes(rows, per), found[1])

    def amount(self, value, per: str = "employee"):
        """A number argument as arithmetic needs it: by-column and named numbers become columns, also inside lists and dicts."""
        if isinstance(value, Named):
            return self.column(value.name, per)
        if isinstance(value, ByColumn):
            known = self.clause is not None and per == self.clause.per
            return self._by_column(
                value, self.figure(value.column, per), self._concerned if known else np.ones(len(self.units(per)), dtype=bool)
            )
        if isinstance(value, list):
            return [self.amount(one, per) for one in value]
        return {key: self.amount(one, per) for key, one in value.items()} if isinstance(value, dict) else value

    def row_amount(self, value, records: Records, per: str = "employee"):
        """A number for each counted row: of a column of the table, or else of the unit that the row belongs to."""
        if isinstance(value, list):
            return [self.row_amount(one, records, per) for one in value]
        if isinstance(value, dict):
            return {key: self.row_amount(one, records, per) for key, one in value.items()}
        if not isinstance(value, (ByColumn, Named)):
            return value
        name = value.column if isinstance(value, ByColumn) else value.name
        if self.policy.tables[records.table].column(name) is None:
            return self.amount(value, per)[records.units]
        if isinstance(value, Named):
            return self.numbers(records, name)
        return self._by_column(value, records.values(self.policy, name), self._concerned[records.units])

    def numbers(self, records: Records, name: str) -> ExactArray:
        """A column of the counted rows as numbers; yes and no are 1 and 0."""
        values = records.values(self.policy, name)
        try:
            return exact(values if isinstance(values, ExactArray) else [int(v) if isinstance(v, (bool, np.bool_)) else v for v in values])
        except ValueError:
            raise PolicyError(Fault(self.place, say(f"列“{name}”不是数字。", f"column '{name}' holds no numbers."))) from None

    def points_by_column(self, value: ByColumn, ids, rows: np.ndarray) -> ExactArray:
        """The number of each person, once for every row of a table; only the people of the marked rows need one."""
        codes = self.codes(ids)
        inside = np.isin(np.arange(len(self.people)), codes[rows])
        return self._by_column(value, self.figure(value.column), inside).take(codes, allow_fill=True)

    def _by_column(self, value: ByColumn, keys, inside: np.ndarray) -> ExactArray:
        """按列取值: the number of each key; an unlisted key of somebody whom the clause concerns is an error unless it says otherwise."""
        codes, words = pd.factorize(np.asarray(keys, dtype=object))
        words = [str(word) for word in words]
        unknown = sorted({words[code] for code in np.unique(codes[inside & (codes >= 0)])} - value.values.keys())
        if unknown and value.otherwise is None:
            listed = "、".join(unknown)
            problem = say(f"按“{value.column}”取值时没有：{listed}。", f"no value by '{value.column}' for: {listed}.")
            raise PolicyError(Fault(self.place, problem, say("请补上，或写 otherwise。", "List it, or write otherwise:.")))
        return exact([*(value.values.get(word, value.otherwise) for word in words), None])[codes]

    def chosen(self, clause: Clause) -> np.ndarray:
        """For which units a clause holds: those whom its `who` names, else all."""
        return self.fitting(clause.who, clause.per)

    def concerned(self, clause: Clause) -> np.ndarray:
        """For which units a clause has to know everything: those for whom it holds and who are assessed at all."""
        return self.chosen(clause) & self.assessed() if clause.per == "employee" else self.chosen(clause)

    @property
    def _concerned(self) -> np.ndarray:
        return self.concerned(self.clause)

    @property
    def place(self) -> str:
        """Where a fault of the policy lies: the file and the clause being computed."""
        return self.policy.path if self.clause is None else f"{self.policy.path} {self.clause.id} {self.clause.title}"

    def undecided(self, clause: Clause) -> dict[str, np.ndarray]:
        """For whom a blank number or date of a sheet leaves open whether the clause holds, by the name of what is blank."""
        results, holds, found = {other.result for other in self.policy.order}, self.chosen(clause), {}
        for alternative in clause.who:
            sized = [name for name, tests in alternative.items() if tests.keys() & NUMBER_TESTS.keys() and name not in results]
            blank = {name: pd.isna(pd.Series(self.figure(name, clause.per))).to_numpy(dtype=bool) for name in sized}
            possible = ~holds
            for name, tests in alternative.items():
                possible &= self.fitting([{name: tests}], clause.per) | blank.get(name, False)
            for name, missing_here in blank.items():
                found[name] = found.get(name, False) | (possible & missing_here)
        return found

    def fitting(self, conditions: list[dict], per: str) -> np.ndarray:
        """Which units fulfil a filter on their figures."""
        frame = self.units(per)
        seen = {name: pd.Series(self.figure(name, per), index=frame.index) for name in columns_of(conditions)}
        return matches(pd.DataFrame(seen, index=frame.index), conditions)

    @cached_property
    def _workdays(self) -> Workdays:
        return workdays_of(self.policy, self.once(calendar_exceptions))

    def workdays(self) -> Workdays:
        """工作日 calendar: the state's, corrected by the table calendar_exceptions."""
        return self._workdays

    def flag_unknown_years(self) -> None:
        """调休未定: days were counted in years whose official calendar is not out yet."""
        years = "、".join(map(str, sorted(self._workdays.unknown_years)))
        if years:
            title = say("放假安排未公布，工作日按周一至周五推算", "no official calendar yet, Monday to Friday counted as workdays")
            hint = say("请在“调休日历”中填写放假与调休日期，再重新计算。", "List holidays and make-up days, then run again.")
            self.flag("calendar_unknown", title, ["department"], None, "department", years, hint, "years")

    def in_period(self, days: pd.Series, period: Period | None = None) -> np.ndarray:
        """Which dates fall into the period; without a period all do, and a missing date does."""
        return in_period(days, period or self.period)

    # -- leaving results ------------------------------------------------------------------------------------------

    def take(self, clause: Clause, apply) -> None:
        """Compute a clause and post what it gives."""
        self.post(clause, apply(clause, self))

    def closed(self, close):
        """The finished result."""
        return close(self)

    def post(self, clause: Clause, given) -> None:
        """Post what a rule gave: an exact column, Lines or a list of Lines; None where it left its results itself."""
        outside = ~self.chosen(clause) if clause.who else None
        for lines in [] if given is None else given if isinstance(given, list) else [given]:
            lines = lines if isinstance(lines, Lines) else Lines(lines)
            if outside is not None:
                lines.value = where(outside, None, lines.value)
            self.keep_post(Post(clause, lines))
            if clause.result and (lines.result is not None or not isinstance(given, list)):
                self._name(clause, lines, outside)

    def keep_post(self, post: Post) -> None:
        self.posts.append(post)

    def _name(self, clause: Clause, lines: Lines, outside) -> None:
        """Give a result its name; several clauses of one name add up, words and figures of the others' people stay."""
        frame, result = self.units(clause.per), lines.value if lines.result is None else lines.result
        earlier = frame[clause.result].array if clause.result in frame else None
        if isinstance(result, ExactArray):
            if outside is not None:
                result = where(outside, None, result)
            if earlier is not None and not isinstance(earlier, ExactArray):
                problem = say(f"结果“{clause.result}”前面是文字，这里是数字。", f"'{clause.result}' is a word above and a number here.")
                raise PolicyError(Fault(clause.place or self.policy.path, problem, say("请换一个名称。", "Choose another name.")))
            if earlier is not None and (lines.result is None or outside is not None):
                both = result + earlier if lines.result is None else result
                result = where(result.isna(), earlier, where(earlier.isna(), result, both))
        elif outside is not None:
            before = np.full(len(frame), None, dtype=object) if earlier is None else np.asarray(earlier, dtype=object)
            stays = outside & ~(earlier is None and getattr(clause.rule, "keeps_others", False))
            result = np.where(stays, before, np.asarray(result, dtype=object))
        frame[clause.result] = result

    def posted(self, per: str, unit: str = "分", kinds=None, sections=None, clauses=None) -> ExactArray:
        """The running total of what was posted so far to each unit, filtered by kind, section or clause id."""
        columns = self.values_posted(per, unit, kinds, sections, clauses)
        asked = repr((self.clause and self.clause.id, per, unit, kinds, sections, clauses))
        if ("posted", asked) not in self._told:  # further trials start from the sum of the first run
            self._told["posted", asked] = columns, added(columns, len(self.units(per)))
        return added_again(columns, *self._told["posted", asked])

    def values_posted(self, per: str, unit: str, kinds=None, sections=None, clauses=None) -> list[ExactArray]:
        """What was posted so far to one kind of unit, posting by posting, filtered by kind, section or clause id."""
        values = []
        for post in self.posts:
            clause = post.clause
            fits = clause.per == per and (post.lines.unit or clause.unit) == unit
            fits = fits and (kinds is None or clause.kind in kinds) and (sections is None or clause.section in sections)
            if fits and (clauses is None or clause.id in clauses):
                values.append(post.lines.value)
        return values

    def mark(self, units, status: str, missing=None) -> None:
        """Set the status of people (mask or ids); a graver status wins. `missing` names what is lacking, per id or for all."""
        rows, current = np.flatnonzero(self.meant(units)), self.people["status"].to_numpy(dtype=object)
        raised = graver(current, rows, status)
        if raised is not current:
            self.people["status"] = raised
        if missing:
            self.missing |= lacking(self.missing, self.people.index[rows], missing)

    def meant(self, units) -> np.ndarray:
        """Which people are meant, as a mask: by a mask, or by ids."""
        masked = isinstance(units, np.ndarray) and units.dtype == bool
        return units if masked else np.isin(np.arange(len(self.people)), self.codes(units))

    def not_applicable(self, name: str, per: str = "employee") -> np.ndarray:
        """不适用: for which units a column of a sheet, or a figure made of it, does not apply, which is not the same as blank."""
        if (per, name) in self.excused:
            return self.excused[per, name]
        found = None if name in self.units(per) else self.source(name)
        marked = f"{found[1]}{NOT_APPLICABLE}" if found else ""
        if not found or marked not in self.tables[found[0]]:
            return np.zeros(len(self.units(per)), dtype=bool)
        return np.array([value is True or value == 1 for value in self._one_per_unit(found[0], marked, per)], dtype=bool)

    def excuse(self, clause: Clause, rows: np.ndarray) -> None:
        """Note for whom the result of a clause does not apply."""
        self.excused = {**self.excused, (clause.per, clause.result): rows}

    def assessed(self) -> np.ndarray:
        """Who is to get a result at all, be it complete or not."""
        return ~self.people["status"].isin(["out_of_scope", "not_assessed"]).to_numpy(dtype=bool)

    def lack(self, clause: Clause, rows: np.ndarray, name: str) -> None:
        """资料不全: people for whom a clause holds lack a figure; who is open already is not told what follows from that."""
        absent = clause.arguments.get("missing")
        filled = isinstance(absent, Fraction) and clause.measure is None and not clause.measures
        if clause.per != "employee" or absent == "skip" or filled or not rows.any():
            return
        rows = rows & self.chosen(clause) & self.assessed()
        if any(other.result == name for other in self.policy.order):
            rows &= self.complete()
        self.mark(rows, "incomplete", [name])

    def complete(self) -> np.ndarray:
        """Who has everything a published result needs."""
        return self.people["status"].to_numpy(dtype=object) == "complete"

    def flag(
        self,
        name: str,
        title: str,
        ids,
        clause: Clause | None,
        per: str = "employee",
        detail=None,
        note: str = "",
        term: str = "",
        line=None,
    ) -> None:
        """待人决定: a proposal for people to decide, of units named by ids or a mask, with its evidence in `detail` (see Flag).

        term: what the evidence is; line: what it is held against.
        """
        said = (clause.id, clause.source) if clause else ("", "")
        chosen = ids if isinstance(ids, np.ndarray) and ids.dtype == bool else tuple(ids)
        self.flags.append(Flag(name, title, self.units(per).index, chosen, *said, per, detail, note, term, line))

    def refuse(self, table: str, rows, reason: str, column: str = "", **keys) -> None:
        """Refuse rows (positions) of a table: they do not count and are listed with sheet, row, value and reason."""
        if len(rows):
            self.errors.append(partial(self.tables.refusals, table, rows, column, reason, **keys))

    def refused(self) -> list[dict]:
        """拒收行: every row refused so far, listed when somebody asks."""
        return [row for rows in self.errors for row in rows()]


def _units(frame: pd.DataFrame | None, key: str) -> pd.DataFrame:
    if frame is None or key not in frame:
        return pd.DataFrame(index=pd.Index([], name=key, dtype=object))
    units = frame.drop(columns="_row", errors="ignore").drop_duplicates(key).set_index(key)
    units.index = units.index.astype(object)
    return units


def published(book: Book, values: ExactArray) -> ExactArray:
    """公布值: rounded half-up to 0.01, and no value for people whose result is not complete."""
    return where(book.complete(), half_up(values), None)
