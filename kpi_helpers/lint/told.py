"""读者的话: numbers, ranges, lists, columns and values as the reader of a finding says them."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from kpi_helpers.columns import Column
from kpi_helpers.language import say
from kpi_helpers.numbers import text
from kpi_helpers.policy import Policy


def shown(value) -> str:
    """A number as a reader writes it."""
    return text(value) if value not in (float("inf"), float("-inf")) else "∞" if value > 0 else "-∞"


def signed(value) -> str:
    """A number with its sign, as points are added."""
    return shown(value) if value < 0 else f"+{shown(value)}"


def between(span) -> str:
    """The ends of a range, as they stand in 在 … 之间."""
    return say(f"{shown(span.low)} 至 {shown(span.high)}", f"{shown(span.low)} and {shown(span.high)}")


def listed(names) -> str:
    """A list in a sentence, shortened after twelve."""
    names = [str(name) for name in names]
    return "、".join(names[:12]) + (say(f" 等 {len(names)} 个", f" and {len(names) - 12} more") if len(names) > 12 else "")


def told(values: dict, policy: Policy) -> str:
    """Values as a reader says them: 岗位为 客服、分钟为 40."""
    pairs = [(heading(policy, name), worded(policy, name, value)) for name, value in values.items() if value != ""]
    return "、".join(say(f"{name}为 {word}", f"{name} = {word}") for name, word in pairs)


def heading(policy: Policy, name: str) -> str:
    """A column or figure as the reader calls it."""
    column = _column(policy, name)
    return name if column is None else column.heading


def worded(policy: Policy, name: str, value) -> str:
    """A value, or a list of them, of a column or figure in the reader's words."""
    column = _column(policy, name)
    if isinstance(value, list):
        return f"[{'、'.join(worded(policy, name, one) for one in value)}]"
    if isinstance(value, dict):  # another column, with which this one is compared
        return heading(policy, value["column"])
    if isinstance(value, bool):
        return say("是" if value else "否", "yes" if value else "no")
    if isinstance(value, (int, Fraction)):
        return shown(value)
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return str(value) if column is None else column.words.get(value, str(value))


def _column(policy: Policy, name: str) -> Column | None:
    return next((one for table in policy.tables.values() if (one := table.column(name)) is not None), None)
