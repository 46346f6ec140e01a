"""重算: one month kept open, so that of a changed number only those clauses are computed again that see a difference."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from functools import partial

from kpi_helpers.checks import own_program
from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import by_clause, opening, score
from kpi_helpers.tables import Tables
from kpi_helpers.what_if.following import Followed, Unfollowed
from kpi_helpers.what_if.memory import held
from kpi_helpers.what_if.recording import Recorded, Recording


class Replay:
    """试算引擎: the same scoring as ever, once in full, then only what other numbers change."""

    def __init__(self, policy: Policy, tables: Tables):
        self.policy, self.tables = policy, tables
        self.other: Replay | None = None  # recorded with the last numbers under which nothing of this one holds
        self.recording = Recording(policy)
        watched = self.recording.watched(policy)
        with held(), _opened(partial(Recorded, self.recording)):
            result = score(watched, tables)
        # a module that only makes tables ready and hands on what comes out has nothing to add to a further run
        opened, self.baseline = result.known
        self.direct = not (opened or self.recording.early) and self.recording.given is watched

    def score(self, policy: Policy) -> Result:
        """The result under the same policy with other numbers (`policy.adjusted`)."""
        if self.recording.movable:
            return score(policy, self.tables)
        for replay in filter(None, (self, self.other)):
            with suppress(Unfollowed):
                return replay.follow(policy)
        self.other = None  # only one of them is held
        self.other = Replay(policy, self.tables)
        return self.other.baseline

    def follow(self, policy: Policy) -> Result:
        """The result from what was recorded; Unfollowed where nothing of it holds any more."""
        with _opened(partial(Followed, self.recording)):
            if not (self.direct and self.recording.prepares_alike(policy)):
                return score(policy, self.tables)
            with own_program(policy) if policy.module else nullcontext():
                return by_clause(policy, self.recording.book.tables)


@contextmanager
def _opened(way):
    """Books are opened in this way meanwhile."""
    token = opening.set(way)
    try:
        yield
    finally:
        opening.reset(token)
