"""不同之处: what differs between two sides of a comparison, as text: numbers, readings, clauses."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi_helpers.language import say
from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.what_if.tunables import Tunable, tunables


@dataclass(frozen=True)
class Side:
    """One side: its name, the policy, the numbers tried on it, and what came out on the frozen month."""

    title: str
    policy: Policy
    result: Result
    numbers: dict = field(default_factory=dict)

    def texts(self) -> dict[str, tuple[str, str]]:
        """Title and value of every number and reading by name."""
        return {one.name: (one.title, self._text(one)) for one in tunables(self.policy)}

    def _text(self, one: Tunable) -> str:
        return f"{one.called(self.numbers.get(one.name, one.value))} {one.unit}".rstrip()


def differences(one: Side, other: Side) -> list[tuple[str, str, str, str]]:
    """Name, title and both values of whatever is not the same; clauses that stand on one side only, or are computed otherwise."""
    rows = []
    first, second = one.texts(), other.texts()
    for name in [*first, *(name for name in second if name not in first)]:
        title = (first.get(name) or second[name])[0]
        values = [side[name][1] if name in side else "–" for side in (first, second)]
        if values[0] != values[1]:
            rows.append((name, title, *values))
    if one.policy is not other.policy and one.policy.content != other.policy.content:
        rows += _clauses(one.policy, other.policy)
    return rows


def _clauses(one: Policy, other: Policy) -> list[tuple[str, str, str, str]]:
    first, second = ({clause.id: clause for clause in policy.clauses} for policy in (one, other))
    rows = []
    for id in [*first, *(id for id in second if id not in first)]:
        sides = [_computed(clauses.get(id)) for clauses in (first, second)]
        if sides[0] != sides[1]:
            rows.append((id, (first.get(id) or second[id]).title, *sides))
    return rows


def _computed(clause) -> str:
    """How a clause is computed, apart from its numbers."""
    if clause is None:
        return say("没有这一条", "no such clause")
    if clause.rule is None:
        return say(f"不计算：{clause.stated}", f"not computed: {clause.stated}")
    figures = [name for name in (clause.measure, *clause.measures) if isinstance(name, str)]
    parts = [clause.rule.__name__, "、".join(figures), f"→ {clause.result}" if clause.result else ""]
    return " ".join(part for part in parts if part)
