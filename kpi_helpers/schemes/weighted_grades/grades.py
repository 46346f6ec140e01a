"""等级: the score that is graded, and the four grades (3.2)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, missing


def score_to_grade(book: Book, measure: ExactArray, grade_on: Literal["rounded", "raw"]) -> Lines:
    """3.2 四个等级: the score that is graded, as published or before rounding (89.995)."""
    return Lines(missing(len(measure)), result=measure if grade_on == "rounded" else book.kept["raw_score"])


score_to_grade.repeats = True


def graded(book: Book, measure: ExactArray, grade: str, at_least: Number | None = None, below: Number | None = None) -> Lines:
    """3.2.1-3.2.4 等级: one grade for whoever has none yet and lies at or above (含), or below (不足), a score."""
    fits = np.ones(len(measure), dtype=bool)
    if at_least is not None:
        fits &= measure >= at_least
    if below is not None:
        fits &= measure < below
    earlier = book.people.get("grade", pd.Series(None, index=book.people.index, dtype=object)).to_numpy(dtype=object)
    return Lines(missing(len(measure)), measure, result=np.where(fits & pd.isna(earlier), grade, earlier))


graded.thresholds = {"at_least": ("at_least", "measure"), "below": ("below", "measure")}
