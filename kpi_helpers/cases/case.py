"""样例: one worked case, the file it stands in, and which policy such a file may name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.policy_file import find_policy

MAX_CASES = 2_000


@dataclass
class Case:
    """样例: one worked case. `inputs` are tables as case_tables takes them; a case with faults is not run."""

    id: str
    title: str = ""
    month: str | None = None
    params: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)
    expected: dict = field(default_factory=dict)
    where: str = ""
    faults: list[Fault] = field(default_factory=list)


@dataclass
class CaseFile:
    """The cases of one file and the policy they are held against."""

    path: Path
    policy: Path
    cases: list[Case]


def named_policy(path: Path, name, where: str) -> Path:
    """The policy that a case file names: a file below its own folder, the one above or params/, or a name in params/policies."""
    if isinstance(name, str) and re.fullmatch(r"[\w-]{1,80}", name):
        return find_policy(name)
    if not isinstance(name, str) or not name.strip():
        raise PolicyError(Fault(where, say("policy 应是考核办法文件的路径。", "policy: must be the path of a policy file.")))
    own = path.resolve().parent
    above = {own.parent} - {Path(own.anchor), Path.home()}
    projects = [one for start in (own, Path.cwd()) for one in (start, *start.parents) if (one / "params").is_dir()]
    allowed = [own, *above, *((one / "params").resolve() for one in projects)]
    for base in (own, *projects):
        try:
            found = (base / name).resolve()
            if found.suffix.lower() in (".yaml", ".yml") and any(map(found.is_relative_to, allowed)) and found.is_file():
                return found
        except (OSError, ValueError, RuntimeError):  # no name that a file could have
            continue
    problem = say(f"没有可用的考核办法文件“{name}”。", f"there is no policy file '{name}' that may be used.")
    hint = say("应是 .yaml，放在样例文件旁边、下级文件夹或 params/ 中。", "It must be a .yaml beside or below the file, or in params/.")
    raise PolicyError(Fault(where, problem, hint))
