"""Errors for readers: where in their own document, what is wrong with the value shown, what to do; all at once."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from kpi_helpers.language import say


@dataclass(frozen=True)
class Fault:
    """One fault: `where` is a place in the reader's document, e.g. 员工.xlsx 事件!C14 条款."""

    where: str
    problem: str
    hint: str = ""

    def __str__(self):
        return f"{self.where}: {self.problem}" + (f" {self.hint}" if self.hint else "")


class KpiError(Exception):
    """Something a reader can mend; `faults` holds every single one.

    >>> print(KpiError([Fault("员工.xlsx 事件!C14 条款", "没有条款“6.21”。", "是否指“6.12”？")]))
    员工.xlsx 事件!C14 条款: 没有条款“6.21”。 是否指“6.12”？
    """

    def __init__(self, faults):
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def _render_traceback_(self):
        """What Jupyter shows instead of a traceback: the faults."""
        return [str(fault) for fault in self.faults]


class PolicyError(KpiError):
    """考核办法有误: a policy file, parameter or override is at fault."""


class DataError(KpiError):
    """数据有误: a workbook is at fault; nothing was scored."""


class UsageError(KpiError):
    """用法有误: a command was called in a way it does not know."""


def did_you_mean(word: str, options) -> str:
    """A suggestion sentence for a mistyped name, else the list of what is allowed.

    >>> did_you_mean("point", ["points", "cap"])
    '是否指“points”？'
    """
    options = [str(option) for option in options]
    close = get_close_matches(str(word), options, n=1, cutoff=0.6)
    if close:
        return say(f"是否指“{close[0]}”？", f"Did you mean '{close[0]}'?")
    if not options:
        return ""
    shown = "、".join(options[:20]) + ("…" if len(options) > 20 else "")
    return say(f"可用：{shown}。", f"Allowed: {shown}.")
