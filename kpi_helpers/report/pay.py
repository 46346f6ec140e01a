"""工资: what the ledger's yuan lines come to, per person and per clause."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from kpi_helpers.language import say
from kpi_helpers.numbers import exact, is_missing
from kpi_helpers.report.grids import Column, Grid, bars
from kpi_helpers.report.words import status_word

if TYPE_CHECKING:  # a view has its pay, not the other way round
    from kpi_helpers.report.views import View


class Pay:
    """工资: the yuan lines of the ledger, per person and clause; a person without a published total gets none."""

    def __init__(self, view: View):
        self.view = view
        self.clauses: dict[str, str] = {}
        self.lines: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for row in view.ledger:
            if row["unit"] == "元" and row["employee_id"] is not None and row["value"] is not None:
                self.clauses[row["clause"]] = row["title"]
                self.lines[row["employee_id"]][row["clause"]] += row["value"]
        frame = view.result.employees
        paid = [one.name for one in view.shown(frame) if one.role == "pay"]
        columns = [exact(frame[name]) for name in (["total"] if "total" in paid else paid)]
        self.published = {unit: any(not is_missing(column[i]) for column in columns) for i, unit in enumerate(frame.index)}

    def total(self, employee_id) -> Fraction | None:
        """合计 in 元 of one person; None while the result is not published."""
        return sum(self.lines[employee_id].values(), Fraction(0)) if self.published.get(employee_id) else None

    def grand_total(self) -> Fraction:
        return sum((self.total(unit) or 0 for unit in self.published), Fraction(0))

    def grid(self) -> Grid:
        """A row per person with every pay line and their sum."""
        view, order = self.view, [clause.id for clause in self.view.policy.clauses if clause.id in self.clauses]
        frame = view.result.employees
        columns = [Column(say("工号", "id")), Column(say("姓名", "name")), Column(say("状态", "status"))]
        columns += [Column(f"{id} {self.clauses[id]}", "元") for id in order] + [Column(say("合计", "total"), "元")]
        grid = Grid(say("工资", "Payroll"), columns, [])
        for row, (unit, status) in enumerate(zip(frame.index, frame["status"], strict=True)):
            amounts = [self.lines[unit].get(id, Fraction(0)) if self.published[unit] else None for id in order]
            grid.rows.append([unit, view.names.get(unit), status_word(status), *amounts, self.total(unit)])
            if view.assumed.get(unit) and self.published[unit]:
                grid.assumed.add((row, len(columns) - 1))
        return grid

    def by_clause(self) -> Grid:
        """Each pay clause: how many people and how much, with the sum."""
        paid = [unit for unit, published in self.published.items() if published]
        columns = [
            Column(say("条款", "clause")),
            Column(say("内容", "title")),
            Column(say("人数", "people")),
            Column(say("金额", "amount"), "元"),
            Column(say("图", "chart")),
        ]
        grid = Grid(say("各项金额", "Pay by clause"), columns, [])
        for clause in self.view.policy.clauses:
            amounts = [self.lines[unit][clause.id] for unit in paid if clause.id in self.lines[unit]]
            if clause.id in self.clauses:
                grid.rows.append([clause.id, clause.title, len(amounts), sum(amounts, Fraction(0))])
        for row, bar in zip(grid.rows, bars([row[3] for row in grid.rows]), strict=True):
            row.append(bar)
        grid.total = [say("合计", "total"), None, None, self.grand_total(), None]
        return grid
