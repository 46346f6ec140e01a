"""试算: try other numbers on one frozen month and see at once who gains, who loses and what it costs."""

from __future__ import annotations

import os

from kpi_helpers.departments import Job, find_job
from kpi_helpers.errors import KpiError
from kpi_helpers.language import set_language

NOTEBOOKS = ("JPY_SESSION_NAME", "VSCODE_PID", "PYCHARM_HOSTED")  # set where a person has opened a notebook


def show_panel(job: Job, interactive: bool = True):
    """试算面板 of a job in a notebook that a person has opened; nothing in a batch run, where sliders would be a dead picture.

    Raises KpiError where policy or data are at fault.
    """
    return make_panel(job) if interactive and any(name in os.environ for name in NOTEBOOKS) else None


def make_panel(job: Job):
    """试算面板 of a job, as a widget; raises KpiError where policy or data are at fault."""
    from kpi_helpers.what_if.month import Month
    from kpi_helpers.what_if.panel import Panel

    set_language(job.language)
    made = Panel(Month(job))
    if job.scenario:
        made.act(lambda: made.trial.open(job.scenario.numbers))
    return made.view


def open_panel(month: str = "", department: str = "", policy: str = "", workbook: str = "", scenario: str = "", lang: str = ""):
    """试算面板 by the names that `kpi run` takes; what is at fault stands in its place, in the reader's words."""
    set_language(lang or None)
    try:
        return make_panel(find_job(month, department, policy, workbook, scenario, lang))
    except KpiError as error:
        from kpi_helpers.what_if.panel import told

        return told(str(error), "bad")
