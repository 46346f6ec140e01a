"""标错副本: a copy of a workbook with every faulty cell coloured and commented, and a list of the faults."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from kpi_helpers.errors import Fault, KpiError, UsageError
from kpi_helpers.language import say
from kpi_helpers.workbook.preflight import open_package
from kpi_helpers.workbook.template import printable, save_whole

LIST = "错误清单"
_RED = PatternFill("solid", fgColor="FFC7CE")
_HEAD = PatternFill("solid", fgColor="DDEBF7")
MAX_UNPACKED = 80_000_000  # openpyxl takes some twelve times as much memory
_LONGEST = 2_000  # characters of a comment


def mark_faults(path, faults: KpiError | list[Fault], out) -> Path:
    """标出错误: write a copy of the workbook `path` to `out` with its faults at their cells; the original is not touched.

    Formulas stay formulas. Raises DataError for a file that cannot be opened safely.
    """
    path, out = Path(path), Path(out)
    faults = faults.faults if isinstance(faults, KpiError) else list(faults)
    if out.exists() and out.samefile(path):
        problem = say("副本不能写在原文件上。", "the copy cannot replace the original.")
        raise UsageError(Fault(str(out), problem, say("请换一个文件名。", "Choose another name.")))
    if open_package(path).unpacked > MAX_UNPACKED:
        problem = say("工作簿太大，无法制作标错副本。", "the workbook is too large for a marked copy.")
        raise UsageError(Fault(path.name, problem, say("请看错误列表。", "See the list of faults.")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that a copy made to show faults may lose
        try:
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        except (InvalidFileException, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            problem = say(f"无法制作标错副本：{error}。", f"no marked copy can be made: {error}.")
            raise UsageError(Fault(path.name, problem)) from None
        for fault in faults:
            _mark(book, fault)
        _list(book, faults)
        memory = io.BytesIO()
        book.save(memory)
    return save_whole(memory.getvalue(), out)


def _mark(book, fault: Fault) -> None:
    title, place = getattr(fault, "sheet", ""), getattr(fault, "cell", "")
    if not place or title not in book.sheetnames:
        return
    cell = book[title][place]
    if isinstance(cell, MergedCell):
        return
    said = f"{fault.problem} {fault.hint}".strip()
    if cell.comment is not None:
        said = f"{cell.comment.text}\n{said}"
    cell.fill = _RED
    cell.comment = Comment(printable(said)[:_LONGEST], "KPI", width=260, height=90)


def _list(book, faults: list[Fault]) -> None:
    """The list as the first sheet, each entry leading to its cell."""
    if LIST in book.sheetnames:
        del book[LIST]
    sheet = book.create_sheet(LIST, 0)
    sheet.append([say("位置", "Where"), say("问题", "What is wrong"), say("怎么办", "What to do")])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for row, fault in enumerate(faults, 2):
        for column, text in enumerate((fault.where, fault.problem, fault.hint), 1):
            cell = sheet.cell(row, column, printable(text))
            cell.data_type = "s"  # also where a value that is shown looks like a formula
        title, place = getattr(fault, "sheet", ""), getattr(fault, "cell", "")
        if place and title in book.sheetnames:
            first = sheet.cell(row, 1)
            first.hyperlink = f"#'{title.replace(chr(39), chr(39) * 2)}'!{place}"
            first.font = Font(color="0563C1", underline="single")
    for letter, width in zip("ABC", (36, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.active = 0
