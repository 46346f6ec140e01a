"""结果工作簿: results.xlsx with numbers as numbers, text as text, and the same bytes for the same inputs."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from fractions import Fraction

import xlsxwriter

from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.report.statements import statement_name
from kpi_helpers.report.views import Column, Grid, View
from kpi_helpers.report.words import basis_word, show
from kpi_helpers.result import Result

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # Excel's limit for one cell is 32,767


def write_results(job: Job, result: Result, path) -> None:
    """人员, 小组, 其他结果, 台账, 工资, 待决定, 拒收行, 假设, 说明."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(job.period.last.year, job.period.last.month, job.period.last.day), "title": job.title})
        sheets = _Sheets(book)
        for name, grid in _grids(job, View(result)):
            sheets.add(name, grid)


def _grids(job: Job, view: View):
    yield say("人员", "People"), _with_slips(view.people(), job)
    if len(view.groups()):
        yield say("小组", "Groups"), view.groups()
    for grid in view.others():
        yield grid.title, grid
    yield say("台账", "Ledger"), _spelled(view.ledger_grid())
    yield say("工资", "Payroll"), view.pay.grid()
    yield say("待决定", "To decide"), view.flags()
    yield say("拒收行", "Refused"), view.refused()
    yield say("假设", "Assumptions"), view.assumptions()
    yield say("说明", "About"), _about(job, view)


def _with_slips(grid: Grid, job: Job) -> Grid:
    """The people, with the file of each one's statement and whether an assumption stands behind the result."""
    digest, assumed = job.digest(), {row for row, _ in grid.assumed}
    columns = [*grid.columns, Column(say("含假设", "assumption")), Column(say("绩效单", "statement"))]
    rows = [[*row, i in assumed, f"statements/{statement_name(digest, row[0])}"] for i, row in enumerate(grid.rows)]
    return Grid(grid.title, columns, rows, grid.assumed)


def _spelled(grid: Grid) -> Grid:
    """The ledger with 原文, 解读, 假设 instead of the letters."""
    basis = [column.title for column in grid.columns].index(say("类别", "basis"))
    return Grid(grid.title, grid.columns, [[*row[:basis], basis_word(row[basis]), *row[basis + 1 :]] for row in grid.rows])


def _about(job: Job, view: View) -> Grid:
    rows = [list(fact) for fact in job.provenance(view.policy)]
    rows.append([say("标记", "marks"), say("橙色数字含假设值，见“假设”表。", "Orange numbers rest on assumptions; see that sheet.")])
    rows.append([say("金额", "amounts"), say("税前，元，四舍五入到分。", "Before tax, in yuan, half up to 0.01.")])
    return Grid(say("说明", "About"), [Column(say("项目", "item")), Column(say("内容", "content"))], rows)


class _Sheets:
    """Writes grids, one a sheet."""

    def __init__(self, book):
        self.book, self.names, self.formats = book, set(), {}

    def format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top", "font_size": 10, **properties})
        return self.formats[key]

    def add(self, name: str, grid: Grid) -> None:
        sheet = self.book.add_worksheet(self.free_name(name))
        head = self.format(bold=True, bg_color="#E8EFF3", bottom=1, text_wrap=True)
        for x, column in enumerate(grid.columns):
            title = column.title + (f"（{column.unit}）" if column.unit else "") + (f"（{basis_word('A')}）" if column.basis == "A" else "")
            self.write(sheet, 0, x, title, Column(title), head)
        for y, row in enumerate(grid.rows):
            for x, value in enumerate(row):
                self.write(sheet, y + 1, x, value, grid.columns[x], assumed=(y, x) in grid.assumed)
        for x in range(len(grid.columns)):
            sheet.set_column(x, x, _width(grid, x))
        sheet.freeze_panes(1, min(2, len(grid.columns) - 1))
        sheet.autofilter(0, 0, max(len(grid.rows), 1), len(grid.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def write(self, sheet, y, x, value, column: Column, form=None, assumed=False):
        properties = {"font_color": "#8A5300"} if assumed else {}
        if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
            if column.unit.startswith("元"):
                properties["num_format"] = "#,##0.00"
            elif Fraction(value).denominator > 1 and 10_000 % Fraction(value).denominator:
                properties["num_format"] = "0.0000"
            sheet.write_number(y, x, float(value), form or self.format(**properties))
        elif isinstance(value, (date, datetime)):
            sheet.write_datetime(y, x, value, form or self.format(num_format="yyyy-mm-dd", **properties))
        elif value is not None and value != "" and value != []:
            text = _ILLEGAL.sub("", show(value))[:_LONGEST]
            if text.startswith(_FORMULA):
                properties["quote_prefix"] = True  # stays text even when somebody edits the cell
            wrap = {"text_wrap": True} if len(text) > 40 else {}
            sheet.write_string(y, x, text, form or self.format(**wrap, **properties))

    def free_name(self, name: str) -> str:
        """A sheet name that Excel takes, not used before."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", _ILLEGAL.sub("", name)).strip()[:28] or "表"
        free, number = plain, 1
        while free.casefold() in self.names or free.casefold() == "history":
            number += 1
            free = f"{plain} {number}"
        self.names.add(free.casefold())
        return free


def _width(grid: Grid, x: int) -> int:
    """As wide as the longest text of the first rows, Chinese signs counting double, within 8 and 46."""
    column = grid.columns[x]
    texts = [column.title + column.unit + "    ", *(show(row[x], column.unit) for row in grid.rows[:500])]
    return min(46, max(8, 2 + max(sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text) for text in texts)))
