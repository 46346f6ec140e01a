"""生效数值: the policy as a reader sees it: clauses, numbers, readings in words, and what is only assumed."""

from __future__ import annotations

from kpi_helpers.language import say
from kpi_helpers.policy import Clause, Parameter, Policy, value_text
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.names import known, label, word
from kpi_helpers.report.words import basis_word, unit_word

_LONG = 120  # signs of a number in force that are not said again in every clause that uses it


def clauses(policy: Policy, stated: bool, brief: bool = False) -> Grid:
    """条款: the computed ones with the numbers in force, or the stated ones with the reason.

    brief: a long table of numbers is not said again in every clause that uses it; it stands under `parameters`.
    """
    titles = (say("条款", "clause"), say("内容", "title"), say("依据", "source"), say("类别", "basis"))
    last = say("不计算的原因", "why nothing is computed") if stated else say("生效数值", "in force")
    rows = [
        [
            one.id,
            one.title,
            one.source,
            _basis("A" if one.assumptions else one.basis),
            one.stated if stated else in_force(policy, one.in_force, brief),
        ]
        for one in policy.clauses
        if bool(one.stated) == stated
    ]
    title = say("只作说明的条款", "Clauses that are only stated") if stated else say("计算的条款", "Computed clauses")
    return Grid(title, [Column(title) for title in (*titles, last)], rows)


def in_force(policy: Policy, text: str, brief: bool = False) -> str:
    """The numbers of a clause under their Chinese names, readings in their own words."""
    found = []
    for name, value in numbers(text).items():
        parameter = policy.parameters.get(name)
        words = called(policy, parameter) if parameter else value
        if brief and parameter and len(words) > _LONG:
            words = say("见下“生效的数字与读法”", "see the numbers in force below")
        found.append(f"{parameter.title or name if parameter else label(policy, name)} {words}")
    return "；".join(found)


def numbers(text: str) -> dict[str, str]:
    """The numbers in force as a clause keeps them in its text, by name."""
    parts = (part.partition("=") for part in text.split("；") if part)
    return {name: value for name, _, value in parts}


def own_numbers(policy: Policy, clause: Clause | None) -> dict[str, str]:
    """The numbers that stand in a clause itself."""
    return {name: value for name, value in numbers(clause.in_force if clause else "").items() if name not in policy.parameters}


def called(policy: Policy, parameter: Parameter) -> str:
    """A parameter's value in a reader's words: a reading by its name, a table row by row."""
    return parameter.words.get(value_text(parameter.value)) or value_words(policy, parameter.value)


def with_unit(policy: Policy, parameter: Parameter) -> str:
    """A parameter's value with its unit."""
    return f"{called(policy, parameter)} {unit_word(parameter.unit)}".rstrip()


def value_words(policy: Policy, value) -> str:
    """Any value: 是 or 否, a number, a table as 不低于 1.1、给 120；…"""
    if value is None:
        return say("未填写", "not given")
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list):
        rows = value and all(isinstance(one, dict) for one in value)
        return ("；" if rows else "、").join(value_words(policy, one) for one in value) or say("空", "none")
    if isinstance(value, dict):
        return "、".join(f"{label(policy, key)} {value_words(policy, word(known(policy, key), part))}" for key, part in value.items())
    return value_text(value)


def parameters(policy: Policy) -> Grid:
    """参数: every number and reading in force."""
    titles = (say("含义", "meaning"), say("值", "value"), say("单位", "unit"), say("类别", "basis"), say("依据", "source"))
    columns = [Column(title) for title in (*titles, say("说明", "note"), say("名称", "name"))]
    listed = list(policy.parameters.values())
    assumed = {(row, 1) for row, one in enumerate(listed) if one.basis == "A"}
    return Grid(say("生效的数字与读法", "Numbers and readings in force"), columns, [_parameter(policy, one) for one in listed], assumed)


def _parameter(policy: Policy, one: Parameter) -> list:
    trial = say("试算值", "trial value") if one.overridden else ""
    note = "；".join(part for part in (trial, one.note) if part)
    return [one.title or one.name, called(policy, one), unit_word(one.unit), _basis(one.basis), one.source, note, one.name]


def _basis(code: str) -> str:
    return f"{code} {basis_word(code)}"
