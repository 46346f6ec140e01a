"""The leak scanner finds what is planted, wherever in a file it stands, and nothing where nothing leaks."""

import base64
import json
import shutil
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from leaks import Month, scan
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from kpi_helpers import score
from kpi_helpers.pack import find_departments, make_packs
from kpi_helpers.report import statement_name

HOME = "/".join(["", "home", "hr"])  # tests/test_repository.py wants no such path in a file
TECHNICAL = [
    (f"{HOME}/绩效/10月.xlsx", "path"),
    ("C:\\Users\\hr\\a.xlsx", "path"),
    ("file:///x", "path"),
    ("Traceback (most recent call last):", "traceback"),
    ('File "run.py", line 3', "traceback"),
    ("KeyError: 'x'", "traceback"),
    ("import pandas", "source"),
    ("kpi.prepare(month)", "source"),
    ("application/vnd.jupyter.widget-view+json", "widget"),
    ("hr@example.com", "contact"),
    ("13812345678", "contact"),
]
NAMES = [
    "<!-- 李秀英 -->",
    "<p>李秀英</p>",
    "<p>&#26446;秀英</p>",
    "<p>李<b>秀</b>英</p>",
    "<p>李 秀\u200b英</p>",
    '<p title="李秀英">x</p>',
    '<a href="%E6%9D%8E%E7%A7%80%E8%8B%B1.html">x</a>',
    "<svg><title>李秀英</title></svg>",
    "<svg><text>李<tspan>秀英</tspan></text></svg>",
    '<svg><metadata><x a="李秀英"/></metadata></svg>',
    '<style>p::after{content:"李秀英"}</style>',
    "<script>// 李秀英</script>",
    f'<img alt="" src="data:image/png;base64,{base64.b64encode(b"PNG tEXt" + "李秀英 .".encode()).decode()}">',
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p>𠮷野家</p>",
]
IDS = [
    "<td>002</td>",
    "<p>张三（002）</p>",
    "<p>工号-002</p>",
    '<p id="row-002"></p>',
    '<p data-of="002"></p>',
    "<!--002-->",
    "<p>../005</p>",
]
PAY = ["<td>490.00</td>", "<td>490.00 元</td>", '<p data-pay="490.00"></p>', "<!--475.00-->", "<svg><text>475.00</text></svg>"]


@pytest.fixture(scope="module")
def month(job):
    """The people of the small month, paid by their points, so that there is something to find: 500 yuan for 100."""
    policy = job.load_policy().adjusted({"bonus_link": "linear"})
    return Month.of(job, score(policy, job.read_workbook(policy)))


@pytest.fixture(scope="module")
def slip(finished, job):
    """The slip of 001 张伟, whose bonus would be 450 yuan; 002 李秀英 has 490, 004 475, three others 500."""
    return finished / "维康" / "statements" / statement_name(job.digest(), "001")


def kinds(path, audience, month, **more):
    return {finding.kind for finding in scan(path, audience, month=month, **more)}


def planted(slip, tmp_path, plant):
    path = tmp_path / slip.name
    path.write_text(slip.read_text(encoding="utf-8").replace("</main>", f"{plant}</main>"), encoding="utf-8")
    return path


# -- planted in pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plant, kind", [*((one, "name") for one in NAMES), *((one, "id") for one in IDS), *((one, "pay") for one in PAY)])
def test_somebody_else_is_found_on_a_slip(slip, tmp_path, month, plant, kind):
    assert kinds(planted(slip, tmp_path, plant), "employee", month) == {kind}


@pytest.mark.parametrize("plant, kind", TECHNICAL)
@pytest.mark.parametrize("audience", ["hr", "manager", "employee", "public", "none"])
@pytest.mark.parametrize("form", ["<p>{}</p>", "<!-- {} -->", "<p title='{}'></p>"])
def test_what_belongs_to_the_machine_is_found_for_everybody(tmp_path, month, plant, kind, audience, form):
    path = tmp_path / "x.html"
    path.write_text(form.format(plant.replace("'", "&#39;") if "title" in form else plant), encoding="utf-8")
    assert kind in kinds(path, audience, month)


@pytest.mark.parametrize("plant", ["<p>张伟</p>", "<p>（001）</p>", "<p>450.00 元</p>", "<p>500.00</p>", "<p>2026-10-002 0.002 1002</p>"])
def test_the_owners_own_and_what_tells_nobody_anything_is_no_leak(slip, tmp_path, month, plant):
    assert not scan(planted(slip, tmp_path, plant), "employee", month=month)


def test_a_name_within_the_owners_name_and_a_namesake_are_no_leak(tmp_path):
    path = tmp_path / "x.html"
    path.write_text("<p>王伟明（7）</p>", encoding="utf-8")
    people = Month({"7": "王伟明", "8": "王伟", "9": "王伟明"}, {})
    assert not scan(path, "employee", "7", month=people)
    assert kinds(path, "employee", people, owner="8") == {"name", "id"}


def test_an_ordinary_word_is_a_name_only_where_it_stands_alone_or_before_an_id(tmp_path):
    people = Month({"31": "高峰", "32": "李"}, {}, words="高峰时段 31 日")
    for text, found in (("高峰时段 31 日", set()), ("<p>高峰</p>", {"name"}), ("高峰（31）", {"name", "id"})):
        path = tmp_path / "x.html"
        path.write_text(text if "<" in text else f"<p>{text}</p>", encoding="utf-8")
        assert kinds(path, "employee", people, owner="32") == found


@pytest.mark.parametrize("plant", ["<p>450.00</p>", "<p>500.00</p>", "<p>5 元</p>", "<p>¥ 5</p>", "<p title='475.00'></p>"])
def test_a_public_page_may_hold_nobodys_pay(tmp_path, month, plant):
    path = tmp_path / "published.html"
    path.write_text(plant, encoding="utf-8")
    assert kinds(path, "public", month) == {"pay"}


def test_a_public_page_holds_only_what_it_is_to_show(tmp_path, month):
    path = tmp_path / "published.html"
    path.write_text("<p>张伟</p><p>001</p>", encoding="utf-8")
    assert kinds(path, "public", month) == {"name", "id"}
    assert kinds(path, "public", month, shown=("name",)) == {"id"}
    assert not scan(path, "public", month=month, shown=("name", "id"))


def test_the_login_and_the_author_are_found(tmp_path, month, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "lixiuying")
    path = tmp_path / "x.html"
    path.write_text("<p>made by lixiuying</p>", encoding="utf-8")
    assert kinds(path, "hr", month) == {"user"}
    path.write_text('<meta name="author" content="somebody">', encoding="utf-8")
    assert kinds(path, "hr", month) == {"user"}


# -- planted in Excel, notebooks, JSON, zips -------------------------------------------------------------------------


def book_with(change):
    def make(folder):
        book = openpyxl.Workbook()
        change(book)
        book.save(folder / "x.xlsx")
        return folder / "x.xlsx"

    return make


def hidden_sheet(book):
    book.create_sheet("x")["B2"] = "李秀英"
    book["x"].sheet_state = "veryHidden"


def hidden_column(book):
    book.active["C1"] = "李秀英"
    book.active.column_dimensions["C"].hidden = True


def comment(book):
    book.active["A1"].comment = Comment("李秀英", "")


def commented_by(book):
    book.active["A1"].comment = Comment("x", "李秀英")


def defined_name(book):
    book.defined_names["x"] = DefinedName("x", attr_text='"李秀英"')


def sheet_name(book):
    book.active.title = "李秀英"


def header(book):
    book.active.oddHeader.left.text = "李秀英"


def title(book):
    book.properties.title = "李秀英"


def author(book):
    book.properties.creator = "somebody"


def last_author(book):
    book.properties.lastModifiedBy = "somebody"


def amount(book):
    book.active["A1"] = 490


def link(book):
    book.active["A1"].hyperlink = f"file://{HOME}/a.xlsx"


EXCEL = [
    *((one, "public", "name") for one in (hidden_sheet, hidden_column, comment, commented_by, defined_name, sheet_name, header, title)),
    (amount, "public", "pay"),
    (author, "hr", "user"),
    (last_author, "hr", "user"),
    (link, "hr", "path"),
]


@pytest.mark.parametrize("change, audience, kind", EXCEL)
def test_it_is_found_everywhere_in_a_workbook(tmp_path, month, change, audience, kind):
    assert kinds(book_with(change)(tmp_path), audience, month) == {kind}
    clean = book_with(lambda book: book.active.append(["x", 1, "490 人次"]))(tmp_path)
    assert not scan(clean, audience, month=month)


NOTEBOOKS = [
    ({"cell_type": "code", "source": ["x"], "outputs": []}, "manager", "source"),
    ({"cell_type": "code", "source": "", "outputs": [{"output_type": "error"}]}, "hr", "traceback"),
    ({"cell_type": "markdown", "source": "", "metadata": {"widgets": {}}}, "hr", "widget"),
    ({"cell_type": "markdown", "source": f"{HOME}/x"}, "hr", "path"),
    ({"cell_type": "code", "source": "", "outputs": [{"data": {"text/html": ["<p>李<b>秀", "</b>英</p>"]}}]}, "public", "name"),
]


@pytest.mark.parametrize("cell, audience, kind", NOTEBOOKS)
def test_it_is_found_everywhere_in_a_notebook(tmp_path, month, cell, audience, kind):
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}), encoding="utf-8")
    assert kind in kinds(tmp_path / "x.ipynb", audience, month)


@pytest.mark.parametrize("data, kind", [({"李秀英": 1}, "name"), ({"x": ["002"]}, "id"), ({"x": 490.0}, "pay"), ({"x": "D:\\kpi"}, "path")])
def test_it_is_found_everywhere_in_json(tmp_path, month, data, kind):
    (tmp_path / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    assert kinds(tmp_path / "manifest.json", "none", month) == {kind}


def zip_with(path, name="x.html", data=b"<p>", comment=b"", own=b"", extra=b""):
    entry = zipfile.ZipInfo(name)
    entry.comment, entry.extra = own, extra
    with zipfile.ZipFile(path, "w") as book:
        book.comment = comment
        book.writestr(entry, data)
    return path


NAME = "李秀英".encode()
ZIPS = [{"name": "李秀英.html"}, {"name": "a/002.html"}, {"comment": NAME}, {"own": NAME}, {"data": b"<p>" + NAME}]
ZIPS += [{"extra": b"ux\x0a\x00" + "李秀英 1".encode()[:10]}, {"name": "C:\\kpi\\x.html"}]


@pytest.mark.parametrize("what", ZIPS)
def test_it_is_found_everywhere_in_a_zip_and_in_a_zip_within(tmp_path, month, what):
    inner = zip_with(tmp_path / "x.zip", **what)
    found = kinds(inner, "employee", month)
    assert found in ({"name"}, {"id"}, {"path"})
    assert kinds(zip_with(tmp_path / "y.zip", "x.zip", inner.read_bytes()), "employee", month) == found


def test_a_file_that_cannot_be_looked_into_is_named(finished, tmp_path, month):
    shutil.copytree(finished, tmp_path / "2026-10")
    ((one,), _) = find_departments(tmp_path / "2026-10")
    (made,) = make_packs(one, ["hr"], "long enough 42!")
    assert kinds(made.path, "hr", month) == {"unreadable"}
    assert not scan(made.path, "hr", month=month, password="long enough 42!")


def test_it_is_found_in_the_names_of_a_folder(tmp_path, month):
    (tmp_path / "李秀英.html").write_text("x", encoding="utf-8")
    assert kinds(tmp_path, "employee", month) == {"name"}


def test_slips_of_another_workbook_are_somebody_elses(finished, month):
    nobody = replace(month, slips={})
    assert {"name", "id"} <= kinds(finished / "维康" / "statements", "employee", nobody)
