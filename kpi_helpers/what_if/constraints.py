"""约束: weights that belong together, and thresholds that stand in an order, as the clauses of a policy use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from kpi_helpers.numbers import exact, is_number, largest_remainder
from kpi_helpers.policy import Policy
from kpi_helpers.what_if.tunables import Tunable, dotted, entries, leaves

_RISING = [("low", "high"), ("floor", "cap"), ("minor", "major"), ("from", "to"), ("from", "below"), ("above", "to"), ("above", "below")]
_EDGES = ("from", "above", "to", "below", "at")
_WHOLES = (Fraction(1), Fraction(100))


@dataclass(frozen=True)
class Weights:
    """权重: numbers that are meant to add up to 1 or 100."""

    names: tuple[str, ...]
    whole: Fraction

    def astray(self, numbers: dict) -> Fraction | None:
        """What they add up to, where that is not the whole; None where it is."""
        found = sum((Fraction(numbers[name]) for name in self.names), Fraction(0))
        return None if found == self.whole else found

    def rescaled(self, numbers: dict, places: dict[str, Fraction]) -> dict[str, Fraction]:
        """按比例调整: the same proportions, adding up exactly, in steps of the finest of their resolutions."""
        step = min(places[name] for name in self.names) * 100  # shares come to 0.01
        claims = exact([numbers[name] for name in self.names])
        shares = largest_remainder(exact([self.whole / step]), claims, [0] * len(self.names))
        return {name: share * step for name, share in zip(self.names, shares, strict=True)}


@dataclass(frozen=True)
class Chain:
    """门槛次序: numbers that rise from one to the next; where `strict`, no two may be equal."""

    names: tuple[str, ...]
    strict: bool


@dataclass(frozen=True)
class Constraints:
    """What holds between the numbers of one policy."""

    weights: tuple[Weights, ...]
    chains: tuple[Chain, ...]

    def neighbours(self, name: str, numbers: dict) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """Who stands next below and above a number, and whether it must differ from them."""
        below, above = [], []
        for chain in self.chains:
            if name in chain.names:
                at = chain.names.index(name)
                below += [(one, chain.strict) for one in chain.names[max(at - 1, 0) : at]]
                above += [(one, chain.strict) for one in chain.names[at + 1 : at + 2]]
        return below, above


def constraints(policy: Policy, tunables: list[Tunable]) -> Constraints:
    """The weights and the thresholds of a policy, found where clauses use them."""
    values = {one.name: one.value for one in tunables if one.kind == "number" and is_number(one.value)}
    found = [named(policy, clause.id, values) for clause in policy.clauses if clause.rule is not None]
    return Constraints(tuple(_weights(policy, found, values)), tuple(_chains(policy, found, values)))


def named(policy: Policy, clause_id: str, values: dict) -> list[tuple[tuple, str]]:
    """The tunable numbers in a clause: the place in its entry, and the name, with the places inside a table that it refers to."""
    found = []
    for path, leaf in leaves(entries(policy)[clause_id], lambda value: policy.reader.dated(value, policy.path)):
        if isinstance(leaf, str) and leaf.startswith("$"):
            start = f"{leaf[1:]}."
            found += [(path, leaf[1:])] if leaf[1:] in values else []
            found += [((*path, *_parts(name[len(start) :])), name) for name in values if name.startswith(start)]
        elif dotted(clause_id, *path) in values:
            found.append((path, dotted(clause_id, *path)))
    return found


def _parts(place: str) -> list:
    return [int(part) if part.isdecimal() else part for part in place.split(".")]


def _weights(policy: Policy, found: list, values: dict) -> Iterator[Weights]:
    groups: dict[tuple, list[str]] = {}
    for clause, names in zip([one for one in policy.clauses if one.rule is not None], found, strict=True):
        for path, name in names:
            for key in _weighed(clause, path):
                groups.setdefault(key, []).append(name)
    seen = set()
    for names in map(tuple, map(dict.fromkeys, groups.values())):
        whole = sum((Fraction(values[name]) for name in names), Fraction(0))
        target = next((one for one in _WHOLES if one * 3 / 4 <= whole <= one * 13 / 10), None)
        if len(names) > 1 and target is not None and names not in seen:
            seen.add(names)
            yield Weights(names, target)


def _weighed(clause, path: tuple) -> Iterator[tuple]:
    """The set of weights to which a number of a clause belongs."""
    if path[0] == "weights":
        yield clause.id, "weights"
    elif path[-1] in ("weight", "part") and len(path) > 2:
        yield clause.id, path[:-2]
    elif path[0] == "weight" and clause.rule.__name__ == "weighted":
        yield "weighted", clause.per, clause.unit, clause.section, str(clause.who)
    elif path == ("cap",) and clause.kind == "section_cap":
        yield "section_cap", clause.per


def _chains(policy: Policy, found: list, values: dict) -> Iterator[Chain]:
    rows: dict[tuple, dict] = {}
    seen = set()
    for clause, names in zip([one for one in policy.clauses if one.rule is not None], found, strict=True):
        for path, name in names:
            if path[-1] in _EDGES and len(path) > 2 and isinstance(path[-2], int):
                rows.setdefault((clause.id, path[:-2], path[-1]), {})[name] = True
            if path == ("at_least",) and clause.measure:
                rows.setdefault((clause.rule.__name__, clause.measure, clause.result), {})[name] = True
        inside = {}
        for path, name in names:
            inside.setdefault(path[:-1], {})[path[-1]] = name
        for keys in inside.values():
            pairs = [(keys[low], keys[high]) for low, high in _RISING if low in keys and high in keys]
            for pair in pairs:
                if values[pair[0]] <= values[pair[1]] and pair not in seen:
                    seen.add(pair)
                    yield Chain(pair, False)
    for names in map(tuple, rows.values()):
        rising = tuple(sorted(names, key=values.__getitem__))
        in_order = rising in (names, names[::-1]) and all(values[one] < values[other] for one, other in pairwise(rising))
        if len(names) > 1 and in_order and rising not in seen:
            seen.add(rising)
            yield Chain(rising, True)
