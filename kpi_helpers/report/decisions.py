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


def matters(view: View, links: dict[str, str]) -> list[Matter]:
    """Proposals of one kind together: those with a note of the risk first, then in the order they were found."""
    found: dict[tuple, list[list]] = {}
    led: dict[str, str] = {}
    for flag in view.result.flags.to_dict("records"):
        id = flag["employee_id"]
        about = flag["group_id"] if is_missing(id) else view.person(id)
        about = say("部门", "Department") if is_missing(about) else about
        if not is_missing(id) and id in links:
            led[about] = links[id]
        key = flag["title"], flag["clause"], flag["source"], flag["note"]
        found.setdefault(key, []).append([about, facts(view, flag["detail"])])
    columns = [Column(say("对象", "about")), Column(say("事实", "evidence"))]
    made = [Matter(*key, Grid(key[0], columns, rows, links=led).compact()) for key, rows in found.items()]
    return sorted(made, key=lambda one: not one.note)


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
