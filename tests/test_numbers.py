"""Exact columns against Python's own fractions: at thresholds, at halves, in splits, with numbers of any size."""

import operator
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_helpers.numbers import (
    ROUNDINGS,
    ExactArray,
    added,
    added_again,
    clip,
    constant,
    exact,
    floor_to,
    fraction,
    half_up,
    largest_remainder,
    maximum,
    minimum,
    missing,
    rank_codes,
    rounded_to,
    sum_by,
    text,
    total,
    where,
)
from kpi_helpers.numbers.estimates import Estimate, estimated_difference, estimated_product, estimated_quotient, estimated_sum

small = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
huge = st.fractions(min_value=-(10**30), max_value=10**30, max_denominator=10**20)
number = st.one_of(small, huge, st.integers(-(10**6), 10**6).map(Fraction))
maybe = st.one_of(st.none(), number)
pairs = st.lists(st.tuples(maybe, maybe), min_size=1, max_size=8)


def known(x, y):
    return x is not None and y is not None


def same(column, expected):
    assert [None if value is pd.NA else value for value in column] == list(expected)


@given(pairs)
def test_arithmetic_equals_fractions(rows):
    a, b = exact([x for x, _ in rows]), exact([y for _, y in rows])
    same(a + b, [x + y if known(x, y) else None for x, y in rows])
    same(a - b, [x - y if known(x, y) else None for x, y in rows])
    same(a * b, [x * y if known(x, y) else None for x, y in rows])
    same(-a, [None if x is None else -x for x, _ in rows])
    same(minimum(a, b), [min(x, y) if known(x, y) else None for x, y in rows])
    same(maximum(a, b), [max(x, y) if known(x, y) else None for x, y in rows])


@given(pairs)
def test_division_equals_fractions(rows):
    rows = [(x, y or Fraction(7)) for x, y in rows]
    same(exact([x for x, _ in rows]) / exact([y for _, y in rows]), [x / y if known(x, y) else None for x, y in rows])


@given(pairs)
def test_comparison_equals_fractions_and_a_missing_value_compares_false(rows):
    a, b = exact([x for x, _ in rows]), exact([y for _, y in rows])
    for name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        assert getattr(a, name)(b).tolist() == [known(x, y) and getattr(x, name)(y) for x, y in rows]


@given(st.lists(number, min_size=1, max_size=8), number)
def test_scalars_on_either_side(values, scalar):
    column = exact(values)
    same(column + scalar, [v + scalar for v in values])
    same(scalar - column, [scalar - v for v in values])
    same(scalar * column, [v * scalar for v in values])
    assert (column >= scalar).tolist() == [v >= scalar for v in values]


@given(st.lists(st.fractions(max_denominator=10**6), min_size=1, max_size=8), st.integers(0, 6))
def test_half_up_rounds_away_from_zero_like_decimal(values, places):
    def by_hand(value):
        # the half decides only where it is exact: compare scaled integers, not a division
        scaled = abs(value) * 10**places
        whole = scaled.numerator // scaled.denominator
        whole += scaled - whole >= Fraction(1, 2)
        return Fraction(whole, 10**places) * (1 if value >= 0 else -1)

    same(half_up(exact(values), places), map(by_hand, values))


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=3))
def test_half_up_equals_the_decimal_module(value):
    assert half_up(Fraction(value)) == Fraction(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize(
    "value, rounded", [("2.345", "2.35"), ("-2.345", "-2.35"), ("0.125", "0.13"), ("2.5", "2.5"), ("89.995", "90"), ("89.9949", "89.99")]
)
def test_the_halves_of_the_specification(value, rounded):
    assert half_up(Fraction(value)) == Fraction(rounded)


@given(st.lists(maybe, min_size=1, max_size=8), st.sampled_from(["0.01", "0.05", "1", "2.5", "100"]).map(Fraction))
def test_every_rounding_equals_the_decimal_module(values, step):
    """130 digits tell every quotient of these numbers from a half and from a whole."""
    for mode, word in {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}.items():
        with localcontext(prec=130):
            steps = [None if v is None else v / step for v in values]
            whole = [None if v is None else (Decimal(v.numerator) / v.denominator).to_integral_value(word) for v in steps]
        same(rounded_to(exact(values), step, mode), [None if v is None else int(v) * step for v in whole])


whole = st.integers(-(10**30), 10**30)
hair = st.integers(1, 10**45).map(lambda parts: Fraction(1, parts))  # down to far below what a double can tell


@given(st.lists(st.tuples(whole, hair, st.sampled_from([-1, 0, 1])), min_size=2, max_size=8))
def test_long_numbers_a_hair_from_each_other_compare_as_fractions(rows):
    one, other = [Fraction(n, 7) for n, _, _ in rows], [Fraction(n, 7) + sign * by for n, by, sign in rows]
    a, b = exact(one) + constant(0, len(rows)), exact(other) + constant(0, len(rows))
    for name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        assert getattr(a, name)(b).tolist() == [getattr(x, name)(y) for x, y in zip(one, other, strict=True)]
    same(minimum(a, b), map(min, one, other))


@given(
    st.lists(st.tuples(whole, st.one_of(hair, st.integers(1, 10**16).map(Fraction)), st.sampled_from([-1, 1])), min_size=2, max_size=8),
    st.integers(2, 10**6),
)
def test_what_is_left_of_long_numbers_that_cancel_out_keeps_its_sign(rows, factor):
    left = [sign * by for _, by, sign in rows]
    ends = exact([n + one for (n, *_), one in zip(rows, left, strict=True)]), exact([Fraction(n) for n, *_ in rows])
    for calculate in (
        lambda rest: rest,
        lambda rest: rest * factor,
        lambda rest: rest / factor,
        lambda rest: factor / rest,
        lambda rest: rest * rest,
    ):
        rest, expected = ends[0] - ends[1], [calculate(one) for one in left]
        assert (rest > 0).tolist() == [one > 0 for one in left]  # by estimates, before anybody looks at the numbers
        made = calculate(rest)
        lower, higher = (exact([one * (1 + sign * (1 if one > 0 else -1) * Fraction(1, 1000)) for one in expected]) for sign in (-1, 1))
        assert (made > lower).all() and (made < higher).all()
        same(half_up(made.copy(), 6), [half_up(one, 6) for one in expected])
        same(made, expected)


@given(
    st.lists(st.tuples(st.one_of(st.integers(-(10**9), 10**9), whole), hair, st.sampled_from([-1, 0, 1])), min_size=2, max_size=8),
    st.sampled_from(["0.01", "0.05", "2.5"]).map(Fraction),
    st.sampled_from(ROUNDINGS),
)
def test_long_numbers_a_hair_from_a_half_or_a_whole_are_rounded_as_fractions(rows, step, mode):
    values = [n * step / 2 + sign * by for n, by, sign in rows] + [Fraction(1, 3**60)]  # one long number makes the column long
    column = exact(values) + constant(0, len(values))
    word = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}[mode]
    with localcontext(prec=200):
        same(
            rounded_to(column, step, mode),
            [int((Decimal((v / step).numerator) / (v / step).denominator).to_integral_value(word)) * step for v in values],
        )


within = st.tuples(st.floats(-1e12, 1e12), st.floats(0, 1e3), st.fractions(-1, 1, max_denominator=100))


@given(within, within)
def test_an_estimate_is_never_farther_off_than_it_says(one, other):
    (x, a), (y, b) = (
        (Fraction(near) + Fraction(off) * share, Estimate(np.array([near]), np.array([off]))) for near, off, share in (one, other)
    )
    for operation, estimated in (
        (operator.add, estimated_sum),
        (operator.sub, estimated_difference),
        (operator.mul, estimated_product),
        (operator.truediv, estimated_quotient),
    ):
        if y or operation is not operator.truediv:
            near, off = (float(part[0]) for part in estimated(a, b))
            assert off == np.inf or np.isnan(off) or abs(operation(x, y) - Fraction(near)) <= Fraction(off)


calculation = st.recursive(
    st.integers(0, 3),
    lambda parts: st.tuples(st.sampled_from(["+", "-", "*", "/", "where", "neg"]), parts, parts),
    max_leaves=12,
)


@given(st.lists(st.tuples(*[maybe] * 4), min_size=2, max_size=6), calculation, number)
def test_a_chain_of_operations_that_is_put_off_equals_fractions(rows, steps, line):
    """Numbers are looked at only in the end: compared, rounded, then worked out."""
    columns = [exact([row[at] for row in rows]) for at in range(4)]
    chosen = np.arange(len(rows)) % 2 == 0

    def by_column(step):
        if isinstance(step, int):
            return columns[step]
        sign, one, other = step[0], by_column(step[1]), by_column(step[2])
        if sign == "where":
            return where(chosen, one, other)
        if sign == "/":
            return one / where(other == 0, 1, other)
        return {"+": lambda: one + other, "-": lambda: one - other, "*": lambda: one * other, "neg": lambda: -one}[sign]()

    def by_hand(step, row, odd):
        if isinstance(step, int):
            return row[step]
        sign, one, other = step[0], by_hand(step[1], row, odd), by_hand(step[2], row, odd)
        if sign == "where":
            return other if odd else one
        if sign == "neg":
            return None if one is None else -one
        if not known(one, other):
            return None
        return {"+": lambda: one + other, "-": lambda: one - other, "*": lambda: one * other, "/": lambda: one / (other or 1)}[sign]()

    made, expected = by_column(steps), [by_hand(steps, row, at % 2) for at, row in enumerate(rows)]
    assert made.isna().tolist() == [value is None for value in expected]
    assert (made >= line).tolist() == [value is not None and value >= line for value in expected]
    same(half_up(made.copy()), [None if value is None else half_up(value) for value in expected])
    same(made, expected)


def test_a_long_chain_of_operations_that_is_put_off_is_worked_out_in_time():
    """A sum of more columns than Python's stack has frames, looked at in the end only."""
    one = exact([Fraction(1, 3**60), Fraction(2, 7**40)])
    column = one
    for _ in range(2000):
        column = column + one
    assert (column > one * 2000).all()
    same(half_up(column.copy(), 6), [0, 0])
    same(column, [Fraction(2001, 3**60), Fraction(4002, 7**40)])


def test_what_is_put_off_keeps_the_numbers_it_was_made_of():
    """Columns and conditions may be written to before anybody looks at what was made of them."""
    column, other, condition = exact([Fraction(1, 3**60), 2]), exact([1, 1]), np.array([True, False])
    added_up, chosen = column + other, where(condition, column, other)
    column[0], other[1], condition[0] = 7, 7, False
    same(added_up, [1 + Fraction(1, 3**60), 3])
    same(chosen, [Fraction(1, 3**60), 1])
    same(column, [7, 2])


def test_a_column_that_is_put_off_can_be_written_to_and_frozen():
    long = exact([Fraction(1, 3**60), Fraction(2, 3**60)]) * 3
    copied = long.copy()
    copied[0] = 5
    same(copied, [5, Fraction(6, 3**60)])
    same(long, [Fraction(3, 3**60), Fraction(6, 3**60)])
    frozen = long + long
    frozen.freeze()
    with pytest.raises(ValueError, match="read-only"):
        frozen[0] = 1


@given(st.lists(number, max_size=8))
def test_floor_never_exceeds(values):
    for value, floor in zip(values, floor_to(exact(values)), strict=True):
        assert 0 <= value - floor < Fraction(1, 100)


@given(st.lists(st.tuples(number, st.integers(0, 4)), max_size=20))
def test_sums_by_group_and_their_total(rows):
    column, codes = exact([v for v, _ in rows]), [c for _, c in rows]
    same(sum_by(column, codes, 5), [sum((v for v, c in rows if c == code), Fraction(0)) for code in range(5)])
    assert total(column) == sum((v for v, _ in rows), Fraction(0))


@given(st.lists(st.tuples(st.integers(-(10**7), 10**7), st.integers(1, 99), st.integers(0, 2)), max_size=120))
def test_sums_of_many_ratios_whose_common_denominator_is_beyond_64_bits(rows):
    column = exact([Fraction(part, whole) for part, whole, _ in rows])
    same(sum_by(column, [code for *_, code in rows], 3), [sum(Fraction(p, w) for p, w, code in rows if code == one) for one in range(3)])


@given(st.lists(st.lists(maybe, min_size=3, max_size=3), min_size=1, max_size=5), st.data())
def test_a_sum_made_from_that_of_other_columns_is_the_same_sum(rows, data):
    columns = [exact(row) for row in rows]
    earlier, now = (data.draw(st.lists(st.sampled_from(columns), max_size=8)) for _ in range(2))
    made = added_again(now, earlier, added(earlier, 3))
    same(made, [sum((one[at] for one in now if one[at] is not pd.NA), Fraction(0)) for at in range(3)])


def test_what_is_made_of_a_column_does_not_share_its_numbers():
    """Who writes into a product, a difference or a sign changed must not write into the column it was made of."""
    column = exact([1, 2])
    for made in (column * 1, column / 1, column + 0, column - 0, -column, abs(column), where([True, True], column, 0), minimum(column, 5)):
        made[0] = Fraction(1, 7)
    same(column, [1, 2])


def test_a_missing_value_is_never_summed_as_zero():
    same(sum_by(exact([1, None, 2]), [0, 0, 1], 2), [None, 2])
    with pytest.raises(ValueError, match="missing"):
        total(exact([1, None]))


def test_largest_remainder_of_what_is_missing():
    """A missing pool gives no shares, but nothing to a group that claims nothing; a missing claim leaves its whole group open."""
    shares = largest_remainder(exact([None, None, 10]), exact([0, 1, 1, None]), [0, 1, 2, 2])
    assert shares[0] == 0 and shares.isna().tolist() == [False, True, True, True]


@given(
    st.integers(0, 10**9).map(lambda fen: Fraction(fen, 100)),
    st.lists(st.fractions(min_value=0, max_value=1000, max_denominator=1000), min_size=1, max_size=12),
)
def test_largest_remainder_adds_up_to_the_fen(pool, claims):
    shares = list(largest_remainder(exact([pool]), exact(claims), [0] * len(claims)))
    fair = [pool * c / sum(claims) if sum(claims) else Fraction(0) for c in claims]
    assert sum(shares) == (pool if sum(claims) else 0)
    assert all(abs(share - due) < Fraction(1, 100) for share, due in zip(shares, fair, strict=True))
    assert all((share * 100).denominator == 1 for share in shares)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), min_size=1, max_size=15), st.integers(0, 10**6))
def test_splitting_several_pools_at_once_equals_splitting_each(members, fen):
    codes, claims = [g for g, _ in members], exact([c for _, c in members])
    pools = exact([Fraction(fen, 100), Fraction(fen + 1, 100), Fraction(fen + 2, 100)])
    together = list(largest_remainder(pools, claims, codes))
    for group in set(codes):
        rows = [i for i, code in enumerate(codes) if code == group]
        alone = list(largest_remainder(pools[[group]], claims[rows], [0] * len(rows)))
        assert [together[i] for i in rows] == alone


def test_threshold_33_of_30_reaches_110_percent():
    ratio = exact([33, 32]) / 30
    assert (ratio >= Fraction("1.10")).tolist() == [True, False]


@given(st.lists(number, min_size=1, max_size=10))
def test_rank_codes_order_like_the_numbers(values):
    places = {value: i for i, value in enumerate(sorted(set(values)))}
    assert rank_codes(exact(values)).tolist() == [places[value] for value in values]


def test_the_floats_of_excel_are_the_decimals_it_shows():
    assert list(exact(np.array([0.1, 33.3, 89.995, 0.1 + 0.2]))) == [
        Fraction(1, 10),
        Fraction(333, 10),
        Fraction(89995, 1000),
        Fraction(3, 10),
    ]
    for bad in (float("inf"), True, object()):
        with pytest.raises(ValueError):
            fraction(bad)


def test_dividing_by_zero_is_an_error_but_a_missing_divisor_is_missing():
    with pytest.raises(ZeroDivisionError):
        exact([1]) / exact([0])
    same(exact([1, 0]) / exact([None, 2]), [None, 0])


def test_columns_live_in_pandas_frames():
    frame = pd.DataFrame({"score": exact(["89.99", None, 90])}, index=["a", "b", "c"])
    assert frame["score"].isna().tolist() == [False, True, False]
    assert frame.loc["c", "score"] == 90
    assert frame.sort_values("score", ascending=False).index.tolist()[:2] == ["c", "a"]
    assert pd.concat([frame, frame])["score"].sum() == Fraction("359.98")
    assert isinstance(frame.reindex(["a", "z"])["score"].array, ExactArray)
    assert frame["score"].min() == Fraction("89.99")


def test_choosing_and_holding():
    same(where([True, False], exact([1, 2]), 9), [1, 9])
    same(clip(exact([-5, 50, 500]), 0, 100), [0, 50, 100])
    same(clip(missing(2), 0, 100), [None, None])
    same(constant("0.5", 2), [Fraction(1, 2)] * 2)


@pytest.mark.parametrize("value, shown", [("267", "267"), ("0.40", "0.4"), ("-2.35", "-2.35"), ("1/3", "≈0.3333"), ("-1/3", "≈-0.3333")])
def test_numbers_as_people_write_them(value, shown):
    assert text(Fraction(value)) == shown
