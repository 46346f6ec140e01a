"""档与阶梯: gaps, overlaps, bands that nobody reaches, rewards that fall where they should rise, more work for less pay."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf

import portion

from kpi_helpers.arguments import Named
from kpi_helpers.language import say
from kpi_helpers.lint.findings import Finding, place, shared_rule, shown
from kpi_helpers.lint.model import model_of
from kpi_helpers.lint.pieces import ascending, reached, set_of, tiered
from kpi_helpers.lint.spans import UNKNOWN, Span
from kpi_helpers.policy import Clause, Parameter, Policy


def _banded(policy: Policy, lowest: Fraction | float = Fraction(0)) -> Iterator[tuple[Clause | Parameter, Span, list[dict], str]]:
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
    for owner, span, bands, name in _banded(policy):
        if isinstance(owner, Parameter):
            continue  # what a scheme's own rule does below its lowest band is its own
        covered = portion.empty()
        for band in bands:
            covered |= set_of(band)
        whole = covered.enclosure
        for atom in span.grid(~covered):
            value = span.pick(atom)
            inner = value in whole
            edge = say(f"{name} {_range(atom)} 没有档", f"no band holds {name} {_range(atom)}")
            yield Finding(
                "error" if inner else "warning",
                place(owner),
                edge + say("。", "."),
                say(f"一个{name}为 {shown(value)} 的人不在任何一档。", f"somebody with {name} {shown(value)} is in no band."),
                say(
                    "把相邻一档的边接上（不写 to、below 就一直到上一档），或加一档 {give: …} 兜底"
                    + ("。" if inner else f"；如果不会有这样的值，给“{name}”写上 min、max、floor 或 cap。"),
                    "let the next band reach up to it (leave out to and below), or add a last band {give: …}"
                    + ("." if inner else f"; if there are no such values, state min, max, floor or cap of '{name}'."),
                ),
            )


def check_overlaps(policy: Policy) -> Iterator[Finding]:
    """Values that two bands hold by their own edges."""
    for owner, span, bands, name in _banded(policy):
        for position, one in enumerate(bands):
            for other in bands[position + 1 :]:
                lower, upper = sorted((one, other), key=_low)
                if _low(lower) == _low(upper) or "to" not in lower and "below" not in lower or one["give"] == other["give"]:
                    continue
                value = span.pick(set_of(lower) & set_of(upper))
                if value is not None:
                    yield Finding(
                        "warning",
                        place(owner),
                        say(
                            f"两档重叠：{band_text(lower)} 与 {band_text(upper)}。",
                            f"two bands overlap: {band_text(lower)}, {band_text(upper)}.",
                        ),
                        say(
                            f"{name}为 {shown(value)} 的人两档都在，现在按下限高的一档得 {_give(upper)}。",
                            f"{name} {shown(value)} is in both; the one with the higher lower edge counts and gives {_give(upper)}.",
                        ),
                        say(
                            "只让一档含这个边（from、to 含边，above、below 不含），或不写上边。",
                            "let one band only hold the edge (from and to hold it, above and below do not), or leave the upper edge out.",
                        ),
                    )


def check_unreachable_bands(policy: Policy) -> Iterator[Finding]:
    """Bands that nobody can fall in."""
    for owner, span, bands, name in _banded(policy, -inf):
        for band, inside in zip(bands, reached(bands), strict=True):
            if span.pick(inside) is not None:
                continue
            own = set_of(band)
            beyond = not inside.empty
            reason = (
                say(f"{name}只能在 {_ends(span)} 之间", f"{name} lies between {_ends(span)}")
                if beyond
                else say("上下边颠倒", "its edges are the wrong way round")
                if own.empty
                else say("其他档已把它占满", "other bands hold all of it")
            )
            yield Finding(
                "error" if own.empty else "warning",
                place(owner),
                say(f"没有人能落在 {band_text(band)} 这一档：{reason}。", f"nobody can fall in {band_text(band)}: {reason}."),
                say(f"没有一个{name}的值得到 {_give(band)}。", f"no value of {name} gives {_give(band)}."),
                say("删去这一档，或改正它的边。", "delete the band, or correct its edges.")
                if not beyond
                else say(f"改正这一档的边，或“{name}”的上下限（cap、floor、max、min）。", f"correct its edges, or the bounds of '{name}'."),
            )


def check_decreasing(policy: Policy) -> Iterator[Finding]:
    """Bands, lines and tables whose rewards turn round, or fall although more is better."""
    for owner, span, bands, name in _banded(policy):
        if any(isinstance(band["give"], str) for band in bands) or isinstance(owner, Clause) and shared_rule(owner) == "looked_up":
            continue
        pieces = [(piece, band) for piece, band in ascending(bands) if span.pick(piece) is not None]
        better = better_of(policy, owner)
        times = owner.arguments.get("times") if isinstance(owner, Clause) else None
        if isinstance(times, Named) and times.name == owner.measure:
            yield from _cliffs(owner, span, pieces, name)
            continue
        values = [(span.pick(piece), Fraction(band["give"])) for piece, band in pieces]
        yield from _turns(owner, name, values, better)
    for clause in policy.clauses:
        points = model_of(policy).constant_bands(clause, "points") if shared_rule(clause) == "interpolated" else None
        if points:
            yield from _turns(clause, clause.measure, [(point["at"], point["give"]) for point in points], better_of(policy, clause))
        if shared_rule(clause) == "looked_up":
            yield from _table_turns(clause)
        if shared_rule(clause) == "product_of":
            yield from _product_cliffs(policy, clause)


def _turns(owner, name: str, values: list[tuple[Fraction, Fraction]], better: str) -> Iterator[Finding]:
    steps = [(one, other) for one, other in zip(values, values[1:], strict=False) if one[1] != other[1]]
    if not steps:
        return
    rising = better != "lower" if better else steps[0][1][1] > steps[0][0][1] or sum(b[1] > a[1] for a, b in steps) * 2 > len(steps)
    for one, other in steps:
        if (other[1] > one[1]) != rising:
            more, less = (other, one) if rising else (one, other)
            yield Finding(
                "warning",
                place(owner),
                say(f"{name}更好的人反而得得少。", f"a better {name} gives less."),
                say(
                    f"{name}为 {shown(more[0])} 得 {shown(more[1])}，比 {shown(less[0])} 的 {shown(less[1])} 少。",
                    f"{name} {shown(more[0])} gives {shown(more[1])}, less than {shown(less[0])} with {shown(less[1])}.",
                ),
                say("核对各档的数，或档的边是否写反。", "check the numbers, and whether the edges are the wrong way round."),
            )
            return


def _cliffs(clause: Clause, span: Span, pieces: list, name: str) -> Iterator[Finding]:
    """bands × the measure itself: where the rate drops, one more piece of work pays less."""
    for (low, one), (high, other) in zip(pieces, pieces[1:], strict=False):
        if low.upper != high.lower or high.lower <= 0 or other["give"] >= one["give"]:
            continue
        step = span.step or min(Fraction(1), *(end - begin for begin, end in [(low.lower, low.upper)] if begin != -portion.inf))
        edge = Fraction(high.lower)
        before, after = (edge, edge + step) if edge in low else (edge - step, edge)
        had, has = before * one["give"], after * other["give"]
        if has >= had:
            continue
        unit = clause.unit
        yield Finding(
            "warning",
            place(clause),
            say(
                f"{name}过了 {shown(edge)}，全部按更低的 {shown(other['give'])} 计，做得多的反而少。",
                f"beyond {shown(edge)} all of {name} counts at the lower {shown(other['give'])}: more work for less.",
            ),
            say(
                f"{name}为 {shown(after)} 的人得 {shown(has)} {unit}，比 {shown(before)} 的 {shown(had)} {unit}少。",
                f"{name} {shown(after)} gives {shown(has)}, less than {shown(had)} for {shown(before)}.",
            ),
            say(
                "改用 tiered（只有超出的部分按新单价），或核对各档单价。",
                "use tiered (only what lies beyond counts at the new rate), or check the rates.",
            ),
        )


def _product_cliffs(policy: Policy, clause: Clause) -> Iterator[Finding]:
    """A figure times the rate of the band that it falls in: 完成量 × 单价."""
    model = model_of(policy)
    factor = Fraction(1)
    for one in clause.measures:
        factor *= one if isinstance(one, (int, Fraction)) else 1
    for name in clause.measures:
        maker = model.maker(name, clause.per) if isinstance(name, str) else None
        bands = model.constant_bands(maker) if maker is not None and shared_rule(maker) == "banded" else None
        if not bands or maker.measure not in clause.measures or any(isinstance(band["give"], str) for band in bands):
            continue
        span = model.before[maker.id]
        pieces = [(piece, {"give": band["give"] * factor}) for piece, band in ascending(bands) if span.pick(piece) is not None]
        yield from _cliffs(clause, span, pieces, maker.measure)


def _table_turns(clause: Clause) -> Iterator[Finding]:
    """looked_up: along ascending edges the numbers must not turn round."""
    give, arguments = clause.arguments.get("give") or [], clause.arguments
    plain = all(isinstance(one, Fraction) for line in give for one in line)
    lines = []
    if plain and arguments.get("rows_from"):
        lines += [(arguments["rows"], arguments["rows_from"], list(column)) for column in zip(*give, strict=True)]
    if plain and arguments.get("columns_from"):
        lines += [(arguments["columns"], arguments["columns_from"], line) for line in give]
    for name, edges, numbers in lines:
        yield from _turns(clause, name, list(zip(edges, numbers, strict=True)), "")


def check_tiers(policy: Policy) -> Iterator[Finding]:
    """阶梯: tiers that nobody reaches, rates below 0 (more work for less pay), rates that fall (to be known)."""
    model = model_of(policy)
    for clause in policy.clauses:
        tiers = model.constant_bands(clause, "tiers") if shared_rule(clause) == "tiered" else None
        if not tiers:
            continue
        span, at, name = model.before[clause.id], tiered(tiers), clause.measure
        plain = clause.arguments.get("of", 1) == 1
        for position, tier in enumerate(tiers):
            start = Fraction(tier.get("from", 0))
            if plain and start >= span.high:
                yield Finding(
                    "warning",
                    place(clause),
                    say(f"没有人能到 {shown(start)} 起的这一级。", f"nobody can reach the tier from {shown(start)}."),
                    say(f"{name}最多是 {shown(span.high)}。", f"{name} is {shown(span.high)} at most."),
                    say("删去这一级，或改正它的 from。", "delete the tier, or correct its from."),
                )
            if tier["rate"] < 0:
                yield Finding(
                    "warning",
                    place(clause),
                    say(f"{shown(start)} 以上每多一个反而减少。", f"beyond {shown(start)} every further one takes something away."),
                    say(
                        f"{name}为 {shown(start + 1)} 得 {shown(at(start + 1))}，比 {shown(start)} 的 {shown(at(start))} 少。",
                        f"{name} {shown(start + 1)} gives {shown(at(start + 1))}, {shown(start)} gives {shown(at(start))}.",
                    ),
                    say("核对单价的正负号；要封顶请写 cap。", "check the sign of the rate; to stop the rise write cap."),
                )
            elif position and tier["rate"] < tiers[position - 1]["rate"]:
                yield Finding(
                    "note",
                    place(clause),
                    say(f"{shown(start)} 以上的单价比前一级低。", f"beyond {shown(start)} the rate is lower than before."),
                    say(
                        f"{shown(start)} 以上每个 {shown(tier['rate'])}，以下每个 {shown(tiers[position - 1]['rate'])}。",
                        f"{shown(tier['rate'])} each beyond {shown(start)}, {shown(tiers[position - 1]['rate'])} each below.",
                    ),
                    say("总额仍然上升；如是本意不必改。", "the amount still rises; leave it if it is meant."),
                )


def check_per_unit(policy: Policy) -> Iterator[Finding]:
    """每满: points whose sign turns a better figure into less; units that nobody has."""
    model = model_of(policy, None, -inf)
    for clause in policy.clauses:
        points = clause.arguments.get("points")
        if shared_rule(clause) != "per_unit" or not isinstance(points, Fraction):
            continue
        above, better, name = clause.arguments.get("direction", "above") == "above", better_of(policy, clause), clause.measure
        if better and (points < 0) == (above == (better == "higher")):
            value = clause.arguments.get("beyond", Fraction(0))
            edge = shown(value) if isinstance(value, Fraction) else value.name if isinstance(value, Named) else "…"
            yield Finding(
                "warning",
                place(clause),
                say(f"{name}更好的人反而得得少。", f"a better {name} gives less."),
                say(
                    f"{name}每{'高于' if above else '低于'} {edge} 一个单位，得 {shown(points)} {clause.unit}。",
                    f"each unit of {name} {'above' if above else 'below'} {edge} gives {shown(points)}.",
                ),
                say("核对 points 的正负号与 direction。", "check the sign of points, and direction."),
            )
        given = model.lines[clause.id]
        if points and given.low == given.high == 0:
            yield Finding(
                "error",
                place(clause),
                say("这一条永远得 0。", "this clause always gives 0."),
                say(f"{name}只能在 {_ends(model.before[clause.id])} 之间。", f"{name} lies between {_ends(model.before[clause.id])}."),
                say("核对 beyond、direction 与 at_most。", "check beyond, direction and at_most."),
            )


def check_prizes(policy: Policy) -> Iterator[Finding]:
    """名次奖 that rise with worse places, coefficients whose low end is above the high one, grades for nobody."""
    for clause in policy.clauses:
        arguments, rule = clause.arguments, shared_rule(clause)
        if rule == "prizes" and all(isinstance(prize, Fraction) for prize in arguments.get("prizes") or []):
            prizes = arguments["prizes"]
            for place_no, (one, other) in enumerate(zip(prizes, prizes[1:], strict=False), 1):
                if other > one:
                    yield Finding(
                        "warning",
                        place(clause),
                        say("名次靠后的反而奖得多。", "a worse place gets a larger prize."),
                        say(
                            f"第 {place_no} 名 {shown(one)}，第 {place_no + 1} 名 {shown(other)}。",
                            f"place {place_no}: {shown(one)}, next: {shown(other)}.",
                        ),
                        say("prizes 按第一名、第二名的次序写。", "write prizes from the first place on."),
                    )
                    break
        numbers = [arguments.get(name) for name in ("low", "high", "equal")]
        if rule == "min_max" and all(isinstance(one, Fraction) for one in numbers):
            low, high, equal = numbers
            if low > high or not min(low, high) <= equal <= max(low, high):
                yield Finding(
                    "warning",
                    place(clause),
                    say("系数的两端写反，或 equal 在两端之外。", "the ends are the wrong way round, or equal lies outside them."),
                    say(
                        f"最低的人得 {shown(low)}，最高的人得 {shown(high)}，大家相同时得 {shown(equal)}。",
                        f"the lowest gets {shown(low)}, the highest {shown(high)}, all alike {shown(equal)}.",
                    ),
                    say(
                        "对调 low 与 high（数越小越好时写 order: descending），equal 取在中间。",
                        "swap low and high (order: descending where less is better).",
                    ),
                )
        if rule == "distributed":
            for part in arguments.get("parts") or []:
                if part.get("part") == 0:
                    yield Finding(
                        "warning",
                        place(clause),
                        say(f"没有人能得 {part['give']}：比例为 0。", f"nobody can get {part['give']}: its part is 0."),
                        say(f"100 人中 0 人得 {part['give']}。", f"0 of 100 people get {part['give']}."),
                        say("删去这一档，或写出比例。", "delete the grade, or state its part."),
                    )


def better_of(policy: Policy, owner: Clause | Parameter) -> str:
    """Is more of the figure better (a score, an attainment), or less (a place)? '' where the policy does not say."""
    if not isinstance(owner, Clause):
        return "higher"
    maker = model_of(policy).maker(owner.measure, owner.per) if owner.measure else None
    rule = shared_rule(maker) if maker is not None else ""
    if rule == "ratio" and "better" in maker.arguments:
        return "higher"  # it says which way is better, and turns it so that more is
    return {"weighted_mean": "higher", "section": "higher", "total": "higher", "percent_rank": "higher", "ranked": "lower"}.get(rule, "")


def _low(band: dict):
    return band.get("from", band.get("above", float("-inf")))


def _give(band: dict) -> str:
    return band["give"] if isinstance(band["give"], str) else shown(band["give"])


def _range(atom) -> str:
    """An interval in words: 79 与 80 之间, 60 以下."""
    low, high = (None if end in (portion.inf, -portion.inf) else shown(end) for end in (atom.lower, atom.upper))
    if low is None or high is None:
        known = high if low is None else low
        closed = (atom.right if low is None else atom.left) == portion.CLOSED
        word = say("低于" if low is None else "高于", "below" if low is None else "above")
        return f"{word} {known}" + (say("（含）", " (included)") if closed else "")
    if low == high:
        return say(f"等于 {low} 的", f"equal to {low}")
    return say(f"在 {low} 与 {high} 之间", f"between {low} and {high}")


def _ends(span: Span) -> str:
    return say(f"{shown(span.low)} 至 {shown(span.high)}", f"{shown(span.low)} and {shown(span.high)}")
