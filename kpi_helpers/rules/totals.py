"""Rules that add up what was posted (合计): sections with a cap, and totals."""

from __future__ import annotations

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book, Lines
from kpi_helpers.language import say
from kpi_helpers.numbers import clip, constant, half_up, where
from kpi_helpers.policy import Clause


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
