"""反推页: choose a number and a target; the value that meets it, its neighbours, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from html import escape

import ipywidgets as W
import numpy as np

from kpi_helpers.compare import Comparison
from kpi_helpers.language import say
from kpi_helpers.numbers import is_number, text
from kpi_helpers.report.words import show
from kpi_helpers.what_if.goal_seek import Answer
from kpi_helpers.what_if.trial import plain_number
from kpi_helpers.what_if.tunables import Tunable
from kpi_helpers.what_if.widgets import button, html, labelled

_EQUAL, _AT_MOST = "equal", "at_most"


class SeekTab:
    """反推: which value of one number brings the total pay, or the people of a grade, to a target."""

    def __init__(self, panel):
        self.panel, self.title, self.html = panel, say("反推", "Goal seek"), html()
        wide = W.Layout(width="320px")
        numbers = [
            (f"{one.title}（{one.name}）", one.name) for one in panel.trial.tunables if one.kind == "number" and is_number(one.value)
        ]
        self.number = W.Dropdown(options=numbers, layout=wide)
        self.goal = W.Dropdown(layout=wide)
        self.target = W.Text(placeholder=say("如 12000", "e.g. 12000"), layout=W.Layout(width="140px"))
        self.found: Answer | None = None
        self.start = button(say("求解", "solve"), lambda: panel.act(self.solve))
        self.take = button(say("采用这个值试算", "try this value"), lambda: panel.act(self.use))
        self.take.disabled = True
        asked = [
            labelled(say("改哪个数", "which number"), self.number),
            labelled(say("目标", "goal"), self.goal),
            labelled(say("目标值", "target"), self.target),
        ]
        self.view = W.VBox([W.HBox(asked, layout=W.Layout(flex_flow="row wrap")), W.HBox([self.start, self.take]), self.html])

    def refresh(self) -> None:
        """The goals that this month has: an amount where money is paid, the grades that people have."""
        comparison = self.panel.trial.comparison
        goals = []
        if not comparison.after.pay.isna().all():
            goals += [(say("应发合计等于", "total pay equals"), _EQUAL), (say("应发合计不超过", "total pay is at most"), _AT_MOST)]
        grades = sorted({word for side in (comparison.before, comparison.after) for word in side.grade if word is not None})
        goals += [(say(f"等级“{word}”的人数等于", f"people with grade {word}"), ("grade", word)) for word in grades]
        if tuple(goals) != tuple(self.goal.options):
            self.goal.options = goals

    def solve(self) -> None:
        one: Tunable = self.panel.trial.known[self.number.value]
        target = Fraction(plain_number(say("目标值", "target"), self.target.value))
        answer = self.panel.trial.seek(one.name, _measure(self.goal.value), target, self.goal.value == _AT_MOST)
        self.found = answer
        self.take.disabled = answer.value is None
        self.html.value = self.words(one, answer)

    def use(self) -> None:
        if self.found is not None and self.found.value is not None:
            self.panel.trial.set(self.number.value, self.found.value)

    def words(self, one: Tunable, answer: Answer) -> str:
        unit = "人" if isinstance(self.goal.value, tuple) else "元"
        low, high = self.panel.trial.limits(one.name)
        if answer.value is None:
            told = say(
                f"在 {text(low)} 至 {text(high)} 之间（每步 {text(one.resolution)}）没有找到使目标成立的值。最接近的：",
                f"no value from {text(low)} to {text(high)} in steps of {text(one.resolution)} meets the target. The nearest:",
            )
        else:
            told = say(
                f"{one.title} = {text(answer.value)}，结果为 {show(answer.reached, unit)}。已从文件完整重算核对。相邻的值：",
                f"{one.title} = {text(answer.value)} gives {show(answer.reached, unit)}; scored again from the files. Beside it:",
            )
        rows = "".join(
            f"<tr><td class=n>{text(value)}</td><td class=n>{show(reached, unit)}</td></tr>" for value, reached in answer.neighbours
        )
        tone = "good" if answer.value is not None else ""
        return f'<div class="kpi-told {tone}">{escape(told)}</div><table style="width:auto">{rows}</table>'


def _measure(goal) -> Callable[[Comparison], Fraction]:
    """What is to come to the target: the total pay of the trial, or how many have a grade."""
    if isinstance(goal, tuple):
        return lambda comparison: Fraction(int(np.sum(comparison.after.grade == goal[1])))
    return lambda comparison: comparison.cost[1]
