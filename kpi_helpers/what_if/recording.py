"""留痕: a full run that notes what each clause looks at and leaves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from kpi_helpers import events
from kpi_helpers.lines import Post
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.tables import Tables
from kpi_helpers.what_if.cells import ALL, LISTS, Cells
from kpi_helpers.what_if.copies import apart, freeze

NUMBERED = ("who", "when", "measures", "in_force", "assumptions")  # what of a clause, besides its arguments, may hold numbers


@dataclass
class Step:
    """One clause of the recorded run: what it looked at (with what it saw), and what it left, act by act."""

    clause: Clause | None = None
    parameters: set[str] = field(default_factory=set)
    clauses: set[tuple[str, str]] = field(default_factory=set)  # (id, argument) of other clauses
    reads: dict[tuple, object] = field(default_factory=dict)
    acts: list[tuple] = field(default_factory=list)  # (name of a method of Cells, its arguments)
    left: dict[tuple, object] = field(default_factory=dict)  # the last value of each cell that it set
    given: object = None  # what its rule gave
    posting: Step | None = None  # the same of the posting of what it gave


class Recording:
    """The full run, clause by clause, with the book as it stood before and after all of them."""

    def __init__(self, policy: Policy):
        self.parameters = policy.parameters
        self.preparing = Step()  # what a module looks at before it opens the book
        self.opening = Step()  # what is looked at before all clauses, besides
        self.finding, self.deciding = Step(), Step()  # what the events of the period depend on, and the choice between those of one fact
        self.step = self.preparing
        self.steps: dict[str, Step] = {}
        self.early = False  # did anybody look at clauses before the book was opened?
        self.movable = False  # does a clause move people to other groups?
        self.given: Policy | None = None
        self.book: Recorded | None = None

    def watched(self, policy: Policy) -> Policy:
        clauses, order = Listed(policy.clauses, self), Listed(policy.order, self)
        return replace(policy, parameters=Reads(policy.parameters, self.note), clauses=clauses, order=order)

    def note(self, name: str) -> None:
        self.step.parameters.add(name)

    def changed(self, policy: Policy) -> set[str]:
        """The parameters that have another value now."""
        found = {name for name, one in policy.parameters.items() if one.value != self.parameters[name].value}
        return found | {ALL} if found else found

    def prepares_alike(self, policy: Policy) -> bool:
        """Would a module make the same tables ready? Then there is no need to ask it."""
        return self.changed(policy).isdisjoint(self.preparing.parameters)


class Reads(dict):
    """Numbers by name (parameters, arguments of a clause) that say which of them are looked at."""

    def __init__(self, numbers: dict, note: Callable[[str], None]):
        super().__init__(numbers)
        self.note = note

    def __getitem__(self, name):
        self.note(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.note(name)
        return super().get(name, default)

    def __contains__(self, name):
        self.note(name)
        return super().__contains__(name)

    def __iter__(self):
        self.note(ALL)
        return super().__iter__()

    def keys(self):
        self.note(ALL)
        return super().keys()

    def values(self):
        self.note(ALL)
        return super().values()

    def items(self):
        self.note(ALL)
        return super().items()


class Listed(tuple):
    """Clauses that note whether a scheme's module goes through them before a book is opened."""

    def __new__(cls, clauses, recording: Recording):
        made = super().__new__(cls, clauses)
        made.recording = recording
        return made

    def __iter__(self):
        self.recording.early |= self.recording.book is None
        return super().__iter__()

    def __getitem__(self, at):
        self.recording.early |= self.recording.book is None
        return super().__getitem__(at)


class Seen(Clause):
    """A clause that notes when its numbers are looked at on behalf of another one."""

    @classmethod
    def of(cls, clause: Clause, recording: Recording) -> Seen:
        def note(name):
            recording.step.clauses.add((clause.id, name))

        made = object.__new__(cls)
        made.__dict__.update(clause.__dict__, arguments=Reads(clause.arguments, note), note_of=note)
        return made

    def __getattribute__(self, name):
        if name in NUMBERED and "note_of" in self.__dict__:
            self.note_of(f".{name}")
        return super().__getattribute__(name)


class Noted(Result):
    """A result that notes whether anybody looked into it."""

    def __getattribute__(self, name):
        mine = object.__getattribute__(self, "__dict__")
        if name == "known":  # what was known of it up to now, as a plain result
            return mine.pop("opened", False), Result(**mine)
        mine["opened"] = True
        return super().__getattribute__(name)


class Recorded(Cells):
    """The book of the full run: it notes what each clause looks at and leaves."""

    def __init__(self, recording: Recording, policy: Policy, tables: Tables):
        self.recording, recording.given, recording.book = recording, policy, self
        recording.step = recording.opening
        self.quiet = True
        clauses = {clause.id: Seen.of(clause, recording) for clause in policy.clauses}
        order = tuple(clauses[clause.id] for clause in policy.order)
        super().__init__(replace(policy, clauses=tuple(clauses.values()), order=order), tables)
        self.divide()
        with self.within(Step()):
            self.workdays()  # made now, or the first clause would seem to depend on the calendar
        self.before = recording.first = self.content()
        recording.start = {name: list(getattr(self, name)) for name in LISTS}
        self.quiet = False

    def found_events(self) -> events.Facts:
        with self.within(self.recording.finding):
            return super().found_events()

    def overruled(self, found: events.Facts) -> np.ndarray:
        with self.within(self.recording.deciding):
            return super().overruled(found)

    @contextmanager
    def within(self, step: Step):
        """Note numbers that are looked at meanwhile in a step of their own."""
        self.recording.step = step
        yield
        self.recording.step = self.recording.opening

    def look(self, part, name):
        self.seen((part, name), self.before[part].get(name))
        return super().look(part, name)

    def look_at_all(self, part):
        self.seen((part, ALL), tuple(self.before[part].values()))
        return super().look_at_all(part)

    def seen(self, key, value):
        """Note what a clause depends on: what was there before it, so its own marks and figures are left out."""
        step = self.recording.step
        if not self.quiet and key not in step.left:
            step.reads.setdefault(key, tuple(value) if isinstance(value, list) else value)

    def put(self, part, name, value):
        self.recording.movable |= (part, name) == ("people", "group_id")
        freeze(value)
        super().put(part, name, value)
        self.recording.step.left[part, name] = value
        self.recording.step.acts.append(("put", (part, name, value)))

    def mark(self, units, status, missing=None):
        before = self.marks() if self.divided else None
        super().mark(units, status, missing)
        if self.divided:
            asked = apart(self.meant(units)), status, apart(missing)
            self.recording.step.acts.append(("marked", (*asked, before, self.marks())))

    @contextmanager
    def quietly(self):
        """What a book's own bookkeeping looks at is nothing that the clause depends on."""
        before, self.quiet = self.quiet, True
        yield
        self.quiet = before

    def flag(self, *given, **named):
        with self.quietly():
            super().flag(*given, **named)

    def refuse(self, *given, **named):
        with self.quietly():
            super().refuse(*given, **named)

    def keep_post(self, post: Post) -> None:
        with self.quietly():
            super().keep_post(post)

    def values_posted(self, *given):
        with self.quietly():
            values = super().values_posted(*given)
        self.seen(("posted", tuple(tuple(one) if isinstance(one, list) else one for one in given)), values)
        return values

    def take(self, clause, apply):
        step = self.recording.steps[clause.id] = Step(clause, posting=Step())
        with self.noting(step):
            step.given = apply(clause, self)
            self.put_back()
        with self.noting(step.posting):
            self.post(clause, step.given)

    @contextmanager
    def noting(self, step: Step):
        """Note in `step` what is looked at meanwhile, and what is left."""
        self.recording.step, self.before = step, self.content()
        lengths, years = {name: len(getattr(self, name)) for name in LISTS}, set(self._workdays.unknown_years)
        yield
        added = {name: getattr(self, name)[length:] for name, length in lengths.items()}
        step.acts += [("extend", (name, rows)) for name, rows in added.items() if rows]
        if self._workdays.unknown_years - years:
            step.acts.append(("unknown", (self._workdays.unknown_years - years,)))

    def closed(self, close):
        self.recording.step = Step()
        made = self.plain()
        given = self.recording.given
        made.policy = replace(self.policy, parameters=self.recording.parameters, clauses=tuple(given.clauses), order=tuple(given.order))
        result = close(made)
        self.recording.last = {
            "missing": self.held["book"]["missing"],
            "flags": tuple(self._flags),
            "listed": result.employees[["missing", "flags"]],
        }
        result.__class__ = Noted
        return result
