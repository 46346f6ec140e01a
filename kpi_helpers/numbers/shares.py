"""分配: a pool split over its members so that the fen add up."""

from __future__ import annotations

import numpy as np

from kpi_helpers.numbers.column import ExactArray
from kpi_helpers.numbers.integers import times
from kpi_helpers.numbers.ratios import in_parts, shortened
from kpi_helpers.numbers.rounding import floor_to
from kpi_helpers.numbers.sums import sum_by


def largest_remainder(pool: ExactArray, claims: ExactArray, codes) -> ExactArray:
    """最大余额法: split each pool over its members by claim, to the fen, adding up exactly.

    pool: one amount per group (元, to 0.01); claims and codes: one row per member. Spare fen go to the largest
    remainders, equal remainders in row order. A group whose claims sum to 0 gets nothing.

    >>> from kpi_helpers.numbers import constant, exact
    >>> largest_remainder(exact([1700]), constant(1, 7), [0] * 7)[0]
    Fraction(12143, 50)
    """
    codes, fen = np.asarray(codes, dtype=np.intp), pool * 100
    parts = ExactArray(in_parts(claims.num, claims.den)[0], np.sign(claims.den).astype(np.int64))
    sums = sum_by(parts, codes, len(pool))
    idle = sums == 0
    top = np.where(idle[codes], 0, times(fen.num[codes], parts.num))
    bottom = np.where(idle, 1, times(fen.den, sums.num))[codes]  # 0 where pool or claims are missing
    blank = bottom == 0
    bottom = np.where(blank, 1, bottom)
    share = top // bottom
    rest = abs(top - share * bottom)  # of one group all in the same parts of a fen
    spare = floor_to(fen, 0) - sum_by(ExactArray(share, np.where(blank, 0, 1)), codes, len(pool))
    order = np.lexsort((np.arange(len(codes)), -rest, codes))
    first = np.searchsorted(codes[order], np.arange(len(pool)))
    position = np.empty(len(codes), dtype=np.int64)
    position[order] = np.arange(len(codes)) - first[codes[order]]
    more = position < np.where(idle, 0, spare.num)[codes]
    return ExactArray(*shortened(share + more, np.where(blank, 0, 100)))
