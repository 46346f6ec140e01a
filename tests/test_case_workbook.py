"""Worked cases in Excel: what is written in YAML gives the same outcomes from a workbook, and every fault is named at its cell."""

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from kpi_helpers import load_policy
from kpi_helpers.__main__ import main
from kpi_helpers.cases import run_cases
from kpi_helpers.cases.template import write_case_template, write_cases
from kpi_helpers.errors import DataError, PolicyError
from kpi_helpers.language import set_language
from kpi_helpers.workbook.sheet import EXAMPLE

HERE = Path(__file__).parent
CASES = HERE / "cases" / "inbound.yaml"
POLICY = HERE / "policies" / "inbound.yaml"


def lines(path) -> dict[str, list[str]]:
    """The differences of each case; the two names of the table of people are one."""
    return {
        outcome.id: sorted(re.sub("^(employees|results) ", "员工 ", line) for line in outcome.differences) for outcome in run_cases(path)
    }


def copied(path: Path, folder: Path) -> Path:
    """A file of cases in a folder of its own, with the policies it may name."""
    shutil.copytree(HERE / "policies", folder / "policies")
    (folder / "cases").mkdir()
    return Path(shutil.copy(path, folder / "cases"))


@pytest.mark.parametrize("name", ["inbound", "weikang", "team_pool", "three_dimension", "weighted_grades", "more_weikang"])
def test_cases_give_the_same_outcomes_from_yaml_and_from_excel(name, tmp_path):
    path = copied(HERE / "cases" / f"{name}.yaml", tmp_path)
    found = lines(path)
    assert found and not any(found.values())
    assert lines(write_cases(path, path.with_name("样例.xlsx"))) == found


def test_wrong_cases_fail_alike(tmp_path):
    wrong = copied(CASES, tmp_path)
    text = wrong.read_text(encoding="utf-8")
    wrong.write_text(text.replace("应发: 920", "应发: 900").replace("等级: 优", "等级: 差"), encoding="utf-8")
    expected = {"A1": ["员工 1 应发：应为 900，实为 920", "员工 1 等级：应为 差，实为 优"]}
    assert lines(wrong) == expected
    assert lines(write_cases(wrong, wrong.with_name("样例.xlsx"))) == expected


@pytest.fixture(autouse=True)
def chinese():
    yield
    set_language(None)


@pytest.fixture
def template(tmp_path):
    return write_case_template(load_policy(POLICY, "2026-10"), tmp_path / "样例.xlsx")


def test_the_template_has_inputs_left_and_expected_results_right(template):
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["说明", "样例", "事件", "通话", "历史", "参数", "应为", "条款"]
    sheet = book["样例"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:5] == ["样例", "说明", "月份", "工号", "姓名"]
    first = headings.index("应为：状态")
    assert all(word.startswith("应为：") for word in headings[first:]) and not any("应为" in word for word in headings[:first])
    assert {"接听率", "应出勤"} < set(headings[:first]) and {"应为：得分", "应为：应发"} < set(headings[first:])
    assert "应为：池" not in headings  # a result of groups
    assert sheet.cell(1, first + 1).border.left.style == "thick"
    assert all(cell.comment for cell in sheet[1]) and all(str(cell.value).startswith(EXAMPLE) for cell in sheet[2])
    assert [cell.value for cell in book["事件"][1]][0] == "样例"
    assert any(str(cell.value) == "考核办法" for cell in book["说明"]["A"])
    assert any("已完成" in str(rule.formula1) for rule in sheet.data_validations.dataValidation)


def fill(path, **rows):
    """Rows below the example of a sheet, typed in by a person."""
    book = openpyxl.load_workbook(path)
    book["说明"]["B2"].value = str(POLICY)
    for title, filled in rows.items():
        headings = [cell.value for cell in book[title][1]]
        for number, row in enumerate(filled, 3):
            for heading, value in row.items():
                book[title].cell(number, headings.index(heading) + 1).value = value
    book.save(path)
    return path


LEADER = {"岗位": "客服", "职级": "正式", "小组": "G1", "入职日期": "2020-01-05"}
FIGURES = {"接听率": 0.95, "平均处理时长": 300, "满意度": 90, "出勤天数": 21, "应出勤": 21}


def should(**results):
    return {f"应为：{name}": value for name, value in results.items()}


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The policy beside the cases, as a case file may name it."""
    path = tmp_path / "办法.yaml"
    path.write_text(POLICY.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("test_case_workbook.POLICY", path)
    return write_case_template(load_policy(path, "2026-10"), tmp_path / "样例.xlsx")


def test_a_filled_template_is_run_and_explained(beside, capsys):
    fill(
        beside,
        样例=[
            {
                "样例": "甲",
                "说明": "迟到两次",
                "月份": "2026-10",
                "工号": "001",
                **LEADER,
                **FIGURES,
                **should(得分=96, 状态="已完成", 等级="合格"),
            },
            {"样例": "乙", "月份": "2026-10", "工号": "1", **LEADER, **FIGURES, "满意度": "空", **should(得分="空", 状态="资料不全")},
        ],
        事件=[{"样例": "甲", "事件编号": "e1", "工号": "001", "条款": "4", "日期": "2026-10-08", "次数": 2}],
        参数=[{"样例": "甲", "参数": "4.points", "值": -1}, {"样例": "甲", "参数": "4.free", "值": 0}],
        应为=[{"样例": "乙", "表": "员工", "对象": "1", "项目": "缺", "值": "满意度"}],
    )
    outcomes = run_cases(beside)
    assert [(one.id, one.title, one.passed) for one in outcomes] == [("甲", "迟到两次", False), ("乙", "", True)]
    assert outcomes[0].differences == ["员工 001 等级：应为 合格，实为 优"]
    assert main(["cases", str(beside)]) == 1
    shown = capsys.readouterr().out
    assert "台账 员工 001：已完成" in shown and re.search(r"\b接听率 .* 样例![A-Z]+3\b", shown) and re.search(r"迟到 .* 事件!.?3\b", shown)
    assert shown.endswith("1 passed, 1 failed\n")


def test_values_are_named_as_the_headings_name_them_and_numbers_may_be_text(beside):
    fill(beside, 样例=[{"样例": "甲", "月份": "2026-10", "工号": "001", **LEADER, **FIGURES, **should(得分="98.00", 状态="资料不全")}])
    assert run_cases(beside)[0].differences == ["员工 001 状态：应为 资料不全，实为 已完成"]
    set_language("en")
    assert run_cases(beside)[0].differences == ["员工 001 状态: expected 资料不全, got complete"]


def test_every_fault_comes_at_once_with_its_cell(beside):
    fill(
        beside,
        样例=[
            {"样例": "甲", "月份": "2026-10", "工号": "1", **FIGURES, "接听率": "很高"},
            {"样例": "甲", "月份": "2026-11", "工号": "1"},
            {"工号": "2"},
            {"样例": "丙", "接听率": 1},
        ],
        事件=[{"样例": "丁", "工号": "1", "条款": "4"}],
        参数=[{"样例": "甲", "参数": "4.points"}],
        应为=[{"样例": "甲", "项目": "x", "值": 1}],
    )
    with pytest.raises(DataError) as caught:
        run_cases(beside)
    found = "\n".join(map(str, caught.value.faults))
    for cell in ("样例!", "样例!C4", "样例!D4", "样例!A5", "样例!D6", "事件!A3", "参数!C3", "应为!B3"):
        assert f"样例.xlsx {cell}" in found, cell
    assert "“很高”不是数字" in found


def test_an_untouched_template_holds_no_cases(template):
    with pytest.raises((DataError, PolicyError)):
        run_cases(template)


def test_a_policy_that_may_not_be_named(beside, tmp_path):
    book = openpyxl.load_workbook(fill(beside))
    book["说明"]["B2"].value = "/etc/passwd"
    book.save(beside)
    with pytest.raises(PolicyError, match="没有可用的考核办法文件"):
        run_cases(beside)
    book["说明"]["B2"].value = None
    book.save(beside)
    with pytest.raises(DataError, match="没有写明考核办法"):
        run_cases(beside)


def test_the_command_writes_it_and_replaces_nothing(tmp_path, capsys):
    out = tmp_path / "样例.xlsx"
    assert main(["template", str(POLICY), "--cases", "-o", str(out)]) == 0
    assert "样例" in openpyxl.load_workbook(out).sheetnames
    assert main(["template", str(POLICY), "--cases", "-o", str(out)]) == 2
    assert "已存在" in capsys.readouterr().err
