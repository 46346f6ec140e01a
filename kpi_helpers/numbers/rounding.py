"""取整: half-up and other roundings, to decimals or to a step."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from kpi_helpers.numbers.column import ExactArray
from kpi_helpers.numbers.estimates import estimated_steps
from kpi_helpers.numbers.integers import plus, single, small, times
from kpi_helpers.numbers.ratios import shortened
from kpi_helpers.numbers.scalars import nearest

_TWO = np.array([2], dtype=np.int64)


def half_up(values, places: int = 2):
    """四舍五入 to `places` decimals, away from zero at the half; a column or one number.

    >>> half_up(Fraction("2.345")), half_up(Fraction("-2.345"))
    (Fraction(47, 20), Fraction(-47, 20))
    """
    if isinstance(values, ExactArray):
        return rounded_to(values, Fraction(1, 10**places))
    return nearest(values, places)


ROUNDINGS = ("half_up", "half_even", "up", "down")


def rounded_to(values: ExactArray, step: Fraction, mode: str = "half_up") -> ExactArray:
    """取整 to multiples of `step`: half_up and half_even to the nearest, up away from 0, down towards 0.

    >>> from kpi_helpers.numbers import exact
    >>> [list(rounded_to(exact(["2.5", "-2.5"]), Fraction(1), mode)) for mode in ROUNDINGS]  # doctest: +NORMALIZE_WHITESPACE
    [[Fraction(3, 1), Fraction(-3, 1)], [Fraction(2, 1), Fraction(-2, 1)],
     [Fraction(3, 1), Fraction(-3, 1)], [Fraction(2, 1), Fraction(-2, 1)]]
    """
    step = Fraction(step)
    if values.wide and len(values) > 1:
        return _rounded_from_estimates(values, step, mode)
    if 1 % step == 0 and values.den.max(initial=0) <= 1:
        return values.copy()  # whole numbers are multiples already
    return ExactArray(*_rounded(values.num, values.den, step, mode))


def _rounded(num, den, step: Fraction, mode: str):
    size = times(abs(num), single(step.denominator))
    unit = times(np.where(den == 0, 1, den), single(step.numerator))
    if mode in ("half_up", "half_even"):
        halves, twice = plus(times(size, _TWO), unit), times(unit, _TWO)
        whole = halves // twice
        if mode == "half_even":
            whole = whole - ((whole * twice == halves) & (whole % 2 == 1)).astype(np.int64)
    else:
        whole = size // unit if mode == "down" else -(-size // unit)
    return _multiples(np.where(num < 0, -small(whole), small(whole)), den == 0, step)


def _rounded_from_estimates(values: ExactArray, step: Fraction, mode: str) -> ExactArray:
    """Estimates say what most numbers are rounded to; those close to where it turns are looked at."""
    blank = values.isna()
    whole, unclear = estimated_steps(values.estimate, step, mode)
    result = ExactArray(*_multiples(whole, blank, step))
    if len(rows := np.flatnonzero(unclear & ~blank)):
        result[rows] = ExactArray(*_rounded(*values.ratios_at(rows, {}), step, mode))
    return result


def _multiples(whole, blank, step: Fraction):
    return shortened(times(whole, single(step.numerator)), np.where(blank, 0, step.denominator))


def floor_to(values: ExactArray, places: int = 2) -> ExactArray:
    """舍去 to `places` decimals, towards minus infinity."""
    scale = 10**places
    den = np.where(values.den == 0, 1, values.den)
    scaled = times(values.num, single(scale)) // den
    return ExactArray(*shortened(scaled, np.where(values.den == 0, 0, scale)))
