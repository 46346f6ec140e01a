"""results.xlsx of the sample departments, written and read back, for the tests that look at the file."""

from functools import cache

import openpyxl
import xlsxwriter

from kpi_helpers import score
from kpi_helpers.departments import find_job
from kpi_helpers.report.looks import Looks
from kpi_helpers.report.results import write_results
from kpi_helpers.report.sheets import Sheets


@cache
def scored(department):
    """(job, result) of a sample department."""
    job = find_job("2026-10", department)
    policy = job.load_policy()
    return job, score(policy, job.read_workbook(policy))


def results_of(department, folder):
    """The results.xlsx of a sample department, written into the folder once."""
    path = folder / f"{department}.xlsx"
    if not path.exists():
        write_results(*scored(department), path)
    return path


def rows(sheet):
    """The rows of a sheet by its headings."""
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body]


def fen(value):
    """An amount of the file in whole fen; a reader's float is rounded as a payroll program rounds it."""
    return round(value * 100)


def written(folder, *grids):
    """Grids written and read back."""
    with xlsxwriter.Workbook(folder / "w.xlsx", {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheets = Sheets(book, Looks({}), "甲")
        for grid in grids:
            sheets.add(grid.title, grid)
    return openpyxl.load_workbook(folder / "w.xlsx")
