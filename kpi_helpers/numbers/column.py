"""数列: a column of exact rational numbers that lives in pandas frames, and how such columns are made."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, register_extension_dtype

from kpi_helpers.numbers.deferred import DIFFERENCE, PRODUCT, QUOTIENT, SUM, Choice, Deferred
from kpi_helpers.numbers.estimates import Estimate, estimate_of, estimated_order
from kpi_helpers.numbers.integers import scaled, single, small, times
from kpi_helpers.numbers.ratios import check_divisor, ranks, shortened, sum_of
from kpi_helpers.numbers.scalars import fraction, is_missing, text


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


class ExactArray(ExtensionArray):
    """数列: a column of exact rational numbers with missing values.

    >>> a = exact([33, 89]) / exact([30, 100])
    >>> (a >= Fraction("1.10")).tolist()
    [True, False]
    """

    __array_priority__ = 1000
    _dtype = ExactDtype()
    _deferred: Deferred | None = None  # what its numbers come from, as long as nobody has looked at them
    _frozen = False

    def __init__(self, num, den):
        self.num, self.den = num, den
        self._estimates: list[Estimate] = []  # one at most; views of the same numbers share it

    # -- numbers that are worked out late --------------------------------------------------------------------------

    @classmethod
    def _of(cls, operation, one: ExactArray, other: ExactArray) -> ExactArray:
        """What an operation makes of two columns: at once in int64, of long integers when somebody looks at it."""
        if (one.wide or other.wide) and max(len(one), len(other)) > 1:
            return cls.later(Deferred(operation, one, other))
        return cls(*operation.exact(one.num, one.den, other.num, other.den))

    @classmethod
    def later(cls, deferred: Deferred) -> ExactArray:
        """A column that is worked out when somebody looks at it."""
        made = cls.__new__(cls)
        made._deferred, made._estimates = deferred, []
        return made

    def __getattr__(self, name):
        if name not in ("num", "den") or self._deferred is None:
            raise AttributeError(name)
        self.work_out()
        return self.__dict__[name]

    @property
    def depth(self) -> int:
        """How many operations are put off one upon the other."""
        return 0 if self._deferred is None else self._deferred.depth

    def work_out(self) -> None:
        """Look at its numbers."""
        (self.num, self.den), self._deferred = self._deferred.ratios, None

    @property
    def wide(self) -> bool:
        """Are there integers beyond int64 among its numerators and denominators, or may there be?"""
        return self._deferred is not None or self.num.dtype.hasobject or self.den.dtype.hasobject

    @property
    def estimate(self) -> Estimate:
        """Its numbers as floats, with a bound on how far they are off."""
        if not self._estimates:
            self._estimates.append(estimate_of(self.num, self.den) if self._deferred is None else self._deferred.estimate)
        return self._estimates[0]

    def ratios_at(self, rows, known: dict):
        """Numerators and denominators of some rows only, those of a single number as they are."""
        if id(self) not in known:
            if self._deferred is not None:
                known[id(self)] = self._deferred.at(rows, known)
            else:
                known[id(self)] = (self.num, self.den) if len(self) == 1 else (self.num[rows], self.den[rows])
        return known[id(self)]

    def freeze(self) -> None:
        """Nobody may write into it any more."""
        self._frozen = True
        self._close()

    def kept(self) -> ExactArray:
        """A view that keeps its numbers: whoever writes into this column from now on writes into copies of its arrays."""
        self._close()
        return self.view()

    def _close(self) -> None:
        for array in () if self._deferred else (self.num, self.den):
            array.flags.writeable = False

    # -- pandas' protocol -----------------------------------------------------------------------------------------

    @property
    def dtype(self):
        return self._dtype

    @property
    def nbytes(self):
        return self.num.nbytes + self.den.nbytes

    def __len__(self):
        return len(self.num) if self._deferred is None else len(self._deferred)

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
        if self._frozen:
            raise ValueError("this column is read-only")
        key = pd.api.indexers.check_array_indexer(self, key)
        value = exact(value if pd.api.types.is_list_like(value) else [value])
        self._estimates.clear()
        kinds = np.promote_types(self.num.dtype, value.num.dtype), np.promote_types(self.den.dtype, value.den.dtype)
        if kinds != (self.num.dtype, self.den.dtype) or not (self.num.flags.writeable and self.den.flags.writeable):
            # other columns rest on these arrays, or they hold no long integers
            self.num, self.den, self._estimates = self.num.astype(kinds[0]), self.den.astype(kinds[1]), []
        single = len(value) == 1
        self.num[key] = value.num[0] if single else value.num
        self.den[key] = value.den[0] if single else value.den

    def isna(self):
        return np.asarray(self.den == 0, dtype=bool) if self._deferred is None else self._deferred.blank.copy()

    def copy(self):
        return ExactArray(self.num.copy(), self.den.copy()) if self._deferred is None else self.later(self._deferred)

    def view(self, dtype=None):
        if dtype is not None:
            return super().view(dtype)
        made = ExactArray.__new__(ExactArray)
        made.__dict__.update(self.__dict__)
        return made

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
        filled = self.fillna(0)
        return ranks(filled.num, filled.den)

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
            result = known[int(getattr(np, "arg" + name)(ranks(known.num, known.den)))] if len(known) else pd.NA
        else:
            raise TypeError(f"{name} has no exact meaning here")
        return exact([result]) if keepdims else result

    # -- arithmetic -----------------------------------------------------------------------------------------------

    @staticmethod
    def _operand(other) -> ExactArray | None:
        """The other operand as a column, of one row if it is a single number; None if it is no number."""
        if isinstance(other, ExactArray):
            return other
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return None
        if isinstance(other, np.ndarray) and other.dtype.kind in "iu":
            return ExactArray(other, np.ones(1, dtype=np.int64))
        if isinstance(other, (np.ndarray, list)):
            return exact(other)
        try:
            return one_row(other)
        except ValueError:
            return None

    def _calculate(self, other, operation):
        other = self._operand(other)
        return NotImplemented if other is None else self._of(operation, self, other)

    def __add__(self, other):
        return self._calculate(other, SUM)

    def __sub__(self, other):
        return self._calculate(other, DIFFERENCE)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        return self._calculate(other, PRODUCT)

    def __truediv__(self, other):
        other = self._operand(other)
        if other is None:
            return NotImplemented
        check_divisor(other.num, other.den)
        return self._of(QUOTIENT, self, other)

    def __rtruediv__(self, other):
        return exact([other]).repeat(len(self)) / self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1 if self.wide else ExactArray(-self.num, self.den.copy())

    def __abs__(self):
        return ExactArray(abs(self.num), self.den.copy())

    def _compare(self, other, name):
        other = self._operand(other)
        if other is None:
            return NotImplemented
        known = ~(self.isna() | other.isna())
        if (self.wide or other.wide) and len(known) > 1:
            return getattr(np, name)(self._order(other, known), 0) & known
        return np.asarray(getattr(np, name)(scaled(self.num, other.den), scaled(other.num, self.den)), dtype=bool) & known

    def _order(self, other: ExactArray, known: np.ndarray) -> np.ndarray:
        """1 where it is larger than the other, -1 where it is smaller, 0 where it is the same: estimates tell most of it."""
        order = estimated_order(self.estimate, other.estimate)
        if len(rows := np.flatnonzero((order == 0) & known)):
            (a, b), (c, d) = (column.ratios_at(rows, {}) for column in (self, other))
            left, right = times(a, d), times(c, b)
            order[rows] = (left > right).astype(np.int8) - (left < right).astype(np.int8)
        return order

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


def exact(values) -> ExactArray:
    """An exact column from numbers, decimals, texts of numbers or missing values.

    >>> from decimal import Decimal
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
    return ExactArray(small(num), small(den))


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
            return ExactArray(*shortened(num, np.where(blank, 0, scale)))
    return None


def constant(value, length: int) -> ExactArray:
    """The same number in every row."""
    one = exact([value])
    return ExactArray(np.repeat(one.num, length), np.repeat(one.den, length))


def missing(length: int) -> ExactArray:
    """A column without any value."""
    return ExactArray(np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64))


def one_row(number) -> ExactArray:
    """A single number, or a missing one, as a column of one row; a column as it is."""
    if isinstance(number, ExactArray):
        return number
    if type(number) is int or number is None:
        return _plain(number)
    if is_missing(number):
        return missing(1)
    number = fraction(number)
    return ExactArray(single(number.numerator), single(number.denominator))


@lru_cache
def _plain(number: int | None) -> ExactArray:
    """Few whole numbers are asked for again and again."""
    made = missing(1) if number is None else ExactArray(single(number), single(1))
    made.freeze()
    return made


def where(condition, yes, no) -> ExactArray:
    """Row by row `yes` where the condition holds, else `no`; both columns or scalars."""
    condition = np.asarray(condition, dtype=bool)
    yes, no = map(one_row, (yes, no))
    return ExactArray._of(Choice(condition), yes, no)


def total(values: ExactArray) -> Fraction:
    """The exact sum of a column without missing values.

    >>> total(exact(["0.1"] * 10))
    Fraction(1, 1)
    """
    if values.isna().any():
        raise ValueError("a sum over a missing value has no value")
    num, den = sum_of(values.num, values.den, np.zeros(len(values), dtype=np.intp), 1)
    return Fraction(int(num[0]), int(den[0]))
