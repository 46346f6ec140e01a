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
    kinds, lists = _kinds(names, masks)
    return lists[kinds]


def _kinds(names: list[str], masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of which kind each unit is, and the list of each kind: units are many, but few differ in what holds for them."""
    bits = 2 ** np.arange(len(names), dtype=np.int64 if len(names) < 63 else object)  # one number says all: a bit for every mask
    kinds, found = pd.factorize(bits @ masks)
    lists = np.empty(len(found), dtype=object)
    for place, held in enumerate(found.tolist()):
        lists[place] = list(dict.fromkeys(name for bit, name in enumerate(names) if held >> bit & 1))
    return kinds, lists


def names_of(masks: dict[str, np.ndarray], ids) -> dict[str, list]:
    """For each unit the names of the masks that hold, if any; in the order of the first that does, then of the units.

    >>> names_of({"late": np.array([False, True, True]), "absent": np.array([False, True, False])}, np.array(list("abc"), dtype=object))
    {'b': ['late', 'absent'], 'c': ['late']}
    """
    names = list(masks)
    kinds, lists = _kinds(names, np.array(list(masks.values()), dtype=bool).reshape(len(masks), len(ids)))
    first = np.array([names.index(one[0]) if one else -1 for one in lists], dtype=np.int16)[kinds]
    rows = np.flatnonzero(first >= 0)
    rows = rows[np.argsort(first[rows], kind="stable")]
    return dict(zip(ids[rows].tolist(), lists[kinds[rows]].tolist(), strict=True))


def lists_of(index, source) -> np.ndarray:
    """A list for each unit, an empty one where the source has none."""
    values = np.empty(len(index), dtype=object)
    values.fill([])
    for row, unit in zip(index.get_indexer(list(source)), source, strict=True):
        values[row] = source[unit]
    return values
