"""部门: which department uses which policy and workbook, and what one run of one of them needs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.audiences import Publish, read_audiences
from kpi_helpers.calendar import Period, add_months, month_of, quarter_of
from kpi_helpers.errors import Fault, KpiError, PolicyError, UsageError, did_you_mean
from kpi_helpers.language import LANGUAGES, say, set_language
from kpi_helpers.places import find_file, from_here, project, safe_name
from kpi_helpers.policy import Policy, value_text
from kpi_helpers.policy_file import load_policy
from kpi_helpers.scenarios import Scenario, load_scenario, refuse_stale
from kpi_helpers.tables import Tables

_DEPARTMENT = {"policy", "workbook", "language", "audiences", "publish"}
PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?")


class NotDue(UsageError):
    """A department is not assessed for the kind of period that was asked for."""


@dataclass(frozen=True)
class Department:
    """部门: one entry of params/departments.yaml; `workbook` holds {period} where the month stands."""

    name: str
    policy: Path
    workbook: str
    language: str = "zh"
    audiences: tuple[str, ...] = ("hr",)
    publish: Publish = Publish()


@dataclass(frozen=True)
class Job:
    """One run: a department, its policy and workbook, the month asked for and the period that is scored."""

    name: str
    policy: Path
    workbook: Path
    asked: str
    period: Period
    language: str = "zh"
    audiences: tuple[str, ...] = ("hr",)
    scenario: Scenario | None = None
    given: dict = field(default_factory=dict)  # the notebook's parameters that were given by hand
    publish: Publish = Publish()

    @property
    def title(self) -> str:
        """The department's name, with the scenario where one is tried."""
        return f"{self.name}（{say('试算', 'trial')} {self.scenario.name}）" if self.scenario else self.name

    @property
    def folder(self) -> str:
        return safe_name(f"{self.name}（试算 {self.scenario.name}）" if self.scenario else self.name)

    @property
    def notice(self) -> str:
        """What the reader must know where the period is not the month that was asked for."""
        if filed(self.period) == self.asked:
            return ""
        return say(
            f"{self.asked} 运行的是已结束的考核期 {self.period}。", f"In {self.asked} the period that has ended is run: {self.period}."
        )

    @property
    def overrides(self) -> dict:
        return dict(self.scenario.numbers) if self.scenario else {}

    def load_policy(self) -> Policy:
        """考核办法 as it stands in the period, with the scenario's numbers; refuses a scenario of an older policy (PolicyError)."""
        if self.scenario:
            refuse_stale(self.scenario, load_policy(self.policy))
        return load_policy(self.policy, str(self.period), self.overrides)

    def read_workbook(self, policy: Policy) -> Tables:
        """数据: the checked tables of the workbook."""
        from kpi_helpers.workbook import read_workbook

        tables = read_workbook(self.workbook, policy)
        tables.department = self.name
        return tables

    def digest(self) -> str:
        """sha256 of the workbook."""
        return hashlib.sha256(self.workbook.read_bytes()).hexdigest()

    def provenance(self, policy: Policy) -> list[tuple[str, str]]:
        """来源: files, hashes and versions; no time, so that the same inputs give the same bytes."""
        facts = [
            (say("部门", "department"), self.name),
            (say("运行月份", "month asked for"), self.asked),
            (say("考核期", "period"), str(self.period)),
            (say("数据工作簿", "workbook"), self.workbook.name),
            (say("工作簿 sha256", "workbook sha256"), self.digest()),
            (say("考核办法", "policy"), f"{policy.title} {policy.version}（{self.policy.name}）"),
            (say("本期生效内容 sha256", "sha256 of the policy in force"), policy.in_force),
            (say("程序版本", "program"), f"kpi-helpers {package_version()}"),
        ]
        if self.scenario:
            facts += [(say("方案稿", "scenario"), self.scenario.name), (say("方案稿 sha256", "scenario sha256"), self.scenario.digest)]
            facts += [(name, value_text(value)) for name, value in self.overrides.items()]
        return facts


def package_version() -> str:
    """The version of this package as installed."""
    try:
        return version("kpi-helpers")
    except PackageNotFoundError:
        return "0"


@cache
def read_departments(root: Path) -> dict[str, Department]:
    """部门表: every department of a project by name; raises PolicyError with all faults."""
    path, faults = root / "params" / "departments.yaml", []
    document = strict_yaml.load(path.read_text(encoding="utf-8"), path.name)
    entries = document.data.get("departments") if isinstance(document.data, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise PolicyError(Fault(path.name, say("应有 departments: 及各部门。", "needs departments: with an entry for each.")))
    found, folders = {}, {}
    for name, entry in entries.items():
        where = document.where("departments", name)
        department = _department(path.parent, name, entry, where, faults)
        if department is None:
            continue
        try:
            twin = folders.setdefault(safe_name(name).casefold(), name)
        except KpiError as error:
            faults += error.faults
            continue
        if twin != name:
            faults.append(Fault(where, say(f"与“{twin}”的结果文件夹相同。", f"has the same folder as '{twin}'.")))
        found[name] = department
    if faults:
        raise PolicyError(faults)
    return found


def _department(base, name, entry, where, faults) -> Department | None:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("policy", "workbook")):
        faults.append(Fault(where, say("应写出 policy 与 workbook。", "needs policy: and workbook:.")))
        return None
    for key in entry.keys() - _DEPARTMENT:
        faults.append(Fault(where, say(f"不认识“{key}”。", f"unknown key '{key}'."), did_you_mean(key, _DEPARTMENT)))
    language = entry.get("language", "zh")
    if language not in LANGUAGES:
        faults.append(
            Fault(where, say(f"language“{language}”无效。", f"language '{language}' is unknown."), did_you_mean(language, LANGUAGES))
        )
    return Department(name, base / entry["policy"], str(base / entry["workbook"]), language, *read_audiences(entry, where, faults))


def prepare(month: str = "", department: str = "", policy: str = "", workbook: str = "", scenario: str = "", lang: str = "") -> Job:
    """准备: `find_job`, and from here on everything is said in the job's language."""
    job = find_job(month, department, policy, workbook, scenario, lang)
    set_language(job.language)
    return job


def find_job(month: str = "", department: str = "", policy: str = "", workbook: str = "", scenario: str = "", lang: str = "") -> Job:
    """What one run needs, by the department's name or by policy and workbook; '' means as filed.

    month: '2026-10'; a quarterly policy is run for the quarter that has ended by then. Raises KpiError.
    """
    entry = _entry(department, policy, workbook)
    if policy:
        entry = replace(entry, policy=find_file(policy))
    if workbook:
        entry = replace(entry, workbook=str(find_file(workbook)))
    asked = filed(Period.parse(month or latest_month([entry])))
    period = period_of(asked, load_policy(entry.policy).cycle, entry.name)
    return Job(
        entry.name,
        from_here(entry.policy),
        from_here(Path(entry.workbook.replace("{period}", filed(period)))),
        asked,
        period,
        lang or entry.language,
        entry.audiences,
        load_scenario(scenario, entry.policy) if scenario else None,
        {key: value for key, value in (("policy", policy), ("workbook", workbook), ("scenario", scenario), ("lang", lang)) if value},
        entry.publish,
    )


def _entry(name, policy, workbook) -> Department:
    known = read_departments(project()) if name or not (policy and workbook) else {}
    if name in known:
        return known[name]
    if policy and workbook:
        name = name or Path(workbook).stem
        try:
            safe_name(name)
        except PolicyError as error:
            raise UsageError(error.faults) from None
        return Department(name, find_file(policy), workbook)
    if not name:
        raise UsageError(
            Fault("department", say("请给出部门，或同时给出考核办法与工作簿。", "Give a department, or a policy and a workbook."))
        )
    raise UsageError(Fault("department", say(f"没有部门“{name}”。", f"there is no department '{name}'."), did_you_mean(name, known)))


def filed(period: Period) -> str:
    """A period as file names write it.

    >>> filed(Period.parse("2026Q3"))
    '2026-Q3'
    """
    return str(period).replace("Q", "-Q")


def period_of(asked: str, cycle: str, name: str = "") -> Period:
    """考核期: what is scored when a month is asked for; a quarter or a year is the last one that has ended by then.

    >>> str(period_of("2026-10", "quarter")), str(period_of("2026-12", "quarter"))
    ('2026Q3', '2026Q4')
    """
    period = Period.parse(asked)
    if cycle == "any" or period.kind == cycle:
        return period
    if period.kind != "month":
        words = {"month": say("按月", "monthly"), "quarter": say("按季", "quarterly"), "year": say("按年", "yearly")}
        problem = say(f"{words[cycle]}考核，不能运行 {asked}。", f"is assessed {words[cycle]}, not for {asked}.")
        raise NotDue(Fault(name or asked, problem, say("请给出月份，如 2026-10。", "Give a month, e.g. 2026-10.")))
    whole = quarter_of(period.last) if cycle == "quarter" else Period.parse(str(period.last.year))
    return whole if whole.last == period.last else whole.before()


def latest_month(departments) -> str:
    """The latest month for which a department's workbook is there; a quarter counts as the month after it."""
    found = [period for department in departments for period in _filed_periods(department.workbook)]
    if not found:
        problem = say("没有任何月份的数据工作簿。", "there is no workbook of any month.")
        raise UsageError(Fault("params", problem, say("请写出月份，如 kpi run 2026-10。", "Name the month, e.g. kpi run 2026-10.")))
    monthly = [period for period in found if period.kind == "month"]
    last = max(monthly or found, key=lambda period: period.last)
    return str(last) if monthly else str(month_of(add_months(last.first, len(last.months))))


def _filed_periods(pattern: str):
    before, mark, after = pattern.partition("{period}")
    folders = sorted(Path(before).glob("*")) if mark else [Path(pattern).parent]
    for folder in folders:
        if PERIOD.fullmatch(folder.name) and (Path(f"{folder}{after}") if mark else Path(pattern)).is_file():
            yield Period.parse(folder.name)
