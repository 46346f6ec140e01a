"""The pages of a run: self-contained, escaped, complete, and each slip about one person only."""

import json
import re
from collections import Counter
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from small_month import PEOPLE

from kpi_helpers import score
from kpi_helpers.departments import find_job, latest_month, read_departments
from kpi_helpers.errors import KpiError
from kpi_helpers.ledger import balance
from kpi_helpers.places import project
from kpi_helpers.report import Report, in_force, statement_name
from kpi_helpers.report.decisions import proposals
from kpi_helpers.report.exporter import report_html
from kpi_helpers.report.views import View, score_column
from kpi_helpers.report.words import show

SECTIONS = "summary decisions people groups grades costs cliffs changes lists ledger clauses data provenance".split()


@pytest.fixture(scope="module")
def result(job):
    policy = job.load_policy()
    return score(policy, job.read_workbook(policy))


@pytest.fixture(scope="module")
def page(finished):
    return (finished / "维康" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def soup(page):
    return BeautifulSoup(page, "html.parser")


def pages(finished):
    return [finished / "index.html", finished / "维康" / "report.html", *sorted((finished / "维康" / "statements").iterdir())]


# -- every page ------------------------------------------------------------------------------------------------------


def test_no_page_has_a_script_a_request_or_a_way_out(finished):
    for path in pages(finished):
        text = path.read_text(encoding="utf-8")
        made = BeautifulSoup(text, "html.parser")
        assert not made.find(["script", "iframe", "object", "embed", "link", "form"]), path
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", text), path
        policy = made.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        assert not [tag for tag in made.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_every_page_says_its_language_and_has_headings_and_table_headers(finished):
    for path in pages(finished):
        made = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert made.html["lang"] == "zh-CN" and made.title.text and len(made.find_all("h1")) == 1
        for heading in made.select("thead th"):
            assert heading["scope"] == "col"
        for heading in made.select("tbody th"):
            assert heading["scope"] == "row"


def test_nothing_a_workbook_holds_becomes_markup(finished):
    for path in pages(finished):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
    assert "&lt;script&gt;" in (finished / "维康" / "report.html").read_text(encoding="utf-8")


# -- the report ------------------------------------------------------------------------------------------------------


def test_the_report_has_every_section_in_its_contents(soup):
    links = [link["href"][1:] for link in soup.select("nav a")]
    assert links == [heading["id"] for heading in soup.find_all("h2")]
    # in this month 维康 has no groups with results, no grades and no lists: those sections are left out
    assert links == "summary decisions people costs cliffs changes ledger policy data provenance".split()


def test_every_link_leads_somewhere(soup):
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in soup.select("a[href^='#']")} <= set(ids)


def test_the_report_shows_no_code_and_no_widget(page):
    assert not any(word in page for word in ("kpi.prepare", "load_policy", "import ", "widget", "papermill"))


def test_the_people_of_the_report_are_the_people_of_the_result(soup, result):
    table = soup.find("h2", id="people").find_next("table")
    titles = [re.sub(r"A$|\s.*", "", heading.get_text(" ")) for heading in table.select("thead th")]
    score = score_column(result.policy)
    shown = {row.th.text: row.find_all("td")[titles.index(score.title) - 1].text.rstrip("A") for row in table.select("tbody tr")}
    assert shown == {unit: show(value) for unit, value in zip(result.employees.index, result.employees[score.name].array, strict=True)}


def test_the_ledger_of_the_page_adds_up_to_every_score(soup, result):
    totals = dict(zip(result.employees.index, result.employees["total"].array, strict=True))
    found = {}
    for fold in soup.find("h2", id="ledger").parent.find_all("details"):
        values = [cell.find_all("td")[2] for cell in fold.select("tbody tr")]
        points = [Fraction(value.contents[0].replace("−", "-")) for value in values if value.small and value.small.text.strip() == "分"]
        found[re.search(r"（([^（）]*)）$", fold.summary.b.text)[1]] = sum(points)
    assert found == totals


def test_stated_clauses_stand_with_their_reason(soup, result):
    text = soup.find("h2", id="policy").parent.get_text()
    for clause in result.policy.clauses:
        assert clause.id in text and clause.title in text
        assert clause.stated in text


def test_assumptions_are_marked_where_they_count(soup, result):
    # 002 has an absence whose points are an assumption; 003 has no line that rests on one
    rows = {row.th.text: row for row in soup.find("h2", id="people").find_next("table").select("tbody tr")}
    assert rows["002"].select("abbr.a") and not rows["003"].select("abbr.a")


def test_the_provenance_names_the_hashes_of_the_manifest(soup, finished):
    manifest = json.loads((finished / "维康" / "manifest.json").read_text(encoding="utf-8"))
    text = soup.find("h2", id="provenance").parent.get_text()
    assert manifest["workbook"]["sha256"] in text and manifest["policy"]["in_force_sha256"] in text


# -- slips and overview ----------------------------------------------------------------------------------------------


def test_each_slip_is_about_one_person_only(finished, job):
    digest = job.digest()
    for employee_id, name, _ in PEOPLE:
        text = (finished / "维康" / "statements" / statement_name(digest, employee_id)).read_text(encoding="utf-8")
        words = BeautifulSoup(text, "html.parser").get_text()
        assert name in words
        for other_id, other, _ in PEOPLE:
            assert other_id == employee_id or (other not in words and f"（{other_id}）" not in words)


def test_slips_have_names_that_say_nothing(finished):
    names = [path.name for path in (finished / "维康" / "statements").iterdir()]
    assert len(set(names)) == len(PEOPLE)
    assert all(re.fullmatch(r"[0-9a-f]{16}\.html", name) for name in names)


def test_a_slip_shows_no_place_among_others_and_no_proposal(finished, job):
    text = (finished / "维康" / "statements" / statement_name(job.digest(), "002")).read_text(encoding="utf-8")
    assert "考勤管理制度》处理" not in text and "名次" not in text


def test_the_overview_links_what_is_there(finished):
    soup = BeautifulSoup((finished / "index.html").read_text(encoding="utf-8"), "html.parser")
    from urllib.parse import unquote

    for link in soup.select("a"):
        assert (finished / unquote(link["href"])).is_file()
    assert "未运行" in soup.get_text() and soup.find("b", class_="good")


# -- all sample departments ------------------------------------------------------------------------------------------


def scored(name):
    job = find_job(latest_month(read_departments(project()).values()), name)
    policy = job.load_policy()
    return job, score(policy, job.read_workbook(policy))


@pytest.fixture(scope="module", params=sorted(read_departments(project())))
def sample(request):
    return scored(request.param)


def test_the_pay_sheet_adds_up_to_the_published_totals(sample):
    _, result = sample
    view = View(result)
    sums = balance(result.ledger, result.employees.index, "employee_id", "元")
    for position, unit in enumerate(result.employees.index):
        paid = view.pay.total(unit)
        assert paid is None or paid == sums[position]
    if "total" in result.employees and result.policy.results["total"].role == "pay":
        totals = dict(zip(result.employees.index, result.employees["total"].array, strict=True))
        assert {unit: view.pay.total(unit) for unit in totals if view.pay.published[unit]} == {
            unit: value for unit, value in totals.items() if view.pay.published[unit]
        }


def test_an_assumption_behind_a_groups_score_marks_the_pay_of_its_people(sample):
    _, result = sample
    view, pay = View(result), [one for one in View(result).shown(result.employees) if one.role == "pay"]
    resting = {row["group_id"] for row in view.ledger if row["employee_id"] is None and row["group_id"] and row["basis"] == "A"}
    members = result.employees.index[result.employees["group_id"].isin(resting)] if resting else []
    assert all(view.rests_on_assumption(unit, one) for unit in members for one in pay)


def test_every_result_of_a_sample_has_a_chinese_title_and_chinese_words(sample):
    _, result = sample
    view = View(result)
    grids = [view.people(), view.groups(), *view.others(), proposals(view), view.refused()]
    english = re.compile(r"[a-z]+(_[a-z]+)*")
    titles = Counter(column.title for grid in grids for column in grid.columns if english.fullmatch(column.title))
    words = Counter(
        f"{grid.title} {word}"
        for grid in grids
        for row in grid.rows
        for value in row
        for word in (value if isinstance(value, list) else [value])
        if isinstance(word, str) and english.fullmatch(word)
    )
    assert not titles and not words


def test_numbers_in_force_have_chinese_names_and_words(sample):
    _, result = sample
    policy = result.policy
    shown = [row[4] for row in in_force.clauses(policy, stated=False).rows]
    shown += [in_force.called(policy, one) for one in policy.parameters.values() if "text" not in one.accepts]
    for title in (one.title for one in policy.parameters.values() if one.title):
        shown = [text.replace(title, "") for text in shown]  # 每月通时定额（fixed）
    assert not [text for text in shown if re.search("[a-z]{2,}", text)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_section_of_every_sample_can_be_shown(sample, lang):
    import nbformat

    from kpi_helpers.language import set_language

    job, result = sample
    set_language(lang)
    try:
        report = Report(job, result)
        parts = [getattr(report, name)() for name in ["title", *SECTIONS]]
        cells = [
            nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", {"text/html": part.html})]) for part in parts
        ]
        page = report_html(nbformat.v4.new_notebook(cells=cells), job.title, lang)
    finally:
        set_language(None)
    assert ">None<" not in page and "<script" not in page
    assert len(page.encode()) < 1_000_000 * max(1, len(result.employees) / 60)


def test_an_unknown_department_is_no_key_error():
    with pytest.raises(KpiError):
        scored("没有")
