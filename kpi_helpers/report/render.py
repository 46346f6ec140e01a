"""Templates of the report, filled with everything escaped."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from numbers import Rational
from pathlib import Path

import jinja2

from kpi_helpers.language import language, say
from kpi_helpers.numbers import text
from kpi_helpers.report.grids import Bar
from kpi_helpers.report.words import basis_word, exactly, show, signed, unit_word

FOLDER = Path(__file__).parent


@cache
def environment() -> jinja2.Environment:
    """The one template environment; every value is escaped unless it came out of a template."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    found.filters |= {
        "exactly": exactly,
        "show": show,
        "signed": signed,
        "basis_word": basis_word,
        "numeric": numeric,
        "ranges": ranges,
        "length_of": length_of,
        "unit_word": unit_word,
    }
    found.tests["bar"] = lambda value: isinstance(value, Bar)
    found.globals["say"] = say
    return found


@cache
def css() -> str:
    """The style of every page."""
    return (FOLDER / "kpi.css").read_text(encoding="utf-8")


def page(name: str, **context) -> str:
    """A whole page from a template."""
    return environment().get_template(name).render(lang=language(), css=css(), **context)


def numeric(grid) -> list[bool]:
    """Which columns of a grid hold numbers and are set flush right."""
    columns = list(zip(*grid.rows, strict=True)) or [()] * len(grid.columns)
    return [column.right or _numbers(values) for column, values in zip(grid.columns, columns, strict=True)]


def _numbers(values) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, Rational) and not isinstance(value, bool) for value in known)


def length_of(bar: Bar) -> str:
    """A bar's length in a box that is 100 wide; the shortest is still to be seen.

    >>> length_of(Bar(Fraction(1, 3)))
    '33.0'
    """
    return text(max(99 * bar.part, Fraction(1)), 1)


def ranges(evidence: str) -> str:
    """Cells in a row as a range.

    >>> ranges("事件!E5,E6,E7,E9；考勤!D2")
    '事件!E5–E7,E9；考勤!D2'
    """
    return "；".join(f"{sheet}{mark}{_runs(cells)}" for sheet, mark, cells in (part.partition("!") for part in evidence.split("；")))


def _runs(cells: str) -> str:
    runs: list[list[str]] = []
    for cell in cells.split(","):
        if runs and _follows(runs[-1][-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ",".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _follows(before: str, cell: str) -> bool:
    first, second = re.fullmatch(r"([A-Z]*)(\d+)", before), re.fullmatch(r"([A-Z]*)(\d+)", cell)
    return bool(first and second and first[1] == second[1] and int(second[2]) == int(first[2]) + 1)
