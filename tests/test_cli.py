"""The kpi command: exit codes, every message in the reader's language, no traceback ever."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from small_month import EVENTS, PEOPLE, write_month

from kpi_helpers import __main__ as command
from kpi_helpers.errors import UsageError
from kpi_helpers.language import set_language

ROOT = Path(__file__).parents[1]
POLICY = "params/policies/weikang.yaml"
COMMANDS = ["run", "check", "cases", "template", "lab"]


@pytest.fixture(autouse=True)
def chinese_again():
    yield
    set_language(None)


def kpi(capsys, *words):
    """(exit code, stdout, stderr) of a command in this process."""
    try:
        code = command.main(list(map(str, words)))
    except SystemExit as leaving:
        code = leaving.code
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    return code, told.out, told.err


def shell(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "kpi_helpers", *words], cwd=ROOT, capture_output=True, env={**os.environ, **environment}, timeout=120
    )


# -- help and usage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang, word", [("zh", "例：kpi"), ("en", "Example: kpi")])
def test_every_command_explains_itself_with_an_example(capsys, name, lang, word):
    code, out, _ = kpi(capsys, name, "--help", "--lang", lang)
    assert code == 0 and f"{word} {name}" in out


def test_the_language_can_stand_before_the_command_or_in_the_environment(capsys, monkeypatch):
    assert "commands" in kpi(capsys, "--lang", "en", "--help")[1]
    monkeypatch.setenv("KPI_LANG", "en")
    assert "commands" in kpi(capsys, "--help")[1]


@pytest.mark.parametrize(
    "words, told",
    [
        ([], "缺少参数"),
        (["rnu"], "没有 'rnu'"),
        (["run", "--moth", "x"], "不认识：--moth"),
        (["run", "2026-13"], "不是考核周期"),
        (["run", "--jobs", "0"], "应为不小于 1 的整数"),
        (["run", "2026-10", "--department", "门店客付"], "是否指“门店客服”"),
        (["run", "2026-10", "--scenario", "没有的"], "读不到方案稿"),
        (["run", "2026-10", "--department", "维康", "--department", "达沃", "--policy", POLICY], "只能用于一个部门"),
        (["template", POLICY], "-o/--output"),
        (["check", "a.xlsx", "b.xlsx", "--marked", "c.xlsx"], "一次只能标一份"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(capsys, words, told):
    code, out, err = kpi(capsys, *words)
    assert (code, out) == (2, "") and told in err


# -- run -------------------------------------------------------------------------------------------------------------


def test_run_writes_the_department_and_the_overview(capsys, workbook, tmp_path):
    code, out, err = kpi(capsys, "run", "--policy", POLICY, "--workbook", workbook, "--department", "维康", "--output", tmp_path)
    assert (code, err) == (0, "")
    assert "6/6 人完成" in out and "待决定 1" in out
    assert (tmp_path / "2026-10" / "维康" / "report.html").exists() and (tmp_path / "2026-10" / "index.html").exists()


def test_a_workbook_without_a_department_runs_under_its_own_name(capsys, workbook, tmp_path):
    code, _, _ = kpi(capsys, "run", "2026-10", "--policy", POLICY, "--workbook", workbook, "--output", tmp_path)
    assert code == 0 and (tmp_path / "2026-10" / "weikang" / "results.xlsx").exists()


def test_run_with_a_faulty_workbook_ends_with_1_and_lists_all_faults(capsys, tmp_path):
    bad = write_month(tmp_path / "2026-10" / "坏.xlsx", events=[*EVENTS, ["E1", "009", "6.21", date(2026, 10, 1)]])
    code, out, err = kpi(capsys, "run", "--policy", POLICY, "--workbook", bad, "--output", tmp_path / "out")
    assert code == 1 and "失败" in out
    assert "6.21" in err and "009" in err and "重复" in err


def test_a_folder_that_cannot_be_written_is_a_message(capsys, workbook, tmp_path):
    (tmp_path / "out").write_text("a file stands where the folder should be", encoding="utf-8")
    code, out, err = kpi(capsys, "run", "--policy", POLICY, "--workbook", workbook, "--output", tmp_path / "out")
    assert code == 1 and "0 个部门完成，1 个失败" in out
    assert err.count("写不了文件") == 2 and "总览" in err


def test_a_name_that_cannot_be_a_folder_is_wrong_usage(capsys, workbook, tmp_path):
    code, _, err = kpi(capsys, "run", "--policy", POLICY, "--workbook", workbook, "--department", "..", "--output", tmp_path)
    assert code == 2 and "不能作文件夹名" in err


def test_run_says_when_it_runs_another_period(capsys, tmp_path):
    quarterly = tmp_path / "quarterly.yaml"
    quarterly.write_text((ROOT / POLICY).read_text(encoding="utf-8").replace("period: month", "period: quarter"), encoding="utf-8")
    data = write_month(tmp_path / "2026-Q3" / "w.xlsx", events=[], attendance=[])
    code, out, _ = kpi(capsys, "run", "2026-10", "--policy", quarterly, "--workbook", data, "--output", tmp_path)
    assert code == 0 and "已结束的考核期 2026Q3" in out
    assert "2026Q3" in (tmp_path / "2026-10" / "w" / "report.html").read_text(encoding="utf-8")


# -- check, cases, template ------------------------------------------------------------------------------------------


def test_check_reads_policies_and_workbooks(capsys, workbook):
    code, out, _ = kpi(capsys, "check", POLICY, workbook, "--policy", POLICY)
    assert code == 0 and out.count("✓") == 2


def test_check_lists_every_fault_and_marks_a_copy(capsys, tmp_path):
    bad = write_month(tmp_path / "2026-10" / "坏.xlsx", events=[["E1", "001", "6.21", date(2026, 10, 1)], ["E2", "009", "2.A2.1", None]])
    code, out, _ = kpi(capsys, "check", bad, "--policy", POLICY, "--marked", tmp_path / "标注.xlsx")
    assert code == 1 and "6.21" in out and "009" in out
    assert (tmp_path / "标注.xlsx").exists()


@pytest.mark.parametrize("lang, told", [("zh", "  提示：总.xlsx 工作表“员工”中"), ("en", "  note: 总.xlsx sheet '员工', rows")])
def test_check_says_what_is_worth_knowing_of_a_workbook(capsys, tmp_path, lang, told):
    path = write_month(tmp_path / "2026-10" / "总.xlsx", people=[*PEOPLE, ["合计", "6人", None]])
    code, out, _ = kpi(capsys, "check", path, "--policy", POLICY, "--lang", lang)
    first, *notes = out.splitlines()
    assert code == 0 and first.startswith("✓") and len(notes) == 1
    assert notes[0].startswith(told) and "合计" in notes[0]


def test_check_says_what_is_worth_knowing_beside_the_faults(capsys, tmp_path):
    path = write_month(tmp_path / "2026-10" / "总.xlsx", people=[*PEOPLE, ["合计", "6人", None]], events=[["E1", "009", "2.A2.1", None]])
    code, out, _ = kpi(capsys, "check", path, "--policy", POLICY)
    assert code == 1 and [line.split()[0] for line in out.splitlines()] == ["✗", "总.xlsx", "提示：总.xlsx"]


def test_check_does_not_print_a_column_that_is_wrong_from_top_to_bottom(capsys, tmp_path):
    events = [[f"E{i}", "009", "2.A2.1", date(2026, 10, 1)] for i in range(500)]
    path = write_month(tmp_path / "2026-10" / "坏.xlsx", events=events)
    code, out, _ = kpi(capsys, "check", path, "--policy", POLICY)
    assert code == 1 and len(out.splitlines()) == 202
    assert out.splitlines()[-1] == "  ……共 500 处错误，只列出前 200 处；加 --marked 副本.xlsx 标出全部。"


def test_check_names_the_rows_that_the_policy_refuses(capsys, project):
    policy = project / "params" / "policies" / "three_dimension.yaml"
    book = openpyxl.load_workbook(project / "params" / "sample" / "2026-10" / "three_dimension.xlsx")
    sheet = book["评分"]
    month = next(cell.column for cell in sheet[1] if cell.value == "月份")
    for row in range(2, 14):
        sheet.cell(row, month).value = "2026-09"
    path = project / "2026-10" / "三.xlsx"
    path.parent.mkdir()
    book.save(path)
    code, out, _ = kpi(capsys, "check", path, "--policy", policy)
    assert code == 0 and "提示：三.xlsx 拒收 12 行，不计：评分!" in out and "2（不属本期）、" in out and out.rstrip().endswith("…。")


def test_the_policy_of_a_departments_workbook_is_found_by_its_place(project):
    """data2/… is no workbook of data/{period}/…"""
    from kpi_helpers.checking import named

    (project / "params" / "departments.yaml").write_text(
        'departments: {甲: {policy: policies/weikang.yaml, workbook: "data/{period}/员工-{period}.xlsx"}}', encoding="utf-8"
    )
    (project / "params" / "data2" / "2026-10").mkdir(parents=True)
    other = shutil.copy("params/sample/2026-10/weikang.xlsx", "params/data2/2026-10/员工-2026-10.xlsx")
    with pytest.raises(UsageError):
        named([other])
    (project / "params" / "data2").rename(project / "params" / "data")
    place = named(["params/data/2026-10/员工-2026-10.xlsx"])[0]
    assert (place.policy.name, place.period) == ("weikang.yaml", "2026-10")


def test_check_says_when_it_does_not_know_the_policy(capsys, tmp_path):
    code, _, err = kpi(capsys, "check", write_month(tmp_path / "无名.xlsx"))
    assert code == 2 and "--policy" in err


def test_check_of_a_faulty_policy_names_every_line(capsys, tmp_path):
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(
        (ROOT / POLICY).read_text(encoding="utf-8").replace("rule: absence", "rule: absense").replace("title: 加分}", "titel: 加分}"),
        encoding="utf-8",
    )
    code, out, _ = kpi(capsys, "check", faulty)
    assert code == 1 and "是否指“absence”" in out and "是否指“title”" in out


WRONG_CASE = """
scheme: weikang
cases:
  - id: X1
    title: 基础分
    month: 2026-10
    inputs: {employees: {columns: [employee_id], rows: [["001"]]}}
    expected: {results: {"001": {total: 99, attendance: 14}}}
"""


def test_cases_prints_a_line_each_and_fails_on_a_difference(capsys, tmp_path):
    assert kpi(capsys, "cases", "tests/cases/weikang.yaml")[1].endswith(" passed, 0 failed\n")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG_CASE, encoding="utf-8")
    code, out, _ = kpi(capsys, "cases", wrong)
    assert (
        code == 1 and "FAIL X1" in out and "应为 99，实为 100" in out and "应为 14，实为 15" in out and out.endswith("0 passed, 1 failed\n")
    )


def test_template_writes_a_workbook_and_keeps_what_is_there(capsys, tmp_path):
    code, out, _ = kpi(capsys, "template", "weikang", "-o", tmp_path / "空.xlsx")
    assert code == 0 and (tmp_path / "空.xlsx").exists() and "已写好" in out
    code, _, err = kpi(capsys, "template", POLICY, "-o", tmp_path / "空.xlsx")
    assert code == 2 and "没有覆盖" in err


# -- the shell around it ---------------------------------------------------------------------------------------------


def test_output_is_utf8_whatever_the_locale():
    told = shell("run", "--help", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "运行一个月" in told.stdout.decode("utf-8")


def test_an_unexpected_error_is_one_clear_message(capsys, monkeypatch):
    monkeypatch.setattr("kpi_helpers.cases.run_cases", lambda _: 1 / 0)
    code, _, err = kpi(capsys, "cases", "x.yaml")
    assert code == 1 and "ZeroDivisionError" in err and "KPI_DEBUG=1" in err
    monkeypatch.setenv("KPI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        command.main(["cases", "x.yaml"])


def test_a_missing_file_is_a_message(capsys):
    assert kpi(capsys, "cases", "没有.yaml")[0] == 1
    assert kpi(capsys, "check", "没有.yaml")[0] == 1
    code, _, err = kpi(capsys, "check", "没有.xlsx")
    assert code == 1 and "没有这个文件" in err


def test_a_reader_that_leaves_is_no_error():
    pipe = subprocess.run(
        f"{sys.executable} -m kpi_helpers cases tests/cases/weikang.yaml | head -1", shell=True, cwd=ROOT, capture_output=True, timeout=120
    )
    assert b"Traceback" not in pipe.stderr and b"Exception" not in pipe.stderr


def test_outside_a_project_the_message_says_so(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "kpi_helpers", tmp_path / "kpi_helpers", ignore=shutil.ignore_patterns("__pycache__"))
    told = subprocess.run([sys.executable, "-m", "kpi_helpers", "run", "2026-10"], cwd=tmp_path, capture_output=True, timeout=120)
    assert told.returncode == 2 and "departments.yaml" in told.stderr.decode("utf-8")
