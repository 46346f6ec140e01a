"""The shared scoring rules (计分规则): plain functions on exact columns; a signature is the schema of its clause.

A rule gets what it names: `book`, `clause`, `measure` (the column of the clause's measure), `measures`, `records`
(the rows it counts). Everything else is an argument written in the policy. It returns an exact column or Lines.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book, Lines, Records
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.events import entered_points
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, clip, constant, exact, half_up, maximum, missing, places_of, text, where
from kpi_helpers.policy import Clause


def per_event(records: Records, points: Number, free: Number = 0, floor: Number | None = None, cap: Number | None = None) -> Lines:
    """每次加减: so many points for each counted occurrence beyond the free ones, between floor and cap.

    records: rows of the clause's table. points: 分/次, negative for a deduction. floor, cap: bounds of the clause's
    result in 分.
    """
    count = records.count()
    value = clip(maximum(count - free, 0) * points, floor, cap)
    return Lines(value, count, records.cells())


def discretionary(
    book: Book,
    clause: Clause,
    records: Records,
    sign: Literal[1, -1],
    low: Number,
    high: Number,
    blank: Literal["incomplete", "low"] | None = None,
    approver: YesNo = False,
) -> Lines:
    """酌情: points that a person entered for each event, checked to lie within low..high (rows outside are refused).

    sign: 1 adds, -1 deducts. blank: an event without entered points counts nothing (none), its lowest value (low),
    or leaves the person's result incomplete. approver: an entry needs somebody who approved it.
    """
    entered = entered_points(records.frame)
    if blank == "low":
        entered = entered.fillna(low)
    open_rows = np.flatnonzero(entered.isna())
    if blank == "incomplete" and len(open_rows) and clause.per == "employee":
        ids = book.people.index[records.units[open_rows]]
        lacking: dict[str, list] = {}
        for employee_id, event_id in zip(ids, records.frame["event_id"].iloc[open_rows], strict=True):
            lacking.setdefault(employee_id, []).append(event_id)
        book.mark(list(lacking), "incomplete", lacking)
    return Lines(records.sum(entered.fillna(0) * sign), records.count(), records.cells("points"))


def flat(book: Book, clause: Clause, amount: Number) -> ExactArray:
    """定额: the same amount (or the amount of each person's column) for everybody whom the clause's `who` names."""
    size = len(book.units(clause.per))
    return amount if isinstance(amount, ExactArray) else constant(amount, size)


def weighted(measure: ExactArray, weight: Number) -> Lines:
    """加权: a rating times its weight (0.40 or 40 %). A missing rating stays missing."""
    return Lines(measure * weight, measure)


def section(book: Book, clause: Clause, cap: Number, floor: Number | None = 0) -> list[Lines]:
    """分项: a section starts with its cap as points, loses what its clauses deduct, and never falls below the floor.

    Gives two lines: the points of the section, and what lies below the floor handed back. The result named by `as:`
    is what is left of the section.
    """
    lost = book.posted(clause.per, sections=[clause.section])
    left = lost + cap
    kept = clip(left, floor)
    return [Lines(constant(cap, len(lost)), result=kept), Lines(kept - left, note=say("扣至保底为止", "held at the floor"))]


def total(
    book: Book,
    clause: Clause,
    start: Number | None = None,
    kinds: list[str] | None = None,
    sections: list[str] | None = None,
    floor: Number | None = None,
    cap: Number | None = None,
    places: Whole | None = None,
) -> list[Lines]:
    """合计: the sum of all lines posted so far in the clause's unit, held between floor and cap, rounded half up.

    start: points everybody begins with. Whatever floor, cap and rounding change is a line of its own. People whose
    result is not complete get no total.
    """
    added = constant(start or 0, len(book.units(clause.per)))
    raw = book.posted(clause.per, clause.unit, kinds, sections) + added
    bounded = clip(raw, floor, cap)
    final = bounded if places is None else half_up(bounded, places)
    if clause.per == "employee":
        final = where(book.complete(), final, None)
    lines = [Lines(added, note=say("基础分", "base points"))] if start is not None else []
    lines.append(Lines(bounded - raw, note=say("封顶或保底", "cap or floor")))
    lines.append(Lines((final - bounded).fillna(0), result=final, note=say("四舍五入", "rounding")))
    return lines


def banded(book: Book, clause: Clause, measure: ExactArray, bands: list[dict]) -> Lines:
    """分档: the whole amount takes the band it falls in; bands are [{from: 90, give: 优秀}, …, {give: 不合格}].

    `from` belongs to its band (>=); a band without `from` catches everything lower. A value below the lowest band is
    a DataError, never a guess. give: a number (posted) or a word (named by `as:`).
    """
    starts = sorted((band for band in bands if band.get("from") is not None), key=lambda band: band["from"], reverse=True)
    rest = [band["give"] for band in bands if band.get("from") is None]
    gives = [band["give"] for band in starts] + rest
    chosen = np.full(len(measure), -1)
    open_rows = ~measure.isna()
    for position, band in enumerate(starts):
        hit = open_rows & (measure >= band["from"])
        chosen[hit], open_rows = position, open_rows & ~hit
    if rest:
        chosen[open_rows], open_rows = len(starts), np.zeros_like(open_rows)
    if open_rows.any():
        unit = book.units(clause.per).index[int(np.flatnonzero(open_rows)[0])]
        shown = text(measure[int(np.flatnonzero(open_rows)[0])])
        problem = say(f"{shown}（{unit}）低于最低一档", f"{shown} ({unit}) lies below the lowest band")
        raise DataError(Fault(f"{book.policy.title} {clause.id} {clause.title}", problem))
    if all(isinstance(give, str) for give in gives):
        words = np.array([*gives, None], dtype=object)[chosen]
        return Lines(missing(len(measure)), measure, result=words)
    return Lines(exact([*gives, None])[chosen], measure)


def ranked(measure: ExactArray, order: Literal["descending", "ascending"] = "descending") -> Lines:
    """名次: 1 for the best, equals share a place and the next place is left out (1, 1, 3); no place without a value."""
    return Lines(missing(len(measure)), measure, result=places_of(measure, order == "descending"))


def in_effect(book: Book, clause: Clause, effective_from: str | None) -> None:
    """生效日期: a period that ends before the policy took effect (a day, 2018-05-01) is flagged, never refused."""
    if effective_from is not None and book.period is not None and str(book.period.last) < effective_from:
        title = say("考核期早于生效日期", "the period lies before the policy took effect")
        book.flag("not_yet_in_effect", title, ["department"], clause, "department", effective_from)


def rating_due(book: Book, clause: Clause, workdays: Whole) -> None:
    """评分期限: the last day for rating, so many working days after the period; ratings entered later are flagged as one list."""
    if book.period is None:
        return
    due = book.workdays().after(book.period.last, workdays)
    book.outputs["rating_due"] = str(due)
    rows = book.table(clause.table)
    if "rated_at" in rows:
        late = rows["employee_id"][(rows["rated_at"] >= str(due + timedelta(days=1))).to_numpy(dtype=bool)]
        if len(late):
            title = say(f"{due} 之后才评分", f"rated after {due}")
            book.flag("rated_late", title, ["department"], clause, "department", list(dict.fromkeys(late)))
