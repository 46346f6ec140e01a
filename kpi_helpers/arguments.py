"""The kinds of argument a rule may take; a rule's signature, annotated with these, is the schema of its clause."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, ConfigDict, ValidationError, create_model

from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ROUNDINGS, is_number

INJECTED = ("book", "clause", "measure", "measures", "records")


@dataclass(frozen=True)
class ByColumn:
    """按列取值: a number that depends on a column of the person, {by: 岗位, 客服: 900, 收银: 1100, otherwise: 800}."""

    column: str
    values: dict
    otherwise: Fraction | None = None


@dataclass(frozen=True)
class Named:
    """数据项: a number that is a figure of each unit, by its name: a column of a sheet or the result of an earlier clause."""

    name: str


@dataclass(frozen=True)
class Rounding:
    """取整: to a multiple of `step`, by one of the modes half_up, half_even, up (away from 0) and down (towards 0)."""

    step: Fraction
    mode: str = "half_up"


def _number(value):
    if isinstance(value, (ByColumn, Named)):
        return value
    if isinstance(value, str) and value.strip():
        return Named(value.strip())
    if not is_number(value):
        raise ValueError(say("应为数字或数据项的名称", "must be a number or the name of a figure"))
    return Fraction(value)


def _constant(value):
    if not is_number(value):
        raise ValueError(say("应为数字", "must be a number"))
    return Fraction(value)


def _name_or_constant(value):
    return value.strip() if isinstance(value, str) and value.strip() else _constant(value)


def _whole(value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(say("应为不小于 0 的整数", "must be a whole number, 0 or more"))
    return value


def _yes_no(value):
    if not isinstance(value, bool):
        raise ValueError(say("应为 true 或 false", "must be true or false"))
    return value


def _rounding(value):
    """2 · {places: 0, mode: down} · {to: 100, mode: down}."""
    given = value if isinstance(value, dict) else {"places": value}
    mode, step = given.get("mode", "half_up"), given.get("to")
    if step is None and type(given.get("places")) is int and 0 <= given["places"] <= 6:
        step = Fraction(1, 10 ** given["places"])
    unknown = given.keys() - {"places", "to", "mode"} or {"places", "to"} <= given.keys() or mode not in ROUNDINGS
    if unknown or not is_number(step) or step <= 0:
        raise ValueError(
            say(
                f"写作小数位数，或 {{places: 0, mode: down}}，或 {{to: 100, mode: down}}；mode 可用 {'、'.join(ROUNDINGS)}",
                f"write the decimals, or {{places: 0, mode: down}}, or {{to: 100, mode: down}}; modes: {', '.join(ROUNDINGS)}",
            )
        )
    return Rounding(Fraction(step), mode)


def _absent(value):
    if value in ("incomplete", "skip"):
        return value
    if not is_number(value):
        raise ValueError(say("应为 incomplete、skip 或一个数", "must be incomplete, skip or a number"))
    return Fraction(value)


Number = Annotated[Fraction | ByColumn | Named, BeforeValidator(_number)]
RowNumber = Annotated[Fraction | ByColumn | Named, BeforeValidator(_number), "row"]  # may differ from row to row of the table
Constant = Annotated[Fraction, BeforeValidator(_constant)]
Whole = Annotated[int, BeforeValidator(_whole)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Round = Annotated[Rounding, BeforeValidator(_rounding)]
Absent = Annotated[str | Fraction, BeforeValidator(_absent)]
Figure = Annotated[str, "figure"]  # 数据项, by name
ColumnName = Annotated[str, "column"]  # a column of the clause's table
Filter = Annotated[list[dict], "filter"]  # of people

PoolAmount = Annotated[str | Fraction, BeforeValidator(_name_or_constant), "figure"]  # a figure of the sharers' unit, or one number

# what a clause may say besides the arguments of its rule, if the rule gives one figure for each unit
COMMON = {"floor": Number | None, "cap": Number | None, "round": Round | None, "missing": Absent | None}

_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, strict=True)


def figure(rule):
    """Mark a rule that derives a figure: it is posted without a unit and so counts in no total, unless its clause says one."""
    rule.unit = ""
    return rule


@cache
def hints(rule) -> dict:
    """The annotations of a rule's own arguments."""
    known = get_type_hints(rule, include_extras=True)
    return {name: known.get(name, object) for name in inspect.signature(rule).parameters if name not in INJECTED}


def common(rule) -> dict:
    """The arguments that a rule's clause may say besides the rule's own: none where it gives several lines or no figure."""
    answer, parameters = get_type_hints(rule).get("return"), inspect.signature(rule).parameters
    bare = answer is type(None) or get_origin(answer) is list
    return {} if bare else {name: kind for name, kind in COMMON.items() if name not in parameters}


@cache
def signature_model(rule):
    """The pydantic model of a clause's arguments, made once from its rule's signature."""
    parameters = inspect.signature(rule).parameters
    fields = {name: (kind, None) for name, kind in common(rule).items()}
    for name, kind in hints(rule).items():
        fields[name] = (kind, ... if parameters[name].default is inspect.Parameter.empty else parameters[name].default)
    return create_model(rule.__name__, __config__=_CONFIG, **fields)


def marks(kind) -> set[str]:
    """The marks inside an annotation: figure, column or row."""
    found = {mark for mark in getattr(kind, "__metadata__", ()) if isinstance(mark, str)}
    return found if get_origin(kind) is Literal else found.union(*map(marks, get_args(kind)))


@cache
def row_by_row(rule) -> frozenset[str]:
    """The arguments of a rule that may differ from record to record."""
    return frozenset(name for name, kind in hints(rule).items() if "row" in marks(kind))


def check_arguments(rule, arguments: dict, where: str, faults: list[Fault]) -> dict:
    """The checked arguments of one clause; unknown, missing and wrong ones go to `faults`."""
    model = signature_model(rule)
    try:
        checked = model(**arguments)
    except ValidationError as error:
        for detail in error.errors():
            faults.append(_fault(rule.__name__, model, detail, where))
        return {}
    given = {name: getattr(checked, name) for name in model.model_fields if name in arguments}
    check = getattr(rule, "check", None)
    own = {name: value for name, value in given.items() if name in hints(rule)}
    for problem in check(**own) if check else ():
        faults.append(Fault(where, problem))
    return given


def _fault(rule: str, model, detail, where) -> Fault:
    path = [str(part) for part in detail["loc"] if not str(part).startswith(("function-", "lax-", "is-instance", "dict["))]
    name = path[0] if path else ""
    if detail["type"] == "extra_forbidden":
        problem = say(f"规则 {rule} 没有参数“{'.'.join(path)}”。", f"rule {rule} takes no '{'.'.join(path)}'.")
        return Fault(where, problem, did_you_mean(path[-1], model.model_fields) if len(path) == 1 else "")
    if detail["type"] == "missing":
        return Fault(where, say(f"规则 {rule} 缺少参数“{'.'.join(path)}”。", f"rule {rule} needs '{'.'.join(path)}'."))
    if detail["type"] == "literal_error":
        allowed = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", say("、", " or ")).replace(", ", say("、", ", "))
        return Fault(where, say(f"{name}: “{detail['input']}”无效，应为 {allowed}。", f"{name}: '{detail['input']}' must be {allowed}."))
    reason = str(detail.get("ctx", {}).get("error", detail["msg"]))
    shown = detail["input"] if not isinstance(detail["input"], Fraction) else float(detail["input"])
    return Fault(where, say(f"{name}: “{shown}”无效：{reason}。", f"{name}: {shown!r}: {reason}."))
