"""results.xlsx read back: numbers are numbers, text stays text, sums agree with the result."""

from datetime import datetime
from fractions import Fraction

import excel
import openpyxl
import pytest
from small_month import PEOPLE

from kpi_helpers import score
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.looks import Looks
from kpi_helpers.report.results import write_results
from kpi_helpers.report.sheets import Sheets
from kpi_helpers.report.views import View


@pytest.fixture(scope="module")
def book(finished):
    return openpyxl.load_workbook(finished / "维康" / "results.xlsx")


def rows(sheet):
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body]


def test_the_sheets_are_those_that_were_agreed(book):
    # 小组 is left out: 维康 gives groups no result of their own
    assert book.sheetnames == ["封面", "人员", "台账", "工资", "工资导入", "待决定", "拒收行", "条款", "假设", "说明"]


def test_ids_stay_text_and_scores_are_numbers(book):
    people = {row["工号"]: row for row in rows(book["人员"])}
    assert people.keys() == {id for id, _, _ in PEOPLE}
    assert people["001"]["总分（分）"] == 100 - 2 - 3 - 5  # 2.A2.1, 2.A3.1, 12 minutes late
    assert people["001"]["绩效单"].startswith("statements/")


def test_states_in_a_list_stand_in_the_policys_words(tmp_path):
    # 3.4.3: 宋芳 fell below 60 % in the first week and below 65 % in the second, which stops her leads for a week; then below 70 %
    people = {row["姓名"]: row for row in excel.rows(openpyxl.load_workbook(excel.results_of("达沃", tmp_path))["人员"])}
    assert people["宋芳"]["接触量阶梯（假设）"] == "1、2、停发中、3" and people["董军"]["接触量阶梯（假设）"] == "无数据、0、0、0"


def test_what_people_must_decide_is_told_in_the_words_of_the_page(tmp_path):
    told = excel.rows(openpyxl.load_workbook(excel.results_of("售后客服", tmp_path))["待决定"])
    (row,) = [row for row in told if row["事项"] == "没有自评"]
    assert row["事实"].startswith("没有自评的项目：1a 响应及时性、1b 专业知识、")


def test_text_like_a_formula_is_text_and_stays_so_when_edited(book):
    (cell,) = [row[1] for row in book["人员"].iter_rows() if row[0].value == "004"]
    assert cell.data_type == "s" and cell.value == "=cmd|' /C calc'!A0" and cell.quotePrefix
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_every_sheet_is_ready_to_be_read(book):
    for sheet in book:
        if sheet.title in ("封面", "工资导入"):
            continue
        assert sheet.freeze_panes and sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.paperSize == 9
        assert all(dimension.width >= 8 for dimension in sheet.column_dimensions.values())


def test_the_ledger_of_the_file_adds_up_to_the_scores_of_the_file(book):
    sums = {}
    for line in rows(book["台账"]):
        if line["单位"] == "分" and line["工号"]:
            sums[line["工号"]] = sums.get(line["工号"], 0) + Fraction(str(line["数值"]))
    assert sums == {row["工号"]: Fraction(str(row["总分（分）"])) for row in rows(book["人员"])}


def test_the_pay_sheet_of_a_trial_adds_up_to_the_fen(job, tmp_path):
    from dataclasses import replace

    from kpi_helpers.scenarios import Scenario

    tried = replace(job, scenario=Scenario("s", {"bonus_link": "linear", "bonus_base": Fraction("333.33")}))
    policy = tried.load_policy()
    result = score(policy, tried.read_workbook(policy))
    write_results(tried, result, tmp_path / "r.xlsx")
    pay = openpyxl.load_workbook(tmp_path / "r.xlsx")["工资"]
    written = {row["工号"]: row["合计（元）"] for row in rows(pay)[:-1]}  # the last row holds the sums
    # 001 has 90 points: 333.33 × 90 % = 299.997, half up 300.00; the others of 100 points have 333.33
    assert written["001"] == 300 and written["003"] == 333.33
    assert {unit: Fraction(str(value)) for unit, value in written.items()} == {unit: View(result).pay.total(unit) for unit in written}
    assert pay.cell(2, 4).number_format == "#,##0.00;[Red]-#,##0.00"


@pytest.mark.parametrize(
    "value, read",
    [
        ("甲\x00\x1b乙", "甲乙"),
        ("\ud800x", "x"),
        ("x" * 40_000, "x" * 32_000),
        ("@SUM(1)", "@SUM(1)"),
        ("https://example.org", "https://example.org"),
        ("00123", "00123"),
        ("😀𠮷", "😀𠮷"),
        (["甲", "乙"], "甲、乙"),
        (True, "是"),
        (Fraction(1, 3), 1 / 3),
        (None, None),
        (datetime(2026, 10, 5), datetime(2026, 10, 5)),
    ],
)
def test_odd_values_are_written_unharmed(value, read, tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "x.xlsx", {"strings_to_urls": False, "strings_to_formulas": False}) as made:
        sheets = Sheets(made, Looks({}), "甲")
        sheets.add("a/b:[c]*?", Grid("x", [Column("甲"), Column("乙")], [["1", value]]))
        sheets.add("a/b:[c]*?", Grid("x", [Column("甲"), Column("乙")], [["1", value]]))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book["a b  c"]["B2"].value == read and len(book.sheetnames) == 2
