"""试算面板: the numbers of a policy on the left, what they do to people, groups and cost on the right."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import ipywidgets as W

from kpi_helpers.errors import KpiError
from kpi_helpers.language import say, set_language
from kpi_helpers.policy import value_text
from kpi_helpers.what_if import views
from kpi_helpers.what_if.cliffs_tab import CliffsTab
from kpi_helpers.what_if.compare_tab import CompareTab
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.result_tabs import GroupsTab, PeopleTab, PicturesTab
from kpi_helpers.what_if.rows import Row
from kpi_helpers.what_if.scenario_tab import ScenarioTab
from kpi_helpers.what_if.seek_tab import SeekTab
from kpi_helpers.what_if.trial import Trial
from kpi_helpers.what_if.tunables import Tunable
from kpi_helpers.what_if.widgets import button, html

FOUND = 30  # rows that a search shows


def framed(parts: list[W.Widget]) -> W.Widget:
    """Widgets in the panel's own style."""
    css = (Path(__file__).parent / "panel.css").read_text(encoding="utf-8")
    made = W.VBox([html(f"<style>{css}</style>"), *parts], layout=W.Layout(width="100%"))
    made.add_class("kpi-what-if")
    return made


def message(words: str, tone: str = "") -> str:
    """What is told to a person, in the reader's words."""
    return f'<div class="kpi-told {tone}" role="status">{escape(words)}</div>'


def told(words: str, tone: str = "") -> W.Widget:
    """A message in the place of the panel."""
    return framed([html(message(words, tone))])


class Panel:
    """试算面板 of one month; `view` is the widget to show."""

    def __init__(self, month: Month):
        self.job = month.job
        self.trial = Trial(month)
        self.rows: dict[str, Row] = {}
        self.told, self.cost, self.words = html(), html(), ("", "")
        self.tabs = [kind(self) for kind in (PeopleTab, GroupsTab, PicturesTab, CliffsTab, SeekTab, ScenarioTab, CompareTab)]
        self.tab = W.Tab([tab.view for tab in self.tabs], titles=[tab.title for tab in self.tabs], layout=W.Layout(width="100%"))
        self.tab.observe(lambda _: self.act(self.show_tab), "selected_index")
        self.view = self.arranged()
        self.refresh()

    # -- layout -------------------------------------------------------------------------------------------------------

    def arranged(self) -> W.Widget:
        wide = W.Layout(width="100%")
        left, right = W.VBox(self.numbers(), layout=wide), W.VBox([self.cost, self.tab], layout=wide)
        left.add_class("kpi-left")
        right.add_class("kpi-right")
        body = W.Box([left, right], layout=wide)
        body.add_class("kpi-body")
        return framed([html(self.head()), self.told, body])

    def head(self) -> str:
        policy = self.trial.policy
        job = escape(f"{self.job.name} · {policy.period}")
        return f"<p><small>{say('试算', 'What if')} · {job}</small></p><h2>{escape(policy.title)}</h2>"

    def numbers(self) -> list[W.Widget]:
        """Search, undo, the weights that do not add up, and the numbers by section of the document."""
        self.search = W.Text(placeholder=say("查找：条款、名称、依据", "search: clause, title, source"), layout=W.Layout(width="auto"))
        self.search.observe(lambda _: self.act(self.find), "value")
        self.only_changed = W.ToggleButton(description=say("只看改动", "changed only"), layout=W.Layout(width="auto"))
        self.only_changed.observe(lambda _: self.act(self.find), "value")
        self.back = button(say("撤销", "undo"), lambda: self.act(self.trial.undo))
        self.all_back = button(say("全部还原", "reset all"), lambda: self.act(self.trial.reset_all))
        self.sections: dict[str, list[Tunable]] = {}
        for one in self.trial.tunables:
            self.sections.setdefault(one.section, []).append(one)
        self.accordion = W.Accordion([W.VBox() for _ in self.sections], titles=list(self.sections), layout=W.Layout(width="100%"))
        self.accordion.observe(lambda _: self.act(self.open_section), "selected_index")
        self.found, self.weights = W.VBox(), W.VBox()
        buttons = W.HBox([self.back, self.all_back, self.only_changed], layout=W.Layout(flex_flow="row wrap"))
        return [self.search, buttons, self.weights, self.found, self.accordion]

    def row(self, name: str) -> Row:
        """The widgets of one number, made when they are first wanted."""
        if name not in self.rows:
            self.rows[name] = Row(
                name,
                self.trial,
                lambda name, value: self.act(lambda: self.trial.set(name, value)),
                lambda name: self.act(lambda: self.trial.reset(name)),
            )
        return self.rows[name]

    def open_section(self) -> None:
        at = self.accordion.selected_index
        if at is not None and not self.accordion.children[at].children:
            self.accordion.children[at].children = [self.row(one.name).view for one in list(self.sections.values())[at]]

    def find(self) -> None:
        """Show the numbers that a search or the list of changes wants, instead of the sections."""
        word, changed = self.search.value.strip().casefold(), self.only_changed.value
        found = [
            one
            for one in self.trial.tunables
            if (not changed or one.name in self.trial.numbers)
            and word in " ".join((one.name, one.title, one.source, one.section, one.note, *one.clauses)).casefold()
        ]
        active = bool(word) or changed
        more = [html(say(f"另有 {len(found) - FOUND} 项，请再写几个字。", f"{len(found) - FOUND} more; type a few more letters."))]
        nothing = [html(say("没有。", "Nothing."))]
        rows = [self.row(one.name).view for one in found[:FOUND]] + (more if len(found) > FOUND else []) or nothing
        self.found.children = rows if active else []
        self.accordion.layout.display = "none" if active else ""

    # -- doing --------------------------------------------------------------------------------------------------------

    def act(self, does: Callable[[], object]) -> None:
        """Do what a person asked for; say what is at fault, and show how things stand."""
        set_language(self.job.language)  # a callback comes without the language of the notebook
        before, self.words = dict(self.trial.numbers), ("", "")
        try:
            does()
        except KpiError as error:
            self.say(str(error), "bad")
        self.refresh(before)

    def say(self, words: str, tone: str = "") -> None:
        """What to tell the person once the present action is done."""
        self.words = words, tone

    def refresh(self, before: dict | None = None) -> None:
        """Show the trial: its cost, the open tab, and the numbers that differ from `before`."""
        trial = self.trial
        words, tone = self.words
        if trial.fault is not None and not words:
            words, tone = say("现在不能计算：", "There is no result now: ") + str(trial.fault), "bad"
        self.told.value = message(words, tone) if words else ""
        self.cost.value = views.cost(trial.comparison) if trial.fault is None else ""
        self.show_tab()
        self.back.disabled, self.all_back.disabled = not trial.before, not trial.numbers
        moved = {name for name in {*(before or {}), *trial.numbers} if (before or {}).get(name, ...) != trial.numbers.get(name, ...)}
        beside = {other for name in moved for side in trial.constraints.neighbours(name, trial.numbers) for other, _ in side}
        for name in self.rows.keys() if before is None else self.rows.keys() & (moved | beside | set(self.touched())):
            self.rows[name].refresh()
        if moved or before is None:
            self.accordion.titles = [self.section_title(section) for section in self.sections]
            self.show_weights()

    def touched(self) -> list[str]:
        """The number that was changed last: its widgets show the trial's number again also where a change was refused."""
        return [name for name, row in self.rows.items() if row.asked]

    def section_title(self, section: str) -> str:
        changed = sum(one.name in self.trial.numbers for one in self.sections[section])
        return section + (say(f"（改动 {changed} 项）", f" ({changed} changed)") if changed else "")

    def show_tab(self) -> None:
        if self.tab.selected_index is not None and self.trial.fault is None:
            self.tabs[self.tab.selected_index].refresh()

    def show_weights(self) -> None:
        """Weights that do not add up, each with a button to rescale them."""
        made = []
        for weights, whole in self.trial.astray():
            titles = "、".join(self.trial.known[name].title for name in weights.names[:4]) + ("…" if len(weights.names) > 4 else "")
            words = say(
                f"{titles}：合计 {value_text(whole)}，不是 {value_text(weights.whole)}。",
                f"{titles} add up to {value_text(whole)}, not {value_text(weights.whole)}.",
            )
            rescale = button(say("按比例调整", "rescale"), lambda weights=weights: self.act(lambda: self.trial.rescale(weights)))
            made.append(W.VBox([html(f'<div class="kpi-told">{escape(words)}</div>'), rescale]))
        self.weights.children = made
