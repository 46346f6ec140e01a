"""Policies of other companies, written by the guide alone: no line of Python, nothing for the linter to object to."""

from pathlib import Path

import pytest

from kpi_helpers import strict_yaml
from kpi_helpers.lint import lint
from kpi_helpers.policy_file import load_policy
from kpi_helpers.rulebook import rules_of

HERE = Path(__file__).parent
POLICIES = sorted((HERE / "policies").glob("*.yaml"))
# what the seven policies and the guide's own examples show
ELSEWHERE = {"section", "rounded", "in_effect", "rating_due", "percent_rank"}


def loaded(path):
    period = {"quarter": "2026Q3"}.get(load_policy(path).cycle, "2026-10")
    return load_policy(path, period)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_written_by_the_guide_gives_notes_at_most(path):
    policy = loaded(path)
    assert policy.module is None
    assert [str(one) for one in lint(policy) if one.severity != "note"] == []


def test_every_policy_is_held_against_cases_of_its_own():
    used = set()
    for path in (HERE / "cases").glob("*.yaml"):
        data = strict_yaml.load(path.read_text(encoding="utf-8"), path.name, aliases=True).data
        if "policy" in data:
            used.add((path.parent / data["policy"]).resolve())
    assert set(POLICIES) <= used


def test_together_they_use_every_shared_rule():
    used = {clause.rule.__name__ for path in POLICIES for clause in loaded(path).clauses if clause.rule}
    assert rules_of(None).keys() - used == ELSEWHERE
