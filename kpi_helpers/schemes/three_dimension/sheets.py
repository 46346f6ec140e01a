"""指标与各表: the indicators in force, the rows that may not count, the rows of the month."""

from __future__ import annotations

from typing import Literal, NotRequired

import numpy as np
import pandas as pd
from typing_extensions import TypedDict

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, sum_by, text, total, where
from kpi_helpers.period_rows import check_period_rows
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables

DIMENSIONS = ("ability", "attitude", "compliance")
HUNDRED = 100  # weights are shares of a hundred


class Indicator(TypedDict):
    """指标 as the parameter `indicators` lists it."""

    indicator_id: str
    indicator_name: NotRequired[str]
    dimension: Literal["ability", "attitude", "compliance"]
    weight: Number


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Weights that do not add up to 100, ratings of unknown indicators or of other months, exemptions of an unknown unit."""
    return [
        *_wrong_weights(tables["indicators"]),
        *_unknown_indicators(policy, tables),
        *_unknown_units(policy, tables),
        *check_period_rows(policy, tables, "ratings", ["employee_id", "indicator_id"]),
    ]


def _wrong_weights(indicators):
    weights = indicators["weight"].array
    if len(weights) and not weights.isna().any() and total(weights) != HUNDRED:
        shown = text(total(weights))
        problem = say(f"权重合计为 {shown}，应为 100", f"the weights add up to {shown}, not to 100")
        yield RowFault("indicators", len(weights) - 1, "weight", total(weights), "weights_not_100", problem)


def _unknown_indicators(policy, tables):
    ratings, sheet = tables["ratings"], tables["indicators"]
    known = list(sheet["indicator_id"]) if len(sheet) else [one["indicator_id"] for one in _argument(policy, "placeholder")]
    for row in np.flatnonzero(ratings["indicator_id"].notna() & ~ratings["indicator_id"].isin(known)):
        name = ratings["indicator_id"].iloc[row]
        problem = say(f"没有指标“{name}”", f"there is no indicator '{name}'")
        yield RowFault("ratings", int(row), "indicator_id", name, "unknown_indicator", problem, did_you_mean(name, known))


def _unknown_units(policy, tables):
    exemptions, people = tables["exemptions"], tables["employees"]
    known = [
        *_argument(policy, "everybody"),
        *people["employee_id"],
        *people.get("group_id", []),
        *people.get("department", []),
    ]
    for row in np.flatnonzero(exemptions["unit"].notna() & ~exemptions["unit"].isin(known)):
        name = exemptions["unit"].iloc[row]
        problem = say(f"没有小组或工号“{name}”", f"there is no group or employee '{name}'")
        hint = say("写“部门”、小组编号或工号。", "Write 部门, a group or an employee id.")
        yield RowFault("exemptions", int(row), "unit", name, "unknown_unit", problem, hint)


def _argument(policy: Policy, name: str):
    """What the one clause that takes an argument of this name is given."""
    return next(clause.arguments[name] for clause in policy.clauses if name in clause.arguments)


def indicators_of(tables: Tables, placeholder: list, weights: dict) -> pd.DataFrame:
    """指标 by id with name, dimension and weight: the delivered sheet as it is, else the placeholders scaled to `weights`."""
    sheet = tables["indicators"]
    if len(sheet):
        ids, names = sheet["indicator_id"], sheet.get("indicator_name", pd.Series("", index=sheet.index)).fillna("")
        own, dimensions = sheet["weight"].array, sheet["dimension"]
    else:
        ids, names = [one["indicator_id"] for one in placeholder], [one.get("indicator_name", "") for one in placeholder]
        dimensions = [one["dimension"] for one in placeholder]
        own = _scaled(exact([one["weight"] for one in placeholder]), dimensions, weights)
    columns = {"indicator_name": np.asarray(names, dtype=object), "dimension": np.asarray(dimensions, dtype=object), "weight": own}
    return pd.DataFrame(columns, index=pd.Index(np.asarray(ids, dtype=object), name="indicator_id"))


def _scaled(shares: ExactArray, dimensions: list, weights: dict) -> ExactArray:
    """Shares within a dimension as weights that add up to the dimension's weight."""
    codes = np.array([DIMENSIONS.index(dimension) for dimension in dimensions], dtype=np.intp)
    sums = sum_by(shares, codes, len(DIMENSIONS))
    return shares / where(sums == 0, None, sums)[codes] * exact([weights[dimension] for dimension in DIMENSIONS])[codes]


def indicator_codes(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """Which indicator each rating is of, as the place of its id among all of them in order."""
    codes, names = pd.factorize(tables["ratings"]["indicator_id"], sort=True)
    return codes, names.to_numpy(dtype=object)


def this_month(book: Book, frame: pd.DataFrame) -> np.ndarray:
    """Rows of the assessed month; a table without months is all of this month."""
    if "month" not in frame or book.policy.month is None:
        return np.ones(len(frame), dtype=bool)
    return (frame["month"] == book.policy.month).to_numpy(dtype=bool)
