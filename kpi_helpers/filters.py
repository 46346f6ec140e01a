"""Filters written as data: {岗位: 客服}, {role: [cs, cashier]}, {minutes: {at_least: 30, below: 120}}; a list means any of them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from kpi_helpers.columns import NUMERIC, TEXT
from kpi_helpers.errors import Fault, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, is_number, text

NUMBER_TESTS = {"at_least": "__ge__", "above": "__gt__", "at_most": "__le__", "below": "__lt__"}
_TRUTH = {"是": True, "否": False}
_SPANS = {"within_minutes": 60, "within_hours": 3600, "within_days": 86400}
TESTS = ("is", "is_not", "in", "not_in", "given", *NUMBER_TESTS, "after", *_SPANS)


def check_filter(conditions, find, where: str, faults: list[Fault]) -> list[dict]:
    """A filter in one shape, [{column: {test: value}}, …] (any of them), its columns and choices in the engine's words.

    `find` gives (engine's name, Column or None) for the name of a column or result, and names the fault for an unknown one.
    """
    alternatives = conditions if isinstance(conditions, list) else [conditions]
    return [_check_one(one, find, where, faults) for one in alternatives]


def _check_one(conditions, find, where, faults) -> dict:
    if not isinstance(conditions, dict) or not conditions:
        faults.append(Fault(where, say("筛选条件应写作 {列: 值}。", "a filter is written {column: value}.")))
        return {}
    checked = {}
    for name, test in conditions.items():
        found = find(name)
        if found is None:
            continue
        name, column = found
        if not isinstance(test, dict):
            test = {"in": test} if isinstance(test, list) else {"is": test}
        for word in test.keys() - set(TESTS):
            faults.append(Fault(where, say(f"不认识比较“{word}”。", f"unknown test '{word}'."), did_you_mean(word, TESTS)))
        if test.keys() & set(_SPANS) and "after" not in test:
            faults.append(Fault(where, say("within_… 要与 after: 列名 一起写。", "within_… needs after: a column.")))
        checked[name] = {word: _value(word, value, column, find, where, faults) for word, value in test.items() if word in TESTS}
    return checked


def _value(test, value, column, find, where, faults):
    """A test's value in the engine's words: {column: name} compares with another column, as `after` does."""
    if test == "after" or isinstance(value, dict):
        other = value.get("column") if isinstance(value, dict) else value
        found = find(other) if isinstance(other, str) else None
        if found is None and not isinstance(other, str):
            faults.append(Fault(where, say("应写作 {column: 列名}。", "is written {column: name}.")))
        return found[0] if test == "after" and found else {"column": found[0] if found else None}
    if test in NUMBER_TESTS:
        return _bound(value, column, where, faults)
    if test in _SPANS and not is_number(value) or test == "given" and not isinstance(value, bool):
        faults.append(Fault(where, say(f"{test}: “{value}”无效。", f"{test}: '{value}' is not allowed.")))
    if test in _SPANS or test == "given":
        return value
    return _words(value, column, where, faults)


def _bound(value, column, where, faults):
    """What a number or a date is compared with."""
    if column is not None and column.kind in ("date", "datetime"):
        return _day(value, where, faults)
    if column is not None and column.kind == "month" and isinstance(value, str):
        return value
    if column is not None and column.kind not in (*NUMERIC, "bool"):
        faults.append(Fault(where, say(f"“{column.heading}”是文字，不能比大小。", f"'{column.name}' is a word, neither large nor small.")))
    if not is_number(value):
        faults.append(Fault(where, say(f"“{value}”不是数字。", f"'{value}' is not a number.")))
        return Fraction(0)
    return Fraction(value)


def _day(value, where, faults):
    try:
        return pd.Timestamp(date.fromisoformat(str(value)))
    except ValueError:
        faults.append(Fault(where, say(f"“{value}”不是日期（写作 2026-10-05）。", f"'{value}' is not a date (write 2026-10-05).")))
        return pd.NaT


def _words(value, column, where, faults):
    """What a cell is compared with, as the column's kind holds it."""
    if isinstance(value, list):
        return [_words(None if isinstance(one, list) else one, column, where, faults) for one in value]
    if not isinstance(value, (str, bool, int, Fraction)):
        faults.append(Fault(where, say(f"“{value}”不是一个值。", f"'{value}' is not a value.")))
        return None
    kind, number = "" if column is None else column.kind, is_number(value)
    if kind in ("date", "datetime"):
        return _day(value, where, faults)
    if kind in NUMERIC and not number or kind == "bool" and _TRUTH.get(value, value) not in (True, False):
        faults.append(Fault(where, say(f"“{value}”不是“{column.heading}”的值。", f"'{value}' is no value of {column.name}.")))
        return None
    if kind == "bool":
        return _TRUTH.get(value, value)
    if kind in TEXT and number:
        value = text(value)  # 职级: 3 means the text 3
    if column is None or not column.words or not isinstance(value, str):
        return value
    word = column.word(value)
    if word is None:
        faults.append(
            Fault(where, say(f"“{column.heading}”没有“{value}”。", f"'{value}' is no {column.name}."), did_you_mean(value, column.words))
        )
    return word


def columns_of(conditions: list[dict]) -> set[str]:
    """Every column or result that a checked filter looks at."""
    found = set()
    for one in conditions:
        for name, tests in one.items():
            found.add(name)
            for test, value in tests.items():
                found |= {value} if test == "after" else {value["column"]} if isinstance(value, dict) else set()
    return found - {None}


def matches(frame: pd.DataFrame, conditions: dict | list[dict]) -> np.ndarray:
    """Which rows of a frame fulfil every condition (of one filter at least); a missing value fulfils none but `given: false`.

    >>> frame = pd.DataFrame({"role": ["cs", "cleaner"], "minutes": exact([29, 30])})
    >>> matches(frame, {"minutes": {"at_least": 30}}).tolist()
    [False, True]
    """
    if isinstance(conditions, list):
        return np.any([matches(frame, one) for one in conditions], axis=0) if conditions else np.ones(len(frame), dtype=bool)
    result = np.ones(len(frame), dtype=bool)
    for name, tests in conditions.items():
        if name not in frame:  # a column that was not handed in: missing in every row
            result &= tests == {"given": False}
            continue
        column = frame[name]
        missing = column.isna().to_numpy(dtype=bool)
        spans = {test: value for test, value in tests.items() if test in _SPANS}
        for test, value in tests.items():
            if test in _SPANS:
                continue
            if test == "given":
                result &= missing != bool(value)
            elif test == "after":
                result &= value in frame and _after(column, frame[value], spans)
            elif test in NUMBER_TESTS:
                result &= _compare(column, _other(frame, value), NUMBER_TESTS[test])
            else:
                result &= _is(column, _other(frame, value), test in ("is", "in")) & ~missing
    return result


def _other(frame: pd.DataFrame, value):
    """What a column is compared with: a value, or another column (missing where that was not handed in)."""
    if not isinstance(value, dict):
        return value
    return frame[value["column"]] if value["column"] in frame else pd.Series(pd.NA, index=frame.index, dtype=object)


def _compare(column: pd.Series, other, operator: str) -> np.ndarray:
    try:
        if column.dtype.kind == "M" or isinstance(other, str):
            known = (column.notna() & pd.notna(other)).to_numpy(dtype=bool)
            result = np.zeros(len(column), dtype=bool)
            result[known] = getattr(column[known], operator)(other[known] if isinstance(other, pd.Series) else other)
            return result
        return getattr(_numbers(column), operator)(_numbers(other) if isinstance(other, pd.Series) else other)
    except (ValueError, TypeError):
        raise PolicyError(Fault(str(column.name), say("是文字，不能比大小。", "is a word, neither large nor small."))) from None


def _numbers(column: pd.Series) -> ExactArray:
    """Yes and no are 1 and 0."""
    if isinstance(column.array, ExactArray):
        return column.array
    return exact([int(one) if isinstance(one, (bool, np.bool_)) else one for one in column])


def _after(column: pd.Series, other: pd.Series, spans: dict) -> np.ndarray:
    """Not before another moment, and at most so long after it; whole days are counted from day to day."""
    result = (column >= other).to_numpy(dtype=bool)
    for span, value in spans.items():
        if span == "within_days":
            passed, allowed = column.dt.normalize() - other.dt.normalize(), pd.Timedelta(days=int(value))
        else:
            passed, allowed = column - other, pd.Timedelta(microseconds=int(value * _SPANS[span] * 10**6))
        result = result & (passed <= allowed).to_numpy(dtype=bool)
    return result


def _is(column: pd.Series, value, wanted: bool) -> np.ndarray:
    if isinstance(value, pd.Series):
        known = (column.notna() & value.notna()).to_numpy(dtype=bool)
        same = np.zeros(len(column), dtype=bool)
        same[known] = column.to_numpy(dtype=object)[known] == value.to_numpy(dtype=object)[known]
        return known & (same == wanted)
    values = value if isinstance(value, list) else [value]
    if isinstance(column.array, ExactArray):
        numbers = [one for one in values if not isinstance(one, str)]
        found = np.any([column.array == one for one in numbers], axis=0) if numbers else np.zeros(len(column), dtype=bool)
    else:
        found = column.isin(values).to_numpy(dtype=bool)
    return found if wanted else ~found
