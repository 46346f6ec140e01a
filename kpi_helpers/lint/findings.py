"""发现: what a careful reader of a policy would object to, each with a value that shows it and a way to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from kpi_helpers.arguments import ByColumn
from kpi_helpers.language import say
from kpi_helpers.lint.told import heading, worded
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


def finding(severity: str, owner: Clause | Parameter | Policy | str, *texts: str) -> Finding:
    """A finding on a clause, a parameter, a policy or any other place: problem, witness and hint, each in Chinese and in English."""
    problem, witness, hint = (say(*both) for both in zip(texts[::2], texts[1::2], strict=True))
    return Finding(severity, place(owner), problem, witness, hint)


error, warning, note = (partial(finding, severity) for severity in SEVERITIES)


def place(owner: Clause | Parameter | Policy | str) -> str:
    """File and line of a clause or a parameter; the file of a policy."""
    if isinstance(owner, str):
        return owner
    if isinstance(owner, Policy):
        return Path(owner.path).name
    return owner.place or (owner.id if isinstance(owner, Clause) else owner.name)


def shared_rule(clause: Clause) -> str:
    """The name of the shared rule that a clause calls; empty for a rule of a scheme's own."""
    rule = clause.rule
    return rule.__name__ if rule is not None and rule.__module__.startswith("kpi_helpers.rules") else ""


def used_parameters(policy: Policy, clause: Clause) -> list[Parameter]:
    """The parameters whose values a clause uses."""
    labels = [part.partition("=")[0] for part in clause.in_force.split("；")]
    return [policy.parameters[label] for label in dict.fromkeys(labels) if label in policy.parameters]


def by_word(policy: Policy, numbers: dict) -> Iterator[tuple[str, dict]]:
    """Arguments as plain numbers: once, or once for every word of the column by which they differ."""
    columns = [one for one in numbers.values() if isinstance(one, ByColumn)]
    for word in dict.fromkeys(word for one in columns for word in one.values) or [""]:
        plain = {
            name: one.values.get(word, one.otherwise) if isinstance(one, ByColumn) else one
            for name, one in numbers.items()
            if not isinstance(one, ByColumn) or word in one.values or one.otherwise is not None
        }
        if all(isinstance(one, (int, Fraction)) for one in plain.values()):
            column = columns[0].column if columns else ""
            yield (f"{heading(policy, column)} {worded(policy, column, word)}：" if word else ""), plain
