"""上期到本期: why a person's score and pay differ from the period before, line by line, in parts that add up exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import pandas as pd

from kpi_helpers.columns import vocabulary
from kpi_helpers.compare import MONEY, published_pay, shown_with
from kpi_helpers.figures import used_figures
from kpi_helpers.language import say
from kpi_helpers.lines import UNIT_KEYS
from kpi_helpers.numbers import exact, is_missing, text
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.report.names import known, result_of
from kpi_helpers.report.words import RATIO, argument_word, show
from kpi_helpers.result import Result

FEWEST = 3  # of fewer sharers each could work out what the others did and got
_LONGEST = 24  # a longer value is a table and is not written out in a sentence


@dataclass(frozen=True)
class Part:
    """One line of the ledger that differs: what it gave before and now (None where it was not there), and why."""

    clause: str
    title: str
    unit: str
    before: Fraction | None
    after: Fraction | None
    difference: Fraction
    reason: str


@dataclass(frozen=True)
class Side:
    """得分 or 金额 of one person: before + the sum of the parts' differences is after, exactly."""

    before: Fraction
    after: Fraction
    parts: list[Part]


@dataclass(frozen=True)
class Bridge:
    """上期 → 本期 of one person; None, and a sentence in `note`, where one of the two has no published result."""

    score: Side | None
    pay: Side | None
    note: str = ""


@dataclass
class Line:
    """What one clause (one of its lines, where it has several) gave one person in one period."""

    clause: str
    title: str
    note: str = ""
    unit: str = ""
    in_force: str = ""
    value: Fraction = Fraction(0)
    quantity: Fraction | None = None
    cells: set[str] = field(default_factory=set)


def bridges(now: Result, then: Result) -> dict[str, Bridge]:
    """上期到本期 of everybody who is on the roster now."""
    sides = {False: Period(then), True: Period(now)}
    return {id: _bridge(id, sides[False], sides[True]) for id in now.employees.index}


def sharers(result: Result) -> dict[str, int]:
    """分配人数 by group: the people who get a share of the group's pool; where nothing is shared out, the group's people."""
    people = result.employees
    if "group_id" not in people:
        return {}
    shared = {clause.id for clause in result.policy.clauses if clause.kind == "pool" and clause.per == "employee"}
    lines = result.ledger
    getting = set(lines["employee_id"][lines["clause"].isin(shared) & (lines["unit"] == MONEY)])
    inside = people.index.isin(getting) if getting else pd.Series(True, index=people.index).to_numpy()
    return people["group_id"][inside].value_counts().to_dict()


class Period:
    """One period's result as a bridge sees it: everybody's published score and pay, and the lines behind them."""

    def __init__(self, result: Result):
        self.result, self.policy, people = result, result.policy, result.employees
        score = shown_with(result, "score")
        self.unit = (score.unit if score else "") or "分"
        self.scores = dict(zip(people.index, exact(people[score.name]), strict=True)) if score else {}
        pay = published_pay(result)
        self.pay = {} if pay.isna().all() else dict(zip(people.index, pay, strict=True))
        self.clauses = {clause.id: clause for clause in self.policy.clauses}
        self.lines: dict[tuple, dict[tuple, Line]] = defaultdict(dict)
        for row in _rows(result.ledger):
            self._take(row)
        self.sharers = sharers(result)

    def _take(self, row: dict) -> None:
        """Lines of one clause that its rule tells apart by a note stay apart; what follows a comma there is only said, not what it is."""
        if is_missing(row["employee_id"]) or is_missing(row["value"]):
            return
        name = row["note"].partition("，")[0].partition(", ")[0]
        mine = self.lines[row["employee_id"], row["unit"]]
        line = mine.setdefault((row["clause"], name), Line(row["clause"], row["title"], name, row["unit"], row["in_force"]))
        line.value += row["value"]
        if not is_missing(row["quantity"]):
            line.quantity = (line.quantity or 0) + row["quantity"]
        line.cells |= {row["evidence"]} - {""}

    @cached_property
    def ratios(self) -> list[str]:
        """The people's results that are parts of one."""
        policy = self.policy
        return [name for name in policy.results if name in self.result.employees and result_of(policy, name).unit == RATIO]

    def ratio(self, id: str, name: str) -> Fraction | None:
        """One of a person's ratios, where it is none that could as well be a number of times."""
        value = self.result.employees.at[id, name]
        return None if is_missing(value) or Fraction(value).denominator == 1 else value

    def group(self, id: str) -> dict[str, object] | None:
        """What may be told of a person's group: its score and head-counts, and of a group of one or two nothing at all."""
        groups, name = self.result.groups, self.result.employees["group_id"].get(id) if "group_id" in self.result.employees else None
        if is_missing(name) or name not in groups.index or self.sharers.get(name, 0) < FEWEST:
            return None
        told = [one for one in self.policy.results.values() if one.name in groups and (one.role == "score" or one.unit == "人")]
        return {one.title: groups.loc[name, one.name] for one in told if not is_missing(groups.loc[name, one.name])}


def _bridge(id: str, then: Period, now: Period) -> Bridge:
    score, no_score = _side(id, then, now, "scores", now.unit)
    pay, no_pay = _side(id, then, now, "pay", MONEY)
    return Bridge(score, pay, " ".join(dict.fromkeys(one for one in (no_score, no_pay) if one)))


def _side(id: str, then: Period, now: Period, which: str, unit: str) -> tuple[Side | None, str]:
    """One side of a bridge, or why there is none; neither where the policy gives nobody such a result."""
    known = [getattr(period, which) for period in (then, now)]
    if not any(known):
        return None, ""
    before, after = (one.get(id) for one in known)
    what = say("金额", "pay") if unit == MONEY else say("得分", "score")
    if id not in then.result.employees.index:
        return None, say(
            f"上期（{then.policy.period}）不在花名册，没有可比的结果。",
            f"Not on the roster of {then.policy.period}.",
        )
    if is_missing(before) or is_missing(after):
        without = (then if is_missing(before) else now).policy.period
        return None, say(f"{without} 没有公布的{what}，不作比较。", f"No {what} published for {without}.")
    parts = list(_parts(id, then, now, unit))
    # a policy may publish a figure that it does not post line by line: the rest is a part of its own, never lost
    rest = after - before - sum((one.difference for one in parts), Fraction(0))
    if rest:
        title = say("没有记入台账的部分", "not posted in the ledger")
        parts.append(Part("", title, unit, None, None, rest, say("办法没有逐条记账", "the policy posts no lines for it")))
    return Side(before, after, parts), ""


def _parts(id: str, then: Period, now: Period, unit: str) -> Iterator[Part]:
    """The lines that differ, in the order in which this period's policy computes them, those of clauses that are gone at the end."""
    old, new = then.lines.get((id, unit), {}), now.lines.get((id, unit), {})
    order = {clause.id: place for place, clause in enumerate(now.policy.order)}
    for key in sorted({**new, **old}, key=lambda key: order.get(key[0], len(order))):
        was, is_ = old.get(key), new.get(key)
        before, after = (one.value if one else None for one in (was, is_))
        difference = (after or 0) - (before or 0)
        if difference:
            line = is_ or was
            several = sum(one[0] == key[0] for one in {**new, **old}) > 1 and line.note
            title = f"{line.title}（{line.note}）" if several else line.title
            yield Part(line.clause, title, unit, before, after, Fraction(difference), _reason(id, was, is_, then, now))


# -- reasons ------------------------------------------------------------------------------------------------------------


def _reason(id: str, was: Line | None, is_: Line | None, then: Period, now: Period) -> str:
    """Why a line differs: the numbers in force that changed, the quantity that changed, or that it is new or gone."""
    line = is_ or was
    clauses = [period.clauses.get(line.clause) for period in (then, now)]
    if clauses[0] is None:
        return say("条款是新的", "a new clause")
    if clauses[1] is None:
        return say("条款已不在办法中", "the clause is no longer in the policy")
    told = _changed_numbers(clauses[0], clauses[1], then.policy, now.policy)
    told += _changed_quantity(id, was, is_, clauses[1], now)
    told += _changed_group(id, clauses[1], then, now)
    if not told:
        told = _changed_measures(id, clauses[1], then, now)
    if not told and was is None:
        told = [say("上期没有这一项", "was not there before")]
    if not told and is_ is None:
        told = [say("本期没有这一项", "is no longer there")]
    if not told and _sheet(line):
        told = [f"{_sheet(line)} {show(was.value, line.unit)} → {show(is_.value, line.unit)}"]
    return say("；", "; ").join(told) or say("随其他各项或所依据的数据而变", "follows from the other lines or the data behind it")


def _changed_numbers(was: Clause, is_: Clause, then: Policy, now: Policy) -> list[str]:
    """每次 -2 → -3: the numbers of a clause that are not what they were."""
    old, new = _in_force(was.in_force), _in_force(is_.in_force)
    told = []
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) == new.get(name):
            continue
        known = now.parameters.get(name) or then.parameters.get(name)
        title = known.title if known and known.title else argument_word(name)
        values = [known.words.get(one, one) if known and one else one for one in (old.get(name), new.get(name))]
        if all(one and len(one) <= _LONGEST and one[0] not in "[{" and "、" not in one for one in values):
            told.append(f"{title} {values[0]} → {values[1]}")
        else:  # a table, or numbers by somebody's post: not for everybody's eyes, and no sentence
            told.append(say(f"“{title}”有改动", f"'{title}' was changed"))
    return told


def _in_force(words: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in words.split("；") if part)}


def _changed_quantity(id: str, was: Line | None, is_: Line | None, clause: Clause, now: Period) -> list[str]:
    """2 次 → 3 次: how often something happened, or the figure that a clause was applied to."""
    line, points = is_ or was, clause.arguments.get("points")
    old, new = (one.quantity if one else None for one in (was, is_))
    if old == new or line.quantity is None:
        return []
    if isinstance(points, Fraction) and points * line.quantity == line.value:
        unit = say(" 次", " times")
        return [f"{text(old or Fraction(0))}{unit} → {text(new or Fraction(0))}{unit}"]
    if old is None or new is None:
        return []
    label = _title(now.policy, clause.measure) if clause.measure else _sheet(line)
    unit = RATIO if any(now.ratio(id, name) == new for name in now.ratios) else ""
    return [f"{label} {show(old, unit)} → {show(new, unit)}".lstrip()]


def _sheet(line: Line) -> str:
    """The one sheet whose cells stand behind a line."""
    sheets = {part.partition("!")[0] for cells in line.cells for part in cells.split("；")}
    return sheets.pop() if len(sheets) == 1 else ""


def _changed_group(id: str, clause: Clause, then: Period, now: Period) -> list[str]:
    """What changed in the group whose pool is shared out; of a group of one or two only that something did."""
    if clause.kind != "pool" or clause.per != "employee":
        return []
    old, new = then.group(id), now.group(id)
    if old is None or new is None:
        return [say("小组的奖金变了", "the group's pool changed")]
    return [f"{title} {show(old.get(title))} → {show(value)}" for title, value in new.items() if old.get(title) != value]


def _changed_measures(id: str, clause: Clause, then: Period, now: Period) -> list[str]:
    """The person's own figures behind a clause."""
    frames, told = [period.result.employees for period in (then, now)], []
    for name, per in used_figures(clause, now.policy.tables.get(clause.table)):
        if per == "employee" and all(name in frame and id in frame.index for frame in frames):
            values = [frame.at[id, name] for frame in frames]
            if not any(map(is_missing, values)) and values[0] != values[1]:
                unit = known(now.policy, name).unit
                told.append(f"{_title(now.policy, name)} {show(values[0], unit)} → {show(values[1], unit)}")
    return told


def _title(policy: Policy, name: str) -> str:
    """A figure in the reader's words: the result's title, or the heading of its column."""
    column = name.rpartition(".")[2]
    headings = (table.columns[column].heading for table in policy.tables.values() if column in table.columns)
    common = (vocabulary()["columns"].get(column) or {}).get("heading", column)
    return policy.results[name].title if name in policy.results else next(headings, common)


def _rows(ledger: pd.DataFrame) -> Iterator[dict]:
    names = [UNIT_KEYS["employee"], "clause", "title", "note", "unit", "value", "quantity", "in_force", "evidence"]
    for row in zip(*(ledger[name].array for name in names), strict=True):
        yield dict(zip(names, row, strict=True))
