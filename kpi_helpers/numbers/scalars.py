"""单个数: one exact number, from what Excel shows and as people read it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Rational

import numpy as np
import pandas as pd


def fraction(value) -> Fraction:
    """One exact number. A float is read as Excel shows it, with 15 significant digits.

    >>> fraction(0.1 + 0.2)
    Fraction(3, 10)
    """
    if isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{value!r} is not a number")
    if isinstance(value, Rational):
        return Fraction(value)
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            raise ValueError(f"{value!r} is not a number")
        return Fraction(f"{value:.15g}")
    if isinstance(value, np.integer):
        return Fraction(int(value))
    if isinstance(value, (Decimal, str)):
        return Fraction(value)
    raise ValueError(f"{value!r} is not a number")


def is_missing(value) -> bool:
    """Is this scalar a missing value? Zero is not."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def is_number(value) -> bool:
    """Is this a number of a policy? Yes and no are none, though Python counts with them."""
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)


def nearest(value: Fraction, places: int) -> Fraction:
    """四舍五入: one number to so many decimals, away from zero at the half."""
    steps = Fraction(value) * 10**places
    whole = (2 * abs(steps.numerator) + steps.denominator) // (2 * steps.denominator)
    return Fraction(whole if steps > 0 else -whole, 10**places)


def text(value, places: int | None = None) -> str:
    """A number for people: exact decimals as they are, others to four places with ≈; `places` fixes the decimals.

    >>> text(Fraction(267), 2), text(Fraction(2, 5)), text(Fraction(1, 3))
    ('267.00', '0.4', '≈0.3333')
    """
    value = Fraction(value)
    digits = 4 if places is None else places
    shown = nearest(value, digits)
    sign, whole = ("-" if shown < 0 else ""), str(abs(shown.numerator) * 10**digits // shown.denominator)
    whole = whole.rjust(digits + 1, "0")
    plain = sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)
    if places is not None:
        return plain
    return ("" if shown == value else "≈") + plain.rstrip("0").rstrip(".")


def texts(values, places: int | None = None) -> list[str]:
    """`text` of every row, '' where missing."""
    return ["" if is_missing(v) else text(v, places) for v in values]
