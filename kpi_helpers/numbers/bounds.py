"""保底与封顶: what holds numbers between bounds."""

from __future__ import annotations

from kpi_helpers.numbers.column import ExactArray, one_row, where


def minimum(a, b) -> ExactArray:
    """The smaller of two columns (取小); missing if either is."""
    a, b = one_row(a), one_row(b)
    return where((a <= b) | a.isna(), a, b)  # no number compares with a missing one


def maximum(a, b) -> ExactArray:
    """The larger of two columns (取大); missing if either is."""
    a, b = one_row(a), one_row(b)
    return where((a >= b) | a.isna(), a, b)  # no number compares with a missing one


def clip(values: ExactArray, floor=None, cap=None) -> ExactArray:
    """Held between a floor (保底) and a cap (封顶); None means no bound."""
    if floor is not None:
        values = maximum(values, floor)
    return values if cap is None else minimum(values, cap)
