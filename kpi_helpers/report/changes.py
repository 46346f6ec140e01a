"""与上期比: totals then and now, who moved most and why, who is new and who is gone, which numbers of the policy changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.bridge import Bridge, Part, bridges
from kpi_helpers.language import say
from kpi_helpers.numbers import exact, half_up, is_missing
from kpi_helpers.policy import Policy
from kpi_helpers.report.grids import Column, Grid
from kpi_helpers.report.in_force import own_numbers, with_unit
from kpi_helpers.report.names import label
from kpi_helpers.report.views import View, mean
from kpi_helpers.report.words import amount, signed

MOVERS, REASONS = 10, 3


@dataclass(frozen=True)
class Changes:
    """与上期比, ready to be shown."""

    period: str
    totals: Grid
    movers: list[Grid]
    unmoved: str
    new: list[str]
    gone: list[str]
    numbers: Grid


def changes(view: View, then: View) -> Changes:
    """What is different from the period before, in tables whose differences are exact."""
    found = bridges(view.result, then.result)
    ids, before = view.result.employees.index, then.result.employees.index
    movers = [_movers(view, found, side) for side in ("score", "pay")]
    compared = [one for one in found.values() if one.score or one.pay]
    same = sum(all(side is None or side.before == side.after for side in (one.score, one.pay)) for one in compared)
    unmoved = say(
        f"{len(compared)} 人两期都有结果，其中 {same} 人没有变化。",
        f"{len(compared)} people have results in both, {same} of them the same.",
    )
    return Changes(
        str(then.policy.period),
        Grid(say("总计", "Totals"), _columns(view, then), list(_totals(view, then))),
        [grid for grid in movers if grid.rows],
        unmoved,
        [view.person(id) for id in ids if id not in before],
        [then.person(id) for id in before if id not in ids],
        _numbers(view.policy, then.policy),
    )


def overall(view: View, then: View) -> str:
    """One line: what the mean score and the total pay did since the period before."""
    rows = _totals(view, then, whole=False)
    known = [row for row in rows if row[1] is not None and row[2] is not None]
    parts = [f"{title} {old} → {new}" + say(f"（{difference}）", f" ({difference})") for title, old, new, difference in known]
    nothing = say("没有可比的数", "nothing to compare")
    return say(f"{then.policy.period}：", f"{then.policy.period}: ") + (say("；", "; ").join(parts) or nothing) + say("。", ".")


# -- totals ------------------------------------------------------------------------------------------------------------


def _columns(view: View, then: View) -> list[Column]:
    titles = (str(then.policy.period), str(view.policy.period), say("差", "difference"))
    return [Column(say("项目", "item")), *(Column(title, right=True) for title in titles)]


def _totals(view: View, then: View, whole: bool = True) -> Iterator[list]:
    """People, mean score, each group's score, people paid, total pay: then, now, difference; the means and sums only, if not whole."""
    if whole:
        yield _row(say("人数", "people"), Fraction(len(then.result.employees)), Fraction(len(view.result.employees)))
    old, now = then.scored(), view.scored()
    if old and now:
        shown = now[0]
        means = [mean(frame[one.name].array) for one, frame in (old, now)]
        yield _row(say(f"平均{shown.title}", f"mean {shown.title}"), *means, shown.unit)
        for group in view.group_names if whole and shown.name in view.result.groups else ():
            values = [_value(one.result.groups, shown.name, group) for one in (then, view)]
            yield _row(say(f"{group}{shown.title}", f"{group} {shown.title}"), *values, shown.unit)
    if then.pay.clauses or view.pay.clauses:
        if whole:
            yield _row(say("有应发金额的人数", "people paid"), *(Fraction(sum(one.pay.published.values())) for one in (then, view)))
        yield _row(say("应发合计", "total pay"), then.pay.grand_total(), view.pay.grand_total(), "元")


def _value(frame, name: str, unit) -> Fraction | None:
    if name not in frame or unit not in frame.index:
        return None
    value = exact([frame.loc[unit, name]])[0]
    return None if is_missing(value) else value


def _row(title: str, then: Fraction | None, now: Fraction | None, unit: str = "") -> list:
    sides = [None if value is None else amount(value, unit) for value in (then, now)]
    return [title, *sides, "–" if then is None or now is None else signed(half_up(now - then, 4), unit)]


# -- people ------------------------------------------------------------------------------------------------------------


def _movers(view: View, found: dict[str, Bridge], which: str) -> Grid:
    """Whoever moved most on one side, with the parts that weigh most."""
    sides = [(id, getattr(bridge, which)) for id, bridge in found.items()]
    moved = [(id, side) for id, side in sides if side is not None and side.before != side.after]
    moved.sort(key=lambda pair: (-abs(pair[1].after - pair[1].before), str(pair[0])))
    unit = "元" if which == "pay" else "分"
    what = say("金额", "pay") if which == "pay" else say("得分", "score")
    titles = (say("对象", "who"), say("上期", "before"), say("本期", "now"), say("差", "difference"), say("主要原因", "main reasons"))
    columns = [Column(title, unit if place in (1, 2) else "", right=place == 3) for place, title in enumerate(titles)]
    rows = [
        [view.person(id), side.before, side.after, signed(half_up(side.after - side.before, 4), unit), _reasons(side.parts, unit)]
        for id, side in moved[:MOVERS]
    ]
    more = say(f"变化最大的 {MOVERS} 人，共 {len(moved)} 人有变化", f"the {MOVERS} who moved most of {len(moved)}")
    few = say(f"{len(moved)} 人有变化", f"{len(moved)} people moved")
    return Grid(f"{what}{say('：', ': ')}{more if len(moved) > MOVERS else few}", columns, rows)


def _reasons(parts: list[Part], unit: str) -> str:
    """The parts that weigh most, in the order of their size; how many more there are."""
    chosen = sorted(parts, key=lambda part: -abs(part.difference))
    words = [
        f"{part.title} {signed(half_up(part.difference, 4), unit)}" + (f"（{part.reason}）" if part.reason else "")
        for part in chosen[:REASONS]
    ]
    rest = chosen[REASONS:]
    if rest:
        left = signed(half_up(sum((part.difference for part in rest), Fraction(0)), 4), unit)
        words.append(say(f"其余 {len(rest)} 项合计 {left}", f"{len(rest)} more, {left} together"))
    return say("；", "; ").join(words)


# -- the policy --------------------------------------------------------------------------------------------------------


def _numbers(now: Policy, then: Policy) -> Grid:
    """Numbers and readings that are not what they were."""
    titles = (say("数字或读法", "number or reading"), say("上期", "before"), say("本期", "now"), say("依据", "source"))
    grid = Grid(say("办法中变了的数", "Numbers of the policy that changed"), [Column(title) for title in titles], [])
    for name in {**then.parameters, **now.parameters}:
        old, new = (policy.parameters.get(name) for policy in (then, now))
        sides = [None if one is None else with_unit(policy, one) for policy, one in ((then, old), (now, new))]
        if sides[0] != sides[1]:
            one = new or old
            grid.rows.append([one.title or name, *sides, one.source])
    for clause in now.clauses:
        known = next((one for one in then.clauses if one.id == clause.id), None)
        old, new = (own_numbers(policy, one) for policy, one in ((then, known), (now, clause)))
        for name in {**old, **new} if known is not None else ():
            if old.get(name) != new.get(name):
                title = f"{clause.id} {clause.title}{say('：', ': ')}{label(now, name)}"
                grid.rows.append([title, old.get(name), new.get(name), clause.source])
    return grid
