"""results.xlsx in figures: the same yuan on every sheet, rows that payroll can import, the file as LibreOffice reads it."""

import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import isclose

import openpyxl
import pytest
from excel import fen, results_of, rows, scored, written
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_helpers import score
from kpi_helpers.departments import find_job
from kpi_helpers.numbers import exact
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.payroll import Payroll
from kpi_helpers.report.results import write_results
from kpi_helpers.report.views import View
from kpi_helpers.scenarios import Scenario


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The results.xlsx of a sample department."""
    folder = tmp_path_factory.mktemp("excel")
    return lambda department: results_of(department, folder)


# -- sums -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("department, due", [("门店客服", Decimal("25246.02")), ("达沃", Decimal("92807.97"))])
def test_every_sheet_adds_up_to_the_same_yuan(department, due, made):
    book = openpyxl.load_workbook(made(department), data_only=True)
    people = {row["工号"]: next(value for name, value in row.items() if name.startswith("应发合计")) for row in rows(book["人员"])}
    published = {unit for unit, value in people.items() if value is not None}
    *lines, sums = rows(book["工资"])
    ledger = dict.fromkeys(published, 0)
    for line in rows(book["台账"]):
        if line["单位"] == "元" and line["工号"] in published:
            ledger[line["工号"]] = ledger.get(line["工号"], 0) + fen(line["数值"])
    imported = {row["工号"]: row for row in rows(book["工资导入"])}
    wanted = {unit: fen(people[unit]) for unit in published}
    assert ledger == wanted == {row["工号"]: fen(row["合计（元）"]) for row in lines if row["合计（元）"] is not None}
    assert wanted == {unit: fen(row["应发合计"]) for unit, row in imported.items()}
    for row in imported.values():
        *_, gross = amounts = [value for name, value in row.items() if name not in ("工号", "姓名", "期间")]
        assert sum(map(fen, amounts[:-1])) == fen(gross)
    facts = {row[0]: row for row in book["封面"].iter_rows(values_only=True)}
    assert fen(sums["合计（元）"]) == fen(facts["合计（元）"][1]) == sum(wanted.values()) == due * 100
    assert facts["核对"][1] == "✓" and f"{due:,}" in facts["核对"][2]


def test_a_sum_follows_the_filter_and_its_value_is_there_without_reckoning(made):
    live, cached = (openpyxl.load_workbook(made("门店客服"), data_only=only)["工资"] for only in (False, True))
    last = live.max_row
    assert live.cell(last, 8).value == f"=ROUND(SUBTOTAL(109,H2:H{last - 1}),2)" and cached.cell(last, 8).value == 25_246.02
    assert live.auto_filter.ref == f"A1:H{last - 1}"  # the sums are not sorted away
    formulas = [cell for sheet in openpyxl.load_workbook(made("门店客服")) for row in sheet for cell in row if cell.data_type == "f"]
    assert len(formulas) == 5 and all(re.fullmatch(r"=ROUND\(SUBTOTAL\(109,[A-Z]+2:[A-Z]+25\),2\)", cell.value) for cell in formulas)


def test_where_nobody_has_pay_no_sum_of_zero_is_shown(made):
    *_, last = openpyxl.load_workbook(made("热线客服"))["工资"].iter_rows(values_only=True)
    assert last == ("合计", None, None, None)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=40))
def test_fen_survive_the_file(tmp_path_factory, amounts):
    grid = Grid("金额", [Column("金额", "元")], [[Fraction(one, 100)] for one in amounts])
    sheet = written(tmp_path_factory.mktemp("fen"), grid)["金额"]
    assert [fen(Decimal(repr(value))) for (value,) in sheet.iter_rows(min_row=2, values_only=True)] == amounts


# -- payroll import -------------------------------------------------------------------------------------------------------


def test_payroll_gets_plain_rows_of_those_who_are_paid(made):
    sheet = openpyxl.load_workbook(made("门店客服"))["工资导入"]
    found = rows(sheet)
    assert list(found[0]) == [
        "工号",
        "姓名",
        "期间",
        "4a 基本工资：客服",
        "4b 基本工资：收银",
        "4.other 基本工资：其他岗位按工资表",
        "5.4b 月底总奖金除全体人数",
        "应发合计",
    ]
    # 一组: 82 points, pool 8 × 100 + 1000 = 1800, 1800 × 82 % ÷ 8 = 184.50; cashiers have 1,100
    assert list(found[1].values()) == ["002", "李志强", "2026-10", 0, 1100, 0, 184.5, 1284.5]
    assert "023" not in {row["工号"] for row in found}  # 资料不全: no pay is published
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.number_format for cell in cells if cell.data_type == "s"} == {"@"}
    assert {cell.number_format for cell in cells if cell.data_type == "n"} == {"0.00"}
    assert not [cell for cell in cells if cell.fill.fill_type or cell.comment or cell.font.bold]
    assert not sheet.merged_cells.ranges and not sheet.auto_filter.ref and not len(sheet.conditional_formatting)


def test_the_columns_of_payroll_are_those_of_the_policy_not_of_the_month():
    _, result = scored("达沃")
    titles = [column.title for column in Payroll.of(View(result)).grid.columns]
    assert "7.1" not in View(result).pay.clauses  # a clause that paid nobody this month
    assert [title.split()[0] for title in titles if title.startswith("7.")][:3] == ["7.1", "7.2", "7.4b"]


def test_parts_of_a_fen_are_a_visible_column():
    _, result = scored("门店客服")
    ledger = result.ledger.copy()
    own = ledger["employee_id"].notna().to_numpy()
    ledger["value"] = exact([one / 7 if part else one for one, part in zip(ledger["value"].array, own, strict=True)])
    payroll = Payroll.of(View(replace(result, _ledger=ledger)))
    people = {row[0]: row[3:] for row in payroll.grid.rows}
    # 900 ÷ 7 = 128.571… and 192.86 ÷ 7 = 27.551…; together 156.122…
    assert people["011"] == [Fraction("128.57"), 0, 0, Fraction("27.55"), 0, Fraction("156.12")]
    # 580 ÷ 7 = 82.857… and 184.50 ÷ 7 = 26.357…; together 109.214…, one fen less than 82.86 + 26.36
    assert people["008"] == [Fraction("82.86"), 0, 0, Fraction("26.36"), Fraction("-0.01"), Fraction("109.21")]
    assert payroll.grid.columns[-2].title == "尾差"
    assert all(sum(row[3:-1]) == row[-1] for row in payroll.grid.rows)


def test_a_trial_cannot_be_paid_by(tmp_path):
    job = replace(find_job("2026-10", "门店客服"), scenario=Scenario("降奖金", {"pool_per_head": Fraction(90)}))
    policy = job.load_policy()
    write_results(job, score(policy, job.read_workbook(policy)), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "工资导入" not in book.sheetnames and "试算：降奖金" in book["封面"]["A3"].value
    assert "试算 降奖金" in book["人员"].oddHeader.left.text


# -- LibreOffice ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """soffice in a profile of its own: convert(file, to) → folder."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice on this machine")
    profile = tmp_path_factory.mktemp("profile")

    def convert(path, to):
        folder = tmp_path_factory.mktemp("office")
        command = [program, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", to, "--outdir", folder, path]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return folder

    return convert


@pytest.mark.parametrize("department", ["门店客服", "达沃", "综合客服"])
def test_on_paper_no_column_is_too_narrow(department, made, office):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine")
    narrow = written(made(department).parent, Grid("窄", [Column("金额", "元")], [[Fraction("1234567.89")]]))
    narrow["窄"].column_dimensions["A"].width = 4
    narrow.save(made(department).parent / "narrow.xlsx")
    assert "###" in _printed(office, made(department).parent / "narrow.xlsx")  # this is how it would look
    text = _printed(office, made(department))
    assert "##" not in text and "Err:" not in text and "#N/A" not in text
    assert {"门店客服": "25,246.02", "达沃": "92,807.97", "综合客服": "考核得分"}[department] in text


def _printed(office, path) -> str:
    pdf = office(path, "pdf") / f"{path.stem}.pdf"
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, timeout=60).stdout.decode()


def test_libreoffice_saves_what_it_read(made, office):
    before = openpyxl.load_workbook(made("达沃"), data_only=True)
    after = openpyxl.load_workbook(office(made("达沃"), "xlsx") / "达沃.xlsx", data_only=True)
    assert before.sheetnames == after.sheetnames
    for sheet in before:
        for row, again in zip(sheet.iter_rows(values_only=True), after[sheet.title].iter_rows(values_only=True), strict=True):
            assert all(map(_same, row, again))


def _same(value, again) -> bool:
    """LibreOffice saves 15 digits of a number; of an amount that is all of them."""
    return isclose(value, again, rel_tol=1e-13) if isinstance(value, float) else value == again
