"""results.xlsx as HR would have made it: cover, number formats, colours, odd texts, names, print set-up."""

import re
import tempfile
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from excel import results_of, rows, scored, written

from kpi_helpers import load_policy, score
from kpi_helpers.departments import find_job
from kpi_helpers.language import set_language
from kpi_helpers.numbers import exact
from kpi_helpers.report.grades import grades_of
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.looks import grade_colours
from kpi_helpers.report.names import result_of
from kpi_helpers.report.results import write_results
from kpi_helpers.report.sheets import cut, text_width
from kpi_helpers.report.views import View
from kpi_helpers.report.words import RATIO


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The results.xlsx of a sample department."""
    folder = tmp_path_factory.mktemp("excel")
    return lambda department: results_of(department, folder)


# -- cover ----------------------------------------------------------------------------------------------------------------


def test_the_cover_says_what_the_file_is_and_leads_to_every_sheet(made):
    book = openpyxl.load_workbook(made("门店客服"))
    cover = book.worksheets[0]
    facts = {row[0]: row[1] for row in reversed(list(cover.iter_rows(values_only=True)))}  # 部门 is a sheet as well, further down
    assert cover.title == "封面" and cover["A1"].value == "门店客服 2026-10 考核结果"
    # 24 people; wages 13,820 + 2,200 + 4,700 and 8 × 184.50, 5 × 340.00, 7 × 192.86 of the pools
    assert (facts["部门"], facts["期间"], facts["人数"], facts["合计（元）"]) == ("门店客服", "2026-10", 24, 25_246.02)
    links = {cell.value: cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    assert {name: facts[name] for name in ("人员", "小组", "工资导入")} == {"人员": 24, "小组": 3, "工资导入": 23}


def test_the_cover_shows_every_grade_and_status_in_its_colour(made):
    cover = openpyxl.load_workbook(made("热线客服")).worksheets[0]
    legend = {row[0].value: (row[1].value, row[0].fill.fgColor.rgb) for row in cover.iter_rows() if row[0].value}
    assert legend["优秀"] == (1, "FFCFE8D8") and legend["不合格"] == (2, "FFF4CCC4")
    assert legend["申诉中"] == (1, "FFFFF5DF")
    marks = {row[0].value: row[0].font.color.rgb for row in cover.iter_rows() if row[0].value in ("123", "-123")}
    assert marks == {"123": "FF8A5300", "-123": "FFFF0000"}


# -- numbers and colours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, unit, form",
    [
        (Fraction(100), "分", "General"),
        (Fraction("98.75"), "分", "General"),
        (Fraction(2, 3), "分", "0.0000"),
        (Fraction("1234.5"), "元", "#,##0.00"),
        (Fraction("-0.02"), "元/余", "#,##0.00"),
        (Fraction(2, 3), "比率", "0.00%"),
        (12.5, "", "General"),
    ],
)
def test_numbers_are_written_as_their_unit_asks_and_red_below_zero(value, unit, form, tmp_path):
    cell = written(tmp_path, Grid("甲", [Column("数", unit)], [[value]]))["甲"]["A2"]
    assert cell.number_format == f"{form};[Red]-{form}" and cell.value == float(value)


def test_a_line_of_the_ledger_has_the_format_of_its_own_unit(made):
    sheet = openpyxl.load_workbook(made("门店客服"))["台账"]
    formats = {(row[9].value, row[8].number_format.partition(";")[0]) for row in sheet.iter_rows(min_row=2)}
    assert {("元", "#,##0.00"), ("元/池", "#,##0.00"), ("分", "General"), ("人", "General")} <= formats


def test_dates_and_times_are_dates(tmp_path):
    grid = Grid("甲", [Column("日")], [[date(2026, 10, 5)], [datetime(2026, 10, 5)], [datetime(2026, 10, 5, 9, 30)]])
    sheet = written(tmp_path, grid)["甲"]
    assert [cell.number_format for (cell,) in sheet.iter_rows(min_row=2)] == ["yyyy-mm-dd", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert sheet["A4"].value == datetime(2026, 10, 5, 9, 30)


@pytest.mark.parametrize(
    "policy, shown, kept",
    [
        ("params/policies/dawo.yaml", {"通时达成率", "接触率", "出勤率", "激励量达成率"}, {"佣金（元）"}),
        ("tests/policies/dianxiao.yaml", {"达成率"}, {"转化率"}),  # 转化率 has scale: 100, so 12.5 means 12.5 %
        ("tests/policies/tonghuanbi.yaml", set(), {"转化率", "上月转化率", "提成比例"}),
        ("params/policies/quarterly_standard.yaml", set(), {"工作效率", "3d 电话接听率"}),  # points for a rate
    ],
)
def test_a_ratio_is_shown_per_cent_only_where_it_is_a_part_of_one(policy, shown, kept):
    made = load_policy(policy)
    found = {one.title for one in (result_of(made, name) for name in made.results) if one.unit == RATIO}
    assert shown <= found and not kept & found


def test_a_ratio_of_the_file_reads_as_per_cent(made):
    sheet = openpyxl.load_workbook(made("达沃"))["人员"]
    place = next(cell.column for cell in sheet[1] if cell.value == "通时达成率")
    assert {sheet.cell(row, place).number_format for row in range(5, 10)} == {"0.00%;[Red]-0.00%"}


def test_grades_and_statuses_are_coloured_by_rules_that_follow_an_edit(made):
    sheet = openpyxl.load_workbook(made("热线客服"))["人员"]
    rules = {
        (str(area.sqref), rule.formula[0]): rule.dxf.fill and rule.dxf.fill.bgColor.rgb
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.type == "cellIs" and rule.operator == "equal"
    }
    assert {word: colour for (area, word), colour in rules.items() if area == "F2:F37"} == {
        '"优秀"': "FFCFE8D8",
        '"良好"': "FFE4F1DC",
        '"合格"': "FFFAE2CB",
        '"不合格"': "FFF4CCC4",
    }
    assert rules["D2:D37", '"资料不全"'] == "FFFAE2CB"
    assert not sheet["F4"].fill.fill_type  # the cell itself has no colour


@pytest.mark.parametrize("count", range(1, 9))
def test_the_scale_goes_from_green_to_red_and_can_be_read_in_grey(count):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    looks = list(grade_colours([str(one) for one in range(count)]).values())
    assert looks[0]["bg_color"] == "#CFE8D8" and (count == 1 or looks[-1]["bg_color"] == "#F4CCC4")
    for look in looks:
        assert (light(look["bg_color"]) + 0.05) / (light(look["font_color"]) + 0.05) >= 4.5  # WCAG AA


def test_the_best_grade_comes_first_however_the_policy_lists_them():
    _, result = scored("热线客服")
    shown, people = result.policy.results["grade"], result.employees
    listed = ["优秀", "良好", "合格", "不合格"]
    assert grades_of(View(result), shown) == listed
    worse = people.assign(score=exact([None if one is None else 100 - one for one in map(_plain, people["score"].array)]))
    assert grades_of(View(replace(result, employees=worse)), shown) == listed[::-1]
    alike = people.assign(grade=["良好"] * len(people))
    assert grades_of(View(replace(result, employees=alike)), shown) == listed


def _plain(value):
    return value if isinstance(value, Fraction) else None


# -- names, odd texts, print ----------------------------------------------------------------------------------------------

ODD = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "王" * 300, "𠮷野家", "甲\x00\x1b\x7f乙"]
ODD += ["\u202eabc\u200f", "👩\u200d💼", "a\nb", "_x0041_", "&R&D", "\tx"]


def test_odd_texts_stay_texts_on_every_sheet(tmp_path):
    job, result = scored("门店客服")
    people = result.employees.copy()
    people["name"] = [(ODD * 2)[row] if row < len(ODD) else name for row, name in enumerate(people["name"])]
    write_results(job, replace(result, employees=people), tmp_path / "odd.xlsx")
    book = openpyxl.load_workbook(tmp_path / "odd.xlsx")
    wanted = ["甲乙" if one.startswith("甲") else one for one in ODD]
    for sheet in ("人员", "工资", "工资导入"):
        cells = [cell for (cell,) in book[sheet].iter_rows(min_row=2, min_col=2, max_col=2)][: len(ODD)]
        assert [cell.value for cell in cells] == wanted and {cell.data_type for cell in cells} == {"s"}
        assert all(cell.quotePrefix or cell.number_format == "@" for cell in cells if cell.value[0] in "=+-@\t")
    assert {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"} == {
        f"=ROUND(SUBTOTAL(109,{letter}2:{letter}25),2)" for letter in "DEFGH"
    }


@pytest.mark.parametrize(
    "name, found",
    [
        ("不合格人员名单（按公司相关规定处理，另行公布并存入人事档案）甲乙丙", "不合格人员名单（按公司相关规定处理，另行公布并存入"),
        ("𠮷" * 20, "𠮷" * 13),
        ("a/b:[c]*?'d", "a b  c    d"),
        ("History", "History 2"),
        ("\u202e\x00", "表"),
        ("'引'", "引"),
    ],
)
def test_a_sheet_has_a_name_that_excel_takes(name, found, tmp_path):
    first, second = written(tmp_path, *[Grid(name, [Column("甲")], [])] * 2).sheetnames
    assert first.startswith(found) and second != first
    assert all(len(one.encode("utf-16-le")) <= 2 * 31 and not set(one) & set("[]:*?/\\'") for one in (first, second))


def test_names_that_excel_may_hold_for_the_same_are_kept_apart(tmp_path):
    names = written(tmp_path, *(Grid(name, [Column("甲")], []) for name in ("Abc", "ABC", "ａｂｃ"))).sheetnames
    assert names == ["Abc", "ABC 2", "ａｂｃ 3"]


@pytest.mark.parametrize("text, units, found", [("𠮷𠮷", 3, "𠮷"), ("ab", 5, "ab"), ("😀" * 20_000, 32_000, "😀" * 16_000)])
def test_texts_are_cut_as_excel_counts(text, units, found):
    assert cut(text, units) == found


def test_chinese_signs_are_twice_as_wide_as_digits():
    assert text_width("工号 001") == 8 and text_width("甲\nabcd") == 4


def test_every_page_is_ready_for_a4(made):
    book = openpyxl.load_workbook(made("综合客服"))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddHeader.left.text == "综合客服 2026-10" and sheet.oddFooter.left.text.startswith("机密")
        assert "&P" in sheet.oddFooter.right.text and "&N" in sheet.oddFooter.right.text
    wide = book["人员"]  # 39 columns: several pages side by side, the person on each
    assert wide.print_title_rows == "$1:$1" and wide.print_title_cols == "$A:$B" and wide.page_setup.fitToWidth > 1
    assert wide.freeze_panes == "C2" and wide.print_area.endswith("$35")
    assert book["公布名单"].page_setup.fitToWidth in (None, 1)


def test_nothing_of_the_machine_or_its_user_is_in_the_file(made):
    with zipfile.ZipFile(made("门店客服")) as package:
        texts = {name: package.read(name).decode() for name in package.namelist()}
    assert re.search(r"<dc:creator></dc:creator>|<dc:creator/>", texts["docProps/core.xml"])
    assert re.search(r"<cp:lastModifiedBy></cp:lastModifiedBy>|<cp:lastModifiedBy/>", texts["docProps/core.xml"])
    here = [str(Path.home()), str(Path.cwd()), tempfile.gettempdir()]
    assert not [(name, path) for name, text in texts.items() for path in here if path in text]
    assert not [name for name, text in texts.items() if re.search(r"[A-Z]:\\", text)]


def test_the_same_inputs_give_the_same_bytes(made, tmp_path):
    write_results(*scored("热线客服"), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == made("热线客服").read_bytes()


def test_nobody_at_all_is_a_file_too(tmp_path):
    job, result = scored("门店客服")
    none = replace(result, employees=result.employees.iloc[:0], groups=result.groups.iloc[:0], _ledger=result.ledger.iloc[:0])
    write_results(job, none, tmp_path / "none.xlsx")
    book = openpyxl.load_workbook(tmp_path / "none.xlsx")
    assert [book[name].max_row for name in ("人员", "台账", "工资", "工资导入")] == [1, 1, 1, 1]


def test_english_headings_stand_around_the_policys_chinese(tmp_path):
    set_language("en")
    job = find_job("2026-10", "门店客服", lang="en")
    policy = job.load_policy()
    write_results(job, score(policy, job.read_workbook(policy)), tmp_path / "en.xlsx")
    book = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert book.sheetnames[:3] == ["Cover", "People", "Groups"] and book.sheetnames[-3:] == ["Clauses", "Assumptions", "About"]
    assert list(rows(book["Payroll import"])[0])[:4] == ["id", "name", "period", "4a 基本工资：客服"]
    cover = {row[0]: row[1] for row in book["Cover"].iter_rows(values_only=True)}
    assert cover["total (yuan)"] == 25_246.02 and cover["check"] == "✓"
