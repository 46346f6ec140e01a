"""待人决定: what the clauses propose, kind by kind with its evidence and a note of the risk; nothing of it has been done."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_helpers.language import say
from kpi_helpers.numbers import is_missing
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import show


@dataclass(frozen=True)
class Matter:
    """One kind of proposal under one clause: whom it concerns, the facts, and the note that goes with it."""

    title: str
    clause: str
    source: str
    note: str
    grid: Grid

    @property
    def bare(self) -> bool:
        """Is there nothing to say but the names?"""
        return len(self.grid.columns) == 1


def proposals(view: View) -> Grid:
    """待决定: every proposal with its evidence, a row each; nothing of it has been done."""
    titles = (say("事项", "proposal"), say("对象", "about"), say("条款", "clause"), say("依据", "source"))
    columns = [Column(title) for title in (*titles, say("事实", "evidence"), say("提示", "note"))]
    rows = [
        [flag["title"], _about(view, flag), flag["clause"], flag["source"], facts(view, flag["detail"]), flag["note"]]
        for flag in view.result.flags.to_dict("records")
    ]
    return Grid(say("待人决定的事项", "For people to decide"), columns, rows)


def matters(view: View, links: dict[str, str]) -> list[Matter]:
    """Proposals of one kind together: those with a note of the risk first, then in the order they were found."""
    found: dict[tuple, list[list]] = {}
    for title, about, clause, source, evidence, note in proposals(view).rows:
        found.setdefault((title, clause, source, note), []).append([about, evidence])
    columns, led = [Column(say("对象", "about")), Column(say("事实", "evidence"))], {view.person(id): link for id, link in links.items()}
    made = [Matter(*key, Grid(key[0], columns, rows, links=led).compact()) for key, rows in found.items()]
    return sorted(made, key=lambda one: not one.note)


def _about(view: View, flag: dict) -> str:
    """Whom a proposal concerns: a person, a group or the department."""
    if not is_missing(flag["employee_id"]):
        return view.person(flag["employee_id"])
    return say("部门", "department") if is_missing(flag["group_id"]) else str(flag["group_id"])


def facts(view: View, detail) -> str:
    """The facts behind a proposal, with the titles of what it names by its short name."""
    value = plain(detail)
    if value is None:
        return ""
    return show([_titled(view, one) for one in value] if isinstance(value, list) else value)


def _titled(view: View, value):
    if not isinstance(value, str):
        return value
    if value in view.policy.results:
        return view.policy.results[value].title
    return view.person(value) if value in view.names else value
