"""三、六: points of every indicator, the three dimensions and the total."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.listing import listing, names_of
from kpi_helpers.numbers import ExactArray, added, half_up, missing, text, total, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules import total as total_points
from kpi_helpers.schemes.three_dimension.sheets import DIMENSIONS, HUNDRED, Indicator, indicator_codes, indicators_of


def indicator_scores(book: Book, placeholder: list[Indicator], weights: dict, full: Number) -> list[Lines]:
    """6a 量化指标: weight × score / 100 of every indicator (分); a missing rating leaves the person's result incomplete."""
    indicators = indicators_of(book.tables, placeholder, weights)
    indicators = indicators[indicators["weight"].array != 0]
    own = indicators["weight"].array
    _check_weights(book, total(own))
    counted, (codes, ids) = book.kept["counted"], book.once(indicator_codes)
    places = indicators.index.get_indexer(ids)[codes[counted.rows]]
    ratings = [counted.pick(places == place) for place in range(len(indicators))]
    scores = [_scores(one) for one in ratings]
    points = [score * (weight / full) for score, weight in zip(scores, own, strict=True)]
    book.kept.update(indicators=indicators, scores=scores, points=points)
    _mark_missing(book, indicators, scores)
    cells, notes = (one.cells("score") for one in ratings), map(_note, indicators.index, indicators["indicator_name"], own)
    return [Lines(*given, note=note) for *given, note in zip(points, scores, cells, notes, strict=True)]


def _check_indicators(placeholder, **_):
    ids = [one["indicator_id"] for one in placeholder]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield say(f"指标 {id} 写了两次。", f"indicator {id} stands twice.")
    for one in placeholder:
        if one["weight"] <= 0:
            yield say(f"指标 {one['indicator_id']} 的权重应大于 0。", f"the weight of indicator {one['indicator_id']} must be above 0.")


indicator_scores.check = _check_indicators


def _check_weights(book: Book, weight) -> None:
    """The weights of the placeholder list must add up to 100; check_rows says so of the sheet's own."""
    if not len(book.table("indicators")) and weight != HUNDRED:
        problem = say(f"指标权重合计为 {text(weight)}，应为 100。", f"the weights add up to {text(weight)}, not to 100.")
        raise PolicyError(Fault(f"{book.policy.title} 三", problem))


def _scores(ratings: Records) -> ExactArray:
    """Everybody's score of one indicator."""
    scores = missing(ratings.size)
    scores[ratings.units] = ratings.column("score")
    return scores


def _note(id: str, name: str, weight: Fraction) -> str:
    return f"{id} {name}".strip() + say("，权重 ", ", weight ") + text(weight)


def _mark_missing(book: Book, indicators: pd.DataFrame, scores: list[ExactArray]) -> None:
    """Who lacks which rating, with the day by which it is due."""
    lacking = np.array([score.isna() for score in scores]) & book.complete()
    book.mark(lacking.any(axis=0), "incomplete", names_of(dict(zip(indicators.index, lacking, strict=True)), book.people.index))
    due = book.kept["window"][1] if book.kept["window"] else None
    book.outputs["open_ratings"] = listing(_open_ratings, book.people.index, indicators, lacking, due)


def _open_ratings(people: pd.Index, indicators: pd.DataFrame, lacking: np.ndarray, due: date | None) -> pd.DataFrame:
    units, rows = np.nonzero(lacking.T)
    names = {"employee_id": people[units], "indicator_id": indicators.index[rows]}
    return pd.DataFrame({**names, "indicator_name": indicators["indicator_name"].to_numpy()[rows], "due": due})


def three_dimensions(book: Book, clause: Clause) -> list[Lines]:
    """3 三个方面: each dimension = Σ weight × score / Σ weight, and the total of all points; each rounded once, to 0.01."""
    indicators, scores, size = book.kept["indicators"], book.kept["scores"], len(book.people)
    for dimension in DIMENSIONS:
        mine = np.flatnonzero((indicators["dimension"] == dimension).to_numpy())
        weights = indicators["weight"].array[mine]
        parts = [scores[one] * weight for one, weight in zip(mine, weights, strict=True)]
        absent = np.any([part.isna() for part in parts], axis=0)
        whole = total(weights)
        book.people[dimension] = half_up(where(absent, None, added(parts, size)) / whole) if whole else missing(size)
    book.kept["raw_total"] = where(book.complete(), book.posted("employee"), None)
    return total_points(book, clause, places=2)
