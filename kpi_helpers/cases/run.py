"""Running a file of cases: each is scored like a month, and its result held against what was expected."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi_helpers.cases.case import Case
from kpi_helpers.cases.compare import Difference, differences
from kpi_helpers.cases.explain import explain
from kpi_helpers.cases.inputs import case_tables
from kpi_helpers.cases.reading import read_cases
from kpi_helpers.errors import KpiError
from kpi_helpers.policy_file import load_policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import score


@dataclass
class Outcome:
    """One case: the values that differ, or the faults that stopped it."""

    id: str
    title: str
    differing: list[Difference] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    result: Result | None = None

    @property
    def passed(self) -> bool:
        return not self.differing and not self.faults

    @property
    def differences(self) -> list[str]:
        """A line for each value that differs, and for each fault."""
        return [*self.faults, *map(str, self.differing)]

    @property
    def explanation(self) -> list[str]:
        """The lines of the ledger behind the values that differ."""
        return explain(self.result, self.differing) if self.result is not None else []


def run_cases(path) -> list[Outcome]:
    """核对样例: run every case of a file, .yaml or .xlsx; a case that cannot be run is a failed one.

    Raises PolicyError where the file holds no cases or names no policy that loads, DataError for a faulty workbook.
    """
    file = read_cases(path)
    load_policy(file.policy)  # where the policy itself is at fault, that is said once
    return [_run(case, file.policy) for case in file.cases]


def _run(case: Case, policy_path) -> Outcome:
    outcome = Outcome(case.id, case.title)
    if case.faults:
        outcome.faults = [str(fault) for fault in case.faults]
        return outcome
    try:
        policy = load_policy(policy_path, case.month, case.params)
        outcome.result = score(policy, case_tables(policy, case.inputs))
        outcome.differing = differences(outcome.result, case.expected)
    except KpiError as error:
        outcome.faults = [f"{case.where} {fault}" for fault in error.faults]
    return outcome
