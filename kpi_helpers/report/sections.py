"""The sections of a department's report; each method returns what a notebook cell displays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from kpi_helpers.cliffs import tornado, worth_trying
from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.report.charts import tornado_svg
from kpi_helpers.report.cliffs import standing
from kpi_helpers.report.render import environment
from kpi_helpers.report.views import Grid, View, mean, plain, score_column
from kpi_helpers.report.words import show, status_word
from kpi_helpers.result import Result
from kpi_helpers.what_if.replay import Replay
from kpi_helpers.what_if.tunables import tunables

WIDEST = 12  # columns that fit on a printed page


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
class Figure:
    """One figure of the summary."""

    title: str
    value: str
    unit: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Fold:
    """The ledger lines of one person or group, under a label."""

    label: str
    summary: str
    lines: list[dict]
    evidence: bool = True


class Report:
    """报告 of one result: title, summary, flags, people, groups, money, ledger, assumptions, policy, data, provenance."""

    def __init__(self, job: Job, result: Result):
        self.job, self.result, self.policy = job, result, result.policy
        self.view = View(result)
        self.anchors = {clause.id: f"c{position}" for position, clause in enumerate(self.policy.clauses, 1)}

    def section(self, name: str, **context) -> Html:
        return Html(name, str(getattr(environment().get_template("sections.html.j2").module, name)(**context)))

    def title(self) -> Html:
        """The head of the report, with a place for the contents list."""
        return self.section("title", job=self.job, policy=self.policy)

    def summary(self) -> Html:
        """概况: a few figures."""
        counts = Counter(self.result.employees["status"])
        statuses = [(status_word(code), count) for code, count in counts.most_common()]
        return self.section("summary", figures=self.figures(), statuses=statuses)

    def figures(self) -> list[Figure]:
        complete = int((self.result.employees["status"] == "complete").sum())
        figures = [
            Figure(say("人数", "people"), str(len(self.result.employees))),
            Figure(say("已完成", "complete"), str(complete)),
            Figure(say("待决定", "to decide"), str(len(self.result.flags))),
            Figure(say("拒收行", "refused rows"), str(len(self.result.errors))),
        ]
        score = score_column(self.policy)
        for frame in (self.result.employees, self.result.groups) if score else ():
            if score.name in frame and mean(frame[score.name].array) is not None:
                assumed = any("分" in units for units in self.view.assumed.values())
                title = say(f"平均{score.title}", f"mean {score.title}")
                figures.append(Figure(title, show(mean(frame[score.name].array)), score.unit, assumed))
                break
        if self.view.pay.clauses:
            figures.append(
                Figure(say("金额合计", "total"), show(self.view.pay.grand_total(), "元"), say("元", "yuan"), bool(self.view.assumed))
            )
        return figures

    def flags(self) -> Html:
        """待决定."""
        return self.section("flags", grid=_compact(self.view.flags()))

    def people(self) -> Html:
        """人员: everybody's outcome; where there is more than a page can show, the details stand in tables of their own."""
        whole = _compact(self.view.people())
        if len(whole.columns) <= WIDEST:
            return self.section("people", grid=whole, details=[])
        details = self.view.people(("detail",))
        details = details.pick([0, 1, *range(4, len(details.columns) - 2)], say("各项结果", "Results in detail"))
        return self.section("people", grid=_compact(self.view.people(("score", "grade", "pay"))), details=details.split(2, WIDEST))

    def groups(self) -> Html:
        """小组与部门, with the groups' own ledger lines and every further result."""
        folds = _folds([row for row in self.view.ledger if row["employee_id"] is None], self._unit)
        return self.section(
            "groups",
            group_grids=_compact(self.view.groups()).split(1, WIDEST),
            group_ledgers=folds,
            others=[piece for grid in self.view.others() for piece in _compact(grid).split(1, WIDEST)],
            anchors=self.anchors,
        )

    def _unit(self, row) -> str:
        return say("部门", "Department") if row["group_id"] is None else row["group_id"]

    def money(self) -> Html:
        """金额: what each clause pays, and the sum."""
        pay = self.view.pay
        unpaid = sum(not published for published in pay.published.values())
        return self.section("money", total=pay.grand_total(), by_clause=pay.by_clause(), unpaid=unpaid, assumed=bool(self.view.assumed))

    def cliffs(self) -> Html:
        """门槛与临界（静态）: who stands near an edge and what reaching it would bring; which number moves the total most."""
        grids, nobody = standing(self.view)
        replay = Replay(self.policy, self.result.inputs)
        swings = tornado(self.policy, replay.score, worth_trying(self.policy, replay.score, tunables(self.policy)))
        return self.section("cliffs", grids=grids, nobody=nobody, tornado=swings, chart=Markup(tornado_svg(swings)))

    def ledger(self) -> Html:
        """台账: everybody's lines, folded."""
        rows = [row for row in self.view.ledger if row["employee_id"] is not None]
        folds = _folds(rows, lambda row: row["employee_id"])
        people = [Fold(self.view.person(fold.label), self._outcome(fold.label), fold.lines) for fold in folds]
        return self.section("ledger", people=people, anchors=self.anchors)

    def _outcome(self, employee_id) -> str:
        row = self.result.employees.loc[employee_id]
        shown = [one for one in self.view.shown(self.result.employees) if one.role in ("score", "grade", "pay")]
        parts = [f"{one.title} {show(plain(row[one.name]), one.unit)}" for one in shown if plain(row[one.name]) is not None]
        return " · ".join(parts or [status_word(row["status"])])

    def assumptions(self) -> Html:
        """假设."""
        return self.section("assumptions", grid=_compact(self.view.assumptions()))

    def clauses(self) -> Html:
        """考核办法: clauses, numbers in force, stated clauses with the reason."""
        return self.section(
            "policy",
            policy=self.policy,
            computed=self.view.clauses(stated=False),
            stated=self.view.clauses(stated=True),
            parameters=self.view.parameters(),
            anchors=self.anchors,
        )

    def data(self) -> Html:
        """数据检查与拒收行."""
        return self.section("data", delivered=self.view.delivered(), refused=self.view.refused(), notes=self.result.inputs.notes)

    def provenance(self) -> Html:
        """来源: files, hashes, versions; no time, so that the same inputs give the same page."""
        return self.section("provenance", facts=self.job.provenance(self.policy))


def _folds(rows, key) -> list[Fold]:
    """Ledger rows by unit, units in the order of their first line."""
    by_unit: dict = {}
    for row in rows:
        by_unit.setdefault(key(row), []).append(row)
    return [Fold(label, "", lines) for label, lines in by_unit.items()]


def _compact(grid: Grid) -> Grid:
    """A grid without the text columns in which nothing stands."""
    return grid.pick([i for i, column in enumerate(grid.columns) if column.unit or any(row[i] not in (None, "", []) for row in grid.rows)])
