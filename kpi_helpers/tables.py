"""Input tables in engine types, from whatever source: one frame per table, typed columns, the row each value came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from kpi_helpers.columns import Column, Table
from kpi_helpers.language import say
from kpi_helpers.numbers import constant, exact, fraction, is_missing, missing
from kpi_helpers.numbers import text as number_text


@dataclass(frozen=True)
class Origin:
    """Where a table came from: the sheet's title and the letter of each column."""

    sheet: str
    letters: dict[str, str]

    def cell(self, column: str, row: int) -> str:
        return f"{self.sheet}!{self.letters.get(column, '')}{row}"


class Tables(dict):
    """数据表 by name: DataFrames with engine types and a column `_row` (row number in the sheet).

    delivered: names of the sheets that were handed in. refused: rows that were left out, one dict each.
    notes: what a reader should know though it is no fault, e.g. sheets and columns that were not read.
    """

    def __init__(self, frames=(), origins=None, delivered=(), refused=(), file="", department="", notes=()):
        super().__init__(frames)
        self.origins: dict[str, Origin] = origins or {}
        self.delivered = set(delivered)
        self.refused: list[dict] = list(refused)
        self.file, self.department = file, department
        self.notes: list[str] = list(notes)

    def again(self) -> Tables:
        """The same tables, from which other rows may be refused."""
        return Tables(self, self.origins, self.delivered, self.refused, self.file, self.department, self.notes)

    def refusals(self, table: str, rows, column: str, reason: str, **keys) -> list[dict]:
        """Entries of the list of refused rows (拒收行), for rows at these positions."""
        origin, frame = self.origins.get(table), self[table]
        ids = {name: frame[name].iloc[rows].tolist() for name in frame if name.endswith("_id") or name == "clause"}
        numbers = frame["_row"].iloc[rows].tolist()
        values = list(frame[column].iloc[rows]) if column in frame else [None] * len(numbers)
        sheet = origin.sheet if origin else table
        return [
            {
                "table": table,
                "sheet": sheet,
                "row": row,
                "column": column,
                "cell": origin.cell(column, row) if origin else "",
                "value": None if is_missing(value) else value,
                "reason": reason,
                **{name: named[at] for name, named in ids.items() if not is_missing(named[at])},
                **keys,
            }
            for at, (row, value) in enumerate(zip(numbers, values, strict=True))
        ]


NOT_APPLICABLE = " n/a"  # after a column's name: does it not apply to this row?
_EXCUSED = {"不适用", "N/A", "NA", "无此项"}


def empty_table(table: Table) -> pd.DataFrame:
    """A frame without rows in engine types."""
    return typed_frame(table, {name: [] for name in table.columns}, [], lambda *_: None)


def typed_frame(table: Table, raw: dict[str, list], rows: list[int], fault) -> pd.DataFrame:
    """Raw cell values as engine types, column by column; `fault(position, column, value, problem, reason)` hears of every bad one.

    A column that was not handed in gets its default. Blank cells are missing unless the column has a default.
    """
    frame = {}
    for column in table.columns.values():
        values = raw.get(column.name)
        if values is not None and column.may_not_apply:
            excused = [isinstance(value, str) and narrow(value).upper() in _EXCUSED for value in values]
            values = [None if one else value for one, value in zip(excused, values, strict=True)]
            frame[f"{column.name}{NOT_APPLICABLE}"] = np.array(excused, dtype=bool)
        if values is not None:
            frame[column.name] = _typed(column, values, fault)
        elif column.required or column.default is not None or column.kind in ("employee", "group", "date", "datetime"):
            frame[column.name] = _absent(column, len(rows))
    frame["_row"] = np.asarray(rows, dtype=np.int64)
    return pd.DataFrame(frame, index=range(len(rows)))


def _absent(column: Column, length: int):
    """A column that was not handed in: its default in every row."""
    if column.kind in ("number", "integer"):
        return constant(column.default, length)
    if column.kind in ("date", "datetime"):
        return np.full(length, "NaT", dtype="datetime64[us]")
    return np.full(length, column.default, dtype=object)


def _typed(column: Column, values: list, fault):
    if column.kind in ("number", "integer"):
        return _numbers(column, values, fault)
    if column.kind in ("date", "datetime"):
        return _moments(column, values, fault)
    if column.kind == "texts":
        read = [column.default if blank(v) else _list(column, i, v, fault) for i, v in enumerate(values)]
    else:
        read = _words(column, values, fault)
    result = np.empty(len(values), dtype=object)
    result[:] = read
    return result


def _words(column, values, fault) -> list:
    """Texts, choices and yes/no; a text that stands in many rows is read once, a faulty one in every row."""
    read = _truth if column.kind == "bool" else _choice if column.kind == "choice" else _text
    seen, result = {}, []
    for i, value in enumerate(values):
        if type(value) is not str:
            result.append(column.default if blank(value) else read(column, i, value, fault))
            continue
        word = seen.get(value, seen)
        if word is seen:
            empty = blank(value)
            word = column.default if empty else read(column, i, value, fault)
            if empty or word is not None:
                seen[value] = word
        result.append(word)
    return result


def blank(value) -> bool:
    """Is this cell empty? A text of blanks is."""
    return is_missing(value) or (isinstance(value, str) and not narrow(value))


_UNSEEN = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]  # zero-width, marks of direction
_BLANKS = [0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_WIDE = {**{0xFF01 + i: chr(0x21 + i) for i in range(94)}, **dict.fromkeys(_BLANKS, " "), **dict.fromkeys(_UNSEEN, "")}


def narrow(text: str) -> str:
    """Full-width signs and odd blanks as a keyboard types them, without signs that nobody sees.

    >>> narrow(" ０１２．５\u3000")
    '012.5'
    """
    return text.strip() if text.isascii() else text.translate(_WIDE).strip()


# commas part thousands only, so that 9,5 is not read as 95; no fractions, which may be a date or marks out of a hundred;
# an exact number of thousands of digits would fill the memory
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:e[+-]?\d{1,3})?\s*%?", re.IGNORECASE)


def takes_percent(column: Column) -> bool:
    """May a percentage stand here? Where a range beyond 1 or a unit asks for marks, yuan or per cents, 95% would count as 0.95 of them."""
    if column.kind != "number":
        return False
    return not column.unit if column.max is None else column.max <= 1 and column.unit in ("", "%")


def is_percentage(value) -> bool:
    """Is this a text that ends with a per cent sign?"""
    return isinstance(value, str) and narrow(value).endswith("%")


def _numbers(column, values, fault):
    numbers = _plain_numbers(column, values)
    if numbers is None:
        read = [column.default if blank(value) else _read_number(column, i, value, fault) for i, value in enumerate(values)]
        numbers = exact(read) if read else missing(0)
    for i in np.flatnonzero(_outside(column, numbers)):
        problem = say(f"超出范围（{_range(column)}）", f"is out of range ({_range(column)})")
        fault(int(i), column, values[i], problem, "out_of_range")
    if column.kind == "integer":
        for i in np.flatnonzero((numbers.den != 0) & (numbers.num % np.where(numbers.den == 0, 1, numbers.den) != 0)):
            fault(int(i), column, values[i], say("应为整数", "must be a whole number"), "not_whole")
    return numbers


def _read_number(column, i, value, fault):
    try:
        number = _number(value) if isinstance(value, str) else fraction(value)
    except (ValueError, ZeroDivisionError):
        fault(i, column, value, say("不是数字", "is not a number"), "not_a_number")
        return None
    if is_percentage(value) and not takes_percent(column):
        fault(i, column, value, say("是百分比，这一列不填百分比", "is a percentage, which this column does not take"), "percentage")
        return None
    return number


def _number(value: str):
    text = narrow(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError
    text = text.replace(",", "")
    return fraction(text.rstrip("%")) / 100 if text.endswith("%") else fraction(text)


def _plain_numbers(column, values):
    """The fast way for columns that hold nothing but int, float and blank cells."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return exact(np.array(values, dtype=np.int64)) if max(map(abs, values)) < 2**63 else None
    if not kinds or not kinds <= {int, float, str, type(None)}:
        return None
    if str in kinds and not {v for v in values if type(v) is str} <= {""}:
        return None
    if int in kinds and any(type(v) is int and abs(v) > 2**53 for v in values):
        return None
    if kinds & {str, type(None)}:
        values = [None if v == "" else v for v in values]
    try:
        numbers = exact(np.array(values, dtype=np.float64))
    except ValueError:  # infinite
        return None
    return numbers if column.default is None else numbers.fillna(column.default)


def _outside(column: Column, values) -> np.ndarray:
    outside = np.zeros(len(values), dtype=bool)
    if column.min is not None:
        outside |= values < column.min
    if column.max is not None:
        outside |= values > column.max
    if column.above is not None:
        outside |= values <= column.above
    return outside


def _range(column: Column) -> str:
    low = f"≥ {number_text(column.min)}" if column.min is not None else f"> {number_text(column.above)}" if column.above is not None else ""
    return " ".join(part for part in (low, f"≤ {number_text(column.max)}" if column.max is not None else "") if part)


def _text(column, i, value, fault):
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (datetime, date)):
        return value.strftime("%Y-%m") if column.kind == "month" else value.isoformat()[:10]
    text = str(value).strip() if column.kind == "text" else narrow(str(value))
    if column.kind == "month":
        month = _MONTH.fullmatch(text)
        if month:
            return f"{month[1]}-{month[2]:0>2}"
        fault(i, column, value, say("不是月份（写作 2026-10）", "is not a month (write 2026-10)"), "not_a_month")
        return None
    if column.kind != "text" and means_nothing(text):  # else '-' would be a person or a group of its own
        fault(i, column, value, say("不是编号或名称", "is no code or name"), "not_a_code")
        return None
    return text


_MONTH = re.compile(r"(\d{4})[-/年](0?[1-9]|1[0-2])月?", re.ASCII)


def means_nothing(value) -> bool:
    """Is this what people type into a cell that they want to leave blank?"""
    return isinstance(value, str) and narrow(value).upper() in {"-", "--", "–", "—", "——", "/", "//", "\\", "无", "暂无", "N/A"}


def _choice(column, i, value, fault):
    word = column.word(narrow(str(value)))
    if word is None:
        allowed = "、".join(f"{chinese}" for chinese in column.words.values())
        fault(i, column, value, say(f"应为：{allowed}", f"must be one of: {', '.join(column.words)}"), "unknown_choice")
    return word


_TRUE = {"true", "1", "是", "有", "y", "yes", "√", "✓", "✔", "对"}
_FALSE = {"false", "0", "否", "无", "n", "no", "×", "✗", "✘", "错"}


def _truth(column, i, value, fault):
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    word = narrow(str(int(value) if isinstance(value, float) and value.is_integer() else value)).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    fault(i, column, value, say("应为“是”或“否”", "must be yes or no"), "not_yes_or_no")
    return None


def _list(column, i, value, fault):
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    text = narrow(str(int(value) if isinstance(value, float) and value.is_integer() else value))
    for sign in "、;":
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _moments(column, values, fault) -> np.ndarray:
    """Dates and times; the fast way for columns that hold nothing but those and blank cells."""
    kinds = set(map(type, values))
    if kinds <= {date, datetime, str, type(None)} and (str not in kinds or {v for v in values if type(v) is str} <= {""}):
        if all(type(v) is not datetime or v.tzinfo is None for v in values):
            moments = np.array([v or None for v in values], dtype="datetime64[us]")
            years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
            if np.isnat(moments).all() or (np.isnat(moments) | ((years >= 1900) & (years <= 2200))).all():
                return moments.astype("datetime64[D]").astype("datetime64[us]") if column.kind == "date" else moments
    return pd.Series([_moment(column, i, v, fault) for i, v in enumerate(values)], dtype="datetime64[us]").to_numpy()


def _moment(column, i, value, fault):
    if blank(value):
        return pd.NaT
    if isinstance(value, (datetime, pd.Timestamp)):
        moment = pd.Timestamp(value)
    elif isinstance(value, date):
        moment = pd.Timestamp(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and 20_000 < value < 80_000:
        moment = (pd.Timestamp("1899-12-30") + pd.Timedelta(days=float(value))).round("s")
    else:
        try:
            text = narrow(str(value)).replace("年", "-").replace("月", "-").replace("日", " ").replace("号", " ")
            day, blank_, time = text.strip().partition(" ")
            text = day.replace("/", "-").replace(".", "-") + blank_ + time
            moment = pd.Timestamp(datetime.fromisoformat(_padded(text.strip())))
            if moment.tzinfo:  # a clock of elsewhere is not ours to convert
                raise ValueError
        except ValueError:
            example = "2026-10-05" if column.kind == "date" else "2026-10-05 14:30"
            fault(i, column, value, say(f"不是日期（写作 {example}）", f"is not a date (write {example})"), "not_a_date")
            return pd.NaT
    if not 1900 <= moment.year <= 2200:
        fault(i, column, value, say("年份不合理", "has an unlikely year"), "out_of_range")
        return pd.NaT
    return moment.normalize() if column.kind == "date" else moment


def _padded(text: str) -> str:
    """'2026-3-5 9:05' as ISO writes it."""
    day, _, time = text.partition(" ")
    day = "-".join(part.zfill(2) for part in day.split("-"))
    return f"{day} {':'.join(part.zfill(2) for part in time.strip().split(':'))}" if time.strip() else day
