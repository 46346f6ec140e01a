"""样子: how numbers, grades and statuses look in the Excel file; the colours say the same on every sheet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.policy import Clause, Policy
from kpi_helpers.report.grades import grades_of
from kpi_helpers.report.grids import Column
from kpi_helpers.report.views import View
from kpi_helpers.report.words import status_word
from kpi_helpers.rules.arithmetic import ratio

INK, SOFT, LINE, TINT, WARM, ACCENT = "#1D2830", "#5A6670", "#DDE3E8", "#E8EFF3", "#8A5300", "#17607A"  # those of the report

# from best to worst: paper that turns from green to red, ink dark enough to be read in grey
_STEPS = (("#CFE8D8", "#14532F"), ("#E4F1DC", "#33541F"), ("#FBF3CF", "#5E4B00"), ("#FAE2CB", "#7A3E00"), ("#F4CCC4", "#8A1C0F"))
_STATUSES = {
    "needs_decision": {"bg_color": "#FFF5DF", "font_color": WARM},
    "under_appeal": {"bg_color": "#FFF5DF", "font_color": WARM},
    "incomplete": {"bg_color": "#FAE2CB", "font_color": "#7A3E00"},
    "error": {"bg_color": "#F4CCC4", "font_color": "#8A1C0F", "bold": True},
    "not_assessed": {"font_color": SOFT, "italic": True},
    "out_of_scope": {"font_color": SOFT, "italic": True},
}
_RATIO = ("率", "比例", "占比")


@dataclass(frozen=True)
class Looks:
    """What the columns of one policy's results look like: the words that are coloured, by heading, and the headings of ratios."""

    colours: dict[str, dict[str, dict]]
    ratios: frozenset[str]

    @classmethod
    def of(cls, view: View) -> Looks:
        statuses = {status_word(code): look for code, look in _STATUSES.items()}
        grades = {shown.title: grade_colours(grades_of(view, shown)) for shown in view.policy.results.values() if shown.role == "grade"}
        return cls({say("状态", "status"): statuses, **grades}, frozenset(ratios(view.policy)))

    def number_format(self, value: Fraction, column: Column, unit: str) -> str:
        """元 with two decimals, ratios per cent, points without needless zeros (0.## would leave “100.”); below zero in red."""
        if unit.startswith("元"):
            plain = "#,##0.00"
        elif unit == "比率" or column.title in self.ratios:
            plain = "0.00%"
        else:
            plain = "0.0000" if 10_000 % value.denominator else "General"
        return f"{plain};[Red]-{plain}"


def grade_colours(words: list[str]) -> dict[str, dict]:
    """等级颜色: evenly from green to red, however many grades there are; the best and the worst in bold."""
    looks, last = {}, max(len(words) - 1, 1)
    for place, word in enumerate(words):
        paper, ink = _STEPS[(2 * place * (len(_STEPS) - 1) + last) // (2 * last)]
        looks[word] = {"bg_color": paper, "font_color": ink, "bold": place in (0, last)}
    return looks


def ratios(policy: Policy):
    """Headings that the policy calls a ratio and whose values are parts of one."""
    for shown in policy.results.values():
        clauses = [clause for clause in policy.clauses if clause.result == shown.name]
        if shown.title.endswith(_RATIO) and not shown.unit and all(map(_part_of_one, clauses)):
            yield shown.title


def _part_of_one(clause: Clause) -> bool:
    """A shared rule with `scale: 100` gives per cent already, and of other rules nobody knows; the schemes' own rules give parts of one."""
    if clause.rule is ratio:
        return clause.arguments.get("scale", 1) == 1
    return clause.rule is not None and clause.rule.__module__.startswith("kpi_helpers.schemes.")
