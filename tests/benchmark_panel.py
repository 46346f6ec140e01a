"""Times of the what-if panel in Chromium, not a test: python tests/benchmark_panel.py [people]; 20 events a person.

From a key on a slider to the first change of the page and to its picture on the screen, by the browser's own clock.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright
from small_month import write_month

ROOT = Path(__file__).parents[1]
CLAUSES = ["2.A2.1", "2.A2.2", "2.A3.1", "2.A4.1a", "2.A4.2", "2.A5.1"]
NUMBERS = ["cap_attendance", "cap_discipline", "cap_learning", "2.A2.1.points", "2.A4.1a.points"]
WATCH = """() => {
  window.times = [];
  addEventListener("keydown", event => {
    const begun = event.timeStamp, shown = document.querySelector(".kpi-figures").parentElement;
    new MutationObserver((_, me) => {
      me.disconnect();
      const changed = performance.now();
      requestAnimationFrame(() => setTimeout(() => times.push([changed - begun, performance.now() - begun])));
    }).observe(shown, {childList: true, subtree: true, characterData: true});
  }, true);
}"""


def workbook(path: Path, people: int) -> Path:
    chosen = random.Random(1)
    ids = [f"{number:05}" for number in range(people)]
    rows = [[f"E{n}", chosen.choice(ids), chosen.choice(CLAUSES), date(2026, 10, 1 + n % 30)] for n in range(people * 20)]
    late = [[id, date(2026, 10, 1 + n % 30), "迟到", 1 + n % 45] for n, id in enumerate(ids)]
    return write_month(path, [[id, f"员工{id}", f"{int(id) % 20}组"] for id in ids], rows, late)


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tools:
        data = workbook(Path(folder) / "weikang.xlsx", people)
        words = ["what-if", "2026-10", "--department", "维康", "--workbook", str(data), "--no-browser"]
        server = subprocess.Popen([sys.executable, "-m", "kpi_helpers", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://\S+", server.stdout.readline())[0]
            page = tools.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]).new_page()
            page.goto(url)
            page.locator(".kpi-figures").first.wait_for(timeout=120_000)
            page.evaluate(WATCH)
            for name in NUMBERS:
                page.get_by_placeholder("查找：条款、名称、依据").fill(name)
                handle = page.locator(".noUi-handle:visible").first
                handle.wait_for()
                page.wait_for_timeout(500)
                page.evaluate("times.length = 0")
                handle.focus()
                for step in range(14):
                    page.keyboard.press("ArrowLeft" if step % 2 else "ArrowRight")
                    page.wait_for_timeout(350)
                times = page.evaluate("times")
                changed, painted = ([one[side] for one in times] for side in (0, 1))
                medians = f"changed {median(changed):.0f} ms, painted {median(painted):.0f} ms"
                print(f"{name}: {medians} (worst {max(painted):.0f}), {len(times)} changes")
        finally:
            server.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
