"""所得: between which numbers each shared rule can give something; a method for each rule, named after it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import inf

from kpi_helpers.arguments import Named
from kpi_helpers.lint.pieces import banded_span, interpolated_span, tiered_span
from kpi_helpers.lint.spans import COUNT, UNKNOWN, ZERO, Span
from kpi_helpers.policy import Clause

_IN_A_MONTH = {"day": 31, "week": 6, "month": 1}  # at most
_MONTHS = {"month": 1, "quarter": 3}  # in a period; any other may be a year


class Giving:
    """The rules' part of a Model: `before`, `span`, `number` and `column` are the Model's."""

    def given(self, clause: Clause, rule: str) -> Span | None:
        """The range of what a shared rule gives; None where it posts nothing."""
        method = getattr(self, f"_{rule}", None)
        return UNKNOWN if method is None else method(clause, clause.arguments)

    def most(self, within: str) -> Fraction:
        """How many days, weeks or months a period has at most."""
        return Fraction(_IN_A_MONTH[within] * _MONTHS.get(self.policy.cycle, 12))

    def factors(self, clause: Clause) -> list[Span]:
        return [self.number(one, clause.per) for one in clause.measures] or [UNKNOWN]

    def argument(self, clause: Clause, name: str, default=None) -> Span | None:
        value = clause.arguments.get(name)
        value = default if value is None else value
        return None if value is None else self.number(value, clause.per)

    def _none(self, clause, arguments):
        return None

    _excluded = _flagged = _kept = _in_effect = _rating_due = _none

    def _flat(self, clause, arguments):
        return self.number(arguments.get("amount"), clause.per)

    def _per_event(self, clause, arguments):
        span = replace(COUNT, example=Fraction(3)) * self.argument(clause, "points")
        if not arguments.get("within"):
            return span
        each = span.clip(self.argument(clause, "floor_each"), self.argument(clause, "cap_each"))
        return each * Span(Fraction(0), self.most(arguments["within"]), Fraction(1), Fraction(1))

    def _discretionary(self, clause, arguments):
        sign, high = arguments.get("sign", 1), self.argument(clause, "high")
        example = None if high.example is None else high.example * sign
        most = inf if high.high > 0 else Fraction(0)
        return Span(Fraction(0), most, None, example) if sign > 0 else Span(-most, Fraction(0), None, example)

    def _tally(self, clause, arguments):
        of, table = arguments.get("of", "count"), self.policy.tables.get(clause.table)
        column = table.column(arguments["column"]) if table and arguments.get("column") else None
        inside = self.column(table, column) if column else COUNT
        if of in ("count", "distinct", "days"):
            return replace(COUNT, high=self.most("day")) if of == "days" else COUNT
        if of == "sum":
            return Span(-inf if inside.low < 0 else Fraction(0), inf, inside.step, inside.example)
        if of == "mean":
            return replace(inside, step=None, example=None if inside.example is None else _inside(inside.example * 6 / 7, inside))
        return inside

    def _per_record(self, clause, arguments):
        table = self.policy.tables.get(clause.table)

        def one(value):
            name = value.name if isinstance(value, Named) else value if isinstance(value, str) else None
            column = table.column(name) if table and name else None
            return self.column(table, column) if column else self.number(value, clause.per)

        value = one(arguments.get("amount", 1))
        if arguments.get("times"):
            value = value * one(arguments["times"])
        if arguments.get("bands"):
            bands = self.constant_bands(clause)
            value = value * (banded_span(one(arguments["column"]), bands) if bands else UNKNOWN)
        if arguments.get("over") is not None:
            value = value / one(arguments["over"])
        if arguments.get("round_each"):
            value = value.rounded(arguments["round_each"].step, arguments["round_each"].mode)
        low, high = -inf if value.low < 0 else Fraction(0), inf if value.high > 0 else Fraction(0)
        if arguments.get("within") and isinstance(arguments.get("cap_each"), Fraction):
            high = min(high, arguments["cap_each"] * self.most(arguments["within"]))
        return Span(low, high, value.step, value.example)

    def _ratio(self, clause, arguments):
        measure, over = self.before[clause.id], self.argument(clause, "over")
        value = (measure / over if arguments.get("better", "higher") == "higher" else over / measure) * self.argument(clause, "scale", 1)
        return value if arguments.get("when_zero") is None else value.hull(self.number(arguments["when_zero"], clause.per))

    def _sum_of(self, clause, arguments):
        return reduce(lambda a, b: a + b, self.factors(clause))

    def _product_of(self, clause, arguments):
        return reduce(lambda a, b: a * b, self.factors(clause))

    def _difference(self, clause, arguments):
        return reduce(lambda a, b: a - b, self.factors(clause))

    def _min_of(self, clause, arguments):
        return reduce(lambda a, b: a.clip(None, b), self.factors(clause))

    def _max_of(self, clause, arguments):
        return reduce(lambda a, b: a.clip(b, None), self.factors(clause))

    def _rounded(self, clause, arguments):
        return self.before[clause.id].rounded(arguments["to"].step, arguments["to"].mode)

    def _tenure(self, clause, arguments):
        return COUNT

    def _weighted(self, clause, arguments):
        return self.before[clause.id] * self.argument(clause, "weight")

    def _weighted_mean(self, clause, arguments):
        spans = {name: self.span(name, clause.per) for name in arguments.get("weights", {})}
        if not spans:
            return UNKNOWN
        weights = {name: self.number(weight, clause.per).example for name, weight in arguments["weights"].items()}
        whole = reduce(Span.hull, spans.values())
        example = None
        if all(weight is not None for weight in weights.values()) and sum(weights.values()):
            if all(span.example is not None for span in spans.values()):
                example = sum(span.example * weights[name] for name, span in spans.items()) / sum(weights.values())
        return Span(whole.low, whole.high, None, example)

    def _rated(self, clause, arguments):
        if arguments.get("words"):
            inside = reduce(Span.hull, map(Span.of, arguments["words"].values()))
        else:
            table = self.policy.tables.get(clause.table)
            column = table.column(arguments["column"]) if table else None
            inside = self.column(table, column) if column else UNKNOWN
        third = None if inside.example is None else _inside(inside.example - Fraction(1, 3), inside)
        return replace(inside, step=None, example=third)

    def _banded(self, clause, arguments):
        measure, bands = self.before[clause.id], self.constant_bands(clause)
        if bands is None:
            return UNKNOWN
        span = banded_span(measure, bands)
        return span if arguments.get("times") is None or span.words is not None else span * self.number(arguments["times"], clause.per)

    def constant_bands(self, clause: Clause, name: str = "bands") -> list[dict] | None:
        """The bands (tiers, points) of a clause if all their numbers are plain."""
        entries = clause.arguments.get(name) or []
        plain = all(isinstance(value, (Fraction, int, str)) for entry in entries for value in entry.values())
        return entries if entries and plain else None

    def _tiered(self, clause, arguments):
        measure, tiers = self.before[clause.id], self.constant_bands(clause, "tiers")
        if tiers is None or arguments.get("of", 1) != 1:
            return Span(Fraction(0), inf) if tiers and all(tier["rate"] >= 0 for tier in tiers) else UNKNOWN
        return tiered_span(measure, tiers)

    def _interpolated(self, clause, arguments):
        points = self.constant_bands(clause, "points")
        return UNKNOWN if points is None else interpolated_span(self.before[clause.id], points, arguments.get("outside", "clamp"))

    def _looked_up(self, clause, arguments):
        return reduce(Span.hull, [self.number(one, clause.per) for line in arguments.get("give") or [[None]] for one in line])

    def _per_unit(self, clause, arguments):
        measure, beyond = self.before[clause.id], self.argument(clause, "beyond", 0)
        distance = measure - beyond if arguments.get("direction", "above") == "above" else beyond - measure
        units = distance.clip(ZERO) / self.argument(clause, "each", 1)
        part = arguments.get("part", "whole")
        if part != "exact":
            units = units.rounded(Fraction(1), "down" if part == "whole" else "up")
        return units.clip(None, self.argument(clause, "at_most")) * self.argument(clause, "points")

    def _pooled(self, clause, arguments):
        inside, of = self.before[clause.id], arguments.get("of", "sum")
        if of == "count":
            return COUNT
        if of == "sum":
            return Span(-inf if inside.low < 0 else Fraction(0), inf if inside.high > 0 else Fraction(0), inside.step, inside.example)
        if of in ("min", "max"):
            return inside
        return replace(inside, step=None, example=None if inside.example is None else _inside(inside.example - Fraction(1, 3), inside))

    def _ranked(self, clause, arguments):
        step = Fraction(1, 2) if arguments.get("ties") == "average" else Fraction(1)
        return Span(Fraction(1), inf, step, Fraction(7))

    def _distributed(self, clause, arguments):
        return Span(words=frozenset(part["give"] for part in arguments.get("parts") or []))

    def _prizes(self, clause, arguments):
        span = reduce(Span.hull, [ZERO, *(self.number(prize, clause.per) for prize in arguments.get("prizes") or [])])
        return replace(span, step=Fraction(1, 100)) if arguments.get("ties") == "share" else span

    def _percent_rank(self, clause, arguments):
        return Span(Fraction(0), Fraction(1), None, Fraction(1, 3))

    def _min_max(self, clause, arguments):
        low, high, equal = (self.argument(clause, name) for name in ("low", "high", "equal"))
        whole = low.hull(high).hull(equal)
        example = None if low.example is None or high.example is None else low.example + (high.example - low.example) / 3
        return Span(whole.low, whole.high, None, example)

    def _shared(self, clause, arguments):
        pool = arguments.get("pool")
        whole = self.number(pool, arguments.get("within", "group")) if pool is not None else UNKNOWN
        example = None if whole.example is None else whole.example / 3
        return Span(min(whole.low, Fraction(0)), whole.high, Fraction(1, 100), example).rounded(Fraction(1, 100))

    def _moved(self, clause, arguments):
        return Span(words=frozenset(arguments.get("scale") or []))

    def _earlier(self, clause, arguments):
        table = self.policy.tables.get(clause.table)
        column = table.column(arguments["column"]) if table else None
        return self.column(table, column) if column else UNKNOWN

    def _window(self, clause, arguments):
        inside, of = self._earlier(clause, arguments), arguments.get("of", "sum")
        periods = arguments.get("periods") or 12
        if of == "count":
            return Span(Fraction(0), Fraction(periods), Fraction(1), Fraction(1))
        if of == "sum":
            return inside * Span(Fraction(0), Fraction(periods), Fraction(1), Fraction(2))
        return inside if of != "mean" else replace(inside, step=None)

    def _streak(self, clause, arguments):
        return COUNT


def _inside(value: Fraction, span: Span) -> Fraction:
    return min(max(value, span.low), span.high)
