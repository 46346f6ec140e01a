"""可调数: every number of a policy has a name that an override takes, a range, and the constraints it stands in."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import policy

import kpi_helpers as kpi
from kpi_helpers.numbers import is_number
from kpi_helpers.what_if.constraints import Weights, constraints
from kpi_helpers.what_if.ranges import range_of
from kpi_helpers.what_if.tunables import tunables

POLICIES = sorted((Path(__file__).parents[1] / "params" / "policies").glob("*.yaml"))
OWN = sorted((Path(__file__).parent / "policies").glob("*.yaml"))


BANDS = "rule: banded, measure: 甲, bands: [{from: 90, give: 10}, {from: 80, give: 5}, {give: 0}], unit: 元"


def by_name(loaded):
    return {one.name: one for one in tunables(loaded)}


@pytest.mark.parametrize("path", [*POLICIES, *OWN], ids=lambda path: path.stem)
def test_every_tunable_is_an_override_with_a_title_and_a_place_in_the_document(path):
    loaded = kpi.load_policy(path)
    found = tunables(loaded)
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert one.title and one.section, one.name
        loaded.adjusted({one.name: one.value})
        if one.kind == "number" and is_number(one.value):
            assert one.low <= one.value <= one.high, one.name
            assert (one.value - one.low) % one.step == 0 and one.step % one.resolution == 0, one.name


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_number_of_a_policy_can_be_tuned(path):
    """Whatever number stands in a parameter or a clause has a slider, except what tells sentences apart (step, sign)."""
    loaded = kpi.load_policy(path)
    names = by_name(loaded)
    for name, one in loaded.parameters.items():
        if is_number(one.value) and "number" in one.accepts:
            assert names[name].value == one.value
    for clause in loaded.clauses:
        for key, value in clause.arguments.items():
            if is_number(value) and key not in ("step", "sign"):
                written = loaded.reader.clause_reader.entries[[c.id for c in loaded.clauses].index(clause.id)].get(key)
                assert f"{clause.id}.{key}" in names or isinstance(written, str), (clause.id, key)


def test_readings_are_choices_in_the_words_of_the_policy():
    one = by_name(kpi.load_policy("params/policies/team_pool.yaml"))["headcount_counts"]
    assert (one.kind, one.words) == ("choice", ("paid_any", "full_month", "employed_month_end"))
    assert one.called("full_month") == "整月在职才计"


def test_a_number_that_may_be_left_out_says_so():
    one = by_name(kpi.load_policy("params/policies/weikang.yaml"))["unexcused_absence_points"]
    assert (one.kind, one.value, one.words, one.basis) == ("number", "none", ("none",), "A")


def test_numbers_inside_tables_have_names_of_their_own():
    names = by_name(policy(BANDS, "rule: flat, amount: $奖金基数"))
    edges = {"1.bands.1.from": 90, "1.bands.1.give": 10, "1.bands.2.from": 80, "1.bands.2.give": 5, "1.bands.3.give": 0}
    assert {name: names[name].value for name in names if "bands" in name} == edges
    assert names["奖金基数.组长"].value == 1500 and names["奖金基数.组长"].unit == "元"
    assert names["1.bands.1.give"].unit == "元" and names["1.bands.1.from"].unit == ""


def test_a_number_inside_a_table_is_overridden_alone():
    loaded = policy(BANDS, "rule: flat, amount: $奖金基数")
    bands = loaded.adjusted({"1.bands.2.give": 6}).clause("1").arguments["bands"]
    assert [band["give"] for band in bands] == [10, 6, 0]
    assert loaded.adjusted({"奖金基数.客服": 1200}).clause("2").arguments["amount"].values == {"客服": 1200, "组长": 1500}


@pytest.mark.parametrize("name", ["1.bands.4.give", "1.bands.0.give", "奖金基数.经理", "奖金基数.1", "1.rule", "1.who", "2.amount.客服"])
def test_a_place_that_is_not_there_is_an_unknown_name(name):
    loaded = policy(BANDS, "rule: flat, amount: $奖金基数")
    with pytest.raises(kpi.PolicyError, match="没有这个参数"):
        loaded.adjusted({name: 1})


@pytest.mark.parametrize(
    "value, unit, least, most, low, high, step",
    [
        (100, "元", 0, None, 0, 200, 1),
        (-5, "分", None, None, -10, 0, Fraction(1, 2)),
        (90, "分", None, None, 0, 120, 1),
        (Fraction("0.4"), "", 0, 1, 0, 1, Fraction(1, 100)),
        (25, "%", 0, 100, 0, 100, Fraction(1, 2)),
        (20, "份/月", Fraction(1, 10000), None, 1, 50, 1),
        (None, "元", 0, None, 0, 1000, 5),
        (Fraction("0.005"), "", Fraction(1, 10**6), 1, Fraction(1, 1000), Fraction(1, 100), Fraction(1, 1000)),
    ],
)
def test_a_slider_reaches_to_about_twice_the_value(value, unit, least, most, low, high, step):
    reach = range_of(value, unit, least, most)
    assert (reach.low, reach.high, reach.step) == (low, high, step)


@given(st.decimals(-5000, 5000, places=3), st.sampled_from(["元", "分", "", "次", "%"]))
def test_the_value_is_always_one_of_the_steps(value, unit):
    value = Fraction(value)
    reach = range_of(value, unit, None, None)
    if reach.low <= value <= reach.high:
        assert (value - reach.low) % reach.step == 0
    assert reach.low < reach.high and reach.step > 0


# -- constraints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stem, names, whole",
    [
        ("weighted_grades", ("weight_quality", "weight_workload", "weight_satisfaction", "weight_teamwork"), 1),
        ("three_dimension", ("weight_ability", "weight_attitude", "weight_compliance"), 100),
        ("quarterly_standard", ("weight_service_quality", "weight_teamwork", "weight_efficiency", "weight_satisfaction"), 100),
        ("weikang", ("cap_attendance", "cap_discipline", "cap_hygiene", "cap_learning", "cap_tasks", "cap_business"), 100),
    ],
)
def test_weights_that_belong_together_are_found(stem, names, whole):
    loaded = kpi.load_policy(f"params/policies/{stem}.yaml")
    assert Weights(names, Fraction(whole)) in constraints(loaded, tunables(loaded)).weights


def test_thresholds_of_one_scale_stand_in_order():
    loaded = kpi.load_policy("params/policies/weighted_grades.yaml")
    chains = constraints(loaded, tunables(loaded)).chains
    assert ("grade_qualified", "grade_good", "grade_excellent") in [chain.names for chain in chains if chain.strict]
    loaded = kpi.load_policy("params/policies/weikang.yaml")
    assert ("sop_min", "sop_max") in [chain.names for chain in constraints(loaded, tunables(loaded)).chains if not chain.strict]


@given(st.lists(st.integers(1, 400), min_size=2, max_size=6))
def test_rescaled_weights_add_up_exactly_in_their_own_steps(parts):
    names = tuple(f"w{place}" for place in range(len(parts)))
    weights = Weights(names, Fraction(100))
    found = weights.rescaled(dict(zip(names, map(Fraction, parts), strict=True)), dict.fromkeys(names, Fraction(1, 2)))
    assert sum(found.values()) == 100 and all(value % Fraction(1, 2) == 0 for value in found.values())
    exact = [Fraction(part * 100, sum(parts)) for part in parts]
    assert all(abs(value - fair) < Fraction(1, 2) for value, fair in zip(found.values(), exact, strict=True))
