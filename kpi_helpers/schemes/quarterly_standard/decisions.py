"""考核流程 5、6: ranks, training and rewards proposed for people to decide, and the reports."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, half_up, missing, places_of, total
from kpi_helpers.policy import Clause
from kpi_helpers.rules import banded
from kpi_helpers.schemes.quarterly_standard.sheets import column_of, items_of, listed


def decisions(book: Book, clause: Clause, threshold: Number, on: Literal["rounded", "raw"], rewards: list[dict] | None) -> Lines:
    """F5 奖惩与培训: ranks, items strictly below the threshold for training, and what HR's table proposes; people decide."""
    low = {}
    for item in items_of(book.policy):
        scores = book.people[item].array
        low[item] = (half_up(scores) if on == "rounded" else scores) < threshold
    lists = listed(book, low)
    book.outputs["training"] = lists
    book.flag("training", say("建议培训", "training proposed"), lists, clause, detail=lists)
    totals = book.people["total"].array
    places = places_of(totals)
    known = np.flatnonzero(~totals.isna())
    frame = pd.DataFrame({"employee_id": book.people.index[known], "total": totals[known], "rank": places[known]})
    frame["training"] = column_of([lists.get(employee_id, []) for employee_id in frame["employee_id"]])
    if rewards is not None:
        proposed = banded(book, clause, totals, rewards)
        frame["proposal"] = (proposed.value if proposed.result is None else proposed.result)[known]
    book.outputs["decision_list"] = frame
    return Lines(missing(len(totals)), totals, result=places)


decisions.thresholds = {"threshold": ("below", "items"), "rewards": ["total"]}
decisions.rounded_by = {"threshold": "on"}


def reports(book: Book, visibility: Literal["own", "team"]) -> None:
    """F6 报告: the management report; members see their own statement, by choice also the team's totals."""
    measures = [clause.result for clause in book.policy.clauses if "items" in clause.arguments] + ["total"]
    complete = book.complete()
    rows = [_figures(book, name, book.people[name][complete].dropna().array) for name in measures]
    book.outputs["management_report"] = pd.DataFrame(rows)
    if visibility == "team":
        known = ~book.people["rank"].array.isna()
        frame = pd.DataFrame({name: book.people[name].array[known] for name in ("total", "rank")}, index=book.people.index[known])
        book.outputs["team_report"] = frame


def _figures(book: Book, name: str, values: ExactArray) -> dict:
    mean = half_up(total(values) / len(values)) if len(values) else None
    lowest, highest = (pd.Series(values).agg(word) if len(values) else None for word in ("min", "max"))
    return {"measure": book.policy.results[name].title, "people": len(values), "mean": mean, "lowest": lowest, "highest": highest}
