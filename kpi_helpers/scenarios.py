"""方案稿: numbers to try on a policy without adopting them, kept in params/scenarios as small files."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date as calendar_date
from fractions import Fraction
from itertools import count
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.errors import Fault, KpiError, PolicyError, UsageError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.locking import locked, unwritten, write_whole
from kpi_helpers.numbers import text as number_text
from kpi_helpers.overrides import exact_value
from kpi_helpers.places import find_file, project, safe_name
from kpi_helpers.policy import Policy

PATIENCE = 30  # seconds to wait for somebody else who is saving
_KEYS = {"numbers", "reason", "author", "date", "policy", "baseline"}
_DECIMALS, _LARGEST = 12, 10**18  # what strict_yaml reads as a number
_WORD = re.compile(r"(?!0\d)\w[\w.-]*")  # text that may stand without quotes in every place


@dataclass(frozen=True)
class Scenario:
    """方案稿: numbers to try on a policy without adopting them; `baseline` is the policy's content when they were saved."""

    name: str
    numbers: dict
    policy: str = ""
    reason: str = ""
    author: str = ""
    date: str = ""
    baseline: str = ""
    digest: str = ""


def load_scenario(name: str, policy_path: Path | None = None) -> Scenario:
    """方案稿: a file of numbers by dotted name, by path or by name from params/scenarios.

    Raises UsageError where there is none, PolicyError where it is at fault or of another policy than the one given.
    """
    path = find_file(name)
    scenario = _read(path if path.is_file() else _folder() / f"{name}.yaml")
    if policy_path and scenario.policy and scenario.policy != Path(policy_path).stem:
        meant, stem = scenario.policy, Path(policy_path).stem
        raise PolicyError(Fault(path.name, say(f"是“{meant}”的方案稿，不是“{stem}”的。", f"belongs to '{meant}', not to '{stem}'.")))
    return scenario


def list_scenarios(policy_path: Path, folder: Path | None = None) -> tuple[list[Scenario], list[Fault]]:
    """方案稿清单: those of a policy and those of no certain one, newest date first, and the faults of files that cannot be read."""
    found, faults = [], []
    for path in sorted((folder or _folder()).glob("[!.]*.yaml")):
        try:
            found.append(_read(path))
        except KpiError as error:
            faults += error.faults
    meant = [one for one in found if one.policy in ("", Path(policy_path).stem)]
    return sorted(meant, key=lambda one: one.date, reverse=True), faults


def stale(scenario: Scenario, policy: Policy) -> str:
    """过期: what to tell the reader where the policy has been changed since the scenario was saved, else ''."""
    if scenario.baseline in ("", policy.content):
        return ""
    return say(
        f"方案稿“{scenario.name}”存下之后，考核办法改过了。", f"the policy has been changed since the scenario '{scenario.name}' was saved."
    )


def refuse_stale(scenario: Scenario, policy: Policy) -> None:
    """Raises PolicyError with a way out where a scenario was saved for an older policy."""
    problem = stale(scenario, policy)
    if problem:
        hint = say(
            "请在试算面板中打开、看过再保存；要照旧运行，请删去方案稿里的 baseline: 一行。",
            "Open it in the what-if panel, look at it and save it again; to run it as it is, delete its baseline: line.",
        )
        raise PolicyError(Fault(f"{scenario.name}.yaml", problem, hint))


def save_scenario(
    policy: Policy,
    name: str,
    numbers: dict,
    reason: str,
    author: str,
    date: str = "",
    folder: Path | None = None,
    replacing: Scenario | None = None,
) -> Scenario:
    """保存方案稿: checked against the policy, then written whole or not at all; an existing file is replaced only as it was opened.

    Raises PolicyError for numbers that the policy does not take, UsageError for names, values and files that do not do.
    """
    folder = folder or _folder()
    path = folder / f"{_file_name(name)}.yaml"
    data = _text(policy, path.name, numbers, reason, author, date or calendar_date.today().isoformat()).encode()
    policy.adjusted(numbers)
    scenario = _parsed(data, path)
    if scenario.numbers != {name: "none" if value is None else exact_value(value) for name, value in numbers.items()}:
        raise UsageError(Fault(path.name, say("读回来不一样，没有保存。", "does not read back as it is; nothing was saved.")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".lock", PATIENCE, say("保存", "saving")):
            _refuse_others(path, replacing)
            write_whole(path, data)
    except OSError as error:
        raise UsageError(unwritten(path.name, error)) from None
    return scenario


def yaml_text(value, where: str = "") -> str:
    """A plain value as a policy or scenario writes it, quoted where it must be; raises UsageError for what is no plain value.

    >>> yaml_text(Fraction(2, 5)), yaml_text(None), yaml_text("a: b")
    ('0.4', 'none', '"a: b"')
    """
    if isinstance(value, float) and math.isfinite(value):
        value = exact_value(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, str):
        plain = _WORD.fullmatch(value) and strict_yaml.load(value, where).data == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, Fraction)) and abs(value) < _LARGEST:
        for places in range(_DECIMALS + 1):
            if (value * 10**places).denominator == 1:
                return number_text(value, places)
    problem = say(f"“{value}”不是小数、是否或选项。", f"'{value}' is no decimal number, yes or no, or word.")
    raise UsageError(Fault(where, problem, say("请写成有限小数，如 0.33。", "Write a finite decimal, e.g. 0.33.")))


def plain_text(value: str) -> str:
    """What somebody typed, in one line and without signs that no file may hold."""
    kept = (" " if sign.isspace() else sign for sign in value if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    return " ".join("".join(kept).split())


def _text(policy: Policy, where: str, numbers: dict, reason: str, author: str, date: str) -> str:
    if not numbers:
        raise UsageError(Fault(where, say("没有改动的数，没有什么可保存。", "no number differs; there is nothing to save.")))
    words = {"policy": Path(policy.path).stem, "reason": reason, "author": author, "date": date, "baseline": policy.content}
    lines = [f"# 方案稿：{plain_text(policy.title)}", *(f"{key}: {yaml_text(plain_text(word))}" for key, word in words.items()), "numbers:"]
    return "\n".join([*lines, *(f"  {yaml_text(name)}: {yaml_text(value, name)}" for name, value in numbers.items()), ""])


def _refuse_others(path: Path, replacing: Scenario | None) -> None:
    """Raises UsageError where a file stands that is not the one that was opened."""
    if not path.exists():
        return
    raw = path.read_bytes()
    mine = replacing is not None and replacing.name == path.stem
    if mine and replacing.digest == hashlib.sha256(raw).hexdigest():
        return
    others = (f"{path.stem[:50]} {number}" for number in count(2))
    free = next(name for name in others if not path.with_name(f"{name}.yaml").exists())
    problem = say("方案稿已经有了，没有覆盖。", "there is such a scenario already; it was not overwritten.")
    if mine:
        problem = say("打开之后被别人改过，没有覆盖。", "somebody has changed it since it was opened; it was not overwritten.")
    raise UsageError(Fault(path.name, problem, say(f"请换个名称保存，如“{free}”。", f"Save it under another name, e.g. '{free}'.")))


def _file_name(name: str) -> str:
    try:
        return safe_name(name.strip().removesuffix(".yaml"))
    except KpiError:
        problem = say(f"“{name}”不能作方案稿的名称。", f"'{name}' cannot name a scenario.")
        raise UsageError(Fault(say("名称", "name"), problem, say("请用文字或数字。", "Use letters or digits."))) from None


def _folder() -> Path:
    return project() / "params" / "scenarios"


def _read(path: Path) -> Scenario:
    try:
        return _parsed(path.read_bytes(), path)
    except (OSError, UnicodeDecodeError):
        raise UsageError(Fault(path.stem, say("读不到方案稿。", "the scenario cannot be read."))) from None


def _parsed(raw: bytes, path: Path) -> Scenario:
    document = strict_yaml.load(raw.decode("utf-8-sig"), path.name)
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("numbers"), dict):
        raise PolicyError(Fault(path.name, say("应有 numbers: 及各参数。", "needs numbers: with dotted names.")))
    unknown = [key for key in data if key not in _KEYS]
    if unknown:
        problems = {key: say(f"不认识“{key}”。", f"unknown key '{key}'.") for key in unknown}
        raise PolicyError([Fault(document.where(key), problem, did_you_mean(key, _KEYS)) for key, problem in problems.items()])
    words = {key: str(data.get(key) or "") for key in ("reason", "author", "date", "baseline")}
    return Scenario(path.stem, data["numbers"], Path(str(data.get("policy") or "")).stem, **words, digest=hashlib.sha256(raw).hexdigest())
