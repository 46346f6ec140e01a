"""Packs: what each audience gets and nothing else, only as the run left it, the same bytes again, and encrypted for real."""

import json
import shutil
import subprocess
import sys
import zipfile

import pytest
import pyzipper

from kpi_helpers import __main__ as command
from kpi_helpers import pack
from kpi_helpers.language import set_language

PASSWORD = "long enough 42!"
NAME = "维康_2026-10_{}.zip"


@pytest.fixture(autouse=True)
def no_password(monkeypatch):
    monkeypatch.delenv(pack.VARIABLE, raising=False)


@pytest.fixture
def month(finished, tmp_path):
    """A copy of a finished month of one department, with a published list."""
    folder = tmp_path / "out" / "2026-10"
    shutil.copytree(finished, folder)
    add(folder / "维康", "published.html", b"<p>list")
    change(folder / "维康", audiences=["hr", "manager", "employee", "public"])
    return folder


def change(where, **facts):
    path = where / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | facts), encoding="utf-8")


def add(folder, name, data):
    (folder / name).write_bytes(data)
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    change(folder, outputs=outputs | {name: pack.hashlib.sha256(data).hexdigest()})


def kpi(capsys, month, *words):
    """(exit code, stdout, stderr) of kpi pack."""
    try:
        code = command.main(["pack", *words, "--output", str(month.parent)])
    except SystemExit as leaving:
        code = leaving.code
    finally:
        set_language(None)
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err and PASSWORD not in told.out + told.err
    return code, told.out, told.err


def files(month, audience):
    with zipfile.ZipFile(month / "packs" / NAME.format(audience)) as book:
        return {name: book.read(name) for name in book.namelist()}


# -- what is in them -------------------------------------------------------------------------------------------------


def test_each_audience_gets_its_files_as_they_are_and_nothing_else(capsys, month):
    code, out, err = kpi(capsys, month, "2026-10")
    assert (code, err) == (0, "") and "逐一只发给本人" in out and "维康 manager" in out
    slips = {f"statements/{path.name}" for path in (month / "维康" / "statements").iterdir()}
    assert len(slips) == 6
    assert files(month, "hr").keys() == {"report.html", "results.xlsx", "published.html", "statements.html", "manifest.json", *slips}
    assert files(month, "manager").keys() == {"report.html", "published.html"}
    assert files(month, "employee").keys() == slips
    assert files(month, "public").keys() == {"published.html"}
    for audience in pack.CONTENTS:
        for name, data in files(month, audience).items():
            assert data == (month / "维康" / name).read_bytes()


def test_all_slips_in_one_file_are_for_human_resources_only(capsys, month):
    add(month / "维康", "statements.html", b"<p>all")
    assert kpi(capsys, month, "2026-10")[0] == 0
    assert [audience for audience in pack.CONTENTS if "statements.html" in files(month, audience)] == ["hr"]


def test_the_same_results_give_the_same_bytes(capsys, month):
    kpi(capsys, month, "2026-10")
    first = {path.name: path.read_bytes() for path in (month / "packs").iterdir()}
    for path in (month / "维康").rglob("*"):
        path.touch()
    kpi(capsys, month, "2026-10")
    assert first == {path.name: path.read_bytes() for path in (month / "packs").iterdir()}
    assert len(first) == 4  # and nothing that was being written


def test_a_zip_says_nothing_of_time_machine_or_user(capsys, month):
    kpi(capsys, month, "2026-10")
    for path in (month / "packs").iterdir():
        with zipfile.ZipFile(path) as book:
            assert book.comment == b""
            for entry in book.infolist():
                told = (entry.date_time, entry.create_system, entry.external_attr >> 16, entry.extra, entry.comment)
                assert told == ((1980, 1, 1, 0, 0, 0), 3, 0o600, b"", b"")


# -- which departments and audiences ---------------------------------------------------------------------------------


def test_one_audience_and_one_department_can_be_chosen(capsys, month):
    code, _, _ = kpi(capsys, month, "--audience", "public", "--department", "维康")
    assert code == 0 and [path.name for path in (month / "packs").iterdir()] == [NAME.format("public")]


def test_an_audience_that_the_department_does_not_list_is_refused(capsys, month):
    change(month / "维康", audiences=["hr"])
    code, _, err = kpi(capsys, month, "--department", "维康", "--audience", "public")
    assert code == 2 and "没有列出受众 public" in err
    code, _, err = kpi(capsys, month, "--audience", "public")
    assert code == 2 and "没有部门列出" in err and not (month / "packs").exists()
    assert kpi(capsys, month, "--audience", "public", "--audience", "hr")[0] == 0
    assert [path.name for path in (month / "packs").iterdir()] == [NAME.format("hr")]


@pytest.mark.parametrize(
    "words, told",
    [
        (("2026-09",), "还没有运行过"),
        (("2026-13",), "不是考核周期"),
        (("--department", "维唐"), "是否指“维康”"),
        (("--audience", "boss"), "没有 'boss'"),
    ],
)
def test_what_is_not_there_is_wrong_usage(capsys, month, words, told):
    code, _, err = kpi(capsys, month, *words)
    assert code == 2 and told in err


def test_the_latest_month_is_packed_where_none_is_named(capsys, month):
    for other in ("2026-09", "2026-10 old"):
        shutil.copytree(month / "维康", month.parent / other / "维康")
    change(month.parent / "2026-09" / "维康", month="2026-09")
    shutil.rmtree(month / ".state")  # as in a copy without hidden folders
    assert kpi(capsys, month)[0] == 0 and (month / "packs" / NAME.format("hr")).exists()


def test_without_any_result_it_says_what_to_do(capsys, tmp_path):
    code, _, err = kpi(capsys, tmp_path / "x")
    assert code == 2 and "kpi run" in err


def test_a_trial_is_never_packed(capsys, month):
    trial = month / "维康（试算 少扣）"
    shutil.copytree(month / "维康", trial)
    change(trial, folder=trial.name, scenario={"name": "少扣", "sha256": ""})
    assert kpi(capsys, month)[0] == 0
    assert {path.name for path in (month / "packs").iterdir()} == {NAME.format(audience) for audience in pack.CONTENTS}
    code, _, err = kpi(capsys, month, "--department", trial.name)
    assert code == 2 and "不是结果" in err


def test_results_before_a_failed_run_are_packed_with_a_word(capsys, month):
    (month / ".state" / "维康.json").write_text("{}", encoding="utf-8")
    code, out, _ = kpi(capsys, month)
    assert code == 0 and "最近一次运行失败" in out


# -- only as the run left it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.html", "results.xlsx", "published.html"])
def test_a_changed_or_missing_file_stops_the_department_and_keeps_the_old_zips(capsys, month, name):
    kpi(capsys, month)
    before = {path.name: path.read_bytes() for path in (month / "packs").iterdir()}
    with (month / "维康" / name).open("ab") as file:
        file.write(b" ")
    code, _, err = kpi(capsys, month)
    assert code == 1 and f"维康/{name}" in err and "重新运行" in err
    (month / "维康" / name).unlink()
    assert kpi(capsys, month)[0] == 1
    assert before == {path.name: path.read_bytes() for path in (month / "packs").iterdir()}


def test_a_slip_that_was_added_is_not_packed_and_one_exchanged_is_found(capsys, month):
    slips = sorted((month / "维康" / "statements").iterdir())
    (month / "维康" / "statements" / "stray.html").write_text("<p>", encoding="utf-8")
    assert kpi(capsys, month)[0] == 0 and "statements/stray.html" not in files(month, "employee")
    slips[0].write_bytes(slips[1].read_bytes())
    code, _, err = kpi(capsys, month, "--audience", "employee")
    assert code == 1 and slips[0].name in err and err.count("维康/") == 1


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"folder": "维康", "month": "2026-10"}'])
def test_a_manifest_that_is_cut_off_stops_the_department(capsys, month, text):
    (month / "维康" / "manifest.json").unlink() if text is None else (month / "维康" / "manifest.json").write_text(text, encoding="utf-8")
    code, _, err = kpi(capsys, month, "2026-10", "--department", "维康")
    assert code == 1 and "维康/manifest.json" in err and not (month / "packs").exists()


def test_a_folder_of_another_month_or_name_is_refused(capsys, month):
    change(month / "维康", month="2026-09")
    assert kpi(capsys, month, "2026-10")[0] == 1


def test_one_departments_fault_leaves_the_others_packed(capsys, month):
    other = month / "乙"
    shutil.copytree(month / "维康", other)
    change(other, folder="乙", department="乙")
    (other / "report.html").write_text("x", encoding="utf-8")
    code, out, err = kpi(capsys, month)
    assert code == 1 and "乙/report.html" in err and "维康 hr" in out and not list((month / "packs").glob("乙*"))


def test_a_manifest_that_names_files_outside_is_refused(capsys, month):
    secret = month / "statements.html"
    secret.write_text("x", encoding="utf-8")
    outputs = {"statements/../../statements.html": pack.hashlib.sha256(b"x").hexdigest()}
    change(month / "维康", outputs=outputs)
    assert kpi(capsys, month, "--audience", "employee")[0] == 1


def test_a_zip_that_cannot_be_written_is_a_message(capsys, month):
    (month / "packs").write_text("a file stands where the folder should be", encoding="utf-8")
    code, _, err = kpi(capsys, month)
    assert code == 1 and "写不了文件" in err


# -- encrypted -------------------------------------------------------------------------------------------------------


@pytest.fixture
def encrypted(capsys, month, monkeypatch):
    monkeypatch.setenv(pack.VARIABLE, PASSWORD)
    assert kpi(capsys, month, "--encrypt")[0] == 0
    return month


def test_an_encrypted_zip_opens_with_the_password_only(encrypted):
    for audience in pack.CONTENTS:
        with pyzipper.AESZipFile(encrypted / "packs" / NAME.format(audience)) as book:
            for name in book.namelist():
                with pytest.raises(RuntimeError):
                    book.read(name)
                with pytest.raises(RuntimeError):
                    book.read(name, pwd=b"another password")
                assert book.read(name, pwd=PASSWORD.encode()) == (encrypted / "维康" / name).read_bytes()


def test_it_is_aes_256_of_the_kind_that_gives_no_checksum_away(encrypted):
    with zipfile.ZipFile(encrypted / "packs" / NAME.format("hr")) as book:
        for entry in book.infolist():
            # 0x9901, 7 bytes: version AE-2, "AE", strength 3 = 256 bit, method 8 = deflate
            assert entry.extra == b"\x01\x99\x07\x00" + b"\x02\x00" + b"AE" + b"\x03" + b"\x08\x00"
            assert entry.compress_type == 99 and entry.flag_bits & 1 and entry.CRC == 0


@pytest.mark.skipif(shutil.which("7z") is None, reason="no 7z on this machine (apt-get install p7zip-full)")
def test_7_zip_opens_it(encrypted, tmp_path):
    path = encrypted / "packs" / NAME.format("hr")
    good = subprocess.run(["7z", "x", f"-p{PASSWORD}", f"-o{tmp_path / 'x'}", str(path)], capture_output=True)
    assert good.returncode == 0
    assert (tmp_path / "x" / "report.html").read_bytes() == (encrypted / "维康" / "report.html").read_bytes()
    assert subprocess.run(["7z", "t", "-panother password", str(path)], capture_output=True).returncode != 0


def test_the_password_stands_nowhere(encrypted):
    for path in encrypted.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


def test_the_password_is_asked_for_twice(capsys, month, monkeypatch):
    answers = [PASSWORD, PASSWORD]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(pack.getpass, "getpass", lambda prompt: answers.pop())
    assert kpi(capsys, month, "--encrypt", "--audience", "public")[0] == 0 and not answers
    with pyzipper.AESZipFile(month / "packs" / NAME.format("public")) as book:
        assert book.read("published.html", pwd=PASSWORD.encode()) == b"<p>list"
    answers += [PASSWORD, f"{PASSWORD}."]
    code, _, err = kpi(capsys, month, "--encrypt")
    assert code == 2 and "两次输入的口令不同" in err


def test_without_terminal_and_variable_it_says_how(capsys, month, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    code, _, err = kpi(capsys, month, "--encrypt")
    assert code == 2 and pack.VARIABLE in err and not (month / "packs").exists()


@pytest.mark.parametrize("weak", ["short", "123456789", "十个汉字的口令也打不开", "tab\tand more"])
def test_a_weak_password_is_refused_and_not_repeated(capsys, month, monkeypatch, weak):
    monkeypatch.setenv(pack.VARIABLE, weak)
    code, out, err = kpi(capsys, month, "--encrypt")
    assert code == 2 and "至少 10 个字符" in err and weak not in out + err and not (month / "packs").exists()


@pytest.mark.parametrize("option", ["--password", "--password=x", "-p"])
def test_a_password_is_no_argument(capsys, month, option):
    assert kpi(capsys, month, "--encrypt", option)[0] == 2


@pytest.mark.parametrize("lang, word", [("zh", "例：kpi pack"), ("en", "Example: kpi pack")])
def test_the_command_explains_itself(capsys, month, lang, word):
    code, out, _ = kpi(capsys, month, "--help", "--lang", lang)
    assert code == 0 and word in out and "--encrypt" in out and "--password" not in out
