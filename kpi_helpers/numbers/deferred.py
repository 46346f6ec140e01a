"""缓算: operations on long integers are put off until somebody looks at the numbers; estimates say much before that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kpi_helpers.numbers.estimates import (
    Estimate,
    estimated_difference,
    estimated_product,
    estimated_quotient,
    estimated_sum,
)
from kpi_helpers.numbers.ratios import ratio_difference, ratio_product, ratio_quotient, ratio_sum, shortened

_DEEPEST = 50  # operations put off one upon the other; each of them takes some frames of Python's stack


@dataclass(frozen=True)
class Operation:
    """What two columns make row by row: of their numerators and denominators, of their estimates, and where it is missing."""

    ratios: Callable
    estimate: Callable

    def exact(self, *ratios):
        return shortened(*self.ratios(*ratios))

    def blank(self, one, other) -> np.ndarray:
        return one | other

    def at(self, rows) -> Operation:
        """The same operation on some rows only."""
        return self

    def kept(self) -> Operation:
        """The same operation, whatever is written into its condition."""
        return self


SUM = Operation(ratio_sum, estimated_sum)
DIFFERENCE = Operation(ratio_difference, estimated_difference)
PRODUCT = Operation(ratio_product, estimated_product)
QUOTIENT = Operation(ratio_quotient, estimated_quotient)


@dataclass(frozen=True)
class Choice:
    """The first column where a condition holds, the second elsewhere."""

    condition: np.ndarray

    def exact(self, a, b, c, d):
        return np.where(self.condition, a, c), np.where(self.condition, b, d)

    def estimate(self, one: Estimate, other: Estimate) -> Estimate:
        return Estimate(*(np.where(self.condition, *both) for both in zip(one, other, strict=True)))

    def blank(self, one, other) -> np.ndarray:
        return np.where(self.condition, one, other)

    def at(self, rows) -> Choice:
        return Choice(self.condition[rows])

    def kept(self) -> Choice:
        return Choice(self.condition.copy())


class Deferred:
    """An operation on two columns (see `ExactArray`) that is put off; chains of them are worked out before they get too long to follow."""

    def __init__(self, operation: Operation | Choice, one, other):
        for column in (one, other):
            if column.depth >= _DEEPEST:
                column.work_out()
        # what is written into columns or conditions later on must not reach back
        self.operation, self.columns = operation.kept(), (one.kept(), other.kept())
        self.depth = 1 + max(one.depth, other.depth)

    def __len__(self):
        return max(map(len, self.columns))

    @cached_property
    def ratios(self):
        """Numerators and denominators, worked out once and closed to writing, since copies of a column share them."""
        one, other = self.columns
        made = self.operation.exact(one.num, one.den, other.num, other.den)
        for array in made:
            array.flags.writeable = False
        return made

    @cached_property
    def estimate(self) -> Estimate:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.operation.estimate(*(column.estimate for column in self.columns))

    @cached_property
    def blank(self) -> np.ndarray:
        return np.broadcast_to(self.operation.blank(*(column.isna() for column in self.columns)), len(self))

    def at(self, rows, known: dict):
        """Numerators and denominators of some rows; `known` has those of columns that were asked before."""
        one, other = (column.ratios_at(rows, known) for column in self.columns)
        return self.operation.at(rows).exact(*one, *other)
