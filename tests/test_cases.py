"""Every worked case in tests/cases passes through the same runner as `kpi cases`; a wrong value is found."""

from fractions import Fraction
from pathlib import Path

import pytest

from kpi_helpers.__main__ import main
from kpi_helpers.cases import compare, run_cases
from kpi_helpers.errors import PolicyError

FILES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_worked_case_passes(path):
    failed = [f"{outcome.id}: {line}" for outcome in run_cases(path) for line in outcome.differences]
    assert not failed, "\n".join(failed)


def test_the_119_agreed_cases_are_all_here():
    agreed = [path for path in FILES if (path.parents[2] / "params" / "policies" / path.name).exists()]
    assert sum(len(run_cases(path)) for path in agreed) == 119


def test_a_wrong_value_is_named_with_place_expected_and_got(tmp_path):
    text = FILES[[path.stem for path in FILES].index("team_pool")].read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("share: 267.00", "share: 300.00"), encoding="utf-8")
    failed = [outcome for outcome in run_cases(wrong) if not outcome.passed]
    assert [outcome.id for outcome in failed] == ["TP02"]
    assert failed[0].differences == ["groups G1 share：应为 300，实为 267"]


def test_comparison_is_exact_after_rounding_to_the_fen():
    assert compare("x", 2, 2) == []
    assert compare("x", None, 0) != []
    assert compare("x", 0, None) != []
    assert compare("x", True, 1) != []
    assert compare("x", [1, 2], [2, 1]) != []
    assert compare("x", {"a": 1}, {"a": 1, "b": 2}) == []
    assert compare("x", {"a": 1}, {"b": 1}) != []


@pytest.mark.parametrize(
    ("written", "result", "same"),
    [
        ("0.96", "0.955", True),  # published to 0.01, half up
        ("0.95", "0.955", False),
        ("0.955", "0.955", True),
        ("0.955", "0.96", False),  # three decimals mean all three
        ("0.955", "0.9551", False),
        ("-0.125", "-0.13", False),
        ("78.1", "78.14", False),
        ("0.3333", "1/3", True),  # no decimals write a third: those written count
        ("0.3334", "1/3", False),
        ("0.6667", "2/3", True),
        ("0.666666666667", "2/3", True),
        ("1", "0.9999", True),
        ("0.9999", "1", False),
    ],
)
def test_a_number_with_more_than_two_decimals_means_what_it_says(written, result, same):
    for expected in (Fraction(written), written):
        assert (compare("x", expected, Fraction(result)) == []) == same


GOOD = """\
policy: p.yaml
cases:
  - id: A
    month: 2026-10
    inputs:
      员工: {columns: [工号, 小组], rows: [["1", G], ["2", G]]}
      事件: {columns: [事件编号, 工号, 条款, 次数], rows: [[e1, "1", "1", 3], [e2, "9", "1", 1]]}
    expected: {员工: {"1": {得分: 94}}}
"""
POLICY = """\
scheme: trial
title: 试行办法
tables:
  员工: {required: [工号], optional: [小组], key: [工号]}
  事件: {required: [事件编号, 工号, 条款], optional: [次数], key: [事件编号]}
  评分: {required: [工号, 礼貌: {kind: number, min: 0, max: 10}], may_be_absent: true}
parameters:
  上限: {value: 100, basis: S}
clauses:
  - {id: "1", title: 迟到, source: 一, basis: S, rule: per_event, points: -2}
  - {id: "2", title: 得分, source: 二, basis: S, rule: total, start: 100, cap: $上限, as: 得分}
  - {id: "3", title: 组均分, source: 三, basis: S, per: group, rule: pooled, measure: 得分, of: mean, unit: "", as: 组均分}
"""


@pytest.fixture
def cases(tmp_path):
    def write(text=GOOD, name="c.yaml"):
        (tmp_path / "p.yaml").write_text(POLICY, encoding="utf-8")
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def stopped(path) -> str:
    with pytest.raises(PolicyError) as caught:
        run_cases(path)
    return "\n".join(map(str, caught.value.faults))


def test_a_failed_case_is_explained_by_the_ledger(cases, capsys):
    path = cases(GOOD.replace("得分: 94}}}", "得分: 90}}, 小组: {G: {组均分: 95}}}"))
    assert main(["cases", str(path)]) == 1
    assert capsys.readouterr().out.split("\n") == [
        "FAIL A",
        "       员工 1 得分：应为 90，实为 94",
        "       小组 G 组均分：应为 95，实为 97",
        "       台账 员工 1：已完成",
        "         条款  内容  说明    数量  得值  单位  生效的数             出处",
        "         1     迟到             3    -6  分    points=-2            事件!1",
        "         2     得分  基础分         100  分    start=100；上限=100",
        "         合计：94 分",
        "       台账 小组 G",
        "         条款  内容    数量  得值",
        "         3     组均分     2    97",
        "         拒收 事件 第 2 行 工号 “9”花名册中没有此人",
        "0 passed, 1 failed",
        "",
    ]


def test_an_explanation_is_bounded(cases):
    people = ", ".join(f'["{i}", G]' for i in range(30))
    expected = ", ".join(f'"{i}": {{得分: 1}}' for i in range(30))
    text = GOOD.replace('["1", G], ["2", G]', people).replace('"1": {得分: 94}', expected)
    outcome = run_cases(cases(text))[0]
    assert len(outcome.differences) == 30
    assert len(outcome.explanation) < 60
    assert "另有 25 个对象" in outcome.explanation[-1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("得分: 94", "得份: 94", "是否指“得分”？"),
        ('员工: {"1"', '员功: {"1"', "是否指“员工”？"),
        ('{"1": {得分: 94}}', '{"3": {得分: 94}}', "（没有）"),
        ("      事件:", "      事件表:", "c.yaml:3 A 事件表: 本办法没有这个数据表。 是否指“事件”？"),
        ("[工号, 小组]", "[工号, 小姐]", "员工.小姐: 没有这一列。"),
        ("[工号, 小组]", "[工号, 工号]", "员工.工号: 这一列写了两次。"),
        ('["2", G]', '["2"]', "c.yaml:6 A inputs 员工 rows: 第 2 行应有 2 个值，实有 1。"),
        ('["2", G]', "x", "第 2 行应有 2 个值，实有 不是列表。"),
        ('["2", G]', '["2", {a: 1}]', "第 2 行 小组 不是一个值。"),
        ("columns: [工号, 小组]", "columns: 工号", "columns 应是列名的列表。"),
        ("{columns: [工号, 小组], rows", "{cols: [工号, 小组], rows", "应写作 {columns:"),
        ("month: 2026-10", "month: 2026-13", "“2026-13”不是考核周期"),
        ("month: 2026-10", "month: [1]", "month 应是文字。"),
        ("month: 2026-10", "month: 2026-10\n    quarter: 2026Q4", "month、quarter 只写一个。"),
        ('[e1, "1", "1", 3]', '[e1, "1", 2.10, 3]', "事件 第 1 行 条款: “2.1”没有加引号，被读成了数。 请加引号"),
        ("month: 2026-10", "mounth: 2026-10", "不认识“mounth”。 是否指“month”？"),
        ("    inputs:", "    params: {上线: 1}\n    inputs:", "上线: 没有这个参数。"),
        ("    inputs:", "    params: [1]\n    inputs:", "params 应写作 {名称: 值}。"),
        ('    expected: {员工: {"1": {得分: 94}}}', "", "没有 expected"),
        ("得分: 94", "得分: &a [*a]", "引用了自己"),
    ],
)
def test_a_bad_case_says_what_is_wrong_with_it(cases, capsys, old, new, message):
    assert old in GOOD
    assert main(["cases", str(cases(GOOD.replace(old, new)))]) == 1
    shown = capsys.readouterr()
    assert message in shown.out and shown.out.endswith("0 passed, 1 failed\n") and "程序出错" not in shown.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policy: p.yaml\ncases: []", "cases 应有 1 至"),
        ("policy: p.yaml", "应有 scheme（或 policy）与 cases。"),
        ("[1, 2]", "应有 scheme（或 policy）与 cases。"),
        (GOOD + GOOD[GOOD.index("  - id") :], "样例编号重复。"),
        (GOOD.replace("p.yaml", "none.yaml"), "没有可用的考核办法文件“none.yaml”。"),
        (GOOD.replace("p.yaml", "/etc/passwd"), "没有可用的考核办法文件"),
        (GOOD.replace("p.yaml", "../../../x.yaml"), "没有可用的考核办法文件"),
        (GOOD.replace("policy: p.yaml", "scheme: ../../x"), "没有可用的考核办法文件"),
        (GOOD.replace("policy: p.yaml", "scheme: weikan"), "没有考核办法“weikan”。"),
        (GOOD.replace("policy: p.yaml", "policy: [1]"), "policy 应是考核办法文件的路径。"),
        (GOOD.replace("policy:", "polici: x\npolicy:"), "不认识“polici”。"),
        (GOOD.replace('["2", G]', "[002, G]"), "c.yaml:6: “002”以 0 开头。 编号请加引号"),
    ],
)
def test_a_file_that_holds_no_cases_says_so(cases, capsys, text, message):
    assert message in stopped(cases(text))
    good = cases(name="good.yaml")
    assert main(["cases", str(good.with_name("c.yaml")), str(good)]) == 1  # the other file is still run
    assert capsys.readouterr().out.endswith("1 passed, 1 failed\n")


def test_a_policy_that_does_not_load_is_said_once(cases):
    path = cases(GOOD + GOOD[GOOD.index("  - id") :].replace("id: A", "id: B"))
    path.with_name("p.yaml").write_text(POLICY.replace("per_event", "per_evnt"), encoding="utf-8")
    assert stopped(path).count("没有计分规则“per_evnt”。") == 1


def test_the_words_of_the_reader_are_understood(cases):
    assert run_cases(cases(GOOD.replace("得分: 94", "得分: 94, 状态: 已完成, 缺: []")))[0].passed
    refused = "expected: {拒收: [{table: 事件, column: 工号, reason: 花名册中没有此人}], "
    assert run_cases(cases(GOOD.replace("expected: {", refused)))[0].passed
    wrong = run_cases(cases(GOOD.replace("得分: 94", "状态: 资料不全")))[0]
    assert wrong.differences == ["员工 1 状态：应为 资料不全，实为 已完成"]
    mistyped = run_cases(cases(GOOD.replace("得分: 94", "状态: 以完成")))[0]
    assert mistyped.differences == ["员工 1 状态：应为 以完成，实为 已完成 是否指“已完成”？"]
    engine = run_cases(cases(GOOD.replace("得分: 94", "status: incomplete")))[0]
    assert engine.differences == ["员工 1 status：应为 incomplete，实为 complete"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("status", ["已完成", "complete"])
@pytest.mark.parametrize("reason", ["花名册中没有此人", "not on the roster", "unknown_employee"])
def test_a_case_says_the_same_to_readers_of_either_language(cases, lang, status, reason):
    text = GOOD.replace("得分: 94", f"状态: {status}").replace("{员工: {", f"{{拒收: [{{reason: {reason}}}], 员工: {{")
    assert main(["--lang", lang, "cases", str(cases(text))]) == 0


@pytest.mark.parametrize("written", ['"94"', '"94.00"', '"+94"', "９４", '"９４"', "94.0"])
def test_a_number_is_a_number_however_it_was_typed(cases, written):
    assert run_cases(cases(GOOD.replace("得分: 94", f"得分: {written}")))[0].differences == []
    assert run_cases(cases(GOOD.replace("得分: 94", f"得分: {written.replace('94', '95').replace('９４', '９５')}")))[0].differences != []


def test_an_empty_mapping_says_that_there_is_nothing(cases):
    assert run_cases(cases(GOOD.replace("{员工: {", "{待决定: {}, 员工: {")))[0].passed
    flagged = POLICY + '  - {id: "4", title: 约谈, source: 四, basis: S, rule: flagged, who: {得分: {below: 95}}}\n'
    path = cases(GOOD.replace("{员工: {", "{待决定: {}, 员工: {"))
    path.with_name("p.yaml").write_text(flagged, encoding="utf-8")
    assert run_cases(path)[0].differences == ["待决定：应为 {}，实为 {1: {4: null}}"]
