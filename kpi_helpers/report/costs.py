"""哪些条款分量最重: what each clause takes and gives in points, summed from the ledger's lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.numbers import half_up
from kpi_helpers.report.grids import Bar, Column, Grid, bars
from kpi_helpers.report.views import View, score_column
from kpi_helpers.rules import forfeited

POINTS = "分"


@dataclass
class Weight:
    """What one clause (one of its lines, where a note tells them apart) comes to: the sum, whom it concerns, which amounts."""

    clause: str
    title: str
    sum: Fraction = Fraction(0)
    units: set = field(default_factory=set)
    amounts: set = field(default_factory=set)


def points(view: View) -> tuple[Grid, Grid]:
    """扣分 and 得分: a row per clause with whom it concerns, the sum and the mean, the heaviest first.

    What the score's own clause takes by rounding, scaling or a cap is no deduction: it stands with the rest, so that both
    totals together are the ledger's sum.
    """
    score = score_column(view.policy)
    totals = {one.id for one in view.policy.clauses if score and one.result == score.name and one.rule is not forfeited}
    found: dict[tuple[bool, str, str], Weight] = {}
    for row in view.ledger:
        if row["unit"] == POINTS and row["value"]:
            title = f"{row['title']}（{row['note']}）" if row["note"] else row["title"]
            taken = row["value"] < 0 and row["clause"] not in totals
            one = found.setdefault((taken, row["clause"], row["note"]), Weight(row["clause"], title))
            one.sum += row["value"]
            one.units.add((row["employee_id"], None if row["employee_id"] is not None else row["group_id"]))
            one.amounts.add(row["value"])
    sides = [[one for (taken, *_), one in found.items() if taken is side] for side in (True, False)]
    words = (say("扣分的条款", "Clauses that took points"), say("得分与加分的条款", "Clauses that gave points"))
    return tuple(_grid(title, weights) for title, weights in zip(words, sides, strict=True))


def _grid(title: str, weights: list[Weight]) -> Grid:
    weights = sorted(weights, key=lambda one: (-abs(one.sum), one.clause, one.title))
    most = max((len(one.units) for one in weights), default=0)
    names = (say("条款", "clause"), say("内容", "title"), _who(weights), say("合计", "sum"), say("平均", "mean"), say("图", "chart"))
    # what everybody gets alike tells nobody apart: no bar, so that the others can be seen
    alike = [one.sum > 0 and len(one.amounts) == 1 and len(one.units) == most > 1 for one in weights]
    drawn = iter(bars([one.sum for one, same in zip(weights, alike, strict=True) if not same]))
    rows = [
        [one.clause, one.title, len(one.units), one.sum, half_up(one.sum / len(one.units)), Bar(Fraction(0)) if same else next(drawn)]
        for one, same in zip(weights, alike, strict=True)
    ]
    total = [say("合计", "total"), None, None, sum((one.sum for one in weights), Fraction(0)), None, None]
    return Grid(title, [Column(name, POINTS if place in (3, 4) else "") for place, name in enumerate(names)], rows, total=total)


def _who(weights: list[Weight]) -> str:
    """Whom the lines concern: 人数, 组数, or both."""
    people = {employee is not None for one in weights for employee, _ in one.units}
    if people == {True, False}:
        return say("人或组", "people or groups")
    return say("组数", "groups") if people == {False} else say("人数", "people")
