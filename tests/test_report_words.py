"""What a demanding reader asks of words and numbers: per cent everywhere alike, facts with their names, sums that can be done again."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from excel import results_of
from excel import rows as sheet_rows
from report_page import rows, section, shown, table_under

from kpi_helpers import score
from kpi_helpers.bridge import FEWEST
from kpi_helpers.departments import find_job
from kpi_helpers.flags import Flag, flags_of
from kpi_helpers.language import set_language
from kpi_helpers.report.decisions import proposals
from kpi_helpers.report.slips import Slips
from kpi_helpers.report.statements import statement_page
from kpi_helpers.report.views import View
from kpi_helpers.thresholds import thresholds


@cache
def scored(department, overrides=()):
    job = find_job("2026-10", department)
    policy = job.load_policy().adjusted(dict(overrides))
    return job, score(policy, job.read_workbook(policy))


@pytest.fixture(scope="module")
def quota():
    return shown("达沃")


@pytest.fixture
def english():
    set_language("en")
    yield
    set_language(None)


# -- per cent --------------------------------------------------------------------------------------------------------


def test_a_ratio_is_the_same_per_cent_on_the_page_and_in_the_file(quota, tmp_path):
    (table,) = [one for one in section(quota.soup, "people").find_all("table") if "通时达成率" in one.thead.text]
    titles = [one.find(string=True, recursive=False).strip() for one in table.select("thead th")]
    place = titles.index("通时达成率")
    on_page = {row[0]: row[place] for row in rows(table)}
    file = {row["工号"]: row["通时达成率"] for row in sheet_rows(openpyxl.load_workbook(results_of("达沃", tmp_path))["人员"])}
    assert on_page["010"] == "87.78%"  # 1,896 of 2,160 minutes
    assert on_page == {id: "–" if ratio is None else f"{100 * ratio:.2f}%" for id, ratio in file.items()}


def test_what_a_rounded_number_is_exactly_shows_when_the_mouse_rests_on_it(quota):
    cells = section(quota.soup, "people").select("td span[title]")
    assert {cell["title"] for cell in cells if cell.text == "87.78%"} == {"79/90"}  # 1896/2160
    assert not [cell for cell in cells if cell.text in ("0.5", "100.00%")]


def test_a_step_on_a_slip_is_per_cent_without_the_word_ratio():
    job, result = scored("达沃")
    page = statement_page(Slips(job, result).slip("010"))
    assert "116.67%" in page and "比率" not in page and "≈1.1667" not in page


def test_thresholds_have_the_units_of_the_readers_language(english):
    titles = {
        department: [one.title for one in thresholds(find_job("2026-10", department).load_policy())] for department in ("达沃", "热线客服")
    }
    assert any(one.endswith("通时达成率 from 100%") for one in titles["达沃"])
    assert [one.rsplit(" ", 2)[1:] for one in titles["热线客服"]] == [["90", "points"], ["80", "points"], ["60", "points"], ["3", "months"]]
    assert not [one for one in titles["达沃"] if re.search(r"\d (分|个|次)|转出人", one)]


# -- facts of flags ---------------------------------------------------------------------------------------------------


def facts(result, flag):
    rows = zip(result.flags["flag"], proposals(View(result)).rows, strict=True)
    return {row[1]: row[4] for name, row in rows if name == flag}


def test_facts_have_names_units_and_the_line_they_are_held_against():
    # 3.2d: 1,040 of 1,200 minutes are 86.67 %
    assert facts(scored("达沃")[1], "first_month_unmet") == {"于磊（028）": "基本量达成率 86.67%（线 100%）"}
    assert facts(scored("达沃")[1], "external_rule_attendance") == {"吴洋（010）": "违反次数 1 次"}
    assert facts(scored("售后客服")[1], "training")["许俊杰（S06）"] == "低于门槛的项目：1a 响应及时性 55 分、2c 互助服务 57 分（线 60 分）"
    assert facts(scored("在线客服")[1], "no_evidence") == {"宋明（022）": "指标：C2 遵守制度"}


def test_facts_are_in_english_on_english_pages(english):
    assert facts(scored("达沃")[1], "first_month_unmet") == {"于磊（028）": "基本量达成率 86.67% (line 100%)"}
    assert facts(scored("热线客服")[1], "three_consecutive_fails")["梁丽华（121）"].endswith(
        "2026-08 52.38 points, 2026-09 58.9 points, 2026-10 51.9 points"
    )


def test_pay_below_the_minimum_wage_stands_beside_it():
    found = facts(scored("达沃", (("common.min_wage", 2000),))[1], "below_min_wage")
    assert found == {"于磊（028）": "应发合计 1,576.87 元（线 2,000.00 元）"}


@pytest.mark.parametrize(
    "detail, term, line, told",
    [
        ("2026-12-03", "published_on", "2026-11-30", "公布日期 2026-12-03（期限 2026-11-30）"),
        (["010", "028"], "without_data", None, "缺数据的人：吴洋（010）、于磊（028）"),
        ({"2026-10-11": 1}, "people_without_data", None, "缺数据的人数：2026-10-11 1 人"),
        ({"score": Fraction(95), "basic_ratio": Fraction(1, 3)}, "", None, "得分 95 分、基本量达成率 33.33%"),  # rule flagged
        (Fraction(12), "new_members", None, "新增会员 12 个"),
        (None, "", None, ""),
    ],
)
def test_every_kind_of_fact(detail, term, line, told):
    result = scored("达沃")[1]
    flag = Flag("x", "甲", pd.Index(["department"]), ("department",), "", "", "department", {"department": detail}, "", term, line)
    assert proposals(View(replace(result, flags=flags_of([flag])))).rows[0][4] == told


# -- sums that the reader can do again --------------------------------------------------------------------------------


def sums(page, caption):
    (table,) = [one for one in BeautifulSoup(page, "html.parser").find_all("table") if one.caption and one.caption.text.startswith(caption)]
    return {
        row[0] + row[1]: row[2:4]
        for row in ([cell.get_text(" ", strip=True) for cell in line.find_all(["th", "td"])] for line in table.select("tbody tr"))
    }


def test_a_slip_says_how_an_amount_came_about():
    job, result = scored("达沃")
    found = sums(statement_page(Slips(job, result).slip("010")), "应发金额")
    # 三、KPI 1: by attainment; 2,000 × 1,896/2,160 = 1,755.555…
    assert found["3.1b未达成按基本量的达成情况发放工资"] == ["2,000.00 × 1896/2160", "1,755.56"]
    assert found["5.2.2一项未达成按照实际达成比例发放（通时奖）"] == ["150.00 × 1896/2160 − 150.00", "−18.33"]
    found = sums(statement_page(Slips(job, result).slip("014")), "应发金额")
    assert found["5.2.3c达不到85分扣津贴10%"] == ["− 550.00 × 10%", "−55.00"]


def test_every_sum_of_the_samples_gives_its_lines_value():
    for department in ("达沃", "热线客服", "在线客服", "售后客服", "维康"):
        view = View(scored(department)[1])
        told = [(words, row["value"], row["unit"]) for row in view.ledger if (words := view.calculations.of(row)) and "≈" not in words]
        assert told, department
        for words, value, unit in told:
            assert abs(worked_out(words) - value) <= (Fraction(1, 200) if unit == "元" else 0), (department, words, value)


def worked_out(words):
    """2 × −5; 94 × 20%; − 550.00 × 10%; 150.00 × 1896/2160 − 150.00."""
    parts = re.fullmatch(r"(− )?([\d.]+) × (−?[\d.]+)(?:/(\d+)|(%))?(?: − ([\d.]+))?", words.replace(",", ""))
    sign, first, second, below, percent, less = parts.groups()
    product = Fraction(first) * Fraction(second.replace("−", "-")) / Fraction(100 if percent else below or 1)
    return (-product if sign else product) - Fraction(less or 0)


def test_a_pool_is_worked_out_on_the_slip_of_who_shares_it():
    job, result = scored("门店客服")
    slip = Slips(job, result).slip("001")
    assert [(one.title, one.sum, one.result) for one in slip.pool] == [
        ("奖金池", "8 人 × 100 元 + 1,000 元", "1,800 元"),
        ("按得分折算", "1,800 元 × 82/100", "1,476 元"),
        ("月底总奖金除全体人数", "1,476 元 ÷ 8 人", "每人 184.50 元"),
    ]


def test_nobody_is_told_of_a_pool_that_few_share_or_that_is_shared_unequally():
    job, result = scored("门店客服")
    made = Slips(job, result)
    made.sharers = dict.fromkeys(made.sharers, FEWEST - 1)
    assert made.slip("001").pool == []
    job, result = scored("门店客服", (("share_mode", "by_paid_days"),))
    made = Slips(job, result)
    assert not [step for id in result.employees.index for step in made.slip(id).pool if "至" in step.result or "基础分" in step.sum]


def test_the_ledger_of_the_report_shows_the_sum(quota):
    (fold,) = [one for one in section(quota.soup, "ledger").find_all("details") if one.summary.b.text == "吴洋（010）"]
    found = {row[0]: row[2] for row in rows(fold.table)}
    assert found["3.1b"] == "2,000.00 × 1896/2160"
    assert table_under(quota.soup, "decisions", "首月未达成基本量")
