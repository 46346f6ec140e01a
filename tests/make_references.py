"""Takes new reference pictures of every kind of page after a wanted change: python tests/make_references.py; look at them."""

import tempfile
from pathlib import Path

from conftest import CHROMIUM
from pictures import REFERENCES, small
from playwright.sync_api import sync_playwright
from test_pages import DEPARTMENTS, PHONE, SCREEN, opened, pages

from kpi_helpers.departments import find_job
from kpi_helpers.run import run_job, write_overview


def main() -> None:
    REFERENCES.mkdir(exist_ok=True)
    for old in REFERENCES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tools:
        for name in DEPARTMENTS:
            run_job(find_job("2026-10", name), Path(folder))
        write_overview(Path(folder), "2026-10")
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path in pages(Path(folder) / "2026-10").items():
            for width in (PHONE, SCREEN):
                page = opened(browser, path, width)
                small(page.screenshot(full_page=True)).quantize(16).save(REFERENCES / f"{name}-{width}.png", optimize=True)
                page.close()


if __name__ == "__main__":
    main()
