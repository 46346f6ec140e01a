"""清单: lists for readers, from which nothing is computed, made when they are asked for; and lists of each unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd


@dataclass(eq=False)
class Listing:
    """清单: how a list is made, of values that stand fast by now and of other lists; of a trial only if somebody looks at it."""

    make: Callable
    given: tuple

    @cached_property
    def value(self):
        return self.make(*(one.value if isinstance(one, Listing) else one for one in self.given))


def listing(make: Callable, *given) -> Listing:
    """`make(*given)` to be shown under a name in `book.outputs`; no later clause can read it."""
    return Listing(make, given)


def written(outputs: dict) -> dict:
    """The outputs of a book with every list written out."""
    return {name: one.value if isinstance(one, Listing) else one for name, one in outputs.items()}


def grouped(units: np.ndarray, values: np.ndarray) -> list[list]:
    """The values of each unit that has any, as lists, in the order of units and rows.

    >>> grouped(np.array([2, 0, 2]), np.array(["a", "b", "c"]))
    [['b'], ['a', 'c']]
    """
    order = np.argsort(units, kind="stable")
    ends = np.cumsum(np.unique(units, return_counts=True)[1]).tolist()
    listed = values[order].tolist()  # one list cut into parts: a loop over rows takes ten times as long
    return [listed[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def named(names: list[str], masks: np.ndarray) -> np.ndarray:
    """For each unit the list of the names whose masks hold, every one once; whom the same hold for share one list.

    >>> named(["late", "absent"], np.array([[False, True, True], [False, True, False]])).tolist()
    [[], ['late', 'absent'], ['late']]
    """
    # units are many, but few differ in what holds for them, which one number says of each: a bit for every mask
    bits = 2 ** np.arange(len(names), dtype=np.int64 if len(names) < 63 else object)
    codes, found = pd.factorize(bits @ masks)
    lists = np.empty(len(found), dtype=object)
    for place, held in enumerate(found.tolist()):
        lists[place] = list(dict.fromkeys(name for bit, name in enumerate(names) if held >> bit & 1))
    return lists[codes]


def names_of(masks: dict[str, np.ndarray], ids) -> dict[str, list]:
    """For each unit the names of the masks that hold, if any; in the order of the first that does, then of the units.

    >>> names_of({"late": np.array([False, True, True]), "absent": np.array([False, True, False])}, np.array(list("abc"), dtype=object))
    {'b': ['late', 'absent'], 'c': ['late']}
    """
    held = np.array(list(masks.values()), dtype=bool).reshape(len(masks), len(ids))
    rows = np.flatnonzero(held.any(axis=0))
    held = held[:, rows]
    order = np.argsort(held.argmax(axis=0).astype(np.int16), kind="stable") if len(rows) else rows  # few steps sort faster
    return dict(zip(ids[rows[order]].tolist(), named(list(masks), held)[order].tolist(), strict=True))


def lists_of(index, source) -> np.ndarray:
    """A list for each unit, an empty one where the source has none."""
    values = np.empty(len(index), dtype=object)
    values.fill([])
    for row, unit in zip(index.get_indexer(list(source)), source, strict=True):
        values[row] = source[unit]
    return values
