"""打包: one zip per department and audience, ready to be sent, of files that are as their run left them."""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import os
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from kpi_helpers.audiences import AUDIENCES
from kpi_helpers.calendar import Period
from kpi_helpers.departments import PERIOD, filed
from kpi_helpers.errors import Fault, KpiError, UsageError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.locking import locked, unwritten, write_whole
from kpi_helpers.outputs import MANIFEST
from kpi_helpers.run import STATE

FOLDER = "packs"  # beside the departments of a month
VARIABLE = "KPI_PASSWORD"
SHORTEST = 10  # signs of a password
CONTENTS = {
    "hr": ("report.html", "results.xlsx", "statements.html", "published.html", "statements/*.html", MANIFEST),
    "manager": ("report.html", "published.html"),
    "employee": ("statements/*.html",),  # without a list of whose they are: their names tell nobody anything
    "public": ("published.html",),
}
_AE_2 = 2
_PATIENCE = 30  # seconds to wait for a run of the same department
_DATE = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows, so that the same files give the same bytes


@dataclass(frozen=True)
class Finished:
    """One department of a month as its run left it; `failed`: a later run has not come to its end."""

    folder: Path
    facts: dict
    manifest: bytes
    failed: bool

    @property
    def name(self) -> str:
        return self.facts["department"]

    @property
    def trial(self) -> bool:
        return self.facts["scenario"] is not None


@dataclass(frozen=True)
class Pack:
    """压缩包: one zip, for whom, and how many files it holds."""

    path: Path
    department: str
    audience: str
    files: int


def find_month(outputs: Path, month: str = "") -> Path:
    """The folder of a month; the latest one that has been run where none is named. Raises UsageError."""
    if month:
        folder = outputs / filed(Period.parse(month))
        if folder.is_dir():
            return folder
        problem = say(f"{folder.name} 还没有运行过。", f"{folder.name} has not been run.")
    else:
        found = [path for path in outputs.glob("*") if PERIOD.fullmatch(path.name) and any(path.glob(f"*/{MANIFEST}"))]
        if found:
            return max(found, key=lambda path: Period.parse(path.name).last)
        problem = say("还没有任何月份的结果。", "there are no results of any month.")
    raise UsageError(Fault(outputs.name, problem, say("请先运行 kpi run。", "Run kpi run first.")))


def find_departments(month: Path, names=()) -> tuple[list[Finished], list[Fault]]:
    """The departments of a month by name, all of them where none is named, and what is wrong with the folders of others.

    Trials are left out, and refused by name: they are nobody's result. Raises UsageError.
    """
    found, faults = {}, {}
    for folder in sorted({path.parent for file in ("report.html", MANIFEST) for path in month.glob(f"*/{file}")}):
        try:
            one = _finished(folder)
            found[folder.name if one.trial else one.facts["department"]] = one
        except KpiError as error:
            faults[folder.name] = error.faults
    refused = []
    for name in names:
        if name in found and found[name].trial:
            refused.append(Fault(name, say("是试算，不是结果，不打包外发。", "is a trial and no result; it is not packed.")))
        elif name not in found and name not in faults:
            problem = say(f"{month.name} 没有“{name}”的结果。", f"{month.name} has no results of '{name}'.")
            refused.append(Fault("--department", problem, did_you_mean(name, found)))
    if refused:
        raise UsageError(refused)
    chosen = [one for name, one in found.items() if (name in names if names else not one.trial)]
    return chosen, [fault for name, some in faults.items() if not names or name in names for fault in some]


def _finished(folder: Path) -> Finished:
    """A department's folder with its manifest; raises KpiError where the two do not belong together or it was cut off."""
    try:
        raw = (folder / MANIFEST).read_bytes()
        facts = json.loads(raw)
        here = (facts["folder"], facts["month"]) == (folder.name, folder.parent.name)
        whole = here and {"department", "scenario", "audiences", "outputs", "made_at"} <= facts.keys()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        whole = False
    if not whole:
        raise KpiError(_changed(folder.name, MANIFEST))
    return Finished(folder, facts, raw, (folder.parent / STATE / f"{folder.name}.json").exists())


def make_packs(one: Finished, audiences, password: str | None = None) -> list[Pack]:
    """打包 one department; nothing is written unless every file is as the run left it.

    Raises KpiError with every file that is not, UsageError where an audience is not the department's.
    """
    refused = [audience for audience in audiences if audience not in one.facts["audiences"]]
    if refused:
        problem = say(f"departments.yaml 没有列出受众 {'、'.join(refused)}。", f"departments.yaml lists no audience {', '.join(refused)}.")
        raise UsageError(Fault(one.name, problem, say("请加上后重新运行 kpi run。", "Add it and run kpi run again.")))
    month = one.folder.parent
    try:
        (month / STATE).mkdir(exist_ok=True)
        with locked(month / STATE / f"{one.folder.name}.lock", _PATIENCE):
            contents = {audience: _read(one, audience) for audience in AUDIENCES if audience in audiences}
        made = []
        for audience, files in contents.items():
            (month / FOLDER).mkdir(exist_ok=True)
            path = month / FOLDER / f"{one.folder.name}_{month.name}_{audience}.zip"
            write_whole(path, zipped(files, password))
            made.append(Pack(path, one.name, audience, len(files)))
    except OSError as error:
        raise KpiError(unwritten(one.name, error)) from None
    return made


def _read(one: Finished, audience: str) -> dict[str, bytes]:
    """The files for an audience, each held against its hash in the manifest."""
    found, faults = {}, []
    if (one.folder / MANIFEST).read_bytes() != one.manifest:  # another run has ended in between
        raise KpiError(_changed(one.name, MANIFEST))
    for name, digest in sorted(one.facts["outputs"].items()):
        if not any(fnmatchcase(name, pattern) for pattern in CONTENTS[audience]):
            continue
        path = one.folder / name
        data = path.read_bytes() if ".." not in name and path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            faults.append(_changed(one.name, name))
        found[name] = data
    if not found:
        problem = say(f"没有给 {audience} 的文件。", f"there is no file for {audience}.")
        faults.append(Fault(one.name, problem, say("请重新运行 kpi run。", "Run kpi run again.")))
    if faults:
        raise KpiError(faults)
    return found | ({MANIFEST: one.manifest} if MANIFEST in CONTENTS[audience] else {})


def _changed(name: str, file: str) -> Fault:
    problem = say("与运行时留下的不一致：之后被改过，或没有写完。", "is not as the run left it: changed since, or cut off.")
    return Fault(f"{name}/{file}", problem, say("请重新运行 kpi run。", "Run kpi run again."))


def zipped(files: dict[str, bytes], password: str | None = None) -> bytes:
    """A zip of these files: the same bytes for the same files, or with a password AES-256 (WinZip AE-2)."""
    import pyzipper

    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED) as book:
        if password is not None:
            book.setpassword(password.encode("ascii"))
            # AE-1, the library's choice for longer files, would give away a checksum of what is encrypted
            book.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=_AE_2)
        for name, data in sorted(files.items()):
            entry = book.zipinfo_cls(name, _DATE)
            entry.compress_type, entry.create_system, entry.external_attr = pyzipper.ZIP_DEFLATED, 3, 0o600 << 16
            book.writestr(entry, data)
    return target.getvalue()


def find_password() -> str:
    """口令 from the environment, else asked twice at the terminal; a command line would show it to everybody on the machine."""
    given = os.environ.get(VARIABLE)
    if not given:
        if sys.stdin is None or not sys.stdin.isatty():
            problem = say(
                f"加密需要口令：没有终端可以询问，也没有设 {VARIABLE}。", f"no terminal to ask for the password, and no {VARIABLE}."
            )
            hint = say(f"请在环境变量 {VARIABLE} 中给出口令。", f"Give it in the environment variable {VARIABLE}.")
            raise UsageError(Fault("--encrypt", problem, hint))
        given = getpass.getpass(say("口令（至少 10 个字符，输入时不显示）：", "Password (10 signs or more, not shown): "))
        if getpass.getpass(say("再输入一次：", "Once more: ")) != given:
            raise UsageError(Fault("--encrypt", say("两次输入的口令不同。", "the two passwords differ.")))
    if len(given) < SHORTEST or not (given.isascii() and given.isprintable()):
        # other letters are encoded differently by 7-Zip, WPS and Windows, and the zip would not open
        problem = say(f"口令至少 {SHORTEST} 个字符。", f"a password needs {SHORTEST} signs or more.")
        hint = say(
            "只用英文字母、数字、符号和空格，别的软件才打得开。",
            "Use ASCII letters, digits, signs and blanks only, which every program opens.",
        )
        raise UsageError(Fault("--encrypt", problem, hint))
    return given
