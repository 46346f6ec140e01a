"""模板: workbooks as people fill them in, written for a policy: explained headings, drop-downs, one example row each."""

from __future__ import annotations

import io
import os
import re
import tempfile
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from kpi_helpers.arguments import ByColumn
from kpi_helpers.checks import event_clauses, must_be_filled
from kpi_helpers.columns import Column, Table
from kpi_helpers.errors import DataError, Fault, PolicyError, UsageError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import text
from kpi_helpers.workbook.cells import letters
from kpi_helpers.workbook.sheet import EXAMPLE

LAST_ROW = 5_000  # drop-downs and checks reach to here
_FIXED = datetime(2026, 1, 1)  # the date of creation inside the file, so that equal contents are equal bytes
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AS_TEXT = ("id", "text", "texts", "month", "clause", "employee", "group", "choice")


def write_template(policy, path, replace: bool = False) -> Path:
    """写模板: an empty workbook for a policy; an existing file is kept unless `replace`."""
    path = Path(path)
    if not replace:
        check_new(path)
    return save_whole(Book(policy, None).bytes(), path)


def check_new(path: Path) -> None:
    """A file that exists is never replaced by a template."""
    if path.exists():
        problem = say("文件已存在，没有覆盖。", "exists already and was not replaced.")
        raise UsageError(Fault(str(path), problem, say("请换一个文件名，或先移走它。", "Choose another name or move it away.")))


def write_workbook(policy, tables: dict[str, list[dict]], path) -> Path:
    """写工作簿: rows by table (values by column name) in the looks of the template; equal rows give equal bytes."""
    for name, rows in tables.items():
        if name not in policy.tables:
            raise DataError(Fault(name, say("本办法没有这个数据表。", "is no table of this policy."), did_you_mean(name, policy.tables)))
        columns = policy.tables[name].columns
        for key in dict.fromkeys(key for row in rows for key in row):
            if key not in columns:
                raise DataError(Fault(f"{name}.{key}", say("没有这一列。", "is no column."), did_you_mean(key, columns)))
    return save_whole(Book(policy, tables).bytes(), Path(path))


def printable(value: str) -> str:
    """A text without the control characters that a workbook cannot hold."""
    return _CONTROL.sub("", value)


def save_whole(content: bytes, path: Path) -> Path:
    """Written beside its place and moved there whole."""
    if path.suffix.lower() != ".xlsx":
        problem = say("文件名应以 .xlsx 结尾。", "the name must end in .xlsx.")
        raise UsageError(Fault(str(path), problem))
    part = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            part = file.name
            file.write(content)
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, path)
    except OSError as error:
        if part:
            Path(part).unlink(missing_ok=True)
        raise UsageError(Fault(str(path), say(f"写不了：{error.strerror}。", f"cannot be written: {error.strerror}."))) from None
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Book:
    """One workbook in the making; `tables` None makes it a template with example rows."""

    people = ("employees", "employee_id")  # the table and column that the numbers of people are chosen from

    def __init__(self, policy, tables, sheets: dict[str, Table] | None = None):
        self.policy, self.tables, self.memory = policy, tables, io.BytesIO()
        # a sheet that may be absent is left out where there is nothing to write: an empty one would count as handed in
        sheets = policy.tables if sheets is None else sheets
        self.shown = {name: one for name, one in sheets.items() if tables is None or name in tables or not one.optional}
        self.book = xlsxwriter.Workbook(self.memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self.book.set_properties({"title": printable(policy.title), "created": _FIXED})
        self.formats: dict[tuple, object] = {}

    def bytes(self) -> bytes:
        try:
            self.instructions()
            for table in self.shown.values():
                self.sheet(table)
            if any(column.kind == "clause" for table in self.shown.values() for column in table.columns.values()):
                self.clause_list()
            self.book.close()
        except XlsxWriterException as error:
            raise PolicyError(Fault(Path(self.policy.path).name, str(error))) from None
        return self.memory.getvalue()

    def looks(self, table: Table, column: Column) -> dict:
        """How the cells of a column look."""
        return {"num_format": _number_format(column)}

    def format(self, **looks):
        key = tuple(sorted(looks.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter", **looks})
        return self.formats[key]

    # -- one sheet per table -------------------------------------------------------------------------------------------

    def sheet(self, table: Table) -> None:
        sheet = self.book.add_worksheet(table.sheet)
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 24)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(table.columns.values()):
            sheet.set_column(place, place, _width(column), self.format(**self.looks(table, column)))
            sheet.write_string(0, place, column.heading, self.format(**self.heading(table, column)))
            sheet.write_comment(0, place, "\n".join(explanation(table, column)), {"x_scale": 1.6, "y_scale": 1.3, "author": ""})
            self.validate(sheet, table, place, column)
        rows = self.tables.get(table.name, []) if self.tables is not None else None
        if rows is None:
            self.example(sheet, table)
        else:
            for number, row in enumerate(rows, 1):
                for place, column in enumerate(table.columns.values()):
                    self.write(sheet, number, place, column, row.get(column.name), self.format(**self.looks(table, column)))

    def heading(self, table: Table, column: Column) -> dict:
        """How a heading looks: dark where the column must stay."""
        dark = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"}
        return {"border": 1, "align": "center", **(dark if column.required else {"bg_color": "#DDEBF7"})}

    def example(self, sheet, table: Table) -> None:
        looks = self.format(italic=True, font_color="#7F7F7F", bg_color="#F2F2F2", num_format="@")
        for place, column in enumerate(table.columns.values()):
            sheet.write_string(1, place, EXAMPLE + self.example_of(column), looks)

    def example_of(self, column: Column) -> str:
        first = self.policy.period.first if self.policy.period else date(2026, 10, 1)
        if column.kind in ("number", "integer"):
            low = column.min if column.min is not None else (column.above or 0) + 1
            return text(max(low, 1) if column.max is None else min(max(low, 1), column.max))
        if column.kind == "choice":
            return next(iter(column.words.values()), "")
        if column.kind == "clause":
            return next((clause.id for clause in event_clauses(self.policy)), "1")
        return {
            "employee": "001",
            "id": "A001",
            "group": "一组",
            "bool": "否",
            "month": f"{first:%Y-%m}",
            "date": first.isoformat(),
            "datetime": f"{first.isoformat()} 14:30",
            "texts": "001、002",
        }.get(column.kind, {"name": "张三", "department": "客服部"}.get(column.name, "文字"))

    def write(self, sheet, row: int, place: int, column: Column, value, looks) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_string(row, place, "是" if value else "否", looks)
        elif isinstance(value, (int, float, Decimal, Fraction)) and column.kind not in _AS_TEXT:
            sheet.write_number(row, place, float(value), looks)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, value.replace(tzinfo=None), self.format(num_format="yyyy-mm-dd hh:mm"))
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, self.format(num_format="yyyy-mm-dd"))
        elif isinstance(value, (list, tuple)):
            sheet.write_string(row, place, printable("、".join(map(str, value))), looks)
        else:
            sheet.write_string(row, place, printable(column.words.get(str(value), str(value))), looks)

    # -- drop-downs ----------------------------------------------------------------------------------------------------

    def validate(self, sheet, table: Table, place: int, column: Column) -> None:
        rule = self.validation(table, column)
        if rule:
            first = 2 if self.tables is None else 1  # the example row is text
            stop = {
                "ignore_blank": True,
                "error_title": column.heading[:32],
                "error_message": _cut("；".join(explanation(table, column)), 255),
            }
            sheet.data_validation(first, place, LAST_ROW, place, {**stop, **rule})

    def validation(self, table: Table, column: Column) -> dict | None:
        if column.kind == "employee" and table.name != self.people[0] and self.people[0] in self.shown:
            return {"validate": "list", "source": self.listed(*self.people)}
        if column.kind == "id" and table.key != (column.name,):
            home = next((one.name for one in self.shown.values() if one.key == (column.name,)), None)
            return home and {"validate": "list", "source": self.listed(home, column.name)}
        if column.kind == "clause":
            return {"validate": "list", "source": f"=条款!$A$2:$A${len(event_clauses(self.policy)) + 1}"}
        if column.kind in ("choice", "bool"):
            words = list(column.words.values()) if column.kind == "choice" else ["是", "否"]
            fits = len(",".join(words)) <= 255 and not any("," in word for word in words)
            return {"validate": "list", "source": words} if fits else None
        if column.kind in ("number", "integer"):
            return _bounds(column)
        if column.kind in ("date", "datetime"):
            return {"validate": "date", "criteria": "between", "minimum": date(1900, 1, 1), "maximum": date(2200, 12, 31)}
        return None

    def listed(self, name: str, column: str) -> str:
        """The filled part of another sheet's column, as a list."""
        table = self.shown[name]
        letter = letters(list(table.columns).index(column) + 1)
        first = 3 if self.tables is None else 2
        title = "'" + table.sheet.replace("'", "''") + "'"
        area = f"{title}!${letter}${first}:${letter}${LAST_ROW + 1}"
        return f"=OFFSET({title}!${letter}${first},0,0,MAX(1,COUNTA({area})),1)"

    # -- explanations --------------------------------------------------------------------------------------------------

    def instructions(self) -> None:
        sheet = self.book.add_worksheet("说明")
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for place, width in enumerate((18, 14, 80)):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, printable(self.policy.title), self.format(bold=True, font_size=14))
        row = 1
        for label, value in self.facts():
            sheet.write_string(row, 0, label, self.format(bold=True))
            sheet.write_string(row, 1, printable(value), self.format(num_format="@"))
            row += 1
        for line in self.lines():
            sheet.write_string(row, 0, line, self.format())
            row += 1
        head, cell = self.format(bold=True, bg_color="#DDEBF7", border=1), self.format(border=1, text_wrap=True)
        for table in self.shown.values():
            row += 1
            needed = say("可不交", "may be left out") if table.optional else say("必交", "needed")
            sheet.write_string(row, 0, table.sheet, self.format(bold=True, font_color="#1F4E79", font_size=12))
            sheet.write_string(row, 1, f"{needed}　{printable(table.help)}", self.format())
            heads = say("列", "Column"), say("要求", "Needed"), say("填写方法", "How to fill in")
            for place, word in enumerate(heads):
                sheet.write_string(row + 1, place, word, head)
            row += 2
            for column in table.columns.values():
                need, *how = explanation(table, column)
                for place, word in enumerate((column.heading, need, "；".join(how))):
                    sheet.write_string(row, place, word, cell)
                row += 1
        sheet.repeat_rows(0)

    def facts(self) -> list[tuple[str, str]]:
        """What stands in cells of its own at the top, to be read back."""
        return []

    def lines(self) -> list[str]:
        period = f"{say('考核周期', 'Period')}：{self.policy.period}" if self.policy.period else ""
        lines = [line for line in (period, printable(self.policy.about)) if line] + [
            say("每张工作表第一行是标题，请勿改动；列的次序可以调整，可以加自己的列（不会读取）。", "Row 1 holds the headings; keep them."),
            say(
                "深色标题的列必须保留，浅色标题的列可以留空或删除。把鼠标移到标题上可看到填写说明。",
                "Dark headings must stay, light ones may go.",
            ),
            say(
                "没有发生的事：工作表保留标题行即可。没有填的评分按“缺”处理，不会当作 0 分。",
                "Nothing happened: headings only. Blank is not 0.",
            ),
        ]
        if self.tables is None:
            lines.append(
                say(
                    f"灰色斜体、以“{EXAMPLE}”开头的是示例行，不会计入；可以保留或删除，请从下一行起填写。",
                    f"Grey rows that start with '{EXAMPLE}' are examples and never count; fill in from the next row on.",
                )
            )
        return lines

    def clause_list(self) -> None:
        sheet = self.book.add_worksheet("条款")
        sheet.freeze_panes(1, 0)
        head, cell = self.format(bold=True, bg_color="#DDEBF7", border=1), self.format(border=1, num_format="@", text_wrap=True)
        for place, (word, width) in enumerate((("条款", 12), ("内容", 44), ("分值", 14), ("出处", 16))):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, word, head)
        for row, clause in enumerate(event_clauses(self.policy), 1):
            for place, word in enumerate((clause.id, clause.title, _points(clause), clause.source)):
                sheet.write_string(row, place, printable(word), cell)


def explanation(table: Table, column: Column) -> list[str]:
    """How to fill in a column: whether it is needed, then kind, unit, range, words and help, one line each."""
    if must_be_filled(table, column):
        lines = [say("必填", "needed in every row")]
    elif column.required:
        lines = [say("必备列", "needed column")]
    else:
        lines = [say("选填", "optional")]
    lines.append(_kind("id" if column.kind == "employee" and table.key == (column.name,) else column.kind))
    if column.unit:
        lines.append(say(f"单位：{column.unit}", f"unit: {column.unit}"))
    bounds = [f"≥ {text(column.min)}" if column.min is not None else "", f"> {text(column.above)}" if column.above is not None else ""]
    bounds.append(f"≤ {text(column.max)}" if column.max is not None else "")
    if any(bounds):
        lines.append(say("范围：", "range: ") + "，".join(filter(None, bounds)))
    if column.words:
        lines.append(say("可填：", "one of: ") + "、".join(column.words.values()))
    if column.default is not None:
        shown = column.words.get(str(column.default), column.default)
        shown = {True: "是", False: "否"}[shown] if isinstance(shown, bool) else shown
        lines.append(say(f"留空即为：{shown}", f"blank means: {shown}"))
    return [*lines, printable(column.help)] if column.help else lines


def _kind(kind: str) -> str:
    return {
        "id": say("编号（文本，“001”保持原样）", "code (text: '001' stays as it is)"),
        "text": say("文字", "text"),
        "texts": say("一个或多个编号，用“、”隔开", "one or more codes with 、 between them"),
        "number": say("数字", "number"),
        "integer": say("整数", "whole number"),
        "bool": say("是或否", "yes or no (是 or 否)"),
        "date": say("日期，如 2026-10-05", "date, e.g. 2026-10-05"),
        "datetime": say("日期和时间，如 2026-10-05 14:30", "date and time, e.g. 2026-10-05 14:30"),
        "month": say("月份，如 2026-10", "month, e.g. 2026-10"),
        "choice": say("从下拉列表中选择", "choose from the list"),
        "clause": say("条款编号，见工作表“条款”", "id of a clause, see sheet 条款"),
        "employee": say("工号（文本），与员工表一致", "id of a person (text) as on sheet 员工"),
        "group": say("小组名称，与员工表一致", "name of a group as on sheet 员工"),
    }[kind]


def _points(clause) -> str:
    points = clause.arguments.get("points")
    if isinstance(points, ByColumn):
        return "、".join(f"{key} {text(value)}" for key, value in points.values.items())
    if isinstance(points, (int, Fraction)):
        return text(points)
    if {"low", "high"} <= clause.arguments.keys():
        sign = "-" if clause.arguments.get("sign") == -1 else ""
        return f"酌情 {sign}{text(clause.arguments['low'])} 至 {sign}{text(clause.arguments['high'])}"
    return ""


def _bounds(column: Column) -> dict | None:
    low, high = column.min if column.min is not None else column.above, column.max
    kind = {"validate": "integer" if column.kind == "integer" else "decimal"}
    low, high = (bound if bound is None or bound.denominator > 1 else int(bound) for bound in (low, high))
    low, high = (float(bound) if isinstance(bound, Fraction) else bound for bound in (low, high))
    if low is not None and high is not None and column.above is None:
        return {**kind, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {**kind, "criteria": ">=" if column.above is None else ">", "value": low}
    return {**kind, "criteria": "between", "minimum": -1e9, "maximum": 1e9 if high is None else high}


def _number_format(column: Column) -> str:
    if column.kind in _AS_TEXT or column.kind == "bool":
        return "@"
    if column.kind in ("date", "datetime"):
        return "yyyy-mm-dd" if column.kind == "date" else "yyyy-mm-dd hh:mm"
    return "#,##0.00" if column.unit == "元" else "General"


def _width(column: Column) -> float:
    least = {"datetime": 17, "date": 13, "text": 16, "choice": 12, "texts": 18}.get(column.kind, 10)
    return max(least, 2.2 * len(column.heading) + 3)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
