"""缺失的数字: what the document does not say and the file assumes, in one note for each policy."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, note, used_parameters
from kpi_helpers.policy import Parameter, Policy, value_text


def check_assumptions(policy: Policy) -> Iterator[Finding]:
    """Every [A] number with the clauses that rest on it, and every clause that is an assumption itself."""
    uses: dict[str, list[str]] = {}
    for clause in policy.clauses:
        for parameter in used_parameters(policy, clause):
            uses.setdefault(parameter.name, []).append(clause.id)
    numbers = [parameter for parameter in policy.parameters.values() if parameter.basis == "A"]
    clauses = [clause for clause in policy.clauses if clause.basis == "A" and not clause.assumptions]
    if not numbers and not clauses:
        return
    parts = [_effect(parameter, uses.get(parameter.name, [])) for parameter in numbers]
    parts += [say(f"条款 {clause.id} {clause.title}", f"clause {clause.id} {clause.title}") for clause in clauses]
    yield note(
        numbers[0] if numbers else clauses[0],
        f"原文没有、暂用假设值的有 {len(parts)} 处（basis: A）。",
        f"{len(parts)} places rest on assumptions (basis: A).",
        f"{'；'.join(parts)}。",
        f"{'；'.join(parts)}.",
        "请人事逐个确认：写上公司的数，把 basis 改为 S 并写出处。",
        "have each confirmed: write the company's number, its source, and basis: S.",
    )


def _effect(parameter: Parameter, clauses: list[str]) -> str:
    value = value_text(parameter.value)
    value = value if len(value) <= 40 else say("（表）", "(table)")
    name = parameter.title or parameter.name
    where = say(f"用于 {'、'.join(clauses[:4])}{' 等' if len(clauses) > 4 else ''}", f"used by {', '.join(clauses[:4])}") if clauses else ""
    return f"{name} = {value}{parameter.unit if value[-1:].isdigit() else ''}" + (f"（{where}）" if where else "")
