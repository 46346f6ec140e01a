"""副本: values set apart from those that stand in a book, and whether two of them are the same down to their representation."""

from __future__ import annotations

from copy import copy

import numpy as np
import pandas as pd

from kpi_helpers.listing import Listing
from kpi_helpers.numbers import ExactArray


def apart(value):
    """A copy that may be changed without changing this one; arrays are not copied but closed to writing."""
    if isinstance(value, Listing):  # what it is made of stands fast; only what it has made is not shared
        return Listing(value.make, value.given)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.copy(deep=False)
    if isinstance(value, dict):
        return {key: apart(one) for key, one in value.items()}
    if isinstance(value, (list, set)):
        return value.copy() if set(map(type, value)) <= {str} else type(value)(map(apart, value))
    if isinstance(value, tuple):
        return value._make(map(apart, value)) if hasattr(value, "_make") else tuple(map(apart, value))
    if isinstance(value, (np.ndarray, ExactArray)):
        freeze(value)
    elif type(value).__module__.startswith("kpi_helpers.") and hasattr(value, "__dict__"):
        value = copy(value)
        value.__dict__.update({name: apart(one) for name, one in value.__dict__.items()})
    return value


def freeze(value) -> None:
    """Nobody may write into an array that stands in a book: it would change what earlier runs have left."""
    if isinstance(value, pd.Series):
        value = value.array
    if isinstance(value, ExactArray):
        value.freeze()
    elif isinstance(value, np.ndarray):
        value.flags.writeable = False


def same(one, other) -> bool:
    """Is it the very same cell, or are they the very same cells?"""
    if one is other:
        return True
    if not isinstance(one, tuple) or not isinstance(other, tuple) or len(one) != len(other):
        return False
    return all(left is right for left, right in zip(one, other, strict=True))


def alike(one, other) -> bool:
    """Are two values the same down to their representation? In doubt they are not."""
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, Listing):  # no clause depends on a list
        return False
    if isinstance(one, ExactArray):
        return not (one.wide or other.wide) and alike(one.num, other.num) and alike(one.den, other.den)
    if isinstance(one, np.ndarray):
        return _alike_arrays(one, other)
    if isinstance(one, pd.Series):
        return one.dtype == other.dtype and one.index.identical(other.index) and _alike_columns(one, other)
    if isinstance(one, pd.DataFrame):
        if not (one.index.identical(other.index) and one.columns.identical(other.columns)):
            return False
        pairs = zip(one.items(), other.items(), strict=True)
        return all(left.dtype == right.dtype and _alike_columns(left, right) for (_, left), (_, right) in pairs)
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(left is right or alike(left, right) for left, right in zip(one, other, strict=True))
    if type(one).__module__.startswith("kpi_helpers.") and hasattr(one, "__dict__"):
        return alike(vars(one), vars(other))
    return isinstance(one, (str, int, set)) and one == other


def _alike_columns(one: pd.Series, other: pd.Series) -> bool:
    return alike(one.array, other.array) if isinstance(one.array, ExactArray) else _alike_arrays(one.to_numpy(), other.to_numpy())


def _alike_arrays(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.__array_interface__ == other.__array_interface__:
        return True
    if one.dtype != object:
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "mMf"))
    others = _places(one) != _places(other)
    one, other = one[others], other[others]  # the very same objects need no comparison
    if not len(one):
        return True
    if isinstance(one[0], str) and isinstance(other[0], str) and one[0] != other[0]:
        return False
    kinds = pd.api.types.infer_dtype(one, skipna=True), pd.api.types.infer_dtype(other, skipna=True)
    if kinds[0] != kinds[1] or kinds[0] not in ("string", "boolean", "empty"):
        return False
    blank = pd.isna(one)
    return np.array_equal(blank, pd.isna(other)) and bool(np.array_equal(one[~blank], other[~blank]))


def _places(objects: np.ndarray) -> np.ndarray:
    """Where each of these objects stands in memory: far quicker to compare than the objects."""
    return np.ndarray(objects.shape, np.intp, buffer=np.ascontiguousarray(objects))
