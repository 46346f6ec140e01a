"""四 基本工资, and the total that is paid."""

from __future__ import annotations

from typing import Literal

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book, published
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import missing, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.team_pool.staff import assessed, payroll


def monthly_wage(book: Book, amount: Number) -> Lines:
    """4a, 4b 基本工资: what payroll says is due (part months), else the amount; nothing for those who were paid nothing."""
    due, paid = payroll(book, "base_wage_due"), payroll(book, "wage_paid") > 0
    wage = where(due.isna(), where(paid, amount, 0), due)
    return Lines(where(assessed(book), wage, None), cells=book.cells("base_wage_due"))


def wage_due(book: Book) -> Lines:
    """其他岗位: the policy gives no wage, so payroll must say what is due; where it does not, the total stays open."""
    due = payroll(book, "base_wage_due")
    others = ~book.people["role"].isin(["cs", "cashier"]).to_numpy(dtype=bool) & assessed(book)
    paid = payroll(book, "wage_paid") > 0
    book.mark(others & paid & due.isna(), "incomplete", ["base_wage_due"])
    return Lines(where(assessed(book), where(due.isna() & ~paid, 0, due), None), cells=book.cells("base_wage_due"))


def wage_and_share(book: Book) -> Lines:
    """应发合计: base wage plus share, both posted already; no value while either is open."""
    amount = book.people["base_wage"].array + book.people["share"].array
    return Lines(missing(len(amount)), result=published(book, amount))


def minimum_wage(book: Book, clause: Clause, amount: Number | None, check: Literal["flag", "off"]) -> None:
    """最低工资: people whose total lies below the amount HR gave are flagged; nothing is corrected."""
    if amount is None or check == "off":
        return
    totals = book.people["total"].array
    low = totals < amount
    note = say("可能低于当地最低工资标准，请核对；系统不作调整。", "May lie below the statutory minimum wage; nothing is adjusted.")
    ids = book.people.index
    facts = {"detail": picked(totals, low, ids), "term": "total", "line": picked(amount, low, ids)}
    book.flag("below_min_wage", say("应发合计低于最低工资", "total below the minimum wage"), low, clause, note=note, **facts)
