"""标错副本: a copy of a workbook with every faulty cell coloured and commented, and a list of the faults."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.cell_range import CellRange

from kpi_helpers.errors import Fault, KpiError, UsageError
from kpi_helpers.language import say
from kpi_helpers.workbook.preflight import open_package, read_part
from kpi_helpers.workbook.template import printable, save_whole

LIST = "错误清单"
_RED = PatternFill("solid", fgColor="FFC7CE")
_HEAD = PatternFill("solid", fgColor="DDEBF7")
MAX_UNPACKED = 80_000_000  # openpyxl takes some twelve times as much memory
MAX_COVERED = 200_000  # cells under merged areas and links: openpyxl makes every one of them
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
    open_package(path)
    data = path.read_bytes()
    _check_size(path.name, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that a copy made to show faults may lose
        try:
            book = openpyxl.load_workbook(io.BytesIO(data))
            for fault in faults:
                _mark(book, fault)
            _list(book, faults)
            memory = io.BytesIO()
            book.save(memory)
        except Exception as error:  # parts that nobody needs for reading, such as comments and drawings, may be broken in any way
            raise _impossible(path.name, f"{type(error).__name__}") from None
    return save_whole(memory.getvalue(), out)


def _impossible(name: str, why: str) -> UsageError:
    problem = say(f"无法制作标错副本（{why}）。", f"no marked copy can be made ({why}).")
    return UsageError(Fault(name, problem, say("请看错误列表。", "See the list of faults.")))


def _check_size(name: str, data: bytes) -> None:
    """What openpyxl would blow up beyond all bounds, also in parts that the reader leaves alone."""
    covered = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise _impossible(name, say("工作簿太大", "the workbook is too large"))
        try:
            for entry in archive.infolist():
                part = entry.filename.lower()
                xml = read_part(name, archive, entry) if part.startswith("xl/") and part.endswith(".xml") else archive.read(entry)
                if b"mergeCell" in xml or b"hyperlink" in xml:
                    covered += sum(map(_cells, ElementTree.fromstring(xml).iter()))
        except (ElementTree.ParseError, ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise _impossible(name, type(error).__name__) from None
    if covered > MAX_COVERED:
        raise _impossible(name, say("合并区域或超链接区域太大", "merged areas or links are too large"))


def _cells(element) -> int:
    """How many cells a merged area or a link covers."""
    if element.tag.rpartition("}")[2] not in ("mergeCell", "hyperlink") or "ref" not in element.attrib:
        return 0
    size = CellRange(element.attrib["ref"]).size
    return size["rows"] * size["columns"]


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
