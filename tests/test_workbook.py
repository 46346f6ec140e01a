"""Reading a workbook: what is understood, and every fault at its cell."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from kpi_helpers import load_policy, score
from kpi_helpers.columns import Column, vocabulary
from kpi_helpers.errors import DataError, UsageError
from kpi_helpers.language import set_language
from kpi_helpers.workbook import check, read_workbook
from kpi_helpers.workbook.marked import mark_faults

POLICY = load_policy(Path(__file__).parent.parent / "params" / "policies" / "weikang.yaml", "2026-10")
PEOPLE = [["工号", "姓名", "小组"], ["001", "张三", "一组"], ["002", "李四", "一组"]]
ATTENDANCE = [["工号", "日期", "类型", "分钟", "已请假"]]
EVENTS = [["事件编号", "工号", "条款", "日期", "酌情分值", "审批人"]]
DAY, MOMENT = {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"}


def written(path, sheets: dict[str, list[list]], change=None, **options) -> Path:
    """A workbook of these sheets; `change(book)` may add to it before it is closed."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, **options})
    day, moment = book.add_format(DAY), book.add_format(MOMENT)
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, moment if isinstance(value, datetime) else day)
                elif value is not None:
                    sheet.write(number, place, value)
    if change:
        change(book)
    book.close()
    return path


@pytest.fixture
def month(tmp_path):
    """Writes 员工.xlsx, with some sheets replaced, added or (None) left out, and gives its path."""

    def write(change=None, options=None, **sheets):
        tables = {"员工": PEOPLE, "考勤": ATTENDANCE, "事件": EVENTS} | sheets
        return written(tmp_path / "员工.xlsx", {k: v for k, v in tables.items() if v is not None}, change, **(options or {}))

    return write


def faults(path) -> list[str]:
    with pytest.raises(DataError) as error:
        read_workbook(path, POLICY)
    return [str(fault) for fault in error.value.faults]


# -- what is understood ----------------------------------------------------------------------------------------------------


def test_a_plain_month(month):
    path = month(
        考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到", 12, "否"]],
        事件=[*EVENTS, ["E1", "002", "2.A2.1", date(2026, 10, 6)]],
    )
    tables = read_workbook(path, POLICY)
    assert tables["attendance"].iloc[0]["kind"] == "late"
    assert tables["attendance"]["minutes"].tolist() == [12]
    assert tables["events"]["_row"].tolist() == [2]
    assert tables.origins["events"].cell("clause", 2) == "事件!C2"
    assert tables.file == "员工.xlsx"
    assert tables.delivered == {"employees", "attendance", "events"}
    assert tables.notes == []
    result = score(POLICY, tables)
    # 001: late -5 of 15; 002: 2.A2.1 -2 of 15
    assert result.employees["total"].tolist() == [95, 98]
    evidence = result.ledger.loc[result.ledger["clause"] == "2.A2.1", "evidence"]
    assert evidence.tolist() == ["事件!2"]


def test_english_names_free_order_blanks_and_full_width_signs(month):
    path = month(
        员工=None,
        employees=[[" Name ", "工　号＊", "Group_ID"], ["张三", 1, "一组"], ["李四", "００２", "一组"]],
        考勤=None,
        **{" Attendance ": [["KIND", "分钟（分钟）", "日\n期", "employee_id"], ["late", " １２ ", "２０２６／１０／５", "1"]]},
    )
    tables = read_workbook(path, POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["1", "002"]
    assert tables["attendance"]["minutes"].tolist() == [12]
    assert tables["attendance"]["date"].tolist() == [datetime(2026, 10, 5)]
    assert tables.origins["attendance"].letters["employee_id"] == "D"


def test_ids_stay_text(month):
    people = [["工号", "姓名", "小组"], ["001", "甲"], [2.0, "乙"], ["007 ", "丙"], [13800138000, "丁"]]
    assert read_workbook(month(员工=people), POLICY)["employees"]["employee_id"].tolist() == ["001", "2", "007", "13800138000"]


def test_codes_are_read_as_their_cells_show_them(month):
    """A format 000 shows 001 where the cell holds 1; a reader who sees 001 types 001 elsewhere."""

    def add(book):
        three, lettered, marks = (book.add_format({"num_format": one}) for one in ("000", '"KF"0000_ ', "00.0"))
        people = book.sheetnames["员工"]
        people.write_number("A2", 1, three)
        people.write_number("A3", 23, lettered)
        people.write_string("A4", "3", three)
        people.write_number("C2", 1, three)
        people.write_number("D2", 2, three)  # not read
        book.sheetnames["考勤"].write_number("A2", 1, three)
        book.sheetnames["考勤"].write_number("D2", 7, three)
        book.sheetnames["考勤"].write_number("D3", 7, marks)

    rows = [[None, date(2026, 10, 5), "迟到"], ["KF0023", date(2026, 10, 5), "迟到"]]
    path = month(add, 员工=[["工号", "姓名", "小组", "座位"], [None, "甲"], [None, "乙"], [None, "丙"]], 考勤=[*ATTENDANCE, *rows])
    tables = read_workbook(path, POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "KF0023", "3"]
    assert tables["employees"]["group_id"].tolist()[0] == "001"
    assert tables["attendance"]["employee_id"].tolist() == ["001", "KF0023"]
    assert tables["attendance"]["minutes"].tolist() == [7, 7]


@pytest.mark.parametrize("base", [False, True])
def test_dates_and_times_as_excel_writes_them(month, base):
    def add(book):
        sheet = book.sheetnames["事件"]
        sheet.write(0, 6, "发生时间")
        sheet.write_datetime(1, 3, datetime(2026, 10, 5), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
        sheet.write_datetime(1, 6, datetime(2026, 10, 5, 14, 30), book.add_format(MOMENT))

    path = month(add, {"date_1904": base}, 事件=[*EVENTS, ["E1", "001", "2.A3.2"], ["E2", "001", "2.A3.2", "2026年10月6日", 1]])
    events = read_workbook(path, POLICY)["events"]
    assert events["date"].tolist() == [datetime(2026, 10, 5), datetime(2026, 10, 6)]
    assert events["occurred_at"].tolist()[0] == datetime(2026, 10, 5, 14, 30)


def with_column(**properties):
    """The policy with a column 满意率 of its own in the roster."""
    people = POLICY.tables["employees"]
    column = Column("满意率", "满意率", "number", required=False, **properties)
    return replace(POLICY, tables=POLICY.tables | {"employees": replace(people, columns=people.columns | {"满意率": column})})


def test_a_percentage_is_a_part_of_one_where_the_column_does_not_ask_for_anything_else(month):
    """Where a column says nothing of its range, 95 may have been meant; so the reader is told."""

    def add(book):
        book.sheetnames["员工"].write_number("B2", 0.95, book.add_format({"num_format": "0%"}))

    path = month(add, 员工=[["工号", "满意率"], ["001", None], ["002", "８0％"]])
    for properties, notes in (
        ({"max": Fraction(1)}, []),
        ({}, ["员工.xlsx 工作表“员工”中的百分数按小数计入（95% 即 0.95）：满意率。"]),
    ):
        tables = read_workbook(path, with_column(**properties))
        assert tables["employees"]["满意率"].tolist() == [Fraction(19, 20), Fraction(4, 5)]
        assert tables.notes == notes
    for properties in ({"unit": "%"}, {"unit": "分"}, {"max": Fraction(100)}):
        faults = check(path, with_column(**properties))
        assert [str(fault) for fault in faults] == [
            "员工.xlsx 员工!B2 满意率: “95%”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
            "员工.xlsx 员工!B3 满意率: “８0％”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
        ]


def test_a_percentage_is_no_score_and_no_count(month):
    """95% is not 0.95 points, nor is 200% two times."""

    def add(book):
        percent = book.add_format({"num_format": "0%"})
        book.sheetnames["事件"].write_number("E2", 0.95, percent)
        book.sheetnames["事件"].write_number("F2", 2, percent)

    events = [["事件编号", "工号", "条款", "日期", "酌情分值", "次数"], ["E1", "001", "2.A3.2", date(2026, 10, 5)]]
    totals = [["工号", "月份", "总分"], ["001", "2026-09", "95%"]]
    assert faults(month(add, 事件=events, 各月总分=totals)) == [
        "员工.xlsx 事件!E2 酌情分值: “95%”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
        "员工.xlsx 事件!F2 次数: “200%”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
        "员工.xlsx 各月总分!C2 总分: “95%”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
    ]
    scores = [one for one in vocabulary()["columns"].values() if one["heading"].endswith(("得分", "分值", "总分", "满分"))]
    assert all(one.get("unit") == "分" or one.get("max", 0) > 1 for one in scores)


def test_blank_cells_take_the_default_or_stay_missing(month):
    head = [*EVENTS[0], "次数", "发生时间"]
    rows = [["E1", "001", "2.A3.2", None, 1, None, 2, datetime(2026, 10, 5, 9, 30)], ["E2", "001", "2.A3.2", date(2026, 10, 5), None]]
    events = read_workbook(month(事件=[head, *rows]), POLICY)["events"]
    assert events["count"].tolist() == [2, 1]
    assert events["points"].isna().tolist() == [False, True]
    assert events["date"].isna().tolist() == [True, False]
    assert events["occurred_at"].isna().tolist() == [False, True]


def test_blank_rows_hidden_rows_and_titles_above(month):
    people = [["2026年10月 客服部花名册"], [], ["工号", "姓名", "小组"], ["001", "甲"], [None, "  "], [], ["002", "乙"], [], ["", "", ""]]
    path = month(lambda book: book.sheetnames["员工"].set_row(6, None, None, {"hidden": True}), 员工=people)
    tables = read_workbook(path, POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002"]
    assert tables["employees"]["_row"].tolist() == [4, 7]
    assert tables.notes == ["员工.xlsx 工作表“员工”中隐藏或被筛选掉的行也计入：第 7 行（共 1 行）。"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_hidden_counts_and_is_named(month, language):
    """By hand, by a filter, with the sheet; a hidden row that holds nothing is of no interest."""

    def hide(book):
        people = book.sheetnames["员工"]
        people.autofilter("A1:C9")
        people.filter_column("C", "x == 一组")
        for row in (3, 4, 5, 7, 8, 11, 12):
            people.set_row(row, None, None, {"hidden": True})
        people.set_column("B:B", None, None, {"hidden": True})
        book.sheetnames["考勤"].hide()
        book.sheetnames["事件"].very_hidden()

    people = [PEOPLE[0], *([f"{i:03d}", "甲", "一组"] for i in range(1, 9)), [], ["合计", "8人"], [], ["009", "乙"]]
    set_language(language)
    tables = read_workbook(month(hide, 员工=people), POLICY)
    assert len(tables["employees"]) == 9
    assert (
        tables.notes
        == {
            "zh": [
                "员工.xlsx 隐藏的工作表也读取、计入：考勤、事件。",
                "员工.xlsx 工作表“员工”中不是记录的行没有计入：第 11 行“合计”。",
                "员工.xlsx 工作表“员工”中隐藏或被筛选掉的行也计入：第 4–6、8–9、13 行（共 6 行）。",
            ],
            "en": [
                "员工.xlsx sheets that are hidden are read and count too: 考勤, 事件.",
                "员工.xlsx sheet '员工', rows that are no records and do not count: row 11 '合计'.",
                "员工.xlsx sheet '员工', rows that are hidden or filtered out count too: 4–6, 8–9, 13 (6 in all).",
            ],
        }[language]
    )


def test_rare_characters_and_long_names_survive(month):
    names = ["𠮷野家", "😀", "\u200fabc", "x" * 300, "=1+1", "@SUM(A1)"]
    people = [["工号", "姓名"], *([f"{i}", name] for i, name in enumerate(names))]
    assert read_workbook(month(员工=people), POLICY)["employees"]["name"].tolist() == names


def test_cached_values_of_formulas_count_and_an_empty_text_is_blank(month):
    def add(book):
        sheet = book.sheetnames["考勤"]
        sheet.write_formula("D2", "=10+2", None, 12)

    path = month(add, 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到"]])
    assert read_workbook(path, POLICY)["attendance"]["minutes"].tolist() == [12]


def test_what_is_not_read_is_said(month):
    path = month(员工=[["工号", "姓名", "籍贯", None], ["001", "甲", "合肥", "?"]], 草稿=[["x"]], 说明=[["y"]])
    assert read_workbook(path, POLICY).notes == [
        "员工.xlsx 没有读取工作表：草稿。",
        "员工.xlsx 工作表“员工”没有读取：籍贯、D 列（没有标题）。",
    ]


def test_an_empty_sheet_is_delivered_an_absent_optional_one_is_not(month):
    assert "month_totals" not in read_workbook(month(), POLICY).delivered
    assert "month_totals" in read_workbook(month(各月总分=[["工号", "月份", "总分"]]), POLICY).delivered


def test_rows_that_the_policy_refuses_are_listed_and_scoring_goes_on(month, monkeypatch):
    from kpi_helpers.checks import RowFault

    monkeypatch.setattr(POLICY.module, "check_rows", lambda *_: [RowFault("events", 0, "points", 99, "out_of_range", "过高", stops=False)])
    tables = read_workbook(month(事件=[*EVENTS, ["E1", "001", "2.A3.2", date(2026, 10, 5), 1]]), POLICY)
    assert len(tables["events"]) == 0
    assert tables.refused[0] | {"cell": "事件!E2", "row": 2, "reason": "out_of_range", "event_id": "E1"} == tables.refused[0]


def test_totals_signatures_and_notes_under_a_table_are_no_people(month):
    """Every one of these lines would be a person, or a record of nobody."""
    people = [
        ["工号", "姓名", "小组"],
        ["一组"],
        *PEOPLE[1:],
        ["一组小计", 2],
        ["工号", "姓名", "小组"],
        ["003", "合计", "二组"],
        [None, "合 计", "3人"],
        [],
        ["制表人：赵六", None, "审核：钱七"],
        ["备注：以上人员均在岗。"],
        ["以下空白"],
    ]

    def add(book):
        book.sheetnames["考勤"].write_formula("D3", "=SUM(D2:D2)", None, "")
        book.sheetnames["考勤"].merge_range("A4:C4", "注：分钟取自考勤机")

    path = month(add, 员工=people, 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到", 12], ["合计"], ["注：分钟取自考勤机"]])
    tables = read_workbook(path, POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002", "003"]
    assert tables["employees"]["name"].tolist() == ["张三", "李四", "合计"]
    assert len(tables["attendance"]) == 1
    assert tables.notes == [
        "员工.xlsx 工作表“员工”中不是记录的行没有计入：第 2 行“一组”、第 5 行“一组小计”、第 6 行“工号”、第 8 行“合 计”、"
        "第 10 行“制表人：赵六” 等 7 行。",
        "员工.xlsx 工作表“考勤”中不是记录的行没有计入：第 3 行“合计”、第 4 行“注：分钟取自考勤机”。",
    ]
    assert faults(month(员工=[*PEOPLE, ["请于5日前交人事部，逾期不候"]])) == [
        "员工.xlsx 员工!A4 工号: “请于5日前交人事部，逾期不候”不像工号。 若是说明文字，请移到数据右边或删除。"
    ]


def test_a_record_that_begins_like_a_note_stays_one(month):
    head = ["原因", "事件编号", "工号", "条款", "日期"]
    path = month(事件=[head, ["说明：客户来电", "E1", "001", "2.A2.1", date(2026, 10, 5)], ["合计", "E2", None, "2.A2.1", None]])
    assert faults(path) == ["员工.xlsx 事件!C3 工号: 不能为空。 请填写。"]


def test_a_whole_record_whose_code_reads_like_a_signature_stays_one(month):
    """主管:01 is a person where name and group are filled in as for everybody else; so are people who are numbered like groups."""
    people = [
        *PEOPLE,
        ["主管:01", "赵六", "一组"],
        ["经理：02", "钱七", "二组"],
        ["制表人:", "孙八", "二组"],
        ["制表人:孙八", date(2026, 10, 31)],
        ["审核:周九", "日期:10月31日", "部门:客服部"],
    ]
    path = month(员工=people, 考勤=[*ATTENDANCE, ["主管:01", date(2026, 10, 5), "迟到", 12], ["经理：02", date(2026, 10, 6), "早退"]])
    tables = read_workbook(path, POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002", "主管:01", "经理:02"]
    assert tables["attendance"]["employee_id"].tolist() == ["主管:01", "经理:02"]
    assert tables.notes == ["员工.xlsx 工作表“员工”中不是记录的行没有计入：第 6 行“制表人:”、第 7 行“制表人:孙八”、第 8 行“审核:周九”。"]
    numbered = read_workbook(month(员工=[["工号", "小组"], ["1", "2"], ["2", None], ["一组", None]]), POLICY)
    assert numbered["employees"]["employee_id"].tolist() == ["1", "2", "一组"]


def test_totals_however_they_are_written(month):
    words = ["合计：", "总计（人）", "合计3人", "一组小计: 2", "平均值", "共2人", "一组 汇总", "客服部主管：赵六", "Total: 2", "Subtotal"]
    tables = read_workbook(month(员工=[*PEOPLE, *([word] for word in words)]), POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002"]
    assert tables.notes[0].endswith("等 10 行。")


def test_a_word_alone_among_people_with_names_is_hardly_a_person(month):
    assert faults(month(员工=[*PEOPLE, ["（盖章）"], ["制表人 张三"], ["工作时间：九点"]])) == [
        "员工.xlsx 员工!A4 工号: “（盖章）”不像工号，而且没有姓名。 若是说明文字，请移到数据右边或删除。若是员工，请填姓名。",
        "员工.xlsx 员工!A5 工号: “制表人 张三”不像工号，而且没有姓名。 若是说明文字，请移到数据右边或删除。若是员工，请填姓名。",
        "员工.xlsx 员工!A6 工号: “工作时间：九点”不像工号。 若是说明文字，请移到数据右边或删除。",
    ]
    for people in ([["工号", "姓名"], ["甲", None], ["乙", None]], [*PEOPLE, ["003", None, "一组"], ["丙"]], [["工号"], ["001"], ["丁"]]):
        assert len(read_workbook(month(员工=people), POLICY)["employees"]) == len(people) - 1


def test_an_empty_sheet_with_a_total_is_handed_in(month):
    tables = read_workbook(month(各月总分=[["工号", "月份", "总分"], ["合计", None, 0]]), POLICY)
    assert "month_totals" in tables.delivered
    assert len(tables["month_totals"]) == 0


@pytest.mark.parametrize(
    "head",
    [
        [["2026年10月花名册"], ["人员", None, "小组"], ["工号", "姓名"]],
        [["工号", "所在", None, "姓名"], [None, "小组", "部门"]],
    ],
)
def test_headings_in_two_rows(month, head):
    rows = (
        [["001", "张三", "一组"], ["002", "李四", "一组"]] if len(head) == 3 else [["001", "一组", "", "张三"], ["002", "一组", "", "李四"]]
    )
    frame = read_workbook(month(员工=[*head, *rows]), POLICY)["employees"]
    assert frame[["employee_id", "name", "group_id"]].to_numpy().tolist() == [["001", "张三", "一组"], ["002", "李四", "一组"]]
    assert frame["_row"].tolist() == [len(head) + 1, len(head) + 2]


def test_marks_of_needed_columns_and_signs_that_nobody_sees(month):
    """Pasted from a chat or a web page: else one group is two, and one person two."""
    people = [
        ["*工号", "姓名（必填）", "小组："],
        ["001\u200b", "甲", "一组"],
        ["\u202d002\u202c", "乙", "一\u200b组"],
        ["\u200b", "\u2060", None],
    ]
    attendance = [["工号\u200b", "日期", "类型", "分钟"], ["001", "\u200e2026-10-05", "迟到\ufeff", "\u200b12"]]
    tables = read_workbook(month(员工=people, 考勤=None, **{"考勤\u200b": attendance}), POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002"]
    assert tables["employees"]["group_id"].tolist() == ["一组", "一组"]
    assert tables["attendance"]["minutes"].tolist() == [12]


def test_months_and_days_as_people_type_them(month):
    rows = [["001", "2026年9月", 90], ["001", "2026/8", 90], ["002", "2026-7", 90]]
    path = month(各月总分=[["工号", "月份", "总分"], *rows], 考勤=[*ATTENDANCE, ["001", "2026年10月5号", "迟到", 12, "✓"]])
    tables = read_workbook(path, POLICY)
    assert tables["month_totals"]["month"].tolist() == ["2026-09", "2026-08", "2026-07"]
    assert tables["attendance"]["date"].tolist() == [datetime(2026, 10, 5)]
    assert tables["attendance"]["excused"].tolist() == [True]


# -- every fault at its cell -----------------------------------------------------------------------------------------------


def test_all_faults_come_at_once(month):
    path = month(
        员工=[*PEOPLE, ["001", "王五"], [None, "赵六"]],
        考勤=[*ATTENDANCE, ["009", "10月5", "迟倒", 1.5, "也许"], ["001", date(2026, 10, 5), None, -1]],
        事件=[*EVENTS, ["E1", "001", "2.A9.9", date(2026, 10, 5)], ["E2", "001", "2.A3.2", date(2026, 10, 5), "三分"]],
    )
    assert faults(path) == [
        "员工.xlsx 员工!A4 工号: “001”重复。 请删去一行。",
        "员工.xlsx 员工!A5 工号: 不能为空。 请填写。",
        "员工.xlsx 考勤!A2 工号: 花名册中没有“009”。 请先加入员工表。",
        "员工.xlsx 考勤!B2 日期: “10月5”不是日期（写作 2026-10-05）。 请按日期格式填写。",
        "员工.xlsx 考勤!C2 类型: “迟倒”应为：迟到、早退、无故缺勤。 请从下拉列表中选择。",
        "员工.xlsx 考勤!D2 分钟: “1.5”应为整数。 请填整数。",
        "员工.xlsx 考勤!E2 已请假: “也许”应为“是”或“否”。 请从下拉列表中选择。",
        "员工.xlsx 考勤!C3 类型: 不能为空。 请填写。",
        "员工.xlsx 考勤!D3 分钟: “-1”超出范围（≥ 0）。 请核对后改正。",
        "员工.xlsx 事件!C2 条款: 不是可记事件的条款“2.A9.9”。 是否指“2.A5.2”？",
        "员工.xlsx 事件!E3 酌情分值: “三分”不是数字。 请只填数字，不带单位和文字。",
    ]
    assert len(check(path, POLICY)) == 11


def test_english_messages(month):
    set_language("en")
    try:
        found = faults(month(员工=[*PEOPLE, ["001", "王五"]], 考勤=[*ATTENDANCE, ["001", "x", "迟到"]], 事件=None))
    finally:
        set_language(None)
    assert found == [
        "员工.xlsx 员工!A4 工号: '001' stands twice. Delete one of the rows.",
        "员工.xlsx 考勤!B2 日期: 'x' is not a date (write 2026-10-05). Type a date.",
        "员工.xlsx 事件: this sheet is missing. Add it; where nothing happened, with its headings only.",
    ]


def test_missing_and_mistyped_sheets_and_columns(month):
    assert faults(month(事件=None)) == ["员工.xlsx 事件: 缺少这个工作表。 请补上；本期没有记录也要交空表（只有标题行）。"]
    assert faults(month(事件=None, 事件表=EVENTS)) == [
        "员工.xlsx 事件表: 不认识这个工作表名。 是否指“事件”？请改名；若不是，请换一个不相近的名称。"
    ]
    assert "与工作表“事件”重复" in faults(month(events=EVENTS))[0]
    assert faults(month(事件=[["事件编号", "工号"]])) == ["员工.xlsx 事件: 缺少列“条款”。 请照模板补上这一列。"]
    assert faults(month(事件=[["事件编号", "工号", "条款号"]])) == [
        "员工.xlsx 事件!C1: 不认识列“条款号”。 是否指“条款”？请改标题；若不是，请换一个不相近的标题。"
    ]
    assert "是否指“离职日期”" in faults(month(员工=[["工号", "离职日"], ["001", None]]))[0]
    assert faults(month(员工=[["工号", "姓名", "工 号"], ["001", "甲", "001"]])) == [
        "员工.xlsx 员工!C1: 标题“工 号”重复，A 列已有。 请只保留一列。"
    ]
    assert faults(month(事件=[])) == ["员工.xlsx 事件: 找不到标题行。 标题行应有：事件编号、工号、条款。"]
    assert faults(month(员工=PEOPLE[:1])) == ["员工.xlsx 员工: 没有人员。 请至少填写一名员工。"]


def test_a_roster_without_numbers_does_not_make_everybody_unknown(month):
    path = month(员工=[["姓名"], ["甲"]], 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到"]])
    assert faults(path) == ["员工.xlsx 员工: 缺少列“工号”。 请照模板补上这一列。"]


def test_error_values_and_formulas_without_a_value(month):
    def add(book):
        sheet = book.sheetnames["考勤"]
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A3", "=B2", None, "")
        sheet.write_formula("H2", "=1/0", None, "#DIV/0!")  # outside the known columns

    path = month(add, 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到"], [None, date(2026, 10, 5), "迟到"]])
    assert faults(path) == [
        "员工.xlsx 考勤!D2 分钟: 错误值 #DIV/0!。 请改正公式或直接填写数值。",
        "员工.xlsx 考勤!A3 工号: 公式没有保存计算结果。 请用 Excel 或 WPS 打开并重新保存，或粘贴为数值。",
    ]


def test_a_workbook_saved_without_any_results(month, tmp_path):
    """openpyxl saves formulas without values."""
    book = openpyxl.load_workbook(month(考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到", 5]]))
    book["考勤"]["D2"] = "=2+3"
    book.save(tmp_path / "b.xlsx")
    assert faults(tmp_path / "b.xlsx") == ["b.xlsx 考勤!D2 分钟: 公式没有保存计算结果。 请用 Excel 或 WPS 打开并重新保存，或粘贴为数值。"]


def test_an_error_value_that_the_library_does_not_know(month, tmp_path):
    path = month(考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到", 5]])
    data = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="D2"><v>5</v>', b'<c r="D2" t="e"><v>#SPILL!</v>'))
    assert [line for line in faults(path) if "D2" in line] == ["员工.xlsx 考勤!D2: 错误值 #SPILL!。 请改正公式或直接填写数值。"]


def test_merged_cells_are_not_guessed(month):
    people = [["工号", "姓名", "小组"], ["001", "甲", "一组"], ["002", "乙"]]
    path = month(lambda book: book.sheetnames["员工"].merge_range("C2:C3", "一组"), 员工=people)
    assert faults(path) == ["员工.xlsx 员工!C2 小组: 合并单元格 C2:C3。 请取消合并，逐格填写。"]


def test_merged_cells_in_a_title_or_beside_the_data_do_not_matter(month):
    def merge(book):
        book.sheetnames["员工"].merge_range("A1:C1", "花名册")
        book.sheetnames["员工"].merge_range("F3:F4", "籍贯")

    assert len(read_workbook(month(merge, 员工=[["花名册"], *PEOPLE]), POLICY)["employees"]) == 2


def test_a_record_of_nobody_or_of_no_clause_is_not_passed_over(month):
    path = month(考勤=[*ATTENDANCE, [None, date(2026, 10, 5), "迟到"]], 事件=[*EVENTS, ["E1", "001", None], ["E2", None, "2.A2.1"]])
    assert faults(path) == [
        "员工.xlsx 考勤!A2 工号: 不能为空。 请填写。",
        "员工.xlsx 事件!C2 条款: 不能为空。 请填写。",
        "员工.xlsx 事件!B3 工号: 不能为空。 请填写。",
    ]


def test_numbers_and_clocks_that_nobody_can_mean(month):
    """A number of a thousand million digits would fill the memory; a time of another zone is not converted by guess."""
    rows = [["001", "2026-10-05", "迟到", "1e999999999"], ["001", "2026-10-05 14:30+08:00", "迟到", "１Ｅ－９９９９９"]]
    assert faults(month(考勤=[*ATTENDANCE, *rows])) == [
        "员工.xlsx 考勤!D2 分钟: “1e999999999”不是数字。 请只填数字，不带单位和文字。",
        "员工.xlsx 考勤!B3 日期: “2026-10-05 14:30+08:00”不是日期（写作 2026-10-05）。 请按日期格式填写。",
        "员工.xlsx 考勤!D3 分钟: “１Ｅ－９９９９９”不是数字。 请只填数字，不带单位和文字。",
    ]


def test_numbers_that_may_mean_something_else(month):
    """9,5 is not 95, 95/100 is not 0.95 of a mark, and 95% in a column of minutes is not 0.95 of one."""

    def add(book):
        percent, sign = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": '0"%"'})
        book.sheetnames["考勤"].write_number("D5", 0.95, percent)
        book.sheetnames["考勤"].write_number("D6", 95, sign)
        book.sheetnames["考勤"].write_number("G5", 0.95, percent)  # beside the known columns

    rows = [["001", date(2026, 10, 5), "迟到", value] for value in ("9,5", "1_0", "95/100", None, None, "95％", "1,234")]
    assert faults(month(add, 考勤=[*ATTENDANCE, *rows])) == [
        "员工.xlsx 考勤!D2 分钟: “9,5”不是数字。 请只填数字，不带单位和文字。",
        "员工.xlsx 考勤!D3 分钟: “1_0”不是数字。 请只填数字，不带单位和文字。",
        "员工.xlsx 考勤!D4 分钟: “95/100”不是数字。 请只填数字，不带单位和文字。",
        "员工.xlsx 考勤!D5 分钟: “95%”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
        "员工.xlsx 考勤!D7 分钟: “95％”是百分比，这一列不填百分比。 请设为常规格式，填百分号前的数。",
    ]


def test_dashes_are_no_values_and_no_names(month):
    people = [["工号", "姓名", "小组", "离职日期"], ["001", "-", "—", "/"], ["无", "乙", "一组", None]]
    assert faults(month(员工=people)) == [
        "员工.xlsx 员工!C2 小组: “—”不是编号或名称。 没有内容请留空。",
        "员工.xlsx 员工!D2 离职日期: “/”不是日期（写作 2026-10-05）。 没有内容请留空。",
        "员工.xlsx 员工!A3 工号: “无”不是编号或名称。 没有内容请留空。",
    ]


def test_whom_a_number_or_a_name_may_mean(month):
    people = [["工号", "姓名"], ["001", "张三"], [2, "李四"], ["W7", "李四"]]
    rows = [[one, date(2026, 10, 5), "迟到"] for one in (1, "002", "李四", "009")]
    assert faults(month(员工=people, 考勤=[*ATTENDANCE, *rows])) == [
        "员工.xlsx 考勤!A2 工号: 花名册中没有“1”。 花名册中是“001”：Excel 去掉了数字前面的 0，两处都请设为文本格式重填。",
        "员工.xlsx 考勤!A3 工号: 花名册中没有“002”。 花名册中是“2”：Excel 去掉了数字前面的 0，两处都请设为文本格式重填。",
        "员工.xlsx 考勤!A4 工号: 花名册中没有“李四”。 这是姓名，请填工号：2、W7。",
        "员工.xlsx 考勤!A5 工号: 花名册中没有“009”。 请先加入员工表。",
    ]


def test_a_sheet_or_heading_that_was_renamed_is_named(month):
    assert faults(month(考勤=None, **{"考勤（2026年10月）": ATTENDANCE})) == [
        "员工.xlsx 考勤（2026年10月）: 不认识这个工作表名。 是否指“考勤”？请改名；若不是，请换一个不相近的名称。"
    ]
    assert faults(month(员工=[["人事编码", "姓名"], ["001", "张三"]])) == [
        "员工.xlsx 员工: 缺少列“工号”。 请照模板补上这一列。没有认出的标题：人事编码。"
    ]


def test_codes_that_excel_changed(month):
    assert "数字超过 15 位" in faults(month(员工=[["工号"], [340102199001011234]]))[0]
    first = POLICY.clause("2.A2.1")
    policy = replace(POLICY, clauses=(*POLICY.clauses, replace(first, id="2.1"), replace(first, id="2.10")))
    with pytest.raises(DataError, match="作为数字分不清是 2.1 还是 2.10"):
        read_workbook(month(事件=[*EVENTS, ["E1", "001", 2.1, date(2026, 10, 5)]]), policy)


def test_codes_that_excel_made_days(month):
    """1-2 for the second team of the first group; the number of an event may well be a day."""
    day = date(2026, 1, 2)
    path = month(员工=[PEOPLE[0], ["001", "甲", day], [day, "乙"]], 事件=[*EVENTS, [day, "001", day, day]])
    assert faults(path) == [
        "员工.xlsx 员工!C2 小组: “2026-01-02”被 Excel 改成了日期。 请设为文本格式后重填。",
        "员工.xlsx 员工!A3 工号: “2026-01-02”被 Excel 改成了日期。 请设为文本格式后重填。",
        "员工.xlsx 事件!C2 条款: “2026-01-02”被 Excel 改成了日期。 请设为文本格式后重填。",
    ]


def test_a_time_where_a_number_belongs(month):
    def add(book):
        book.sheetnames["考勤"].write_number("D2", 1.5 / 24, book.add_format({"num_format": "[h]:mm"}))

    path = month(add, 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "迟到"]])
    assert faults(path) == ["员工.xlsx 考勤!D2 分钟: “1:30”不是数字。 请只填数字，不带单位和文字。"]


def test_example_rows_never_count_and_half_an_example_is_a_fault(month):
    example = ["例：001", "例：张三", "例：一组"]
    tables = read_workbook(month(员工=[PEOPLE[0], example, *PEOPLE[1:]]), POLICY)
    assert tables["employees"]["employee_id"].tolist() == ["001", "002"]
    assert faults(month(员工=[PEOPLE[0], ["003", *example[1:]], *PEOPLE[1:]])) == [
        "员工.xlsx 员工!A2 工号: 示例行只改了一部分。 请把带“例：”的格子都改成真实数据，或整行删除。"
    ]
    untouched = read_workbook(month(考勤=[["工号", "日期", "类型"], ["例：001", "例：2026-10-05", "例：迟到"]]), POLICY)
    assert untouched.notes == ["员工.xlsx 只有示例行，按本期没有记录处理：考勤。"]


# -- the marked copy ---------------------------------------------------------------------------------------------------------


def test_a_copy_with_the_faulty_cells_marked(month, tmp_path):
    def add(book):
        book.sheetnames["考勤"].write_comment("D2", "旧批注")
        book.sheetnames["考勤"].write_formula("F2", "=D2*2", None, -2)

    path = month(add, 考勤=[*ATTENDANCE, ["001", date(2026, 10, 5), "=1+1", -1]])
    before = path.read_bytes()
    with pytest.raises(DataError) as error:
        read_workbook(path, POLICY)
    out = mark_faults(path, error.value, tmp_path / "标错.xlsx")
    assert path.read_bytes() == before
    book = openpyxl.load_workbook(out)
    cell = book["考勤"]["D2"]
    assert cell.comment.text == "旧批注\n“-1”超出范围（≥ 0）。 请核对后改正。"
    assert cell.fill.fgColor.rgb == "00FFC7CE"
    assert book["考勤"]["F2"].value == "=D2*2"
    assert book.sheetnames[0] == "错误清单"
    assert [row[0].value for row in book["错误清单"].iter_rows(min_row=2)] == ["员工.xlsx 考勤!C2 类型", "员工.xlsx 考勤!D2 分钟"]
    assert book["错误清单"]["B2"].data_type == "s"
    with pytest.raises(DataError) as again:
        read_workbook(out, POLICY)
    assert [fault.cell for fault in again.value.faults] == ["C2", "D2"]
    with pytest.raises(UsageError, match="原文件"):
        mark_faults(path, error.value, path)
    with pytest.raises(UsageError, match="写不了"):
        mark_faults(path, error.value, tmp_path / "无" / "a.xlsx")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["员工.xlsx", "标错.xlsx"]


def changed(path, **parts: bytes) -> None:
    """Some parts of a workbook replaced or added."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts.get(name) or old.read(name))


@pytest.mark.parametrize(
    "end",
    [
        b'<mergeCells count="1"><mergeCell ref="D5:XFD1048576"/></mergeCells>',
        b"<hyperlinks><hyperlink display='>' location='a' ref='A&#49;:XFD1048576'/></hyperlinks>",
    ],
)
def test_no_marked_copy_of_what_would_fill_the_memory(month, tmp_path, end):
    """openpyxl makes a cell of every place under a merged area or a link."""
    path = month()
    sheet = "xl/worksheets/sheet1.xml"
    changed(path, **{sheet: zipfile.ZipFile(path).read(sheet).replace(b"</sheetData>", b"</sheetData>" + end)})
    assert len(read_workbook(path, POLICY)["employees"]) == 2
    with pytest.raises(UsageError, match="区域太大"):
        mark_faults(path, [], tmp_path / "标错.xlsx")


def test_no_marked_copy_where_a_comment_is_broken(month, tmp_path):
    def comment(book):
        book.sheetnames["员工"].write_comment("A1", "批注")

    path = month(comment)
    changed(path, **{"xl/comments1.xml": b"<comments"})
    assert len(read_workbook(path, POLICY)["employees"]) == 2
    with pytest.raises(UsageError, match="无法制作标错副本"):
        mark_faults(path, [], tmp_path / "标错.xlsx")
    assert not (tmp_path / "标错.xlsx").exists()
