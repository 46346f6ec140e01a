"""表: rows that the policy refuses, and the words of a column that a sheet may lack."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.checks import RowFault
from kpi_helpers.period_rows import check_period_rows
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Ratings of another month, and a person or a sub-rating that is rated twice in the month."""
    return [
        *check_period_rows(policy, tables, "ratings", ["employee_id"]),
        *check_period_rows(policy, tables, "sub_ratings", ["employee_id", "indicator", "sub"]),
    ]


def words_of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column as words, None where it is empty; all None where the sheet lacks it."""
    values = frame.get(column, pd.Series(None, index=frame.index, dtype=object)).to_numpy(dtype=object)
    return np.where(pd.isna(values), None, values)
