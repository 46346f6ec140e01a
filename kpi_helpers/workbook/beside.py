"""What stands under and between the records of a sheet: totals, signatures, notes, titles of groups, headings once more."""

from __future__ import annotations

import re

from kpi_helpers.columns import Table
from kpi_helpers.tables import blank, narrow

CODES = ("id", "employee", "clause")  # kinds of columns that a record cannot be without
_TOTAL = re.compile(
    r"(?:.{0,10}(?:合计|总计|小计|汇总)|累计|共计|平均(?:分|值|数)?|均值|人数|(?:grand|sub)?totals?|sum|average)(?:[(:].*|\d+\D{0,2})?"
    r"|共\d+(?:人|条|行|笔)|以下(?:空白|无正文)|[必选]填项?|示例|样例|填写说明",
    re.DOTALL,
)
_SIGNED = re.compile(
    r"(?:[^:]{0,6}(?:制表|制单|填表|填报|编制|统计|审核|复核|审批|批准|核准|负责人|主管|经理|经办|人事|部门|日期|备注|说明|附注|签字|签名|签章|盖章)"
    r"|注|附|preparedby|checkedby|approvedby|notes?|remarks?)[^:]{0,6}:(.*)",
    re.DOTALL,
)


def beside_records(value) -> bool:
    """Is this a total, a hint how to fill in, a signature or a note?

    >>> [beside_records(one) for one in ("合 计", "一组小计：", "制表人：张三", "注：均为在岗", "Total (3)", "001", "张三", "主管:01")]
    [True, True, True, True, True, False, False, True]
    """
    if not isinstance(value, str) or value.isascii() and value[:1].isdigit():
        return False
    word = _word(value)
    return _TOTAL.fullmatch(word) is not None or _SIGNED.fullmatch(word) is not None


def may_be_code(value) -> bool:
    """Might this, though it reads like a signature, be the code of a record?

    >>> [may_be_code(one) for one in ("主管:01", "制表人：", "合计：3人")]
    [True, False, False]
    """
    signed = _SIGNED.fullmatch(_word(value)) if isinstance(value, str) else None
    return signed is not None and signed[1] != ""


def _word(value: str) -> str:
    return "".join(narrow(value).split()).casefold()


class Beside:
    """Tells the rows below the headings that are no records, by the codes that every record has."""

    def __init__(self, table: Table, places: dict[str, int], headings: list, body: list[list], is_roster: bool):
        self.table, self.places, self.body = table, places, body
        self.known, self.everywhere = sorted(places.values()), range(len(headings))
        self.codes = self.code_places()
        self.titles, self.groups = {headings[place] for place in self.codes}, set()
        if is_roster:
            self.titles |= {column.heading for column in table.columns.values()}  # of a sheet that was turned on its side
            named = {row[places["group_id"]] for row in body} if "group_id" in places else ()
            self.groups = {one for one in named if isinstance(one, str) and not one.strip().isdigit()}  # 2 may be a person too

    def code_places(self) -> list[int]:
        """Where the codes stand: of a person, an event, a clause; else what tells the rows apart."""
        columns = self.table.columns
        codes = [place for name, place in self.places.items() if columns[name].required and columns[name].kind in CODES]
        return codes or [self.places[name] for name in self.table.key if name in self.places]

    def rows(self, positions: list[int]) -> dict[int, object]:
        """The rows among these without a code that begin with such a word, and the word: else they would be people or records of nobody."""
        words = {i: self.word(self.body[i]) for i in positions} if self.codes else {}
        found = {i: word for i, word in words.items() if word is not None}
        whole = self.whole_rows(list(found), [i for i in positions if i not in found])
        return {i: word for i, word in found.items() if i not in whole}

    def word(self, row: list):
        """The word that this row begins with, in a column that is read or in any; None for a record."""
        if not all(blank(row[place]) or self.tells(row[place], row) for place in self.codes):
            return None
        first = (next((row[place] for place in some if not blank(row[place])), None) for some in (self.known, self.everywhere))
        return next((value for value in first if value is not None and self.tells(value, row)), None)

    def tells(self, value, row: list) -> bool:
        title_of_group = value in self.groups and sum(not blank(row[place]) for place in self.known) == 1
        return title_of_group or value in self.titles or beside_records(value)

    def whole_rows(self, doubtful: list[int], plain: list[int]) -> set[int]:
        """Records whose code only reads like a signature (主管:01): all is filled in that is needed, or usual in the plain rows."""
        doubtful = [i for i in doubtful if all(may_be_code(self.body[i][place]) for place in self.codes)]
        if not doubtful:
            return set()
        others = {name: place for name, place in self.places.items() if place not in self.codes}
        needed = {place for name, place in others.items() if self.table.columns[name].required or self.usual(place, plain)}

        def whole(row: list) -> bool:
            filled = {place for place in others.values() if not blank(row[place]) and not beside_records(row[place])}
            return bool(filled) and filled >= needed

        return {i for i in doubtful if whole(self.body[i])}

    def usual(self, place: int, rows: list[int]) -> bool:
        """Do more than half of these rows hold something here?"""
        return sum(not blank(self.body[i][place]) for i in rows) * 2 > len(rows)
