"""估计: a float beside each exact number and how far off it may be, so that what is clear needs no long integers."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

# One operation on doubles is off by 2**-53 of its result at most. Bounds are taken eight times as wide, which also
# covers the roundings in the bounds themselves.
_SLACK = 2.0**-50
_WIDER = 1 + _SLACK
_TINY = 1e-290  # below this doubles lose digits


class Estimate(NamedTuple):
    """No number of a column is farther from `near` than `off`; infinite or nan where nothing is known."""

    near: np.ndarray
    off: np.ndarray


def estimate_of(num, den) -> Estimate:
    """Of ratios in whole numbers of any size, 0 where missing."""
    try:
        near = np.asarray(num / np.where(den == 0, 1, den), dtype=float)
    except OverflowError:  # beyond all doubles
        near = np.full(len(num), np.nan)
    return Estimate(near, _slack(near))


def estimated_sum(one: Estimate, other: Estimate) -> Estimate:
    near = one.near + other.near
    return Estimate(near, (one.off + other.off + _slack(near)) * _WIDER)


def estimated_difference(one: Estimate, other: Estimate) -> Estimate:
    return estimated_sum(one, Estimate(-other.near, other.off))


def estimated_product(one: Estimate, other: Estimate) -> Estimate:
    near = one.near * other.near
    off = abs(one.near) * other.off + abs(other.near) * one.off + one.off * other.off
    return Estimate(near, (off + _slack(near)) * _WIDER)


def estimated_quotient(one: Estimate, other: Estimate) -> Estimate:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        near, least = one.near / other.near, abs(other.near) - other.off
        off = ((one.off + abs(near) * other.off) / least + _slack(near)) * _WIDER
    return Estimate(near, np.where(least > abs(other.near) / 2, off, np.inf))


def estimated_order(one: Estimate, other: Estimate) -> np.ndarray:
    """1 where the first is surely larger, -1 where it is surely smaller, 0 where that is open."""
    gap = estimated_difference(one, other)
    return np.where(abs(gap.near) > gap.off, np.sign(gap.near), 0).astype(np.int8)


def estimated_steps(one: Estimate, step: Fraction, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """How many whole steps each number has after rounding (see `rounded_to`), and where that is open."""
    size = abs(one.near) / float(step)
    off = (one.off / float(step) + (size + 1) * _SLACK) * _WIDER
    to_whole = np.ceil if mode == "up" else np.floor
    half = 0.5 if mode in ("half_up", "half_even") else 0.0
    with np.errstate(invalid="ignore"):
        least, most = to_whole(size - off + half), to_whole(size + off + half)
    clear = least == most
    return np.where(clear, np.copysign(least, one.near), 0).astype(np.int64), ~clear


def _slack(near: np.ndarray) -> np.ndarray:
    return abs(near) * _SLACK + _TINY
