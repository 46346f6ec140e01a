"""No file that a run or a pack leaves tells its reader more than its audience may know."""

import shutil
from dataclasses import replace

import pytest
from leaks import Month, scan

from kpi_helpers import run, score
from kpi_helpers.pack import find_departments, make_packs


def everything(folder, month, shown=()):
    """Every finding in what one department's run and packs leave, by file; what is in a pack is looked at there."""
    packed = {"report.html", "results.xlsx", "statements.html", "statements", "published.html"}
    assert {path.name for path in folder.iterdir()} <= packed | {"notebook.ipynb", "manifest.json"}
    found = {name: scan(folder / name, audience, month=month) for name, audience in (("notebook.ipynb", "hr"), ("manifest.json", "none"))}
    ((one,), faults) = find_departments(folder.parent, [folder.name])
    assert not faults
    for made in make_packs(one, one.facts["audiences"]):
        found[made.path.name] = scan(made.path, made.audience, month=month, shown=shown)
    return {name: findings for name, findings in found.items() if findings}


def month_of(job):
    policy = job.load_policy()
    return Month.of(job, score(policy, job.read_workbook(policy)))


def test_nothing_leaks_from_the_small_month(finished, job, tmp_path):
    month = month_of(job)
    shutil.copytree(finished, tmp_path / "2026-10")
    assert everything(tmp_path / "2026-10" / "维康", month) == {}
    assert not scan(tmp_path / "2026-10" / "index.html", "none", month=month)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """The seven departments, run as `kpi run 2026-10` does."""
    outputs = tmp_path_factory.mktemp("samples")
    month, work = run.find_jobs("2026-10")
    outcomes = run.run_all(work, outputs)
    assert not [fault for outcome in outcomes for fault in outcome.faults]
    run.write_overview(outputs, month)
    return outputs / month, work


def test_nothing_leaks_from_the_seven_samples(samples):
    folder, work = samples
    assert len(work) == 7
    for job in work:
        month = month_of(job)
        assert len(month.slips) == len(list((folder / job.folder / "statements").iterdir()))
        assert everything(folder / job.folder, month) == {}, job.name
        assert not scan(folder / "index.html", "none", month=month), job.name
        # and it does look: to anybody else every slip is full of findings
        found = scan(folder / job.folder / "statements", "employee", month=replace(month, slips={}))
        assert {one.kind for one in found} == {"name", "id"} | ({"pay"} if any(month.pay.values()) else set())
    assert (folder / "门店客服" / "published.html").exists() and (folder / "packs" / "门店客服_2026-10_public.zip").exists()
