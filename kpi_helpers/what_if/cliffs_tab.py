"""临界页: who stands near a threshold in the trial, what a little more would bring, which number moves the total most."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets as W

from kpi_helpers.cliffs import tornado, worth_trying
from kpi_helpers.language import say
from kpi_helpers.policy import Policy
from kpi_helpers.report.charts import tornado_svg
from kpi_helpers.report.cliffs import edges, standing
from kpi_helpers.report.render import environment
from kpi_helpers.report.views import Column, Grid, View
from kpi_helpers.result import Result
from kpi_helpers.what_if.views import text
from kpi_helpers.what_if.widgets import button, html


class CliffsTab:
    """门槛与临界: the counts follow every change; what takes longer is asked for by a button."""

    def __init__(self, panel):
        self.panel, self.title = panel, say("临界", "Cliffs")
        self.counts, self.more = html(), html()
        near = button(say("差一点的人，达到后会怎样", "who is near, and what reaching it brings"), lambda: panel.act(self.show_near))
        swings = button(say("哪个数最影响合计", "which number moves the total most"), lambda: panel.act(self.show_swings))
        self.near, self.swings = near, swings
        self.view = W.VBox([self.counts, W.HBox([near, swings], layout=W.Layout(flex_flow="row wrap")), self.more])

    def refresh(self) -> None:
        titles = (say("门槛", "threshold"), say("线下（差一点）", "just below"), say("线上（刚过）", "just above"))
        rows = [[one.title, len(one.near.below), len(one.near.above)] for one in edges(self.panel.trial.result)]
        nothing = f"<p>{say('本办法没有门槛。', 'This policy has no thresholds.')}</p>"
        self.counts.value = _table(Grid("", [Column(title) for title in titles], rows)) if rows else nothing

    def show_near(self) -> None:
        """Everybody near an edge, with what reaching it would bring, scored by the same engine."""
        grids, _ = standing(View(self.panel.trial.result))
        nobody = f"<p>{say('没有人临近门槛。', 'Nobody stands near a threshold.')}</p>"
        self.more.value = "".join(f"<h3>{text(grid.title)}</h3>{_table(grid)}" for grid in grids) or nobody

    def show_swings(self) -> None:
        """Every number a tenth lower and higher, the others as they are in the trial."""
        trial = self.panel.trial
        numbers = [replace(one, value=trial.value(one.name)) for one in trial.tunables]

        def score(policy: Policy) -> Result:
            together = {**trial.numbers, **policy.overrides}
            return trial.month.score(trial.policy.adjusted(together)) if together else trial.month.baseline

        found = tornado(trial.policy, score, worth_trying(trial.policy, score, numbers))
        self.more.value = tornado_svg(found) or f"<p>{say('没有哪个数会改变合计。', 'No number changes the total.')}</p>"


def _table(grid: Grid) -> str:
    return str(environment().get_template("tables.html.j2").module.table(grid, False))
