"""筛选条件: can a filter ever be fulfilled, can two of them be fulfilled at once, and by what."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce

import pandas as pd
import portion

from kpi_helpers.language import say
from kpi_helpers.lint.spans import Span, everything
from kpi_helpers.numbers import is_number

_LOWER, _UPPER = ("at_least", "above"), ("at_most", "below")
_EDGES = _LOWER + _UPPER


def example(tests: dict[str, list], span: Callable[[str], Span], bounded: bool = True) -> dict | None:
    """Values that fulfil all tests of every column; None if there are none. bounded: only values the columns can have."""
    found = {}
    for name, wanted in tests.items():
        value = _one(wanted, span(name), bounded)
        if value is None:
            return None
        found[name] = value
    return found


def _one(wanted: list[tuple], span: Span, bounded: bool):
    """A value for one column, '' where any will do."""
    edges, allowed, banned, blank, other = [], None, set(), False, False
    for test, value in wanted:
        if test == "given":
            blank, other = blank or value is False, other or value is True
            continue
        other = True
        if isinstance(value, dict) or test == "after" or test.startswith("within_"):
            continue  # compared with another column: nothing is known
        if test in _EDGES:
            edges.append((test, value))
        else:
            values = set(value if isinstance(value, list) else [value])
            if test in ("is", "in"):
                allowed = values if allowed is None else allowed & values
            else:
                banned |= values
    if blank:
        return None if other else say("空", "blank")
    inside = _inside(edges)
    if allowed is None and bounded and span.words is not None:
        allowed = set(span.words)
    if allowed is not None:
        left = [value for value in sorted(allowed, key=str) if value not in banned and _fits(value, span, inside, bounded)]
        return left[0] if left else None
    if inside == everything():
        return ""
    days = [end for atom in inside for end in (atom.lower, atom.upper) if isinstance(end, (str, pd.Timestamp))]
    if days:
        return None if inside.empty else days[0]
    return (span if bounded else Span()).pick(inside)


def _inside(edges) -> portion.Interval:
    """The values within all edges: the tightest of each side alone count, which is quicker than to meet them one by one."""
    lows = [(value, test == "above") for test, value in edges if test in _LOWER]
    highs = [(value, test == "at_most") for test, value in edges if test in _UPPER]
    low, open_ = max(lows) if lows else (-portion.inf, True)
    high, closed = min(highs) if highs else (portion.inf, False)
    sides = (portion.OPEN if open_ else portion.CLOSED), (portion.CLOSED if closed else portion.OPEN)
    return portion.Interval.from_atomic(sides[0], low, high, sides[1])


def _fits(value, span: Span, inside, bounded: bool) -> bool:
    if is_number(value):
        return value in inside and (not bounded or span.words is not None or value in span.interval)
    return inside == everything() and (not bounded or span.words is None or value in span.words or isinstance(value, bool))


def together(*alternatives: dict) -> dict[str, list]:
    """Several filters as one: every test of each."""
    found: dict[str, list] = {}
    for one in alternatives:
        for name, tests in one.items():
            found.setdefault(name, []).extend(tests.items())
    return found


def fulfilled(conditions: list[dict], span: Callable[[str], Span], bounded: bool = True) -> dict | None:
    """Values that fulfil a filter (one of its alternatives); None if it can never hold."""
    return next(
        (found for one in conditions or [{}] if (found := example(together(one), span, bounded)) is not None),
        None,
    )


def overlapping(one: list[dict], other: list[dict], span: Callable[[str], Span]) -> dict | None:
    """Values that fulfil both filters at once; None if they exclude each other."""
    pairs = [together(a, b) for a in one or [{}] for b in other or [{}]]
    return next((found for pair in pairs if (found := example(pair, span)) is not None), None)


def always_fulfilled(conditions: list[dict], span: Callable[[str], Span]) -> str | None:
    """The one column of a filter that everything it can be fulfils; None if it does not, or if that is not known."""
    columns = {name for one in conditions for name in one}
    if len(columns) != 1 or any(len(one) != 1 for one in conditions):
        return None
    (name,) = columns
    held, tests = span(name), [one[name] for one in conditions]
    if held.words is not None:
        if not all(one.keys() <= {"is", "in"} and len(one) == 1 for one in tests):
            return None
        words = {word for one in tests for value in one.values() for word in (value if isinstance(value, list) else [value])}
        return name if held.words and held.words <= words else None
    if not all(one.keys() <= set(_EDGES) and all(isinstance(value, (int, Fraction)) for value in one.values()) for one in tests):
        return None
    inside = reduce(lambda a, b: a | b, (_inside(one.items()) for one in tests))
    return name if inside != everything() and held.interval in inside else None
