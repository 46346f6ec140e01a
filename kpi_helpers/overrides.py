"""覆盖: other numbers for a policy by dotted name, down to one number of a band or table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction


def exact_value(value):
    """A value given from Python or a case: floats become the decimals they show."""
    if isinstance(value, float):
        return Fraction(repr(value))
    if isinstance(value, dict):
        return {key: exact_value(one) for key, one in value.items()}
    return [exact_value(one) for one in value] if isinstance(value, list) else value


def replaced(value, place: str, new, in_force: Callable = lambda value: value):
    """A copy of `value` with another value at one place: keys and, counted from 1, positions, joined by dots.

    in_force: what a dated value inside stands for. Raises KeyError where there is no such place.

    >>> replaced([{"from": 1, "give": 100}, {"from": 2, "give": 120}], "2.give", 130)
    [{'from': 1, 'give': 100}, {'from': 2, 'give': 130}]
    """
    if not place:
        return new
    value = in_force(value)
    if isinstance(value, dict):
        for key in sorted(value, key=len, reverse=True):  # a key may hold dots itself
            if place == key or place.startswith(f"{key}."):
                return {**value, key: replaced(value[key], place[len(key) + 1 :], new, in_force)}
    if isinstance(value, list):
        head, _, rest = place.partition(".")
        if head.isdecimal() and 0 < int(head) <= len(value):
            at = int(head) - 1
            return [*value[:at], replaced(value[at], rest, new, in_force), *value[at + 1 :]]
    raise KeyError(place)
