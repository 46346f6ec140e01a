"""年终分红: a share of the year's profit, split by contribution (8.4)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, clip, exact, half_up, largest_remainder, missing, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.months import numbers_of
from kpi_helpers.schemes.dawo.staff import employment


def dividend_pool(book: Book, enabled: YesNo, rate: Number, scope: Literal["all_staff", "department"]) -> None:
    """8.4a 总利润的30%用于员工分红: the pool of the latest year that is known (元), 0 in a year of loss or if not enabled.

    department: the pool that Finance entered (分红池) for the department, missing until it has; all_staff ignores it.
    """
    years = book.table("finance_year")
    if book.period is not None:
        years = years[years["year"].array <= book.period.last.year]
    if not len(years):
        return
    year = years.iloc[[int(np.argmax(years["year"].array.num))]]
    pool = numbers_of(year, "dividend_pool") if scope == "department" else clip(year["total_profit"].array * rate, 0)
    book.kept["dividend_year"] = int(year["year"].iloc[0])
    book.kept["dividend_pool"] = half_up(pool) if enabled else exact([0])


def dividend(
    book: Book,
    clause: Clause,
    enabled: YesNo,
    contribution: Literal["sum_monthly_scores", "table"] | dict[str, Number],
    leavers: Literal["excluded", "pro_rata"],
    rounding: Literal["half_up_residual", "largest_remainder"],
) -> Lines | None:
    """8.4b 以员工绩效贡献情况为依据: pool × contribution / all contributions; `dividend` with what rounding leaves over.

    contribution: the year's monthly scores added up (sum_scores), or HR's own figures: the column 绩效贡献 (table), or a
    figure for each employee id, {E1: 120, E2: 80}. While one of them or the pool is missing nobody has a share, and it is named.
    leavers: left before 31 December; excluded, or with the contribution of their months. Paid apart from the month's wage.
    """
    if "dividend_pool" not in book.kept:
        return None
    pool = book.kept["dividend_pool"]
    rows = book.table("contributions")
    claims = numbers_of(rows, "sum_scores")
    if contribution == "table":
        claims = numbers_of(rows, "contribution")
    elif isinstance(contribution, dict):
        claims = exact([contribution.get(employee_id) for employee_id in rows["employee_id"]])
    if leavers == "excluded":
        claims = where(_left(book, rows), 0, claims)
    if claims.isna().any() or pool.isna().any():
        shares = missing(len(rows))
        if enabled:
            _name_what_is_missing(book, clause, pool, list(rows["employee_id"][claims.isna()]))
    elif rounding == "largest_remainder":
        shares = largest_remainder(pool, claims, np.zeros(len(rows), dtype=np.intp))
    else:
        shares = half_up(_fair(pool[0], claims))
    residual = pool - sum_by(shares, np.zeros(len(rows), dtype=np.intp), 1)
    book.outputs["dividend"] = {"pool": pool[0], **dict(zip(rows["employee_id"], shares, strict=True)), "residual": residual[0]}
    if enabled:
        book.outputs["dividend_sheet"] = pd.DataFrame({"employee_id": rows["employee_id"], "contribution": claims, "dividend": shares})
    value = missing(len(book.people))
    value[book.codes(rows["employee_id"])] = shares
    return Lines(value, unit=say("元（年终，另发）", "yuan at year end, paid apart"))


def _name_what_is_missing(book: Book, clause: Clause, pool: ExactArray, people: list[str]) -> None:
    """Why there are no shares yet: the pool, or whose contribution is lacking."""
    lacking = ([say("分红池", "the pool")] if pool.isna().any() else []) + people
    title = say("分红池或绩效贡献不全，年终分红未算", "the pool or contributions are missing, no dividend yet")
    book.flag("dividend_open", title, ["department"], clause, per="department", detail=lacking, term="lacking")


def _fair(pool, claims: ExactArray) -> ExactArray:
    """Unrounded shares; nobody gets anything where nobody has a claim."""
    total = sum_by(claims, np.zeros(len(claims), dtype=np.intp), 1)[0]
    return claims * (pool / total) if total else claims * 0


def _left(book: Book, rows: pd.DataFrame) -> np.ndarray:
    """Who was not employed on 31 December: as entered, else by the day of leaving."""
    entered = rows["employed_on_31_dec"] if "employed_on_31_dec" in rows else pd.Series(None, index=rows.index, dtype=object)
    last = np.datetime64(f"{book.kept['dividend_year']}-12-31")
    by_date = pd.Series(employment(book)[1] < last, index=book.people.index).reindex(rows["employee_id"]).to_numpy(dtype=bool)
    return np.where(entered.isna(), by_date, entered == False)  # noqa: E712 - None is unknown
