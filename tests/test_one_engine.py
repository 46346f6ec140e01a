"""一个引擎: panel, plain function and a papermill run with the scenario give the same scores and the same yuan."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers.departments import find_job
from kpi_helpers.numbers import half_up, is_missing
from kpi_helpers.run import run_job
from kpi_helpers.scenarios import load_scenario, save_scenario
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.panel import Panel

NUMBERS = {
    "门店客服": ["pool_per_head", "pool_fixed", "score_base", "6.12b.points", "base_wage_cashier", "exam_avg_threshold"],
    "达沃": ["incentive_tiers.2.give", "incentive_target", "level_table.2.base_wage", "5.2.3b.below", "star_month", "daily_call_quota"],
}


@cache
def month(department):
    return Month(find_job("2026-10", department))


def in_cell(value):
    """A score or an amount as Excel holds it."""
    return None if is_missing(value) else float(value)


@pytest.mark.parametrize("department", NUMBERS)
def test_panel_function_and_papermill_run_agree(department, tmp_path_factory):
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data):
        folder = tmp_path_factory.mktemp("run")
        made = Panel(month(department))
        for name in data.draw(st.lists(st.sampled_from(NUMBERS[department]), min_size=1, max_size=3, unique=True)):
            one = made.trial.known[name]
            low, high = made.trial.limits(name)
            steps = data.draw(st.integers(0, int((high - low) // one.step)))
            made.row(name).entry.value = str(float(low + steps * one.step))
        trial = made.trial
        if not trial.numbers:
            return
        plain = kpi.score(
            kpi.load_policy(trial.policy.path, "2026-10", trial.numbers), kpi.read_workbook(trial.month.job.workbook, trial.policy)
        )
        scenario = save_scenario(trial.policy, "试", trial.numbers, "核对", "测试", folder=folder)
        job = replace(trial.month.job, scenario=load_scenario(str(folder / "试.yaml")), given={"scenario": str(folder / "试.yaml")})
        assert scenario.numbers == job.scenario.numbers
        outcome = run_job(job, folder)
        assert not outcome.faults, outcome.faults

        comparison = trial.comparison
        assert (
            json.loads((folder / "2026-10" / outcome.folder / "manifest.json").read_text())["amount"] == f"{float(comparison.cost[1]):,.2f}"
        )
        sheet = openpyxl.load_workbook(folder / "2026-10" / outcome.folder / "results.xlsx")["人员"]
        headings, *rows = sheet.iter_rows(values_only=True)
        for shown in trial.policy.results.values():
            if shown.role not in ("score", "pay") or shown.name not in plain.employees:
                continue
            place = next(x for x, heading in enumerate(headings) if str(heading).startswith(shown.title))
            wanted = [in_cell(value) for value in plain.employees[shown.name]]
            assert [row[place] for row in rows] == wanted
            assert [in_cell(value) for value in trial.result.employees[shown.name]] == wanted
        paid = [Fraction(0) if is_missing(value) else half_up(value) for value in comparison.after.pay]
        assert sum(paid) == comparison.cost[1]

    check()
