"""到款: the receipts of each deal, what came in of it so far, and the commission that each of them brings (8.2b)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from kpi_helpers.calendar import Period, in_period
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, half_up, is_missing, where
from kpi_helpers.tables import Tables


@dataclass
class Receipts:
    """到款: the receipts deal by deal and day by day, with what came in of the deal so far."""

    rows: np.ndarray
    deal: np.ndarray  # the row of each one's deal
    starts: np.ndarray  # which one is the first of its deal
    amount: ExactArray
    to_date: ExactArray
    contract: ExactArray
    inside: np.ndarray  # of this period


def check_receipts(tables: Tables) -> list[RowFault]:
    """到款: every receipt belongs to a deal, and what a deal has received stays between 0 and its contract amount."""
    rows, deals = tables["receipts"], tables["deals"].drop_duplicates("deal_id")
    known = rows["deal_id"].isin(deals["deal_id"])
    problem = say("“成交”中没有这笔业务", "is no deal of the sheet 成交")
    faults = [
        RowFault("receipts", int(row), "deal_id", rows["deal_id"].iloc[row], "unknown_deal", problem)
        for row in np.flatnonzero(rows["deal_id"].notna() & ~known)
    ]
    problem = say("累计到款应在 0 至合同金额之间", "takes the deal's receipts out of 0 to its contract amount")
    return faults + [
        RowFault("receipts", row, "received_amount", rows["received_amount"].iloc[row], "out_of_range", problem)
        for row in _overruns(rows[known & rows["received_amount"].notna()], deals.set_index("deal_id")["contract_amount"])
    ]


def receipts_by_deal(tables: Tables, period: Period | None) -> Receipts:
    """The sheet 到款 deal by deal and day by day."""
    rows, deals = tables["receipts"].sort_values(["deal_id", "received_on"], kind="stable"), tables["deals"]
    deal = pd.Index(deals["deal_id"]).get_indexer(rows["deal_id"])
    starts, amounts = ~rows.duplicated("deal_id").to_numpy(), rows["received_amount"].array
    contract, inside = deals["contract_amount"].array.take(deal, allow_fill=True), in_period(rows["received_on"], period)
    return Receipts(rows.index.to_numpy(), deal, starts, amounts, running_sums(amounts, starts), contract, inside)


def commissions(receipts: Receipts, wholes: ExactArray, due: str, rounding: str) -> ExactArray:
    """The commission (元) that every receipt brings, of the unrounded commission of each deal; missing where that is."""
    whole = wholes.take(receipts.deal, allow_fill=True)
    if due == "full_payment_only":
        return changes(half_up(where(receipts.to_date >= receipts.contract, whole, 0)), receipts.starts)
    if rounding == "cumulative":
        return changes(half_up(whole * receipts.to_date / receipts.contract), receipts.starts)
    return half_up(whole * receipts.amount / receipts.contract)


def running_sums(values: ExactArray, starts: np.ndarray) -> ExactArray:
    """Sums so far within each run of rows that begins where `starts` is true.

    >>> [int(one) for one in running_sums(exact([3, 4, 5]), np.array([True, False, True]))]
    [3, 7, 5]
    """
    total, sums = Fraction(0), []
    for value, start in zip(values, starts, strict=True):
        total = value if start else total + value
        sums.append(total)
    return exact(sums)


def changes(values: ExactArray, starts: np.ndarray) -> ExactArray:
    """Each row less the row before it in its run; the first row of a run as it is."""
    before = values.take(np.arange(len(values)) - 1) if len(values) else values
    return values - where(starts, 0, before)


# -- parts -----------------------------------------------------------------------------------------------------------


def _overruns(rows: pd.DataFrame, contracts: pd.Series) -> list[int]:
    """Rows that would take a deal's receipts below 0 or above the contract; later rows are judged without them."""
    refused, received = [], {}
    ordered = rows.sort_values("received_on", kind="stable")
    for row, deal, amount in zip(ordered.index, ordered["deal_id"], ordered["received_amount"].array, strict=True):
        now = received.get(deal, 0) + amount
        if now < 0 or not is_missing(contracts[deal]) and now > contracts[deal]:
            refused.append(int(row))
        else:
            received[deal] = now
    return refused
