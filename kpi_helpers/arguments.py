"""The kinds of argument a rule may take; a rule's signature, annotated with these, is the schema of its clause."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, get_type_hints

from pydantic import BeforeValidator, ConfigDict, ValidationError, create_model

from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say

INJECTED = ("book", "clause", "measure", "measures", "records")


@dataclass(frozen=True)
class ByColumn:
    """按列取值: a number that depends on a column of the person, {by: 岗位, 客服: 900, 收银: 1100}."""

    column: str
    values: dict


def _number(value):
    if isinstance(value, ByColumn):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise ValueError(say("应为数字", "must be a number"))
    return Fraction(value)


def _whole(value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(say("应为不小于 0 的整数", "must be a whole number, 0 or more"))
    return value


def _yes_no(value):
    if not isinstance(value, bool):
        raise ValueError(say("应为 true 或 false", "must be true or false"))
    return value


Number = Annotated[Fraction | ByColumn, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]

_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, strict=True)
_models: dict = {}


def signature_model(rule):
    """The pydantic model of a rule's arguments, made once from its signature."""
    if rule not in _models:
        hints = get_type_hints(rule, include_extras=True)
        fields = {
            name: (hints.get(name, object), ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in inspect.signature(rule).parameters.items()
            if name not in INJECTED
        }
        _models[rule] = create_model(rule.__name__, __config__=_CONFIG, **fields)
    return _models[rule]


def check_arguments(rule, arguments: dict, where: str, faults: list[Fault]) -> dict:
    """The checked arguments of one clause; unknown, missing and wrong ones go to `faults`."""
    model = signature_model(rule)
    try:
        checked = model(**arguments)
    except ValidationError as error:
        for detail in error.errors():
            faults.append(_fault(rule.__name__, model, detail, where))
        return {}
    return {name: getattr(checked, name) for name in model.model_fields if name in arguments}


def _fault(rule: str, model, detail, where) -> Fault:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        problem = say(f"规则 {rule} 没有参数“{name}”。", f"rule {rule} takes no '{name}'.")
        return Fault(where, problem, did_you_mean(name, model.model_fields))
    if detail["type"] == "missing":
        return Fault(where, say(f"规则 {rule} 缺少参数“{name}”。", f"rule {rule} needs '{name}'."))
    if detail["type"] == "literal_error":
        allowed = str(detail["ctx"]["expected"])
        return Fault(where, say(f"{name}: “{detail['input']}”无效，应为 {allowed}。", f"{name}: '{detail['input']}' must be {allowed}."))
    reason = str(detail.get("ctx", {}).get("error", detail["msg"]))
    shown = detail["input"] if not isinstance(detail["input"], Fraction) else float(detail["input"])
    return Fault(where, say(f"{name}: “{shown}”无效：{reason}。", f"{name}: {shown!r}: {reason}."))
