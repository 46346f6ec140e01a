"""Rules that reckon with figures (数据项): fixed amounts, ratios, sums, products, the smaller, the larger, rounding, seniority."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Figure, Number, Round, figure
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, constant, exact, maximum, minimum, rounded_to, where
from kpi_helpers.policy import Clause


def flat(book: Book, clause: Clause, amount: Number) -> ExactArray:
    """定额: the same amount (or that of each person's column, or of a figure) for everybody whom the clause's `who` names.

    amount: in the clause's unit. Whoever has no value in the column stays open; a word that {by: …} does not list is a PolicyError.
    """
    size = len(book.units(clause.per))
    return amount if isinstance(amount, ExactArray) else constant(amount, size)


@figure
def ratio(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    over: Number,
    better: Literal["higher", "lower"] = "higher",
    scale: Number = 1,
    when_zero: Number | None = None,
) -> Lines:
    """比率: the measure divided by a target, a figure of the team, of last month …; turned over where lower is better.

    A bare number; scale: 100 gives per cent. when_zero: the result where the divisor is 0; if not stated, the person's
    result stays open.
    """
    size = len(measure)
    upper, lower = (measure, constant(0, size) + over) if better == "higher" else (constant(0, size) + over, measure)
    zero = lower == 0
    value = upper / where(zero, None, lower) * scale
    if when_zero is not None:
        value = where(zero & ~upper.isna(), when_zero, value)
    elif zero.any():
        book.lack(clause, zero, say(f"{clause.title}（除数为 0）", f"{clause.title} (divisor 0)"))
    return Lines(value, measure)


ratio.counted = {"measure": "over"}


@figure
def sum_of(measures: list[ExactArray]) -> ExactArray:
    """相加: the sum of several figures and numbers; whoever lacks one stays open, unless `missing` says skip or a number.

    >>> list(sum_of([exact([3, 4]), exact([-1, None])]))
    [Fraction(2, 1), <NA>]
    """
    return reduce(lambda a, b: a + b, measures)


@figure
def product_of(measures: list[ExactArray]) -> ExactArray:
    """相乘: the product of several figures and numbers, such as 奖金基数 × 得分 × 0.01; whoever lacks one stays open.

    >>> list(product_of([exact([1000]), exact([90]), exact(["0.01"])]))
    [Fraction(900, 1)]
    """
    return reduce(lambda a, b: a * b, measures)


@figure
def min_of(measures: list[ExactArray]) -> ExactArray:
    """取小: the smallest of several figures and numbers; whoever lacks one stays open."""
    return reduce(minimum, measures)


@figure
def max_of(measures: list[ExactArray]) -> ExactArray:
    """取大: the largest of several figures and numbers; whoever lacks one stays open."""
    return reduce(maximum, measures)


@figure
def difference(measures: list[ExactArray]) -> ExactArray:
    """相减: the first figure less all the others; whoever lacks one stays open.

    >>> list(difference([exact([10]), exact([3]), exact([4])]))
    [Fraction(3, 1)]
    """
    return reduce(lambda a, b: a - b, measures)


@figure
def rounded(measure: ExactArray, to: Round) -> ExactArray:
    """取整: to so many places, or to a multiple such as 100; half_up, half_even, up (away from 0) or down (towards 0).

    >>> from fractions import Fraction
    >>> from kpi_helpers.arguments import Rounding
    >>> list(rounded(exact([1250, -1250]), Rounding(Fraction(100))))
    [Fraction(1300, 1), Fraction(-1300, 1)]
    """
    return rounded_to(measure, to.step, to.mode)


@figure
def tenure(
    book: Book,
    clause: Clause,
    since: Figure = "hire_date",
    span: Literal["months", "years", "days"] = "months",
    on: Literal["period_end", "period_start"] = "period_end",
) -> ExactArray:
    """司龄: whole months, years or days from a date of each person up to the end (the last day included) or the start of the period.

    Never below 0. Whoever has no date stays open. A PolicyError where there is no period or `since` is no date.
    """
    found = pd.Series(book.figure(since, clause.per))
    if found.dtype.kind != "M" and found.notna().any():
        raise PolicyError(Fault(book.place, say(f"“{since}”不是日期。", f"'{since}' is no date.")))
    dates = pd.to_datetime(found.astype(object)) if found.dtype.kind != "M" else found
    if book.period is None:
        problem = say("没有考核期，算不出司龄。", "seniority needs a period.")
        raise PolicyError(Fault(book.place, problem, say("请写明月份。", "Give the month.")))
    day = book.period.last + timedelta(days=1) if on == "period_end" else book.period.first
    book.lack(clause, dates.isna().to_numpy(), since)
    if span == "days":
        passed = (pd.Timestamp(day) - dates).dt.days
    else:
        months = (day.year - dates.dt.year) * 12 + day.month - dates.dt.month - (dates.dt.day > day.day)
        passed = months if span == "months" else months // 12
    return exact(np.where(dates.isna(), None, passed.clip(lower=0).fillna(0).astype(np.int64)))
