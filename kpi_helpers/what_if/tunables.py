"""可调数: every number and reading of a policy that may be tried otherwise, as its document orders them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from kpi_helpers.arguments import Whole, hints
from kpi_helpers.clause_reader import CLAUSE_KEYS, NUMBERED
from kpi_helpers.columns import vocabulary
from kpi_helpers.language import say
from kpi_helpers.policy import Clause, Parameter, Policy
from kpi_helpers.report.words import argument_word

_KINDS = {"number", "text", "table"}  # words of `accepts` that stand for kinds of values, not for themselves
_COUNTED = {"天", "次", "人", "个", "月", "个月", "工作日", "个工作日", "自然日", "件", "份", "小时", "分钟", "次/天", "件/天", "分钟/天"}
_COUNTED |= {"分钟/月", "次/月", "个/月", "份/月", "篇/周"}
_POINTS = {"points", "cap", "floor", "start", "low", "high", "amount", "base", "give", "rate", "each"}  # in the clause's own unit
_EDGES = {"from", "above", "to", "below", "at", "at_least", "at_most", "is"}
_STRUCTURE = {"step", "sign"}  # say which sentence a clause is, not how much
_FULL = 100  # 百分制
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
    basis: str = "S"
    source: str = ""
    note: str = ""
    clauses: tuple[str, ...] = ()


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


def is_number(value) -> bool:
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)


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
    value, title = parameter.written, parameter.title or parameter.name
    about = {
        "section": _section(policy, parameter.source, users),
        "basis": parameter.basis,
        "source": parameter.source,
        "note": parameter.note,
        "clauses": tuple(users),
    }
    if isinstance(value, bool):
        yield Tunable(parameter.name, title, "switch", value, **about)
    elif isinstance(value, (dict, list)):
        for path, leaf in leaves(value, _dated(policy)):
            if is_number(leaf) and path[0] != "by":
                unit = parameter.unit if _counts(path) else ""
                words_of = _within(value, path)
                yield _number(dotted(parameter.name, *path), f"{title} · {words_of}", leaf, unit, parameter.min, parameter.max, (), about)
    elif is_number(value) or "number" in parameter.accepts:
        number = value if is_number(value) else None
        fixed = words if number is not None or value in words else (str(value), *words)
        yield _number(parameter.name, title, number, parameter.unit, parameter.min, parameter.max, fixed, about, value)
    elif len(words) > 1:
        yield Tunable(parameter.name, title, "choice", value, words=words, **about)


def _of_clause(policy: Policy, clause: Clause) -> Iterator[Tunable]:
    if clause.rule is None:
        return
    entry = entries(policy)[clause.id]
    about = {
        "section": _section(policy, clause.source, [clause.id]),
        "basis": clause.basis,
        "source": clause.source,
        "note": clause.note,
        "clauses": (clause.id,),
    }
    for key, written in entry.items():
        if key in CLAUSE_KEYS - NUMBERED | _STRUCTURE:
            continue
        whole = hints(clause.rule).get(key) is Whole
        for path, leaf in leaves(written, _dated(policy)):
            if is_number(leaf) and "by" not in path[:-1]:
                unit = clause.unit if (path[-1] if path and path[-1] in _EDGES else key) in _POINTS else ""
                words = f"{argument_word(key)} {_within(written, path)}".strip()
                yield _number(dotted(clause.id, key, *path), f"{clause.title} · {words}", leaf, unit, Fraction(0) if whole else None, None, (), about,
                              whole=whole)  # fmt: skip


def _dated(policy: Policy):
    return lambda value: policy.reader.dated(value, policy.path)


def _counts(path: tuple) -> bool:
    """Is the number at this place counted in the unit of its table, not an edge of a band?"""
    return path[-1] not in _EDGES and path[-1] not in ("rate", "weight", "part")


def _within(value, path: tuple) -> str:
    """The words of a place inside a table: what its row is called, and the key."""
    words, row = [], value
    for part in path:
        if isinstance(row, list):
            row = row[part - 1]
            name = next((one for one in row.values() if isinstance(one, str) and not one.startswith("$")), "") if isinstance(row, dict) else ""
            words.append(name or say(f"第{part}档", f"no. {part}"))
        else:
            row = row[part] if isinstance(row, dict) and part in row else row
            words.append(_word(str(part)))
    return " ".join(words)


def _word(key: str) -> str:
    """A key inside a table: a rule's argument, else the heading of a column."""
    heading = vocabulary()["columns"].get(key)
    heading = heading.get("heading") if isinstance(heading, dict) else heading
    return argument_word(key) if argument_word(key) != key else say(str(heading or key), key)


def _number(name, title, value, unit, least, most, words, about, now=None, whole=False) -> Tunable:
    """A number with a slider that reaches to about twice its value, in steps that meet the value itself."""
    number = Fraction(value) if value is not None else None
    low, high = _reach(number, unit, least, most)
    resolution = Fraction(1) if whole else _resolution(number, unit, high - low)
    step = _step(number, low, high, resolution)
    value = number if number is not None else now
    return Tunable(name, title, "number", value, unit=unit, low=low, high=high, step=step, resolution=resolution, least=least, most=most,
                   words=words, **about)  # fmt: skip


def _reach(value: Fraction | None, unit: str, least, most) -> tuple[Fraction, Fraction]:
    """From 0 to about twice the value; scores a little over full points, single points at least to 5."""
    far = _round_up(2 * abs(value)) if value else Fraction(1000) if unit.startswith("元") else Fraction(10)
    if unit == "分":
        scale = value is None or _FULL * 2 / 5 < abs(value) <= _FULL
        far = Fraction(_FULL * 6 / 5) if scale else max(far, Fraction(5))
    low, high = (-far, Fraction(0)) if value and value < 0 else (Fraction(0), far)
    low, high = low if least is None else max(low, Fraction(least)), high if most is None else min(high, Fraction(most))
    return (low, high) if low < high else (low, low + _round_up(abs(low) or Fraction(1)))


def _round_up(value: Fraction) -> Fraction:
    """The next of 1, 2, 5, 10, 20, 50, … and 0.5, 0.2, 0.1, …

    >>> [str(_round_up(Fraction(value))) for value in ("30", "200", "0.16")]
    ['50', '200', '1/5']
    """
    power = Fraction(1)
    while power < value:
        power *= 10
    while power / 10 >= value:
        power /= 10
    return next(power / part for part in (10, 5, 2, 1) if power / part >= value)


def _resolution(value: Fraction | None, unit: str, span: Fraction) -> Fraction:
    """The finest difference that this number is given in: a fen, half a point, a whole day, a hundredth of a rate."""
    if unit.startswith("元"):
        return Fraction(1, 100)
    usual = Fraction(1) if unit in _COUNTED else Fraction(1, 2) if unit in ("分", "%") else Fraction(1, 100) if span <= 5 else Fraction(1)
    return min(_last_place(value), usual)


def _last_place(value: Fraction | None) -> Fraction:
    """The place of the last decimal that a number is written with.

    >>> _last_place(Fraction("0.35"))
    Fraction(1, 100)
    """
    place = Fraction(1)
    while value is not None and (value / place).denominator > 1 and place > Fraction(1, 10**6):
        place /= 10
    return place


def _step(value: Fraction | None, low: Fraction, high: Fraction, resolution: Fraction) -> Fraction:
    """About a hundred steps from low to high, one of them on the value."""
    wanted = max(_round_up((high - low) / 100), resolution)
    inside = Fraction(0) if value is None else value - low
    parts = wanted.denominator * inside.denominator * low.denominator
    common = gcd(int(wanted * parts), int(inside * parts))
    step = Fraction(common, parts) if inside else wanted
    return step if step >= resolution else resolution


def _section(policy: Policy, source: str, clauses: list[str]) -> str:
    """The part of the document: the section of a clause, else the first numeral of the source with the title of its first clause."""
    known = {clause.id: clause for clause in policy.clauses}
    titled = next((policy.sections[known[id].section] for id in clauses if known[id].section in policy.sections), "")
    if titled:
        return titled
    source = source or next((known[id].source for id in clauses), "")
    head = _NUMERAL.match(source)
    if head:
        return head[1] or f"{head[2]}{(head[3] or '').rstrip()}" if head[1] or (head[3] or "、") != "、" else say(f"第{head[2]}部分", head[2])
    return re.sub(r"[\d.、 ]+$", "", source) or say("通用", "general")
