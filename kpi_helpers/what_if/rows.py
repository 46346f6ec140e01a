"""一行一个数: the widgets of one tunable number or reading: words, slider, exact entry, reset."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from html import escape

import ipywidgets as W

from kpi_helpers.language import say
from kpi_helpers.numbers import is_number
from kpi_helpers.policy import value_text
from kpi_helpers.report.words import basis_word
from kpi_helpers.what_if.trial import Trial
from kpi_helpers.what_if.tunables import Tunable

_NUMBER = "#"  # the choice of a number among words


class Row:
    """The widgets of one tunable; `change(name, value)` and `reset(name)` are called for what a person does."""

    def __init__(self, name: str, trial: Trial, change: Callable, reset: Callable):
        self.name, self.trial, self.changed = name, trial, change
        self.quiet = False  # while widgets are set by the program
        self.asked = False  # a person has changed something that is not shown yet as the trial has it
        self.label = W.HTML(layout=W.Layout(width="100%"))
        self.back = W.Button(description="↺", tooltip=say("恢复现行", "back to what is in force"), layout=W.Layout(width="36px"))
        self.back.on_click(lambda _: reset(name))
        self.slider = self.entry = self.choice = None
        parts = [*self.inputs(), self.back]
        self.view = W.VBox([self.label, W.HBox(parts, layout=W.Layout(align_items="center"))], layout=W.Layout(margin="0 0 6px 0"))
        self.refresh()

    @property
    def one(self) -> Tunable:
        return self.trial.known[self.name]

    def inputs(self) -> list[W.Widget]:
        one = self.one
        if one.kind == "switch":
            options = [(say("是", "yes"), True), (say("否", "no"), False)]
        else:
            options = [(one.labels.get(word, word), word) for word in one.words]
        if one.kind == "number":
            options = [(say("数值", "number"), _NUMBER), *options] if options else []
        made = []
        if options:
            width = "120px" if one.kind == "number" else "100%"
            self.choice = W.Dropdown(options=options, layout=W.Layout(width=width))
            self.choice.observe(self.chosen, "value")
            made.append(self.choice)
        if one.kind == "number":
            low, high = float(one.low), float(one.high)
            flexible = W.Layout(flex="1 1 120px", min_width="80px", width="auto")
            self.slider = W.FloatSlider(value=low, min=low, max=high, step=float(one.step), readout=False, layout=flexible)
            self.slider.observe(self.slid, "value")
            self.entry = W.Text(continuous_update=False, layout=W.Layout(width="84px"))
            self.entry.observe(lambda change: self.tell(change["new"]), "value")
            made += [self.slider, self.entry]
        return made

    # -- what a person does -------------------------------------------------------------------------------------------

    def tell(self, value) -> None:
        if not self.quiet:
            self.asked = True
            self.changed(self.name, value)

    def slid(self, change) -> None:
        """A slider gives a float; what is meant is the nearest of its steps."""
        steps = round((Fraction(repr(change["new"])) - self.one.low) / self.one.step)
        self.tell(self.one.low + steps * self.one.step)

    def chosen(self, change) -> None:
        if change["new"] == _NUMBER:
            self.tell(self.one.value if is_number(self.one.value) else self.one.low)
        else:
            self.tell(change["new"])

    # -- what is shown ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the number of the trial, and whether it differs from the one in force."""
        value, self.asked, self.quiet = self.trial.value(self.name), False, True
        try:
            self.label.value = self.words(value)
            self.back.disabled = self.name not in self.trial.numbers
            if self.choice is not None:
                self.choice.value = _NUMBER if is_number(value) else value
            if self.slider is not None:
                self.slide(value)
        finally:
            self.quiet = False

    def slide(self, value) -> None:
        known = is_number(value)
        low, high = map(float, self.trial.limits(self.name))
        at = min(max(float(value), low), high) if known else low
        with self.slider.hold_trait_notifications():
            self.slider.min, self.slider.max, self.slider.value = low, max(high, low), at
        self.slider.disabled = self.entry.disabled = not known
        self.entry.value = value_text(value) if known else ""

    def words(self, value) -> str:
        """Title, unit, what is in force where it differs, and the mark of an assumption, with the source behind them."""
        one = self.one
        differs = one.name in self.trial.numbers
        unit = f" <small>{escape(one.unit)}</small>" if one.unit else ""
        mark = f' <abbr class="a" title="{basis_word("A")}">A</abbr>' if one.basis == "A" else ""
        force = say("现行", "in force")
        was = f' <b class="kpi-changed">{force} {escape(one.called(one.value))}</b>' if differs else ""
        source = "；".join(part for part in (one.source, basis_word(one.basis), "、".join(one.clauses), one.note) if part)
        return f'<span title="{escape(one.name)}：{escape(source)}">{escape(one.title)}{unit}{mark}{was}</span>'
