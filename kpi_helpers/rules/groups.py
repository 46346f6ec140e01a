"""Rules that look at several people (小组、部门): pooled figures, ranks, quotas of grades, prizes, coefficients, shares of a pool."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal, NotRequired

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Constant, Figure, Filter, Number, PoolAmount, figure
from kpi_helpers.book import Book
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Post
from kpi_helpers.numbers import (
    ExactArray,
    constant,
    count_by,
    exact,
    extreme_by,
    largest_remainder,
    missing,
    quantile_by,
    rank_codes,
    rounded_to,
    sum_by,
    text,
    where,
)
from kpi_helpers.policy import Clause

Order = Literal["descending", "ascending"]
_FEN = Fraction(1, 100)


class Part(TypedDict):
    """A grade and the part of the people who get it; the last one may leave its part out and takes the rest."""

    __pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    give: str
    part: NotRequired[Constant]


@figure
def pooled(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    of: Literal["sum", "mean", "min", "max", "median", "percentile", "count"] = "sum",
    at: Constant = Fraction(1, 2),
    weight: Figure | None = None,
    members: Filter | None = None,
    missing: Literal["incomplete", "skip"] = "incomplete",
) -> Lines:
    """合并: a figure of a group or the department from those of its members (per: group or department).

    at: the percentile, 0.75 for the upper quarter. weight: a weighted mean. members: a filter; people who are not
    assessed are left out. missing: a member without the figure (or the weight) leaves that of the group open, or is left
    out. A group without members has a sum and count of 0, and no mean, least, most or percentile.
    """
    owners = book.owners("employee", clause.per)
    inside = (owners >= 0) & book.assessed() & (True if not members else book.fitting(members, "employee"))
    weights = constant(1, len(owners)) if weight is None else book.column(weight)
    blank = measure.isna() | weights.isna()
    open_people, rows = inside & blank, np.flatnonzero(inside & ~blank)
    codes, groups, values = owners[rows], len(book.units(clause.per)), measure[rows]
    if of == "count":
        value = count_by(codes, groups)
    elif of == "sum":
        value = sum_by(values, codes, groups)
    elif of == "mean":
        whole = sum_by(weights[rows], codes, groups)
        value = where(whole == 0, None, sum_by(values * weights[rows], codes, groups) / where(whole == 0, 1, whole))
    elif of in ("min", "max"):
        value = extreme_by(values, codes, groups, of == "max")
    else:
        value = quantile_by(values, codes, groups, Fraction(1, 2) if of == "median" else at)
    if missing == "incomplete":
        value = where(np.bincount(owners[open_people], minlength=groups) > 0, None, value)
    return Lines(value, count_by(codes, groups))


def _check_pooled(of="sum", at=None, weight=None, **_):
    if at is not None and (of != "percentile" or not 0 <= at <= 1):
        yield say("at 只用于 of: percentile，在 0 与 1 之间。", "at: is for of: percentile, from 0 to 1.")
    if weight is not None and of != "mean":
        yield say("weight 只用于 of: mean。", "weight: is for of: mean only.")


pooled.pools, pooled.check = True, _check_pooled
pooled.check_clause = lambda clause, table: (
    [] if clause.per != "employee" else [say("要写 per: group 或 per: department。", "needs per: group or per: department.")]
)


@figure
def ranked(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    order: Order = "descending",
    ties: Literal["competition", "dense", "average", "last"] = "competition",
    then: list[Figure] | None = None,
    within: Figure | None = None,
) -> Lines:
    """名次: 1 for the best; equals share a place and the next is left out (1, 1, 3), or is not (dense), or all get the mean or last place.

    then: figures that decide between equals (highest first, who lacks it last). within: places are given within each word
    of this column. Only people for whom the clause holds and who have a value take part.
    """
    field = Field(book, clause, measure, order, then, within)
    return Lines(missing(len(measure)), measure, result=field.places(ties))


@figure
def distributed(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    parts: list[Part],
    remainder: Literal["largest", "half_up", "up", "down"],
    ties: Literal["better", "worse", "order"],
    order: Order = "descending",
    then: list[Figure] | None = None,
    within: Figure | None = None,
) -> Lines:
    """强制分布: grades by rank, [{give: A, part: 0.15}, {give: B, part: 0.45}, …], best first.

    remainder: where a part of the people is no whole number: largest gives the places left over to the largest
    remainders (the better grade first); half_up, up and down round the sum of the parts down to each grade. ties:
    equals at a border all get the better or the worse grade, or are parted by `then` and at last by their id. Parts that
    do not add up to 1 are a PolicyError.

    >>> _borders(7, [Fraction(3, 20), Fraction(9, 20), Fraction(3, 10), Fraction(1, 10)], "largest")  # 15/45/30/10 of seven people
    [1, 4, 6, 7]
    """
    field = Field(book, clause, measure, order, then, within)
    position, size = field.positions(), field.sizes
    known = [part["part"] for part in parts if "part" in part]
    shares = [part.get("part", 1 - sum(known)) for part in parts]
    words = np.array([*(part["give"] for part in parts), None], dtype=object)
    best, worst = (field.places("competition"), field.places("last")) if ties != "order" else (None, None)
    place = exact(position + 1) if ties == "order" else best if ties == "better" else worst
    chosen = np.full(len(measure), -1)
    for code in range(len(size)):
        bounds = _borders(int(size[code]), shares, remainder)
        mine = np.flatnonzero(field.codes == code)
        for grade in reversed(range(len(parts))):
            chosen[mine[place[mine] <= bounds[grade]]] = grade
    return Lines(missing(len(measure)), measure, result=words[chosen])


def _check_parts(parts, **_):
    open_parts = [part for part in parts if "part" not in part]
    whole = sum((part["part"] for part in parts if "part" in part), Fraction(0))
    if open_parts and (len(open_parts) > 1 or open_parts[0] is not parts[-1]) or not parts:
        yield say("只有最后一档可以不写 part。", "only the last grade may leave its part out.")
    elif any(part.get("part", 0) < 0 for part in parts):
        yield say("part 不能小于 0。", "a part must not be below 0.")
    elif whole > 1 or (not open_parts and whole != 1):
        shown = text(whole * 100)
        yield say(f"各档比例合计为 {shown}%，应为 100%。", f"the parts add up to {shown} %, not 100 %.")


distributed.check, distributed.words = _check_parts, True


def _borders(people: int, shares: list[Fraction], remainder: str) -> list[int]:
    """The last place of each grade."""
    if remainder == "largest":
        sizes = [int(people * share) for share in shares]
        rests = sorted(range(len(shares)), key=lambda grade: (-(people * shares[grade] - sizes[grade]), grade))
        for grade in rests[: people - sum(sizes)]:
            sizes[grade] += 1
        return [sum(sizes[: grade + 1]) for grade in range(len(sizes))]
    borders, so_far = [], Fraction(0)
    for share in shares:
        so_far += share
        borders.append(int(rounded_to(exact([people * so_far]), Fraction(1), remainder)[0]))
    return [*borders[:-1], people]


def prizes(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    prizes: list[Number],
    ties: Literal["share", "each"],
    order: Order = "descending",
    then: list[Figure] | None = None,
    within: Figure | None = None,
) -> Lines:
    """名次奖: an amount for the first, second, third and so on, in the clause's unit.

    ties: equals share the prizes of the places they take (each to the fen, half up), or each get that of the better place.
    """
    field = Field(book, clause, measure, order, then, within)
    first, last, size = field.places("competition"), field.places("last"), len(measure)
    table = [constant(0, size) + prize for prize in prizes]
    value = constant(0, size)
    for place, prize in enumerate(table, 1):
        taken = (first <= place) & (last >= place) if ties == "share" else first == place
        value = value + where(taken, prize, 0)
    if ties == "share":
        value = rounded_to(value / where(first.isna(), 1, last - first + 1), _FEN)
    return Lines(where(measure.isna(), None, value), measure)


@figure
def percent_rank(book: Book, clause: Clause, measure: ExactArray, order: Order = "ascending", within: Figure | None = None) -> Lines:
    """百分位: the part of the others whom one leaves behind (Excel's PERCENTRANK.INC), 0 to 1; 1 for somebody alone.

    order: descending where a smaller figure is better. within: among those with the same word of this column.
    """
    field = Field(book, clause, measure, "descending" if order == "ascending" else "ascending", None, within)
    others = exact(np.append(field.sizes, 1)[field.codes] - 1)
    behind = others - (field.places("last") - 1)
    return Lines(
        where(others == 0, where(measure.isna(), None, constant(1, len(measure))), behind / where(others == 0, 1, others)), measure
    )


@figure
def min_max(
    book: Book,
    clause: Clause,
    measure: ExactArray,
    low: Number,
    high: Number,
    equal: Number,
    order: Order = "ascending",
    within: Figure | None = None,
) -> Lines:
    """极差系数: the lowest of the field gets `low`, the highest `high`, the others in proportion; `equal` where all are alike.

    order: descending gives the highest coefficient to the smallest figure.
    """
    field = Field(book, clause, measure, "descending", None, within)
    rows, groups = np.flatnonzero(field.codes >= 0), len(field.sizes)
    least, most = (extreme_by(measure[rows], field.codes[rows], groups, top).take(field.codes, allow_fill=True) for top in (False, True))
    width = most - least
    above = measure - least if order == "ascending" else most - measure
    part = above / where(width == 0, 1, width)
    size = len(measure)
    value = constant(0, size) + low + part * (constant(0, size) + high - low)
    return Lines(where(measure.isna(), None, where(width == 0, equal, value)), measure)


def shared(
    book: Book,
    clause: Clause,
    pool: PoolAmount,
    by: Figure | list[Figure] | None = None,
    within: Literal["group", "department"] = "group",
    rounding: Literal["largest_remainder", "half_up", "down"] = "largest_remainder",
) -> Lines:
    """分配: a pool shared by all for whom the clause holds: equally, or by score, coefficient, days (or their product), to the fen.

    pool: a figure of the group or department, or one amount, in 元. rounding: largest_remainder leaves nothing; otherwise
    the residual (分配余额) is a line of the group or department, as is a pool for which there is nobody. Whoever lacks a
    figure of `by` leaves the pool unshared; one below 0 is a DataError.
    """
    names = [] if by is None else [by] if isinstance(by, str) else by
    owners, units = book.owners("employee", within), len(book.units(within))
    sharers = (owners >= 0) & book.chosen(clause) & book.assessed()
    claims = constant(1, len(owners))
    for name in names:
        column = book.column(name)
        book.lack(clause, sharers & column.isna(), name)
        claims = claims * column
    for row in np.flatnonzero(sharers & (claims < 0))[:1]:
        problem = say(f"{book.people.index[row]} 的分配依据小于 0。", f"the share of {book.people.index[row]} is below 0.")
        raise DataError(Fault(f"{book.policy.title} {clause.id} {clause.title}", problem))
    blank = np.bincount(owners[sharers & claims.isna()], minlength=units) > 0
    amounts = book.column(pool, within) if isinstance(pool, str) else constant(pool, units)
    amounts = where(blank, None, amounts)
    rows = np.flatnonzero(sharers)  # only these have a unit that blank and amounts know
    rows = rows[~blank[owners[rows]] & ~amounts[owners[rows]].isna()]
    value = missing(len(owners))
    value[rows] = _split(amounts.fillna(0), claims[rows], owners[rows], rounding, book.people.index[rows])
    waiting = sharers & np.append(blank, False)[owners]  # for somebody else's figure
    listed = "、".join(names)
    book.lack(clause, waiting & book.complete(), say(f"同池有人缺{listed}", f"somebody else's {listed}"))
    unshared = sharers & amounts.take(owners, allow_fill=True).isna() & book.complete()
    book.lack(clause, unshared, pool if isinstance(pool, str) else clause.title)
    given = sum_by(value[rows], owners[rows], units)
    residual = amounts - given
    left = Lines(residual, result=residual, unit=say("元/余", "yuan left"), note=say("分配余额", "residual"))
    book.posts.append(Post(replace(clause, per=within, result=None, who=[]), left))
    return Lines(value, claims)


shared.check_clause = lambda clause, table: (
    [] if clause.per == "employee" else [say("规则 shared 分给个人，不写 per。", "rule shared is for people (no per:).")]
)


def _split(pool: ExactArray, claims: ExactArray, codes: np.ndarray, rounding: str, ids) -> ExactArray:
    """Everybody's share; spare fen of equal remainders go by id, so that the order of rows does not matter."""
    order = np.argsort(np.asarray(ids, dtype=str), kind="stable")
    claims, codes = claims[order], codes[order]
    if rounding == "largest_remainder":
        share = largest_remainder(pool, claims, codes)
    else:
        sums = sum_by(claims, codes, len(pool))
        fair = where(sums == 0, 0, pool / where(sums == 0, 1, sums))[codes] * claims
        share = rounded_to(fair, _FEN, rounding)
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    return share[back]


def _note_absent(book: Book, clause: Clause, measure: ExactArray) -> None:
    """暂定: a comparison without somebody whose figure is missing may turn out otherwise; people must know."""
    absent = book.concerned(clause) & measure.isna()
    if clause.per == "employee" and absent.any():
        title = say(f"“{clause.title}”为暂定：有人缺数据，未参加比较", f"'{clause.title}' is provisional: somebody's figure is missing")
        book.flag("provisional", title, ["department"], clause, "department", list(book.people.index[absent]), term="without_data")


class Field:
    """参加比较的人: the people (or groups) who take part, in which field each stands, and their order in it."""

    def __init__(self, book: Book, clause: Clause, measure: ExactArray, order: Order, then: list[str] | None, within: str | None):
        taking = ~measure.isna()
        if clause.per == "employee":
            taking &= book.assessed()
        _note_absent(book, clause, measure)
        self.codes = np.full(len(measure), -1)
        rows = np.flatnonzero(taking)
        if within is None:
            self.codes[rows] = 0
        else:
            words = np.asarray(book.figure(within, clause.per), dtype=object)
            book.lack(clause, taking & np.asarray(pd.isna(words), dtype=bool), within)
            self.codes[rows] = pd.factorize(words[rows])[0]
        self.rows = np.flatnonzero(self.codes >= 0)
        self.sizes = np.bincount(self.codes[self.rows], minlength=1)
        best = rank_codes(measure.fillna(0))
        keys = [-best if order == "descending" else best]
        for column in (book.column(name, clause.per) for name in then or []):
            keys.append(np.where(column.isna(), 1, -rank_codes(column.fillna(0))))  # who lacks it comes last
        combined = np.lexsort(keys[::-1])
        changes = np.any([np.diff(key[combined]) != 0 for key in keys], axis=0)
        self.key = np.empty(len(measure), dtype=np.int64)  # equal for equals, ascending from the best
        self.key[combined] = np.concatenate([[0], np.cumsum(changes)]) if len(measure) else 0
        self.ids = np.asarray(book.units(clause.per).index, dtype=str)

    def positions(self) -> np.ndarray:
        """0, 1, 2 … in each field, equals by id; -1 for who does not take part."""
        order = self.rows[np.lexsort((self.ids[self.rows], self.key[self.rows], self.codes[self.rows]))]
        starts = np.concatenate([[0], np.cumsum(self.sizes)])
        position = np.full(len(self.codes), -1)
        position[order] = np.arange(len(order)) - starts[self.codes[order]]
        return position

    def places(self, ties: str) -> ExactArray:
        """名次 from 1, missing for who does not take part."""
        position = self.positions()[self.rows]
        pairs = pd.DataFrame({"field": self.codes[self.rows], "key": self.key[self.rows], "position": position})
        equals = pairs.groupby(["field", "key"])["position"]
        first, last = equals.transform("min").to_numpy() + 1, equals.transform("max").to_numpy() + 1
        if ties == "dense":
            place = exact(pairs.groupby("field")["key"].rank("dense").to_numpy().astype(np.int64))
        elif ties == "average":
            place = exact(first + last) / 2
        else:
            place = exact(first if ties == "competition" else last)
        result = missing(len(self.codes))
        result[self.rows] = place
        return result
