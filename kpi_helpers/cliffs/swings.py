"""一数之动: which single number of a policy moves the total pay most, each tried a tenth lower and a tenth higher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.compare import MONEY, Comparison
from kpi_helpers.errors import KpiError
from kpi_helpers.lines import Post
from kpi_helpers.numbers import is_number, total
from kpi_helpers.policy import Policy
from kpi_helpers.result import Result
from kpi_helpers.what_if.constraints import Constraints, constraints
from kpi_helpers.what_if.tunables import Tunable

TENTH = Fraction(1, 10)
_SMALL = 5  # so many numbers of one part are first tried together


@dataclass(frozen=True)
class Swing:
    """摆动: a number, the lower and higher value it was tried at (None: not at all), and what each changes."""

    tunable: Tunable
    low: Fraction | None
    high: Fraction | None
    low_change: Fraction | None
    high_change: Fraction | None

    @property
    def changes(self) -> tuple[Fraction | None, Fraction | None]:
        return self.low_change, self.high_change

    @property
    def size(self) -> Fraction:
        """From the least to the most that the total comes to."""
        changes = [Fraction(0), *(one for one in self.changes if one is not None)]
        return max(changes) - min(changes)


@dataclass(frozen=True)
class Tornado:
    """The swings, largest first; `unit` 元 of the total pay `base`, or 分 of the mean score where a policy pays nothing."""

    swings: list[Swing]
    unit: str
    base: Fraction | None
    tried: int
    skipped: int


def tornado(policy: Policy, score_fn: Callable[[Policy], Result], tunables: list[Tunable]) -> Tornado:
    """一数之动: every number a tenth (at least a step) lower and higher, within its bounds and neighbours, all others as they are.

    score_fn: scores the month under a policy, such as Replay.score. A value that the policy refuses, or with which nobody
    can be scored, is skipped and counted; a number without effect is left out. Equals stand in the order of the document.
    """
    baseline, limits = score_fn(policy), constraints(policy, tunables)
    pays = _pays(baseline)
    values = {one.name: one.value for one in tunables}
    swings, tried, skipped = [], 0, 0
    for one in tunables:
        if one.kind != "number" or not is_number(one.value):
            continue
        sides = bounds(one, limits, values)
        changes = [None if value is None else _change(policy, score_fn, baseline, one.name, value, pays) for value in sides]
        tried += sum(value is not None for value in sides)
        skipped += sum(value is not None and change is None for value, change in zip(sides, changes, strict=True))
        swings.append(Swing(one, *sides, *changes))
    swings = sorted((one for one in swings if one.size), key=lambda one: -one.size)
    return Tornado(swings, MONEY if pays else "分", _measure(Comparison(baseline, baseline), pays)[0], tried, skipped)


def bounds(one: Tunable, limits: Constraints, values: dict) -> tuple[Fraction | None, Fraction | None]:
    """The lower and the higher value to try: a tenth away in whole steps, not past the neighbours; None where there is no room."""
    value = Fraction(one.value)
    away = _away(one)
    below, above = limits.neighbours(one.name, values)
    room = one.resolution
    lows = [one.low, *(Fraction(values[name]) + (room if strict else 0) for name, strict in below if is_number(values.get(name)))]
    highs = [one.high, *(Fraction(values[name]) - (room if strict else 0) for name, strict in above if is_number(values.get(name)))]
    lows, highs = lows + [one.least] * (one.least is not None), highs + [one.most] * (one.most is not None)
    low, high = max(value - away, *lows), min(value + away, *highs)
    return low if low < value else None, high if high > value else None


def _change(policy: Policy, score_fn, baseline: Result, name: str, value: Fraction, pays: bool) -> Fraction | None:
    """What another value of one number changes; None where there is no result with it."""
    try:
        result = score_fn(policy.adjusted({name: _plain(value)}))
    except KpiError:
        return None
    now, then = _measure(Comparison(baseline, result), pays)
    return None if now is None or then is None else then - now


def _measure(comparison: Comparison, pays: bool) -> tuple[Fraction | None, Fraction | None]:
    """Total pay, or the mean score of those who have one on both sides."""
    if pays:
        return comparison.cost[:2]
    before, after = comparison.before.score, comparison.after.score
    known = ~(before.isna() | after.isna())
    return tuple(total(scores[known]) / int(known.sum()) if known.any() else None for scores in (before, after))


def worth_trying(policy: Policy, score_fn: Callable[[Policy], Result], tunables: list[Tunable]) -> list[Tunable]:
    """The numbers without those that plainly count for nothing this month: points of clauses for which nobody has a record, and
    parts of the document whose numbers change nobody's pay (or score) even if all of them are moved up, or down, at once."""
    baseline = score_fn(policy)
    idle = {clause.id for clause in policy.clauses if clause.rule is not None} - {
        post.clause.id for post in baseline.posts if _counts(post)
    }
    left = [one for one in tunables if one.kind == "number" and is_number(one.value)]
    left = [one for one in left if not (one.name.endswith(".points") and set(one.clauses) <= idle)]
    parts: dict[str, list[Tunable]] = {}
    for one in left:
        table = one.name.partition(".")[0]
        parts.setdefault(table if one.name.count(".") > 1 and table in policy.parameters else one.section, []).append(one)
    found = {one.name for part in parts.values() for one in _moving(policy, score_fn, baseline, part)}
    return [one for one in left if one.name in found]


def _moving(policy: Policy, score_fn, baseline: Result, part: list[Tunable]) -> list[Tunable]:
    """Of some numbers those that may matter: all, or none, or what is left of either half."""
    if len(part) < _SMALL:
        return part
    if not _matters(policy, score_fn, baseline, part):
        return []
    half = len(part) // 2
    halves = (part[:half], part[half:]) if half >= _SMALL else ()
    return [one for some in halves for one in _moving(policy, score_fn, baseline, some)] if halves else part


def _counts(post: Post) -> bool:
    """Did a clause give anybody anything, or find anything to count?"""
    return any(bool((column.num != 0).any()) for column in (post.lines.value, post.lines.quantity) if column is not None)


def _matters(policy: Policy, score_fn, baseline: Result, numbers: list[Tunable]) -> bool:
    """Does anybody's pay (or score, where nothing is paid) change if all these numbers are moved up, or down, together?"""
    for way in (-1, 1):
        moved = {one.name: Fraction(one.value) + way * _away(one) for one in numbers}
        try:
            trial = score_fn(policy.adjusted({name: _plain(value) for name, value in moved.items()}))
        except KpiError:
            return True
        comparison = Comparison(baseline, trial)
        before, after = (side.pay if _pays(baseline) else side.score for side in (comparison.before, comparison.after))
        if (before.isna() != after.isna()).any() or (before != after).any():
            return True
    return False


def _pays(result: Result) -> bool:
    return bool((~Comparison(result, result).before.pay.isna()).any())


def _away(one: Tunable) -> Fraction:
    """A tenth, in whole steps, at least one."""
    return max(abs(Fraction(one.value)) * TENTH // one.step * one.step, one.step)


def _plain(value: Fraction):
    return int(value) if value.denominator == 1 else value
