"""The pages in a real browser: nothing is fetched, nothing runs, nothing is wider than a phone, all is printed."""

import pytest

pytestmark = pytest.mark.browser


def pages(finished):
    slips = sorted((finished / "维康" / "statements").iterdir())
    return [finished / "index.html", finished / "维康" / "report.html", *slips]


@pytest.mark.parametrize("width", [390, 1200])
def test_pages_fit_fetch_nothing_and_run_nothing(browser, finished, width):
    for path in pages(finished):
        page = browser.new_page(viewport={"width": width, "height": 900})
        fetched, told = [], []
        page.on("request", lambda request, fetched=fetched: fetched.append(request.url))
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("dialog", lambda dialog, told=told: (told.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert len(fetched) == 1 and not told, path
        page.close()


def test_folded_ledgers_are_printed(browser, finished):
    page = browser.new_page()
    page.goto((finished / "维康" / "report.html").as_uri())
    row = page.locator("#ledger ~ details tbody tr").first
    assert not row.is_visible()
    page.emulate_media(media="print")
    assert row.is_visible() and row.bounding_box()["height"] > 0
    page.close()


def test_a_fold_opens_with_the_keyboard(browser, finished):
    page = browser.new_page()
    page.goto((finished / "维康" / "report.html").as_uri())
    page.locator("#ledger ~ details summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#ledger ~ details tbody tr").first.is_visible()
    page.close()


def test_the_report_prints_on_a4(browser, finished, tmp_path):
    page = browser.new_page()
    page.goto((finished / "维康" / "report.html").as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf
    page.close()
