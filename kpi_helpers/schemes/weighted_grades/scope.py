"""适用范围: whom the month covers, and who is rated in it (1.2)."""

from __future__ import annotations

import numpy as np

from kpi_helpers.arguments import YesNo
from kpi_helpers.book import Book
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import missing
from kpi_helpers.period_rows import days_of
from kpi_helpers.schemes.weighted_grades.sheets import words_of


def in_scope(book: Book, include_trial: YesNo, include_head: YesNo) -> Lines:
    """1.2 适用范围: whom the month covers; as: whether somebody was employed for the whole of it (整月)."""
    people = book.people
    outside = np.zeros(len(people), dtype=bool)
    if not include_head and "role" in people:
        outside |= (people["role"] == "head").to_numpy(dtype=bool)
    if not include_trial:
        roster = book.table("employees")  # the people's own column `status` is that of the result
        outside |= people.index.isin(roster["employee_id"][words_of(roster, "status") == "trial"])
    book.mark(outside, "out_of_scope")
    hired, left = days_of(people, "hire_date"), days_of(people, "leave_date")
    if book.period is None:
        return Lines(missing(len(people)), result=np.ones(len(people), dtype=bool))
    first, last = np.datetime64(book.period.first), np.datetime64(book.period.last)
    book.mark((left < last) | (hired > last), "not_assessed")
    return Lines(missing(len(people)), result=~((hired > first) | (left < last)))


def assessed(book: Book) -> np.ndarray:
    """Who is rated this month: everybody in scope, be the result complete or not."""
    return ~book.people["status"].isin(["out_of_scope", "not_assessed"]).to_numpy(dtype=bool)
