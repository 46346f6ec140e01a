"""总览: the page over all departments of a month, for human resources."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.report.render import page
from kpi_helpers.report.words import yuan


@dataclass(frozen=True)
class Entry:
    """One department on the page: the facts of its last good run, and what is wrong with the latest one."""

    name: str
    folder: str
    facts: dict | None = None
    failure: tuple[str, ...] = ()

    @property
    def trial(self) -> str:
        """The scenario's name, where the run is a trial."""
        return ((self.facts or {}).get("scenario") or {}).get("name", "")

    @property
    def amount(self) -> Fraction | None:
        """What the department pays; None where its policy has no money."""
        written = (self.facts or {}).get("amount")
        return None if written is None else Fraction(written.replace(",", ""))

    @property
    def made_at(self) -> str:
        """When, to the minute, in the time of the machine that ran it."""
        return (self.facts or {}).get("made_at", "")[:16].replace("T", " ")

    @property
    def files(self) -> list[tuple[str, str]]:
        """(title, file) of what the run left and a reader may open."""
        titles = {
            "report.html": say("报告", "report"),
            "statements.html": say("全部绩效单", "all statements"),
            "results.xlsx": "Excel",
            "published.html": say("公示名单", "published list"),
            "notebook.ipynb": say("笔记本", "notebook"),
        }
        there = (self.facts or {}).get("outputs", {})
        return [(title, name) for name, title in titles.items() if name in there]


def overview(month: str, entries: list[Entry]) -> str:
    """The index page of a month."""
    counted = [one for one in entries if one.facts and not one.trial]
    paid = [one.amount for one in counted if one.amount is not None]
    return page(
        "overview.html.j2",
        title=f"{say('绩效考核总览', 'All departments')} {month}",
        month=month,
        departments=entries,
        totals={name: sum(one.facts[name] for one in counted) for name in ("people", "complete", "flags", "refused")},
        amount=yuan(sum(paid, Fraction(0))) if paid else None,
        counted=len(counted),
        paying=len(paid),
        older=[one.name for one in counted if one.failure],
        trials=[one.name for one in entries if one.trial],
    )
