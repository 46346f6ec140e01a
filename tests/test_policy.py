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


@pytest.mark.parametrize("month, value", [("2026-06", 90), ("2026-07", 92), ("2027-01", 92)])
def test_a_dated_number_is_the_one_in_force(load, month, value):
    text = PLAIN.replace("value: -2", "value: {2026-01: 90, 2026-07: 92}")
    assert load(text, month)["late"] == value


def test_before_its_first_month_a_number_is_an_error_and_not_a_guess(load):
    text = PLAIN.replace("value: -2", "value: {2026-01: 90}")
    assert faults(load, text, "2025-12") == ["试行.yaml:7 parameters late: 2025-12 没有生效的值，最早从 2026-01 起。"]


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
        ('"1.2"', "1.20", '缺少文字 id。 编号请加引号，如 "2.10"。'),
        ('"1.2"', '"1.1"', "条款编号重复。"),
        ("basis: S, rule: total", "basis: X, rule: total", "basis“X”应为 S、R 或 A。"),
        ("scheme: trial", "scheme: trial\nshceme: 1", "不认识“shceme”。 是否指“scheme”？"),
        ("optional: [role]", "optional: [rolle]", "不认识列“rolle”。 是否指“role”？"),
        ("as: score", 'as: score, after: "9"', "after: 没有可排在其后的条款“9”。"),
        ("as: score", "who: {岗位: 出纳}", "“岗位”没有“出纳”。"),
        ("title: 迟到", "title: 迟到, title: 早退", "键“title”重复。"),
    ],
)
def test_a_fault_in_the_file_is_named_with_a_way_out(load, old, new, message):
    assert old in PLAIN
    assert any(message in fault for fault in faults(load, PLAIN.replace(old, new)))


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
