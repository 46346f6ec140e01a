"""Errors for readers: where in their own document, what is wrong with the value shown, what to do; all at once."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from kpi_helpers.language import say

MAX_FAULTS = 200
_LONGEST = 600  # characters of each part of a message
_WORD, _OPTIONS = 60, 2_000  # a search for what may be meant takes its time


@dataclass(frozen=True)
class Fault:
    """One fault: `where` is a place in the reader's document, e.g. 员工.xlsx 事件!C14 条款."""

    where: str
    problem: str
    hint: str = ""

    def __str__(self):
        return f"{_cut(self.where)}: {_cut(self.problem)}" + (f" {_cut(self.hint)}" if self.hint else "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class Faults(list):
    """Faults as they are found; a document with more than MAX_FAULTS is given up with those."""

    def append(self, fault: Fault) -> None:
        super().append(fault)
        if len(self) > MAX_FAULTS:
            rest = Fault("…", say(f"错误太多，只列出前 {MAX_FAULTS} 处。", f"too many faults; the first {MAX_FAULTS} are shown."))
            raise PolicyError([*self[:MAX_FAULTS], rest])

    def extend(self, faults) -> None:
        for fault in faults:
            self.append(fault)

    def __iadd__(self, faults):
        self.extend(faults)
        return self


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
    options = list(dict.fromkeys(map(str, options)))[:_OPTIONS]
    word = str(word)
    close = get_close_matches(word, options, n=1, cutoff=0.6) if len(word) <= _WORD else []
    if not close and len(word) == 2 and not word.isascii():  # one wrong sign of two, as 得份 for 得分
        near = get_close_matches(word, [option for option in options if len(option) == 2], n=2, cutoff=0.5)
        close = near if len(near) == 1 else []
    if close:
        return say(f"是否指“{close[0]}”？", f"Did you mean '{close[0]}'?")
    if not options:
        return ""
    shown = "、".join(options[:20]) + ("…" if len(options) > 20 else "")
    return say(f"可用：{shown}。", f"Allowed: {shown}.")
