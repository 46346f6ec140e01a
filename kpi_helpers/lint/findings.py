"""发现: what a careful reader of a policy would object to, each with a value that shows it and a way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kpi_helpers.language import say
from kpi_helpers.numbers import text
from kpi_helpers.policy import Clause, Parameter, Policy

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One finding. error: cannot be meant or computed; warning: most likely not meant; note: to be known or decided."""

    severity: str
    where: str
    problem: str
    witness: str
    hint: str

    def __str__(self):
        return f"{self.where}: {self.problem}" + say(f" 例：{self.witness} 办法：{self.hint}", f" E.g. {self.witness} Mend: {self.hint}")


def place(thing: Clause | Parameter | Policy) -> str:
    """File and line of a clause or a parameter; the file of a policy."""
    return (
        thing.place or (thing.id if isinstance(thing, Clause) else thing.name) if not isinstance(thing, Policy) else Path(thing.path).name
    )


def shown(value) -> str:
    """A number as a reader writes it."""
    return text(value) if value not in (float("inf"), float("-inf")) else "∞" if value > 0 else "-∞"


def signed(value) -> str:
    """A number with its sign, as points are added."""
    return shown(value) if value < 0 else f"+{shown(value)}"


def listed(names) -> str:
    """A list in a sentence, shortened after twelve."""
    names = [str(name) for name in names]
    return "、".join(names[:12]) + (say(f" 等 {len(names)} 个", f" and {len(names) - 12} more") if len(names) > 12 else "")


def shared_rule(clause: Clause) -> str:
    """The name of the shared rule that a clause calls; empty for a rule of a scheme's own."""
    rule = clause.rule
    return rule.__name__ if rule is not None and rule.__module__.startswith("kpi_helpers.rules") else ""


def used_parameters(policy: Policy, clause: Clause) -> list[Parameter]:
    """The parameters whose values a clause uses."""
    labels = [part.partition("=")[0] for part in clause.in_force.split("；")]
    return [policy.parameters[label] for label in dict.fromkeys(labels) if label in policy.parameters]
