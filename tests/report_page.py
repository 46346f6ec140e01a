"""A department's report as a finished page, and what stands in it, for tests that read it back."""

import re
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import nbformat
from bs4 import BeautifulSoup
from small_month import write_month

from kpi_helpers import score
from kpi_helpers.departments import find_job
from kpi_helpers.language import set_language
from kpi_helpers.report import Report
from kpi_helpers.report.exporter import report_html

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "kpi_monthly.ipynb"


def sections():
    """The report's sections, in the order in which the notebook shows them."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
    return [name for source in cells for name in re.findall(r"^report\.(\w+)\(\)$", source, re.M)]


def page(job, result, earlier=None, lang="zh"):
    """The finished page."""
    set_language(lang)
    report = Report(job, result, earlier)
    outputs = [nbformat.v4.new_output("display_data", {"text/html": getattr(report, name)().html}) for name in sections()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[one]) for one in outputs])
    made = report_html(notebook, job.title, lang)
    set_language(None)
    return made


def scored(job, overrides=None):
    policy = job.load_policy() if overrides is None else job.load_policy().adjusted(overrides)
    return score(policy, job.read_workbook(policy))


def shown(department, lang="zh"):
    job = find_job("2026-10", department)
    result = scored(job)
    made = page(job, result, lang=lang)
    return SimpleNamespace(job=job, result=result, made=made, soup=BeautifulSoup(made, "html.parser"))


def weikang(folder, **rows):
    job = find_job("2026-10", "维康", str(ROOT / "params/policies/weikang.yaml"), str(write_month(folder / "weikang.xlsx", **rows)))
    return job, scored(job)


def section(soup, id):
    return soup.find("h2", id=id).parent


def table_under(soup, id, heading):
    """The table that follows an h3 of a section."""
    (found,) = [one for one in section(soup, id).find_all("h3") if one.get_text().startswith(heading)]
    return found.find_next("table")


def rows(table):
    """The body of a table as texts, marks of assumptions left out."""
    for mark in table.select("abbr"):
        mark.extract()
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


def number(words):
    return Fraction(words.replace(",", "").replace("−", "-"))


def lines_of(result, unit):
    ledger = result.ledger[result.ledger["unit"] == unit]
    return ledger[ledger["value"].notna()]


def pay_of(result):
    """The ledger's yuan of everybody whose total is published."""
    lines = lines_of(result, "元")
    sums = {id: sum(own["value"], Fraction(0)) for id, own in lines[lines["employee_id"].notna()].groupby("employee_id")}
    published = result.employees.index[result.employees["total"].notna()]
    return {id: value for id, value in sums.items() if id in published}


def amount(words):
    return number(re.search(r"[−\d,.]+", words)[0])
