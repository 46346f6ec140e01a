"""The published list: what departments.yaml and the policy allow, without pay, reasons or anything else about a person."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from leaks import Month, scan
from small_month import PEOPLE

from kpi_helpers import score
from kpi_helpers.audiences import Publish, read_audiences
from kpi_helpers.departments import find_job
from kpi_helpers.errors import PolicyError
from kpi_helpers.language import set_language
from kpi_helpers.report.published import pseudonym, published
from kpi_helpers.run import run_job
from kpi_helpers.scenarios import Scenario


def scored(job, overrides=None):
    policy = job.load_policy().adjusted(overrides or {})
    return score(policy, job.read_workbook(policy))


def to_all(job, people="", *show):
    return replace(job, audiences=("hr", "public"), publish=Publish(people, show))


@pytest.fixture(scope="module")
def small(job):
    return scored(job)


@pytest.fixture(scope="module")
def groups():
    job = find_job("2026-10", "门店客服")
    return job, scored(job)


def rows(page):
    """{who: [what]} of a list."""
    soup = BeautifulSoup(page, "html.parser")
    return {row.th.get_text(): [cell.get_text() for cell in row.find_all("td")] for row in soup.select("tbody tr")}


# -- who and what ----------------------------------------------------------------------------------------------------


def test_without_the_audience_there_is_no_list(job, small):
    assert published(job, small) is None


def test_a_trial_is_nobodys_result_and_is_not_published(job, small):
    assert published(replace(to_all(job), scenario=Scenario("少扣", {})), small) is None


def test_people_get_pseudonyms_where_nothing_else_is_said(job, small):
    found = rows(published(to_all(job), small))
    digest = job.digest()
    # 001: 100 - 2 - 3 - 5 (12 minutes late); 002: 100 - 2, an absence still without points; 004: 3 minutes that affected work, - 5
    assert found == {pseudonym(digest, unit): [str(points)] for unit, points in zip(small.employees.index, TOTALS, strict=True)}
    assert list(found) == sorted(found)


TOTALS = (90, 98, 100, 95, 100, 100)


@pytest.mark.parametrize("people, place", [("id", 0), ("name", 1)])
def test_names_or_ids_stand_in_the_order_of_the_roster(job, small, people, place):
    assert list(rows(published(to_all(job, people), small))) == [person[place] for person in PEOPLE]


def test_namesakes_are_told_apart_by_their_group(job, small):
    names = small.employees["name"].where(small.employees.index != "003", "张伟")
    found = rows(published(to_all(job, "name"), replace(small, employees=small.employees.assign(name=names))))
    assert {"张伟（一组）", "张伟（二组）"} < found.keys()


def test_people_without_a_name_stop_a_list_of_names(job, small):
    names = small.employees["name"].where(small.employees.index != "003")
    with pytest.raises(PolicyError, match="1 人没有姓名"):
        published(to_all(job, "name"), replace(small, employees=small.employees.assign(name=names)))


@pytest.mark.parametrize("status", ["incomplete", "error", "under_appeal", "needs_decision"])
def test_who_has_no_published_result_is_undecided_without_a_reason(job, small, status):
    states = small.employees["status"].where(small.employees.index != "001", status)
    page = published(to_all(job, "id"), replace(small, employees=small.employees.assign(status=states)))
    assert rows(page)["001"] == ["未定"] and list(rows(page))[-1] == "001"
    assert "未定 1" in page and not any(word in page for word in ("资料不全", "数据有误", "申诉", "待决定", status))


@pytest.mark.parametrize("lang, word, open", [("zh", "不评分", "未定"), ("en", "not scored", "undecided")])
def test_who_is_complete_and_is_not_scored_is_not_undecided(lang, word, open):
    job = find_job("2026-10", "达沃")
    result = scored(job, {"score_scope": "specialists"})
    without = [
        id
        for id, role in zip(result.inputs["employees"]["employee_id"], result.inputs["employees"]["role"], strict=True)
        if role != "specialist"
    ]
    set_language(lang)
    found = rows(published(to_all(job, "id"), result))
    set_language(None)
    assert without and {id for id, cells in found.items() if cells == [word]} == set(without)
    assert [id for id, cells in found.items() if cells == [open]] == list(result.employees.index[result.employees["status"] != "complete"])


@pytest.mark.parametrize("status", ["out_of_scope", "not_assessed"])
def test_for_whom_nothing_is_to_come_is_not_listed(job, small, status):
    states = small.employees["status"].where(small.employees.index != "001", status)
    assert "001" not in rows(published(to_all(job, "id"), replace(small, employees=small.employees.assign(status=states))))


def test_a_pool_of_groups_publishes_its_groups(groups):
    job, result = groups
    assert "public" in job.audiences and job.publish == Publish("groups", ("score",))
    page = published(job, result)
    assert list(rows(page).items()) == [("一组", ["82"]), ("二组", ["75"]), ("三组", ["100"])]  # in the order of the roster
    assert "最迟公布：2026-11-30" in page and "公布日期：<span" in page


def test_the_day_of_publication_stands_there_once_it_is_recorded(groups):
    job, result = groups
    record = {"2026-10": {"publish_by": "2026-11-30", "published_on": "2026-11-12", "overdue": False}}
    assert "公布日期：</span>" not in (page := published(job, replace(result, tables=result.tables | {"publication": record})))
    assert "公布日期：2026-11-12" in page


def test_places_come_in_their_order():
    job = find_job("2026-10", "综合客服")
    result = scored(job)
    found = [values[1] for values in rows(published(to_all(job, "id", "score", "rank"), result)).values()]
    places = [int(place) for place in found if place != "未定"]
    assert places == sorted(places) and places[0] == 1 and found[len(places) :] == ["未定"] * 2


# -- what the policy allows ------------------------------------------------------------------------------------------

PRIVATE = {
    "在线客服": ("P7", "rank_visibility", "public"),
    "售后客服": ("F6", "report_visibility", "team"),
    "热线客服": ("1.3a", "report_visibility", "public"),
}


@pytest.mark.parametrize("name", PRIVATE)
def test_where_everybody_sees_the_own_result_only_nothing_is_published(name):
    clause, parameter, opened = PRIVATE[name]
    job = to_all(find_job("2026-10", name))
    with pytest.raises(PolicyError, match=f"{clause}“.*只看自己的结果.*去掉 public"):
        published(job, scored(job))
    assert len(rows(published(job, scored(job, {parameter: opened})))) > 20


@pytest.mark.parametrize(
    "name, people, show, told",
    [
        ("门店客服", "name", (), "没有个人的 score、grade"),
        ("门店客服", "groups", ("grade",), "没有小组的 grade"),
        ("维康", "groups", (), "没有小组的"),
        ("维康", "id", ("rank",), "show 可用：score"),
    ],
)
def test_what_the_policy_does_not_give_cannot_be_published(name, people, show, told):
    job = to_all(find_job("2026-10", name), people, *show)
    with pytest.raises(PolicyError, match=told):
        published(job, scored(job))


def test_a_run_that_may_not_publish_says_so_and_leaves_nothing(tmp_path, monkeypatch, project):
    path = project / "params" / "departments.yaml"
    text = re.sub(r"(  热线客服: .*audiences: \[hr), manager, employee", r"\1, public", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    outcome = run_job(find_job("2026-10", "热线客服"), tmp_path / "out")
    assert "1.3a" in outcome.faults[0] and not (tmp_path / "out" / "2026-10" / "热线客服").exists()


# -- nothing else ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("people, shown", [("pseudonym", ()), ("id", ("id",)), ("name", ("name",))])
def test_the_list_holds_no_pay_and_nobody_who_is_not_to_be_named(job, small, tmp_path, people, shown, lang):
    set_language(lang)
    path = tmp_path / "published.html"
    path.write_text(published(to_all(job, people), small), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert not scan(path, "public", month=Month.of(job, small), shown=shown)
    assert job.digest() not in text and not re.search("元|奖金|工资|bonus|pay", text)
    assert ('lang="en"' in text and "Published results" in text) == (lang == "en")
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find(["script", "a", "abbr", "img", "link"]) and "<script" not in text


def test_nobody_is_marked_for_an_assumption_that_would_tell_which_clause_counted(job, small):
    page = published(to_all(job, "id"), small)
    assert "没有写明、暂定的数" in page and 'class="a"' not in page


def test_a_pseudonym_is_stable_unlike_others_and_unlike_the_slips_name(job):
    digest = job.digest()
    from kpi_helpers.report import statement_name

    assert pseudonym(digest, "001") == pseudonym(digest, "001") != pseudonym("0" * 64, "001")
    assert len({pseudonym(digest, str(number)) for number in range(3000)}) == 3000
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", pseudonym(digest, "001"))
    assert pseudonym(digest, "001").replace("-", "").lower()[:4] not in statement_name(digest, "001")


# -- departments.yaml ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry, told",
    [
        ({"audiences": ["hr", "pubic"]}, "是否指“public”"),
        ({"audiences": ["hr"], "publish": {"people": "id"}}, "却没有 public"),
        ({"audiences": ["public"], "publish": {"peple": "id"}}, "是否指“people”"),
        ({"audiences": ["public"], "publish": {"people": "pseudonim"}}, "是否指“pseudonym”"),
        ({"audiences": ["public"], "publish": {"people": ["id", "name"]}}, "只能写一种"),
        ({"audiences": ["public"], "publish": {"show": ["score", "pay"]}}, "“pay”无效"),
        ({"audiences": ["public"], "publish": "id"}, "publish 应为"),
    ],
)
def test_a_mistake_is_named_with_a_way_out(entry, told):
    faults = []
    read_audiences(entry, "departments.yaml 维康", faults)
    assert any(told in str(fault) for fault in faults)


def test_one_word_will_do_where_a_list_may_stand():
    faults = []
    assert read_audiences({"audiences": "public", "publish": {"show": "grade"}}, "x", faults) == (("public",), Publish("", ("grade",)))
    assert not faults and read_audiences({}, "x", faults) == (("hr",), Publish())
