"""三、六: points of every indicator, the three dimensions and the total."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.listing import listing, names_of
from kpi_helpers.numbers import half_up, sum_by, text, total, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules import total as total_points
from kpi_helpers.schemes.three_dimension.sheets import DIMENSIONS, HUNDRED, Indicator, indicators_of


def indicator_scores(book: Book, placeholder: list[Indicator], weights: dict, full: Number) -> list[Lines]:
    """6a 量化指标: weight × score / 100 of every indicator (分); a missing rating leaves the person's result incomplete."""
    indicators = indicators_of(book.tables, placeholder, weights)
    indicators = indicators[indicators["weight"].array != 0]
    _check_weights(book, total(indicators["weight"].array))
    ratings, size = book.kept["counted"], len(book.people)
    ratings = ratings.pick(ratings.frame["indicator_id"].isin(indicators.index).to_numpy())
    place = indicators.index.get_indexer(ratings.frame["indicator_id"])
    source = np.full(len(indicators) * size, -1, dtype=np.intp)
    source[place * size + ratings.units] = np.arange(len(place))
    grid = pd.DataFrame(
        {
            "unit": np.tile(np.arange(size), len(indicators)),
            "indicator": np.repeat(np.arange(len(indicators)), size),
            "score": ratings.frame["score"].array.take(source, allow_fill=True),
        }
    )
    grid["weight"] = indicators["weight"].array.take(grid["indicator"].to_numpy())
    grid["points"] = grid["weight"].array * grid["score"].array / full
    grid["lost"] = grid["weight"].array - grid["points"].array
    book.kept.update(indicators=indicators, grid=grid)
    _mark_missing(book, indicators, grid)
    return [_indicator_line(indicators, grid, ratings, place, size, one) for one in range(len(indicators))]


def _check_weights(book: Book, weight) -> None:
    """The weights of the placeholder list must add up to 100; check_rows says so of the sheet's own."""
    if not len(book.table("indicators")) and weight != HUNDRED:
        problem = say(f"指标权重合计为 {text(weight)}，应为 100。", f"the weights add up to {text(weight)}, not to 100.")
        raise PolicyError(Fault(f"{book.policy.title} 三", problem))


def _indicator_line(indicators, grid, ratings: Records, place, size: int, one: int) -> Lines:
    mine, rows = slice(one * size, (one + 1) * size), place == one
    name = f"{indicators.index[one]} {indicators['indicator_name'].iloc[one]}".strip()
    name += say("，权重 ", ", weight ") + text(indicators["weight"].array[one])
    cells = Cells("ratings", ratings.rows[rows], ratings.units[rows], "score")
    return Lines(grid["points"].array[mine], grid["score"].array[mine], cells, note=name)


def _mark_missing(book: Book, indicators, grid) -> None:
    """Who lacks which rating, with the day by which it is due."""
    lacking = grid["score"].array.isna().reshape(len(indicators), len(book.people)) & book.complete()
    book.mark(lacking.any(axis=0), "incomplete", names_of(dict(zip(indicators.index, lacking, strict=True)), book.people.index))
    due = book.kept["window"][1] if book.kept["window"] else None
    book.outputs["open_ratings"] = listing(_open_ratings, book.people.index, indicators, lacking, due)


def _open_ratings(people: pd.Index, indicators: pd.DataFrame, lacking: np.ndarray, due: date | None) -> pd.DataFrame:
    units, rows = np.nonzero(lacking.T)
    names = {"employee_id": people[units], "indicator_id": indicators.index[rows]}
    return pd.DataFrame({**names, "indicator_name": indicators["indicator_name"].to_numpy()[rows], "due": due})


def three_dimensions(book: Book, clause: Clause) -> list[Lines]:
    """3 三个方面: each dimension = Σ weight × score / Σ weight, and the total of all points; each rounded once, to 0.01."""
    grid, indicators, size = book.kept["grid"], book.kept["indicators"], len(book.people)
    for dimension in DIMENSIONS:
        mine = grid[(indicators["dimension"] == dimension).to_numpy()[grid["indicator"]]]
        weights = sum_by(mine["weight"].array, mine["unit"], size)
        scores = sum_by(mine["weight"].array * mine["score"].array, mine["unit"], size)
        book.people[dimension] = half_up(scores / where(weights == 0, None, weights))
    book.kept["raw_total"] = where(book.complete(), book.posted("employee"), None)
    return total_points(book, clause, places=2)
