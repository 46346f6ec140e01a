"""Filters written as data: {岗位: 客服}, {role: [cs, cashier]}, {minutes: {at_least: 30, below: 120}}."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact

_NUMBER_TESTS = {"at_least": "__ge__", "above": "__gt__", "at_most": "__le__", "below": "__lt__"}
TESTS = ("is", "is_not", "in", "not_in", "given", *_NUMBER_TESTS)


def check_filter(conditions, columns: dict, where: str, faults: list[Fault]) -> dict:
    """A filter in one shape, {column: {test: value}}, its columns and choices in the engine's words.

    `columns` maps every column name that may be used to its Column (None: a result of an earlier clause).
    """
    if not isinstance(conditions, dict):
        faults.append(Fault(where, say("筛选条件应写作 {列: 值}。", "a filter is written {column: value}.")))
        return {}
    checked = {}
    for name, test in conditions.items():
        column = columns.get(name) or next((c for c in columns.values() if c is not None and c.heading == name), None)
        if name not in columns and column is None:
            faults.append(Fault(where, say(f"没有列“{name}”。", f"there is no column '{name}'."), did_you_mean(name, columns)))
            continue
        if not isinstance(test, dict):
            test = {"in": test} if isinstance(test, list) else {"is": test}
        for word in test.keys() - set(TESTS):
            faults.append(Fault(where, say(f"不认识比较“{word}”。", f"unknown test '{word}'."), did_you_mean(word, TESTS)))
        checked[column.name if column else name] = {
            word: _words(value, column, where, faults) for word, value in test.items() if word in TESTS
        }
    return checked


def _words(value, column, where, faults):
    if isinstance(value, list):
        return [_words(one, column, where, faults) for one in value]
    if column is None or not column.words or not isinstance(value, str):
        return value
    word = column.word(value)
    if word is None:
        faults.append(
            Fault(where, say(f"“{column.heading}”没有“{value}”。", f"'{value}' is no {column.name}."), did_you_mean(value, column.words))
        )
    return word


def matches(frame: pd.DataFrame, conditions: dict) -> np.ndarray:
    """Which rows of a frame fulfil every condition; a missing value fulfils none but `given: false`.

    >>> frame = pd.DataFrame({"role": ["cs", "cleaner"], "minutes": exact([29, 30])})
    >>> matches(frame, {"minutes": {"at_least": 30}}).tolist()
    [False, True]
    """
    result = np.ones(len(frame), dtype=bool)
    for name, tests in conditions.items():
        column = frame[name]
        missing = column.isna().to_numpy(dtype=bool)
        for test, value in tests.items():
            if test == "given":
                result &= missing != bool(value)
            elif test in _NUMBER_TESTS:
                numbers = column.array if isinstance(column.array, ExactArray) else exact(column)
                result &= getattr(numbers, _NUMBER_TESTS[test])(value)
            else:
                wanted = value if isinstance(value, list) else [value]
                if isinstance(column.array, ExactArray):
                    found = np.any([column.array == one for one in wanted], axis=0)
                else:
                    found = column.isin(wanted).to_numpy(dtype=bool)
                result &= (found if test in ("is", "in") else ~found) & ~missing
    return result
