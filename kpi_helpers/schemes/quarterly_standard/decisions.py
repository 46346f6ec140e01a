"""考核流程 5、6: ranks, training and rewards proposed for people to decide, and the reports."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import ceil
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing, names_of
from kpi_helpers.numbers import ExactArray, half_up, missing, places_of, total
from kpi_helpers.policy import Clause
from kpi_helpers.rules import banded
from kpi_helpers.rules.bands import Band, check_bands
from kpi_helpers.schemes.quarterly_standard.sheets import column_of, items_of


def decisions(book: Book, clause: Clause, threshold: Number, on: Literal["rounded", "raw"], rewards: list[Band] | None) -> Lines:
    """F5 奖惩与培训: ranks, items strictly below the threshold for training, and what HR's table proposes; people decide."""
    line = _rounding_to(threshold) if on == "rounded" else threshold
    low = {item: book.people[item].array < line for item in items_of(book.policy)}
    ids = book.people.index
    book.outputs["training"] = training = listing(names_of, low, ids)
    title, anything = say("建议培训", "training proposed"), np.any(list(low.values()), axis=0)
    book.flag("training", title, anything, clause, detail=partial(names_of, low, ids), term="items_below", line=threshold)
    totals = book.people["total"].array
    places = places_of(totals)
    columns = {"total": totals, "rank": places}
    proposed = None if rewards is None else banded(book, clause, totals, rewards)
    if proposed is not None:
        proposed = proposed.value if proposed.result is None else proposed.result
    book.outputs["decision_list"] = listing(_decision_list, ids, columns, training, proposed)
    return Lines(missing(len(totals)), totals, result=places)


def _rounding_to(threshold: Number) -> Fraction:
    """The lowest score that is rounded to the threshold or more: half a hundredth below the first hundredth that reaches it."""
    return (ceil(threshold * 100) - Fraction(1, 2)) / 100


def _decision_list(ids: pd.Index, columns: dict, lists: dict[str, list], proposed) -> pd.DataFrame:
    known = np.flatnonzero(~columns["total"].isna())
    frame = pd.DataFrame({"employee_id": ids[known], **{name: values[known] for name, values in columns.items()}})
    frame["training"] = column_of([lists.get(employee_id, []) for employee_id in frame["employee_id"]])
    return frame if proposed is None else frame.assign(proposal=proposed[known])


decisions.check = lambda rewards, **_: check_bands(rewards)
decisions.thresholds = {"threshold": ("below", "items"), "rewards": ["total"]}
decisions.rounded_by = {"threshold": "on"}


def reports(book: Book, visibility: Literal["own", "team"]) -> None:
    """F6 报告: the management report; members see their own statement, by choice also the team's totals."""
    measures = [clause.result for clause in book.policy.clauses if "items" in clause.arguments] + ["total"]
    titles = [book.policy.results[name].title for name in measures]
    book.outputs["management_report"] = listing(_management_report, titles, [book.people[name] for name in measures], book.complete())
    if visibility == "team":
        known = ~book.people["rank"].array.isna()
        frame = pd.DataFrame({name: book.people[name].array[known] for name in ("total", "rank")}, index=book.people.index[known])
        book.outputs["team_report"] = frame


def _management_report(titles: list[str], columns: list[pd.Series], complete: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([_figures(title, column[complete].dropna().array) for title, column in zip(titles, columns, strict=True)])


def _figures(title: str, values: ExactArray) -> dict:
    mean = half_up(total(values) / len(values)) if len(values) else None
    lowest, highest = (pd.Series(values).agg(word) if len(values) else None for word in ("min", "max"))
    return {"measure": title, "people": len(values), "mean": mean, "lowest": lowest, "highest": highest}
