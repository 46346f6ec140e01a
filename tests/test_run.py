"""A run is whole or leaves everything as it was; the traps of papermill are stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import nbformat
import pytest
from small_month import EVENTS, write_month

from kpi_helpers import run
from kpi_helpers.departments import filed, find_job, latest_month, period_of, read_departments
from kpi_helpers.engine import check_parameters, execute
from kpi_helpers.errors import KpiError, PolicyError, UsageError
from kpi_helpers.places import safe_name
from kpi_helpers.scenarios import load_scenario

ROOT = Path(__file__).parents[1]
MASTER = ROOT / "notebooks" / "kpi_monthly.ipynb"
POLICY = str(ROOT / "params" / "policies" / "weikang.yaml")


def everything(folder):
    """Every file below a folder with its bytes, the manifest without its time."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(found["manifest.json"])
    del manifest["made_at"]
    return {**found, "manifest.json": manifest}


# -- what a run leaves -----------------------------------------------------------------------------------------------


def test_a_run_leaves_report_results_notebook_statements_and_manifest(finished):
    made = finished / "维康"
    files = {"report.html", "results.xlsx", "notebook.ipynb", "statements", "statements.html", "manifest.json"}
    assert {path.name for path in made.iterdir()} == files
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["outputs"]) == 4 + manifest["people"] == 10
    assert manifest["month"] == manifest["period"] == "2026-10"
    assert len(manifest["workbook"]["sha256"]) == len(manifest["policy"]["sha256"]) == 64


def test_the_same_inputs_give_the_same_bytes_and_no_other_files(job, finished, tmp_path):
    run.run_job(job, tmp_path)
    assert everything(tmp_path / "2026-10" / "维康") == everything(finished / "维康")


def test_the_finished_notebook_holds_no_time_no_path_and_no_widget(finished, job):
    notebook = nbformat.read(finished / "维康" / "notebook.ipynb", 4)
    nbformat.validate(notebook)
    text = (finished / "维康" / "notebook.ipynb").read_text(encoding="utf-8")
    assert "papermill" not in text and "widget" not in text and str(ROOT) not in text and str(job.workbook.parent) not in text
    (given,) = [cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert "month = '2026-10'" in given and "output" not in given


def test_a_rerun_replaces_cleanly(job, tmp_path, workbook):
    run.run_job(job, tmp_path)
    stray = tmp_path / "2026-10" / "维康" / "statements" / "stray.html"
    stray.write_text("of somebody who has left", encoding="utf-8")
    assert run.run_job(job, tmp_path).facts
    assert not stray.exists()
    assert not list((tmp_path / "2026-10" / run.STATE).glob("*.new")) + list((tmp_path / "2026-10" / run.STATE).glob("*.old"))


# -- failures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path):
    """A job whose workbook names an unknown clause and an unknown person."""
    bad = [*EVENTS, ["E9", "001", "6.21", date(2026, 10, 9)], ["E10", "张三丰的工号", "2.A2.1", date(2026, 10, 9)]]
    return find_job("2026-10", "维康", POLICY, str(write_month(tmp_path / "2026-10" / "坏.xlsx", events=bad)))


def test_a_failed_run_keeps_the_last_results_and_names_every_fault(job, broken, tmp_path):
    run.run_job(job, tmp_path)
    before = everything(tmp_path / "2026-10" / "维康")
    outcome = run.run_job(broken, tmp_path)
    assert outcome.facts is None
    assert len([fault for fault in outcome.faults if "6.21" in fault or "张三丰" in fault]) == 2
    assert everything(tmp_path / "2026-10" / "维康") == before
    page = run.write_overview(tmp_path, "2026-10").read_text(encoding="utf-8")
    assert "失败" in page and "上一次的结果" in page and "事件!" in page


def test_a_failed_run_leaves_no_traceback_and_no_value_of_the_workbook(broken, tmp_path):
    outputs = tmp_path / "outputs"
    run.run_job(broken, outputs)
    run.write_overview(outputs, "2026-10")
    left = {path: path.read_text(encoding="utf-8") for path in outputs.rglob("*") if path.is_file()}
    assert left
    for path, text in left.items():
        assert not any(word in text for word in ("Traceback", "张三丰", "张伟", "李秀英", str(tmp_path), str(ROOT))), path


def test_one_departments_failure_leaves_the_others_whole(job, broken, tmp_path):
    outcomes = run.run_all([replace(job, name="甲"), broken, replace(job, name="乙")], tmp_path, workers=2)
    # 甲 and 乙 are no departments of departments.yaml, but policy and workbook are given
    assert [bool(outcome.facts) for outcome in outcomes] == [True, False, True]
    assert (tmp_path / "2026-10" / "乙" / "report.html").exists()


def test_a_crash_between_the_two_moves_is_put_right_by_the_next_run(tmp_path):
    month = tmp_path / "2026-10"
    (month / run.STATE / "维康.old").mkdir(parents=True)
    (month / run.STATE / "维康.old" / "report.html").write_text("old", encoding="utf-8")
    (month / run.STATE / "维康.new").mkdir()
    (month / run.STATE / "维康.new" / "half").write_text("half", encoding="utf-8")
    with run.staged(month, "维康") as stage:
        assert not list(stage.iterdir())
        assert (month / "维康" / "report.html").read_text(encoding="utf-8") == "old"


def test_a_move_that_fails_gives_the_old_folder_back(tmp_path, monkeypatch):
    final, stage = tmp_path / "维康", tmp_path / "维康.new"
    final.mkdir()
    (final / "report.html").write_text("old", encoding="utf-8")
    with pytest.raises(OSError):
        run.publish(stage, final)  # nothing was staged
    assert (final / "report.html").read_text(encoding="utf-8") == "old"


def test_a_killed_run_leaves_the_previous_one_untouched(job, tmp_path):
    run.run_job(job, tmp_path)
    before = everything(tmp_path / "2026-10" / "维康")
    command = [sys.executable, "-m", "kpi_helpers", "run", "2026-10", "--department", "维康", "--output", str(tmp_path)]
    process = subprocess.Popen(command + ["--policy", POLICY, "--workbook", str(job.workbook)], cwd=ROOT, stdout=subprocess.DEVNULL)
    staging = tmp_path / "2026-10" / run.STATE / "维康.new"
    until = time.monotonic() + 30
    while not staging.exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert everything(tmp_path / "2026-10" / "维康") == before
    assert run.run_job(job, tmp_path).facts


def started(tmp_path, workbook):
    """The process of a run of three departments in two processes, once the first of them is at work."""
    root = departments(
        tmp_path, "departments:\n" + "".join(f"  {name}: {{policy: '{POLICY}', workbook: '{workbook}'}}\n" for name in "甲乙丙丁戊")
    )
    (root / "notebooks").mkdir()
    shutil.copy(MASTER, root / "notebooks")
    process = subprocess.Popen(
        [sys.executable, "-m", "kpi_helpers", "run", "2026-10", "--jobs", "2"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # tests that were started in the background ignore Ctrl-C, and so would their children
        preexec_fn=None if os.name == "nt" else partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not list(root.glob("outputs/2026-10/.state/*.new")) and time.monotonic() < until:
        time.sleep(0.02)
    return process, root / "outputs" / "2026-10"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupted_run_stops_at_once_and_says_what_stays(tmp_path, workbook):
    process, month = started(tmp_path, workbook)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1].decode("utf-8")
    assert process.returncode == 130 and "已经完成的保留" in told
    done = {path.name for path in month.iterdir()}
    time.sleep(3)
    assert {path.name for path in month.iterdir()} == done < {".state", *"甲乙丙丁戊"}


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_killed_command_takes_its_processes_along(tmp_path, workbook):
    process, month = started(tmp_path, workbook)
    process.kill()
    process.communicate(timeout=60)  # every process that was left over would hold the pipes open
    assert len(list(month.glob("[甲乙丙丁戊]"))) < 5


def test_files_that_are_not_ours_or_cut_off_do_not_stop_the_overview(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "2026-10")
    for path, text in (("别的/manifest.json", "{}"), ("又一个/manifest.json", "[1"), (f"{run.STATE}/丙.json", '{"depar')):
        (tmp_path / "2026-10" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "2026-10" / path).write_text(text, encoding="utf-8")
    page = run.write_overview(tmp_path, "2026-10").read_text(encoding="utf-8")
    assert "维康" in page and "别的" not in page and "丙" not in page


def test_what_a_failed_run_keeps_names_no_folder(tmp_path):
    outcome = run.run_job(find_job("2026-10", "维康", POLICY, "/没有/这里/a.xlsx"), tmp_path)
    assert "/没有/这里/a.xlsx" in outcome.faults[0]
    assert outcome.kept[1:] == ["a.xlsx"]


def test_two_runs_of_one_department_wait_for_each_other(tmp_path):
    order = []
    with run.locked(tmp_path / "a.lock"):
        other = threading.Thread(target=lambda: _hold(tmp_path / "a.lock", order))
        other.start()
        time.sleep(0.3)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def _hold(path, order):
    with run.locked(path):
        order.append("second")


def test_a_run_that_never_ends_is_not_waited_for_for_ever(tmp_path):
    with run.locked(tmp_path / "a.lock"), pytest.raises(UsageError, match="另一次运行"), run.locked(tmp_path / "a.lock", patience=0.2):
        pass


def test_a_folder_that_cannot_be_written_is_a_clear_message(job, tmp_path):
    (tmp_path / "2026-10").write_text("a file stands where the month should be", encoding="utf-8")
    (fault,) = run.run_job(job, tmp_path).faults
    assert "写不了文件" in fault


# -- papermill's traps -----------------------------------------------------------------------------------------------


def test_an_unknown_parameter_stops_the_run_with_a_suggestion():
    with pytest.raises(UsageError, match="是否指“month”"):
        check_parameters(MASTER, {"mnoth": "2026-10"})


def test_a_parameter_of_the_wrong_type_stops_the_run():
    with pytest.raises(UsageError, match="month"):
        check_parameters(MASTER, {"month": 202610})


@pytest.mark.parametrize("tags", [0, 2])
def test_a_notebook_without_exactly_one_parameters_cell_is_refused(tags, tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x: int = 1", metadata={"tags": ["parameters"]}) for _ in range(tags)]
    )
    nbformat.write(notebook, tmp_path / "n.ipynb")
    with pytest.raises(UsageError, match="parameters"):
        check_parameters(tmp_path / "n.ipynb", {})


@pytest.mark.parametrize("text", [None, "{", "[]", '{"nbformat": 4}'])
def test_a_notebook_that_cannot_be_read_is_a_message(text, tmp_path):
    if text is not None:
        (tmp_path / "n.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="笔记本"):
        check_parameters(tmp_path / "n.ipynb", {})


def test_a_notebook_runs_whichever_kernel_it_was_saved_with(tmp_path):
    path = notebook_of(tmp_path, "x + 1")
    for metadata in ({}, {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}):
        foreign = nbformat.read(path, 4)
        foreign.metadata = nbformat.from_dict(metadata)
        nbformat.write(foreign, path)
        assert execute(path, {"x": 2}, {"x": 2}).cells[-1].outputs[0].data["text/plain"] == "3"


def notebook_of(tmp_path, source):
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x: int = 1  # x", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(source)]
    )
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, tmp_path / "n.ipynb")
    return tmp_path / "n.ipynb"


def test_a_kernel_that_is_registered_wrongly_is_no_obstacle(tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/no/such/python"], "display_name": "x", "language": "python"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    done = execute(notebook_of(tmp_path, "import sys; sys.executable"), {}, {})
    assert done.cells[-1].outputs[0].data["text/plain"] == repr(sys.executable)


def test_a_failing_notebook_tells_its_kind_and_nothing_of_the_data(tmp_path):
    with pytest.raises(KpiError, match="ValueError") as caught:
        execute(notebook_of(tmp_path, "raise ValueError('张三 3000 元')"), {}, {})
    assert "张三" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_killed_kernel_is_a_clear_message(tmp_path):
    with pytest.raises(KpiError, match="终止"):
        execute(notebook_of(tmp_path, "import os; os.kill(os.getpid(), 9)"), {}, {})


def test_a_result_of_another_month_is_not_delivered(finished, job, tmp_path):
    shutil.copytree(finished / "维康", tmp_path / "维康")
    with pytest.raises(KpiError, match="2026-09"):
        run.seal(tmp_path / "维康", replace(job, asked="2026-09"))


# -- departments, periods, scenarios ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, folder",
    [
        ("维康", "维康"),
        ("../../etc", "_.._etc"),
        ("a/b\\c", "a_b_c"),
        (".state", "state"),
        ("index.html", "_index.html"),
        ("CON", "_CON"),
        ("甲\u202e乙\n", "甲乙"),
        ("客服 ", "客服"),
        ("长" * 300, "长" * 60),
    ],
)
def test_department_names_make_harmless_folders(name, folder):
    assert safe_name(name) == folder


@pytest.mark.parametrize("name", ["", "..", " . ", "\u202e"])
def test_a_name_of_nothing_is_refused(name):
    with pytest.raises(PolicyError):
        safe_name(name)


def departments(tmp_path, text):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "departments.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_two_departments_of_one_folder_and_every_other_fault_are_named_at_once(tmp_path):
    root = departments(
        tmp_path,
        "departments:\n"
        "  甲/乙: {policy: p.yaml, workbook: w.xlsx}\n"
        "  甲_乙: {policy: p.yaml, workbook: w.xlsx}\n"
        "  丙: {policy: p.yaml, workbok: w.xlsx}\n"
        "  丁: {policy: p.yaml, workbook: w.xlsx, langage: zh}\n",
    )
    with pytest.raises(PolicyError) as caught:
        read_departments(root)
    assert len(caught.value.faults) == 3
    assert "是否指“language”" in str(caught.value)


def test_the_sample_departments_use_the_seven_policies():
    found = read_departments(ROOT)
    assert len({department.policy.stem for department in found.values()}) == len(found) == 7


@pytest.mark.parametrize(
    "asked, cycle, period",
    [
        ("2026-10", "month", "2026-10"),
        ("2026-10", "quarter", "2026Q3"),
        ("2026-11", "quarter", "2026Q3"),
        ("2026-12", "quarter", "2026Q4"),
        ("2026-01", "quarter", "2025Q4"),
        ("2026-11", "year", "2025"),
        ("2026-12", "year", "2026"),
        ("2026-Q3", "quarter", "2026Q3"),
        ("2026-10", "any", "2026-10"),
    ],
)
def test_a_longer_period_is_run_when_it_has_ended(asked, cycle, period):
    assert str(period_of(asked, cycle)) == period


def test_a_quarter_is_not_run_for_a_monthly_policy():
    with pytest.raises(UsageError, match="按月考核"):
        period_of("2026-Q3", "month", "维康")


def test_the_latest_month_is_the_last_one_with_a_workbook(tmp_path):
    from kpi_helpers.departments import Department

    for month in ("2026-08", "2026-09", "2026-Q3"):
        (tmp_path / month).mkdir()
        (tmp_path / month / "a.xlsx").touch()
    monthly = Department("甲", Path("p.yaml"), str(tmp_path / "{period}" / "a.xlsx"))
    assert latest_month([monthly]) == "2026-09"
    with pytest.raises(UsageError, match="没有任何月份"):
        latest_month([replace(monthly, workbook=str(tmp_path / "{period}" / "b.xlsx"))])


def test_periods_are_filed_with_a_dash():
    assert filed(period_of("2026-10", "quarter")) == "2026-Q3"


SCENARIO = "policy: weikang\nreason: 试一试\nauthor: 王\ndate: 2026-10-31\nnumbers:\n  2.A2.1.points: -3\n  bonus_link: linear\n"


def test_a_scenario_is_run_beside_the_policy_in_force(job, tmp_path):
    (tmp_path / "少扣.yaml").write_text(SCENARIO, encoding="utf-8")
    tried = find_job("2026-10", "维康", POLICY, str(job.workbook), str(tmp_path / "少扣.yaml"))
    outcome = run.run_job(tried, tmp_path)
    assert outcome.folder == "维康（试算 少扣）"
    assert outcome.facts["overrides"] == {"2.A2.1.points": "-3", "bonus_link": "linear"}
    # 001: -3 (2.A2.1) -3 (2.A3.1) -5 (12 minutes late) = 89; 002: -2, absence undecided = 98; 004: 3 minutes that did
    # affect work (blank says so) = 95; three others 100: 582 % of 500
    assert outcome.facts["amount"] == "2,910.00"
    assert "这是试算" in (tmp_path / "2026-10" / outcome.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text, word",
    [
        (SCENARIO.replace("weikang", "dawo"), "不是“weikang”的"),
        (SCENARIO.replace("reason", "reson"), "是否指“reason”"),
        ("reason: x\n", "numbers"),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused(text, word, tmp_path):
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=word):
        load_scenario(str(tmp_path / "s.yaml"), Path(POLICY))


def test_an_unknown_number_of_a_scenario_is_named(job, tmp_path):
    (tmp_path / "s.yaml").write_text("numbers:\n  cap_attendence: 20\n", encoding="utf-8")
    outcome = run.run_job(find_job("2026-10", "维康", POLICY, str(job.workbook), str(tmp_path / "s.yaml")), tmp_path)
    assert "是否指“cap_attendance”" in outcome.faults[0]


def test_the_number_of_processes_is_that_of_the_machine():
    assert 1 <= run.cores() <= os.cpu_count()
