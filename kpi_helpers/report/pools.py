"""奖金池怎么算: from head-count to pool to score to share, as a little calculation made of the ledger's own lines.

Nothing is computed anew: every number is a line's value or quantity, or a sum of lines; where the lines do not add up to what
a step would say, the step is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.numbers import exact
from kpi_helpers.policy import Clause
from kpi_helpers.report.views import View, plain, score_column
from kpi_helpers.report.words import show, yuan

_POOL, _LEFT, _MONEY, _POINTS = "元/池", ("元/余", "yuan left"), "元", "分"
_KINDS = {"deduction": ("扣分", "deductions"), "addition": ("加分", "additions"), "restitution": ("返还", "restitution")}


@dataclass(frozen=True)
class Step:
    """One step: what it is, the calculation in words, what comes out, and the clauses behind it.

    common: may everybody who shares be told of it? Not of what single people got or lost.
    """

    title: str
    sum: str
    result: str
    clauses: tuple[str, ...] = ()
    common: bool = True


@dataclass
class Pool:
    """奖金池 of one group or of the department, step by step."""

    of: str
    steps: list[Step] = field(default_factory=list)


class _Lines:
    """The ledger's lines as a pool needs them: each group's own (the department's under None), and the people's by clause and group."""

    def __init__(self, view: View):
        shared = {clause.id for clause in sharing(view)}
        self.own: dict = defaultdict(list)
        self.people: dict = defaultdict(list)
        for row in view.ledger:
            if row["employee_id"] is None:
                self.own[row["group_id"]].append(row)
            elif row["clause"] in shared and row["value"] is not None:
                for group in {row["group_id"], None}:
                    self.people[row["clause"], group].append(row)


def pools(view: View) -> list[Pool]:
    """Each group's pool, then the department's where people share that."""
    ledger = _Lines(view)
    groups = [Pool(str(group), _steps(view, ledger, group)) for group in view.group_names]
    found = [one for one in groups if one.steps]
    own = _steps(view, ledger, None)
    return [*found, Pool(_department(), own)] if own else found


def common_steps(view: View) -> dict[str | None, list[Step]]:
    """The steps that whoever shares may be told of, by group; the department's under None."""
    return {None if one.of == _department() else one.of: [step for step in one.steps if step.common] for one in pools(view)}


def _department() -> str:
    return say("部门", "Department")


def _steps(view: View, ledger: _Lines, group) -> list[Step]:
    lines = ledger.own[group]
    chain = [row for row in lines if row["unit"] == _POOL and (row["value"] or row["quantity"])]
    left = {row["clause"]: row["value"] for row in lines if row["unit"] in _LEFT and row["value"] is not None}
    shares = _shares(view, ledger, group, chain, left)
    if not chain and not shares or group is None and not shares:
        return []
    steps = []
    if chain:
        funded = [row for row in chain if _full_score(view, row) is None]
        scaled = [row for row in chain if _full_score(view, row) is not None]
        pool = sum((row["value"] for row in funded), Fraction(0))
        if funded:
            steps.append(Step(say("奖金池", "pool"), " ".join(_terms(funded)), money(pool), _clauses(funded)))
        steps += [step for step in [_score(view, group, lines)] if step]
        for row in scaled:
            steps.append(_scaled(view, row, pool))
            pool += row["value"]
    return [*steps, *shares]


# -- the pool ----------------------------------------------------------------------------------------------------------


def _terms(rows: list[dict]) -> list[str]:
    """8 人 × 100 元 + 1,000 元: each line with its sign; a line with heads as heads times what one brings."""
    found = []
    for place, row in enumerate(rows):
        value, heads = row["value"], row["quantity"]
        by_head = heads is not None and heads > 0 and row["value"] > 0 and (100 * value / heads).denominator == 1
        words = (
            say(f"{show(heads)} 人 × {money(value / heads)}", f"{show(heads)} people × {money(value / heads)}")
            if by_head
            else money(abs(value))
        )
        sign = "−" if value < 0 else "+" if place else ""
        found.append(f"{sign} {words}".strip())
    return found


def _full_score(view: View, row: dict) -> Fraction | None:
    """What counts as a full score, for a clause that scales a pool by a score."""
    full = view.policy.clause(row["clause"]).arguments.get("full_score")
    return Fraction(full) if full and row["quantity"] is not None and row["group_id"] is not None else None


def _scaled(view: View, row: dict, pool: Fraction) -> Step:
    """1,800 元 × 82/100, or what was taken or added for the score where the factor does not apply to the whole pool."""
    full, after = _full_score(view, row), pool + row["value"]
    factor = f"{show(row['quantity'])}/{show(full)}"
    exactly = pool * row["quantity"] / full
    if abs(exactly - after) <= Fraction(1, 200):
        words = f"{money(pool)} × {factor}"
    else:
        sign = "−" if row["value"] < 0 else "+"
        words = f"{money(pool)} {sign} {money(abs(row['value']))}" + say(f"（一部分按 {factor} 折算）", f" (a part of it times {factor})")
    return Step(say("按得分折算", "scaled by the score"), words, money(after), (row["clause"],))


def _score(view: View, group, lines: list[dict]) -> Step | None:
    """基础分 100 − 扣分 26 + 加分 5 + 返还 3, if that is the group's score."""
    shown, frame = score_column(view.policy), view.result.groups
    if group is None or shown is None or shown.name not in frame:
        return None
    score = plain(exact([frame.loc[group, shown.name]])[0])
    sums: dict[str, Fraction] = {}
    rows = [row for row in lines if row["unit"] == _POINTS and row["value"]]
    for row in sorted(rows, key=lambda row: row["kind"] in _KINDS):  # base points first
        word = say(*_KINDS[row["kind"]]) if row["kind"] in _KINDS else row["note"] or row["title"]
        sums[word] = sums.get(word, Fraction(0)) + row["value"]
    if score is None or not sums or sum(sums.values()) != score:
        return None
    parts = [
        f"{'−' if value < 0 else '+' if place else ''} {word} {show(abs(value))}".strip()
        for place, (word, value) in enumerate(sums.items())
    ]
    others = [row for row in rows if row["kind"] not in _KINDS]
    return Step(shown.title, " ".join(parts), f"{show(score)} {say('分', 'points')}", _clauses(others or rows), common=False)


# -- the shares --------------------------------------------------------------------------------------------------------


def sharing(view: View) -> list[Clause]:
    """The clauses that share money out among people."""
    pays = [clause for clause in view.policy.clauses if clause.per == "employee" and clause.unit == _MONEY]
    return [clause for clause in pays if clause.kind == "pool" or "pool" in clause.arguments]


def _shares(view: View, ledger: _Lines, group, chain: list[dict], left: dict[str, Fraction]) -> list[Step]:
    """What is shared out among the people of this group (or the department), if the lines add up to what there was to share."""
    steps = []
    for clause in sharing(view):
        mine = ledger.people[clause.id, group]
        if not mine or within(clause) != ("department" if group is None else "group"):
            continue
        given = sum((row["value"] for row in mine), Fraction(0))
        if "pool" in clause.arguments:  # a pool of its own, with a residual under the same clause
            steps.append(_share(clause, mine, given, left.get(clause.id, Fraction(0))))
        elif given + (rest := sum(left.values(), Fraction(0))) == sum((row["value"] for row in chain), Fraction(0)):
            steps.append(_share(clause, mine, given, rest))
    return steps


def within(clause: Clause) -> str:
    """Who shares: the people of each group, or of the department."""
    return str(clause.arguments.get("within") or clause.arguments.get("unit_of_pool") or "group")


def _share(clause: Clause, lines: list[dict], given: Fraction, rest: Fraction) -> Step:
    """÷ 8 人 where all get the same, else from the least to the most."""
    amounts, heads = {row["value"] for row in lines}, len(lines)
    people = say(f"{heads} 人", f"{heads} people")
    if len(amounts) == 1:
        words, result = (
            f"{money(given + rest)} ÷ {people}",
            say(f"每人 {yuan(lines[0]['value'])} 元", f"{yuan(lines[0]['value'])} yuan each"),
        )
    else:
        words = say(f"{money(given + rest)} 分给 {people}", f"{money(given + rest)} shared by {people}")
        result = say(f"每人 {yuan(min(amounts))} 至 {yuan(max(amounts))} 元", f"{yuan(min(amounts))} to {yuan(max(amounts))} yuan each")
    if rest:
        rest_words = f"{'−' if rest < 0 else ''}{yuan(abs(rest))}"
        words += say(f"，分配余额 {rest_words} 元", f", {rest_words} yuan left")
    return Step(clause.title, words, result, (clause.id,), common=len(amounts) == 1)


def money(value: Fraction) -> str:
    """1,800 元, 184.50 元."""
    shown = yuan(value)
    return f"{shown.removesuffix('.00')} {say('元', 'yuan')}"


def _clauses(rows: list[dict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["clause"] for row in rows))
