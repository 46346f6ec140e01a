"""结果页: people, groups and grades, pictures of a trial; only the page that is open is drawn."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import ipywidgets as W

from kpi_helpers.cliffs import thresholds
from kpi_helpers.language import say
from kpi_helpers.policy import Policy
from kpi_helpers.what_if import pictures, views
from kpi_helpers.what_if.widgets import button, html


class PeopleTab:
    """人员: everybody's score, grade and pay, sorted and searched, fifty at a time."""

    def __init__(self, panel):
        self.panel, self.title, self.order, self.html = panel, say("人员", "People"), views.Order(), html()
        narrow = W.Layout(width="150px")
        self.by = W.Dropdown(options=views.orders(), value=self.order.by, layout=narrow)
        self.rising = W.Dropdown(
            options=[(say("从大到小", "falling"), False), (say("从小到大", "rising"), True)], layout=W.Layout(width="110px")
        )
        self.only = W.Dropdown(options=views.filters(), layout=narrow)
        self.word = W.Text(placeholder=say("姓名、工号、小组", "name, id, group"), layout=narrow)
        for widget, name in ((self.by, "by"), (self.rising, "rising"), (self.only, "only"), (self.word, "word")):
            widget.observe(lambda change, name=name: self.choose(**{name: change["new"], "page": 0}), "value")
        self.back = button("‹", lambda: self.choose(page=self.order.page - 1), tooltip=say("上一页", "previous page"))
        self.on = button("›", lambda: self.choose(page=self.order.page + 1), tooltip=say("下一页", "next page"))
        controls = [self.by, self.rising, self.only, self.word, self.back, self.on]
        self.view = W.VBox([W.HBox(controls, layout=W.Layout(flex_flow="row wrap")), self.html])

    def choose(self, **changes) -> None:
        self.order = replace(self.order, **changes)
        self.panel.act(lambda: None)

    def refresh(self) -> None:
        comparison = self.panel.trial.comparison
        last = views.last_page(comparison, self.order)
        self.order = replace(self.order, page=min(max(self.order.page, 0), last))
        self.html.value = views.people(comparison, self.order)
        self.back.disabled, self.on.disabled = self.order.page == 0, self.order.page == last


class GroupsTab:
    """小组与等级: pay of each group, people of each grade."""

    def __init__(self, panel):
        self.panel, self.title, self.html = panel, say("小组与等级", "Groups and grades"), html()
        self.view = W.VBox([self.html])

    def refresh(self) -> None:
        comparison = self.panel.trial.comparison
        nothing = f"<p>{say('本办法没有小组，也没有等级。', 'This policy knows neither groups nor grades.')}</p>"
        self.html.value = views.grades(comparison) + views.groups(comparison) or nothing


class PicturesTab:
    """图: scores against the thresholds of the grades, differences in pay."""

    def __init__(self, panel):
        self.panel, self.title, self.html = panel, say("图", "Charts"), html()
        self.view = W.VBox([self.html])

    def refresh(self) -> None:
        trial = self.panel.trial
        comparison = trial.comparison
        names = views.facts(comparison, "name")
        names = [name or id for name, id in zip(names, comparison.ids, strict=True)]
        edges = (edges_of_scores(trial.policy), edges_of_scores(trial.adjusted))
        sides = comparison.before.score, comparison.after.score
        sides = views.group_scores(comparison)[1:] if all(side.isna().all() for side in sides) else sides
        drawn = pictures.scores(sides, edges) + (pictures.pay_differences(comparison, names) if views.pays(comparison) else "")
        self.html.value = drawn or f"<p>{say('没有得分，也没有金额。', 'No scores and no pay.')}</p>"


def edges_of_scores(policy: Policy) -> list[Fraction]:
    """The plain thresholds against which the score is held, or by which grades are given."""
    roles = {name: one.role for name, one in policy.results.items()}
    found = set()
    for one in thresholds(policy):
        grades = roles.get(policy.clause(one.clause).result) == "grade"
        if (roles.get(one.figure) == "score" or grades) and isinstance(one.edge, Fraction) and one.of == 1:
            found.add(one.edge)
    return sorted(found)
