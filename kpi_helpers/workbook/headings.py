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


_TOTALS = {"平均", "平均分", "平均值", "均值", "累计", "共计", "人数", "total", "totals", "subtotal", "grandtotal", "sum", "average"}
_NEEDS = {"必填", "选填", "必填项", "选填项", "示例", "样例", "填写说明"}
_BESIDE = re.compile(
    r".{0,10}(?:合计|总计|小计)|以下(?:空白|无正文)|共\d+(?:人|条|行|笔)|"
    r"(?:制表|制单|填表|填报|编制|统计|审核|复核|审批|批准|核准|负责人|主管|经理|总经理|经办|人事|部门|日期|注|备注|说明|附注|签字|签名|签章|盖章"
    r"|preparedby|checkedby|approvedby|notes?|remarks?)[^:]{0,6}:.*",
    re.DOTALL,
)


def beside_records(value) -> bool:
    """Is this what stands under or between records: a total, a signature, a note, a hint how to fill in?

    >>> [beside_records(one) for one in ("合 计", "一组小计", "制表人：张三", "注：均为在岗", "Total", "001", "张三")]
    [True, True, True, True, True, False, False]
    """
    if not isinstance(value, str) or (value.isascii() and ":" not in value and value.strip().casefold() not in _TOTALS):
        return False
    word = "".join(narrow(value).split()).casefold()
    return word in _TOTALS or word in _NEEDS or _BESIDE.fullmatch(word) is not None


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
