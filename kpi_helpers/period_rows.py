"""本期: rows that name another period than the one being scored, or no period, rows that stand twice in one, and the days of a column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.calendar import Period
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import KpiError
from kpi_helpers.language import say
from kpi_helpers.tables import Tables


def check_period_rows(policy, tables: Tables, table: str, key: list[str], column: str = "month") -> list[RowFault]:
    """Rows of another period are listed and left out; a second row with the same key in one period must be mended.

    A row whose period is blank belongs to the period being scored.
    """
    frame, periods = tables[table], named_periods(tables[table], column)
    strange = _strange(periods)
    other = (periods.notna() & ~strange & (policy.month is not None) & (periods != policy.month)).to_numpy(dtype=bool)
    double = _repeated(frame, key, periods.fillna(policy.month or ""), ~strange & ~other)
    return [
        *_not_periods(table, frame, column, strange),
        *_faults(table, frame, column, other, "other_period", say(f"不属于 {policy.month}", f"does not belong to {policy.month}"), False),
        *_twice(table, frame, key[0], double),
    ]


def check_named_periods(tables: Tables, table: str, key: list[str], column: str = "period") -> list[RowFault]:
    """Where rows of all periods are kept: a period that is none, and one that stands twice, be it written in two ways (2026Q3, 2026-Q3).

    key: what else tells the rows apart. Rows that are alike as they are written are found by the key of the table.
    """
    frame, periods = tables[table], named_periods(tables[table], column)
    strange = _strange(periods)
    double = _repeated(frame, key, periods, ~strange & periods.notna().to_numpy(dtype=bool))
    alike = frame.duplicated([*key, column]).to_numpy(dtype=bool) if column in frame else double
    return [*_not_periods(table, frame, column, strange), *_twice(table, frame, column, double & ~alike)]


def _strange(periods: pd.Series) -> np.ndarray:
    return (periods == "").to_numpy(dtype=bool)


def _repeated(frame: pd.DataFrame, key: list[str], periods: pd.Series, looked_at: np.ndarray) -> np.ndarray:
    """Which of the rows that are looked at repeat the key and the period of one further up."""
    rows = frame[key].assign(_period=periods)[looked_at]
    return frame.index.isin(rows.index[rows.duplicated()])


def _not_periods(table: str, frame: pd.DataFrame, column: str, rows) -> list[RowFault]:
    return _faults(table, frame, column, rows, "not_a_period", say("不是考核周期（写作 2026-10）", "is not a period (write 2026-10)"))


def _twice(table: str, frame: pd.DataFrame, column: str, rows) -> list[RowFault]:
    return _faults(table, frame, column, rows, "duplicate", say("在本期重复", "stands twice in the period"))


def _faults(table: str, frame: pd.DataFrame, column: str, rows, reason: str, problem: str, stops: bool = True) -> list[RowFault]:
    return [RowFault(table, int(row), column, frame[column].iloc[row], reason, problem, stops=stops) for row in np.flatnonzero(rows)]


def named_periods(frame: pd.DataFrame, column: str) -> pd.Series:
    """The period of each row as the workbench writes it (2024-Q1 becomes 2024Q1); '' for one that is none, missing where blank."""
    if column not in frame:
        return pd.Series(None, index=frame.index, dtype=object)
    return frame[column].map({value: _name(value) for value in frame[column].dropna().unique()}).astype(object)


def _name(value: str) -> str:
    try:
        return str(Period.parse(value))
    except KpiError:
        return ""


def days_of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A date column as days; NaT, which no comparison fulfils, where it is blank or was not handed in."""
    return pd.to_datetime(frame.get(column, pd.Series(pd.NaT, index=frame.index))).to_numpy(dtype="datetime64[D]")
