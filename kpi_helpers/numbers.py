"""Exact numbers in columns: rationals as two integer arrays, half-up rounding, shares that add up to the fen.

A column of numbers is an `ExactArray`: value = num / den, both int64 as long as they fit and Python integers
beyond that, so nothing is ever approximated. den = 0 marks a missing value (缺), which is never zero.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import gcd
from numbers import Rational

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype

_LIMIT = 2**62  # products and sums below this cannot leave int64
_EXACT_FLOAT = 53  # bits: whole numbers below 2**53 are exact as floats, and sums of floats are quick
_WIDEST = 2**512  # a denominator beyond this is worth lowest terms in any case


@register_extension_dtype
class ExactDtype(ExtensionDtype):
    """The pandas type of an exact column."""

    name = "exact"
    type = Fraction
    kind = "O"
    na_value = pd.NA
    _is_numeric = True

    @classmethod
    def construct_array_type(cls):
        return ExactArray


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


class ExactArray(ExtensionArray):
    """数列: a column of exact rational numbers with missing values.

    >>> a = exact([33, 89]) / exact([30, 100])
    >>> (a >= Fraction("1.10")).tolist()
    [True, False]
    """

    __array_priority__ = 1000

    def __init__(self, num, den):
        self.num, self.den = num, den
        self._dtype = ExactDtype()

    # -- pandas' protocol -----------------------------------------------------------------------------------------

    @property
    def dtype(self):
        return self._dtype

    @property
    def nbytes(self):
        return self.num.nbytes + self.den.nbytes

    def __len__(self):
        return len(self.num)

    @classmethod
    def _from_sequence(cls, scalars, *, dtype=None, copy=False):
        return exact(scalars)

    @classmethod
    def _from_factorized(cls, values, original):
        return exact(values)

    def __getitem__(self, item):
        if isinstance(item, (int, np.integer)):
            den = int(self.den[item])
            return Fraction(int(self.num[item]), den) if den else pd.NA
        item = pd.api.indexers.check_array_indexer(self, item)
        return ExactArray(self.num[item], self.den[item])

    def __setitem__(self, key, value):
        key = pd.api.indexers.check_array_indexer(self, key)
        value = exact(value if pd.api.types.is_list_like(value) else [value])
        if value.num.dtype == object or value.den.dtype == object:
            self.num, self.den = self.num.astype(object), self.den.astype(object)
        single = len(value) == 1
        self.num[key] = value.num[0] if single else value.num
        self.den[key] = value.den[0] if single else value.den

    def isna(self):
        return np.asarray(self.den == 0, dtype=bool)

    def copy(self):
        return ExactArray(self.num.copy(), self.den.copy())

    def take(self, indices, *, allow_fill=False, fill_value=None):
        indices = np.asarray(indices, dtype=np.intp)
        if not allow_fill:
            return ExactArray(self.num.take(indices), self.den.take(indices))
        if (indices < -1).any():
            raise ValueError("take: an index below -1 has no meaning with allow_fill")
        blank = indices == -1
        if not len(self):
            if not blank.all():
                raise IndexError("cannot do a non-empty take from an empty column")
            return missing(len(indices))
        num, den = self.num.take(indices), self.den.take(indices)
        filler = Fraction(fill_value) if fill_value is not None and not is_missing(fill_value) else None
        num[blank], den[blank] = (0, 0) if filler is None else (filler.numerator, filler.denominator)
        return ExactArray(num, den)

    @classmethod
    def _concat_same_type(cls, parts):
        return cls(np.concatenate([p.num for p in parts]), np.concatenate([p.den for p in parts]))

    def _values_for_factorize(self):
        return self.astype(object), None

    def _values_for_argsort(self):
        return rank_codes(self.fillna(0))

    def astype(self, dtype, copy=True):
        if isinstance(dtype, ExactDtype) or dtype == "exact":
            return self.copy() if copy else self
        if dtype in (float, "float", "float64", np.float64):
            return np.array([np.nan if d == 0 else n / d for n, d in zip(self.num.tolist(), self.den.tolist(), strict=True)])
        values, known = np.full(len(self), pd.NA, dtype=object), np.flatnonzero(self.den != 0)
        values[known] = [Fraction(n, d) for n, d in zip(self.num[known].tolist(), self.den[known].tolist(), strict=True)]
        return values if np.dtype(object) == dtype else pd.array(values, dtype=dtype)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.astype(float if dtype is not None and np.dtype(dtype).kind == "f" else object), dtype=dtype)

    def _formatter(self, boxed=False):
        return lambda value: "–" if is_missing(value) else text(value)

    def _reduce(self, name, *, skipna=True, keepdims=False, **kwargs):
        known = self[~self.isna()] if skipna else self
        if name == "sum":
            result = total(known)
        elif name == "mean":
            result = total(known) / len(known) if len(known) else pd.NA
        elif name in ("min", "max"):
            result = known[int(getattr(np, "arg" + name)(rank_codes(known)))] if len(known) else pd.NA
        else:
            raise TypeError(f"{name} has no exact meaning here")
        return exact([result]) if keepdims else result

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def _pair(self, other):
        """The other operand as two arrays, or None if it is no number."""
        if isinstance(other, ExactArray):
            return other.num, other.den
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return None
        if isinstance(other, np.ndarray) and other.dtype.kind in "iu":
            return other, np.ones(1, dtype=np.int64)
        if isinstance(other, (np.ndarray, list)):
            other = exact(other)
            return other.num, other.den
        if is_missing(other):
            return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        try:
            other = fraction(other)
        except ValueError:
            return None
        return _single(other.numerator), _single(other.denominator)

    def _calculate(self, other, operation):
        pair = self._pair(other)
        return NotImplemented if pair is None else _reduced(*operation(self.num, self.den, *pair))

    def __add__(self, other):
        return self._calculate(other, _add)

    def __sub__(self, other):
        return self._calculate(other, lambda a, b, c, d: _add(a, b, _times(c, _MINUS), d))

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        return self._calculate(other, lambda a, b, c, d: (_times(a, c), _times(b, d)))

    def __truediv__(self, other):
        return self._calculate(other, _divide)

    def __rtruediv__(self, other):
        return exact([other]).repeat(len(self)) / self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return ExactArray(-self.num, self.den)

    def __abs__(self):
        return ExactArray(abs(self.num), self.den)

    def _compare(self, other, name):
        pair = self._pair(other)
        if pair is None:
            return NotImplemented
        num, den = pair
        left, right = _times(self.num, den), _times(num, self.den)
        known = (self.den != 0) & (den != 0)
        return np.asarray(getattr(np, name)(left, right), dtype=bool) & np.asarray(known, dtype=bool)

    def __lt__(self, other):
        return self._compare(other, "less")

    def __le__(self, other):
        return self._compare(other, "less_equal")

    def __gt__(self, other):
        return self._compare(other, "greater")

    def __ge__(self, other):
        return self._compare(other, "greater_equal")

    def __eq__(self, other):
        return self._compare(other, "equal")

    def __ne__(self, other):
        return self._compare(other, "not_equal")

    __hash__ = None

    def fillna(self, value, copy=True, **_):
        return where(self.isna(), value, self)


_MINUS, _TWO = np.array([-1], dtype=np.int64), np.array([2], dtype=np.int64)


def _peak(values) -> int:
    return max(int(np.maximum.reduce(values)), -int(np.minimum.reduce(values))) if len(values) else 0


def _times(a, b):
    """a × b in int64 where that is safe, in Python integers where it is not."""
    if a.dtype == object or b.dtype == object or _peak(a) * _peak(b) >= _LIMIT:
        return a.astype(object) * b.astype(object)
    return a * b


def _add(a, b, c, d):
    alike = np.asarray(b == d, dtype=bool)
    if alike.all():
        return _sum(a, c), np.where(alike, b, d)
    return _sum(_times(a, d), _times(c, b)), _times(b, d)


def _sum(a, b):
    if a.dtype == object or b.dtype == object or _peak(a) + _peak(b) >= _LIMIT:
        return a.astype(object) + b.astype(object)
    return a + b


def _divide(a, b, c, d):
    if np.any((c == 0) & (d != 0)):
        raise ZeroDivisionError("a ratio whose lower number is 0 has no value")
    sign = np.sign(c) if c.dtype != object else np.array([(v > 0) - (v < 0) for v in c], dtype=np.int64)
    # a missing divisor (0/0) keeps the result missing: its c is 0, so the new denominator is 0
    return _times(_times(a, d), sign), _times(b, abs(c))


def _small(values):
    """Back to int64 when every value fits."""
    if values.dtype == object and (not len(values) or _peak(values) < _LIMIT):
        return values.astype(np.int64)
    return values


def _single(number: int):
    """One whole number, to calculate with a column."""
    return _small(np.array([number], dtype=object))


def _reduced(num, den) -> ExactArray:
    """Lowest terms once the integers grow, so that chains of products stay small; 0/0 for every missing value."""
    if num.shape != den.shape:
        num, den = map(np.array, np.broadcast_arrays(num, den))
    large = num.dtype == object or den.dtype == object or _peak(num) > 2**31 or _peak(den) > 2**20
    if large and not _stays_wide(num, den):
        factor = np.gcd(num, den)
        factor = np.where(factor == 0, 1, factor)
        num, den = _small(num // factor), _small(den // factor)
    blank = den == 0
    return ExactArray(np.where(blank, 0, num) if blank.any() else num, den)


def _stays_wide(num, den) -> bool:
    """Would lowest terms, which take long beyond int64, not bring a column back to it? Its largest denominator tells."""
    if not len(den) or (num.dtype != object and den.dtype != object):
        return False
    row = int(np.argmax(den))
    return _LIMIT <= den[row] // gcd(num[row], den[row]) and den[row] < _WIDEST


# -- making and combining columns ------------------------------------------------------------------------------------


def exact(values) -> ExactArray:
    """An exact column from numbers, decimals, texts of numbers or missing values.

    >>> exact([0.1, None, "2.345"]) + exact([Decimal("0.2"), 1, 0])
    <ExactArray>
    [0.3, –, 2.345]
    Length: 3, dtype: exact
    """
    if isinstance(values, ExactArray):
        return values
    if isinstance(values, (pd.Series, pd.Index)):
        values = values.array if isinstance(values.array, ExactArray) else values.to_numpy()
        if isinstance(values, ExactArray):
            return values
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return ExactArray(values.astype(np.int64), np.ones(len(values), dtype=np.int64))
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return ExactArray(values.astype(np.int64), np.ones(len(values), dtype=np.int64))
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        fast = _from_floats(values)
        if fast is not None:
            return fast
    pairs = [(0, 0) if is_missing(v) else fraction(v).as_integer_ratio() for v in values]
    num = np.array([p[0] for p in pairs] + [None], dtype=object)[:-1]
    den = np.array([p[1] for p in pairs] + [None], dtype=object)[:-1]
    return ExactArray(_small(num), _small(den))


def _from_floats(values):
    """Floats that are decimals of up to four places, as typed in Excel; None when any is not."""
    blank = np.isnan(values)
    filled = np.where(blank, 0.0, values)
    if not np.isfinite(filled).all() or np.abs(filled).max(initial=0) > 1e10:
        return None
    for scale in (1, 100, 10_000):
        scaled = np.rint(filled * scale)
        if (scaled / scale == filled).all():
            num = np.where(blank, 0, scaled.astype(np.int64))
            return _reduced(num, np.where(blank, 0, scale))
    return None


def constant(value, length: int) -> ExactArray:
    """The same number in every row."""
    return exact([value]).repeat(length)


def missing(length: int) -> ExactArray:
    """A column without any value."""
    return ExactArray(np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64))


def where(condition, yes, no) -> ExactArray:
    """Row by row `yes` where the condition holds, else `no`; both columns or scalars."""
    condition = np.asarray(condition, dtype=bool)
    yes, no = (v if isinstance(v, ExactArray) else exact([v]) for v in (yes, no))
    return ExactArray(np.where(condition, yes.num, no.num), np.where(condition, yes.den, no.den))


def minimum(a, b) -> ExactArray:
    """The smaller of two columns (取小); missing if either is."""
    a, b = _same_length(a, b)
    return where((a <= b) | a.isna(), a, b)  # no number compares with a missing one


def maximum(a, b) -> ExactArray:
    """The larger of two columns (取大); missing if either is."""
    a, b = _same_length(a, b)
    return where((a >= b) | a.isna(), a, b)  # no number compares with a missing one


def clip(values: ExactArray, floor=None, cap=None) -> ExactArray:
    """Held between a floor (保底) and a cap (封顶); None means no bound."""
    if floor is not None:
        values = maximum(values, floor)
    return values if cap is None else minimum(values, cap)


def _same_length(a, b):
    a, b = (v if isinstance(v, ExactArray) else exact([v]) for v in (a, b))
    n = max(len(a), len(b))
    return (a if len(a) == n else a.repeat(n)), (b if len(b) == n else b.repeat(n))


def total(values: ExactArray) -> Fraction:
    """The exact sum of a column without missing values.

    >>> total(exact(["0.1"] * 10))
    Fraction(1, 1)
    """
    if values.isna().any():
        raise ValueError("a sum over a missing value has no value")
    if not len(values):
        return Fraction(0)
    result = sum_by(values, np.zeros(len(values), dtype=np.intp), 1)
    return result[0]


def added(columns: list[ExactArray], length: int) -> ExactArray:
    """The sum of several columns row by row; a missing value adds nothing.

    >>> list(added([exact([1, None]), exact([2, "0.5"])], 2))
    [Fraction(3, 1), Fraction(1, 2)]
    """
    result, rest = exact(np.zeros(length, dtype=np.int64)), columns
    small = [one for one in columns if one.num.dtype != object and _few(one.den)]
    if small:
        common = _common(np.concatenate([np.flatnonzero(np.bincount(one.den, minlength=2)[1:]) + 1 for one in small]))
        most = max(sum(_peak(one.num) for one in small), 1)
        if most * common >= _LIMIT:
            most = sum(map(_reach, small))  # numbers with large denominators may be small themselves
        if most * common < _LIMIT:  # one common denominator: few additions and no reductions
            parts = np.append(0, common // np.arange(1, _FEW + 1))  # 0 for a missing value
            whole = sum((one.num * parts[one.den] for one in small), np.zeros(length, dtype=np.int64))
            result, rest = _reduced(whole, parts[1:2]), [one for one in columns if not any(one is other for other in small)]
    for one in sorted(rest, key=lambda one: one.num.dtype == object):  # what is wide makes every sum after it wide
        result = result + one.fillna(0)
    return result


_FEW = 10_000


def _reach(values: ExactArray) -> int:
    """A whole number beyond all of these numbers, whatever their signs."""
    return _peak(values.num // np.maximum(values.den, 1)) + 1


def _few(den) -> bool:
    """Are these denominators so small that they can be counted instead of sorted?"""
    return den.dtype != object and den.max(initial=0) <= _FEW


def _common(den) -> int:
    """The smallest common denominator."""
    if not len(den):
        return 1
    return int(np.lcm.reduce((np.flatnonzero(np.bincount(den)) if _few(den) else np.unique(den)).astype(object)))


def _distinct(den):
    """The denominators that occur, and which of them each row has; once for all rows if it is but one."""
    if not _few(den):
        return np.unique(den, return_inverse=True)
    found = np.flatnonzero(np.bincount(den))
    if len(found) == 1:
        return found, np.zeros(1, dtype=np.intp)
    places = np.zeros(_FEW + 1, dtype=np.intp)
    places[found] = np.arange(len(found))
    return found, places[den]


def _in_parts(values: ExactArray):
    """The numerators over the smallest common denominator, 0 where missing, and that denominator."""
    den = np.where(values.den == 0, 1, values.den)
    common = _common(den)
    return _times(values.num, _single(common) // den), common


def sum_by(values: ExactArray, codes, groups: int) -> ExactArray:
    """Sums per group code 0..groups-1; a group without rows sums to 0; a missing value makes its group missing."""
    codes = np.asarray(codes, dtype=np.intp)
    blank = values.isna()
    found, kinds = _distinct(np.where(blank, 1, values.den))
    common = _common(found)
    sums = _sums(values.num, [common // int(den) for den in found], kinds, codes, groups)
    result = _reduced(sums, _single(common))
    if blank.any():
        result = where(np.bincount(codes[blank], minlength=groups) > 0, None, result)
    return result


def _sums(num, factors: list[int], kinds, codes, groups: int):
    """Sums of numerators times the factor of their kind, the factors digit by digit so that every sum fits."""
    bits = _EXACT_FLOAT - _peak(num).bit_length() - len(num).bit_length()
    if num.dtype == object or bits < 1:
        sums = np.zeros(groups, dtype=object)
        np.add.at(sums, codes, num.astype(object) * np.array([*factors, None], dtype=object)[kinds])
        return sums
    sums = np.zeros(groups, dtype=np.int64)
    for shift in range(0, max(factors, default=0).bit_length(), bits):
        digits = np.array([factor >> shift & (1 << bits) - 1 for factor in factors], dtype=np.int64)
        part = np.bincount(codes, weights=num * digits[kinds], minlength=groups).astype(np.int64)
        sums = sums + (part.astype(object) << shift if shift else part)
    return sums


def count_by(codes, groups: int) -> ExactArray:
    """Rows per group code."""
    return exact(np.bincount(np.asarray(codes, dtype=np.intp), minlength=groups))


def extreme_by(values: ExactArray, codes, groups: int, largest: bool) -> ExactArray:
    """The smallest or largest value per group code; missing for a group without rows or with a missing value."""
    codes = np.asarray(codes, dtype=np.intp)
    order = rank_codes(values)
    best = np.lexsort((order if largest else -order, codes))  # the last row of each group is its extreme
    result, blank = missing(groups), values.isna()
    result[codes[best]] = values[best]
    return where(np.bincount(codes[blank], minlength=groups) > 0, None, result)


def positions_by(values: ExactArray, codes) -> np.ndarray:
    """The place of each row in its group by ascending value, from 0; equal values in row order."""
    codes = np.asarray(codes, dtype=np.intp)
    order = np.lexsort((rank_codes(values), codes))
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))])
    place = np.empty(len(codes), dtype=np.intp)
    place[order] = np.arange(len(codes)) - starts[codes[order]]
    return place


def quantile_by(values: ExactArray, codes, groups: int, at: Fraction) -> ExactArray:
    """分位数 per group code, on the line between neighbours (Excel's PERCENTILE.INC); missing for a group without rows.

    >>> list(quantile_by(exact([4, 1, 3, 2]), [0, 0, 0, 0], 2, Fraction(1, 2)))
    [Fraction(5, 2), <NA>]
    """
    codes = np.asarray(codes, dtype=np.intp)
    counts, at = np.bincount(codes, minlength=groups), Fraction(at)
    steps = np.maximum(counts - 1, 0) * at.numerator
    lower, rest = steps // at.denominator, exact(steps % at.denominator) / at.denominator
    found = {}
    place = positions_by(values, codes)
    for name, wanted in (("low", lower), ("high", np.minimum(lower + 1, np.maximum(counts - 1, 0)))):
        rows = place == wanted[codes]
        found[name] = missing(groups)
        found[name][codes[rows]] = values[rows]
    return found["low"] + (found["high"] - found["low"]) * rest


def rank_codes(values: ExactArray) -> np.ndarray:
    """0, 1, 2 … in ascending order, equal numbers alike; for sorting and ranking without floats."""
    scaled = _small(_in_parts(values)[0])
    if scaled.dtype != object and len(scaled) and (span := int(scaled.max()) - int(scaled.min())) < 10 * len(scaled):
        present = np.zeros(span + 1, dtype=bool)  # so close together they need not be sorted
        present[scaled - scaled.min()] = True
        return (np.cumsum(present) - 1)[scaled - scaled.min()]
    return np.unique(scaled, return_inverse=True)[1]


def places_of(measure: ExactArray, descending: bool = True) -> ExactArray:
    """Competition ranks (1, 1, 3) of a column; missing stays missing.

    >>> list(places_of(exact([92, 88, 92, None, 75])))
    [Fraction(1, 1), Fraction(3, 1), Fraction(1, 1), <NA>, Fraction(4, 1)]
    """
    known = np.flatnonzero(~measure.isna())
    codes = rank_codes(measure[known])
    codes = -codes if descending else codes
    ordered = np.sort(codes)
    result = missing(len(measure))
    result[known] = exact(np.searchsorted(ordered, codes, side="left") + 1)
    return result


# -- rounding and shares ---------------------------------------------------------------------------------------------


def half_up(values, places: int = 2):
    """四舍五入 to `places` decimals, away from zero at the half; a column or one number.

    >>> half_up(Fraction("2.345")), half_up(Fraction("-2.345"))
    (Fraction(47, 20), Fraction(-47, 20))
    """
    if isinstance(values, ExactArray):
        return rounded_to(values, Fraction(1, 10**places))
    steps = Fraction(values) * 10**places
    whole = (2 * abs(steps.numerator) + steps.denominator) // (2 * steps.denominator)
    return Fraction(whole if steps > 0 else -whole, 10**places)


ROUNDINGS = ("half_up", "half_even", "up", "down")


def rounded_to(values: ExactArray, step: Fraction, mode: str = "half_up") -> ExactArray:
    """取整 to multiples of `step`: half_up and half_even to the nearest, up away from 0, down towards 0.

    >>> [list(rounded_to(exact(["2.5", "-2.5"]), Fraction(1), mode)) for mode in ROUNDINGS]  # doctest: +NORMALIZE_WHITESPACE
    [[Fraction(3, 1), Fraction(-3, 1)], [Fraction(2, 1), Fraction(-2, 1)],
     [Fraction(3, 1), Fraction(-3, 1)], [Fraction(2, 1), Fraction(-2, 1)]]
    """
    if 1 % Fraction(step) == 0 and values.den.max(initial=0) <= 1:
        return values.copy()  # whole numbers are multiples already
    step = Fraction(step)
    size = _times(abs(values.num), _single(step.denominator))
    den = _times(np.where(values.den == 0, 1, values.den), _single(step.numerator))
    if mode in ("half_up", "half_even"):
        halves, twice = _sum(_times(size, _TWO), den), _times(den, _TWO)
        whole = halves // twice
        if mode == "half_even":
            whole = whole - ((whole * twice == halves) & (whole % 2 == 1)).astype(np.int64)
    else:
        whole = size // den if mode == "down" else -(-size // den)
    whole = _small(whole)
    multiples = _times(np.where(values.num < 0, -whole, whole), _single(step.numerator))
    return _reduced(multiples, np.where(values.den == 0, 0, step.denominator))


def floor_to(values: ExactArray, places: int = 2) -> ExactArray:
    """舍去 to `places` decimals, towards minus infinity."""
    scale = 10**places
    den = np.where(values.den == 0, 1, values.den)
    scaled = _times(values.num, _single(scale)) // den
    return _reduced(scaled, np.where(values.den == 0, 0, scale))


def largest_remainder(pool: ExactArray, claims: ExactArray, codes) -> ExactArray:
    """最大余额法: split each pool over its members by claim, to the fen, adding up exactly.

    pool: one amount per group (元, to 0.01); claims and codes: one row per member. Spare fen go to the largest
    remainders, equal remainders in row order. A group whose claims sum to 0 gets nothing.

    >>> largest_remainder(exact([1700]), constant(1, 7), [0] * 7)[0]
    Fraction(12143, 50)
    """
    codes, fen = np.asarray(codes, dtype=np.intp), pool * 100
    parts = ExactArray(_in_parts(claims)[0], np.sign(claims.den).astype(np.int64))
    sums = sum_by(parts, codes, len(pool))
    idle = sums == 0
    top = np.where(idle[codes], 0, _times(fen.num[codes], parts.num))
    bottom = np.where(idle, 1, _times(fen.den, sums.num))[codes]  # 0 where pool or claims are missing
    blank = bottom == 0
    bottom = np.where(blank, 1, bottom)
    share = top // bottom
    rest = abs(top - share * bottom)  # of one group all in the same parts of a fen
    spare = floor_to(fen, 0) - sum_by(_reduced(share, np.where(blank, 0, 1)), codes, len(pool))
    order = np.lexsort((np.arange(len(codes)), -rest, codes))
    first = np.searchsorted(codes[order], np.arange(len(pool)))
    position = np.empty(len(codes), dtype=np.int64)
    position[order] = np.arange(len(codes)) - first[codes[order]]
    more = position < np.where(idle, 0, spare.num)[codes]
    return _reduced(share + more, np.where(blank, 0, 100))


# -- showing ---------------------------------------------------------------------------------------------------------


def text(value, places: int | None = None) -> str:
    """A number for people: exact decimals as they are, others to four places with ≈; `places` fixes the decimals.

    >>> text(Fraction(267), 2), text(Fraction(2, 5)), text(Fraction(1, 3))
    ('267.00', '0.4', '≈0.3333')
    """
    value = Fraction(value)
    shown = half_up(value, 4 if places is None else places)
    digits = 4 if places is None else places
    sign, whole = ("-" if shown < 0 else ""), str(abs(shown.numerator) * 10**digits // shown.denominator)
    whole = whole.rjust(digits + 1, "0")
    plain = sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)
    if places is not None:
        return plain
    return ("" if shown == value else "≈") + plain.rstrip("0").rstrip(".")


def texts(values: ExactArray, places: int | None = None) -> list[str]:
    """`text` of every row, '' where missing."""
    return ["" if is_missing(v) else text(v, places) for v in values]
