"""待人决定: what the clauses propose, kind by kind with its evidence and a note of the risk; nothing of it has been done."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_helpers.language import say
from kpi_helpers.numbers import is_missing, text
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.names import known
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import RATIO, amount, show, term_words


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
        [flag["title"], _about(view, flag), flag["clause"], flag["source"], facts(view, flag), flag["note"]]
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


def facts(view: View, flag: dict) -> str:
    """The facts behind a proposal in the reader's words: 基本量达成率 86.67%（线 100%）."""
    value, line = plain(flag["detail"]), plain(flag["line"])
    if value is None:
        return ""
    title, unit = _term(view, flag["term"])
    join, colon = say("、", ", "), say("：", ": ") if isinstance(value, (list, dict)) else " "
    if isinstance(value, dict):
        words = join.join(_named(view, key, one, unit) for key, one in value.items())
    elif isinstance(value, list):
        words = join.join(_item(view, one, flag["employee_id"], unit) for one in value)
    else:
        words = amount(value, unit)
    return (f"{title}{colon}{words}" if title else words) + _line(line, unit)


def _term(view: View, name: str) -> tuple[str, str]:
    """Title and unit of a flag's facts: those of the policy's figure, else the package's own."""
    if not name:
        return "", ""
    known_here = known(view.policy, name)
    return (known_here.title, known_here.unit) if name in view.policy.results else term_words(name) or (known_here.title, known_here.unit)


def _line(line, unit: str) -> str:
    if line is None:
        return ""
    if isinstance(line, str):  # a day
        return say(f"（期限 {line}）", f" (due {line})")
    shown = f"{text(100 * line)}%" if unit == RATIO else amount(line, unit)
    return say(f"（线 {shown}）", f" (line {shown})")


def _named(view: View, key: str, value, unit: str) -> str:
    """One of several facts: a month with its number, or a figure of the policy with its own unit."""
    one = known(view.policy, key)
    title, unit = (key, unit) if one.title == key else (one.title, one.unit)
    return f"{title} {amount(value, unit)}"


def _item(view: View, value, person, unit: str) -> str:
    """One of a list: a person by name, an item or an indicator by its title; an item with the points that the person has."""
    if value in view.names:
        return view.person(value)
    if value not in view.policy.results:
        return f"{value} {view.indicators[value]}" if value in view.indicators else show(value)
    frame, title = view.result.employees, view.policy.results[value].title
    points = plain(frame.at[person, value]) if unit and value in frame and person in frame.index else None
    return title if points is None else f"{title} {amount(points, unit)}"
