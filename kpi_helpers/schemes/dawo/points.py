"""基本分100分: the conduct score, and the additions that come from other tables than the events (sections 1.3 and 4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book, published
from kpi_helpers.calendar import Period
from kpi_helpers.checks import RowFault
from kpi_helpers.events import entered_points, may_count
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.numbers import added, clip, constant, count_by, exact, half_up, is_number, text, where
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.rules import discretionary, per_event
from kpi_helpers.schemes.dawo.staff import persons, scored
from kpi_helpers.tables import Tables


def hundred_points(book: Book, base: Number, floor: Number | None, cap: Number | None) -> list[Lines]:
    """1.3a 基本分100分: the base plus additions less deductions, held between floor and cap, rounded half up (分)."""
    people = book.people
    size = len(people)
    total, parts = book.posted("employee"), book.values_posted("employee", "分")
    additions = added([where(one > 0, one, 0) for one in parts if (one.num > 0).any()], size)
    people["deductions"], people["additions"] = additions - total, additions
    raw = total + base
    people["raw_score"] = clip(where(scored(book), raw, None), floor, cap)
    score = published(book, people["raw_score"].array)
    return [
        Lines(where(scored(book), constant(base, size), None), note=say("基本分", "base points")),
        Lines(people["raw_score"].array - raw, note=say("封顶或保底", "cap or floor")),
        Lines(half_up(people["raw_score"].array) - people["raw_score"].array, note=say("四舍五入", "rounding"), result=score),
    ]


hundred_points.unrounded = "raw_score"


def adopted_suggestions(book: Book, records: Records, points: Number) -> list[Lines]:
    """4.add.3 合理化建议被采纳: points for each author of a suggestion adopted in the month, or for each event."""
    return [per_event(records, points), _per_row(book, points, "suggestions", *suggestion_authors(book), "authors")]


def check_authors(tables: Tables) -> list[RowFault]:
    """合理化建议: every author is on the roster."""
    if "employees" not in tables.delivered:
        return []
    known, faults = set(tables["employees"]["employee_id"]), []
    for row, authors in enumerate(tables["suggestions"]["authors"]):
        names = "、".join(one for one in dict.fromkeys(authors or []) if one not in known)
        if names:
            problem = say(f"花名册中没有“{names}”", f"'{names}' is not on the roster")
            faults.append(RowFault("suggestions", row, "authors", names, "unknown_employee", problem))
    return faults


def check_discretion(policy: Policy, tables: Tables) -> list[RowFault]:
    """酌情奖励: a confirmed event without points is refused and listed; it would be worth nothing without a word."""
    events = tables["events"]
    ids = [one.id for one in policy.clauses if one.rule is discretionary and one.arguments.get("blank") is None]
    blank = may_count(policy, events) & events["clause"].isin(ids).to_numpy(dtype=bool) & entered_points(events).isna()
    problem = say("酌情奖励没有填分值，不计", "has no points, so it does not count")
    return [RowFault("events", int(row), "points", None, "blank", problem, stops=False) for row in np.flatnonzero(blank)]


def check_exams(tables: Tables) -> list[RowFault]:
    """考试成绩: full marks are more than 0, and nobody has more than these."""
    rows = tables["exam_scores"]
    none = np.flatnonzero(rows["full_mark"].array <= 0)
    more = np.flatnonzero((rows["score"].array > rows["full_mark"].array) & ~(rows["full_mark"].array <= 0))
    found = [("full_mark", row, say("满分应大于 0", "full marks must be more than 0")) for row in none]
    found += [("score", row, say("不能高于满分", "is more than full marks")) for row in more]
    return [RowFault("exam_scores", int(row), name, rows[name].iloc[row], "out_of_range", problem) for name, row, problem in found]


def full_marks(book: Book, records: Records, points: Number) -> list[Lines]:
    """4.add.4a 业务考试满分: points for each exam of the month with full marks, or for each event."""
    exams = book.table("exam_scores")
    rows = np.flatnonzero((exams["score"].array == exams["full_mark"].array) & book.in_period(exams["date"]))
    person = book.codes(exams["employee_id"].iloc[rows])
    return [per_event(records, points), _per_row(book, points, "exam_scores", rows, person, "score")]


def star_points(book: Book, points: Number, month: Literal["announcement_month", "award_month"]) -> Lines:
    """4.add.4b 服务之星: points for each star, in the month of the announcement or in the (last) month it was won for."""
    stars = book.table("star_decisions").iloc[book.kept["decided_stars"]]
    days = stars["announced_on"]
    if month == "award_month":
        days = pd.Series([Period.parse(period).last for period in stars["period"]], dtype="datetime64[us]")
    mine = book.in_period(days)
    return _per_row(book, points, "star_decisions", book.kept["decided_stars"][mine], book.codes(stars["employee_id"][mine]), "employee_id")


def attendance_rules(book: Book, clause: Clause, records: Records, handbook: Literal["external"] | dict) -> Lines:
    """4.att2 按《员工手册》处理: external rules cost no points here and are flagged; HR may give points for each kind.

    handbook: external, or {迟到: 1, 旷工: 5} in 分 per occurrence of 考勤, none below 0; a kind that is not in this table
    costs nothing and is flagged as external, and so is an event, which has no kind.
    """
    rows, prices = book.table("attendance"), handbook if isinstance(handbook, dict) else {}
    excused = rows["excused"].to_numpy(dtype=bool) if "excused" in rows else np.zeros(len(rows), dtype=bool)
    positions = np.flatnonzero(~excused & book.in_period(rows["date"]))
    violations = Records("attendance", rows, positions, book.codes(rows["employee_id"].iloc[positions]), len(book.people))
    kinds = violations.column("kind")
    external = violations.pick(~kinds.isin(list(prices)).to_numpy(dtype=bool)).count() + records.count()
    title = say("违反考勤制度，按《员工手册》处理", "attendance violation, handled by the external handbook")
    concerned = external > 0
    detail = picked(external, concerned, book.people.index)
    book.flag("external_rule_attendance", title, concerned, clause, detail=detail, term="violations")
    times = rows["count"].array[positions] if "count" in rows else 1
    lost = violations.sum(exact([prices.get(kind, 0) for kind in kinds]) * times)
    return Lines(-lost, violations.count() + records.count(), [violations.cells("kind"), records.cells("clause")])


def _check_handbook(handbook, **_):
    for kind, points in handbook.items() if isinstance(handbook, dict) else ():
        if not is_number(points) or points < 0:
            shown = text(points) if isinstance(points, Fraction) else points
            yield say(f"“{kind}”每次扣 {shown} 分无效，应为不小于 0 的数。", f"'{kind}': {shown} points must be a number, 0 or more.")


attendance_rules.check = _check_handbook


def suggestion_authors(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Row and person of every author of a suggestion adopted in the month; each author once."""
    rows = book.table("suggestions")
    adopted = np.flatnonzero(rows["adopted_on"].notna().to_numpy() & book.in_period(rows["adopted_on"]))
    pairs = [(row, author) for row in adopted for author in dict.fromkeys(rows["authors"].iloc[row] or [])]
    return np.array([row for row, _ in pairs], dtype=np.intp), book.codes([author for _, author in pairs])


def counted_events(book: Book, *clauses: str) -> tuple[np.ndarray, np.ndarray]:
    """Row and person of every event under these clauses that counts for somebody."""
    rows, person = book.once(_events_under, *clauses)
    kept = book.events["kept"].to_numpy(dtype=bool)[rows] & (person >= 0)
    return rows[kept], person[kept]


# -- parts -----------------------------------------------------------------------------------------------------------


def _events_under(tables: Tables, *clauses: str) -> tuple[np.ndarray, np.ndarray]:
    events = tables["events"]
    rows = np.flatnonzero(events["clause"].isin(clauses))
    return rows, persons(tables, events["employee_id"].iloc[rows])


def _per_row(book: Book, points, table: str, rows: np.ndarray, person: np.ndarray, column: str) -> Lines:
    """Points for each of these rows of a table, to the person beside it."""
    known = person >= 0
    count = count_by(person[known], len(book.people))
    return Lines(count * points, count, Cells(table, rows[known], person[known], column))
