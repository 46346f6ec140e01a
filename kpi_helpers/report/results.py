"""结果工作簿: results.xlsx with numbers as numbers, text as text, and the same bytes for the same inputs."""

from __future__ import annotations

from datetime import datetime, time

import xlsxwriter

from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.report.cover import Cover, Part
from kpi_helpers.report.decisions import proposals
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.in_force import clauses, in_force
from kpi_helpers.report.looks import Looks
from kpi_helpers.report.payroll import Payroll
from kpi_helpers.report.sheets import Sheets, clean, text_width
from kpi_helpers.report.statements import statement_name
from kpi_helpers.report.views import View
from kpi_helpers.report.words import RATIO, basis_word, unit_word
from kpi_helpers.result import Result

_SHORT = 44  # digits of numbers in force that stand on one line of the ledger


def write_results(job: Job, result: Result, path) -> None:
    """封面, 人员, 小组, 其他结果, 台账, 工资, 工资导入, 待决定, 拒收行, 条款, 假设, 说明.

    A trial has no 工资导入: nobody may be paid by it.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        created = datetime.combine(job.period.last, time.min)  # not now: the same inputs give the same bytes
        book.set_properties({"created": created, "title": clean(job.title)})
        view = View(result)
        sheets = Sheets(book, Looks.of(view), f"{job.title} {view.policy.period}")
        cover, payroll = Cover(sheets), None if job.scenario else Payroll.of(view)
        parts = [Part(sheets.add(name, grid, **how), len(grid), about) for name, grid, about, how in _results(job, view)]
        if payroll is not None:
            about = say("供工资系统导入：一人一行，只含已公布的应发金额", "for the payroll program: one row a person with published pay")
            parts.append(Part(payroll.write(sheets), len(payroll.grid), about))
        parts += [Part(sheets.add(name, grid), len(grid), about) for name, grid, about in _behind(job, view)]
        cover.write(job, view, parts, payroll)


def _results(job: Job, view: View):
    """(name, grid, what it holds, how it is written) of every sheet of results."""
    yield say("人员", "People"), _with_slips(view.people(), job), say("每人的得分、等级、金额", "scores, grades and pay of everybody"), {}
    if len(view.groups()):
        yield say("小组", "Groups"), view.groups(), say("各小组的结果", "results of the groups"), {}
    for grid in view.others():
        yield grid.title, grid, say("办法规定的其他结果", "another result that the policy asks for"), {}
    ledger, about = _spelled(view), say("每一分、每一元的条款、数量与出处", "clause, quantity and evidence of each point and yuan")
    yield say("台账", "Ledger"), ledger, about, {}
    yield say("工资", "Payroll"), view.pay.grid(), say("每人每项金额与合计", "every pay line of everybody, with totals"), {"total": True}


def _behind(job: Job, view: View):
    """(name, grid, what it holds) of every sheet of what stands behind the results."""
    yield say("待决定", "To decide"), proposals(view), say("要人决定的事项与证据", "what people must decide, with the evidence")
    yield say("拒收行", "Refused"), view.refused(), say("没有计入的行与原因", "rows that did not count, and why")
    yield (
        say("条款", "Clauses"),
        clauses(view.policy, stated=False),
        say("计算的条款与生效的数值", "what is computed, with the numbers in force"),
    )
    yield say("假设", "Assumptions"), view.assumptions(), say("原文没有、暂填的数", "numbers that the document does not have")
    yield say("说明", "About"), _about(job, view), say("数据、办法与程序的版本", "versions of the data, the policy and the program")


def _with_slips(grid: Grid, job: Job) -> Grid:
    """The people, with the file of each one's statement and whether an assumption stands behind the result."""
    digest, assumed = job.digest(), {row for row, _ in grid.assumed}
    columns = [*grid.columns, Column(say("含假设", "assumption")), Column(say("绩效单", "statement"))]
    rows = [[*row, i in assumed, f"statements/{statement_name(digest, row[0])}"] for i, row in enumerate(grid.rows)]
    return Grid(grid.title, columns, rows, grid.assumed)


def _spelled(view: View) -> Grid:
    """The ledger in words: 原文, 解读, 假设 instead of the letters; whole tables of numbers are left to the sheet 条款."""
    grid = view.ledger_grid()
    basis, numbers, unit = _place(grid, "类别", "basis"), _place(grid, "生效数值", "in force"), _place(grid, "单位", "unit")
    rows = [list(row) for row in grid.rows]
    said = {text: in_force(view.policy, text or "") for text in {row[numbers] for row in rows}}  # the same for all lines of a clause
    for row in rows:
        row[basis], words = basis_word(row[basis]), said[row[numbers]]
        row[unit] = say(RATIO, "ratio") if row[unit] == RATIO else unit_word(row[unit])
        row[numbers] = words if text_width(words) <= _SHORT else say("见“条款”表", "see the sheet Clauses")
    return Grid(grid.title, grid.columns, rows, units=grid.units)


def _place(grid: Grid, zh: str, en: str) -> int:
    return [column.title for column in grid.columns].index(say(zh, en))


def _about(job: Job, view: View) -> Grid:
    rows = [list(fact) for fact in job.provenance(view.policy)]
    rows.append([say("金额", "amounts"), say("税前，元，四舍五入到分。", "Before tax, in yuan, half up to 0.01.")])
    return Grid(say("说明", "About"), [Column(say("项目", "item")), Column(say("内容", "content"))], rows)
