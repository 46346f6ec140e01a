"""A new policy to start from: every answer loads, passes the check and its first case, and nothing is ever overwritten."""

import itertools

import pytest

from kpi_helpers import load_policy, strict_yaml
from kpi_helpers.__main__ import main
from kpi_helpers.cases import run_cases
from kpi_helpers.errors import UsageError
from kpi_helpers.language import set_language
from kpi_helpers.lint import lint
from kpi_helpers.new_policy import _data, closest, new_policy


@pytest.fixture(autouse=True)
def chinese():
    yield
    set_language(None)


CHOICES = {name: list(one["choices"]) for name, one in _data()["questions"].items() if "choices" in one}
COMBINATIONS = [
    answers
    for values in itertools.product(*CHOICES.values())
    if (answers := dict(zip(CHOICES, values, strict=True)))["scoring"] != "none"
    or (answers["grades"] == "none" and answers["pay"] in ("pool", "commission"))
]


@pytest.mark.parametrize("answers", COMBINATIONS, ids=lambda one: "-".join(one.values()))
def test_every_answer_gives_a_sound_policy_whose_first_case_passes(answers, tmp_path):
    made = new_policy(tmp_path / "新办法.yaml", answers)
    policy = load_policy(made.policy)
    assert policy.module is None and policy.cycle == answers["period"]
    assert [one for one in lint(policy) if one.severity != "note"] == []
    outcomes = run_cases(made.cases)
    assert len(outcomes) == 1 and outcomes[0].differences == []
    assert "应发" in policy.results or answers["pay"] == "none"


def test_the_words_of_the_reader_and_the_numbers_of_the_list_are_understood(tmp_path):
    made = new_policy(tmp_path / "a.yaml", {"scoring": "扣分制", "grades": "2", "pay": "奖金池", "title": '标题 # 与 "引号"'})
    policy = load_policy(made.policy)
    assert policy.title == '标题 # 与 "引号"'
    assert [clause.rule.__name__ for clause in policy.clauses][-3:] == ["distributed", "shared", "total"]


def test_questions_are_asked_in_order_with_defaults_and_asked_again_when_not_understood(tmp_path, capsys):
    answers = iter(["呼入办法", "", "什么", "扣分制", "", ""])
    asked = []

    def ask(question, default):
        asked.append((question, default))
        return next(answers)

    policy = load_policy(new_policy(tmp_path / "a.yaml", {}, ask=ask).policy)
    assert policy.title == "呼入办法"
    assert [question.split("（")[0] for question, _ in asked] == [
        "办法叫什么",
        "多久考核一次",
        "怎么计分",
        "怎么计分",
        "分不分等级",
        "奖金怎么算",
    ]
    assert asked[1] == ("多久考核一次（1 按月  2 按季  3 按年）", "按月")
    assert "没有“什么”" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scoring": "point"}, "是否指“points”？"),
        ({"pay": "很多"}, "没有“很多”"),
        ({"scoring": "none", "pay": "base"}, "没有“base”"),
        ({"scoring": "只算钱", "grades": "quota"}, "没有“quota”"),
    ],
)
def test_wrong_answers_are_named_and_nothing_is_written(given, says, tmp_path):
    with pytest.raises(UsageError, match=says):
        new_policy(tmp_path / "a.yaml", given)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_scored_only_pay_that_needs_no_score_is_offered(tmp_path):
    asked = []
    made = new_policy(tmp_path / "a.yaml", {"scoring": "只算钱"}, ask=lambda question, default: asked.append((question, default)) or "")
    assert asked[-1] == ("奖金怎么算（1 提成  2 奖金池）", "提成") and len(asked) == 3
    assert [clause.rule.__name__ for clause in load_policy(made.policy).clauses] == ["excluded", "tiered", "total"]


@pytest.mark.parametrize("there", ["a.yaml", "a.cases.yaml"])
def test_nothing_is_overwritten(there, tmp_path):
    (tmp_path / there).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="不覆盖"):
        new_policy(tmp_path / "a.yaml", {})
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [(there, "mine")]


@pytest.mark.parametrize(("name", "says"), [("a.txt", "以 .yaml 结尾"), ("no/a.yaml", "没有这个文件夹")])
def test_a_place_that_cannot_be_is_named(name, says, tmp_path):
    with pytest.raises(UsageError, match=says):
        new_policy(tmp_path / name, {})


@pytest.mark.parametrize(
    "name", ["dawo", "quarterly_standard", "six_dimension", "team_pool", "three_dimension", "weighted_grades", "weikang"]
)
def test_every_policy_can_be_copied_comments_and_all(name, tmp_path):
    made = new_policy(tmp_path / "copy.yaml", {"title": "我们的办法"}, like=name)
    old, new = closest(name).read_text(encoding="utf-8").splitlines(), made.policy.read_text(encoding="utf-8").splitlines()
    assert [line for line in new if line not in old] == ['title: "我们的办法"']
    assert len(old) == len(new)
    assert load_policy(made.policy).title == "我们的办法"
    assert run_cases(made.cases)[0].passed


@pytest.mark.parametrize("title", ['"A#B"', "'甲 # 乙' # 说明", ">-\n  很长的\n  标题", "|\n  两行\n  标题", "甲乙", "甲 # 说明"])
def test_a_copy_has_the_new_title_however_the_old_one_was_written(title, tmp_path):
    first = new_policy(tmp_path / "one.yaml", {"title": "旧题"}).policy
    text = first.read_text(encoding="utf-8")
    first.write_text(text.replace('title: "旧题"\n', f"title: {title}\n"), encoding="utf-8")
    made = new_policy(tmp_path / "two.yaml", {"title": "新题"}, like=str(first)).policy
    kept = " # 说明" if title.endswith("说明") else ""
    assert made.read_text(encoding="utf-8") == text.replace('title: "旧题"', f'title: "新题"{kept}').replace("scheme: one", "scheme: two")
    assert load_policy(made).title == "新题"


@pytest.mark.parametrize(("period", "month"), [("month", "2031-02"), ("quarter", "2031Q1"), ("year", '"2031"')])
def test_a_copy_of_a_policy_that_starts_later_has_a_first_case_of_that_time(tmp_path, period, month):
    first = new_policy(tmp_path / "one.yaml", {"period": period}).policy
    first.write_text(first.read_text(encoding="utf-8").replace("value: 1000", "value: {2031-02: 1000}"), encoding="utf-8")
    made = new_policy(tmp_path / "two.yaml", {}, like=str(first))
    assert f"month: {month}" in made.cases.read_text(encoding="utf-8").replace('"2031Q1"', "2031Q1") and run_cases(made.cases)[0].passed


def test_a_copy_answers_no_questions(tmp_path):
    with pytest.raises(UsageError, match="不能与 --scoring、--pay 一起写"):
        new_policy(tmp_path / "a.yaml", {"scoring": "points", "pay": "pool"}, like="weikang")
    assert list(tmp_path.iterdir()) == []


def test_a_policy_without_a_module_gets_a_code_of_its_own(tmp_path):
    first = new_policy(tmp_path / "one.yaml", {})
    second = new_policy(tmp_path / "two.yaml", {}, like=str(first.policy))
    assert (load_policy(first.policy).scheme, load_policy(second.policy).scheme) == ("one", "two")


@pytest.mark.parametrize(
    ("words", "name"),
    [("体检 百分考核", "weikang"), ("六个方面 考核制度范本", "six_dimension"), ("门店奖金池试行", "team_pool"), ("电销名单提成", "dawo")],
)
def test_free_words_find_the_closest_policy(words, name):
    assert closest(words).stem == name


def test_words_that_fit_nothing_list_what_there_is():
    with pytest.raises(UsageError, match="weikang（维康"):
        closest("zzz")


def test_the_command_says_what_to_do_next(tmp_path, capsys):
    place = tmp_path / "huru.yaml"
    assert main(["new-policy", "-o", str(place), "--title", "呼入", "--pay", "提成"]) == 0
    said = capsys.readouterr().out
    assert f"kpi check {place}" in said and f"kpi template {place} -o huru.xlsx" in said
    assert main(["new-policy", "-o", str(place)]) == 2


def test_answers_may_be_english(tmp_path):
    assert main(["--lang", "en", "new-policy", "-o", str(tmp_path / "b.yaml"), "--scoring", "points off and on"]) == 0


def test_the_blocks_are_sound_yaml_by_themselves():
    for name, block in _data()["blocks"].items():
        for part in ("tables", "parameters", "clauses"):
            assert strict_yaml.load(block.get(part, "{}"), name).data is not None, name
