"""范围: between which numbers a figure can lie, on what grid, with one value it can really take; exact interval arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, inf

import portion

from kpi_helpers.numbers import exact, rounded_to


@dataclass(frozen=True)
class Span:
    """low..high; step: all values are multiples of it (None: any decimals); example: one value; words: for figures that are words."""

    low: Fraction | float = -inf
    high: Fraction | float = inf
    step: Fraction | None = None
    example: Fraction | None = None
    words: frozenset[str] | None = None

    @classmethod
    def of(cls, number) -> Span:
        number = Fraction(number)
        return cls(number, number, abs(number) or Fraction(0), number)

    @property
    def interval(self) -> portion.Interval:
        return portion.closed(-portion.inf if self.low == -inf else self.low, portion.inf if self.high == inf else self.high)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high, _common(self.step, other.step), _both(self, other, lambda a, b: a + b))

    def __neg__(self) -> Span:
        return Span(-self.high, -self.low, self.step, None if self.example is None else -self.example)

    def __sub__(self, other: Span) -> Span:
        return self + -other

    def __mul__(self, other: Span) -> Span:
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        step = None if self.step is None or other.step is None else self.step * other.step
        return Span(min(ends), max(ends), step, _both(self, other, lambda a, b: a * b))

    def __truediv__(self, other: Span) -> Span:
        example = None if not other.example else _both(self, other, lambda a, b: a / b)
        if other.low == other.high and other.low not in (0, inf, -inf):
            return replace(self * Span.of(1 / other.low), example=example)
        if other.low < 0:
            return Span(example=example)
        ends = [_over(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), max(ends), None, example)

    def hull(self, other: Span) -> Span:
        words = None if self.words is None or other.words is None else self.words | other.words
        example = other.example if self.example is None else self.example
        return Span(min(self.low, other.low), max(self.high, other.high), _common(self.step, other.step), example, words)

    def clip(self, low: Span | None = None, high: Span | None = None) -> Span:
        span = self
        if low is not None:
            span = replace(
                span,
                low=max(span.low, low.low),
                high=max(span.high, low.high),
                step=_common(span.step, low.step),
                example=_both(span, low, max),
            )
        if high is not None:
            span = replace(
                span,
                low=min(span.low, high.low),
                high=min(span.high, high.high),
                step=_common(span.step, high.step),
                example=_both(span, high, min),
            )
        return span

    def rounded(self, step: Fraction, mode: str = "half_up") -> Span:
        def to(value):
            return value if value in (inf, -inf, None) else rounded_to(exact([value]), step, mode)[0]

        return Span(to(self.low), to(self.high), step, to(self.example))

    def grid(self, interval: portion.Interval) -> portion.Interval:
        """The parts of an interval that hold a value this figure can take."""
        return portion.Interval(*(atom for atom in interval & self.interval if self.pick(atom) is not None))

    def pick(self, interval: portion.Interval) -> Fraction | None:
        """A plain value of this figure inside an interval; None if there is none."""
        for atom in interval & self.interval:
            found = self._pick(atom)
            if found is not None:
                return found
        return None

    def _pick(self, atom) -> Fraction | None:
        if atom.empty:
            return None
        low, high = (None if end in (portion.inf, -portion.inf) else Fraction(end) for end in (atom.lower, atom.upper))
        if low is None and high is None:
            return Fraction(0)
        if self.step:
            start = low if low is not None else high
            nearest = Fraction(start // self.step) * self.step
            near = [nearest + self.step * count for count in (0, 1, -1)]
            return next((one for one in near if one in atom), None)
        if low is not None and atom.left == portion.CLOSED:
            return low
        if low is not None and high is not None:
            return (low + high) / 2
        if high is not None and atom.right == portion.CLOSED:
            return high
        return high - 1 if low is None else low + 1


ZERO = Span.of(0)
ONE = Span.of(1)
COUNT = Span(Fraction(0), inf, Fraction(1), Fraction(7))
UNKNOWN = Span()


def _common(a, b):
    """The grid that holds the values of two grids; 0 is the grid of the number 0 alone."""
    if a is None or b is None:
        return None
    return Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator) if a or b else a


def _both(one: Span, other: Span, function):
    return None if one.example is None or other.example is None else function(one.example, other.example)


def _times(a, b):
    return Fraction(0) if a == 0 or b == 0 else a * b


def _over(a, b):
    if b == 0:
        return Fraction(0) if a == 0 else inf if a > 0 else -inf
    if b == inf:
        return Fraction(0) if abs(a) != inf else a
    return a / b if abs(a) != inf else a


def everything() -> portion.Interval:
    return portion.open(-portion.inf, portion.inf)
