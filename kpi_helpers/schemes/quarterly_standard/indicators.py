"""考核指标 1 至 4: the four main indicators and the total, of those who are assessed."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing, named, names_of
from kpi_helpers.numbers import ExactArray, added, exact, half_up, text, where
from kpi_helpers.policy import Clause
from kpi_helpers.rules import total as total_points
from kpi_helpers.schemes.quarterly_standard.sheets import HUNDRED, is_judged, items_of, title_of


def scope(book: Book) -> None:
    """考核对象: everybody but cleaners; who left in the quarter, or had not begun, only if a form was filled in."""
    people = book.people
    if "role" in people:
        book.mark((people["role"] == "cleaner").to_numpy(dtype=bool), "out_of_scope")
    if book.period is not None:
        last = pd.Timestamp(book.period.last)
        absent = ((people["leave_date"] <= last) | (people["hire_date"] > last)).to_numpy()
        book.mark(absent & ~_with_form(book), "not_assessed")
    refused = [row for row in book.refused() if row["table"] == "ratings" and row["reason"] != "other_period"]
    book.mark([row["employee_id"] for row in refused if "employee_id" in row], "error")
    book.kept.update(assessed=book.complete(), left_out={})


def _with_form(book: Book) -> np.ndarray:
    ratings = book.table("ratings")
    filled = ratings["self_score"].notna() | ratings["supervisor_score"].notna()
    scores = book.table("item_scores")
    scored = scores[[item for item in items_of(book.policy) if item in scores]].notna().any(axis=1)
    return book.people.index.isin([*ratings["employee_id"][filled], *scores["employee_id"][scored]])


def main_indicator(book: Book, clause: Clause, weight: Number, items: list[str], no_data: Literal["reweight", "block"]) -> list[Lines]:
    """1-4 主指标: the mean of its items; measured items without data are left out, a missing rating leaves it open.

    Each item is posted as weight × score / (100 × items counted), in 分.
    """
    assessed, scores = book.kept["assessed"], {item: book.people[item].array for item in items}
    unknown = {item: values.isna() & assessed for item, values in scores.items()}
    blocking = [item for item in items if no_data == "block" or is_judged(book.policy, item)]
    empty = np.all(list(unknown.values()), axis=0)
    lacking = {item: mask & (item in blocking or (empty & (not blocking))) for item, mask in unknown.items()}
    if weight != 0:
        lists = names_of(lacking, book.people.index)
        book.mark(list(lists), "incomplete", lists)
    _leave_out(book, {item: mask for item, mask in unknown.items() if item not in blocking})
    number = exact(sum((~values.isna()).astype(np.int64) for values in scores.values()))
    number = where(assessed & ~np.any(list(lacking.values()), axis=0), number, None)
    share = weight / (number * HUNDRED)
    lines = [Lines(values * share, values, note=title_of(book, item)) for item, values in scores.items()]
    lines[-1].result = half_up(added(list(scores.values()), len(number)) / number)
    return lines


def _leave_out(book: Book, masks: dict[str, np.ndarray]) -> None:
    """List the items without data whose weight the other items of the indicator share."""
    book.kept["left_out"] = left_out = {**book.kept["left_out"], **masks}
    book.people["left_out"] = named(list(left_out), np.array([*left_out.values()], dtype=bool).reshape(len(left_out), len(book.people)))


def four_indicators(book: Book, clause: Clause, weights: list[Number]) -> list[Lines]:
    """总分: the weighted sum of the unrounded main indicators, rounded once; the weights must add up to 100."""
    if sum(weights) != HUNDRED:
        shown = text(sum(weights))
        problem = say(f"四项主指标的权重合计为 {shown}，应为 100。", f"the weights add up to {shown}, not to 100.")
        raise PolicyError(Fault(f"{book.policy.title} {clause.source}", problem))
    scores = {item: book.people[item].array for item in items_of(book.policy)}
    book.outputs["items"] = listing(_items, book.people.index, scores, book.kept["assessed"])
    return total_points(book, clause, places=2)


def _items(ids: pd.Index, scores: dict[str, ExactArray], assessed: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({item: half_up(values) for item, values in scores.items()}, index=ids)[assessed]
