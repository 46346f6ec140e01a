"""分档: gaps, overlaps, bands that nobody reaches."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import inf

import portion

from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, finding, shared_rule, warning
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import reached, set_of
from kpi_helpers.lint.spans import UNKNOWN, Span
from kpi_helpers.lint.told import between, shown
from kpi_helpers.policy import Clause, Parameter, Policy


def banded_of(policy: Policy, lowest: Fraction | float = Fraction(0)) -> Iterator[tuple[Clause | Parameter, Span, list[dict], str]]:
    """Every list of bands with plain numbers: whose it is, the figure it judges, the bands, the figure's name."""
    model = model_of(policy, None, lowest)
    for clause in policy.clauses:
        bands, rule = model.constant_bands(clause), shared_rule(clause)
        if bands and rule == "banded":
            yield clause, model.before[clause.id], bands, clause.measure
        elif bands and rule == "per_record":
            table, name = policy.tables.get(clause.table), clause.arguments.get("column")
            column = table.column(name) if table and name else None
            yield clause, model.column(table, column) if column else UNKNOWN, bands, name
        elif rule == "looked_up":
            for side in ("rows", "columns"):
                edges = clause.arguments.get(f"{side}_from")
                if edges and all(isinstance(edge, Fraction) for edge in edges):
                    name = clause.arguments[side]
                    yield clause, model.span(name, clause.per), [{"from": edge, "give": edge} for edge in edges], name
    if policy.module is not None:
        for parameter in policy.parameters.values():
            rows = parameter.value if isinstance(parameter.value, list) else []
            if rows and all(isinstance(row, dict) and "give" in row for row in rows):
                yield parameter, Span(Fraction(0)), rows, parameter.title or parameter.name


def band_text(band: dict) -> str:
    """A band as the policy writes it."""
    return "{" + ", ".join(f"{key}: {value if isinstance(value, str) else shown(value)}" for key, value in band.items()) + "}"


def check_gaps(policy: Policy) -> Iterator[Finding]:
    """Values that no band holds: the month would stop there."""
    for owner, span, bands, name in banded_of(policy):
        if isinstance(owner, Parameter):
            continue  # what a scheme's own rule does below its lowest band is its own
        covered = portion.empty()
        for band in bands:
            covered |= set_of(band)
        whole = covered.enclosure
        for atom in span.grid(~covered):
            value = span.pick(atom)
            inner = value in whole
            zh = "把相邻一档的边接上（不写 to、below 就一直到上一档），或加一档 {give: …} 兜底"
            en = "let the next band reach up to it (leave out to and below), or add a last band {give: …}"
            yield finding(
                "error" if inner else "warning",
                owner,
                f"{name}{_range(atom)}时没有档。",
                f"no band holds {name} {_range(atom)}.",
                f"一个{name}为 {shown(value)} 的人不在任何一档。",
                f"somebody with {name} {shown(value)} is in no band.",
                f"{zh}。" if inner else f"{zh}；如果不会有这样的值，给“{name}”写上 min、max、floor 或 cap。",
                f"{en}." if inner else f"{en}; if there are no such values, state min, max, floor or cap of '{name}'.",
            )


def check_overlaps(policy: Policy) -> Iterator[Finding]:
    """Values that two bands hold by their own edges: one finding for each list of bands."""
    for owner, span, bands, name in banded_of(policy):
        found = [(*pair, value) for pair in combinations(bands, 2) if (value := _in_both(span, *pair)) is not None]
        if not found:
            continue
        one, other, value = found[0]
        counts = next(band for band, inside in zip(bands, reached(bands), strict=True) if value in inside)
        zh, en = ("先写的", "first one") if _low(one) == _low(other) else ("下限高的", "one with the higher lower edge")
        more = say(f"（这样的共 {len(found)} 处）", f" ({len(found)} such pairs)") if len(found) > 1 else ""
        yield warning(
            owner,
            f"两档重叠：{band_text(one)} 与 {band_text(other)}{more}。",
            f"two bands overlap: {band_text(one)}, {band_text(other)}{more}.",
            f"{name}为 {shown(value)} 的人两档都在，现在按{zh}一档得 {_give(counts)}。",
            f"{name} {shown(value)} is in both; the {en} counts and gives {_give(counts)}.",
            "只让一档含这个边（from、to 含边，above、below 不含），或不写上边。",
            "let one band only hold the edge (from and to hold it, above and below do not), or leave the upper edge out.",
        )


def _in_both(span: Span, one: dict, other: dict) -> Fraction | None:
    """A value that two bands hold which give different things; none where one of them is open, as a rest that others cut from."""
    lower, upper = sorted((one, other), key=_low)
    rest = _low(upper) == -inf or not lower.keys() & {"to", "below"} or _low(lower) == _low(upper) and not upper.keys() & {"to", "below"}
    return None if rest or one["give"] == other["give"] else span.pick(set_of(lower) & set_of(upper))


def check_unreachable_bands(policy: Policy) -> Iterator[Finding]:
    """Bands that nobody can fall in."""
    for owner, span, bands, name in banded_of(policy, -inf):
        for band, inside in zip(bands, reached(bands), strict=True):
            if span.pick(inside) is not None:
                continue
            reversed_ = set_of(band).empty
            zh, en = "删去这一档，或改正它的边。", "delete the band, or correct its edges."
            if not inside.empty:
                reason = say(f"{name}只能在 {between(span)} 之间", f"{name} lies between {between(span)}")
                zh, en = f"改正这一档的边，或“{name}”的上下限（cap、floor、max、min）。", f"correct its edges, or the bounds of '{name}'."
            elif reversed_:
                reason = say("上下边颠倒", "its edges are the wrong way round")
            else:
                reason = say("其他档已把它占满", "other bands hold all of it")
            table = isinstance(owner, Clause) and shared_rule(owner) == "looked_up"  # whose line gives several numbers
            told = f"{{from: {shown(band['from'])}}}" if table else band_text(band)
            given = say("用到它的数", "is held against it") if table else say(f"得到 {_give(band)}", f"gives {_give(band)}")
            yield finding(
                "error" if reversed_ else "warning",
                owner,
                f"没有人能落在 {told} 这一档：{reason}。",
                f"nobody can fall in {told}: {reason}.",
                f"没有一个{name}的值{given}。",
                f"no value of {name} {given}.",
                zh,
                en,
            )


def check_scale(policy: Policy) -> Iterator[Finding]:
    """Edges written as parts of 1 for a figure out of 100, or as per cents for a ratio: 90% is 90 of the one and 0.9 of the other."""
    model = model_of(policy, None, -inf)
    for owner, span, bands, name in banded_of(policy, -inf):
        edges = [abs(edge) for band in bands for key, edge in band.items() if key != "give" and edge]
        if not edges or isinstance(owner, Parameter):
            continue
        maker = model.maker(owner.measure, owner.per) if owner.measure else None
        ratio = maker is not None and shared_rule(maker) == "ratio" and maker.arguments.get("scale", 1) == 1
        small = 50 <= span.high < inf and max(edges) <= 1 and any(edge < 1 for edge in edges)
        large = ratio and span.high == inf and min(edges) >= 20
        if small or large:
            edge = max(edges)
            meant = edge * 100 if small else edge / 100
            yield warning(
                owner,
                f"分档的边 {shown(edge)} 与“{name}”的大小不合。",
                f"the edge {shown(edge)} does not fit the size of '{name}'.",
                f"“{name}”最多是 {shown(span.high)}，{shown(edge)} 在最底下。" if small else f"“{name}”是比值，90% 是 0.9，不是 90。",
                f"'{name}' is {shown(span.high)} at most." if small else f"'{name}' is a ratio: 90% is 0.9, not 90.",
                f"是否指 {shown(meant)}？" if small else f"是否指 {shown(meant)}？或在比值上写 scale: 100。",
                f"Did you mean {shown(meant)}?" if small else f"Did you mean {shown(meant)}? Or write scale: 100 at the ratio.",
            )


def _low(band: dict):
    return band.get("from", band.get("above", float("-inf")))


def _give(band: dict) -> str:
    return band["give"] if isinstance(band["give"], str) else shown(band["give"])


def _range(atom) -> str:
    """An interval in words: 在 79 与 80 之间, 低于 60."""
    low, high = (None if end in (portion.inf, -portion.inf) else shown(end) for end in (atom.lower, atom.upper))
    if low is None or high is None:
        known = high if low is None else low
        closed = (atom.right if low is None else atom.left) == portion.CLOSED
        word = say("低于" if low is None else "高于", "below" if low is None else "above")
        return f"{word} {known}" + (say("（含）", " (included)") if closed else say(" ", ""))
    if low == high:
        return say(f"等于 {low} ", f"equal to {low}")
    return say(f"在 {low} 与 {high} 之间", f"between {low} and {high}")
