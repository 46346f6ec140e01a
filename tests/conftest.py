"""One finished run of the small month, shared by every test that only looks at what a run leaves."""

import os
import shutil
from pathlib import Path

import pytest
from small_month import write_month

from kpi_helpers.departments import find_job
from kpi_helpers.language import set_language
from kpi_helpers.run import run_job, write_overview

ROOT = Path(__file__).parents[1]
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("KPI_LANG", raising=False)
    yield
    set_language(None)


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it a test is skipped, but never in CI."""
    if CHROMIUM is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        started = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own, whose params may be written to, as the working folder."""
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def workbook(tmp_path_factory):
    return write_month(tmp_path_factory.mktemp("data") / "2026-10" / "weikang.xlsx")


@pytest.fixture(scope="session")
def job(workbook):
    return find_job("2026-10", "维康", str(ROOT / "params/policies/weikang.yaml"), str(workbook))


@pytest.fixture(scope="session")
def finished(job, tmp_path_factory):
    """The folder outputs/2026-10 of a run; the department's is 维康/."""
    outputs = tmp_path_factory.mktemp("outputs")
    outcome = run_job(job, outputs)
    assert not outcome.faults
    write_overview(outputs, "2026-10")
    return outputs / "2026-10"
