"""The period before: the right file of the same department, under its own numbers; a fault in it never stops this month."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_month import EVENTS, write_month

import kpi_helpers as kpi
from kpi_helpers import history, schemes
from kpi_helpers.departments import find_job
from kpi_helpers.history import job_before, why_nothing_before

WEIKANG = "params/policies/weikang.yaml"


def filed(project, month, **sheets):
    return write_month(project / "params" / "sample" / month / "weikang.xlsx", **sheets)


@pytest.mark.parametrize(
    ("asked", "department", "before"),
    [
        ("2026-10", "维康", "2026-09/weikang.xlsx"),
        ("2026-10", "售后客服", "2026-Q2/quarterly_standard.xlsx"),  # in October the third quarter is run
        ("2027-01", "维康", "2026-12/weikang.xlsx"),
        ("2027-03", "售后客服", "2026-Q4/quarterly_standard.xlsx"),
        ("2026-Q3", "综合客服", "2026-Q2/six_dimension.xlsx"),  # a policy of any cycle keeps to the cycle that is asked for
    ],
)
def test_the_file_before_is_that_of_the_same_department_and_cycle(asked, department, before):
    found = job_before(find_job(asked, department))
    assert found.workbook.as_posix().endswith(f"params/sample/{before}")
    assert found.period == find_job(asked, department).period.before()


def test_the_month_before_is_scored_from_its_own_workbook():
    result = kpi.before(find_job("2026-10", "热线客服"))
    assert result.policy.month == "2026-09" and result.inputs.file == "weighted_grades.xlsx"
    # 108: 80 · 0.4 + 71 · 0.3 + 80 · 0.2 + 76 · 0.1, the row of September
    row = result.inputs["ratings"].set_index("employee_id").loc["108"]
    assert result.employees.at["108", "score"] == 32 + row["workload"] * 3 / 10 + 16 + row["teamwork"] / 10


def test_the_numbers_are_those_that_were_in_force_then(project):
    policy = project / WEIKANG
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("cap_attendance: {value: 15,", "cap_attendance: {value: {2026-01: 15, 2026-10: 20},"), encoding="utf-8")
    job = find_job("2026-10", "维康")
    assert (job.load_policy()["cap_attendance"], kpi.before(job).policy["cap_attendance"]) == (20, 15)


def test_a_scenario_changes_this_month_and_not_the_one_before():
    job = find_job("2026-10", "门店客服", scenario="per_head_120")
    assert job.load_policy()["pool_per_head"] == 120
    assert kpi.before(job).policy["pool_per_head"] == 100 and not kpi.before(job).policy.overrides


def test_a_workbook_given_by_hand_has_no_month_before(tmp_path):
    job = find_job("2026-10", "维康", WEIKANG, str(write_month(tmp_path / "2026-10" / "weikang.xlsx")))
    write_month(tmp_path / "2026-09" / "weikang.xlsx")
    assert kpi.before(job) is None and "单独给出" in why_nothing_before(job)
    assert kpi.before(replace(job, name="不在表上")) is None
    by_hand = find_job("2026-10", "维康", WEIKANG, str(Path("params/sample/2026-10/weikang.xlsx").resolve()))
    assert kpi.before(by_hand).policy.month == "2026-09"  # the very file that is filed


def test_no_file_is_no_month_before(project):
    shutil.rmtree(project / "params" / "sample" / "2026-09")
    job = find_job("2026-10", "维康")
    assert kpi.before(job) is None and "2026-09" in why_nothing_before(job)


def test_a_fault_in_last_months_file_is_told_without_its_values(project):
    filed(project, "2026-09", events=[*EVENTS, ["E9", "张三丰的工号", "6.21", "昨天"]])
    job = find_job("2026-10", "维康")
    assert kpi.before(job) is None
    said = why_nothing_before(job)
    assert "2026-09" in said and "kpi check" in said and "张三丰" not in said and "6.21" not in said


def test_a_file_that_is_no_workbook_stops_nothing(project):
    (project / "params" / "sample" / "2026-09" / "weikang.xlsx").write_bytes(b"PK\x03\x04 not at all")
    job = find_job("2026-10", "维康")
    assert kpi.before(job) is None and why_nothing_before(job)
    result = kpi.score(job.load_policy(), job.read_workbook(job.load_policy()))
    kpi.save(job, result, str(project / "out"), kpi.before(job))
    assert "没有上期结果可比" in (project / "out" / "statements.html").read_text(encoding="utf-8")


def test_a_crash_over_last_months_file_stops_nothing(monkeypatch):
    def crash(*_):
        raise ZeroDivisionError("张三丰")

    monkeypatch.setattr(schemes, "score", crash)
    job = find_job("2026-10", "维康")
    assert history.before(job) is None and "张三丰" not in why_nothing_before(job)


def test_the_latest_month_is_still_this_one():
    assert find_job("", "维康").asked == "2026-10" and str(find_job("", "售后客服").period) == "2026Q3"
