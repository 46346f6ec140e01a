"""The index page of a month: every department's state and figures, what may be opened, and totals that add up."""

from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from kpi_helpers.language import set_language
from kpi_helpers.report.overview import Entry, overview

FACTS = {
    "policy": {"title": "甲办法"},
    "period": "2026-10",
    "people": 10,
    "complete": 9,
    "flags": 2,
    "refused": 1,
    "amount": "12,345.60",
    "scenario": None,
    "made_at": "2026-11-02T08:30:15+08:00",
    "outputs": {"report.html": "", "results.xlsx": "", "statements/0a.html": "", "notebook.ipynb": ""},
}
FREE = FACTS | {"amount": None, "people": 5, "complete": 5, "flags": 0, "refused": 0}
TRIAL = FACTS | {"scenario": {"name": "少扣", "sha256": ""}, "amount": "99,999.00"}


def cells(page, part="tbody"):
    soup = BeautifulSoup(page, "html.parser")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select(f"{part} tr")]


def test_totals_are_those_of_the_departments_and_their_pay():
    entries = [Entry("甲", "甲", FACTS), Entry("乙", "乙", FREE), Entry("丙", "丙", FACTS | {"amount": "-0.10"}), Entry("丁", "丁")]
    page = overview("2026-10", entries)
    assert cells(page)[0][3:9] == ["已完成 2026-11-02 08:30", "10", "9", "2", "1", "12,345.60"]
    assert cells(page)[1][8] == "–" and cells(page)[3][3] == "未运行"
    assert cells(page, "tfoot") == [["合计", "3 个部门", "", "", "25", "23", "4", "2", "12,345.50", "金额：2 个部门"]]


def test_what_can_be_opened_stands_beside_the_department_and_not_beyond_the_edge_of_a_phone():
    page = overview("2026-10", [Entry("甲", "甲", FACTS)])
    assert cells(page)[0][:2] == ["甲", "报告 Excel 笔记本"] and cells(page)[0][9] == "甲办法"


def test_a_month_without_money_has_no_total_of_it():
    assert cells(overview("2026-10", [Entry("乙", "乙", FREE)]), "tfoot")[0][8:] == ["–", ""]


def test_a_month_in_which_nothing_was_run_has_no_totals():
    assert cells(overview("2026-10", [Entry("甲", "甲")]), "tfoot") == []


def test_trials_are_named_and_not_added():
    page = overview("2026-10", [Entry("甲", "甲", FACTS), Entry("甲（试算 少扣）", "甲（试算 少扣）", TRIAL)])
    assert cells(page)[1][3].startswith("试算") and cells(page, "tfoot")[0][8] == "12,345.60"
    assert "不计入合计：甲（试算 少扣）" in page


def test_a_failed_department_keeps_its_last_figures_and_says_so():
    page = overview("2026-10", [Entry("甲", "甲", FACTS, ("a.xlsx 事件!C14",)), Entry("乙", "乙", None, ("b",))])
    assert cells(page)[0][3].startswith("失败") and "上一次的结果：甲</p>" in page
    assert cells(page, "tfoot")[0][8] == "12,345.60"


def test_links_are_those_of_the_files_that_the_run_left():
    facts = FACTS | {"outputs": FACTS["outputs"] | {"published.html": "", "statements.html": ""}}
    soup = BeautifulSoup(overview("2026-10", [Entry("甲", "甲 #1", facts), Entry("乙", "乙", FREE)]), "html.parser")
    links = [(link.get_text(), unquote(link["href"])) for link in soup.select("a")]
    names = [("报告", "report.html"), ("全部绩效单", "statements.html"), ("Excel", "results.xlsx"), ("公示名单", "published.html")]
    assert links[:5] == [*((title, f"甲 #1/{name}") for title, name in names), ("笔记本", "甲 #1/notebook.ipynb")]
    assert [name for _, name in links[5:]] == ["乙/report.html", "乙/results.xlsx", "乙/notebook.ipynb"]
    assert "#" not in soup.a["href"]


@pytest.mark.parametrize("lang, word", [("zh", "保密：本页"), ("en", "Confidential: this page")])
def test_the_page_says_that_it_is_confidential_in_both_languages(lang, word):
    set_language(lang)
    page = overview("2026-10", [Entry("<script>", "a", FACTS, ("<b>",)), Entry("b", "b", TRIAL)])
    assert word in page and "<script" not in page and "<b>&lt;" not in page and f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page


def test_the_same_facts_give_the_same_page():
    assert len({overview("2026-10", [Entry("甲", "甲", FACTS)]) for _ in range(2)}) == 1
