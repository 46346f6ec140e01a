"""Words of a workbook as people type them: titles, headings and values, recognised and shown."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

from kpi_helpers.columns import Column, Table
from kpi_helpers.tables import narrow

_NEED = re.compile(r"\((?:必填|选填|必备|可不填)\)$")


def plain(word) -> str:
    """A title or heading without blanks, full-width signs, case, a colon and the marks of required columns.

    >>> plain(" 工　号＊"), plain("*工号（必填）："), plain("Employee_ID")
    ('工号', '工号', 'employee_id')
    """
    return _NEED.sub("", "".join(narrow(str(word)).split()).casefold().strip("*:")).strip("*:")


def headings_of(table: Table) -> dict[str, Column]:
    """The columns of a table by what may stand above them, also with the unit behind it: 基本工资（元）."""
    found: dict[str, Column] = {}
    for column in table.columns.values():
        for name in (plain(column.name), plain(column.heading)):
            found.setdefault(name, column)
            if column.unit:
                found.setdefault(f"{name}({plain(column.unit)})", column)
    found.pop("", None)
    return found


def nearest(words, options: dict, cutoff: float):
    """The option whose name is closest to one of the words, None if none is close."""
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
