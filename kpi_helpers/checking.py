"""检查: policies and workbooks on their own, before anything is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kpi_helpers.calendar import Period
from kpi_helpers.departments import Department, filed, find_job, latest_month, period_of, read_departments
from kpi_helpers.errors import MAX_FAULTS, DataError, Fault, KpiError, UsageError
from kpi_helpers.language import say
from kpi_helpers.lint import SEVERITIES, Finding, lint
from kpi_helpers.places import find_file, project
from kpi_helpers.policy_file import find_policy, load_policy

_MOST_REFUSED = 10  # rows that are named; the report lists all


@dataclass(frozen=True)
class Place:
    """One file to check: a policy, or a workbook with its policy, in one period."""

    policy: Path
    workbook: Path | None = None
    period: str | None = None
    department: str = ""

    @property
    def name(self) -> str:
        return "  ".join(filter(None, [self.department, str(self.workbook or self.policy)]))

    def faults(self) -> list[Fault]:
        """Every fault of the file; a workbook is held against its policy."""
        return self.read()[0]

    def read(self) -> tuple[list[Fault], list[str]]:
        """Every fault of the file, and what a reader of a workbook should know though it is no fault."""
        notes = []
        try:
            policy = load_policy(self.policy, self.period)
            if self.workbook:
                from kpi_helpers.workbook import open_workbook

                workbook = open_workbook(self.workbook, policy)
                notes = list(workbook.tables.notes)
                notes += _refused(workbook.taken(policy))
        except KpiError as error:
            return error.faults, notes
        return [], notes

    def findings(self) -> list[Finding]:
        """What a careful reader of the policy would object to; nothing for a workbook."""
        return [] if self.workbook else lint(load_policy(self.policy, self.period))

    def mark(self, faults: list[Fault], out: str) -> Path:
        """A copy of the workbook with its faults marked."""
        from kpi_helpers.workbook.marked import mark_faults

        if self.workbook is None:
            raise UsageError(Fault("--marked", say("只能标工作簿。", "marks workbooks only.")))
        return mark_faults(self.workbook, faults, out)


def report(place: Place, notes: bool = True) -> tuple[str, bool, list[Fault]]:
    """One file as text; whether it is at fault; the faults of reading it. notes: the lesser findings in a policy are shown too."""
    faults, told = place.read()
    findings = [] if faults else place.findings()
    bad = bool(faults) or any(one.severity == "error" for one in findings)
    lines = [f"{'✗' if bad else '✓'} {place.name}"]
    told = [say(f"提示：{note}", f"note: {note}") for note in told]
    lines += [*_shown(faults), *told] if place.workbook else _groups(faults, findings, notes)
    return "\n  ".join(lines), bad, faults


def _shown(faults: list[Fault]) -> list[str]:
    """The faults of a workbook: a column that is wrong from top to bottom is not printed in full."""
    lines = [str(fault) for fault in faults[:MAX_FAULTS]]
    if len(faults) > MAX_FAULTS:
        zh = f"……共 {len(faults)} 处错误，只列出前 {MAX_FAULTS} 处；加 --marked 副本.xlsx 标出全部。"
        lines.append(say(zh, f"… {len(faults)} faults in all, of which the first {MAX_FAULTS} are shown; --marked COPY.xlsx marks all."))
    return lines


def _refused(tables) -> list[str]:
    """The rows that the policy itself leaves out, as one note."""
    from kpi_helpers.report.words import reason_word

    rows = [say("{}（{}）", "{} ({})").format(one["cell"], reason_word(one["reason"])) for one in tables.refused]
    if not rows:
        return []
    shown = say("、", ", ").join(rows[:_MOST_REFUSED]) + ("…" if len(rows) > _MOST_REFUSED else "")
    zh = f"{tables.file} 拒收 {len(rows)} 行，不计：{shown}。"
    return [say(zh, f"{tables.file} rows that are refused and do not count, {len(rows)} in all: {shown}.")]


def _groups(faults: list[Fault], findings: list[Finding], notes: bool) -> list[str]:
    """What is found in a policy: errors, warnings and notes in groups, with counts."""
    lines, counts = [], []
    for severity, word in zip(SEVERITIES, _words(), strict=True):
        group = [*(faults if severity == "error" else []), *(one for one in findings if one.severity == severity)]
        counts.append(say(f"{len(group)} 个{word}", f"{len(group)} {word}{'' if len(group) == 1 else 's'}"))
        if group and (notes or severity != "note"):
            lines.append(f"{word}")
            lines += ["  " + line for one in group for line in _lines(one)]
    untold = not notes and any(one.severity == "note" for one in findings)
    hidden = say("（加 --notes 显示提示）", " (--notes shows the notes)") if untold else ""
    return [*lines, say("，", ", ").join(counts) + hidden]


def _words() -> tuple[str, str, str]:
    return say("错误", "error"), say("警告", "warning"), say("提示", "note")


def _lines(one: Fault | Finding) -> list[str]:
    if isinstance(one, Fault):
        return [str(one)]
    return [f"{one.where}: {one.problem}", f"  {say('例', 'e.g.')}  {one.witness}", f"  {say('办法', 'mend')}  {one.hint}"]


def find_policy_file(name: str) -> Path:
    """A policy by file, or by its name in params/policies."""
    path = find_file(name)
    return path if path.exists() or path.suffix in (".yaml", ".yml") else find_policy(name)


def named(files: list[str], policy: str = "", month: str = "") -> list[Place]:
    """The files named on the command line."""
    places = []
    for file in files:
        path = find_file(file)
        if path.suffix.lower() in (".yaml", ".yml") or not path.suffix and not path.exists():
            places.append(Place(find_policy_file(file), None, str(Period.parse(month)) if month else None))
        else:
            used = find_policy_file(policy) if policy else _policy_of(path)
            places.append(Place(used, path, _period(used, path, month)))
    return places


def every_department(month: str = "") -> list[Place]:
    """The policies of all departments, and their workbooks of one month."""
    known = read_departments(project())
    month = month or latest_month(known.values())
    places = []
    for name, department in known.items():
        if not load_fits(department):
            places.append(Place(department.policy, department=name))
            continue
        job = find_job(month, name)
        places.append(Place(job.policy, None, str(job.period), name))
        places.append(Place(job.policy, job.workbook, str(job.period)))
    return places


def load_fits(department: Department) -> bool:
    """Can the policy be read at all? If not, its own line says why."""
    return not Place(department.policy).faults()


def _policy_of(workbook: Path) -> Path:
    """The policy of a department's workbook, else the policy of the same name."""
    for department in read_departments(project()).values():
        if _is_named(workbook, department.workbook):
            return department.policy
    try:
        return find_policy(workbook.stem)
    except KpiError:
        if not workbook.exists():
            hint = say("请核对路径与文件名。", "Check the path and the name.")
            raise DataError(Fault(str(workbook), say("没有这个文件。", "there is no such file."), hint)) from None
        problem = say("不知道用哪个考核办法检查。", "it is not known which policy this is for.")
        raise UsageError(Fault(workbook.name, problem, say("请加 --policy。", "Add --policy."))) from None


def _is_named(workbook: Path, pattern: str) -> bool:
    """Is this a workbook that a department's pattern with {period} names?"""
    names = r"[^/\\]+".join(map(re.escape, str(Path(pattern).resolve()).split("{period}")))
    return re.fullmatch(names, str(workbook.resolve())) is not None


def _period(policy: Path, workbook: Path, month: str) -> str | None:
    """The period of a workbook: as given, else as its folder is named; None if neither says."""
    asked = month or workbook.resolve().parent.name
    try:
        asked = filed(Period.parse(asked))
        return str(period_of(asked, load_policy(policy).cycle))
    except KpiError:
        if month:
            raise
        return None
