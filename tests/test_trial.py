"""试算: one change at a time on a frozen month; what is refused changes nothing; the same result as a run with the same numbers."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.cases import plain
from kpi_helpers.departments import find_job
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.trial import Trial

DEPARTMENTS = ["门店客服", "在线客服", "售后客服", "达沃", "热线客服", "维康", "综合客服"]


@cache
def month(department):
    return Month(find_job("2026-10", department))


@pytest.fixture
def pool():
    """门店客服: groups of 100 points, 100 yuan a head and 1,000 a group, shared by the members."""
    return Trial(month("门店客服"))


@pytest.fixture
def grades():
    """热线客服: four weighted ratings, 优秀 from 90, 良好 from 80, 合格 from 60."""
    return Trial(month("热线客服"))


def everything(result):
    frames = (result.employees, result.groups, result.department, result.flags, result.errors, result.ledger)
    return [plain(one) for one in frames], {name: plain(one) for name, one in result.tables.items()}


# -- one engine ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_a_trial_gives_what_policy_file_and_workbook_give(department):
    """Whatever is changed, also what decides which rows are refused: the trial is the run with the same numbers."""

    @settings(max_examples=8, deadline=None)
    @given(st.data())
    def check(data):
        trial = Trial(month(department))
        for one in data.draw(st.lists(st.sampled_from(trial.tunables), min_size=1, max_size=3)):
            steps = (one.high - one.low) // one.step
            if one.kind == "number":
                value = st.integers(0, int(steps)).map(lambda step, one=one: one.low + step * one.step)
            else:
                value = st.sampled_from([True, False] if one.kind == "switch" else one.words)
            try:
                trial.set(one.name, data.draw(value))
            except kpi.KpiError:
                continue  # what the policy refuses is refused in a run too, see below
        if trial.fault is None:
            assert everything(trial.result) == everything(trial.from_files(trial.numbers))

    check()


@pytest.mark.parametrize(
    "department, numbers",
    [
        ("维康", {"sop_min": 4}),
        ("维康", {"hygiene_discretion_max": 1}),
        ("达沃", {"discretion_add_min": 4}),
        ("售后客服", {"weight_teamwork": 40}),
    ],
)
def test_what_a_trial_refuses_a_run_refuses_with_the_same_words(department, numbers):
    trial = Trial(month(department))
    with pytest.raises(kpi.KpiError) as in_run:
        trial.from_files(numbers)
    ((name, value),) = numbers.items()
    try:
        trial.set(name, value)
    except kpi.KpiError as error:
        assert str(error) == str(in_run.value) and not trial.numbers
    else:
        assert str(trial.fault) == str(in_run.value)


# -- changes ---------------------------------------------------------------------------------------------------------


def test_a_pool_of_20_yuan_more_a_head_costs_20_yuan_for_every_paid_head(pool):
    """The pools grow by 20 yuan for each of the group's heads, scaled by its score; the cost follows to the fen."""
    pool.set("pool_per_head", 120)
    now, then, difference = pool.comparison.cost
    groups = pool.month.baseline.groups
    heads, scores = [Fraction(value) for value in groups["n_paid"]], [Fraction(value) for value in groups["score"]]
    grown = sum(20 * head * score / 100 for head, score in zip(heads, scores, strict=True))
    assert difference == then - now and abs(difference - grown) < Fraction(len(pool.comparison.ids) + 1, 100)


@pytest.mark.parametrize("typed, value", [("120", 120), (" 1,250.50 ", Fraction("1250.5")), ("99.99", Fraction("99.99"))])
def test_a_number_is_taken_as_it_is_typed(pool, typed, value):
    pool.set("pool_per_head", typed)
    assert pool.numbers == {"pool_per_head": value}


@pytest.mark.parametrize(
    "name, value, word",
    [
        ("pool_per_head", "abc", "不是数字"),
        ("pool_per_head", "1/3", "不是数字"),
        ("pool_per_head", "", "不是数字"),
        ("pool_per_head", "-1", "超出"),
        ("pool_unit", "everybody", "没有选项"),
        ("cleaner_shares", "yes", "没有选项"),
        ("pool_per_heads", 1, "pool_per_head"),
        ("5.4a.full_score", 0, "除数为 0"),
    ],
)
def test_what_will_not_do_is_said_and_changes_nothing(pool, name, value, word):
    pool.set("pool_fixed", 900)
    before, cost = dict(pool.numbers), pool.comparison.cost
    with pytest.raises(kpi.KpiError, match=word):
        pool.set(name, value)
    assert pool.numbers == before and pool.comparison.cost == cost


def test_the_number_in_force_is_no_change(pool):
    pool.set("pool_per_head", 120)
    pool.set("pool_per_head", 100)
    assert not pool.numbers and pool.result is pool.month.baseline


def test_undo_goes_back_one_change_and_a_slider_on_its_way_is_one(pool):
    for value in (110, 120, 130):
        pool.set("pool_per_head", value)
    pool.set("pool_fixed", 900)
    pool.undo()
    assert pool.numbers == {"pool_per_head": 130}
    pool.undo()
    assert pool.numbers == {}
    pool.undo()
    assert pool.numbers == {}


def test_reset_brings_back_one_number_or_all_and_can_be_undone(pool):
    pool.set("pool_per_head", 120)
    pool.set("pool_unit", "department")
    pool.reset("pool_per_head")
    assert pool.numbers == {"pool_unit": "department"}
    pool.reset_all()
    assert pool.numbers == {} and pool.comparison.cost[2] == 0
    pool.undo()
    assert pool.numbers == {"pool_unit": "department"}


# -- constraints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value, fits", [(89, True), (90, False), (Fraction("89.5"), True), (60, False), (Fraction("60.5"), True)])
def test_a_threshold_does_not_pass_its_neighbour(grades, value, fits):
    """良好 stands between 合格 60 and 优秀 90, at neither of them."""
    if fits:
        grades.set("grade_good", value)
        assert grades.limits("grade_excellent")[0] == value + Fraction(1, 2)
    else:
        with pytest.raises(kpi.UsageError, match="越过了相邻的门槛"):
            grades.set("grade_good", value)


def test_weights_on_their_way_may_not_add_up_and_are_rescaled_in_one_step():
    trial = Trial(month("售后客服"))
    trial.set("weight_teamwork", 40)
    assert trial.fault is not None and "115" in str(trial.fault)  # 25 + 40 + 25 + 25: the policy does not compute that
    ((weights, whole),) = trial.astray()
    assert whole == 115
    trial.rescale(weights)
    found = [Fraction(trial.value(name)) for name in weights.names]
    assert sum(found) == 100 and trial.fault is None and not trial.astray()
    # 25/115 and 40/115 of 100 in halves: 21.74 → 21.5 or 22, 34.78 → 34.5 or 35
    assert sorted(found) == [Fraction("21.5"), Fraction("21.5"), 22, 35]
    trial.undo()
    assert trial.fault is not None and trial.value("weight_teamwork") == 40


# -- goal seek -------------------------------------------------------------------------------------------------------


def total(comparison):
    return comparison.cost[1]


def test_a_budget_is_met_exactly_or_said_not_to_be(pool):
    pool.set("pool_per_head", Fraction("117.5"))
    wanted = pool.comparison.cost[1]
    pool.reset_all()
    answer = pool.seek("pool_per_head", total, wanted)
    assert answer.reached == wanted
    pool.set("pool_per_head", answer.value)
    assert pool.comparison.cost[1] == wanted
    lower, upper = answer.neighbours
    assert (lower[0], upper[0]) == (answer.value - Fraction(1, 100), answer.value + Fraction(1, 100))
    assert lower[1] < wanted <= upper[1]
    none = pool.seek("pool_per_head", total, Fraction(1))
    assert none.value is None and none.neighbours


def test_at_most_a_budget_takes_the_dearest_that_fits(pool):
    answer = pool.seek("pool_per_head", total, pool.comparison.cost[1] + 100, at_most=True)
    pool.set("pool_per_head", answer.value)
    assert pool.comparison.cost[2] <= 100
    pool.set("pool_per_head", answer.value + Fraction(1, 100))
    assert pool.comparison.cost[2] > 100


def test_so_many_people_of_a_grade(grades):
    def excellent(comparison):
        return Fraction(int(np.sum(comparison.after.grade == "优秀")))

    now = excellent(grades.comparison)
    answer = grades.seek("grade_excellent", excellent, now + 2)
    grades.set("grade_excellent", answer.value)
    assert excellent(grades.comparison) == now + 2


def test_a_value_that_cannot_be_scored_is_no_answer(pool):
    answer = pool.seek("5.4a.full_score", total, Fraction(10**6))
    assert answer.value is None and all(reached is not None for _, reached in answer.neighbours)
