"""范围: how far a slider goes for a number, and in which steps, where the policy does not say."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

_COUNTED = {"天", "次", "人", "个", "月", "个月", "工作日", "个工作日", "自然日", "件", "份", "小时", "分钟"}
_COUNTED |= {f"{one}/{time}" for one in ("次", "件", "分钟", "个", "份", "篇") for time in ("天", "周", "月")}
_FULL = 100  # 百分制


@dataclass(frozen=True)
class Range:
    """From low to high in steps; resolution is the finest difference in which such a number is given."""

    low: Fraction
    high: Fraction
    step: Fraction
    resolution: Fraction


def range_of(value, unit: str, least, most, whole: bool = False) -> Range:
    """The range of a number (None: none is in force), inside least and most; the value itself is one of the steps.

    >>> reach = range_of(-5, "分", None, None)
    >>> reach.low, reach.high, reach.step
    (Fraction(-10, 1), Fraction(0, 1), Fraction(1, 2))
    """
    value = None if value is None else Fraction(value)
    low, high = _reach(value, unit, least, most)
    resolution = Fraction(1) if whole else _resolution(value, unit, high - low)
    low = -(-low // resolution) * resolution  # a least value such as 0.0001 only keeps 0 out
    return Range(low, high, _step(value, low, high, resolution), resolution)


def _reach(value: Fraction | None, unit: str, least, most) -> tuple[Fraction, Fraction]:
    """From 0 to about twice the value; scores a little over full points, single points at least to 5."""
    far = _round_up(2 * abs(value)) if value else Fraction(1000) if unit.startswith("元") else Fraction(10)
    if unit == "分":
        scale = value is None or _FULL * 2 / 5 < abs(value) <= _FULL
        far = Fraction(_FULL * 6 / 5) if scale else max(far, Fraction(5))
    low, high = (-far, Fraction(0)) if value and value < 0 else (Fraction(0), far)
    high = Fraction(_FULL) if unit == "%" else high
    low, high = low if least is None else max(low, Fraction(least)), high if most is None else min(high, Fraction(most))
    return (low, high) if low < high else (low, low + _round_up(abs(low) or Fraction(1)))


def _round_up(value: Fraction) -> Fraction:
    """The next of 1, 2, 5, 10, 20, 50, … and 0.5, 0.2, 0.1, …

    >>> [str(_round_up(Fraction(value))) for value in ("30", "200", "0.16")]
    ['50', '200', '1/5']
    """
    power = Fraction(1)
    while power < value:
        power *= 10
    while power / 10 >= value:
        power /= 10
    return next(power / part for part in (10, 5, 2, 1) if power / part >= value)


def _resolution(value: Fraction | None, unit: str, span: Fraction) -> Fraction:
    """The finest difference that this number is given in: a fen, half a point, a whole day, a hundredth of a rate."""
    usual = Fraction(1) if unit in _COUNTED else Fraction(1, 2) if unit in ("分", "%") else Fraction(1, 100) if span <= 5 else Fraction(1)
    return min(_last_place(value), Fraction(1, 100) if unit.startswith("元") else usual)


def _last_place(value: Fraction | None) -> Fraction:
    """The place of the last decimal that a number is written with.

    >>> _last_place(Fraction("0.35"))
    Fraction(1, 100)
    """
    place = Fraction(1)
    while value is not None and (value / place).denominator > 1 and place > Fraction(1, 10**6):
        place /= 10
    return place


def _step(value: Fraction | None, low: Fraction, high: Fraction, resolution: Fraction) -> Fraction:
    """A hundred to two hundred steps from low to high, one of them on the value."""
    wanted = max(_round_up((high - low) / 200), resolution)
    inside = Fraction(0) if value is None else value - low
    parts = wanted.denominator * inside.denominator * low.denominator
    common = gcd(int(wanted * parts), int(inside * parts))
    step = Fraction(common, parts) if inside else wanted
    return step if step >= resolution else resolution
