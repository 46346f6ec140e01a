"""试算面板 in a real browser, through Voilà and through JupyterLab: a slider moves, the number changes, a trial becomes the policy."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from kpi_helpers import __main__ as command

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
LATEST = 120_000  # milliseconds for a page to come up on a busy machine


@contextmanager
def started(folder, *words, address):
    """A server as a process in a project of its own, and where it listens."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    told = folder / "server.log"  # a pipe that nobody reads any more would stop the server once it is full
    with told.open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", *words], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        begun = time.monotonic()
        while not (found := re.search(address, told.read_text("utf-8"))):
            assert process.poll() is None and time.monotonic() - begun < LATEST / 1000, told.read_text("utf-8")
            time.sleep(0.05)
        yield found[0]
    finally:
        process.terminate()
        process.wait(timeout=30)


def total(page):
    """应发合计 of the trial as the page shows it."""
    return float(re.search(r"应发合计\s*([\d,]+\.\d\d)", page.locator(".kpi-figures").first.inner_text())[1].replace(",", ""))


def until(page, true, seconds=20):
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds
        page.wait_for_timeout(50)


def further(page):
    """Scroll half a page down a notebook, from its end back to the start: it holds only those cells that are near the eye."""
    half = "e.scrollTop + e.clientHeight + 5 > e.scrollHeight ? 0 : e.scrollTop + e.clientHeight / 2"
    page.locator(".jp-WindowedPanel-outer").first.evaluate(f"e => {{ e.scrollTop = {half} }}")
    page.wait_for_timeout(250)
    return True


def to_the_right(page, name, steps):
    """Find a number and move its slider with the keyboard."""
    page.get_by_placeholder("查找：条款、名称、依据").fill(name)
    handle = page.locator(".noUi-handle:visible").first
    handle.wait_for(timeout=10_000)
    handle.focus()
    for _ in range(steps):
        page.keyboard.press("ArrowRight")


def tab(page, title):
    page.locator(".lm-TabBar-tab:visible", has_text=title).first.click()


def field(page, words):
    return page.locator(".widget-vbox:visible", has=page.get_by_text(words, exact=True)).last.locator("input, textarea")


def test_a_trial_goes_from_a_slider_to_the_report(project, browser, capsys):
    with started(project, "kpi_helpers", "what-if", "2026-10", "--department", "门店客服", "--no-browser", address=r"http://\S+") as url:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(url)
        page.locator(".kpi-figures").first.wait_for(timeout=LATEST)
        force = total(page)
        to_the_right(page, "pool_per_head", 20)
        until(page, lambda: page.get_by_text("现行 100").count() > 0 and total(page) > force)
        entry = page.locator("input[type=text]:visible").nth(1)
        until(page, lambda: entry.input_value() == "120")
        trial = total(page)

        tab(page, "方案稿")
        for words, text in (("名称", "加奖"), ("提出人", "王经理"), ("理由", "旺季")):
            field(page, words).fill(text)
            page.keyboard.press("Tab")
        page.get_by_role("button", name="保存试算").click()
        page.get_by_text("已保存“加奖”").first.wait_for(timeout=10_000)

        tab(page, "对比")
        page.locator("select:visible").last.select_option(label="方案稿 加奖")
        page.get_by_role("button", name="对比").last.click()
        page.get_by_text("不同之处").wait_for(timeout=10_000)
        assert page.locator("td:visible", has_text="120 元").count() == 1

        tab(page, "方案稿")
        field(page, "从哪个月起生效（如 2026-12）").fill("2026-10")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="预览").click()
        page.locator("pre:visible").first.wait_for(timeout=10_000)
        page.get_by_role("button", name="采用", exact=True).click()
        page.get_by_text("已写入考核办法").wait_for(timeout=20_000)
        assert total(page) == trial
        page.close()
    assert command.main(["run", "2026-10", "--department", "门店客服"]) == 0
    assert f"{trial:,.2f}" in capsys.readouterr().out
    page = browser.new_page()
    page.goto((project / "outputs/2026-10/门店客服/report.html").as_uri())
    assert f"{trial:,.2f}" in page.locator("#money").locator("..").inner_text()
    page.close()


def test_the_monthly_notebook_shows_the_panel_in_jupyterlab(project, browser):
    words = ("jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port_retries=50", "--IdentityProvider.token=known")
    with started(project, *words, address=r"http://127\.0\.0\.1:\d+") as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/notebooks/kpi_monthly.ipynb?token=known")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=LATEST)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=LATEST)  # the kernel is there
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        figures = page.locator(".kpi-figures").first
        until(page, lambda: further(page) and figures.count(), LATEST / 1000)
        figures.scroll_into_view_if_needed()
        mean = figures.inner_text()
        to_the_right(page, "cap_attendance", 3)
        until(page, lambda: figures.inner_text() != mean)
        assert "−" not in mean
        page.close()
