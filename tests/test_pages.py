"""Every page as its readers see it: on a phone, a screen and paper, with and without Chinese fonts, read aloud, beside its reference."""

import os
import re
import shutil
import subprocess

import pytest
from conftest import CHROMIUM
from pictures import REFERENCES, differences

from kpi_helpers.departments import find_job
from kpi_helpers.run import run_job, write_overview

pytestmark = pytest.mark.browser
DEPARTMENTS = ["门店客服", "达沃", "热线客服", "维康"]
PHONE, SCREEN = 390, 1200
WITHOUT_FONTS = (
    """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>"""
)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """outputs/2026-10 of four sample departments, whose slips and lists are for every audience that departments.yaml names."""
    outputs = tmp_path_factory.mktemp("outputs")
    for name in DEPARTMENTS:
        outcome = run_job(find_job("2026-10", name), outputs)
        assert not outcome.faults, outcome.faults
    write_overview(outputs, "2026-10")
    return outputs / "2026-10"


def pages(month):
    """A page of each kind by the name of its reference."""
    found = {"index": month / "index.html"}
    for name, latin in zip(DEPARTMENTS, ("pool", "quota", "grades", "points"), strict=True):
        found[f"report-{latin}"] = month / name / "report.html"
        found[f"slip-{latin}"] = min((month / name / "statements").iterdir(), key=_heading)
        if (month / name / "published.html").exists():
            found[f"published-{latin}"] = month / name / "published.html"
    return found


def _heading(path):
    """Whose slip it is; its file name changes with every number of the policy."""
    return re.search("<h1.*?</h1>", path.read_text(encoding="utf-8"), re.DOTALL)[0]


def opened(browser, path, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_nothing_is_wider_than_the_screen_and_nothing_is_fetched(browser, month, width):
    for name, path in pages(month).items():
        page = browser.new_page(viewport={"width": width, "height": 900})
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert len(asked) == 1, (name, asked)
        page.close()


def test_no_serious_fault_for_those_who_hear_or_enlarge_a_page(browser, month):
    from axe_playwright_python.sync_playwright import Axe

    for name, path in pages(month).items():
        page = browser.new_context(bypass_csp=True).new_page()  # our own pages run no script at all
        page.goto(path.as_uri())
        faults = Axe().run(page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"][:120]) for one in faults if one["impact"] in ("serious", "critical")]
        assert not serious, (name, serious)
        page.context.close()


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_pages_look_as_they_were_approved(browser, month, width):
    """The references were looked at by people; tests/make_references.py takes new ones after a change that is wanted."""
    found = []
    for name, path in pages(month).items():
        page = opened(browser, path, width)
        found += differences(page.screenshot(full_page=True), f"{name}-{width}")
        page.close()
    assert not found


def test_chinese_is_text_in_every_chart_and_a_reader_without_fonts_still_has_a_page(browser, month, tmp_path):
    """Charts keep their words as text: they show wherever the reader has a font, whatever there was where they were made."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(WITHOUT_FONTS.format(tmp_path / "fonts", tmp_path / "cache"))
    settings = {"env": {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}, "args": ["--no-sandbox"]}
    bare = browser.browser_type.launch(executable_path=CHROMIUM, **settings)
    for name, path in pages(month).items():
        page = opened(bare, path, PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, name
        if name.startswith("report"):
            words = page.locator("svg text").all_text_contents()
            assert any("\u4e00" <= sign <= "\u9fff" for text in words for sign in text), name
        page.close()
    bare.close()


def test_pages_print_on_a4(browser, month, tmp_path):
    for name, path in pages(month).items():
        page = opened(browser, path, SCREEN)
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        told = subprocess.run(["pdfinfo", tmp_path / "page.pdf"], capture_output=True, text=True).stdout if shutil.which("pdfinfo") else ""
        raw = (tmp_path / "page.pdf").read_bytes()
        assert b"/MediaBox [0 0 594.95996 841.91998]" in raw or b"/MediaBox [0 0 595" in raw, name
        if name.startswith("slip") and told:
            assert "Pages:           1\n" in told or "Pages:           2\n" in told, (name, told)
        page.close()


def test_there_is_a_reference_for_every_page(month):
    wanted = {f"{name}-{width}.png" for name in pages(month) for width in (PHONE, SCREEN)}
    assert {path.name for path in REFERENCES.glob("*.png")} == wanted
