"""生效数值: the policy as a reader sees it: clauses, numbers, readings in words, and what is only assumed."""

from __future__ import annotations

from kpi_helpers.language import say
from kpi_helpers.policy import Parameter, Policy, value_text
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.words import argument_word, basis_word


def clauses(policy: Policy, stated: bool) -> Grid:
    """条款: the computed ones with the numbers in force, or the stated ones with the reason."""
    titles = (say("条款", "clause"), say("内容", "title"), say("依据", "source"), say("类别", "basis"))
    last = say("不计算的原因", "why nothing is computed") if stated else say("生效数值", "in force")
    rows = [
        [
            one.id,
            one.title,
            one.source,
            _basis("A" if one.assumptions else one.basis),
            one.stated if stated else in_force(policy, one.in_force),
        ]
        for one in policy.clauses
        if bool(one.stated) == stated
    ]
    title = say("只作说明的条款", "Clauses that are only stated") if stated else say("计算的条款", "Computed clauses")
    return Grid(title, [Column(title) for title in (*titles, last)], rows)


def in_force(policy: Policy, text: str) -> str:
    """The numbers of a clause under their Chinese names, readings in their own words."""
    parts = (part.partition("=") for part in text.split("；") if part)
    said = ((policy.parameters.get(name), name, value) for name, _, value in parts)
    return "；".join(
        f"{parameter.title or name} {called(parameter)}" if parameter else f"{argument_word(name)} {value}"
        for parameter, name, value in said
    )


def called(parameter: Parameter) -> str:
    """A parameter's value in a reader's words: a reading by its name, a table row by row."""
    return parameter.words.get(value_text(parameter.value)) or value_words(parameter.value)


def value_words(value) -> str:
    """Any value: 是 or 否, a number, a table as 不低于 1.1 给 120；…"""
    if value is None:
        return say("未填写", "not given")
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return "；".join("、".join(f"{argument_word(key)} {value_words(part)}" for key, part in one.items()) for one in value)
    if isinstance(value, list):
        return "、".join(map(value_words, value)) if value else say("空", "none")
    if isinstance(value, dict):
        return "、".join(f"{argument_word(key)} {value_words(part)}" for key, part in value.items())
    return value_text(value)


def parameters(policy: Policy) -> Grid:
    """参数: every number and reading in force."""
    titles = (say("含义", "meaning"), say("值", "value"), say("单位", "unit"), say("类别", "basis"), say("依据", "source"))
    columns = [Column(title) for title in (*titles, say("说明", "note"), say("名称", "name"))]
    known = list(policy.parameters.values())
    assumed = {(row, 1) for row, one in enumerate(known) if one.basis == "A"}
    return Grid(say("生效的数字与读法", "Numbers and readings in force"), columns, [_parameter(one) for one in known], assumed)


def _parameter(one: Parameter) -> list:
    trial = say("试算值", "trial value") if one.overridden else ""
    note = "；".join(part for part in (trial, one.note) if part)
    return [one.title or one.name, called(one), one.unit, _basis(one.basis), one.source, note, one.name]


def _basis(code: str) -> str:
    return f"{code} {basis_word(code)}"
