"""Rules that look at the calendar (日期): when a policy took effect, and until when ratings are due."""

from __future__ import annotations

from datetime import date, timedelta

from kpi_helpers.arguments import Whole
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.policy import Clause


def in_effect(book: Book, clause: Clause, effective_from: str | None) -> None:
    """生效日期: a period that ends before the policy took effect (a day, 2018-05-01) is flagged, never refused.

    effective_from: a day; none where the policy does not say it. Anything else is a PolicyError.
    """
    if effective_from is not None and book.period is not None and str(book.period.last) < effective_from:
        title = say("考核期早于生效日期", "the period lies before the policy took effect")
        book.flag("not_yet_in_effect", title, ["department"], clause, "department", effective_from, term="effective_from")


def _check_day(effective_from=None, **_):
    try:
        date.fromisoformat(effective_from or "2000-01-01")
    except ValueError:
        yield say(f"“{effective_from}”不是日期（写作 2018-05-01）。", f"'{effective_from}' is not a date (write 2018-05-01).")


in_effect.check = _check_day


def rating_due(book: Book, clause: Clause, workdays: Whole) -> None:
    """评分期限: the last day for rating, so many working days after the period; ratings entered later are flagged as one list.

    workdays: whole days of the official calendar. The clause's table is that of the ratings; its column rated_at says when.
    """
    if book.period is None:
        return
    due = book.workdays().after(book.period.last, workdays)
    book.outputs["rating_due"] = str(due)
    rows = book.table(clause.table)
    if {"rated_at", "employee_id"} <= set(rows):
        late = rows["employee_id"][(rows["rated_at"] >= str(due + timedelta(days=1))).to_numpy(dtype=bool)]
        if len(late):
            title = say(f"{due} 之后才评分", f"rated after {due}")
            book.flag("rated_late", title, ["department"], clause, "department", list(dict.fromkeys(late)), term="rated_late")


rating_due.check = lambda workdays, **_: [] if workdays <= 366 else [say("workdays 不能超过 366。", "workdays: at most 366.")]
