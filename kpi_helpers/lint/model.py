"""推算: a policy computed with ranges instead of people, so that checks know what every figure, line and total can come to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from math import inf

from kpi_helpers.arguments import ByColumn, Named, Rounding
from kpi_helpers.checks import event_clauses
from kpi_helpers.columns import NUMERIC, Column
from kpi_helpers.figures import VISIBLE, Figures
from kpi_helpers.lint.conditions import overlapping
from kpi_helpers.lint.findings import shared_rule
from kpi_helpers.lint.giving import Giving
from kpi_helpers.lint.spans import ONE, UNKNOWN, ZERO, Span
from kpi_helpers.policy import Clause, Policy

_MANY = 50  # so many lines are tried for excluding each other; more of them simply add up
_PRIMES = (7, 13, 11, 17, 19, 23, 29, 31, 37, 41)


@dataclass(frozen=True)
class Line:
    """What one clause posts, within which range."""

    clause: Clause
    span: Span
    optional: bool = False  # some people get no such line


@dataclass(frozen=True)
class Sum:
    """One total: the lines it adds, what it starts from, what is left after floor, cap and rounding."""

    clause: Clause
    lines: tuple[Line, ...]
    start: Span
    final: Span

    def best(self, without: set[str] = frozenset()) -> Fraction:
        """What is added at best by all lines that have a bound, but those of some clauses."""
        highs = (line.span.high for line in self.lines if line.clause.id not in without)
        return sum((high for high in highs if 0 < high < inf), Fraction(0))


@dataclass
class Model(Giving):
    """The ranges of one policy; figures by (per, name)."""

    policy: Policy
    ceiling: Fraction | None = None  # what a number without a stated largest value is taken to reach at most
    lowest: Fraction | float = Fraction(0)  # what a number without a stated least value is taken to be at least
    figures: dict[tuple[str, str], Span] = field(default_factory=dict)
    makers: dict[tuple[str, str], list[Clause]] = field(default_factory=dict)
    before: dict[str, Span] = field(default_factory=dict)  # the measure of a clause, when it is computed
    raw: dict[str, Span] = field(default_factory=dict)  # what a clause would give without floor, cap and rounding
    lines: dict[str, Span] = field(default_factory=dict)  # what a clause gives
    sums: dict[str, Sum] = field(default_factory=dict)
    posts: list[Line] = field(default_factory=list)

    def __post_init__(self):
        self.sheets = Figures(self.policy.tables, list(self.policy.order))
        self.numbered: dict[tuple[str, str], int] = {}
        for clause in self.policy.order:
            rule = shared_rule(clause)
            if not rule:
                if clause.result:
                    self.figures[clause.per, clause.result] = UNKNOWN
                    self.makers.setdefault((clause.per, clause.result), []).append(clause)
                continue
            if clause.measure:
                per = "employee" if getattr(clause.rule, "pools", False) else clause.per
                self.before[clause.id] = self.narrowed(clause.measure, per, clause)
            if rule == "total":
                self.total(clause)
            elif rule == "section":
                self.section(clause)
            elif rule == "forfeited":
                self.forfeit(clause)
            else:
                self.post(clause, self.bounded(clause, self.given(clause, rule)))

    # -- figures --------------------------------------------------------------------------------------------------

    def span(self, name: str, per: str = "employee") -> Span:
        """A figure by its name: of an earlier clause, else of a sheet."""
        for one in VISIBLE[per]:
            if (one, name) in self.figures:
                return self.figures[one, name]
        found = self.sheets.column(name)
        return self.column(*found) if found else UNKNOWN

    def maker(self, name: str, per: str = "employee") -> Clause | None:
        """The clause that made a figure, None for a column."""
        return next((self.makers[one, name][-1] for one in VISIBLE[per] if (one, name) in self.makers), None)

    def narrowed(self, name: str, per: str, clause: Clause) -> Span:
        """A figure of the people for whom a clause holds: its own `who` may bound it."""
        span = self.span(name, per)
        if len(clause.who) != 1 or per != clause.per:
            return span
        tests = clause.who[0].get(name, {})
        for test, value in tests.items():
            if isinstance(value, Fraction) and test in ("at_least", "above"):
                span = replace(span, low=max(span.low, value))
            elif isinstance(value, Fraction) and test in ("at_most", "below"):
                span = replace(span, high=min(span.high, value))
        return span

    def column(self, table, column: Column) -> Span:
        """A column: what it may hold; a number is taken to be 0 or more unless the column says otherwise."""
        if column.kind == "bool":
            return Span(Fraction(0), Fraction(1), Fraction(1), Fraction(1))
        if column.kind == "clause":
            return Span(words=frozenset(one.id for one in event_clauses(self.policy)))
        if column.kind not in NUMERIC:
            return Span(words=frozenset(column.words) if column.words else None)
        low = next((one for one in (column.min, column.above) if isinstance(one, (int, Fraction))), self.lowest)
        high = column.max if isinstance(column.max, (int, Fraction)) else inf
        if high == inf and self.ceiling is not None and column.kind == "number" and column.unit in ("", "分"):
            high = max(self.ceiling, low)
        number = _PRIMES[self.numbered.setdefault((table.name, column.name), len(self.numbered)) % len(_PRIMES)]
        if column.kind == "integer":
            example = Fraction(number)
        else:
            example = Fraction(number + 50, 100) if high <= 1 else Fraction(2 * number + 1, 4) if high < 50 else number + Fraction(13, 20)
        if high == inf and column.kind != "integer":
            example += 100 * number
        low = low if low == -inf else Fraction(low)
        example = min(max(example, low), high)
        return Span(low, high if high == inf else Fraction(high), Fraction(1) if column.kind == "integer" else None, example)

    def number(self, value, per: str) -> Span:
        """An argument that stands for a number."""
        if value is None:
            return UNKNOWN
        if isinstance(value, Named):
            return self.span(value.name, per)
        if isinstance(value, str):
            return self.span(value, per)
        if isinstance(value, ByColumn):
            numbers = [*value.values.values(), *([] if value.otherwise is None else [value.otherwise])]
            return reduce(Span.hull, map(Span.of, numbers)) if numbers else UNKNOWN
        return Span.of(value)

    # -- posting --------------------------------------------------------------------------------------------------

    def bounded(self, clause: Clause, span: Span | None) -> Span | None:
        """Floor, cap and rounding that every clause may have."""
        if span is None or span.words is not None:
            return span
        if isinstance(clause.arguments.get("missing"), Fraction):
            span = span.hull(Span.of(clause.arguments["missing"]))
        self.raw[clause.id] = span
        span = span.clip(self.argument(clause, "floor"), self.argument(clause, "cap"))
        rounding = clause.arguments.get("round")
        return span.rounded(rounding.step, rounding.mode) if isinstance(rounding, Rounding) else span

    def post(self, clause: Clause, span: Span | None) -> None:
        if span is None:
            return
        self.lines[clause.id] = span
        if clause.result:
            self.name(clause, span)
        words = span.words is not None or shared_rule(clause) in ("distributed", "moved")
        if clause.unit and not words:
            self.posts.append(Line(clause, span, bool(clause.who)))

    def name(self, clause: Clause, span: Span) -> None:
        """Clauses of one name add up where they can hold for the same person, else the one or the other holds."""
        key = (clause.per, clause.result)
        if key in self.figures:
            before = self.makers[key]
            adds = span.words is None and any(
                overlapping(clause.who, one.who, lambda name: self.span(name, clause.per)) is not None for one in before[-_MANY:]
            )
            first, either = self.figures[key], self.figures[key].hull(span)
            span = either.hull(first + span) if adds and shared_rule(clause) not in ("total", "section") else either
        self.figures[key] = span
        self.makers.setdefault(key, []).append(clause)

    def added(self, lines: list[Line], per: str) -> Span:
        """The sum of lines; of lines that no one person can all have, only the largest (or smallest) counts."""
        whole, groups = ZERO, []
        for line in lines:
            free = (one for one in groups[:_MANY] if len(one) < _MANY and line.optional)
            group = next((one for one in free if all(other.optional and self.apart(line, other) for other in one)), None)
            if group is None:
                groups.append([line])
            else:
                group.append(line)
        for group in groups:
            span = reduce(Span.hull, [line.span for line in group])
            whole = whole + (replace(span.hull(ZERO), example=span.example) if any(line.optional for line in group) else span)
        return whole

    def apart(self, one: Line, other: Line) -> bool:
        return overlapping(one.clause.who, other.clause.who, lambda name: self.span(name, one.clause.per)) is None

    def total(self, clause: Clause) -> None:
        chosen, start = self.chosen(clause), self.argument(clause, "start", 0)
        final = self.bounded(clause, self.added(chosen, clause.per) + start)
        if clause.arguments.get("places") is not None:
            final = final.rounded(Fraction(1, 10 ** clause.arguments["places"]))
        self.sums[clause.id] = Sum(clause, tuple(chosen), start, final)
        self.replace(clause, chosen, final)

    def chosen(self, clause: Clause) -> list[Line]:
        return [line for line in self.posts if reaches(clause, line.clause)]

    def replace(self, clause: Clause, chosen: list[Line], span: Span) -> None:
        """What was posted so far now comes to this."""
        gone = set(map(id, chosen))
        self.posts = [line for line in self.posts if id(line) not in gone] + [Line(clause, span)]
        self.lines[clause.id] = span
        if clause.result:
            self.name(clause, span)

    def section(self, clause: Clause) -> None:
        cap, floor = self.argument(clause, "cap"), self.argument(clause, "floor") if "floor" in clause.arguments else ZERO
        chosen = self.chosen(clause)
        self.raw[clause.id] = self.added(chosen, clause.per) + cap
        final = self.raw[clause.id].clip(floor, None)
        self.sums[clause.id] = Sum(clause, tuple(chosen), cap, final)
        self.replace(clause, chosen, final)

    def forfeit(self, clause: Clause) -> None:
        chosen = self.chosen(clause)
        before = self.added(chosen, clause.per)
        left = before * (ONE - self.argument(clause, "part", 1))
        rounding = clause.arguments.get("round")
        left = left.rounded(rounding.step, rounding.mode) if isinstance(rounding, Rounding) else left
        self.replace(clause, chosen, replace(before.hull(left), example=before.example))


def adds(total: Clause, clause: Clause) -> bool:
    """Does a total, or the sum of a section, add what a clause posts?"""
    return shared_rule(total) in ("total", "section") and reaches(total, clause)


def reaches(later: Clause, clause: Clause) -> bool:
    """Does a total, the sum of a section or a forfeit look at what a clause posts?"""
    if later.per != clause.per:
        return False
    if shared_rule(later) == "section":
        return clause.unit == "分" and clause.section == later.section
    kinds, sections, clauses = (later.arguments.get(name) for name in ("kinds", "sections", "clauses"))
    return (
        clause.unit == later.unit
        and (kinds is None or clause.kind in kinds)
        and (sections is None or clause.section in sections)
        and (clauses is None or clause.id in clauses)
    )


def model_of(policy: Policy, ceiling: Fraction | None = None, lowest: Fraction | float = Fraction(0)) -> Model:
    """The model of a policy, made once for all checks."""
    for known in _models:
        if known.policy is policy and (known.ceiling, known.lowest) == (ceiling, lowest):
            return known
    _models.append(Model(policy, ceiling, lowest))
    del _models[:-4]
    return _models[-1]


_models: list[Model] = []
