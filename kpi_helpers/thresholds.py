"""门槛: every edge that a policy holds a figure of people, groups or the department against, with the number that may be tuned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from kpi_helpers.arguments import ByColumn, Named, hints
from kpi_helpers.columns import vocabulary
from kpi_helpers.filters import NUMBER_TESTS
from kpi_helpers.numbers import is_number, text
from kpi_helpers.policy import Clause, Policy, value_text
from kpi_helpers.report.names import result_of
from kpi_helpers.report.words import RATIO, argument_word, unit_word
from kpi_helpers.what_if.constraints import named
from kpi_helpers.what_if.tunables import Tunable, entries, tunables

POINTS = "分"
BANDS = {"from": "at_least", "above": "above", "to": "at_most", "below": "below"}  # the keys of a band and what they ask


@dataclass(frozen=True)
class Threshold:
    """门槛: one edge. `test` says for which figures the clause's words hold: at_least, above, at_most, below.

    edge: a number, or one by column or by figure, as its clause has it; `of`: what the edge is a part of.
    name: the tunable number's dotted name, None where the edge is no number of the policy's own.
    figure: what is compared; `behind` is the figure that it repeats, such as the score behind the score that is graded.
    counted: count and quota (a figure or a number) whose ratio is compared; what is missing is then said in the count's unit.
    who: the rest of the filter in which the edge stands, or the filter of its clause. stage: the step that asks this, of several.
    mean_by: the mean of a sheet's rows is compared, one for each word of this column ("all": one mean).
    rounded: as published, to 0.01.
    """

    clause: str
    title: str
    figure: str
    test: str
    edge: Fraction | ByColumn | Named
    per: str = "employee"
    name: str | None = None
    unit: str = ""
    behind: str = ""
    counted: tuple[str, Named | Fraction] | None = None
    of: Fraction | ByColumn | Named = Fraction(1)
    who: list[dict] = field(default_factory=list)
    mean_by: str = ""
    rounded: bool = False
    stage: int = 0

    @property
    def inclusive(self) -> bool:
        """含: does a figure at the very edge stand above it?"""
        return self.test in ("at_least", "below")

    @property
    def same(self) -> tuple:
        """Equal for edges that part the same people in the same way."""
        return self.figure, self.per, repr(self.edge), repr(self.of), self.inclusive, repr(self.who), self.stage

    @property
    def wanted(self) -> str:
        """For which side the clause's words are: up or down."""
        return "up" if self.test in ("at_least", "above") else "down"


def thresholds(policy: Policy) -> list[Threshold]:
    """门槛 of a policy in the order of its document; an edge that several clauses share stands once, where it comes first.

    A rule says in its attribute `thresholds` which of its arguments is held against which figure: {"below": ("below", "score")}.
    A list of bands says its tests itself: {"bands": "measure"}. The figure is a name, `measure`, an argument that holds names,
    or a choice by another argument: {"grade_on": {"rounded": "score", "raw": "raw_score"}}. A number in the place of the
    argument is an edge that only the code knows.
    """
    numbers = {one.name: one for one in tunables(policy) if one.kind == "number" and is_number(one.value)}
    found: dict[tuple, Threshold] = {}
    for clause in policy.clauses:
        if clause.rule is not None:
            for one in [*_declared(policy, clause, numbers), *_filtered(policy, clause, numbers)]:
                keys = {(one.same, clause.id), (one.same, one.name or clause.id)}
                if keys.isdisjoint(found):
                    found |= dict.fromkeys(keys, one)
    return list({id(one): one for one in found.values()}.values())


def _declared(policy: Policy, clause: Clause, numbers: dict[str, Tunable]) -> Iterator[Threshold]:
    """The edges that the rule's attribute names."""
    names = dict(named(policy, clause.id, {name: one.value for name, one in numbers.items()}))
    whole = clause.arguments.get("of")
    whole = whole if isinstance(whole, (Fraction, ByColumn, Named)) else Fraction(1)  # of: mean is no number
    for argument, spec in getattr(clause.rule, "thresholds", {}).items():
        test, figure = spec if isinstance(spec, tuple) else ("", spec)
        value = clause.arguments.get(argument) if isinstance(argument, str) else Fraction(argument)
        figures = _figures(policy, clause, figure)
        for path, asked, edge in _edges(policy, clause, argument, value, _chosen(clause, test)):
            for one in figures:
                more = {"of": whole, "name": names.get(path), "stage": _stage(clause, path)}
                more["rounded"] = clause.arguments.get(getattr(clause.rule, "rounded_by", {}).get(argument)) == "rounded"
                yield _threshold(policy, clause, one, asked, edge, numbers, len(figures) > 1, who=clause.who, **more)


def _edges(policy: Policy, clause: Clause, argument, value, test: str) -> Iterator[tuple[tuple, str, object]]:
    """Place, test and edge of all that an argument compares: a number, a list of numbers or bands, a filter's tests, a text of these."""
    if isinstance(value, str):  # 1.00:100/1.10:120, or 0.60/0.65
        value = [Fraction(part.partition(":")[0]) for part in value.split("/")]
        value = value if test else [{"from": edge} for edge in value]
    if isinstance(value, dict):
        yield from (((argument, key), key, edge) for key, edge in value.items() if key in NUMBER_TESTS)
    elif isinstance(value, list):
        for position, row in enumerate(value, 1):
            if not _mine(policy, clause, position):
                continue
            if isinstance(row, dict):
                asked = [key for key in BANDS if key in row and (key, row[key]) != ("from", 0)]  # nothing lies below the lowest
                yield from (((argument, position, key), BANDS[key], row[key]) for key in asked)
            else:
                yield (argument, position), test, row
    elif value is not None:
        yield (argument,), test, value


def _mine(policy: Policy, clause: Clause, position: int) -> bool:
    """Of the rows of a table that several clauses share, the one that an argument of the clause numbers; the last takes the rest."""
    row = getattr(clause.rule, "row", None)
    if row is None:
        return True
    last = max(one.arguments[row] for one in policy.clauses if one.rule is clause.rule)
    return clause.arguments[row] == min(position, last)


def _stage(clause: Clause, path: tuple) -> int:
    """Which of several steps, taken one after the other, the edge belongs to; 0 where there are no steps."""
    return path[1] if getattr(clause.rule, "steps", None) == path[0] and len(path) > 1 else 0


def _chosen(clause: Clause, spec):
    """A word or name, by choice of another argument of the clause."""
    if not isinstance(spec, dict):
        return spec
    (argument, choices), *_ = spec.items()
    return choices.get(clause.arguments.get(argument))


def _figures(policy: Policy, clause: Clause, spec) -> list[str]:
    """The names of the figures that are compared."""
    spec = _chosen(clause, spec)
    if spec == "measure":
        return [clause.measure]
    if not isinstance(spec, str):
        return list(spec or [])
    if spec in hints(clause.rule):
        return [clause.arguments[spec]] if spec in clause.arguments else []
    return [name for one in policy.clauses if isinstance(one.arguments.get(spec), list) for name in one.arguments[spec]] or [spec]


def _filtered(policy: Policy, clause: Clause, numbers: dict[str, Tunable]) -> Iterator[Threshold]:
    """The edges in the clause's `who`: tests of a number with a number."""
    names = dict(named(policy, clause.id, {name: one.value for name, one in numbers.items()}))
    written = entries(policy)[clause.id].get("who")
    for position, alternative in enumerate(clause.who, 1):
        keys = written[position - 1] if isinstance(written, list) else written
        start = ("who", position) if isinstance(written, list) else ("who",)
        for (figure, tests), word in zip(alternative.items(), keys, strict=True):
            rest = {name: others for name, others in alternative.items() if name != figure}
            for test in NUMBER_TESTS:
                if is_number(tests.get(test)):
                    name = names.get((*start, word, test))
                    yield _threshold(policy, clause, figure, test, tests[test], numbers, False, name=name, who=[rest] if rest else [])


def _threshold(policy, clause, figure, test, edge, numbers, several: bool, **more) -> Threshold:
    rule, tunable = clause.rule, numbers.get(more["name"])
    unit = unit_of(policy, figure) or (tunable.unit if tunable else "")
    title = tunable.title if tunable else clause.title
    title += f" · {title_of(policy, figure)}" if several or tunable is None else ""
    counted = counted_of(policy, figure)
    ratio = unit == RATIO or counted is not None and not unit
    shown = _edge_text(edge, ratio) + (f" × {value_text(more['of'])}" if more.get("of", 1) != 1 else "")
    if test and tunable is None:
        title += f" {argument_word(next((key for key, asked in BANDS.items() if asked == test), test))}"
    made = maker(policy, figure)
    return Threshold(
        clause=clause.id,
        title=f"{title} {shown} {unit_word(unit)}".rstrip(),
        figure=figure,
        test=test,
        edge=edge,
        per=getattr(rule, "compares", clause.per),
        unit=unit,
        behind=made.measure if made is not None and getattr(made.rule, "repeats", False) else figure,
        counted=counted,
        mean_by=_chosen(clause, getattr(rule, "mean_by", "")),
        **more,
    )


def _edge_text(edge, ratio: bool) -> str:
    """The edge in words; of a ratio as per cent, as the figure itself is shown."""
    return f"{text(100 * edge)}%" if ratio and isinstance(edge, Fraction) else value_text(edge)


def maker(policy: Policy, figure: str, before: str | None = None) -> Clause | None:
    """The last clause that makes a figure, or makes it anew, computed before another one."""
    found = None
    for clause in policy.order:
        if clause.id == before:
            break
        if clause.rule is not None and (clause.result == figure or figure in _left(policy, clause)):
            found = clause
    return found


def _left(policy: Policy, clause: Clause) -> list[str]:
    """The figures that a rule leaves besides its clause's result."""
    again = getattr(clause.rule, "remakes", "")
    return [*getattr(clause.rule, "counted", ()), *(_figures(policy, clause, again) if again else ())]


def counted_of(policy: Policy, figure: str) -> tuple[str, Named | Fraction] | None:
    """Count and quota that a ratio is made of, as the rule that makes it says; None where the ratio is bent (rounded, capped, scaled)."""
    clause = maker(policy, figure)
    counted = getattr(clause.rule, "counted", {}) if clause is not None else {}
    if figure in counted:
        count, quota = counted[figure]
        return count, Named(quota)
    bent = {"scale", "floor", "cap", "round"} & clause.arguments.keys() if counted else True
    if bent or clause.arguments.get("better") == "lower" or not _whole(policy, clause.measure):
        return None
    return clause.measure, clause.arguments["over"]


def _whole(policy: Policy, name: str) -> bool:
    """Does a sheet count this figure in whole numbers, or a clause count it from rows?"""
    made = maker(policy, name)
    if made is not None:
        return made.rule.__name__ == "tally" and made.arguments.get("of", "count") in ("count", "distinct", "days")
    columns = [table.column(name.rpartition(".")[2]) for table in policy.tables.values()]
    return any(column is not None and column.kind == "integer" for column in columns)


def _heading(policy: Policy, figure: str):
    """The column of a sheet, or the result, that a figure is."""
    table, _, name = figure.rpartition(".")
    if name in policy.results and table not in policy.tables:
        return policy.results[name]
    sheets = [policy.tables[table]] if table in policy.tables else policy.tables.values()
    return next((sheet.column(name) for sheet in sheets if sheet.column(name) is not None), None)


def title_of(policy: Policy, figure: str) -> str:
    """数据项 in the policy's words."""
    found = _heading(policy, figure) if figure not in policy.results else policy.results[figure]
    common = vocabulary()["columns"].get(figure) or {}
    return getattr(found, "title", None) or getattr(found, "heading", None) or common.get("heading", figure)


def unit_of(policy: Policy, figure: str) -> str:
    """The unit of a figure: that of its column or result, else of the clause that makes it."""
    found = result_of(policy, figure) if figure in policy.results else _heading(policy, figure)
    made = maker(policy, figure)
    return getattr(found, "unit", "") or (POINTS if found is None and made is not None and made.unit == POINTS else "")
