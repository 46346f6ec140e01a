"""下一档: what a person is short of to the next grade or tier, only where reaching it is better, and what it would bring."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from kpi_helpers.cliffs import Change, Stand, Threshold, ahead, nudged
from kpi_helpers.language import say
from kpi_helpers.report.cliffs import distance_words, figure_words, own_changes
from kpi_helpers.report.views import View
from kpi_helpers.result import Result

_SCORINGS, _FEWEST = 9_000, 20  # people scored again for all slips together, and how many edges at least


@dataclass(frozen=True)
class Step:
    """One edge above: what it is, where the person stands, what is missing, what reaching it brings ('' where it was not tried)."""

    title: str
    now: str
    lacking: str
    brings: str


def next_steps(view: View) -> dict[str, list[Step]]:
    """下一档 of everybody, each tried by scoring the month again with just that much more.

    An edge that is bad to reach (a third month unqualified) is told to nobody. In a large department not everybody can be
    tried: the nearest of each edge are, and the others are told of it if it was better for all of those.
    """
    result, found = view.result, ahead(view.result)
    rest = max(_SCORINGS // max(len(result.employees), 1), _FEWEST)
    tried: dict[tuple, Change | None] = {}
    for id, threshold, stand in _in_turn(found):
        if rest and _published(result, id):
            tried[id, threshold.clause, threshold.figure, stand.edge] = nudged(result, threshold, stand, stand.lacking)
            rest -= 1
    verdicts: dict[tuple, list[bool]] = {}
    for (_, clause, figure, _), change in tried.items():
        verdicts.setdefault((clause, figure), []).append(better(change))
    steps: dict[str, list[Step]] = {}
    for id, edges in found.items():
        for threshold, stand in edges if _published(result, id) else ():
            change = tried.get((id, threshold.clause, threshold.figure, stand.edge))
            known = (id, threshold.clause, threshold.figure, stand.edge) in tried
            if better(change) if known else all(verdicts.get((threshold.clause, threshold.figure), [False])):
                steps.setdefault(id, []).append(_step(view, threshold, stand, change))
    return steps


def better(change: Change | None) -> bool:
    """Is it an improvement: more points or more pay, and less of neither?"""
    if change is None:
        return False
    pairs = [pair for pair in (change.score, change.pay) if None not in pair]
    return any(after > before for before, after in pairs) and all(after >= before for before, after in pairs)


def _in_turn(found: dict[str, list[tuple[Threshold, Stand]]]) -> list[tuple[str, Threshold, Stand]]:
    """Of each edge first its nearest, then the second nearest, and so on."""
    by_edge: dict[tuple, list] = {}
    for id, edges in found.items():
        for threshold, stand in edges:
            by_edge.setdefault((threshold.clause, threshold.figure, stand.edge), []).append((id, threshold, stand))
    queues = [sorted(one, key=lambda row: (row[2].edge - row[2].figure, str(row[0]))) for one in by_edge.values()]
    places = [(place, edge, row) for edge, queue in enumerate(queues) for place, row in enumerate(queue)]
    return [row for _, _, row in sorted(places, key=lambda one: one[:2])]


def _published(result: Result, id: str) -> bool:
    return result.employees.at[id, "status"] == "complete"


def _step(view: View, threshold: Threshold, stand: Stand, change: Change | None) -> Step:
    # rounded up: what is told must be enough
    amount = distance_words(view.policy, threshold, Fraction(ceil(stand.lacking * 10_000), 10_000))
    title = threshold.title if not stand.of else f"{threshold.title}（{stand.of}）"
    return Step(
        title,
        figure_words(stand, threshold),
        amount,
        say("；", "; ").join(own_changes(change)) if change else "",
    )
