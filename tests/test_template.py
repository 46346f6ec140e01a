"""Templates and written workbooks: what is filled in reads back clean, in LibreOffice as well."""

import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import make_samples
import openpyxl
import pytest

from kpi_helpers import load_policy, score
from kpi_helpers.checks import event_clauses
from kpi_helpers.errors import DataError, UsageError
from kpi_helpers.policy_file import load_policy as load
from kpi_helpers.workbook import read_workbook
from kpi_helpers.workbook.sheet import EXAMPLE
from kpi_helpers.workbook.template import write_template, write_workbook

POLICIES = sorted((Path(__file__).parent.parent / "params" / "policies").glob("*.yaml"))
WEIKANG = load_policy(POLICIES[0].with_name("weikang.yaml"), "2026-10")
FILLED = {
    "员工": {"工号": "001", "姓名": "=张三", "小组": "一组", "入职日期": date(2020, 1, 5), "岗位": "客服"},
    "考勤": {"工号": "001", "日期": date(2026, 10, 5), "类型": "迟到", "分钟": 12, "已请假": "否"},
    "事件": {"事件编号": "E1", "工号": "001", "条款": "2.A2.1", "日期": date(2026, 10, 6), "发生时间": datetime(2026, 10, 6, 14, 30)},
    "各月总分": {"工号": "001", "月份": "2026-09", "总分": 98.5},
}


def filled(path: Path) -> Path:
    """The template with one row under each example, typed in by a person."""
    book = openpyxl.load_workbook(path)
    for title, row in FILLED.items():
        sheet = book[title]
        headings = [cell.value for cell in sheet[1]]
        for heading, value in row.items():
            cell = sheet.cell(3, headings.index(heading) + 1)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    return path


def through_libreoffice(path: Path, folder: Path) -> Path:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / path.name


def understood(path: Path) -> None:
    tables = read_workbook(path, WEIKANG)
    assert tables["employees"][["employee_id", "name", "group_id", "role"]].values.tolist() == [["001", "=张三", "一组", "cs"]]
    assert tables["attendance"]["minutes"].tolist() == [12]
    assert tables["attendance"]["excused"].tolist() == [False]
    assert tables["events"]["occurred_at"].tolist() == [datetime(2026, 10, 6, 14, 30)]
    assert tables["month_totals"]["total"].tolist() == [Decimal("98.5")]
    assert tables["events"]["_row"].tolist() == [3]
    assert "month_totals" in tables.delivered
    assert score(WEIKANG, tables).employees["total"].tolist() == [93]  # 100 - 5 late - 2 not standing up


def test_a_filled_template_reads_back_clean(tmp_path):
    understood(filled(write_template(WEIKANG, tmp_path / "维康.xlsx")))


def test_a_filled_template_reads_back_clean_from_libreoffice(tmp_path):
    path = filled(write_template(WEIKANG, tmp_path / "维康.xlsx"))
    (tmp_path / "out").mkdir()
    understood(through_libreoffice(path, tmp_path / "out"))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_template_of_every_policy(path, tmp_path):
    policy = load(path)
    out = write_template(policy, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(out)
    titles = [table.sheet for table in policy.tables.values()]
    assert book.sheetnames[: len(titles) + 1] == ["说明", *titles]
    for table in policy.tables.values():
        sheet = book[table.sheet]
        headings = [cell.value for cell in sheet[1]]
        assert headings == [column.heading for column in table.columns.values()]
        assert len(set(headings)) == len(headings), f"{table.name}: two columns have one heading"
        assert all(cell.comment for cell in sheet[1])
        assert all(str(cell.value).startswith(EXAMPLE) for cell in sheet[2])
        assert sheet.max_row == 2
        assert sheet.freeze_panes == "B2"
    if "employees" in titles:
        with pytest.raises(DataError, match="没有人员"):  # nothing but examples: nobody is scored by accident
            read_workbook(out, policy)


def test_drop_downs_of_people_clauses_choices_and_codes_of_other_sheets(tmp_path):
    book = openpyxl.load_workbook(write_template(WEIKANG, tmp_path / "a.xlsx"))
    found = {
        book[title].cell(1, min(rule.sqref.ranges, key=str).min_col).value: rule
        for title in ("考勤", "事件")
        for rule in book[title].data_validations.dataValidation
    }
    assert "OFFSET('员工'!$A$3" in found["工号"].formula1
    assert found["类型"].formula1 == '"迟到,早退,无故缺勤"'
    assert found["条款"].formula1 == f"条款!$A$2:$A${len(event_clauses(WEIKANG)) + 1}"
    assert found["已请假"].formula1 == '"是,否"'
    assert (found["分钟"].type, found["分钟"].operator, found["分钟"].formula1) == ("whole", "greaterThanOrEqual", "0")
    assert str(found["工号"].sqref).startswith(("B3:", "A3:"))
    listed = [[cell.value for cell in row] for row in book["条款"].iter_rows(min_row=2)]
    assert ["2.A2.1", "见到公司领导未起立打招呼", "-2", "二(一)2(1)"] in listed
    assert ["2.B1", "标准作业程序有差错并影响工作", "酌情 -1 至 -10", "二(二)1"] in listed
    assert not [row for row in listed if row[0] in ("1a", "2.cap.1", "0")]  # clauses that read no events


def test_a_template_never_replaces_a_file(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"filled in for hours")
    with pytest.raises(UsageError, match="已存在"):
        write_template(WEIKANG, path)
    assert path.read_bytes() == b"filled in for hours"
    write_template(WEIKANG, path, replace=True)
    with pytest.raises(UsageError, match="写不了"):
        write_template(WEIKANG, tmp_path / "无" / "a.xlsx")
    with pytest.raises(UsageError, match="xlsx"):
        write_template(WEIKANG, tmp_path / "a.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


ROWS = {
    "employees": [
        {"employee_id": "001", "name": "𠮷田😀\u200f", "group_id": "一组", "hire_date": date(2020, 1, 5), "role": "cs"},
        {"employee_id": "002", "name": "x" * 300, "group_id": "=1+1", "role": "组长"},
        {"employee_id": "003", "name": "a\x00b\x1bc"},
    ],
    "attendance": [
        {"employee_id": "001", "date": date(2026, 10, 5), "kind": "late", "minutes": 12, "excused": True, "points": Decimal("1.5")}
    ],
    "events": [{"event_id": "E1", "employee_id": "002", "clause": "2.A2.1", "occurred_at": datetime(2026, 10, 6, 14, 30), "count": 2}],
}


def test_a_written_workbook_reads_back_as_it_was(tmp_path):
    tables = read_workbook(write_workbook(WEIKANG, ROWS, tmp_path / "a.xlsx"), WEIKANG)
    assert tables["employees"]["name"].tolist() == ["𠮷田😀\u200f", "x" * 300, "abc"]
    assert tables["employees"]["group_id"].tolist()[:2] == ["一组", "=1+1"]
    assert tables["employees"]["role"].tolist()[:2] == ["cs", "leader"]
    assert tables["attendance"]["excused"].tolist() == [True]
    assert tables["attendance"]["points"].tolist() == [Decimal("1.5")]
    assert tables["events"]["count"].tolist() == [2]
    assert tables.notes == []
    assert "month_totals" not in tables.delivered  # not written, so not handed in


def test_equal_rows_give_equal_bytes_and_no_formulas(tmp_path):
    first = write_workbook(WEIKANG, ROWS, tmp_path / "a.xlsx").read_bytes()
    assert write_workbook(WEIKANG, ROWS, tmp_path / "b.xlsx").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))


def test_unknown_tables_and_columns_are_refused(tmp_path):
    with pytest.raises(DataError, match="是否指“events”"):
        write_workbook(WEIKANG, {"event": []}, tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="是否指“name”"):
        write_workbook(WEIKANG, {"employees": [{"nam": "x"}]}, tmp_path / "a.xlsx")


SAMPLES = [(scheme, period) for scheme in make_samples.schemes() for period in make_samples.periods(scheme)]


@pytest.mark.parametrize(("scheme", "period"), SAMPLES)
def test_the_sample_workbooks_are_what_the_script_writes_and_read_clean(scheme, period, tmp_path):
    kept = make_samples.FOLDER / period / f"{scheme}.xlsx"
    made = make_samples.write(scheme, period, tmp_path)
    assert cells(kept) == cells(made), "run: python tests/make_samples.py"
    assert kept.stat().st_size < 200_000
    policy = load(POLICIES[0].with_name(f"{scheme}.yaml"), period)
    tables = read_workbook(kept, policy)
    assert 20 <= len(tables["employees"]) <= 60
    assert len(score(policy, tables).employees) >= 20


def cells(path: Path) -> dict[str, list]:
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
