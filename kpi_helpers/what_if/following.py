"""跟随: a further run in which a clause that would see what it saw in the full run leaves what it left there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from kpi_helpers.flags import flag_names
from kpi_helpers.lines import Lines
from kpi_helpers.listing import lists_of, written
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import LISTED
from kpi_helpers.tables import Tables
from kpi_helpers.what_if.cells import ALL, FRAMES, Cells, Frame
from kpi_helpers.what_if.copies import alike, freeze, same
from kpi_helpers.what_if.recording import NUMBERED, Recording, Step

# what of a policy neither its numbers nor its clauses say
FIXED = ("scheme", "title", "version", "period", "cycle", "per", "tables", "sections", "results", "module", "about")


class Unfollowed(Exception):
    """A change that the recorded run says nothing about: score from the start."""


class Followed(Cells):
    """The book of a further run: a clause that would see what it saw in the full run leaves what it left there."""

    def __init__(self, recording: Recording, policy: Policy, tables: Tables):
        book = recording.book
        same_order = [clause.id for clause in policy.order if clause.rule] == list(recording.steps)
        same_policy = all(getattr(policy, name) is getattr(recording.given, name) for name in FIXED)
        if tables is not book.tables or not same_order or not same_policy or recording.movable:
            raise Unfollowed
        shared = {name: getattr(book, name) for name in ("period", "tables", "facts", "_units_of", "_told")}
        self.__dict__.update(shared, recording=recording, policy=policy, clause=None, step=Step())
        self.__dict__.update({name: list(rows) for name, rows in recording.start.items()})
        self.held = recording.first
        self.held = self.content()
        for part in FRAMES:
            setattr(self, part, Frame(self, part, getattr(book, part).index))
        self.shelve()
        self.changed = recording.changed(policy)
        before = {clause.id: clause for clause in recording.given.clauses}
        self.touched = {part for clause in policy.clauses for part in different(before[clause.id], clause)}
        self.again = {id for id, _ in self.touched}
        if self.differs(recording.opening):
            raise Unfollowed
        if self.differs(recording.finding):
            self.facts = self.found_events()
        if self.facts is not book.facts or self.differs(recording.deciding):
            self.decide()

    def differs(self, step: Step) -> bool:
        """Did it look at numbers that are others now?"""
        return not (self.changed.isdisjoint(step.parameters) and self.touched.isdisjoint(step.clauses))

    def decide(self) -> None:
        """Choose the events that count anew; only clauses whose events change have other rows."""
        cells, none = self.held["events"], np.zeros(0, dtype=np.intp)
        chosen = self.facts.counted(self.overruled(self.facts))
        before, after = (frame["kept"].to_numpy(dtype=bool) for frame in (cells[ALL], chosen))
        lost, won = np.flatnonzero(before & ~after), np.flatnonzero(after & ~before)
        if not len(lost) and not len(won):
            return
        clause_of = self.facts.frame["clause"].to_numpy(dtype=object)
        for name in {*clause_of[lost], *clause_of[won]}:
            rows = cells.get(name, none)
            rows = rows[~np.isin(rows, lost[clause_of[lost] == name])]
            cells[name] = np.sort(np.append(rows, won[clause_of[won] == name]))
        cells[ALL] = chosen

    def put(self, part, name, value):
        recorded = self.step.left.get((part, name))
        if (part, name) == ("people", "group_id"):
            raise Unfollowed
        super().put(part, name, recorded if recorded is not None and alike(recorded, value) else value)

    def owners(self, per, wider):
        """Nobody changes groups in a run that is followed, so who belongs to which is looked up once."""
        key = ("owners", per, wider)
        if key not in self._told:
            self._told[key] = super().owners(per, wider)
            freeze(self._told[key])
        return self._told[key]

    def mark(self, units, status, missing=None):
        before, mask = self.marks(), self.meant(units)
        acts = [given for name, given in self.step.acts if name == "marked"]
        for given in acts:  # the same mark on the same state
            if same(before, given[3]) and status == given[1] and np.array_equal(mask, self.meant(given[0])) and missing == given[2]:
                self.held["people"]["status"], self.held["book"]["missing"] = given[4]
                return
        super().mark(mask, status, missing)
        now, recorded = self.marks(), [given[-1] for given in acts]
        if now[0] is not before[0]:
            self.held["people"]["status"] = next((cell for cell, _ in recorded if alike(cell, now[0])), now[0])
        if now[1] is not before[1]:
            self.held["book"]["missing"] = next((cell for _, cell in recorded if cell == now[1]), now[1])

    def take(self, clause, apply):
        step = self.recording.steps[clause.id]
        again = clause.id in self.again or self.sees_others(step)
        given = self.afresh(clause, step, apply) if again else self.repeat(step)
        if again or self.sees_others(step.posting):
            self.post_afresh(clause, step.posting, given if again else handed(given))
        else:
            self.repeat(step.posting)

    def sees_others(self, step: Step) -> bool:
        """Would it see anything else than in the full run?"""
        return self.differs(step) or not all(same(self.now(key), value) for key, value in step.reads.items())

    def repeat(self, step: Step):
        """Leave what was left in the full run."""
        self.step = step
        for name, given in step.acts:
            if name == "put":
                self.held[given[0]][given[1]] = given[2]
            else:
                getattr(self, name)(*given)
        return step.given

    def afresh(self, clause: Clause, step: Step, apply):
        """Compute a clause; what comes out as before becomes the same cell as before, so that no later clause sees a change."""
        self.step = step
        given = apply(clause, self)
        self.put_back()
        return given

    def post_afresh(self, clause: Clause, step: Step, given) -> None:
        self.step, length = step, len(self._posts)
        self.post(clause, given)
        earlier = next((given[1] for act, given in step.acts if act == "extend" and given[0] == "_posts"), [])
        for post, old in zip(self._posts[length:], earlier, strict=False):
            if alike(post.lines.value, old.lines.value):
                post.lines.value = old.lines.value

    def closed(self, _):
        """The finished result, its lists to be made later."""
        self.flag_unknown_years()
        last, people, index = self.recording.last, self.held["people"], self.people.units
        missing, flags = self.held["book"]["missing"], tuple(self._flags)  # the lists of each person are made again only if others
        if "missing" not in people:
            same_lists = missing is last["missing"]
            people["missing"] = last["listed"]["missing"] if same_lists else pd.Series(lists_of(index, missing), index=index)
        if "flags" not in people:
            same_flags = same(flags, last["flags"])
            people["flags"] = last["listed"]["flags"] if same_flags else pd.Series(flag_names(flags, index), index=index)
        return Later.of(self)


class Later(Result):
    """试算结果: its lists (tables, flags, refused rows, assumptions) are made when somebody first looks at them."""

    @classmethod
    def of(cls, book: Followed) -> Later:
        made, (people, groups, department) = object.__new__(cls), map(book.frame, FRAMES)
        later = {"tables": lambda: written(book.shelf("outputs")), **{name: partial(make, book) for name, make in LISTED.items()}}
        made.__dict__.update(policy=book.policy, employees=people, groups=groups, department=department, later=later)
        made.__dict__.update(posts=book.posts, inputs=book.tables)
        return made

    def __getattr__(self, name):
        if name not in self.__dict__.get("later", ()):
            raise AttributeError(name)
        self.__dict__[name] = self.__dict__["later"].pop(name)()
        return self.__dict__[name]


def different(one: Clause, other: Clause):
    """(id, argument) of what differs between two states of a clause."""
    if one is other or one == other:
        return
    names = one.arguments.keys() | other.arguments.keys()
    changed = {name for name in names if one.arguments.get(name) != other.arguments.get(name)}
    changed |= {ALL} if changed else set()
    changed |= {f".{name}" for name in NUMBERED if getattr(one, name) != getattr(other, name)}
    yield from ((one.id, name) for name in changed or {ALL})


def handed(given):
    """Lines that are posted once more: posting sets their value."""
    if isinstance(given, list):
        return [handed(one) for one in given]
    return replace(given) if isinstance(given, Lines) else given
