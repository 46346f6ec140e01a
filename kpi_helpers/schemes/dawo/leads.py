"""名单 and 佣金: who owns a customer, what happens to duplicates and reassignments, and the commission on cash (8, 9.4, 10)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.numbers import ExactArray, exact, half_up, is_missing, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.staff import employment
from kpi_helpers.tables import Tables

Key = Literal["normalised_phone", "phone", "lead_id"]
_NEVER = pd.Timestamp("2262-01-01")  # an entry without a time comes last


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


def lead_keys(book: Book, key: Key) -> None:
    """10.2 不重复不浪费不泄密: what makes two entries the same customer: the number without spaces, dashes and +86, or as typed."""
    for name in ("leads", "reassignments", "deals"):
        rows = book.table(name)
        column = "lead_id" if key == "lead_id" else "phone"
        keys = rows[column] if column in rows else pd.Series(None, index=rows.index, dtype=object)
        book.kept[name] = rows.assign(key=normalised(keys) if key == "normalised_phone" else keys)


def first_entries(book: Book, scope: Literal["department", "company"], home: str | None, tie: Literal["record_id", "manual"]) -> None:
    """10.4a 撞单以首次录入信息为准: the first entry of each customer; in the same second the lower record number.

    department: only entries of this department (`home`, else the one most people or entries belong to) compete.
    manual: a tie of several people has no owner until somebody decides. `duplicate_leads` lists every collision.
    """
    rows = book.kept["leads"]
    rows = rows[rows["key"].notna()]
    if scope == "department" and "department" in rows:
        home = home or _home_department(book, rows)
        rows = rows[rows["department"].isna() | (rows["department"] == home)]
    rows = rows.assign(second=rows["recorded_at"].dt.floor("s").fillna(_NEVER))
    rows = rows.assign(order=_number_order(rows)).sort_values(["second", "order"], kind="stable")
    first = rows.drop_duplicates("key").set_index("key")
    tied = rows[rows["second"] == rows.groupby("key")["second"].transform("min")].groupby("key")["employee_id"].nunique() > 1
    open_tie = tied.reindex(first.index).to_numpy(dtype=bool) & (tie == "manual")
    owner = first["employee_id"].astype(object).where(~open_tie, None)
    book.kept["first_entry"] = first.assign(owner=owner)
    several = rows[rows.groupby("key")["employee_id"].transform("nunique") > 1]
    columns = ["key", "record_id", "employee_id", "recorded_at"]
    book.kept["duplicates"] = several[columns].assign(owner=owner.reindex(several["key"]).to_numpy())


def reassignments(book: Book, by: Literal["data_post", "supervisor"]) -> None:
    """10.1b 名单管理由数据岗负责: only reassignments by that role count; others are refused and listed."""
    rows = book.kept["reassignments"]
    formal = (rows["by_role"] == by).to_numpy(dtype=bool)
    book.refuse("reassignments", np.flatnonzero(~formal), "not_by_list_admin", "by_role")
    moves = rows[formal & (rows["key"].notna() & rows["reassigned_on"].notna()).to_numpy(dtype=bool)]
    book.kept["moves"] = moves.sort_values("reassigned_on", kind="stable")


def lead_owners(book: Book, ownership: Literal["assignee", "first_entry"]) -> None:
    """10.4b 提佣计入首次录入信息专员: `lead_owner` by customer; a formal reassignment makes the assignee the owner.

    first_entry: the first entry stays the owner for good.
    """
    if ownership == "first_entry":
        book.kept["moves"] = book.kept["moves"].iloc[:0]
    moves = book.kept["moves"]
    if book.period is not None:
        moves = moves[moves["reassigned_on"] <= pd.Timestamp(book.period.last)]
    latest = moves.drop_duplicates("key", keep="last").set_index("key")["to_employee"]
    owner = book.kept["first_entry"]["owner"]
    book.outputs["lead_owner"] = pd.concat([owner[~owner.index.isin(latest.index)], latest]).sort_index()


def lead_table(book: Book, mask: YesNo) -> None:
    """9.4 用户信息不得泄露: the owners and the duplicates for readers, with the middle of every number hidden.

    Open leads (without a deal) of people who have left are marked for reassignment.
    """
    show = masked if mask else pd.Index
    owner, first = book.outputs["lead_owner"], book.kept["first_entry"]
    last = np.datetime64("2199-12-31") if book.period is None else np.datetime64(book.period.last)
    gone = book.people.index[employment(book)[1] <= last]
    open_lead = ~owner.index.isin(book.kept["deals"]["key"])
    book.outputs["lead_table"] = pd.DataFrame(
        {
            "phone": show(owner.index),
            "record_id": first["record_id"].reindex(owner.index).to_numpy(),
            "owner": owner.to_numpy(),
            "to_reassign": owner.isin(gone).to_numpy() & open_lead,
        }
    )
    twice = book.kept["duplicates"]
    book.outputs["duplicate_leads"] = twice.assign(phone=show(pd.Index(twice["key"]))).drop(columns="key").reset_index(drop=True)


def deal_owners(book: Book) -> None:
    """8.3 促使成交的客服人员: the owner of each deal: as Finance entered, else of the lead when it was closed, else who closed it.

    A deal without a closing date counts as closed on the day of its first receipt. A tie to be decided has no owner.
    """
    deals, entries = book.kept["deals"], book.kept["first_entry"]["owner"]
    paid = book.table("receipts").groupby("deal_id")["received_on"].min()
    closed = deals["closed_on"].fillna(pd.Series(paid.reindex(deals["deal_id"]).to_numpy(), deals.index))
    by_lead = _assignees(book.kept["moves"], deals["key"], closed).fillna(pd.Series(entries.reindex(deals["key"]).to_numpy(), deals.index))
    closer = deals["closed_by"].where(~deals["key"].isin(entries.index))
    book.kept["deals"] = deals.assign(owner=deals["owner"].fillna(by_lead).fillna(closer))


def deal_commission(book: Book, rate: Number) -> None:
    """8.2a 利润的8%: the whole commission of each deal, not rounded yet (元)."""
    deals = book.kept["deals"]
    book.kept["deals"] = deals.assign(whole=deals["profit"].array * rate)


def commission(
    book: Book, clause: Clause, due: Literal["pro_rata", "full_payment_only"], rounding: Literal["cumulative", "per_receipt"]
) -> Lines:
    """8.2b 以收到款项为准: the commission of every receipt, in the month it came in; refunds take it back (元).

    cumulative: what is due on all that came in so far, rounded, less what was due before. per_receipt: each receipt
    rounded by itself. full_payment_only: nothing until the whole contract is paid. `commission` is by month and person.
    """
    ledger = _commissions(book, due, rounding)
    book.outputs["commission"] = _by_month_and_person(ledger)
    book.outputs["commission_ledger"] = ledger.drop(columns="_row").sort_values("received_on", kind="stable", ignore_index=True)
    _name_deals_without_owner(book, clause, ledger)
    mine = ledger[book.in_period(ledger["received_on"]) & (book.codes(ledger["owner"]) >= 0)]
    persons = book.codes(mine["owner"])
    value, received = (sum_by(mine[name].array, persons, len(book.people)) for name in ("commission", "received_amount"))
    book.mark(value.isna(), "incomplete", ["profit"])
    return Lines(value, received, Cells("receipts", mine.index.to_numpy(), persons, "received_amount"))


def normalised(phones: pd.Series) -> pd.Series:
    """Numbers without blanks, dashes and the country's +86.

    >>> normalised(pd.Series(["138 0000 0001", "+86-13800000001"], dtype=object)).tolist()
    ['13800000001', '13800000001']
    """
    return phones.str.replace(r"[\s‐-―-]", "", regex=True).str.removeprefix("+86").astype(object)


def masked(phones: pd.Index) -> pd.Index:
    """Numbers with their middle hidden; of a short one only the end is left.

    >>> list(masked(pd.Index(["13800000001", "12345"])))
    ['138****0001', '****45']
    """
    return pd.Index([f"{one[:3]}****{one[-4:]}" if len(one) > 7 else f"****{one[-2:]}" for one in phones], dtype=object)


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


def _home_department(book: Book, rows: pd.DataFrame):
    """本部门: the department of most people of the roster, or else of most entries."""
    known = book.people["department"].dropna() if "department" in book.people else pd.Series(dtype=object)
    counts = (known if len(known) else rows["department"]).value_counts()
    return counts.index[0] if len(counts) else None


def _number_order(rows: pd.DataFrame) -> pd.Series:
    """The order of record numbers among entries of one customer in one second: 9 before 10, R9 before R10."""
    tied = rows.loc[rows.duplicated(["key", "second"], keep=False), "record_id"]
    places = {one: place for place, one in enumerate(sorted(tied.unique(), key=_natural))}
    return rows["record_id"].map(places).fillna(0)


def _natural(text: str) -> list:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]


def _assignees(moves: pd.DataFrame, keys: pd.Series, days: pd.Series) -> pd.Series:
    """To whom each customer was reassigned last, up to and on the given day."""
    asked = pd.DataFrame({"key": keys.astype(object), "day": days, "row": keys.index}).dropna().sort_values("day", kind="stable")
    moves = moves[["key", "reassigned_on", "to_employee"]].astype({"key": object})
    found = pd.merge_asof(asked, moves, left_on="day", right_on="reassigned_on", by="key").set_index("row")["to_employee"]
    return found.reindex(keys.index).astype(object)


def _commissions(book: Book, due: str, rounding: str) -> pd.DataFrame:
    """Every receipt in the order of its deal, with the owner, what was received so far and the commission it brings."""
    rows = book.table("receipts").sort_values(["deal_id", "received_on"], kind="stable")
    deals = book.kept["deals"].set_index("deal_id")
    deal = deals.index.get_indexer(rows["deal_id"])
    starts, amounts = ~rows.duplicated("deal_id").to_numpy(), rows["received_amount"].array
    received = running_sums(amounts, starts)
    whole, contract = (deals[name].array.take(deal, allow_fill=True) for name in ("whole", "contract_amount"))
    if due == "full_payment_only":
        given = changes(half_up(where(received >= contract, whole, 0)), starts)
    elif rounding == "cumulative":
        given = changes(half_up(whole * received / contract), starts)
    else:
        given = half_up(whole * amounts / contract)
    owner = pd.Series(np.append(deals["owner"].to_numpy(dtype=object), None)[deal], index=rows.index, dtype=object)
    return rows.assign(owner=owner, received_to_date=received, commission=given)


def _by_month_and_person(ledger: pd.DataFrame) -> dict[str, dict]:
    """佣金 in yuan by month and then by person."""
    owned = ledger[ledger["owner"].notna() & ledger["received_on"].notna()]
    months = owned["received_on"].dt.strftime("%Y-%m")
    pairs = pd.MultiIndex.from_arrays([months, owned["owner"]])
    codes, found = pairs.factorize()
    sums = sum_by(owned["commission"].array, codes, len(found))
    result: dict[str, dict] = {}
    for (month, person), amount in sorted(zip(found, sums, strict=True), key=lambda one: one[0]):
        result.setdefault(month, {})[person] = amount
    return result


def _name_deals_without_owner(book: Book, clause: Clause, ledger: pd.DataFrame) -> None:
    """A commission that nobody can be paid yet: no lead, no closer, or a tie of entries."""
    lacking = ledger.loc[ledger["owner"].isna() & book.in_period(ledger["received_on"]), "deal_id"]
    if len(lacking):
        title = say("到款业务没有归属人，佣金未发", "deals with receipts but no owner, commission not paid")
        book.flag("commission_without_owner", title, ["department"], clause, per="department", detail=list(lacking.unique()))
