"""前言、一、二: where the problem is, what comes first, who is ahead, and what the result is used for."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, exact, half_up, missing, places_of, rank_codes, total, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.three_dimension.sheets import HUNDRED, this_month


def problem_areas(book: Book) -> None:
    """P2 哪方面存在问题: the department's mean loss per indicator, the gravest first, with its share of all losses (%)."""
    indicators, scores, points = (book.kept[name] for name in ("indicators", "scores", "points"))
    book.outputs["problem_areas"] = listing(_problem_areas, indicators, scores, points, book.complete(), _words(book))


def _problem_areas(indicators: pd.DataFrame, scores: list, points: list, complete: np.ndarray, words: dict) -> pd.DataFrame:
    known = [complete & ~score.isna() for score in scores]
    scored, reached = (exact([total(one[rows]) for one, rows in zip(column, known, strict=True)]) for column in (scores, points))
    people = exact([np.count_nonzero(rows) for rows in known])
    lost = indicators["weight"].array * people - reached
    everything, people = total(lost), where(people == 0, None, people)
    frame = _described(indicators, np.arange(len(indicators)), words)
    frame["score"], frame["lost"] = half_up(scored / people), half_up(lost / people)
    frame["share"] = half_up(lost / everything * HUNDRED) if everything else missing(len(frame))
    order = np.lexsort((indicators.index, -rank_codes(indicators["weight"].array), -rank_codes(lost)))
    return frame.iloc[order].reset_index(drop=True)


def priorities(book: Book) -> None:
    """P3 轻重缓急: every person's indicators by lost points, then weight, both descending, then id."""
    indicators, scores, points = (book.kept[name] for name in ("indicators", "scores", "points"))
    lost = listing(_lost_points, indicators, scores, points, book.people.index, _words(book))
    book.outputs["lost_points"], book.outputs["priority_list"] = lost, listing(_priority_list, lost)


def _lost_points(indicators: pd.DataFrame, scores: list, points: list, ids: pd.Index, words: dict) -> pd.DataFrame:
    weights = indicators["weight"].array
    score = ExactArray._concat_same_type(scores)
    lost = ExactArray._concat_same_type([weight - point for weight, point in zip(weights, points, strict=True)])
    known = np.flatnonzero(~score.isna())
    indicator, unit = np.divmod(known, len(ids))
    names = indicators.index.argsort().argsort()
    order = np.lexsort((names[indicator], -rank_codes(weights)[indicator], -rank_codes(lost[known]), unit))
    known, indicator, unit = known[order], indicator[order], unit[order]
    frame = _described(indicators, indicator, words)
    frame.insert(0, "employee_id", ids[unit])
    frame.insert(1, "order", pd.Series(unit).groupby(unit).cumcount().to_numpy() + 1)
    frame["score"], frame["lost"] = score[known], half_up(lost[known])
    return frame


def _priority_list(lost: pd.DataFrame) -> dict[str, list]:
    listed: dict[str, list] = {}
    for employee_id, name, points in zip(lost["employee_id"], lost["indicator_id"], lost["lost"].array, strict=True):
        listed.setdefault(employee_id, []).append([name, points])
    return listed


def ranking(book: Book, on: Literal["rounded", "raw"], visibility: Literal["own", "public"]) -> Lines:
    """P7 名次: by published (or unrounded) total, equals share a place (1, 1, 3); by choice a list for everybody to see."""
    totals = book.people["total"].array
    places = places_of(totals if on == "rounded" else book.kept["raw_total"])
    if visibility == "public":
        order = np.flatnonzero(~places.isna())
        order = order[np.argsort(rank_codes(places[order]), kind="stable")]
        book.outputs["ranking"] = pd.DataFrame({"rank": places[order], "employee_id": book.people.index[order], "total": totals[order]})
    return Lines(missing(len(places)), totals, result=places)


def history_and_trend(book: Book) -> None:
    """1.2 决策依据: everybody's published totals month by month with the change to the month before; nothing is decided."""
    totals, past = book.people["total"].array, book.table("history")
    if book.policy.month is not None:
        past = past[(past["month"] < book.policy.month).to_numpy(dtype=bool)]
    book.outputs["score_history"] = listing(_trend, past, book.people.index, book.policy.month, totals)


def _trend(past: pd.DataFrame, ids: pd.Index, month: str | None, totals: ExactArray) -> pd.DataFrame:
    known = ~totals.isna()
    now = pd.DataFrame({"employee_id": ids[known], "month": month, "total": totals[known]})
    frame = pd.concat([past[["employee_id", "month", "total"]], now], ignore_index=True)
    frame = frame.sort_values(["employee_id", "month"], kind="stable", ignore_index=True)
    first = (frame["employee_id"] != frame["employee_id"].shift()).to_numpy()
    before = frame["total"].array.take(np.arange(len(frame)) - 1, allow_fill=True)
    return frame.assign(change=where(first, None, frame["total"].array - before))


def talks(book: Book) -> None:
    """1.3 双向沟通: a row for every result, with the employee's comments and the replies where there are any."""
    comments = book.table("employee_comments")
    comments = comments[this_month(book, comments)]
    codes, totals = book.codes(comments["employee_id"]), book.people["total"]
    book.outputs["talks"] = listing(_talks, comments, codes, book.complete(), totals)


def _talks(comments: pd.DataFrame, codes: np.ndarray, complete: np.ndarray, totals: pd.Series) -> pd.DataFrame:
    silent = np.setdiff1d(np.flatnonzero(complete), codes)
    rows = np.append(np.arange(len(codes)), np.full(len(silent), -1))
    units = np.append(codes, silent).astype(np.intp)
    order = np.argsort(units, kind="stable")
    frame = pd.DataFrame({"employee_id": totals.index[units], "total": totals.array[units]})
    for name in ("text", "reply"):
        words = comments.get(name, pd.Series(None, index=comments.index, dtype=object))
        frame[name] = np.append(words.to_numpy(dtype=object), [None])[rows]
    return frame.iloc[order].reset_index(drop=True)


def performance_pay(
    book: Book, clause: Clause, link: Literal["linear"] | None, pay_base: Number, coefficient: Number, full: Number
) -> Lines:
    """2a 绩效工资: by choice base × days worked / days scheduled × total / 100 × department coefficient, to the fen."""
    totals = book.people["total"].array
    if link is None:
        return Lines(missing(len(totals)))
    worked, scheduled = (_fact(book, name) for name in ("days_worked", "days_scheduled"))
    whole = worked.isna() & scheduled.isna() & book.kept["whole_month"]
    factor = where(whole, 1, worked / where(scheduled == 0, None, scheduled))
    title = say("出勤天数不全，绩效工资待定", "days worked or scheduled missing: performance pay open")
    book.flag("days_missing", title, factor.isna() & ~totals.isna(), clause)
    cells = [cells for cells in (book.cells("days_worked"), book.cells("days_scheduled")) if cells]
    return Lines(half_up(factor * pay_base * totals / full * coefficient), totals, cells)


def _fact(book: Book, name: str) -> ExactArray:
    """A number of the roster; missing where the roster has no such column."""
    return book.column(name) if name in book.people else missing(len(book.people))


def _words(book: Book) -> dict:
    """The dimensions in Chinese."""
    return book.policy.tables["indicators"].columns["dimension"].words


def _described(indicators: pd.DataFrame, rows: np.ndarray, words: dict) -> pd.DataFrame:
    """Indicators for readers: dimension in Chinese, id, name and weight."""
    frame = indicators.iloc[rows].reset_index()[["dimension", "indicator_id", "indicator_name", "weight"]]
    return frame.assign(dimension=frame["dimension"].map(words))
