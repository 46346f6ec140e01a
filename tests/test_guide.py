"""The guides for HR keep to what the code does."""

import importlib
from pathlib import Path

from kpi_helpers.policy import rules_of

GUIDE = (Path(__file__).parents[1] / "params" / "README.md").read_text(encoding="utf-8")


def rows():
    table = GUIDE.split("## 共用的计分规则")[1].split("\n\n")[1]
    return {line.split("`")[1]: line.split("|")[2].strip() for line in table.split("\n")[2:]}


def test_the_table_of_rules_is_the_shared_rules_in_their_order():
    shared = rules_of(None)
    assert list(rows()) == list(shared)
    for name, purpose in rows().items():
        assert purpose.startswith(shared[name].__doc__.split(":")[0]), name


def test_the_clause_of_the_guide_is_the_one_in_the_policy():
    example = GUIDE.split("```yaml\n")[1].split("```")[0]
    strict_yaml = importlib.import_module("kpi_helpers.strict_yaml")
    written = strict_yaml.load(example, "guide").data[0]
    policy = strict_yaml.load((Path(__file__).parents[1] / "params/policies/weikang.yaml").read_text(encoding="utf-8"), "weikang").data
    assert written == next(clause for clause in policy["clauses"] if clause["id"] == written["id"])
