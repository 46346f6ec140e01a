"""冻结的月份: one department's month held open for trials, read again only where a number decides which rows count at all."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.departments import Job
from kpi_helpers.policy import Policy, load_policy
from kpi_helpers.result import Result
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
        self.names: set[tuple[str, str]] = set()  # the id of a clause ("" for parameters), and the name

    def noting(self, policy: Policy) -> Policy:
        """The same policy, whose numbers note that they are looked at."""
        clauses = tuple(replace(one, arguments=_Noted(one.arguments, one.id, self.names)) for one in policy.clauses)
        return replace(policy, clauses=clauses, parameters=_Noted(policy.parameters, "", self.names))

    def under(self, policy: Policy) -> tuple:
        """What those numbers are under a policy."""
        clauses = {clause.id: clause.arguments for clause in policy.clauses}
        values = {name: one.value for name, one in policy.parameters.items()}
        return tuple(repr((clauses[owner] if owner else values).get(name)) for owner, name in sorted(self.names))


class _Noted(dict):
    """Numbers by name that note which of them are looked at."""

    def __init__(self, numbers: dict, owner: str, names: set):
        super().__init__(numbers)
        self.owner, self.names = owner, names

    def __getitem__(self, name):
        self.names.add((self.owner, name))
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.names.add((self.owner, name))
        return super().get(name, default)

    def __iter__(self):  # and so also items, values and copies
        self.names |= {(self.owner, name) for name in super().__iter__()}
        return super().__iter__()

    def items(self):
        return {name: super(_Noted, self).__getitem__(name) for name in self}.items()

    def values(self):
        return self.items().mapping.values()
