"""反推 finds what trying every value finds."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_helpers.what_if.goal_seek import seek

STEPS = st.integers(1, 300)
TARGETS = st.integers(-50, 1000)


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=200), TARGETS, st.booleans(), st.booleans())
def test_a_measure_that_rises_or_falls_throughout_is_solved_as_by_trying_all(rises, target, at_most, falling):
    reached = [Fraction(sum(rises[: n + 1])) for n in range(len(rises))]
    reached = reached[::-1] if falling else reached
    answer = seek(lambda value: reached[int(value * 2)], Fraction(0), Fraction(len(rises) - 1, 2), Fraction(1, 2), target, at_most)
    fitting = [value for value in reached if value == target] or [value for value in reached if at_most and value <= target]
    if not fitting:
        assert answer.value is None
        return
    assert answer.reached == max(fitting)
    assert reached[int(answer.value * 2)] == answer.reached
    place = int(answer.value * 2)
    beside = [n for n in (place - 1, place + 1) if 0 <= n < len(reached)]
    assert answer.neighbours == [(Fraction(n, 2), reached[n]) for n in beside]


def test_few_trials_for_a_fine_resolution():
    tried = []
    answer = seek(lambda value: tried.append(value) or value * 7, Fraction(0), Fraction(10_000), Fraction(1, 100), Fraction("69999.93"))
    assert answer.value == Fraction("9999.99")
    assert len(tried) < 150


def test_without_an_answer_the_neighbours_on_both_sides_are_shown():
    answer = seek(lambda value: value * 10, Fraction(0), Fraction(10), Fraction(1), 55)
    assert answer.value is None
    assert answer.neighbours == [(5, 50), (6, 60)]


def test_a_single_value_is_tried():
    assert seek(lambda value: Fraction(3), Fraction(1), Fraction(1), Fraction(1), 3).value == 1
