"""Rules that add up what was posted (合计): sections with a cap, and totals."""

from __future__ import annotations

from kpi_helpers.arguments import Number, Round, Whole
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import clip, constant, half_up, rounded_to, where
from kpi_helpers.policy import Clause


def section(book: Book, clause: Clause, cap: Number, floor: Number | None = 0) -> list[Lines]:
    """分项: a section starts with its cap as points, loses what its clauses deduct, and never falls below the floor.

    Gives two lines: the points of the section, and what lies below the floor handed back. The result named by `as:`
    is what is left of the section. cap, floor: 分. A clause without `section` is a PolicyError.
    """
    lost = book.posted(clause.per, sections=[clause.section])
    left = lost + cap
    kept = clip(left, floor)
    return [Lines(constant(0, len(lost)) + cap, result=kept), Lines(kept - left, note=say("扣至保底为止", "held at the floor"))]


section.check_clause = lambda clause, table: (
    [] if clause.section else [say("规则 section 要写 section（哪一部分）。", "rule section needs section:, the part it adds up.")]
)


def total(
    book: Book,
    clause: Clause,
    start: Number | None = None,
    kinds: list[str] | None = None,
    sections: list[str] | None = None,
    floor: Number | None = None,
    cap: Number | None = None,
    places: Whole | None = None,
    round: Round | None = None,
) -> list[Lines]:
    """合计: the sum of all lines posted so far in the clause's unit, held between floor and cap, then rounded.

    start: points everybody begins with. places: decimals, half up; round: any other way, {places: 0, mode: down}. What floor,
    cap and rounding change is a line of its own. kinds, sections: only these lines. People whose result is not complete get no total.
    """
    nothing = constant(0, len(book.units(clause.per)))
    raw = book.posted(clause.per, clause.unit, kinds, sections)
    raw = raw if start is None else raw + start
    bounded = clip(raw, floor, cap)
    final = bounded if places is None else half_up(bounded, places)
    final = final if round is None else rounded_to(final, round.step, round.mode)
    if clause.per == "employee":
        final = where(book.complete(), final, None)
    lines = [] if start is None else [Lines(nothing + start, note=say("基础分", "base points"))]
    lines.append(Lines(nothing if bounded is raw else bounded - raw, note=say("封顶或保底", "cap or floor")))
    lines.append(Lines((final - bounded).fillna(0), result=final, note=say("四舍五入", "rounding")))
    return lines


def _check_total(places=None, round=None, kinds=None, sections=None, **_):
    if places is not None and (round is not None or places > 6):
        yield say("places 为 0 至 6；places 与 round 只写一个。", "places: 0 to 6, and either places or round.")
    if kinds == [] or sections == []:
        yield say("kinds、sections 不能是空表；不写即全部。", "kinds and sections must not be empty; leave them out for all.")


total.check = _check_total
