"""A policy file is read strictly, as it stands in a month, and every fault is named at once with its line."""

from fractions import Fraction
from pathlib import Path

import pytest

import kpi_helpers as kpi
from kpi_helpers import strict_yaml

POLICIES = sorted((Path(__file__).parents[1] / "params" / "policies").glob("*.yaml"))

PLAIN = """\
scheme: trial
title: 试行办法
tables:
  employees: {required: [employee_id], optional: [role], key: [employee_id]}
  events: {required: [event_id, employee_id, clause], optional: [count, status]}
parameters:
  late: {value: -2, basis: S, unit: 分}
  cap: {value: none, accepts: [none, number], basis: R}
  mode: {value: replace, accepts: [replace, add], basis: R}
clauses:
  - {id: "1.1", title: 迟到, source: 一1, basis: S, rule: per_event, points: $late}
  - {id: "1.2", title: 旷工, source: 一2, basis: S, rule: per_event, points: -5, floor: -10}
  - {id: "2", title: 合计, source: 二, basis: S, rule: total, start: 100, cap: $cap, as: score}
"""


@pytest.fixture
def load(tmp_path):
    def load(text=PLAIN, month="2026-10", **overrides):
        path = tmp_path / "试行.yaml"
        path.write_text(text, encoding="utf-8")
        return kpi.load_policy(path, month, overrides.get("overrides"))

    return load


def faults(load, *args, **kwargs):
    with pytest.raises(kpi.PolicyError) as caught:
        load(*args, **kwargs)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("month", ["2026-01", "2026-10", "2026Q3", None])
def test_every_policy_in_params_loads(path, month):
    policy = kpi.load_policy(path, month)
    assert policy.scheme == path.stem
    assert all(clause.source and clause.title for clause in policy.clauses)


def test_a_parameter_is_referred_to_by_name(load):
    assert load().clause("1.1").arguments == {"points": Fraction(-2)}
    assert load().clause("1.1").in_force == "late=-2"


def test_a_table_is_headed_by_the_words_of_the_reader(load):
    table = "rule: looked_up, rows: role, rows_in: [客服, 收银], columns: score, columns_from: [0, 60], give: [[1, 2], [3, 4]], as: 奖"
    text = PLAIN + f'  - {{id: "3", title: 查表, source: 三, basis: S, {table}}}\n'
    assert load(text).clause("3").arguments["rows_in"] == ["cs", "cashier"]
    assert load(text.replace("[客服, 收银]", "[cs, cashier]")).clause("3").arguments["rows_in"] == ["cs", "cashier"]


@pytest.mark.parametrize("month, value", [("2026-06", 90), ("2026-07", 92), ("2027-01", 92)])
def test_a_dated_number_is_the_one_in_force(load, month, value):
    text = PLAIN.replace("value: -2", "value: {2026-01: 90, 2026-07: 92}")
    assert load(text, month)["late"] == value


def test_before_its_first_month_a_number_is_an_error_and_not_a_guess(load):
    text = PLAIN.replace("value: -2", "value: {2026-01: 90}")
    assert faults(load, text, "2025-12") == ["试行.yaml:7 parameters late: 2025-12 没有生效的值，最早从 2026-01 起。"]


@pytest.mark.parametrize(
    "tables, said",
    [
        ("{employees: [employee_id], events: [event_id, employee_id, clause], 员工: [工号]}", "tables 员工: 工作表“员工”写了两次。"),
        ("{employees: [工号], 甲: {sheet: 员工, required: [工号]}, events: [event_id, clause]}", "tables 甲: 工作表“员工”写了两次。"),
        ("{employees: {required: [工号], optional: [employee_id]}, events: [event_id, clause]}", "tables employees: 列“工号”写了两次。"),
        (
            "{employees: [工号, 甲: {kind: number, heading: 分}, 乙: {kind: number, heading: 分}], events: [event_id, clause]}",
            "列“分”写了两次。",
        ),
    ],
)
def test_a_sheet_or_a_column_that_stands_twice_is_refused(load, tables, said):
    """The second would never be read."""
    lines = PLAIN.splitlines()
    text = "\n".join([*lines[:2], f"tables: {tables}", *lines[5:]])
    assert [fault for fault in faults(load, text) if fault.endswith(said)]


def test_a_number_by_column_takes_headings_and_words_of_the_workbook(load):
    policy = load(PLAIN.replace("value: -2", "value: {by: 岗位, 客服: -2, 收银: -3}"))
    assert policy["late"].column == "role"
    assert policy["late"].values == {"cs": -2, "cashier": -3}


@pytest.mark.parametrize("name", ["1.1.points", "trial.1.1.points"])
def test_an_override_by_dotted_name_changes_a_copy(load, name):
    assert load(overrides={name: -3}).clause("1.1").arguments["points"] == -3
    assert load().clause("1.1").arguments["points"] == -2


def test_a_clause_number_without_its_letter_means_its_first_sentence():
    policy = kpi.load_policy("params/policies/weikang.yaml", month="2026-10", overrides={"2.A1.1.points": -3})
    assert policy.clause("2.A1.1a").arguments["points"] == -3
    assert policy.clause("2.A1.1b").arguments["points"] == -10


def test_a_float_override_is_the_decimal_it_shows(load):
    assert load(overrides={"late": -0.1})["late"] == Fraction(-1, 10)


def test_none_is_no_bound_and_zero_is_one(load):
    assert load()["cap"] is None
    assert load(overrides={"cap": 0})["cap"] == 0
    assert load(overrides={"cap": "none"})["cap"] is None


@pytest.mark.parametrize(
    "override, message",
    [
        ({"latee": 1}, "latee: 没有这个参数。 是否指“late”？"),
        ({"mode": "ad"}, "mode: “ad”无效。 是否指“add”？"),
        ({"late": "many"}, "late: “many”无效。 可用：number。"),
        ({"cap": True}, "cap: “true”无效。 可用：none、number。"),
        ({"1.1.pionts": 1}, "1.1.pionts: 没有这个参数。 是否指“1.1.points”？"),
    ],
)
def test_a_wrong_override_says_what_is_meant(load, override, message):
    assert faults(load, overrides=override) == [message]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("points: -5", "point: -5", "规则 per_event 没有参数“point”。 是否指“points”？"),
        ("points: -5", "free: 1", "规则 per_event 缺少参数“points”。"),
        ("points: -5", "points: five", "没有数据项“five”。"),
        ("rule: per_event, points: -5", "rule: per_evnt, points: -5", "没有计分规则“per_evnt”。 是否指“per_event”？"),
        ("$late", "$lat", "没有参数“$lat”。 是否指“late”？"),
        ('"1.2"', "1.20", 'clauses 1.2: id 没有加引号，被读成了 1.2。 编号请加引号，如 "2.10"。'),
        ('"1.2"', "“1.2”", "编号用了中文引号。"),
        ('id: "1.2", ', "", "缺少 id（条款编号）。"),
        ("title: 迟到, ", "", "缺少 title（简称）。"),
        ("title: 迟到", "titel: 迟到", "不认识“titel”。 是否指“title”？"),
        ("basis: S, rule: total", "rule: total", "缺少 basis，应为 S、R 或 A。"),
        ("rule: per_event, points: -5", "stated: 不计分, points: -5", "写了 stated 的条款不计算，不用“points”。"),
        ("points: -5", "points: {2026-1: -5, 2026-07: -6}", "“2026-1”不是月份。 写作 {2026-01: …, 2026-07: …}。"),
        ('"1.2"', '"1.1"', "条款编号重复。"),
        ("basis: S, rule: total", "basis: X, rule: total", "basis“X”应为 S、R 或 A。"),
        ("scheme: trial", "scheme: trial\nshceme: 1", "不认识“shceme”。 是否指“scheme”？"),
        ("optional: [role]", "optional: [rolle]", "不认识列“rolle”。 是否指“role”？"),
        ("optional: [role]", "optional: [role、hire_date]", "不认识列“role、hire_date”。 列名之间用半角逗号和空格分开"),
        ("as: score", 'as: score, after: "9"', "after: 没有可排在其后的条款“9”。"),
        ("as: score", "who: {岗位: 出纳}", "“岗位”没有“出纳”。"),
        ("title: 迟到", "title: 迟到, title: 早退", "键“title”重复。"),
    ],
)
def test_a_fault_in_the_file_is_named_with_a_way_out(load, old, new, message):
    assert old in PLAIN
    assert any(message in fault for fault in faults(load, PLAIN.replace(old, new)))


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("points: -5", "points：-5", ":{line}: “points：-5”：全角的“：”。 请写作 points: -5"),
        ("points: -5", "points:-5", ":{line}: “points:-5”：冒号后没有空格。 请写作 points: -5"),
        ("title: 迟到", "title: 迟到, 早退", ":{line}: “早退”后面没有冒号和值。 文字里有逗号时请加引号"),
        ("points: -5", "points: -5,000", ":{line}: 数字中间有逗号（…,000）。 数里不写千位的逗号，如 1000。"),
        ("points: -5", "points: -05", ":{line}: “-05”以 0 开头。 编号请加引号；是数就去掉前面的 0。"),
        (", points: -5", "， points: -5", ":{line}: 不是有效的 YAML：用了全角的“，”"),
        ("floor: -10}", "floor: -10", ":{line}: 不是有效的 YAML：括号没有成对"),
        ("title: 迟到", "title: 迟到: 每次", ":{line}: 不是有效的 YAML：括号没有成对，缺逗号，或文字里有冒号"),
        ("title: 迟到", "title: 迟到 #1", ":{line}: 不是有效的 YAML：括号没有成对"),
        ('"1.1"', '"1.1', ":{line}: 不是有效的 YAML："),
        ("points: -5", "points: -5\u200b", ":{line}: 含有看不见的字符 U+200B（第 3 个字）"),
    ],
)
def test_a_slip_of_the_keyboard_is_one_fault_that_says_what_to_type(load, old, new, message):
    line = PLAIN[: PLAIN.index(old)].count("\n") + 1
    [found] = faults(load, PLAIN.replace(old, new, 1))
    assert message.replace("{line}", str(line)) in found


@pytest.mark.parametrize(
    "text, message",
    [
        ("a: 1\n\tb: 2\n", "x.yaml:2: 不是有效的 YAML：行首用了 Tab，缩进请用空格。"),
        ("a:\n  b:\n\u3000\u3000c: 1\n    d: 2\n", "x.yaml:3: 不是有效的 YAML：行首用了全角空格"),
        ("a: 1\n\u3000b: 2\n", "x.yaml:2: “b”前后有全角空格。 请删去。"),
        ("a: 试用\u3000\n", "x.yaml:1: “试用”前后有全角空格。 请删去。"),
        ("标题：甲\na: 1\n", "x.yaml:1: 不是有效的 YAML：用了全角的“：”"),
        ("a: 1\n\n标题：甲 乙\n\n条款:\n  - b\n", "x.yaml:3: 不是有效的 YAML：用了全角的“：”"),
        ("a:1\nb: 2\n", "x.yaml:1: 不是有效的 YAML：冒号后面要空一格。"),
        ("a:\n  - b: 1\n  -{c: 1}\n", "x.yaml:3: 不是有效的 YAML：行首的 - 后面要空一格。"),
        ("a: 【1, 2】\nb: [【1】, 2: 3: 4]\n", "x.yaml:2: 不是有效的 YAML：用了全角的“【”，请写半角的 [。"),
        ("a:\n  b: 1\n c: 2\n", "x.yaml:3: 不是有效的 YAML：这一行的缩进与上面不一致，或上一行没有写完。"),
        ("a: x: y\n", "x.yaml:1: 不是有效的 YAML：这里不该有冒号"),
        ("a: @x\n", "x.yaml:1: 不是有效的 YAML：文字以 @、`、% 或 Tab 开头，请加引号。"),
        ('a: "x\nb: 2\n', "x.yaml:1: 不是有效的 YAML：引号没有成对。"),
        ("a: 1\nb: \x07\n", "x.yaml:2: 不是有效的 YAML：含有看不见的字符 U+0007"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: 不是有效的 YAML：一个文件只写一份"),
    ],
)
def test_what_is_no_yaml_says_where_and_why(text, message):
    with pytest.raises(kpi.PolicyError) as caught:
        strict_yaml.load(text, "x.yaml")
    [fault] = caught.value.faults
    assert message in str(fault)


@pytest.mark.parametrize(
    "value", [{"甲：乙": ["2.10", "优秀", "a b", None, True, 1, Fraction(1, 3)]}, [], {}, "2026-10", "none", "null", "- x", "x: y"]
)
def test_what_is_written_on_one_line_is_read_again(value):
    again = strict_yaml.load(strict_yaml.flow(value), "x.yaml").data
    if isinstance(value, dict) and value:
        assert again["甲：乙"][-1] == Fraction("0.333333333333")
        again["甲：乙"][-1] = Fraction(1, 3)
    assert again == value


def test_all_faults_come_at_once(load):
    text = PLAIN.replace("points: -5", "point: -5").replace("$late", "$lat").replace("accepts: [replace, add]", "accepts: [add]")
    assert len(faults(load, text)) >= 3


def test_clauses_are_computed_in_document_order_unless_one_follows_another(load):
    text = PLAIN.replace("points: $late}", 'points: $late, after: "2"}')
    policy = load(text)
    assert [clause.id for clause in policy.clauses] == ["1.1", "1.2", "2"]
    assert [clause.id for clause in policy.order] == ["1.2", "2", "1.1"]


def test_a_circle_of_followers_is_refused(load):
    text = PLAIN.replace("points: $late}", 'points: $late, after: "1.2"}').replace("floor: -10}", 'floor: -10, after: "1.1"}')
    assert any("没有可排在其后的条款" in fault for fault in faults(load, text))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "2.10: x",
        "a: [1",
        "a: &x 1\nb: *x",
        "a: !!python/object/apply:os.system [echo]",
        "a: !!python/name:os.system x",
        "[" * 50 + "]" * 50,
        "a: " + "x" * 2_000_001,
    ],
    ids=["duplicate key", "number as key", "broken", "alias", "python tag", "python name", "deep", "large"],
)
def test_strict_yaml_refuses(text):
    with pytest.raises(kpi.PolicyError):
        strict_yaml.load(text, "x.yaml")


def test_strict_yaml_keeps_what_yaml_would_bend():
    data = strict_yaml.load('a: 2.10\nb: "2.10"\nc: 12:30\nd: no\ne: 2026-03-01\nf: 0.005\ng: ~', "x.yaml").data
    assert data == {"a": Fraction(21, 10), "b": "2.10", "c": "12:30", "d": "no", "e": "2026-03-01", "f": Fraction(1, 200), "g": None}


def test_a_missing_file_and_a_wrong_month_are_one_sentence_each(load, tmp_path):
    with pytest.raises(kpi.PolicyError, match="读不到考核办法"):
        kpi.load_policy(tmp_path / "none.yaml")
    assert faults(load, month="2026-13") == ["月份: “2026-13”不是考核周期。 写作 2026-10、2026Q3 或 2026。"]


KINDS = {"number", "text", "table"}  # what an accepted value may be, beside the readings that have a name


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_reading_has_a_chinese_name(path):
    for name, parameter in kpi.load_policy(path, None).parameters.items():
        readings = {word for word in parameter.accepts if isinstance(word, str)} - KINDS
        assert parameter.words.keys() >= readings, name


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_names_of_readings_are_short_and_tell_them_apart(path):
    for name, parameter in kpi.load_policy(path, None).parameters.items():
        assert all(0 < len(word) <= 14 for word in parameter.words.values()), name
        assert len(set(parameter.words.values())) == len(parameter.words), name


def test_the_name_of_a_reading_is_read(load):
    text = PLAIN.replace("accepts: [replace, add]", "accepts: [replace, add], words: {replace: 代替, add: 另加}")
    assert load(text).parameters["mode"].words == {"replace": "代替", "add": "另加"}


@pytest.mark.parametrize(
    "words, message",
    [
        ("{replce: 代替}", "words: 没有选项“replce”。 是否指“replace”？"),
        ("{replace: 代替, both: 都算}", "words: 没有选项“both”。 可用：replace、add。"),
        ("{replace: 1}", "words 应为{词: 文字}。"),
        ("[代替, 另加]", "words 应为{词: 文字}。"),
        ("代替", "words 应为{词: 文字}。"),
    ],
)
def test_a_name_for_no_reading_or_that_is_no_text_is_a_fault(load, words, message):
    text = PLAIN.replace("accepts: [replace, add]", f"accepts: [replace, add], words: {words}")
    assert faults(load, text) == [f"试行.yaml:9 parameters mode: {message}"]
