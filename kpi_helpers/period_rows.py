"""本期: rows that name another period than the one being scored, and rows that stand twice within it."""

from __future__ import annotations

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
    frame = tables[table]
    periods = named_periods(frame, column)
    strange = (periods == "").to_numpy(dtype=bool)
    other = (periods.notna() & ~strange & (policy.month is not None) & (periods != policy.month)).to_numpy(dtype=bool)
    kept = frame[key].assign(_period=periods.fillna(policy.month or ""))[~strange & ~other]
    double = kept.index[kept.duplicated()]
    faults = []
    for rows, name, reason, zh, en in (
        (frame.index[strange], column, "not_a_period", "不是考核周期（写作 2026-10、2026Q3 或 2026）", "is no period (write 2026-10, 2026Q3, 2026)"),
        (frame.index[other], column, "other_period", f"不属于 {policy.month}", f"does not belong to {policy.month}"),
        (double, key[0], "duplicate", "在本期重复", "stands twice in the period"),
    ):
        faults += [RowFault(table, int(row), name, frame[name].iloc[row], reason, say(zh, en), stops=reason != "other_period") for row in rows]
    return faults


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
