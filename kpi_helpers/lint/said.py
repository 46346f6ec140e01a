"""文字与数: what titles and kinds say, against the numbers of their clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from kpi_helpers.arguments import ByColumn
from kpi_helpers.lint.findings import Finding, shared_rule, warning
from kpi_helpers.lint.told import shown, signed
from kpi_helpers.numbers import is_number
from kpi_helpers.policy import Clause, Policy

_LESS, _MORE = "扣减罚", "加奖"
_SAID = re.compile(rf"(?P<verb>[{_LESS}{_MORE}])(?:款|除|发|罚|励)? ?(?P<number>\d+(?:\.\d+)?) ?(?P<unit>分|元)")


def check_signs(policy: Policy) -> Iterator[Finding]:
    """A deduction that adds, an addition that takes away: by its kind, or else by its title."""
    for clause in policy.clauses:
        number = _given_each(clause)
        if not number or not clause.unit:
            continue
        said = {one["verb"] in _MORE for one in _SAID.finditer(clause.title)}
        more = {"deduction": False, "addition": True}.get(clause.kind, said.pop() if len(said) == 1 else None)
        if more is None or more == (number > 0):
            continue
        yield warning(
            clause,
            f"这一条是{'加' if more else '扣'}，写的数却是 {signed(number)}。",
            f"this clause is {'an addition' if more else 'a deduction'}, but its number is {signed(number)}.",
            f"“{clause.title}”一次得 {signed(number)} {clause.unit}。",
            f"'{clause.title}' gives {signed(number)} each time.",
            f"写 {shown(-number)}，或改正 kind、title。",
            f"write {shown(-number)}, or correct kind or title.",
        )


def _given_each(clause: Clause) -> Fraction | None:
    """What one event or one person gets by a clause, where that is a plain number."""
    name = {"per_event": "points", "per_unit": "points", "flat": "amount"}.get(shared_rule(clause))
    number = clause.arguments.get(name)
    return number if isinstance(number, Fraction) else None


def check_title_numbers(policy: Policy) -> Iterator[Finding]:
    """扣2分 in the title of a clause that has no 2 among its numbers."""
    for clause in policy.clauses:
        said = _SAID.findall(clause.title)
        numbers = {abs(one) for value in (clause.arguments, clause.measures, clause.who, clause.when) for one in _numbers(value)}
        if len(said) != 1 or clause.rule is None or not numbers or Fraction(said[0][1]) in numbers:
            continue
        verb, number, unit = said[0]
        yield warning(
            clause,
            f"标题写“{verb}{number}{unit}”，条款里没有这个数。",
            f"the title says {number}, which is none of the clause's numbers.",
            f"条款用的是 {'、'.join(map(shown, sorted(numbers)))}。",
            f"the clause has {', '.join(map(shown, sorted(numbers)))}.",
            "以原文为准，改正标题或数字。",
            "correct the title or the number, as the document has it.",
        )


def _numbers(value) -> Iterator[Fraction]:
    if is_number(value):
        yield Fraction(value)
    elif isinstance(value, ByColumn):
        yield from _numbers([*value.values.values(), value.otherwise])
    elif isinstance(value, (list, tuple, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers(one)
