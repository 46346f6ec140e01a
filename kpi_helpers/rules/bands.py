"""档: intervals of a figure, written {from: 90, give: 优秀}; which one a value falls in, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import ByColumn, Number
from kpi_helpers.book import Book
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, missing, text, where
from kpi_helpers.policy import Clause


def _given(value):
    if isinstance(value, ByColumn):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, str)) or value == "":
        raise ValueError(say("应为数字或文字", "must be a number or a word"))
    return value if isinstance(value, str) else Fraction(value)


Given = Annotated[str | Fraction | ByColumn, BeforeValidator(_given)]  # a text is a word, never the name of a figure
# from and to belong to the band (>= and <=), above and below do not
Band = TypedDict("Band", {"from": Number, "above": Number, "to": Number, "below": Number, "give": Given}, total=False)
Band.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def check_bands(bands: list[dict] | None) -> list[str]:
    """What is wrong with bands taken by themselves: nothing given, two edges on one side. A policy may go without (None)."""
    if bands is None:
        return []
    problems = [] if bands else [say("bands 不能为空。", "bands must not be empty.")]
    for band in bands:
        if "give" not in band:
            problems.append(say("每一档都要写 give。", "every band needs give:."))
        if {"from", "above"} <= band.keys() or {"to", "below"} <= band.keys():
            problems.append(say("from 与 above、to 与 below 只能各写一个。", "write either from or above, and either to or below."))
    if len({isinstance(band.get("give"), str) for band in bands}) > 1:
        problems.append(say("give 应全是数字或全是文字。", "give: must be all numbers or all words."))
    return problems


def band_of(measure: ExactArray, bands: list[dict]) -> np.ndarray:
    """The number of each value's band, -1 for none: of the bands that hold it, the one with the highest lower edge.

    A band whose upper edge is left out reaches up to the next one; a band without edges catches what no other does.
    """
    known, size = ~measure.isna(), len(measure)
    chosen, low, high = np.full(size, -1), exact([None]).repeat(size), exact([None]).repeat(size)
    for position, band in enumerate(bands):
        fits = known.copy()
        for edge, test in (("from", "__ge__"), ("above", "__gt__"), ("to", "__le__"), ("below", "__lt__")):
            if edge in band:
                fits &= getattr(measure, test)(band[edge])
        own_low, own_high = (exact([None]).repeat(size) if edge is None else _column(edge, size) for edge in (_lower(band), _upper(band)))
        tighter = (low.isna() & ~own_low.isna()) | (own_low > low) | ((own_low == low) & ("above" in band))
        closer = low.isna() & own_low.isna() & ((high.isna() & ~own_high.isna()) | (own_high < high))
        better = fits & ((chosen < 0) | tighter | closer)
        chosen[better] = position
        low, high = where(better, own_low, low), where(better, own_high, high)
    return chosen


def give(book: Book, clause: Clause | None, measure: ExactArray, bands: list[dict], names: Sequence) -> ExactArray | np.ndarray:
    """What each value's band gives, numbers or words; a value in no band is a DataError, never a guess."""
    chosen = band_of(measure, bands)
    edges = [value for band in bands for edge, value in band.items() if edge != "give" and isinstance(value, ExactArray)]
    open_edge = np.any([edge.isna() for edge in edges], axis=0) if edges else np.zeros(len(measure), dtype=bool)
    outside = np.flatnonzero((chosen < 0) & ~measure.isna() & ~open_edge)
    if len(outside):
        row = int(outside[0])
        place = f"{book.policy.title} {clause.id} {clause.title}" if clause else book.policy.title
        problem = say(f"{text(measure[row])}（{names[row]}）不在任何一档", f"{text(measure[row])} ({names[row]}) falls in no band")
        raise DataError(Fault(place, problem, say("请补上这一档，或改正数据。", "Add a band for it, or correct the data.")))
    chosen = np.where(open_edge, -1, chosen)
    gives = [band["give"] for band in bands]
    if isinstance(gives[0], str):
        return np.array([*gives, None], dtype=object)[chosen]
    value = missing(len(measure))
    for position, number in enumerate(gives):
        value = where(chosen == position, number, value)
    return value


def _lower(band: dict):
    return band.get("from", band.get("above"))


def _upper(band: dict):
    return band.get("to", band.get("below"))


def _column(value, size: int) -> ExactArray:
    return value if isinstance(value, ExactArray) else exact([value]).repeat(size)
