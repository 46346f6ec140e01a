"""算式: how a line came about, as a little sum that its reader can do again: 2 × −5, 94 × 20%, 2,000.00 × 1896/2160.

Nothing is said on trust: a sum stands beside a line only if it gives exactly the line's value, to the fen for money. Where the
person's own figures give it in two ways, or not at all, there is none.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from kpi_helpers.numbers import exact, half_up, is_missing, text
from kpi_helpers.report.names import result_of
from kpi_helpers.report.words import RATIO, show
from kpi_helpers.thresholds import counted_of

if TYPE_CHECKING:  # a view has its calculations, not the other way round
    from kpi_helpers.report.views import View

_MONEY = "元"


class Calculations:
    """The sums behind the lines of one result, and the unit of what a line was applied to."""

    def __init__(self, view: View):
        self.view, self.policy = view, view.policy
        self.clauses = {clause.id: clause for clause in view.policy.clauses}

    def of(self, row: dict) -> str:
        """The sum behind a line of the ledger, '' where there is none to tell."""
        value, quantity = row["value"], row["quantity"]
        if not value:
            return ""
        if row["unit"] == _MONEY and row["employee_id"] is not None:
            return self._money(row)
        return self._points(row) if quantity and row["unit"] == "分" else ""

    def unit_of(self, row: dict) -> str:
        """The unit of a line's quantity where it is a ratio: one of the ratios of the person (or group) whose line it is."""
        own = self._ratios.get(_unit(row), {})
        return RATIO if row["clause"] in self._of_ratios and row["quantity"] in own else ""

    def _points(self, row: dict) -> str:
        """How often times the points of each; a score times its weight."""
        value, quantity = row["value"], row["quantity"]
        clause, each = self.clauses[row["clause"]], value / quantity
        if clause.arguments.get("points") == each and quantity != 1:
            return f"{show(quantity)} × {show(each)}"
        if clause.kind not in ("indicator", "weight") or not 0 < each < 1:
            return ""
        if not 10_000 % each.denominator:
            return f"{show(quantity)} × {text(100 * each)}%"
        return f"{show(quantity)} × {_fraction(each)}" if each.denominator <= 100 else ""

    def _money(self, row: dict) -> str:
        """An amount of the person times one of the person's ratios, or a share that the clause names; what is lost of it."""
        value, clause = row["value"], self.clauses[row["clause"]]
        own = [one for one in clause.arguments.values() if isinstance(one, Fraction) and 0 < one < 1]
        ratios = self._ratios.get(_unit(row), {})
        if row["quantity"] in ratios:  # what the line was applied to
            gains = {row["quantity"]: ratios[row["quantity"]]}
        else:
            gains = {one: f"{text(100 * one)}%" for one in own}
        losses = {one: words for one, words in ratios.items() if 0 <= one < 1} if value < 0 else {}
        found = set()
        for amount in self._amounts.get(row["employee_id"], ()):
            for part, words in gains.items():
                if abs(amount * part - abs(value)) < 1 and half_up(amount * part) == abs(value) and part != 1:
                    found.add(f"{'− ' if value < 0 else ''}{show(amount, _MONEY)} × {words}")
            for part, words in losses.items():
                if abs(amount * part - amount - value) < 1 and half_up(amount * part) - amount == value:
                    found.add(f"{show(amount, _MONEY)} × {words} − {show(amount, _MONEY)}")
        return found.pop() if len(found) == 1 else ""

    # -- what the people's figures are --------------------------------------------------------------------------------

    @cached_property
    def _ratios(self) -> dict[tuple, dict[Fraction, str]]:
        """Each person's (and group's) ratios, as count and quota where the ratio is made of these: 1896/2160."""
        found: dict[tuple, dict[Fraction, str]] = defaultdict(dict)
        for per, frame in (("employee_id", self.view.result.employees), ("group_id", self.view.result.groups)):
            for name in self.policy.results:
                if name in frame and result_of(self.policy, name).unit == RATIO:
                    for id, ratio, words in zip(frame.index, exact(frame[name]), self._words(frame, name), strict=True):
                        if not is_missing(ratio) and (words or ratio not in found[per, id]):
                            found[per, id][ratio] = words or _fraction(ratio)
        return found

    def _words(self, frame, name: str) -> list[str]:
        """1896/2160 for each row of a ratio, '' where it is not made of a count and a quota that the frame holds."""
        counted = counted_of(self.policy, name)
        count, quota = (counted[0], getattr(counted[1], "name", "")) if counted else ("", "")
        if count not in frame or quota not in frame:
            return [""] * len(frame)
        pairs = zip(exact(frame[count]), exact(frame[quota]), exact(frame[name]), strict=True)
        return ["" if any(map(is_missing, pair)) or pair[0] != pair[2] * pair[1] else "/".join(map(show, pair[:2])) for pair in pairs]

    @cached_property
    def _amounts(self) -> dict[str, set[Fraction]]:
        """Each person's amounts in 元, those behind the published ones as well."""
        found: dict[str, set[Fraction]] = defaultdict(set)
        frame = self.view.result.employees
        for name, shown in self.policy.results.items():
            if name in frame and shown.unit == _MONEY:
                for id, amount in zip(frame.index, exact(frame[name]), strict=True):
                    found[id] |= set() if is_missing(amount) else {amount}
        return found

    @cached_property
    def _of_ratios(self) -> set[str]:
        """The clauses that are applied to a ratio: some line says so that is no whole number."""
        rows = [row for row in self.view.ledger if row["quantity"] is not None and row["quantity"].denominator != 1]
        return {row["clause"] for row in rows if row["quantity"] in self._ratios.get(_unit(row), {})}


def _unit(row: dict) -> tuple:
    """Whose line it is; a group may be called like a person."""
    return ("group_id", row["group_id"]) if row["employee_id"] is None else ("employee_id", row["employee_id"])


def _fraction(ratio: Fraction) -> str:
    """A ratio as per cent where that is exact, else as a fraction."""
    return f"{ratio.numerator}/{ratio.denominator}" if 10_000 % ratio.denominator else f"{text(100 * ratio)}%"
