"""试算面板, without a browser: set what a person sets, read what a person reads."""

import re
from fractions import Fraction
from html import unescape

import nbformat
import pytest
from nbclient import NotebookClient
from small_month import write_month

from kpi_helpers.departments import find_job
from kpi_helpers.engine import OwnKernelManager
from kpi_helpers.what_if import open_panel, show_panel
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.panel import Panel


@pytest.fixture
def pool():
    return Panel(Month(find_job("2026-10", "门店客服")))


@pytest.fixture
def odd(tmp_path):
    """A month of people whose names are traps."""
    return Panel(Month(find_job("2026-10", "维康", "params/policies/weikang.yaml", str(write_month(tmp_path / "weikang.xlsx")))))


def words(widget):
    return unescape(re.sub(r"<[^>]+>", " ", widget.value))


def drag(panel, name, value):
    """What the browser sends when a slider moves."""
    slider = panel.row(name).slider
    slider._handle_msg({"content": {"data": {"method": "update", "state": {"value": value}, "buffer_paths": []}}, "buffers": []})


def tab(panel, title):
    place = [one.title for one in panel.tabs].index(title)
    panel.tab.selected_index = place
    return panel.tabs[place]


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_a_slider_shows_its_effect_on_cost_and_people(pool):
    before = pool.trial.comparison.cost[0]
    drag(pool, "pool_per_head", 120)
    now, then, difference = pool.trial.comparison.cost
    assert now == before and difference > 0
    assert f"{float(then):,.2f}" in words(pool.cost) and f"+{float(difference):,.2f}" in words(pool.cost)
    people = words(tab(pool, "人员").html)
    assert "王丽娟" in people and "+" in people
    assert "现行 100" in words(pool.row("pool_per_head").label) and pool.row("pool_per_head").entry.value == "120"


def test_a_slider_between_its_steps_means_the_nearest(pool):
    drag(pool, "pool_per_head", 119.6)
    assert pool.trial.numbers == {"pool_per_head": 120}


def test_entry_and_slider_follow_each_other(pool):
    row = pool.row("pool_per_head")
    row.entry.value = "101.37"
    assert pool.trial.numbers == {"pool_per_head": Fraction("101.37")} and row.slider.value == 101.37
    drag(pool, "pool_per_head", 150)
    assert row.entry.value == "150"


@pytest.mark.parametrize("typed, told", [("abc", "不是数字"), ("-5", "超出")])
def test_what_will_not_do_is_told_and_the_entry_shows_what_holds(pool, typed, told):
    drag(pool, "pool_per_head", 120)
    pool.row("pool_per_head").entry.value = typed
    assert told in words(pool.told) and pool.trial.numbers == {"pool_per_head": 120}
    assert pool.row("pool_per_head").entry.value == "120"
    drag(pool, "pool_per_head", 130)
    assert not pool.told.value


def test_a_reading_is_a_list_to_choose_from_in_plain_words(pool):
    row = pool.row("pool_unit")
    assert dict(row.choice.options) == {"按小组分": "group", "全部门合并分": "department"}
    row.choice.value = "department"
    assert pool.trial.numbers == {"pool_unit": "department"}
    assert "按小组分" in words(row.label)


def test_a_number_that_may_be_left_out_has_a_word_for_it(pool):
    row = pool.row("score_cap")
    assert row.choice.value == "none" and row.slider.disabled
    row.choice.value = "#"
    assert not row.slider.disabled and pool.trial.numbers == {"score_cap": 0}
    row.choice.value = "none"
    assert not pool.trial.numbers


def test_undo_reset_and_reset_all_are_buttons(pool):
    assert pool.back.disabled and pool.all_back.disabled and pool.row("pool_fixed").back.disabled
    drag(pool, "pool_per_head", 120)
    drag(pool, "pool_fixed", 900)
    pool.row("pool_fixed").back.click()
    assert pool.trial.numbers == {"pool_per_head": 120} and pool.row("pool_fixed").slider.value == 1000
    pool.back.click()
    assert pool.trial.numbers == {"pool_per_head": 120, "pool_fixed": 900} and pool.row("pool_fixed").slider.value == 900
    pool.all_back.click()
    assert not pool.trial.numbers and pool.row("pool_per_head").slider.value == 100


def test_numbers_stand_by_section_and_are_made_when_a_section_opens(pool):
    assert list(pool.accordion.titles)[2] == "第五部分" and not pool.accordion.children[2].children
    pool.accordion.selected_index = 2
    assert len(pool.accordion.children[2].children) == len(pool.sections["第五部分"])
    drag(pool, "pool_per_head", 120)
    assert pool.accordion.titles[2] == "第五部分（改动 1 项）"


def test_numbers_are_found_by_word_clause_and_change(pool):
    pool.search.value = "另加奖金"
    assert 1 <= len(pool.found.children) < 6 and pool.accordion.layout.display == "none"
    assert pool.found.layout.display is None
    pool.search.value = "6.12b.points"
    assert [words(one.children[0]).split() for one in pool.found.children] == [["旷工", "·", "每次", "分"]]
    pool.search.value = "没有这样的"
    assert "没有" in words(pool.found.children[0])
    pool.search.value = ""
    assert not pool.found.children and pool.accordion.layout.display == ""
    drag(pool, "pool_per_head", 120)
    pool.only_changed.value = True
    assert len(pool.found.children) == 1


def test_a_tooltip_names_source_basis_and_clause(pool):
    title = re.search('title="([^"]+)"', pool.row("pool_per_head").label.value)[1]
    assert "五、2" in title and "原文" in title and "5.2a" in title and "pool_per_head" in title
    assert 'class="a"' in pool.row("common.min_wage").label.value and 'class="a"' not in pool.row("pool_fixed").label.value


def test_weights_that_do_not_add_up_are_shown_and_rescaled_by_a_button():
    made = Panel(Month(find_job("2026-10", "售后客服")))
    drag(made, "weight_teamwork", 40)
    message, rescale = made.weights.children[0].children
    assert "115" in words(message) and "100" in words(message)
    assert "现在不能计算" in words(made.told) and not made.cost.value
    rescale.click()
    assert not made.weights.children and made.cost.value and not made.told.value


def test_a_slider_stops_before_its_neighbour():
    made = Panel(Month(find_job("2026-10", "热线客服")))
    assert (made.row("grade_good").slider.min, made.row("grade_good").slider.max) == (60.5, 89.5)
    drag(made, "grade_excellent", 85)
    assert made.row("grade_good").slider.max == 84.5


# -- what is seen ----------------------------------------------------------------------------------------------------


def test_people_are_sorted_filtered_and_searched(pool):
    page = tab(pool, "人员")
    drag(pool, "6.1.points", -5)
    page.by.value, page.rising.value = "pay_after", True
    amounts = [row.split()[-1] for row in re.findall(r"<tr><th scope=row>.*?</tr>", page.html.value)]
    assert len(amounts) == 24
    page.word.value = "二组"
    assert "二组" in words(page.html) and "一组" not in words(page.html)
    page.word.value, page.only.value = "", "gainers"
    assert "共 0 人" in words(page.html)


def test_groups_and_grades_stand_side_by_side(pool):
    page = tab(pool, "小组与等级")
    drag(pool, "score_base", 90)
    assert "一组" in words(page.html) and "−10" in words(page.html)


def test_charts_have_words_for_those_who_do_not_see_them(pool):
    page = tab(pool, "图")
    drag(pool, "pool_per_head", 120)
    assert page.html.value.count("<svg") == 2 and page.html.value.count('role="img"') == 2 and "王丽娟" in page.html.value


def test_words_of_a_workbook_never_run(odd):
    drag(odd, "cap_attendance", 5)
    for place, page in enumerate(odd.tabs):
        odd.tab.selected_index = place
        texts = [widget.value for widget in vars(page).values() if isinstance(getattr(widget, "value", None), str)]
        assert "<script" not in "".join(texts)
    assert "&lt;script&gt;" in odd.tabs[0].html.value


def test_a_search_with_marks_is_only_a_search(odd):
    page = tab(odd, "人员")
    page.word.value = "<script>("
    assert "<script" not in page.html.value


def test_cliffs_follow_the_trial():
    made = Panel(Month(find_job("2026-10", "热线客服")))
    page = tab(made, "临界")
    before = words(page.counts)
    drag(made, "grade_excellent", 88)
    assert "优秀（含） 88 分" in words(page.counts) and words(page.counts) != before
    page.near.click()
    assert "优秀" in words(page.more) and "差" in words(page.more)
    page.swings.click()
    assert "<svg" in page.more.value


# -- goal seek -------------------------------------------------------------------------------------------------------


def test_a_target_is_met_and_taken(pool):
    page = tab(pool, "反推")
    page.number.value, page.goal.value, page.target.value = "pool_per_head", "at_most", "26000"
    page.start.click()
    assert "已从文件完整重算核对" in words(page.html) and not page.take.disabled
    page.take.click()
    assert 25_990 < pool.trial.comparison.cost[1] <= 26_000


@pytest.mark.parametrize("target, told", [("1", "没有找到"), ("abc", "不是数字"), ("", "不是数字")])
def test_no_answer_is_said(pool, target, told):
    page = tab(pool, "反推")
    page.number.value, page.goal.value, page.target.value = "pool_per_head", "equal", target
    page.start.click()
    assert told in words(page.html) + words(pool.told) and page.take.disabled


# -- scenarios -------------------------------------------------------------------------------------------------------


def test_a_trial_is_saved_opened_compared_and_run(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    drag(made, "pool_per_head", 120)
    page.save.click()
    assert "提出人" in words(made.told) and "理由" in words(made.told)
    page.name.value, page.author.value, page.reason.value = "加奖", "王经理", "旺季"
    page.save.click()
    assert "已保存" in words(made.told) and (project / "params/scenarios/加奖.yaml").is_file()
    cost = made.trial.comparison.cost
    made.all_back.click()
    page.list.value = "加奖"
    page.open.click()
    assert made.trial.numbers == {"pool_per_head": 120}
    made.all_back.click()
    other = tab(made, "对比")
    other.second.value = ("scenario", "加奖")
    other.start.click()
    shown = words(other.html)
    assert f"+{float(cost[2]):,.2f}" in shown and "每人奖金" in shown and "100 元" in shown and "120 元" in shown


def test_two_policies_are_compared_on_the_same_data(project):
    policy = project / "params/policies/team_pool.yaml"
    text = policy.read_text(encoding="utf-8")
    (project / "params/policies/other.yaml").write_text(
        text.replace("pool_fixed: {value: 1000", "pool_fixed: {value: 800"), encoding="utf-8"
    )
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "对比")
    page.second.value = ("policy", next(value for _, (kind, value) in page.second.options if value.endswith("other.yaml")))
    page.start.click()
    assert "另加奖金" in words(page.html) and "800 元" in words(page.html) and "−" in words(page.html)
    page.second.value = ("policy", next(value for _, (kind, value) in page.second.options if value.endswith("weikang.yaml")))
    page.start.click()
    assert made.told.value  # a workbook of another policy: what is missing there is told


def test_numbers_are_adopted_from_a_month_on(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    drag(made, "pool_per_head", 120)
    page.author.value, page.reason.value, page.month.value = "王经理", "旺季", "2026-12"
    assert page.adopt.disabled
    page.show.click()
    assert "2026-12: 120" in words(page.text) and not page.adopt.disabled
    page.adopt.click()
    assert "已写入" in words(made.told) and made.trial.numbers == {"pool_per_head": 120}
    assert "{2000-01: 100, 2026-12: 120}" in (project / "params/policies/team_pool.yaml").read_text(encoding="utf-8")
    assert "王经理" in (project / "params/CHANGES.md").read_text(encoding="utf-8")


def test_only_what_a_preview_has_shown_is_adopted(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    drag(made, "pool_per_head", 120)
    page.author.value, page.reason.value, page.month.value = "王经理", "旺季", "2026-12"
    page.show.click()
    drag(made, "pool_per_head", 130)
    assert page.adopt.disabled and not page.text.value
    page.show.click()
    page.month.value = "2027-01"
    page.adopt.click()
    assert "请再预览" in words(made.told)
    assert "2026-12" not in (project / "params/policies/team_pool.yaml").read_text(encoding="utf-8")


def test_a_month_that_has_results_already_is_told(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    (project / "outputs/2026-10/门店客服").mkdir(parents=True)
    (project / "outputs/2026-10/门店客服/manifest.json").write_text("{}")
    drag(made, "pool_per_head", 120)
    page.author.value, page.reason.value, page.month.value = "王经理", "旺季", "2026-10"
    page.show.click()
    assert "2026-10 已经出过结果" in words(page.text)
    page.month.value = "2026-11"
    page.show.click()
    assert "已经出过结果" not in words(page.text)


def test_a_month_that_is_none_is_told(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    drag(made, "pool_per_head", 120)
    page.author.value, page.reason.value, page.month.value = "王经理", "旺季", "明年"
    page.show.click()
    assert "不是月份" in words(made.told) and page.adopt.disabled


def test_a_scenario_of_an_older_policy_says_so(project):
    made = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(made, "方案稿")
    drag(made, "pool_per_head", 120)
    page.name.value, page.author.value, page.reason.value = "加奖", "王经理", "旺季"
    page.save.click()
    policy = project / "params/policies/team_pool.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("pool_fixed: {value: 1000", "pool_fixed: {value: 800"), encoding="utf-8")
    later = Panel(Month(find_job("2026-10", "门店客服")))
    page = tab(later, "方案稿")
    page.list.value = "加奖"
    page.open.click()
    assert "改过" in words(later.told) and later.trial.numbers == {"pool_per_head": 120}


# -- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, told",
    [
        ({"month": "2026-10", "department": "没有的部门"}, "没有部门"),
        ({"month": "2031-01", "department": "维康"}, "2031-01"),
        ({"month": "十月", "department": "维康"}, "十月"),
        ({"month": "2026-10", "department": "维康", "scenario": "没有的稿"}, "方案稿"),
    ],
)
def test_what_cannot_be_opened_is_told_in_its_place(given, told):
    assert told in words(open_panel(**given).children[1])


@pytest.mark.parametrize("opened, interactive, shown", [(True, True, True), (True, False, False), (False, True, False)])
def test_the_panel_is_for_a_notebook_that_somebody_has_opened(monkeypatch, opened, interactive, shown):
    monkeypatch.setenv("JPY_SESSION_NAME", "kpi_monthly.ipynb") if opened else monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert (show_panel(find_job("2026-10", "维康"), interactive) is not None) == shown


def test_a_job_with_a_scenario_opens_with_its_numbers(project):
    folder = project / "params/scenarios"
    folder.mkdir(exist_ok=True)
    (folder / "试.yaml").write_text("policy: team_pool\nnumbers: {pool_per_head: 120}\n", encoding="utf-8")
    view = open_panel("2026-10", "门店客服", scenario="试")
    assert "+" in words(view.children[3].children[1].children[0])
    assert "What if" in words(open_panel("2026-10", "门店客服", lang="en").children[1])


def test_the_panel_works_in_a_kernel_without_a_browser():
    """The served notebook in a real kernel: a slider is set there, and the page's text is read there."""
    notebook = nbformat.read("notebooks/kpi_what_if.ipynb", 4)
    notebook.cells[-1].source = f"panel = {notebook.cells[-1].source}"
    asked = [
        "import ipywidgets, re",
        "search = next(one for one in ipywidgets.Widget.widgets.values() if '查找' in str(getattr(one, 'placeholder', '')))",
        "search.value = 'cap_attendance'",
        "slider = next(one for one in ipywidgets.Widget.widgets.values() if isinstance(one, ipywidgets.FloatSlider))",
        "slider.value = 5",
        "print(re.sub('<[^>]+>', ' ', panel.children[3].children[1].children[0].value))",
    ]
    notebook.cells.append(nbformat.v4.new_code_cell("\n".join(asked)))
    done = NotebookClient(
        notebook, kernel_name="python3", kernel_manager_class=OwnKernelManager, resources={"metadata": {"path": "."}}
    ).execute()
    assert "平均得分" in done.cells[-1].outputs[0].text and "−" in done.cells[-1].outputs[0].text
