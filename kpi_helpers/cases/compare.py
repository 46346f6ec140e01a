"""What a result should be and what it is: every place where the two differ, only what a case names being compared."""

from __future__ import annotations

import re
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from numbers import Rational

import numpy as np
import pandas as pd

from kpi_helpers.columns import table_named
from kpi_helpers.errors import did_you_mean
from kpi_helpers.language import LANGUAGES, language, say, set_language
from kpi_helpers.numbers import ExactArray, fraction, half_up, is_missing, text
from kpi_helpers.report.words import REASONS, reason_word, status_word
from kpi_helpers.result import Result
from kpi_helpers.statuses import STATUSES
from kpi_helpers.strict_yaml import DECIMALS, digits
from kpi_helpers.tables import narrow

# the tables that every result has, by the words a case may use
TABLES = {"员工": "employees", "小组": "groups", "部门": "department", "拒收": "errors", "待决定": "flags"}
STATUS, MISSING = "状态", "缺"
NOTHING = "空"
_LONGEST = 300  # characters of a value that is shown
YES_NO = {"是": True, "否": False, "true": True, "false": False}
NUMBER = re.compile(r"[-+]?\d{1,18}(\.\d{1,12})?")  # a number that was typed as text


@dataclass(frozen=True)
class Difference:
    """One value that is not what was expected; `place` is the table, the key and the column."""

    place: tuple[str, ...]
    expected: object
    actual: object
    hint: str = ""

    def __str__(self):
        place = " ".join(self.place).replace(" [", "[")
        expected, actual = _shown(self.expected), self.actual if isinstance(self.actual, _Nothing) else _shown(self.actual)
        line = say(f"{place}：应为 {expected}，实为 {actual}", f"{place}: expected {expected}, got {actual}")
        return f"{line} {self.hint}" if self.hint else line


class _Nothing(str):
    """What stands where a result has nothing of this name."""


@dataclass(frozen=True)
class Words:
    """The words of readers, in every language, for the engine's: names of results, and the words that results consist of."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result) -> Words:
        policy, shown = result.policy, result.policy.results.values()
        names = {column.heading: column.name for table in policy.tables.values() for column in table.columns.values()}
        names |= {one.title: one.name for one in shown} | {STATUS: "status", MISSING: "missing"}
        values = {one.name: {word: code for code, word in one.words.items()} for one in shown}
        values["status"] = in_every_language(status_word, STATUSES)
        # the list of refused rows names tables, columns and reasons
        values["table"] = {table.sheet: table.name for table in policy.tables.values()}
        values["column"] = {column.heading: column.name for table in policy.tables.values() for column in table.columns.values()}
        values["reason"] = in_every_language(reason_word, REASONS)
        return cls(names, values)

    def key(self, word: str, known) -> str:
        return word if word in known or self.names.get(word) not in known else self.names[word]

    def value(self, name: str, word):
        if isinstance(word, list):
            return [self.value(name, one) for one in word]
        return self.values.get(name, {}).get(word, word) if isinstance(word, str) else word

    def difference(self, place: tuple[str, ...], name: str, expected: str, actual) -> Difference:
        """A word that differs, both as the reader has written it; one that stands for nothing gets a suggestion."""
        words = self.values[name]
        if expected in words.values():
            return Difference(place, expected, actual)
        told = next((word for word, code in words.items() if code == actual), actual)
        return Difference(place, expected, told, "" if expected in words else did_you_mean(expected, words))


def in_every_language(word_of, codes) -> dict[str, str]:
    """The words of all languages for the engine's: a case says the same to a reader of either."""

    def said(name: str) -> dict[str, str]:
        set_language(name)
        return {word_of(code): code for code in codes}

    own_first = sorted(LANGUAGES, key=lambda one: one != language())
    return {word: code for one in own_first for word, code in copy_context().run(said, one).items()}


def differences(result: Result, expected: dict) -> list[Difference]:
    """Every value of a case that the result does not have."""
    words = Words.of(result)
    return [one for name, value in expected.items() for one in _table_differences(result, name, value, words)]


def _table_differences(result: Result, name: str, expected, words: Words) -> list[Difference]:
    actual = result_table(result, name)
    if isinstance(actual, _Nothing):
        return [Difference((name,), expected, actual, did_you_mean(name, table_names(result)))]
    return compare(name, expected, actual, words)


def table_names(result: Result) -> list[str]:
    """Every table of a result that a case may name."""
    return list(dict.fromkeys([*TABLES, "results", *TABLES.values(), *result.tables]))


def result_table(result: Result, name: str):
    """What a result has under the name of a table."""
    name = TABLES.get(name, name)
    kept = table_named(result.policy.tables, name)
    name = kept.name if kept is not None and name not in result.tables and kept.name in result.tables else name
    if name in result.tables:
        return result.tables[name]
    if name == "department":
        return result.department.iloc[0]
    if name == "flags":
        nested: dict = {}
        for flag in result.flags.to_dict("records"):
            nested.setdefault(flag["employee_id"], {})[flag["flag"]] = flag["detail"]
        return nested
    frames = {"results": result.employees, "employees": result.employees, "groups": result.groups, "errors": result.errors}
    return frames.get(name, _Nothing(say("（没有这个结果）", "(there is no such result)")))


def plain(value):
    """Frames, columns and arrays as dicts, lists and plain values."""
    if isinstance(value, pd.DataFrame):
        if isinstance(value.index, pd.RangeIndex):
            return [plain(row) for row in value.to_dict("records")]
        rows: dict = {}
        for key, row in zip(value.index, value.to_dict("records"), strict=True):
            rows.setdefault(str(key), []).append(plain(row))
        return {key: found if len(found) > 1 else found[0] for key, found in rows.items()}
    if isinstance(value, pd.Series):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, ExactArray, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (np.bool_, np.integer)):
        return value.item()
    if isinstance(value, (pd.Timestamp, date)):
        return str(value)[:10]
    return None if is_missing(value) or value is pd.NaT else value


def compare(place, expected, actual, words: Words | None = None) -> list[Difference]:
    """Every place where the result is not what was expected; only what the case names is compared."""
    place, words = (place,) if isinstance(place, str) else place, words or Words()
    if isinstance(actual, pd.DataFrame) and isinstance(expected, dict):
        rows = actual.index.astype(str)
        known, actual = list(rows), {key: _rows(actual[rows == key], expected[key]) for key in expected if key in rows}
    else:
        known = list(actual) if isinstance(actual, dict) else []
    actual = plain(actual)
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual and not expected:
            return [Difference(place, expected, actual)]
        found = []
        for word, value in expected.items():
            key = words.key(word, actual)
            if key in actual:
                differing = compare((*place, word), words.value(key, value), actual[key], words)
                worded = differing and isinstance(value, str) and key in words.values and not isinstance(actual[key], (dict, list))
                found += [words.difference((*place, word), key, value, actual[key])] if worded else differing
            else:
                hint = did_you_mean(word, [*(known or actual), *(name for name, one in words.names.items() if one in actual)])
                found.append(Difference((*place, word), value, _Nothing(say("（没有）", "(nothing)")), hint))
        return found
    if isinstance(actual, list) and expected is None and not actual:
        return []
    if isinstance(actual, list) and isinstance(expected, str):
        expected = [part.strip() for part in narrow(expected).replace("、", ",").replace(";", ",").split(",") if part.strip()]
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [Difference(place, expected, actual)]
        return [one for i, value in enumerate(expected) for one in compare((*place, f"[{i}]"), value, actual[i], words)]
    same = actual is None if expected is None else _equal(expected, actual)
    return [] if same else [Difference(place, expected, actual)]


def _rows(rows: pd.DataFrame, expected):
    """All rows of one key where a case lists several, else the first."""
    return [row for _, row in rows.iterrows()] if isinstance(expected, list) else rows.iloc[0]


def _equal(expected, actual) -> bool:
    if isinstance(actual, bool) and isinstance(expected, str):
        expected = YES_NO.get(expected, expected)
    elif isinstance(actual, (int, Fraction)) and isinstance(expected, str) and NUMBER.fullmatch(narrow(expected).strip()):
        expected = Fraction(narrow(expected).strip())
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, Fraction)):
        if isinstance(actual, str):
            return text(expected) == actual
        return isinstance(actual, (int, float, Fraction)) and _same_number(Fraction(expected), Fraction(fraction(actual)))
    return str(expected) == str(actual)


def _same_number(expected: Fraction, actual: Fraction) -> bool:
    """To 0.01, as results are published; a number written with more decimals means what it says, so far as decimals can say it.

    >>> _same_number(Fraction("0.96"), Fraction("0.955")), _same_number(Fraction("0.955"), Fraction("0.96"))
    (True, False)
    >>> _same_number(Fraction("0.3333"), Fraction(1, 3)), _same_number(Fraction("0.3333"), Fraction("0.33331"))
    (True, False)
    """
    places = _decimals(expected)
    if places <= 2:
        return half_up(actual) == half_up(expected)
    if _decimals(actual) <= DECIMALS:
        return actual == expected
    return half_up(actual, places) == expected


def _decimals(value: Fraction) -> int:
    """How many decimals write a number; one more than a file can hold where it has no end."""
    return next((places for places in range(DECIMALS + 1) if (value * 10**places).denominator == 1), DECIMALS + 1)


def _shown(value) -> str:
    shown = _whole(value)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _whole(value) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (float, Rational)):
        number = Fraction(fraction(value))
        return digits(number) if _decimals(number) <= DECIMALS else text(number)
    if isinstance(value, list):
        return "[" + ", ".join(map(_whole, value)) + "]"
    return "{" + ", ".join(f"{k}: {_whole(v)}" for k, v in value.items()) + "}" if isinstance(value, dict) else str(value)
