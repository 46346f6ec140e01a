"""工资导入: the pay of everybody who has one, as plain columns that a payroll program reads."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.numbers import half_up
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.sheets import Sheets
from kpi_helpers.report.views import View


@dataclass(frozen=True)
class Payroll:
    """工资导入: the rows to be paid, their sum, and what the ledger says for the same people."""

    grid: Grid
    total: Fraction
    ledger: Fraction

    @classmethod
    def of(cls, view: View) -> Payroll:
        """One row a person with published pay: 工号, 姓名, 期间, every pay clause of the policy, 应发合计.

        The columns are those of the policy, not of the month, so that a payroll program meets the same ones every month.
        Amounts are whole fen; what lines with parts of a fen leave between them and the rounded sum stands under 尾差.
        """
        pay, period = view.pay, str(view.policy.period)
        items = [clause for clause in view.policy.clauses if clause.id in pay.clauses or _pays(clause)]
        rows, rests = [], []
        for unit in (unit for unit, published in pay.published.items() if published):
            amounts = [half_up(pay.lines[unit].get(clause.id, Fraction(0))) for clause in items]
            due = half_up(pay.total(unit))
            rests.append(due - sum(amounts, Fraction(0)))
            rows.append([unit, view.names.get(unit), period, *amounts, due])
        columns = [Column(say("工号", "id")), Column(say("姓名", "name")), Column(say("期间", "period"))]
        columns += [Column(f"{clause.id} {clause.title}", "元") for clause in items]
        if any(rests):
            columns.append(Column(say("尾差", "rounding"), "元"))
            for row, rest in zip(rows, rests, strict=True):
                row.insert(-1, rest)
        columns.append(Column(say("应发合计", "gross pay"), "元"))
        ledger = sum((line["value"] for line in view.ledger if _paid(line, pay.published)), Fraction(0))
        return cls(Grid(say("工资导入", "Payroll import"), columns, rows), sum((row[-1] for row in rows), Fraction(0)), ledger)

    def write(self, sheets: Sheets) -> str:
        """The sheet: headings and values, nothing else; ids are texts, amounts have two decimals. Returns its name."""
        sheet = sheets.new(self.grid.title)
        text, amount = sheets.plain(num_format="@"), sheets.plain(num_format="0.00")
        widths = [min(max(sheets.text(sheet, 0, x, column.title, text), 12), 40) + 2 for x, column in enumerate(self.grid.columns)]
        for x, width in enumerate(widths):
            sheet.set_column(x, x, width)
        for y, row in enumerate(self.grid.rows, 1):
            for x, value in enumerate(row):
                if isinstance(value, Fraction):
                    sheet.write_number(y, x, float(value), amount)
                elif value is not None:
                    sheets.text(sheet, y, x, value, text)
        sheet.ignore_errors({"number_stored_as_text": f"A1:C{len(self.grid) + 1}"})
        sheets.paginate(sheet, widths, 2)
        return sheet.get_name()


def _pays(clause) -> bool:
    """Does a clause post yuan to people? The one that gives the policy's total only adds up what others have posted."""
    return clause.rule is not None and clause.unit == "元" and clause.per == "employee" and clause.result != "total"


def _paid(line: dict, published: dict) -> bool:
    return line["unit"] == "元" and line["value"] is not None and published.get(line["employee_id"], False)
