"""排序: columns in order, places, and what lies at a share of the way."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from kpi_helpers.numbers.column import ExactArray, exact, missing
from kpi_helpers.numbers.ratios import ranks


def rank_codes(values: ExactArray) -> np.ndarray:
    """0, 1, 2 … in ascending order, equal numbers alike; for sorting and ranking without floats."""
    return ranks(values.num, values.den)


def places_of(measure: ExactArray, descending: bool = True) -> ExactArray:
    """Competition ranks (1, 1, 3) of a column; missing stays missing.

    >>> list(places_of(exact([92, 88, 92, None, 75])))
    [Fraction(1, 1), Fraction(3, 1), Fraction(1, 1), <NA>, Fraction(4, 1)]
    """
    known = np.flatnonzero(~measure.isna())
    codes = rank_codes(measure[known])
    codes = -codes if descending else codes
    ordered = np.sort(codes)
    result = missing(len(measure))
    result[known] = exact(np.searchsorted(ordered, codes, side="left") + 1)
    return result


def positions_by(values: ExactArray, codes) -> np.ndarray:
    """The place of each row in its group by ascending value, from 0; equal values in row order."""
    codes = np.asarray(codes, dtype=np.intp)
    order = np.lexsort((rank_codes(values), codes))
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))])
    place = np.empty(len(codes), dtype=np.intp)
    place[order] = np.arange(len(codes)) - starts[codes[order]]
    return place


def quantile_by(values: ExactArray, codes, groups: int, at: Fraction) -> ExactArray:
    """分位数 per group code, on the line between neighbours (Excel's PERCENTILE.INC); missing for a group without rows.

    >>> list(quantile_by(exact([4, 1, 3, 2]), [0, 0, 0, 0], 2, Fraction(1, 2)))
    [Fraction(5, 2), <NA>]
    """
    codes = np.asarray(codes, dtype=np.intp)
    counts, at = np.bincount(codes, minlength=groups), Fraction(at)
    steps = np.maximum(counts - 1, 0) * at.numerator
    lower, rest = steps // at.denominator, exact(steps % at.denominator) / at.denominator
    found = {}
    place = positions_by(values, codes)
    for name, wanted in (("low", lower), ("high", np.minimum(lower + 1, np.maximum(counts - 1, 0)))):
        rows = place == wanted[codes]
        found[name] = missing(groups)
        found[name][codes[rows]] = values[rows]
    return found["low"] + (found["high"] - found["low"]) * rest
