"""数: exact numbers in columns, half-up rounding, shares that add up to the fen.

A column of numbers is an `ExactArray`: value = num / den, so nothing is ever approximated. den = 0 marks a missing
value (缺), which is never zero.
"""

from kpi_helpers.numbers.bounds import clip, maximum, minimum
from kpi_helpers.numbers.column import ExactArray, constant, exact, missing, total, where
from kpi_helpers.numbers.order import places_of, positions_by, quantile_by, rank_codes
from kpi_helpers.numbers.rounding import ROUNDINGS, floor_to, half_up, rounded_to
from kpi_helpers.numbers.scalars import fraction, is_missing, is_number, text, texts
from kpi_helpers.numbers.shares import largest_remainder
from kpi_helpers.numbers.sums import added, added_again, count_by, extreme_by, sum_by

__all__ = [
    "ROUNDINGS",
    "ExactArray",
    "added",
    "added_again",
    "clip",
    "constant",
    "count_by",
    "exact",
    "extreme_by",
    "floor_to",
    "fraction",
    "half_up",
    "is_missing",
    "is_number",
    "largest_remainder",
    "maximum",
    "minimum",
    "missing",
    "places_of",
    "positions_by",
    "quantile_by",
    "rank_codes",
    "rounded_to",
    "sum_by",
    "text",
    "texts",
    "total",
    "where",
]
