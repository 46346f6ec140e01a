"""基本分100分: the conduct score, and the additions that come from other tables than the events (sections 1.3 and 4)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book, published
from kpi_helpers.calendar import Period
from kpi_helpers.checks import RowFault
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.numbers import ExactArray, added, clip, constant, count_by, exact, half_up
from kpi_helpers.policy import Clause
from kpi_helpers.rules import per_event
from kpi_helpers.schemes.dawo.staff import persons
from kpi_helpers.tables import Tables


def hundred_points(book: Book, base: Number, floor: Number | None, cap: Number | None) -> list[Lines]:
    """1.3a 基本分100分: the base plus additions less deductions, held between floor and cap, rounded half up (分)."""
    people = book.people
    size = len(people)
    posted = book.values_posted("employee", "分")
    total, additions = added(posted, size), added([ExactArray(np.maximum(one.num, 0), one.den) for one in posted], size)
    people["deductions"], people["additions"] = additions - total, additions
    raw = total + base
    people["raw_score"] = clip(raw, floor, cap)
    score = published(book, people["raw_score"].array)
    return [
        Lines(constant(base, size), note=say("基本分", "base points")),
        Lines(people["raw_score"].array - raw, note=say("封顶或保底", "cap or floor")),
        Lines(half_up(people["raw_score"].array) - people["raw_score"].array, note=say("四舍五入", "rounding"), result=score),
    ]


hundred_points.unrounded = "raw_score"


def adopted_suggestions(book: Book, records: Records, points: Number) -> list[Lines]:
    """4.add.3 合理化建议被采纳: points for each author of a suggestion adopted in the month, or for each event."""
    return [per_event(records, points), _per_row(book, suggestion_authors(book), points, "suggestions", "authors")]


def full_marks(book: Book, records: Records, points: Number) -> list[Lines]:
    """4.add.4a 业务考试满分: points for each exam of the month with full marks, or for each event."""
    exams = book.table("exam_scores")
    full = (exams["score"].array == exams["full_mark"].array) & book.in_period(exams["date"])
    rows = np.flatnonzero(full)
    return [per_event(records, points), _per_row(book, (rows, book.codes(exams["employee_id"].iloc[rows])), points, "exam_scores", "score")]


def star_points(book: Book, points: Number, month: Literal["announcement_month", "award_month"]) -> Lines:
    """4.add.4b 服务之星: points for each star, in the month of the announcement or in the (last) month it was won for."""
    decisions = book.table("star_decisions")
    stars = book.kept["decided_stars"]
    if month == "announcement_month":
        mine = book.in_period(decisions["announced_on"].iloc[stars])
    else:
        ends = [pd.Timestamp(Period.parse(period).last) for period in decisions["period"].iloc[stars]]
        mine = book.in_period(pd.Series(ends, dtype="datetime64[us]"))
    rows = stars[mine]
    return _per_row(book, (rows, book.codes(decisions["employee_id"].iloc[rows])), points, "star_decisions", "employee_id")


def attendance_rules(book: Book, clause: Clause, records: Records, handbook: Literal["external"] | dict) -> list[Lines]:
    """4.att2 按《员工手册》处理: external rules cost no points here and are flagged; HR may give points for each kind.

    handbook: external, or {迟到: 1, 旷工: 5} in 分 per occurrence of 考勤.
    """
    rows = book.table("attendance")
    counts = ~rows["excused"].to_numpy(dtype=bool) if "excused" in rows else np.ones(len(rows), dtype=bool)
    counts &= book.in_period(rows["date"])
    positions = np.flatnonzero(counts)
    person = book.codes(rows["employee_id"].iloc[positions])
    times = count_by(person, len(book.people)) + records.count()
    if handbook == "external":
        title = say("违反考勤制度，按《员工手册》处理", "attendance violation, handled by the external handbook")
        detail = {book.people.index[row]: times[int(row)] for row in np.flatnonzero(times > 0)}
        book.flag("external_rule_attendance", title, list(detail), clause, detail=detail)
        return [Lines(times * 0, times, Cells("attendance", positions, person, "kind"))]
    each = exact([handbook.get(kind, 0) for kind in rows["kind"].iloc[positions]])
    codes = Records("attendance", rows, positions, person, len(book.people))
    number = rows["count"].array[positions] if "count" in rows else 1
    return [Lines(-codes.sum(each * number), codes.count(), codes.cells("kind"))]


def suggestion_authors(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Row and person of every author of a suggestion adopted in the month; each author once."""
    rows = book.table("suggestions")
    adopted = np.flatnonzero(rows["adopted_on"].notna().to_numpy() & book.in_period(rows["adopted_on"]))
    pairs = [(row, author) for row in adopted for author in dict.fromkeys(rows["authors"].iloc[row] or [])]
    return np.array([row for row, _ in pairs], dtype=np.intp), book.codes([author for _, author in pairs])


def counted_events(book: Book, *clauses: str) -> tuple[np.ndarray, np.ndarray]:
    """Row and person of every event under these clauses that counts."""
    rows, person = book.once(_events_under, *clauses)
    kept = book.events["kept"].to_numpy(dtype=bool)[rows]
    return rows[kept], person[kept]


def check_authors(tables: Tables) -> list[RowFault]:
    """合理化建议: every author is on the roster."""
    if "employees" not in tables.delivered:
        return []
    known, rows = set(tables["employees"]["employee_id"]), tables["suggestions"]
    strangers = [(row, "、".join(set(names or []) - known)) for row, names in enumerate(rows["authors"])]
    return [
        RowFault("suggestions", row, "authors", names, "unknown_employee", say(f"花名册中没有“{names}”", f"'{names}' is not on the roster"))
        for row, names in strangers
        if names
    ]


def _events_under(tables: Tables, *clauses: str) -> tuple[np.ndarray, np.ndarray]:
    events = tables["events"]
    rows = np.flatnonzero(events["clause"].isin(clauses))
    return rows, persons(tables, events["employee_id"].iloc[rows])


def _per_row(book: Book, found: tuple[np.ndarray, np.ndarray], points, table: str, column: str) -> Lines:
    """Points for each (row, person) pair of a table."""
    rows, person = found[0][found[1] >= 0], found[1][found[1] >= 0]
    count = count_by(person, len(book.people))
    return Lines(count * points, count, Cells(table, rows, person, column))
