"""Times of scoring, not a test: python tests/benchmark.py [people] [scheme …]; 20 events a person."""

import sys
from time import perf_counter

import numpy as np
import pandas as pd

import kpi_helpers as kpi
from kpi_helpers.policy import find_policy
from kpi_helpers.tables import Tables, empty_table, typed_frame


def month_of(policy, people: int) -> Tables:
    """One month of `people` in 200 groups with 20 events each, spread over every clause that counts events."""
    random = np.random.default_rng(1)
    tables = Tables({name: empty_table(table) for name, table in policy.tables.items()}, delivered=policy.tables)
    ids = np.array([f"{i:06d}" for i in range(people)])
    groups = np.array([f"G{i % 200}" for i in range(people)])
    clauses = [c.id for c in policy.clauses if c.rule is not None and c.rule.__name__ == "per_event" and c.table == "events"]
    rows, person = people * 20, random.integers(0, people, people * 20)
    given = {
        "employees": {"employee_id": ids, "group_id": groups, "role": ["cs"] * people},
        "payroll": {"employee_id": ids, "wage_paid": [900] * people},
        "events": {
            "event_id": np.arange(rows).astype(str), "employee_id": ids[person], "group_id": groups[person],
            "clause": random.choice(clauses, rows), "count": random.integers(1, 3, rows).tolist(),
            "date": [pd.Timestamp("2026-10-05")] * rows, "incident_id": random.integers(0, rows, rows).astype(str),
        },
    }  # fmt: skip
    for name in given.keys() & policy.tables.keys():
        raw = {column: list(values) for column, values in given[name].items() if column in policy.tables[name].columns}
        tables[name] = typed_frame(policy.tables[name], raw, list(range(2, len(raw["employee_id"]) + 2)), print)
    return tables


def main(people: int, schemes: list[str]) -> None:
    for scheme in schemes:
        policy = kpi.load_policy(find_policy(scheme), "2026-10")
        tables = month_of(policy, people)
        kpi.score(policy, tables)
        start = perf_counter()
        result = kpi.score(policy, tables)
        scored = perf_counter()
        lines, posted = len(result.ledger), perf_counter()
        print(f"{scheme}: {people} people, {people * 20} events: {scored - start:.3f} s, {lines} ledger lines {posted - scored:.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2:] or ["team_pool", "weikang"])
