"""The sections of a department's report, read back from the finished page; what is expected comes from the policy and from hand."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from xml.dom.minidom import parseString

import pytest
from bs4 import BeautifulSoup
from report_page import amount, lines_of, number, page, pay_of, rows, scored, section, shown, table_under, weikang
from small_month import EVENTS, PEOPLE

from kpi_helpers import score
from kpi_helpers.calendar import Workdays
from kpi_helpers.cases.run import run_cases
from kpi_helpers.departments import find_job
from kpi_helpers.report import Report
from kpi_helpers.report.costs import points
from kpi_helpers.report.grades import distribution
from kpi_helpers.report.pools import pools
from kpi_helpers.report.views import View

ROOT = Path(__file__).parents[1]
ODD = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "../../x", "\u202eabc", "🙂👩‍💻", "王" * 300, "𠮷野家", '"><img src=x onerror=1>']


@pytest.fixture(scope="module")
def pool():
    return shown("门店客服")


@pytest.fixture(scope="module")
def graded():
    return shown("热线客服")


@pytest.fixture(scope="module")
def careers():
    return shown("达沃")


@pytest.fixture(scope="module")
def two_periods(tmp_path_factory):
    """Two months that differ by one event, one joiner, one leaver and one number of the policy."""
    people = [*PEOPLE[:4], ["007", "新来的", "一组"]]
    _, then = weikang(tmp_path_factory.mktemp("then"), people=PEOPLE[:5], attendance=[])
    job, now = weikang(
        tmp_path_factory.mktemp("now"), people=people, attendance=[], events=[*EVENTS, ["E4", "001", "2.A3.1", date(2026, 10, 20)]]
    )
    then = score(then.policy.adjusted({"late_minor_max": 4}), then.inputs)
    made = page(job, now, then)
    return SimpleNamespace(job=job, then=then, now=now, made=made, soup=BeautifulSoup(made, "html.parser"))


# -- the page as a whole ---------------------------------------------------------------------------------------------


def test_sections_stand_in_the_order_of_the_issue(graded, pool):
    assert [one["id"] for one in graded.soup.find_all("h2")] == (
        "summary decisions people grades costs cliffs changes lists ledger policy data provenance".split()
    )
    assert "groups" in [one["id"] for one in pool.soup.find_all("h2")] and not pool.soup.find("h2", id="grades")


@pytest.mark.parametrize("name", ["pool", "graded", "careers"])
def test_headings_go_down_one_step_at_a_time_and_nothing_is_an_orphan(name, request):
    soup = request.getfixturevalue(name).soup
    levels = [int(one.name[1]) for one in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1 and set(levels) == {1, 2, 3}
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))
    for heading in soup.find_all(["h2", "h3"]):
        following = heading.find_next_sibling()
        assert following is not None and following.name != heading.name and following.get_text(strip=True), heading.get_text()


@pytest.mark.parametrize("name", ["pool", "graded", "careers", "two_periods"])
def test_links_lead_somewhere_and_tables_have_headers(name, request):
    soup = request.getfixturevalue(name).soup
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)) and {link["href"][1:] for link in soup.select("a[href]")} <= set(ids)
    for table in soup.find_all("table", class_=lambda one: one != "facts"):
        heads, body = table.select("thead th"), table.select("tbody tr")
        assert heads and all(one["scope"] == "col" and one.get_text(strip=True) for one in heads)
        assert all(row.find(["th", "td"]).get("scope") == "row" for row in [*body, *table.select("tfoot tr")])
        assert {len(row.find_all(["th", "td"])) for row in [*body, *table.select("tfoot tr")]} <= {len(heads)}
    for picture in soup.find_all("svg"):
        assert picture.get("aria-hidden") == "true" or picture["role"] == "img" and picture["aria-label"]
        parseString(str(picture))


def test_the_same_inputs_give_the_same_page(graded):
    assert page(graded.job, scored(graded.job)) == graded.made


@pytest.mark.parametrize("department", ["门店客服", "热线客服", "达沃"])
def test_english_labels_stand_around_the_chinese_words_of_the_policy(department):
    made = shown(department, "en")
    for part in made.soup.find_all(["h2", "dt"]):
        assert not re.search("[\u4e00-\u9fff]", part.get_text().replace("mean 得分", "").replace("mean 绩效得分", "")), part
    assert made.soup.html["lang"] == "en" and made.result.policy.title in made.soup.h1.text
    assert not re.search("概况|待人决定|应发合计 [0-9]|与上期|没有|台账|读法", made.soup.find("ul", class_="lines").get_text())


# -- 1: five lines and four figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pool", "graded", "careers", "two_periods"])
def test_five_lines_and_four_figures(name, request):
    part = section(request.getfixturevalue(name).soup, "summary")
    assert len(part.select("dl.figures > div")) == 4
    lines = part.select("ul.lines > li")
    assert len(lines) == 5 and all(line.a["href"].startswith("#") and len(line.span.get_text()) > 5 for line in lines)
    assert all(line.span.get_text()[-1] in "。." for line in lines)


def test_the_figures_are_those_of_the_result(pool, graded):
    figures = {one.dt.text: one.dd.contents[0] for one in section(pool.soup, "summary").select("dl.figures > div")}
    assert figures["人数"] == "24"
    assert number(figures["应发合计"].strip()) == sum(value for value in pay_of(pool.result).values())
    figures = {one.dt.text: one.dd.contents[0] for one in section(graded.soup, "summary").select("dl.figures > div")}
    assert figures["人数"] == "36" and figures["待人决定"] == str(len(graded.result.flags))


# -- 2: what people decide -------------------------------------------------------------------------------------------


def test_every_proposal_stands_with_its_people_and_the_note_of_the_risk(graded):
    part = section(graded.soup, "decisions")
    text = part.get_text()
    for flag in graded.result.flags.to_dict("records"):
        assert flag["title"] in text and f"（{flag['employee_id']}）" in text and flag["note"] in text
    first = part.find("div", class_="matter")
    assert "劳动合同法" in first.find("p", class_="notice").text and "绩效得分：2026-07 52.95 分、2026-08 48.76 分" in first.table.text


def test_deadlines_are_counted_in_working_days(graded):
    # 三、流程: 3 working days to appeal and to answer; ratings within 5 working days of the month
    days = Workdays()
    found = {(row[1], row[0]): row for row in rows(table_under(graded.soup, "decisions", "期限"))}
    assert days.after(date(2026, 10, 31), 5) == date(2026, 11, 6)
    assert "第 5 个工作日" in " ".join(found["评分截止日", "2026-11-06"])
    for lodged, day in ((date(2026, 11, 10), "2026-11-13"), (date(2026, 11, 11), "2026-11-16")):
        assert str(days.after(lodged, 3)) == day and "第 3 个工作日" in " ".join(found["答复截止日", day])
    assert "逾期未答复" in found["答复截止日", "2026-11-16"]
    assert [row[0] for row in rows(table_under(graded.soup, "decisions", "期限"))] == sorted(day for _, day in found)


def test_the_day_of_publication_stands_once(pool):
    assert [row[:2] for row in rows(table_under(pool.soup, "decisions", "期限"))] == [["2026-11-30", "公布期限"]]


# -- 3: scoreboard ---------------------------------------------------------------------------------------------------


def test_everybody_stands_on_the_scoreboard_the_best_first(graded):
    table = section(graded.soup, "people").find("table")
    titles = [one.find(string=True, recursive=False).strip() for one in table.select("thead th")]
    found = rows(table)
    assert sorted(row[0] for row in found) == sorted(graded.result.employees.index)
    scores = [None if row[titles.index("绩效得分")] == "–" else number(row[titles.index("绩效得分")]) for row in found]
    known = [one for one in scores if one is not None]
    assert scores == sorted(known, reverse=True) + [None] * (len(scores) - len(known))


def test_a_line_of_the_ledger_sums_up_what_the_scoreboard_says(careers):
    table = section(careers.soup, "people").find("table")
    titles = [one.find(string=True, recursive=False).strip() for one in table.select("thead th")]
    paid = {row[0]: (row[titles.index("得分")], row[titles.index("应发合计")]) for row in rows(table)}
    for fold in section(careers.soup, "ledger").find_all("details"):
        score, total = paid[re.search(r"（([^（）]*)）$", fold.summary.b.text)[1]]
        assert fold.summary.span.text == f"得分 {score} 分" + (f" · 应发金额 {total} 元" if total != "–" else "")


@pytest.mark.parametrize("name", ["pool", "graded", "careers"])
def test_no_two_folds_of_a_section_have_the_same_name(name, request):
    for part in request.getfixturevalue(name).soup.find_all("section"):
        folds = [one.b.text for one in part.find_all("summary")]
        assert len(folds) == len(set(folds))


# -- 4: pool ---------------------------------------------------------------------------------------------------------


def test_a_pool_is_worked_out_so_that_anybody_can_follow(pool):
    # 五: 人数×100元另加1000元，按100分计算，除全体人数
    assert rows(table_under(pool.soup, "groups", "一组")) == [
        ["奖金池", "8 人 × 100 元 + 1,000 元", "= 1,800 元", "5.2a 、 5.2b"],
        ["得分", "基础分 100 − 扣分 26 + 返还 3 + 加分 5", "= 82 分", "5.3"],
        ["按得分折算", "1,800 元 × 82/100", "= 1,476 元", "5.4a"],
        ["月底总奖金除全体人数", "1,476 元 ÷ 8 人", "= 每人 184.50 元", "5.4b"],
    ]
    assert "1,350 元 ÷ 7 人，分配余额 −0.02 元" in table_under(pool.soup, "groups", "二组").text


def test_groups_stand_in_the_order_of_the_roster_wherever_they_are_listed(pool):
    part, groups = section(pool.soup, "groups"), ["一组", "二组", "三组"]
    assert list(dict.fromkeys(pool.result.employees["group_id"])) == groups
    assert [one.text for one in part.select("div.matter h3")] == groups
    assert [row[0] for row in rows(table_under(pool.soup, "groups", "各小组结果"))] == groups
    assert [one.text for one in part.select("summary b")] == [*groups, "部门"]


def test_every_step_is_the_ledgers(pool):
    for group in pool.result.groups.index:
        found = {row[0]: row[2] for row in rows(table_under(pool.soup, "groups", group))}
        ledger = pool.result.ledger[(pool.result.ledger["group_id"] == group) & pool.result.ledger["value"].notna()]
        own = ledger[ledger["employee_id"].isna()]
        parts = {clause: sum(own["value"][own["clause"] == clause], Fraction(0)) for clause in ("5.2a", "5.2b", "5.4a")}
        assert amount(found["奖金池"]) == parts["5.2a"] + parts["5.2b"]
        assert amount(found["得分"]) == sum(own["value"][own["unit"] == "分"], Fraction(0))
        assert amount(found["按得分折算"]) == sum(parts.values())
        shares = [value for value in ledger["value"][ledger["clause"] == "5.4b"] if value]
        assert set(shares) == {amount(found["月底总奖金除全体人数"])}


def test_a_pool_of_the_whole_department_is_shared_by_all_of_it():
    job = find_job("2026-10", "门店客服")
    soup = BeautifulSoup(page(job, scored(job, {"pool_unit": "department"})), "html.parser")
    steps = rows(table_under(soup, "groups", "部门"))
    # 1,476 + 1,350 + 1,700 = 4,526 shared by 8 + 7 + 5 people: 226.30
    assert steps[-1][:3] == ["月底总奖金除全体人数", "4,526 元 ÷ 20 人", "= 每人 226.30 元"]
    assert "÷" not in table_under(soup, "groups", "一组").text


def test_a_fixed_part_that_is_not_scaled_is_no_factor_of_the_whole():
    job = find_job("2026-10", "门店客服")
    soup = BeautifulSoup(page(job, scored(job, {"pool_fixed_scaled": False})), "html.parser")
    # 800 × 82% + 1,000 = 1,656
    assert rows(table_under(soup, "groups", "一组"))[2][1:3] == ["1,800 元 − 144 元（一部分按 82/100 折算）", "= 1,656 元"]


# -- 5: grades -------------------------------------------------------------------------------------------------------


def test_the_distribution_counts_everybody_who_has_a_grade(graded):
    table = section(graded.soup, "grades").table
    counts = Counter(word for word in graded.result.employees["grade"] if isinstance(word, str))
    assert {row[0]: int(row[1]) for row in rows(table)} == counts
    assert [row[0] for row in rows(table)] == ["优秀", "良好", "合格", "不合格"]
    total = [cell.text for cell in table.select("tfoot tr > *")]
    assert int(total[1]) == sum(counts.values()) and sum(map(int, total[4:])) == sum(counts.values())


def test_grades_stand_in_the_policys_order_whoever_has_them(graded):
    # 三、流程: 优秀、良好、合格、不合格; the one with the highest score is moved down, so that nobody is 优秀
    people = graded.result.employees
    moved = people.assign(grade=people["grade"].mask(people["grade"] == "优秀", "不合格"))
    found = distribution(View(replace(graded.result, employees=moved)))
    assert [row[:2] for row in found.rows] == [["优秀", 0], ["良好", 21], ["合格", 9], ["不合格", 3]]


def test_grades_that_the_policy_does_not_name_stand_by_their_mean_score(graded):
    policy = replace(graded.result.policy, clauses=())
    found = distribution(View(replace(graded.result, policy=policy)))
    assert [row[:2] for row in found.rows] == [["优秀", 1], ["良好", 21], ["合格", 9], ["不合格", 2]]


def test_grades_are_told_in_the_words_of_the_policy(graded):
    policy = graded.result.policy
    shown = replace(policy.results["grade"], words={"优秀": "甲等"})
    renamed = replace(graded.result, policy=replace(policy, results={**policy.results, "grade": shown}))
    assert [row[0] for row in distribution(View(renamed)).rows] == ["甲等", "良好", "合格", "不合格"]
    assert "等级 甲等" in Report(graded.job, renamed).ledger().html


# -- 6: costs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pool", "graded", "careers"])
def test_what_clauses_take_and_give_is_the_ledgers_sum(name, request):
    made = request.getfixturevalue(name)
    points = lines_of(made.result, "分")
    sums = []
    for heading in ("扣分的条款", "得分与加分的条款"):
        found = [one for one in section(made.soup, "costs").find_all("h3") if one.text == heading]
        if found and found[0].find_next_sibling().name == "div":
            table = found[0].find_next("table")
            sums.append(number(table.tfoot.find_all("td")[2].text))
            assert sum(number(row[3]) for row in rows(table)) == sums[-1]
    assert sum(sums) == sum(points["value"], Fraction(0))


def test_a_score_converted_to_another_scale_is_no_deduction():
    # 综合客服 rates up to 110 points and publishes hundredths: × 100/110 takes nothing from anybody
    soup = shown("综合客服").soup
    assert "本期没有扣分" in section(soup, "costs").text and "也没有扣分" in section(soup, "summary").text


def test_a_line_without_a_result_has_no_unit():
    # 综合客服 art2b: by default nobody is told a place
    cells = section(shown("综合客服").soup, "ledger").select("td.n")
    assert not [cell for cell in cells if cell.text.startswith("–") and cell.small]


def test_a_forfeited_score_is_a_deduction():
    (case,) = [one for one in run_cases(ROOT / "tests/cases/own_jidu_grades.yaml") if "3b" in set(one.result.ledger["clause"])][:1]
    taken, _ = points(View(case.result))
    assert "3b" in [row[0] for row in taken.rows]


@pytest.mark.parametrize("name", ["pool", "careers"])
def test_what_each_clause_pays_adds_up_to_the_total(name, request):
    made = request.getfixturevalue(name)
    table = table_under(made.soup, "costs", "金额")
    total = number(table.tfoot.find_all("td")[2].text)
    assert total == sum(number(row[3]) for row in rows(table)) == sum(pay_of(made.result).values())


# -- 7: thresholds ----------------------------------------------------------------------------------------------------


def captioned(soup, words):
    (found,) = [one for one in section(soup, "cliffs").find_all("table") if one.caption and words in one.caption.text]
    return found


def test_a_distance_names_what_is_counted(careers):
    distances = [row[3] for row in rows(captioned(careers.soup, "每周接触量标准"))]
    assert distances[0] == "差 2（接触名单数）" and set(distances[3:]) == {"正好在线上", "余 1（接触名单数）"}


def test_english_distances_have_english_units():
    soup = shown("达沃", "en").soup
    cells = [cell.text for table in section(soup, "cliffs").find_all("table") for cell in table.select("td")]
    assert "19 minutes short" in cells and not [one for one in cells if re.search(r"\d (分|元|次|个)", one)]
    assert "now 92,807.97 yuan." in section(soup, "cliffs").text


# -- 8: the period before --------------------------------------------------------------------------------------------


def test_differences_from_the_period_before_add_up(two_periods):
    soup = two_periods.soup
    # 001: one 未打扫 (二(一)3, 3 分) more than before
    (moved,) = [row for row in rows(table_under(soup, "changes", "得分")) if "（001）" in row[0]]
    assert number(moved[2]) - number(moved[1]) == number(moved[3]) == -3
    assert "未打扫 −3" in moved[4]
    totals = {row[0]: row[1:] for row in rows(table_under(soup, "changes", "总计"))}
    assert totals["人数"] == ["5", "5", "0"]
    text = section(soup, "changes").get_text()
    assert "新增 1 人：新来的（007）" in text and "离开 1 人：𠮷野家（../005）" in text


def test_a_number_of_the_policy_that_changed_is_named(two_periods):
    changed = rows(table_under(two_periods.soup, "changes", "办法中变了的数"))
    assert [row[1:3] for row in changed] == [["4 分", "5 分"]]
    assert changed[0][0] == two_periods.now.policy.parameters["late_minor_max"].title


def test_without_a_period_before_one_sentence_says_so(pool):
    part = section(pool.soup, "changes")
    assert not part.table and part.p.text.startswith("没有上期数据")


# -- 9: the policy ---------------------------------------------------------------------------------------------------


def test_a_long_table_of_numbers_stands_on_the_page_once(careers):
    part = section(careers.soup, "policy")
    assert "职级表（占位） 见下“生效的数字与读法”" in part.find("table", class_="clauses").text
    assert part.find("table", class_="clauses").text.count("职级 P0、基本工资 1800") == 0
    assert table_under(careers.soup, "policy", "生效的数字与读法").text.count("职级 P0、基本工资 1800") == 1


# -- empty months, odd names, many people ----------------------------------------------------------------------------


def test_an_empty_month_is_said_in_sentences(tmp_path):
    job, result = weikang(tmp_path, people=PEOPLE[:2], events=[], attendance=[])
    soup = BeautifulSoup(page(job, result), "html.parser")
    assert "没有待人决定的事项" in section(soup, "decisions").text and "本期没有扣分" in section(soup, "costs").text
    assert "没有拒收的行" in section(soup, "data").text and len(section(soup, "summary").select("li")) == 5


def test_odd_names_go_through_every_section_unharmed(tmp_path):
    people = [[f"{place:03}", name, "一组"] for place, name in enumerate(ODD, 1)]
    events = [[f"E{place}", row[0], "2.A3.1", date(2026, 10, 5)] for place, row in enumerate(people, 1)]
    job, then = weikang(tmp_path / "a", people=people, events=[], attendance=[])
    job, now = weikang(
        tmp_path / "b", people=people, events=events, attendance=[[row[0], date(2026, 10, 9), "无故缺勤", None] for row in people]
    )
    made = page(job, now, then)
    soup = BeautifulSoup(made, "html.parser")
    assert not soup.find(["script", "img"]) and not [tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)]
    for name in ODD:
        for id in ("decisions", "people", "changes", "ledger"):
            assert name in section(soup, id).get_text(), (id, name)


def test_sixty_people_stay_below_a_megabyte(tmp_path):
    people = [[f"{place:03}", f"员工{place}", f"第{place % 6}组"] for place in range(60)]
    clauses = ["2.A2.1", "2.A3.1", "2.A4.1a", "2.A4.1b", "2.A4.1c", "2.A5.1"]
    events = [[f"E{p}-{c}", row[0], clause, date(2026, 10, 1 + c)] for p, row in enumerate(people) for c, clause in enumerate(clauses)]
    job, then = weikang(tmp_path / "a", people=people, events=events[::2], attendance=[])
    job, now = weikang(tmp_path / "b", people=people, events=events, attendance=[])
    assert len(page(job, now, then).encode()) < 1_000_000


def test_pools_of_a_policy_written_by_the_guide_are_worked_out_as_well():
    # 六: 20% equally, 30% by coefficient, the rest by points and days: 64 + 96 + 160 of a pool of 320
    (case,) = [one for one in run_cases(ROOT / "tests/cases/own_zaixian_pool.yaml") if one.id == "5"]
    (found,) = [one for one in pools(View(case.result)) if one.of == "A"]
    assert [(step.title, step.sum) for step in found.steps] == [
        ("平均分配", "64 元 ÷ 2 人"),
        ("按系数分配", "96 元 分给 2 人"),
        ("按得分与天数分配", "160 元 分给 2 人"),
    ]
    shares = case.result.ledger[case.result.ledger["clause"] == "6d"]
    assert found.steps[0].result == "每人 32.00 元" and set(shares["value"]) == {32}


@pytest.mark.browser
def test_a_name_on_the_scoreboard_opens_the_ledger_of_its_person(browser, tmp_path, graded):
    (tmp_path / "report.html").write_text(graded.made, encoding="utf-8")
    view = browser.new_page(viewport={"width": 390, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    line = view.locator("details:has(summary:has-text('宋国栋')) tbody tr").first
    assert not line.is_visible()
    view.locator("#people ~ .scroll tbody th a", has_text="122").click()
    assert line.is_visible()
    view.close()


@pytest.mark.browser
def test_a_caption_is_read_without_scrolling_and_a_wide_table_fits_the_screen(browser, tmp_path, careers):
    (tmp_path / "report.html").write_text(careers.made, encoding="utf-8")
    view = browser.new_page(viewport={"width": 390, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    assert all(one.bounding_box()["x"] + one.bounding_box()["width"] <= 390 for one in view.locator("#cliffs ~ .scroll caption").all())
    view.set_viewport_size({"width": 1280, "height": 900})
    assert view.locator("#people ~ .scroll").first.evaluate("one => one.scrollWidth <= one.clientWidth")
    view.close()


@pytest.mark.browser
def test_short_words_are_not_broken_on_paper(browser, tmp_path, careers):
    (tmp_path / "report.html").write_text(careers.made, encoding="utf-8")
    view = browser.new_page(viewport={"width": 703, "height": 900})  # A4 less its margins
    view.emulate_media(media="print")
    view.goto((tmp_path / "report.html").as_uri())
    table = view.locator("#people ~ .scroll table").first
    assert table.evaluate("one => one.scrollWidth <= 703")
    row = table.locator("tbody tr", has_text="郭秀英")
    assert row.bounding_box()["height"] < 40  # one line (two are 43): 已完成 and 三组 stand whole
    view.close()


@pytest.mark.browser
def test_the_pages_of_a_print_are_numbered_and_nothing_is_folded(browser, tmp_path, pool):
    (tmp_path / "report.html").write_text(pool.made, encoding="utf-8")
    view = browser.new_page()
    view.goto((tmp_path / "report.html").as_uri())
    view.emulate_media(media="print")
    folds = view.locator("details tbody tr")
    assert folds.count() > 60 and all(one.is_visible() for one in folds.all()[:60])
    view.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    view.close()
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine")
    words = subprocess.run(["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    pages = words.rstrip("\f\n").split("\f")
    assert all(re.search(rf"^\s*{place} / {len(pages)}\s*$", one, re.M) for place, one in enumerate(pages, 1))
