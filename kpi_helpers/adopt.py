"""采用: numbers written into a policy file as dated values from one month on, every other byte kept, and the change recorded."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date as calendar_date
from pathlib import Path

import yaml

from kpi_helpers import strict_yaml
from kpi_helpers.calendar import Period, quarter_of
from kpi_helpers.clause_reader import CLAUSE_KEYS, NUMBERED
from kpi_helpers.dated_text import EARLIEST, MONTH, PolicyText, entries_of, starts_of
from kpi_helpers.errors import Fault, PolicyError, UsageError
from kpi_helpers.language import say
from kpi_helpers.locking import aside, locked, unwritten
from kpi_helpers.places import project
from kpi_helpers.policy import Policy
from kpi_helpers.policy_file import load_policy
from kpi_helpers.policy_reader import Reader
from kpi_helpers.scenarios import plain_text, yaml_text

PATIENCE = 30  # seconds to wait for somebody else who is adopting
_WORDS = {"true": "是", "false": "否", "none": "无"}


@dataclass(frozen=True)
class Adopted:
    """What an adoption writes: its changed lines, the entry in CHANGES.md, and what the reader should know beyond that.

    digest: sha256 of the policy file as it was read.
    """

    policy: Path
    period: Period
    diff: str
    entry: str
    notes: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class _Change:
    """One number: what it is called, the nodes that lead to it in the file, and the one of them that may get dates."""

    name: str
    title: str
    unit: str
    words: dict  # what values are called
    clauses: tuple[str, ...]
    route: list
    dateable: yaml.Node
    old: str
    new: str


def preview(policy_path, numbers: dict, month: str, author: str, reason: str, date: str = "") -> Adopted:
    """采用预览: what `adopt` would write; nothing is written. Raises KpiError like `adopt`."""
    return _plan(Path(policy_path).resolve(), numbers, month, author, reason, date)[0]


def adopt(policy_path, numbers: dict, month: str, author: str, reason: str, date: str = "", seen: str = "") -> Adopted:
    """采用: write numbers into the policy from `month` ('2026-12') on, and an entry into CHANGES.md; both or none.

    seen: the digest of a preview; a policy that was changed after it is not touched. Earlier months stay as they were.
    Raises PolicyError for numbers that the policy does not take, UsageError for a month, words and files that do not do.
    """
    path = Path(policy_path).resolve()
    try:
        with locked(_log_of(path).with_name(".lock"), PATIENCE, say("采用", "adoption")):
            adopted, files = _plan(path, numbers, month, author, reason, date)
            if seen not in ("", adopted.digest):
                raise _touched(path)
            _write(files)
    except OSError as error:
        raise UsageError(unwritten(path.name, error)) from None
    return adopted


def _plan(path: Path, numbers: dict, month: str, author: str, reason: str, date: str) -> tuple[Adopted, list[tuple[Path, bytes, bytes]]]:
    """What is adopted, and each file with its old and its new bytes."""
    author, reason, date = plain_text(author), plain_text(reason), plain_text(date) or calendar_date.today().isoformat()
    for word, value in ((say("采用人", "author"), author), (say("理由", "reason"), reason)):
        if not value:
            raise UsageError(Fault(word, say("没有填写。", "is empty.")))
    filed, raw = load_policy(path), path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != filed.digest:
        raise _touched(path)
    period = _period(month, filed.cycle)
    policy = _read(filed.reader.document, filed, str(period))
    texts, source = {name: yaml_text(value, name) for name, value in numbers.items()}, PolicyText(raw.decode(), month)
    wanted = policy.adjusted({name: "none" if value is None else value for name, value in numbers.items()})
    changes, notes = _changes(policy, source, texts)
    text = source.changed(changes)
    _verify(policy, wanted, text, period)
    log, entry = _log_of(path), _entry(policy, changes, author, reason, date)
    files = [(path, raw, text.encode()), _recorded(log, entry)]
    return Adopted(path, period, "\n".join(_diff(*one) for one in files), entry, tuple(notes), filed.digest), files


def _period(month: str, cycle: str) -> Period:
    """The first period that the numbers are for; its last month decides, so a month in its midst would change what came before."""
    where = say("从哪个月起", "from which month on")
    if not MONTH.fullmatch(month) or month <= EARLIEST:
        raise UsageError(Fault(where, say(f"“{month}”不是月份。", f"'{month}' is no month."), say("写作 2026-12。", "Write 2026-12.")))
    period = Period.parse(month)
    whole = {"quarter": quarter_of(period.last), "year": Period.parse(month[:4])}.get(cycle, period)
    if whole.months[0] != month:
        problem = say(f"{month} 在考核期 {whole} 中间，整个考核期都会按新数算。", f"{month} lies within {whole}, which would all change.")
        months = f"{whole.months[0]}、{whole.after().months[0]}"
        raise UsageError(Fault(where, problem, say(f"请写考核期的第一个月，如 {months}。", f"Write its first month: {months}.")))
    return whole


# -- where a number stands --------------------------------------------------------------------------------------------


def _changes(policy: Policy, source: PolicyText, texts: dict[str, str]) -> tuple[list[_Change], list[str]]:
    """Every number that differs, and what the reader should know of dates that are there already."""
    changes, notes = {}, []
    for name, new in texts.items():
        change = next(_places(policy, source, name, new), None)
        if change is None:
            problem = say(f"{source.month} 还没有值。", f"nothing is in force yet in {source.month}.")
            raise UsageError(Fault(name, problem, say("请在文件里手工改。", "Change it in the file by hand.")))
        if change.old.startswith("$"):
            hint = say(f"请改参数 {change.old[1:]}。", f"Change the parameter {change.old[1:]}.")
            raise UsageError(Fault(name, say(f"写的是参数 {change.old}，不是数。", f"is the parameter {change.old}, no number."), hint))
        old, starts = strict_yaml.load(change.old, name).data, starts_of(change.dateable)
        if not isinstance(old, (list, dict)) and yaml_text(old) == new:
            notes.append(say(f"{name} 现在就是 {new}，没有写。", f"{name} is {new} already; it is not written."))
            continue
        changes[id(change.route[-1])] = change
        if source.month in starts:
            notes.append(say(f"{name}：已有从 {source.month} 起的值，被替换。", f"{name}: the value from {source.month} on is replaced."))
        for later in sorted(start for start in starts if start > source.month)[:1]:
            notes.append(say(f"{name}：从 {later} 起另有值，那时起按那个值。", f"{name}: from {later} on another value holds."))
    if not changes:
        raise UsageError(Fault(policy.title, say("没有要采用的数：都与现行的相同。", "nothing to adopt: every number is as in force.")))
    return list(changes.values()), notes


def _places(policy: Policy, source: PolicyText, name: str, new: str) -> Iterator[_Change]:
    """Where an override's name leads, in the order in which the reader looks: a parameter, then the clauses."""
    data, plain = policy.reader.document.data, name.removeprefix(f"{policy.scheme}.")
    parameter = policy.parameters.get(policy.reader.parameter_of(plain))
    if parameter:
        using = tuple(str(entry["id"]) for entry in data["clauses"] if f"${parameter.name}" in _words(entry))
        for route in source.routes(("parameters", parameter.name, "value"), plain[len(parameter.name) + 1 :]):
            by_column = len(route) == 2 and "by" in entries_of(route[0])
            title, dateable = f"{parameter.title}（{name}）" if parameter.title else name, _dateable(route, route[-1 if by_column else 0])
            yield _Change(name, title, parameter.unit, parameter.words, using, route, dateable, source.written(route[-1]), new)
    for index, entry in enumerate(data["clauses"]):
        id = str(entry["id"])
        start = next((one for one in (id, id.removesuffix("a")) if plain.startswith(f"{one}.")), None)
        key, _, place = plain.removeprefix(f"{start}.").partition(".")
        if start is not None and key in entry and (key not in CLAUSE_KEYS or key in NUMBERED and place):
            for route in source.routes(("clauses", index, key), place):
                title, dateable = f"{entry['title']}（{name}）", _dateable(route, route[-1])
                yield _Change(name, title, "", {}, (id,), route, dateable, source.written(route[-1]), new)


def _dateable(route: list, otherwise: yaml.Node) -> yaml.Node:
    """What gets one more date: the innermost value on the way that has dates, otherwise what the reader takes dates for."""
    return next((node for node in reversed(route) if starts_of(node)), otherwise)


def _words(value) -> set[str]:
    """Every text inside nested data."""
    if isinstance(value, (dict, list)):
        return set().union(*map(_words, value.values() if isinstance(value, dict) else value))
    return {value} if isinstance(value, str) else set()


# -- what holds afterwards --------------------------------------------------------------------------------------------


def _verify(policy: Policy, wanted: Policy, text: str, period: Period) -> None:
    """Raises PolicyError unless the new text has the numbers in the period, reads later, and says the same as before earlier."""
    name, month, old = Path(policy.path).name, period.months[0], _in_every_month(policy, policy.reader.document, period)
    try:
        document = strict_yaml.load(text, name)
        new = {one: _read(document, policy, one) for one in (*old, str(period))}
    except PolicyError as error:
        raise PolicyError(
            [Fault(name, say("照此写入，办法就有误了；没有写入。", "would be at fault; nothing was written.")), *error.faults]
        ) from None
    for one in old:
        if one < month and (old[one].in_force != new[one].in_force or _holds(old[one]) != _holds(new[one])):
            raise PolicyError(Fault(name, say(f"{one} 的内容会变；没有写入。", f"what holds in {one} would change; nothing was written.")))
    if _holds(new[str(period)]) != _holds(wanted):
        problem = say(f"{period} 的数不会是所要的；没有写入。", f"{period} would not have these numbers; nothing was written.")
        raise PolicyError(Fault(name, problem, say("请在文件里手工写成按月生效的值。", "Date them in the file by hand.")))


def _in_every_month(policy: Policy, document, period: Period) -> dict[str, Policy]:
    """The policy as it stands in every month in which something begins to hold, and just before the period, as far as it can be read."""
    begins = {str(key) for path in document.lines for key in path if MONTH.fullmatch(str(key))}
    found = {}
    for month in sorted(begins | {EARLIEST, period.before().months[-1]}):
        with contextlib.suppress(PolicyError):  # not in force yet, or at fault already
            found[month] = _read(document, policy, month)
    return found


def _read(document, policy: Policy, month: str) -> Policy:
    return Reader(document, policy.path, month, {}, "").read()


def _holds(policy: Policy) -> tuple:
    """What a policy says in its period, wherever in the file it says so."""
    return {name: one.value for name, one in policy.parameters.items()}, [replace(clause, place="") for clause in policy.clauses]


# -- both files -------------------------------------------------------------------------------------------------------


def _log_of(path: Path) -> Path:
    """CHANGES.md of the params folder that a policy lies in, else of the project."""
    params = (folder for folder in path.parents if (folder / "departments.yaml").is_file())
    return next(params, project() / "params") / "CHANGES.md"


def _entry(policy: Policy, changes: list[_Change], author: str, reason: str, date: str) -> str:
    clauses = dict.fromkeys(id for change in changes for id in change.clauses)
    numbers = "；".join(map(_told, changes))
    cells = (f"{policy.period} 起", policy.title, "、".join(clauses) or "—", reason, f"{numbers}。{author}，{date} 采用")
    return "| " + " | ".join(re.sub(r"([\\|])", r"\\\1", plain_text(cell)) for cell in cells) + " |"


def _told(change: _Change) -> str:
    words = _WORDS | change.words
    return f"{change.title} {words.get(change.old, change.old)} → {words.get(change.new, change.new)} {change.unit}".strip()


def _recorded(log: Path, entry: str) -> tuple[Path, bytes, bytes]:
    """The record with one more row at the end of its table."""
    raw = log.read_bytes() if log.is_file() else b""
    text = raw.decode("utf-8", "surrogateescape")
    rows = list(re.finditer(r"^\|[^\r\n]*", text, re.M))
    if not rows:
        problem = say("没有变更记录的表格，采用无处可记。", "holds no table of changes to add this one to.")
        raise UsageError(Fault(log.name, problem, say("请照 params/CHANGES.md 的样子写一个。", "Write one like params/CHANGES.md.")))
    line, end = "\r\n" if "\r\n" in text else "\n", rows[-1].end()
    return log, raw, f"{text[:end]}{line}{entry}{text[end:]}".encode("utf-8", "surrogateescape")


def _diff(path: Path, old: bytes, new: bytes) -> str:
    before, after = (data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n") for data in (old, new))
    return "\n".join(difflib.unified_diff(before, after, path.name, path.name, n=0, lineterm=""))


def _write(files: list[tuple[Path, bytes, bytes]]) -> None:
    """Both files or none: everything is on the disk before the first of them is replaced."""
    (policy, before, _), (log, _, _) = files
    fresh = []
    try:
        for path, data in ((policy, before), *((path, new) for path, _, new in files)):
            fresh.append(aside(path, data))
        for path, old, _ in files:
            if path.read_bytes() != old:
                raise _touched(path)
        back, new_policy, new_log = fresh
        new_policy.replace(policy)
        try:
            new_log.replace(log)
        except BaseException:
            back.replace(policy)
            raise
    finally:
        for one in fresh:
            one.unlink(missing_ok=True)


def _touched(path: Path) -> UsageError:
    problem = say("刚刚被别人改过，没有写入。", "has just been changed by somebody else; nothing was written.")
    return UsageError(Fault(path.name, problem, say("请再看一遍，再采用。", "Look at it again before you adopt.")))
