"""等级分布: how many people have each grade, as a whole and in each group."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from kpi_helpers.compare import shown_with
from kpi_helpers.language import say
from kpi_helpers.numbers import exact, is_missing, text
from kpi_helpers.report.grids import Column, Grid, bars
from kpi_helpers.report.views import View, plain

_GROUPS = 6  # more columns than these do not fit on a phone or a page


def distribution(view: View) -> Grid | None:
    """等级分布, the best grade first; None where the policy gives people no grade, or nobody has one."""
    result = view.result
    grade, score = shown_with(result, "grade"), shown_with(result, "score")
    words = [] if grade is None else [None if is_missing(one) else one for one in result.employees[grade.name]]
    if not any(word is not None for word in words):
        return None
    scores = [None] * len(words) if score is None else [plain(one) for one in exact(result.employees[score.name])]
    best: dict[str, Fraction] = {}
    for word, one in zip(words, scores, strict=True):
        if word is not None:
            best[word] = max(best.get(word, Fraction(-1)), Fraction(-1) if one is None else one)
    order = sorted(best, key=lambda word: -best[word]) + _empty(view, best)
    counts, graded = Counter(words), sum(word is not None for word in words)
    owners = [plain(one) for one in result.employees.get("group_id", [None] * len(words))]
    groups = [one for one in dict.fromkeys(owners) if one is not None]
    groups = groups if 1 < len(groups) <= _GROUPS else []
    pairs = Counter(zip(words, owners, strict=True))
    titles = (grade.title, say("人数", "people"), say("占比", "part"), say("图", "chart"))
    grid = Grid(
        say("等级分布", "Grades"), [Column(title, right=place == 2) for place, title in enumerate((*titles, *map(str, groups)))], []
    )
    for word, bar in zip(order, bars([Fraction(counts[word]) for word in order]), strict=True):
        part = f"{text(Fraction(100 * counts[word], graded), 1)}%"
        grid.rows.append([word, counts[word], part, bar, *(pairs[word, group] for group in groups)])
    inside = Counter(owner for word, owner in zip(words, owners, strict=True) if word is not None)
    grid.total = [say("合计", "total"), graded, "100%", None, *(inside[group] for group in groups)]
    return grid


def _empty(view: View, known) -> list[str]:
    """Grades that the policy gives by name and nobody has."""
    named = [clause.arguments.get("grade") for clause in view.policy.clauses if clause.kind == "grade" and clause.rule is not None]
    return [one for one in named if isinstance(one, str) and one not in known]
