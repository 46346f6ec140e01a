"""对比页: any two of the policy in force, the trial, scenarios and other policies, on the same frozen month."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as W

from kpi_helpers.compare import Comparison
from kpi_helpers.language import say
from kpi_helpers.policy_file import load_policy
from kpi_helpers.scenarios import list_scenarios, load_scenario
from kpi_helpers.what_if import views
from kpi_helpers.what_if.differences import Side, differences
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.widgets import button, html, labelled

_FORCE, _TRIAL = ("force", ""), ("trial", "")


class CompareTab:
    """对比: cost, winners and losers, grades and people of two sides, and the text of what differs."""

    def __init__(self, panel):
        self.panel, self.title, self.html = panel, say("对比", "Compare"), html()
        wide = W.Layout(width="280px")
        self.first, self.second = W.Dropdown(layout=wide), W.Dropdown(layout=wide)
        self.start = button(say("对比", "compare"), lambda: panel.act(self.compare))
        sides = [labelled(say("一方", "one side"), self.first), labelled(say("另一方", "the other"), self.second), self.start]
        self.view = W.VBox([W.HBox(sides, layout=W.Layout(flex_flow="row wrap", align_items="flex-end")), self.html])

    def refresh(self) -> None:
        """What can be compared: a file that was saved since is there too."""
        scenarios, _ = list_scenarios(self.panel.job.policy)
        own = Path(self.panel.job.policy)
        options = [(say("现行办法", "policy in force"), _FORCE), (say("试算（左边的数）", "trial (the numbers on the left)"), _TRIAL)]
        options += [(say(f"方案稿 {one.name}", f"scenario {one.name}"), ("scenario", one.name)) for one in scenarios]
        options += [
            (say(f"办法 {path.name}", f"policy {path.name}"), ("policy", str(path)))
            for path in sorted(own.parent.glob("*.yaml"))
            if path.name != own.name
        ]
        for widget, usual in ((self.first, _FORCE), (self.second, _TRIAL)):
            if tuple(options) != tuple(widget.options):
                kept = widget.value if widget.value in [value for _, value in options] else usual
                widget.options = options
                widget.value = kept

    def compare(self) -> None:
        one, other = self.side(self.first.value), self.side(self.second.value)
        comparison = Comparison(one.result, other.result)
        self.html.value = "".join(
            [
                f"<h3>{views.text(one.title)} → {views.text(other.title)}</h3>",
                views.cost(comparison),
                views.differences(differences(one, other), (one.title, other.title)),
                views.grades(comparison),
                views.groups(comparison),
                f"<h3>{say('人员', 'People')}</h3>",
                views.people(comparison, views.Order()),
            ]
        )

    def side(self, chosen: tuple[str, str]) -> Side:
        """One side: its numbers on this month's policy, or another policy on the same workbook."""
        kind, name = chosen
        trial = self.panel.trial
        month, title = trial.month, dict((value, words) for words, value in self.first.options)[chosen]
        if kind == "policy":
            policy = load_policy(name, str(self.panel.job.period))
            return Side(title, policy, Month(self.panel.job, policy).baseline)
        numbers = {"force": {}, "trial": trial.numbers}.get(kind)
        if numbers is None:
            numbers = load_scenario(name, self.panel.job.policy).numbers
        adjusted = trial.policy.adjusted(numbers) if numbers else trial.policy
        return Side(title, trial.policy, month.score(adjusted) if numbers else month.baseline, numbers)
