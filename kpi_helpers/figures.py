"""数据项: which figures there are when a clause is computed, and which of them it uses, all known before anything is scored."""

from __future__ import annotations

import re
from inspect import signature

from kpi_helpers.arguments import COMMON, ByColumn, Named, hints, marks
from kpi_helpers.columns import NUMERIC, TEXT, Table
from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.filters import NUMBER_TESTS, columns_of
from kpi_helpers.language import say
from kpi_helpers.policy import Clause

# a unit may look at its own figures and at those of the wider units it belongs to
VISIBLE = {"employee": ("employee", "group", "department"), "group": ("group", "department"), "department": ("department",)}


class Figures:
    """The figures of one policy, in the order of computation."""

    def __init__(self, tables: dict[str, Table], order: list[Clause]):
        self.tables, self.order = tables, order

    def check(self, wheres: dict[str, str], faults: list[Fault]) -> None:
        """Every figure and column that a clause names is there when the clause is computed; faults say what is not."""
        made: dict[str, set[str]] = {per: {"status"} if per == "employee" else set() for per in VISIBLE}
        self.words = {"status"}
        later = {clause.result: clause for clause in reversed(self.order) if clause.result}
        for clause in self.order:
            if clause.rule is not None and needs_table(clause) and clause.table not in self.tables:
                problem = say(f"没有数据表“{clause.table}”。", f"there is no table '{clause.table}'.")
                faults.append(Fault(wheres[clause.id], problem, did_you_mean(clause.table, [one.sheet for one in self.tables.values()])))
                continue
            for name, per in used_figures(clause, self.tables.get(clause.table)):
                seen = set().union(*(made[one] for one in VISIBLE[per]))
                if name in seen or self.column(name) is not None:
                    continue
                faults.append(Fault(wheres[clause.id], *self.lacking(name, per, seen, made, later)))
            for name in used_columns(clause):
                table = self.tables.get(clause.table)
                if table is None or table.column(name) is None:
                    known = [] if table is None else [one.heading for one in table.columns.values()]
                    sheet = clause.table if table is None else table.sheet
                    problem = say(f"“{sheet}”没有列“{name}”。", f"'{clause.table}' has no column '{name}'.")
                    faults.append(Fault(wheres[clause.id], problem, did_you_mean(name, known)))
            faults += [Fault(wheres[clause.id], problem) for problem in self.misfits(clause)]
            if clause.result:
                made[clause.per].add(clause.result)
                self.words.discard(clause.result)
                self.words |= {clause.result} if self.gives_words(clause) else set()

    def gives_words(self, clause: Clause) -> bool:
        """Is the clause's result a word (a grade)?"""
        bands, column = clause.arguments.get("bands") or (), clause.arguments.get("column")
        if getattr(clause.rule, "words", False) or any(isinstance(band.get("give"), str) for band in bands):
            return True
        table = self.tables.get(clause.table)
        found = table.column(column) if clause.rule.__name__ == "earlier" and table is not None else None
        return found is not None and found.kind in TEXT

    def is_words(self, name: str) -> bool:
        """Is a figure a word or a date, which nothing can be reckoned with?"""
        if name in self.words:
            return True
        made = any(clause.result == name for clause in self.order)
        found = None if made else self.column(name)
        return found is not None and found[1].kind not in (*NUMERIC, "bool")

    def misfits(self, clause: Clause):
        """What does not fit: words where numbers are needed, an argument that its table cannot serve."""
        if clause.rule is None:
            return
        table, kinds = self.tables.get(clause.table), hints(clause.rule) | COMMON
        rows = {name for name in clause.arguments if "row" in marks(kinds.get(name, object))}
        numbers = {clause.measure, *(one for one in clause.measures if isinstance(one, str))} - {None}
        for argument, value in clause.arguments.items():
            own = {name for name in _named(value, columns=False) if argument not in rows or table is None or table.column(name) is None}
            numbers |= own
            if argument in rows and table is not None:
                columns = (table.column(name) for name in set(_named(value, columns=False)) - own)
                yield from (_no_number(column.heading) for column in columns if column.kind not in (*NUMERIC, "bool"))
        yield from (_no_number(name) for name in sorted(numbers) if self.is_words(name))
        for name in sorted({name for one in clause.who for name, tests in one.items() if tests.keys() & set(NUMBER_TESTS)} & self.words):
            yield _no_number(name)
        check = getattr(clause.rule, "check_clause", None)
        if check is not None and (table is not None or not needs_table(clause)):
            yield from check(clause, table)

    def column(self, name: str):
        """(table, column) of a figure that a sheet delivers, written 列名 or 表名.列名."""
        sheet, _, heading = name.rpartition(".")
        for table in self.tables.values():
            if (sheet in (table.name, table.sheet) if sheet else not table.all_periods) and table.column(heading) is not None:
                return table, table.column(heading)
        return None

    def lacking(self, name: str, per: str, seen: set, made: dict, later: dict) -> tuple[str, str]:
        """What is wrong with a figure that is not there, and what to do."""
        narrower = next((one for one in VISIBLE if one not in VISIBLE[per] and name in made[one]), None)
        if narrower:
            return (
                say(
                    f"“{name}”是每人（每组）的数，不能直接用于{_UNITS[per]}。",
                    f"'{name}' is a figure of each {narrower}, not of the {per}.",
                ),
                say("先用 pooled 汇总。", "Pool it first with the rule pooled."),
            )
        if name in later:
            maker = later[name]
            return (
                say(f"“{name}”要到条款 {maker.id} 才得出。", f"'{name}' is only made by clause {maker.id}."),
                say(f'把本条移到其后，或写 after: "{maker.id}"。', f'Move this clause behind it, or write after: "{maker.id}".'),
            )
        known = [*sorted(seen), *(one.heading for table in self.tables.values() for one in table.columns.values())]
        if re.fullmatch(r"-?\d+(\.\d+)?\s*[%％]", name):
            return say(f"“{name}”不是数的写法。", f"'{name}' is no number."), say("百分数写成小数，如 0.05。", "Write a per cent as 0.05.")
        if re.search(r"[*/+×÷=()（）]", name):
            hint = say(
                "没有算式：用 sum_of、difference、product_of、ratio 等规则。", "There are no formulas: use sum_of, product_of, ratio."
            )
            return say(f"“{name}”像是算式。", f"'{name}' looks like a formula."), hint
        return say(f"没有数据项“{name}”。", f"there is no figure '{name}'."), did_you_mean(name, known)


_UNITS = {"employee": "个人", "group": "小组", "department": "部门"}


def needs_table(clause: Clause) -> bool:
    """Does the clause read a sheet's rows? Some rules do so only where no `who` says for whom they are."""
    reads = "records" in signature(clause.rule).parameters or hasattr(clause.rule, "table")
    return reads and not (clause.who and getattr(clause.rule, "who_or_records", False))


def _no_number(name: str) -> str:
    return say(
        f"“{name}”是文字或日期，不能当数用；文字换成数请用 {{by: {name}, …}}。",
        f"'{name}' is a word or a date, no number; turn words into numbers with {{by: {name}, …}}.",
    )


def used_figures(clause: Clause, table: Table | None = None) -> list[tuple[str, str]]:
    """Every figure that a clause names, with the kind of unit whose figure it is."""
    if clause.rule is None:
        return []
    names = [clause.measure, *(one for one in clause.measures if isinstance(one, str)), *columns_of(clause.who)]
    kinds = hints(clause.rule) | COMMON
    filters = [name for name, kind in kinds.items() if "filter" in marks(kind) and clause.arguments.get(name)]
    members = [(name, "employee") for argument in filters for name in columns_of(clause.arguments[argument])]
    pooled = getattr(clause.rule, "pools", False)  # its measure is that of the members
    per = "employee" if pooled and clause.per != "employee" else clause.per
    found = [(name, per if name in (clause.measure, *clause.measures) else clause.per) for name in names if name]
    for argument, value in clause.arguments.items():
        kind = marks(kinds.get(argument, object))
        if argument in filters or argument == "missing":
            continue
        inside = list(_texts(value)) if "figure" in kind else []
        own = per if pooled and "figure" in kind else clause.per
        found += [(name, own) for name in [*inside, *_named(value)] if "row" not in kind or table is None or table.column(name) is None]
    return [*dict.fromkeys(found + members)]


def used_columns(clause: Clause) -> list[str]:
    """Every column of its table that a clause names."""
    if clause.rule is None:
        return []
    kinds = hints(clause.rule)
    return [
        name for argument, value in clause.arguments.items() if "column" in marks(kinds.get(argument, object)) for name in _texts(value)
    ]


def _texts(value):
    """The names inside an argument: itself, the items of a list, the keys of a dict."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value:
            yield from _texts(one)


def _named(value, columns: bool = True):
    """The figures that stand where a number may stand, and the columns that numbers go by."""
    if isinstance(value, Named):
        yield value.name
    elif isinstance(value, ByColumn):
        yield from [value.column] if columns else []
    elif isinstance(value, list):
        for one in value:
            yield from _named(one, columns)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _named(one, columns)
