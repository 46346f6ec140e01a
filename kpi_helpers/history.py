"""上期: the period before of a department, scored from its own workbook under the numbers that were in force then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kpi_helpers.departments import Job, filed, read_departments
from kpi_helpers.errors import KpiError
from kpi_helpers.language import say
from kpi_helpers.places import project
from kpi_helpers.result import Result


def before(job: Job) -> Result | None:
    """上期: last month (or last quarter) of the same department, without any scenario; None where it cannot be told.

    A fault in last month's file never stops this month: `why_nothing_before` says what was the matter.
    """
    return _scored(job)[0]


def why_nothing_before(job: Job) -> str:
    """Why there is no period before, as a sentence without any value of the workbook; '' where there is one."""
    return _scored(job)[1]


def job_before(job: Job) -> Job | None:
    """The same job one period earlier, by the department's own file pattern; None for a workbook that was given by hand.

    Nobody knows where the month before of such a file is, and to take another file's would compare strangers.
    """
    pattern = _pattern(job)
    if "{period}" not in pattern or _file(pattern, filed(job.period)).resolve() != job.workbook.resolve():
        return None
    period = filed(job.period.before())
    return replace(job, workbook=_file(pattern, period), asked=period, period=job.period.before(), scenario=None)


def _scored(job: Job) -> tuple[Result | None, str]:
    from kpi_helpers.schemes import score

    earlier = job_before(job)
    if earlier is None:
        return None, say(
            "工作簿是单独给出的，没有上期可比。", "The workbook was given by hand, so there is no period before to compare with."
        )
    if not earlier.workbook.is_file():
        return None, say(f"没有上期（{earlier.asked}）的工作簿。", f"There is no workbook of the period before ({earlier.asked}).")
    try:
        policy = earlier.load_policy()
        return score(policy, earlier.read_workbook(policy)), ""
    except KpiError as error:
        count = len(error.faults)
        problem = say(
            f"上期（{earlier.asked}）的数据有 {count} 处问题，", f"The data of the period before ({earlier.asked}) has {count} faults, "
        )
    except Exception:  # whatever is wrong with last month's file, this month is to come out
        problem = say(f"上期（{earlier.asked}）的数据算不出来，", f"The period before ({earlier.asked}) cannot be scored, ")
    return None, problem + say(
        "没有作比较；请用 kpi check 检查那份工作簿。", "so nothing was compared; look at that workbook with kpi check."
    )


def _pattern(job: Job) -> str:
    """The department's workbook as filed; '' where it is on no list."""
    try:
        known = read_departments(project())
    except KpiError:
        return ""
    return known[job.name].workbook if job.name in known else ""


def _file(pattern: str, period: str) -> Path:
    return Path(pattern.replace("{period}", period))
