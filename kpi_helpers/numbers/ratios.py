"""分数列: numerators over denominators in two arrays, 0/0 where a value is missing."""

from __future__ import annotations

from math import gcd

import numpy as np

from kpi_helpers.numbers.integers import LIMIT, peak, plus, single, small, times

FEW = 10_000  # denominators up to this are counted instead of sorted
_WIDEST = 2**512  # a denominator beyond this is worth lowest terms in any case
_EXACT_FLOAT = 53  # bits: whole numbers below 2**53 are exact as floats, and sums of floats are quick


def ratio_sum(a, b, c, d):
    """a/b + c/d, not yet in lowest terms."""
    alike = np.asarray(b == d, dtype=bool)
    if alike.all():
        return plus(a, c), np.where(alike, b, d)
    return plus(times(a, d), times(c, b)), times(b, d)


def ratio_difference(a, b, c, d):
    """a/b - c/d, not yet in lowest terms."""
    return ratio_sum(a, b, -c, d)


def ratio_product(a, b, c, d):
    """(a/b) × (c/d), not yet in lowest terms."""
    return times(a, c), times(b, d)


def check_divisor(c, d) -> None:
    """A ZeroDivisionError where c/d is 0."""
    if np.any((c == 0) & (d != 0)):
        raise ZeroDivisionError("a ratio whose lower number is 0 has no value")


def ratio_quotient(a, b, c, d):
    """(a/b) / (c/d) of divisors that were checked, not yet in lowest terms."""
    sign = np.sign(c) if c.dtype != object else np.array([(v > 0) - (v < 0) for v in c], dtype=np.int64)
    # a missing divisor (0/0) keeps the result missing: its c is 0, so the new denominator is 0
    return times(times(a, d), sign), times(b, abs(c))


def shortened(num, den):
    """Lowest terms once the integers grow, so that chains of products stay small; 0/0 for every missing value."""
    if num.shape != den.shape:
        num, den = map(np.array, np.broadcast_arrays(num, den))
    large = num.dtype == object or den.dtype == object or peak(num) > 2**31 or peak(den) > 2**20
    if large and not _stays_wide(num, den):
        factor = np.gcd(num, den)
        factor = np.where(factor == 0, 1, factor)
        num, den = small(num // factor), small(den // factor)
    blank = den == 0
    return (np.where(blank, 0, num) if blank.any() else num), den


def _stays_wide(num, den) -> bool:
    """Would lowest terms, which take long beyond int64, not bring a column back to it? Its largest denominator tells."""
    if not len(den) or (num.dtype != object and den.dtype != object):
        return False
    row = int(np.argmax(den))
    return den[row] > 0 and LIMIT <= den[row] // gcd(num[row], den[row]) and den[row] < _WIDEST


def few(den) -> bool:
    """Are these denominators so small that they can be counted instead of sorted?"""
    return den.dtype != object and den.max(initial=0) <= FEW


def common_of(den) -> int:
    """The smallest common denominator."""
    if not len(den):
        return 1
    return int(np.lcm.reduce((np.flatnonzero(np.bincount(den)) if few(den) else np.unique(den)).astype(object)))


def distinct(den):
    """The denominators that occur, and which of them each row has; once for all rows if it is but one."""
    if not few(den):
        return np.unique(den, return_inverse=True)
    found = np.flatnonzero(np.bincount(den))
    if len(found) == 1:
        return found, np.zeros(1, dtype=np.intp)
    places = np.zeros(FEW + 1, dtype=np.intp)
    places[found] = np.arange(len(found))
    return found, places[den]


def in_parts(num, den):
    """The numerators over the smallest common denominator, 0 where missing, and that denominator."""
    den = np.where(den == 0, 1, den)
    common = common_of(den)
    return times(num, single(common) // den), common


def sum_of(num, den, codes, groups: int):
    """Sums per group code of values none of which is missing."""
    found, kinds = distinct(den)
    common = common_of(found)
    return shortened(_sums(num, [common // int(one) for one in found], kinds, codes, groups), single(common))


def _sums(num, factors: list[int], kinds, codes, groups: int):
    """Sums of numerators times the factor of their kind, the factors digit by digit so that every sum fits."""
    bits = _EXACT_FLOAT - peak(num).bit_length() - len(num).bit_length()
    if num.dtype == object or bits < 1:
        sums = np.zeros(groups, dtype=object)
        np.add.at(sums, codes, num.astype(object) * np.array([*factors, None], dtype=object)[kinds])
        return sums
    sums, sum_up = np.zeros(groups, dtype=np.int64), _adder(codes, groups)
    for shift in range(0, max(factors, default=0).bit_length(), bits):
        digits = np.array([factor >> shift & (1 << bits) - 1 for factor in factors], dtype=np.int64)
        part = sum_up(num if factors == [1] else num * digits[kinds])
        sums = sums + (part.astype(object) << shift if shift else part)
    return sums


def _adder(codes, groups: int):
    """A function that sums whole numbers per group code; quicker where the codes are in order."""
    if not len(codes) or (codes[1:] < codes[:-1]).any():
        return lambda values: np.bincount(codes, weights=values, minlength=groups).astype(np.int64)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))

    def sum_up(values):
        sums = np.zeros(groups, dtype=np.int64)
        sums[codes[starts]] = np.add.reduceat(values, starts)
        return sums

    return sum_up


def ranks(num, den) -> np.ndarray:
    """0, 1, 2 … in ascending order, equal numbers alike; for sorting and ranking without floats."""
    scaled = small(in_parts(num, den)[0])
    if scaled.dtype != object and len(scaled) and (span := int(scaled.max()) - int(scaled.min())) < 10 * len(scaled):
        present = np.zeros(span + 1, dtype=bool)  # so close together they need not be sorted
        present[scaled - scaled.min()] = True
        return (np.cumsum(present) - 1)[scaled - scaled.min()]
    return np.unique(scaled, return_inverse=True)[1]
