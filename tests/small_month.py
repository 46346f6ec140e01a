"""A small month of 维康 to run: 12 people, some of them odd, as a workbook in a folder of the test's own."""

from datetime import date
from pathlib import Path

import xlsxwriter

PEOPLE = [
    ["001", "张伟", "一组"],
    ["002", "李秀英", "一组"],
    ["003", "<script>alert(1)</script>", "二组"],
    ["004", "=cmd|' /C calc'!A0", "二组"],
    ["../005", "𠮷野家", "二组"],
    ["006", "王" * 40, "二组"],
]
EVENTS = [
    ["E1", "001", "2.A2.1", date(2026, 10, 5)],
    ["E2", "001", "2.A3.1", date(2026, 10, 6)],
    ["E3", "002", "2.A4.1a", date(2026, 10, 7)],
]
ATTENDANCE = [
    ["001", date(2026, 10, 8), "迟到", 12],
    ["002", date(2026, 10, 9), "无故缺勤", None],
    ["004", date(2026, 10, 9), "迟到", 3],
]
HEADINGS = {
    "员工": ["工号", "姓名", "小组"],
    "事件": ["事件编号", "工号", "条款", "日期"],
    "考勤": ["工号", "日期", "类型", "分钟"],
}


def write_month(path: Path, people=PEOPLE, events=EVENTS, attendance=ATTENDANCE) -> Path:
    """The workbook of one month of 维康."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as book:
        for (title, headings), rows in zip(HEADINGS.items(), (people, events, attendance), strict=True):
            sheet = book.add_worksheet(title)
            for y, row in enumerate([headings, *rows]):
                for x, value in enumerate(row):
                    sheet.write(y, x, value)
    return path
