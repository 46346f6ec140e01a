"""Words of a workbook as people type them: titles, headings and values, recognised and shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

from kpi_helpers.columns import Column, Table
from kpi_helpers.tables import narrow


def plain(word) -> str:
    """A title or heading without blanks, full-width signs, case and the mark of required columns.

    >>> plain(" 工　号＊"), plain("Employee_ID")
    ('工号', 'employee_id')
    """
    return "".join(narrow(str(word)).split()).casefold().rstrip("*")


def column_of(table: Table, value) -> Column | None:
    """The column of a heading, also where its unit is written behind it: 基本工资（元）."""
    if not isinstance(value, str) or not value.strip():
        return None
    word = plain(value)
    for column in table.columns.values():
        names = (plain(column.name), plain(column.heading))
        if word in names or (column.unit and word in [f"{name}({plain(column.unit)})" for name in names]):
            return column
    return None


def nearest(words, options: dict[str, str], cutoff: float) -> str | None:
    """The option that is closest to one of the words, None if none is close."""
    for word in words:
        close = get_close_matches(plain(word), list(options), n=1, cutoff=cutoff)
        if close:
            return options[close[0]]
    return None


def shown(value) -> str:
    """A cell's value as its reader sees it, cut where it is long."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = f"{value:.15g}"
    elif isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    elif isinstance(value, (date, time)):
        text = value.isoformat()
    elif isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        text = f"{minutes // 60}:{minutes % 60:02d}"
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"
