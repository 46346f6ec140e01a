"""Engine and oracle on random months: two programs that share nothing but the policy's text must agree to the last fen.

A failure names what differs, in the smallest part of the month that still differs, as a worked case to look at. The months are
the same in every run; KPI_ORACLE_MONTHS=20 reckons twenty times as many.
"""

import os
import re
from pathlib import Path

import pytest
from oracles import ORACLES
from random_months import MONTHS, Dice, Month

import kpi_helpers as kpi
from kpi_helpers.cases import case_tables, plain
from kpi_helpers.policy_file import find_policy

# months of each policy: about ten seconds each
COUNTS = {
    "dawo": 60,
    "quarterly_standard": 100,
    "six_dimension": 150,
    "team_pool": 120,
    "three_dimension": 150,
    "weighted_grades": 150,
    "weikang": 150,
}
TIMES = int(os.environ.get("KPI_ORACLE_MONTHS", 1))
# what the oracles call a list of people, and the flag that the engine raises
FLAGS = {"external_rule": "external_rule_attendance", "below_min_wage": "below_min_wage"}


@pytest.mark.parametrize("scheme", COUNTS)
def test_the_engine_agrees_with_the_oracle(scheme):
    for number in range(COUNTS[scheme] * TIMES):
        month = MONTHS[scheme](Dice(f"{scheme} {number}"))
        if wrong(month):
            least = reduced(month)
            case = least.as_case(reckoned(least))
            pytest.fail("\n".join([f"month {number} of {scheme}", *wrong(least), "as a case for kpi cases:", case]), pytrace=False)


@pytest.mark.parametrize("path", sorted(Path(__file__).with_name("oracles").glob("*.py")), ids=lambda path: path.stem)
def test_an_oracle_shares_no_program_with_the_engine(path):
    assert not re.search(r"^ *(from|import) +(kpi_helpers|pandas|numpy)", path.read_text(encoding="utf-8"), re.M)


def wrong(month: Month) -> list[str]:
    """A line for every value in which engine and oracle differ."""
    expected = reckoned(month)
    return list(differences(expected, found(month, expected)))


def reckoned(month: Month) -> dict:
    """What the oracle says."""
    return ORACLES[month.scheme](month.period, month.params, month.tables)


def reduced(month: Month) -> Month:
    """The month with as few records as still make a difference of the same person and figure."""
    sought = wrong(month)[0].split(":")[0]
    for table in (name for name in month.tables if name != "employees"):
        for place in reversed(range(len(month.tables[table]))):
            less = month.without(table, place)
            if any(line.startswith(f"{sought}:") for line in wrong(less)):
                month = less
    return month


def found(month: Month, expected: dict) -> dict:
    """What the engine says about everything that the oracle knows."""
    policy = kpi.load_policy(find_policy(month.scheme), month.period, month.params)
    result = kpi.score(policy, case_tables(policy, month.inputs()))
    idle = expected.pop("idle")  # whether a record that counts nowhere is listed besides does not matter
    own = {
        "employees": lambda: plain(result.employees),
        "groups": lambda: plain(result.groups),
        "department": lambda: plain(result.department.iloc[0]),
        "points": lambda: points(result, expected["points"]),
        "refused": lambda: {(one["table"], one["row"]) for one in result.errors.to_dict("records")} - idle,
    }
    return {name: own[name]() if name in own else table(result, name, value) for name, value in expected.items()}


def table(result, name: str, expected):
    """A list or table of the result; of people only who is on it, where the oracle says no more."""
    if name in FLAGS:
        return {flag["employee_id"] for flag in result.flags.to_dict("records") if flag["flag"] == FLAGS[name]}
    return type(expected)(plain(result.tables[name])) if name in result.tables else type(expected)()


def points(result, units: dict) -> dict:
    """What each clause posted for each person or group that the oracle names, 0 where it posted nothing."""
    rows = result.ledger[result.ledger["unit"] == "分"]
    key = rows["group_id"] if result.policy.per == "group" else rows["employee_id"]
    posted = {}
    for unit, clause, value in zip(key, rows["clause"], rows["value"], strict=True):
        posted[unit, clause] = posted.get((unit, clause), 0) + value
    return {unit: {clause: posted.get((unit, clause), 0) for clause in clauses} for unit, clauses in units.items()}


def differences(expected, actual, place: tuple = ()):
    """A line for every value that differs; dicts are compared by the keys that the oracle gives."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from differences(value, actual.get(key, "nothing of this name"), (*place, key))
        more = [key for key in actual if key not in expected and actual[key]]
        if len(place) == 1 and place[0] != "department" and more:
            yield f"{place[0]}: the engine alone has {shown(more)}"
    elif expected != (set(actual) if isinstance(expected, set) and isinstance(actual, list) else actual):
        yield f"{' '.join(map(str, place))}: oracle {shown(expected)}, engine {shown(actual)}"


def shown(value) -> str:
    if isinstance(value, set):
        value = sorted(value, key=str)
    return f"[{', '.join(map(shown, value))}]" if isinstance(value, list | tuple) else str(value)
