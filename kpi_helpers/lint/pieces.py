"""分段函数: the piecewise maps of a clause as exact functions of one number, for ranges, witnesses and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import inf

import portion

from kpi_helpers.lint.spans import Span, everything


def set_of(band: dict) -> portion.Interval:
    """The values between the stated edges of a band."""
    left, low = (portion.CLOSED, band["from"]) if "from" in band else (portion.OPEN, band.get("above", -portion.inf))
    right, high = (portion.CLOSED, band["to"]) if "to" in band else (portion.OPEN, band.get("below", portion.inf))
    return portion.Interval.from_atomic(left, low, high, right)


def reached(bands: list[dict]) -> list[portion.Interval]:
    """The values that each band really gets: of the bands that hold a value, the one with the highest lower edge."""

    def tightness(position):
        band = bands[position]
        low, high = band.get("from", band.get("above")), band.get("to", band.get("below"))
        if low is not None:
            return (0, -low, "above" not in band, position)
        return (1, high is None, high or 0, position)

    free, found = everything(), [portion.empty()] * len(bands)
    for position in sorted(range(len(bands)), key=tightness):
        found[position] = set_of(bands[position]) & free
        free -= found[position]
    return found


def ascending(bands: list[dict]) -> list[tuple[portion.Interval, dict]]:
    """The bands that can be reached at all, from the lowest values to the highest, in single pieces."""
    pieces = [(atom, band) for inside, band in zip(reached(bands), bands, strict=True) for atom in inside if not atom.empty]
    return sorted(pieces, key=lambda piece: (piece[0].lower, piece[0].left == portion.OPEN))


def banded_span(measure: Span, bands: list[dict]) -> Span:
    """What bands can give for a figure."""
    pieces = [(piece, band) for piece, band in ascending(bands) if measure.pick(piece) is not None] or ascending(bands)
    gives = [band["give"] for _, band in pieces]
    if isinstance(gives[0], str):
        return Span(words=frozenset(gives))
    span = reduce(Span.hull, map(Span.of, gives))
    here = next((band["give"] for piece, band in pieces if measure.example is not None and measure.example in piece), gives[-1])
    return Span(span.low, span.high, span.step, Fraction(here))


def tiered(tiers: list[dict]) -> Callable[[Fraction], Fraction]:
    """阶梯: each slice at its own rate."""
    edges = [Fraction(tier.get("from", 0)) for tier in tiers]

    def at(value):
        uppers = [min(value, edge) for edge in edges[1:]] + [value]
        return sum((max(upper - edge, 0) * tier["rate"] for upper, edge, tier in zip(uppers, edges, tiers, strict=True)), Fraction(0))

    return at


def tiered_span(measure: Span, tiers: list[dict]) -> Span:
    """What tiers can give for a figure."""
    at = tiered(tiers)
    corners = [value for value in (measure.low, measure.high, *(Fraction(tier.get("from", 0)) for tier in tiers)) if abs(value) != inf]
    values = [at(value) for value in corners if measure.low <= value <= measure.high] or [Fraction(0)]
    low, high, last = min(values), max(values), tiers[-1]["rate"]
    if measure.high == inf:
        low, high = (-inf, high) if last < 0 else (low, inf if last > 0 else high)
    step = None
    if measure.step:
        step = reduce(_common, [measure.step * abs(tier["rate"]) for tier in tiers if tier["rate"]], Fraction(0)) or None
    return Span(low, high, step, None if measure.example is None else at(measure.example))


def _common(a, b):
    return (Span.of(a) + Span.of(b)).step


def interpolated(points: list[dict], outside: str = "clamp") -> Callable[[Fraction], Fraction]:
    """插值: the line through the points."""

    def at(value):
        if outside != "extend":
            value = min(max(value, points[0]["at"]), points[-1]["at"])
        right = next((place for place in range(1, len(points)) if value < points[place]["at"]), len(points) - 1)
        one, other = points[right - 1], points[right]
        return one["give"] + (value - one["at"]) / Fraction(other["at"] - one["at"]) * (other["give"] - one["give"])

    return at


def interpolated_span(measure: Span, points: list[dict], outside: str) -> Span:
    """What the line can give for a figure."""
    at = interpolated(points, outside)
    ends = [measure.low, measure.high, *(point["at"] for point in points)]
    values = [at(value) for value in ends if abs(value) != inf and measure.low <= value <= measure.high]
    if outside != "extend":
        values += [at(points[0]["at"] if value < 0 else points[-1]["at"]) for value in (measure.low, measure.high) if abs(value) == inf]
    low, high = (min(values), max(values)) if values else (-inf, inf)
    if outside == "extend" and measure.high == inf:
        slope = points[-1]["give"] - points[-2]["give"]
        low, high = (-inf, high) if slope < 0 else (low, inf if slope > 0 else high)
    if outside == "extend" and measure.low == -inf:
        slope = points[1]["give"] - points[0]["give"]
        low, high = (low, inf) if slope < 0 else (-inf if slope > 0 else low, high)
    return Span(low, high, None, None if measure.example is None else at(measure.example))
