"""Every clause of the seven policies is computed, produced, flagged or stated, and something shows it."""

import csv
import importlib
from pathlib import Path

import pytest

from kpi_helpers import strict_yaml
from kpi_helpers.policy_file import load_policy

HERE = Path(__file__).parent
POLICIES = HERE.parent / "params" / "policies"


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


CLAUSES = read(HERE / "clauses.csv")
SCHEMES = sorted({row["scheme"] for row in CLAUSES})


def cases():
    ids = set()
    for path in (HERE / "cases").glob("*.yaml"):
        data = strict_yaml.load(path.read_text(encoding="utf-8"), path.name, aliases=True).data
        ids |= {case["id"] for case in data["cases"]}
    return ids


@pytest.fixture(scope="module")
def case_ids():
    return cases()


def test_there_are_321_clauses():
    assert len(CLAUSES) == 321


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_policy_has_every_clause_in_the_order_of_the_document(scheme):
    wanted = [row["clause"] for row in CLAUSES if row["scheme"] == scheme]
    entries = [clause.id for clause in load_policy(POLICIES / f"{scheme}.yaml", "2026-10").clauses]
    assert [id for id in entries if id in set(wanted)] == wanted


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_clause_says_where_it_is_computed_and_what_shows_it(scheme, case_ids):
    policy = load_policy(POLICIES / f"{scheme}.yaml", "2026-10")
    rows = {row["clause"]: row for row in read(HERE / "coverage" / f"{scheme}.csv")}
    problems = []
    for clause in [row["clause"] for row in CLAUSES if row["scheme"] == scheme]:
        row = rows.get(clause)
        if row is None or not all(row.values()):
            problems.append(f"{clause}: no row in coverage/{scheme}.csv, or an empty cell")
        elif row["how"] not in ("computed", "artefact", "flag", "stated"):
            problems.append(f"{clause}: how = {row['how']}")
        elif row["how"] == "stated":
            if not policy.clause(clause).stated:
                problems.append(f"{clause}: called stated, but the policy computes it")
        else:
            problems += [
                f"{clause}: {why}" for why in (not_computed(policy, clause, row["where"]), not_shown(row["shown_by"], case_ids)) if why
            ]
    assert not problems, "\n".join(problems)
    assert rows.keys() == {row["clause"] for row in CLAUSES if row["scheme"] == scheme}


def not_computed(policy, clause, where):
    module, _, function = where.rpartition(".")
    if not callable(getattr(importlib.import_module(f"kpi_helpers.{module}"), function, None)):
        return f"kpi_helpers.{where} does not exist"
    rule = policy.clause(clause).rule
    return None if rule is None or rule.__name__ == function else f"the policy names {rule.__name__}, the table {function}"


def not_shown(shown_by, case_ids):
    for place in shown_by.split():
        path, _, test = place.partition("::")
        if test and f"def {test}(" in (HERE.parent / path).read_text(encoding="utf-8"):
            continue
        if place not in case_ids:
            return f"{place} is neither a case nor a test"
    return None
