"""总览: the page over all departments of a month, for human resources."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_helpers.language import say
from kpi_helpers.report.render import page


@dataclass(frozen=True)
class Entry:
    """One department on the page: the facts of its last good run, and what is wrong with the latest one."""

    name: str
    folder: str
    facts: dict | None = None
    failure: tuple[str, ...] = ()


def overview(month: str, entries: list[Entry]) -> str:
    """The index page of a month."""
    return page("overview.html.j2", title=f"{say('绩效考核总览', 'All departments')} {month}", month=month, departments=entries)
