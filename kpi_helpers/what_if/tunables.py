"""可调数: every number and reading of a policy that may be tried otherwise, as its document orders them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from kpi_helpers.arguments import Whole, hints
from kpi_helpers.clause_reader import CLAUSE_KEYS, NUMBERED
from kpi_helpers.language import say
from kpi_helpers.numbers import is_number
from kpi_helpers.policy import Clause, Parameter, Policy, value_text
from kpi_helpers.report.names import label
from kpi_helpers.report.words import argument_word
from kpi_helpers.what_if.ranges import range_of

_KINDS = {"number", "text", "table"}  # words of `accepts` that stand for kinds of values, not for themselves
_POINTS = {"points", "cap", "floor", "start", "low", "high", "amount", "base", "give", "each"}  # in the clause's own unit
_PARTS = {"rate", "weight", "part"}
_EDGES = {"from", "above", "to", "below", "at", "at_least", "at_most", "is"}
_STRUCTURE = {"step", "sign"}  # say which sentence a clause is, not how much
_NUMERAL = re.compile(r"(第.{1,3}[条章节])|([一二三四五六七八九十]+)(、[^\d(（;；]*)?")


@dataclass(frozen=True)
class Tunable:
    """One number (`kind` number), yes or no (switch) or reading (choice), with all that its widget needs.

    low and high: how far a slider goes; least and most: what the policy admits at all (None: anything).
    words: readings to choose from; for a number, the words that may stand in its place, such as none.
    """

    name: str
    title: str
    kind: str
    value: Fraction | bool | str | None
    section: str
    unit: str = ""
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    resolution: Fraction = Fraction(1)
    least: Fraction | None = None
    most: Fraction | None = None
    words: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)  # what the words are called
    basis: str = "S"
    source: str = ""
    note: str = ""
    clauses: tuple[str, ...] = ()

    def called(self, value) -> str:
        """A value as a person calls it."""
        if isinstance(value, bool):
            return say("是", "yes") if value else say("否", "no")
        return self.labels.get(value_text(value), value_text(value))


def tunables(policy: Policy) -> list[Tunable]:
    """可调数 of a policy in the order of its document: what stands in its parameters, and the numbers its clauses hold themselves."""
    users = _users(policy)
    found = [one for parameter in policy.parameters.values() for one in _of_parameter(policy, parameter, users.get(parameter.name, []))]
    for clause in policy.clauses:
        found += _of_clause(policy, clause)
    position = {clause.id: place for place, clause in enumerate(policy.clauses)}
    found.sort(key=lambda one: position[one.clauses[0]] if one.clauses else len(position))
    sections = list(dict.fromkeys(one.section for one in found))
    return sorted(found, key=lambda one: sections.index(one.section))


def leaves(value, in_force=lambda value: value, path: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Every plain value inside nested data, with the keys and (from 1) positions that lead to it."""
    value = in_force(value)
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, in_force, (*path, key))
    elif isinstance(value, list):
        for position, one in enumerate(value, 1):
            yield from leaves(one, in_force, (*path, position))
    else:
        yield path, value


def entries(policy: Policy) -> dict[str, dict]:
    """The clauses as their file writes them, by id."""
    return {str(entry["id"]): entry for entry in policy.reader.clause_reader.entries}


def dotted(*parts) -> str:
    """A name that an override may bear."""
    return ".".join(map(str, parts))


def _users(policy: Policy) -> dict[str, list[str]]:
    """The ids of the clauses that name each parameter."""
    found: dict[str, list[str]] = {}
    for id, entry in entries(policy).items():
        for _, word in leaves(entry):
            if isinstance(word, str) and word.startswith("$") and id not in found.setdefault(word[1:], []):
                found[word[1:]].append(id)
    return found


def _of_parameter(policy: Policy, parameter: Parameter, users: list[str]) -> Iterator[Tunable]:
    words = tuple(word for word in parameter.accepts if isinstance(word, str) and word not in _KINDS)
    value, unit, least, most = parameter.written, parameter.unit, parameter.min, parameter.max
    section = _section(policy, parameter.source, users)
    one = Tunable(parameter.name, parameter.title or parameter.name, "number", value, section, unit, words=words, labels=parameter.words)
    one = replace(one, basis=parameter.basis, source=parameter.source, note=parameter.note, clauses=tuple(users), least=least, most=most)
    if isinstance(value, bool):
        if {True, False} <= set(parameter.accepts):
            yield replace(one, kind="switch", words=())
    elif isinstance(value, (dict, list)):
        for path, leaf in leaves(value, _dated(policy)):
            if is_number(leaf) and path[0] != "by":
                unit_here = unit if path[-1] not in _EDGES | _PARTS else ""
                title, reach = f"{one.title} · {_within(policy, value, path)}", range_of(leaf, unit_here, least, most)
                yield replace(one, name=dotted(one.name, *path), title=title, value=leaf, unit=unit_here, words=(), **vars(reach))
    elif "number" in parameter.accepts:
        yield replace(one, words=words, **vars(range_of(value if is_number(value) else None, unit, least, most)))
    elif len(words) > 1:
        yield replace(one, kind="choice")


def _of_clause(policy: Policy, clause: Clause) -> Iterator[Tunable]:
    entry = entries(policy)[clause.id] if clause.rule is not None else {}
    section = _section(policy, clause.source, [clause.id])
    for key in entry.keys() - (CLAUSE_KEYS - NUMBERED | _STRUCTURE):
        whole = hints(clause.rule).get(key) is Whole
        for path, leaf in leaves(entry[key], _dated(policy)):
            if is_number(leaf) and "by" not in path[:-1]:
                last = next(part for part in reversed((key, *path)) if isinstance(part, str))
                unit = clause.unit if {key, last} & _POINTS and last not in _EDGES | _PARTS else ""
                title = f"{clause.title} · {argument_word(key)} {_within(policy, entry[key], path)}".rstrip()
                one = Tunable(dotted(clause.id, key, *path), title, "number", leaf, section, unit, basis=clause.basis, source=clause.source)
                one = replace(one, note=clause.note, clauses=(clause.id,), least=Fraction(0) if whole else None)
                yield replace(one, **vars(range_of(leaf, unit, one.least, None, whole)))


def _dated(policy: Policy):
    return lambda value: policy.reader.dated(value, policy.path)


def _within(policy: Policy, value, path: tuple) -> str:
    """The words of a place inside a table: what its row is called, and the key."""
    words = []
    for part in path:
        if isinstance(value, list):
            value = value[part - 1]
            texts = [one for one in value.values() if isinstance(one, str) and not one.startswith("$")] if isinstance(value, dict) else []
            words.append(texts[0] if texts else say(f"第{part}档", f"no. {part}"))
        else:
            value = value[part] if isinstance(value, dict) and part in value else value
            words.append(label(policy, str(part)))
    return " ".join(words)


def _section(policy: Policy, source: str, clauses: list[str]) -> str:
    """The part of the document: the section of a clause, else the first numeral of the source with the title of its first clause."""
    known = {clause.id: clause for clause in policy.clauses}
    titled = next((policy.sections[known[id].section] for id in clauses if known[id].section in policy.sections), "")
    if titled:
        return titled
    source = source or next((known[id].source for id in clauses), "")
    head = _NUMERAL.match(source)
    if head is None:
        return re.sub(r"[\d.、 ]+$", "", source) or say("通用", "general")
    article, numeral, words = head.groups(default="")
    return article or (f"{numeral}{words}".rstrip() if len(words) > 1 else say(f"第{numeral}部分", f"part {numeral}"))
