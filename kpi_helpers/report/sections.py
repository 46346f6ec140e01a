"""The sections of a department's report; each method returns what a notebook cell displays."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kpi_helpers.cliffs import tornado, worth_trying
from kpi_helpers.departments import Job
from kpi_helpers.history import why_nothing_before
from kpi_helpers.language import say
from kpi_helpers.numbers import half_up
from kpi_helpers.report import costs, deadlines, grades, headline, in_force, pools
from kpi_helpers.report.changes import changes
from kpi_helpers.report.charts import tornado_svg
from kpi_helpers.report.cliffs import standing
from kpi_helpers.report.decisions import matters
from kpi_helpers.report.names import word
from kpi_helpers.report.render import environment
from kpi_helpers.report.scoreboard import WIDEST, scoreboard
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import amount, show, status_word
from kpi_helpers.result import Result
from kpi_helpers.what_if.replay import Replay
from kpi_helpers.what_if.tunables import tunables


@dataclass(frozen=True)
class Html:
    """A piece of a page, shown as such by Jupyter."""

    title: str
    html: str

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        return f"<{self.title}>"


@dataclass(frozen=True)
class Fold:
    """The ledger lines of one person or group, under a label; `anchor` is where links to it lead."""

    label: str
    lines: list[dict]
    summary: str = ""
    anchor: str = ""


class Report:
    """报告 of one result, section by section in the order of the page; `earlier` is the result of the period before."""

    def __init__(self, job: Job, result: Result, earlier: Result | None = None):
        self.job, self.result, self.policy = job, result, result.policy
        self.view, self.then = View(result), View(earlier) if earlier else None
        self.anchors = {clause.id: f"c{position}" for position, clause in enumerate(self.policy.clauses, 1)}
        self.lines = _by(self.view.ledger, "employee_id")
        self.people_links = {id: f"p{position}" for position, id in enumerate((id for id in self.lines if id is not None), 1)}

    def section(self, name: str, **context) -> Html:
        return Html(name, str(getattr(environment().get_template("sections.html.j2").module, name)(**context)))

    def title(self) -> Html:
        """The head of the report, with a place for the contents list."""
        return self.section("title", job=self.job, policy=self.policy)

    def summary(self) -> Html:
        """概况: five lines and four figures."""
        why = "" if self.then else self._no_earlier()
        return self.section("summary", figures=headline.figures(self.view), lines=headline.lines(self.view, self.then, why))

    def _no_earlier(self) -> str:
        return say("没有上期数据。", "No period before to compare with.") + why_nothing_before(self.job)

    def decisions(self) -> Html:
        """待人决定: proposals with evidence and notes of the risk; deadlines in working days."""
        view = self.view
        return self.section(
            "decisions",
            matters=matters(view, self.people_links),
            due=deadlines.table(view).compact(),
            terms=deadlines.terms(view),
            anchors=self.anchors,
        )

    def people(self) -> Html:
        """得分表: everybody's outcome; where there is more than a page can show, the details stand in tables of their own."""
        grid, details = scoreboard(self.view, self.people_links)
        return self.section("people", grid=grid, details=details)

    def groups(self) -> Html:
        """小组与奖金池: what the groups came to, and how their money was worked out, with their own ledger lines."""
        lines = _by(self.lines.get(None, ()), "group_id")
        units = [id for id in [*self.view.group_names, None] if id in lines]
        return self.section(
            "groups",
            group_grids=self.view.groups().compact().split(1, WIDEST),
            pools=pools.pools(self.view),
            group_ledgers=[Fold(say("部门", "Department") if id is None else id, lines[id]) for id in units],
            anchors=self.anchors,
            sums=self.view.calculations,
        )

    def grades(self) -> Html:
        """等级分布, where there are grades."""
        return self.section("grades", grid=grades.distribution(self.view))

    def costs(self) -> Html:
        """哪些条款分量最重: points taken, points given, and what is paid."""
        pay = self.view.pay
        taken, given = costs.points(self.view)
        unpaid = sum(not published for published in pay.published.values())
        by_clause = pay.by_clause()
        taken.links = given.links = by_clause.links = self.anchors
        return self.section("costs", taken=taken, given=given, by_clause=by_clause, unpaid=unpaid, assumed=bool(self.view.assumed))

    def cliffs(self) -> Html:
        """门槛与临界（静态）: who stands near an edge and what reaching it would bring; which number moves the total most."""
        grids, nobody = standing(self.view)
        replay = Replay(self.policy, self.result.inputs)
        swings = tornado(self.policy, replay.score, worth_trying(self.policy, replay.score, tunables(self.policy)))
        base = show(None if swings.base is None else half_up(swings.base), swings.unit)
        return self.section("cliffs", grids=grids, nobody=nobody, tornado=swings, base=base, chart=Markup(tornado_svg(swings)))

    def changes(self) -> Html:
        """与上期比: totals, who moved most and why, who is new and gone, numbers that changed; one sentence without a period before."""
        if self.then is None:
            return self.section("changes", found=None, why=self._no_earlier())
        return self.section("changes", found=changes(self.view, self.then), why="")

    def lists(self) -> Html:
        """其他结果与清单: every further result that the policy gives."""
        return self.section("lists", grids=[piece for grid in self.view.others() for piece in grid.compact().split(1, WIDEST)])

    def ledger(self) -> Html:
        """台账: everybody's lines, folded."""
        ids = [id for id in self.result.employees.index if id in self.lines]
        people = [Fold(self.view.person(id), self.lines[id], self._outcome(id), self.people_links[id]) for id in ids]
        return self.section("ledger", people=people, anchors=self.anchors, sums=self.view.calculations)

    def _outcome(self, employee_id) -> str:
        """得分, 等级, 应发金额 in one line; the status where there is none of them."""
        row, paid = self.result.employees.loc[employee_id], self.view.pay.total(employee_id)
        shown = [one for one in self.view.shown(self.result.employees) if one.role in ("score", "grade")]
        values = [(one.title, word(one, plain(row[one.name])), one.unit) for one in shown]
        values.append((say("应发金额", "pay"), paid if self.view.pay.clauses else None, "元"))
        parts = [f"{title} {amount(value, unit)}" for title, value, unit in values if value is not None]
        return " · ".join(parts or [status_word(row["status"])])

    def clauses(self) -> Html:
        """考核办法: assumptions first, then clauses, stated clauses with the reason, every number and reading in force."""
        return self.section(
            "policy",
            policy=self.policy,
            assumed=self.view.assumptions().pick([1, 2, 3, 4, 5, 0]).compact(),
            computed=in_force.clauses(self.policy, stated=False, brief=True),
            stated=in_force.clauses(self.policy, stated=True),
            parameters=in_force.parameters(self.policy).compact(),
            anchors=self.anchors,
        )

    def data(self) -> Html:
        """数据检查与拒收行."""
        return self.section("data", delivered=self.view.delivered(), refused=self.view.refused(), notes=self.result.inputs.notes)

    def provenance(self) -> Html:
        """来源: files, hashes, versions; no time, so that the same inputs give the same page."""
        return self.section("provenance", facts=self.job.provenance(self.policy))


def _by(rows, key: str) -> dict[str | None, list[dict]]:
    """Ledger rows by whom they concern."""
    found: dict = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found
