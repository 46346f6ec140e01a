"""Hostile and broken files: each gets its own clear message before any library reads it."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_helpers.errors import DataError
from kpi_helpers.language import set_language
from kpi_helpers.policy_file import load_policy
from kpi_helpers.tables import Tables
from kpi_helpers.workbook import cells, read_workbook
from kpi_helpers.workbook.preflight import open_package

POLICY = load_policy(Path(__file__).parent.parent / "params" / "policies" / "weikang.yaml", "2026-10")
SHEET = "xl/worksheets/sheet1.xml"


def small() -> bytes:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    book.add_worksheet("员工").write_row(0, 0, ["工号", "姓名"])
    book.sheetnames["员工"].write_row(1, 0, ["001", "张三"])
    book.add_worksheet("考勤").write_row(0, 0, ["工号", "日期", "类型"])
    book.add_worksheet("事件").write_row(0, 0, ["事件编号", "工号", "条款"])
    book.close()
    return memory.getvalue()


SMALL = small()


PARTS = {name: zipfile.ZipFile(io.BytesIO(SMALL)).read(name) for name in zipfile.ZipFile(io.BytesIO(SMALL)).namelist()}


def rezipped(parts: dict[str, bytes | None], data: bytes = SMALL) -> bytes:
    """The small workbook with some parts replaced, added or (None) left out."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            content = parts[name] if name in parts else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return memory.getvalue()


def sheet(old: bytes, new: bytes) -> bytes:
    """The small workbook with its first sheet changed."""
    xml = zipfile.ZipFile(io.BytesIO(SMALL)).read(SHEET)
    assert old in xml
    return rezipped({SHEET: xml.replace(old, new)})


def message(tmp_path, data: bytes, name="员工.xlsx") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError) as error:
        read_workbook(path, POLICY)
    assert len(error.value.faults) == 1
    assert error.value.faults[0].where.startswith(name)
    return str(error.value)


STRAY = b'<row r="1048576"><c r="XFD1048576" t="str"><v> </v></c></row></sheetData>'


@pytest.mark.parametrize(
    ("name", "data", "zh", "en"),
    [
        ("员工.xlsx", b"", "0 字节", "is empty"),
        ("员工.csv", b"a,b", "扩展名“.csv”", "ends in '.csv'"),
        ("员工.xls", SMALL, "旧版 .xls", "old .xls"),
        ("员工.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "Workbook".encode("utf-16-le"), "旧版 .xls", "old .xls"),
        ("员工.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "密码", "password"),
        ("员工.xlsx", "工号,姓名\n".encode(), "文本文件", "text file"),
        ("员工.xlsx", b"<html><table></table></html>", "网页", "web page"),
        ("员工.xlsx", b"%PDF-1.7\0\1\2", "其他格式", "another format"),
        ("员工.xlsx", SMALL[: len(SMALL) // 2], "不完整", "cut off"),
        ("员工.xlsx", rezipped({"xl/workbook.xml": None, "xl/workbook.bin": b"x"}), ".xlsb", ".xlsb"),
        ("员工.xlsx", rezipped({"xl/workbook.xml": None, "mimetype": b"x"}), "OpenDocument", "OpenDocument"),
        ("员工.xlsx", rezipped({"xl/workbook.xml": None, "word/document.xml": b"x"}), "Word", "Word"),
        ("员工.xlsx", rezipped({"xl/workbook.xml": None}), "普通压缩包", "ordinary zip"),
        ("员工.xlsx", rezipped({SHEET: b" " * 20_000_000}), "压缩比异常", "packed unusually tightly"),
        ("员工.xlsx", rezipped({f"xl/a{i}": b"" for i in range(5_001)}), "个部件", "parts"),
        ("员工.xlsx", rezipped({"xl/sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><sst/>'}), "DTD", "DTD"),
        ("员工.xlsx", rezipped({"xl/workbook.xml": b"<workbook"}), "已损坏", "is damaged"),
        ("员工.xlsx", sheet(b"</sheetData>", b"<!-- x --></sheetData>"), "已损坏", "is damaged"),
        ("员工.xlsx", sheet(b"</sheetData>", STRAY), "XFD1048576", "XFD1048576"),
        ("员工.xlsx", sheet(b"</sheetData>", b'<row r="300001"><c r="A300001"><v>1</v></c></row></sheetData>'), "B300001", "B300001"),
        ("员工.xlsx", sheet(b"</sheetData>", b'<row r="3"><c r="IW3"><v>1</v></c></row></sheetData>'), "IW3", "IW3"),
        ("员工.xlsx", sheet(b"</sheetData>", b'<row r="200000"><c r="CV200000"><v>1</v></c></row></sheetData>'), "CV200000", "CV200000"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_each_kind_of_broken_file_has_its_own_message(tmp_path, name, data, zh, en):
    assert zh in message(tmp_path, data, name)
    set_language("en")
    try:
        assert en in message(tmp_path, data, name)
    finally:
        set_language(None)


def test_what_is_no_file(tmp_path):
    for path, word in ((tmp_path / "无.xlsx", "没有这个文件"), (tmp_path, "文件夹")):
        with pytest.raises(DataError, match=word):
            read_workbook(path, POLICY)
    assert "临时文件" in message(tmp_path, b"x", "~$员工.xlsx")


def test_a_file_beyond_the_size_limit_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("kpi_helpers.workbook.preflight.MAX_FILE", 1_000_000)
    assert "文件超过 1 MB" in message(tmp_path, SMALL + bytes(1_000_000))


def test_a_zip_bomb_of_many_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("kpi_helpers.workbook.preflight.MAX_UNPACKED", 10_000_000)
    assert "解压后超过 10 MB" in message(tmp_path, rezipped({f"xl/media/{i}": bytes(1_000_000) for i in range(11)}))


def test_a_zip_with_a_password(tmp_path):
    data = bytearray(SMALL)
    for start in (b"PK\x01\x02", b"PK\x03\x04"):
        place, offset = data.find(start), 8 if start == b"PK\x01\x02" else 6
        data[place + offset] |= 1
    assert "密码" in message(tmp_path, bytes(data))


def test_sizes_in_the_directory_may_lie(tmp_path):
    """An entry that says 10 bytes and holds 20 MB is never unpacked beyond its 10 bytes."""
    data = bytearray(rezipped({SHEET: b"<worksheet>" + b" " * 9_000_000}))
    entry = zipfile.ZipFile(io.BytesIO(data)).getinfo(SHEET)
    size = struct.pack("<L", entry.file_size)
    while size in data:
        place = data.find(size)
        data[place : place + 4] = struct.pack("<L", 10)
    assert "已损坏" in message(tmp_path, bytes(data))


def shown_in_cells(text: bytes, cells: int, start: bytes = b'<c r="A%d" t="s">') -> bytes:
    """The small workbook with one shared text that so many cells show."""
    strings = PARTS["xl/sharedStrings.xml"].replace(b"</sst>", b"<si><t>" + text + b"</t></si></sst>")
    index = PARTS["xl/sharedStrings.xml"].count(b"</si>")
    rows = b"".join(b'<row r="%d">%s<v>%d</v></c></row>' % (i, start % i, index) for i in range(10, 10 + cells))
    return rezipped({"xl/sharedStrings.xml": strings, SHEET: PARTS[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")})


@pytest.mark.parametrize("start", [b'<c r="F%d" t="s">', b"<c t='s' r='F%d'>", b'<c r="F%d" t="&#115;">'])
@pytest.mark.parametrize("text", [b"x" * 9_000_000, b"x" * 4_000_000 + b"<?a </si>?>" + b"x" * 5_000_000])
def test_a_bomb_of_one_text_in_many_cells(tmp_path, start, text):
    """A workbook of 20 KB whose reader would copy 9 MB into 400 cells: the library aborts the process when memory is out."""
    data = shown_in_cells(text, 400, start)
    assert len(data) < 30_000
    assert "文字合计超过 300 MB" in message(tmp_path, data)


def test_one_long_text_among_many_short_ones_is_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("kpi_helpers.workbook.preflight.MAX_UNPACKED", 1_000_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(shown_in_cells("备注".encode() * 5_000, 30, b'<c r="F%d" t="s">'))
    assert len(read_workbook(path, POLICY)["employees"]) == 1
    assert "文字合计超过 1 MB" in message(tmp_path, shown_in_cells("备注".encode() * 5_000, 34, b'<c r="F%d" t="s">'))


def test_sheets_that_only_together_are_too_much(tmp_path):
    parts = {name: xml for name, xml in PARTS.items() if name.startswith("xl/worksheets/sheet")}
    far = b'<row r="300000"><c r="Z300000"><v>1</v></c></row></sheetData>'
    data = rezipped(
        {name: xml.replace(b"<sheetData/>", b"<sheetData></sheetData>").replace(b"</sheetData>", far) for name, xml in parts.items()}
    )
    assert "范围合计超过 1600 万格" in message(tmp_path, data)


def test_the_message_names_the_sheet_and_what_to_do(tmp_path):
    assert message(tmp_path, sheet(b"</sheetData>", STRAY)) == (
        "员工.xlsx 员工!XFD1048576: 内容一直到 XFD1048576，超出一张表的限度（300000 行、256 列）。 "
        "多半是误按留下的空格或格式。请选中数据以外的行和列，删除后保存。"
    )


@pytest.mark.parametrize(
    "stray",
    [
        b"<row r='1048576'><c s='0' t='str' r='XFD1048576'><v> </v></c></row></sheetData>",
        b'<row r="1048576"><c\n r = "XFD1048576"><v>1</v></c></row></sheetData>',
        b'<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row></sheetData>',
        b'<row r="5"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        b'<x:row xmlns:x="x" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></sheetData>',
        b'<row r="1048576"><c><v>1</v></c></row></sheetData>',
        b'<row r="1048575"/><row><c><v>1</v></c></row></sheetData>',
        b'<row r="1048576"><c r="xfd1048576" t="inlineStr"><is><t/></is></c></row></sheetData>',
        b'<row r="1048576"><c r="XFD1048576"><f>1</f></c></row></sheetData>',
    ],
)
def test_a_stray_cell_is_found_however_it_is_written(tmp_path, stray):
    assert "超出一张表的限度" in message(tmp_path, sheet(b"</sheetData>", stray))


def test_formats_without_contents_reach_as_far_as_they_like(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet(b"</sheetData>", b'<row r="1048576" ht="12"><c r="XFD1048576" s="0"/></row></sheetData>'))
    assert len(read_workbook(path, POLICY)["employees"]) == 1


def test_names_and_links(tmp_path):
    odd = tmp_path / "员 工 (1)%20&'😀.XLSX"
    odd.write_bytes(SMALL)
    link = tmp_path / "link.xlsx"
    link.symlink_to(odd)
    for path in (odd, link, str(odd)):
        assert read_workbook(path, POLICY)["employees"]["employee_id"].tolist() == ["001"]


def test_macros_are_named_and_not_run(tmp_path):
    path = tmp_path / "a.xlsm"
    path.write_bytes(rezipped({"xl/vbaProject.bin": b"x"}))
    assert "宏没有运行" in read_workbook(path, POLICY).notes[0]


def test_the_reading_library_gets_only_parts_that_were_looked_through(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(rezipped({"xl/media/image1.png": b"x", "xl/vbaProject.bin": b"x", "xl/worksheets/other.xml": b"x"}))
    names = zipfile.ZipFile(open_package(path).content).namelist()
    assert "xl/worksheets/sheet1.xml" in names
    assert not any("media" in name or "vba" in name or "other" in name for name in names)


# -- the scan of a sheet -------------------------------------------------------------------------------------------------


@st.composite
def sheets(draw):
    """XML of small sheets, plain and odd."""
    rows, number = [], 0
    for _ in range(draw(st.integers(0, 4))):
        number += draw(st.integers(1, 3))
        made = []
        for _ in range(draw(st.integers(0, 3))):
            place = draw(st.sampled_from(["A", "B", "AA", "ZZ", "IV", "IW"])) + str(number + draw(st.sampled_from([0, 0, 0, 1, 400_000])))
            start = draw(st.sampled_from([f'<c r="{place}"', f'<c r="{place}" s="1"', f'<c s="1" r="{place}"', "<c", f"<c  r='{place}'"]))
            start += draw(st.sampled_from(["", "", ' t="s"', ' t="str"', ' t="e"']))
            inside = [
                "/>",
                "></c>",
                "><v>1</v></c>",
                "><v></v></c>",
                "><f>A1</f><v>1</v></c>",
                "><f>A1</f></c>",
                '><f t="shared" si="0"/><v/></c>',
                '><f t="shared" si="0"/><v>2</v></c>',
            ]
            made.append(start + draw(st.sampled_from(inside)))
        reference = draw(st.sampled_from([f' r="{number}"', f' r="{number}" spans="1:7"', "", f' ht="1" r="{number}"']))
        reference += draw(st.sampled_from(["", "", ' hidden="1"', ' hidden="true" customHeight="1"', ' hidden="false"', " hidden='1'"]))
        rows.append(f"<row{reference}>{''.join(made)}</row>")
    return f'<?xml version="1.0"?><worksheet><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


@given(sheets())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_quick_look_never_misses_what_the_thorough_one_finds(xml):
    quick, thorough = cells._glance(xml), cells._study(xml)
    if quick is not None:
        assert thorough.fits
        assert not thorough.bad
        assert quick.hidden == thorough.hidden
        assert quick.rows >= thorough.rows
        assert quick.columns >= thorough.columns


def test_error_values_and_formulas_without_a_value():
    xml = (
        b'<worksheet><sheetData><row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>1+1</f></c>'
        b'<c r="D2" t="str"><f>IF(1,"","")</f><v></v></c><c r="E2"><f>1+1</f><v>2</v></c><c r="F2" t="str"><f>A1</f></c></row>'
        b"</sheetData></worksheet>"
    )
    assert cells.scan(xml) == cells.Scan(2, 6, {(2, 2): "#DIV/0!", (2, 3): cells.NO_VALUE, (2, 6): cells.NO_VALUE})


# -- fuzz: nothing but DataError ever comes out ---------------------------------------------------------------------------

FUZZ = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(tmp_path, data: bytes) -> None:
    path = tmp_path / "fuzz.xlsx"
    path.write_bytes(data)
    try:
        assert isinstance(read_workbook(path, POLICY), Tables)
    except DataError as error:
        assert error.faults
        assert all(fault.where.startswith("fuzz.xlsx") for fault in error.faults)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", SMALL[:200]]))
@FUZZ
def test_random_bytes(tmp_path, tail, head):
    survives(tmp_path, head + tail)


@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@FUZZ
def test_flipped_bytes(tmp_path, flips):
    data = bytearray(SMALL)
    for place, byte in flips:
        data[place] = byte
    survives(tmp_path, bytes(data))


SCRAPS = [
    b"",
    b"<",
    b">",
    b'"',
    b"&",
    b"&amp;",
    b"<c>",
    b"</c>",
    b"<v>1e999</v>",
    b't="s"',
    b't="e"',
    b"-1",
    b"9999999",
    b"\xff",
    b"\0",
    b"<!--",
]


@given(
    st.sampled_from([name for name in PARTS if name.startswith("xl/") and "theme" not in name]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(SCRAPS)), min_size=1, max_size=3),
)
@FUZZ
def test_mutated_parts(tmp_path, name, changes):
    xml = PARTS[name]
    for share, length, scrap in changes:
        place = int(share * len(xml))
        xml = xml[:place] + scrap + xml[place + length :]
    survives(tmp_path, rezipped({name: xml}))
