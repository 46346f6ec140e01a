"""通时通次量最少、最多: who is last and first among the full-month specialists (4.deduct.2, 4.add.4c)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, exact, rank_codes
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.days import away_throughout, call_cells, day64, has_exempt_days
from kpi_helpers.schemes.dawo.staff import employment, specialists


def extreme_calls(
    book: Book,
    clause: Clause,
    end: Literal["lowest", "highest"],
    points: Number,
    mode: Literal["both", "either_once", "each", "composite"],
    tie: Literal["all"] | None,
    population: Literal["full_month_specialists", "group"],
) -> Lines:
    """4.deduct.2 最少 / 4.add.4c 最多: points for who has the least (most) minutes and calls of the month.

    both: in minutes and in calls. either_once: in at least one. each: once per measure. composite: by the mean of both
    uncapped quota ratios. At least two people are compared and not all equal. tie none: several people get nothing.
    Missing data of anybody skip the ranking, which is flagged.
    """
    if mode == "composite":
        measures = [book.people["r_talk"].array + book.people["r_calls"].array]
    else:
        measures = [book.people[name].array for name in ("talk_minutes", "calls")]
    compared = _full_month(book)
    groups = _groups(book, population)
    lacking = compared & np.any([values.isna() for values in measures], axis=0)
    compared &= ~np.isin(groups, _groups_without_data(book, clause, lacking, groups))
    sign = 1 if end == "lowest" else -1
    found = [_extreme(values, groups, compared, sign) for values in measures]
    if mode == "both":
        differ = found[0][1] | found[1][1]
        times = (found[0][0] & found[1][0] & differ).astype(np.int64)
        times = _untied(times, groups, tie)
    else:
        each = [_untied((mask & differ).astype(np.int64), groups, tie) for mask, differ in found]
        times = np.minimum(sum(each), 1) if mode == "either_once" else sum(each)
    count = exact(times)
    return Lines(count * points, count, [*call_cells(book, "talk_minutes"), *call_cells(book, "calls")])


def _full_month(book: Book) -> np.ndarray:
    """Specialists employed the whole month, without exempt days and not on leave throughout."""
    whole = specialists(book) & ~has_exempt_days(book)
    if book.period is not None:
        hired, left = employment(book)
        whole &= (hired <= day64(book.period.first)) & (left >= day64(book.period.last))
    return whole & ~away_throughout(book)


def _groups(book: Book, population: str) -> np.ndarray:
    """The group code each person is compared in; one group for the whole department."""
    if population == "group" and "group_id" in book.people:
        return pd.factorize(book.people["group_id"])[0]
    return np.zeros(len(book.people), dtype=np.intp)


def _groups_without_data(book: Book, clause: Clause, lacking: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Groups in which somebody's calls are not known: the lowest may be just that person, so nobody is ranked."""
    if lacking.any():
        title = say("通话数据不全，未作最少、最多排名", "call data are incomplete, nobody was ranked")
        book.flag("ranking_skipped", title, ["department"], clause, "department", list(book.people.index[lacking]), term="without_data")
    return np.unique(groups[lacking])


def _extreme(values: ExactArray, groups: np.ndarray, compared: np.ndarray, sign: int) -> tuple[np.ndarray, np.ndarray]:
    """Who holds the extreme of the own group, and in whose group the values differ at all."""
    result, differ = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    rows = np.flatnonzero(compared)
    if not len(rows):
        return result, differ
    order, own = sign * rank_codes(values[rows]), groups[rows]
    span = np.iinfo(np.int64)
    best, worst = np.full(own.max() + 2, span.max), np.full(own.max() + 2, span.min)
    np.minimum.at(best, own, order)
    np.maximum.at(worst, own, order)
    result[rows], differ[rows] = order == best[own], best[own] < worst[own]
    return result, differ


def _untied(times: np.ndarray, groups: np.ndarray, tie: str | None) -> np.ndarray:
    """All of several equals get it (tie all), or else nobody does."""
    if tie == "all":
        return times
    return np.where(np.bincount(groups + 1, weights=times)[groups + 1] > 1, 0, times)
