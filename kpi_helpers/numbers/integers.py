"""整数列: whole numbers in arrays, int64 as long as they fit and Python integers beyond, so nothing overflows."""

from __future__ import annotations

import numpy as np

LIMIT = 2**62  # products and sums below this cannot leave int64
_NEGATIVE = 2**63  # as unsigned numbers, those below 0 begin here


def peak(values) -> int:
    """The largest size of any of them."""
    if len(values) < 2:
        return abs(int(values[0])) if len(values) else 0
    if values.dtype == np.int64 and (most := int(np.maximum.reduce(values.view(np.uint64)))) < _NEGATIVE:
        return most  # one look is enough where none is below 0
    return max(int(np.maximum.reduce(values)), -int(np.minimum.reduce(values)))


def times(a, b):
    """a × b in int64 where that is safe, in Python integers where it is not."""
    if a.dtype == object or b.dtype == object or peak(a) * peak(b) >= LIMIT:
        return a.astype(object) * b.astype(object)
    return a * b


def scaled(a, b):
    """a × b to be looked at only: a itself where b is 1."""
    return a if len(b) == 1 and b[0] == 1 else times(a, b)


def plus(a, b):
    """a + b in int64 where that is safe, in Python integers where it is not."""
    if a.dtype == object or b.dtype == object or peak(a) + peak(b) >= LIMIT:
        return a.astype(object) + b.astype(object)
    return a + b


def small(values):
    """Back to int64 when every value fits."""
    if values.dtype == object and (not len(values) or peak(values) < LIMIT):
        return values.astype(np.int64)
    return values


def single(number: int):
    """One whole number, to calculate with a column."""
    return np.array([number], dtype=np.int64 if -LIMIT < number < LIMIT else object)
