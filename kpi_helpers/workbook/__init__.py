"""工作簿: one Excel file a month and department, read into tables; every fault at once, each at its cell."""

from __future__ import annotations

from copy import copy

from python_calamine import CalamineWorkbook

from kpi_helpers.checks import check_rows, refuse_rows
from kpi_helpers.columns import Column, Table, vocabulary
from kpi_helpers.errors import DataError, Fault
from kpi_helpers.language import say
from kpi_helpers.numbers import is_missing
from kpi_helpers.tables import Tables, empty_table
from kpi_helpers.workbook.headings import nearest, plain
from kpi_helpers.workbook.preflight import Package, open_package
from kpi_helpers.workbook.sheet import CellFault, Sheet, advice

OWN_SHEETS = ("说明", "条款", "错误清单")  # written by the workbench, never read


def read_workbook(path, policy) -> Tables:
    """读取工作簿: the tables of a policy from one .xlsx file.

    Raises DataError holding all faults. Rows that the policy itself refuses are left out and listed in `refused`,
    what a reader should know otherwise in `notes`.
    """
    return open_workbook(path, policy).taken(policy)


def open_workbook(path, policy) -> Reader:
    """打开工作簿: its sheets, read as the policy's tables say; what the policy's numbers refuse is seen when it takes them."""
    reader = Reader(open_package(path), policy)
    reader.read()
    return reader


def check(path, policy) -> list[Fault]:
    """检查工作簿: every fault of a workbook, none if it can be scored."""
    try:
        read_workbook(path, policy)
    except DataError as error:
        return error.faults
    return []


class Reader:
    """One workbook being read, by the sheets that `policy.tables` says."""

    sheet_of = Sheet  # what a sheet is read as

    def __init__(self, package: Package, policy):
        self.package, self.policy = package, policy
        self.sheets: dict[str, Sheet] = {}
        self.faults: dict[str, list[CellFault]] = {name: [] for name in policy.tables}  # of sheets that are not there
        self.tables = Tables(file=package.name)
        self.people: dict[tuple[bool, str], list[str]] = {}  # numbers by themselves without zeros, and (True) by names

    def read(self) -> None:
        """Every sheet, and what is wrong with its cells."""
        self.open_sheets()
        clauses = {clause.id for clause in self.policy.clauses}
        for name, table in self.policy.tables.items():
            if name in self.sheets:
                self.sheets[name].read(clauses)
                self.take(name, self.sheets[name])
            else:
                self.tables[name] = empty_table(table)
        self.note_all()

    def taken(self, policy) -> Tables:
        """The tables without the rows that a policy refuses: the policy itself, or the same one with other numbers."""
        twin = copy(self)
        twin.policy, twin.tables = policy, self.tables.again()
        twin.sheets = {name: sheet.again() for name, sheet in self.sheets.items()}
        refused = twin.check()
        faults = [fault for name in policy.tables for fault in twin.faults[name] + twin.faults_of(name)]
        if faults:
            raise DataError(faults)
        refuse_rows(twin.tables, refused)
        return twin.tables

    def faults_of(self, name: str) -> list[CellFault]:
        return self.sheets[name].faults if name in self.sheets else []

    # -- sheets --------------------------------------------------------------------------------------------------------

    def open_sheets(self) -> None:
        workbook = self.opened()
        unknown = []
        for title in workbook.sheet_names:
            table = self.table(title)
            if table is None:
                unknown.append(title)
            elif table.name in self.sheets:
                twin = self.sheets[table.name].title
                self.fault(table, title, say(f"与工作表“{twin}”重复。", f"repeats '{twin}'."), say("请只保留一个。", "Keep one."))
            elif title in self.package.scans:
                self.sheets[table.name] = self.load(workbook, table, title)
        self.check_sheets([title for title in unknown if title not in OWN_SHEETS])

    def opened(self) -> CalamineWorkbook:
        self.package.content.seek(0)
        return _library(self.package.name, lambda: CalamineWorkbook.from_filelike(self.package.content))

    def table(self, title: str) -> Table | None:
        word = plain(title)
        return next((one for one in self.policy.tables.values() if word in (plain(one.sheet), plain(one.name))), None)

    def load(self, workbook, table: Table, title: str) -> Sheet:
        scan = self.package.scans[title]
        try:
            rows, merged = _library(self.package.name, lambda: _contents(workbook.get_sheet_by_name(title)))
        except DataError:
            if not scan.bad:  # an error value that the library does not know stops it, but we know its cell
                raise
            rows, merged = [], []
        return self.sheet_of(self.package.name, table, title, rows, scan, merged)

    def check_sheets(self, unknown: list[str]) -> None:
        """Sheets that are missing, and what may be meant by one that is unknown."""
        familiar = {plain(word) for pair in vocabulary()["sheets"].items() for word in pair}
        for table in self.policy.tables.values():
            if table.name in self.sheets:
                continue
            strange = {plain(title): title for title in unknown if plain(title) not in familiar}
            near = nearest([table.sheet, table.name], strange, 0.6 if table.optional else 0.5)
            if near is None and not table.optional:  # 考勤（2026年10月）
                near = next((title for word, title in strange.items() if plain(table.sheet) in word), None)
            if near:
                unknown.remove(near)
                hint = say(
                    f"是否指“{table.sheet}”？请改名；若不是，请换一个不相近的名称。",
                    f"Did you mean '{table.sheet}'? Rename it, or choose a name less alike.",
                )
                self.fault(table, near, say("不认识这个工作表名。", "is no known sheet."), hint)
            elif not table.optional:
                hint = say("请补上；本期没有记录也要交空表（只有标题行）。", "Add it; where nothing happened, with its headings only.")
                self.fault(table, table.sheet, say("缺少这个工作表。", "this sheet is missing."), hint)
        if unknown:
            self.note(f"没有读取工作表：{_listed(unknown)}。", f"sheets that were not read: {_listed(unknown)}.")

    def take(self, name: str, sheet: Sheet) -> None:
        """已交: a sheet counts as handed in, even empty; one that may be absent not while it shows its example only."""
        self.tables[name] = sheet.frame
        if not sheet.places:
            return
        self.tables.origins[name] = sheet.origin
        # without the numbers of the staff nobody would be known, and every row of the other sheets would seem at fault
        unusable = name == "employees" and sheet.lacks("employee_id")
        if not unusable and not (sheet.untouched and sheet.table.optional):
            self.tables.delivered.add(name)

    # -- the whole workbook --------------------------------------------------------------------------------------------

    def check(self) -> list:
        """What only the tables together show; gives the rows that the policy itself refuses."""
        refused = []
        for found in check_rows(self.policy, self.tables):
            sheet = self.sheets[found.table]
            column = sheet.table.columns.get(found.column) or Column(found.column, found.column)
            if found.stops:
                hint = self.meant(found.value) if found.reason == "unknown_employee" else ""
                sheet.value_fault(sheet.numbers[found.row], column, found.value, found.problem, hint or found.hint or advice(found.reason))
            else:
                refused.append(found)
        people = self.sheets.get("employees")
        if people is not None and not people.table.optional and not len(people.frame) and not people.faults:
            people.fault(say("没有人员。", "holds nobody."), say("请至少填写一名员工。", "Fill in one person at least."))
        return refused

    def meant(self, value: str) -> str:
        """Whom a number means that is not on the roster as it is written: zeros that Excel took away, a name."""
        if not self.people:
            frame = self.tables["employees"]
            names = frame["name"] if "name" in frame else frame["employee_id"]
            for number, name in zip(frame["employee_id"], names, strict=True):
                if not is_missing(number):
                    self.people.setdefault((False, number.lstrip("0")), []).append(number)
                    self.people.setdefault((True, name), []).append(number)
        alike, named = self.people.get((False, value.lstrip("0")), []), self.people.get((True, value), [])
        if alike:
            return say(
                f"花名册中是“{alike[0]}”：Excel 去掉了数字前面的 0，两处都请设为文本格式重填。",
                f"The roster has '{alike[0]}': Excel drops the zeros before a number; enter both as text.",
            )
        if named:
            numbers = "、".join(named[:3])
            return say(f"这是姓名，请填工号：{numbers}。", f"This is a name; type the person's number: {numbers}.")
        return ""

    def fault(self, table: Table, title: str, problem: str, hint: str) -> None:
        self.faults[table.name].append(CellFault(f"{self.package.name} {title}", problem, hint, title))

    def note(self, zh: str, en: str) -> None:
        self.tables.notes.append(f"{self.package.name} {say(zh, en)}")

    def note_all(self) -> None:
        """What is no fault and yet worth knowing."""
        if self.package.macros:
            self.note("含有宏，宏没有运行。", "holds macros, which were not run.")
        unseen = _listed(sheet.title for sheet in self.sheets.values() if sheet.title in self.package.hidden)
        if unseen:
            self.note(f"隐藏的工作表也读取、计入：{unseen}。", f"sheets that are hidden are read and count too: {unseen}.")
        for sheet in self.sheets.values():
            self.note_sheet(sheet)
        untouched = [sheet for sheet in self.sheets.values() if sheet.untouched]
        absent = _listed(sheet.title for sheet in untouched if sheet.table.optional)
        empty = _listed(sheet.title for sheet in untouched if not sheet.table.optional)
        if absent:
            self.note(f"只有示例行，按未交处理：{absent}。", f"sheets with their example only, taken as not handed in: {absent}.")
        if empty:
            self.note(f"只有示例行，按本期没有记录处理：{empty}。", f"sheets with their example only, taken as no records: {empty}.")

    def note_sheet(self, sheet: Sheet) -> None:
        if sheet.ignored:
            words = _listed(sheet.ignored)
            self.note(f"工作表“{sheet.title}”没有读取：{words}。", f"sheet '{sheet.title}', not read: {words}.")
        if sheet.beside:
            rows = [say(f"第 {row} 行“{word}”", f"row {row} '{word}'") for row, word in sheet.beside.items()]
            words = _first(rows, say(f" 等 {len(rows)} 行", f" and others, {len(rows)} in all"))
            zh = f"工作表“{sheet.title}”中不是记录的行没有计入：{words}。"
            self.note(zh, f"sheet '{sheet.title}', rows that are no records and do not count: {words}.")
        if sheet.fractions:
            words = _listed(sheet.fractions)
            zh = f"工作表“{sheet.title}”中的百分数按小数计入（95% 即 0.95）：{words}。"
            self.note(zh, f"sheet '{sheet.title}', percentages that count as parts of one (95% is 0.95): {words}.")
        hidden = sheet.hidden
        if hidden:
            count, words = len(hidden), _first(_spans(hidden), "…")
            zh = f"工作表“{sheet.title}”中隐藏或被筛选掉的行也计入：第 {words} 行（共 {count} 行）。"
            self.note(zh, f"sheet '{sheet.title}', rows that are hidden or filtered out count too: {words} ({count} in all).")


def _listed(words) -> str:
    return say("、", ", ").join(words)


def _first(words: list[str], rest: str, most: int = 5) -> str:
    """The first of many words, with what is said of the rest."""
    return _listed(words[:most]) + (rest if len(words) > most else "")


def _spans(rows: list[int]) -> list[str]:
    """Rows as a reader names them.

    >>> _spans([2, 3, 4, 7])
    ['2–4', '7']
    """
    starts = [row for before, row in zip([None, *rows], rows, strict=False) if row - 1 != before]
    ends = [row for row, after in zip(rows, [*rows[1:], None], strict=True) if row + 1 != after]
    return [str(first) if first == last else f"{first}–{last}" for first, last in zip(starts, ends, strict=True)]


def _contents(sheet) -> tuple[list[list], list]:
    return sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []


def _library(name: str, call):
    """What the reading library says to a workbook that passed every check and still is none."""
    try:
        return call()
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        problem = say("文件内容有误，读不出来。", "has contents that cannot be read.")
        hint = say("请在 Excel 或 WPS 中打开，另存为新的 .xlsx 再试。", "Open it in Excel and save it as a new .xlsx file.")
        raise DataError(Fault(name, problem, hint)) from None
