"""What the XML of one sheet says before any library reads it: how far it reaches, error values, formulas without a value."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from kpi_helpers.workbook.formats import Styles, Zeros

MAX_ROWS = 300_000
MAX_COLUMNS = 256
MAX_AREA = 8_000_000  # rows × columns: readers lay a sheet out as one block, however few of its cells are filled

_PLAIN = Styles()
NO_VALUE = "="  # a formula that was saved without its result


@dataclass(frozen=True)
class Scan:
    """The last row and column that hold something, and the cells (row, column) whose value is an error or NO_VALUE.

    texts: no fewer cells than these show a text of the workbook's shared list. percent: cells that show a percentage.
    codes: cells that show a code, 001 for 1. hidden: rows that nobody sees, be they hidden by hand, by a filter or in a closed group.
    """

    rows: int = 0
    columns: int = 0
    bad: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: int = field(default=0, compare=False)
    percent: frozenset[tuple[int, int]] = field(default=frozenset(), compare=False)
    codes: dict[tuple[int, int], Zeros] = field(default_factory=dict, compare=False)
    hidden: frozenset[int] = frozenset()

    @property
    def fits(self) -> bool:
        return self.rows <= MAX_ROWS and self.columns <= MAX_COLUMNS and self.rows * self.columns <= MAX_AREA

    @property
    def corner(self) -> str:
        return f"{letters(self.columns)}{self.rows}"


def scan(xml: bytes, styles: Styles = _PLAIN) -> Scan:
    """Look through the UTF-8 XML of a sheet; raises ValueError where it is no sheet that Excel could have written."""
    found = _glance(xml) or _study(xml)
    return _with_formats(found, xml, styles) if found.fits and (styles.percent or styles.codes) else found


# a cell that holds something, its style and its place; an attribute holds no "<", so every search ends at the next tag
_STYLED = re.compile(rb'<(?:\w+:)?c\s(?=[^<]*\bs="(\d+)")[^<]*\br="([A-Z]{1,3})([1-9]\d{0,6})"[^<>]*(?<!/)>')


def _with_formats(found: Scan, xml: bytes, styles: Styles) -> Scan:
    """The same with the cells that show something else than the number they hold."""
    percent, codes = [], {}
    for one in _STYLED.finditer(xml):
        if one[1] in styles.percent:
            percent.append((int(one[3]), number(one[2].decode())))
        elif one[1] in styles.codes:
            codes[int(one[3]), number(one[2].decode())] = styles.codes[one[1]]
    return replace(found, percent=frozenset(percent), codes=codes)


def longest(strings: bytes) -> int:
    """A length in bytes that no text of the shared list exceeds."""
    if strings.rfind(b"<?") > 3:  # an instruction in the midst may hide anything
        return len(strings)
    return max(map(len, strings.split(b"</si>")))


def unfolded(strings: bytes, sheets: list[bytes]) -> int:
    """How many bytes the texts of all cells come to: a shared text is stored once and copied into every cell that shows it."""
    lengths, shown = _Lengths(), Counter()
    _parse(strings, lengths)
    for xml in sheets:
        walk = _Walk()
        _parse(xml, walk)
        shown.update(walk.texts)
    return sum(times * lengths.of(index) for index, times in shown.items())


def letters(column: int) -> str:
    """The letters of a column.

    >>> letters(1), letters(28), letters(16384)
    ('A', 'AB', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(text: str) -> int:
    """The column of its letters.

    >>> number("XFD")
    16384
    """
    result = 0
    for letter in text:
        result = result * 26 + ord(letter) - 64
    return result


# -- the quick way: prove with a few searches that there is nothing to find -------------------------------------------

_ROWS = re.compile(rb'<row(?=[\s/>])(?: r="([1-9]\d{0,6})"(?: (?!r=)[\w:.]+="[^"<>&]*")*/?>)?')
_COLUMNS = re.compile(rb'<c r="([A-Z]{1,3})')
_HIDDEN = re.compile(rb'<row r="(\d+)"[^<>]* hidden="(?:1|true)"')


def _glance(xml: bytes) -> Scan | None:
    """The scan of a sheet that is written as plainly as Excel does and holds nothing bad; None sends it to `_study`."""
    rows = _ROWS.findall(xml)
    if b"" in rows:
        return None
    last = max(map(int, rows), default=0)
    if last > MAX_ROWS or _odd(last).search(xml):
        return None
    columns = max((number(c.decode()) for c in set(_COLUMNS.findall(xml))), default=0)
    hidden = frozenset(map(int, _HIDDEN.findall(xml)))
    reach = Scan(last, columns, texts=xml.count(b' t="s"'), hidden=hidden)
    return reach if reach.fits else None


def _odd(last: int) -> re.Pattern:
    """Whatever needs a closer look, in a sheet whose last row tag is `last`."""
    place = rb"[A-Z]{1,3}(?:" + _up_to(str(last)).encode() + rb")"
    plain = rb' r="' + place + rb'"(?: s="\d+")?(?: t="(?:s|n|str|inlineStr|b|d)")?/?>'
    return re.compile(
        rb"<(?:c(?!" + plain + rb")(?=[\s/>])"  # a cell with other attributes, an error value, or below the last row
        rb"|/f>(?!<v>[^<])|f(?:\s[^<>]*)?/>(?!<v>[^<])"  # a formula without a value
        rb"|!)|:(?:c|row|f)[\s/>]"  # comments, sections, prefixed names
    )


def _up_to(number: str) -> str:
    """A pattern of the numbers 1 to `number`, without leading zeros."""
    shorter = [rf"[1-9]\d{{{length - 1}}}" for length in range(1, len(number))]
    lower = [
        rf"{number[:i]}[{'1' if i == 0 else '0'}-{int(digit) - 1}]\d{{{len(number) - i - 1}}}"
        for i, digit in enumerate(number)
        if int(digit) > (i == 0)
    ]
    return "|".join([number, *shorter, *lower])


# -- the thorough way: every cell ---------------------------------------------------------------------------------------

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def _study(xml: bytes) -> Scan:
    walk = _Walk()
    _parse(xml, walk)
    return Scan(walk.last_row, walk.last_column, walk.bad, walk.texts.total(), hidden=frozenset(walk.hidden))


def _parse(xml: bytes, walk) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    parser.StartDoctypeDeclHandler = parser.StartCdataSectionHandler = parser.CommentHandler = _refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None


def _refuse(*_):
    raise ValueError("comment, section or document type in a sheet")


class _Walk:
    """Follows the cells of a sheet in the order of the XML, with or without their references."""

    def __init__(self):
        self.row = self.column = self.last_row = self.last_column = 0
        self.bad: dict[tuple[int, int], str] = {}
        self.texts = Counter()  # place in the shared list → cells that show it
        self.hidden: set[int] = set()
        self.cell = None  # inside a cell: does it hold anything yet?
        self.kind, self.formula, self.value, self.reading, self.valued = None, False, "", False, False

    def start(self, tag, attributes):
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self.place(attributes.get("r"))
            self.cell, self.kind, self.formula, self.value, self.valued = False, attributes.get("t"), False, "", False
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self.row)
        elif self.cell is not None:
            self.cell = True
            self.formula |= tag == "f"
            self.reading = tag == "v"
            self.valued |= self.reading

    def place(self, reference):
        if reference is None:
            self.column += 1
            return
        match = _PLACE.fullmatch(reference.upper())
        if not match:
            raise ValueError(f"{reference!r} is no place of a cell")
        self.column, self.row = number(match[1]), int(match[2])

    def text(self, text):
        if self.cell and self.reading:
            self.value += text

    def end(self, tag):
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self.reading = False
        if tag != "c" or self.cell is None:
            return
        if self.cell:
            self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
            if self.kind == "e":
                self.bad[self.row, self.column] = self.value.strip() or "#?"
            elif self.formula and not self.value and not (self.valued and self.kind == "str"):  # a text may be empty
                self.bad[self.row, self.column] = NO_VALUE
            if self.kind == "s":
                self.texts[self.value] += 1
        self.cell = None


class _Lengths:
    """Follows the shared list of texts."""

    def __init__(self):
        self.lengths: list[int] = []

    def start(self, tag, _):
        if tag.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def text(self, text):
        if self.lengths:
            self.lengths[-1] += len(text.encode())

    def end(self, _):
        pass

    def of(self, index: str) -> int:
        try:
            return self.lengths[int(index)]
        except (ValueError, IndexError):  # no text: the reading library says so
            return 0
