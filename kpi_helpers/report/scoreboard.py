"""得分表: everybody's outcome, the best score first, whoever has none last in the order of the roster."""

from __future__ import annotations

import numpy as np

from kpi_helpers.compare import shown_with
from kpi_helpers.language import say
from kpi_helpers.numbers import exact, rank_codes
from kpi_helpers.report.grids import Grid
from kpi_helpers.report.views import View

WIDEST = 12  # columns that fit on a printed page


def scoreboard(view: View, links: dict[str, str]) -> tuple[Grid, list[Grid]]:
    """The table, and its details in pieces where there is more than a page can show. links: where each id leads to."""
    order = standing_order(view)
    whole = view.people().take(order).compact()
    whole.links = links
    if len(whole.columns) <= WIDEST:
        return whole, []
    brief = view.people(("score", "grade", "pay")).take(order).compact()
    details = view.people(("detail",)).take(order)
    details = details.pick([0, 1, *range(4, len(details.columns) - 2)], say("各项结果", "Results in detail")).compact()
    brief.links = details.links = links
    return brief, details.split(2, WIDEST)


def standing_order(view: View) -> list[int]:
    """Positions of the people, the highest score first; without scores of people as on the roster."""
    score = shown_with(view.result, "score")
    size = len(view.result.employees)
    if score is None:
        return list(range(size))
    values = exact(view.result.employees[score.name])
    codes = np.zeros(size, dtype=np.int64)
    known = ~values.isna()
    codes[known] = -rank_codes(values[known])
    return [int(row) for row in np.lexsort((np.arange(size), codes, ~known))]
