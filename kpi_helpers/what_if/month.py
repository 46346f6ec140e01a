"""冻结的月份: one department's month held open for trials, read again only where a number decides which rows count at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from kpi_helpers.departments import Job
from kpi_helpers.policy import Policy
from kpi_helpers.policy_file import load_policy
from kpi_helpers.result import Result
from kpi_helpers.what_if.cells import ALL
from kpi_helpers.what_if.recording import Reads
from kpi_helpers.what_if.replay import Replay
from kpi_helpers.workbook import open_workbook

_KEPT = 16  # readings that are remembered, most of them of the same rows


class Month:
    """One policy in force and one workbook; `score` gives what a run with a scenario of the same numbers would give.

    policy: another policy on the same data. Raises KpiError where policy or workbook are at fault.
    """

    def __init__(self, job: Job, policy: Policy | None = None):
        self.job = job
        self.policy = policy or load_policy(job.policy, str(job.period))
        self.workbook, self.read = open_workbook(job.workbook, self.policy), _Read()
        self.replays: dict[tuple, Replay] = {}  # by what the reading of the workbook depends on
        self.baseline = self.replay(self.policy, self.read.noting(self.policy)).baseline

    def score(self, policy: Policy) -> Result:
        """The result under this month's policy with other numbers (`policy.adjusted`)."""
        return self.replay(policy, policy).score(policy)

    def replay(self, policy: Policy, reading: Policy) -> Replay:
        """The replay of the rows that count under these numbers; `reading` is the policy by which they are taken."""
        known = self.replays.get(self.read.under(policy))
        if known is None:
            tables = self.workbook.taken(reading)
            tables.department = self.job.name
            known = next((one for one in self.replays.values() if one.tables.refused == tables.refused), None)
            known = known or Replay(self.policy, tables)
            if len(self.replays) >= _KEPT:
                del self.replays[list(self.replays)[1]]  # the first one is that of the policy in force
            self.replays[self.read.under(policy)] = known
        return known


class _Read:
    """Which numbers were looked at while the workbook was read: limits of rows that the policy refuses, and the like."""

    def __init__(self):
        self.names: set[tuple[str, str]] = set()  # the id of a clause ("" for parameters), and the name, or all of them

    def noting(self, policy: Policy) -> Policy:
        """The same policy, whose numbers note that they are looked at."""
        clauses = tuple(replace(one, arguments=Reads(one.arguments, partial(self.note, one.id))) for one in policy.clauses)
        return replace(policy, clauses=clauses, parameters=Reads(policy.parameters, partial(self.note, "")))

    def note(self, owner: str, name: str) -> None:
        self.names.add((owner, name))

    def under(self, policy: Policy) -> tuple:
        """What those numbers are under a policy."""
        numbers = {clause.id: clause.arguments for clause in policy.clauses}
        numbers[""] = {name: one.value for name, one in policy.parameters.items()}
        return tuple(repr(numbers[owner] if name == ALL else numbers[owner].get(name)) for owner, name in sorted(self.names))
