"""名单 and 佣金: who owns a customer, what happens to duplicates and reassignments, and the commission on cash (8, 9.4, 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, sum_by
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.receipts import Receipts, commissions, receipts_by_deal
from kpi_helpers.schemes.dawo.staff import has_left
from kpi_helpers.tables import Tables

Key = Literal["normalised_phone", "phone", "lead_id"]
_NEVER = pd.Timestamp("2262-01-01")  # an entry without a time comes last


@dataclass
class Customers:
    """客户: every customer whom a sheet names, and which one each row of a sheet is of, -1 for none."""

    keys: pd.Index
    leads: np.ndarray
    reassignments: np.ndarray
    deals: np.ndarray


@dataclass
class Entries:
    """首次录入: the row of each customer's first entry, -1 for none, and its owner; and the rows of all customers of several people."""

    first: np.ndarray
    owner: np.ndarray
    duplicates: np.ndarray


def lead_keys(book: Book, key: Key) -> None:
    """10.2 不重复不浪费不泄密: what makes two entries the same customer: the number without spaces, dashes and +86, or as typed."""
    book.kept["customers"] = book.once(_customers, key)


def first_entries(book: Book, scope: Literal["department", "company"], home: str | None, tie: Literal["record_id", "manual"]) -> None:
    """10.4a 撞单以首次录入信息为准: the first entry of each customer; in the same second the lower record number.

    department: only entries of this department (`home`, else the one most people or entries belong to) compete.
    manual: a tie of several people has no owner until somebody decides. `duplicate_leads` lists every collision.
    """
    leads, customers = book.table("leads"), book.kept["customers"]
    seconds, people = book.once(_seconds_and_people)
    rows = np.flatnonzero(customers.leads >= 0)
    if scope == "department" and "department" in leads:
        department = leads["department"].iloc[rows]
        home = home or book.once(_department_of_most) or _most(department)
        rows = rows[(department.isna() | (department == home)).to_numpy(dtype=bool)]
    rows = rows[np.lexsort((_number_order(book, rows), seconds[rows]))]
    customer, size = customers.leads[rows], len(customers.keys)
    found, place = np.unique(customer, return_index=True)
    first = np.full(size, -1)
    first[found] = rows[place]
    owner = np.append(leads["employee_id"].to_numpy(dtype=object), None)[first]
    if tie == "manual":
        equal = seconds[rows] == seconds[first[customer]]
        owner[_of_several(customer[equal], people[rows][equal], size)] = None
    book.kept["entries"] = Entries(first, owner, rows[_of_several(customer, people[rows], size)[customer]])


def check_reassignments(tables: Tables) -> list[RowFault]:
    """名单改派: which customer goes to whom, and when; a row that does not say it changes no owner, so it is refused and listed."""
    rows, problem = tables["reassignments"], say("不能为空，该改派不计", "must not be blank, the reassignment does not count")
    blank = {name: rows[name].isna() for name in ("phone", "to_employee", "reassigned_on")}
    blank["phone"] &= rows["lead_id"].isna() if "lead_id" in rows else True
    lacking = {int(row): name for name in reversed(blank) for row in np.flatnonzero(blank[name])}  # one fault for each row
    return [RowFault("reassignments", row, name, None, "blank", problem, stops=False) for row, name in sorted(lacking.items())]


def reassignments(book: Book, by: Literal["data_post", "supervisor"]) -> None:
    """10.1b 名单管理由数据岗负责: only reassignments by that role count; others are refused and listed."""
    rows = book.table("reassignments")
    formal = (rows["by_role"] == by).to_numpy(dtype=bool)
    book.refuse("reassignments", np.flatnonzero(~formal), "not_by_list_admin", "by_role")
    moves = np.flatnonzero(formal & (book.kept["customers"].reassignments >= 0))
    book.kept["moves"] = moves[np.argsort(rows["reassigned_on"].to_numpy()[moves], kind="stable")]


def lead_owners(book: Book, ownership: Literal["assignee", "first_entry"]) -> None:
    """10.4b 提佣计入首次录入信息专员: `lead_owner` by customer; a formal reassignment makes the assignee the owner.

    first_entry: the first entry stays the owner for good.
    """
    if ownership == "first_entry":
        book.kept["moves"] = book.kept["moves"][:0]
    rows, moves, entries = book.table("reassignments"), book.kept["moves"], book.kept["entries"]
    if book.period is not None:
        moves = moves[rows["reassigned_on"].to_numpy()[moves] <= np.datetime64(book.period.last)]
    moved = book.kept["customers"].reassignments[moves]
    owner, listed = entries.owner.copy(), entries.first >= 0
    owner[moved], listed[moved] = rows["to_employee"].to_numpy(dtype=object)[moves], True
    book.kept["lead_owner"] = owner, np.flatnonzero(listed)
    book.outputs["lead_owner"] = listing(_lead_owners, book.kept["customers"].keys, *book.kept["lead_owner"])


def lead_table(book: Book, mask: YesNo) -> None:
    """9.4 用户信息不得泄露: the owners and the duplicates for readers, with the middle of every number hidden.

    Open leads (without a deal) of people who have left are marked for reassignment.
    """
    show, leads, entries = masked if mask else pd.Index, book.table("leads"), book.kept["entries"]
    gone = book.people.index[has_left(book)]
    given = show, leads, book.kept["customers"], entries
    book.outputs["lead_table"] = listing(_lead_table, *given, *book.kept["lead_owner"], gone)
    book.outputs["duplicate_leads"] = listing(_duplicate_leads, *given)


def deal_owners(book: Book) -> None:
    """8.3 促使成交的客服人员: the owner of each deal: as Finance entered, else of the lead when it was closed, else who closed it.

    A deal without a closing date counts as closed on the day of its first receipt. A tie to be decided has no owner.
    """
    deals, entries, customer = book.table("deals"), book.kept["entries"], book.kept["customers"].deals
    assignee, first = _assignees(book, customer, book.once(_closing_days)), np.append(entries.owner, None)[customer]
    closer = np.where(np.append(entries.first >= 0, False)[customer], None, deals["closed_by"].to_numpy(dtype=object))
    owner = deals["owner"].to_numpy(dtype=object)
    for other in (assignee, first, closer):
        owner = np.where(pd.isna(owner), other, owner)
    book.kept["deal_owner"] = owner


def deal_commission(book: Book, rate: Number) -> None:
    """8.2a 利润的8%: the whole commission of each deal, not rounded yet (元)."""
    book.kept["deal_commission"] = book.table("deals")["profit"].array * rate


def commission(
    book: Book, clause: Clause, due: Literal["pro_rata", "full_payment_only"], rounding: Literal["cumulative", "per_receipt"]
) -> Lines:
    """8.2b 以收到款项为准: the commission of every receipt, in the month it came in; refunds take it back (元).

    cumulative: what is due on all that came in so far, rounded, less what was due before. per_receipt: each receipt
    rounded by itself. full_payment_only: nothing until the whole contract is paid. `commission` is by month and person.
    """
    receipts: Receipts = book.once(receipts_by_deal, book.period)
    given = commissions(receipts, book.kept["deal_commission"], due, rounding)
    owner = np.append(book.kept["deal_owner"], None)[receipts.deal]
    book.outputs["commission"] = listing(_by_month_and_person, book.table("receipts"), receipts, owner, given)
    book.outputs["commission_ledger"] = listing(_ledger, book.table("receipts"), receipts, owner, given)
    _name_deals_without_owner(book, clause, receipts.rows[pd.isna(owner) & receipts.inside])
    person = book.codes(owner)
    mine = receipts.inside & (person >= 0)
    value, received = (sum_by(amounts[mine], person[mine], len(book.people)) for amounts in (given, receipts.amount))
    book.mark(value.isna(), "incomplete", ["profit"])
    return Lines(value, received, Cells("receipts", receipts.rows[mine], person[mine], "received_amount"))


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


# -- parts -----------------------------------------------------------------------------------------------------------


def _customers(tables: Tables, key: Key) -> Customers:
    """Whom the sheets 名单, 名单改派 and 成交 name, told apart by the key."""
    column, found = "lead_id" if key == "lead_id" else "phone", []
    for name in ("leads", "reassignments", "deals"):
        rows = tables[name]
        keys = rows[column] if column in rows else pd.Series(None, index=rows.index, dtype=object)
        found.append((normalised(keys) if key == "normalised_phone" else keys).to_numpy(dtype=object))
    codes, keys = pd.factorize(np.concatenate(found))
    return Customers(pd.Index(keys, dtype=object), *np.split(codes, np.cumsum([len(one) for one in found])[:-1]))


def _seconds_and_people(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """When each lead was entered, to the second, and a number for who did."""
    rows = tables["leads"]
    return rows["recorded_at"].dt.floor("s").fillna(_NEVER).to_numpy(), pd.factorize(rows["employee_id"])[0]


def _department_of_most(tables: Tables) -> str | None:
    """本部门: the department of most people of the roster."""
    people = tables["employees"].drop_duplicates("employee_id")
    return _most(people["department"]) if "department" in people else None


def _most(words: pd.Series) -> str | None:
    """The word that occurs most."""
    counts = words.value_counts()
    return counts.index[0] if len(counts) else None


def _of_several(customer: np.ndarray, people: np.ndarray, size: int) -> np.ndarray:
    """Which customers several people have entered."""
    pairs = np.unique(customer[people >= 0] * (people.max(initial=0) + 1) + people[people >= 0])
    return np.bincount(pairs // (people.max(initial=0) + 1), minlength=size) > 1


def _number_order(book: Book, rows: np.ndarray) -> np.ndarray:
    """The order of record numbers among entries of one customer in one second: 9 before 10, R9 before R10."""
    alike = pd.DataFrame({"customer": book.kept["customers"].leads[rows], "second": book.once(_seconds_and_people)[0][rows]})
    tied, order = np.flatnonzero(alike.duplicated(keep=False)), np.zeros(len(rows), dtype=np.intp)
    if len(tied):
        order[tied] = np.unique(book.once(_record_places)[rows[tied]], return_inverse=True)[1]
    return order


def _record_places(tables: Tables) -> np.ndarray:
    """The place of every record number among all of them."""
    records = tables["leads"]["record_id"]
    places = {one: place for place, one in enumerate(sorted(records.unique(), key=_natural))}
    return records.map(places).to_numpy(dtype=np.intp)


def _natural(text: str) -> list:
    """A record number in parts that sort as people count: numbers by size, before words."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]


def _lead_owners(keys: pd.Index, owner: np.ndarray, listed: np.ndarray) -> pd.Series:
    """名单归属 by customer."""
    return pd.Series(owner[listed], index=keys[listed].rename("key"), dtype=object).sort_index()


def _lead_table(show, leads: pd.DataFrame, customers: Customers, entries: Entries, owner, listed, gone: pd.Index) -> pd.DataFrame:
    """名单归属 for readers: the first entry and the owner of each customer, and whether a leaver's open lead waits for another."""
    listed = listed[np.argsort(customers.keys.to_numpy()[listed])]
    free = ~np.isin(listed, customers.deals)
    return pd.DataFrame(
        {
            "phone": show(customers.keys[listed]),
            "record_id": np.append(leads["record_id"].to_numpy(dtype=object), None)[entries.first[listed]],
            "owner": owner[listed],
            "to_reassign": pd.Index(owner[listed]).isin(gone) & free,
        }
    )


def _duplicate_leads(show, leads: pd.DataFrame, customers: Customers, entries: Entries) -> pd.DataFrame:
    """撞单: every entry of a customer whom several people have entered."""
    rows, customer = entries.duplicates, customers.leads[entries.duplicates]
    shown = leads[["record_id", "employee_id", "recorded_at"]].iloc[rows].reset_index(drop=True)
    return shown.assign(owner=entries.owner[customer], phone=show(customers.keys[customer]))


def _closing_days(tables: Tables) -> np.ndarray:
    """When each deal was closed, else the day of its first receipt."""
    deals = tables["deals"]
    paid = tables["receipts"].groupby("deal_id")["received_on"].min()
    return deals["closed_on"].fillna(pd.Series(paid.reindex(deals["deal_id"]).to_numpy(), deals.index)).to_numpy()


def _assignees(book: Book, customer: np.ndarray, days: np.ndarray) -> np.ndarray:
    """To whom each customer was reassigned last, up to and on the given day; None for nobody."""
    rows, moves = book.table("reassignments"), book.kept["moves"]
    moved = book.kept["customers"].reassignments[moves]
    # customer and day in one number, to look for the last move that is not later
    ranks = np.unique(np.concatenate([rows["reassigned_on"].to_numpy()[moves], days]), return_inverse=True)[1]
    number = np.concatenate([moved, customer]) * len(ranks) + ranks
    order = np.argsort(number[: len(moves)], kind="stable")
    place = np.append(-1, order)[np.searchsorted(number[order], number[len(moves) :], side="right")]
    known = (customer >= 0) & ~np.isnat(days) & (np.append(moved, -1)[place] == customer)
    return np.where(known, np.append(rows["to_employee"].to_numpy(dtype=object)[moves], None)[place], None)


def _ledger(rows: pd.DataFrame, receipts: Receipts, owner: np.ndarray, given: ExactArray) -> pd.DataFrame:
    """佣金台账: every receipt with the owner, what came in of its deal so far and the commission it brings."""
    rows = rows.iloc[receipts.rows].drop(columns="_row").assign(owner=owner, received_to_date=receipts.to_date, commission=given)
    return rows.sort_values("received_on", kind="stable", ignore_index=True)


def _by_month_and_person(rows: pd.DataFrame, receipts: Receipts, owner: np.ndarray, given: ExactArray) -> dict[str, dict]:
    """佣金 in yuan by month and then by person."""
    ledger = rows.iloc[receipts.rows].assign(owner=owner, commission=given)
    owned = ledger[ledger["owner"].notna() & ledger["received_on"].notna()]
    months = owned["received_on"].dt.strftime("%Y-%m")
    pairs = pd.MultiIndex.from_arrays([months, owned["owner"]])
    codes, found = pairs.factorize()
    sums = sum_by(owned["commission"].array, codes, len(found))
    result: dict[str, dict] = {}
    for (month, person), amount in sorted(zip(found, sums, strict=True), key=lambda one: one[0]):
        result.setdefault(month, {})[person] = amount
    return result


def _name_deals_without_owner(book: Book, clause: Clause, rows: np.ndarray) -> None:
    """A commission that nobody can be paid yet: no lead, no closer, or a tie of entries."""
    if len(rows):
        title = say("到款业务没有归属人，佣金未发", "deals with receipts but no owner, commission not paid")
        deals = list(book.table("receipts")["deal_id"].iloc[rows].unique())
        book.flag("commission_without_owner", title, ["department"], clause, per="department", detail=deals, term="deal_id")
