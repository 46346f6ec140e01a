"""数据项: which figures there are when a clause is computed, and which of them it uses, all known before anything is scored."""

from __future__ import annotations

from kpi_helpers.arguments import COMMON, ByColumn, Named, hints, marks
from kpi_helpers.columns import Table
from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.filters import columns_of
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
        later = {clause.result: clause for clause in reversed(self.order) if clause.result}
        for clause in self.order:
            for name, per in used_figures(clause):
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
            if clause.result:
                made[clause.per].add(clause.result)

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
        known = [*seen, *(one.heading for table in self.tables.values() for one in table.columns.values())]
        return say(f"没有数据项“{name}”。", f"there is no figure '{name}'."), did_you_mean(name, known)


_UNITS = {"employee": "个人", "group": "小组", "department": "部门"}


def used_figures(clause: Clause) -> list[tuple[str, str]]:
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
        if argument in filters or "row" in kind:
            continue
        inside = list(_texts(value)) if "figure" in kind else []
        found += [(name, clause.per) for name in [*inside, *_named(value)]]
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


def _named(value):
    """The figures that stand where a number may stand."""
    if isinstance(value, Named):
        yield value.name
    elif isinstance(value, ByColumn):
        yield value.column
    elif isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _named(one)
