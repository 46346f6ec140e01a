"""重算: one month kept open, so that a changed number is followed from the first clause that it touches, and no further back."""

from __future__ import annotations

import inspect
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pandas as pd

from kpi_helpers.arguments import ByColumn, Named
from kpi_helpers.book import Book
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import score, watching
from kpi_helpers.tables import Tables

BEFORE = -1  # what is read before the first clause
ALL_CLAUSES = "*"  # stands for the numbers of all clauses among what was read


class Replay:
    """试算引擎: the same scoring as ever, once in full, then only what other numbers change."""

    def __init__(self, policy: Policy, tables: Tables):
        self.policy, self.tables = policy, tables
        self.recording = Recording()
        self.baseline = _watched(self.recording, replace(policy, parameters=Reads(policy.parameters, self.recording)), tables)

    def score(self, policy: Policy) -> Result:
        """The result under the same policy with other numbers (`policy.adjusted`)."""
        start = self.recording.first_touched(self.policy, policy)
        if start == BEFORE:
            return score(policy, self.tables)
        return _watched(Following(self.recording, start), policy, self.tables)


class Reads(dict):
    """Parameters that note which of them were looked at while a clause was computed."""

    def __init__(self, parameters: dict, recording: Recording):
        super().__init__(parameters)
        self.recording = recording

    def __getitem__(self, name):
        self.recording.read(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.recording.read(name)
        return super().get(name, default)


class Listed(tuple):
    """Clauses that note while which clause somebody went through them: that one may use the numbers of any other."""

    def __new__(cls, clauses, recording: Recording):
        made = super().__new__(cls, clauses)
        made.recording = recording
        return made

    def __iter__(self):
        self.recording.read(ALL_CLAUSES)
        return super().__iter__()


@dataclass
class Step:
    """One clause of the recorded run: the book before it, and what it gave."""

    clause: Clause
    before: dict
    given: object = None


class Recording:
    """The full run: the book as it stood before each clause, what each gave, and the parameters each looked at."""

    def __init__(self):
        self.steps: list[Step] = []
        self.reads: dict[int, set[str]] = {BEFORE: set()}
        self.book: Book | None = None

    def read(self, name: str) -> None:
        self.reads.setdefault(len(self.steps) - 1, set()).add(name)

    def open(self, policy: Policy, tables: Tables) -> tuple[Book, int]:
        self.book = Book(replace(policy, clauses=Listed(policy.clauses, self)), tables)
        self.contested = "incident_id" in self.book.events and bool(self.book.events["incident_id"].dropna().duplicated().any())
        return self.book, 0

    def compute(self, clause: Clause, book: Book, apply) -> object:
        self.steps.append(Step(clause, _state(book)))
        self.steps[-1].given = apply(clause, book)
        return self.steps[-1].given

    def first_touched(self, old: Policy, new: Policy) -> int:
        """The first clause that other numbers can change; BEFORE where they are used before all clauses."""
        changed = {name for name, one in new.parameters.items() if one.value != old.parameters[name].value}
        if changed & self.reads[BEFORE]:
            return BEFORE
        if [clause.id for clause in new.order if clause.rule] != [step.clause.id for step in self.steps]:
            return BEFORE
        computed = {clause.id: clause for clause in new.order}
        touched = {step.clause.id for step in self.steps if computed[step.clause.id].arguments != step.clause.arguments}
        changed |= {ALL_CLAUSES} if touched else set()
        if self.contested and any(_weighs_events(step.clause) for step in self.steps if step.clause.id in touched):
            return BEFORE
        at = (n for n, step in enumerate(self.steps) if step.clause.id in touched or changed & self.reads.get(n, set()))
        return next(at, len(self.steps))


class Following:
    """A further run that starts where the first changed clause stands; clauses that only count records are not counted again."""

    def __init__(self, recording: Recording, start: int):
        self.recording, self.start = recording, start

    def open(self, policy: Policy, tables: Tables) -> tuple[Book, int]:
        steps = self.recording.steps
        state = steps[self.start].before if self.start < len(steps) else _state(self.recording.book)
        self.unchanged = {step.clause.id: step for step in steps[self.start :] if _counts_only(step.clause)}
        return _restored(self.recording.book, policy, state), self.start

    def compute(self, clause: Clause, book: Book, apply) -> object:
        step = self.unchanged.get(clause.id)
        return step.given if step is not None and step.clause.arguments == clause.arguments else apply(clause, book)


def _watched(watcher, policy: Policy, tables: Tables) -> Result:
    token = watching.set(watcher)
    try:
        return score(policy, tables)
    finally:
        watching.reset(token)


def _weighs_events(clause: Clause) -> bool:
    """Do the clause's points decide which of several events of one fact counts?"""
    return clause.table == "events" and bool({"points", "sign"} & clause.arguments.keys())


def _counts_only(clause: Clause) -> bool:
    """A rule that reads nothing but its records and numbers: it gives the same as long as these are the same."""
    if clause.rule is None:
        return False
    wanted = inspect.signature(clause.rule).parameters
    fixed = not any(isinstance(value, (ByColumn, Named)) for value in clause.arguments.values())
    return "records" in wanted and not {"book", "measure", "measures"} & wanted.keys() and fixed and not clause.who


def _state(book: Book) -> dict:
    """The book as it stands: frames and lists so that what is left later does not reach back into it."""
    frames = {name: getattr(book, name).copy(deep=False) for name in ("people", "groups", "department")}
    lengths = {name: len(getattr(book, name)) for name in ("posts", "flags", "errors")}
    kept = {name: {key: _apart(value) for key, value in getattr(book, name).items()} for name in ("outputs", "kept", "missing")}
    return {"frames": frames, "lengths": lengths, "kept": kept}


def _apart(value):
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.copy(deep=False)
    if isinstance(value, dict):
        return {key: _apart(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_apart(one) for one in value]
    return value if isinstance(value, (str, int, Fraction, date, pd.Index, pd.MultiIndex, type(None))) else deepcopy(value)


def _restored(book: Book, policy: Policy, state: dict) -> Book:
    made = object.__new__(Book)
    made.__dict__.update(book.__dict__, policy=policy)
    made.__dict__.pop("_workdays", None)  # its mode is a parameter
    made.__dict__.update({name: frame.copy(deep=False) for name, frame in state["frames"].items()})
    made.__dict__.update({name: getattr(book, name)[:length] for name, length in state["lengths"].items()})
    made.__dict__.update({name: {key: _apart(value) for key, value in held.items()} for name, held in state["kept"].items()})
    return made
