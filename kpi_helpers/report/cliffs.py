"""近线: who stands near a threshold, and what reaching it would bring, as tables and words for readers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.cliffs import Change, Near, Stand, Threshold, near, nudged, thresholds
from kpi_helpers.language import say
from kpi_helpers.numbers import half_up, text
from kpi_helpers.policy import Policy
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.names import known
from kpi_helpers.report.views import View
from kpi_helpers.report.words import RATIO, percent, show, signed, unit_word
from kpi_helpers.result import Result
from kpi_helpers.thresholds import unit_of

LISTED = 3  # on either side of a threshold
_LEAST, _SCORINGS = 10, 450  # so many of the nearest are scored with what they are short of: these, or so many clauses in all


@dataclass(frozen=True)
class Edge:
    """One threshold with who stands near it; several clauses may hold the same figure against the same edge."""

    title: str
    near: Near


def edges(result: Result) -> list[Edge]:
    """Every threshold of the policy, equal ones once with the titles of all."""
    found: dict[tuple, list[Threshold]] = {}
    for one in thresholds(result.policy):
        found.setdefault(one.same, []).append(one)
    join = say("；", "; ")
    return [Edge(join.join(f"{one.clause} {one.title}" for one in same), near(result, same[0])) for same in found.values()]


def standing(view: View) -> tuple[list[Grid], list[str]]:
    """A table per threshold with somebody near it, and the titles of those with nobody."""
    result, found = view.result, edges(view.result)
    brought = _brought(result, found)
    grids = [_grid(view, one, brought) for one in found if one.near.below or one.near.above]
    return grids, [one.title for one in found if not (one.near.below or one.near.above)]


def _brought(result: Result, found: list[Edge]) -> dict[tuple, Change | None]:
    """What reaching the edge would bring: first for the nearest of each threshold, then for the second, as far as time allows."""
    computed = sum(clause.rule is not None for clause in result.policy.clauses) or 1
    wanted: dict[tuple, tuple[Threshold, Stand]] = {}
    for place in range(LISTED):
        for one in found:
            for stand in one.near.below[place : place + 1]:
                wanted.setdefault(_key(one.near.threshold, stand), (one.near.threshold, stand))
    chosen = list(wanted.items())[: max(_SCORINGS // computed, _LEAST)]
    return {key: nudged(result, threshold, stand, stand.lacking) for key, (threshold, stand) in chosen}


def _key(threshold: Threshold, stand: Stand) -> tuple:
    """Equal where the same figure of the same person is moved by as much."""
    return threshold.counted or threshold.behind, stand.id, stand.sheet, stand.row, stand.lacking


def _grid(view: View, edge: Edge, brought: dict) -> Grid:
    one = edge.near
    several = any(stand.of for stand in [*one.below, *one.above])
    titles = [
        say("对象", "who"),
        *([say("哪一次", "which")] if several else []),
        say("现在", "now"),
        say("差距", "distance"),
        say("达到后", "if reached"),
    ]
    rows = []
    for stand in [*one.below[:LISTED], *one.above[:LISTED]]:
        reached = change_words(brought[_key(one.threshold, stand)]) if stand.lacking > 0 and _key(one.threshold, stand) in brought else ""
        shown = [figure_words(stand, one.threshold), lacking_words(view.policy, one.threshold, stand), reached]
        rows.append([who(view, one.threshold, stand), *([stand.of] if several else []), *shown])
    more = [len(side) - LISTED for side in (one.below, one.above)]
    title = edge.title + say(f"：线下 {len(one.below)}、线上 {len(one.above)}", f": {len(one.below)} below, {len(one.above)} above")
    title += say(f"（各列最近 {LISTED} 个）", f" (the nearest {LISTED} of each)") if max(more) > 0 else ""
    return Grid(title, [Column(title) for title in titles], rows).compact()


def who(view: View, threshold: Threshold, stand: Stand) -> str:
    """The person by name and id, the group, or the department."""
    if threshold.per == "employee":
        return view.person(stand.id)
    return stand.id if threshold.per == "group" else say("部门", "department")


def figure_words(stand: Stand, threshold: Threshold) -> str:
    """The figure with its unit, a ratio as per cent; where rounding would take it over the edge, with more decimals."""
    if not is_ratio(threshold):
        return f"{show(half_up(stand.figure, 4))} {unit_word(threshold.unit)}".rstrip()
    over = (half_up(stand.figure, 4) < stand.edge) != (stand.figure < stand.edge)
    return f"{text(100 * stand.figure)}%" if over else percent(stand.figure)


def is_ratio(threshold: Threshold) -> bool:
    """Is what is compared a part of one, such as a count of its quota?"""
    return threshold.unit == RATIO or bool(threshold.counted) and not threshold.unit


def distance_words(policy: Policy, threshold: Threshold, distance: Fraction) -> str:
    """How far it is to the edge: 2 次, 0.5 分, 1.50%."""
    if is_ratio(threshold) and not threshold.counted:
        return percent(distance)
    return f"{show(distance)}{counted_in(policy, threshold)}"


def lacking_words(policy: Policy, threshold: Threshold, stand: Stand) -> str:
    """差 2 次 · 余 3 次 · 正好在线上."""
    amount = distance_words(policy, threshold, half_up(abs(stand.lacking), 4))
    if stand.lacking > 0:
        return say(f"差 {amount}", f"{amount} short")
    return say(f"余 {amount}", f"{amount} to spare") if stand.lacking else say("正好在线上", "just on the edge")


def counted_in(policy: Policy, threshold: Threshold) -> str:
    """What a distance from an edge is counted in, to stand behind the number: a unit, or the name of what is counted without one."""
    counted = threshold.counted[0] if threshold.counted else ""
    unit = unit_word(unit_of(policy, counted) if counted else threshold.unit)
    if unit or not counted:
        return f" {unit}".rstrip()
    title = known(policy, counted.rpartition(".")[2]).title
    return say(f"（{title}）", f" ({title})")


def own_changes(change: Change) -> list[str]:
    """Before → after of the person's own results, where they change."""
    results = (
        (say("得分", "score"), "分", change.score),
        (say("等级", "grade"), "", change.grade),
        (say("金额", "pay"), "元", change.pay),
    )
    return [f"{title} {show(before, unit)} → {show(after, unit)}" for title, unit, (before, after) in results if before != after]


def change_words(change: Change | None) -> str:
    """Before → after, of what changes only."""
    if change is None:
        return say("无法试算", "cannot be tried")
    parts = own_changes(change)
    gone, new = ([one for one in these if one not in others] for these, others in (change.flags, change.flags[::-1]))
    parts += [say(f"不再“{one}”", f"no longer '{one}'") for one in gone] + [say(f"转为“{one}”", f"now '{one}'") for one in new]
    before, after = change.pay
    own = after - before if before is not None and after is not None else Fraction(0)
    if change.cost != own:
        parts.append(say("应发合计", "total pay") + f" {signed(change.cost, '元')}")
    return say("；", "; ").join(parts) or say("不变", "no change")
