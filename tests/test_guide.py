"""The guide for HR keeps to what the code does: every example is run, every generated part is the one the code gives now."""

import inspect
import re
import shutil
from pathlib import Path

import make_guide
import pytest

from kpi_helpers import load_policy
from kpi_helpers.arguments import COMMON, hints
from kpi_helpers.cases import run_cases
from kpi_helpers.clause_reader import CLAUSE_KEYS
from kpi_helpers.columns import _COLUMN_KEYS, _TABLE_KEYS, KINDS
from kpi_helpers.filters import TESTS
from kpi_helpers.lint import lint
from kpi_helpers.policy import ROLES
from kpi_helpers.policy_reader import _HEAD, _PARAMETER
from kpi_helpers.rulebook import rules_of

GUIDE = make_guide.GUIDE.read_text(encoding="utf-8")
EXAMPLES = {f"{folder}/{name}": one for folder in ("rules", "recipes") for name, one in make_guide.examples(folder).items()}
RULES = rules_of(None)


def test_every_rule_has_its_example_and_nothing_else_has_one():
    assert set(make_guide.examples("rules")) == set(RULES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_gives_what_it_shows(name):
    assert make_guide.differences(EXAMPLES[name]) == []


@pytest.mark.parametrize("name", RULES)
def test_the_table_of_arguments_is_the_signature(name):
    example = make_guide.examples("rules")[name]
    own = set(hints(RULES[name]))
    assert set(example["arguments"] or {}) == own
    assert f"rule: {name}" in example["policy"]
    for argument in own:
        assert make_guide.kind_words(RULES[name], argument) and "typing" not in make_guide.kind_words(RULES[name], argument)


def test_the_generated_parts_are_those_the_code_gives():
    assert make_guide.filled(GUIDE) == GUIDE, "run python tests/make_guide.py"
    assert {name for name, _ in make_guide.MARK.findall(GUIDE)} == {*make_guide.PARTS, "start/policy.yaml", "start/cases.yaml"}


@pytest.mark.parametrize("entry", make_guide.faulty(), ids=lambda one: one["message"])
def test_every_faulty_snippet_gives_its_message(entry):
    assert entry["message"] in make_guide.fault_of(entry)


@pytest.mark.parametrize("statement", make_guide.statements(), ids=lambda one: one["words"])
def test_a_sentence_of_the_guide_is_true(statement):
    assert statement["words"] in GUIDE
    assert make_guide.belied(statement) == []


def test_the_worked_example_loads_is_clean_and_its_cases_pass(tmp_path):
    for name in ("policy", "cases"):
        shutil.copy(make_guide.FOLDER / "start" / f"{name}.yaml", tmp_path / ("huru.yaml" if name == "policy" else "huru.cases.yaml"))
    assert lint(load_policy(tmp_path / "huru.yaml", "2026-11")) == []
    assert [line for outcome in run_cases(tmp_path / "huru.cases.yaml") for line in outcome.differences] == []


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("2.1", _HEAD),
        ("2.2", _TABLE_KEYS | _COLUMN_KEYS | set(KINDS)),
        ("2.3", _PARAMETER),
        ("2.5", CLAUSE_KEYS),
        ("2.7", {"missing", "skip", "incomplete"}),
        ("2.8", set(TESTS)),
        ("2.9", COMMON.keys() - {"missing"} | {"half_up", "half_even", "up", "down"}),
        ("2.12", set(ROLES)),
    ],
)
def test_every_word_of_the_language_stands_in_its_part(part, words):
    text = GUIDE.split(f"### {part} ")[1].split("\n### ")[0].split("\n## ")[0]
    assert not {word for word in words if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", text)}


def test_every_link_within_the_guide_leads_somewhere():
    anchors = {re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-") for line in re.findall(r"^#+ .*", GUIDE, re.M)}
    anchors |= set(re.findall(r'<a id="([^"]+)"', GUIDE))
    assert not set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) - anchors


def test_every_command_of_the_guide_is_one():
    from kpi_helpers.__main__ import parser

    commands = next(one.choices for one in parser()._actions if isinstance(one.choices, dict))
    used = re.findall(r"^kpi ([a-z-]+)(.*)|`kpi ([a-z-]+)([^`]*)`", GUIDE, re.M)
    assert used
    for name, rest in ((one or three, two or four) for one, two, three, four in used):
        known = {option for action in commands[name]._actions for option in action.option_strings}
        assert set(re.findall(r"(?<=\s)--?[a-z-]+", rest)) <= known, name


def test_no_rule_is_used_in_a_recipe_with_words_that_the_guide_does_not_explain():
    explained = {argument for rule in RULES.values() for argument in inspect.signature(rule).parameters} | CLAUSE_KEYS | COMMON.keys()
    inside = {"from", "to", "above", "below", "give", "rate", "at", "part", "by", "otherwise", "places", "mode", *TESTS, "column"}
    yaml = re.compile(r"(?<=[{, ])([a-z_]+): ")
    for name, one in EXAMPLES.items():
        clauses = one["policy"].split("clauses:")[1]
        assert not set(yaml.findall(re.sub(r'"[^"]*"', "", clauses))) - explained - inside, name


def test_the_guide_is_found_beside_the_policies():
    assert make_guide.GUIDE == Path(__file__).parents[1] / "params" / "README.md"
