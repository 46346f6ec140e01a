"""五 奖金 and 七: heads, pool, score, payout, shares and what is left of them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.checks import blocks
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, clip, constant, exact, floor_to, half_up, largest_remainder, missing, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules import total
from kpi_helpers.schemes.team_pool.staff import cleaners, employed, group_of, heads_of, in_scope, payroll

PoolUnit = Literal["group", "department"]


def paid_heads(book: Book, counts: Literal["paid_any", "full_month", "employed_month_end"], cleaner_in_base: YesNo) -> Lines:
    """5.1 实发工资人数 of each group: everybody who was paid a wage and, by choice, was employed all month or at its end."""
    book.people["counted"] = in_scope(book) & (payroll(book, "wage_paid") > 0) & employed(book, counts)
    base = book.people["counted"] if cleaner_in_base else book.people["counted"] & ~cleaners(book)
    return Lines(heads_of(book, base), cells=book.cells("wage_paid", "group"))


def sharers(book: Book, cleaner_shares: YesNo) -> Lines:
    """5.4c 保洁除外: everybody counted in 5.1 shares, cleaners do not."""
    book.people["sharing"] = book.people["counted"] & (cleaner_shares | ~cleaners(book))
    return Lines(heads_of(book, book.people["sharing"]))


def head_pool(book: Book, mode: Literal["actual", "fixed_5"], fixed_heads: Whole, per_head: Number, factor: Number) -> Lines:
    """5.2a 人数×100元: the part of the pool that grows with the heads (or with a fixed number of them)."""
    heads = book.groups["n_paid"].array if mode == "actual" else constant(fixed_heads, len(book.groups))
    return Lines(heads * per_head * factor, heads)


def fixed_pool(book: Book, amount: Number, each: PoolUnit) -> Lines:
    """5.2b 另加1000元: for each group, or once for the department and split to the fen by the heads of 5.1."""
    heads = book.groups["n_paid"].array
    fixed = constant(amount, len(heads))
    if each == "department":
        fixed = largest_remainder(exact([amount]), heads, np.zeros(len(heads), dtype=np.intp))
    return Lines(fixed, result=book.groups["pool_by_head"].array + fixed)


def group_score(book: Book, clause: Clause, base: Number, floor: Number | None, cap: Number | None) -> list[Lines]:
    """5.3 小组得分: base − deductions + additions + restitutions, held between floor and cap.

    A group with a refused number behind its points or heads has no score: its members' results are in error.
    """
    for name, kind, sign in (("deductions", "deduction", -1), ("additions", "addition", 1), ("restitution", "restitution", 1)):
        book.groups[name] = book.posted("group", kinds=[kind]) * sign
    lines = total(book, clause, base, floor=floor, cap=cap, places=2)
    unsound = _unsound_groups(book)
    lines[-1].result = where(unsound, None, lines[-1].result)
    book.groups["status"] = np.where(unsound, "error", "complete").astype(object)
    book.mark(np.append(unsound, False)[group_of(book)], "error")
    return lines


def scaled_pool(book: Book, clause: Clause, full_score: Number, fixed_scaled: YesNo) -> Lines:
    """5.4a 发放额: pool × score / 100 rounded to the fen; by choice the fixed part is paid whatever the score."""
    pool, scored = book.groups["pool"].array, book.groups["score"].array
    payout = half_up(_scaled(book, fixed_scaled) * scored / full_score) + pool - _scaled(book, fixed_scaled)
    note = say("得分为负使奖金为负，请人工决定；扣减工资须有法律依据。", "For people to decide; wages may not simply be cut.")
    negative = payout < 0
    detail = picked(payout, negative, book.groups.index)
    book.flag("negative_payout", say("发放额为负", "negative payout"), negative, clause, "group", detail, note, "payout")
    return Lines(payout - pool, scored, result=payout)


def department_coefficient(book: Book, full_score: Number, floor: Number | None, cap: Number | None) -> Lines:
    """7 部门奖金弹性系数: the scores weighted by heads, plus a department's exam bonus, over 100; for information."""
    coefficient = clip(_weighted_score(book) + book.department["exam_bonus"].array, floor, cap) / full_score
    return Lines(coefficient, book.department["exam_bonus"].array)


def department_pool(book: Book, full_score: Number, fixed_scaled: YesNo, floor: Number | None, cap: Number | None) -> list[Lines]:
    """5.4a 全部门: the groups' payouts added; an exam bonus given once to the department scales all pools together."""
    weighted = _weighted_score(book)
    gained = clip(weighted + book.department["exam_bonus"].array, floor, cap) - clip(weighted, floor, cap)
    bonus = half_up(_sum(_scaled(book, fixed_scaled)) * gained.fillna(0) / full_score)
    book.department["n_share"] = _sum(book.groups["n_share"].array)
    book.department["status"] = "complete"
    paid = _sum(book.groups["payout"].array)
    return [Lines(paid), Lines(bonus, gained, result=paid + bonus, note=say("考试加分（部门一次）", "exam bonus, once"))]


def shared_out(
    book: Book,
    unit_of_pool: PoolUnit,
    mode: Literal["equal", "by_paid_days"],
    rounding: Literal["equal_half_up", "equal_floor", "largest_remainder"],
) -> Lines:
    """5.4b 总奖金除全体人数: equal shares, or shares by paid days, of the group's (or the department's) payout, to the fen."""
    people = np.flatnonzero(book.people["sharing"])
    codes = _pool_codes(book, unit_of_pool)[people]
    sharing = book.people["sharing"].to_numpy(dtype=bool)
    claim = where(sharing, payroll(book, "paid_days") if mode == "by_paid_days" else 1, 0)
    share = constant(0, len(claim))
    share[people] = _split(book.units(unit_of_pool)["payout"].array, claim[people], codes, rounding, book.people.index[people])
    _mark_open(book, claim.isna(), share.isna())
    book.people["claim"] = claim
    return Lines(where(in_scope(book), share, None), claim, book.cells("paid_days") if mode == "by_paid_days" else None)


def left_over(book: Book, clause: Clause, unit_of_pool: PoolUnit) -> Lines:
    """分配余额: what rounding, or a pool without sharers, leaves of the payout, in the unit that shares it; may be −0.02."""
    units = book.units(clause.per)
    if clause.per != unit_of_pool:
        units["share"] = missing(len(units))
        return Lines(missing(len(units)))
    people = np.flatnonzero(book.people["sharing"])
    codes, shares = _pool_codes(book, unit_of_pool)[people], book.people["share"].array[people]
    units["share"] = _common_share(shares, codes, len(units))
    idle = (sum_by(book.people["claim"].array[people], codes, len(units)) == 0) & (units["status"] == "complete")
    units["status"] = units["status"].where(~idle, "no_sharers")
    title = say("无人参加分配，发放额待定", "nobody to share the payout")
    payouts = dict(zip(units.index[idle], units["payout"].array[np.asarray(idle)], strict=True))
    book.flag("no_sharers", title, payouts, clause, clause.per, detail=payouts, term="payout")
    return Lines(units["payout"].array - sum_by(shares, codes, len(units)))


def _pool_codes(book: Book, unit_of_pool: str) -> np.ndarray:
    """Which pool each person shares."""
    return group_of(book) if unit_of_pool == "group" else np.zeros(len(book.people), dtype=np.intp)


def _sum(values: ExactArray) -> ExactArray:
    """The column's sum as a column of one row; missing if any value is."""
    return sum_by(values, np.zeros(len(values), dtype=np.intp), 1)


def _scaled(book: Book, fixed_scaled: bool) -> ExactArray:
    """The part of each pool that the score scales."""
    return book.groups["pool" if fixed_scaled else "pool_by_head"].array


def _weighted_score(book: Book) -> ExactArray:
    """The department's mean score weighted by heads; missing where nobody was paid."""
    heads = book.groups["n_paid"].array
    sums = _sum(heads)
    return _sum(heads * book.groups["score"].array) / where(sums == 0, None, sums)


def _unsound_groups(book: Book) -> np.ndarray:
    """Groups behind whose points or heads a refused number stands."""
    unsound = np.zeros(len(book.groups) + 1, dtype=bool)
    people = group_of(book)
    for row in book.refused():
        if blocks(book.policy, row) or (row["table"], row["reason"]) == ("payroll", "blank"):
            person = book.codes([row.get("employee_id")])[0]
            own = book.codes([row.get("group_id")], "group")[0]
            unsound[own if own >= 0 or person < 0 else people[person]] = True
    return unsound[:-1]


def _split(pools: ExactArray, claims: ExactArray, codes: np.ndarray, rounding: str, ids: pd.Index) -> ExactArray:
    """Each member's share of the pool by claim; largest_remainder gives the spare fen one each by employee id."""
    sums = sum_by(claims, codes, len(pools))
    fair = pools[codes] * claims / where(sums == 0, 1, sums)[codes]
    if rounding == "equal_half_up":
        return half_up(fair)
    share = floor_to(fair)
    if rounding == "equal_floor":
        return share
    spare = (pools - sum_by(share, codes, len(pools))) * 100
    order = np.argsort(ids.to_numpy(dtype=object), kind="stable")
    order = order[claims[order] > 0]
    place = pd.Series(codes[order]).groupby(codes[order]).cumcount().to_numpy()
    share[order] = share[order] + exact(spare[codes[order]] > exact(place)) / 100
    return share


def _mark_open(book: Book, unknown_days: np.ndarray, open_share: np.ndarray) -> None:
    """计薪天数 that is lacking leaves everybody who shares the pool without a share."""
    book.mark(unknown_days, "incomplete", ["paid_days"])
    book.mark(open_share, "incomplete")
    lacking = np.isin(np.arange(len(book.groups)), group_of(book)[unknown_days])
    book.groups["status"] = book.groups["status"].where(~lacking, "incomplete")


def _common_share(shares: ExactArray, codes: np.ndarray, size: int) -> ExactArray:
    """The share per head of each pool, missing where heads differ or there is none."""
    heads, first = np.unique(codes, return_index=True)
    result = missing(size)
    result[heads] = shares[first]
    result[np.unique(codes[shares != result[codes]])] = None
    return result
