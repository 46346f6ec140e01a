"""工作表: grids written as sheets of an Excel file, ready to be read, filtered and printed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from fractions import Fraction
from functools import lru_cache
from math import isfinite

from xlsxwriter.utility import xl_range

from kpi_helpers.language import say
from kpi_helpers.numbers import half_up, is_number
from kpi_helpers.report.grids import Grid
from kpi_helpers.report.looks import INK, LINE, TINT, WARM, Looks
from kpi_helpers.report.words import basis_word, show, unit_word

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # Excel's limit for one cell is 32,767
_NARROW, _WIDE = 8, 46  # columns, in digits
_SHORT = 13  # a title up to here stands on one line, up to twice as long on two, longer on three
_LINE, _ROW_LINES = 15, 10  # points; a higher row helps nobody, its whole text is in the cell
_PAGE = 240  # digits side by side on A4 landscape, still legible


class Sheets:
    """Writes grids, one a sheet; every text stays a text."""

    def __init__(self, book, looks: Looks, title: str):
        self.book, self.looks, self.title = book, looks, title
        self.names, self.formats = set(), {}

    def format(self, **properties):
        """The format of a cell of a table with these properties, made once."""
        return self.plain(border=1, border_color=LINE, **properties)

    def plain(self, **properties):
        """The format of a cell without lines, made once."""
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
        return self.once(base | properties)

    def once(self, properties: dict):
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def new(self, name: str):
        """An empty sheet, under a name that Excel takes, set up for A4."""
        sheet = self.book.add_worksheet(self.free_name(name))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        pages = say("第 &P 页，共 &N 页", "page &P of &N")
        sheet.set_header(f"&L{_plain(self.title)}&R{_plain(sheet.get_name())}")
        sheet.set_footer(f"&L{say('机密：含个人薪酬，仅供人事与财务', 'Confidential: pay of individuals, for HR and finance')}&R{pages}")
        return sheet

    def add(self, name: str, grid: Grid, total: bool = False) -> str:
        """One grid as a sheet; returns the sheet's name.

        total: a last row of sums in 元.
        """
        sheet = self.new(name)
        widths = [_NARROW - 2] * len(grid.columns)
        for y, row in enumerate(grid.rows):
            lines = 1
            for x, value in enumerate(row):
                width = self.write(sheet, y + 1, x, value, grid.unit(y, x), (y, x) in grid.assumed)
                widths[x] = max(widths[x], min(width, _WIDE - 2))
                lines = max(lines, _lines(value) if width > _WIDE - 2 or isinstance(value, str) and "\n" in value else 1)
            if lines > 1:  # LibreOffice does not find the height by itself
                sheet.set_row(y + 1, _LINE * min(lines, _ROW_LINES))
        last = len(grid.rows)
        if total and last:
            last += 1
            self.sums(sheet, grid, widths)
        widths = self.head(sheet, grid, widths)
        self.colour(sheet, grid)
        fixed = min(2, len(grid.columns) - 1) if sum(widths[:2]) <= 60 else 0
        sheet.freeze_panes(1, fixed)
        sheet.autofilter(0, 0, max(len(grid.rows), 1), len(grid.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, max(last, 1), len(grid.columns) - 1)})
        sheet.print_area(0, 0, last, len(grid.columns) - 1)
        self.paginate(sheet, widths, fixed)
        return sheet.get_name()

    def paginate(self, sheet, widths: list[int], fixed: int) -> None:
        """As many pages side by side as leave the text legible; the headings and the first columns stand on each of them."""
        pages = -(-sum(widths) // _PAGE)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(pages, 0)
        if pages > 1 and fixed:
            sheet.repeat_columns(0, fixed - 1)

    def head(self, sheet, grid: Grid, widths: list[int]) -> list[int]:
        """The headings: as wide as the values ask for and few lines take; returns the widths of the columns."""
        form = self.format(bold=True, bg_color=TINT, text_wrap=True, align="center", valign="vcenter")
        found, lines = [], 1
        for x, column in enumerate(grid.columns):
            unit = unit_word(column.unit)
            title = column.title + (f"（{unit}）" if unit else "") + (f"（{basis_word('A')}）" if column.basis == "A" else "")
            wanted = text_width(title) + 3  # the filter's button
            width = max(widths[x], min(wanted, _WIDE - 2, max(_SHORT, -(-wanted // (2 if wanted <= 2 * _SHORT else 3)) + 2)))
            lines = max(lines, -(-wanted // (width - 1)))
            found.append(width + 2)
            sheet.set_column(x, x, width + 2)
            self.text(sheet, 0, x, title, form)
        sheet.set_row(0, 6 + _LINE * lines)
        return found

    def sums(self, sheet, grid: Grid, widths: list[int]) -> None:
        """合计: what stands in the rows that a filter leaves; the value now is written with the formula, so nothing need be computed."""
        y = len(grid.rows) + 1
        for x, column in enumerate(grid.columns):
            form = {"bold": True, "bg_color": TINT}
            if column.unit.startswith("元") and any(row[x] is not None for row in grid.rows):
                value = half_up(sum((row[x] or 0 for row in grid.rows), Fraction(0)))
                form["num_format"] = self.looks.number_format(value, column.unit)
                sheet.write_formula(y, x, f"=ROUND(SUBTOTAL(109,{xl_range(1, x, y - 1, x)}),2)", self.format(**form), float(value))
                widths[x] = max(widths[x], text_width(show(value, "元")))
            elif x == 0:
                self.text(sheet, y, x, say("合计", "total"), self.format(**form))
            else:
                sheet.write_blank(y, x, None, self.format(**form))

    def colour(self, sheet, grid: Grid) -> None:
        """Grades and statuses as conditional formats, so that the colour follows the word."""
        for x, column in enumerate(grid.columns):
            for word, look in self.looks.colours.get(column.title, {}).items() if grid.rows else ():
                literal = '"' + clean(word).replace('"', '""') + '"'
                rule = {"type": "cell", "criteria": "==", "value": literal, "format": self.once(look)}
                sheet.conditional_format(1, x, len(grid.rows), x, rule)

    def write(self, sheet, y, x, value, unit: str = "", assumed: bool = False) -> int:
        """One value with the format of its kind; returns how many digits wide it is."""
        look = {"font_color": WARM} if assumed else {}
        if isinstance(value, float) and isfinite(value):
            value = Fraction(repr(value))
        if is_number(value):
            form = self.looks.number_format(Fraction(value), unit)
            sheet.write_number(y, x, float(value), self.format(num_format=form, **look))
            return min(len(show(value, unit)), 12) if form.startswith(("General", "0")) else len(show(value, unit))
        if isinstance(value, (date, datetime)):
            exact_time = isinstance(value, datetime) and value.time() != time.min
            form = "yyyy-mm-dd hh:mm" if exact_time else "yyyy-mm-dd"
            sheet.write_datetime(y, x, value, self.format(num_format=form, align="left", **look))
            return len(form)
        if value is None or value == "" or value == []:
            sheet.write_blank(y, x, None, self.format())
            return 0
        return self.text(sheet, y, x, show(value), **look)

    def text(self, sheet, y, x, text: str, form=None, **look) -> int:
        """A text that can never become a formula; returns how many digits wide it is."""
        text = cut(clean(text), _LONGEST)
        width = text_width(text)
        if text.startswith(_FORMULA):
            look["quote_prefix"] = True  # stays text even when somebody edits the cell
        if width > _WIDE - 2 or "\n" in text:
            look["text_wrap"] = True
        sheet.write_string(y, x, text, form or self.format(indent=1, **look))
        return width + 1

    def free_name(self, name: str) -> str:
        """A sheet name that Excel takes, not used before: at most 31 UTF-16 units, none of its signs, not “History”."""
        plain = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
        plain = cut(re.sub(r"[\[\]:*?/\\'\ufffe\uffff]", " ", plain).strip(), 27).strip() or say("表", "sheet")
        free, number = plain, 1
        while _folded(free) in self.names or _folded(free) == "history":
            number += 1
            free = f"{plain} {number}"
        self.names.add(_folded(free))
        return free


def clean(text: str) -> str:
    """A text without the signs that may not stand in an Excel file."""
    return _ILLEGAL.sub("", text)


def cut(text: str, units: int) -> str:
    """The beginning of a text that is no longer than so many UTF-16 units, which is how Excel counts: 𠮷 and emoji are two."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


@lru_cache(20_000)
def text_width(text: str) -> int:
    """How many digits wide the longest line of a text is, Chinese signs counting double."""
    return max(len(line) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in line) for line in text.split("\n"))


def _lines(value) -> int:
    """How many lines a text takes in the widest column; a word or a closing bracket may leave a rest of a line."""
    return sum(max(1, -(-text_width(line) // (_WIDE - 6))) for line in show(value).split("\n"))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _plain(text: str) -> str:
    """A text of a page's header, in which & is a command; a header has at most 255 signs."""
    return cut(clean(text), 80).replace("&", "&&")
