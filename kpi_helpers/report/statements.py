"""个人绩效单: one page a person, holding nothing about anybody else; and all of them as one file to be printed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from kpi_helpers.departments import Job
from kpi_helpers.language import language, say
from kpi_helpers.report.render import FOLDER, environment
from kpi_helpers.report.slips import Slip, Slips
from kpi_helpers.result import Result


def statement_name(digest: str, employee_id: str) -> str:
    """The file of one person's slip: fixed for one workbook, not to be guessed from the id.

    digest: sha256 of the workbook, which employees do not have.
    """
    return hashlib.sha256(f"{digest}\0{employee_id}".encode()).hexdigest()[:16] + ".html"


def statements(job: Job, result: Result, earlier: Result | None = None) -> Iterator[tuple[str, str]]:
    """(file name, page) of every person of a result."""
    digest = job.digest()
    for employee_id, slip in slips(job, result, earlier).items():
        yield statement_name(digest, employee_id), statement_page(slip)


def slips(job: Job, result: Result, earlier: Result | None = None) -> dict[str, Slip]:
    """What stands on everybody's slip. earlier: the result of the period before, for the bridge."""
    made = Slips(job, result, earlier)
    return {employee_id: made.slip(employee_id) for employee_id in result.employees.index}


def statement_page(slip: Slip) -> str:
    """One person's page."""
    return _page(slip.title, [slip])


def all_statements(job: Job, made: list[Slip]) -> str:
    """全部绩效单: every slip on a sheet of its own, for HR to print."""
    title = made[0].title if made else say("个人绩效单", "Personal statements")
    return _page(f"{job.title} {title}", made)


def _page(title: str, made: list[Slip]) -> str:
    return environment().get_template("statement.html.j2").render(lang=language(), css=_style(), title=title, slips=made)


@cache
def _style() -> str:
    """The slips' own style, small because it stands in every file."""
    return (FOLDER / "slip.css").read_text(encoding="utf-8")
