"""样子: how numbers, grades and statuses look in the Excel file; the colours say the same on every sheet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpi_helpers.language import say
from kpi_helpers.report.grades import grades_of
from kpi_helpers.report.views import View
from kpi_helpers.report.words import RATIO, percent_places, status_word

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


@dataclass(frozen=True)
class Looks:
    """What the columns of one policy's results look like: the words that are coloured, by heading."""

    colours: dict[str, dict[str, dict]]

    @classmethod
    def of(cls, view: View) -> Looks:
        statuses = {status_word(code): look for code, look in _STATUSES.items()}
        grades = {shown.title: grade_colours(grades_of(view, shown)) for shown in view.policy.results.values() if shown.role == "grade"}
        return cls({say("状态", "status"): statuses, **grades})

    @staticmethod
    def number_format(value: Fraction, unit: str) -> str:
        """元 with two decimals, ratios per cent, points without needless zeros (0.## would leave “100.”); below zero in red."""
        if unit.startswith("元"):
            plain = "#,##0.00"
        elif unit == RATIO:
            plain = f"0.{'0' * percent_places(value)}%"
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
