"""kpi what-if as an app: for one person at this machine only, no word of code, nothing left when it ends."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from kpi_helpers import __main__ as command
from kpi_helpers.language import set_language

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"open_panel|kpi_helpers|import |Traceback|ZeroDivision|Error:")


@contextmanager
def served(folder, *words, **environment):
    """A running `kpi what-if`, started in a folder with settings that must not count; its temporary files are in folder/t."""
    temporary = folder / "t"
    temporary.mkdir()
    (folder / "voila.py").write_text("c.Voila.ip = '0.0.0.0'\nc.VoilaConfiguration.show_tracebacks = True\n")
    kernel = folder / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "broken", "language": "python"}))
    settings = {"TMPDIR": str(temporary), "JUPYTER_TOKEN": "known", "JUPYTER_PATH": str(folder / "jupyter"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kpi_helpers", "what-if", "2026-10", "--department", "维康", *words],
        cwd=folder,
        env={**os.environ, **settings, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), process.stderr.read()
        told = process.stdout.readline()
        address, token = url.split("/?token=")
        port = int(address.rpartition(":")[2])
        yield SimpleNamespace(process=process, url=url, address=address, port=port, token=token, told=told, temporary=temporary)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with served(tmp_path_factory.mktemp("a"), "--no-browser") as running:
        yield running


def ask(app, path, **headers):
    """(status, headers, body) of one request, as it stands: no redirect is followed."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers, "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
    connection.close()
    return found


def kernels(app):
    return [child for child in psutil.Process(app.process.pid).children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def wait(true, seconds):
    """The seconds it took until something was true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds
        time.sleep(0.1)
    return time.monotonic() - begun


# -- what was asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, code, told",
    [
        (["--department", "维糠"], 2, "没有部门“维糠”"),
        ([], 2, "请给出部门"),
        (["2026-13", "--department", "维康"], 2, "不是考核周期"),
        (["2031-01", "--department", "维康"], 1, "2031-01"),
        (["2026-10", "--department", "维康", "--workbook", "没有.xlsx"], 1, "没有.xlsx"),
        (["2026-10", "--department", "维康", "--workbook", "README.md"], 1, "README.md"),
        (["2026-10", "--department", "维康", "--policy", "没有.yaml"], 1, "没有.yaml"),
        (["2026-10", "--department", "维康", "--scenario", "没有的"], 2, "读不到方案稿"),
        (["--port", "80"], 2, "应为 1024–65535 的整数"),
        (["--port", "70000"], 2, "应为 1024–65535 的整数"),
        (["--port", "八千"], 2, "应为 1024–65535 的整数"),
        (["--token", "abc"], 2, "不认识：--token"),
    ],
)
def test_what_is_wrong_is_told_before_anything_opens(capsys, monkeypatch, words, code, told):
    monkeypatch.setattr("kpi_helpers.what_if.app.Panel.start", lambda self: pytest.fail("opened"))
    try:
        left = command.main(["what-if", *words, "--no-browser"])
    except SystemExit as leaving:
        left = leaving.code
    set_language(None)
    out, err = capsys.readouterr()
    assert (left, out) == (code, "") and told in err and "Traceback" not in err


def test_a_port_in_use_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command.main(["what-if", "2026-10", "--department", "维康", "--port", str(port), "--no-browser"]) == 2
    assert f"端口 {port} 用不了" in capsys.readouterr().err


@pytest.mark.parametrize("lang, word", [("zh", "例：kpi what-if"), ("en", "Example: kpi what-if")])
def test_the_help_has_an_example(capsys, lang, word):
    with pytest.raises(SystemExit):
        command.main(["what-if", "--help", "--lang", lang])
    set_language(None)
    assert word in capsys.readouterr().out


# -- who is let in ---------------------------------------------------------------------------------------------------


def test_only_this_machine_can_reach_it_on_one_port(app):
    listening = [c.laddr for c in psutil.Process(app.process.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert [(place.ip, place.port) for place in listening] == [("127.0.0.1", app.port)]


def test_without_the_token_nothing_is_shown(app):
    for path in ("/", "/?token=", "/?token=known", f"/?token={app.token[:-1]}", "/api/kernels/1-1-1-1-1", "/login?next=/"):
        status, headers, body = ask(app, path)
        if status == 302:
            status, headers, body = ask(app, headers["Location"].removeprefix(app.address))
        assert status == 403 and "维康" not in body, path
    assert len(app.token) >= 32 and not kernels(app)


def test_a_name_that_leads_here_is_not_enough(app):
    mine = f":{app.port}"
    for host in ("evil.example", f"evil.example{mine}", f"127.0.0.1.evil.example{mine}", "127.0.0.1", f"127.0.0.1:{app.port + 1}"):
        for path in (f"/?token={app.token}", "/voila/static/voila.js"):
            assert ask(app, path, Host=host)[0] == 403, host
    assert ask(app, "/login", Host=f"localhost{mine}")[2].count("请使用启动时显示的完整网址") == 1


def test_the_page_holds_no_code_and_its_files_cannot_be_fetched(app):
    status, headers, page = ask(app, f"/?token={app.token}")
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert status == 200 and "HttpOnly" in headers["Set-Cookie"] and "default-src 'none'" in headers["Content-Security-Policy"]
    assert not re.search(r"open_panel\(|from kpi_helpers|Run All Cells|month: str", page)
    assert not re.search(r"""(src|href|import)\s*[=(]\s*["']?(https?:)?//""", page)
    assert '<html lang="zh-CN">' in page and "<title>试算 · 维康 · 2026-10</title>" in page
    for path in (
        "/kpi_what_if.ipynb",
        "/voila/files/kpi_what_if.ipynb",
        "/voila/files/voila.py",
        "/files/kpi_what_if.ipynb",
        "/voila/render/kpi_what_if.ipynb",
        "/notebooks/kpi_monthly.ipynb",
        "/voila/tree",
        "/tree",
        "/api/contents",
        "/voila/api/contents",
        "/api/kernels",
        "/voila/query/1-1-1-1-1",
        f"/voila/static/..%2f..%2f..{ROOT}/pyproject.toml",
        f"/voila/static//{ROOT}/pyproject.toml",
        f"/voila/templates/lab/static/../../../../../..{ROOT}/pyproject.toml",
        f"/voila/labextensions/..%2f..{ROOT}/pyproject.toml",
    ):
        status, headers, body = ask(app, path, Cookie=cookie)
        if status == 302:
            status, headers, body = ask(app, headers["Location"].removeprefix(app.address), Cookie=cookie)
        assert status >= 400 and not CODE.search(body), path
    kernel = re.search(r'"kernelId": "([\w-]+)"', page)[1]
    wish = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}
    channel = f"/api/kernels/{kernel}/channels"
    assert ask(app, channel, **wish)[0] == 403
    assert ask(app, channel, **wish, Cookie=cookie, Origin="http://evil.example")[0] == 403
    assert ask(app, channel, **wish, Cookie=cookie, Origin=app.address)[0] == 101
    wait(lambda: not kernels(app), 20)


# -- how it ends -----------------------------------------------------------------------------------------------------


def test_the_browser_gets_an_address_that_serves_once_and_an_error_is_a_plain_sentence(tmp_path):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "0.py").write_text("import kpi_helpers.what_if as w\nw.open_panel = lambda *given: 1 / 0\n")
    (tmp_path / "browser.py").write_text("import sys\nopen('opened', 'w').write(sys.argv[1])\n")
    browser = f"{sys.executable} {tmp_path / 'browser.py'} %s"
    with served(tmp_path, IPYTHONDIR=str(tmp_path / "ipython"), BROWSER=browser) as app:
        opened = tmp_path / "opened"
        wait(lambda: opened.exists() and opened.read_text(), 10)
        path = opened.read_text().removeprefix(app.address)
        assert app.token not in path
        status, _, page = ask(app, path)
        assert status == 200 and "程序出错，面板没有打开" in page and not CODE.search(page)
        assert ask(app, path)[0] == 302
        (folder,) = app.temporary.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        running = kernels(app)
        assert len(running) == 1
        begun = time.monotonic()
        app.process.send_signal(signal.SIGTERM)
        out, err = app.process.communicate(timeout=15)
        assert (app.process.returncode, err) == (0, "") and time.monotonic() - begun < 10
        assert not any(kernel.is_running() for kernel in running) and not list(app.temporary.iterdir())


def test_an_end_in_the_middle_of_opening_leaves_nothing(tmp_path):
    with served(tmp_path, "--no-browser", "--lang", "en") as app:
        connection = http.client.HTTPConnection("127.0.0.1", app.port)
        connection.request("GET", f"/?token={app.token}")
        wait(lambda: kernels(app), 10)
        running = kernels(app)
        app.process.send_signal(signal.SIGINT)
        out, err = app.process.communicate(timeout=15)
        connection.close()
        assert app.process.returncode == 0 and app.told == "Ctrl-C ends it.\n" and out + err == ""
        wait(lambda: not any(kernel.is_running() for kernel in running), 5)
        assert not list(app.temporary.iterdir())


# -- in a browser ----------------------------------------------------------------------------------------------------


def first_slider(page):
    """The first slider of the panel that is there, with its section opened."""
    page.locator(".jupyter-widget-Collapse-header:visible, .noUi-handle:visible").first.wait_for(timeout=30_000)
    handle = page.locator(".noUi-handle:visible").first
    for header in page.locator(".jupyter-widget-Collapse-header").all():
        if handle.count():
            break
        header.click()
        page.wait_for_timeout(300)
    handle.wait_for(timeout=5_000)
    return handle


@pytest.mark.browser
def test_the_page_works_and_its_kernel_ends_with_it(app, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    fetched, told, answers = [], [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("websocket", lambda channel: (fetched.append(channel.url), channel.on("framereceived", lambda frame: answers.append(frame))))
    page.goto(app.url)
    slider = first_slider(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.title() == "试算 · 维康 · 2026-10" and page.evaluate("document.documentElement.lang") == "zh-CN"
    assert not CODE.search(page.inner_text("body")) and page.locator("#kpi-cut").is_hidden()

    slider.focus()
    before, heard = slider.get_attribute("aria-valuenow"), len(answers)
    page.keyboard.press("ArrowRight")
    wait(lambda: page.wait_for_timeout(50) or len(answers) > heard, 10)
    assert slider.get_attribute("aria-valuenow") != before
    assert all(re.match(rf"(http|ws)://127\.0\.0\.1:{app.port}/|data:|blob:", url) for url in fetched), fetched
    assert not [text for text in told if "Content Security Policy" in text], told

    page.goto(app.address)  # the cookie is enough from now on
    first_slider(page)
    page.reload()
    first_slider(page)
    wait(lambda: page.wait_for_timeout(100) or len(kernels(app)) == 1, 20)
    assert page.locator("#kpi-cut").is_hidden()
    context.close()
    wait(lambda: not kernels(app), 20)


@pytest.mark.browser
def test_a_page_whose_program_has_ended_says_so(browser, tmp_path):
    with served(tmp_path, "--no-browser", "--lang", "en") as app:
        context = browser.new_context()
        page = context.new_page()
        page.goto(app.url)
        first_slider(page)
        app.process.send_signal(signal.SIGTERM)
        page.locator("#kpi-cut").wait_for(timeout=10_000)
        assert "no longer answers" in page.locator("#kpi-cut").inner_text()
        assert page.evaluate("document.documentElement.lang") == "en"
        context.close()
