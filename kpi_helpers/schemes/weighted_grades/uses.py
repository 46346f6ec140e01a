"""结果应用: what the results are published and used for: pay, rewards, lists of people (1.3a, 4.1)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import constant, exact, half_up, is_missing, missing, where


def visible_results(book: Book, visibility: Literal["own", "public"]) -> None:
    """1.3a 公开: the list of all published results, where HR wants it posted; a personal sheet shows the own ones only."""
    if visibility == "public":
        book.outputs["public_list"] = listing(_results, book.people[["score", "grade"]], book.complete())


def income(
    book: Book, link: Literal["grade_coefficient"] | None, coefficients: dict[str, Number] | None, base: Number | None
) -> list[Lines]:
    """4.1a 薪酬分配: nothing by default; by choice the coefficient of the grade (HR's table), times an amount in 元 if given."""
    size = len(book.people)
    if link is None:
        return [Lines(missing(size), result=missing(size))]
    grades = np.where(book.complete(), book.people["grade"].to_numpy(dtype=object), None)
    lacking = sorted(set(grades[pd.notna(grades)]) - (coefficients or {}).keys())
    if lacking:
        problem = say(f"grade_coefficients 中没有：{'、'.join(lacking)}。", f"grade_coefficients lacks: {', '.join(lacking)}.")
        raise PolicyError(Fault(book.policy.path, problem, say("请填写各等级系数。", "Give every grade its coefficient.")))
    factor = exact([None if is_missing(grade) else coefficients[grade] for grade in grades])
    amount = missing(size) if base is None else half_up(factor * base)
    return [Lines(factor, unit=say("系数", "coefficient")), Lines(amount, factor, result=amount)]


def reward(book: Book, grade: str, amount: Number) -> Lines:
    """4.1b 优秀者奖励: the list of candidates; an amount in 元 only where HR has set one."""
    chosen = _listed(book, grade, "reward_candidates")
    paid = where(chosen, half_up(constant(0, 1) + amount), None)
    return Lines(where(paid > 0, paid, None))


def company_rules(book: Book, grade: str) -> None:
    """4.1c 不合格者: the list; what follows is in company rules that are not in the source."""
    _listed(book, grade, "company_rules")


def _listed(book: Book, grade: str, name: str) -> np.ndarray:
    chosen = book.complete() & (book.people["grade"].to_numpy(dtype=object) == grade)
    book.outputs.setdefault("lists", {})[name] = book.people.index[chosen].tolist()
    book.outputs[name] = listing(_results, book.people[["score", "grade"]], chosen)
    return chosen


def _results(people: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    return people[chosen]
