"""指标: the four ratings, as given or from data, and the score they make with their weights (2)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book, published
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.listing import names_of
from kpi_helpers.numbers import ExactArray, constant, count_by, exact, minimum, missing, sum_by, text, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.weighted_grades.scope import assessed

Indicator = Literal["quality", "workload", "satisfaction", "teamwork"]


def rating(book: Book, records: Records, indicator: Indicator, sub_ratings: Literal["mean"] | None) -> Lines:
    """2.1.1-2.1.4 一项评分 (0-100): as rated, or the plain mean of its sub-ratings where there are any."""
    values, cells = missing(records.size), [records.cells(indicator)]
    values[records.units] = records.column(indicator)
    if sub_ratings == "mean":
        parts = book.table("sub_ratings")
        rows = np.flatnonzero((parts["indicator"] == indicator).to_numpy(dtype=bool))
        units = book.codes(parts["employee_id"].iloc[rows])
        rows, units = rows[units >= 0], units[units >= 0]
        count = count_by(units, records.size)
        mean = sum_by(exact(parts["score"])[rows], units, records.size) / where(count == 0, 1, count)
        values = where(count > 0, mean, values)
        cells.append(Cells("sub_ratings", rows, units, "score"))
    return Lines(where(assessed(book), values, None), cells=cells)


def workload_rating(
    book: Book,
    records: Records,
    indicator: Literal["workload"],
    sub_ratings: Literal["mean"] | None,
    from_data: YesNo,
    target: Number | None,
    scale: Number,
) -> Lines:
    """2.1.2 工作量: as rated, or from data: handled ÷ target, full marks at most; no data or target leaves it missing."""
    if not from_data:
        return rating(book, records, indicator, sub_ratings)
    handled, goal = missing(records.size), missing(records.size)
    handled[records.units], goal[records.units] = (_numbers(records, name) for name in ("handled", "target"))
    goal = goal.fillna(target)
    value = minimum(handled / goal, 1) * scale
    return Lines(where(assessed(book), value, None), handled, [records.cells("handled"), records.cells("target")])


def _numbers(records: Records, column: str) -> ExactArray:
    return exact(records.column(column)) if column in records.source else missing(len(records.rows))


def weighted_score(
    book: Book,
    clause: Clause,
    quality: Number,
    workload: Number,
    satisfaction: Number,
    teamwork: Number,
    missing_indicator: Literal["incomplete", "reweight"],
) -> list[Lines]:
    """2.1 绩效得分: the four weighted ratings, to 0.01. A missing one leaves the result open, or the others bear its weight."""
    weights = {"quality": quality, "workload": workload, "satisfaction": satisfaction, "teamwork": teamwork}
    absent = {name: book.column(name).isna() for name in weights}
    _note_weights(book, clause, sum(weights.values(), constant(0, 1)))
    posted, some = book.posted("employee"), np.any(list(absent.values()), axis=0)
    carried, lacking = posted, some
    if missing_indicator == "reweight":
        present = sum((where(absent[name], 0, constant(0, 1) + weight) for name, weight in weights.items()), constant(0, 1))
        lacking = present == 0
        carried = where(some, posted / where(lacking, 1, present), posted)
    _name_missing(book, absent, lacking)
    raw, final = where(book.complete(), carried, None), published(book, carried)
    book.kept["raw_score"] = raw
    return [
        Lines(where(book.complete(), carried - posted, 0), note=say("缺项按其余权重折算", "the other weights bear the missing one")),
        Lines((final - raw).fillna(0), result=final, note=say("四舍五入", "rounding")),
    ]


weighted_score.unrounded = "raw_score"


def _note_weights(book: Book, clause: Clause, whole: ExactArray) -> None:
    """A note for the department where HR's weights are not 100 % in all."""
    wrong = np.flatnonzero(whole != 1)
    if len(wrong):
        title = say("四项权重合计不是 100%", "the four weights do not add up to 100 %")
        book.flag("weights_not_100", title, ["department"], clause, "department", text(whole[int(wrong[0])] * 100) + "%", term="weights")


def _name_missing(book: Book, absent: dict[str, np.ndarray], rows: np.ndarray) -> None:
    """缺项: results that stay open, each with the names of the ratings it lacks."""
    lacking = rows & book.complete()
    book.mark(lacking, "incomplete", names_of({name: mask & lacking for name, mask in absent.items()}, book.people.index))
