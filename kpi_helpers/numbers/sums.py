"""合计: sums row by row, and sums, counts and extremes by group."""

from __future__ import annotations

from collections import Counter

import numpy as np

from kpi_helpers.numbers.column import ExactArray, exact, missing, where
from kpi_helpers.numbers.deferred import SUM, Deferred
from kpi_helpers.numbers.integers import LIMIT, peak
from kpi_helpers.numbers.order import rank_codes
from kpi_helpers.numbers.ratios import FEW, common_of, few, shortened, sum_of


def added(columns: list[ExactArray], length: int) -> ExactArray:
    """The sum of several columns row by row; a missing value adds nothing.

    >>> list(added([exact([1, None]), exact([2, "0.5"])], 2))
    [Fraction(3, 1), Fraction(1, 2)]
    """
    result, rest = exact(np.zeros(length, dtype=np.int64)), columns
    small = [one for one in columns if not one.wide and few(one.den)]
    if small:
        common = common_of(np.concatenate([np.flatnonzero(np.bincount(one.den, minlength=2)[1:]) + 1 for one in small]))
        most = max(sum(peak(one.num) for one in small), 1)
        if most * common >= LIMIT:
            most = sum(map(_reach, small))  # numbers with large denominators may be small themselves
        if most * common < LIMIT:  # one common denominator: few additions and no reductions
            parts = np.append(0, common // np.arange(1, FEW + 1))  # 0 for a missing value
            whole = sum((one.num * parts[one.den] for one in small), np.zeros(length, dtype=np.int64))
            result, rest = ExactArray(*shortened(whole, parts[1:2])), [one for one in columns if not any(one is other for other in small)]
    late = rest and _long([result, *rest])
    for one in (one.fillna(0) for one in rest):
        result = ExactArray.later(Deferred(SUM, result, one)) if late else result + one
    return result


def added_again(columns: list[ExactArray], earlier: list[ExactArray], total: ExactArray) -> ExactArray:
    """The sum of columns, made from that of earlier ones, most of which are the very same.

    >>> a, b, c = exact([1]), exact([2]), exact([5])
    >>> list(added_again([a, a, c], [a, b, a], exact([4])))
    [Fraction(7, 1)]
    """
    left = Counter(map(id, earlier))
    left.subtract(map(id, columns))
    come = [one for one in {id(one): one for one in columns}.values() for _ in range(-left[id(one)])]
    gone = [one for one in {id(one): one for one in earlier}.values() for _ in range(left[id(one)])]
    if len(come) + len(gone) > len(columns) // 2:
        return added(columns, len(total))
    return added([total, *come, *(-one for one in gone)], len(total))


def _long(columns: list[ExactArray]) -> bool:
    """May sums of these columns leave int64 on the way?"""
    if any(one.wide for one in columns):
        return True
    return sum(peak(one.den).bit_length() for one in columns) + max(peak(one.num).bit_length() + 1 for one in columns) > LIMIT.bit_length()


def _reach(values: ExactArray) -> int:
    """A whole number beyond all of these numbers, whatever their signs."""
    return peak(values.num // np.maximum(values.den, 1)) + 1


def sum_by(values: ExactArray, codes, groups: int) -> ExactArray:
    """Sums per group code 0..groups-1; a group without rows sums to 0; a missing value makes its group missing."""
    codes, blank = np.asarray(codes, dtype=np.intp), values.isna()
    some = blank.any()
    result = ExactArray(*sum_of(values.num, np.where(blank, 1, values.den) if some else values.den, codes, groups))
    if some:
        result = where(np.bincount(codes[blank], minlength=groups) > 0, None, result)
    return result


def count_by(codes, groups: int) -> ExactArray:
    """Rows per group code."""
    return exact(np.bincount(np.asarray(codes, dtype=np.intp), minlength=groups))


def extreme_by(values: ExactArray, codes, groups: int, largest: bool) -> ExactArray:
    """The smallest or largest value per group code; missing for a group without rows or with a missing value."""
    codes = np.asarray(codes, dtype=np.intp)
    order = rank_codes(values)
    best = np.lexsort((order if largest else -order, codes))  # the last row of each group is its extreme
    result, blank = missing(groups), values.isna()
    result[codes[best]] = values[best]
    return where(np.bincount(codes[blank], minlength=groups) > 0, None, result)
