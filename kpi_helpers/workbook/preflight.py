"""Before any library opens a workbook: is it one, is it whole, is it of a size that a department can have?"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from kpi_helpers.errors import DataError, Fault
from kpi_helpers.language import say
from kpi_helpers.workbook.cells import MAX_AREA, MAX_COLUMNS, MAX_ROWS, Scan, longest, scan, unfolded
from kpi_helpers.workbook.formats import Styles, styles_of

MAX_FILE = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_ENTRIES = 5_000
MAX_RATIO = 200  # unpacked to packed; sheets of real months reach about 40
RATIO_FROM = 10_000_000  # smaller parts may repeat themselves as they like
MAX_DIRECTORY = 10_000_000  # the list of sheets
MAX_CELLS = 2 * MAX_AREA  # of all sheets together

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"  # where the parts of the sheets are
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedstrings.xml"
_CORE = ("[content_types].xml", "_rels/.rels", _MAIN, _RELATIONS)


@dataclass
class Package:
    """A workbook that may be opened: only the parts that were looked through, and what their XML says, by the titles of the sheets."""

    name: str
    content: io.BytesIO
    scans: dict[str, Scan] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)  # sheets that nobody sees
    macros: bool = False

    @property
    def unpacked(self) -> int:
        return self.content.getbuffer().nbytes


def open_package(path) -> Package:
    """Check the file and unpack it within bounds; raises DataError with the one reason why it cannot be read."""
    path = Path(path)
    data = _read(path)
    try:
        return _unpack(file_name(path), data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, ElementTree.ParseError, NotImplementedError, RuntimeError):
        raise _damaged(path) from None


def file_name(path) -> str:
    """The name of a file as it can be printed, whatever bytes it is made of."""
    return Path(path).name.encode("utf-8", "replace").decode("utf-8")


def _stop(name: str, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> DataError:
    return DataError(Fault(name, say(zh, en), say(hint_zh, hint_en)))


def _damaged(path) -> DataError:
    return _stop(
        file_name(path),
        "文件已损坏，或不是由 Excel/WPS 保存的。",
        "is damaged, or was not saved by Excel.",
        "请在 Excel 或 WPS 中打开，另存为新的 .xlsx 再试。",
        "Open it in Excel and save it as a new .xlsx file.",
    )


# -- the file ------------------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    name = file_name(path)
    if path.is_dir():
        raise _stop(name, "是文件夹，不是工作簿。", "is a folder, not a workbook.", "请写出 .xlsx 文件。", "Name an .xlsx file.")
    if not path.exists():
        raise _stop(str(path), "没有这个文件。", "there is no such file.", "请核对路径与文件名。", "Check the path and the name.")
    if not path.is_file():
        raise _stop(name, "不是普通文件。", "is no regular file.", "请写出 .xlsx 文件。", "Name an .xlsx file.")
    if name.startswith("~$"):
        raise _stop(
            name,
            "是 Excel 打开工作簿时留下的临时文件。",
            "is a temporary file that Excel keeps while a workbook is open.",
            "请选没有“~$”的那个文件。",
            "Choose the file without '~$'.",
        )
    _check_ending(name, path.suffix.lower())
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _stop(name, f"读不到：{error.strerror}。", f"cannot be read: {error.strerror}.") from None
    _check_content(name, data)
    return data


def _check_ending(name: str, ending: str) -> None:
    if ending == ".xls":
        raise _legacy(name)
    if ending not in (".xlsx", ".xlsm"):
        raise _stop(
            name,
            f"不是 .xlsx 工作簿（扩展名“{ending}”）。",
            f"is no .xlsx workbook (its name ends in '{ending}').",
            "请在 Excel 或 WPS 中打开，另存为 .xlsx。",
            "Open it in Excel and save it as .xlsx.",
        )


def _legacy(name: str) -> DataError:
    return _stop(
        name,
        "是旧版 .xls 工作簿。",
        "is a workbook in the old .xls format.",
        "请在 Excel 或 WPS 中打开，另存为 .xlsx。",
        "Open it in Excel and save it as .xlsx.",
    )


def _check_content(name: str, data: bytes) -> None:
    if not data:
        raise _stop(name, "文件是空的（0 字节）。", "is empty (0 bytes).", "请重新保存或重新下载。", "Save or download it again.")
    if len(data) > MAX_FILE:
        raise _stop(
            name,
            f"文件超过 {MAX_FILE // 10**6} MB。",
            f"is larger than {MAX_FILE // 10**6} MB.",
            "请删去图片和用不到的工作表。",
            "Delete pictures and sheets that are not needed.",
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _stop(
                name,
                "设置了打开密码。",
                "is protected by a password.",
                "请在 Excel 或 WPS 中取消密码后另存为 .xlsx。",
                "Remove the password in Excel and save it as .xlsx.",
            )
        raise _legacy(name)
    if data.startswith(b"PK\x03\x04"):
        if b"PK\x05\x06" not in data[-70_000:]:
            raise _stop(
                name,
                "文件不完整，后半部分缺失。",
                "is cut off: its end is missing.",
                "多半是下载或复制中断，请重新取得该文件。",
                "A download or copy was probably interrupted; fetch the file again.",
            )
        return
    start = data[:500].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        kind_zh, kind_en = "网页或 XML 文件", "a web page or XML file"
    elif b"\0" not in data[:4000]:
        kind_zh, kind_en = "文本文件（如 CSV）", "a text file (such as CSV)"
    else:
        kind_zh, kind_en = "其他格式的文件", "a file of another format"
    raise _stop(
        name,
        f"不是 Excel 工作簿，而是改了扩展名的{kind_zh}。",
        f"is no Excel workbook but {kind_en} under another name.",
        "请在 Excel 或 WPS 中打开，另存为 .xlsx。",
        "Open it in Excel and save it as .xlsx.",
    )


# -- the zip archive -----------------------------------------------------------------------------------------------------


def _unpack(name: str, data: bytes) -> Package:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = _entries(name, archive)
        package = Package(name, io.BytesIO(), macros="xl/vbaproject.bin" in entries)
        with zipfile.ZipFile(package.content, "w") as clean:
            for part in _CORE:
                if part in entries:
                    clean.writestr(entries[part].filename, read_part(name, archive, entries[part]))
            sheets = {}
            if _RELATIONS in entries:
                sheets, package.hidden = _sheets(archive.read(entries[_MAIN]), archive.read(entries[_RELATIONS]))
            styles = styles_of(archive.read(entries[_STYLES])) if _STYLES in entries else Styles()
            for part in sorted({_STYLES, _TEXTS, *sheets} & entries.keys() - set(_CORE)):
                xml = read_part(name, archive, entries[part])
                if part in sheets:
                    package.scans |= dict.fromkeys(sheets[part], _scan(name, sheets[part][0], xml, styles))
                elif b"<![CDATA[" in xml or b"<!--" in xml:  # readers disagree on what such a text says
                    raise ValueError("comment or section in the texts")
                clean.writestr(entries[part].filename, xml)
            _check_area(package)
            _check_texts(package, clean, entries, sheets)
    package.content.seek(0)
    return package


def _entries(name: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by lower-case name, once the directory of the archive looks harmless."""
    listed = archive.infolist()
    entries = {entry.filename.lower(): entry for entry in listed}
    if len(listed) > MAX_ENTRIES:
        raise _bomb(name, f"内含 {len(listed)} 个部件", f"holds {len(listed)} parts")
    if len(entries) < len(listed):
        raise ValueError("an entry stands twice")
    if any(entry.flag_bits & 1 for entry in listed):
        raise _stop(name, "压缩包设有密码。", "is a zip archive with a password.", "请另存为 .xlsx。", "Save it as .xlsx.")
    if sum(entry.file_size for entry in listed) > MAX_UNPACKED:
        raise _bomb(name, f"解压后超过 {MAX_UNPACKED // 10**6} MB", f"unpacks to more than {MAX_UNPACKED // 10**6} MB")
    for entry in listed:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _bomb(name, f"部件 {entry.filename} 压缩比异常", f"part {entry.filename} is packed unusually tightly")
    if _MAIN not in entries:
        raise _foreign(name, entries)
    return entries


def _check_area(package: Package) -> None:
    """Every sheet alone may be bearable and all of them together not."""
    if sum(one.rows * one.columns for one in package.scans.values()) > MAX_CELLS:
        zh = f"各工作表的范围合计超过 {MAX_CELLS // 10**4} 万格"
        raise _bomb(package.name, zh, f"the areas of its sheets come to more than {MAX_CELLS // 10**6} million cells")


def _check_texts(package: Package, clean: zipfile.ZipFile, entries, sheets: dict[str, list[str]]) -> None:
    """A few KB of one text that every cell shows would fill the memory of the machine, and readers abort the process."""
    strings = entries.get(_TEXTS)
    if strings is None:
        return
    xml, cells = clean.read(strings.filename), sum(one.texts for one in package.scans.values())
    if longest(xml) * cells <= MAX_UNPACKED:
        return
    shown = [clean.read(entries[part].filename) for part, titles in sheets.items() if part in entries for _ in titles]
    if unfolded(xml, shown) > MAX_UNPACKED:
        size = MAX_UNPACKED // 10**6
        raise _bomb(package.name, f"各单元格的文字合计超过 {size} MB", f"the texts of its cells come to more than {size} MB")


def _bomb(name: str, zh: str, en: str) -> DataError:
    return _stop(
        name,
        f"{zh}，可能是压缩炸弹，未打开。",
        f"{en}; it may be a zip bomb and was not opened.",
        "请把需要的数据复制到新工作簿（模板）。",
        "Copy the data you need into a new workbook (the template).",
    )


def _foreign(name: str, entries) -> DataError:
    if "xl/workbook.bin" in entries:
        kind_zh, kind_en = "二进制工作簿 .xlsb", "a binary .xlsb workbook"
    elif "mimetype" in entries:
        kind_zh, kind_en = "OpenDocument 文件", "an OpenDocument file"
    elif any(entry.startswith(("word/", "ppt/")) for entry in entries):
        kind_zh, kind_en = "Word 或 PowerPoint 文件", "a Word or PowerPoint file"
    else:
        kind_zh, kind_en = "普通压缩包", "an ordinary zip archive"
    return _stop(
        name,
        f"不是 Excel 工作簿，而是{kind_zh}。",
        f"is no Excel workbook but {kind_en}.",
        "请在 Excel 或 WPS 中另存为 .xlsx。",
        "Save it as .xlsx in Excel.",
    )


_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["'])""", re.IGNORECASE)


def read_part(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One XML part; never more of it than the directory says, which was found bearable."""
    xml = archive.read(entry)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise _stop(
            name,
            "内含文档类型定义（DTD），Excel 不会写出这样的文件，未打开。",
            "holds a document type definition (DTD), which Excel never writes; it was not opened.",
            "请把需要的数据复制到新工作簿。",
            "Copy the data you need into a new workbook.",
        )
    if b"\0" in xml or _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf")):
        raise ValueError("not UTF-8")
    return xml


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def _sheets(workbook: bytes, relations: bytes) -> tuple[dict[str, list[str]], set[str]]:
    """Lower-case part name → the titles of the sheets it holds; and the titles of the sheets that nobody sees."""
    if len(workbook) > MAX_DIRECTORY or len(relations) > MAX_DIRECTORY:
        raise ValueError("the list of sheets is too long")
    targets = {
        one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target", "")))[1:].lower()
        for one in ElementTree.fromstring(relations)
        if (one.get("Type") or "").endswith("/worksheet")
    }
    sheets: dict[str, list[str]] = {}
    hidden = set()
    for one in ElementTree.fromstring(workbook).iter():
        target = targets.get(one.get(_RELATION) or one.get(_STRICT))
        if one.tag.endswith("}sheet") and target:
            sheets.setdefault(target, []).append(one.get("name", ""))
            if one.get("state") in ("hidden", "veryHidden"):
                hidden.add(one.get("name", ""))
    return sheets, hidden


def _scan(name: str, title: str, xml: bytes, styles: Styles) -> Scan:
    reach = scan(xml, styles)
    if not reach.fits:
        raise _stop(
            f"{name} {title}!{reach.corner}",
            f"内容一直到 {reach.corner}，超出一张表的限度（{MAX_ROWS} 行、{MAX_COLUMNS} 列）。",
            f"the sheet reaches to {reach.corner}, beyond what a sheet may hold ({MAX_ROWS} rows, {MAX_COLUMNS} columns).",
            "多半是误按留下的空格或格式。请选中数据以外的行和列，删除后保存。",
            "Probably a stray blank. Select the rows and columns beyond the data, delete them and save.",
        )
    return reach
